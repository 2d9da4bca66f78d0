"""What candidates does outside a request: reading CVs, and finding candidates that look like one person."""

from uuid import UUID

from services.candidates import likeness, pairs, reading, rules, store
from services.candidates.filling import Filling, has_gaps
from services.candidates.parsing.isolated import parse_isolated
from services.candidates.parsing.limits import Unreadable
from services.candidates.parsing.parsed import ParsedCv
from services.chassis import audit, calls, events, objects
from services.chassis import tasks as chassis
from services.chassis.clock import Clock
from services.chassis.database import Database
from services.chassis.objects import ObjectStore
from services.chassis.tasks import Handler, Task

_PARSE_SECONDS = 20


def handlers(database: Database, files: ObjectStore, filling: Filling | None, clock: Clock) -> dict[str, Handler]:
    def parse_cv(task: Task) -> None:
        with database.begin(calls.SYSTEM) as connection:
            cv = store.find_cv(connection, UUID(task.payload["cv_id"]))
            if cv is None or cv.status != "queued":
                return
            store.begin_step(connection, cv.id, "reading")
        try:
            parsed, reason, unread = _parse(files.get(objects.key_of(cv.tenant_id, "cvs", cv.id)))
        except FileNotFoundError:
            parsed, reason, unread = None, "FILE_LOST", ["the file is not in the store any more; upload it again"]
        if parsed is not None and filling is not None and has_gaps(parsed):
            with database.begin(calls.SYSTEM) as connection:
                store.begin_step(connection, cv.id, "filling")
            parsed = filling.fill(parsed, cv.tenant_id)
        text = parsed.text.replace("\x00", "") if parsed else ""
        sketch = likeness.sketch(text)
        with database.begin(calls.SYSTEM) as connection:
            chassis.finish(connection, task)
            if parsed is None:
                store.end_cv(
                    connection, cv.id, {"status": "unreadable", "reason": reason, "unread": unread, "parsed_at": clock(), "step": "done"}
                )
                audit.record(connection, "cv.unreadable", tenant_id=cv.tenant_id, user_id=cv.user_id, cv_id=cv.id, reason=reason)
                return
            candidate = store.lock_candidate(connection, cv.candidate_id, cv.user_id)
            found = reading.read(parsed, candidate.id)
            outcome = {"status": "parsed", "unread": unread, "parsed_at": clock(), "step": "done"}
            store.keep_text(connection, cv.id, text, sketch, likeness.bands(sketch))
            chassis.enqueue(connection, "find_duplicates", {"candidate_id": candidate.id}, tenant_id=candidate.tenant_id)
            if store.has_newer_parsed_cv(connection, cv):  # the profile follows the newest one
                store.end_cv(connection, cv.id, {**outcome, "findings": rules.keep(found.findings)})
                audit.record(connection, "cv.parsed", tenant_id=cv.tenant_id, user_id=cv.user_id, cv_id=cv.id, fields=[])
                return
            taken = rules.take(candidate, store.read_lists(connection, candidate.id), found)
            store.end_cv(connection, cv.id, {**outcome, "findings": taken.findings})
            store.delete_cv_entries(connection, candidate.id)
            for entries in vars(taken.lists).values():
                store.add_entries(connection, entries)
            store.update_candidate(connection, candidate.id, {**taken.fields, "updated_at": clock()})
            audit.record(connection, "cv.parsed", tenant_id=cv.tenant_id, user_id=cv.user_id, cv_id=cv.id, fields=sorted(taken.fields))
            events.record(connection, "candidate.updated", candidate.id, candidate.tenant_id, cv_id=cv.id)

    def find_duplicates(task: Task) -> None:
        candidate_id = UUID(task.payload["candidate_id"])
        with database.begin(calls.SYSTEM) as connection:
            chassis.finish(connection, task)
            candidate = pairs.find_candidates(connection, [candidate_id]).get(candidate_id)
            if candidate is None:
                return
            sketch, bands = pairs.find_sketch(connection, candidate_id)
            for tenant_id in pairs.list_tenants(connection, candidate_id):
                found = {}
                for other in pairs.list_others(connection, candidate, tenant_id, bands):
                    alike = likeness.likeness(sketch, other.sketch)
                    if reasons := likeness.reasons(other.same_email, other.same_phone, alike):
                        found[other.id] = (reasons, alike)
                pairs.keep_pairs(connection, tenant_id, candidate_id, found, clock())

    return {"parse_cv": parse_cv, "find_duplicates": find_duplicates}


def _parse(data: bytes) -> tuple[ParsedCv | None, str, list[str]]:
    """The CV, or None with the reason; either way with words on what could not be read. That a file is unreadable is an answer, not a failure."""
    try:
        parsed = parse_isolated(data, _PARSE_SECONDS)
    except Unreadable as problem:
        return None, problem.reason, [problem.message]
    unread = [note.replace("\x00", "") for note in parsed.unread]
    return (None, parsed.reason, unread) if parsed.reason else (parsed, "", unread)

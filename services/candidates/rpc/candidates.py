"""The RPCs of candidates: profiles, their lists, and the CVs that fill them."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from itertools import chain
from typing import Any, Generic, TypeVar
from urllib.parse import quote
from uuid import UUID

import grpc
from google.api.httpbody_pb2 import HttpBody
from google.protobuf.empty_pb2 import Empty
from google.protobuf.message import Message
from sqlalchemy import Connection

from einstellen.candidates.v1 import candidates_pb2, candidates_pb2_grpc
from services.candidates import pairs, rules, store, tables
from services.candidates.exporting import json_resume
from services.candidates.parsing.limits import DOCX, HTML, JSON, PDF, TXT, Unreadable
from services.candidates.parsing.upload import check_upload
from services.candidates.rules import Sight
from services.candidates.tables import Candidate, Cv, Entry, Lists, Skill
from services.chassis import audit, calls, errors, events, idempotency, ids, masks, objects, paging, tasks, uploads
from services.chassis.clock import Clock, to_timestamp, utc_now
from services.chassis.database import Database
from services.chassis.objects import ObjectStore

Context = grpc.ServicerContext
Answer = TypeVar("Answer", bound=Message)
_TYPED_FIELDS = ("first_name", "last_name", "dob", "email", "phone", "location", "headline", "summary", "links")
_OWN = Sight(contact=True, birth=True)
_DEFAULT_NAMES = {PDF: "cv.pdf", DOCX: "cv.docx", TXT: "cv.txt", HTML: "cv.html", JSON: "cv.json"}


@dataclass(frozen=True)
class Noun(Generic[Answer]):
    """One of a profile's lists: the name of an entry in requests, what its rows become, and what it is on the wire."""

    name: str
    row: type[Entry]
    answer: type[Answer]

    def entry(self, said: Any, entry_id: UUID, candidate_id: UUID) -> Entry:
        """The entry as a person said it, checked."""
        values = {field: getattr(said, field) for field in self.row.__dataclass_fields__ if field not in Entry.__dataclass_fields__}
        entry = self.row(entry_id, candidate_id, "person", **values)
        if isinstance(entry, Skill):
            entry = replace(entry, skill_name=rules.skill_name(entry.skill_name))
        rules.check_entry(entry, self.name)
        return entry

    def to_proto(self, entry: Entry) -> Answer:
        values = asdict(entry)
        del values["candidate_id"]
        return self.answer(**{**values, "id": str(entry.id)})


EDUCATION = Noun("education", tables.Education, candidates_pb2.Education)
WORK_EXPERIENCE = Noun("work_experience", tables.WorkExperience, candidates_pb2.WorkExperience)
SKILL = Noun("skill", tables.Skill, candidates_pb2.Skill)
CERTIFICATION = Noun("certification", tables.Certification, candidates_pb2.Certification)
LANGUAGE = Noun("language", tables.Language, candidates_pb2.Language)
PROJECT = Noun("project", tables.Project, candidates_pb2.Project)
_PROGRESS = {"waiting": 0, "reading": 20, "filling": 70, "done": 100}


class CandidateService(candidates_pb2_grpc.CandidateServiceServicer):
    """See candidates.proto."""

    def __init__(self, database: Database, files: ObjectStore, *, largest: int, clock: Clock = utc_now) -> None:
        self._database = database
        self._files = files
        self._largest = largest
        self._clock = clock

    def CreateCandidate(self, request: candidates_pb2.CreateCandidateRequest, context: Context) -> candidates_pb2.Candidate:
        person, now = calls.person(), self._clock()
        values = self._values(request, set(_TYPED_FIELDS))
        typed = sorted(name for name, value in values.items() if value)
        candidate = Candidate(
            ids.mint(), person.tenant_id, person.user_id, **values, discoverable=request.discoverable, typed=typed, created_at=now, updated_at=now
        )  # fmt: skip
        with self._database.begin(person) as connection:
            claim = idempotency.claim(connection, request, candidates_pb2.Candidate)
            if claim.answer is not None:
                return claim.answer
            store.add_candidate(connection, candidate)
            audit.record(connection, "candidate.created", candidate_id=candidate.id)
            answer = claim.keep(to_candidate(candidate, Lists(), _OWN))
            events.record(connection, "candidate.created", candidate.id, candidate.tenant_id)
        return answer

    def GetCandidate(self, request: candidates_pb2.GetCandidateRequest, context: Context) -> candidates_pb2.Candidate:
        call, candidate_id = calls.current(), UUID(request.candidate_id)
        with self._database.begin(call) as connection:
            candidate = store.get_candidate(connection, candidate_id)
            granted = call.person is not None and store.is_granted(connection, candidate_id, call.person.tenant_id)
            seen = rules.sight(candidate, call.person, granted=granted)
            kept_id = pairs.find_kept(connection, call.person.tenant_id, candidate_id) if granted and call.person else None
            answer = to_candidate(candidate, store.read_lists(connection, candidate_id), seen, kept_id)
            if call.person is None:
                for tenant_id, into_id in pairs.list_merges(connection, candidate_id):
                    answer.merged_for_ids.append(str(tenant_id))
                    answer.kept_candidate_ids.append(str(into_id))
            return answer

    def ExportCandidate(self, request: candidates_pb2.GetCandidateRequest, context: Context) -> HttpBody:
        profile = self.GetCandidate(request, context)
        return HttpBody(content_type="application/json", data=json.dumps(json_resume(profile), ensure_ascii=False, indent=2).encode())

    def GetMyCandidate(self, request: candidates_pb2.GetMyCandidateRequest, context: Context) -> candidates_pb2.Candidate:
        person = calls.person()
        with self._database.begin(person) as connection:
            candidate = store.get_own_candidate(connection, person.user_id)
            return to_candidate(candidate, store.read_lists(connection, candidate.id), _OWN)

    def UpdateCandidate(self, request: candidates_pb2.UpdateCandidateRequest, context: Context) -> candidates_pb2.Candidate:
        person, candidate_id = calls.person(), UUID(request.candidate_id)
        chosen = masks.chosen(request, (*_TYPED_FIELDS, "discoverable"))
        values = self._values(request, chosen)
        with self._database.begin(person) as connection:
            candidate = store.lock_candidate(connection, candidate_id, person.user_id)
            if chosen:
                changes = {**values, "typed": sorted({*candidate.typed, *values}), "updated_at": self._clock()}
                if "discoverable" in chosen:
                    changes["discoverable"] = request.discoverable
                before, candidate = candidate, replace(candidate, **changes)
                store.update_candidate(connection, candidate_id, changes)
                shown = audit.change(before, candidate, "discoverable")
                audit.record(connection, "candidate.updated", candidate_id=candidate_id, fields=sorted(chosen), **shown)
                if chosen & {"email", "phone"}:
                    tasks.enqueue(connection, "find_duplicates", {"candidate_id": candidate_id}, tenant_id=candidate.tenant_id)
            answer = to_candidate(candidate, store.read_lists(connection, candidate_id), _OWN)
            if chosen:
                events.record(connection, "candidate.updated", candidate_id, candidate.tenant_id, fields=sorted(chosen))
        return answer

    def ShareCandidate(self, request: candidates_pb2.ShareCandidateRequest, context: Context) -> Empty:
        candidate_id, tenant_id = UUID(request.candidate_id), UUID(request.tenant_id)
        # Neither the applicant nor the organization may write grants: only jobs calls this, once somebody has applied.
        with self._database.begin(calls.SYSTEM) as connection:
            candidate = store.get_candidate(connection, candidate_id)
            if store.add_grant(connection, candidate_id, tenant_id, self._clock()):
                audit.record(
                    connection, "candidate.shared", tenant_id=candidate.tenant_id, user_id=candidate.user_id, candidate_id=candidate_id, shared_with=tenant_id
                )  # fmt: skip
                tasks.enqueue(connection, "find_duplicates", {"candidate_id": candidate_id}, tenant_id=candidate.tenant_id)
        return Empty()

    def UploadCv(self, requests: Iterator[candidates_pb2.UploadCvRequest], context: Context) -> candidates_pb2.Cv:
        person = calls.person()
        with uploads.in_time(requests, context) as messages:
            first = next(messages, candidates_pb2.UploadCvRequest())
            candidate_id = uploads.id_of(first, "candidate_id")
            with self._database.begin(person) as connection:
                store.get_own_candidate(connection, person.user_id, candidate_id)  # before taking in ten megabytes for nobody
            file = uploads.receive((message.body for message in chain([first], messages)), self._largest)
        try:
            content_type = check_upload(file.data)
        except Unreadable as problem:
            raise uploads.refuse(problem.reason, problem.message) from problem
        name, digest = uploads.file_name(file.name, _DEFAULT_NAMES[content_type]), hashlib.sha256(file.data).digest()
        cv = Cv(
            ids.mint(), person.tenant_id, person.user_id, candidate_id, name, content_type, len(file.data), digest, "queued", "", [], [],
            self._clock(), None,
        )  # fmt: skip
        key = objects.key_of(cv.tenant_id, "cvs", cv.id)
        self._files.put(key, file.data)  # before the row, which must never name a file that is not there
        try:
            uploads.check_whole(context)
            answer = self._queue(cv, context)
        except errors.Unavailable:
            raise  # the commit may have been lost or only its answer: a file without a row does no harm, a row without its file would
        except Exception:
            self._files.delete(key)
            raise
        if answer.id != str(cv.id):
            self._files.delete(key)
        return answer

    def _queue(self, cv: Cv, context: Context) -> candidates_pb2.Cv:
        """Records the CV and the task that reads it, or answers with the one that the same upload made before."""
        said = candidates_pb2.UploadCvRequest(
            candidate_id=str(cv.candidate_id), body=HttpBody(content_type=cv.content_type, data=cv.sha256)
        )  # the file by its digest
        with self._database.begin(calls.person()) as connection:
            claim = idempotency.claim(connection, said, candidates_pb2.Cv)
            if claim.answer is not None:
                return claim.answer
            store.lock_candidate(connection, cv.candidate_id, cv.user_id)
            queued = store.find_queued_cv(connection, cv.candidate_id, cv.sha256)
            if queued is not None:
                return claim.keep(to_cv(queued))
            store.add_cv(connection, cv)
            audit.record(connection, "cv.uploaded", candidate_id=cv.candidate_id, cv_id=cv.id)
            tasks.enqueue(connection, "parse_cv", {"cv_id": cv.id}, tenant_id=cv.tenant_id)
            answer = claim.keep(to_cv(cv))
            uploads.check_whole(
                context
            )  # once more: on a busy machine the end of the stream is there before the news that it was broken off
            return answer

    def GetCv(self, request: candidates_pb2.GetCvRequest, context: Context) -> candidates_pb2.Cv:
        person = calls.person()
        with self._database.begin(person) as connection:
            cv = store.get_cv(connection, UUID(request.cv_id), UUID(request.candidate_id), person.user_id, person.tenant_id)
            return to_cv(cv, store.read_text(connection, cv.id))

    def ListCvs(self, request: candidates_pb2.ListCvsRequest, context: Context) -> candidates_pb2.ListCvsResponse:
        person, page, candidate_id = calls.person(), paging.read(request, UUID), UUID(request.candidate_id)
        with self._database.begin(person) as connection:
            if store.is_granted(connection, candidate_id, person.tenant_id):
                newest = store.find_newest_cv(connection, candidate_id)
                if newest is None or newest.user_id != person.user_id:
                    return candidates_pb2.ListCvsResponse(cvs=[to_cv(newest)] if newest and not page.after else [])
            candidate = store.get_own_candidate(connection, person.user_id, candidate_id)
            found = store.list_cvs(connection, candidate.id, person.user_id, page)
        rows, token = page.cut(found, lambda cv: [cv.id])
        return candidates_pb2.ListCvsResponse(cvs=map(to_cv, rows), next_page_token=token)

    def DownloadCv(self, request: candidates_pb2.GetCvRequest, context: Context) -> Iterator[HttpBody]:
        person = calls.person()
        with self._database.begin(person) as connection:
            cv = store.get_cv(connection, UUID(request.cv_id), UUID(request.candidate_id), person.user_id, person.tenant_id)
            audit.record(connection, "cv.downloaded", cv_id=cv.id)
        # RFC 6266: a browser saves it under its name and does not show it as a page of ours.
        context.send_initial_metadata((("content-disposition", f"attachment; filename*=UTF-8''{quote(cv.file_name, safe='')}"),))
        for piece in self._files.chunks(objects.key_of(cv.tenant_id, "cvs", cv.id)):
            yield HttpBody(content_type=cv.content_type, data=piece)

    def AddEducation(self, request: candidates_pb2.AddEducationRequest, context: Context) -> candidates_pb2.Education:
        return self._add(EDUCATION, request)

    def UpdateEducation(self, request: candidates_pb2.UpdateEducationRequest, context: Context) -> candidates_pb2.Education:
        return self._update(EDUCATION, request)

    def DeleteEducation(self, request: candidates_pb2.DeleteEducationRequest, context: Context) -> Empty:
        return self._delete(EDUCATION, request)

    def AddWorkExperience(self, request: candidates_pb2.AddWorkExperienceRequest, context: Context) -> candidates_pb2.WorkExperience:
        return self._add(WORK_EXPERIENCE, request)

    def UpdateWorkExperience(self, request: candidates_pb2.UpdateWorkExperienceRequest, context: Context) -> candidates_pb2.WorkExperience:
        return self._update(WORK_EXPERIENCE, request)

    def DeleteWorkExperience(self, request: candidates_pb2.DeleteWorkExperienceRequest, context: Context) -> Empty:
        return self._delete(WORK_EXPERIENCE, request)

    def AddSkill(self, request: candidates_pb2.AddSkillRequest, context: Context) -> candidates_pb2.Skill:
        return self._add(SKILL, request)

    def UpdateSkill(self, request: candidates_pb2.UpdateSkillRequest, context: Context) -> candidates_pb2.Skill:
        return self._update(SKILL, request)

    def DeleteSkill(self, request: candidates_pb2.DeleteSkillRequest, context: Context) -> Empty:
        return self._delete(SKILL, request)

    def AddCertification(self, request: candidates_pb2.AddCertificationRequest, context: Context) -> candidates_pb2.Certification:
        return self._add(CERTIFICATION, request)

    def UpdateCertification(self, request: candidates_pb2.UpdateCertificationRequest, context: Context) -> candidates_pb2.Certification:
        return self._update(CERTIFICATION, request)

    def DeleteCertification(self, request: candidates_pb2.DeleteCertificationRequest, context: Context) -> Empty:
        return self._delete(CERTIFICATION, request)

    def AddLanguage(self, request: candidates_pb2.AddLanguageRequest, context: Context) -> candidates_pb2.Language:
        return self._add(LANGUAGE, request)

    def UpdateLanguage(self, request: candidates_pb2.UpdateLanguageRequest, context: Context) -> candidates_pb2.Language:
        return self._update(LANGUAGE, request)

    def DeleteLanguage(self, request: candidates_pb2.DeleteLanguageRequest, context: Context) -> Empty:
        return self._delete(LANGUAGE, request)

    def AddProject(self, request: candidates_pb2.AddProjectRequest, context: Context) -> candidates_pb2.Project:
        return self._add(PROJECT, request)

    def UpdateProject(self, request: candidates_pb2.UpdateProjectRequest, context: Context) -> candidates_pb2.Project:
        return self._update(PROJECT, request)

    def DeleteProject(self, request: candidates_pb2.DeleteProjectRequest, context: Context) -> Empty:
        return self._delete(PROJECT, request)

    def _add(self, noun: Noun[Answer], request: Any) -> Answer:
        person = calls.person()
        entry = noun.entry(getattr(request, noun.name), ids.mint(), UUID(request.candidate_id))
        with self._database.begin(person) as connection:
            claim = idempotency.claim(connection, request, noun.answer)
            if claim.answer is not None:
                return claim.answer
            candidate = store.lock_candidate(connection, entry.candidate_id, person.user_id)
            entries = store.list_entries(connection, noun.row, candidate.id)
            given = rules.given_by_cv(entry, entries)
            if given is not None:
                entry = replace(entry, id=given.id)
                store.replace_entry(connection, entry)
            else:
                rules.check_room(entries)
                store.add_entries(connection, [entry])
            self._changed(connection, candidate, noun, entry.id, "added")
            answer = claim.keep(noun.to_proto(entry))
            self._tell(connection, candidate, noun)
        return answer

    def _update(self, noun: Noun[Answer], request: Any) -> Answer:
        person, entry_id = calls.person(), UUID(getattr(request, f"{noun.name}_id"))
        with self._database.begin(person) as connection:
            owner_id = store.get_entry_owner(connection, noun.row, entry_id, person.user_id)
            entry = noun.entry(getattr(request, noun.name), entry_id, owner_id)
            candidate = store.lock_candidate(connection, owner_id, person.user_id)
            store.replace_entry(connection, entry)
            self._changed(connection, candidate, noun, entry_id, "updated")
            self._tell(connection, candidate, noun)
        return noun.to_proto(entry)

    def _delete(self, noun: Noun[Answer], request: Any) -> Empty:
        person, entry_id = calls.person(), UUID(getattr(request, f"{noun.name}_id"))
        with self._database.begin(person) as connection:
            owner_id = store.get_entry_owner(connection, noun.row, entry_id, person.user_id)
            candidate = store.lock_candidate(connection, owner_id, person.user_id)
            store.delete_entry(connection, noun.row, entry_id, owner_id)
            self._changed(connection, candidate, noun, entry_id, "deleted")
            self._tell(connection, candidate, noun)
        return Empty()

    def _changed(self, connection: Connection, candidate: Candidate, noun: Noun[Answer], entry_id: UUID, what: str) -> None:
        store.update_candidate(connection, candidate.id, {"updated_at": self._clock()})
        audit.record(connection, f"{noun.name}.{what}", candidate_id=candidate.id, entry_id=entry_id)

    def _tell(self, connection: Connection, candidate: Candidate, noun: Noun[Answer]) -> None:
        events.record(connection, "candidate.updated", candidate.id, candidate.tenant_id, fields=[noun.name])

    def _values(self, request: Any, chosen: set[str]) -> dict[str, Any]:
        """The chosen fields that a person types, as columns."""
        values = {name: getattr(request, name) for name in _TYPED_FIELDS if name in chosen}
        if "links" in values:
            values["links"] = list(dict.fromkeys(values["links"]))
        if "dob" in values:
            values["dob"] = rules.birth_date(values["dob"], today=self._clock().date())
        return values


def to_candidate(candidate: Candidate, lists: Lists, seen: Sight, kept_id: UUID | None = None) -> candidates_pb2.Candidate:
    return candidates_pb2.Candidate(
        id=str(candidate.id), user_id=str(candidate.user_id), first_name=candidate.first_name, last_name=candidate.last_name,
        dob=candidate.dob.isoformat() if candidate.dob and seen.birth else "",
        email=candidate.email if seen.contact else "", phone=candidate.phone if seen.contact else "",
        location=candidate.location, headline=candidate.headline, summary=candidate.summary, discoverable=candidate.discoverable,
        education=map(EDUCATION.to_proto, lists.education), work_experience=map(WORK_EXPERIENCE.to_proto, lists.work_experience),
        skills=map(SKILL.to_proto, lists.skills), certifications=map(CERTIFICATION.to_proto, lists.certifications),
        create_time=to_timestamp(candidate.created_at), update_time=to_timestamp(candidate.updated_at),
        merged_into_id=str(kept_id or ""), links=candidate.links if seen.contact else [], languages=map(LANGUAGE.to_proto, lists.languages),
        projects=map(PROJECT.to_proto, lists.projects),
    )  # fmt: skip


def to_finding(finding: dict[str, Any]) -> candidates_pb2.Finding:
    box = finding.get("box")
    return candidates_pb2.Finding(
        **{**finding, "box": candidates_pb2.Box(**dict(zip(("x0", "y0", "x1", "y1"), box, strict=True))) if box else None}
    )


def to_cv(cv: Cv, text: str = "") -> candidates_pb2.Cv:
    return candidates_pb2.Cv(
        id=str(cv.id), candidate_id=str(cv.candidate_id), file_name=cv.file_name, content_type=cv.content_type, size_bytes=cv.size_bytes,
        status=cv.status, reason=cv.reason, findings=map(to_finding, cv.findings), unread=cv.unread,
        create_time=to_timestamp(cv.created_at), parse_time=to_timestamp(cv.parsed_at), step=cv.step, progress=_PROGRESS[cv.step], text=text,
    )  # fmt: skip

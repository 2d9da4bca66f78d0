"""The RPCs of duplicates: pairs of candidates that look like one person, and what an organization decides on them."""

from uuid import UUID

import grpc

from einstellen.candidates.v1 import duplicates_pb2, duplicates_pb2_grpc
from services.candidates import pairs
from services.candidates.tables import Candidate, Pair
from services.chassis import audit, calls, errors, events, paging
from services.chassis.clock import to_timestamp
from services.chassis.database import Database

Context = grpc.ServicerContext


class DuplicateService(duplicates_pb2_grpc.DuplicateServiceServicer):
    """See duplicates.proto."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ListDuplicates(self, request: duplicates_pb2.ListDuplicatesRequest, context: Context) -> duplicates_pb2.ListDuplicatesResponse:
        person, page = calls.person(), paging.read(request, UUID)
        with self._database.begin(person) as connection:
            found = pairs.list_pairs(connection, person.tenant_id, request.decision or "open", page)
            rows, token = page.cut(found, lambda pair: [pair.id])
            people = pairs.find_candidates(connection, {each for pair in rows for each in (pair.one_id, pair.other_id)})
        return duplicates_pb2.ListDuplicatesResponse(duplicates=[to_duplicate(pair, people) for pair in rows], next_page_token=token)

    def MergeDuplicate(self, request: duplicates_pb2.MergeDuplicateRequest, context: Context) -> duplicates_pb2.Duplicate:
        return self._decide(UUID(request.duplicate_id), "merged", UUID(request.keep_candidate_id))

    def DismissDuplicate(self, request: duplicates_pb2.DismissDuplicateRequest, context: Context) -> duplicates_pb2.Duplicate:
        return self._decide(UUID(request.duplicate_id), "dismissed", None)

    def _decide(self, pair_id: UUID, state: str, kept_id: UUID | None) -> duplicates_pb2.Duplicate:
        person = calls.person()
        with self._database.begin(person) as connection:
            pair = pairs.lock_pair(connection, pair_id, person.tenant_id)
            if kept_id is not None and kept_id not in (pair.one_id, pair.other_id):
                raise errors.invalid_field("keep_candidate_id", "CANDIDATE_NOT_OF_PAIR", "is neither of the two candidates")
            if kept_id is not None and pairs.goes_round(connection, pair, kept_id):
                raise errors.FailedPrecondition("MERGE_GOES_ROUND", "the other of the two stands for the one to keep already")
            before, pair = pair, pairs.decide(connection, pair, state, kept_id)
            audit.record(connection, f"duplicate.{state}", duplicate_id=pair.id, kept_id=kept_id, **audit.change(before, pair, "state"))
            people = pairs.find_candidates(connection, {pair.one_id, pair.other_id})
            # Whoever ranks people learns that one of them is somebody else's double now, or is none any more.
            for each in people.values() if before != pair else ():
                if each.id in (before.merged_id, pair.merged_id):
                    events.record(connection, "candidate.merged", each.id, each.tenant_id)
        return to_duplicate(pair, people)


def to_duplicate(pair: Pair, people: dict[UUID, Candidate]) -> duplicates_pb2.Duplicate:
    known = [people[each] for each in (pair.one_id, pair.other_id) if each in people]
    return duplicates_pb2.Duplicate(
        id=str(pair.id), reasons=pair.reasons, likeness=pair.likeness, decision="" if pair.state == "open" else pair.state,
        kept_candidate_id=str(pair.kept_id or ""),
        create_time=to_timestamp(pair.created_at),
        candidates=[
            duplicates_pb2.Duplicate.Likeness(
                candidate_id=str(each.id), name=f"{each.first_name} {each.last_name}".strip(), email=each.email, phone=each.phone, location=each.location
            )
            for each in sorted(known, key=lambda each: each.created_at)
        ],
    )  # fmt: skip

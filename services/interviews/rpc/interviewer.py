"""The RPCs of the interviewer: leasing a room, and what is heard and said there."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import grpc
from sqlalchemy import Connection

from einstellen.interviews.v1 import interviewer_pb2, interviewer_pb2_grpc
from services.chassis import audit, calls, errors, ids, tasks
from services.chassis.clock import Clock, from_timestamp, to_timestamp, utc_now
from services.chassis.database import Database
from services.chassis.objects import ObjectStore
from services.interviews import conversation, recordings, room_store, rules, store
from services.interviews.conversation import Conversation
from services.interviews.room import Room, to_room_message
from services.interviews.tables import Interview, Line, Piece, QuestionAnswer, RoomState

Context = grpc.ServicerContext
LEASE = timedelta(seconds=12)
_CONSIDER = timedelta(seconds=5)


class InterviewerService(interviewer_pb2_grpc.InterviewerServiceServicer):
    """See interviewer.proto: a process of ours calls for itself, so each transaction is the system's."""

    def __init__(
        self, database: Database, conversation: Conversation, room: Room, files: ObjectStore, most_video: int, clock: Clock = utc_now
    ) -> None:
        """`most_video` are the bytes of pictures that are kept of one interview."""
        self._database = database
        self._conversation = conversation
        self._room = room
        self._files = files
        self._most_video = most_video
        self._clock = clock

    def LeaseRoom(self, request: interviewer_pb2.LeaseRoomRequest, context: Context) -> interviewer_pb2.LeaseRoomResponse:
        now = self._clock()
        with self._database.begin(calls.SYSTEM) as connection:
            lease_id = ids.mint()
            interview_id = room_store.lease_one(connection, lease_id, request.holder, until=now + LEASE, now=now)
            if interview_id is None:
                return interviewer_pb2.LeaseRoomResponse()
            interview = store.find_interview(connection, interview_id)
            room = room_store.lock_lease(connection, interview_id, lease_id, now)
            if interview is None:
                return interviewer_pb2.LeaseRoomResponse()
            audit.record(connection, "room.leased", tenant_id=interview.tenant_id, interview_id=interview_id)
            return interviewer_pb2.LeaseRoomResponse(lease=_told(connection, interview, room, now))

    def RenewLease(self, request: interviewer_pb2.RenewLeaseRequest, context: Context) -> interviewer_pb2.Lease:
        now, interview_id, lease_id = self._clock(), UUID(request.interview_id), UUID(request.lease_id)
        with self._database.begin(calls.SYSTEM) as connection:
            room = room_store.lock_lease(connection, interview_id, lease_id, now)
            interview = store.find_interview(connection, interview_id)
            if interview is None or interview.status != "running":
                raise errors.FailedPrecondition("LEASE_LOST", "the interview is over")
            wanted = max(room.wanted_until, now + rules.WAITS_FOR) if request.candidate_is_here else room.wanted_until
            room_store.change_room(connection, interview_id, lease_until=now + LEASE, wanted_until=wanted)
            return _told(connection, interview, room_store.lock_lease(connection, interview_id, lease_id, now), now)

    def ReleaseRoom(self, request: interviewer_pb2.ReleaseRoomRequest, context: Context) -> interviewer_pb2.ReleaseRoomResponse:
        now, interview_id = self._clock(), UUID(request.interview_id)
        with self._database.begin(calls.SYSTEM) as connection:
            room = room_store.find_room(connection, interview_id)
            if room is not None and room.lease_id == UUID(request.lease_id):
                wanted = now if request.is_done else room.wanted_until
                room_store.change_room(connection, interview_id, lease_id=None, lease_until=None, lease_holder="", wanted_until=wanted)
        if not request.is_done:
            self._room.call_interviewers()
        return interviewer_pb2.ReleaseRoomResponse()

    def Anticipate(self, request: interviewer_pb2.AnticipateRequest, context: Context) -> interviewer_pb2.AnticipateResponse:
        interview_id = UUID(request.interview_id)
        with self._database.begin(calls.SYSTEM) as connection:
            room = room_store.lock_lease(connection, interview_id, UUID(request.lease_id), self._clock())
            interview = store.find_interview(connection, interview_id)
            asked = store.open_questions(connection, [interview_id]).get(interview_id)
            if (
                interview is None
                or asked is None
                or asked.state != "open"
                or room.lead_user_id is not None
                or asked.question["asks_for_code"]
            ):
                return interviewer_pb2.AnticipateResponse()
            said = " ".join([*room_store.said_to(connection, interview_id, asked.id), request.text.strip()]).strip()
            said = said[: conversation.LONGEST_ANSWER]
            every = store.list_questions(connection, interview_id, planned=True)
        if not said:
            return interviewer_pb2.AnticipateResponse()
        return interviewer_pb2.AnticipateResponse(text=self._conversation.anticipate(interview, replace(asked, answer=said), every))

    def TakeUtterance(self, request: interviewer_pb2.TakeUtteranceRequest, context: Context) -> interviewer_pb2.TakeUtteranceResponse:
        now, interview_id, lease_id = self._clock(), UUID(request.interview_id), UUID(request.lease_id)
        lines: list[Line] = []
        try:
            with self._database.begin(calls.SYSTEM) as connection:
                interview = store.find_and_lock(connection, interview_id)
                room = room_store.lock_lease(connection, interview_id, lease_id, now)
                if interview is None or interview.status != "running":
                    raise errors.FailedPrecondition("LEASE_LOST", "the interview is over")
                question = None if room.lead_user_id is not None else _answered(connection, request)
                if request.text.strip():
                    lines.append(
                        store.add_line(
                            connection, interview_id, "candidate", request.text.strip(), now=now, sender_id=interview.user_id,
                            sender_name=interview.candidate_name, question_id=question.id if question else None, client_id=request.utterance_id,
                        )
                    )  # fmt: skip
                answered = None
                if question is not None and question.state == "answered":
                    conversation.take_more(connection, interview, question, request.text.strip())
                elif question is not None and request.ends_turn and conversation.take_spoken(connection, interview, question, now=now):
                    answered = question.id
                    # Done at once below; by the task where this process does not come so far.
                    tasks.enqueue(connection, "consider", {"question_id": answered}, tenant_id=interview.tenant_id, run_at=now + _CONSIDER)
        except store.Repeated:
            answered = None
        with self._database.begin(calls.SYSTEM) as connection:
            interview = store.find_interview(connection, interview_id)
        if interview is not None:
            self._room.publish(interview, lines)
        if answered is not None:
            self._conversation.consider(answered)
        with self._database.begin(calls.SYSTEM) as connection:
            found = room_store.find_room(connection, interview_id)
            left = room_store.unspoken(connection, interview_id, found.spoken_seq if found else 0)
        return interviewer_pb2.TakeUtteranceResponse(unspoken=map(to_room_message, left))

    def NoteSpoken(self, request: interviewer_pb2.NoteSpokenRequest, context: Context) -> interviewer_pb2.NoteSpokenResponse:
        interview_id = UUID(request.interview_id)
        with self._database.begin(calls.SYSTEM) as connection:
            room = room_store.lock_lease(connection, interview_id, UUID(request.lease_id), self._clock())
            if request.seq > room.spoken_seq:
                room_store.change_room(connection, interview_id, spoken_seq=request.seq)
        return interviewer_pb2.NoteSpokenResponse()

    def AddPiece(self, request: interviewer_pb2.AddPieceRequest, context: Context) -> interviewer_pb2.AddPieceResponse:
        with self._database.begin(calls.SYSTEM) as connection:
            interview, piece = self._piece(connection, request)
            if room_store.has_piece(connection, piece):
                return interviewer_pb2.AddPieceResponse()
            key = recordings.key_of_piece(interview.tenant_id, piece.kind, piece.file_id)
            noted = recordings.note(connection, interview.tenant_id, key, self._clock())
        with recordings.stored(self._files, key, request.data), self._database.begin(calls.SYSTEM) as connection:
            self._piece(connection, request)  # again: somebody may have left or changed their mind meanwhile
            if room_store.add_piece(connection, piece):
                recordings.keep(connection, noted)
        return interviewer_pb2.AddPieceResponse()

    def _piece(self, connection: Connection, request: interviewer_pb2.AddPieceRequest) -> tuple[Interview, Piece]:
        """What is to be kept, where whose it is agrees and there is room for it."""
        interview_id, user_id = UUID(request.interview_id), UUID(request.user_id) if request.user_id else None
        room_store.lock_lease(connection, interview_id, UUID(request.lease_id), self._clock())
        interview = store.find_interview(connection, interview_id)
        if interview is None:
            raise store.no_interview()
        rules.check_consent(interview)
        if user_id is not None and not room_store.agrees(connection, interview, user_id):
            raise errors.FailedPrecondition("CONSENT_MISSING", "whose it is has not agreed")
        kind = request.kind or "audio"
        rules.check_recorded(kind, room_store.recorded_bytes(connection, interview_id, kind) + len(request.data), self._most_video)
        speaker = "interviewer" if user_id is None else "candidate" if user_id == interview.user_id else "colleague"
        return interview, Piece(
            UUID(request.track_id), request.number, interview_id, user_id, speaker, ids.mint(),
            len(request.data), request.milliseconds, from_timestamp(request.start_time), kind,
        )  # fmt: skip


def _answered(connection: Connection, request: interviewer_pb2.TakeUtteranceRequest) -> QuestionAnswer | None:
    """The question that an utterance is said to: the one that its speaker had heard when they began."""
    interview_id = UUID(request.interview_id)
    if request.HasField("heard_seq"):
        found = room_store.find_heard(connection, interview_id, request.heard_seq)
    else:
        found = store.open_questions(connection, [interview_id]).get(interview_id)
    return found if found is not None and found.state in ("open", "answered") else None


def _told(connection: Connection, interview: Interview, room: RoomState, now: datetime) -> interviewer_pb2.Lease:
    asked = store.open_questions(connection, [interview.id]).get(interview.id)
    waits = asked is not None and asked.state == "open"
    draft: Sequence[str] = room_store.said_to(connection, interview.id, asked.id) if asked is not None and waits else ()
    return interviewer_pb2.Lease(
        lease_id=str(room.lease_id), interview_id=str(interview.id), tenant_id=str(interview.tenant_id), room_name=interview.room_name,
        user_id=str(interview.user_id), vocabulary=recordings.terms(interview),
        unspoken=map(to_room_message, room_store.unspoken(connection, interview.id, room.spoken_seq)),
        question_id=str(asked.id) if asked is not None and waits else "", draft=" ".join(draft), lead_user_id=str(room.lead_user_id or ""),
        is_wanted=room.wanted_until > now, end_time=to_timestamp(room.opened_at + rules.LONGEST),
        expire_time=to_timestamp(room.lease_until), spoken_seq=room.spoken_seq,
    )  # fmt: skip

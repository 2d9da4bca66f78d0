"""What the gateway asks of the owner of interview rooms: the transcript is the room's history, and what the candidate says there is an answer."""

from datetime import datetime
from uuid import UUID

import grpc
from sqlalchemy import Connection

from einstellen.rooms.v1 import rooms_pb2, rooms_pb2_grpc
from services.chassis import audit, calls, errors, tasks
from services.chassis.calls import Person
from services.chassis.clock import Clock, utc_now
from services.chassis.database import Database
from services.interviews import conversation, room_store, rules, store
from services.interviews.room import INTERVIEWER, Room, to_room_message
from services.interviews.subjects import Answer
from services.interviews.tables import Interview, Line

Context = grpc.ServicerContext
_PREFIX = "interview-"
_LOADED = 50
_COLLEAGUE = "Interviewer's colleague"


class RoomOwnerService(rooms_pb2_grpc.RoomOwnerServiceServicer):
    """See rooms.proto: the gateway calls, for the person whose token it brings."""

    def __init__(self, database: Database, room: Room, clock: Clock = utc_now) -> None:
        self._database = database
        self._room = room
        self._clock = clock

    def JoinRoom(self, request: rooms_pb2.JoinRoomRequest, context: Context) -> rooms_pb2.RoomAccess:
        if request.service:
            return self._admit(id_of(request.room_name), request.service)
        person, now = calls.person(), self._clock()
        with self._database.begin(person) as connection:
            interview = store.get_interview(connection, id_of(request.room_name), person.tenant_id, person.user_id)
            comes = interview.status == "running" and interview.user_id == person.user_id
            if comes:
                if room_store.find_room(connection, interview.id) is None:
                    tasks.enqueue(
                        connection, "time_up", {"interview_id": interview.id}, tenant_id=interview.tenant_id, run_at=now + rules.LONGEST
                    )
                room_store.want(connection, interview.id, until=now + rules.WAITS_FOR, now=now)
            access = _access(connection, interview, person, store.read_mark(connection, interview.id, person.user_id))
        if comes:
            self._room.call_interviewers()
        return access

    def AppendMessage(self, request: rooms_pb2.AppendMessageRequest, context: Context) -> rooms_pb2.RoomMessage:
        person, interview_id = calls.person(), id_of(request.room_name)
        if request.target_seq or request.deletes or request.attachments or request.mentions:
            raise errors.FailedPrecondition("MESSAGES_ONLY", "what is said in an interview are words, and they stay")
        try:
            with self._database.begin(person) as connection:
                interview = store.lock_interview(connection, interview_id, person.tenant_id, person.user_id)
                rules.check_acts(interview, person)
                rules.check_running(interview)
                following = store.open_questions(connection, [interview_id]).get(interview_id)
                room = room_store.find_room(connection, interview_id)
                comes_back = interview.user_id == person.user_id and room is not None and room.wanted_until <= self._clock()
                if comes_back:  # the interviewer had stepped out
                    room_store.want(connection, interview_id, until=self._clock() + rules.WAITS_FOR, now=self._clock())
                if interview.user_id != person.user_id:
                    line = self._say(connection, interview, "colleague", person, request)
                elif following is None or following.state != "open" or (room is not None and room.lead_user_id is not None):
                    line = self._say(connection, interview, "candidate", person, request)
                else:
                    answer = Answer(request.content.strip())
                    line = conversation.take(
                        connection, interview, following.id, answer, "room", now=self._clock(), client_id=request.client_id
                    )
                    audit.record(connection, "answer.given", interview_id=interview.id, question_id=following.id)
                    tasks.enqueue(connection, "consider", {"question_id": following.id}, tenant_id=interview.tenant_id)
        except store.Repeated:
            comes_back = False
            with self._database.begin(person) as connection:
                interview = store.get_interview(connection, interview_id, person.tenant_id, person.user_id)
                line = store.get_line(connection, interview_id, person.user_id, request.client_id)
        # A repeat is published again: the first time may have died with its process, and readers know it by its number.
        self._room.publish(interview, [line])
        if comes_back:
            self._room.call_interviewers()
        return to_room_message(line)

    def LoadMessages(self, request: rooms_pb2.LoadMessagesRequest, context: Context) -> rooms_pb2.LoadMessagesResponse:
        limit, newest, interview_id = request.limit or _LOADED, request.after < 0, id_of(request.room_name)
        with self._database.begin(calls.SYSTEM if request.service else calls.person()) as connection:
            if request.service:
                _check_hosts(connection, interview_id, request.service, self._clock())
            else:
                store.get_interview(connection, interview_id, calls.person().tenant_id, calls.person().user_id)
            found = store.list_lines(connection, interview_id, request.after, limit + 1, request.before)
        kept = found[-limit:] if newest else found[:limit]
        return rooms_pb2.LoadMessagesResponse(messages=map(to_room_message, kept), more=len(found) > limit)

    def MarkRoomRead(self, request: rooms_pb2.MarkRoomReadRequest, context: Context) -> rooms_pb2.RoomAccess:
        person = calls.person()
        with self._database.begin(person) as connection:
            interview = store.get_interview(connection, id_of(request.room_name), person.tenant_id, person.user_id)
            before = store.read_mark(connection, interview.id, person.user_id)
            seq = store.mark_read(connection, interview, person.user_id, request.seq)
            if seq != before:
                audit.record(connection, "room.read", interview_id=interview.id, seq=seq)
            return _access(connection, interview, person, seq)

    def GiveConsent(self, request: rooms_pb2.GiveConsentRequest, context: Context) -> rooms_pb2.RoomAccess:
        person = calls.person()
        with self._database.begin(person) as connection:
            interview = store.lock_interview(connection, id_of(request.room_name), person.tenant_id, person.user_id)
            rules.check_running(interview)
            if request.agrees != room_store.agrees(connection, interview, person.user_id):
                room_store.agree(connection, interview, person.user_id, agrees=request.agrees, now=self._clock())
                audit.record(connection, "recording.allowed" if request.agrees else "recording.refused", interview_id=interview.id)
            current = store.get_interview(connection, interview.id, person.tenant_id, person.user_id)
            return _access(connection, current, person, 0)

    def TakeLead(self, request: rooms_pb2.TakeLeadRequest, context: Context) -> rooms_pb2.RoomAccess:
        person, now = calls.person(), self._clock()
        with self._database.begin(person) as connection:
            interview = store.lock_interview(connection, id_of(request.room_name), person.tenant_id, person.user_id)
            rules.check_leads(interview, person)
            rules.check_running(interview)
            room_store.want(connection, interview.id, until=now, now=now)
            room_store.change_room(connection, interview.id, lead_user_id=person.user_id if request.active else None)
            audit.record(connection, "lead.taken" if request.active else "lead.given_back", interview_id=interview.id)
            return _access(connection, interview, person, 0)

    def _admit(self, interview_id: UUID, service: str) -> rooms_pb2.RoomAccess:
        """Lets an interviewer in where one has the room's lease."""
        with self._database.begin(calls.SYSTEM) as connection:
            interview = _check_hosts(connection, interview_id, service, self._clock())
        return rooms_pb2.RoomAccess(
            room_id=str(interview.id), room_name=interview.room_name, display_name=INTERVIEWER, last_seq=interview.last_seq, kind="interviewer",
            may=["call", "caption"], agrees=True,
        )  # fmt: skip

    def _say(
        self, connection: Connection, interview: Interview, speaker: str, person: Person, request: rooms_pb2.AppendMessageRequest
    ) -> Line:  # fmt: skip
        name = interview.candidate_name if speaker == "candidate" else _COLLEAGUE
        audit.record(connection, "line.said", interview_id=interview.id)
        return store.add_line(
            connection, interview.id, speaker, request.content, now=self._clock(), sender_id=person.user_id, sender_name=name,
            client_id=request.client_id,
        )  # fmt: skip


def _check_hosts(connection: Connection, interview_id: UUID, service: str, now: datetime) -> Interview:
    interview = store.find_interview(connection, interview_id)
    if interview is None or service != "interviewer" or not room_store.is_leased(connection, interview_id, now):
        raise errors.NotFound("ROOM_NOT_FOUND", "there is no such room")
    return interview


def _access(connection: Connection, interview: Interview, person: Person, read_seq: int) -> rooms_pb2.RoomAccess:
    room = room_store.find_room(connection, interview.id)
    name = interview.candidate_name if interview.user_id == person.user_id else _COLLEAGUE
    return rooms_pb2.RoomAccess(
        room_id=str(interview.id), room_name=interview.room_name, user_id=str(person.user_id), display_name=name, last_seq=interview.last_seq,
        read_seq=read_seq, kind="candidate" if interview.user_id == person.user_id else "colleague",
        may=rules.may(interview, person) if interview.status == "running" else (), agrees=room_store.agrees(connection, interview, person.user_id),
        lead_user_id=str(room.lead_user_id) if room is not None and room.lead_user_id else "",
    )  # fmt: skip


def id_of(room_name: str) -> UUID:
    """Raises NotFound / ROOM_NOT_FOUND for what is no room of an interview."""
    try:
        if room_name.startswith(_PREFIX):
            return UUID(room_name.removeprefix(_PREFIX))
    except ValueError:
        pass
    raise errors.NotFound("ROOM_NOT_FOUND", "there is no such room")

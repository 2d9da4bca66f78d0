"""The RPCs of replays: what happened in an interview, on one time line, and the voices and pictures that were recorded."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import grpc
from google.api.httpbody_pb2 import HttpBody
from sqlalchemy import Connection

from einstellen.interviews.v1 import replay_pb2, replay_pb2_grpc
from services.chassis import calls, errors, paging
from services.chassis.calls import Person
from services.chassis.clock import to_timestamp
from services.chassis.database import Database
from services.chassis.objects import ObjectStore
from services.interviews import films, recordings, room_store, rules, store
from services.interviews.coding import store as coding
from services.interviews.rpc import shown
from services.interviews.tables import Interview, Piece, Stretch

Context = grpc.ServicerContext
Moments = list[tuple[datetime, replay_pb2.Moment]]


class ReplayService(replay_pb2_grpc.ReplayServiceServicer):
    """See replay.proto."""

    def __init__(self, database: Database, files: ObjectStore) -> None:
        self._database = database
        self._files = files

    def ListMoments(self, request: replay_pb2.ListMomentsRequest, context: Context) -> replay_pb2.ListMomentsResponse:
        person, page = calls.person(), paging.read(request, int)
        with self._database.begin(person) as connection:
            interview = store.get_interview(connection, UUID(request.interview_id), person.tenant_id, person.user_id)
            found = _moments(connection, interview, person)
        began = _began(interview)
        since = began + timedelta(milliseconds=request.from_milliseconds)
        # What is recorded still goes on at the time that is sought, and is part of it.
        found = [
            (at, moment)
            for at, moment in found
            if at + timedelta(milliseconds=moment.voice.milliseconds or moment.video.milliseconds or moment.edits.milliseconds) >= since
        ]
        first = page.after[0] if page.after else 0
        places, token = page.cut(range(first, min(len(found), first + page.fetch)), lambda place: [place + 1])
        moments = []
        for place in places:
            at, moment = found[place]
            moment.at_milliseconds = max(0, round((at - began).total_seconds() * 1000))
            moments.append(moment)
        return replay_pb2.ListMomentsResponse(moments=moments, next_page_token=token)

    def DownloadVoice(self, request: replay_pb2.DownloadVoiceRequest, context: Context) -> Iterator[HttpBody]:
        person = calls.person()
        with self._database.begin(person) as connection:
            interview = store.get_interview(connection, UUID(request.interview_id), person.tenant_id, person.user_id)
            after = _began(interview) + timedelta(milliseconds=request.from_milliseconds)
            pieces = room_store.list_pieces(connection, interview.id, kind="audio", speaker=request.speaker, after=after)
        if not pieces:
            raise errors.NotFound("RECORDING_NOT_FOUND", "nothing of this voice is recorded from there on")
        for piece in pieces:
            # One file after the other is a file again: Ogg chains (RFC 3533, 4).
            try:
                for data in self._files.chunks(recordings.key_of_piece(interview.tenant_id, piece.kind, piece.file_id)):
                    yield HttpBody(content_type="audio/ogg", data=data)
            except FileNotFoundError:
                continue  # erased since

    def DownloadVideo(self, request: replay_pb2.DownloadVideoRequest, context: Context) -> Iterator[HttpBody]:
        person = calls.person()
        with self._database.begin(person) as connection:
            interview = store.get_interview(connection, UUID(request.interview_id), person.tenant_id, person.user_id)
            after = _began(interview) + timedelta(milliseconds=request.from_milliseconds)
            pieces = room_store.list_pieces(connection, interview.id, kind="video", speaker=request.speaker, after=after)
        shown = films.choose(pieces, UUID(request.track_id) if request.track_id else None)
        if not shown:
            raise errors.NotFound("RECORDING_NOT_FOUND", "nothing of this picture is recorded from there on")
        for data in films.join(
            shown, lambda piece: self._files.get(recordings.key_of_piece(interview.tenant_id, piece.kind, piece.file_id))
        ):
            yield HttpBody(content_type="video/webm", data=data)


def _began(interview: Interview) -> datetime:
    return interview.started_at or interview.created_at


def _moments(connection: Connection, interview: Interview, person: Person) -> Moments:
    found: Moments = []
    for line in store.list_lines(connection, interview.id):
        found.append((line.said_at, replay_pb2.Moment(line=shown.to_line(line))))
    for piece in room_store.list_pieces(connection, interview.id):
        found.append((piece.started_at, _to_recorded(piece)))
    scored = rules.is_organization(interview, person)
    for question in store.list_questions(connection, interview.id):
        if question.code and question.answered_at is not None:
            found.append((question.answered_at, replay_pb2.Moment(code=shown.to_question(question, scored=scored))))
    for stretch in coding.list_stretches(connection, interview.id):
        found.append((stretch.began_at, replay_pb2.Moment(edits=_to_edits(interview, stretch))))
    if scored:
        for signal in store.list_signals(connection, interview.id):
            found.append((signal.noticed_at, replay_pb2.Moment(signal=shown.to_signal(signal))))
    for at, moment in found:
        moment.MergeFrom(replay_pb2.Moment(time=to_timestamp(at)))
    return sorted(found, key=lambda one: one[0])


def _to_edits(interview: Interview, stretch: Stretch) -> replay_pb2.CodeEdits:
    return replay_pb2.CodeEdits(
        editor="candidate" if stretch.sender_id == interview.user_id else "colleague",
        first_seq=stretch.first_seq,
        last_seq=stretch.last_seq,
        milliseconds=round((stretch.ended_at - stretch.began_at).total_seconds() * 1000),
    )


def _to_recorded(piece: Piece) -> replay_pb2.Moment:
    of_it: dict[str, Any] = {
        "speaker": piece.speaker, "track_id": str(piece.track_id), "number": piece.number, "milliseconds": piece.milliseconds, "size_bytes": piece.size_bytes,
    }  # fmt: skip
    if piece.kind == "video":
        return replay_pb2.Moment(video=replay_pb2.VideoPiece(**of_it))
    return replay_pb2.Moment(voice=replay_pb2.VoicePiece(**of_it))

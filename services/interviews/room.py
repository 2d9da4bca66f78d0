"""What was said, told to the gateways as it is stored."""

from collections.abc import Sequence

import redis

from einstellen.rooms.v1 import rooms_pb2
from services.chassis import rooms as wire
from services.chassis.clock import to_timestamp
from services.chassis.logs import log
from services.interviews.tables import Interview, Line

INTERVIEWER = "Interviewer"
INTERVIEWERS = "interviewers"  # the Redis channel that free interviewers listen to


class Room:
    """The way from the transcript to the sockets. After the commit, best effort: gateways load by its number what they were not told."""

    def __init__(self, gateways: redis.Redis) -> None:
        self._gateways = gateways

    def call_interviewers(self) -> None:
        """Tells the interviewers that somebody waits. One that does not hear it looks by itself every few seconds."""
        try:
            self._gateways.publish(INTERVIEWERS, b"")
        except redis.RedisError as problem:
            log.warning("interviewers not called", extra={"problem": type(problem).__name__})

    def publish(self, interview: Interview, lines: Sequence[Line]) -> None:
        for line in lines:
            frame = rooms_pb2.ServerFrame(message=to_room_message(line))
            try:
                self._gateways.publish(wire.channel(interview.room_name), wire.pack(frame))
            except redis.RedisError as problem:
                log.warning("line not published", extra={"line_id": str(line.id), "problem": type(problem).__name__})


def to_room_message(line: Line) -> rooms_pb2.RoomMessage:
    return rooms_pb2.RoomMessage(
        id=str(line.id), seq=line.seq, sender_id=str(line.sender_id or ""), sender_name=line.sender_name, content=line.text,
        client_id=line.client_id or "", sent_time=to_timestamp(line.said_at),
    )  # fmt: skip

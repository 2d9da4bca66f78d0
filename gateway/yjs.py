"""What Yjs clients say over a socket (y-protocols): reading and making their messages, and who is where in a document."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.chassis import errors

SYNC, AWARENESS, ASK_AWARENESS = 0, 1, 3
STEP_1, STEP_2, UPDATE = 0, 1, 2
LIFE_SECONDS = 30.0  # as y-protocols has it: a state that nobody has renewed for so long is of a client that is gone
_LONGEST_NUMBER = 8  # bytes: as many as a number of JavaScript can need
_MOST_CLIENTS, _LARGEST_STATE = 1000, 16 * 1024
_GONE = b"null"


class Reader:
    """Numbers and blocks, one after the other, from bytes that anybody may have sent. Raises InvalidArgument / FRAME_INVALID."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def number(self) -> int:
        found = 0
        for place in range(_LONGEST_NUMBER):
            if self._at >= len(self._data):
                break
            byte = self._data[self._at]
            self._at += 1
            found |= (byte & 127) << (7 * place)
            if byte < 128:
                return found
        raise unreadable()

    def block(self) -> bytes:
        size = self.number()
        found = self._data[self._at : self._at + size]
        if len(found) < size:
            raise unreadable()
        self._at += size
        return found


def unreadable() -> errors.InvalidArgument:
    return errors.InvalidArgument("FRAME_INVALID", "this is no message of y-protocols")


def number(value: int) -> bytes:
    found = bytearray()
    while value > 127:
        found.append(128 | (127 & value))
        value >>= 7
    found.append(value)
    return bytes(found)


def block(data: bytes) -> bytes:
    return number(len(data)) + data


def sync(step: int, data: bytes) -> bytes:
    return bytes((SYNC, step)) + block(data)


def awareness(update: bytes) -> bytes:
    return bytes((AWARENESS,)) + block(update)


@dataclass(frozen=True)
class State:
    """What a client last said of itself, as JSON that nobody here reads; `clock` counts what it has said."""

    clock: int
    said: bytes
    at: float


class Awareness:
    """Who is where in a document: nothing of it is stored, and each client renews its own."""

    def __init__(self) -> None:
        self._states: dict[int, State] = {}

    def apply(self, update: bytes) -> tuple[bytes, set[int], set[int]]:
        """Takes what is newer than what is known; answers it as an update (empty where there is none), with who came and who went."""
        newer, came, went = [], set(), set()
        for client, clock, said in _read(update):
            known = self._states.get(client)
            if known is not None and (clock < known.clock or (clock == known.clock and (said != _GONE or known.said == _GONE))):
                continue
            if known is None and len(self._states) >= _MOST_CLIENTS:
                self._forget()
                if len(self._states) >= _MOST_CLIENTS:
                    continue
            if said != _GONE and (known is None or known.said == _GONE):
                came.add(client)
            elif said == _GONE and known is not None:
                went.add(client)
            self._states[client] = State(clock, said, time.monotonic())
            newer.append(client)
        return self._encode(newer), came, went

    def all(self) -> bytes:
        """Everybody who is there, as an update; empty where nobody is."""
        self._forget()
        return self._encode([client for client, state in self._states.items() if state.said != _GONE])

    def remove(self, clients: Iterable[int]) -> bytes:
        """Takes out clients whose socket has ended; answers the update that says so."""
        gone = [client for client in clients if (known := self._states.get(client)) is not None and known.said != _GONE]
        for client in gone:
            self._states[client] = State(self._states[client].clock, _GONE, time.monotonic())
        return self._encode(gone)

    def _forget(self) -> None:
        """Drops what has not been renewed; every client does the same for itself, so nobody needs to be told."""
        oldest = time.monotonic() - LIFE_SECONDS
        self._states = {client: state for client, state in self._states.items() if state.at > oldest}

    def _encode(self, clients: list[int]) -> bytes:
        if not clients:
            return b""
        states = ((client, self._states[client]) for client in clients)
        return number(len(clients)) + b"".join(number(client) + number(state.clock) + block(state.said) for client, state in states)


def _read(update: bytes) -> Iterator[tuple[int, int, bytes]]:
    reader = Reader(update)
    for _ in range(min(reader.number(), _MOST_CLIENTS)):
        client, clock, said = reader.number(), reader.number(), reader.block()
        if len(said) > _LARGEST_STATE:
            raise errors.InvalidArgument("FRAME_INVALID", "a client's state is larger than 16 KiB")
        yield client, clock, said

"""Pieces of voices: what is recorded, from when to when, and what is not."""

import asyncio
import io
from array import array

import av

from services.chassis import errors
from services.interviews.interviewer.recorder import PIECE_SECONDS, Piece, Recorder

RATE = 16_000
SECOND = array("h", [(place * 37) % 4000 - 2000 for place in range(RATE)]).tobytes()


def record(steps, refusal: errors.Refusal | None = None) -> list[Piece]:
    """What was kept after `steps` did something with a recorder."""
    kept: list[tuple[Piece, bytes]] = []

    async def keep(piece: Piece, data: bytes) -> None:
        if refusal is not None:
            raise refusal
        kept.append((piece, data))

    async def scenario() -> None:
        recorder = Recorder(keep)
        steps(recorder)
        await recorder.close()

    asyncio.run(scenario())
    for piece, data in kept:
        with av.open(io.BytesIO(data)) as file:
            played = sum(frame.samples / frame.sample_rate for frame in file.decode(audio=0))
        assert abs(played - piece.seconds) < 0.1
    return [piece for piece, _ in kept]


def test_nothing_is_recorded_before_everybody_agrees_nor_what_was_not_kept_when_somebody_does_not_any_more() -> None:
    def steps(recorder: Recorder) -> None:
        recorder.take("ada", SECOND, RATE, 100.0)
        recorder.switch(True)
        recorder.take("ada", SECOND, RATE, 101.0)
        recorder.switch(False)
        recorder.take("ada", SECOND, RATE, 102.0)
        recorder.switch(True)
        recorder.take("ada", SECOND, RATE, 103.0)

    assert [(piece.started_at, piece.seconds) for piece in record(steps)] == [(103.0, 1.0)]


def test_a_voice_is_cut_into_pieces_that_follow_each_other_and_a_gap_begins_a_new_one() -> None:
    def steps(recorder: Recorder) -> None:
        recorder.switch(True)
        for second in [*range(7), 20, 21]:
            recorder.take("ada", SECOND, RATE, 100.0 + second)
        recorder.take("", SECOND, RATE, 103.0)

    pieces = record(steps)
    assert PIECE_SECONDS == 5
    assert [(piece.number, piece.started_at, piece.seconds) for piece in pieces if piece.user_id] == [
        (0, 100.0, 5),
        (1, 105.0, 2),
        (2, 120.0, 2),
    ]
    assert [piece.seconds for piece in pieces if not piece.user_id] == [1]
    assert len({piece.track_id for piece in pieces}) == 2


def test_what_is_not_kept_yet_is_kept_where_the_candidate_leaves_though_all_agree() -> None:
    def steps(recorder: Recorder) -> None:
        recorder.switch(True)
        recorder.take("ada", SECOND, RATE, 100.0)
        recorder.switch(False, keeps=True)
        recorder.take("ada", SECOND, RATE, 101.0)

    assert [(piece.started_at, piece.seconds) for piece in record(steps)] == [(100.0, 1.0)]


def test_a_recording_that_is_full_ends() -> None:
    ended = []

    def steps(recorder: Recorder) -> None:
        recorder.switch(True)
        recorder.take("ada", SECOND, RATE, 100.0)
        ended.append(recorder)

    assert record(steps, errors.FailedPrecondition("RECORDING_FULL", "no more")) == []
    ended[0].switch(True)
    assert not ended[0].is_on

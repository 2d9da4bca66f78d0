"""Pictures that are recorded: from a candidate's camera through the gateway and the interviewer to the replay."""

import asyncio
import io
import re
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from itertools import pairwise
from uuid import UUID, uuid4

import aiortc.rtcrtpreceiver
import av
import pytest
from aiortc import RTCPeerConnection, RTCRtpSender

from einstellen.interviews.v1 import replay_pb2, replay_pb2_grpc
from services.interviews import films
from services.interviews.interviewer import pictures, speaking
from services.interviews.interviewer.peer import Peer
from services.interviews.interviewer.recorder import Recorder
from services.interviews.interviewer.voice import Voice
from services.interviews.tables import Piece
from tests.conftest import House
from tests.gateway.sockets import gateway, run
from tests.services.interviews.conftest import Hiring, rows
from tests.services.interviews.interviewer.caller import Caller, calling, interviewing
from tests.services.interviews.interviewer.camera import HEIGHT, WIDTH, Camera, draw, read
from tests.services.interviews.interviewer.play import Play

NOBODY_SPEAKS = "127.0.0.1:9"
_NEAR = 0.2


@pytest.fixture
def came(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When each frame came to the recorder, whether it was on or not. Clips are short, and nobody speaks."""
    times: list[float] = []
    see = Recorder.see

    def counted(self: Recorder, user_id: str, source: str, frame: pictures.Frame, at: float) -> bool:
        times.append(at)
        return see(self, user_id, source, frame, at)

    monkeypatch.setattr(Recorder, "see", counted)
    monkeypatch.setattr(pictures, "CLIP_SECONDS", 1.0)
    monkeypatch.setattr(speaking, "_CONNECT_SECONDS", 0.1)
    monkeypatch.setattr(speaking, "_TRIES", 1)
    return times


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What anything here made a decoder for."""
    names: list[str] = []
    make = aiortc.rtcrtpreceiver.get_decoder
    monkeypatch.setattr(aiortc.rtcrtpreceiver, "get_decoder", lambda codec: names.append(codec.name) or make(codec))
    return names


def clips(house: House, interview_id: str) -> list[tuple[float, int]]:
    """When each began that is kept, and how many milliseconds it has."""
    query = (
        "SELECT extract(epoch FROM started_at)::float, milliseconds FROM track_pieces WHERE interview_id = %s AND kind = 'video' ORDER BY 1"
    )
    return rows(house, query, interview_id)


def seen(data: bytes) -> list[tuple[float, int]]:
    """The time of each frame and the number in it. The first one has to be whole by itself."""
    with av.open(io.BytesIO(data)) as file:
        assert next(file.demux(video=0)).is_keyframe
        file.seek(0)
        return [(frame.time, read(frame)) for frame in file.decode(video=0)]


def recording(caller: Caller) -> bool:
    told = [other["activity"].get("is_recording", False) for other in caller.client.others if "activity" in other]
    return bool(told) and bool(told[-1])


def test_a_picture_is_kept_while_all_agree_and_seen_again_at_its_time(
    house: House, hiring: Hiring, came: list[float], decoded: list[str]
) -> None:
    interview, camera = hiring.start(), Camera()
    withdrawn: list[float] = []

    async def scenario() -> None:
        async with (
            gateway(house) as door,
            interviewing(house, door, INFERENCE_SERVICE_URL=NOBODY_SPEAKS),
            calling(door, interview.id, hiring.candidate, camera) as caller,
        ):
            await Play.eventually(lambda: len(came) >= 5)
            assert not recording(caller)
            agreed = time.time()
            await caller.client.send(consent={"agrees": True})
            await Play.eventually(lambda: len(clips(house, interview.id)) >= 2)
            assert recording(caller)
            await caller.client.send(consent={"agrees": False})
            await caller.client.until(lambda: not recording(caller), "the sign of recording is off")
            withdrawn.append(time.time())
            before = len(came)
            await Play.eventually(lambda: len(came) >= before + 5)
            assert clips(house, interview.id)[0][0] > agreed - 0.01

    run(scenario, 90)
    kept = clips(house, interview.id)
    assert all(start + milliseconds / 1000 < withdrawn[0] + _NEAR for start, milliseconds in kept)
    replay = house.stub("interviews", replay_pb2_grpc.ReplayServiceStub)
    began = interview.start_time.ToMicroseconds() / 1e6

    def film(since: int = 0) -> list[tuple[float, int]]:
        request = replay_pb2.DownloadVideoRequest(interview_id=interview.id, speaker="candidate", from_milliseconds=since)
        return seen(b"".join(piece.data for piece in replay.DownloadVideo(request, metadata=hiring.employer.metadata)))

    moments = replay.ListMoments(replay_pb2.ListMomentsRequest(interview_id=interview.id), metadata=hiring.employer.metadata).moments
    starts = [one.at_milliseconds for one in moments if one.HasField("video")]
    assert [start for start, _ in kept] == pytest.approx([began + start / 1000 for start in starts], abs=0.002)
    assert_on_time(film(), kept[0][0], camera)
    assert_on_time(film(starts[1] + kept[1][1] // 2), kept[1][0], camera)  # pieces may overlap by a few milliseconds
    assert len(film()) - len(film(starts[1] + 1)) >= 5
    assert "VP8" not in decoded


def agreeing(caller: Caller) -> int:
    told = [other["participants"]["participants"] for other in caller.client.others if "participants" in other]
    return sum(bool(one.get("agrees")) for one in told[-1])


@pytest.mark.soak
def test_two_who_are_seen_have_a_track_each_until_either_changes_their_mind_and_one_who_calls_again_another(
    house: House, hiring: Hiring, came: list[float]
) -> None:
    interview = hiring.start()

    def tracks() -> dict[str, set[str]]:
        query = "SELECT speaker, track_id::text FROM track_pieces WHERE interview_id = %s AND kind = 'video'"
        found: dict[str, set[str]] = {}
        for speaker, track_id in rows(house, query, interview.id):
            found.setdefault(speaker, set()).add(track_id)
        return found

    async def scenario() -> None:
        async with gateway(house) as door, interviewing(house, door, INFERENCE_SERVICE_URL=NOBODY_SPEAKS):
            async with calling(door, interview.id, hiring.candidate, Camera()) as caller:
                async with calling(door, interview.id, hiring.employer, Camera()) as colleague:
                    await caller.client.send(consent={"agrees": True})
                    await caller.client.until(lambda: agreeing(caller) == 1, "one has agreed")
                    before = len(came)
                    await Play.eventually(lambda: len(came) >= before + 20)
                    assert not tracks()  # the other has not
                    await colleague.client.send(consent={"agrees": True})
                    await Play.eventually(lambda: set(tracks()) == {"candidate", "colleague"})
                    await colleague.client.send(consent={"agrees": False})
                    await caller.client.until(lambda: not recording(caller), "nothing is recorded any more")
                    kept, before = len(clips(house, interview.id)), len(came)
                    await Play.eventually(lambda: len(came) >= before + 40)
                    assert len(clips(house, interview.id)) <= kept + 2  # that were on their way
                await Play.eventually(lambda: recording(caller))  # who is gone need not agree
            async with calling(door, interview.id, hiring.candidate, Camera()):
                await Play.eventually(lambda: len(tracks()["candidate"]) == 2)
                assert len(tracks()["colleague"]) == 1

    run(scenario, 120)


def assert_on_time(frames: Iterable[tuple[float, int]], start: float, camera: Camera) -> None:
    late = [start + at - camera.time_of(number) for at, number in frames]
    assert late
    assert max(map(abs, late)) < _NEAR + camera.lag


INTER, KEY = b"\x01" + bytes(99), b"\x10\x00\x00\x9d\x01\x2a" + bytes([160, 0, 96, 0]) + bytes(90)


def shoot(steps: Iterable[tuple[bytes, float]], *, kbits: int = 500, late: float = 0.0) -> tuple[list[pictures.Clip], list[float]]:
    """Clips of frames at their seconds of the sender's clock, and when a key frame was wanted. Each comes when the next one begins to, or `late` after that."""
    film, clips, wanted = pictures.Film("ada", "a call", kbits), [], []
    for place, (data, at) in enumerate(steps):
        clip, is_wanted = film.take(pictures.Frame(data, round(at * 90_000)), 1000.1 + at + late * (place % 3))
        clips += [clip] if clip else []
        wanted += [at] if is_wanted else []
    last = film.finish()
    return [*clips, *([last] if last else [])], wanted


def test_a_clip_begins_with_a_key_frame_that_is_asked_for_and_no_frame_is_lost_between_two() -> None:
    steps = [(KEY if second in (2, 13, 20) and not tenth else INTER, second + tenth / 10) for second in range(25) for tenth in range(10)]
    first, second = shoot(steps)[0]
    assert (first.started_at, first.seconds, second.started_at, second.seconds) == pytest.approx((1002, 11, 1013, 12))
    assert first.frames[0].is_key
    assert second.frames[0].is_key
    assert shoot(steps)[1] == pytest.approx([0, 1, 12, 23, 24], abs=0.2)


def test_a_clips_time_is_when_it_was_sent_though_frames_come_late() -> None:
    (clip,), _ = shoot([(KEY, 0.0), *((INTER, 0.1 * number) for number in range(1, 80))], late=0.4)
    assert clip.started_at == pytest.approx(1000, abs=0.001)


def test_a_pause_and_a_clock_that_is_wrong_end_a_clip() -> None:
    for broken in (30.0, 0.05, 0.0, -5.0):
        clips, wanted = shoot([(KEY, 0.0), (INTER, 0.1), (INTER, 0.2), (INTER, broken), (INTER, broken + 0.1), (KEY, broken + 0.2)])
        assert [len(clip.frames) for clip in clips] == [3, 1]
        assert wanted


def test_more_than_the_rate_is_left_out_until_the_next_clip() -> None:
    key, inter = KEY + bytes(10_000), INTER + bytes(10_000)
    clips, _ = shoot([(inter if tenth else key, second + tenth / 10) for second in range(60) for tenth in range(10)], kbits=80)
    assert all(clip.size <= 80 * 1000 / 8 * 15 for clip in clips)
    assert len(clips) == 6
    assert all(second.started_at - first.started_at >= 9.9 for first, second in pairwise(clips))


def test_a_frame_that_claims_to_be_a_key_frame_and_is_none_begins_nothing() -> None:
    for data in (b"", b"\x10", KEY[:9], KEY[:6] + bytes(94), b"\x11" + KEY[1:]):
        assert shoot([(data, 0.0), (data, 0.1)])[0] == []


def offer(codec: str) -> str:
    """Of a candidate who sends a picture in this way alone."""

    async def made() -> str:
        connection = RTCPeerConnection()
        connection.addTransceiver("audio")
        transceiver = connection.addTransceiver("video", direction="sendonly")
        known = RTCRtpSender.getCapabilities("video").codecs
        transceiver.setCodecPreferences([one for one in known if one.mimeType == codec])
        await connection.setLocalDescription(await connection.createOffer())
        sdp = connection.localDescription.sdp
        await connection.close()
        return sdp

    return asyncio.run(made())


@pytest.mark.parametrize(("codec", "kbits", "taken"), [("video/VP8", 321, True), ("video/VP8", 0, False), ("video/H264", 321, False)])
def test_an_answer_takes_a_picture_that_can_be_kept_at_a_rate_and_no_other(codec: str, kbits: int, taken: bool) -> None:
    async def answered() -> str:
        peer = Peer("call", [], Voice(lambda *_: None), lambda _: None, lambda: None, seen=lambda _: False, kbits=kbits)
        sdp = await peer.answer(offered)
        await peer.close()
        return sdp

    offered = offer(codec)
    assert re.findall("b=AS:.*|a=recvonly|a=inactive", asyncio.run(answered())) == (
        ["b=AS:321\r", "a=recvonly"] if taken else ["a=inactive"]
    )


def clip(number: int, at: float) -> tuple[Piece, bytes]:
    """A second of pictures, of which the first has a number."""
    encoder = av.CodecContext.create("libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt, encoder.time_base = WIDTH, HEIGHT, "yuv420p", Fraction(1, 90_000)
    encoder.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
    made = pictures.Clip(str(uuid4()), number, "ada", at)
    for place in range(5):
        frame = draw(number + place)
        frame.pts = place * 18_000
        for packet in encoder.encode(frame):
            made.add(pictures.Frame(bytes(packet), packet.pts), at + place / 5)
    started = datetime.fromtimestamp(at, UTC)
    return Piece(UUID(made.track_id), 0, uuid4(), None, "colleague", uuid4(), 1, 1000, started, "video"), made.encode()


def test_a_film_keeps_pauses_leaves_out_what_is_erased_and_shows_one_picture_at_a_time() -> None:
    files = [clip(100 * number, at) for number, at in enumerate((1000.0, 1000.5, 1001.0, 1002.0, 1006.0))]
    beside = replace(files[1][0], track_id=uuid4())
    pieces = [piece for piece, _ in files]
    chosen = films.choose([pieces[0], beside, *pieces[2:]], None)
    assert chosen == [pieces[0], *pieces[2:]]
    assert films.choose([pieces[0], beside, *pieces[2:]], beside.track_id) == [beside]

    def found(piece: Piece) -> bytes:
        if piece is pieces[2]:
            raise FileNotFoundError
        return files[pieces.index(piece)][1]

    told = seen(b"".join(films.join(chosen, found)))
    assert [number for _, number in told] == [first + place for first in (0, 300, 400) for place in range(5)]
    assert [at for at, _ in told] == pytest.approx([start + place / 5 for start in (0, 2, 6) for place in range(5)], abs=0.002)

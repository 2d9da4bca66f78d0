"""A candidate's camera in a browser: what is sent, and what is recorded of it, while they agree and while they do not."""

import io
import json
import subprocess
from itertools import pairwise

import av
import pytest

from einstellen.interviews.v1 import replay_pb2, replay_pb2_grpc
from tests.conftest import House
from tests.journeys.conftest import Edge
from tests.journeys.test_browser import _FOLDER, _NODE, interviewer  # noqa: F401 - a fixture
from tests.services.interviews.conftest import Hiring, hiring, interviews, new_hiring, rows  # noqa: F401 - fixtures

_FRAMES = 320  # two clips and a little more, at fifteen a second


@pytest.mark.soak
@pytest.mark.usefixtures("interviewer")
def test_a_browser_sends_the_interviewer_a_picture_only_while_it_is_recorded(house: House, edge: Edge, hiring: Hiring) -> None:  # noqa: F811
    interview = hiring.start()
    options = {"address": edge.url, "interview": interview.id, "token": hiring.candidate.access, "patience": 90_000, "frames": _FRAMES}
    ran = subprocess.run([_NODE, "camera.mjs", json.dumps(options)], cwd=_FOLDER, capture_output=True, text=True, timeout=240, check=False)
    told = {line["name"]: line for line in map(json.loads, ran.stdout.splitlines())}
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "pageerror" not in told
    assert [told[name]["frames"] for name in ("before", "first still", "again still")] == [0, 0, 0]
    query = """
    SELECT extract(epoch FROM started_at)::float, milliseconds / 1000.0, size_bytes
    FROM track_pieces WHERE interview_id = %s AND kind = 'video' ORDER BY 1"""
    kept = rows(house, query, interview.id)
    spans = [(told[f"{name} on"]["at"] / 1000, told[f"{name} off"]["at"] / 1000) for name in ("first", "again")]
    for on, off in spans:
        within = [(start, float(seconds)) for start, seconds, _ in kept if on - 1 < start < off]
        assert len(within) >= 2
        assert all(on - 1 < start and start + seconds < off + 0.5 for start, seconds in within)
        assert all(abs(start + seconds - following) < 0.2 for (start, seconds), (following, _) in pairwise(within))
    assert len(kept) == sum(on - 1 < start < off for start, *_ in kept for on, off in spans)
    assert all(8 * size / 1000 / float(seconds) < 750 for _, seconds, size in kept)
    replay = house.stub("interviews", replay_pb2_grpc.ReplayServiceStub)
    request = replay_pb2.DownloadVideoRequest(interview_id=interview.id, speaker="candidate")
    film = b"".join(piece.data for piece in replay.DownloadVideo(request, metadata=hiring.employer.metadata))
    with av.open(io.BytesIO(film)) as file:
        shown = sum(1 for _ in file.decode(video=0))
    assert shown >= sum(float(seconds) for _, seconds, _ in kept) * 10

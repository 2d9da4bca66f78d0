"""The feed of events and those who follow it, with writers that run at once and followers that stop and start."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from uuid import UUID

import grpc
import psycopg2
import pytest
import sqlalchemy as sa

from cli.stack.databases import DatabaseUrls
from einstellen.events.v1 import events_pb2, events_pb2_grpc
from services.chassis import calls, events, frame, ids
from services.chassis.database import Database
from services.chassis.events import Apply, EventFeed, Follower, Prepare
from tests.chassis.conftest import bodies
from tests.chassis.notes import notes
from tests.conftest import until


@dataclass
class Fed:
    """The database's own feed, at which a test may look, and a channel to a server of it."""

    feed: EventFeed
    channel: grpc.Channel

    @property
    def stub(self) -> events_pb2_grpc.EventServiceStub:
        return events_pb2_grpc.EventServiceStub(self.channel)


@pytest.fixture
def fed(database: Database) -> Iterator[Fed]:
    feed = EventFeed(database)
    server = grpc.server(ThreadPoolExecutor(2))
    events_pb2_grpc.add_EventServiceServicer_to_server(feed, server)
    port = server.add_insecure_port("127.0.0.1:0")
    feed.start()
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield Fed(feed, channel)
    server.stop(0)
    feed.end()


@pytest.fixture
def channel(fed: Fed) -> grpc.Channel:
    return fed.channel


def record(database: Database, kind: str = "thing.changed", **details: object) -> None:
    with database.begin(calls.SYSTEM) as connection:
        events.record(connection, kind, ids.mint(), None, **details)


def feed(channel: grpc.Channel, after: int = 0, limit: int = 1000) -> list[events_pb2.Event]:
    return list(events_pb2_grpc.EventServiceStub(channel).ListEvents(events_pb2.ListEventsRequest(after=after, limit=limit)).events)


def test_an_event_says_what_happened_to_whom_and_when(database: Database, channel: grpc.Channel) -> None:
    subject, tenant, user = ids.mint(), ids.mint(), ids.mint()
    with database.begin(calls.SYSTEM) as connection:
        events.record(connection, "candidate.updated", subject, tenant, user_id=user, fields=["name"])
    (event,) = feed(channel)
    assert (event.kind, UUID(event.subject_id), UUID(event.tenant_id)) == ("candidate.updated", subject, tenant)
    assert (event.details["user_id"], list(event.details["fields"])) == (str(user), ["name"])
    assert event.HasField("create_time")


def test_an_event_of_a_change_that_was_undone_does_not_exist(database: Database, channel: grpc.Channel) -> None:
    with suppress(ZeroDivisionError), database.begin(calls.SYSTEM) as connection:
        events.record(connection, "thing.changed", ids.mint(), None)
        raise ZeroDivisionError
    assert feed(channel) == []


def test_the_feed_goes_on_after_a_position_and_up_to_a_limit(database: Database, channel: grpc.Channel) -> None:
    for _ in range(5):
        record(database)
    everything = [event.position for event in feed(channel)]
    assert [event.position for event in feed(channel, after=everything[1], limit=2)] == everything[2:4]


def test_a_later_event_waits_until_the_earlier_one_is_committed(database: Database, channel: grpc.Channel, urls: DatabaseUrls) -> None:
    with database.begin(calls.SYSTEM) as connection:
        events.record(connection, "first", ids.mint(), None)
        second = threading.Thread(target=record, args=(database, "second"))
        second.start()
        until(lambda: _waiting_for_an_advisory_lock(urls), "the second writer waits for the first")
        # Were the second committed now, whoever follows would go past the first and never see it.
        assert feed(channel) == []
    second.join(10)
    assert [event.kind for event in feed(channel)] == ["first", "second"]


def _waiting_for_an_advisory_lock(urls: DatabaseUrls) -> bool:
    connection = psycopg2.connect(urls.app)
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database "
                "WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()"
            )
            return cursor.fetchone()[0] > 0
    finally:
        connection.close()


def test_who_waits_for_an_event_gets_it_when_it_is_committed_and_nothing_after_the_wait(database: Database, channel: grpc.Channel) -> None:
    record(database)
    stub = events_pb2_grpc.EventServiceStub(channel)
    waiting = stub.ListEvents.future(events_pb2.ListEventsRequest(after=1, wait_seconds=20))
    with database.begin(calls.SYSTEM) as connection:
        events.record(connection, "thing.changed", ids.mint(), None)
        time.sleep(0.05)
        assert not waiting.done()
    assert [event.position for event in waiting.result(timeout=10).events] == [2]
    assert not stub.ListEvents(events_pb2.ListEventsRequest(after=2, wait_seconds=1)).events


def test_who_waits_learns_of_what_a_replica_commits(database: Database, channel: grpc.Channel) -> None:
    waiting = events_pb2_grpc.EventServiceStub(channel).ListEvents.future(events_pb2.ListEventsRequest(wait_seconds=20))
    with closing(Database(database.engine.url.render_as_string(hide_password=False), pool_size=1)) as replica:
        record(replica)
    assert [event.position for event in waiting.result(timeout=10).events] == [1]


def test_who_is_not_far_behind_is_answered_from_memory_and_who_is_from_the_database(
    database: Database, fed: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def positions(after: int) -> list[int]:
        return [one.position for one in fed.stub.ListEvents(events_pb2.ListEventsRequest(after=after, limit=1000, wait_seconds=15)).events]

    for _ in range(events._BATCH + 50):
        record(database)
    last = events._BATCH + 50
    until(lambda: fed.feed._newest == last, "the feed has seen them all")
    assert positions(0) == list(range(1, last + 1))
    asked: list[int] = []
    ask = fed.feed._after
    monkeypatch.setattr(fed.feed, "_after", lambda after, limit: asked.append(after) or ask(after, limit))
    behind, near = last - events._BATCH - 1, last - events._BATCH
    assert [positions(behind)[0], positions(near)[0]] == [behind + 1, near + 1]
    assert (behind in asked, near in asked) == (True, False)


def test_what_was_there_before_the_feed_is_told_too(database: Database, request: pytest.FixtureRequest) -> None:
    record(database)
    fed = request.getfixturevalue("fed")
    assert [one.position for one in fed.stub.ListEvents(events_pb2.ListEventsRequest(wait_seconds=15)).events] == [1]


def test_who_has_gone_is_waited_for_no_longer(database: Database, fed: Fed) -> None:
    waiting = [fed.stub.ListEvents.future(events_pb2.ListEventsRequest(wait_seconds=20)) for _ in range(2)]
    until(lambda: len(fed.feed._looked._waiters) == 2, "both threads of the server wait")
    for one in waiting:
        one.cancel()
    until(lambda: not fed.feed._looked._waiters, "nobody is waited for")
    record(database)
    assert [one.position for one in fed.stub.ListEvents(events_pb2.ListEventsRequest(wait_seconds=20)).events] == [1]


def test_a_feed_that_ends_answers_all_who_wait(fed: Fed) -> None:
    waiting = fed.stub.ListEvents.future(events_pb2.ListEventsRequest(wait_seconds=20))
    until(lambda: fed.feed._looked._waiters, "it waits")
    fed.feed.end()
    assert not waiting.result(timeout=10).events


def note(database: Database, *, fail: Callable[[events_pb2.Event], bool] = lambda _: False) -> Prepare:
    """Applies an event by writing its position down, in the transaction of the cursor."""

    def prepare(event: events_pb2.Event) -> Apply:
        def apply(connection: sa.Connection, event: events_pb2.Event) -> None:
            connection.execute(notes.insert(), {"body": f"once {event.position:05}"})
            if fail(event):
                raise ZeroDivisionError

        return apply

    return prepare


def positions(database: Database) -> list[str]:
    with database.begin(calls.SYSTEM) as connection:
        return [
            f"once {found:05}"
            for found in connection.execute(sa.select(frame.events.c.position).order_by(frame.events.c.position)).scalars()
        ]


def test_no_follower_skips_an_event_however_many_write_at_once(database: Database, channel: grpc.Channel) -> None:
    follower = Follower("trial", "source", channel, database, note(database))
    follower.start()

    def write(writer: int) -> None:
        for number in range(25):
            with suppress(ZeroDivisionError), database.begin(calls.SYSTEM) as connection:
                events.record(connection, f"writer.{writer}", ids.mint(), None)
                connection.exec_driver_sql("SELECT pg_sleep(random() * 0.004)")  # so that commits would overtake each other
                if number % 5 == 4:
                    raise ZeroDivisionError  # a gap in the positions

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    until(lambda: bodies(database) == positions(database), "all events are applied")
    follower.stop()
    follower.join(10)
    assert len(bodies(database)) == 80


def test_a_follower_that_is_started_again_applies_each_event_once(database: Database, channel: grpc.Channel) -> None:
    for round_number in range(1, 4):
        for _ in range(10):
            record(database)
        follower = Follower("trial", "source", channel, database, note(database))
        follower.start()
        until(lambda: len(bodies(database)) > 10 * round_number - 8, "some events are applied")  # noqa: B023 - used within the round
        follower.stop()
        follower.join(10)
    last = Follower("trial", "source", channel, database, note(database))
    last.start()
    until(lambda: bodies(database) == positions(database), "all events are applied")
    last.stop()
    last.join(10)
    assert len(bodies(database)) == 30  # a second application would have hit the unique index


def test_two_replicas_of_a_follower_apply_each_event_once(database: Database, channel: grpc.Channel) -> None:
    for _ in range(30):
        record(database)
    followers = [Follower("trial", "source", channel, database, note(database)) for _ in range(2)]
    for follower in followers:
        follower.start()
    until(lambda: bodies(database) == positions(database), "all events are applied")
    for follower in followers:
        follower.stop()
        follower.join(10)
    assert len(bodies(database)) == 30


def test_an_event_that_cannot_be_applied_is_tried_again_and_leaves_nothing_until_it_can(database: Database, channel: grpc.Channel) -> None:
    for _ in range(3):
        record(database)
    stuck = threading.Event()
    tries: list[int] = []

    def fail(event: events_pb2.Event) -> bool:
        if event.position != 2 or stuck.is_set():
            return False
        tries.append(event.position)
        return True

    follower = Follower("trial", "source", channel, database, note(database, fail=fail))
    follower.start()
    until(lambda: len(tries) >= 2, "the second event was tried twice")
    assert bodies(database) == ["once 00001"]
    stuck.set()
    until(lambda: bodies(database) == positions(database), "all events are applied")
    follower.stop()
    follower.join(10)


def test_followers_of_several_sources_keep_their_places_apart(database: Database, channel: grpc.Channel) -> None:
    record(database)
    for source in ("one", "two"):
        follower = Follower("trial", source, channel, database, lambda _: lambda connection, event: None)
        follower._advance()
    with database.begin(calls.SYSTEM) as connection:
        assert dict(connection.execute(sa.select(frame.cursors)).all()) == {"one": 1, "two": 1}

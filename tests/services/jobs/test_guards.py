"""What row-level security and repeats guard when code has forgotten to: writes past one's own, and tasks that run twice."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import grpc
import psycopg2
import pytest
import sqlalchemy as sa

from cli.stack import mailbox
from einstellen.jobs.v1 import applications_pb2, jobs_pb2
from einstellen.notifications.v1 import reminders_pb2, reminders_pb2_grpc
from services.chassis import clients, ids
from services.chassis.calls import Scope
from services.chassis.clock import to_timestamp, utc_now
from services.chassis.database import Database
from services.chassis.tasks import Task
from services.chassis.tokens import ServiceTokens
from services.jobs import rules, tables, tasks
from services.jobs.store import applications as application_store
from services.jobs.store import profiles as profile_store
from services.jobs.tables import Application, Profile
from tests.conftest import Account, House, until
from tests.services.jobs.conftest import Firm, Seeker, rows
from tests.services.jobs.test_applications import tasks_done


@pytest.fixture
def database(house: House) -> Iterator[Database]:
    own = Database(house.app_url("jobs"))
    yield own
    own.close()


def scope(who: Firm | Seeker) -> Scope:
    return Scope(UUID(who.account.tenant_id), UUID(who.account.user_id))


def application(job: jobs_pb2.Job, firm: Firm, user_id: UUID) -> Application:
    now = datetime.now(UTC)
    return Application(
        ids.mint(), UUID(firm.account.tenant_id), UUID(job.id), ids.mint(), user_id, "Mallory", "", "applied", Decimal(100), {}, None, None, now, now
    )  # fmt: skip


def test_an_application_is_written_by_the_applicant_for_an_open_job_alone(
    database: Database, firm: Firm, new_firm: Callable[[], Firm], seeker: Callable[..., Seeker]
) -> None:
    mallory, ada = seeker(), seeker()
    mine = UUID(mallory.account.user_id)
    wrong = [
        application(firm.post(status="draft"), firm, mine),
        application(firm.close(firm.post()), firm, mine),
        application(firm.post(), firm, UUID(ada.account.user_id)),
        application(firm.post(), new_firm(), mine),
    ]
    for one in wrong:
        with pytest.raises(sa.exc.ProgrammingError, match="row-level security"), database.begin(scope(mallory)) as connection:
            connection.execute(tables.applications.insert(), vars(one))
    fine = application(firm.post(), firm, mine)
    with database.begin(scope(mallory)) as connection:
        application_store.add_application(connection, fine, rules.first_step(fine.id, mine, now=fine.applied_at))


@pytest.mark.parametrize(("own", "position", "stored"), [(True, 0, True), (True, 1, False), (False, 0, False)])
def test_a_profile_is_brought_by_its_owner_alone_and_never_ahead_of_the_events(
    database: Database, person: Account, own: bool, position: int, stored: bool
) -> None:
    user_id = UUID(person.user_id)
    profile = Profile(ids.mint(), user_id if own else ids.mint(), None, "Mallory", "", discoverable=False, text={}, position=position)
    outcome = nullcontext() if stored else pytest.raises(sa.exc.ProgrammingError, match="row-level security")
    with outcome, database.begin(Scope(UUID(person.tenant_id), user_id)) as connection:
        profile_store.bring_profile(connection, profile)


def test_a_query_without_its_where_sees_and_changes_ones_own_alone(
    database: Database, firm: Firm, new_firm: Callable[[], Firm], seeker: Callable[..., Seeker]
) -> None:
    stranger, ada = new_firm(), seeker()
    made = ada.apply(firm.post())
    draft = firm.post(status="draft")
    with database.begin(scope(stranger)) as connection:
        for table in (tables.applications, tables.status_changes, tables.companies):
            seen = connection.execute(sa.select(table)).all()
            assert len(seen) == (1 if table is tables.companies else 0), table.name
        assert draft.id not in {str(row.id) for row in connection.execute(sa.select(tables.jobs.c.id))}
        assert connection.execute(tables.jobs.update().values(title="Taken over")).rowcount == 0
        assert connection.execute(tables.applications.update().values(status="hired")).rowcount == 0
        assert connection.execute(tables.applications.delete()).rowcount == 0
    with database.begin(scope(ada)) as connection:
        assert [str(row.id) for row in connection.execute(sa.select(tables.applications))] == [made.id]
        assert connection.execute(tables.jobs.update().values(title="Taken over")).rowcount == 0
    forged = replace(rules.first_step(UUID(made.id), UUID(ada.account.user_id), now=datetime.now(UTC)), to_status="hired")
    with pytest.raises(sa.exc.ProgrammingError, match="row-level security"), database.begin(scope(stranger)) as connection:
        connection.execute(tables.status_changes.insert(), vars(forged))


def test_a_task_that_runs_again_tells_nobody_twice(house: House, database: Database, firm: Firm, seeker: Callable[..., Seeker]) -> None:
    ada = seeker()
    made = ada.apply(firm.post())

    def done() -> Any:
        return rows(house, "SELECT id, tenant_id, payload FROM tasks WHERE payload->>'application_id' = %s AND state = 'done'", made.id)

    psycopg2.extras.register_uuid()
    ((task_id, tenant_id, payload),) = until(done, "the task is done")
    again = Task(task_id, "application_received", tenant_id, payload, 2, 12, "again", "", ids.mint())
    with neighbours(house) as channels:
        for _ in range(2):
            tasks.handlers(database, *channels, utc_now)["application_received"](again)
    for account in (ada.account, firm.account):
        until(lambda account=account: mails_about(house, account.email), "the mail")  # type: ignore[misc]
        queued = notified(house, account.user_id)
        assert queued == 1, account


def test_a_reminder_that_is_set_after_the_application_has_ended_is_taken_back(
    house: House, database: Database, firm: Firm, seeker: Callable[..., Seeker], applications: Any
) -> None:
    ada = seeker()
    made = ada.apply(firm.post())
    for who, status, fields in (
        (firm, "interview", {"interview_time": to_timestamp(datetime.now(UTC) + timedelta(days=3))}),
        (ada, "withdrawn", {}),
    ):
        request = applications_pb2.UpdateApplicationStatusRequest(application_id=made.id, status=status, **fields)
        applications.UpdateApplicationStatus(request, metadata=who.metadata)
    with neighbours(house) as channels:
        late = Task(
            ids.mint(), "application_moved", UUID(firm.account.tenant_id), {"application_id": made.id, "status": "interview"}, 1, 12, "late", "", ids.mint()
        )  # fmt: skip
        tasks.handlers(database, *channels, utc_now)["application_moved"](late)
    reminders = house.stub("notifications", reminders_pb2_grpc.ReminderServiceStub)

    def states() -> list[str]:
        listed = reminders.ListReminders(reminders_pb2.ListRemindersRequest(), metadata=firm.metadata).reminders
        return [reminder.status for reminder in listed]

    # One where the late task met the reminder of the task's own, two where that was cancelled before.
    until(
        lambda: tasks_done(house, made) and set(states()) == {"cancelled"},
        "the reminders, the task's own and the late one's, are cancelled",
    )


@contextmanager
def neighbours(house: House) -> Iterator[list[grpc.Channel]]:
    """Channels to candidates and notifications, as jobs has them."""
    services = ServiceTokens(house.environment["SERVICE_TOKEN"], "jobs")
    channels = [clients.connect(house.addresses[name], name, services) for name in ("candidates", "notifications")]
    yield channels
    for channel in channels:
        channel.close()


def mails_about(house: House, address: str) -> list[mailbox.Mail]:
    return [mail for mail in house.mails(address) if "Backend Engineer" in mail["subject"]]


def notified(house: House, user_id: str) -> int:
    """How often notifications was asked to tell somebody of an application."""
    connection = psycopg2.connect(house.owner_url("notifications"))
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM notifications WHERE user_id = %s AND template = 'application_received'", (user_id,))
            (count,) = cursor.fetchone() or (0,)
            return int(count)
    finally:
        connection.close()


def test_a_list_of_published_jobs_walks_their_index(house: House, database: Database) -> None:
    query = "EXPLAIN SELECT id FROM jobs WHERE status = 'published' ORDER BY id DESC LIMIT 21"
    with database.begin(Scope()) as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = "\n".join(line for (line,) in connection.exec_driver_sql(query))
    assert "jobs_published" in plan, plan
    assert "Sort" not in plan

"""The audit log: what a row says, how rows are chained, who can read it, and that a change to it is found."""

import csv
import io
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import grpc
import psycopg2
import pytest

from cli.__main__ import main
from cli.operator import verify_audit
from einstellen.audit.v1 import audit_pb2, audit_pb2_grpc
from einstellen.jobs.v1 import jobs_pb2, jobs_pb2_grpc
from services.chassis import audit, audit_log, calls
from services.chassis.calls import Scope
from services.chassis.database import Database
from tests.conftest import Account, House, until
from tests.refusals import refused


@pytest.fixture
def database(house: House) -> Iterator[Database]:
    made = Database(house.app_url("jobs"), pool_size=12)
    yield made
    made.close()


@pytest.fixture
def tenant() -> UUID:
    return uuid4()


@pytest.fixture
def log(house: House) -> Any:
    return house.stub("jobs", audit_pb2_grpc.AuditServiceStub)


def record(database: Database, tenant: UUID, count: int = 1, action: str = "thing.changed") -> None:
    for number in range(count):
        with database.begin(Scope(tenant)) as connection:
            audit.record(connection, action, tenant_id=tenant, number=number)


def found(database: Database, tenant: UUID) -> list[tuple[int, str]]:
    with database.begin(calls.SYSTEM) as connection:
        return [(row.position, row.problem) for row in audit_log.problems(connection) if row.chain == tenant]


def as_owner(house: House, statement: str, *values: object) -> None:
    """What somebody does who has got hold of the role that owns the tables."""
    with closing(psycopg2.connect(house.owner_url("jobs"))) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement, values)
        assert cursor.rowcount == 1


def entry_at(house: House, tenant: UUID, position: int) -> str:
    with closing(psycopg2.connect(house.owner_url("jobs"))) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT entry_id FROM audit_chain WHERE tenant_id = %s AND position = %s", (str(tenant), position))
        return str(cursor.fetchone()[0])


# The chain.


def test_rows_of_a_tenant_are_one_chain_and_verify(database: Database, tenant: UUID) -> None:
    record(database, tenant, 5)
    assert found(database, tenant) == []
    with database.begin(calls.SYSTEM) as connection:
        assert audit_log.heads(connection)[str(tenant)].position == 5


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        ("UPDATE audit_log SET action = 'nothing.happened' WHERE id = %s", [(3, "the entry was changed")]),
        ("UPDATE audit_log SET details = details || '{\"number\": 9}' WHERE id = %s", [(3, "the entry was changed")]),
        ("UPDATE audit_log SET ip_address = '203.0.113.9' WHERE id = %s", [(3, "the entry was changed")]),
        ("UPDATE audit_log SET timestamp = timestamp - interval '1 microsecond' WHERE id = %s", [(3, "the entry was changed")]),
        ("UPDATE audit_log SET user_id = id WHERE id = %s", [(3, "the entry was changed")]),
        ("DELETE FROM audit_log WHERE id = %s", [(3, "the entry is gone")]),
        ("UPDATE audit_chain SET hash = sha256('x') WHERE entry_id = %s", [(3, "the entry was changed"), (4, "the entry was changed")]),
    ],
)
def test_whatever_is_changed_in_a_row_is_found_at_its_place(
    house: House, database: Database, tenant: UUID, change: str, problems: list[tuple[int, str]]
) -> None:
    record(database, tenant, 5)
    as_owner(house, change, entry_at(house, tenant, 3))
    assert found(database, tenant) == problems
    as_owner(house, "UPDATE audit_chain SET tenant_id = %s WHERE tenant_id = %s AND position = 5", str(uuid4()), str(tenant))


def test_a_row_that_is_taken_out_with_its_link_is_missed(house: House, database: Database, tenant: UUID) -> None:
    record(database, tenant, 5)
    entry = entry_at(house, tenant, 3)
    as_owner(house, "DELETE FROM audit_log WHERE id = %s", entry)
    as_owner(house, "DELETE FROM audit_chain WHERE entry_id = %s", entry)
    assert (4, "entries before it are gone") in found(database, tenant)


def test_an_end_that_is_cut_off_is_missed_by_whoever_kept_it(house: House, database: Database, tenant: UUID) -> None:
    record(database, tenant, 5)
    with database.begin(calls.SYSTEM) as connection:
        kept = audit_log.heads(connection)[str(tenant)]
    entry = entry_at(house, tenant, 5)
    as_owner(house, "DELETE FROM audit_log WHERE id = %s", entry)
    as_owner(house, "DELETE FROM audit_chain WHERE entry_id = %s", entry)
    assert found(database, tenant) == [], "the chain alone cannot know"
    with database.begin(calls.SYSTEM) as connection:
        assert not audit_log.holds(connection, str(tenant), kept)
    record(database, tenant)
    with database.begin(calls.SYSTEM) as connection:
        assert not audit_log.holds(connection, str(tenant), kept), "nor is another end in its place the same"


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO audit_chain VALUES (gen_random_uuid(), 1, gen_random_uuid(), 'x')",
        "UPDATE audit_chain SET position = 1",
        "DELETE FROM audit_chain",
        "TRUNCATE audit_chain",
        "ALTER TABLE audit_log DISABLE TRIGGER audit_linked",
        "ALTER TABLE audit_log DISABLE ROW LEVEL SECURITY",
        "DROP POLICY audit_log_read ON audit_log",
        "DROP TRIGGER audit_linked ON audit_log",
        "CREATE OR REPLACE FUNCTION audit_link() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "SET session_replication_role = replica",
        "SET ROLE jobs_owner",
        "ALTER ROLE jobs_app BYPASSRLS",
        "COPY audit_log TO PROGRAM 'cat'",
    ],
)
def test_the_role_of_the_service_cannot_get_round_the_chain(house: House, statement: str) -> None:
    with (
        closing(psycopg2.connect(house.app_url("jobs"))) as connection,
        connection.cursor() as cursor,
        pytest.raises((psycopg2.errors.InsufficientPrivilege, psycopg2.errors.DuplicateFunction)),
    ):
        cursor.execute(statement)


def test_a_chain_of_its_own_trigger_is_not_called_by_hand(house: House) -> None:
    with (
        closing(psycopg2.connect(house.app_url("jobs"))) as connection,
        connection.cursor() as cursor,
        pytest.raises(psycopg2.Error, match="trigger"),
    ):
        cursor.execute("SELECT audit_link()")


def test_a_transaction_that_goes_on_holds_up_no_other_of_its_tenant(database: Database, tenant: UUID) -> None:
    with database.begin(Scope(tenant)) as first:
        audit.record(first, "thing.changed", tenant_id=tenant)
        done = threading.Thread(target=record, args=(database, tenant))
        done.start()
        done.join(10)
        assert not done.is_alive(), "the second committed while the first was open"
    assert found(database, tenant) == []


def test_many_at_once_make_one_chain_without_a_gap(database: Database, tenant: UUID) -> None:
    problems: list[Exception] = []

    def write() -> None:
        try:
            record(database, tenant, 15)
        except Exception as problem:  # noqa: BLE001 - told of below
            problems.append(problem)

    writers = [threading.Thread(target=write) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert problems == []
    assert found(database, tenant) == []
    with database.begin(calls.SYSTEM) as connection:
        assert audit_log.heads(connection)[str(tenant)].position == 8 * 15


def test_what_is_rolled_back_leaves_no_place(database: Database, tenant: UUID) -> None:
    record(database, tenant)
    with suppress(ZeroDivisionError), database.begin(Scope(tenant)) as connection:
        audit.record(connection, "thing.changed", tenant_id=tenant)
        raise ZeroDivisionError
    record(database, tenant)
    assert found(database, tenant) == []
    with database.begin(calls.SYSTEM) as connection:
        assert audit_log.heads(connection)[str(tenant)].position == 2


# The command.


def test_the_command_proves_every_service_and_keeps_the_ends(house: House, tmp_path: Path, capsys: Any) -> None:
    house.employer()
    heads = tmp_path / "heads.json"
    assert verify_audit(house.environment, "auth", heads) == 0
    ends = json.loads(heads.read_text())["auth"]
    assert all(len(head["hash"]) == 64 and head["position"] > 0 for head in ends.values())
    chain = next(iter(ends))
    heads.write_text(json.dumps({"auth": {chain: {"position": ends[chain]["position"], "hash": "00" * 32}}}))
    assert verify_audit(house.environment, "auth", heads) == 1
    assert "no longer runs through place" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["audit", "verify", "--help"])


# Reading it.


def listed(log: Any, account: Account, **filters: Any) -> Any:
    return log.ListAuditEntries(audit_pb2.ListAuditEntriesRequest(service="jobs", **filters), metadata=account.metadata)


@pytest.fixture(scope="module")
def owner(house: House) -> Account:
    """Of an organization with two companies and a job that was closed."""
    account = house.employer("Audited GmbH")
    jobs = house.stub("jobs", jobs_pb2_grpc.JobServiceStub)
    for name in ("First", "Second"):
        company = jobs.CreateCompany(jobs_pb2.CreateCompanyRequest(name=name), metadata=account.metadata)
    job = jobs.CreateJob(
        jobs_pb2.CreateJobRequest(company_id=company.id, title="Engineer", description="Words", status="published"),
        metadata=account.metadata,
    )
    jobs.CloseJob(jobs_pb2.CloseJobRequest(job_id=job.id), metadata=account.metadata)
    return account


def test_an_owner_reads_who_did_what_from_where_newest_first(log: Any, owner: Account) -> None:
    entries = [entry for entry in listed(log, owner).entries if entry.user_id]
    assert [entry.action for entry in entries] == ["job.closed", "job.created", "company.created", "company.created"]
    assert {entry.user_id for entry in entries} == {owner.user_id}
    assert {entry.ip_address for entry in entries} == {"127.0.0.1"}
    assert all(entry.request_id and len(entry.hash) == 64 for entry in entries)
    assert dict(entries[0].details["before"]) == {"status": "published"}
    assert dict(entries[0].details["after"]) == {"status": "closed"}


def test_an_owner_narrows_the_list(log: Any, owner: Account) -> None:
    assert [entry.action for entry in listed(log, owner, action="company.").entries] == ["company.created"] * 2
    assert [entry.action for entry in listed(log, owner, action="job.closed").entries] == ["job.closed"]
    assert listed(log, owner, user_id=str(uuid4())).entries == []
    newest = listed(log, owner, action="job.closed").entries[0].create_time
    assert "job.closed" not in [entry.action for entry in listed(log, owner, end_time=newest).entries]
    assert "company.created" not in [entry.action for entry in listed(log, owner, start_time=newest).entries]


def test_pages_of_the_list_are_the_list(log: Any, owner: Account) -> None:
    whole, token, seen = [entry.id for entry in listed(log, owner, page_size=100).entries], "", []
    while True:
        page = listed(log, owner, page_size=2, page_token=token)
        seen += [entry.id for entry in page.entries]
        token = page.next_page_token
        if not token:
            break
    assert seen == whole


def test_the_csv_has_what_the_list_has(log: Any, owner: Account) -> None:
    pieces = log.ExportAuditEntries(audit_pb2.ExportAuditEntriesRequest(service="jobs", action="company."), metadata=owner.metadata)
    rows = list(csv.DictReader(io.StringIO(b"".join(piece.data for piece in pieces).decode())))
    assert [row["id"] for row in rows] == [entry.id for entry in listed(log, owner, action="company.").entries]
    assert {row["ip_address"] for row in rows} == {"127.0.0.1"}
    assert set(json.loads(rows[0]["details"])) == {"company_id"}


def test_a_formula_in_a_request_id_is_text_in_the_csv(house: House, log: Any) -> None:
    account = house.employer()
    jobs = house.stub("jobs", jobs_pb2_grpc.JobServiceStub)
    jobs.CreateCompany(jobs_pb2.CreateCompanyRequest(name="Name"), metadata=(*account.metadata, ("x-request-id", "=1+1")))
    pieces = log.ExportAuditEntries(audit_pb2.ExportAuditEntriesRequest(service="jobs"), metadata=account.metadata)
    (row,) = csv.DictReader(io.StringIO(b"".join(piece.data for piece in pieces).decode()))
    assert row["request_id"] == "'=1+1"


def test_another_service_is_not_answered_for(log: Any, owner: Account) -> None:
    with refused(grpc.StatusCode.NOT_FOUND, "SERVICE_NOT_FOUND"):
        log.ListAuditEntries(audit_pb2.ListAuditEntriesRequest(service="auth"), metadata=owner.metadata)


def test_a_transaction_of_several_organizations_locks_their_chains_in_one_order(house: House, database: Database) -> None:
    tenants = [uuid4() for _ in range(2)]
    with closing(psycopg2.connect(house.owner_url("jobs"))) as keeper, keeper.cursor() as cursor:
        cursor.execute("SELECT hashtext(chain) FROM unnest(%s::text[]) chain ORDER BY 1", ([str(each) for each in tenants],))
        first, second = (key for (key,) in cursor.fetchall())
        # Somebody who commits holds the chain that is locked first. Whoever comes waits for it, and holds the other in no order of writing.
        cursor.execute("SELECT pg_advisory_xact_lock(1096107073, %s)", (first,))
        held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 1096107073 AND objid = %s::bigint & 4294967295 AND granted = %s"

        def both(order: list[UUID]) -> None:
            with database.begin(calls.SYSTEM) as connection:
                for tenant in order:
                    audit.record(connection, "thing.changed", tenant_id=tenant)

        with ThreadPoolExecutor(2) as pool:
            writers = [pool.submit(both, order) for order in (tenants, tenants[::-1])]

            def waiting(key: int, *, granted: bool) -> int:
                cursor.execute(held, (key, granted))
                return int((cursor.fetchone() or (0,))[0])

            until(lambda: waiting(first, granted=False) == 2, "both wait for the same chain")
            assert waiting(second, granted=True) == 0
            keeper.commit()
            for each in writers:
                each.result(10)
    assert [found(database, tenant) for tenant in tenants] == [[], []]

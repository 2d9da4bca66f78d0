"""Idempotency keys, claimed by one and by many at once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from uuid import UUID

import pytest
import sqlalchemy as sa

from einstellen.jobs.v1 import jobs_pb2
from services.chassis import calls, errors, frame, idempotency, ids
from services.chassis.calls import Call, Person
from services.chassis.database import Database
from tests.chassis.conftest import bodies
from tests.chassis.notes import notes


def somebody(tenant_id: UUID | None = None) -> Person:
    return Person(ids.mint(), tenant_id or ids.mint(), "business", "owner", ids.mint())


def create(
    database: Database, person: Person, request: jobs_pb2.CreateCompanyRequest, *, method: str = "CreateCompany", header: str = ""
) -> str:
    """What an RPC that creates does; the answer is the id of what it made, or of what it had made before."""
    calls.enter(Call("trial", method, "r", person=person, idempotency_key=header))
    with database.begin(person) as connection:
        claim = idempotency.claim(connection, request, jobs_pb2.Company)
        if claim.answer:
            return claim.answer.id
        company = jobs_pb2.Company(id=str(ids.mint()), name=request.name)
        connection.execute(notes.insert(), {"tenant_id": person.tenant_id, "body": company.id})
        return claim.keep(company).id


def request(name: str = "Nordlicht", key: str = "k1") -> jobs_pb2.CreateCompanyRequest:
    return jobs_pb2.CreateCompanyRequest(name=name, request_id=key)


def test_the_same_key_again_returns_the_first_answer_and_does_nothing(database: Database) -> None:
    ada = somebody()
    first = create(database, ada, request())
    assert create(database, ada, request()) == first
    assert create(database, somebody(ada.tenant_id), request()) == first  # a colleague repeats it
    assert bodies(database) == [first]


def test_the_header_is_a_key_as_good_as_the_field(database: Database) -> None:
    ada = somebody()
    first = create(database, ada, request(key=""), header="k1")
    assert create(database, ada, request(key=""), header="k1") == first
    assert bodies(database) == [first]


def test_without_a_key_each_request_is_a_new_one(database: Database) -> None:
    ada = somebody()
    assert create(database, ada, request(key="")) != create(database, ada, request(key=""))
    assert len(bodies(database)) == 2


def test_a_key_is_its_tenants_and_its_methods_own(database: Database) -> None:
    ada = somebody()
    made = [create(database, ada, request()), create(database, somebody(), request()), create(database, ada, request(), method="CreateJob")]
    assert bodies(database) == sorted(set(made))
    assert len(made) == len(set(made))


def test_the_same_key_with_another_request_is_refused(database: Database) -> None:
    ada = somebody()
    create(database, ada, request("Nordlicht"))
    with pytest.raises(errors.AlreadyExists, match="IDEMPOTENCY_KEY_REUSED"):
        create(database, ada, request("Suedwind"))
    assert len(bodies(database)) == 1


def test_a_request_that_failed_leaves_its_key_free(database: Database) -> None:
    ada = somebody()

    def fail() -> None:
        calls.enter(Call("trial", "CreateCompany", "r", person=ada))
        with database.begin(ada) as connection:
            idempotency.claim(connection, request(), jobs_pb2.Company)
            raise ZeroDivisionError

    with suppress(ZeroDivisionError):
        fail()
    made = create(database, ada, request("another"))
    assert bodies(database) == [made]


@pytest.mark.parametrize("count", [2, 8])
def test_of_many_at_once_one_does_it_and_all_get_its_answer(database: Database, count: int) -> None:
    ada, together = somebody(), threading.Barrier(count, timeout=10)

    def at_once(_: int) -> str:
        together.wait()
        return create(database, ada, request())

    with ThreadPoolExecutor(count) as pool:
        answers = set(pool.map(at_once, range(count)))
    assert sorted(answers) == bodies(database)
    assert len(answers) == 1


def test_a_key_that_is_too_long_is_refused_by_its_field(database: Database) -> None:
    with pytest.raises(errors.InvalidArgument) as refusal:
        create(database, somebody(), request(key="k" * 101))
    assert (refusal.value.reason, refusal.value.fields[0].field) == ("IDEMPOTENCY_KEY_TOO_LONG", "request_id")


def test_a_key_that_was_claimed_but_never_answered_says_try_again(database: Database) -> None:
    ada = somebody()
    calls.enter(Call("trial", "CreateCompany", "r", person=ada))
    with database.begin(ada) as connection:
        idempotency.claim(connection, request(), jobs_pb2.Company)
    with pytest.raises(errors.Aborted, match="IN_PROGRESS"):
        create(database, ada, request())


def test_a_service_claims_for_the_tenant_it_acts_for(database: Database) -> None:
    tenant, claimed = ids.mint(), []
    for _ in range(2):
        calls.enter(Call("trial", "Send", "r", service="jobs"))
        with database.begin(calls.SYSTEM) as connection:
            claim = idempotency.claim(connection, request(), jobs_pb2.Company, scope_id=tenant)
            claimed.append(claim.answer is None)
            claim.keep(jobs_pb2.Company(id="1"))
    assert claimed == [True, False]


@pytest.mark.parametrize(("hours", "kept"), [(23, 1), (25, 0)])
def test_keys_are_kept_a_day(database: Database, hours: int, kept: int) -> None:
    create(database, somebody(), request())
    keys, count = frame.idempotency_keys, sa.func.count()
    age: Callable[[int], object] = lambda n: keys.update().values(created_at=sa.func.now() - sa.text(f"interval '{n} hours'"))  # noqa: E731
    with database.begin(calls.SYSTEM) as connection:
        connection.execute(age(hours))
        idempotency.forget_old(connection)
        assert connection.execute(sa.select(count).select_from(keys)).scalar_one() == kept

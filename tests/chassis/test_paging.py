"""Pages and their tokens, by any rows and any garbage."""

import base64
import json
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from einstellen.jobs.v1 import jobs_pb2
from services.chassis import calls, errors, paging
from services.chassis.calls import Call, Person

VALUES = {
    UUID: st.uuids(),
    datetime: st.datetimes(timezones=st.just(UTC)),
    int: st.integers(-(2**63), 2**63 - 1),
    float: st.floats(allow_nan=False),
    str: st.text(),
}
keysets = st.lists(st.sampled_from(list(VALUES)), min_size=1, max_size=3).flatmap(
    lambda kinds: st.tuples(st.just(kinds), st.tuples(*(VALUES[kind] for kind in kinds)))
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.just(10**400) | st.floats() | st.text(st.characters()) | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3), max_leaves=5,
)  # fmt: skip


def token_of(keyset: tuple, **filters) -> str:
    page = paging.read(jobs_pb2.ListJobsRequest(page_size=1, **filters))
    return page.cut([keyset, keyset], lambda row: row)[1]


@given(keysets)
def test_a_token_brings_back_the_values_it_was_made_of(keyset) -> None:
    kinds, values = keyset
    assert paging.read(jobs_pb2.ListJobsRequest(page_token=token_of(values)), *kinds).after == values


@given(st.text(min_size=1))
def test_a_token_that_is_garbage_is_refused(token: str) -> None:
    with pytest.raises(errors.InvalidArgument) as refusal:
        paging.read(jobs_pb2.ListJobsRequest(page_token=token), UUID)
    assert (refusal.value.reason, refusal.value.fields[0].field) == ("PAGE_TOKEN_INVALID", "page_token")


@given(st.lists(st.sampled_from(list(VALUES)), min_size=1, max_size=2), st.data())
def test_a_forged_token_is_refused_or_holds_values_of_the_right_kinds(kinds: list[type], data: st.DataObject) -> None:
    made_for = json.loads(base64.urlsafe_b64decode(token_of(("x",)) + "=="))[0]
    forged = [made_for, *data.draw(st.lists(anything, min_size=len(kinds), max_size=len(kinds)))]
    token = base64.urlsafe_b64encode(json.dumps(forged).encode()).decode().rstrip("=")
    after: tuple = ()
    with suppress(errors.InvalidArgument):
        after = paging.read(jobs_pb2.ListJobsRequest(page_token=token), *kinds).after
    assert [type(value) for value in after] in ([], kinds)
    assert "\ud800" not in after


def test_a_token_is_good_for_its_filters_alone_and_for_any_page_size() -> None:
    token = token_of(("x",), query="baker")
    assert paging.read(jobs_pb2.ListJobsRequest(page_token=token, page_size=7, query="baker"), str).after == ("x",)
    with pytest.raises(errors.InvalidArgument):
        paging.read(jobs_pb2.ListJobsRequest(page_token=token, query="butcher"), str)


@pytest.mark.parametrize(("asked", "given_size"), [(0, 20), (1, 1), (100, 100), (101, 100)])
def test_a_page_has_20_rows_unless_asked_and_never_more_than_100(asked: int, given_size: int) -> None:
    page = paging.read(jobs_pb2.ListJobsRequest(page_size=asked), int)
    assert (page.size, page.fetch) == (given_size, given_size + 1)


@given(st.integers(0, 60), st.integers(1, 9))
def test_turning_pages_shows_every_row_once_and_ends(count: int, size: int) -> None:
    rows, seen, token = list(range(count)), [], ""
    for _ in range(count // size + 1):
        page = paging.read(jobs_pb2.ListJobsRequest(page_size=size, page_token=token), int)
        start = 0 if page.after is None else page.after[0] + 1
        kept, token = page.cut(rows[start : start + page.fetch], lambda row: (row,))
        seen += kept
        if not token:
            break
    assert (seen, token) == (rows, "")


def test_a_token_is_good_for_its_list_and_for_whom_it_was_made_alone() -> None:
    ada, erik = (Person(uuid4(), uuid4(), "business", "owner", uuid4()) for _ in range(2))
    try:
        calls.enter(Call("jobs", "", "", person=ada))
        token = token_of(("x",))
        assert paging.read(jobs_pb2.ListJobsRequest(page_token=token), str).after == ("x",)
        with pytest.raises(errors.InvalidArgument):
            paging.read(jobs_pb2.ListCompaniesRequest(page_token=token), str)
        calls.enter(Call("jobs", "", "", person=erik))
        with pytest.raises(errors.InvalidArgument):
            paging.read(jobs_pb2.ListJobsRequest(page_token=token), str)
    finally:
        calls.enter(calls.NO_CALL)

"""Ten thousand random histories, after each of which the books are right."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from services.billing import admin
from tests.conftest import House
from tests.services.billing.breaks import Breaks
from tests.services.billing.histories import History
from tests.services.billing.opening import Opened, open_shop

HISTORIES, SLICES = 10_000, 100
# Tasks that were recorded without a time of their own are due at the real moment: the clock stands well behind it.
_LONG_AFTER = datetime(2090, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def opened(house: House) -> Iterator[Opened]:
    with open_shop(house, "histories", at=Breaks(), TAX_PERCENT="7.7") as found:
        yield found


def live(opened: Opened, seeds: Sequence[int]) -> str:
    deaths = interruptions = charges = 0
    breaks = opened.at
    assert isinstance(breaks, Breaks)
    breaks.shop = opened.shop
    for seed in seeds:
        breaks.disarm()
        # Each begins on another day, so that months are of all lengths.
        opened.clock.now = _LONG_AFTER + timedelta(days=seed % 1500, seconds=seed % 86_400)
        history = History(opened.shop, opened.stripe, breaks, opened.rows, seed)
        try:
            history.live()
        except BaseException as problem:
            problem.add_note(f"seed {seed}:\n" + "\n".join(history.told))
            raise
        deaths, interruptions = deaths + history.deaths, interruptions + history.interruptions
        charges += len(opened.stripe.taken())
    assert admin.verify(opened.shop.database)[1] == []
    return f"{len(seeds)} histories, {deaths} deaths, {interruptions} interruptions, {charges} charges"


def test_whatever_happens_in_whatever_order_the_books_are_right(opened: Opened) -> None:
    live(opened, range(24))


def test_what_is_paid_on_a_page_whose_address_was_lost_is_found_and_goes_back(opened: Opened) -> None:
    live(opened, [6237])


def test_credits_that_were_consumed_before_an_answer_was_lost_are_told_of_though_the_plan_has_ended(opened: Opened) -> None:
    live(opened, [4781])


@pytest.mark.soak
@pytest.mark.parametrize("slice_", range(SLICES))
def test_ten_thousand_histories_leave_the_books_right(opened: Opened, slice_: int, record_property: Callable[[str, object], None]) -> None:
    count = HISTORIES // SLICES
    record_property("count", live(opened, range(1000 + slice_ * count, 1000 + (slice_ + 1) * count)))

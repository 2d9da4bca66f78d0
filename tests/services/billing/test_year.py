"""A year of renewals on a clock that stands until it is moved, right to the cent."""

from collections.abc import Callable, Iterator

import pytest

from services.billing import admin
from tests.conftest import House
from tests.services.billing import year
from tests.services.billing.opening import Opened, open_shop


@pytest.fixture
def opened(house: House) -> Iterator[Opened]:
    with open_shop(house, "year", TAX_PERCENT=year.TAX) as found:
        yield found
        assert admin.verify(found.shop.database)[1] == []


def test_a_year_with_many_declines_is_right_to_the_cent(opened: Opened) -> None:
    lived = year.live(opened, 8, declining=0.3)
    assert lived.declines > lived.suspensions > 0


@pytest.mark.soak
def test_a_year_of_a_thousand_organizations_is_right_to_the_cent(opened: Opened, record_property: Callable[[str, object], None]) -> None:
    record_property("count", str(year.live(opened, 1000)))

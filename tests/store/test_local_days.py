"""Days of a time zone: every moment lies in one of them, and in the one that the zone says."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_service.store.local_days import date_of, days_within

ZONES = (
    *("UTC", "Europe/Berlin", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe"),
    *("America/Havana", "Pacific/Apia", "America/St_Johns"),
)
MOMENTS = st.datetimes(datetime(2011, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001  they get one


@given(since=MOMENTS, length=st.timedeltas(timedelta(0), timedelta(days=400)))
@pytest.mark.parametrize("name", ZONES)
def test_days_are_those_of_the_zone(name: str, since: datetime, length: timedelta) -> None:
    zone, until = ZoneInfo(name), since + length
    end = since.replace(microsecond=0)
    for number, start, after in days_within(zone, since, until):
        assert start == end
        last = after - timedelta(seconds=1)
        assert start <= last
        assert start.astimezone(zone).date() == last.astimezone(zone).date() == date_of(number)
        end = after
    assert until <= end < until + timedelta(seconds=1)


def test_a_day_on_which_clocks_go_back_over_midnight_comes_twice() -> None:
    havana = ZoneInfo("America/Havana")
    since, until = datetime(2025, 11, 1, 12, tzinfo=UTC), datetime(2025, 11, 3, tzinfo=UTC)
    days = [date_of(number).day for number, _, _ in days_within(havana, since, until)]
    assert days == [1, 2, 2]

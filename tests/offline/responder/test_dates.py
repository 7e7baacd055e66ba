"""Dates and times as they are said."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_service.offline.responder.dates import heard_dates
from agent_service.offline.responder.times_of_day import heard_times

SUNDAY = date(2026, 11, 22)
ORDINALS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
]
ORDINALS += [f"twenty {ordinal}" for ordinal in ORDINALS[:9]] + ["thirtieth", "thirty first"]
DAYS = st.dates(date(1930, 1, 1), date(2099, 12, 31))


def read(text: str, *, is_past: bool = False) -> list[date]:
    return [heard.value for heard in heard_dates(text, SUNDAY, is_past=is_past)]


@given(DAYS)
def test_a_written_date_is_read_back(day: date) -> None:
    assert read(f"on {day.isoformat()} please") == [day]
    assert read(f"on {day:%B} {day.day}, {day.year}") == [day]
    assert read(f"{day.day} {day:%b} {day.year}") == [day]


@given(st.dates(SUNDAY, SUNDAY + timedelta(days=364)))
def test_a_spoken_date_without_a_year_is_the_next_one(day: date) -> None:
    assert read(f"the {ORDINALS[day.day - 1]} of {day:%B}") == [day]
    assert read(f"{day:%B} the {ORDINALS[day.day - 1]}") == [day]


@given(st.integers(1, 60))
def test_distances_count_days(days: int) -> None:
    assert read(f"in {days} days") == [SUNDAY + timedelta(days=days)]
    assert read(f"{days} days ago") == [SUNDAY - timedelta(days=days)]


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("today", "2026-11-22"),
        ("tomorrow", "2026-11-23"),
        ("the day after tomorrow", "2026-11-24"),
        ("yesterday", "2026-11-21"),
        ("on Friday", "2026-11-27"),
        ("next Friday", "2026-11-27"),
        ("in two weeks", "2026-12-06"),
        ("a week from today", "2026-11-29"),
        ("on the 5th", "2026-12-05"),
        ("the third of May", "2027-05-03"),
        ("December twenty first twenty twenty six", "2026-12-21"),
        ("05/03", "2027-05-03"),
        ("end of the month", "2026-11-30"),
        ("next week", "2026-11-23"),
    ],
)
def test_days_are_counted_from_today(said: str, day: str) -> None:
    assert [value.isoformat() for value in read(said)] == [day]


def test_a_birthday_lies_in_the_past() -> None:
    assert read("the third of May nineteen eighty five", is_past=True) == [date(1985, 5, 3)]
    assert read("on the third of May", is_past=True) == [date(2026, 5, 3)]


@pytest.mark.parametrize("said", ["the thirty first of June", "may I ask", "the second one", ""])
def test_what_is_no_date_is_none(said: str) -> None:
    assert read(said) == []


@given(st.integers(0, 23), st.integers(0, 59))
def test_a_written_time_is_read_back(hour: int, minute: int) -> None:
    assert [h.value for h in heard_times(f"at {hour}:{minute:02d}")] == [time(hour, minute)]


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("half past two", "14:30"),
        ("quarter to four", "15:45"),
        ("nine in the morning", "09:00"),
        ("three pm", "15:00"),
        ("nine thirty a.m.", "09:30"),
        ("ten o'clock", "10:00"),
        ("noon", "12:00"),
        ("midnight", "00:00"),
        ("twelve am", "00:00"),
    ],
)
def test_times_of_day(said: str, at: str) -> None:
    assert [h.value.strftime("%H:%M") for h in heard_times(f"at {said}")] == [at]

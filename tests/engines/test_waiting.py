"""How long a provider asks us to wait, in all the places where it says so."""

import pytest

from agent_service.engines.incoming import RateLimit
from agent_service.engines.waiting import asked_in_headers, asked_in_words, until_reset


@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        ("Rate limit reached. Please try again in 20s.", 20),
        ("Limit 30000, Used 29000, Requested 5000. Please try again in 1m30s. Visit x.", 90),
        ("Please try again in 350ms.", 0.35),
        ("Try again in 6m0s", 360),
        ("try again in 1h2m3.5s", 3723.5),
        ("Please retry after 26 seconds.", 26),
        ("Retry after 1 second", 1),
        ("Please wait 1 minute and 5 seconds", 65),
        ("resets in 2 days", 172_800),
        ("Please try again in 5 MINS", 300),
        ("Retrying is possible in 3 hrs.", 10_800),
        ("try again in 10 milliseconds", 0.01),
        ("Please try again later.", None),
        ("try again in 20", None),
        ("try again in 1 month", None),
        ("A limit of 20 s was reached", None),
        ("", None),
        (None, None),
        ("retry " * 100_000, None),
        ("again in " + "1s " * 100_000, 100_000),
    ],
)
def test_a_sentence_may_name_a_time(message: str | None, seconds: float | None) -> None:
    assert asked_in_words(message) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": " 0.5 "}, 0.5),
        ({"Retry-After": "9", "retry-after-ms": "1500"}, 1.5),
        ({"Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT"}, 0),
        ({"Retry-After": "Sun, 06 Nov 99999 08:49:37 GMT"}, None),
        ({"Retry-After": "Sun, 06 Nov 2044 08:49:37 -0000"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-3"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "1e999"}, None),
        ({"Retry-After": ""}, None),
        ({}, None),
    ],
)
def test_headers_may_name_a_time(headers: dict[str, str], seconds: float | None) -> None:
    assert asked_in_headers(headers) == seconds


@pytest.mark.parametrize(
    ("limits", "seconds"),
    [
        ([RateLimit(0, 12.5), RateLimit(0, 3.0), RateLimit(5, 60.0)], 12.5),
        ([RateLimit(0, -1.0)], 0),
        ([RateLimit(1, 60.0)], None),
        ([RateLimit(0, None), RateLimit(None, 4.0)], None),
        ([RateLimit(0, float("inf"))], None),
        ([], None),
    ],
)
def test_used_up_limits_are_waited_for(limits: list[RateLimit], seconds: float | None) -> None:
    assert until_reset(limits) == seconds

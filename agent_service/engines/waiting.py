"""How long a provider asks us to wait: in headers, in sentences, in counts of what is left."""

import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from agent_service.engines.incoming import RateLimit

_UNITS_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_STEP = (
    r"(\d{1,9}(?:\.\d{1,9})?)\s*"
    r"(milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)(?![a-z])"
)
_STEPS = re.compile(_STEP, re.IGNORECASE)
# "Please try again in 20s", "in 1m30s", "Retry after 26 seconds", "wait 1 minute and 5 seconds".
_ASKED = re.compile(
    rf"\b(?:again|retry\w*|wait|resets?)\b[^.!?\d]{{0,40}}?((?:{_STEP}[\s,]*(?:and\s+)?)+)",
    re.IGNORECASE,
)


def asked_in_headers(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that the headers of an answer ask to wait; None where they do not."""
    precise = _seconds(headers.get("retry-after-ms"))
    if precise is not None:
        return precise / 1000
    given = headers.get("Retry-After")
    seconds = _seconds(given)
    if seconds is not None or given is None:
        return seconds
    try:
        wait = parsedate_to_datetime(given) - datetime.now(UTC)
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0.0, wait.total_seconds())


def asked_in_words(message: str | None) -> float | None:
    """Return the seconds that an error's sentence asks to wait; None where it does not."""
    asked = _ASKED.search(message or "")
    if asked is None:
        return None
    return round(sum(float(number) * _unit_s(unit) for number, unit in _STEPS.findall(asked[1])), 3)


def until_reset(limits: Iterable[RateLimit]) -> float | None:
    """Return when the last of the used-up limits is free again; None where none is used up."""
    waits = (
        limit.reset_seconds
        for limit in limits
        if limit.remaining == 0 and limit.reset_seconds is not None
    )
    return max((max(wait, 0.0) for wait in waits if math.isfinite(wait)), default=None)


def _unit_s(unit: str) -> float:
    unit = unit.lower()
    return _UNITS_S["ms" if unit.startswith(("ms", "milli")) else unit[0]]


def _seconds(given: str | None) -> float | None:
    try:
        seconds = float(given or "")
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None

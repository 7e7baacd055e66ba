"""The words of the calendar, in lower case and in order."""

from typing import Final

_MONTH_WORDS: Final = (
    "january february march april may june july august september october november december"
)
_WEEKDAY_WORDS: Final = "monday tuesday wednesday thursday friday saturday sunday"
MONTHS: Final = tuple(_MONTH_WORDS.split())
WEEKDAYS: Final = tuple(_WEEKDAY_WORDS.split())

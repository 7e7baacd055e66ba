"""Spans of hours that a tool lets one choose from ("08-12"), how callers say them, and how long
something lasts."""

import re
from dataclasses import dataclass

from agent_service.offline.english.numbers import TEENS, UNITS

_WRITTEN = re.compile(r"(\d{1,2})(?::00)?\s?[-\u2013]\s?(\d{1,2})(?::00)?")
_WORDS = {value: word for word, value in {**UNITS, **TEENS}.items()}
_CLOCK = r"(?:\s?[:.]\s?00)?(?:\s?[ap](?:\s?\.)?\s?m\b(?:\s?\.)?|\s?o'clock)?"
_UNTIL = r"\s*(?:-|\u2013|to|and|until|till)\s*"
_LASTING = re.compile(
    rf"\b(?:(?P<half>half an?)|(?P<count>an?|\d{{1,2}}|{'|'.join([*UNITS, *TEENS])}))[ -]"
    r"(?P<unit>minute|hour)s?(?P<more> and a half)?\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Span:
    first: int
    last: int

    @property
    def words(self) -> str:
        return f"{self.first} to {self.last}"

    def said_in(self, text: str) -> re.Match[str] | None:
        """Return where it was said: "8 to 12" as "between 8 and 12", "16 to 20" as "from 4 pm until
        8"."""
        begins, ends = (_said(hour) for hour in (self.first, self.last))
        form = rf"\b(?:{begins}){_CLOCK}{_UNTIL}(?:{ends}){_CLOCK}(?!\w)"
        return re.search(form, text, re.I)


def span_of(choice: object) -> Span | None:
    """Return the span that a choice is the code of."""
    m = _WRITTEN.fullmatch(str(choice))
    return Span(int(m[1]), int(m[2])) if m else None


def _said(hour: int) -> str:
    """Return the ways to say an hour, on a clock of twelve hours too."""
    ways = [form for value in {hour, hour % 12 or 12} for form in (f"0?{value}", _WORDS.get(value))]
    return "|".join(form for form in ways if form)


def minutes_in(text: str) -> int | None:
    """Return how long something lasts by the text: "half an hour", "90 minutes", "two hours"."""
    m = _LASTING.search(text)
    if m is None:
        return None
    word = (m["count"] or "a").lower()
    count = int(word) if word.isdigit() else {**UNITS, **TEENS}.get(word, 1)
    minutes = count if m["unit"].lower() == "minute" else 60 * count
    return minutes // 2 if m["half"] else minutes + (30 if m["more"] else 0)

"""How values stand on a page: times, durations, amounts, and text with found words marked."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

from markupsafe import Markup

from agent_service.store.answers import Count
from agent_service.store.approvals import Approval
from agent_service.store.call_words import in_words, pairs
from agent_service.store.money import Money

_REDACTED: Final = re.compile(r"\[redacted[^\[\]]*\]")
_MOMENT: Final = re.compile(r"\b(\d{4}-\d\d-\d\d \d\d:\d\d) UTC\b", re.ASCII)
"""As sentences of the store name a moment."""
_BROWSERS: Final = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
"""By a sign of each; most name those that come later, too."""
_SYSTEMS: Final = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}
NOTHING: Final = "–"  # noqa: RUF001 - a dash, as it is written


def moment(value: datetime | date | None) -> Markup | str:
    """Return a time in UTC, which the page's script turns into the reader's own; or a day."""
    if value is None:
        return NOTHING
    if not isinstance(value, datetime):
        return Markup('<time datetime="{0}">{0}</time>').format(value.isoformat())
    written = f"{value:%Y-%m-%d %H:%M:%S} UTC"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        value.isoformat(), written, f"{value:%Y-%m-%d %H:%M} UTC"
    )


def timed(text: str) -> Markup:
    """Return a sentence with the moments in it as they stand elsewhere on the page."""
    found, at = Markup(), 0
    for one in _MOMENT.finditer(text):
        written = moment(datetime.fromisoformat(one[1]).replace(tzinfo=UTC))
        found += Markup("{}{}").format(text[at : one.start()], written)
        at = one.end()
    return found + text[at:]


def duration(value: float | None) -> str:
    """Return milliseconds as minutes and seconds."""
    if value is None:
        return NOTHING
    minutes, seconds = divmod(round(value / 1000), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def milliseconds(value: float | None) -> str:
    return NOTHING if value is None else f"{value:,.0f} ms"


def dollars(value: float | None) -> str:
    return NOTHING if value is None else f"${value:.4f}"


def number(value: int) -> str:
    return f"{value:,}"


def counted(value: Count) -> str:
    """Return how many there are, as far as they were counted."""
    return f"{value.value:,}{'+' if value.is_capped else ''}"


def share(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.0%}"


def actor(value: str) -> str:
    """Return who did something, as the audit log has it, by the name that the team knows."""
    return value.removeprefix("user:")


def browser(value: str) -> str:
    """Return what a browser says that it is by the names that people know; else as it says it."""
    name = next((words for sign, words in _BROWSERS.items() if sign in value), None)
    system = next((words for sign, words in _SYSTEMS.items() if sign in value), None)
    return f"{name} on {system}" if name and system else plain(value)


def plain(value: Any) -> str:
    """Return anything else; what is not known as a dash."""
    match value:
        case None | "":
            return NOTHING
        case True:
            return "yes"
        case False:
            return "no"
        case list() | tuple():
            return ", ".join(str(one) for one in value) or NOTHING
        case _:
            return str(value)


def code(value: Any) -> str:
    """Return a code, or several, as words."""
    return plain(value).replace("_", " ")


def amount(value: Approval) -> str:
    """Return the money that an approval is about."""
    if value.amount_minor is None or value.currency is None:
        return NOTHING
    return Money(value.amount_minor, value.currency).written()


def laid_out(value: str) -> str:
    """Return JSON as people read it; anything else as it is."""
    try:
        return json.dumps(json.loads(value), indent=2, ensure_ascii=False) if value else ""
    except (ValueError, RecursionError):
        return value


def pieces(text: str, marks: Iterable[Sequence[int]]) -> list[tuple[str, bool]]:
    """Return the pieces of a text, and of each whether it is marked."""
    found, at = [], 0
    for start, end in marks:
        found += [(text[at:start], False), (text[start:end], True)]
        at = end
    found.append((text[at:], False))
    return [one for one in found if one[0]]


def unheard(text: str, heard: str) -> tuple[str, str]:
    """Return what of a text was heard, and the rest."""
    if text.startswith(heard):
        return heard, text[len(heard) :]
    return heard, text if heard != text else ""


def redacted(text: str) -> list[tuple[str, bool]]:
    """Return the pieces of a text, and of each whether it stands for something taken out."""
    marks = [found.span() for found in _REDACTED.finditer(text)]
    return pieces(text, marks)


WAITS_FOR: Final = {
    "handoff": "wants a person",
    "callback": "wants to be called",
    "ticket": "ticket",
    "outcome": "outcome to be checked",
    "message": "not delivered",
    "team": "asks the team",
    "approval": "waits for approval",
}
"""What each kind of promise is about."""


def waits_for(kind: str) -> str:
    """Return what somebody waits for, by the kind of the promise."""
    return WAITS_FOR.get(kind, code(kind))


FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "moment": moment,
    "timed": timed,
    "duration": duration,
    "milliseconds": milliseconds,
    "dollars": dollars,
    "share": share,
    "number": number,
    "counted": counted,
    "plain": plain,
    "code": code,
    "waits_for": waits_for,
    "actor": actor,
    "amount": amount,
    "browser": browser,
    "laid_out": laid_out,
    "in_words": in_words,
    "pairs": pairs,
}

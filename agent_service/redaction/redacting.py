"""The one rule of what is removed from a text, cheap for the many texts that hold none of it."""

import json
import re
from collections.abc import Iterable
from typing import Any, Final, Protocol

from agent_service.redaction.cards import (
    PIECE_ON_RECORD,
    SHORTEST_CODE,
    SURE_PIECE,
    Found,
    What,
    read,
)
from agent_service.redaction.context_words import HINTS
from agent_service.redaction.networks import SHORTEST_CARD
from agent_service.redaction.number_words import (
    COMPOUNDING,
    NUMBER_WORDS,
    value_of,
    without_accents,
)
from agent_service.redaction.reading import ESCAPE, with_ascii_digits
from agent_service.redaction.secrets import REDACTED, REDACTED_CARD, without_keys

_MOST_DIGITS_OF_A_WORD: Final = 3
"""On the average of a whole number: "mille" alone has four, "quatre mille cent onze" has one."""
_DIGITS_OF_A_PAIR: Final = 2
_DIGIT: Final = re.compile(r"[0-9]")
_LETTERS: Final = re.compile(r"[a-z]+")
# Every line of the log has some: times and identifiers of our own.
_OWN_FIELD: Final = re.compile(
    r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)
_FIGURES: Final = re.compile(
    rf"[0-9](?:(?:{ESCAPE}|[\W_]){{0,6}}?[0-9]){{{SHORTEST_CARD - 1}}}", re.IGNORECASE
)


class Clean(Protocol):
    """Redacts a text, which may be the value of a field of that name."""

    def __call__(self, text: str, name: str = "", /) -> str: ...


def redact(text: str, name: str = "") -> str:
    """Return the text without secrets. The rest is unchanged; a second time changes nothing."""
    return _redacted(text, name, SURE_PIECE)


def redact_for_record(text: str, name: str = "") -> str:
    """Redact what goes on record: without four digits of a card as well, where they are said so."""
    return _redacted(text, name, PIECE_ON_RECORD)


def _redacted(text: str, name: str, shortest_piece: int) -> str:
    text = without_keys(text)
    plain = with_ascii_digits(text)
    lead = f"{name}: " if name else ""
    if not may_hold_card(lead + plain):
        return text
    found = read(lead + plain, shortest_piece=shortest_piece).found
    return without(text, found, len(lead)) if found else text


def redact_json(text: str, clean: Clean = redact) -> str:
    """Redact the texts and numbers within JSON; what is no JSON is redacted as it stands."""
    try:
        value = json.loads(text)
        redacted = redact_value(value, clean)
    except (ValueError, RecursionError):
        return clean(text)
    return text if redacted == value else json.dumps(redacted, ensure_ascii=False)


def redact_value(value: Any, clean: Clean = redact, name: str = "") -> Any:
    """Redact plain data, by its fields' names too; a number that is a card becomes a text."""
    match value:
        case str():
            return clean(value, name)
        case bool() | None:
            return value
        case int() | float():
            redacted = clean(str(value), name)
            return value if redacted == str(value) else redacted
        case list():
            return [redact_value(one, clean, name) for one in value]
        case dict():
            return {clean(key): redact_value(one, clean, key) for key, one in value.items()}
        case _:
            return value


def without(text: str, found: Iterable[Found], offset: int = 0) -> str:
    """Return the text with marks in place of what was found, whose places are so much further."""
    kept_from, parts = 0, []
    for one in sorted(found, key=lambda one: one.start):
        mark = REDACTED if one.what is What.SECURITY_CODE else REDACTED_CARD
        parts += [text[kept_from : max(one.start - offset, 0)], mark]
        kept_from = one.end - offset
    return "".join([*parts, text[kept_from:]])


def may_hold_card(text: str) -> bool:
    """Tell whether it is worth reading the text: nearly none is."""
    if _OWN_FIELD.fullmatch(text):
        return False
    digits, words, is_hinted = _counts(text)
    if is_hinted:
        return digits + words >= SHORTEST_CODE
    if digits + _MOST_DIGITS_OF_A_WORD * words < SHORTEST_CARD:
        return False
    return words > 0 or _FIGURES.search(text) is not None


def may_hold_piece(text: str) -> bool:
    """Tell whether the text has any number in it, or speaks of cards."""
    digits, words, is_hinted = _counts(text)
    return digits + words > 0 or is_hinted


def numbers_in(text: str) -> int:
    """Return how many digits the text has at most, but for our own fields; a word may be two."""
    if _OWN_FIELD.fullmatch(text):
        return 0
    digits, words, _ = _counts(text)
    return digits + _DIGITS_OF_A_PAIR * words


def _counts(text: str) -> tuple[int, int, bool]:
    """Return how many digits and number words there are, and if there is a hint of a card."""
    text = text.lower() if text.isascii() else without_accents(text)
    letters = _LETTERS.findall(text)
    words = sum(map(NUMBER_WORDS.__contains__, letters))
    if any(part in text for part in COMPOUNDING):  # of four digits and more
        words += 2 * sum(len(one) > 5 and value_of(one) is not None for one in letters)
    return len(_DIGIT.findall(text)), words, any(hint in text for hint in HINTS)

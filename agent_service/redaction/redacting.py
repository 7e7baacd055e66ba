"""The one rule of what is removed from a text, cheap for the many texts that hold none of it."""

import json
import re
from collections.abc import Iterable
from typing import Any, Final

from agent_service.redaction.cards import SURE_PIECE, Found, What, read
from agent_service.redaction.context_words import HINTS
from agent_service.redaction.networks import SHORTEST_CARD
from agent_service.redaction.number_words import NUMBER_WORDS, folded
from agent_service.redaction.reading import with_ascii_digits
from agent_service.redaction.secrets import REDACTED, without_keys

REDACTED_CARD: Final = "[redacted card]"

_MOST_DIGITS_OF_A_WORD: Final = 4
_SHORTEST_CODE: Final = 3
_DIGIT: Final = re.compile(r"[0-9]")
_LETTERS: Final = re.compile(r"[a-z]+")
_FIGURES: Final = re.compile(rf"[0-9](?:[\W_a-z%&;\\]{{0,8}}?[0-9]){{{SHORTEST_CARD - 1}}}")


def redact(text: str, *, shortest_piece: int = SURE_PIECE, name: str = "") -> str:
    """Return the text without secrets. The rest is unchanged; a second time changes nothing.

    ``shortest_piece``: digits that are said to be a card's are removed from so many on, even where
    they are no whole number. ``name``: of the field that the text is the value of.
    """
    text = without_keys(text)
    plain = with_ascii_digits(text)
    lead = f"{name}: " if name else ""
    if not may_hold_card(lead + plain):
        return text
    found = read(lead + plain, shortest_piece=shortest_piece).found
    return without(text, found, len(lead)) if found else text


def redact_json(text: str, *, shortest_piece: int = SURE_PIECE) -> str:
    """Redact the texts and numbers within JSON; what is no JSON is redacted as it stands."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return redact(text, shortest_piece=shortest_piece)
    clean = redact_value(value, shortest_piece=shortest_piece)
    return text if clean == value else json.dumps(clean, ensure_ascii=False)


def redact_value(value: Any, *, shortest_piece: int = SURE_PIECE, name: str = "") -> Any:
    """Redact plain data; a number that is a card becomes a text."""
    match value:
        case str():
            return redact(value, shortest_piece=shortest_piece, name=name)
        case bool() | None:
            return value
        case int() | float():
            text = str(value)
            clean = redact(text, shortest_piece=shortest_piece, name=name)
            return value if clean == text else clean
        case list():
            return [redact_value(one, shortest_piece=shortest_piece, name=name) for one in value]
        case dict():
            return {
                redact(key, shortest_piece=shortest_piece): redact_value(
                    one, shortest_piece=shortest_piece, name=key
                )
                for key, one in value.items()
            }
        case _:
            return value


def without(text: str, found: Iterable[Found], offset: int = 0) -> str:
    """Return the text with marks in place of what was found, whose places are so much further."""
    kept_from, parts = 0, []
    for one in found:
        mark = REDACTED if one.what is What.SECURITY_CODE else REDACTED_CARD
        parts += [text[kept_from : max(one.start - offset, 0)], mark]
        kept_from = one.end - offset
    return "".join([*parts, text[kept_from:]])


def may_hold_card(text: str) -> bool:
    """Tell whether it is worth reading the text: nearly none is."""
    if not text.isascii():
        text = folded(text)
    else:
        text = text.lower()
    digits = len(_DIGIT.findall(text))
    words = sum(map(NUMBER_WORDS.__contains__, _LETTERS.findall(text)))
    if digits + words >= _SHORTEST_CODE and any(hint in text for hint in HINTS):
        return True
    if digits + _MOST_DIGITS_OF_A_WORD * words < SHORTEST_CARD:
        return False
    return words > 0 or _FIGURES.search(text) is not None

"""Reads postcodes and the like: ``BS1 5TY``, also when they are spelled out."""

from agent_service.conversation.read_back.text import Text
from agent_service.conversation.read_back.tokens import RANK, Kind

_LONGEST = 12
_MEASURES = frozenset("hglmsk")
_SHORTEST = 3
"""A word of one letter, such as "a", begins only a code that is longer."""


def code(text: Text, at: int) -> tuple[str, int] | None:
    """Return the letters and digits of a code that begins there, and where it ends."""
    start = _start(text, at)
    if start is None:
        return None
    parts, end = [start[0]], start[1]
    while end < len(text) and len(parts) < _LONGEST and text.follows(end):
        part = _part(text, end)
        if part is None:
            break
        parts.append(part[0])
        end = part[1]
    letters = "".join(parts)
    is_mixed = not letters.isdigit() and any(mark.isdigit() for mark in letters)
    is_word = text.word(at) in text.language.common and len(parts) <= _SHORTEST
    return (letters, end) if is_mixed and not is_word else None


def _start(text: Text, at: int) -> tuple[str, int] | None:
    """Return how a code begins: a letter, several signs, or a number with a letter behind it."""
    token = text.tokens[at]
    if token.kind is Kind.MIXED or _is_letter(text, at):
        is_word = token.plain in text.language.common
        is_spelled = text.follows(at + 1) and _is_letter(text, at + 1)
        return (token.plain, at + 1) if is_spelled or not is_word else None
    number = text.number(at)
    if number is None or not text.follows(number.end) or not _is_letter(text, number.end):
        return None
    is_word = text.word(number.end) in text.language.common | _MEASURES
    return None if is_word else (number.digits, number.end)


def _part(text: Text, at: int) -> tuple[str, int] | None:
    token = text.tokens[at]
    if token.kind is Kind.MIXED:
        return token.plain, at + 1
    if _is_letter(text, at):
        is_next = text.is_word(at + 1) or text.word(at + 1) in text.language.articles
        is_word = token.plain in text.language.common and is_next
        return None if is_word else (token.plain, at + 1)
    number = text.number(at)
    is_part = number is not None and (number.value < 10 or number.is_written)
    return (number.digits, number.end) if number is not None and is_part else None


def _is_letter(text: Text, at: int) -> bool:
    token = text.tokens[at]
    is_one = token.kind is Kind.WORD and len(token.plain) == 1 and token.plain != RANK
    return is_one and not token.is_elided

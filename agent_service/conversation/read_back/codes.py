"""Reads postcodes and the like: ``BS1 5TY``, also when they are spelled out."""

from agent_service.conversation.read_back.text import Text
from agent_service.conversation.read_back.tokens import Kind

_LONGEST = 12
_SHORTEST = 3
"""A word of one letter, such as "a", begins only a code that is longer."""


def code(text: Text, at: int) -> tuple[str, int] | None:
    """Return the letters and digits of a code that begins there, and where it ends."""
    token = text.tokens[at]
    if token.kind is not Kind.MIXED and not _is_letter(text, at):
        return None
    is_word = token.plain in text.language.common
    if is_word and not (text.follows(at + 1) and _is_letter(text, at + 1)):
        return None
    letters, is_mixed, end = token.plain, token.kind is Kind.MIXED, at + 1
    while end < len(text) and end - at < _LONGEST and text.follows(end):
        part = _part(text, end)
        if part is None:
            break
        letters += part[0]
        is_mixed = is_mixed or any(mark.isdigit() for mark in part[0])
        end = part[1]
    is_code = is_mixed and (not is_word or end - at > _SHORTEST)
    return (letters, end) if is_code else None


def _part(text: Text, at: int) -> tuple[str, int] | None:
    token = text.tokens[at]
    if token.kind is Kind.MIXED:
        return token.plain, at + 1
    if _is_letter(text, at):
        is_word = token.plain in text.language.common and text.is_word(at + 1)
        return None if is_word else (token.plain, at + 1)
    number = text.number(at)
    is_part = number is not None and (number.value < 10 or number.is_written)
    return (number.digits, number.end) if number is not None and is_part else None


def _is_letter(text: Text, at: int) -> bool:
    token = text.tokens[at]
    return token.kind is Kind.WORD and len(token.plain) == 1 and not token.is_elided

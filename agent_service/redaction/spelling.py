"""Letters and digits in a row, as people write and spell what has both: IBANs, identity numbers."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from agent_service.redaction.context_words import Kind, is_mark, is_pause
from agent_service.redaction.naming import named_at
from agent_service.redaction.reading import Token

_ALPHABETS: Final = (
    "alpha bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november oscar"
    " papa quebec romeo sierra tango uniform victor whiskey xray yankee zulu alfa juliet whisky"
    " anton berta casar dora emil friedrich gustav heinrich ida julius kaufmann ludwig martha"
    " nordpol otto paula quelle richard samuel siegfried theodor ulrich viktor wilhelm xanthippe"
    " ypsilon zacharias zeppelin"
    " ancona bologna como domodossola empoli firenze genova imola napoli otranto palermo quarto"
    " roma savona torino udine venezia zara"
)
_SAID: Final = {word: word[0].upper() for word in _ALPHABETS.split()}
_LONGEST_CHUNK: Final = 6
"""Capitals that may be a part of such a number: "NWBK"."""
_MOST_PAUSES: Final = 2
_GAP: Final = re.compile(r"[\s,.;/\\_|'\u00b7\u2022\u2010-\u2015\u2212-]{0,3}")


@dataclass(slots=True)
class Stretch:
    """Letters and digits in a row."""

    first: int
    """Index of the first token."""
    after: int = 0
    characters: str = ""
    places: list[tuple[int, int]] = field(default_factory=list)
    """Where in the text each character stands."""

    def add(self, token: Token, characters: str) -> None:
        """Add what a token stands for."""
        is_literal = token.end - token.start == len(characters)
        for index in range(len(characters)):
            start = token.start + index
            self.places.append((start, start + 1) if is_literal else (token.start, token.end))
        self.characters += characters


def stretches_of(
    text: str, tokens: Sequence[Token], *, with_letters: bool = False
) -> Iterator[Stretch]:
    """Yield the stretches of a text that have a letter and a digit; words end them.

    ``with_letters``: those of letters alone as well, two or more.
    """
    stretch: Stretch | None = None
    for index in range(len(tokens)):
        characters = _characters(text, tokens, index)
        if not characters:
            continue
        is_word = len(tokens[index].word) == 1 and tokens[index].kind is Kind.LINK
        if is_word and text[tokens[index].start].islower() and _has_number_next(tokens, index):
            continue  # "o", "a", "e" before a number
        if stretch is None or not _goes_on(text, tokens, stretch.after - 1, index):
            yield from _mixed(stretch, with_letters)
            stretch = Stretch(index)
        stretch.add(tokens[index], characters)
        stretch.after = index + 1
    yield from _mixed(stretch, with_letters)


def _has_number_next(tokens: Sequence[Token], at: int) -> bool:
    is_first = at == 0 or (not tokens[at - 1].digits and len(tokens[at - 1].word) != 1)
    return is_first and at + 1 < len(tokens) and bool(tokens[at + 1].digits)


def _mixed(stretch: Stretch | None, with_letters: bool) -> Iterator[Stretch]:
    if stretch is None:
        return
    characters = stretch.characters
    if characters.isalpha():
        if with_letters and len(characters) > 1:
            yield stretch
    elif not characters.isdigit():
        yield stretch


def _goes_on(text: str, tokens: Sequence[Token], left: int, right: int) -> bool:
    """Tell whether hardly anything stands between two tokens."""
    words = [token.word for token in tokens[left + 1 : right] if token.word.isalpha()]
    if words:
        return len(words) <= _MOST_PAUSES and all(is_pause(one) or is_mark(one) for one in words)
    return _GAP.fullmatch(text, tokens[left].end, tokens[right].start) is not None


def _characters(text: str, tokens: Sequence[Token], at: int) -> str:
    """Return the letters or digits that a token stands for, or nothing."""
    token = tokens[at]
    if token.digits:
        return token.digits
    word = token.word
    if not word.isalpha() or not word.isascii():
        return ""
    before = tokens[at - 1] if at else None
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if len(word) == 1 and not text[token.start].isascii():
        return ""  # "è", "é"
    if len(word) == 1:
        # Between numbers it joins them: "ottanta e sette".
        joins = is_pause(word) and bool(before and before.digits and after and after.digits)
        is_glued = before is not None and before.end == token.start
        return "" if joins and not is_glued else word.upper()
    if word in _SAID:
        return _SAID[word]
    raw = text[token.start : token.end]
    if len(raw) != len(word) or len(word) > _LONGEST_CHUNK:
        return ""
    is_glued = (before is not None and bool(before.digits) and before.end == token.start) or (
        after is not None and bool(after.digits) and after.start == token.end
    )
    is_chunk = is_glued or (raw.isupper() and named_at(tokens, at) is None)  # "IBAN", "DNI"
    return raw.upper() if is_chunk else ""

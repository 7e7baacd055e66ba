"""Numbers in speech: digits one by one, groups ("ten forty two") and cardinals ("one thousand
and four").

Each run has two readings: its digits, for identifiers, and its value, for quantities.
"""

from dataclasses import dataclass
from typing import Final

from agent_service.offline.english.numbers import (
    REPEATS,
    SOUND_LIKE_DIGITS,
    ZERO_LETTERS,
    read_cardinal,
    read_decimals,
    read_digit,
)
from agent_service.offline.responder.words import Word, words_of

_LONGEST: Final = 40
"""Words of one number, decimals included: what comes later is not looked at."""


@dataclass(frozen=True, slots=True)
class NumberRun:
    """Number words that belong together, and where they stand in the text."""

    start: int
    end: int
    digits: str
    value: float
    is_single: bool
    """One number ("forty two"), not several in a row ("four two")."""


@dataclass(frozen=True, slots=True)
class _Chunk:
    digits: str
    value: float
    after: int
    """Index of the next word."""


def number_runs(text: str) -> list[NumberRun]:
    """Return the numbers in the text, in order."""
    words = words_of(text)
    runs: list[NumberRun] = []
    at = 0
    while at < len(words):
        chunks, after = _run(words, at)
        if not chunks:
            at += 1
            continue
        digits = "".join(chunk.digits for chunk in chunks)
        value = chunks[0].value if len(chunks) == 1 else float(digits.replace(".", ""))
        runs.append(
            NumberRun(words[at].start, words[after - 1].end, digits, value, len(chunks) == 1)
        )
        at = after
    return runs


def _run(words: list[Word], at: int) -> tuple[list[_Chunk], int]:
    first = _chunk(words, at)
    if first is None:
        return [], at
    chunks, at = [first], first.after
    separator: str | None = None
    while at < len(words):
        mark = words[at].text if words[at].text in {",", "-", "."} else ""
        chunk = _chunk(words, at + len(mark), inside=True)
        if chunk is None and not mark and _is_misheard(words, at, chunks):
            chunk = _Chunk(SOUND_LIKE_DIGITS[words[at].text], 0, at + 1)
        if chunk is None or not _joins(chunks, chunk, mark, separator):
            break
        separator = mark
        chunks.append(chunk)
        at = chunk.after
    return chunks, at


def _joins(chunks: list[_Chunk], chunk: _Chunk, mark: str, separator: str | None) -> bool:
    """Commas and full stops join digits said one by one, but separate numbers from each other."""
    if "." in chunk.digits or "." in chunks[-1].digits:
        return False
    if mark in {"", "-"}:
        return separator in {None, "", "-"}
    singles = len(chunk.digits) == 1 and all(len(c.digits) == 1 for c in chunks)
    return singles and separator in {None, mark}


def _is_misheard(words: list[Word], at: int, chunks: list[_Chunk]) -> bool:
    among_digits = len(chunks) >= 2 and all(len(c.digits) == 1 for c in chunks)
    return (
        among_digits and words[at].text in SOUND_LIKE_DIGITS and _chunk(words, at + 1) is not None
    )


def _chunk(words: list[Word], at: int, *, inside: bool = False) -> _Chunk | None:
    if at >= len(words):
        return None
    word = words[at].text
    if word[0].isdigit():
        plain = word.replace(",", "")
        return _Chunk(plain, float(plain), at + 1)
    if word in REPEATS and at + 1 < len(words):
        digit = read_digit(words[at + 1].text)
        if digit:
            repeated = digit * REPEATS[word]
            return _Chunk(repeated, float(repeated), at + 2)
    if word in ZERO_LETTERS:
        follows = at + 1 < len(words) and bool(read_digit(words[at + 1].text))
        # "Oh, two of them" begins with no zero, "oh two one" does.
        is_row = at + 2 < len(words) and bool(read_digit(words[at + 2].text))
        starts_sentence = (at == 0 or not words[at - 1].text[0].isalnum()) and not is_row
        return _Chunk("0", 0, at + 1) if inside or (follows and not starts_sentence) else None
    return _cardinal(words, at)


def _cardinal(words: list[Word], at: int) -> _Chunk | None:
    texts = [word.text for word in words[at : at + _LONGEST]]
    found = read_cardinal(texts)
    if found is None:
        return None
    whole, length = found
    if decimals := read_decimals(texts, length):
        digits = f"{whole}.{decimals}"
        return _Chunk(digits, float(digits), at + length + 1 + len(decimals))
    return _Chunk(str(whole), whole, at + length)

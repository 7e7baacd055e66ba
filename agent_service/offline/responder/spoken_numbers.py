"""Numbers in speech: digits one by one, groups ("ten forty two") and cardinals ("one thousand
and four").

Each run has two readings: its digits, for identifiers, and its value, for quantities.
"""

from dataclasses import dataclass

from agent_service.offline.responder.words import Word, words_of

UNITS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9,
}  # fmt: skip
TEENS = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SCALES = {"thousand": 1_000, "million": 1_000_000}
_REPEATS = {"double": 2, "triple": 3, "treble": 3}
_ZERO_LETTERS = {"oh", "o", "nought", "naught"}
# What recognisers write for a digit spoken among other digits.
_MISHEARD = {"to": "2", "too": "2", "for": "4", "ate": "8", "won": "1"}


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
            chunk = _Chunk(_MISHEARD[words[at].text], 0, at + 1)
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
    return among_digits and words[at].text in _MISHEARD and _chunk(words, at + 1) is not None


def _chunk(words: list[Word], at: int, *, inside: bool = False) -> _Chunk | None:
    if at >= len(words):
        return None
    word = words[at].text
    if word[0].isdigit():
        plain = word.replace(",", "")
        return _Chunk(plain, float(plain), at + 1)
    if word in _REPEATS and at + 1 < len(words):
        digit = _digit(words[at + 1].text)
        if digit is not None:
            repeated = digit * _REPEATS[word]
            return _Chunk(repeated, float(repeated), at + 2)
    if word in _ZERO_LETTERS:
        follows = at + 1 < len(words) and _digit(words[at + 1].text) is not None
        # "Oh, two of them" begins with no zero, "oh two one" does.
        is_row = at + 2 < len(words) and _digit(words[at + 2].text) is not None
        starts_sentence = (at == 0 or not words[at - 1].text[0].isalnum()) and not is_row
        return _Chunk("0", 0, at + 1) if inside or (follows and not starts_sentence) else None
    return _cardinal(words, at)


def _digit(word: str) -> str | None:
    if word in UNITS:
        return str(UNITS[word])
    if word in _ZERO_LETTERS:
        return "0"
    return word if len(word) == 1 and word.isdigit() else None


def _cardinal(words: list[Word], at: int) -> _Chunk | None:
    start = at
    if words[at].text == "a" and _text(words, at + 1) in {"hundred", *_SCALES}:
        below: int | None = 1
        at += 1
    else:
        below, at = _below_hundred(words, at)
    if below is None:
        return None
    group, total, limit = below, 0, 1_000_000_000
    while True:
        word = _text(words, at)
        if word == "hundred" and 0 < group < 100:
            group, at = group * 100, at + 1
            rest, at = _rest(words, at)
            group += rest
        elif word in _SCALES and _SCALES[word] < limit and group:
            total, group, limit, at = total + group * _SCALES[word], 0, _SCALES[word], at + 1
            group, at = _rest(words, at)
        else:
            break
    value: float = total + group
    digits = str(int(value))
    if _text(words, at) == "point" and (decimals := _decimals(words, at + 1)):
        value, at = float(f"{digits}.{decimals}"), at + 1 + len(decimals)
        digits = f"{digits}.{decimals}"
    return _Chunk(digits, value, at) if at > start else None


def _rest(words: list[Word], at: int) -> tuple[int, int]:
    """Return what follows a hundred or a thousand: "and four", "four", or nothing."""
    ahead = at + 1 if _text(words, at) == "and" else at
    below, after = _below_hundred(words, ahead)
    # "one thousand zero": the zero is a digit of its own.
    return (below, after) if below else (0, at)


def _below_hundred(words: list[Word], at: int) -> tuple[int | None, int]:
    word = _text(words, at)
    if word in UNITS:
        return UNITS[word], at + 1
    if word in TEENS:
        return TEENS[word], at + 1
    if word not in TENS:
        return None, at
    ahead = at + 2 if _text(words, at + 1) == "-" else at + 1
    unit = UNITS.get(_text(words, ahead), 0)
    return (TENS[word] + unit, ahead + 1) if unit else (TENS[word], at + 1)


def _decimals(words: list[Word], at: int) -> str:
    digits = ""
    while (digit := _digit(_text(words, at + len(digits)))) is not None:
        digits += digit
    return digits


def _text(words: list[Word], at: int) -> str:
    return words[at].text if at < len(words) else ""

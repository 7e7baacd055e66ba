"""How much of what was said was understood."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agent_service.offline.english.wording import as_written


@dataclass(frozen=True, slots=True)
class Score:
    kind: str
    """Of utterance: order, code, email, phone, zip or words."""
    errors: int
    words: int
    is_exact: bool | None
    """Whether the identifier was understood to the letter; None where there is none."""


def words_of(text: str) -> list[str]:
    """Return the words as compared: lower case, every figure a word of its own."""
    text = as_written(text).lower()
    words = re.findall(r"[a-z']+|\d", text.replace("\u2019", "'"))
    return ["mister" if word == "mr" else word for word in words]


def word_errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """Return the fewest insertions, deletions and substitutions between the two."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(said, 1):
        previous, row[0] = row[0], number
        for at, other in enumerate(heard, 1):
            best = min(previous + (word != other), row[at] + 1, row[at - 1] + 1)
            previous, row[at] = row[at], best
    return row[-1]


def has_identifier(text: str, identifier: str) -> bool:
    """Whether the identifier stands in the text, with nothing before or behind it."""
    written = re.sub(r"(?<=\w)-(?=\d)", "", text)
    return any(
        re.search(rf"(?<![\w.]){re.escape(identifier)}(?!\w)", form, re.I)
        for form in (text, written)
    )


def score(kind: str, said: str, identifier: str | None, heard: str) -> Score:
    """Compare what was said with the text that was understood."""
    expected, found = words_of(said), words_of(heard)
    is_exact = None if identifier is None else has_identifier(heard, identifier)
    return Score(kind, word_errors(expected, found), len(expected), is_exact)

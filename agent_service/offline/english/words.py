"""A text as words and what stands between them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_WORD: Final = re.compile(r"[A-Za-z0-9]+(?:['\u2019][A-Za-z]+)*")


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    gap: str
    """What stands between this word and the next."""

    @property
    def lower(self) -> str:
        return self.text.lower()

    @property
    def flows(self) -> bool:
        """Nothing but a space or a hyphen before the next word."""
        return self.gap.strip() in ("", "-")


def split(text: str) -> tuple[str, list[Word]]:
    """Return what stands before the first word, and the words."""
    found = list(_WORD.finditer(text))
    if not found:
        return text, []
    ends = [word.start() for word in found[1:]] + [len(text)]
    words = [
        Word(word.group(), text[word.end() : end]) for word, end in zip(found, ends, strict=True)
    ]
    return text[: found[0].start()], words


def clause(words: Sequence[Word]) -> list[str]:
    """Return the lower-case words up to the first punctuation."""
    found = []
    for word in words:
        found.append(word.lower)
        if not word.flows:
            break
    return found

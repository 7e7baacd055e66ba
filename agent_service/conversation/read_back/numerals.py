"""Reads numbers that are written in words: how the six languages build them.

A number is read as far as it goes: "twenty four" is 24, "two zero" is 2 and 0.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

MILLION = 1_000_000
_AFTER_TEN = 11


@dataclass(frozen=True, slots=True)
class Numerals:
    """The words of a language for numbers, and how it joins them."""

    values: Mapping[str, int]
    """Words that stand for a value: ``seven``, ``forty``, ``quinientos``, ``achtundfünfzig``."""
    links: Mapping[str, str] = field(default_factory=dict)
    """Words that join two parts, and where: ``tens`` within a hundred, or ``hundreds`` above."""
    hundred: frozenset[str] = frozenset()
    thousand: frozenset[str] = frozenset()
    fused: re.Pattern[str] | None = None
    """Splits a word that holds thousands: ``zweitausendvierzig``."""
    has_teens: bool = False
    """``twelve hundred``"""
    scores: frozenset[int] = frozenset()
    """Tens that take a number up to 19: ``soixante-douze``, ``quatre-vingt-dix``.

    Such a language also makes 17 to 19 out of ten and the rest: ``dix-sept``.
    """

    def read(self, words: Sequence[str], start: int) -> tuple[int, int] | None:
        """Return the number that begins there, and how many words it takes."""
        whole = self._fused(words[start])
        if whole is not None:
            return whole, 1
        value, below, taken = 0, MILLION, 0
        at = start
        while at < len(words):
            step = self._step(words, at, value, below)
            if step is None:
                break
            value, below, at = step
            taken = at - start
        return (value, taken) if taken else None

    def _fused(self, word: str) -> int | None:
        if self.fused is None or (parts := self.fused.fullmatch(word)) is None:
            return None
        many = self.values.get(parts[1], 0) if parts[1] else 1
        rest = self.values.get(parts[2], 0) if parts[2] else 0
        if (parts[1] and not many) or (parts[2] and not rest):
            return None
        return many * 1000 + rest

    def _step(
        self, words: Sequence[str], at: int, value: int, below: int
    ) -> tuple[int, int, int] | None:
        """Add the word there, perhaps after a link, to what was read; None if it cannot be."""
        word = words[at]
        is_begun = below < MILLION
        if is_begun and (where := self.links.get(word)) is not None:
            is_fitting = value % 100 == 0 if where == "hundreds" else value % 10 == 0 and value > 0
            if not is_fitting or at + 1 == len(words) or words[at + 1] not in self.values:
                return None
            return self._added(self.values[words[at + 1]], value, below, at + 2)
        if word in self.thousand and 0 < value < 1000:
            return value * 1000, 1000, at + 1
        if word in self.hundred and self.has_teens and 10 < value < 20:
            return value * 100, 100, at + 1  # twelve hundred
        if word in self.hundred and 0 < value % 1000 < 10:
            return value + 99 * (value % 1000), 100, at + 1
        if self.scores and word in ("vingt", "vingts") and value % 100 == 4:
            return value + 76, 20, at + 1
        if word not in self.values:
            return None
        return self._added(self.values[word], value, below, at + 1)

    def _added(self, more: int, value: int, below: int, at: int) -> tuple[int, int, int] | None:
        if below < MILLION and (more >= below or more == 0):
            return None
        if below == _AFTER_TEN and more not in (7, 8, 9):
            return None
        if more == 1000 and value == 0:
            return 1000, 1000, at
        return value + more, _room(more, value + more, self.scores), at


def _room(more: int, value: int, scores: frozenset[int]) -> int:
    """Return below what the next part has to be."""
    if more >= 100:
        return 100 if more < 1000 else 1000
    if more == 10 and scores:
        return _AFTER_TEN
    if more >= 20 and more % 10 == 0:
        return 20 if value % 100 in scores else 10
    return 0

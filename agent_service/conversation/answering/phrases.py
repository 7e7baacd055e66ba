"""Phrases in a small notation, and where they end in a row of words.

    that (works | suits me) [fine] | you bet     ( ) one of these, [ ] or nothing, | or
    you can VERB [OBJECT]                        a word in capitals is filled from the read-back
    do not … COMMAND                             … is any word

A line is a phrase or several; one that begins with spaces goes on with the line before. Words are
written as in a dictionary: "that's" also finds "thats".
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TypeAlias, assert_never

from agent_service.conversation.answering.words import spellings

_SIGN = re.compile(r"[()\[\]|]|[^\s()\[\]|]+")


@dataclass(frozen=True, slots=True)
class Word:
    """One word, as said."""

    text: str


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of several words, as a table: the forms of a verb are many."""

    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Slot:
    """What the read-back fills."""

    name: str


@dataclass(frozen=True, slots=True)
class Row:
    """One after the other; an empty row is nothing."""

    parts: "tuple[Phrase, ...]" = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several."""

    ways: "tuple[Phrase, ...]" = ()


@dataclass(frozen=True, slots=True)
class AnyWord:
    """Whatever is said there: ``…`` in the notation."""


Phrase: TypeAlias = Word | OneOf | AnyWord | Slot | Row | Choice
Slots: TypeAlias = Mapping[str, Phrase]

NOTHING = Row()


def optional(phrase: Phrase) -> Phrase:
    """Return the phrase, or nothing."""
    return Choice((phrase, NOTHING))


def any_of(words: Iterable[str]) -> Phrase:
    """Return one of these words."""
    return OneOf(frozenset(words))


def any_row(rows: Collection[tuple[str, ...]]) -> Phrase:
    """Return one of these rows of words."""
    longer = {row for row in rows if len(row) != 1}
    words = any_of(row[0] for row in rows if len(row) == 1)
    return Choice((words, *map(row_of, sorted(longer)))) if longer else words


def row_of(words: tuple[str, ...]) -> Phrase:
    """Return these words, one after the other."""
    return Row(tuple(Word(word) for word in words))


@cache
def read_notation(text: str) -> Phrase:
    """Return the phrase, or choice of phrases, that a text in the notation above stands for."""
    return _Notation(text).phrase()


class _Notation:
    def __init__(self, line: str) -> None:
        self._signs = [*_SIGN.findall(line), ""]
        self._at = 0

    def phrase(self) -> Phrase:
        ways = [self._row()]
        while self._signs[self._at] == "|":
            self._at += 1
            ways.append(self._row())
        return ways[0] if len(ways) == 1 else Choice(tuple(ways))

    def _row(self) -> Phrase:
        parts: list[Phrase] = []
        while (sign := self._signs[self._at]) not in ("|", ")", "]", ""):
            self._at += 1
            if sign in ("(", "["):
                inner = self.phrase()
                self._at += 1
                parts.append(inner if sign == "(" else optional(inner))
            else:
                parts.append(_sign(sign))
        return parts[0] if len(parts) == 1 else Row(tuple(parts))


@cache
def _sign(text: str) -> Phrase:
    if text == "…":
        return AnyWord()
    return Slot(text) if text.isupper() else any_row(tuple(spellings(text)))


def ends(phrase: Phrase, words: tuple[str, ...], start: int, slots: Slots) -> frozenset[int]:
    """Return where the phrase can end that begins at ``start``."""
    match phrase:
        case Word(text):
            is_there = start < len(words) and words[start] == text
            return frozenset((start + 1,)) if is_there else frozenset()
        case OneOf(known):
            is_there = start < len(words) and words[start] in known
            return frozenset((start + 1,)) if is_there else frozenset()
        case AnyWord():
            return frozenset((start + 1,)) if start < len(words) else frozenset()
        case Slot(name):
            return ends(slots[name], words, start, slots) if name in slots else frozenset()
        case Row(parts):
            reached = frozenset((start,))
            for part in parts:
                reached = frozenset().union(*(ends(part, words, at, slots) for at in reached))
                if not reached:
                    break
            return reached
        case Choice(ways):
            return frozenset().union(*(ends(way, words, start, slots) for way in ways))
        case _:
            assert_never(phrase)


def first_words(phrase: Phrase) -> frozenset[str | None]:
    """Return what the phrase can begin with: words, None for a slot, "" when it can be nothing."""
    match phrase:
        case Word(text):
            return frozenset((text,))
        case OneOf(known):
            return known
        case Slot() | AnyWord():
            return frozenset((None,))
        case Row(parts):
            found: frozenset[str | None] = frozenset(("",))
            for part in parts:
                if "" in found:
                    found = (found - {""}) | first_words(part)
            return found
        case Choice(ways):
            return frozenset().union(*(first_words(way) for way in ways))
        case _:
            assert_never(phrase)


def words_in(phrase: Phrase) -> frozenset[str]:
    """Return the words that the phrase is made of; a slot has none."""
    match phrase:
        case Word(text):
            return frozenset((text,))
        case OneOf(known):
            return known
        case Slot() | AnyWord():
            return frozenset()
        case Row(parts) | Choice(parts):
            return frozenset().union(*map(words_in, parts))
        case _:
            assert_never(phrase)


def longest(phrase: Phrase) -> int:
    """Return how many words the phrase can have; a slot counts as one."""
    match phrase:
        case Word() | OneOf() | AnyWord() | Slot():
            return 1
        case Row(parts):
            return sum(map(longest, parts))
        case Choice(ways):
            return max(map(longest, ways))
        case _:
            assert_never(phrase)


def has_slot(phrase: Phrase) -> bool:
    """Tell whether the phrase has a part that the read-back fills."""
    match phrase:
        case Word() | OneOf():
            return False
        case Slot() | AnyWord():
            return True
        case Row(parts) | Choice(parts):
            return any(map(has_slot, parts))
        case _:
            assert_never(phrase)


class Phrases:
    """A set of phrases, found by their first word."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._fixed: dict[str | None, list[Phrase]] = {}
        self._filled: dict[str | None, list[Phrase]] = {}
        self._longest = 1
        found = [read_notation(line) for line in lines]
        self.any_of_them: Phrase = Choice(tuple(found))
        for phrase in found:
            for way in phrase.ways if isinstance(phrase, Choice) else (phrase,):
                self._add(way)
        # The same few words are looked at for several readings of an answer, and said repeatedly.
        self._lengths = lru_cache(maxsize=1024)(self._lengths_of)

    def _add(self, phrase: Phrase) -> None:
        is_filled = has_slot(phrase)
        found = self._filled if is_filled else self._fixed
        for first in first_words(phrase):
            found.setdefault(first, []).append(phrase)
        if not is_filled:
            self._longest = max(self._longest, longest(phrase))

    def ends(self, words: tuple[str, ...], start: int, slots: Slots) -> frozenset[int]:
        """Return where a phrase of the set can end that begins at ``start``."""
        lengths = self._lengths(words[start : start + self._longest])
        found = frozenset(start + length for length in lengths)
        if not slots:
            return found
        filled = (*self._filled.get(words[start], ()), *self._filled.get(None, ()))
        return found.union(*(ends(phrase, words, start, slots) for phrase in filled)) - {start}

    def _lengths_of(self, words: tuple[str, ...]) -> frozenset[int]:
        fixed = self._fixed.get(words[0], ())
        return frozenset().union(*(ends(phrase, words, 0, {}) for phrase in fixed))

    def single_words(self) -> frozenset[str]:
        """Return the words that are a phrase by themselves."""
        firsts = (word for word in self._fixed if word)
        return frozenset(word for word in firsts if 1 in self._lengths_of((word,)))

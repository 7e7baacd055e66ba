"""People's names, for e-mail addresses: "susan dot clerk" is Susan Clark.

A recogniser prefers ordinary words to names. In front of the @ names are what one expects, so a
word there that is no name, but sounds like a common one, is taken for it.
"""

from collections.abc import Callable, Iterable, Mapping
from importlib.resources import files
from typing import Final

# The alphabet is that of the voice's own pronouncing dictionary.
_VOWELS: Final = frozenset(
    "AIOQWYaeiou\u00e6\u0251\u0252\u0254\u0259\u025a\u025b\u025c\u026a\u028a\u028c\u1d4a\u1d7b"
)
_FAINT: Final = frozenset("\u0259\u1d4a\u1d7b")
_ALIKE: Final = tuple(
    frozenset(pair)
    for pair in (
        "sz",
        "td",
        "Td",
        "Tt",
        "k\u0261",
        "pb",
        "fv",
        "mn",
        "\u03b8\u00f0",
        "\u0283\u0292",
        "\u02a7\u02a4",
    )
)
_UNHEARD: Final = str.maketrans("", "", "\u02c8\u02cc\u02d0. ")
_AT: Final = "\u00e6t"
_NEAR: Final = 0.5
_FARTHEST: Final = 0.26
"""Of the name's own sounds may differ."""


class NameBook:
    """Finds the names that words sound like."""

    def __init__(self, phonemes: Callable[[str], str]) -> None:
        self._phonemes = phonemes
        lists = _lists()
        self._first = self._sounds_of(lists["offered first"])
        self._last = self._sounds_of(lists["offered last"])
        self._known_first = frozenset(lists["first"])
        self._known_last = frozenset(lists["last"])
        self._last_and_at = {name: sounds + _AT for name, sounds in self._last.items()}

    def knows(self, word: str) -> bool:
        """Say whether the word, in small letters, is a common first or last name."""
        return word in self._first or word in self._last

    def first_name(self, heard: str) -> str | None:
        """Return the words themselves where they are a first name, else the common one that they
        sound like, or None."""
        return heard if heard in self._known_first else self._closest(heard, self._first)

    def last_name(self, heard: str) -> str | None:
        """Return the words themselves where they are a last name, else the common one that they
        sound like, or None."""
        return heard if heard in self._known_last else self._closest(heard, self._last)

    def last_name_and_at(self, heard: str) -> str | None:
        """Return the common last name that makes the words together with an "at" behind it."""
        return self._closest(heard, self._last_and_at)

    def _sounds_of(self, names: Iterable[str]) -> dict[str, str]:
        return {name: self._phonemes(name).translate(_UNHEARD) for name in names}

    def _closest(self, heard: str, names: Mapping[str, str]) -> str | None:
        if heard in names:
            return heard
        # By itself "a" would be read as the letter's name.
        sounds = " ".join(
            "\u0259" if word == "a" else self._phonemes(word) for word in heard.split()
        ).translate(_UNHEARD)
        distances = {
            name: _distance(sounds, own) / len(own)
            for name, own in names.items()
            if abs(len(own) - len(sounds)) <= 2
        }
        nearest = min(distances, key=lambda name: distances[name], default=None)
        return nearest if nearest and distances[nearest] <= _FARTHEST else None


def _distance(one: str, other: str) -> float:
    """Return how differently two words sound; sounds that are easily confused count half."""
    row = [_length(other[:at]) for at in range(len(other) + 1)]
    for sound in one:
        diagonal, row[0] = row[0], row[0] + _weight(sound)
        for at, wanted in enumerate(other, 1):
            best = min(
                diagonal + _difference(sound, wanted),
                row[at] + _weight(sound),
                row[at - 1] + _weight(wanted),
            )
            diagonal, row[at] = row[at], best
    return row[-1]


def _length(sounds: str) -> float:
    return sum(_weight(sound) for sound in sounds)


def _weight(sound: str) -> float:
    return _NEAR if sound in _FAINT else 1.0


def _difference(one: str, other: str) -> float:
    if one == other:
        return 0.0
    is_near = (one in _VOWELS and other in _VOWELS) or {one, other} in _ALIKE
    return _NEAR if is_near else 1.0


def _lists() -> dict[str, list[str]]:
    """Return the lists of names, each by its heading."""
    text = files("agent_service.offline.english").joinpath("data", "names.txt").read_text("utf-8")
    parts = [part.partition(": ") for part in text.strip().split("\n\n")]
    return {heading: names.split() for heading, _, names in parts}

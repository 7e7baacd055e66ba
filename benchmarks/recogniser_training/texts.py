"""What the training voices say: made-up requests with identifiers in them, and plain sentences.

Nothing that the accuracy benchmark says is said here: its sentences and identifiers are left out.
"""

import json
import random
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

Option = TypeVar("Option")

LETTER_A: Final = "\u24b6"
"""The letter A in what is said, since voices read a lone "A" as the article."""

SAID: Final[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "said.toml").read_text())
_FORMS: Final[dict[str, list[str]]] = SAID["forms"]
_WORDS: Final = {name: words.split() for name, words in SAID["words"].items()}
_DIGITS, _TEENS, _TENS = _WORDS["digits"], _WORDS["teens"], _WORDS["tens"]
_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

_SIGNS: Final = {".": "dot", "_": "underscore", "-": "dash"}


@dataclass(frozen=True, slots=True)
class Line:
    """One utterance, and the words that the recogniser shall write."""

    kind: str
    say: str
    words: str


@dataclass(frozen=True, slots=True)
class Names:
    """First and last names, each with how often it shall be said."""

    first: dict[str, float]
    last: dict[str, float]


class LineMaker:
    """Makes lines of all kinds from a seed."""

    def __init__(self, seed: int, sentences: list[str], names: Names, kept_apart: set[str]) -> None:
        """``sentences`` are plain ones; what equals anything kept apart is not made."""
        self._random = random.Random(seed)
        self._sentences = sentences
        self._names = names
        self._kept_apart = kept_apart
        self._makers: tuple[tuple[float, Callable[[], tuple[str, str]]], ...] = (
            (24, self._order),
            (24, self._code),
            (22, self._mail),
            (5, self._phone),
            (5, self._zip),
            (4, self._spelled_name),
            (3, self._amount),
            (14, self._sentence),
        )

    def lines(self) -> Iterator[Line]:
        """Yield lines without end."""
        weights = [weight for weight, _ in self._makers]
        while True:
            make = self._random.choices([maker for _, maker in self._makers], weights)[0]
            text, identifier = make()
            if identifier.lower() in self._kept_apart or _plain(text) in self._kept_apart:
                continue
            words = text.replace(LETTER_A, "A")
            yield Line(make.__name__.strip("_"), text, words)

    def _choice(self, options: Sequence[Option]) -> Option:
        return self._random.choice(options)

    def _filled(self, forms: list[str], value: str) -> str:
        text = self._choice(forms).format(value)
        return text[0].upper() + text[1:]

    def _figures(self, digits: str) -> str:
        """Say digits as callers do: one by one mostly, at times doubled, in pairs, with "oh"."""
        style = self._random.random()
        if style < 0.1 and len(digits) == 4 and digits[0] != "0":
            return f"{self._pair(digits[:2])} {self._pair(digits[2:])}"
        zero = "oh" if self._random.random() < 0.3 else "zero"
        said, at = [], 0
        while at < len(digits):
            run = len(digits[at:]) - len(digits[at:].lstrip(digits[at]))
            if run in (2, 3) and self._random.random() < 0.35:
                said.append("double" if run == 2 else "triple")
                at += run - 1
            said.append(zero if digits[at] == "0" else _DIGITS[int(digits[at])])
            at += 1
        if len(said) > 3 and self._random.random() < 0.12:
            middle = len(said) // 2
            return f"{' '.join(said[:middle])}, {' '.join(said[middle:])}"
        return " ".join(said)

    def _pair(self, pair: str) -> str:
        if pair[0] == "0":
            return f"oh {_WORDS['digits'][int(pair[1])]}" if pair[1] != "0" else "hundred"
        if pair[0] == "1":
            return _TEENS[int(pair[1])]
        tens = _TENS[int(pair[0])]
        return tens if pair[1] == "0" else f"{tens} {_WORDS['digits'][int(pair[1])]}"

    def _digits(self, *lengths: int) -> str:
        length = self._random.choice(lengths)
        digits = [self._choice("0123456789") for _ in range(length)]
        for at in range(1, length):
            if self._random.random() < 0.12:
                digits[at] = digits[at - 1]
        return "".join(digits)

    def _letters(self, letters: str) -> str:
        return " ".join(LETTER_A if letter == "A" else letter for letter in letters.upper())

    def _order(self) -> tuple[str, str]:
        digits = self._digits(4, 4, 4, 5, 5, 5, 6, 7, 8)
        return self._filled(_FORMS["orders"], self._figures(digits)), digits

    def _code(self) -> tuple[str, str]:
        letters = "".join(
            self._choice(_ALPHABET) for _ in range(self._random.choice((1, 2, 2, 2, 2, 3, 3, 4)))
        )
        digits = self._digits(2, 3, 3, 4, 4, 5)
        said, style = self._letters(letters), self._random.random()
        if style < 0.06:
            said = " ".join(_WORDS["spellers"][_ALPHABET.index(letter)] for letter in letters)
        elif style < 0.1:
            at = _ALPHABET.index(letters[-1])
            said = f"{said} as in {_WORDS['spellers'][at]}"
        parts = [said, self._figures(digits)]
        identifier = letters + digits
        if 0.1 < style < 0.2:
            parts.reverse()
            identifier = digits + letters
        elif 0.2 < style < 0.32:
            tail = "".join(self._choice(_ALPHABET) for _ in range(self._random.choice((1, 1, 2))))
            parts.append(self._letters(tail))
            identifier += tail
        elif 0.32 < style < 0.4:
            parts.insert(1, "dash")
        elif 0.4 < style < 0.46:
            mixed = "".join(self._choice(_ALPHABET + "0123456789" * 2) for _ in range(5))
            parts = [
                self._letters(each) if each.isalpha() else self._figures(each) for each in mixed
            ]
            identifier = mixed
        return self._filled(_FORMS["codes"], " ".join(parts)), identifier

    def _mail(self) -> tuple[str, str]:
        first, last = self._name(self._names.first), self._name(self._names.last)
        sign, number = self._choice("..__-"), self._digits(1, 2, 2, 3, 4)
        style = self._random.random()
        if style < 0.42:
            local, said = f"{first}{sign}{last}", f"{first} {_SIGNS[sign]} {last}"
        elif style < 0.6:
            said = f"{self._letters(first[0])} {_SIGNS[sign]} {last}"
            local = f"{first[0]}{sign}{last}"
        elif style < 0.7:
            local, said = f"{first}{number}", f"{first} {self._figures(number)}"
        elif style < 0.78:
            local = f"{first}{sign}{last}{number}"
            said = f"{first} {_SIGNS[sign]} {last} {self._figures(number)}"
        elif style < 0.86:
            local, said = last, self._letters(last)
        elif style < 0.93:
            local = said = self._choice(_WORDS["mailboxes"])
        else:
            local, said = f"{first}{last}", f"{first} {last}"
        domain = self._domain()
        spoken = domain.replace("co.uk", "co.U.K").replace(".", " dot ").replace("U dot K", "U K")
        return self._filled(_FORMS["mails"], f"{said} at {spoken}"), f"{local}@{domain}"

    def _domain(self) -> str:
        if self._random.random() < 0.4:
            return self._choice(_WORDS["providers"])
        word = "".join(self._random.sample(_WORDS["company_words"], self._random.choice((1, 2))))
        return f"{word}.{self._choice(_WORDS['endings'])}"

    def _name(self, names: dict[str, float]) -> str:
        return self._random.choices(list(names), list(names.values()))[0]

    def _phone(self) -> tuple[str, str]:
        groups = self._random.choice(((3, 3, 4), (3, 4), (4, 3, 3), (5, 6), (3, 3, 2, 2)))
        parts = [self._digits(length) for length in groups]
        return self._filled(_FORMS["phones"], ", ".join(map(self._figures, parts))), "".join(parts)

    def _zip(self) -> tuple[str, str]:
        if self._random.random() < 0.7:
            digits = self._digits(5)
            return self._filled(_FORMS["zips"], self._figures(digits)), digits
        outward = self._choice(_ALPHABET) + self._choice(_ALPHABET) + self._digits(1, 2)
        inward = self._digits(1) + self._choice(_ALPHABET) + self._choice(_ALPHABET)
        said = " ".join(
            self._letters(each) if each.isalpha() else _DIGITS[int(each)]
            for each in outward + inward
        )
        return self._filled(_FORMS["zips"], said), outward + inward

    def _spelled_name(self) -> tuple[str, str]:
        name = self._name(self._choice((self._names.first, self._names.last)))
        form = self._choice(_FORMS["names"])
        return form.format(name=name.capitalize(), spelled=self._letters(name)), name

    def _amount(self) -> tuple[str, str]:
        def number() -> str:
            return self._pair(str(self._random.randint(10, 99)))

        text = self._choice(_FORMS["amounts"])
        while "{}" in text:
            text = text.replace("{}", number(), 1)
        while "{hour}" in text:
            hour = self._choice(_DIGITS[1:] + _TEENS[:3])
            tail = self._choice(("", " thirty", " fifteen", " o'clock", " forty five"))
            text = text.replace("{hour}", hour + tail, 1)
        text = text.replace("{month}", self._choice(_WORDS["months"]))
        text = text.replace("{ordinal}", self._choice(_WORDS["ordinals"]))
        return text[0].upper() + text[1:], ""

    def _sentence(self) -> tuple[str, str]:
        return self._choice(self._sentences), ""


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z']+", text.lower()))


def kept_apart(*files: Path) -> set[str]:
    """Return the sentences and identifiers that the accuracy benchmark says."""
    lines = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    said = {_plain(line["say"]) for line in lines}
    return said | {line["identifier"].lower() for line in lines if line["identifier"]}


def census_names(folder: Path) -> Names:
    """Return the frequent names in the files of the 1990 United States census."""

    def read(file: str, most: int) -> dict[str, float]:
        rows = [row.split() for row in (folder / file).read_text().splitlines()[:most]]
        # The square root: rare names shall be heard too.
        return {name.lower(): float(percent) ** 0.5 for name, percent, *_ in rows}

    first = read("dist.female.first", 1500) | read("dist.male.first", 800)
    return Names(first, read("dist.all.last", 6000))

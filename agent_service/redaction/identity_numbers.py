"""IBANs and the numbers that states give to people.

``stdnum`` knows check digits and structures. What has a check of its own, and a shape that hardly
anything else has, counts wherever it stands; bare digits count where they are named.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from stdnum import iban
from stdnum.be import nn
from stdnum.br import cpf
from stdnum.ch import ssn as ahv
from stdnum.de import idnr
from stdnum.es import dni, nie
from stdnum.fr import nir
from stdnum.it import codicefiscale
from stdnum.mx import curp
from stdnum.pt import nif
from stdnum.us import ssn

from agent_service.redaction.naming import Names, name_behind
from agent_service.redaction.policy import Identifier
from agent_service.redaction.reading import Run
from agent_service.redaction.spelling import Stretch

_IBAN_LENGTHS: Final = range(15, 35)
_SHORTEST_NAMED_IBAN: Final = 8
_LONGEST_IBAN: Final = 34
_NAMED: Final = range(5, 19)
"""Digits and letters of an identity number that is named."""
_NINO: Final = r"(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]"
_GERMAN_PENSION: Final = r"[0-8]\d(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d\d[A-Z]\d{3}"


@dataclass(frozen=True, slots=True)
class _Shape:
    """How the numbers of one kind look, with letters in them."""

    expression: re.Pattern[str]
    is_valid: Callable[[str], bool]


def _any(_: str) -> bool:
    return True


_LETTERED: Final = (
    _Shape(
        re.compile(r"[A-Z]{6}[0-9A-Z]{2}[A-Z][0-9A-Z]{2}[A-Z][0-9A-Z]{3}[A-Z]"),
        codicefiscale.is_valid,
    ),
    _Shape(re.compile(r"[A-Z]{4}\d{6}[HM][A-Z]{5}[0-9A-Z]\d"), curp.is_valid),
    _Shape(re.compile(r"[12]\d{4}2[AB]\d{8}"), nir.is_valid),
    _Shape(re.compile(_GERMAN_PENSION), _any),
    _Shape(re.compile(_NINO), _any),
    _Shape(re.compile(r"\d{8}[A-Z]"), dni.is_valid),
    _Shape(re.compile(r"[XYZ]\d{7}[A-Z]"), nie.is_valid),
)
_GROUPED: Final[tuple[tuple[tuple[int, ...], Callable[[str], bool]], ...]] = (
    ((3, 2, 4), ssn.is_valid),
    ((3, 3, 3, 2), cpf.is_valid),
    ((3, 4, 4, 2), ahv.is_valid),
    ((2, 2, 2, 3, 2), nn.is_valid),
    ((6, 3, 2), nn.is_valid),
)
_BARE: Final[Mapping[int, tuple[Callable[[str], bool], ...]]] = MappingProxyType(
    {
        9: (nif.is_valid, ssn.is_valid),
        11: (idnr.is_valid, cpf.is_valid, nn.is_valid),
        13: (ahv.is_valid,),
        15: (nir.is_valid,),
    }
)
"""What so many digits may be when nothing is said of them."""
_DIGITS_OF_NIR: Final = 15
_DIGITS_OF_AHV: Final = 13


def ibans_in(
    text: str, names: Names, stretches: Sequence[Stretch], runs: Sequence[Run]
) -> Iterator[tuple[int, int, str]]:
    """Yield where IBANs stand: whole ones, and what is said to be one."""
    for stretch in stretches:
        found = list(_whole_ibans(text, stretch))
        yield from found
        if not found and names.before(stretch.first) is Identifier.IBAN:
            characters = stretch.characters[:_LONGEST_IBAN]
            if len(characters) >= _SHORTEST_NAMED_IBAN:
                yield _place(stretch, 0, len(characters))
    for run in runs:  # without its country
        if (
            len(run.digits) >= _SHORTEST_NAMED_IBAN
            and names.around(run.first, run.after) is Identifier.IBAN
        ):
            yield run.numbers[0].start, run.numbers[-1].end, run.digits


def _whole_ibans(text: str, stretch: Stretch) -> Iterator[tuple[int, int, str]]:
    characters, at = stretch.characters, 0
    while at + _IBAN_LENGTHS.start <= len(characters):
        if characters[at : at + 2].isalpha() and characters[at + 2 : at + 4].isdigit():
            for length in _IBAN_LENGTHS:
                part = characters[at : at + length]
                if len(part) == length and iban.is_valid(part):
                    yield _place(stretch, at, at + length)
                    at += length - 1
                    break
        at += 1


def identity_numbers_in(
    text: str, names: Names, stretches: Sequence[Stretch], runs: Sequence[Run]
) -> Iterator[tuple[int, int, str]]:
    """Yield where identity numbers stand."""
    for stretch in stretches:
        named = names.before(stretch.first)
        if named is Identifier.NATIONAL_ID and len(stretch.characters) >= _NAMED.start:
            yield _place(stretch, 0, min(len(stretch.characters), _NAMED.stop - 1))
        elif named is None:
            if name_behind(names.tokens, stretch.after) is Identifier.NATIONAL_ID:
                yield _place(stretch, 0, min(len(stretch.characters), _NAMED.stop - 1))
            else:
                yield from _lettered(text, stretch)
    for run in runs:
        yield from _of_digits(text, names, run)


def can_be_identity_number(digits: str) -> bool:
    """Tell whether bare digits are as many as an identity number has, and pass its check."""
    return any(is_valid(digits) for is_valid in _BARE.get(len(digits), ()))


def _lettered(text: str, stretch: Stretch) -> Iterator[tuple[int, int, str]]:
    for shape in _LETTERED:
        for match in shape.expression.finditer(stretch.characters):
            place = _place(stretch, *match.span())
            if shape.is_valid(match[0]) and _stands_alone(text, place[0], place[1]):
                yield place


def _of_digits(text: str, names: Names, run: Run) -> Iterator[tuple[int, int, str]]:
    digits = run.digits
    if len(digits) < _NAMED.start:
        return
    named = names.around(run.first, run.after)
    start, end = run.numbers[0].start, run.numbers[-1].end
    if named is Identifier.NATIONAL_ID and len(digits) in _NAMED:
        yield start, end, digits
        return
    if named is not None or not _stands_alone(text, start, end):
        return
    sizes = tuple(len(number.digits) for number in run.numbers)
    is_spelled = max(sizes) == 1
    for groups, is_valid in _GROUPED:
        if sizes == groups and is_valid(digits):
            yield start, end, digits
            return
    is_nir = len(digits) == _DIGITS_OF_NIR and digits[0] in "12" and nir.is_valid(digits)
    is_ahv = len(digits) == _DIGITS_OF_AHV and is_spelled and ahv.is_valid(digits)
    if is_nir or is_ahv:
        yield start, end, digits


def _place(stretch: Stretch, start: int, end: int) -> tuple[int, int, str]:
    first, last = stretch.places[start], stretch.places[end - 1]
    return first[0], last[1], stretch.characters[start:end]


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Tell whether no letter or digit stands right beside: it is no part of a hash."""
    return not text[start - 1 : start].isalnum() and not text[end : end + 1].isalnum()

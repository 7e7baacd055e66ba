"""Telephone numbers: by their sign, their name, or the shape of a country's own.

What numbers a country has is known by ``phonenumbers``; how they are grouped, by this module, since
a list of orders has as many digits.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

import phonenumbers

from agent_service.redaction.naming import Names
from agent_service.redaction.policy import Identifier
from agent_service.redaction.reading import Run, Token

SHORTEST: Final = 6
"""Digits of a number that is said to be one."""
LONGEST: Final = 15
_SHORTEST_INTERNATIONAL: Final = 8
_PLUS: Final = frozenset({"+", "plus", "piu", "mas", "mais"})
_ZERO: Final = ("DE", "GB", "FR", "IT", "AT", "CH", "IE", "BE", "NL")
"""Countries whose own numbers begin with a zero."""
_NINE: Final = ("ES", "PT")
_TEN: Final = ("US", "IT", "BR", "MX")
_WITH_ZERO: Final = range(9, 13)
_PART_BEFORE: Final = re.compile(r"[A-Za-z][-_#/]?\Z|[#_]\Z")
_PART_BEHIND: Final = re.compile(r"[-_/]?[A-Za-z]|_")
_MOST_GROUPS: Final = 64
"""Of a row of numbers that is looked at: what is longer is a table."""
_YEARS: Final = range(1900, 2100)


def telephones_in(text: str, names: Names, runs: Sequence[Run]) -> Iterator[tuple[int, int, str]]:
    """Yield where telephone numbers stand, with their digits."""
    for run in runs:
        yield from _in_run(text, names, run)


def _in_run(text: str, names: Names, run: Run) -> Iterator[tuple[int, int, str]]:
    if len(run.digits) < SHORTEST:
        return
    named = names.around(run.first, run.after)
    if named is Identifier.PHONE:
        if not _is_inside(text, run.numbers):
            yield from _cut(run, SHORTEST, LONGEST)
        return
    start = run.numbers[0].start
    sign = text[max(0, start - 2) : start].rstrip("( ")[-1:]
    has_plus = sign == "+" or (run.first > 0 and names.tokens[run.first - 1].word in _PLUS)
    if has_plus:
        yield from _cut(run, _SHORTEST_INTERNATIONAL, LONGEST)
        return
    if named is not None or _is_date(run):
        return
    yield from _by_shape(text, run)


def _cut(run: Run, shortest: int, longest: int) -> Iterator[tuple[int, int, str]]:
    """Yield as many groups as one number may have, and what follows if it is as long as one."""
    numbers = list(run.numbers)
    while numbers:
        taken: list[Token] = []
        digits = ""
        while numbers and len(digits + numbers[0].digits) <= longest + 1:
            digits += numbers[0].digits
            taken.append(numbers.pop(0))
        if not taken or len(digits) < shortest:
            return
        yield taken[0].start, taken[-1].end, digits


def _by_shape(text: str, run: Run) -> Iterator[tuple[int, int, str]]:
    """Yield what is grouped, and valid, as a number of one of the countries."""
    numbers = run.numbers[:_MOST_GROUPS]
    at = 0
    while at < len(numbers):
        for after in range(min(len(numbers), at + LONGEST), at, -1):
            window = numbers[at:after]
            digits = "".join(number.digits for number in window)
            if len(digits) > LONGEST or len(digits) < _WITH_ZERO.start:
                continue
            if _is_telephone(window, digits) and not _is_inside(text, window):
                yield window[0].start, window[-1].end, digits
                at = after - 1
                break
        at += 1


def _is_telephone(window: Sequence[Token], digits: str) -> bool:
    sizes = [len(number.digits) for number in window]
    if len(set(sizes)) == 1 and sizes[0] == 1:  # digit by digit
        sizes = [len(digits)]
    is_spoken = any(number.is_spoken for number in window)
    if digits.startswith("00"):
        return _is_valid(f"+{digits[2:]}", "ZZ")
    if digits.startswith("0") and len(digits) in _WITH_ZERO:
        has_shape = is_spoken or len(sizes) > 1 or len(digits) > _WITH_ZERO.start
        return has_shape and any(_is_valid(digits, country) for country in _ZERO)
    if len(digits) == 9 and digits[0] in "26789" and (sizes[0] == 3 or is_spoken):
        return (len(sizes) > 1 or is_spoken) and any(
            _is_valid(digits, country) for country in _NINE
        )
    if sizes == [10] and is_spoken and digits[0] == "3":
        return _is_valid(digits, "IT")
    if tuple(sizes) in {(3, 3, 4), (3, 7), (2, 5, 4), (2, 4, 4), (2, 8), (2, 9)}:
        return any(_is_valid(digits, country) for country in _TEN)
    return False


def _is_valid(digits: str, country: str) -> bool:
    try:
        number = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(number)


def _is_inside(text: str, window: Sequence[Token]) -> bool:
    """Tell whether the digits are part of a longer code: "RMA-0123"."""
    start, end = window[0].start, window[-1].end
    return _PART_BEFORE.search(text, max(0, start - 2), start) is not None or (
        _PART_BEHIND.match(text, end) is not None
    )


def _is_date(run: Run) -> bool:
    """Tell whether the groups begin as a date does: 01.03.2026, 2026-03-01."""
    groups = [number.digits for number in run.numbers[:3]]
    if len(groups) < 3:
        return False
    sizes = tuple(map(len, groups))
    if sizes == (4, 2, 2) and int(groups[0]) in _YEARS:
        return int(groups[1]) <= 12 and int(groups[2]) <= 31
    if sizes[2] == 4 and max(sizes[:2]) <= 2 and int(groups[2]) in _YEARS:
        return max(int(groups[0]), int(groups[1])) <= 31
    return False

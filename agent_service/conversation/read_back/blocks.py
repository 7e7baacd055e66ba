"""Cuts a summary into blocks: a verb, an amount, a moment, a number with the words around it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from agent_service.conversation.read_back.costless import LACKS
from agent_service.conversation.read_back.language import Language, Role
from agent_service.conversation.read_back.units import COUNT, ENDING, Sort, Unit

MOMENT = frozenset({Sort.DATE, Sort.TIME, Sort.DAY})
_FREE = MOMENT | {Sort.AMOUNT}
"""What is told apart from all else wherever it stands."""
_ALONE = frozenset({Sort.AMOUNT, Sort.VERB})
_GROUPS = 3
_PARTS, _LETTERS = 4, 3
"""So many parts a code may have, and letters each of them."""
WAYS = frozenset({Role.TO, Role.FROM})


@dataclass(frozen=True, slots=True)
class Block:
    units: tuple[Unit, ...]
    clause: int
    """Which verb it goes with."""

    @property
    def sort(self) -> Sort:
        return self.units[0].sort

    @property
    def is_free(self) -> bool:
        return self.sort in _FREE

    @property
    def is_moment(self) -> bool:
        return self.sort in MOMENT

    @property
    def role(self) -> Role | None:
        return self.units[0].role

    @property
    def is_inherited(self) -> bool:
        return self.units[0].is_inherited

    @property
    def has_number(self) -> bool:
        return any(unit.sort in (Sort.NUMBER, Sort.CODE) for unit in self.units)

    @property
    def is_name(self) -> bool:
        return all(unit.is_name for unit in self.units)

    @property
    def is_closing(self) -> bool:
        """Tell whether it may close all that is done, whatever is done last: ``, free of charge``.

        So may a thing that comes of it: ``, delivery on Friday``.
        """
        first = self.units[0]
        return first.is_cut and not first.is_joined and (first.is_thing or first.value in LACKS)

    @property
    def is_counted(self) -> bool:
        """Tell whether a number says how many: it stands in front."""
        return self.sort is Sort.NUMBER and any(unit.sort is Sort.WORD for unit in self.units[1:2])


def blocks_of(units: Sequence[Unit], language: Language) -> list[Block]:
    """Cut a summary into its blocks."""
    groups: list[list[Unit]] = []
    for unit in _joined(units):
        if not groups or _is_new(groups[-1], unit):
            groups.append([])
        groups[-1].append(unit)
    return list(_in_clauses(groups, language))


def _joined(units: Sequence[Unit]) -> Iterator[Unit]:
    """Yield the units, a number that is written in groups as one: ``06 12 34 56``."""
    at = 0
    while at < len(units):
        end = at + 1
        while units[at].sort is Sort.NUMBER and end < len(units) and _goes_on(units[end]):
            end += 1
        if end - at >= _GROUPS:
            digits = "".join(unit.value for unit in units[at:end])
            yield replace(units[at], value=digits)
        else:
            yield from units[at:end]
        at = end


def _goes_on(unit: Unit) -> bool:
    return unit.sort is Sort.NUMBER and not unit.is_apart


def _is_new(group: Sequence[Unit], unit: Unit) -> bool:
    """Tell whether a unit begins a block of its own."""
    before = group[-1]
    if unit.sort in _ALONE or before.sort in _ALONE:
        return True
    if unit.sort in MOMENT or before.sort in MOMENT:
        is_both = unit.sort in MOMENT and before.sort in MOMENT
        return not is_both or is_new_moment(group, unit)
    if unit.is_apart or unit.is_article:
        return before.value != ENDING
    is_long = before.sort is Sort.NUMBER and len(before.value) > COUNT
    return before.sort is Sort.CODE or is_long  # a postcode, which counts nothing


def is_new_moment(group: Sequence[Unit], unit: Unit) -> bool:
    """Tell whether a day, date or time is of another moment than those right before it."""
    return unit.role in WAYS or any(each.sort is unit.sort for each in group)


def _in_clauses(groups: Sequence[Sequence[Unit]], language: Language) -> Iterator[Block]:
    """Tell which verb each block goes with: the one before, in German the one after."""
    verbs = sum(_is_action(group[0]) for group in groups)
    seen = 0
    for group in groups:
        is_verb = _is_action(group[0])
        if language.is_verb_last:
            yield Block(tuple(group), min(seen, verbs - 1))
            seen += is_verb
        else:
            seen += is_verb
            yield Block(tuple(group), max(seen - 1, 0))


def _is_action(unit: Unit) -> bool:
    """Tell whether a unit says what is done, and does not name a thing: ``delivery on Friday``."""
    return unit.sort is Sort.VERB and not unit.is_thing


def heads_of(blocks: Sequence[Block]) -> frozenset[str]:
    """Return the words that stand right ahead of a number, and say what it is: ``order 1007``."""
    pairs = (pair for block in blocks for pair in pairwise(block.units))
    return frozenset(
        word.value
        for word, unit in pairs
        if word.sort is Sort.WORD and unit.sort in (Sort.NUMBER, Sort.CODE)
    )


def codes_of(units: Sequence[Unit]) -> frozenset[str]:
    """Return what stands in a summary for one thing, with letters and digits: ``KA-TM 512``."""
    return frozenset(code for first in range(len(units)) for code in _codes(units[first:]))


def _codes(units: Sequence[Unit]) -> Iterator[str]:
    code = ""
    for at, unit in enumerate(units[:_PARTS]):
        has_digit = any(mark.isdigit() for mark in unit.value)
        # Three letters are of a number, and behind a small one a thing that it counts: one pen.
        beside = units[1:2] if at == 0 else units[at - 1 : at]
        is_of_number = any(each.sort is Sort.NUMBER for each in beside)
        is_of_number = is_of_number and (at == 0 or len(code) >= _LETTERS)
        most = _LETTERS if is_of_number else _LETTERS - 1
        is_part = has_digit or (unit.sort is Sort.WORD and len(unit.value) <= most)
        if not is_part or (at > 0 and (unit.is_apart or unit.is_article)):
            return
        code += unit.value
        if not code.isalpha() and not code.isdigit() and code.isalnum():
            yield code

"""Cuts a summary into blocks: a verb, an amount, a number with the words that belong to it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent_service.conversation.read_back.language import Language, Role
from agent_service.conversation.read_back.units import COUNT, ENDING, Sort, Unit

_FREE = frozenset({Sort.AMOUNT, Sort.DATE, Sort.TIME, Sort.DAY})
"""What is told apart from all else wherever it stands."""
_ALONE = _FREE | {Sort.VERB}


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
    def role(self) -> Role | None:
        return self.units[0].role

    @property
    def has_number(self) -> bool:
        return any(unit.sort in (Sort.NUMBER, Sort.CODE) for unit in self.units)

    @property
    def is_counted(self) -> bool:
        """Tell whether a number says how many: it stands in front."""
        return self.sort is Sort.NUMBER and len(self.units) > 1


def blocks_of(units: Sequence[Unit], language: Language) -> list[Block]:
    """Cut a summary into its blocks."""
    groups: list[list[Unit]] = []
    for unit in units:
        if not groups or _is_new(groups[-1], unit):
            groups.append([])
        groups[-1].append(unit)
    return list(_in_clauses(groups, language))


def _is_new(group: Sequence[Unit], unit: Unit) -> bool:
    """Tell whether a unit begins a block of its own."""
    before = group[-1]
    if unit.sort in _ALONE or before.sort in _ALONE:
        return True
    if unit.is_apart:
        return before.value != ENDING
    is_long = before.sort is Sort.NUMBER and len(before.value) > COUNT
    return before.sort is Sort.CODE or is_long  # a postcode, which counts nothing


def _in_clauses(groups: Sequence[Sequence[Unit]], language: Language) -> Iterator[Block]:
    """Tell which verb each block goes with: the one before, in German the one after."""
    verbs = sum(group[0].sort is Sort.VERB for group in groups)
    seen = 0
    for group in groups:
        is_verb = group[0].sort is Sort.VERB
        if language.is_verb_last:
            yield Block(tuple(group), min(seen, verbs - 1))
            seen += is_verb
        else:
            seen += is_verb
            yield Block(tuple(group), max(seen - 1, 0))

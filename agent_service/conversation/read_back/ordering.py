"""Tells whether the same blocks in another order still belong together as they did."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from agent_service.conversation.read_back.blocks import Block
from agent_service.conversation.read_back.language import Role
from agent_service.conversation.read_back.units import Sort

_TURNS = ({Role.TO, Role.FROM}, {Role.TOWARDS, Role.FROM})
_BY = (*_TURNS, {Role.TO, Role.AT}, {Role.TOWARDS, Role.AT})
_TURNS_OF = {Sort.AMOUNT: _BY, Sort.NUMBER: _BY}  # raised to 500 euros, or by 500 euros
"""Two prepositions that make two things of what comes after them."""
_WAYS = frozenset({Role.TO, Role.FROM})
_AIMS = frozenset({Role.TO, Role.TOWARDS, Role.FOR, Role.WITH})


@dataclass(frozen=True, slots=True)
class Said:
    """A block as it was spoken."""

    place: int
    """Which one of the summary it is."""
    block: Block
    role: Role | None


def is_ordered(said: Sequence[Said], *, is_trade: bool) -> bool:
    """Tell whether what belongs together still does.

    ``is_trade``: one thing is given for another, so that it must be plain which is which.
    """
    return (
        _is_rising(each.block.clause for each in said)
        and _has_its_ways(said, is_trade=is_trade)
        and (not _is_entangled(said) or _is_in_order(said))
        and _is_told_by_words(said)
    )


def _has_its_ways(said: Sequence[Said], *, is_trade: bool) -> bool:
    """Tell whether "from", "to" and "for" stand where they stood."""
    if any({each.block.role, each.role} in _TURNS_OF.get(each.block.sort, _TURNS) for each in said):
        return False
    bound = [each for each in said if not each.block.is_free]
    won = [each for each in bound if each.role in _AIMS and each.block.role not in _AIMS]
    lost = [each for each in bound if each.block.role in _AIMS and each.role not in _AIMS]
    is_bare = any(each.role is None and (is_trade or each.block.role is Role.TO) for each in lost)
    return not is_bare and not (won and lost)


def _is_entangled(said: Sequence[Said]) -> bool:
    """Tell whether two of a kind could be taken for each other."""
    blocks = [each.block for each in said]
    kinds = [block.sort.name for block in blocks if block.is_free]
    for block in blocks:
        for before, unit in pairwise(block.units):
            if unit.sort in (Sort.NUMBER, Sort.CODE):
                kinds.append(before.value)
    return len(kinds) > len(set(kinds))


def _is_in_order(said: Sequence[Said]) -> bool:
    nouns = [each for each in said if each.block.sort is not Sort.VERB]
    ways = [each for each in nouns if {each.role, each.block.role} & _WAYS]
    is_same_way = all(each.role is each.block.role for each in ways)
    return is_same_way and _is_rising(each.place for each in nouns)


def _is_told_by_words(said: Sequence[Said]) -> bool:
    """Tell whether words without a number kept their order, or else their prepositions."""
    plain = [each for each in said if each.block.sort is Sort.WORD and not each.block.has_number]
    moved = [each for each in plain if each.role is None or each.role is not each.block.role]
    return _is_rising(each.place for each in moved)


def _is_rising(values: Iterable[int]) -> bool:
    return all(one <= other for one, other in pairwise(values))

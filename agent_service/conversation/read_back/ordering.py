"""Tells whether the same blocks in another order still belong together as they did."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from agent_service.conversation.read_back.blocks import WAYS, Block
from agent_service.conversation.read_back.language import Role
from agent_service.conversation.read_back.units import ENDING, Sort

_TURNS = ({Role.TO, Role.FROM}, {Role.TOWARDS, Role.FROM})
_BY = (*_TURNS, {Role.TO, Role.AT}, {Role.TOWARDS, Role.AT})
"""Two prepositions that make two things of what comes after them: raised to 500, or by 500."""
_GOALS = frozenset({Role.TO, Role.TOWARDS})
_AIMS = frozenset({Role.TO, Role.TOWARDS, Role.FOR, Role.WITH})


@dataclass(frozen=True, slots=True)
class Said:
    """A block as it was spoken."""

    place: int
    """Which one of the summary it is."""
    block: Block
    role: Role | None
    is_inherited: bool = False
    """The preposition stands ahead of the list that it is in."""


def is_ordered(said: Sequence[Said], *, is_trade: bool) -> bool:
    """Tell whether what belongs together still does.

    ``is_trade``: one thing is given for another, so that it must be plain which is which.
    """
    return (
        _is_rising(each.block.clause for each in said)
        and _has_its_ways(said, is_trade=is_trade)
        and (not _is_entangled(said) or _is_in_order(said))
        and _has_its_moments(said)
        and _is_told_by_words(said)
    )


def _has_its_ways(said: Sequence[Said], *, is_trade: bool) -> bool:
    """Tell whether "from", "to" and "for" stand where they stood."""
    told = [each for each in said if not each.is_inherited and not each.block.is_inherited]
    if any({each.block.role, each.role} in _turns_of(each.block) for each in told):
        return False
    bound = [each for each in said if not each.block.is_free and each.block.sort is not Sort.VERB]
    won = [each for each in bound if each.role in _AIMS and each.block.role not in _AIMS]
    lost = [each for each in bound if each.block.role in _AIMS and each.role not in _AIMS]
    is_bare = any(each.role is None and (is_trade or each.block.role is Role.TO) for each in lost)
    return not is_bare and not (won and lost)


def _turns_of(block: Block) -> Sequence[set[Role]]:
    return _BY if block.sort in (Sort.AMOUNT, Sort.NUMBER) else _TURNS


def _is_entangled(said: Sequence[Said]) -> bool:
    """Tell whether two of a kind could be taken for each other."""
    blocks = [each.block for each in said]
    kinds = [block.sort.name for block in blocks if block.sort is Sort.AMOUNT]
    for block in blocks:
        for before, unit in pairwise(block.units):
            if unit.sort in (Sort.NUMBER, Sort.CODE):
                kinds.append(before.value)
    return len(kinds) > len(set(kinds))


def _has_its_moments(said: Sequence[Said]) -> bool:
    """Tell whether two dates or times are told in their order, or by "from" and "to"."""
    moments = [each for each in said if each.block.is_moment]
    if not _are_alike(moments):
        return True
    if any(each.block.role in _GOALS and each.role is Role.AT for each in moments):
        return False
    roles = {each.role for each in moments}
    is_told = roles <= WAYS | _GOALS and len(roles) == len(moments)
    is_plain = is_told and all(each.role is each.block.role for each in moments)
    return is_plain or _is_moved_on(moments) or _is_rising(each.place for each in moments)


def _is_moved_on(moments: Sequence[Said]) -> bool:
    """Tell whether it is plain which of two moments is the new one: ``to the 14th, of the 7th``."""
    new = [each for each in moments if each.role in _GOALS and each.block.role is each.role]
    old = [each for each in moments if {each.role, each.block.role} <= {Role.FROM, Role.AT}]
    return len(moments) == 2 and len(new) == 1 and len(old) == 1


def _are_alike(moments: Sequence[Said]) -> bool:
    sorts = [unit.sort for each in moments for unit in each.block.units]
    return len(sorts) > len(set(sorts))


def _is_in_order(said: Sequence[Said]) -> bool:
    amounts = [each for each in said if each.block.sort is Sort.AMOUNT]
    loose = amounts if len(amounts) == 1 else []
    nouns = [each for each in said if each.block.sort is not Sort.VERB and each not in loose]
    ways = [each for each in nouns if {each.role, each.block.role} & WAYS]
    is_same_way = all(each.role is each.block.role or _is_of(each, nouns) for each in ways)
    return is_same_way and _is_rising(each.place for each in nouns)


def _is_of(one: Said, said: Sequence[Said]) -> bool:
    """Tell whether "de" says no more than "of": ``taxas de 5 euros`` for ``taxas: 5 euros``."""
    is_counted = one.block.sort is Sort.AMOUNT or one.block.is_counted
    alike = [each for each in said if each.block.sort is one.block.sort and each.role in _GOALS]
    return is_counted and {one.role, one.block.role} == {Role.FROM, None} and not alike


def _is_told_by_words(said: Sequence[Said]) -> bool:
    """Tell whether words without a number kept their order, or else their prepositions."""
    plain = [each for each in said if each.block.sort is Sort.WORD and not each.block.has_number]
    names = [each for each in plain if each.block.is_name]
    if len(names) == 1:  # it can be no other's
        plain.remove(names[0])
    plain = [each for each in plain if not _heads_moment(each, said) and not _ends(each, said)]
    moved = [each for each in plain if each.role is None or each.role is not each.block.role]
    return _is_rising(each.place for each in moved)


def _heads_moment(word: Said, said: Sequence[Said]) -> bool:
    """Tell whether a word stands right ahead of a moment, as it should: ``until May 1``."""
    at = said.index(word)
    after = said[at + 1] if at + 1 < len(said) else None
    return after is not None and after.block.is_moment and after.place == word.place + 1


def _ends(word: Said, said: Sequence[Said]) -> bool:
    """Tell whether last digits follow by which it is known: ``the card ending in 1178``."""
    at = said.index(word)
    after = said[at + 1] if at + 1 < len(said) else None
    is_next = after is not None and after.place == word.place + 1
    return after is not None and is_next and after.block.units[0].value == ENDING


def _is_rising(values: Iterable[int]) -> bool:
    return all(one <= other for one, other in pairwise(values))

"""Tells whether the same blocks in another order still belong together as they did."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
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
    is_cut: bool = False
    """Punctuation or ``and`` stands ahead of it."""
    is_turned: bool = False
    """It is said to be the old one or the new."""
    is_added: bool = False
    """``plus`` stands ahead of it."""
    is_instead: bool = False
    """``instead of`` stands ahead of it."""

    @property
    def is_told(self) -> bool:
        """Tell whether it has the preposition that it had, or one as good."""
        is_goal = self.role in _GOALS and self.block.role in (_AIMS if self.is_turned else _GOALS)
        return self.role is self.block.role or is_goal

    @property
    def is_label(self) -> bool:
        """Tell whether it is words alone, which may say what an amount is for."""
        return self.block.sort is Sort.WORD and not self.block.has_number


def is_ordered(said: Sequence[Said], *, is_trade: bool) -> bool:
    """Tell whether what belongs together still does.

    ``is_trade``: one thing is given for another, so that it must be plain which is which.
    """
    said = [_without_instead(each, is_trade=is_trade) for each in said]
    return (
        all(each.is_told for each in said if each.is_turned)
        and not any(one.is_instead and _goes_on(one, other) for one, other in pairwise(said))
        and all(_is_one_more(each, said) for each in said if each.is_added)
        and _has_its_clauses(said)
        and _has_its_ways(said, is_trade=is_trade)
        and (
            not _is_entangled(said) or _is_told_apart(said, is_trade=is_trade) or _is_in_order(said)
        )
        and _has_its_object(said)
        and all(_is_priced(each, said) for each in said if _is_priced_alone(each, said))
        and _has_its_moments(said)
        and _is_told_by_words(said if is_trade else _with_lists(said))
    )


def _goes_on(old: Said, new: Said) -> bool:
    """Tell whether no pause parts what was from what will be: ``instead of Monday to Friday``."""
    return new.block.role in _GOALS and not new.is_cut


def _is_one_more(one: Said, said: Sequence[Said]) -> bool:
    """Tell whether the summary has it together with another thing, or with another amount."""
    ahead = [each.block for each in said[: said.index(one)] if each.place == one.place + 1]
    beside = [each.block for each in said if each.place in (one.place, one.place + 1)]
    is_amount = any(block.sort is Sort.AMOUNT for block in beside)
    amounts = [each for each in said if each.block.sort is Sort.AMOUNT]
    is_joined = any(block.units[0].is_joined for block in (one.block, *ahead))
    return is_joined or (is_amount and len(amounts) > 1)


def _with_lists(said: Sequence[Said]) -> list[Said]:
    """Put two things that are named together in the order of the summary: ``Ann and Bob``."""
    found = list(said)
    for at, (one, other) in enumerate(pairwise(said)):
        is_turned = one.place == other.place + 1 and one.block.units[0].is_joined
        is_list = other.is_cut and one.is_label and other.is_label
        is_alike = one.block.role in (None, other.block.role)
        if is_turned and is_list and is_alike:
            found[at : at + 2] = [other, one]
    return found


def _has_its_clauses(said: Sequence[Said]) -> bool:
    """Tell whether what is done to one thing and what is done to another are not mixed."""
    said = _without_closing(said)
    clauses = [each.block.clause for each in said]
    begun = [clause for at, clause in enumerate(clauses) if clause not in clauses[at - 1 : at]]
    starts = [
        each for each in said if each.block.sort is Sort.VERB and not each.block.units[0].is_thing
    ]
    # "A fee will be charged, and the return sent": what it is done to may come first.
    firsts = {start: said[clauses.index(start.block.clause)] for start in starts}
    is_rising = _is_rising(clauses)
    is_whole = len(begun) == len(set(begun)) and len(starts) == len(begun)
    return (is_rising or is_whole) and all(
        first.is_cut or first is said[0] or (is_rising and first is start)
        for start, first in firsts.items()
    )


def _without_closing(said: Sequence[Said]) -> Sequence[Said]:
    """Leave out what closes both the summary and what was said."""
    last = max(each.place for each in said)
    for at, each in enumerate(said):
        if each.block.is_closing and each.is_cut and at > 0:
            places = sorted(other.place for other in said[at:])
            if places == list(range(each.place, last + 1)):
                return said[:at]
    return said


def _without_instead(each: Said, *, is_trade: bool) -> Said:
    """Read "instead of" as "from" where something is put in the place of another."""
    is_other = each.role is Role.INSTEAD and each.block.role is Role.FROM
    if is_other and (is_trade or each.block.is_free):
        return replace(each, role=Role.FROM, is_instead=True)
    return each


def _has_its_object(said: Sequence[Said]) -> bool:
    """Tell whether what is only paid for it was not made what it is done to."""
    return not any(
        verb.block.sort is Sort.VERB
        and label.role is None
        and not label.is_cut
        and label.block.units[0].is_cut
        and not label.block.units[0].is_joined
        and _labelled(label, said) is not None
        for verb, label in pairwise(said)
    )


def _is_priced_alone(label: Said, said: Sequence[Said]) -> bool:
    """Tell whether it names one of several amounts, and nothing else: ``, deposit 400 euros``."""
    amounts = [each for each in said if each.block.sort is Sort.AMOUNT]
    return len(amounts) > 1 and label.block.units[0].is_cut and _labelled(label, said) is not None


def _labelled(label: Said, said: Sequence[Said]) -> Said | None:
    """Return the amount beside which the summary has some words: ``termination fee 45 pounds``."""
    if not label.is_label:
        return None
    places = {each.place: each for each in said}
    before, first = places.get(label.place - 1), label.block.units[0]
    if before is not None and before.block.sort is Sort.AMOUNT and not first.is_cut:
        return before if first.role not in _AIMS else None
    after: Said | None = label
    while after is not None and after.is_label:  # frais de résiliation
        after = places.get(after.place + 1)
        after = None if after is None or after.block.units[0].is_cut else after
    return after if after is not None and after.block.sort is Sort.AMOUNT else None


def _has_its_ways(said: Sequence[Said], *, is_trade: bool) -> bool:
    """Tell whether "from", "to" and "for" stand where they stood."""
    told = [
        each
        for each in said
        if not each.is_inherited and not each.block.is_inherited and not _is_within(each, said)
    ]
    if any({each.block.role, each.role} in _turns_of(each.block) for each in told):
        return False
    bound = [each for each in said if not each.block.is_free and each.block.sort is not Sort.VERB]
    won = [
        each
        for each in bound
        if each.role in _AIMS and each.block.role not in _AIMS and not _is_given(each, said)
    ]
    lost = [
        each
        for each in bound
        if each.block.role in _AIMS and each.role not in _AIMS and not _is_within(each, said)
        if each.block.role not in _GOALS or not _ends_way(each, said)
    ]
    is_bare = any(each.role is None and (is_trade or each.block.role is Role.TO) for each in lost)
    return not is_bare and not (won and lost)


def _is_given(one: Said, said: Sequence[Said]) -> bool:
    """Tell whether it is to whom something is done that the summary names next: send Ann ``it``."""
    places = {each.place: each.block for each in said}
    verb, thing = places.get(one.place - 1), places.get(one.place + 1)
    is_behind = verb is not None and verb.sort is Sort.VERB and one.block.role is None
    is_followed = thing is not None and thing.sort is Sort.WORD and thing.role is None
    return is_behind and is_followed and thing is not None and not thing.units[0].is_cut


def _is_within(one: Said, said: Sequence[Said]) -> bool:
    """Tell whether a part of it is named ahead: ``to the 2nd floor of 18``."""
    at = said.index(one)
    part = said[at - 1] if at > 0 else None
    if part is None or one.role not in (Role.FROM, Role.AT) or one.is_cut:
        return False
    is_next = part.place in (one.place + 1, one.place + 2) and part.block.role is None
    return is_next and part.role in _GOALS and one.block.role in _GOALS


def _ends_way(one: Said, said: Sequence[Said]) -> bool:
    """Tell whether it stands right behind where it goes from: the ``Leeds-York`` train."""
    at = said.index(one)
    start = said[at - 1] if at > 0 else None
    is_way = start is not None and start.block.role is Role.FROM and start.role is not Role.TO
    return start is not None and is_way and start.place == one.place - 1 and not one.is_cut


def _is_way(word: Said, said: Sequence[Said]) -> bool:
    """Tell whether it is said where it goes from or to, right beside the other."""
    at = said.index(word)
    return any(_ends_way(each, said) for each in said[at : at + 2])


def _turns_of(block: Block) -> Sequence[set[Role]]:
    is_place = any(unit.is_name for unit in block.units)  # to 77 Bay Street, at 77 Bay Street
    return _BY if block.sort in (Sort.AMOUNT, Sort.NUMBER) and not is_place else _TURNS


def _is_entangled(said: Sequence[Said]) -> bool:
    """Tell whether two of a kind could be taken for each other."""
    kinds = [each.block.sort.name for each in said if each.block.sort is Sort.AMOUNT]
    kinds += [kind for each in said for kind in _kinds(each.block)]
    return len(kinds) > len(set(kinds))


def _kinds(block: Block) -> list[str]:
    """Return the words that say what the numbers of a block are."""
    return [
        before.value
        for before, unit in pairwise(block.units)
        if unit.sort in (Sort.NUMBER, Sort.CODE)
    ]


def _is_told_apart(said: Sequence[Said], *, is_trade: bool) -> bool:
    """Tell whether those of a kind are told apart by words, in whatever order they come."""
    amounts = [each for each in said if each.block.sort is Sort.AMOUNT]
    ways = {each.block.role for each in amounts if each.is_told}
    is_raised = len(amounts) == 2 and len(ways) == 2 and Role.FROM in ways
    if len(amounts) > 1 and not is_raised and not _are_labelled(amounts, said):
        return False
    numbered = [each for each in said if len(_kinds(each.block)) > 0]
    kinds = [kind for each in numbered for kind in _kinds(each.block)]
    alike = [each for each in numbered if any(kinds.count(kind) > 1 for kind in _kinds(each.block))]
    if is_trade and len(alike) == 2 and all(_has_its_side(each) for each in alike):
        return [each.block.role in _AIMS for each in alike].count(True) == 1
    roles = [each.block.role for each in alike]
    is_told = len(alike) == 2 and Role.FROM in roles and not _GOALS.isdisjoint(roles)
    return not alike or (
        is_told
        and all(_has_its_way(each) for each in alike)
        and all(_is_followed(each, said) for each in alike)
    )


def _has_its_side(each: Said) -> bool:
    """Tell whether what is given did not become what it is given for."""
    return (each.role in _AIMS) is (each.block.role in _AIMS)


def _has_its_way(each: Said) -> bool:
    """Tell whether one that something goes to did not become one that it comes from."""
    return each.is_told or (each.block.role in _GOALS and each.role is Role.AT)


def _is_followed(each: Said, said: Sequence[Said]) -> bool:
    """Tell whether a name that belongs to it is said with it: ``account 7353 of Lucía``."""
    at = said.index(each)
    name = next((other for other in said if other.place == each.place + 1), None)
    if name is None or not name.is_label:
        return True
    return said[at + 1 : at + 2] == [name]


def _are_labelled(amounts: Sequence[Said], said: Sequence[Said]) -> bool:
    """Tell whether each amount has its own words beside it, all but one of them."""
    bare = 0
    for each in amounts:
        at = said.index(each)
        before = [said[at - 1]] if at > 0 and not each.is_cut else []
        after = [other for other in said[at + 1 : at + 2] if not other.is_cut]
        named = [_labelled(other, said) for other in (*before, *after)]
        named = [amount for amount in named if amount is not None]
        if not named:
            bare += 1
        elif named != [each]:
            return False
    return bare < 2


def _has_its_moments(said: Sequence[Said]) -> bool:
    """Tell whether two dates or times are told in their order, or by "from" and "to"."""
    moments = [each for each in said if each.block.is_moment]
    if not _are_alike(moments):
        return True
    if _is_in_its_place(moments):
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


def _is_in_its_place(moments: Sequence[Said]) -> bool:
    """Tell whether one moment is put in the place of the other: ``Friday instead of Monday``."""
    return len(moments) == 2 and [each.is_instead for each in moments].count(True) == 1


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
    plain = [
        each
        for each in plain
        if not _heads_moment(each, said)
        and not _ends(each, said)
        and not _is_priced(each, said)
        and not _is_owner(each, said)
        and not _is_beside(each, said)
        and not _is_way(each, said)
        and not _is_set_apart(each, said)
        and not _is_within(each, said)
        and not _is_part(each, said)
        and not (each.role in _AIMS and _is_given(each, said))
    ]
    moved = [each for each in plain if each.role is None or each.role is not each.block.role]
    kept = [each for each in plain if each.role is not None and each.role is each.block.role]
    return _is_rising(each.place for each in moved) and all(
        _is_rising(each.place for each in kept if each.role is role)  # skis for one, for another
        for role in {each.role for each in kept}
    )


def _is_set_apart(word: Said, said: Sequence[Said]) -> bool:
    """Tell whether pauses part it from all else, here and in the summary: ``, Mr Okafor, ...``"""
    at, places = said.index(word), {each.place: each for each in said}
    after, behind = said[at + 1 : at + 2], places.get(word.place + 1)
    is_part = word.block.units[0].is_cut and (behind is None or behind.block.units[0].is_cut)
    is_own = word.role in (None, Role.WITH) and (word.is_cut or at == 0)
    return is_part and is_own and all(each.is_cut for each in after)


def _is_part(word: Said, said: Sequence[Said]) -> bool:
    """Tell whether it is named ahead of what it is within."""
    return any(_is_within(each, said) for each in said[said.index(word) + 1 :][:1])


def _is_beside(word: Said, said: Sequence[Said]) -> bool:
    """Tell whether what the summary has right ahead was said right ahead: ``Friday morning``."""
    at = said.index(word)
    before = said[at - 1] if at > 0 else None
    return (
        before is not None and before.place == word.place - 1 and before.block.sort is not Sort.VERB
    )


def _is_owner(word: Said, said: Sequence[Said]) -> bool:
    """Tell whether what is "of" somebody is said behind them: ``Dana Whitlock's membership``."""
    at = said.index(word)
    thing = said[at + 1] if at + 1 < len(said) else None
    is_of = word.block.role in (Role.FROM, Role.AT) and word.role is None
    return thing is not None and is_of and not thing.is_cut and thing.place == word.place - 1


def _is_priced(word: Said, said: Sequence[Said]) -> bool:
    """Tell whether the amount that it is the name of is said with it: ``fees of 29 euros``."""
    at, amount = said.index(word), _labelled(word, said)
    if amount is None:
        return False
    beside = (*said[max(at - 1, 0) : at], *said[at + 1 : at + 2])
    return any(each is amount or _labelled(each, said) is amount for each in beside)


def _heads_moment(word: Said, said: Sequence[Said]) -> bool:
    """Tell whether a word stands right ahead of a moment, as it should: ``until May 1``."""
    at = said.index(word)
    after = said[at + 1] if at + 1 < len(said) else None
    if after is None or after.place != word.place + 1:
        return False
    is_led = after.role is not None and after.role is after.block.role and not after.is_cut
    return after.block.is_moment or (is_led and len(word.block.units) == 1)


def _ends(word: Said, said: Sequence[Said]) -> bool:
    """Tell whether last digits follow by which it is known: ``the card ending in 1178``."""
    at = said.index(word)
    after = said[at + 1] if at + 1 < len(said) else None
    is_next = after is not None and after.place == word.place + 1
    return after is not None and is_next and after.block.units[0].value == ENDING


def _is_rising(values: Iterable[int]) -> bool:
    return all(one <= other for one, other in pairwise(values))

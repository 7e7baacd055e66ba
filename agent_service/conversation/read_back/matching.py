"""Finds a summary again in what was spoken: all of it, nothing else, and together as it was."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from agent_service.conversation.read_back.amounts import CENT
from agent_service.conversation.read_back.blocks import MOMENT, Block, is_new_moment
from agent_service.conversation.read_back.language import Language, Role
from agent_service.conversation.read_back.ordering import Said
from agent_service.conversation.read_back.units import COUNT, ENDING, Sort, Unit

_PAIR = 100
"""Parts of a number that is said in pairs are below."""
_FEW = 3
"""So many figures, said one by one, are no count yet."""

_ALONE = MOMENT | {Sort.VERB, Sort.AMOUNT}
Place = tuple[int, int]
"""A unit of the summary: its block, and which one it is in it."""


def _currency(amount: Unit) -> str:
    return amount.value.partition(" ")[0]


@dataclass(slots=True)
class Match:
    """A summary, to be found again in what was spoken."""

    blocks: Sequence[Block]
    spoken: Sequence[Unit]
    language: Language
    _left: set[Place] = field(default_factory=set)
    _taken: dict[int, Place] = field(default_factory=dict)
    """By what was spoken: what of the summary it is."""
    _said: dict[int, tuple[int, Unit]] = field(default_factory=dict)
    """By block: where it was said, and how the words around it begin."""

    def found(self) -> list[Said] | None:
        """Return the blocks as they were said; None if one is missing or another was said."""
        said, left = self.found_in_part()
        return None if left else said

    def found_in_part(self) -> tuple[list[Said] | None, list[tuple[int, Unit]]]:
        """Return the blocks as they were said, and what was not: of which block, and its unit.

        None if something was said that is of no block.
        """
        self._left = {place for place, unit in self._units() if unit.value != ENDING}
        at = 0
        while at < len(self.spoken):
            end = self._end(at)
            if end is None:
                return None, []
            at = end
        left = [
            place
            for place in sorted(self._left)
            if not (self._is_named(place) or self._is_price(place) or self._is_until(place))
        ]
        order = sorted(self._said, key=lambda index: self._said[index][0])
        said = [self._as_said(index, self._said[index][1]) for index in order]
        return said, [(index, self.blocks[index].units[which]) for index, which in left]

    def _as_said(self, index: int, first: Unit) -> Said:
        return Said(
            index,
            self.blocks[index],
            first.role,
            is_inherited=first.is_inherited,
            is_cut=first.is_cut,
            is_turned=first.is_turned,
            is_added=first.is_added,
        )

    def _is_named(self, place: Place) -> bool:
        """Tell whether a word was said of another thing, and need not be said again."""
        unit = self.blocks[place[0]].units[place[1]]
        if unit.sort is not Sort.WORD or place[0] not in self._said:
            return False
        said = [self.blocks[index].units[which] for index, which in self._taken.values()]
        return any(other.sort is Sort.WORD and other.value == unit.value for other in said)

    def _is_until(self, place: Place) -> bool:
        """Tell whether "to" was said ahead of a moment for "until"."""
        unit, after = self.blocks[place[0]].units[place[1]], place[0] + 1
        said = self._said.get(after)
        is_to = said is not None and said[1].role is Role.TO and self.blocks[after].is_moment
        return unit.value == "until" and is_to

    def _is_price(self, place: Place) -> bool:
        """Tell whether a word says no more than what stands beside it: ``price``, ``persons``."""
        unit, after = self.blocks[place[0]].units[place[1]], place[0] + 1
        if unit.value == self.language.small_talk.person and self.blocks[place[0]].is_counted:
            return (place[0], 0) not in self._left
        others = {(place[0], at) for at in range(len(self.blocks[place[0]].units))} - {place}
        is_cost = (
            unit.value in self.language.costs and bool(others) and others.isdisjoint(self._left)
        )
        return (unit.value in self.language.prices or is_cost) and self._is_amount(after)

    def _is_amount(self, index: int) -> bool:
        return 0 <= index < len(self.blocks) and self.blocks[index].sort is Sort.AMOUNT

    def _units(self) -> Iterator[tuple[Place, Unit]]:
        for index, block in enumerate(self.blocks):
            for which, unit in enumerate(block.units):
                yield (index, which), unit

    def _end(self, at: int) -> int | None:
        """Return where what is said there ends; None if it is not of the summary."""
        here = self.spoken[at]
        if here.value == ENDING:
            return at + 1
        if here.sort is Sort.NUMBER:
            return self._number(at) or self._bare_amount(at)
        places = [
            place
            for place, unit in self._units()
            if self._is_same(unit, here) or self._is_noun(unit, here)
        ]
        fitting = [place for place in places if self._fits(place, at)]
        if not fitting and here.sort is Sort.CODE:
            return self._spelled(at)
        if not fitting or self._is_once_too_often(fitting, at) or self._is_each(fitting, at):
            return None
        self._take(self._best(fitting, at), at)
        return at + 1

    def _spelled(self, at: int) -> int | None:
        """Return where a code ends of which the summary has letters and a number: ``BA 214``."""
        for index, block in enumerate(self.blocks):
            for first in range(len(block.units)):
                letters = ""
                for last in range(first, len(block.units)):
                    letters += block.units[last].value
                    if letters == self.spoken[at].value:
                        for which in range(first, last + 1):
                            self._take((index, which), at)
                        return at + 1
        return None

    def _is_noun(self, unit: Unit, here: Unit) -> bool:
        """Tell whether a noun is a word of the summary, not what is done: ``termination`` fee."""
        is_noun = here.sort is Sort.VERB and bool(here.value) and unit.sort is Sort.WORD
        return is_noun and self.language.is_same(unit.value, here.value)

    def _is_same(self, unit: Unit, here: Unit) -> bool:
        if unit.sort is not here.sort:
            return False
        if unit.sort is Sort.VERB:
            return unit.verb == here.verb
        if unit.sort is Sort.TIME and not (unit.is_halved and here.value.startswith("?")):
            return unit.value.lstrip("?") == here.value.lstrip("?")
        if unit.sort is Sort.AMOUNT and CENT in (_currency(unit), _currency(here)):
            return unit.value.partition(" ")[2] == here.value.partition(" ")[2]
        if unit.is_name or unit.sort is not Sort.WORD:
            return unit.value == here.value
        return self.language.is_same(unit.value, here.value)

    def _is_once_too_often(self, places: Sequence[Place], at: int) -> bool:
        """Tell whether what is to be done once was said already: ``refund 5, 5 dollars``."""
        here = self.spoken[at]
        if not self._left.isdisjoint(places):
            return False
        if here.sort is Sort.VERB:
            is_note = here.value in self.language.quoting and self.spoken[at - 1].sort is Sort.VERB
            return not here.is_asked and not is_note and not self._was_noun(here.verb)
        return here.sort is Sort.AMOUNT or self._is_rate(at)

    def _is_rate(self, at: int) -> bool:
        """Tell whether a price is said for each of what was named: ``5 dollars per cup``."""
        here, before = self.spoken[at], self.spoken[at - 1] if at > 0 else None
        is_behind = before is not None and before.sort is Sort.AMOUNT
        return is_behind and here.role is Role.FOR and not here.has_determiner

    def _is_each(self, places: Sequence[Place], at: int) -> bool:
        """Tell whether a price is said for one of several: ``90 euros la taza``."""
        is_behind = at > 0 and self.spoken[at - 1].sort is Sort.AMOUNT
        if not is_behind and not (self._left.isdisjoint(places) and self._is_paid_for(at)):
            return False
        if any(place in self._left and self._is_amount(place[0] - 1) for place in places):
            return False  # of the summary's own price
        blocks = [self.blocks[index] for index, which in places if which == 1]
        return any(block.is_counted and block.units[0].value != "1" for block in blocks)

    def _is_paid_for(self, at: int) -> bool:
        """Tell whether a word ends what an amount is said for: ``7 euros de frais par place``."""
        while at > 0 and self.spoken[at].sort is Sort.WORD and not self.spoken[at].is_cut:
            at -= 1
        return self.spoken[at].sort is Sort.AMOUNT

    def _was_noun(self, verb: int) -> bool:
        """Tell whether the verb was only named so far: ``a refund, then: I'd refund``."""
        said = [self.spoken[at] for at in self._taken if self.spoken[at].sort is Sort.VERB]
        return all(unit.is_noun for unit in said if unit.verb == verb)

    def _fits(self, place: Place, at: int) -> bool:
        """Tell whether what is said there may come right after what was said before it."""
        here = self.spoken[at]
        before = self._taken.get(at - 1)
        if before is None:
            return True
        if before[0] == place[0]:
            is_split = here.is_joined and here.sort is Sort.WORD and not self._is_first(place)
            is_turned = place[1] == 0 and self._is_last(before) and self._is_measure(place[0])
            is_turned = is_turned or self._is_described(before, place, at)
            return not is_split and (here.is_apart or place[1] > before[1] or is_turned)
        if here.sort in MOMENT and self.spoken[at - 1].sort in MOMENT:
            return self._is_another_moment(at)
        if here.is_apart or Sort.WORD not in (here.sort, self.spoken[at - 1].sort):
            return True
        if self._is_amount(before[0]) and abs(before[0] - place[0]) == 1:
            return True  # a 45 pound fee
        is_ended = self._is_last(before) or not any(index == before[0] for index, _ in self._left)
        return is_ended and self._is_first(place)

    def _is_measure(self, index: int) -> bool:
        """Tell whether a word says what is counted there: ``term 12 months``."""
        sorts = [unit.sort for unit in self.blocks[index].units]
        return sorts == [Sort.WORD, Sort.NUMBER, Sort.WORD]

    def _is_described(self, before: Place, place: Place, at: int) -> bool:
        """Tell whether what describes a thing is put ahead of it: ``schwefelarmes Heizöl``."""
        units = self.blocks[place[0]].units
        ahead = self.spoken[at - 1]
        is_ahead = before[1] == place[1] + 1 and ahead.sort is Sort.WORD
        return is_ahead and ahead.value != units[before[1]].value

    def _is_another_moment(self, at: int) -> bool:
        """Tell whether a date or time need not be of the same moment as the one before it."""
        group = [self.spoken[at]]
        for unit in reversed(self.spoken[:at]):
            if unit.sort not in MOMENT:
                break
            group.insert(0, unit)
        if is_new_moment(group[:-1], group[-1]):
            return True
        sorts = [unit.sort for _, unit in self._units()]
        return all(sorts.count(unit.sort) < 2 for unit in group[-2:])

    def _is_last(self, place: Place) -> bool:
        return place[1] + 1 == len(self.blocks[place[0]].units)

    def _is_first(self, place: Place) -> bool:
        units = self.blocks[place[0]].units
        return place[1] == 0 or (place[1] == 1 and units[0].sort is Sort.NUMBER)

    def _best(self, places: Sequence[Place], at: int) -> Place:
        """Prefer what goes on with the block before, and what was not said yet."""
        before = self._taken.get(at - 1)
        return max(
            places,
            key=lambda place: (
                before is not None and before == (place[0], place[1] - 1),
                place in self._left,
                self._goes_on(place, at),
                before is not None and before[0] == place[0],
                before is not None and place == (before[0] + 1, 0) and self._is_last(before),
                -place[0],
            ),
        )

    def _goes_on(self, place: Place, at: int) -> bool:
        """Tell whether what is said next is what the summary has next."""
        rest, after = self.blocks[place[0]].units[place[1] + 1 :], self._after(at + 1)
        return bool(rest) and after is not None and self._is_same(rest[0], after)

    def _take(self, place: Place, at: int) -> None:
        index, block = place[0], self.blocks[place[0]]
        is_new = place in self._left
        self._left.discard(place)
        self._taken[at] = place
        start = self._run(at)
        if self._is_the_one(block, start, at):
            self._left.discard((index, 0))
        names_it = block.units[place[1]].sort is not Sort.WORD or not block.has_number
        is_told = index in self._said and self._said[index][1].role is not None
        is_bare = is_told and self.spoken[start].role is None
        if index not in self._said or (is_new and names_it and not block.is_free and not is_bare):
            self._said[index] = at, self.spoken[start]

    def _is_the_one(self, block: Block, start: int, at: int) -> bool:
        """Tell whether "the mouse" says that it is one."""
        is_one = block.is_counted and block.units[0].value == "1"
        is_bare = block.units[0].is_article and at == start and self.spoken[at].is_apart
        if not is_one or not (self.spoken[start].has_determiner or is_bare):
            return False
        return self.spoken[at].value in {unit.value for unit in block.units}

    def _run(self, at: int) -> int:
        """Return where the words begin that nothing parts from what is said there."""
        index = self._taken[at][0]
        while at > 0 and not self.spoken[at].is_apart and self.spoken[at - 1].sort not in _ALONE:
            before = self._taken.get(at - 1)
            if before is not None and before[0] != index:
                break
            at -= 1
        return at

    def _number(self, at: int) -> int | None:
        """Return where a number ends; one that names something may be said in parts."""
        parts = self._parts(at)
        for size in range(len(parts), 0, -1):
            digits = "".join(part.value for part in parts[:size])
            places = [
                place
                for place, unit in self._units()
                if unit.sort is Sort.NUMBER and unit.value == digits
            ]
            fitting = [
                place
                for place in places
                if (size == 1 or self._is_name(parts[:size], at))
                and self._is_bound(place, at, at + size)
            ]
            if fitting:
                self._take(self._best(fitting, at), at)
                self._taken[at + size - 1] = self._taken[at]
                return at + size
        return at + 1 if self._is_article(at) else self._bare_time(at)

    def _bare_time(self, at: int) -> int | None:
        """Return where a time ends that is said in bare numbers: ``from eighteen thirty``."""
        here, after, before = self.spoken[at], self._after(at + 1), self._taken.get(at - 1)
        is_minute = after is not None and after.value.isdigit()
        is_parted = after is None or not is_minute or (after.is_apart and not after.is_joined)
        if not here.value.isdigit():
            return None
        for place, unit in self._units():
            is_here = before is not None and before[0] == place[0]
            is_of = unit.sort is Sort.TIME and place in self._left
            is_of = is_of and (is_here or here.role is unit.role)
            minute = 0 if after is None or is_parted else int(after.value)
            time = f"{int(here.value) * 60 + minute}"
            if is_of and here.is_apart and time == unit.value.lstrip("?"):
                self._take(place, at)
                return at + 1 if is_parted else at + 2
        return None

    def _is_article(self, at: int) -> bool:
        """Tell whether the one that is said there is no more than an article."""
        after = self._after(at + 1)
        if after is None or self.spoken[at].value != "1":
            return False
        if after.is_noun or after.sort is Sort.VERB:  # un remboursement, un recargo
            return self.spoken[at].is_article
        if after.sort is not Sort.WORD:
            return False
        named = [
            unit
            for block in self.blocks
            for unit in block.units
            if self._is_same(unit, after) and not block.is_counted
        ]
        return any(unit.has_determiner or self.spoken[at].is_article for unit in named)

    def _is_bound(self, place: Place, at: int, end: int) -> bool:
        """Tell whether a number is said of what it was to be said of."""
        block = self.blocks[place[0]]
        if any(unit.sort is Sort.NUMBER for unit in block.units[place[1] - 1 : place[1]]):
            return self._taken.get(at - 1) == (place[0], place[1] - 1)  # 1200-195
        if any(unit.sort is Sort.NUMBER for unit in block.units[place[1] + 1 : place[1] + 2]):
            return True  # what comes next tells
        if not block.is_counted and self._names_another(place[0], at):
            return False
        before = self.spoken[at - 1] if at > 0 else None
        after = self._after(end)
        next_word = after if after is not None and after.sort is Sort.WORD else None
        is_next = next_word is not None and self._is_of(place[0], next_word)
        is_after = before is not None and self._is_of(place[0], before)
        if place not in self._left and (block.is_counted or not (is_next or is_after)):
            return False
        if block.units[0].value == ENDING:
            return before is not None and before.value == ENDING
        if place[1] == 0 and block.is_counted:
            if next_word is not None and not next_word.is_apart:
                return is_next
            is_person = block.units[-1].value == self.language.small_talk.person
            is_person = is_person and self.spoken[at].role is block.role
            return is_next or is_after or is_person
        counts = next_word is not None and not next_word.is_apart
        if counts and not is_next and len(block.units[place[1]].value) <= COUNT:
            return False
        if before is not None and not self.spoken[at].is_apart and before.sort is Sort.WORD:
            return is_after or len(block.units) == 1
        named = [each for each in self.blocks if each.has_number and not each.is_counted]
        return len(named) < 2 or is_next or is_after or len(block.units) == 1

    def _names_another(self, index: int, at: int) -> bool:
        """Tell whether what is said right ahead is of another number: ``meter reading of 9034``."""
        before = self._taken.get(at - 1)
        if before is None or before[0] == index or self.spoken[at].is_cut:
            return False
        rest = self.blocks[before[0]].units[before[1] + 1 : before[1] + 2]
        is_number = any(unit.sort in (Sort.NUMBER, Sort.CODE) for unit in rest)
        return is_number and not self._is_of(index, self.spoken[at - 1])

    def _is_of(self, index: int, unit: Unit) -> bool:
        """Tell whether a word stands beside the number of a block."""
        names = self.blocks[index].units
        return unit.sort is Sort.WORD and any(self._is_same(name, unit) for name in names)

    def _after(self, at: int) -> Unit | None:
        return self.spoken[at] if at < len(self.spoken) else None

    def _is_name(self, parts: Sequence[Unit], at: int) -> bool:
        """Tell whether these numbers together name something, and none of them counts."""
        is_spelled = len(parts) > _FEW and all(len(part.value) == 1 for part in parts)
        return is_spelled or not self._counts(at + len(parts) - 1)

    def _parts(self, at: int) -> list[Unit]:
        """Return the numbers that may be the parts of one: ``ten oh seven``."""
        parts = [self.spoken[at]]
        for later in self.spoken[at + 1 :]:
            is_part = later.sort is Sort.NUMBER and not later.is_apart
            if not is_part or later.is_written is not parts[0].is_written:
                break
            parts.append(later)
        is_small = parts[0].is_written or all(int(part.value) < _PAIR for part in parts)
        return parts if is_small else parts[:1]

    def _counts(self, at: int) -> bool:
        """Tell whether the number there says how many there are of what comes next."""
        after = self._after(at + 1)
        return after is not None and after.sort is Sort.WORD and not after.is_apart

    def _bare_amount(self, at: int) -> int | None:
        """Return where an amount ends that is said without its currency: "twelve fifty"."""
        parts = self._parts(at)[:2]
        if len(parts) == 1 and not parts[0].is_written:
            second = [each for each in self.spoken[at + 1 : at + 2] if each.is_joined]
            parts += [each for each in second if each.sort is Sort.NUMBER and not each.is_written]
        said = ".".join(part.value for part in parts)
        is_said = not parts[0].is_written and len(parts) == 2
        end, after = at + 2, self._after(at + 2)
        for place, unit in self._units():
            value, _, rate = unit.value.rpartition(" ")[2].partition("/")
            if unit.sort is not Sort.AMOUNT or value != said or not is_said:
                continue
            if rate and after is not None and after.value == rate:
                self._take(place, at)
                return end + 1
            if not rate and not self._counts(at + len(parts) - 1):
                self._take(place, at)
                return end
        return None

"""What of a read-back its words name: all of it, the one thing that it is about, or a choice.

Each unit that is said (an amount, a date, a number, a name) has to be of the read-back, and as it
was there. Naming some of several things is a choice among them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from agent_service.conversation.answering.wordings import Wording
from agent_service.conversation.read_back.blocks import Block
from agent_service.conversation.read_back.language import Language, Role
from agent_service.conversation.read_back.ordering import Said
from agent_service.conversation.read_back.units import ENDING, Sort, Unit

_NUMERIC: Final = frozenset(Sort) - {Sort.WORD, Sort.VERB}
_TO: Final = frozenset((Role.TO, Role.TOWARDS, Role.FOR))
_ALONE: Final = frozenset((Sort.AMOUNT, Sort.VERB))

Left: TypeAlias = Sequence[tuple[int, Unit]]
"""What was not said: of which block, and its unit."""


@dataclass(frozen=True, slots=True)
class Told:
    """What some words tell of a read-back."""

    names_all: bool
    """Everything by which it is told from others."""
    names_thing: bool
    names_sum: bool
    is_numbered: bool
    """The one thing that it is about, by its number, and nothing else."""


@dataclass(frozen=True, slots=True)
class Naming:
    """A read-back in its blocks, of which some are named."""

    blocks: Sequence[Block]
    listed: Sequence[bool]
    """Whether a pause or "and" stands ahead of each, and it is no content of the first."""
    is_trade: bool
    """One thing is given for another."""
    language: Language
    wording: Wording

    def judged(
        self,
        said: Sequence[Said],
        left: Left,
        names: frozenset[str],
        *,
        is_all_of_it: bool,
        is_pointed: bool,
        is_order: bool,
    ) -> Told | None:
        """Return what was told, if it picks out none of several things and names each in full.

        ``names``: the words as they were said.
        ``is_all_of_it``: "the whole" was said; ``is_pointed``: "that one"; ``is_order``: with the
        verb, so that it need not tell the read-back from others.
        """
        told = {each.place for each in said}
        things = self._things()
        named = told.intersection(things)
        is_one = named == set(things[:1]) and self._is_about_one(things)
        if not is_one and (is_all_of_it or named not in (set(), set(things))):
            return None
        if any(told & group not in (set(), group) for group in self._lists()):
            return None
        if any(self._is_aim(at - 1) and at - 1 not in told for at in told):
            return None
        if self._has_moments and any(self._owner(at) not in told for at in told):
            return None
        is_numbered = is_one and not self.blocks[things[0]].is_counted
        of_one = [each for each in left if not (is_numbered and each[0] == things[0])]
        # With the verb, the only thing may be called by any of its words: "renew the books".
        is_alone = is_order and (is_one or len(things) == 1)
        if not all(
            self._is_named(each, of_one, is_order=is_order)
            or (
                (is_pointed or (is_alone and each.place == things[0]))
                and self._is_called(each, left, names)
            )
            for each in said
        ):
            return None
        return Told(
            names_all=named in (set(), set(things)) and self._is_all(left),
            names_thing=bool(named),
            names_sum=any(self.blocks[at].sort is Sort.AMOUNT for at in told),
            is_numbered=told == named and is_numbered and self._says_number(things[0], left),
        )

    def _is_aim(self, index: int) -> bool:
        """Tell whether it is what others do it for: send a courier *to collect* the parcel."""
        block = self.blocks[index] if index > 0 else None
        if block is None or block.role not in _TO or len(block.units) > 1:
            return False
        return block.units[0].value in self.language.infinitives

    def _says_number(self, index: int, left: Left) -> bool:
        missing = [unit for place, unit in left if place == index]
        return self.blocks[index].has_number and not any(
            unit.sort in (Sort.NUMBER, Sort.CODE) for unit in missing
        )

    @property
    def is_several(self) -> bool:
        """Tell whether it is about several things, of which no one stands for all."""
        things = self._things()
        first = [group for group in self._lists() if things[:1] and things[0] in group]
        is_listed = any(len(group) > 1 for group in first) or any(
            map(self._is_another, self.blocks)
        )
        return is_listed and not self._is_about_one(things)

    def _is_another(self, block: Block) -> bool:
        """Tell whether a thing more follows, whatever stands between: "at 3 percent and a ..."."""
        first = block.units[0]
        is_thing = first.is_joined and (first.has_determiner or block.is_counted)
        return is_thing and not block.is_free and block.role in (None, Role.AT)

    @property
    def total(self) -> int:
        """Return how many things it is about; none where "all of it" may be more than that."""
        things = self._things()
        if not things or things[0] != self._first():
            return 0
        if self._is_about_one(things) and not self.blocks[things[0]].is_counted:
            return 1
        counted = (self.blocks[index] for index in things)
        return sum(int(block.units[0].value) if block.is_counted else 1 for block in counted)

    def _things(self) -> list[int]:
        return [index for index, block in enumerate(self.blocks) if self._is_thing(index, block)]

    def _is_called(self, one: Said, left: Left, names: frozenset[str]) -> bool:
        """Tell whether the noun of a thing was said; of several, as it was read back."""
        missing = [unit for index, unit in left if index == one.place]
        words = [unit for unit in one.block.units if unit.sort is Sort.WORD]
        said = [unit for unit in words if unit not in missing]
        is_one = not one.block.is_counted or one.block.units[0].value == "1"
        return self._has_its_role(one) and any(is_one or unit.value in names for unit in said)

    def _head(self, block: Block) -> Unit | None:
        """Return the noun that tells what a block is about."""
        words = [unit for unit in block.units if unit.sort is Sort.WORD]
        heads = [unit for unit in words if unit.value not in self.language.classes] or words
        is_noun_last = self.wording.has_noun_last or len(heads) < len(words)
        return heads[-1 if is_noun_last else 0] if heads else None

    def _is_named(self, one: Said, left: Left, *, is_order: bool) -> bool:
        """Tell whether no more was left out of what was named than a word that describes it."""
        missing = [unit for index, unit in left if index == one.place]
        said = [unit for unit in one.block.units if unit not in missing]
        if is_order and all(unit.value in self.wording.days for unit in said):
            return True  # "tomorrow", behind an address
        if not self._has_its_role(one):
            return False
        if one.block.is_moment and is_order:
            # "Move it to Saturday": the rest is as it was. A time alone may be of the other day.
            days = [unit for unit in one.block.units if unit.sort is not Sort.TIME]
            is_day = not days or any(unit not in missing for unit in days)
            return is_day or not self._has_moments
        names = [unit for unit in one.block.units if unit.is_name]
        is_named = is_order and any(unit not in missing for unit in names)
        if not is_named and self._is_headless(one.block, missing):
            return False
        # So it is with an address: "to Mill Lane" is where it was said to go.
        is_place = is_order and one.block.role is not None
        is_place = is_place and (is_named or not one.block.is_counted)
        return all(
            is_named if unit.is_name else unit.sort is Sort.WORD or is_place for unit in missing
        )

    def _is_headless(self, block: Block, missing: Sequence[Unit]) -> bool:
        """Tell whether the noun was left out, and no number that names the thing was said."""
        has_number = any(unit.sort is not Sort.WORD for unit in block.units if unit not in missing)
        return self._head(block) in missing and (block.is_counted or not has_number)

    def _has_its_role(self, one: Said) -> bool:
        """Tell whether it was said with the preposition that it was read back with."""
        given, role = one.block.role, one.role
        if one.block.is_free:
            is_moved = any(block.is_moment and block.role in _TO for block in self.blocks)
            return not is_moved or (role is Role.FROM) is (given is Role.FROM)
        if role in (Role.FROM, Role.AT) and self._may_be_of(one):
            return True
        if role is Role.FOR and given is None and one.place != self._first() and not self.is_trade:
            return True
        if role is None and self._may_stand_for_first(one):
            return True
        if given is Role.FROM or role is Role.FROM:
            return role is given
        if one.is_inherited or one.block.is_inherited or role is given:
            return True
        if given in _TO:
            return role in _TO or (role is None and given is not Role.FOR)
        if given is not None:
            is_for = role is Role.FOR and not self.is_trade and not one.block.has_number
            return is_for or role in (Role.AT, Role.TOWARDS)
        if role is Role.TO and one.place == self._first() and self.wording.has_personal_a:
            return one.block.is_counted or not one.block.has_number  # "mande al electricista"
        # "to Daniel Moss today": what nothing parts from a goal is no goal. The Portuguese "a" may
        # be "the" as well as "to", where nothing goes anywhere.
        is_bare = not one.block.has_number and one.place != self._first()
        return role in _TO and (is_bare or (bool(self.language.doubtful) and not self._has_goal()))

    def _may_stand_for_first(self, one: Said) -> bool:
        """Tell whether what is supplied may be said for the supply: ``il gas``, ``fornitura``.

        "Cancel the booking" is more than a seat of it, and a number makes it another thing.
        """
        first, block = self.blocks[self._first()], one.block
        is_of = block.role in (Role.AT, Role.FROM) and not block.has_number
        is_supplied = any(unit.value in self.wording.supplies for unit in first.units)
        is_next = one.place == self._first() + 1 or block.is_name
        return is_of and is_next and is_supplied and not first.is_counted

    def _may_be_of(self, one: Said) -> bool:
        """Tell whether "of" says no more than "for": ``la révision de la Clio``, for ``pour``."""
        is_detail = one.place != self._first() and one.block.role is not Role.TO
        is_moved = any(block.role is Role.FROM and block.is_moment for block in self.blocks)
        goals = any(block.role in (Role.TO, Role.TOWARDS) for block in self.blocks)
        return is_detail and not one.block.has_number and (is_moved or not goals)

    def _has_goal(self) -> bool:
        return any(block.role in _TO for block in self.blocks)

    def _is_thing(self, index: int, block: Block) -> bool:
        """Tell whether a block is one of those that it is about, and not a detail."""
        if (
            block.is_free
            or block.sort is Sort.VERB
            or self._is_day(block)
            or not (block.role is None or block.is_inherited or self._is_personal(index))
        ):
            return False
        if index == self._first():
            return True
        before, first = self.blocks[index - 1], block.units[0]
        if not self.listed[index] or block.units[0].value == ENDING or self._is_opening(before):
            return False
        if self._describes_goal(index) or self._is_label(index) or self._is_usual(block):
            return False
        if self._is_span(block) or self._is_behind_all(index) or self._is_house(index):
            return False
        if self._is_apposed(index):
            return False
        is_next = first.is_joined and self._is_thing(index - 1, before)
        is_same = self._is_numbered(block) and self._is_like(block, index)
        is_named = first.has_determiner or first.is_article or block.is_counted
        is_bare = self._is_bare(index) and self._is_bare(self._first())
        return is_next or is_same or is_named or is_bare

    def _is_behind_all(self, index: int) -> bool:
        """Tell whether a moment or a price parts it from the one thing, as a detail of it."""
        first, begin = self.blocks[index].units[0], self._first()
        is_parted = any(block.is_free for block in self.blocks[begin:index])
        is_one = not self.blocks[begin].is_counted
        return is_parted and is_one and not (first.is_joined or first.has_determiner)

    def _is_house(self, index: int) -> bool:
        """Tell whether it is the number of an address that stands ahead: ``Rua Aimorés, 210``."""
        block, before = self.blocks[index], self.blocks[index - 1]
        is_bare = len(block.units) == 1 and block.has_number and not block.units[0].is_joined
        return is_bare and before.role in (Role.AT, Role.TO) and before.sort is Sort.WORD

    def _is_apposed(self, index: int) -> bool:
        """Tell whether it says who is named ahead: ``Biscuit, a springer spaniel, ...``."""
        begin = self._first()
        is_next = index == begin + 1 and self.blocks[begin].is_name
        return is_next and not any(block.units[0].is_joined for block in self.blocks[index:][:2])

    def _is_numbered(self, block: Block) -> bool:
        return block.has_number and not block.is_counted

    def _is_like(self, block: Block, index: int) -> bool:
        """Tell whether a block names a thing of the kind of the first: order 1007, order 1008."""
        first = self.blocks[self._first()]
        words = {unit.value for unit in block.units if unit.sort is Sort.WORD}
        is_alike = any(unit.value in words for unit in first.units)
        return is_alike or (not words and self._owner(index) == index)

    @property
    def _has_moments(self) -> bool:
        """Tell whether two days are named."""
        days = (Sort.DAY, Sort.DATE)
        return sum(any(unit.sort in days for unit in block.units) for block in self.blocks) > 1

    def _owner(self, index: int) -> int:
        """Return which moment a bare number or time goes with: ``May 3 at 9``; else itself."""
        at = index
        while at > 0 and self._hangs_on(at):
            at -= 1
        return at if self.blocks[at].is_moment else index

    def _hangs_on(self, index: int) -> bool:
        units = self.blocks[index].units
        is_bare = len(units) == 1 and units[0].sort is Sort.NUMBER
        return is_bare or all(unit.sort is Sort.TIME for unit in units)

    def _is_usual(self, block: Block) -> bool:
        """Tell whether it is a day of each week: ``les lundis``."""
        days = self.language.weekdays.keys()
        values = [unit.value for unit in block.units if unit.sort is Sort.WORD]
        return bool(values) and all(value.removesuffix("s") in days for value in values)

    def _is_span(self, block: Block) -> bool:
        """Tell whether it is how long something lasts: ``three months``, ``sette giorni``."""
        words = [unit.value for unit in block.units if unit.sort is Sort.WORD]
        return block.is_counted and bool(words) and self.wording.spans.issuperset(words)

    def _is_personal(self, index: int) -> bool:
        """Tell whether "a" only tells who it is about: ``apuntar a Bruno y a Carla``."""
        block = self.blocks[index]
        if not self.wording.has_personal_a or block.role is not Role.TO:
            return False
        is_next = block.units[0].is_joined and index > 0 and self._is_personal(index - 1)
        return index == self._first() or is_next

    def _describes_goal(self, index: int) -> bool:
        """Tell whether it goes on with a goal: ``to 40 Mill Lane, Leeds``, ``to Flat M, 15 GB``."""
        before = self.blocks[self._first() + 1 : index]
        is_behind = any(block.role in _TO and not block.is_free for block in before)
        first = self.blocks[index].units[0]
        return is_behind and not (first.is_joined or first.has_determiner)

    def _is_bare(self, index: int) -> bool:
        """Tell whether a block has nothing by which a thing is known: "free of charge"."""
        block = self.blocks[index]
        first = block.units[0]
        is_alone = not (first.has_determiner or first.is_joined or first.is_article)
        return is_alone and all(unit.sort is Sort.WORD and not unit.is_name for unit in block.units)

    def _lists(self) -> list[set[int]]:
        """Return what was read back together, so that one of it is a choice: goods, and lists."""
        counted = [
            at
            for at, block in enumerate(self.blocks)
            if block.is_counted and not self._is_span(block)
        ]
        # What is given for another thing goes with it: "one red mug for one blue mug".
        lists = [{at for at in counted if self.is_trade or self._is_plain(at)}]
        for index, block in enumerate(self.blocks[1:], start=1):
            is_next = self._is_joined(block)
            both = self.blocks[index - 1 : index + 1]
            is_listed = len({each.is_moment for each in both}) == 1
            if is_next and is_listed and not any(each.sort in _ALONE for each in both):
                before = lists[-1] if index - 1 in lists[-1] and len(lists) > 1 else {index - 1}
                lists.append(before | {index})
        return lists

    def _is_joined(self, block: Block) -> bool:
        first = block.units[0]
        is_nothing = first.value in self.wording.nothing  # ", and nothing is charged"
        return (first.is_joined or block.is_inherited) and not is_nothing

    def _is_plain(self, index: int) -> bool:
        block = self.blocks[index]
        return block.role is None or block.is_inherited or index == self._first()

    def _first(self) -> int:
        """Return where what is done is done to stands, if that is a thing."""
        things = [at for at, block in enumerate(self.blocks) if block.sort is not Sort.VERB]
        return next((at for at in things if not self._is_day(self.blocks[at])), things[0])

    def _is_day(self, block: Block) -> bool:
        """Tell whether it says no more than when: ``heute noch``."""
        return all(unit.value in self.wording.days for unit in block.units)

    def _is_opening(self, block: Block) -> bool:
        return len(block.units) == 1 and block.units[0].value in self.language.openings

    def _is_label(self, index: int) -> bool:
        """Tell whether a block only says what comes next: the final bill, starting."""
        block, rest = self.blocks[index], self.blocks[index + 1 :]
        is_bare = not block.has_number and not block.units[0].has_determiner
        if not is_bare or block.units[0].is_joined or not rest:
            return False
        is_last = rest[0].sort is Sort.AMOUNT and len(rest) == 1
        return is_last or (rest[0].is_moment and len(block.units) == 1)

    def _is_about_one(self, things: Sequence[int]) -> bool:
        """Tell whether the first thing stands for all: "order 1007" for what is in it."""
        if not things or things[0] != self._first():
            return False
        first = self.blocks[things[0]]
        if first.is_counted and len(things) > 1:
            return False
        is_numbered = first.has_number and not first.is_counted
        rest = [self.blocks[index] for index in things[1:]]
        return not rest or (
            is_numbered
            and all(block.is_counted or not block.has_number for block in rest)
            and not any(block.units[0].is_joined for block in rest[:1])
        )

    def _is_all(self, left: Left) -> bool:
        """Tell whether nothing was left out by which the read-back is told from others.

        That is all but words, where a moment is moved the old one, and to whom it goes.
        """
        if not any(unit.sort in _NUMERIC for block in self.blocks for unit in block.units):
            return False
        for index, unit in left:
            block = self.blocks[index]
            is_goal = block.role in _TO and not block.is_free
            if block.role is not Role.FROM and (
                unit.sort in _NUMERIC or (is_goal and unit.sort is Sort.WORD)
            ):
                return False
        return True

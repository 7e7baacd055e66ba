"""Turns a text into what it says: amounts, days, times, numbers, verbs and words that count."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto

from agent_service.conversation.read_back.amounts import amount
from agent_service.conversation.read_back.codes import code
from agent_service.conversation.read_back.dates import date
from agent_service.conversation.read_back.framing import Framing
from agent_service.conversation.read_back.language import Form, Role
from agent_service.conversation.read_back.text import Number, Text
from agent_service.conversation.read_back.times import part_of_day, time_of_day
from agent_service.conversation.read_back.tokens import RANK, Kind, plain

Verbs = Mapping[str, tuple[int, Form]]
"""The forms of the verbs to look for: which verb it is, and what the form says."""


class Sort(Enum):
    WORD = auto()
    VERB = auto()
    NUMBER = auto()
    CODE = auto()
    AMOUNT = auto()
    DATE = auto()
    TIME = auto()
    DAY = auto()


ENDING = "…"
"""Stands for "ending in"."""
COUNT = 4
"""Figures that a count may have."""
_TRIED = 4
_FAR = 24
_NOON = 12
_SHORT = 2
_LONGEST = 24
"""Figures that one number may have."""
_STOPS = ".!?;"
BETWEEN = frozenset(("between", "zwischen", "entre", "tra", "fra"))


@dataclass(frozen=True, slots=True)
class Unit:
    sort: Sort
    value: str
    is_apart: bool = False
    """Something parts it from the unit before: punctuation, ``and``, a preposition."""
    role: Role | None = None
    is_name: bool = False
    is_written: bool = False
    """A number in digits."""
    is_article: bool = False
    """A one that may be no more than an article."""
    is_inherited: bool = False
    """Its preposition stands ahead of the list that it is in."""
    has_determiner: bool = False
    verb: int = 0
    is_joined: bool = False
    """What parts it from the unit before is ``and``."""
    is_cut: bool = False
    """Punctuation or ``and`` parts it from the unit before."""
    is_added: bool = False
    """``plus`` stands ahead of it."""
    is_halved: bool = False
    """A time of which "am" or "pm" or the part of the day was said."""
    is_turned: bool = False
    """It is said to be the old one or the new: ``instead of``, ``new``."""
    is_asked: bool = False
    """It stands in the question, which holds nothing else."""
    is_noun: bool = False
    """A verb in the form of a noun: ``cancellation``."""
    is_thing: bool = False
    """It is no action here."""


def _minutes_of(unit: Unit) -> int | None:
    """Return the minutes of a time that leaves its half of the day open, or of a bare hour."""
    if unit.sort is Sort.TIME and unit.value.startswith("?"):
        return int(unit.value[1:])
    return int(unit.value) * 60 if unit.sort is Sort.NUMBER and unit.value.isdigit() else None


_QUANTITIES: tuple[tuple[Sort, Callable[[Text, int], tuple[str, int] | None]], ...] = (
    (Sort.AMOUNT, amount),
    (Sort.DATE, date),
    (Sort.TIME, time_of_day),
    (Sort.CODE, code),
)


class Reader:
    """Reads a text from its first word to its last."""

    def __init__(self, text: Text, verbs: Verbs, framing: Framing | None = None) -> None:
        """``framing`` tells what may be put around it; without, each word counts."""
        self.text = text
        self.language = text.language
        self._verbs = verbs
        self._framing = framing
        self._taken: set[int] = set()
        self._is_parted = False
        self._role: Role | None = None
        self._has_determiner = False
        self._is_listed = False
        self._is_joined = False
        self._is_cut = False
        self._turn: Role | None = None
        self._is_added = False
        self._is_inherited = False
        self._list_role: Role | None = None
        self._was_item = False
        self._found: list[Unit] = []

    def read(self) -> list[Unit] | None:
        """Return what the text says, or None if a part of it cannot be read."""
        at = 0
        while at < len(self.text):
            self._begin(at)
            end = None if self._is_turn_lost(at) else self._step(at)
            if end is None:
                return None
            at = end
        return self._found if self._turn is None else None

    def _is_turn_lost(self, at: int) -> bool:
        """Tell whether nothing came behind "instead of" or "new": ``I cancel it no longer.``"""
        return self._turn is not None and not set(_STOPS).isdisjoint(self.text.tokens[at].gap)

    def _begin(self, at: int) -> None:
        """Notice the punctuation in front of a token."""
        gap = self.text.tokens[at].gap
        if gap and not (gap == "," and self._is_spelling(at)):
            role = self._role if gap == ":" else None
            self._part(role, is_listed=gap == ",")
            self._is_cut = True
        if self._framing is not None:
            self._framing.begin(at)

    def _is_spelling(self, at: int) -> bool:
        """Tell whether digits are said one by one, or in pairs, with a pause between them."""
        if self._is_grouped(at):
            return True
        first, last = at, at
        while self._is_digit(first - 1):
            first -= 1
        while self._is_digit(last):
            last += 1
        return first < at and last - first >= COUNT

    def _is_grouped(self, at: int) -> bool:
        """Tell whether the numbers around a pause are parts of one that the summary has."""
        return self._framing is not None and any(
            len(digits) > COUNT and self._framing.is_known(digits)
            for first in range(at - 1, max(at - _FAR, -1), -1)
            for digits in self._digits_over(first, at)
        )

    def _digits_over(self, first: int, at: int) -> Iterator[str]:
        """Yield the digits of the numbers from one place to beyond another."""
        digits, end = "", first
        while len(digits) < _LONGEST and (number := self.text.number(end)) is not None:
            digits, end = digits + number.digits, number.end
            if end > at:
                yield digits
            if end < len(self.text) and self.text.tokens[end].gap not in ("", ","):
                return

    def _is_digit(self, at: int) -> bool:
        number = self.text.number(at)
        return number is not None and len(number.digits) == 1 and number.end == at + 1

    def _part(self, role: Role | None = None, *, is_listed: bool = False) -> None:
        """Notice that something new begins, perhaps one more of a list."""
        self._is_listed = is_listed
        self._is_parted, self._role = True, role
        self._has_determiner = False

    def _step(self, at: int) -> int | None:
        """Read what is there and return where to go on; None if it must not be there."""
        if at in self._taken or self._is_dash(at):
            return at + 1
        if self._framing is not None:
            if self._framing.is_asking(at):
                return self._asked(at)
            framing = self._framing
            if framing.is_left_to_caller(at) or framing.is_past(at) or framing.is_barred(at):
                return None
            if (end := self._framing.end(at)) is not None:
                self._part()
                return end
            if (spelt := self._framing.spelt(at)) is not None:
                return self._add(Unit(Sort.CODE, spelt[0]), spelt[1])
        for sort, read in _QUANTITIES:
            if (quantity := read(self.text, at)) is not None:
                value, end = quantity
                is_halved = sort is Sort.TIME and self.text.tokens[end - 1].kind is Kind.WORD
                return self._add(Unit(sort, value, is_halved=is_halved), end)
        return (
            self._label(at)
            or self._ending(at)
            or self._number(at)
            or self._rate(at)
            or self._rest(at)
        )

    def _is_dash(self, at: int) -> bool:
        """Tell whether the dash of a number is said: ``four one eight dash seven``."""
        is_said = self._framing is not None and self.text.word(at) in self.language.dashes
        return is_said and None not in (self.text.number(at - 1), self.text.number(at + 1))

    def _rate(self, at: int) -> int | None:
        """Read what the price is for that was said right before: ``a month``."""
        price = self._found[-1] if self._found else None
        if price is None or price.sort is not Sort.AMOUNT or "/" in price.value:
            return None
        if (rate := self.text.rate(at)) is None:
            return None
        self._found[-1] = replace(price, value=f"{price.value}/{rate[0]}")
        return rate[1]

    def _asked(self, at: int) -> int:
        """Read in the question no more than the verb that it may name: ``shall I cancel it?``"""
        verb = self._verb(at)
        if verb is None:
            return at + 1
        return self._add(Unit(Sort.VERB, "", verb=verb[2], is_asked=True), verb[1])

    def _rest(self, at: int) -> int | None:
        verb = self._verb(at)
        if verb is None:
            return (
                self._until(at)
                or self._turned(at)
                or self._idle(at)
                or self._day(at)
                or self._word(at)
            )
        form, end, which = verb
        if self._framing is not None and not self._framing.allows(form, at):
            return None
        if self._framing is not None and self._framing.is_others(form, at, end):
            return None
        is_thing = form is Form.THING
        is_noun = is_thing or form is Form.NOUN
        is_word = form is Form.NOUN or self.language.has_one_form
        word = self.text.word(at) if is_word else ""
        is_named = word and self._framing is None and self._is_named(which)
        is_thing_there = self._is_compounded(end) or not self._begins_clause(at)
        if is_named and (form is Form.NOUN or is_thing_there):
            return self._add(Unit(Sort.WORD, word), end)
        unit = Unit(Sort.VERB, word, verb=which, is_noun=is_noun, is_thing=is_thing)
        return self._add(unit, end)

    def _begins_clause(self, at: int) -> bool:
        """Tell whether a verb may stand there: not in the tire ``change``, the ``end`` of March."""
        before = self.text.tokens[at - 1].text if self.text.follows(at) else ""
        return before in self.language.joints | self.language.small_talk.words or not before

    def _is_compounded(self, at: int) -> bool:
        """Tell whether a noun goes on there: change ``fee``."""
        word = self.text.tokens[at].text if self.text.is_word(at) else ""
        return bool(word) and word not in self.language.determiners | self.language.common

    def _is_named(self, verb: int) -> bool:
        """Tell whether the summary said already what is done: cancel ..., ``termination`` fee."""
        return any(unit.sort is Sort.VERB and unit.verb == verb for unit in self._found)

    def _add(self, unit: Unit, end: int) -> int:
        if self._framing is not None:
            self._framing.go_on()
        if unit.sort is Sort.TIME and self.language.is_to_an_hour and self._is_after_day():
            self._role = Role.AT
        if self._turn is not None and not self._is_kind(unit):
            unit = replace(unit, is_turned=True)
            self._role, self._is_parted, self._turn = self._turn, True, None
        is_apart = self._is_parted or unit.is_apart or not self._found
        if unit.sort is Sort.DATE and self._role in (Role.TO, Role.TOWARDS):
            self._begin_days(unit.value)
        if unit.sort is Sort.AMOUNT and self._role in (Role.TO, Role.TOWARDS):
            self._begin_amounts(unit.value)
        if unit.sort is Sort.NUMBER and self._ends_amounts(unit.value):
            currency = self._found[-1].value.partition(" ")[0]
            unit = Unit(Sort.AMOUNT, f"{currency} {int(unit.value)}.00", is_turned=unit.is_turned)
        if unit.sort is Sort.TIME:
            is_end = self._role in (Role.TO, Role.TOWARDS, Role.AT) or self._is_between()
            self._begin_hours(unit.value if is_end else "")
        if is_apart:
            self._begin_item(unit)
        if unit.sort is Sort.VERB:
            self._was_item = False
        self._found.append(
            replace(
                unit,
                is_apart=is_apart,
                role=self._role,
                has_determiner=self._has_determiner,
                is_joined=self._is_joined,
                is_cut=self._is_cut,
                is_added=self._is_added,
                is_inherited=self._is_inherited,
            )
        )
        self._is_parted, self._is_joined, self._is_inherited = False, False, False
        self._is_cut = self._is_added = False
        self._role = None
        self._has_determiner = False
        return end

    def _begin_days(self, last: str) -> None:
        """Read a bare day as one of the month that is named after it: ``from 5 to 7 June``."""
        first = self._found[-1] if self._found else None
        is_day = first is not None and first.sort is Sort.NUMBER and first.role is Role.FROM
        if first is None or not is_day or not first.is_apart or len(first.value) > 2:
            return
        month, day, year = last.split("-")
        if first.value.isdigit() and 1 <= int(first.value) < int(day):
            date = f"{month}-{int(first.value)}-{year}"
            self._found[-1] = replace(first, sort=Sort.DATE, value=date, is_written=False)

    def _is_kind(self, unit: Unit) -> bool:
        """Tell whether what is new comes behind the word for it: ``the new date is Friday``."""
        kinds = self.language.classes | self.language.small_talk.kinds
        return unit.sort is Sort.WORD and unit.value in kinds

    def _begin_amounts(self, last: str) -> None:
        """Read a bare number as an amount of the same currency: ``from 300 to 350 euros``."""
        first = self._found[-1] if self._found else None
        is_bare = first is not None and first.sort is Sort.NUMBER and first.role is Role.FROM
        if first is not None and is_bare and first.is_apart and first.value.isdigit():
            value = f"{last.partition(' ')[0]} {int(first.value)}.00"
            self._found[-1] = replace(first, sort=Sort.AMOUNT, value=value, is_written=False)

    def _ends_amounts(self, value: str) -> bool:
        """Tell whether a bare number is one more amount: ``from 300 euros to 350``."""
        first = self._found[-1] if self._found else None
        if first is None or first.sort is not Sort.AMOUNT or not value.isdigit():
            return False
        is_end = first.role is Role.FROM and self._role in (Role.TO, Role.TOWARDS)
        return is_end or self._role is Role.INSTEAD

    def _begin_hours(self, last: str) -> None:
        """Read an hour as one of the same half of the day: ``from six to half past seven``."""
        first = self._found[-1] if self._found else None
        if first is None or not last.isdigit() or not (first.is_apart or self._is_between()):
            return
        minutes = _minutes_of(first)
        is_begun = first.role is Role.FROM or self._is_between()
        if minutes is None or not is_begun:
            return
        half = _NOON * 60
        times = (minutes,) if minutes > half else (minutes % half + half, minutes)
        time = next((each for each in times if each < int(last)), None)
        if time is not None:
            self._found[-1] = replace(first, sort=Sort.TIME, value=f"{time}", is_written=False)

    def _is_between(self) -> bool:
        """Tell whether two times are joined by "and": ``between four and six p.m.``"""
        return self._is_joined and any(unit.value in BETWEEN for unit in self._found[-2:-1])

    def _is_after_day(self) -> bool:
        """Tell whether an hour belongs to the day right before it: ``7 ottobre alle 10``."""
        is_day = bool(self._found) and self._found[-1].sort in (Sort.DATE, Sort.DAY)
        return is_day and self._role is Role.TO

    def _begin_item(self, unit: Unit) -> None:
        """Let the preposition ahead of a list stand for each thing in it."""
        is_count = unit.sort is Sort.NUMBER and len(unit.value) <= COUNT
        is_count = is_count or unit.sort is Sort.CODE
        is_item = is_count or self._has_determiner
        if is_item and self._was_item and self._is_listed and self._role is None:
            self._role = self._list_role
            self._is_inherited = self._role is not None
        self._was_item, self._list_role = is_item, self._role

    def _label(self, at: int) -> int | None:
        """Skip "number" in front of one."""
        end = self.text.after(self.language.labels, at)
        if end is None or not self.text.follows(end):
            return None
        is_number = self.text.number(end) is not None or code(self.text, end) is not None
        return end if is_number else None

    def _ending(self, at: int) -> int | None:
        end = self.text.after(self.language.ending, at)
        if end is None or end >= len(self.text) or date(self.text, end) is not None:
            return None
        is_number = self.text.number(end) is not None or code(self.text, end) is not None
        return self._add(Unit(Sort.WORD, ENDING, is_apart=True), end) if is_number else None

    def _number(self, at: int) -> int | None:
        text = self.text
        token = text.tokens[at]
        number = text.number(at) or self._rank(at)
        if number is not None and text.follows(number.end) and text.word(number.end) == RANK:
            value = f"{number.digits}{RANK}"
            is_known = self._framing is None or self._framing.is_known(value)
            return self._add(Unit(Sort.WORD, value), number.end + 1) if is_known else None
        if token.kind is Kind.NUMBER and number is None:  # 1.5
            value = token.text.replace(",", ".")
            return self._add(Unit(Sort.NUMBER, value, is_written=True), at + 1)
        if number is None or (token.plain == "oh" and not self._is_in_number(at)):
            return None
        number = self._in_pairs(at, number) or self._before_and(at, number)
        unit = Unit(
            Sort.NUMBER,
            number.digits,
            is_written=number.is_written,
            is_article=number.end == at + 1 and token.text in self.language.articles,
        )
        return self._add(unit, number.end)

    def _rank(self, at: int) -> Number | None:
        """Return the day of a month that is named behind it: ``vom sechsten bis 13. Juli``."""
        text = self.text
        rank = self.language.ordinals.get(text.word(at))
        if rank is None or text.word(at + 1) not in ("bis", "auf", "to", "al", "au", "ao", "a"):
            return None
        after = [date(text, far) for far in (at + 2, at + 3) if text.follows(far)]
        return Number(str(rank), at + 1, is_written=True) if any(after) else None

    def _in_pairs(self, at: int, number: Number) -> Number | None:
        """Return the number of the summary that is said in pairs: ``trente quatre-vingt-cinq``."""
        framing, text = self._framing, self.text
        if framing is None or not self.language.numerals.scores or number.is_written:
            return None
        for end in range(at + 1, number.end):
            first, second = text.number(at, end), text.number(end)
            if first is not None and second is not None and first.end == end:
                digits = f"{first.digits}{second.digits}"
                if len(digits) == COUNT and framing.is_known(digits):
                    return Number(digits, second.end, is_written=False)
        return None

    def _before_and(self, at: int, number: Number) -> Number:
        """Return the number that is meant where the next begins with "and": ``400 and one``."""
        framing, text = self._framing, self.text
        if framing is None or number.is_written or framing.is_known(number.digits):
            return number
        for joint in range(at + 1, number.end):
            if text.word(joint) in self.language.joints:
                shorter = text.number(at, joint)
                if shorter is not None and framing.is_known(shorter.digits):
                    return shorter
        return number

    def _is_in_number(self, at: int) -> bool:
        """Tell whether numbers stand on both sides, or one at least: ``seven oh``."""
        return self.text.number(at + 1) is not None or self.text.number(at - 1) is not None

    def _verb(self, at: int) -> tuple[Form, int, int] | None:
        """Return the form of a verb that is looked for, where it ends, and which it is."""
        text = self.text
        first = text.tokens[at].text
        for particle in self.language.particles:
            known = self._verbs.get(f"{first} … {particle}")
            if known is not None and (far := self._particle(particle, at)) is not None:
                self._taken.add(far)
                return known[1], at + 1, known[0]
        for size in range(_TRIED, 0, -1):
            phrase = " ".join(token.text for token in text.tokens[at : at + size])
            if (known := self._verbs.get(phrase)) is not None:
                return known[1], min(at + size, len(text)), known[0]
        return None

    def _particle(self, particle: str, at: int) -> int | None:
        """Return where the part of a verb stands that was left to the end."""
        text = self.text
        for far in range(at + 1, min(at + _FAR, len(text))):
            if any(mark in text.tokens[far].gap for mark in ".!?;"):
                return None
            after = text.word(far + 1)
            is_last = not text.follows(far + 1) or after in self.language.joints
            is_last = is_last or (self.language.is_verb_last and after in self.language.roles)
            if text.tokens[far].text == particle and (is_last or particle in ("back", "off")):
                return far
        return None

    def _idle(self, at: int) -> int | None:
        """Skip a word that says nothing of its own."""
        language, token = self.language, self.text.tokens[at]
        if (end := self.text.after(language.silent, at)) is not None:
            self._part()
            return end
        for size in range(_TRIED, 1, -1):
            phrase = " ".join(each.text for each in self.text.tokens[at : at + size])
            if (role := language.ways.get(phrase)) is not None:
                self._part(role)
                return at + size
        if token.text in language.roles:
            if self._framing is not None and self._is_left_over(at):
                return None
            is_article = token.text in language.doubtful and self._is_article(at)
            role = self._role if self._is_parted else None
            is_second = language.is_first_role and self._is_after_role(at)
            self._part(role if is_article or is_second else language.roles[token.text])
        elif token.text in language.joints or token.text == "&" or self._is_adding(at):
            self._part(is_listed=True)
            self._is_joined = self._is_cut = True
            self._is_added = self._is_adding(at)
        elif token.text not in language.idle:
            return None
        if token.text in language.determiners:
            self._is_parted = self._has_determiner = True
        return at + 1

    def _is_adding(self, at: int) -> bool:
        """Tell whether a word does no more than "and" ahead of one thing more: ``plus``."""
        text, language, framing = self.text, self.language, self._framing
        is_word = text.tokens[at].text in language.small_talk.adds and text.follows(at + 1)
        if framing is None or not is_word or framing.is_known(text.word(at)):
            return False
        after = text.tokens[at + 1].text
        is_thing = after in language.determiners | language.articles or text.number(at + 1)
        is_behind = bool(text.tokens[at].gap) or framing.is_known(text.word(at - 1))
        return bool(is_thing) and is_behind

    def _until(self, at: int) -> int | None:
        """Read "until" as "to" where it ends what begins at a moment that was said right ahead."""
        first = self._found[-1] if self._found else None
        is_begun = first is not None and first.sort in (Sort.DATE, Sort.DAY, Sort.TIME)
        if not is_begun or self.text.tokens[at].text not in self.language.until:
            return None
        if self._framing is None or self._framing.is_known(self.text.word(at)):
            return None
        self._part(Role.TO)
        return at + 1

    def _turned(self, at: int) -> int | None:
        """Read what makes the thing after it the old one or the new: ``instead of``, ``new``."""
        if self._framing is None or self._framing.is_known(self.text.word(at)):
            return None
        for size in range(_TRIED, 0, -1):
            phrase = " ".join(each.text for each in self.text.tokens[at : at + size])
            if (role := self.language.small_talk.turns.get(phrase)) is not None:
                self._turn = role
                return min(at + size, len(self.text))
        return None

    def _is_left_over(self, at: int) -> bool:
        """Tell whether it is a part of another verb: ``ich buche den Termin um``."""
        text, word = self.text, self.text.tokens[at].text
        if word not in self.language.particles:
            return False
        if at + 1 == len(text) or text.tokens[at + 1].gap:
            return at + 1 == len(text) or ":" not in text.tokens[at + 1].gap
        after = text.tokens[at + 1]
        is_role = after.text in self.language.roles and not after.is_capital
        return is_role or after.text in self.language.joints

    def _is_after_role(self, at: int) -> bool:
        text = self.text
        return text.follows(at) and text.tokens[at - 1].text in self.language.roles

    def _is_article(self, at: int) -> bool:
        """Tell whether the Portuguese "a" is no preposition: ``renovar a assinatura``."""
        is_name = at + 1 < len(self.text) and self.text.tokens[at + 1].is_capital
        return self.text.is_word(at + 1) and self.text.word(at + 1) != "partir" and not is_name

    def _day(self, at: int) -> int | None:
        for size in (2, 1):
            name = " ".join(self.text.word(at + step) for step in range(size))
            if (day := self.language.weekdays.get(name)) is not None:
                return self._add(Unit(Sort.DAY, str(day)), at + size)
        month = self.language.months.get(self.text.word(at))
        if month is not None and (self.text.tokens[at].is_capital or self.language.tag != "en"):
            return self._add(Unit(Sort.DATE, f"{month}-0-"), at + 1)
        if (part := part_of_day(self.text, at)) is not None:
            return self._add(Unit(Sort.WORD, part[0], is_apart=True), part[1])
        return None

    def _word(self, at: int) -> int | None:
        token, language = self.text.tokens[at], self.language
        is_measure = len(token.plain) > _SHORT or self.text.number(at - 1) is not None
        is_short = is_measure or token.plain in language.short
        value = language.synonyms.get(token.plain, token.plain) if is_short else token.plain
        if language.tag == "de" and value.endswith("str"):
            value += "asse"
        if self._framing is not None and not self._framing.is_known(value):
            if (named := self._as_noun(at, self._framing)) is not None:
                return named
            if self._framing.passes(at):
                return at + 1
            return self._compound(at, self._framing) if language.is_verb_last else None
        unit = Unit(
            Sort.WORD,
            value,
            is_apart=token.plain in language.openings,
            is_name=self._is_name(at),
        )
        return self._add(unit, at + 1)

    def _as_noun(self, at: int, framing: Framing) -> int | None:
        """Read the form of a verb for a noun of the summary: ``delivered`` for ``delivery``."""
        text = self.text
        for size in (2, 1):
            form = " ".join(text.word(at + step) for step in range(size))
            nouns = [noun for noun in self.language.nouns_of(form) if framing.is_known(noun)]
            if len(nouns) == 1 and at + size <= len(text):
                return self._add(Unit(Sort.WORD, nouns[0]), at + size)
        noun = framing.noun_of(text.word(at))
        return None if noun is None else self._add(Unit(Sort.WORD, noun), at + 1)

    def _compound(self, at: int, framing: Framing) -> int | None:
        """Read a thing and what is done to it in one word: ``Tischreservierung``."""
        word = self.text.word(at)
        for noun, (verb, form) in self._verbs.items():
            thing = word.removesuffix(plain(noun)).removesuffix("s")
            if form is Form.NOUN and word.endswith(plain(noun)) and framing.is_known(thing):
                self._add(Unit(Sort.WORD, thing), at)
                return self._add(
                    Unit(Sort.VERB, "", is_apart=True, verb=verb, is_noun=True), at + 1
                )
        return None

    def _is_name(self, at: int) -> bool:
        token = self.text.tokens[at]
        if self.text.word(at - 1) in self.language.titles or (
            self._found and self._found[-1].is_name
        ):
            return token.is_capital
        return token.is_capital and at > 0 and self.language.tag != "de"

"""Turns a text into what it says: amounts, days, times, numbers, verbs and words that count."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto

from agent_service.conversation.read_back.amounts import amount
from agent_service.conversation.read_back.codes import code
from agent_service.conversation.read_back.dates import date
from agent_service.conversation.read_back.framing import Framing
from agent_service.conversation.read_back.language import Form, Role
from agent_service.conversation.read_back.text import Text
from agent_service.conversation.read_back.times import part_of_day, time_of_day
from agent_service.conversation.read_back.tokens import Kind

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
    WHOLE = auto()
    """``all of it``"""


ENDING = "…"
"""Stands for "ending in"."""
COUNT = 4
"""Figures that a count may have."""
_TRIED = 3
_FAR = 24


@dataclass(frozen=True, slots=True)
class Unit:
    sort: Sort
    value: str
    is_apart: bool = False
    """Something parts it from the unit before: punctuation, ``and``, a preposition."""
    role: Role | None = None
    is_name: bool = False
    is_pointed: bool = False
    """``that`` stands in front of it."""
    is_written: bool = False
    """A number in digits."""
    is_article: bool = False
    """A one that may be no more than an article."""
    has_determiner: bool = False
    is_asked: bool = False
    """It stands in the question, not ahead of it."""
    verb: int = 0
    is_noun: bool = False
    """A verb in the form of a noun: ``cancellation``."""


_QUANTITIES: tuple[tuple[Sort, Callable[[Text, int], tuple[str, int] | None]], ...] = (
    (Sort.AMOUNT, amount),
    (Sort.DATE, date),
    (Sort.TIME, time_of_day),
    (Sort.CODE, code),
)


class Reader:
    """Reads a text from its first word to its last."""

    def __init__(
        self, text: Text, verbs: Verbs, framing: Framing | None = None, asked_from: int = -1
    ) -> None:
        """``framing`` tells what may be put around it; without, each word counts.

        ``asked_from`` is where a question begins that holds what is asked for.
        """
        self.text = text
        self.language = text.language
        self._verbs = verbs
        self._framing = framing
        self._asked_from = asked_from if asked_from >= 0 else len(text)
        self._taken: set[int] = set()
        self._is_parted = False
        self._role: Role | None = None
        self._is_pointed = False
        self._has_determiner = False
        self._is_listed = False
        self._list_role: Role | None = None
        self._was_item = False
        self._found: list[Unit] = []

    def read(self) -> list[Unit] | None:
        """Return what the text says, or None if a part of it cannot be read."""
        at = 0
        while at < len(self.text):
            self._begin(at)
            end = self._step(at)
            if end is None:
                return None
            at = end
        return self._found

    def _begin(self, at: int) -> None:
        """Notice the punctuation in front of a token."""
        gap = self.text.tokens[at].gap
        if gap:
            role = self._role if gap == ":" else None
            self._part(role, is_listed=gap == ",")
        if self._framing is not None and self._framing.begin(at) and self._is_announced(at):
            self._found.clear()

    def _is_announced(self, at: int) -> bool:
        """Tell whether only a noun was said yet, for what comes now: ``a transfer: I'd ...``."""
        is_noun = len(self._found) == 1 and self._found[0].is_noun
        later = self.text.tokens[at:]
        return (
            is_noun
            and self._found[0].has_determiner
            and any(token.text in self._verbs for token in later)
        )

    def _part(self, role: Role | None = None, *, is_listed: bool = False) -> None:
        """Notice that something new begins, perhaps one more of a list."""
        self._is_listed = is_listed
        self._is_parted, self._role = True, role
        self._is_pointed, self._has_determiner = False, False

    def _step(self, at: int) -> int | None:
        """Read what is there and return where to go on; None if it must not be there."""
        if at in self._taken:
            return at + 1
        if self._framing is not None:
            if self._framing.is_left_to_caller(at):
                return None
            if (end := self._framing.end(at)) is not None:
                self._part()
                return end
            if (end := self.text.after(self.language.whole, at)) is not None:
                return self._add(Unit(Sort.WHOLE, ""), at, end)
        for sort, read in _QUANTITIES:
            if (quantity := read(self.text, at)) is not None:
                return self._add(Unit(sort, quantity[0]), at, quantity[1])
        return self._label(at) or self._ending(at) or self._number(at) or self._rest(at)

    def _rest(self, at: int) -> int | None:
        verb = self._verb(at)
        if verb is None:
            return self._idle(at) or self._day(at) or self._word(at)
        form, end, which = verb
        if self._framing is not None and not self._framing.allows(form):
            return None
        return self._add(Unit(Sort.VERB, "", verb=which, is_noun=form is Form.NOUN), at, end)

    def _add(self, unit: Unit, at: int, end: int) -> int:
        if self._framing is not None:
            self._framing.go_on()
        is_apart = self._is_parted or unit.is_apart or not self._found
        if is_apart:
            self._begin_item(unit)
        self._found.append(
            replace(
                unit,
                is_apart=is_apart,
                role=self._role,
                is_pointed=self._is_pointed,
                has_determiner=self._has_determiner,
                is_asked=at >= self._asked_from,
            )
        )
        self._is_parted, self._role, self._is_pointed = False, None, False
        self._has_determiner = False
        return end

    def _begin_item(self, unit: Unit) -> None:
        """Let the preposition ahead of a list stand for each thing in it."""
        is_count = unit.sort is Sort.NUMBER and len(unit.value) <= COUNT
        is_item = is_count or self._has_determiner
        if is_item and self._was_item and self._is_listed and self._role is None:
            self._role = self._list_role
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
        return self._add(Unit(Sort.WORD, ENDING, is_apart=True), at, end) if end else None

    def _number(self, at: int) -> int | None:
        text = self.text
        token = text.tokens[at]
        number = text.number(at)
        if token.kind is Kind.NUMBER and number is None:  # 1.5
            value = token.text.replace(",", ".")
            return self._add(Unit(Sort.NUMBER, value, is_written=True), at, at + 1)
        if number is None or (token.plain == "oh" and not self._is_in_number(at)):
            return None
        unit = Unit(
            Sort.NUMBER,
            number.digits,
            is_written=number.is_written,
            is_article=number.end == at + 1 and token.text in self.language.articles,
        )
        return self._add(unit, at, number.end)

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
            is_last = not text.follows(far + 1) or text.word(far + 1) in self.language.joints
            if text.tokens[far].text == particle and (is_last or particle in ("back", "off")):
                return far
        return None

    def _idle(self, at: int) -> int | None:
        """Skip a word that says nothing of its own."""
        language, token = self.language, self.text.tokens[at]
        if (end := self.text.after(language.rates, at)) is not None:
            self._part()
            return end
        if token.text in language.roles:
            self._part(language.roles[token.text])
        elif token.text in language.joints or token.text == "&":
            self._part(is_listed=True)
        elif token.text in language.pointers:
            self._is_pointed = True
        elif token.text not in language.idle:
            return None
        if token.text in language.determiners:
            self._is_parted = self._has_determiner = True
        return at + 1

    def _day(self, at: int) -> int | None:
        for size in (2, 1):
            name = " ".join(self.text.word(at + step) for step in range(size))
            if (day := self.language.weekdays.get(name)) is not None:
                return self._add(Unit(Sort.DAY, str(day)), at, at + size)
        if (part := part_of_day(self.text, at)) is not None:
            return self._add(Unit(Sort.WORD, part[0], is_apart=True), at, part[1])
        return None

    def _word(self, at: int) -> int:
        token, language = self.text.tokens[at], self.language
        value = language.synonyms.get(token.plain, token.plain)
        if language.tag == "de" and value.endswith("str"):
            value += "asse"
        unit = Unit(
            Sort.WORD,
            value,
            is_apart=token.plain in language.openings,
            is_name=self._is_name(at),
        )
        return self._add(unit, at, at + 1)

    def _is_name(self, at: int) -> bool:
        token = self.text.tokens[at]
        if self.text.word(at - 1) in self.language.titles or (
            self._found and self._found[-1].is_name
        ):
            return token.is_capital
        return token.is_capital and at > 0 and self.language.tag != "de"

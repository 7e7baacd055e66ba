"""What of a read-back may be said again with a yes: all of it, or its verb and what it is about.

"Yes, cancel order 1007", "yes, cancel it", "yes, cancel my order" agree to "Cancel order 1007, one
mouse and two lamps, 24 dollars 99". "Yes, cancel the mouse" may mean only the mouse, and "yes,
cancel order 1007" only that one where 1008 was read back as well: neither is a repetition.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import permutations
from typing import Final

from agent_service.conversation.answering import numerals, verbs
from agent_service.conversation.answering.asked import Asked
from agent_service.conversation.answering.contents import NamedContent, ToldContent
from agent_service.conversation.answering.deeds import Deed, deed_of
from agent_service.conversation.answering.grammars import lines_of, rows_of
from agent_service.conversation.answering.orders import Orders, orders
from agent_service.conversation.answering.parting import parts_of
from agent_service.conversation.answering.phrases import (
    NOTHING,
    Choice,
    Phrase,
    Row,
    Slots,
    Word,
    any_of,
    any_row,
    optional,
    row_of,
)
from agent_service.conversation.answering.questioned import taken_up
from agent_service.conversation.answering.retelling import Retold, Teller, words_of
from agent_service.conversation.answering.wordings import Wording
from agent_service.conversation.answering.words import spellings
from agent_service.conversation.read_back.languages import LANGUAGES
from agent_service.conversation.read_back.tokens import tokens_of

# A read-back may be in English and its answer in another language.
_NOUNS: Final = rows_of("nouns")
_CURRENCIES: Final = frozenset(lines_of("currencies"))

Words = tuple[str, ...]


class Repetition:
    """What of a read-back an answer says again: it fills the slots of a language's phrases."""

    def __init__(self, answer: str, read_back: Asked, wording: Wording, english: Wording) -> None:
        is_english = verbs.is_action(read_back.clause[0], "en")
        self._read_back, self._wording = read_back, wording
        self._spoken = english if is_english else wording
        self._tokens = LANGUAGES[wording.language].joined(tokens_of(answer)[0])
        self._deed = deed_of(read_back, self._spoken)
        is_own = self._spoken is wording
        self._teller = Teller.of(read_back, self._deed, wording) if is_own else None
        parts = parts_of(read_back, self._deed) if is_own else []
        self._parts = [Repetition(answer, part, wording, english) for part in parts]

    @cached_property
    def _told(self) -> Retold:
        if self._teller is None or (self._deed.is_sentence and self._deed.is_several):
            return Retold()
        return self._teller.retold(self._tokens, self._read_back)

    def agreeing(self) -> Slots:
        """Return what fills the slots of a yes."""
        same = _same(self._read_back.clause, self._spoken, self._wording)
        always = {
            "WHOLE": Choice((same, any_row(self._told.wholes))),
            "TOLD": any_row(self._told.told),
            "DETAIL": any_row(self._told.details),
            "NAMED": any_row(self._told.named),
            "CIRCUMSTANCE": any_row(self._told.circumstances),
            "ECHOED": any_row(self._told.echoes),
        }
        if self._deed.is_pair:
            always["BOTH"] = self._wording.both
        # An order to do the one is none to do the other; many languages need no object for it.
        is_one = self._deed.verbs and not self._deed.is_several
        if self._deed.is_several:
            always["ALL"] = self._wording.everything
        slots = {**always, **self._ordered()} if is_one else always
        taken_up, said_again = self._taken_up()
        deeds = any_row([*taken_up, *self._each_ordered(_commands)])
        to_do = any_row(self._each_ordered(_to_do))
        return {
            **slots,
            "DEED": Choice((slots.get("DEED", Choice()), deeds)),
            "TO_DO": Choice((slots.get("TO_DO", Choice()), to_do)),
            "ASKED": any_row(said_again),
        }

    def _each_ordered(self, rows_of: Callable[[Orders], Iterable[Words]]) -> list[Words]:
        """Return the rows of words that order every one of several deeds, in whatever order."""
        words = words_of(self._tokens)
        each = [_places(words, rows_of(part.orders)) for part in self._parts]
        found = set[tuple[int, int]]()
        for order in permutations(each) if each else ():
            chains = set(order[0])
            for places in order[1:]:
                chains = {
                    (begin, end)
                    for begin, middle in chains
                    for start, end in places
                    if middle <= start and self._conjunctions.issuperset(words[middle:start])
                }
            found |= chains
        return [words[begin:end] for begin, end in found]

    @property
    def _conjunctions(self) -> frozenset[str]:
        return self._wording.conjunctions

    def _taken_up(self) -> tuple[list[Words], list[Words]]:
        """Return the rows of words that order what the question asked for: ``place the order``.

        And those that are its own words: "shall I *book it*?"
        """
        question = f" {' '.join(self._read_back.question)} "
        rows: list[Words] = []
        for forms, names in taken_up(self._read_back.question, self._wording):
            content = NamedContent(names, (NOTHING, {}))
            found = orders(self._tokens, forms, content, self._read_back, self._wording)
            rows += [*found.pronouns, *found.deeds, *found.todos]
        asked = len(self._read_back.question)
        own = [row for row in rows if question.endswith(f" {' '.join(row)} ") and len(row) < asked]
        # "Passe la" may be the beginning of "passe la commande".
        return [row for row in rows if f" {' '.join(row)} " not in question], own

    @cached_property
    def _forms(self) -> verbs.Forms:
        return verbs.forms(self._deed.verbs, self._wording.language)

    @cached_property
    def orders(self) -> Orders:
        """The rows of words that order it."""
        if not self._deed.verbs or self._deed.is_several:
            return Orders()
        return orders(self._tokens, self._forms, self._content, self._read_back, self._wording)

    def _ordered(self) -> Slots:
        forms, found = self._forms, self.orders
        slots = {
            "DO_IT": any_row(found.pronouns),
            "STOP_IT": any_row(found.stops),
            "DEED": any_row([*found.pronouns, *found.deeds]),
            "DEED_PART": any_row(found.deed_parts),
            "TO_DO": any_row(found.todos),
            "TO_DO_PART": any_row(found.todo_parts),
            "COMMAND": _any_form(forms.commands),
            "NOUN": _any_form(forms.nouns),
            "DONE": _any_form(forms.done),
        }
        # Where there is no one thing ("refund 20 dollars"), "all of it" may be more than that.
        everything, counted = self._content.everything
        return {**slots, "ALL": everything, **counted}

    def _names(self) -> tuple[Phrase, ...]:
        clause = _Clause.of(self._read_back, self._deed)
        return tuple(_names(clause, self._spoken, self._wording))

    @cached_property
    def _content(self) -> ToldContent | NamedContent:
        """Return what may be told with the verb."""
        if self._teller is not None:
            return ToldContent(self._teller, self._wording)
        names = () if self._deed.is_sentence else self._names()
        everything = self._wording.everything if names else NOTHING
        return NamedContent(Choice(names), (everything, {}))

    def refusing(self) -> Slots:
        """Return what fills the slots of a no: any verb of the read-back, and any of its words."""
        known = [self._deed.verbs, *(frozenset((verb,)) for verb in sorted(self._deed.others))]
        forms = [verbs.forms(each, self._wording.language) for each in known if each]
        pronouns = (self._wording.pronouns, self._wording.everything)
        told = self._told
        return {
            "COMMAND": Choice(tuple(_any_form(each.commands) for each in forms)),
            "INFINITIVE": Choice(tuple(_any_form(each.infinitives) for each in forms)),
            "SPLIT": Choice(tuple(_any_form(each.heads) for each in forms)),
            "PARTICLE": Choice(tuple(_any_form(each.particles) for each in forms)),
            "NOUN": Choice(tuple(_any_form(each.nouns) for each in forms)),
            "DONE": Choice(tuple(_any_form(each.done) for each in forms)),
            "WORD": any_of(self._read_back.clause),
            "OBJECT": Choice((*pronouns, any_row(told.details), any_row(told.echoes))),
        }


def _commands(found: Orders) -> Iterable[Words]:
    return (*found.pronouns, *found.deeds, *found.deed_parts)


def _to_do(found: Orders) -> Iterable[Words]:
    return (*found.todos, *found.todo_parts)


def _places(words: Words, rows: Iterable[Words]) -> set[tuple[int, int]]:
    """Return where rows of words begin and end."""
    return {
        (begin, begin + len(row))
        for row in rows
        for begin in range(len(words) - len(row) + 1)
        if words[begin : begin + len(row)] == row
    }


@lru_cache(maxsize=1024)
def _any_form(known: frozenset[str]) -> Phrase:
    return any_row([tuple(form.split()) for form in known])


def _same(words: tuple[str, ...], spoken: Wording, wording: Wording) -> Phrase:
    """Return the words as they may be said again: my for your, 2 for two, "and" where it helps."""
    determiner = any_of(wording.determiners | spoken.determiners)
    between = optional(any_of(wording.conjunctions))
    mark = optional(any_of(wording.before_number))
    parts: list[Phrase] = []
    for word in words:
        if word in spoken.conjunctions:
            continue
        digits = numerals.value(word, spoken.language)
        parts.append(between)
        if digits is not None:
            parts += (mark, numerals.number(digits, wording.language))
        elif word in spoken.determiners:
            parts.append(determiner)
        else:
            parts.append(Word(word))
    return Row(tuple(parts))


@dataclass(frozen=True, slots=True)
class _Clause:
    """What is to be done: a verb, and the words around it."""

    verb_at: int
    words: tuple[str, ...]
    """All but the verb."""
    pauses: frozenset[int]
    """After how many of these words there is punctuation."""
    named: int
    """How many of these words come before a colon."""

    @classmethod
    def of(cls, read_back: Asked, deed: Deed) -> "_Clause":
        words, pauses, at = read_back.clause, read_back.pauses, deed.at
        size = 1 if deed.is_sentence else max(len(verb.split()) for verb in deed.verbs)
        return cls(
            verb_at=at,
            words=words[:at] + words[at + size :],
            pauses=frozenset(place - size * (place > at) for place in pauses),
            named=read_back.named - size * (read_back.named > at),
        )


def _names(clause: _Clause, spoken: Wording, wording: Wording) -> Iterator[Phrase]:
    """Yield the ways to name the one thing that the clause is about, if it is about one."""
    thing = _Thing.of(clause, spoken)
    if not thing.name or thing.name[0] in _CURRENCIES or thing.name[-1] in thing.after:
        return
    nouns = _nouns(thing.name, spoken, wording)
    # Where verb and thing stand together as in the read-back, that is a part of it, word for word.
    is_next_to_verb = clause.named - len(thing.after) == clause.verb_at
    is_same_verb = wording.language == "en" or (wording.has_verb_last and is_next_to_verb)
    any_determiner = any_of(wording.determiners)
    one = any_of(wording.determiners - ({thing.determiner} if is_same_verb else set()))
    determiner = Row((one, optional(any_determiner)))
    whole = optional(any_of(wording.whole))
    if thing.is_numbered(spoken):
        mark = optional(any_of(wording.before_number))
        digits = numerals.number(thing.after[0], wording.language)
        yield Row((optional(any_determiner), nouns, mark, digits))
        yield Row((whole, determiner, whole, nouns, whole))
    elif not thing.is_listed(spoken):
        yield Row((whole, determiner, whole, nouns, whole))
        if thing.count:
            count = numerals.number(thing.count, wording.language)
            begins = determiner if is_same_verb else optional(determiner)
            yield Row((begins, count, nouns))


@dataclass(frozen=True, slots=True)
class _Thing:
    """What comes first in a clause: "your" "order", and what follows: "1007, one mouse"."""

    determiner: str
    count: str
    name: tuple[str, ...]
    after: tuple[str, ...]
    pauses: frozenset[int]
    """After how many words of what follows there is punctuation."""

    @classmethod
    def of(cls, clause: _Clause, spoken: Wording) -> "_Thing":
        rest = clause.words[: clause.named]
        limit = clause.verb_at if spoken.has_verb_last else len(rest)
        start = next((at for at in range(limit) if rest[at] not in spoken.determiners), limit)
        determiner = rest[start - 1] if start else ""
        count = numerals.value(rest[start], spoken.language) if start < limit else None
        start += bool(count)
        end = start
        while end < limit and not (
            rest[end] in spoken.prepositions | spoken.conjunctions
            or rest[end].isdigit()
            or (end > start and end in clause.pauses)
        ):
            end += 1
        pauses = frozenset(place - end for place in clause.pauses if place < clause.named)
        return cls(determiner, count or "", rest[start:end], rest[end:], pauses)

    def is_numbered(self, spoken: Wording) -> bool:
        """Tell whether the thing has a number, and is the only one."""
        if not self.after or not self.after[0].isdigit():
            return False
        ends = (*self.pauses, len(self.after))
        listed = any(
            word.isdigit() and len(word) == len(self.after[0]) and at in ends and at + 1 in ends
            for at, word in enumerate(self.after[1:], start=1)
        )
        return not listed and not (self.after[1:2] and self.after[1] in spoken.conjunctions)

    def is_listed(self, spoken: Wording) -> bool:
        """Tell whether more things may follow."""
        return 0 in self.pauses or any(word in spoken.conjunctions for word in self.after)


def _nouns(name: tuple[str, ...], spoken: Wording, wording: Wording) -> Phrase:
    if spoken is wording:
        return row_of(name)
    found = (row[wording.language] for row in _NOUNS if name[-1] in row["en"])
    ways = (way for nouns in found for noun in nouns for way in spellings(noun))
    return Choice((row_of(name), *map(row_of, ways)))

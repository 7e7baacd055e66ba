"""What of a read-back may be said again with a yes: all of it, or its verb and what it is about.

"Yes, cancel order 1007", "yes, cancel it", "yes, cancel my order" agree to "Cancel order 1007, one
mouse and two lamps, 24 dollars 99". "Yes, cancel the mouse" may mean only the mouse, and "yes,
cancel order 1007" only that one where 1008 was read back as well: neither is a repetition.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from agent_service.conversation.answering import numerals, verbs
from agent_service.conversation.answering.asked import Asked
from agent_service.conversation.answering.grammars import lines_of, rows_of
from agent_service.conversation.answering.phrases import (
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
from agent_service.conversation.answering.retelling import Retold, retold
from agent_service.conversation.answering.wordings import Wording
from agent_service.conversation.answering.words import spellings

# A read-back may be in English and its answer in another language.
_NOUNS: Final = rows_of("nouns")
_SHORTEST_NOUN: Final = 5
_CURRENCIES: Final = frozenset(lines_of("currencies"))


def slots(answer: str, read_back: Asked, wording: Wording, english: Wording) -> Slots:
    """Return what fills the slots of a language's phrases."""
    if not read_back.clause:
        return {}
    spoken = english if verbs.is_action(read_back.clause[0], "en") else wording
    clause = _Clause.of(read_back, spoken)
    verb: str | None = clause.verb
    is_sentence = spoken is wording and _is_sentence(clause, read_back, wording)
    if is_sentence:
        verb = verbs.named_verb(read_back.clause, read_back.pauses, wording.language)
    first = None if is_sentence else clause.verb_at
    has_more = verbs.has_second_verb(read_back.clause, read_back.pauses, spoken, first=first)
    is_told = spoken is wording and not (is_sentence and has_more)
    told = retold(answer, read_back, verb or "", wording) if is_told else Retold()
    whole = Choice((_same(read_back.clause, spoken, wording), any_row(told.wholes)))
    is_verb = is_sentence or (verb is not None and verbs.is_infinitive(verb, spoken.language))
    # An order to do the one is none to do the other; many languages need no object for it.
    if verb is None or has_more or not is_verb:
        return {"WHOLE": whole}
    filled = _verb_slots(verb, wording.language) | {
        "WHOLE": whole,
        "TOLD": any_row(told.objects),
        "PART": any_row(told.parts),
        "ORDERED": any_row(told.orders),
        "ECHOED": any_row(told.echoes),
        "WORD": any_of(read_back.clause),
    }
    things = [wording.pronouns, any_row(told.objects)]
    if is_sentence:
        if told.has_one_thing:
            filled["ALL"] = wording.everything
            things.append(wording.everything)
        filled["OBJECT"] = Choice(tuple(things))
        return filled
    around = {"BEFORE": clause.words[: clause.verb_at], "REST": clause.words[clause.verb_at :]}
    filled |= {name: _same(words, spoken, wording) for name, words in around.items() if words}
    # Where there is no one thing ("refund 20 dollars"), "all of it" may be more than that.
    if names := tuple(_names(clause, spoken, wording)):
        filled["ALL"] = wording.everything
        things += (wording.everything, *names)
    filled["OBJECT"] = Choice(tuple(things))
    return filled


def _verb_slots(verb: str, language: str) -> dict[str, Phrase]:
    forms = verbs.forms(verb, language)
    filled = {
        "COMMAND": forms.commands,
        "INFINITIVE": forms.infinitives,
        "SPLIT": forms.split_commands,
        "PARTICLE": forms.particles,
        "NOUN": forms.nouns,
    }
    return {
        name: any_row([tuple(form.split()) for form in known]) for name, known in filled.items()
    }


def _is_sentence(clause: "_Clause", read_back: Asked, wording: Wording) -> bool:
    """Tell whether the read-back says what the agent will do, and is not only its name."""
    if wording.language in ("en", "de"):
        return read_back.clause[0] in wording.before_verb
    return not verbs.is_infinitive(clause.verb, wording.language)


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

    verb: str
    verb_at: int
    words: tuple[str, ...]
    """All but the verb."""
    pauses: frozenset[int]
    """After how many of these words there is punctuation."""
    named: int
    """How many of these words come before a colon."""

    @classmethod
    def of(cls, read_back: Asked, spoken: Wording) -> "_Clause":
        words, pauses = read_back.clause, read_back.pauses
        at = _verb_at(read_back, spoken)
        return cls(
            verb=_without_enclitic(words[at], spoken),
            verb_at=at,
            words=words[:at] + words[at + 1 :],
            pauses=frozenset(place - (place > at) for place in pauses),
            named=read_back.named - (read_back.named > at),
        )


def _verb_at(read_back: Asked, spoken: Wording) -> int:
    words = read_back.clause
    if not spoken.has_verb_last:
        return next((at for at, word in enumerate(words) if word not in spoken.before_verb), 0)
    ends = [at for at in range(len(words)) if at + 1 in (*read_back.pauses, len(words))]
    known = (at for at in ends if verbs.is_action(words[at], spoken.language))
    likely = (at for at in ends if words[at].endswith("n"))
    return next(known, next(likely, len(words) - 1))


def _without_enclitic(verb: str, spoken: Wording) -> str:
    for enclitic in spoken.enclitics:
        bare = verb.removesuffix(enclitic)
        if bare != verb and bare.endswith("r"):
            return f"{bare}e" if spoken.language == "it" else bare
    return verb


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
    if spoken is not wording:
        found = (row[wording.language] for row in _NOUNS if name[-1] in row["en"])
        ways = (way for nouns in found for noun in nouns for way in spellings(noun))
        return Choice((row_of(name), *map(row_of, ways)))
    lengths = range(1, len(name) + 1)
    if wording.has_noun_last:
        # A compound may be called by its end: "das Zimmer" for "das Einzelzimmer".
        shorter = (name[-1][cut:] for cut in range(1, len(name[-1]) - _SHORTEST_NOUN + 1))
        ends = shorter if wording.has_verb_last else ()
        return Choice((*(row_of(name[-length:]) for length in lengths), any_of(ends)))
    return Choice(tuple(row_of(name[:length]) for length in lengths))

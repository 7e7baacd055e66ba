"""Which words of an answer tell what was read back, in the caller's own wording and order.

Each unit that is said (an amount, a date, a number, a name) has to be of the read-back, and as it
was there. Naming some of several things is a choice among them, and is no retelling.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from itertools import islice, zip_longest
from typing import Final

from agent_service.conversation.answering.asked import Asked
from agent_service.conversation.answering.deeds import Deed
from agent_service.conversation.answering.naming import Naming, Told
from agent_service.conversation.answering.numerals import value
from agent_service.conversation.answering.verbs import PARTED
from agent_service.conversation.answering.wordings import Wording
from agent_service.conversation.answering.words import readable_part
from agent_service.conversation.read_back.blocks import Block, blocks_of
from agent_service.conversation.read_back.dates import date
from agent_service.conversation.read_back.language import STEM, Form, Language, Role
from agent_service.conversation.read_back.languages import LANGUAGES
from agent_service.conversation.read_back.matching import Match
from agent_service.conversation.read_back.ordering import is_ordered
from agent_service.conversation.read_back.text import Text
from agent_service.conversation.read_back.tokens import RANK, Kind, Token, tokens_of
from agent_service.conversation.read_back.units import BETWEEN, Reader, Sort, Unit, Verbs
from agent_service.conversation.read_back.verbs import verbs_of

_ONWARDS: Final = frozenset(("partir", "partire"))
"""They say no more than the "from" beside them: ``a partir de``."""
_BOTH: Final = frozenset(("both", "beide", "beiden", "ambos", "ambas", "entrambi", "entrambe"))
_TRIMMED: Final = 4
"""So many small words at an edge may belong to what stands around: "stellen *Sie mich* um"."""
_MOST_TRIED: Final = 32
_MOST_READ: Final = 600
"""So many words are read of an answer, each as often as it stands in a row that is tried."""
_MOST_WORDS: Final = 200
"""Nobody tells a longer read-back again."""
_LETTERS: Final = re.compile(r"[^\W\d_]{2,}")
_SHORTEST_NOUN: Final = 4
_HALF_A_DAY: Final = 12 * 60
_FIGURES: Final = 2
"""So many figures an hour has."""

Words = tuple[str, ...]


@dataclass(slots=True)
class Retold:
    """Rows of words of an answer."""

    told: list[Words] = field(default_factory=list)
    """What tells of the read-back, and is no part of it, word for word."""
    circumstances: list[Words] = field(default_factory=list)
    """What tells when and where, and names neither a thing nor an amount."""
    details: list[Words] = field(default_factory=list)
    """The same, and amounts."""
    wholes: list[Words] = field(default_factory=list)
    """All by which the read-back is told from others, without its verb."""
    named: list[Words] = field(default_factory=list)
    """What may stand for it in an order."""
    echoes: list[Words] = field(default_factory=list)
    """The same as the wholes where it is a part of the read-back, word for word."""


@dataclass(frozen=True, slots=True)
class Teller:
    """Finds in an answer what was read back, when both are in the same language."""

    naming: Naming
    verbs: Verbs
    things: Verbs
    """Those that are no action here, but a thing: ``delivery on Friday``."""
    known: Mapping[str, Sequence[str]]
    """The words that may be told, by how they begin."""
    small: Mapping[str, Sequence[str]]
    """Words that may stand in any retelling, by how they begin."""
    compounds: Mapping[str, str]
    """What they may be called by: the ``Zimmer`` of ``Einzelzimmer``."""
    language: Language
    wording: Wording

    @classmethod
    def of(cls, read_back: Asked, deed: Deed, wording: Wording) -> "Teller | None":
        """Return nothing where more than one thing is done, or nothing can be read."""
        language = LANGUAGES[wording.language]
        summary = language.joined(tokens_of(read_back.sentence)[0])
        if len(summary) > _MOST_WORDS:
            return None
        told = summary if language.is_verb_last else _from(summary, deed.at)
        verbs = verbs_of(told, language) if deed.is_known else {}
        given = Reader(Text(told, language, verbs), verbs).read() or []
        if all(unit.sort is not Sort.VERB for unit in given):
            verbs = {}
            told = [token for at, token in enumerate(told) if not _is_of_deed(told, at, deed)]
            given = Reader(Text(told, language), {}).read() or []
        if all(unit.sort is Sort.VERB for unit in given) or _is_more_done(given):
            return None
        known = _by_stem({token.plain for token in summary})
        things = {form: verb for form, verb in verbs.items() if verb[1] is Form.THING}
        is_trade = not language.trades.isdisjoint(verbs)
        blocks = [
            block
            for block in blocks_of(given, language)
            if not all(
                unit.sort is Sort.WORD and unit.value in deed.parts | _ONWARDS
                for unit in block.units
            )
        ]
        deeds = [at for at, block in enumerate(blocks) if block.sort is Sort.VERB]
        if deeds and not language.is_verb_last:
            del blocks[: deeds[0]]  # "make a" transfer
        listed = _listed(blocks, read_back, wording)
        naming = Naming(blocks, listed, is_trade, language, wording)
        compounds = _compounds(summary) if wording.has_verb_last else {}
        small = _small_words(wording)
        return cls(naming, verbs, things, known, small, compounds, language, wording)

    def retold(self, answer: Sequence[Token], read_back: Asked) -> Retold:
        """Return what of the answer tells the read-back, without its verb."""
        found = Retold()
        read = 0
        for begin, end in islice(self._spans(answer), _MOST_TRIED):
            read += end - begin
            if read > _MOST_READ:
                break
            words = words_of(answer[begin:end])
            detail = self.read(answer[begin:end], is_order=True)
            found.named += [] if detail is None else [words]
            if detail is not None and not detail.names_thing:
                found.details.append(words)
                found.circumstances += [] if detail.names_sum else [words]
            told = detail and self.read(answer[begin:end], is_order=False)
            if told is not None:
                # A "that" ahead of it may belong to what stands before.
                rows = [words, words[1:]] if words[0] in self.wording.determiners else [words]
                is_own = any(f" {' '.join(row)} " in read_back.text for row in rows)
                found.told += [] if is_own else [words]
                if told.names_all:
                    (found.echoes if is_own else found.wholes).append(words)
        return found

    def _spans(self, answer: Sequence[Token]) -> Iterator[tuple[int, int]]:
        """Yield the longest rows of words that may be of the read-back, and a little less."""
        begin = 0
        while begin < len(answer):
            end = begin
            while end < len(answer) and self.is_known(answer[end]):
                end += 1
            for first in range(begin, min(begin + _TRIMMED, end)):
                for last in range(end, max(end - _TRIMMED, first), -1):
                    yield first, last
            begin = end + 1

    def is_known(self, token: Token) -> bool:
        """Tell whether a word may be of the read-back; a number always may."""
        if not words_of((token,)):  # a sign
            return False
        if token.kind is not Kind.WORD or token.text in self.things.keys() | self.compounds.keys():
            return True
        if token.text in self.verbs and not self._is_word(token.plain):
            return False
        if self.language.numerals.read([token.plain], 0) is not None:
            return True
        stem = token.plain[:STEM]
        alike = (*self.known.get(stem, ()), *self.small.get(stem, ()))
        return any(self.language.is_same(token.plain, word) for word in alike)

    def _is_word(self, word: str) -> bool:
        """Tell whether a verb is a noun in the read-back: the ``end`` of March."""
        units = (unit for block in self.naming.blocks for unit in block.units)
        return any(unit.sort is Sort.WORD and unit.value == word for unit in units)

    def read(self, tokens: Sequence[Token], *, is_order: bool) -> Told | None:
        """Return what words tell of the read-back; nothing if they tell of something else."""
        is_pointed = any(token.plain in self.wording.demonstratives for token in tokens)
        tokens = [self._plainly(token) for token in self._with_days(tokens)]
        rest = [token for token in tokens if token.plain not in self.wording.whole]
        rest = [token for token in rest if token.plain not in _ONWARDS]
        if not rest or self._is_open(rest[-1]):
            return None
        text = Text(rest, self.language, self.things)
        spoken = [self._rated(unit) for unit in Reader(text, self.things).read() or ()]
        if not spoken:
            return None
        match = Match(self.naming.blocks, spoken, self.language)
        said, left = match.found_in_part()
        if said is None or not is_ordered(said, is_trade=self.naming.is_trade):
            return None
        is_all_of_it = any(token.plain in self.wording.whole for token in tokens)
        words = frozenset(unit.value for unit in spoken if unit.sort is Sort.WORD)
        return self.naming.judged(
            said,
            left,
            words,
            is_all_of_it=is_all_of_it,
            is_pointed=is_pointed and is_order,
            is_order=is_order,
        )

    def _with_days(self, tokens: Sequence[Token]) -> Iterator[Token]:
        """Yield the tokens with the day of a month as a number, if its month is not named."""
        text, at = Text(tokens, self.language), 0
        while at < len(tokens):
            names = ((" ".join(text.word(at + step) for step in range(n)), n) for n in (2, 1))
            rank = next(((name, n) for name, n in names if name in self.language.ordinals), None)
            day = str(self.language.ordinals[rank[0]]) if rank is not None else ""
            if rank is None or date(text, at) is not None or self._date_on(day) is None:
                yield tokens[at]
                at += 1
                continue
            yield replace(tokens[at], kind=Kind.NUMBER, text=day, plain=day)
            at += rank[1]

    def _date_on(self, day: str) -> Unit | None:
        """Return the only date that is on such a day, if nothing else has that number."""
        units = [unit for block in self.naming.blocks for unit in block.units]
        dates = [unit for unit in units if unit.sort is Sort.DATE]
        found = [unit for unit in dates if unit.value.split("-")[1] == day]
        is_other = any(unit.value in (day, f"{day}{RANK}") for unit in units)
        return found[0] if len(found) == 1 and not is_other else None

    def _rated(self, said: Unit) -> Unit:
        """Return a price with what it is for, a time with its half, a day with its month."""
        units = [unit for block in self.naming.blocks for unit in block.units]
        if said.sort is Sort.NUMBER and (found := self._date_on(said.value)) is not None:
            return replace(said, sort=Sort.DATE, value=found.value)
        if said.sort is Sort.AMOUNT:
            values = [unit.value for unit in units if unit.value.startswith(f"{said.value}/")]
            return replace(said, value=values[0]) if len(values) == 1 else said
        times = [unit for unit in units if unit.sort is Sort.TIME]
        is_span = any(unit.value in BETWEEN for unit in units)
        minutes = _open_time(said, is_span=is_span and said.value not in self._numbers)
        same = [time for time in times if _minutes(time) == minutes]
        if len(same) != 1 or (len(times) > 1 and not is_span):
            return said
        return replace(said, sort=Sort.TIME, value=same[0].value)

    @property
    def _numbers(self) -> frozenset[str]:
        units = (unit for block in self.naming.blocks for unit in block.units)
        return frozenset(unit.value for unit in units if unit.sort is Sort.NUMBER)

    def _is_open(self, token: Token) -> bool:
        """Tell whether something has to follow a word: ``to``, ``the``."""
        language = self.language
        return token.text in language.roles.keys() | language.joints | language.determiners

    def _plainly(self, token: Token) -> Token:
        """Return "both" as a number, and "my" as a word for "your"."""
        if token.plain in _BOTH:
            return replace(token, kind=Kind.NUMBER, text="2", plain="2")
        if (compound := self.compounds.get(token.plain)) is not None:
            return replace(token, text=compound, plain=compound)
        is_small = token.plain in self.wording.determiners and token.plain not in self.wording.whole
        is_number = token.plain in self.language.numerals.values
        known = self.language.determiners | self.language.roles.keys()
        if is_small and not is_number and token.text not in known:
            article = max(self.language.determiners - self.language.roles.keys())
            return replace(token, text=article, plain=article)
        return token


def _open_time(said: Unit, *, is_span: bool) -> int | None:
    """Return the time of day that is said without its half: ``at nine``, ``between nine and``."""
    if said.sort is Sort.TIME:
        return _minutes(said) if said.value.startswith("?") else None
    is_told = is_span or said.role in (Role.AT, Role.TO)
    is_hour = said.sort is Sort.NUMBER and is_told and len(said.value) <= _FIGURES
    return int(said.value) * 60 % _HALF_A_DAY if is_hour else None


def _minutes(time: Unit) -> int:
    """Return how far a time of day is from noon or midnight."""
    return int(time.value.lstrip("?")) % _HALF_A_DAY


def _is_more_done(given: Sequence[Unit]) -> bool:
    """Tell whether more than one thing is done; an amount that comes of it is no deed."""
    deeds = [
        unit.verb
        for unit, after in zip_longest(given, given[1:])
        if unit.sort is Sort.VERB and not unit.is_thing
        if after is None or after.sort is not Sort.AMOUNT
    ]
    return len(set(deeds)) > 1


def _is_of_deed(tokens: Sequence[Token], at: int, deed: Deed) -> bool:
    """Tell whether a word is of the verb, or of who does it: ``ich trage``, and ``ein``."""
    word, after = tokens[at].plain, tokens[at + 1 : at + 2]
    is_last = not after or bool(after[0].gap)
    return word in deed.words and (is_last or word not in PARTED)


def _listed(blocks: Sequence[Block], read_back: Asked, wording: Wording) -> Sequence[bool]:
    """Tell of each block whether something more begins with it: behind a pause, or "and"."""
    words, at = read_back.clause, 0
    found: list[bool] = []
    for block in blocks:
        values = {unit.value for unit in block.units if unit.sort is Sort.WORD}
        places = [place for place in range(at, len(words)) if words[place] in values]
        first = at = places[0] if places else at
        while first > 0 and not _begins(words, read_back.pauses, first, wording):
            if not _is_small(words[first - 1], wording):
                break
            first -= 1
        is_content = min(read_back.named, read_back.stated) <= first
        is_next = block.units[0].is_joined or not places
        is_next = is_next or _begins(words, read_back.pauses, first, wording)
        found.append(is_next and not is_content)
    return found


def _begins(words: Words, pauses: frozenset[int], at: int, wording: Wording) -> bool:
    return at in pauses or words[at - 1] in wording.conjunctions


def _is_small(word: str, wording: Wording) -> bool:
    return word in wording.determiners or value(word, wording.language) is not None


def _from(tokens: Sequence[Token], begin: int) -> Sequence[Token]:
    """Return the tokens from a word on."""
    while tokens and begin > 0:
        begin -= len(words_of(tokens[:1]))
        tokens = tokens[1:]
    return tokens


def words_of(tokens: Sequence[Token]) -> Words:
    """Return tokens as the words of an answer."""
    return tuple(word for token in tokens for word in _words_in(token.text))


@lru_cache(maxsize=4096)
def _words_in(text: str) -> Words:
    return readable_part(text).words


def _compounds(tokens: Sequence[Token]) -> Mapping[str, str]:
    """Return the ends of nouns, as far as they are of one only."""
    nouns = {token.plain for token in tokens if token.is_capital}
    found: dict[str, str] = {}
    ends = [
        (noun[cut:], noun) for noun in nouns for cut in range(2, len(noun) - _SHORTEST_NOUN + 1)
    ]
    for end, noun in ends:
        found[end] = noun if end not in found else ""
    return {end: noun for end, noun in found.items() if noun and end not in nouns}


def _by_stem(words: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """Put the words together that may be forms of one."""
    found: dict[str, list[str]] = {}
    for word in words:
        found.setdefault(word[:STEM], []).append(word)
    return found


_SMALL: Final[dict[str, Mapping[str, Sequence[str]]]] = {}


def _small_words(wording: Wording) -> Mapping[str, Sequence[str]]:
    if wording.language not in _SMALL:
        _SMALL[wording.language] = _by_stem(_small(LANGUAGES[wording.language], wording))
    return _SMALL[wording.language]


def _small(language: Language, wording: Wording) -> frozenset[str]:
    """Return the words that may stand in any retelling."""
    numbers = language.numerals
    links = numbers.links.keys() | numbers.hundred | numbers.thousand
    small = wording.determiners | wording.conjunctions | wording.whole | wording.before_number
    months = language.months.keys() | language.weekdays.keys()
    words = language.roles.keys() | language.joints | language.determiners | language.cents
    return (
        small
        | words
        | months
        | links
        | numbers.values.keys()
        | language.ordinals.keys()
        | language.currencies.keys()
        | _clock_words(language.tag)
        | _ONWARDS
        | _BOTH
    )


@cache
def _clock_words(tag: str) -> frozenset[str]:
    """Return the words by which the time is told: ``half``, ``del pomeriggio``."""
    clock = LANGUAGES[tag].clock
    phrases = [clock.quarter, clock.half, clock.past, clock.before, clock.noon, clock.midnight]
    phrases += [clock.hours, *(part.phrase for part in clock.parts)]
    texts = (phrase.pattern for phrase in phrases if phrase is not None)
    return frozenset(word for text in texts for word in _LETTERS.findall(text))

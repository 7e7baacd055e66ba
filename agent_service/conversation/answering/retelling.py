"""Which words of an answer tell what was read back, in the caller's own wording and order.

Each unit that is said (an amount, a date, a number, a name) has to be of the read-back, and as it
was there. Naming some of several things is a choice among them, and is no retelling.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from agent_service.conversation.answering.asked import Asked, is_echo
from agent_service.conversation.answering.wordings import Wording
from agent_service.conversation.answering.words import readable_part
from agent_service.conversation.read_back.blocks import Block, blocks_of
from agent_service.conversation.read_back.language import STEM, Form, Language, Role
from agent_service.conversation.read_back.languages import LANGUAGES
from agent_service.conversation.read_back.matching import Match
from agent_service.conversation.read_back.ordering import Said, is_ordered
from agent_service.conversation.read_back.text import Text
from agent_service.conversation.read_back.tokens import Kind, Token, tokens_of
from agent_service.conversation.read_back.units import Reader, Sort, Unit, Verbs
from agent_service.conversation.read_back.verbs import verbs_of

_BOTH: Final = frozenset(("both", "beide", "beiden", "ambos", "ambas", "entrambi", "entrambe"))
_TRIMMED: Final = 4
"""So many small words at an edge may belong to what stands around: "stellen *Sie mich* um"."""
_MOST_TRIED: Final = 48
_MOST_READ: Final = 600
"""So many words are read of an answer, each as often as it stands in a row that is tried."""
_MOST_WORDS: Final = 200
"""Nobody tells a longer read-back again."""
_NUMERIC: Final = frozenset(Sort) - {Sort.WORD, Sort.VERB}
_TO: Final = frozenset((Role.TO, Role.TOWARDS, Role.FOR))

Words = tuple[str, ...]


@dataclass(slots=True)
class Retold:
    """Rows of words of an answer."""

    has_one_thing: bool = False
    """The read-back is about something that stands for all of it."""
    objects: list[Words] = field(default_factory=list)
    """What may be said with the verb: the one thing, or all of them, and details."""
    parts: list[Words] = field(default_factory=list)
    """The same where it is with the verb a part of the read-back, word for word."""
    orders: list[Words] = field(default_factory=list)
    """The same with the verb in it."""
    wholes: list[Words] = field(default_factory=list)
    """All by which the read-back is told from others, without its verb."""
    echoes: list[Words] = field(default_factory=list)
    """The same where it is a part of the read-back, word for word."""

    def add(self, words: Words, told: "_Told", *, is_part: bool, is_echo: bool) -> None:
        """Sort some words in."""
        if told.is_order:
            self.orders += [] if is_echo else [words]
            return
        (self.parts if is_part else self.objects).append(words)
        if told.names_all:
            (self.echoes if is_echo else self.wholes).append(words)


def retold(answer: str, read_back: Asked, verb: str, wording: Wording) -> Retold:
    """Return what of the answer tells the read-back, when both are in the same language."""
    language = LANGUAGES[wording.language]
    summary = language.joined(tokens_of(read_back.sentence)[0])
    teller = _Teller.of(summary, language, wording) if len(summary) <= _MOST_WORDS else None
    if teller is None:
        return Retold()
    found = Retold(has_one_thing=teller.has_one_thing)
    size = len(verb.split(" … ", maxsplit=1)[0].split())
    for before, words, after, told in teller.told(answer):
        # A "that" ahead of it may belong to what stands before.
        rows = [words, words[1:]] if words[0] in wording.determiners else [words]
        # With its verb behind it, in German, or ahead, it may be a part of the read-back.
        behind = after[:1] if after[:1] == (verb,) else ()
        is_part = is_echo((*before[-size:], *words), read_back) or (
            bool(behind) and any(is_echo((*row, *behind), read_back) for row in rows)
        )
        is_own = any(is_echo(row, read_back) for row in rows)
        found.add(words, told, is_part=is_part, is_echo=is_own)
    return found


@dataclass(frozen=True, slots=True)
class _Told:
    names_all: bool
    is_order: bool = False
    """It holds the verb too."""


@dataclass(frozen=True, slots=True)
class _Teller:
    blocks: Sequence[Block]
    verbs: Verbs
    known: Mapping[str, Sequence[str]]
    """The words that may be told, by how they begin."""
    is_trade: bool
    language: Language
    wording: Wording

    @classmethod
    def of(cls, summary: Sequence[Token], language: Language, wording: Wording) -> "_Teller | None":
        """Return nothing where more than one thing is done, or nothing can be read."""
        verbs = verbs_of(summary, language)
        given = Reader(Text(summary, language, verbs), verbs).read()
        if (
            not given
            or all(unit.sort is Sort.VERB for unit in given)
            or len({unit.verb for unit in given if unit.sort is Sort.VERB}) > 1
        ):
            return None
        known = _by_stem({token.plain for token in summary} | _small(language, wording))
        is_trade = not language.trades.isdisjoint(verbs)
        blocks = blocks_of(given, language)
        deeds = [at for at, block in enumerate(blocks) if block.sort is Sort.VERB]
        if deeds and not language.is_verb_last:
            del blocks[: deeds[0]]  # "make a" transfer
        return cls(blocks, verbs, known, is_trade, language, wording)

    def told(self, answer: str) -> Iterator[tuple[Words, Words, Words, _Told]]:
        """Yield what the answer tells, between the words around it."""
        pieces = answer.split()
        read = 0
        for begin, end in islice(self._spans(pieces), _MOST_TRIED):
            read += end - begin
            if read > _MOST_READ:
                return
            found = self._read(" ".join(pieces[begin:end]))
            if found is not None:
                rows = (pieces[:begin], pieces[begin:end], pieces[end:])
                before, words, after = (readable_part(" ".join(row)).words for row in rows)
                yield before, words, after, found

    def _spans(self, pieces: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Yield the longest rows of words that may be of the read-back, and a little less."""
        begin = 0
        while begin < len(pieces):
            end = begin
            while end < len(pieces) and self._is_known(pieces[end]):
                end += 1
            for first in range(begin, min(begin + _TRIMMED, end)):
                for last in range(end, max(end - _TRIMMED, first), -1):
                    yield first, last
            begin = end + 1

    def _is_known(self, piece: str) -> bool:
        return all(
            token.kind is not Kind.WORD or self._may_be_told(token) for token in tokens_of(piece)[0]
        )

    def _may_be_told(self, token: Token) -> bool:
        if token.text in self.verbs:
            return self.language.is_verb_last
        alike = self.known.get(token.plain[:STEM], ())
        return any(self.language.is_same(token.plain, word) for word in alike)

    def _read(self, text: str) -> _Told | None:
        tokens = [self._plainly(token) for token in self.language.joined(tokens_of(text)[0])]
        if not tokens:
            return None
        # A verb at the end of its clause may have a part of what is told behind it.
        verbs = [token for token in tokens[1:-1] if self._is_verb(token)]
        tokens = [token for token in tokens if token not in verbs]
        rest = [token for token in tokens if token.plain not in self.wording.whole]
        if not rest or any(token.text in self.verbs for token in rest) or self._is_open(rest[-1]):
            return None
        spoken = [self._rated(unit) for unit in Reader(Text(rest, self.language), {}).read() or ()]
        if not spoken:
            return None
        match = Match(self.blocks, spoken, self.language)
        said, left = match.found_in_part()
        if said is None or not is_ordered(said, is_trade=self.is_trade):
            return None
        told = self._judged(said, left, is_all_of_it=len(rest) < len(tokens))
        return replace(told, is_order=True) if told is not None and verbs else told

    def _rated(self, said: Unit) -> Unit:
        """Return a price with what it is for, which need not be said again: ``a month``."""
        units = (unit for block in self.blocks for unit in block.units)
        values = [unit.value for unit in units if unit.value.startswith(f"{said.value}/")]
        is_price = said.sort is Sort.AMOUNT and len(values) == 1
        return replace(said, value=values[0]) if is_price else said

    def _is_verb(self, token: Token) -> bool:
        return self.language.is_verb_last and self.verbs.get(token.text, (0, None))[1] is Form.OPEN

    def _is_open(self, token: Token) -> bool:
        """Tell whether something has to follow a word: ``to``, ``the``."""
        language = self.language
        return token.text in language.roles.keys() | language.joints | language.determiners

    def _plainly(self, token: Token) -> Token:
        """Return "both" as a number, and "my" as a word for "your"."""
        if token.plain in _BOTH:
            return replace(token, kind=Kind.NUMBER, text="2", plain="2")
        is_small = token.plain in self.wording.determiners and token.plain not in self.wording.whole
        if is_small and token.text not in self.language.determiners | self.language.roles.keys():
            article = max(self.language.determiners - self.language.roles.keys())
            return replace(token, text=article, plain=article)
        return token

    def _judged(
        self, said: Sequence[Said], left: Sequence[tuple[int, Unit]], *, is_all_of_it: bool
    ) -> _Told | None:
        told = {each.place for each in said}
        things = self._things()
        named = told.intersection(things)
        is_one = named == set(things[:1]) and self._is_about_one(things)
        if not is_one and (is_all_of_it or named not in (set(), set(things))):
            return None
        if any(told & group not in (set(), group) for group in self._lists()):
            return None
        is_numbered = is_one and not self.blocks[things[0]].is_counted
        of_one = [each for each in left if not (is_numbered and each[0] == things[0])]
        if not all(self._is_named(each, of_one) for each in said):
            return None
        return _Told(names_all=named in (set(), set(things)) and self._is_all(left))

    @property
    def has_one_thing(self) -> bool:
        """Tell whether one thing stands for all that it is about."""
        return self._is_about_one(self._things())

    def _things(self) -> list[int]:
        return [index for index, block in enumerate(self.blocks) if self._is_thing(index, block)]

    def _is_named(self, one: Said, left: Sequence[tuple[int, Unit]]) -> bool:
        """Tell whether no more was left out of what was named than a word that describes it."""
        if not self._has_its_role(one):
            return False
        missing = [unit for index, unit in left if index == one.place]
        words = [unit for unit in one.block.units if unit.sort is Sort.WORD]
        classes = self.language.classes
        heads = [unit for unit in words if unit.value not in classes] or words
        is_noun_last = self.wording.has_noun_last or len(heads) < len(words)
        head = heads[-1 if is_noun_last else 0] if heads else None
        has_number = any(unit.sort is not Sort.WORD for unit in one.block.units)
        is_headless = head in missing and (one.block.is_counted or not has_number)
        return not is_headless and not any(
            unit.sort is not Sort.WORD or unit.is_name for unit in missing
        )

    def _has_its_role(self, one: Said) -> bool:
        """Tell whether it was said with the preposition that it was read back with."""
        given, role = one.block.role, one.role
        if one.block.is_free:
            is_moved = any(block.is_moment and block.role in _TO for block in self.blocks)
            return not is_moved or (role is Role.FROM) is (given is Role.FROM)
        if given is Role.FROM or role is Role.FROM:
            return role is given
        if one.is_inherited or one.block.is_inherited or role is given:
            return True
        if given in _TO:
            return role in _TO or (role is None and given is not Role.FOR)
        if given is not None:
            # "chiuda il gas" is "la fornitura del gas"; a number of its own makes it another thing.
            is_attribute = given is Role.AT and one.place == self._first() + 1
            is_bare = is_attribute and role is None and not one.block.has_number
            return is_bare or role in (Role.AT, Role.TOWARDS)
        # "to Daniel Moss today": what nothing parts from a goal is no goal. The Portuguese "a" may
        # be "the" as well as "to", where nothing goes anywhere.
        is_bare = not one.block.has_number and one.place != self._first()
        return role in _TO and (is_bare or (bool(self.language.doubtful) and not self._has_goal()))

    def _has_goal(self) -> bool:
        return any(block.role in _TO for block in self.blocks)

    def _is_thing(self, index: int, block: Block) -> bool:
        """Tell whether a block is one of those that it is about, and not a detail."""
        if (
            block.is_free
            or block.sort is Sort.VERB
            or not (block.role is None or block.is_inherited)
        ):
            return False
        if index == self._first():
            return True
        is_led = self._is_opening(block) or self._is_opening(self.blocks[index - 1])
        return not is_led and block.units[0].is_apart and not self._is_label(index)

    def _lists(self) -> list[set[int]]:
        """Return what was read back together, so that one of it is a choice: goods, and lists."""
        lists = [{index for index, block in enumerate(self.blocks) if block.is_counted}]
        for index, block in enumerate(self.blocks):
            is_next = block.units[0].is_joined or block.is_inherited
            both = self.blocks[max(index - 1, 0) : index + 1]
            if is_next and not any(each.is_free or each.sort is Sort.VERB for each in both):
                before = lists[-1] if index - 1 in lists[-1] and len(lists) > 1 else {index - 1}
                lists.append(before | {index})
        return lists

    def _first(self) -> int:
        """Return where what is done is done to stands, if that is a thing."""
        return next(at for at, block in enumerate(self.blocks) if block.sort is not Sort.VERB)

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

    def _is_all(self, left: Sequence[tuple[int, Unit]]) -> bool:
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


def _by_stem(words: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """Put the words together that may be forms of one."""
    found: dict[str, list[str]] = {}
    for word in words:
        found.setdefault(word[:STEM], []).append(word)
    return found


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
        | _BOTH
    )

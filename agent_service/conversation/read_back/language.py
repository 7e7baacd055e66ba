"""What a language has to say for itself: the tables by which its read-backs are compared."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from functools import cached_property
from itertools import pairwise

from agent_service.conversation.read_back.numerals import Numerals
from agent_service.conversation.read_back.tokens import RANK, Kind, Token, plain

_DAY_MONTH = re.compile(r"(?:0?[1-9]|[12][0-9]|3[01])(?:\.(?:0?[1-9]|1[0-2]))?")


_SMALL = 2
STEM = 3
"""So many letters two words have to share at the least to be forms of one."""


class Form(Enum):
    """What a form of a verb says of the time."""

    OPEN = auto()
    """To come, or under way: ``cancel``, ``cancelling``."""
    NOUN = auto()
    """``cancellation``"""
    OTHERS = auto()
    """What another may be doing: ``cancele``, ``annulera``; "que" or "se" ahead makes it open."""
    THING = auto()
    """The same of what is no action here: ``delivery on Friday``."""
    DONE = auto()
    """``cancelled``: nothing but "will be" before it makes it a thing to come."""


Forms = Mapping[str, Form]


class Role(Enum):
    """What a preposition makes of the words after it, as far as it matters."""

    TO = auto()
    TOWARDS = auto()
    """``para``, which may be "to" and may be "for"."""
    FROM = auto()
    FOR = auto()
    WITH = auto()
    AT = auto()
    INSTEAD = auto()
    """``instead of``: what was, where the summary says "from"."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the day: the hours that it can name."""

    phrase: re.Pattern[str]
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Clock:
    """How a language tells the time."""

    cues: frozenset[str]
    """Words after which a bare number is an hour."""
    hours: re.Pattern[str]
    """``Uhr``, ``o'clock``"""
    plus: frozenset[str] = frozenset()
    """Between the hour and its minutes: ``y``, ``et``."""
    minus: re.Pattern[str] | None = None
    quarter: re.Pattern[str] | None = None
    half: re.Pattern[str] | None = None
    past: re.Pattern[str] | None = None
    """Between the minutes and their hour: ``past``, ``nach``."""
    before: re.Pattern[str] | None = None
    half_before: str = ""
    """``halb``: half an hour before the hour that it names."""
    noon: re.Pattern[str] | None = None
    midnight: re.Pattern[str] | None = None
    parts: tuple[Part, ...] = ()
    halves: frozenset[str] = frozenset(("am", "pm"))
    """``am`` is a preposition in German."""
    has_halves: bool = False
    """Hours up to twelve need a word that tells which half of the day."""


@dataclass(frozen=True)
class SmallTalk:
    """What people say around a read-back, by what it does there."""

    doing: Forms
    """Verbs of doing that name no deed: ``process``. What was done only counts as to come."""
    saying: Forms
    """Verbs of talking, wishing and understanding."""
    words: frozenset[str]
    """Words of all other kinds that say nothing of the matter."""
    courtesy: frozenset[str]
    """Words that do so only where nothing else is said up to the next pause."""
    around: frozenset[str]
    """Words that may stand with those."""
    negations: frozenset[str]
    """They do so ahead of one of the ``troubles``: ``so that nothing goes wrong``."""
    troubles: frozenset[str]
    conditions: frozenset[str]
    """They do so ahead of one of the ``consents``: ``if that suits you``."""
    consents: frozenset[str]
    limits: frozenset[str]
    """They do so ahead of a verb of talking: ``only to confirm``."""
    again: frozenset[str]
    """They do so behind one, too, or ahead of a colon: ``once again: ...``."""
    earlier: frozenset[str]
    """They do so ahead of a verb of doing: ``before I go on``."""
    barred: re.Pattern[str]
    """Phrases of such words that say something: ``for now``."""
    turns: Mapping[str, Role]
    """Words that make of a thing the one from which, or to which, it is changed: ``the new``."""
    adds: frozenset[str]
    """They do no more than "and" ahead of one thing more: ``plus``."""
    means: frozenset[str]
    """They stand ahead of the deed as a noun: ``by transfer``."""
    kinds: frozenset[str]
    """Words for what kind of thing it is, beside its name: ``job 30562``."""
    alike: tuple[frozenset[str], ...]
    """Words that say the same of a thing."""
    prices: frozenset[str]
    """Words that an amount may go without: ``price``."""
    costs: frozenset[str]
    """The same where another word says what it is for: ``extra cost``."""

    @cached_property
    def small(self) -> frozenset[str]:
        """All words that say nothing of the matter."""
        return self.words | self.doing.keys() | self.saying.keys()

    @cached_property
    def agreement(self) -> frozenset[str]:
        """Words by which a question asks for agreement: ``fine``, not ``understood``."""
        return self.consents - self.saying.keys() - self.troubles

    @property
    def person(self) -> str:
        """The word that stands for all those for a person, which come first of those alike."""
        return min(plain(word) for word in self.alike[0])


@dataclass(frozen=True)
class Language:
    tag: str
    small_talk: SmallTalk
    numerals: Numerals
    ordinals: Mapping[str, int]
    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    currencies: Mapping[str, str]
    cents: frozenset[str]
    points: frozenset[str]
    """What is said for the decimal point."""
    clock: Clock
    roles: Mapping[str, Role]
    idle: frozenset[str]
    """Words that say nothing of their own: articles, pronouns, ``and``."""
    silent: re.Pattern[str]
    """Phrases that say nothing wherever they stand, in the summary too: ``in the name of``."""
    joints: frozenset[str]
    """Those of them that part two things: ``and``."""
    callers: frozenset[str]
    """Words for the caller, who is not to do it: ``you cancel``."""
    addressed: frozenset[str]
    """Words for the caller as the one to whom it is done: ``call you back``."""
    articles: frozenset[str]
    """Words for one that may as well be an article."""
    determiners: frozenset[str]
    """Words that may stand in place of "one": ``the``, ``your``, ``del``."""
    labels: re.Pattern[str]
    """What may stand before a number without a meaning: ``number``, ``postcode``."""
    ending: re.Pattern[str]
    """``ending in``, before the last digits of something."""
    openings: frozenset[str]
    """Words that begin something new: ``until``."""
    synonyms: Mapping[str, str]
    short: frozenset[str]
    """Words that end with a full stop: ``Dr.``"""
    titles: frozenset[str]
    endings: frozenset[tuple[str, str]]
    """What one word may end with in place of the other and still be the same thing."""
    verbs: tuple[Forms, ...]
    """Verbs that say the same, each with its forms."""
    trades: frozenset[str]
    """Those that give one thing for another."""
    inflect: Callable[[str], Forms]
    """Return the forms of a verb that is in no table, or none if it cannot be a verb."""
    is_verb_last: bool
    passive: re.Pattern[str]
    light: frozenset[str]
    """Verbs that say no more than the noun after them: ``make`` a refund."""
    plain: frozenset[str]
    """Words that say nothing of the matter: of talking, and of how it is done."""
    asides: re.Pattern[str]
    """The same of phrases whose words may mean something: ``before I go ahead``."""
    quoting: frozenset[str]
    """Words that may stand right ahead of the caller's own: ``that``, ``says``."""
    own_words: re.Pattern[str]
    """After this, a summary holds the caller's own words."""
    asks: frozenset[str]
    """Words that a question for agreement is made of."""
    agrees: re.Pattern[str]
    """What makes it one: ``shall I``, ``is correct``."""
    requests: re.Pattern[str]
    """Sentences that ask for agreement without a question mark: ``please confirm``."""
    openers: re.Pattern[str]
    """What begins a question that goes on with the thing that is asked for."""
    first_person: str = ""
    """What verbs end with that ask by themselves: ``¿Cancelo el pedido?``"""
    rates: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    """What a price is for, behind it: ``a month``, ``monthly``."""
    letters: Mapping[str, str] = field(default_factory=dict)
    """What letters are called where they are spelt: ``effe``."""
    dashes: frozenset[str] = frozenset()
    """What the dash in a number or a code is called."""
    digits: Mapping[str, int] = field(default_factory=dict)
    """Words for a digit beside others: ``meia``."""
    doubles: Mapping[str, int] = field(default_factory=dict)
    """``double six`` for two digits."""
    repaying: frozenset[str] = frozenset()
    """Verbs that say the same ahead of an amount: ``devolver``, ``reembolsar``."""
    until: frozenset[str] = frozenset()
    """Words that may stand for "to" behind a moment: from Monday ``until`` Friday."""
    has_one_form: bool = False
    """What I do and what others do may look alike: ``I pause``, ``she will pause``."""
    is_to_an_hour: bool = False
    """What is "to" ahead of a place is "at" ahead of an hour: ``alle 10``."""
    has_dots: bool = False
    """A full stop behind a number ends no sentence where a small letter follows: ``12.3. um``."""
    is_first_role: bool = False
    """Of two prepositions in a row the second is of a name: ``auf Am Stadtpark 14``."""
    doubtful: frozenset[str] = frozenset()
    """Prepositions that may be articles: ``a``."""
    ways: Mapping[str, Role] = field(default_factory=dict)
    """Prepositions of two words: ``out of``."""
    wishing: frozenset[str] = frozenset()
    """``que``, ``se``: behind them it is not another who does it."""
    also: frozenset[str] = frozenset()
    """Words that lead over from one thing that is done to the next."""
    classes: frozenset[str] = frozenset()
    """Words for what kind of thing it is, beside its name: savings ``account``, Visa ``card``."""
    participle: str = ""
    """What verbs end with that begin no clause of their own: ``starting``."""
    past: frozenset[str] = frozenset()
    """Words that make a thing done of a verb that looks alike: ``have set``."""
    particles: tuple[str, ...] = ()
    """Parts of verbs that may stand apart at the end: ``ab``, ``zurück``."""

    def __post_init__(self) -> None:
        """Let words stand without their accents too; the other way about they are others."""
        for name in ("idle", "joints", "determiners"):
            spelt = getattr(self, name)
            object.__setattr__(self, name, spelt | {plain(word) for word in spelt})
        alike = {
            plain(word): min(map(plain, group)) for group in self.small_talk.alike for word in group
        }
        object.__setattr__(self, "synonyms", alike | dict(self.synonyms))
        bare = {plain(word): role for word, role in self.roles.items()}
        object.__setattr__(self, "roles", bare | dict(self.roles))

    @cached_property
    def prices(self) -> frozenset[str]:
        """Words that an amount may go without."""
        return self._alike(self.small_talk.prices)

    @cached_property
    def costs(self) -> frozenset[str]:
        """The same where another word says what it is for."""
        return self._alike(self.small_talk.costs)

    def _alike(self, spelt: Iterable[str]) -> frozenset[str]:
        return frozenset(self.synonyms.get(word, word) for word in map(plain, spelt))

    @cached_property
    def beside(self) -> frozenset[str]:
        """Words that may stand between a kind of thing and its name: ``cuenta de ahorro``."""
        of = {word for word, role in self.roles.items() if role in (Role.AT, Role.FROM)}
        return self.idle | self.determiners | of

    @cached_property
    def common(self) -> frozenset[str]:
        """Words that tell that a text is in this language."""
        known = self.idle | self.joints | self.roles.keys() | self.openings
        return known | self.months.keys()

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Words that are of this language, so that it can be told from the others."""
        verbs = {form for forms in self.verbs for form in forms}
        return self.common | verbs | self.numerals.values.keys() | self.currencies.keys()

    def ways_to_say(self, word: str, *, is_wished: bool = False) -> frozenset[str]:
        """Return the forms of all verbs that say the same as that one, if it is a verb.

        ``is_wished``: also those that say what another does, as in "want me to".
        """
        alike = [forms for forms in self.verbs if word in forms]
        late = (Form.DONE,) if is_wished else (Form.DONE, Form.OTHERS)
        return frozenset(form for forms in alike for form in forms if forms[form] not in late)

    @cached_property
    def _nouns(self) -> Mapping[str, frozenset[str]]:
        """The nouns for what is done, by the forms of its verbs: ``delivery`` by ``delivered``."""
        found: dict[str, set[str]] = {}
        for forms in self.verbs:
            nouns = {plain(form) for form, says in forms.items() if says is Form.NOUN}
            for form, says in forms.items():
                if says is not Form.NOUN and nouns:
                    found.setdefault(plain(form), set()).update(nouns)
        return {form: frozenset(nouns) for form, nouns in found.items()}

    @cached_property
    def infinitives(self) -> frozenset[str]:
        """The verbs of the tables, and forms that look like them."""
        forms = (form for forms in self.verbs for form, says in forms.items() if says is Form.OPEN)
        return frozenset(map(plain, forms))

    def nouns_of(self, form: str) -> frozenset[str]:
        """Return the nouns for what a form of a verb says is done."""
        return self._nouns.get(form, frozenset())

    def is_same(self, one: str, other: str) -> bool:
        """Tell whether two words are one, or share a stem and differ in their number or case."""
        if one == other:
            return True
        shared = 0
        while shared < min(len(one), len(other)) and one[shared] == other[shared]:
            shared += 1
        for cut in range(max(shared - 1, STEM), shared + 1):
            ends = one[cut:], other[cut:]
            if shared >= STEM and (ends in self.endings or ends[::-1] in self.endings):
                return True
        return False

    @staticmethod
    def _goes_on(before: Token, here: Token) -> bool:
        is_word = here.kind is Kind.WORD and not here.is_capital
        return is_word and _DAY_MONTH.fullmatch(before.text) is not None

    def joined(self, tokens: Sequence[Token]) -> list[Token]:
        """Return the tokens without the full stops that end no sentence."""
        joined = list(tokens[:1])
        for before, here in pairwise(tokens):
            is_inside = here.gap == "." and self._is_short(before, here)
            joined.append(replace(here, gap="") if is_inside else here)
        return joined

    def _is_short(self, before: Token, here: Token) -> bool:
        if before.kind is Kind.NUMBER:
            is_day = len(before.text) <= 2 and here.plain in self.months
            return is_day or (self.has_dots and self._goes_on(before, here))
        return before.plain in self.short


_CHOICE = re.compile(r"\(\?:([^()?]*)\)")


def phrases(*patterns: str) -> re.Pattern[str]:
    """Compile patterns of whole words; the ones that come first are tried first."""
    longest_first = (_CHOICE.sub(_by_length, pattern) for pattern in patterns)
    return re.compile(f"(?:{'|'.join(longest_first)})(?= |$)")


def rates(**patterns: str) -> dict[str, re.Pattern[str]]:
    """Compile the phrases for what a price is for."""
    return {name: phrases(pattern) for name, pattern in patterns.items()}


def ranks(*texts: str) -> dict[str, str]:
    """Return the words for a place in a row, ``first`` the first, as they are written short."""
    return {
        word: f"{place}{RANK}"
        for place, forms in enumerate(row(*texts), start=1)
        for word in forms.split(",")
    }


def each(ahead: str, *measures: str) -> dict[str, re.Pattern[str]]:
    """Compile the same for what else is paid for by the piece; ``_`` parts words in one."""
    names = row(*measures)
    return {name: phrases(f"(?:{ahead}) {name.replace('_', ' ')}") for name in names}


def spelling(text: str) -> dict[str, str]:
    """Return letters by their names, written ``name:letter``."""
    return dict(pair.split(":") for pair in row(text))


def _by_length(choice: re.Match[str]) -> str:
    """Put "sure thing" ahead of "sure", so that nothing of it is left over."""
    return f"(?:{'|'.join(sorted(choice[1].split('|'), key=len, reverse=True))})"


def row(*texts: str) -> tuple[str, ...]:
    """Return the words of some lines in their order."""
    return tuple(" ".join(texts).split())


def words(*texts: str) -> frozenset[str]:
    """Return the words of some lines."""
    return frozenset(row(*texts))


def talk(inflect: Callable[[str], Forms], *texts: str) -> dict[str, Form]:
    """Return the forms of the verbs of some lines, but for those that are small words as well."""
    forms = {form: says for verb in row(*texts) for form, says in inflect(verb).items()}
    return {form: says for form, says in forms.items() if len(form) > _SMALL}


def alike(*groups: str) -> tuple[frozenset[str], ...]:
    """Return the words of each line."""
    return tuple(words(group) for group in groups)

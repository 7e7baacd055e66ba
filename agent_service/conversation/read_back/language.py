"""What a language has to say for itself: the tables by which its read-backs are compared."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import cached_property
from itertools import pairwise

from agent_service.conversation.read_back.numerals import Numerals
from agent_service.conversation.read_back.tokens import Kind, Token, plain


class Form(Enum):
    """What a form of a verb says of the time."""

    OPEN = auto()
    """To come, or under way: ``cancel``, ``cancelling``."""
    NOUN = auto()
    """``cancellation``"""
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
    has_halves: bool = False
    """Hours up to twelve need a word that tells which half of the day."""


@dataclass(frozen=True)
class Language:
    tag: str
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
    rates: re.Pattern[str]
    """``per`` and ``each``, where a time follows by which a price is meant anyway."""
    joints: frozenset[str]
    """Those of them that part two things: ``and``."""
    callers: frozenset[str]
    """Words for the caller, who is not to do it: ``you cancel``."""
    addressed: frozenset[str]
    """Words for the caller as the one to whom it is done: ``call you back``."""
    pointers: frozenset[str]
    """``that``, before a thing that was named already."""
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
    light: re.Pattern[str]
    """Verbs that say no more than the noun after them: ``make`` a refund."""
    leads: re.Pattern[str]
    """What may come ahead of a sentence: ``just to confirm``."""
    frames: re.Pattern[str]
    """What may come ahead of a thing or a verb: ``I'm going to``."""
    whole: re.Pattern[str] | None
    """``all of it``, after the verb at the end."""
    quoting: re.Pattern[str]
    """What may come ahead of the caller's own words: ``that says``."""
    own_words: re.Pattern[str]
    """After this, a summary holds the caller's own words."""
    questions: re.Pattern[str]
    """Questions that ask for agreement and hold nothing else; at the end of the text."""
    tags: re.Pattern[str]
    """The same, but only with a question mark."""
    openers: re.Pattern[str]
    """What begins a question that goes on with the thing that is asked for."""
    first_person: str = ""
    """What verbs end with that ask by themselves: ``¿Cancelo el pedido?``"""
    particles: tuple[str, ...] = ()
    """Parts of verbs that may stand apart at the end: ``ab``, ``zurück``."""

    def __post_init__(self) -> None:
        """Let words stand without their accents too; the other way about they are others."""
        for name in ("idle", "joints", "pointers", "determiners"):
            spelt = getattr(self, name)
            object.__setattr__(self, name, spelt | {plain(word) for word in spelt})
        bare = {plain(word): role for word, role in self.roles.items()}
        object.__setattr__(self, "roles", bare | dict(self.roles))

    @cached_property
    def common(self) -> frozenset[str]:
        """Words that tell that a text is in this language."""
        known = self.idle | self.joints | self.pointers | self.roles.keys() | self.openings
        return known | self.months.keys()

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Words that are of this language, so that it can be told from the others."""
        verbs = {form for forms in self.verbs for form in forms}
        return self.common | verbs | self.numerals.values.keys() | self.currencies.keys()

    def is_same(self, one: str, other: str) -> bool:
        """Tell whether two words are one, but for their number or case."""
        if one == other:
            return True
        shared = 0
        while shared < min(len(one), len(other)) and one[shared] == other[shared]:
            shared += 1
        for cut in range(max(shared - 1, 3), shared + 1):
            ends = one[cut:], other[cut:]
            if shared >= 3 and (ends in self.endings or ends[::-1] in self.endings):
                return True
        return False

    def joined(self, tokens: Sequence[Token]) -> list[Token]:
        """Return the tokens without the full stops that end no sentence."""
        joined = list(tokens[:1])
        for before, here in pairwise(tokens):
            is_inside = here.gap == "." and self._is_short(before, here)
            joined.append(replace(here, gap="") if is_inside else here)
        return joined

    def _is_short(self, before: Token, here: Token) -> bool:
        if before.kind is Kind.NUMBER:
            return len(before.text) <= 2 and here.plain in self.months
        return before.plain in self.short


_ASKED = (
    "for you|with you|to you|by you|für sie|für dich|pour vous|avec vous|para usted|"
    "para ti|con usted"
    "|per lei|para você|para si|para o senhor|para a senhora|consigo"
)
_POLITE = "please|bitte|s il vous plaît|svp|por favor|per favore|per cortesia|se faz favor"


_CHOICE = re.compile(r"\(\?:([^()?]*)\)")


def phrases(*patterns: str) -> re.Pattern[str]:
    """Compile patterns of whole words; the ones that come first are tried first."""
    longest_first = (_CHOICE.sub(_by_length, pattern) for pattern in patterns)
    return re.compile(f"(?:{'|'.join(longest_first)})(?= |$)")


def _by_length(choice: re.Match[str]) -> str:
    """Put "sure thing" ahead of "sure", so that nothing of it is left over."""
    return f"(?:{'|'.join(sorted(choice[1].split('|'), key=len, reverse=True))})"


def closing(*patterns: str) -> re.Pattern[str]:
    """Compile patterns of whole words for the end of a text."""
    return re.compile(
        f"(?:^| )(?P<question>(?:{'|'.join(patterns)}))(?: (?:{_ASKED}))?(?: (?:{_POLITE}))?$"
    )


def row(*texts: str) -> tuple[str, ...]:
    """Return the words of some lines in their order."""
    return tuple(" ".join(texts).split())


def words(*texts: str) -> frozenset[str]:
    """Return the words of some lines."""
    return frozenset(row(*texts))

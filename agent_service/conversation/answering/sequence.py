"""Whether an answer is a yes or a no as a whole: a row of accepted phrases, nothing left over.

Which phrases there are is each language's; how they may follow each other is the same in all:

- A hesitation ("uh, well") ends no answer: more was to come.
- What was read back may be said again, with a yes ("yes, cancel order 1007"). Then, or after a
  statement ("that's fine"), a word such as "right" or "okay" asks, at the end of the answer,
  whether that is so.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final

from agent_service.conversation.answering.phrases import Phrases, Slots
from agent_service.conversation.answering.words import Said


class Kind(Enum):
    """What a phrase does in an answer."""

    YES = auto()
    """Agrees."""
    FIRST = auto()
    """Neither, before anything agrees: it may only have heard, or understood ("oh, right"). Later
    it asks ("yes, right") or mocks ("yeah, right")."""
    RISING_YES = auto()
    """Agrees; after what was read back it asks ("cancel order 1007, yeah")."""
    PRAISE = auto()
    """Which of the phrases that agree only praise: with a surprise they may be mockery."""
    TAG = auto()
    """Agrees; after a statement it asks."""
    STATEMENT = auto()
    """Agrees by stating that it is so."""
    ORDER = auto()
    """Agrees by telling to do it."""
    AFTER_YES = auto()
    """Agrees only after a yes: alone it can mean "no need" or something else."""
    REQUEST = auto()
    """Tells to do what was read back."""
    REPEAT = auto()
    """Says again what was read back."""
    COURTESY = auto()
    """Neither agrees nor refuses: please, thanks, forms of address."""
    HUM = auto()
    """Neither: it may agree and may as well only have heard ("mhm")."""
    HESITATION = auto()
    """Neither; more is to come."""
    HEDGE = auto()
    """Neither; only what agrees outright may follow: "I suppose so, yes", not "that's fine"."""
    PLEASE = auto()
    """Agrees where nothing else is said."""
    SURPRISE = auto()
    """Neither; with a TAG it says that something was understood ("oh, okay")."""
    NO = auto()
    """Refuses."""
    FORBID = auto()
    """Refuses to have it done, whatever follows in the same breath: "don't cancel the ..."."""
    REGRET = auto()
    """Goes with a refusal: sorry, unfortunately."""


Grammar = Mapping[Kind, Phrases]
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Reading:
    """How the words so far have been understood."""

    is_agreed: bool = False
    is_surprised: bool = False
    is_stated: bool = False
    is_repeated: bool = False
    is_hedged: bool = False
    is_open: bool = False
    """Whether what was said last, a hesitation or a question, leaves the answer open."""

    def then(self, kind: Kind) -> "_Reading | None":
        """Return the reading after one more phrase; None when it cannot follow."""
        match kind:
            case Kind.PRAISE:
                return replace(self, is_open=True) if self.is_surprised else None
            case Kind.COURTESY | Kind.HUM:
                return self
            case Kind.HESITATION:
                return replace(self, is_open=True)
            case Kind.HEDGE:
                return replace(self, is_open=True, is_hedged=True)
            case Kind.SURPRISE:
                return replace(self, is_open=True, is_surprised=not self.is_agreed)
            case Kind.REPEAT:
                return replace(self, is_repeated=True, is_open=not self.is_agreed)
            case Kind.AFTER_YES:
                is_open = self.is_repeated or self.is_hedged
                return replace(self, is_open=is_open) if self.is_agreed else None
            case Kind.FIRST:
                return None if self.is_agreed or self.is_repeated else self
            case Kind.TAG | Kind.RISING_YES if self.is_surprised:
                return self
            case Kind.RISING_YES:
                return self._agreed(is_open=self.is_repeated)
            case Kind.TAG:
                is_open = self.is_stated or self.is_repeated or self.is_hedged
                return self._agreed(is_open=is_open)
            case Kind.STATEMENT:
                is_asking = self.is_hedged or (self.is_repeated and not self.is_agreed)
                return replace(self._agreed(is_open=is_asking), is_stated=True)
            case Kind.REQUEST:
                return replace(self._agreed(is_open=False), is_repeated=True)
            case _:
                return self._agreed(is_open=False)

    def _agreed(self, *, is_open: bool) -> "_Reading":
        is_hedged = self.is_hedged and is_open
        return replace(
            self, is_agreed=True, is_surprised=False, is_hedged=is_hedged, is_open=is_open
        )


_ALONE: Final = (Kind.NO, Kind.FORBID, Kind.REGRET, Kind.PLEASE)
_AGREEING: Final = tuple(kind for kind in Kind if kind not in _ALONE)
_AROUND_NO: Final = (Kind.COURTESY, Kind.HESITATION, Kind.SURPRISE, Kind.REGRET)
_REFUSALS: Final = (Kind.NO, Kind.FORBID)
_YESES: Final = (
    Kind.YES,
    Kind.RISING_YES,
    Kind.TAG,
    Kind.ORDER,
    Kind.STATEMENT,
    Kind.REQUEST,
    Kind.REPEAT,
)
_OUTRIGHT: Final = 2
"""So many words a yes has that says nothing more, such as "that's fine"."""
_MOST_AT_END: Final = 12
"""So many words the yes has that an answer ends with."""
# Said twice, these mean something else: "uh uh" is a no, "so so" is doubt.
_MEANS_TWICE: Final = frozenset(("uh", "mm", "so", "cosi", "na", "hm"))


def is_yes(answer: Said, grammar: Grammar, slots: Slots) -> bool:
    """Tell whether the whole answer agrees."""
    if answer.is_unfinished:
        return False
    if len(answer.words) in grammar[Kind.PLEASE].ends(answer.words, 0, {}):
        return True
    last = _readings(answer.words, grammar, slots)[-1]
    return any(reading.is_agreed and not reading.is_open for reading in last)


def _readings(words: Words, grammar: Grammar, slots: Slots) -> list[set[_Reading]]:
    reached: list[set[_Reading]] = [set() for _ in range(len(words) + 1)]
    reached[0].add(_Reading())
    for start, readings in enumerate(reached[:-1]):
        if not readings:
            continue
        for end in _stuttered(words, start):
            reached[end] |= readings
        is_same_again = start > 0 and words[start - 1] == words[start]
        for kind in _AGREEING:
            if kind is Kind.HESITATION and is_same_again:
                continue
            followed = {after for before in readings if (after := before.then(kind)) is not None}
            ends = grammar[kind].ends(words, start, slots) if followed else frozenset()
            if kind is Kind.YES and any(before.is_surprised for before in readings):
                ends -= grammar[Kind.PRAISE].ends(words, start, {})
            if kind is Kind.YES and any(before.is_hedged for before in readings):
                ends = frozenset(end for end in ends if end - start <= _OUTRIGHT)
            # "Merci bien" thanks: its "bien" is no yes, nor is that "oui" of "je crois que oui".
            is_whole = kind in (Kind.COURTESY, Kind.HEDGE) and bool(ends)
            for end in [max(ends)] if is_whole else ends:
                reached[end] |= followed
    return reached


def is_no(answer: Said, grammar: Grammar, slots: Slots) -> bool:
    """Tell whether the whole answer refuses."""
    return len(answer.words) in _refused(answer.words, 0, grammar, slots).places


def begins_with_no(answer: Said, grammar: Grammar, agreeing: Slots, refusing: Slots) -> bool:
    """Tell whether a part of the answer refuses, and no other agrees.

    That is its beginning up to a pause, an order not to do it, wherever it begins, or its end.
    """
    words, last = answer.words, max(answer.pauses - {len(answer.words)}, default=0)
    if not _refuses_in_part(words, answer.pauses, last, grammar, refusing):
        return False
    return not _agrees_in_part(answer, grammar, agreeing, refusing)


def _refuses_in_part(
    words: Words, pauses: frozenset[int], last: int, grammar: Grammar, slots: Slots
) -> bool:
    if _refused(words, 0, grammar, slots).places & pauses:
        return True
    if any(_refused(words, begin, grammar, slots).is_forbidden for begin in {0, *pauses}):
        return True
    is_longer = len(words) > last + 1
    return is_longer and len(words) in _refused(words, last, grammar, slots).places


@dataclass(slots=True)
class _Refused:
    places: set[int]
    """After how many words a refusal may have been said in full."""
    is_forbidden: bool = False


def _refused(words: Words, begin: int, grammar: Grammar, slots: Slots) -> _Refused:
    """Return where what refuses ends, when it begins there."""
    begun, refused = {begin}, _Refused(set())
    for start in range(begin, len(words)):
        for places in (begun, refused.places):
            if start in places:
                places.update(_stuttered(words, start))
                for kind in _AROUND_NO:
                    places.update(grammar[kind].ends(words, start, slots))
                refused.places.update(grammar[Kind.NO].ends(words, start, slots))
                forbidden = grammar[Kind.FORBID].ends(words, start, slots)
                refused.places.update(forbidden)
                refused.is_forbidden |= bool(forbidden)
    return refused


def _agrees_in_part(answer: Said, grammar: Grammar, agreeing: Slots, refusing: Slots) -> bool:
    """Tell whether it ends with a yes, or anything begins with one, that is not "don't do it"."""
    words = answer.words
    refused: set[int] = set()
    for start in range(len(words)):
        for kind in _REFUSALS:
            for end in grammar[kind].ends(words, start, refusing):
                refused.update(range(start, end))
    left = [start for start in range(len(words)) if start not in refused]
    return any(
        grammar[kind].ends(words, start, agreeing)
        for kind in _YESES
        for start in left
        if start == 0 or start in answer.pauses
    ) or any(
        is_yes(answer.part(start, len(words)), grammar, agreeing)
        for start in left
        if start >= len(words) - _MOST_AT_END
    )


def _stuttered(words: Words, start: int) -> Iterator[int]:
    """Yield where the same words begin again: "I I", "that's that's"."""
    for length in (1, 2):
        again = start + length
        first = words[start:again]
        if first == words[again : again + length] and first[0] not in _MEANS_TWICE:
            yield again

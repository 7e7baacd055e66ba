"""Which words of an answer order just what was read back: its verb, and what belongs to it.

Beside the verb may stand pronouns and small talk ("cancel it please"), and what is told of the
read-back ("move it to Saturday"). Any other word ends the order, and is left over.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol

from agent_service.conversation.answering.asked import Asked
from agent_service.conversation.answering.phrases import Phrase, Slots, ends
from agent_service.conversation.answering.retelling import words_of
from agent_service.conversation.answering.verbs import Forms
from agent_service.conversation.answering.wordings import Wording
from agent_service.conversation.read_back.tokens import Kind, Token

_LONGEST = 3
"""So many words a verb may have."""
_TRIMMED = 4
"""So many words at an end may belong to what stands around."""
_MOST_TRIED = 160
_MOST_READ = 32

Words = tuple[str, ...]
Tokens = Sequence[Token]


class Content(Protocol):
    """What may be told with the verb."""

    @property
    def is_several(self) -> bool:
        """Tell whether it is about several things, so that "it" would be one of them."""

    @property
    def everything(self) -> tuple[Phrase, Slots]:
        """Return what stands for all that there is of it."""

    def is_known(self, token: Token) -> bool:
        """Tell whether a word may be of what was read back."""

    def is_told(self, tokens: Tokens) -> bool:
        """Tell whether words tell of it, and pick out none of it."""

    def is_numbered(self, tokens: Tokens) -> bool:
        """Tell whether words name the one thing that it is about, by its number."""


@dataclass(slots=True)
class Orders:
    """Rows of words of an answer."""

    pronouns: list[Words] = field(default_factory=list)
    """Orders that tell nothing more: ``cancel it``."""
    deeds: list[Words] = field(default_factory=list)
    """Orders: ``cancel it``, ``stornieren Sie die Bestellung``."""
    deed_parts: list[Words] = field(default_factory=list)
    """The same where it is a part of the read-back, word for word."""
    stops: list[Words] = field(default_factory=list)
    """Orders that may as well refuse: ``suspenda``, to suspend it or to stop."""
    todos: list[Words] = field(default_factory=list)
    """What somebody is to do: ``die Bestellung stornieren``."""
    todo_parts: list[Words] = field(default_factory=list)
    """The same where it is a part of the read-back, word for word."""


def orders(
    tokens: Tokens, forms: Forms, content: Content, read_back: Asked, wording: Wording
) -> Orders:
    """Return the rows of an answer's words that order what was read back."""
    found = Orders()
    for order in _Finder(tokens, forms, content, wording).found():
        words = order.words
        # Where an order is the verb alone, that may be an echo of it; nothing stands before a
        # German command, so that "gerne, cancel" holds the verb alone.
        own = order.words_from_verb if wording.has_verb_last and order.is_command else words
        row = own[1:] if own[1:] and own[1].isdigit() else own
        is_part = f" {' '.join(row)} " in read_back.text and not order.is_numbered
        if order.is_stop:
            found.stops.append(words)
        elif order.is_command and not order.is_told and not is_part:
            found.pronouns.append(words)
        elif order.is_command:
            (found.deed_parts if is_part else found.deeds).append(words)
        else:
            (found.todo_parts if is_part else found.todos).append(words)
    return found


@dataclass(frozen=True, slots=True)
class _Verb:
    begin: int
    end: int
    particle: int | None
    """Where the part of it stands that was left for the end."""
    size: int
    """How many words that part has."""
    is_command: bool


@dataclass(frozen=True, slots=True)
class _Order:
    words: Words
    words_from_verb: Words
    is_command: bool
    is_told: bool
    """It tells more than the verb."""
    is_numbered: bool
    is_stop: bool
    """It may as well refuse."""


class _Finder:
    def __init__(self, tokens: Tokens, forms: Forms, content: Content, wording: Wording) -> None:
        self._tokens = tokens
        self._plain = [words_of((token,)) for token in tokens]
        self._forms, self._content, self._wording = forms, content, wording
        self._told: dict[tuple[int, ...], bool] = {}
        particles = {word for _, tail in forms.parted for word in tail.split()}
        self._may_stand = [
            bool(self._is_beside(at))
            or " ".join(words) in particles
            or " ".join(words) in wording.alls
            or self._is_content(at)
            for at, words in enumerate(self._plain)
        ]

    def found(self) -> Iterator[_Order]:
        """Yield each order."""
        for verb in self._verbs():
            for begin, end in islice(self._extents(verb), _MOST_TRIED):
                rest = self._rest(verb, begin, end)
                if rest is None or not self._is_told(rest):
                    continue
                words, own = self._words(begin, end), self._words(verb.begin, end)
                told = [self._tokens[at] for at in rest]
                is_numbered = bool(told) and self._content.is_numbered(told)
                yield _Order(
                    words,
                    own,
                    is_command=verb.is_command,
                    is_told=bool(told),
                    is_numbered=is_numbered,
                    is_stop=not rest and self._refuses(words),
                )

    def _verbs(self) -> Iterator[_Verb]:
        for begin in range(len(self._tokens)):
            for end in range(min(begin + _LONGEST, len(self._tokens)), begin, -1):
                yield from self._verbs_there(begin, end)

    def _verbs_there(self, begin: int, end: int) -> Iterator[_Verb]:
        form = self._text(begin, end)
        forms, wording = self._forms, self._wording
        if form in forms.commands and self._is_command(form, end):
            yield _Verb(begin, end, None, 0, is_command=True)
        if form in forms.infinitives:
            yield _Verb(begin, end, None, 0, is_command=False)
        for tail in forms.tails.get(form, ()):
            size = len(tail.split())
            for at in range(len(self._tokens) - size, end, -1):
                if self._text(at, at + size) == tail and all(self._may_stand[end:at]):
                    is_command = self._is_command(form, end)
                    if is_command or not wording.has_verb_last:
                        yield _Verb(begin, end, at, size, is_command=True)

    def _is_command(self, form: str, end: int) -> bool:
        """Tell whether it is said to somebody: the German infinitive only with "Sie" behind it."""
        if not self._wording.has_verb_last or form not in self._forms.plurals:
            return True
        return self._text(end, end + 1) in ("sie", "wir")

    def _extents(self, verb: _Verb) -> Iterator[tuple[int, int]]:
        """Yield where the order may begin and end: first with its verb, and the longest first."""
        first, last = verb.begin, verb.end
        while first > 0 and self._may_stand[first - 1]:
            first -= 1
        while last < len(self._tokens) and self._may_stand[last]:
            last += 1
        least = verb.end if verb.particle is None else verb.particle + verb.size
        begins = sorted(
            {*range(first, min(first + _TRIMMED, verb.begin) + 1)}
            | {*range(max(first, verb.begin - 2), verb.begin + 1)},
            reverse=True,
        )
        ends = sorted(
            {*range(max(least, last - _TRIMMED), last + 1)}
            | {*range(least, min(least + 2, last) + 1)}
            | {at for at in range(least, last) if self._is_conjunction(at)},
            reverse=True,
        )
        for begin in begins:
            for end in ends:
                yield begin, end

    def _rest(self, verb: _Verb, begin: int, end: int) -> tuple[int, ...] | None:
        """Return where what is told with the verb stands; None if the order is not whole."""
        before, after = list(range(begin, verb.begin)), list(range(verb.end, end))
        if verb.particle is not None:
            after = [at for at in after if not 0 <= at - verb.particle < verb.size]
        pronouns = []
        while before and self._is_beside(before[-1]):
            pronouns.append(before.pop())
        behind = 0
        while behind < len(after) and self._is_beside(after[behind]):
            behind += 1
        if 0 < behind < len(after) and self._is_determiner(after[behind - 1], after[behind]):
            behind -= 1
        pronouns += after[:behind]
        rest = (*before, *after[behind:])
        has_one = any(word in self._wording.singular for at in pronouns for word in self._plain[at])
        has_one = has_one or self._text(verb.begin, verb.end) in self._forms.singular
        if self._content.is_several and has_one:
            return None
        is_bare = not rest and not any(self._is_pronoun(at) for at in pronouns)
        return None if is_bare and self._wording.needs_object else rest

    def _refuses(self, words: Words) -> bool:
        """Tell whether what may be an order is more likely a no: "warten Sie"."""
        is_no = len(words) in self._wording.refusing.ends(words, 0, {})
        return is_no and not self._wording.needs_object

    def _is_told(self, rest: tuple[int, ...]) -> bool:
        if not rest:
            return True
        if rest not in self._told:
            self._told[rest] = len(self._told) < _MOST_READ and self._tells(rest)
        return self._told[rest]

    def _tells(self, rest: tuple[int, ...]) -> bool:
        after = self._after_everything(rest)
        if after != rest and not after:
            return True
        return all(map(self._is_content, after)) and self._content.is_told(
            [self._tokens[at] for at in after]
        )

    def _after_everything(self, rest: tuple[int, ...]) -> tuple[int, ...]:
        """Return what is told behind "all of it", if that is said."""
        phrase, slots = self._content.everything
        words = tuple(word for at in rest for word in self._plain[at])
        size = max(ends(phrase, words, 0, slots), default=0)
        while size > 0 and rest:
            size -= len(self._plain[rest[0]])
            rest = rest[1:]
        return rest

    def _is_content(self, at: int) -> bool:
        token = self._tokens[at]
        return token.kind is not Kind.WORD or self._content.is_known(token)

    def _text(self, begin: int, end: int) -> str:
        return " ".join(self._words(begin, end))

    def _words(self, begin: int, end: int) -> Words:
        return tuple(word for row in self._plain[begin:end] for word in row)

    def _is_beside(self, at: int) -> bool:
        """Tell whether nothing but such words stands there: also ``Sie's``, which is two."""
        words = self._plain[at]
        return bool(words) and all(word in self._wording.beside_verb for word in words)

    def _is_conjunction(self, at: int) -> bool:
        """Tell whether one more deed may follow there."""
        return self._wording.conjunctions.issuperset(self._plain[at])

    def _is_pronoun(self, at: int) -> bool:
        return any(word in self._wording.objects for word in self._plain[at])

    def _is_determiner(self, at: int, after: int) -> bool:
        """Tell whether a word goes with the next one: ``la`` may be "it" and "the"."""
        word, following = " ".join(self._plain[at]), " ".join(self._plain[after])
        is_led = following in self._wording.prepositions or following in self._wording.determiners
        return word in self._wording.determiners and not is_led

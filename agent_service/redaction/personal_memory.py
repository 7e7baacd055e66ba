"""What is personal and comes in pieces, over several turns of one conversation.

The turns with numbers are read together as if they were one text. What turns out to be a telephone
number, an IBAN or the like only then is taken out of the rows that have its first pieces. When one
was asked for or announced, its pieces are masked at once, however short.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from agent_service.redaction.cards import is_amount, is_price, told_behind
from agent_service.redaction.context_words import OTHERS, Kind, is_pause
from agent_service.redaction.emails import has_address_sign
from agent_service.redaction.naming import OTHER, name_before, named_at
from agent_service.redaction.personal import Hit, find, mark_of, masked
from agent_service.redaction.policy import Identifier, Policy
from agent_service.redaction.questions import asked_sentence
from agent_service.redaction.reading import Run, Token, runs_of, tokens_of, with_ascii_digits
from agent_service.redaction.secrets import REDACTED
from agent_service.redaction.spelling import stretches_of

_MOST_TURNS: Final = 8
"""That one number may come in."""
_MOST_CHARACTERS: Final = 600
_PATIENCE: Final = 3
"""The caller's turns without a number after which what was asked for is not expected any more."""
_ANSWERS: Final = 2
"""The caller's turns with numbers that may answer one question."""
_MOST_KNOWN: Final = 24
_SHORTEST_PART: Final = 4
"""Digits of a known number that are a part of it wherever they are repeated."""
_SHORTEST_DOUBTFUL: Final = 2
_SHORTEST_TEXT: Final = 8
"""Of a text that is taken out wherever it stands."""
_WHOLE_PHONE: Final = 9
_FEW_WORDS: Final = 4
_LEADS: Final = {
    Identifier.SECURITY_CODE: "security code: ",
    Identifier.IBAN: "iban: ",
    Identifier.EMAIL: "email: ",
    Identifier.PHONE: "phone: ",
    Identifier.NATIONAL_ID: "national id: ",
}


@dataclass(frozen=True, slots=True)
class Removal:
    """Something that rows written before may hold pieces of."""

    kind: str
    characters: str
    """Its digits, or words as they were said."""

    @property
    def is_way_to_somebody(self) -> bool:
        """Tell whether the team needs it to keep what was promised."""
        return self.kind in (Identifier.EMAIL, Identifier.PHONE)


class PersonalMemory:
    """What a conversation's turns have said of their caller. Never to be shown."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._is_idle = policy.keeps_all
        self._turns: deque[str] = deque(maxlen=_MOST_TURNS)
        """Of the caller, that the next one may go on with."""
        self._known: deque[tuple[str, str]] = deque(maxlen=_MOST_KNOWN)
        """Characters and kinds."""
        self._doubtful: deque[str] = deque(maxlen=_MOST_TURNS)
        self._awaited: Identifier | None = None
        self._left = 0
        self._others_asked = 0
        """The caller's turns with numbers that may answer a question for something else's."""
        self._to_remove: list[Removal] = []

    def take_removals(self) -> tuple[Removal, ...]:
        """Return what records that were made before may hold pieces of, once."""
        removals, self._to_remove = tuple(dict.fromkeys(self._to_remove)), []
        return removals

    def caller_turn(self, text: str) -> str:
        """Return what the record may hold of the caller's turn, and remember its numbers."""
        return masked(text, self.hits_in_turn(text), self._policy)

    def hits_in_turn(self, text: str) -> list[Hit]:
        """Return what the record may not hold of the caller's turn, and remember its numbers."""
        if self._is_idle:
            return []
        plain = with_ascii_digits(text)
        tokens = tokens_of(plain)
        runs = runs_of(plain, tokens)
        hits = self._hits(text, plain, tokens, runs)
        for hit in hits:
            self._note(hit)
        self._wait(tokens, hits, has_numbers=bool(runs) or bool(hits))
        self._doubt(plain, tokens, runs, hits)
        self._go_on(text, plain, tokens, runs, hits)
        return hits

    def agent_turn(self, text: str) -> str:
        """Return what the record may hold of the agent's turn, and note what it asks for."""
        if self._is_idle:
            return text
        sentence = asked_sentence(tokens_of(with_ascii_digits(text)))
        if sentence is not None:
            self._asked(sentence)
        return self.passage(text)

    def answer(self, text: str) -> str:
        """Return what the record may hold of words that come again as the caller's turn."""
        if self._is_idle:
            return text
        plain = with_ascii_digits(text)
        tokens = tokens_of(plain)
        hits = self._hits(text, plain, tokens, runs_of(plain, tokens))
        return self.passage(masked(text, hits, self._policy))

    def passage(self, text: str, name: str = "") -> str:
        """Return what the record may hold of anything else: a summary, an argument, a result."""
        if self._is_idle:
            return text
        hits = find(text, self._policy, lead=f"{name}: " if name else "")
        for hit in hits:
            self._note(hit)
        text = masked(text, hits, self._policy)
        return masked(text, self._parts(text), self._policy)

    @property
    def is_doubtful(self) -> bool:
        """Whether there are numbers that may yet turn out to be of something personal."""
        return bool(self._doubtful)

    def for_log(self, text: str, name: str = "") -> str:
        """Return what a log line, which cannot be mended, may hold of what the record holds."""
        plain = with_ascii_digits(f"{name}: {text}" if name else text)
        lead = len(plain) - len(text)
        tokens = tokens_of(plain)
        parts = [
            Hit(start - lead, end - lead, "")
            for run in runs_of(plain, tokens)
            if name_before(tokens, run.first) != OTHER and not is_price(plain, tokens, run)
            for digits in self._doubtful
            for start, end in _parts_of(run.numbers, digits, _SHORTEST_DOUBTFUL)
            if start >= lead
        ]
        return _without(text, parts, REDACTED)

    # --- of the caller's turn ---

    def _hits(
        self, text: str, plain: str, tokens: Sequence[Token], runs: Sequence[Run]
    ) -> list[Hit]:
        found = find(text, self._policy, lead=self._lead())
        found += self._over_turns(text)
        if self._awaited is not None:
            found += self._pieces(self._awaited, plain, tokens, runs)
        found += self._parts(text)
        return _united(found)

    def _lead(self) -> str:
        return _LEADS[self._awaited] if self._awaited is not None else ""

    def _over_turns(self, text: str) -> Iterator[Hit]:
        """Yield what the turns before and this one make together; note what those before have."""
        if not self._turns:
            return
        before = "".join(self._turns)[-_MOST_CHARACTERS:]
        start = len(before)
        for hit in find(before + text, self._policy, lead=self._lead()):
            if hit.end <= start or hit.start >= start:
                continue
            yield Hit(0, hit.end - start, hit.kind, hit.characters)
            self._take_out(hit, before[hit.start : start])

    def _take_out(self, hit: Hit, said: str) -> None:
        """Have the rows changed that hold the first part of something."""
        digits = _digits(hit.characters)
        if digits and hit.kind != Identifier.EMAIL:
            self._to_remove.append(Removal(hit.kind, digits))
        said_in = (part.strip() for part in said.split("\n"))
        self._to_remove += [Removal(hit.kind, part) for part in said_in if part]

    def _pieces(
        self, kind: Identifier, plain: str, tokens: Sequence[Token], runs: Sequence[Run]
    ) -> Iterator[Hit]:
        """Yield what can be a piece of what is awaited."""
        if kind in self._policy.kept:
            return
        if kind is Identifier.EMAIL:
            words = [token for token in tokens if token.word.isalpha()]
            is_name = 0 < len(words) <= 2 and any(one.kind is Kind.NONE for one in words)
            if has_address_sign(tokens) or is_name:
                yield Hit(0, len(plain), kind, plain)
            return
        for run in runs:
            is_its = name_before(tokens, run.first) in (None, kind)
            if is_its and not _is_other(plain, tokens, run) and not _is_small(tokens, run):
                yield Hit(run.numbers[0].start, run.numbers[-1].end, kind, run.digits)
        if kind in (Identifier.IBAN, Identifier.NATIONAL_ID):
            is_alone = sum(len(token.word) > 1 for token in tokens) <= _FEW_WORDS
            for stretch in stretches_of(plain, tokens, with_letters=is_alone):
                if name_before(tokens, stretch.first) in (None, kind):
                    first, last = stretch.places[0][0], stretch.places[-1][1]
                    yield Hit(first, last, kind, stretch.characters)

    def _note(self, hit: Hit) -> None:
        known = (hit.characters, hit.kind)
        if hit.characters and known not in self._known:
            self._known.append(known)

    def _wait(self, tokens: Sequence[Token], hits: Sequence[Hit], *, has_numbers: bool) -> None:
        """Go on waiting for what was asked for, or give up."""
        announced = name_before(tokens, len(tokens), most_unknown=0)
        if isinstance(announced, Identifier):
            self._awaited, self._left, self._others_asked = announced, _PATIENCE, 0
            return
        if hits and isinstance(open_kind := _open_at_end(tokens, hits[-1]), Identifier):
            self._awaited, self._left = open_kind, _PATIENCE
            return
        if self._awaited is None:
            return
        if any(hit.kind == self._awaited for hit in hits):
            is_done = self._awaited is Identifier.SECURITY_CODE or _is_whole(hits)
            self._left = 1 if is_done else _PATIENCE
        elif not has_numbers or self._left == 1:
            self._left -= 1
        if self._left <= 0:
            self._awaited = None

    def _doubt(
        self, plain: str, tokens: Sequence[Token], runs: Sequence[Run], hits: Sequence[Hit]
    ) -> None:
        """Remember numbers that may turn out to be of something, when more of it comes."""
        if self._others_asked:
            return
        words = [token for token in tokens if token.word.isalpha()]
        is_alone = len(words) <= _FEW_WORDS and all(one.kind is not Kind.NONE for one in words)
        for run in runs:
            start, end = run.numbers[0].start, run.numbers[-1].end
            if any(hit.start < end and start < hit.end for hit in hits):
                continue
            is_last = run.after == len(tokens) or not any(
                token.word.isalpha() for token in tokens[run.after :]
            )
            if not (is_alone or is_last) or len(run.digits) < _SHORTEST_DOUBTFUL:
                continue
            if not _is_other(plain, tokens, run):
                self._doubtful.append(run.digits)

    def _go_on(
        self,
        text: str,
        plain: str,
        tokens: Sequence[Token],
        runs: Sequence[Run],
        hits: Sequence[Hit],
    ) -> None:
        """Keep the turn for the next one, if that may go on with it."""
        if self._others_asked and runs:
            self._others_asked -= 1
            self._turns.clear()
            return
        announced = name_before(tokens, len(tokens), most_unknown=0)
        ends_open = bool(tokens) and (
            bool(tokens[-1].digits)
            or _is_open_sign(tokens)
            or isinstance(announced, Identifier)
            or has_address_sign(tokens[-_FEW_WORDS:])
        )
        if ends_open:
            self._turns.append(text.rstrip(" .,") + "\n")
        elif runs or hits or len(tokens) > 2 * _FEW_WORDS:
            self._turns.clear()

    def _asked(self, sentence: Sequence[Token]) -> None:
        """Note what the agent asks for."""
        kinds = [named_at(sentence, index) for index in range(len(sentence))]
        named = next((kind for kind in reversed(kinds) if kind is not None), None)
        if named is not None:
            self._awaited, self._left, self._others_asked = named, _PATIENCE, 0
            self._turns.clear()
        elif any(token.kind in (Kind.OTHER, Kind.PAPER) for token in sentence):
            self._awaited, self._others_asked = None, _ANSWERS
            self._turns.clear()

    # --- what is known already ---

    def _parts(self, text: str) -> list[Hit]:
        """Return where what is known is repeated, whole or in parts."""
        if not self._known:
            return []
        plain = with_ascii_digits(text)
        tokens = tokens_of(plain)
        hits = []
        for run in runs_of(plain, tokens):
            if name_before(tokens, run.first) == OTHER or is_amount(plain, tokens, run):
                continue
            if _tells_the_end(tokens, run):
                continue
            for characters, kind in self._known:
                digits = _digits(characters)
                hits += [
                    Hit(start, end, kind)
                    for start, end in _parts_of(run.numbers, digits, _SHORTEST_PART)
                ]
        folded = text.casefold()
        for characters, kind in self._known:
            if kind == Identifier.EMAIL or not _digits(characters):
                at = folded.find(characters.casefold())
                while at >= 0 and len(folded) == len(text):
                    hits.append(Hit(at, at + len(characters), kind))
                    at = folded.find(characters.casefold(), at + len(characters))
        return _united(hits)


def without_removed(text: str, removal: Removal) -> str:
    """Return the text without what is to be removed, and without its parts."""
    mark = mark_of(removal.kind)
    characters = removal.characters
    if not characters.isdigit():
        if len(characters) < _SHORTEST_TEXT:  # "G B", "LNT": only where nothing else was said
            return mark if text.strip(" .,?!") == characters else text
        return text.replace(characters, mark)
    plain = with_ascii_digits(text)
    tokens = tokens_of(plain)
    parts = [
        Hit(start, end, "")
        for run in runs_of(plain, tokens)
        if name_before(tokens, run.first) != OTHER and not is_amount(plain, tokens, run)
        for start, end in _parts_of(run.numbers, characters, _SHORTEST_DOUBTFUL)
    ]
    return _without(text, parts, mark)


def _without(text: str, hits: Iterable[Hit], mark: str) -> str:
    kept_from, parts = 0, []
    for hit in _united(hits):
        parts += [text[kept_from : hit.start], mark]
        kept_from = hit.end
    return "".join([*parts, text[kept_from:]])


def _parts_of(numbers: Sequence[Token], digits: str, shortest: int) -> Iterator[tuple[int, int]]:
    """Yield where numbers in a row are some of the digits, in their order."""
    at = 0
    while at < len(numbers):
        after, part = at, ""
        while after < len(numbers) and part + numbers[after].digits in digits:
            part += numbers[after].digits
            after += 1
        if len(part) >= shortest:
            yield numbers[at].start, numbers[after - 1].end
        at = max(after, at + 1)


def _united(hits: Iterable[Hit]) -> list[Hit]:
    """Return the hits in order, those that overlap as one."""
    united: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
        if united and hit.start < united[-1].end:
            last = united[-1]
            longest = max((last.characters, hit.characters), key=len)
            united[-1] = Hit(last.start, max(last.end, hit.end), last.kind, longest)
        else:
            united.append(hit)
    return united


def _is_other(plain: str, tokens: Sequence[Token], run: Run) -> bool:
    """Tell whether it is said to be a number of something else, or counts something."""
    return (
        name_before(tokens, run.first) == OTHER
        or told_behind(tokens, run.after) in OTHERS
        or is_price(plain, tokens, run)
        or is_amount(plain, tokens, run)
    )


def _digits(characters: str) -> str:
    return "".join(filter(str.isdigit, characters))


def _is_small(tokens: Sequence[Token], run: Run) -> bool:
    """Tell whether it is hardly a number: "one moment", "eine", with other words around."""
    words = sum(token.word.isalpha() for token in tokens)
    return len(run.digits) < _SHORTEST_DOUBTFUL and words > 1


def _is_open_sign(tokens: Sequence[Token]) -> bool:
    last = tokens[-1]
    return (
        last.word in {",", "-", "+"}
        or is_pause(last.word)
        or (len(last.word) == 1 and last.word.isalpha())
    )


def _open_at_end(tokens: Sequence[Token], hit: Hit) -> Identifier | None:
    """Return the kind of what was found at the end of the text, when more of it may come."""
    if any(token.word.isalpha() for token in tokens if token.start >= hit.end):
        return None
    if hit.kind == Identifier.PHONE and len(_digits(hit.characters)) < _WHOLE_PHONE:
        return Identifier.PHONE
    if hit.kind in (Identifier.IBAN, Identifier.NATIONAL_ID) and not _is_whole([hit]):
        return Identifier(hit.kind)
    return None


def _is_whole(hits: Sequence[Hit]) -> bool:
    """Tell whether what was found is as long as one of its kind is."""
    last = hits[-1]
    least = {Identifier.IBAN: 15, Identifier.PHONE: _WHOLE_PHONE, Identifier.NATIONAL_ID: 8}
    return last.kind == Identifier.EMAIL or len(last.characters) >= least.get(last.kind, 0)  # type: ignore[call-overload]


def _tells_the_end(tokens: Sequence[Token], run: Run) -> bool:
    """Tell whether the digits are announced as the last ones, which may be told."""
    return any(
        token.kind is Kind.TAIL for token in tokens[max(0, run.first - _FEW_WORDS) : run.first]
    )

"""What is personal and comes in pieces, over several turns of one conversation.

The turns with numbers are read together as if they were one text. What turns out to be a telephone
number, an IBAN or the like only then is taken out of the rows that have its first pieces. When one
was asked for or announced, its pieces are masked at once, however short.
"""

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from agent_service.redaction.cards import is_amount, is_price, told_behind
from agent_service.redaction.context_words import OTHERS, Kind, is_pause
from agent_service.redaction.emails import has_address_sign, open_address
from agent_service.redaction.empty_answers import names_nobody, tells_nothing
from agent_service.redaction.identity_numbers import can_be_identity_number
from agent_service.redaction.naming import OTHER, name_before, named_at
from agent_service.redaction.personal import Hit, find, mark_of, masked
from agent_service.redaction.policy import Identifier, Policy
from agent_service.redaction.questions import asked_sentence
from agent_service.redaction.reading import (
    Run,
    Token,
    parts_of,
    runs_of,
    tokens_of,
    with_ascii_digits,
)
from agent_service.redaction.redacting import numbers_in
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
_MOST_OTHERS: Final = 64
_SHORTEST_PART: Final = 4
"""Digits of a known number that are a part of it wherever they are repeated."""
_SHORTEST_WHOLE: Final = 3
"""Digits of one that was told by itself."""
_SHORTEST_DOUBTFUL: Final = 2
_SHORTEST_TEXT: Final = 8
"""Of a text that is taken out wherever it stands."""
_WHOLE_PHONE: Final = 9
_MOST_TOKENS: Final = 12
"""Of a turn that may be a piece of an address."""
_FEW_PARTS: Final = 2
_YES: Final = frozenset({"ok", "okay"})
_FEW_WORDS: Final = 4
_OF_DIGITS: Final = frozenset(Identifier) - {Identifier.EMAIL}
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
    others: frozenset[str] = frozenset()
    """Numbers that stay where they are called an order's or the like."""

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
        self._short: deque[str] = deque(maxlen=_MOST_TURNS)
        """The caller's last turns of a few words, of which an address may be made."""
        self._alone: deque[tuple[str, str]] = deque(maxlen=_MOST_TURNS)
        """The caller's last turns that were digits and nothing else: as said, and the digits."""
        self._doubtful: deque[str] = deque(maxlen=_MOST_TURNS)
        self._doubtful_texts: deque[str] = deque(maxlen=_MOST_TURNS)
        """What may yet turn out to be a piece of an address."""
        self._awaited: Identifier | None = None
        self._left = 0
        self._others_asked = 0
        """The caller's turns with numbers that may answer a question for something else's."""
        self._others: dict[str, bool] = {}
        """What is called an order's or the like, and whether the caller does."""
        self._to_remove: list[Removal] = []

    def take_removals(self) -> tuple[Removal, ...]:
        """Return what records that were made before may hold pieces of, once."""
        removals, self._to_remove = dict.fromkeys(self._to_remove), []
        # What is part of another one goes last: it would leave the rest of that behind.
        return tuple(sorted(removals, key=lambda one: -len(one.characters)))

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
            self._take_back(hit)
        for run in runs:  # a piece is repeated by itself
            start, end = run.numbers[0].start, run.numbers[-1].end
            kind = next((hit.kind for hit in hits if hit.start <= start < end <= hit.end), None)
            if kind in _OF_DIGITS:
                self._note(Hit(start, end, kind, run.digits))
        open_runs = [
            run
            for run in runs
            if not any(
                hit.start < run.numbers[-1].end and run.numbers[0].start < hit.end for hit in hits
            )
        ]
        self._note_others(tokens, open_runs, is_callers=True)
        self._wait(tokens, hits, has_numbers=bool(runs) or bool(hits))
        self._doubt(plain, tokens, runs, hits)
        self._doubt_address(text, tokens, hits)
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
        parts = self._parts(text, name)
        if name:  # of a tool's row, which the ledger may have written already
            self._to_remove += [self._removal(hit.kind, text[hit.start : hit.end]) for hit in parts]
        text = masked(text, parts, self._policy)
        if numbers_in(text):
            plain = with_ascii_digits(f"{name}: {text}" if name else text)
            tokens = tokens_of(plain)
            self._note_others(tokens, runs_of(plain, tokens), is_callers=False)
        return text

    @property
    def is_doubtful(self) -> bool:
        """Whether there are numbers that may yet turn out to be of something personal."""
        return bool(self._doubtful or self._doubtful_texts)

    def for_log(self, text: str, name: str = "") -> str:
        """Return what a log line, which cannot be mended, may hold of what the record holds."""
        for piece in self._doubtful_texts:
            text = without_removed(text, Removal(Identifier.EMAIL, piece))
        plain = with_ascii_digits(f"{name}: {text}" if name else text)
        lead = len(plain) - len(text)
        tokens = tokens_of(plain)
        parts = [
            Hit(part.start - lead, part.end - lead, "")
            for run in runs_of(plain, tokens)
            if name_before(tokens, run.first) != OTHER and not is_price(plain, tokens, run)
            for digits in self._doubtful
            for part in parts_of(run.numbers, digits)
            if len(part.digits) >= _SHORTEST_DOUBTFUL and part.start >= lead
        ]
        return _without(text, parts, REDACTED)

    # --- of the caller's turn ---

    def _hits(
        self, text: str, plain: str, tokens: Sequence[Token], runs: Sequence[Run]
    ) -> list[Hit]:
        is_empty = self._awaited is not None and tells_nothing(text)
        found = find(text, self._policy, lead="" if is_empty else self._lead())
        found += self._over_turns(text)
        found += self._address_over_turns(text, tokens)
        found += self._bare_over_turns(text, tokens, runs)
        found += self._begun(plain, tokens, runs)
        if self._awaited is not None and not is_empty:
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

    def _address_over_turns(self, text: str, tokens: Sequence[Token]) -> Iterator[Hit]:
        """Yield what this turn has of an address that began in a turn before."""
        if not self._short or Identifier.EMAIL in self._policy.kept:
            return
        before = "".join(self._short)
        if not has_address_sign([*tokens_of(with_ascii_digits(before)), *tokens]):
            return
        start = len(before)
        for hit in find(before + text, self._policy):
            if hit.kind != Identifier.EMAIL or not hit.start < start < hit.end:
                continue
            begun = before[hit.start : start]
            if any(token.kind is Kind.NONE for token in tokens_of(with_ascii_digits(begun))):
                yield Hit(0, hit.end - start, hit.kind, hit.characters)
                self._take_out(hit, begun)

    def _bare_over_turns(
        self, text: str, tokens: Sequence[Token], runs: Sequence[Run]
    ) -> Iterator[Hit]:
        """Yield digits that make an identity number with those that were told before, alone."""
        is_alone = len(runs) == 1 and not any(
            token.word.isalpha() and not is_pause(token.word) for token in tokens
        )
        if not is_alone or self._others_asked or Identifier.NATIONAL_ID in self._policy.kept:
            self._alone.clear()
            return
        (run,) = runs
        said, digits = "", run.digits
        for said_before, digits_before in reversed(self._alone):
            said, digits = f"{said_before}\n{said}", digits_before + digits
            if can_be_identity_number(digits):
                start, end = run.numbers[0].start, run.numbers[-1].end
                hit = Hit(start, end, Identifier.NATIONAL_ID, digits)
                yield hit
                self._take_out(hit, said)
                break
        self._alone.append((text.strip(" .,"), run.digits))

    def _begun(self, plain: str, tokens: Sequence[Token], runs: Sequence[Run]) -> Iterator[Hit]:
        """Yield the first digits of what is named, with which the turn breaks off."""
        if not runs or any(token.word.isalpha() for token in tokens[runs[-1].after :]):
            return
        run = runs[-1]
        kind = _named_right_before(tokens, run.first)
        is_long = len(run.digits) >= _SHORTEST_DOUBTFUL
        if kind is None or kind in self._policy.kept or not is_long:
            return
        if kind is Identifier.PHONE and not run.digits.startswith("0"):
            return  # a time of the day, perhaps
        if not is_price(plain, tokens, run) and not _tells_the_end(tokens, run):
            yield Hit(run.numbers[0].start, run.numbers[-1].end, kind, run.digits)

    def _take_out(self, hit: Hit, said: str) -> None:
        """Have the rows changed that hold the first part of something."""
        digits = _digits(hit.characters)
        if digits and hit.kind != Identifier.EMAIL:
            self._to_remove.append(Removal(hit.kind, digits, frozenset(self._others)))
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
            if has_address_sign(tokens) or (is_name and not names_nobody(plain)):
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

    def _removal(self, kind: str, said: str) -> Removal:
        digits = "".join(token.digits for token in tokens_of(with_ascii_digits(said)))
        is_number = digits and kind != Identifier.EMAIL
        return Removal(kind, digits if is_number else said, frozenset(self._others))

    def _take_back(self, hit: Hit) -> None:
        """Have it taken out where it was called an order's before the caller's words were here."""
        digits = _digits(hit.characters)
        number = digits.lstrip("0")
        for said in (digits, number):
            if self._others.get(said) is False:
                del self._others[said]
                self._to_remove.append(Removal(hit.kind, said, frozenset(self._others)))

    def _wait(self, tokens: Sequence[Token], hits: Sequence[Hit], *, has_numbers: bool) -> None:
        """Go on waiting for what was asked for, or give up."""
        announced = name_before(tokens, len(tokens), most_unknown=0)
        if isinstance(announced, Identifier):
            self._awaited, self._left, self._others_asked = announced, _PATIENCE, 0
            return
        if announced == OTHER:
            self._awaited, self._others_asked = None, _ANSWERS
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

    def _doubt_address(self, text: str, tokens: Sequence[Token], hits: Sequence[Hit]) -> None:
        """Remember a turn of which an address may be made, when more of it comes."""
        if len(tokens) > _MOST_TOKENS or any(hit.kind == Identifier.EMAIL for hit in hits):
            self._short.clear()
            return
        said = text.strip(" .,?!")
        self._short.append(said + "\n")
        named = next(
            (at for at in range(len(tokens)) if named_at(tokens, at) is Identifier.EMAIL), None
        )
        if named is not None:
            behind = next((one for one in tokens[named + 1 :] if one.kind is Kind.NONE), None)
            is_said = behind is not None and behind.word.isalpha()
            if behind is not None and is_said and self._may_be_local(tokens, behind):
                self._doubtful_texts.append(said[behind.start :])
        elif has_address_sign(tokens, is_sure=True) and Identifier.EMAIL not in self._policy.kept:
            self._doubtful_texts.append(said[open_address(said) or 0 :])

    def _may_be_local(self, tokens: Sequence[Token], first: Token) -> bool:
        """Tell whether the turn ends with a word or two that may begin an address."""
        rest = sum(token.word.isalpha() for token in tokens if token.start >= first.start)
        return rest <= _FEW_PARTS and Identifier.EMAIL not in self._policy.kept

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
            or _ends_in_letters(plain, tokens)
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

    def _parts(self, text: str, name: str = "") -> list[Hit]:
        """Return where what is known is repeated, whole or in parts, in the value of a field."""
        if not self._known:
            return []
        lead = f"{name}: " if name else ""
        plain = with_ascii_digits(lead + text)
        tokens = tokens_of(plain)
        hits = [
            Hit(start - len(lead), end - len(lead), kind)
            for run in runs_of(plain, tokens)
            if not is_amount(plain, tokens, run) and not _tells_the_end(tokens, run)
            for characters, kind in self._known
            for start, end in _known_parts(tokens, run, _digits(characters), self._others)
            if start >= len(lead)
        ]
        folded = text.casefold()
        for characters, kind in self._known:
            if kind == Identifier.EMAIL or not _digits(characters):
                at = folded.find(characters.casefold())
                while at >= 0 and len(folded) == len(text):
                    hits.append(Hit(at, at + len(characters), kind))
                    at = folded.find(characters.casefold(), at + len(characters))
        return _united(hits)

    def _note_others(
        self, tokens: Sequence[Token], runs: Iterable[Run], *, is_callers: bool
    ) -> None:
        """Remember what is called an order's or the like, and is nothing that is known."""
        for run in runs:
            if name_before(tokens, run.first) == OTHER:
                for number in run.numbers:
                    known = self._others.pop(number.digits, False)
                    self._others[number.digits] = is_callers or known
        while len(self._others) > _MOST_OTHERS:
            del self._others[next(iter(self._others))]


def _known_parts(
    tokens: Sequence[Token], run: Run, digits: str, others: Collection[str]
) -> Iterator[tuple[int, int]]:
    """Yield where numbers are some of the digits of what is known, or all of them.

    Those of ``others`` stay where they are called an order's.
    """
    is_other = name_before(tokens, run.first) == OTHER
    for part in parts_of(run.numbers, digits):
        # A number in JSON has lost the zeros that it began with.
        is_whole = part.digits.lstrip("0") == digits.lstrip("0")
        least = _SHORTEST_WHOLE if is_whole else _SHORTEST_PART
        if len(part.digits) >= least and not (is_other and part.digits in others):
            yield part.start, part.end


def without_removed(text: str, removal: Removal) -> str:
    """Return the text without what is to be removed, and without its parts."""
    mark = mark_of(removal.kind)
    characters = removal.characters
    if not characters.isdigit():
        if len(characters) < _SHORTEST_TEXT:
            return _without_short(text, removal, mark)
        return text.replace(characters, mark)
    plain = with_ascii_digits(text)
    tokens = tokens_of(plain)
    hits = []
    for run in runs_of(plain, tokens):
        if is_amount(plain, tokens, run):
            continue
        is_other = name_before(tokens, run.first) == OTHER
        least = _SHORTEST_PART if is_other else _SHORTEST_DOUBTFUL
        hits += [
            Hit(part.start, part.end, "")
            for part in parts_of(run.numbers, characters)
            if len(part.digits) >= min(least, len(characters))
            and not (is_other and part.digits in removal.others)
        ]
    return _without(text, hits, mark)


def _without_short(text: str, removal: Removal, mark: str) -> str:
    """Take out "G B", "LNT" or "jane" where nothing else was said, or at the end, as named."""
    said = text.strip(" .,?!")
    if said == removal.characters:
        return mark
    body = text.rstrip(" .,?!")
    at = len(body) - len(removal.characters)
    if not body.endswith(removal.characters):
        return text
    tokens = tokens_of(with_ascii_digits(text))
    index = next((index for index, token in enumerate(tokens) if token.start == at), None)
    if index is None or name_before(tokens, index, most_unknown=0) != removal.kind:
        return text
    return text[:at] + mark + text[len(body) :]


def _without(text: str, hits: Iterable[Hit], mark: str) -> str:
    kept_from, parts = 0, []
    for hit in _united(hits):
        parts += [text[kept_from : hit.start], mark]
        kept_from = hit.end
    return "".join([*parts, text[kept_from:]])


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


def _named_right_before(tokens: Sequence[Token], at: int) -> Identifier | None:
    """Return what is named with nothing but "number", "is" and the like in between."""
    for index in range(at - 1, -1, -1):
        named = named_at(tokens, index)
        if named in (Identifier.PHONE, Identifier.IBAN):
            return named
        if named is Identifier.NATIONAL_ID and tokens[index].kind not in OTHERS:
            return named
        is_link = tokens[index].kind in (Kind.LINK, Kind.VERB) or tokens[index].word == ":"
        if named is not None or not is_link:
            return None
    return None


def _ends_in_letters(plain: str, tokens: Sequence[Token]) -> bool:
    """Tell whether the turn ends with letters of a number: "JC", "LNT"."""
    last = max((index for index, token in enumerate(tokens) if token.word.isalpha()), default=-1)
    if last < 0 or tokens[last].word in _YES or any(t.digits for t in tokens[last + 1 :]):
        return False
    stretches = stretches_of(plain, tokens, with_letters=True)
    return any(stretch.after == last + 1 for stretch in stretches)


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

"""Card numbers that come in pieces, over several turns of one conversation.

A turn is recorded at once, so a piece is removed as soon as it can be one: digits after "my card
number is", after the agent has asked for a card, or alone and in the groups of a card. When they
turn out to be a card after all, what earlier records hold of it can be removed by its digits.
"""

from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import dropwhile
from typing import Final

from agent_service.redaction.cards import (
    LONGEST_DETAIL,
    PIECE_ON_RECORD,
    Found,
    Reading,
    Row,
    What,
    announces_card,
    is_amount,
    is_grouped,
    is_identifier,
    is_list_of_numbers,
    is_price,
    overlap,
    read,
)
from agent_service.redaction.context_words import (
    OTHERS,
    Kind,
    names_digits,
)
from agent_service.redaction.empty_answers import tells_nothing
from agent_service.redaction.networks import (
    LONGEST_CARD,
    SHORTEST_CARD,
    can_begin_card,
    is_card,
    lengths,
)
from agent_service.redaction.questions import asks, sentences_from_last
from agent_service.redaction.reading import Token, parts_of, tokens_of, with_ascii_digits
from agent_service.redaction.redacting import may_hold_piece, redact_for_record, without
from agent_service.redaction.secrets import without_keys

_SHORTEST: Final = 3
"""Digits of a piece; one that is awaited and stands alone may have fewer."""
_SHORTEST_OTHER: Final = PIECE_ON_RECORD
"""Digits of a card that are a piece of it even where they are called an order's: by chance, one
order in a thousand is part of a card that is spoken of in the same conversation."""
_SUSPICIOUS: Final = 8
"""Digits, in a card's groups and with nothing said of them, that are taken for its beginning."""
_FEW_WORDS: Final = 4
_LONGEST_ANSWER: Final = 10
"""Digits in one group, or one by one, that can answer a question for an order's number."""
_SHORTEST_REST: Final = 6
"""Digits that, fitting what there is of a card, are its rest whatever was asked in between."""
_CARD_LENGTHS: Final = range(SHORTEST_CARD, LONGEST_CARD + 1)
_PATIENCE: Final = 3
"""The caller's turns without digits after which the rest of a card is not expected any more."""
_QUESTION_HOLDS: Final = 2
"""The caller's turns with numbers that may answer one question."""
_MOST_PIECES: Final = 12
_MOST_CARDS: Final = 4
_MOST_OTHERS: Final = 64
_MOST_DETAILS: Final = 4
_DETAIL_HOLDS: Final = 3
"""The caller's turns within which a card makes what was called a code before a card's code."""


class _Awaited(Enum):
    """What the caller's next digits may belong to."""

    NOTHING = auto()
    NUMBER = auto()
    """A card that is announced, or has begun."""
    DETAILS = auto()
    """A card that is told: after the number come its date and its code."""


@dataclass(frozen=True, slots=True)
class _Piece:
    groups: tuple[str, ...]
    turn: int
    is_removed: bool
    is_answer: bool = False
    """The agent had asked for another number."""
    is_alone: bool = False
    """The turn said hardly anything else."""

    @property
    def digits(self) -> str:
        return "".join(self.groups)


class CardMemory:
    """What a conversation's turns have said of cards. Holds digits: never to be shown."""

    def __init__(self) -> None:
        self._pieces: deque[_Piece] = deque(maxlen=_MOST_PIECES)
        self._cards: deque[str] = deque(maxlen=_MOST_CARDS)
        self._others: deque[str] = deque(maxlen=_MOST_OTHERS)
        """Numbers that were said to be an order's or the like, and are no pieces."""
        self._details: deque[tuple[int, str]] = deque(maxlen=_MOST_DETAILS)
        """Codes and dates, with their turns, that are a card's if one follows."""
        self._turn = 0
        self._awaited = _Awaited.NOTHING
        self._waited = 0
        self._question_left = 0
        self._answered = ""
        self._to_remove: list[str] = []

    def take_digits(self) -> tuple[str, ...]:
        """Return digits of which records that were made before may hold pieces, once."""
        digits, self._to_remove = tuple(dict.fromkeys(self._to_remove)), []
        return digits

    @property
    def others(self) -> frozenset[str]:
        """Numbers that stay where they are called an order's or the like."""
        return frozenset(self._others)

    def caller_turn(self, text: str) -> str:
        """Return what the record may hold of the caller's turn, and remember its numbers."""
        text = without_keys(text)
        return without(text, self.found_in_turn(text))

    def found_in_turn(self, text: str) -> list[Found]:
        """Return what the record may not hold of the caller's turn, and remember its numbers."""
        self._turn += 1
        self._answered = ""
        plain = with_ascii_digits(text)
        if not may_hold_piece(plain):
            self._wait()
            return []
        reading = read(plain, shortest_piece=PIECE_ON_RECORD)
        rows = self._open_rows(reading)
        self._note_others(reading)
        found = [*reading.found, *self._pieces_in(reading, rows)]
        self._note_details(reading, found)
        self._notice(reading, found, has_digits=bool(rows or reading.found))
        return found

    def agent_turn(self, text: str) -> str:
        """Return what the record may hold of the agent's turn, and note what it asks for."""
        tokens = tokens_of(with_ascii_digits(text))
        text = self.passage(text)
        match _asked_for(tokens):
            case Kind.CARD:
                self._awaited, self._waited, self._question_left = _Awaited.NUMBER, 0, 0
            case Kind.OTHER:
                self._question_left = _QUESTION_HOLDS
                if not self._pieces:
                    self._awaited = _Awaited.NOTHING
        return text

    def answer(self, text: str) -> str:
        """Return what the record may hold of words that come again as the caller's turn."""
        reading = read(with_ascii_digits(text), shortest_piece=PIECE_ON_RECORD)
        rows = [row for row in self._open_rows(reading) if self._is_expected(row)]
        # A tool's result may repeat them before the turn is recorded.
        self._answered = "".join(row.run.digits for row in rows)
        return self.passage(without(text, [*reading.found, *map(_whole, rows)]))

    def passage(self, text: str, name: str = "") -> str:
        """Return what the record may hold of anything else: a summary, an argument, a result."""
        text = redact_for_record(text, name)
        for digits in self._known():
            shorter = without_digits_of(text, digits, self.others)
            if shorter != text:
                # A row of this may have been written by somebody else already.
                self._to_remove.append(digits)
                text = shorter
        text = self._without_short_pieces(text)
        if may_hold_piece(text):
            said = [group for piece in self._pieces for group in piece.groups]
            self._note_others(read(with_ascii_digits(text)), but_not=said)
        return text

    @property
    def is_doubtful(self) -> bool:
        """Whether there are numbers that may yet turn out to be a card's or its code."""
        return bool(self._doubtful())

    def for_log(self, text: str, name: str = "") -> str:
        """Return what a log line, which cannot be mended, may hold of what the record holds.

        It is without numbers that may yet turn out to be a card's or its code, but with prices:
        the text may be the value of a field of that name.
        """
        lead = f"{name}: " if name else ""
        for digits in self._doubtful():
            reading = read(with_ascii_digits(lead + text))
            rows = [
                row
                for row in _rows_of_digits(reading)
                if not is_price(reading.text, reading.tokens, row.run)
            ]
            found = _parts(rows, digits, self.others, shortest_other=len(digits) + 1)
            text = without(text, found, len(lead))
        return text

    def _known(self) -> list[str]:
        removed = "".join(piece.digits for piece in self._pieces if piece.is_removed)
        pending = removed + self._answered
        return [*self._cards, pending] if pending else [*self._cards]

    def _doubtful(self) -> list[str]:
        begun = dropwhile(lambda piece: not can_begin_card(piece.digits), self._pieces)
        is_card = self._awaited is _Awaited.NUMBER
        pieces = [
            piece.digits
            for piece in begun
            if not piece.is_removed and (is_card or not piece.is_answer)
        ]
        return [*pieces, *(digits for _, digits in self._details)]

    def _without_short_pieces(self, text: str) -> str:
        """Take out what is too short to be known as a piece, but is one, word for word."""
        short = {
            piece.digits
            for piece in self._pieces
            if piece.is_removed and len(piece.digits) < _SHORTEST
        }
        if not short:
            return text
        reading = read(with_ascii_digits(text))
        if not _is_alone(reading):
            return text
        return without(text, [_whole(row) for row in reading.rows if row.run.digits in short])

    def _note_others(self, reading: Reading, but_not: Collection[str] = ()) -> None:
        """Note what is called an order's; ``but_not`` is what the caller has called nothing."""
        known = [*self._known(), *but_not]
        for row in reading.rows:
            if row.before in OTHERS or row.behind in OTHERS:
                for number in row.run.numbers:
                    if not any(number.digits in digits for digits in known):
                        self._others.append(number.digits)

    def _note_details(self, reading: Reading, found: Sequence[Found]) -> None:
        """Remember codes and dates; once there is a card, have them taken out."""
        while self._details and self._details[0][0] <= self._turn - _DETAIL_HOLDS:
            self._details.popleft()
        if any(one.what is not What.SECURITY_CODE for one in found):
            self._to_remove += [digits for _, digits in self._details]
            self._details.clear()
        self._details.extend(
            (self._turn, row.run.digits)
            for row in reading.rows
            if row.is_detail
            and len(row.run.digits) <= LONGEST_DETAIL
            and not row.is_tail
            and not any(overlap(row.run, one) for one in found)
        )

    # --- the caller's numbers ---

    def _open_rows(self, reading: Reading) -> list[Row]:
        """Return the numbers that may be pieces: not found already, not said to be others."""
        is_alone, is_unasked = _is_alone(reading), self._awaited is _Awaited.NOTHING
        return [
            row
            for row in reading.rows
            if (len(row.run.digits) >= _SHORTEST or self._is_short_piece(reading, row, is_alone))
            and (row.before or row.behind) not in {*OTHERS, Kind.SECURITY}
            and (not row.is_phone or self._goes_on_with(row))
            and not is_identifier(reading.text, row.run)
            and not is_amount(reading.text, reading.tokens, row.run)
            and (not is_unasked or not is_price(reading.text, reading.tokens, row.run))
            and not any(overlap(row.run, one) for one in reading.found)
        ]

    def _is_short_piece(self, reading: Reading, row: Row, is_alone: bool) -> bool:
        """Tell whether one or two digits are what was announced: a card, digit by digit."""
        if is_alone and self._awaited is _Awaited.NUMBER and not tells_nothing(reading.text):
            return True
        return _is_just_announced(reading, row)

    def _goes_on_with(self, row: Row) -> bool:
        """Tell whether zeros that could begin a telephone number rather go on with a card."""
        before = sum(len(piece.digits) for piece in self._pieces)
        is_under_way = self._awaited is _Awaited.NUMBER and before and not self._question_left
        has_zeros = row.run.digits.startswith("00")
        return bool(is_under_way and has_zeros and before + len(row.run.digits) <= LONGEST_CARD)

    def _pieces_in(self, reading: Reading, rows: Sequence[Row]) -> list[Found]:
        for one in reading.found:
            if one.what is What.PIECE:
                self._pieces.append(_Piece((one.digits,), self._turn, is_removed=True))
        found = []
        is_alone = _is_alone(reading)
        for row in rows:
            groups = tuple(number.digits for number in row.run.numbers)
            is_removed = (
                self._is_expected(row)
                or _is_just_announced(reading, row)
                or (is_alone and self._begins_card(groups))
            )
            is_answer = self._question_left > 0 and not is_removed
            self._pieces.append(_Piece(groups, self._turn, is_removed, is_answer, is_alone))
            if is_removed:
                found.append(_whole(row))
        if self._pieces and (card := self._whole_card()) is not None:
            self._remember(card)
            return [_whole(row) for row in rows]
        return found

    def _is_expected(self, row: Row) -> bool:
        """Tell whether the rest of a card is awaited, and this is not the answer to a question."""
        if self._awaited is _Awaited.NOTHING:
            return False
        return len(row.run.digits) <= LONGEST_CARD and not self._answers_question(row)

    def _answers_question(self, row: Row) -> bool:
        """Tell whether this is rather the number that the agent asked for than a card's rest."""
        numbers, count = row.run.numbers, len(row.run.digits)
        is_one = len(numbers) == 1 or all(len(number.digits) == 1 for number in numbers)
        if not self._question_left or not is_one or count > _LONGEST_ANSWER:
            return False
        if not self._pieces or count < _SHORTEST_REST:
            return True
        before = [len(piece.digits) for piece in self._pieces]
        return count != before[-1] and sum(before) + count not in _CARD_LENGTHS

    def _begins_card(self, groups: tuple[str, ...]) -> bool:
        """Tell whether a turn of nothing else is as much as the first half of a card."""
        if self._question_left:
            return False
        before = [
            piece
            for piece in self._pieces
            if piece.turn >= self._turn - 2 and piece.is_alone and not piece.is_answer
        ]
        for pieces in (before, ()):
            all_groups = [*(group for piece in pieces for group in piece.groups), *groups]
            digits = "".join(all_groups)
            if (
                _SUSPICIOUS <= len(digits) <= LONGEST_CARD
                and len(all_groups) > 1
                and can_begin_card(digits)
                and is_grouped([len(group) for group in all_groups])
                and not is_list_of_numbers(all_groups)
            ):
                return True
        return False

    def _whole_card(self) -> str | None:
        """Return the card that pieces of several turns make up to now, if they do."""
        pieces = list(self._pieces)
        if pieces[-1].turn != self._turn:
            return None
        for first in range(len(pieces) - 1):
            row = pieces[first:]
            groups = [group for piece in row for group in piece.groups]
            if not is_card("".join(groups)):
                continue
            if row[0].is_removed:
                return "".join(groups)
            is_alone = all(piece.is_alone for piece in row)
            is_other = any(piece.is_answer for piece in row) or is_list_of_numbers(groups)
            if not is_other and (is_alone or is_grouped([len(group) for group in groups])):
                return "".join(groups)
        return None

    def _remember(self, card: str) -> None:
        self._cards.append(card)
        self._to_remove.append(card)
        self._pieces.clear()

    def _notice(self, reading: Reading, found: Sequence[Found], *, has_digits: bool) -> None:
        """Go on waiting for a card's digits, or give up; the question is answered, or not."""
        whole = [one.digits for one in found if one.what is What.CARD]
        self._cards.extend(digits for digits in whole if digits not in self._cards)
        is_announced = announces_card(reading.tokens)
        if self._has_whole_card(whole, found):
            self._awaited, self._waited = _Awaited.DETAILS, 0
        elif found or is_announced:
            self._awaited, self._waited = _Awaited.NUMBER, 0
        elif not has_digits:
            self._wait()
        if sum(len(piece.digits) for piece in self._pieces) > 2 * LONGEST_CARD:
            self._give_up()
        is_answered = self._awaited is not _Awaited.NOTHING and any(
            piece.is_answer and piece.turn == self._turn for piece in self._pieces
        )
        is_settled = is_announced or is_answered
        self._question_left = 0 if is_settled else max(self._question_left - 1, 0)

    def _has_whole_card(self, whole: Sequence[str], found: Sequence[Found]) -> bool:
        """Tell whether a card is told to its end, as far as one can tell from its length."""
        if whole:
            return True
        if self._pieces or not self._cards or not found:
            return False
        return len(self._cards[-1]) in lengths(self._cards[-1], with_rare=False)

    def _wait(self) -> None:
        """Give up once the caller has said too much else."""
        self._waited += 1
        if self._waited >= _PATIENCE:
            self._give_up()

    def _give_up(self) -> None:
        self._awaited = _Awaited.NOTHING
        self._pieces.clear()


def without_digits_of(text: str, digits: str, others: Collection[str] = ()) -> str:
    """Return the text without the numbers that are some of these digits, in a row.

    Those of ``others`` stay where they are called an order's or the like.
    """
    rows = _rows_of_digits(read(with_ascii_digits(text)))
    return without(text, _parts(rows, digits, others, shortest_other=_SHORTEST_OTHER))


def _rows_of_digits(reading: Reading) -> list[Row]:
    """Return the numbers that are no amounts and no digits that may be told."""
    return [
        row
        for row in reading.rows
        if not row.is_tail and not is_amount(reading.text, reading.tokens, row.run)
    ]


def _parts(
    rows: Sequence[Row], digits: str, others: Collection[str], *, shortest_other: int
) -> list[Found]:
    return [part for row in rows for part in _parts_of(row, digits, others, shortest_other)]


def _parts_of(
    row: Row, digits: str, others: Collection[str], shortest_other: int
) -> Iterator[Found]:
    is_other = row.before in OTHERS
    for part in parts_of(row.run.numbers, digits):
        is_known = is_other and part.digits in others
        if len(part.digits) >= (shortest_other if is_other else _SHORTEST) and not is_known:
            yield Found(part.start, part.end, What.PIECE, part.digits)


def _whole(row: Row) -> Found:
    numbers = row.run.numbers
    return Found(numbers[0].start, numbers[-1].end, What.PIECE, row.run.digits)


def _is_alone(reading: Reading) -> bool:
    """Tell whether the text is a number and hardly a word."""
    words = [token for token in reading.tokens if token.word.isalpha()]
    return len(words) <= _FEW_WORDS and all(token.kind is not Kind.NONE for token in words)


def _is_just_announced(reading: Reading, row: Row) -> bool:
    """Tell whether the turn ends with digits that begin a card: "my card number is 41"."""
    is_last = not any(token.word.isalpha() for token in reading.tokens[row.run.after :])
    return (
        is_last
        and can_begin_card(row.run.digits)
        and announces_card(reading.tokens[: row.run.first], by_number=True)
        and not row.is_tail
    )


def _asked_for(tokens: Sequence[Token]) -> Kind | None:
    """Return what the last sentence that asks for a number asks for."""
    for sentence in sentences_from_last(tokens):
        kinds = {token.kind for token in sentence}
        asks_digits = any(names_digits(token.word) for token in sentence)
        if any(token.digits and not token.is_spoken for token in sentence):
            continue  # it tells a number, and asks for none
        if kinds & OTHERS and asks(sentence, asks_digits=asks_digits):
            return Kind.OTHER
        if asks_digits and kinds & {Kind.CARD, Kind.SECURITY}:
            return Kind.CARD
    return None

"""Finds card numbers in a text, however they are written, and pieces of one.

A card is told by its network's beginning and length, the check digit and the grouping; where these
are not enough, by the words around it. What is said to be the number of an order, a telephone or an
article stays.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import dropwhile, groupby, islice, takewhile
from typing import Final

from agent_service.redaction.context_words import (
    OTHERS,
    Kind,
    is_phone,
    is_plural,
    is_verb,
    names_code,
    names_detail,
    names_digits,
    names_price,
)
from agent_service.redaction.networks import (
    LONGEST_CARD,
    SHORTEST_CARD,
    LuhnSums,
    can_begin_card,
    lengths,
)
from agent_service.redaction.reading import MARK, Run, Token, runs_of, tokens_of

SURE_PIECE: Final = 5
"""Digits said to be a card's that are taken for a piece of one whoever reads them: four may be the
last four, which people tell to name a card."""

PIECE_ON_RECORD: Final = 4
"""Digits said to be a card's that no record keeps."""

SHORTEST_CODE: Final = 3
"""Digits of a security code: fewer are never looked at."""

_REACH: Final = 10
"""Tokens between a number and the word that says what it is."""
_NEAR: Final = 25
_CLOSE: Final = 4
"""Tokens between a card and what belongs to it without a word."""
LONGEST_DETAIL: Final = 6
"""Digits of a month with its year."""
_DECIMALS: Final = 2
"""Digits behind the point of a price."""
_DATE: Final = re.compile(r"(?:0?[1-9]|1[0-2]) (?:20)?[2-4][0-9]|(?:0[1-9]|1[0-2])[2-4][0-9]")
_LIST_SPREAD: Final = 100
_GROUPINGS: Final = {(4, 6), (4, 6, 5), (4, 6, 4), (6, 13), (6, 10), (4, 4, 4, 7), (8, 8, 3)}
_HEX: Final = re.compile(r"[0-9A-Fa-f-]*")
_NAME_BEFORE: Final = re.compile(r"[A-Za-z0-9][_-]?\Z")
_SHORTEST_PHONE: Final = 10
"""Digits, with those of the country."""
_LONGEST_PHONE: Final = 15
"""Digits after a plus sign."""


class What(Enum):
    """What was found."""

    CARD = auto()
    """A whole, valid number."""
    PIECE = auto()
    """Digits that are said to be of a card."""
    SECURITY_CODE = auto()
    """A card's code, or the date until which it is valid."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something to be removed, and where it stands."""

    start: int
    end: int
    what: What
    digits: str


@dataclass(frozen=True, slots=True)
class Row:
    """A run of numbers and what the words around say of it."""

    run: Run
    before: Kind | None
    """What is said just before it: CARD, OTHER, PAPER, SECURITY, or None for nothing."""
    behind: Kind | None
    """What is said after it, if nothing is before: "... is my card"."""
    is_list: bool
    """It is announced as several numbers."""
    is_tail: bool
    """It is announced as the last digits."""
    is_phone: bool
    """It begins as a telephone number does."""
    is_detail: bool
    """It is called a code or a date, which it is of a card only beside one."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A text read for card numbers."""

    text: str
    tokens: tuple[Token, ...]
    rows: tuple[Row, ...]
    found: tuple[Found, ...]


def read(text: str, *, shortest_piece: int = SURE_PIECE) -> Reading:
    """Read a text whose digits are 0 to 9; pieces have at least so many digits."""
    tokens = tokens_of(text)
    rows = tuple(_row(text, tokens, run) for run in runs_of(text, tokens))
    cards = [index for index, token in enumerate(tokens) if token.kind is Kind.CARD]
    found: list[Found] = []
    for row in rows:
        at = bisect_left(cards, row.run.first - _NEAR)
        is_near = at < len(cards) and cards[at] < row.run.after + _NEAR
        whole = list(_cards(text, row, is_near=is_near))
        found += whole or _said_to_be(text, tokens, row, shortest_piece)
    found += _details(text, tokens, rows, found)
    return Reading(text, tuple(tokens), rows, tuple(found))


def announces_card(tokens: Sequence[Token], *, by_number: bool = False) -> bool:
    """Tell whether the words end by announcing a card: "my card is"; ``by_number``: its number."""
    said = _announced(tokens, len(tokens))
    return said.kind is Kind.CARD and (said.names_number or not by_number)


# --- what the words say ---


@dataclass(slots=True)
class _Announced:
    """What is said just before of what stands there."""

    kind: Kind | None = None
    word: str = ""
    """In which word, one that takes a list if there is any."""
    is_tail: bool = False
    is_code: bool = False
    is_detail: bool = False
    names_number: bool = False


def _row(text: str, tokens: Sequence[Token], run: Run) -> Row:
    if len(run.digits) < SHORTEST_CODE:
        return Row(run, None, None, is_list=False, is_tail=False, is_phone=False, is_detail=False)
    said = _announced(tokens, run.first)
    behind = None if said.kind else told_behind(tokens, run.after)
    # A card's own code, whatever it is called: "the PIN of my card is".
    is_code = said.kind is Kind.CARD and said.is_code and not said.is_tail
    start = run.numbers[0].start
    sign = text[max(0, start - 2) : start].rstrip("( ")[-1:]
    has_zeros = run.numbers[0].digits.startswith("00") and len(run.digits) >= _SHORTEST_PHONE
    return Row(
        run,
        Kind.SECURITY if is_code else said.kind,
        behind,
        is_list=is_plural(said.word),
        is_tail=said.is_tail,
        is_phone=sign == "+" or has_zeros,
        is_detail=said.is_detail and said.kind not in OTHERS,
    )


def _announced(tokens: Sequence[Token], at: int) -> _Announced:
    said = _Announced()
    is_loose, has_id = False, False
    for index in range(at - 1, max(-1, at - 1 - _REACH), -1):
        token = tokens[index]
        if token.word == MARK or (token.digits and not _is_word(tokens, index)):
            break
        said.is_code |= names_code(token.word)
        said.is_detail |= names_detail(token.word)
        said.names_number |= names_digits(token.word) or is_verb(token.word)
        if token.kind is Kind.SECURITY and _is_social(tokens, index):
            said.kind, said.word = Kind.OTHER, token.word
            break
        match token.kind:
            case Kind.CARD if has_id:
                break  # what a company calls the card, as it does an order
            case Kind.CARD | Kind.SECURITY:
                ahead = tokens[max(0, index - 6) : index]
                said.is_tail |= any(one.kind is Kind.TAIL for one in ahead)
                nearest = takewhile(lambda one: not one.digits, reversed(ahead))
                said.is_code |= any(names_code(one.word) for one in nearest)
                said.kind, said.word = token.kind, ""
                break
            case Kind.OTHER | Kind.PAPER if is_loose and not is_phone(token.word):
                break
            case Kind.OTHER | Kind.PAPER:
                said.kind, said.word, said.is_tail = token.kind, said.word or token.word, False
                break
            case Kind.TAIL:
                said.is_tail = True
            case Kind.LOOSE_LINK:
                is_loose = True
            case Kind.LINK:
                has_id |= token.word in {"id", "ids"}
                said.word = token.word if is_plural(token.word) else said.word
            case _ if token.word.isalpha() and not names_detail(token.word):
                break
    if said.kind is None:
        said.word, said.is_tail = "", False
    return said


def _is_social(tokens: Sequence[Token], at: int) -> bool:
    """Tell whether it is the state's security: "social security", "sécurité sociale"."""
    beside = [*tokens[max(0, at - 1) : at], *tokens[at + 1 : at + 2]]
    return any(token.word.startswith("social") for token in beside)


def _is_word(tokens: Sequence[Token], at: int) -> bool:
    """Tell whether a spoken digit stands among words: "the three digits", "au dos"."""
    beside = [*tokens[max(0, at - 1) : at], *tokens[at + 1 : at + 2]]
    is_digit = tokens[at].is_spoken and len(tokens[at].digits) == 1
    return is_digit and not any(token.digits for token in beside)


def told_behind(tokens: Sequence[Token], at: int) -> Kind | None:
    """Return what is said behind a number to be what it is: "4003 is my order"."""
    if at >= len(tokens) or not is_verb(tokens[at].word):
        return None
    for token in tokens[at + 1 : at + 5]:
        if token.kind is Kind.CARD or token.kind in OTHERS:
            return token.kind
        if token.kind is not Kind.LINK:
            return None
    return None


# --- whole cards ---


def _cards(text: str, row: Row, *, is_near: bool) -> Iterator[Found]:
    """Yield card numbers; they begin and end with whole groups."""
    numbers, digits = row.run.numbers, row.run.digits
    if len(digits) < SHORTEST_CARD:
        return
    luhn = LuhnSums(digits)
    starts: dict[int, int] = {}  # digits before a group: which group it is
    ends: dict[int, int] = {}
    counted = 0
    for index, number in enumerate(numbers):
        starts[counted] = index
        counted += len(number.digits)
        ends[counted] = index + 1
    finished = 0
    for start, first in starts.items():
        if start < finished:
            continue
        for length in lengths(digits[start : start + 4], with_rare=is_near):
            end = start + length
            after = ends.get(end)
            if after is None or not luhn.is_valid(start, end):
                continue
            if _is_card(text, row, first, after, is_near=is_near):
                finished = end
                place = numbers[first].start, numbers[after - 1].end
                yield Found(*place, What.CARD, digits[start:end])
                break


def _is_card(text: str, row: Row, first: int, after: int, *, is_near: bool) -> bool:
    """Tell whether valid digits in these groups are a card, and not numbers of other things."""
    numbers = row.run.numbers[first:after]
    kind = row.before or row.behind
    is_said = kind is Kind.CARD
    if kind in OTHERS and (row.is_list or (first == 0 and kind is Kind.OTHER)):
        return False
    if row.is_phone and _is_phone_number(row.run.digits):
        return False
    if not is_said and is_list_of_numbers([number.digits for number in numbers]):
        return False
    if len(numbers) == 1 and _is_part_of_code(text, numbers[0]):
        return False
    if is_said or is_near or any(number.is_spoken for number in numbers):
        return True
    if any(row.run.has_pause[first + 1 : after]):
        return False
    sizes = [len(number.digits) for number in numbers]
    beside = len(row.run.numbers) - len(numbers)
    return is_grouped(sizes) and (sizes[0] >= 4 or beside <= 2)


def _is_phone_number(digits: str) -> bool:
    """Tell whether digits that begin as a telephone number are no more than one."""
    return len(digits) <= _LONGEST_PHONE + (2 if digits.startswith("00") else 0)


def is_list_of_numbers(groups: Sequence[str]) -> bool:
    """Tell whether the groups are numbers one after the other, as of orders: 4003 4004 4005."""
    values = {int(group) for group in groups}
    is_even = len({len(group) for group in groups}) == 1 and len(groups[0]) >= 4
    return is_even and len(values) == len(groups) > 1 and max(values) - min(values) < _LIST_SPREAD


def _is_part_of_code(text: str, number: Token) -> bool:
    """Tell whether the digits stand within a hash, an identifier or a fraction."""
    start, end = number.start, number.end
    while start > 0 and (text[start - 1].isascii() and text[start - 1].isalnum()):
        start -= 1
    while end < len(text) and (text[end].isascii() and text[end].isalnum()):
        end += 1
    before, after = text[start : number.start], text[number.end : end]
    if (before or after) and _HEX.fullmatch(before + after):
        return True
    if any(c.isdigit() for c in before + after):
        return True
    return start > 1 and text[start - 1] == "." and text[start - 2].isdigit()


def is_grouped(sizes: Sequence[int]) -> bool:
    """Tell whether digits are printed like this: in equal groups, the last one perhaps shorter."""
    if len(set(sizes)) > 1:
        rows = ([*row] for _, row in groupby(sizes, key=lambda size: size == 1))
        sizes = [size for row in rows for size in ([len(row)] if row[0] == 1 else row)]
    is_even = len(set(sizes[:-1])) <= 1 and sizes[-1] <= sizes[0]
    return is_even or tuple(sizes) in _GROUPINGS


# --- pieces and codes ---


def _said_to_be(text: str, tokens: Sequence[Token], row: Row, shortest: int) -> Iterator[Found]:
    run = row.run
    if row.before is Kind.SECURITY:
        yield from _security_code(run)
    if row.before is not Kind.CARD or not can_begin_card(run.digits) or is_identifier(text, run):
        return
    after, count = 0, 0
    while after < len(run.numbers) and count < SHORTEST_CARD + 2:
        count += len(run.numbers[after].digits)
        after += 1
    if not shortest <= count <= LONGEST_CARD + 5 or (row.is_tail and count <= SURE_PIECE):
        return
    if after == 1 and is_amount(text, tokens, run):
        return
    digits = "".join(number.digits for number in run.numbers[:after])
    yield Found(run.numbers[0].start, run.numbers[after - 1].end, What.PIECE, digits)


def _security_code(run: Run) -> Iterator[Found]:
    digits, last = "", run.numbers[0]
    for number in run.numbers:
        if len(digits) + len(number.digits) > 4 or (len(digits) >= 3 and len(number.digits) > 1):
            break
        digits, last = digits + number.digits, number
    is_whole = len(digits) >= 3 and (last is run.numbers[-1] or len(run.numbers[0].digits) >= 3)
    if is_whole:
        yield Found(run.numbers[0].start, last.end, What.SECURITY_CODE, digits)


def _details(
    text: str, tokens: Sequence[Token], rows: Sequence[Row], found: Sequence[Found]
) -> list[Found]:
    """Return the codes and dates of the cards in the text: called so, or right behind one."""
    cards = [one for one in found if one.what is not What.SECURITY_CODE]
    if not cards:
        return []
    details: list[Found] = []
    for row in rows:
        taken = [one for one in found if overlap(row.run, one)]
        if any(one.what is What.SECURITY_CODE for one in taken):
            continue
        numbers = row.run.numbers
        if taken:  # what stands in a row with a card is behind it
            numbers = tuple(one for one in numbers if one.start >= max(t.end for t in taken))
            details += _behind(numbers)
        elif row.before in OTHERS or row.is_phone or is_amount(text, tokens, row.run):
            continue
        elif row.is_detail or row.before is Kind.CARD:
            details += _detail(row.run)
        elif _is_next_to(tokens, row.run, [*cards, *details]):
            details += _behind(numbers)
    return details


def overlap(run: Run, found: Found) -> bool:
    """Tell whether what was found stands within the run, or the other way round."""
    return found.start < run.numbers[-1].end and run.numbers[0].start < found.end


def _is_next_to(tokens: Sequence[Token], run: Run, found: Sequence[Found]) -> bool:
    """Tell whether hardly a word stands between the run and what was found before it."""
    ends = [one.end for one in found if one.end <= run.numbers[0].start]
    if not ends:
        return False
    between = [token for token in tokens[: run.first] if token.start >= max(ends)]
    return len(between) <= _CLOSE and all(
        token.kind is Kind.LINK or not token.word.isalpha() for token in between
    )


def _detail(run: Run) -> Iterator[Found]:
    """Yield digits that are called a code or a date, if there are so many as one has."""
    if SHORTEST_CODE <= len(run.digits) <= LONGEST_DETAIL:
        yield _code(run.numbers)


def _behind(numbers: Sequence[Token]) -> Iterator[Found]:
    """Yield the date and the code that follow a card without a word."""
    at = next((size for size in (1, 2) if _is_date(numbers[:size])), 0)
    if at:
        yield _code(numbers[:at])
    code = "".join(number.digits for number in numbers[at:])
    if len(code) == SHORTEST_CODE or (at and len(code) == SHORTEST_CODE + 1):
        yield _code(numbers[at:])


def _is_date(numbers: Sequence[Token]) -> bool:
    return _DATE.fullmatch(" ".join(number.digits for number in numbers)) is not None


def _code(numbers: Sequence[Token]) -> Found:
    digits = "".join(number.digits for number in numbers)
    return Found(numbers[0].start, numbers[-1].end, What.SECURITY_CODE, digits)


def is_identifier(text: str, run: Run) -> bool:
    """Tell whether the digits are the end of a name that programs use: "credit_card_4196779"."""
    start = run.numbers[0].start
    return _NAME_BEFORE.search(text, max(0, start - 2), start) is not None


def is_price(text: str, tokens: Sequence[Token], run: Run) -> bool:
    """Tell whether the number looks like money ("44.95"), or is called so ("total: 449")."""
    first, *others = run.numbers
    if len(others) == 1 and not first.is_spoken and len(others[0].digits) == _DECIMALS:
        gap = text[first.end : others[0].start]
        if gap in {".", ","}:
            return True
    before = reversed(tokens[max(0, run.first - _CLOSE) : run.first])
    told = dropwhile(lambda one: one.kind is Kind.LINK or _is_sign(one), before)
    return any(names_price(one.word) for one in islice(told, 1))


def _is_sign(token: Token) -> bool:
    return not token.digits and not token.word.isalpha() and token.word != MARK


def is_amount(text: str, tokens: Sequence[Token], run: Run) -> bool:
    """Tell whether the number counts something: "5000 points", "€40"."""
    start, end = run.numbers[0].start, run.numbers[-1].end
    signs = text[max(0, start - 2) : start] + text[end : end + 2]
    if any(sign in signs for sign in "€$£%"):
        return True
    return run.after < len(tokens) and tokens[run.after].kind is Kind.UNIT

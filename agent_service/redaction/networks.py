"""What card networks issue: first digits, lengths, and Luhn's check digit."""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final

SHORTEST_CARD: Final = 14
"""Digits. Visa's numbers of thirteen are not issued any more, and EAN-13 is as long."""

LONGEST_CARD: Final = 19

_DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def _by_beginning() -> Iterator[tuple[range, tuple[int, ...], tuple[int, ...]]]:
    """Yield first four digits, usual lengths, and lengths that need a word such as "card"."""
    yield range(2200, 2205), (16,), (17, 18, 19)  # Mir
    yield range(2221, 2721), (16,), ()  # Mastercard
    yield range(3000, 3060), (14,), (16, 17, 18, 19)  # Diners Club
    yield range(3095, 3096), (14,), (16, 17, 18, 19)
    yield range(3400, 3500), (15,), ()  # American Express
    yield range(3528, 3590), (16,), (17, 18, 19)  # JCB
    yield range(3600, 3700), (14,), (15, 16, 17, 18, 19)  # Diners Club
    yield range(3700, 3800), (15,), ()  # American Express
    yield range(3800, 4000), (14,), (16, 17, 18, 19)  # Diners Club
    yield range(4000, 5000), (16, 19), ()  # Visa
    yield range(5000, 5100), (16, 18, 19), (14, 15, 17)  # Maestro, Elo, Dankort, Verve
    yield range(5100, 5600), (16,), ()  # Mastercard
    yield range(5600, 5900), (16, 18, 19), (14, 15, 17)  # Maestro
    yield range(6000, 7000), (16, 18, 19), (14, 15, 17)  # Discover, UnionPay, Maestro, RuPay
    yield range(8100, 8300), (), (16, 17, 18, 19)  # UnionPay, RuPay
    yield range(9792, 9793), (), (16,)  # Troy


def _table(*, with_rare: bool) -> dict[str, Sequence[int]]:
    return {
        str(beginning): sorted((*usual, *(rare if with_rare else ())), reverse=True)
        for beginnings, usual, rare in _by_beginning()
        for beginning in beginnings
    }


_USUAL: Final = _table(with_rare=False)
_ALL: Final = _table(with_rare=True)
_BEGINNINGS: Final = frozenset(
    beginning[:size] for beginning in _ALL for size in range(1, len(beginning) + 1)
)


def lengths(digits: str, *, with_rare: bool) -> Sequence[int]:
    """Return how long a card that begins with these digits can be, longest first."""
    return (_ALL if with_rare else _USUAL).get(digits[:4], ())


def can_begin_card(digits: str) -> bool:
    """Tell whether a network's numbers begin like this, as far as there are digits."""
    return digits[:4] in _BEGINNINGS


def is_card(digits: str) -> bool:
    """Tell whether this is a valid card number of whatever length its network uses."""
    is_long = len(digits) in lengths(digits, with_rare=True)
    return is_long and LuhnSums(digits).is_valid(0, len(digits))


class LuhnSums:
    """Checks each part of a row of digits in constant time."""

    def __init__(self, digits: str) -> None:
        self._sums = [_sums(digits, parity) for parity in (0, 1)]

    def is_valid(self, start: int, end: int) -> bool:
        """Tell whether the digits from start to end have the right check digit."""
        sums = self._sums[end % 2]
        return (sums[end] - sums[start]) % 10 == 0


def _sums(digits: str, parity: int) -> list[int]:
    """Return Luhn's sum of every beginning; digits at places of this parity count double."""
    values = (
        _DOUBLED[int(digit)] if index % 2 == parity else int(digit)
        for index, digit in enumerate(digits)
    )
    return list(accumulate(values, initial=0))

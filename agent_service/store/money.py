"""Money as whole minor units and a currency; never a float, and never two currencies in one sum."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from typing import Final, NamedTuple, TypeAlias

MOST_MINOR: Final = 2**53
"""What every reader of JSON holds exactly; a thousand times as much fits into a counter."""


class _Currency(NamedTuple):
    decimals: int
    one: str
    several: str


def _read_currencies() -> Iterator[tuple[str, _Currency]]:
    table = (files(__package__) / "currencies.tsv").read_text(encoding="utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            code, decimals, one, several = line.split("\t")
            yield code, _Currency(int(decimals), one, several)


_CURRENCIES: Final = dict(_read_currencies())
CURRENCIES: Final = tuple(_CURRENCIES)
"""The codes."""
_SIGNS: Final = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency of ISO 4217, counted in its smallest unit: cents, yen, fils."""

    minor: int
    currency: str = "USD"

    def __post_init__(self) -> None:
        if self.currency not in _CURRENCIES:
            raise ValueError(f"currency {self.currency!r} is not a code of ISO 4217, as EUR is")
        if type(self.minor) is not int:
            raise TypeError(f"money is whole minor units, not {self.minor!r}: see Money.of")
        if abs(self.minor) > MOST_MINOR:
            raise ValueError("an amount of money has at most 2^53 minor units")

    @classmethod
    def of(cls, amount: Decimal | int | str, currency: str) -> "Money":
        """Return the amount given in whole units: ``Money.of("12.50", "CHF")``. Rounds nothing."""
        exact = Decimal(amount).scaleb(cls(0, currency).decimals)
        if exact != int(exact):
            raise ValueError(f"{amount} has more decimal places than {currency} has")
        return cls(int(exact), currency)

    @property
    def decimals(self) -> int:
        """Return how many decimal places the currency has: 2 mostly, none of yen."""
        return _CURRENCIES[self.currency].decimals

    @property
    def amount(self) -> Decimal:
        """Return the amount in whole units, exactly."""
        return Decimal(self.minor).scaleb(-self.decimals)

    def said(self) -> str:
        """Return the amount for a sentence that is read or spoken: ``$24.99``, ``12 Swiss francs``.

        A voice says the sign of a currency that has one as its own words.
        """
        sign = "minus " if self.minor < 0 else ""
        if self.currency in _SIGNS:
            return f"{sign}{_SIGNS[self.currency]}{abs(self.amount):f}"
        currency = _CURRENCIES[self.currency]
        whole, part = divmod(abs(self.minor), 10**self.decimals)
        words = f"{whole} {currency.one if whole == 1 else currency.several}"
        return f"{sign}{words} {part:0{self.decimals}d}" if part else f"{sign}{words}"

    def written(self) -> str:
        """Return the amount as a table shows it: ``24.99 USD``."""
        return f"{self.amount:f} {self.currency}"

    def __add__(self, other: "Money") -> "Money":
        """Return the exact sum; amounts of two currencies have none."""
        if self.currency != other.currency:
            raise ValueError(f"{self.written()} and {other.written()} have no sum")
        return Money(self.minor + other.minor, self.currency)

    def is_above(self, limit: "Limit") -> bool:
        """Compare with a limit; an amount in a currency that the limit does not name is above."""
        most = limit_in(limit, self.currency)
        return most is None or self.minor > most.minor


Limit: TypeAlias = Money | tuple[Money, ...]
"""The most in one currency, or in each of several."""


def amounts_of(limit: Limit) -> tuple[Money, ...]:
    """Return the limit's amounts, one for each currency."""
    return limit if isinstance(limit, tuple) else (limit,)


def limit_in(limit: Limit, currency: str) -> Money | None:
    """Return the limit in that currency, None where it names none."""
    return next((most for most in amounts_of(limit) if most.currency == currency), None)

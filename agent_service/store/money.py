"""Money as whole minor units and a currency; never a float."""

from dataclasses import dataclass
from typing import Final

_WORDS: Final = {
    "USD": ("dollar", "dollars"),
    "EUR": ("euro", "euros"),
    "GBP": ("pound", "pounds"),
}
"""Currencies of the shop, all of two decimals, as they are said aloud."""

CURRENCIES: Final = tuple(_WORDS)


@dataclass(frozen=True, slots=True)
class Money:
    minor: int
    currency: str = "USD"

    def __post_init__(self) -> None:
        if self.currency not in _WORDS:
            raise ValueError(f"currency {self.currency!r} is not one of {', '.join(CURRENCIES)}")

    def spoken(self) -> str:
        """Return the amount as a voice says it: ``24 dollars 99``."""
        whole, cents = divmod(self.minor, 100)
        words = f"{whole} {_WORDS[self.currency][whole != 1]}"
        return f"{words} {cents:02d}" if cents else words

    def written(self) -> str:
        """Return the amount as a page shows it: ``24.99 USD``."""
        return f"{self.minor // 100}.{self.minor % 100:02d} {self.currency}"

    def is_above(self, other: "Money") -> bool:
        """Compare two amounts; an amount in another currency counts as above."""
        return self.currency != other.currency or self.minor > other.minor

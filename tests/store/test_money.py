"""Money is whole minor units of a known currency, and is said as people say it."""

import pytest

from agent_service.store.money import Money


@pytest.mark.parametrize(
    ("money", "spoken", "written"),
    [
        (Money(2499), "24 dollars 99", "24.99 USD"),
        (Money(100), "1 dollar", "1.00 USD"),
        (Money(5), "0 dollars 05", "0.05 USD"),
        (Money(200_00, "EUR"), "200 euros", "200.00 EUR"),
        (Money(101, "GBP"), "1 pound 01", "1.01 GBP"),
    ],
)
def test_money_is_spoken_and_written(money: Money, spoken: str, written: str) -> None:
    assert (money.spoken(), money.written()) == (spoken, written)


def test_unknown_currency_is_refused() -> None:
    with pytest.raises(ValueError, match="'XYZ' is not one of USD, EUR, GBP"):
        Money(1, "XYZ")


def test_amount_of_another_currency_is_above_any_limit() -> None:
    assert Money(101).is_above(Money(100))
    assert not Money(100).is_above(Money(100))
    assert Money(1, "EUR").is_above(Money(100))

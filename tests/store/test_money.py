"""Money is whole minor units of a known currency, and is said as people say it."""

from decimal import Decimal
from typing import Any

import pytest

from agent_service.conversation.read_back import says_the_same
from agent_service.store.money import CURRENCIES, MOST_MINOR, Money


@pytest.mark.parametrize(
    ("money", "said", "written"),
    [
        (Money(2499), "$24.99", "24.99 USD"),
        (Money(100), "$1.00", "1.00 USD"),
        (Money(5), "$0.05", "0.05 USD"),
        (Money(200_00, "EUR"), "€200.00", "200.00 EUR"),
        (Money(101, "GBP"), "£1.01", "1.01 GBP"),
        (Money(1250, "CHF"), "12 Swiss francs 50", "12.50 CHF"),
        (Money(2400, "JPY"), "¥2400", "2400 JPY"),
        (Money(3500, "KWD"), "3 Kuwaiti dinars 500", "3.500 KWD"),
        (Money(1005, "BHD"), "1 Bahraini dinar 005", "1.005 BHD"),
        (Money(12_3456, "CLF"), "12 unidades de fomento 3456", "12.3456 CLF"),
        (Money(-205), "minus $2.05", "-2.05 USD"),
        (Money(-7, "JPY"), "minus ¥7", "-7 JPY"),
        (Money(0, "KRW"), "0 South Korean won", "0 KRW"),
    ],
)
def test_money_is_said_and_written(money: Money, said: str, written: str) -> None:
    assert (money.said(), money.written()) == (said, written)


@pytest.mark.parametrize("currency", ["XYZ", "usd", "", "XXX", "XAU", "XTS"])
def test_what_is_no_currency_is_refused(currency: str) -> None:
    with pytest.raises(ValueError, match="is not a code of ISO 4217"):
        Money(1, currency)


@pytest.mark.parametrize("minor", [12.5, 12.0, Decimal(12), "12", True])
def test_money_is_whole_minor_units(minor: Any) -> None:
    with pytest.raises(TypeError, match=r"whole minor units.*Money\.of"):
        Money(minor)


def test_amount_has_an_end() -> None:
    assert Money(MOST_MINOR).minor == 2**53
    with pytest.raises(ValueError, match="at most"):
        Money(MOST_MINOR + 1)


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("12.50", "CHF", 1250), (12, "JPY", 12), (Decimal("0.001"), "KWD", 1), ("-3", "EUR", -300)],
)
def test_money_comes_from_whole_units_and_goes_back(
    amount: Decimal | int | str, currency: str, minor: int
) -> None:
    money = Money.of(amount, currency)
    assert (money.minor, money.amount) == (minor, Decimal(amount))


@pytest.mark.parametrize(("amount", "currency"), [("12.505", "CHF"), ("0.5", "JPY")])
def test_nothing_is_rounded(amount: str, currency: str) -> None:
    with pytest.raises(ValueError, match="more decimal places"):
        Money.of(amount, currency)


def test_sums_are_exact_and_of_one_currency() -> None:
    assert sum((Money(10, "EUR") for _ in range(3)), Money(0, "EUR")) == Money(30, "EUR")
    with pytest.raises(ValueError, match=r"1\.00 EUR and 1 JPY have no sum"):
        Money(100, "EUR") + Money(1, "JPY")


def test_amount_of_another_currency_is_above_any_limit() -> None:
    assert Money(101).is_above(Money(100))
    assert not Money(100).is_above(Money(100))
    assert Money(1, "EUR").is_above(Money(100))


def test_limit_may_be_in_several_currencies() -> None:
    limit = (Money(100_00, "EUR"), Money(10_000, "JPY"))
    assert not Money(10_000, "JPY").is_above(limit)
    assert Money(10_001, "JPY").is_above(limit)
    assert Money(1, "CHF").is_above(limit)


@pytest.mark.parametrize("currency", CURRENCIES)
def test_amount_in_any_currency_is_read_back_and_no_other_for_it(currency: str) -> None:
    cap = Money.of(12, currency)
    more = cap + Money(5, currency)
    for due in (Money.of(1, currency), cap, more):
        asked = f"Refund order 1007, {due.said()}"
        for said in (due, due + Money(1, currency), due + Money.of(1, currency)):
            spoken = f"I'd refund order 1007, {said.said()}. Is that OK?"
            assert says_the_same(asked, spoken, language="en") is (said == due)

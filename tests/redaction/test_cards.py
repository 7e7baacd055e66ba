"""A card is told from other numbers by network, check digit, grouping, and the words around it."""

import pytest

from agent_service.redaction import (
    REDACTED,
    REDACTED_CARD,
    redact,
    redact_for_record,
    redact_json,
    redact_value,
)
from agent_service.redaction.cards import is_grouped, is_list_of_numbers
from agent_service.redaction.networks import can_begin_card, is_card


@pytest.mark.parametrize(
    "text",
    [
        "4111, 1111, 1111, 1111",
        "4111  1111  1111  1111",
        "4111 - 1111 - 1111 - 1111",
        "4111\n1111\t1111/1111",
        "4111_1111_1111_1111",
        "4111\u20131111\u20111111\u202f1111",
        "(4111) (1111) (1111) (1111",
        "4111%201111%201111%201111",
        "\uff14\uff11\uff11\uff11 1111 1111 1111",
        "\u0664\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661",
        "4\ufe0f\u20e31\ufe0f\u20e31\ufe0f\u20e31\ufe0f\u20e3 1111 1111 1111",
        "\u2463\u2460\u2460\u2460 1111 1111 1111",
        "4\u200b111 1111 1111 1111",
        "four one one one one one one one one one one one one one one one",
        "four double one one, double one double one, one one one one, one one one one",
        "four one one one, then one one one one, and one one one one, then one one one one",
        "four one one one dash one one one one dash 1111 dash 1111",
        "forty-one eleven eleven eleven eleven eleven eleven eleven",
        "4111 one one one one 1111 1111",
        "3782 822463 10005",
        "6200000000000000000",
    ],
)
def test_every_spelling_is_found(text: str) -> None:
    assert redact(text).strip("()") == REDACTED_CARD


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("card4111111111111111", f"card{REDACTED_CARD}"),
        ("4111111111111111exp", f"{REDACTED_CARD}exp"),
        ("我的卡4111111111111111号", f"我的卡{REDACTED_CARD}号"),
        ("order 1004 4111 1111 1111 1111", f"order 1004 {REDACTED_CARD}"),
        ("charge order 1004 to 4111111111111111", f"charge order 1004 to {REDACTED_CARD}"),
        ("pay the order with 4111 1111 1111 1111", f"pay the order with {REDACTED_CARD}"),
        ("+4111111111111111", f"+{REDACTED_CARD}"),
        ("+49 151 4111 1111 1111 1111", f"+49 151 {REDACTED_CARD}"),
        ("4127 1833 5920 6012 is blue", f"{REDACTED_CARD} is blue"),
        ("4111 and 1111 and 1111 and 1111 is my visa", f"{REDACTED_CARD} is my visa"),
        ("my card is 6200 0000 0000 0000 0", f"my card is {REDACTED_CARD}"),
        (
            "+49 151 12345009 4111 1111 1111 1111",
            f"+49 151 12345009 {REDACTED_CARD}",
        ),
    ],
)
def test_only_the_card_is_removed(text: str, left: str) -> None:
    assert redact(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "orders 4003 4004 4005 4006",
        "the order ids are 4127 1833 5920 6001 and my mobile is +4915112345009",
        "4003, 4004, 4005, 4006",
        "4127 1833 5920 6012 are my order numbers",
        "pedidos 4111 1111 1111 1111",
        "article 4006000004112",
        "4006000004112",
        "tracking number 4111111111111111",
        "Sendung 4111 1111 1111 1111",
        "IMEI 378282246310005",
        "0049 151 12345009",
        "+49 (0)151 1234 5009",
        "+491511234500",
        "0.4111111111111111 s",
        "a4111111111111111f",
        "4111x4111111111111111",
        "20261122145154",
        "[4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]",
        "4111 and 1111 and 1111 and 1111",
        "4111 and 1111 and 1111 and 1111, 12345678901234",
        "+378282246310005",
        "4111 or 1111 or 1111 or 1111",
        "4111 ---- 1111 1111 1111",
        "41 1111 1 11 111 1 11 111",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("My card number is 4111 1111", f"My card number is {REDACTED_CARD}"),
        ("My card number is 4111111.", f"My card number is {REDACTED_CARD}."),
        ("Kreditkarte: vier eins eins eins eins", f"Kreditkarte: {REDACTED_CARD}"),
        ("la carta è 4111 1111 1111 1112 1004", f"la carta è {REDACTED_CARD} 1004"),
        ("my visa begins with 41111", f"my visa begins with {REDACTED_CARD}"),
    ],
)
def test_digits_said_to_be_of_a_card_are_removed(text: str, left: str) -> None:
    assert redact(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "card ending in 4242",
        "the last four digits of my card are 4242",
        "a gift card of 50000 points",
        "my card €40000",
        "charge credit_card_4196779",
        "card id 4196779",
        "my card is 1004123",
        "my card was charged for order 40031",
        "my card 4111 1111 1111 1111 1111 1111 1111",
    ],
)
def test_what_only_stands_by_a_card_stays(text: str) -> None:
    left = redact_for_record(text)
    assert left == text or left.startswith("my card [redacted card]")


def test_the_record_keeps_no_four_digits_of_a_card() -> None:
    assert redact("my card is 4111") == "my card is 4111"
    assert redact_for_record("my card is 4111") == f"my card is {REDACTED_CARD}"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("cvc is one two three", f"cvc is {REDACTED}"),
        ("Prüfziffer 123", f"Prüfziffer {REDACTED}"),
        ("le code de sécurité est un deux trois", f"le code de sécurité est {REDACTED}"),
        ("cvv: 123 4003", f"cvv: {REDACTED} 4003"),
        ("the security code is 123456", "the security code is 123456"),
        ("cvv 12", "cvv 12"),
    ],
)
def test_security_codes_are_removed(text: str, left: str) -> None:
    assert redact(text) == left


def test_json_is_redacted_by_its_values_and_names() -> None:
    text = (
        '{"card_number": 4111111111111111, "sku": "4006000004112", "order_ids": [4003, "4004"],'
        ' "note": "\\uff14111 1111 1111 1111", "cvv": 123, "ok": true, "price": 4.5}'
    )
    assert redact_json(text) == (
        f'{{"card_number": "{REDACTED_CARD}", "sku": "4006000004112", "order_ids": [4003, "4004"],'
        f' "note": "{REDACTED_CARD}", "cvv": "{REDACTED}", "ok": true, "price": 4.5}}'
    )
    assert redact_json("card 4111111111111111") == f"card {REDACTED_CARD}"
    assert redact_json("[" * 5_000) == "[" * 5_000
    assert redact_value((4111111111111111,)) == (4111111111111111,)


def test_json_without_cards_is_left_to_the_letter() -> None:
    text = '{"a":1,  "b": "x"}'
    assert redact_json(text) is text


def test_networks_know_their_beginnings_and_check_digits() -> None:
    assert is_card("4111111111111111")
    assert not is_card("4111111111111112")
    assert not is_card("4222222222222")
    assert can_begin_card("41")
    assert not can_begin_card("1004")


def test_groups_and_lists_are_told_apart() -> None:
    assert is_grouped([4, 4, 4, 4])
    assert is_grouped([1, 1, 1, 1, 4, 4, 4])
    assert is_grouped([4, 6, 5])
    assert not is_grouped([2, 4, 1, 2])
    assert is_list_of_numbers(["4003", "4004"])
    assert not is_list_of_numbers(["4242", "4242"])

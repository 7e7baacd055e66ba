"""What is wrong with arguments is said so that a model can ask the caller for it."""

import json

import pytest

from agent_service.errors import ToolError
from agent_service.tools.arguments import parse, redacted
from agent_service.tools.callbacks import book_callback
from agent_service.tools.orders import cancel_order, get_order_status
from agent_service.tools.tickets import open_ticket


def problem(tool_text: str) -> str:
    with pytest.raises(ToolError) as caught:
        parse(cancel_order, tool_text)
    assert caught.value.kind == "fix_arguments"
    return caught.value.message


def test_missing_argument_is_asked_for_in_words() -> None:
    assert problem("{}") == "I still need the order's number."


def test_wrong_argument_is_named() -> None:
    assert "order_number: Input should be a valid integer" in problem('{"order_number": "1007"}')


def test_unknown_argument_is_named() -> None:
    found = problem('{"order_number": 1007, "customer_id": "C0002"}')
    assert "customer_id: Extra inputs are not permitted" in found


def test_value_that_was_sent_is_not_repeated() -> None:
    assert "4111" not in problem('{"order_number": "4111111111111111"}')


def test_hash_names_the_arguments_however_they_are_written() -> None:
    first = parse(cancel_order, '{"order_number": 1007, "reason": "x"}')
    second = parse(cancel_order, ' {"reason":"x",  "order_number":1007}')
    assert first.hash == second.hash


def test_hash_tells_tools_and_arguments_apart() -> None:
    hashes = {
        parse(cancel_order, '{"order_number": 1007}').hash,
        parse(cancel_order, '{"order_number": 1010}').hash,
        parse(cancel_order, '{"order_number": 1007, "reason": "x"}').hash,
        parse(get_order_status, '{"order_number": 1007}').hash,
    }
    assert len(hashes) == 4


def test_left_out_and_null_are_the_same() -> None:
    assert (
        parse(cancel_order, '{"order_number": 1007, "reason": null}').hash
        == parse(cancel_order, '{"order_number": 1007}').hash
    )


def test_declared_secrets_are_taken_out_of_what_is_kept() -> None:
    kept = redacted(open_ticket, '{"subject": "Bill", "contact": "a@example.com"}')
    assert kept == '{"subject": "Bill", "contact": "[redacted]"}'


@pytest.mark.parametrize("text", ["{", "[1]", '"a@example.com"'])
def test_unreadable_arguments_with_secrets_are_not_kept(text: str) -> None:
    assert redacted(open_ticket, text) == "{}"


@pytest.mark.parametrize(
    "phone", ["+4915112345009", "+49 151 12345009", "004915112345009", "+6281234567890"]
)
def test_a_telephone_number_reaches_the_tool(phone: str) -> None:
    arguments = parse(book_callback, json.dumps({"topic": "my invoice", "phone": phone}))
    assert arguments.values["phone"] == phone


def test_what_surely_is_a_card_does_not_reach_the_tool() -> None:
    words = {"subject": "card 4111, 1111, 1111, 1111", "details": "My card number is 4111 1111"}
    values = parse(open_ticket, json.dumps(words)).values
    assert values["subject"] == "card [redacted card]"
    assert values["details"] == "My card number is [redacted card]"


def test_a_tool_gets_four_digits_of_a_card_and_the_record_does_not() -> None:
    words = json.dumps({"subject": "My card is 4111", "details": "no order 4003 in it"})
    assert parse(open_ticket, words).values["subject"] == "My card is 4111"
    assert json.loads(redacted(open_ticket, words)) == {
        "subject": "My card is [redacted card]",
        "details": "no order 4003 in it",
    }

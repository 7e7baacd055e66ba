"""Words that point to something known are resolved against tool outputs."""

from collections.abc import Callable
from typing import Any

import pytest

Start = Callable[..., Any]

ORDERS = {
    "orders": [
        {"order_number": "1002", "status": "delivered", "items": [{"name": "Headphones"}]},
        {"order_number": "1004", "status": "shipped", "items": [{"name": "Desk lamp"}]},
        {"order_number": "1017", "status": "placed", "items": [{"name": "Coffee grinder"}]},
    ]
}


def shop(name: str, arguments: dict[str, Any]) -> Any:
    if name == "list_orders":
        return ORDERS
    return {"order_number": arguments["order_number"], "status": "done well"}


def test_a_thing_is_found_by_what_it_holds(converse: Start) -> None:
    call = converse("desk", outputs=shop)

    call.say("Show me my orders")
    call.say("I want to cancel the coffee grinder")

    assert call.calls == [("cancel_order", {"order_number": "1017"})]


def test_it_is_what_was_spoken_of_last(converse: Start) -> None:
    call = converse("desk", outputs=shop)

    call.say("Where is order 1004?")
    call.say("Please cancel it")

    assert call.calls == [("cancel_order", {"order_number": "1004"})]


def test_the_second_one_is_the_second_of_the_list(converse: Start) -> None:
    call = converse("desk", outputs=shop)

    call.say("Show me my orders")
    call.say("cancel the second one")

    assert call.calls == [("cancel_order", {"order_number": "1004"})]


def test_a_misheard_identifier_becomes_the_only_near_one_of_the_list(converse: Start) -> None:
    call = converse("desk", outputs=shop)

    call.say("Show me my orders")
    call.say("Where is order one zero one nine?")

    assert call.calls == [("get_order_status", {"order_number": "1017"})]


def test_two_near_identifiers_lead_to_a_question(converse: Start) -> None:
    call = converse("desk", outputs=shop)

    call.say("Show me my orders")
    asked = call.say("Where is order one zero zero five?")
    call.say("one zero zero two")

    assert asked == "Which order number do you mean: 1002 (delivered) or 1004 (shipped)?"
    assert call.calls == [("get_order_status", {"order_number": "1002"})]


def test_a_single_known_identifier_does_not_swallow_another_one(converse: Start) -> None:
    call = converse("desk", outputs=shop)

    call.say("Where is order 1004?")
    call.say("Where is order 1005?")

    assert call.calls == [("get_order_status", {"order_number": "1005"})]


def test_another_order_is_not_the_known_one(converse: Start) -> None:
    call = converse("desk", outputs=shop)

    call.say("Where is order 1004?")

    asked = call.say("I want to cancel another order")

    assert asked == "Which order number do you mean: 1002 (delivered) or 1017 (placed)?"


def test_the_recogniser_expects_names_and_forms_without_digits(
    converse: Start, responder: Any
) -> None:
    call = converse("desk", outputs=shop)
    call.say("Show me my orders")

    prompt = responder.expected_words(call.context())

    assert "Desk lamp" in prompt
    assert "one zero" in prompt
    assert not any(c.isdigit() for c in prompt)
    assert len(prompt) < 250


def test_a_thing_named_in_the_turn_goes_before_the_one_spoken_of_last(converse: Start) -> None:
    call = converse("desk", outputs=shop)

    call.say("Show me my orders")
    call.say("Cancel the coffee grinder")
    call.say("What about the desk lamp, when will it arrive?")

    assert call.calls == [("get_order_status", {"order_number": "1004"})]


@pytest.mark.parametrize(
    "said", ["write me a poem about headphones", "what is 17 times 23", "who is the president"]
)
def test_a_known_thing_or_a_number_makes_no_request(converse: Start, said: str) -> None:
    call = converse("desk", outputs=shop)

    call.say("Show me my orders")
    call.say("Where is order 1004?")
    answer = call.say(said)

    assert "I am a small offline engine" in answer
    assert call.calls == []

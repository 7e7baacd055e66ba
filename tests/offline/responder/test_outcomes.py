"""What a tool's output says is said in words, whatever its keys are."""

from collections.abc import Callable
from typing import Any

import pytest

Start = Callable[..., Any]


def answering(output: Any) -> Callable[[str, dict[str, Any]], Any]:
    return lambda name, arguments: output


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ({"say": "Order 1004 is on its way.", "status": "shipped"}, "Order 1004 is on its way."),
        ({"order_number": "1004", "status": "shipped"}, "Order 1004 is shipped."),
        (
            {"order": {"number": "1004", "status": "out_for_delivery", "carrier": "DHL"}},
            "Order 1004 is out for delivery. The carrier is DHL.",
        ),
        ({"state": "cancelled", "refund": {"amount": 12.5, "currency": "EUR"}},
         "It is cancelled. The refund is €12.50."),
        ({"total_cents": 4599, "currency": "USD"}, "The total is $45.99."),
        ({"due_date": "2026-12-03"}, "The due date is December 3."),
        ({"confirmed_at": "2026-12-03T15:30:00Z"}, "It was confirmed on December 3 at 3:30 PM."),
        ({"is_available": False}, "It is not available."),
        ({"orders": []}, "I found nothing."),
        ([], "I found nothing."),
        (True, "Yes."),
        ("All seats are taken.", "All seats are taken."),
        ({"items": ["lamp", "cable"], "status": "packed"},
         "It is packed. The items are lamp and cable."),
    ],
)  # fmt: skip
def test_an_output_is_said_in_words(converse: Start, output: Any, said: str) -> None:
    call = converse("desk", outputs=answering(output))

    assert call.say("Tell me the state of order 1004") == said


def test_a_list_names_three_and_counts_the_rest(converse: Start) -> None:
    orders = [{"order_number": str(1001 + i), "status": "delivered"} for i in range(5)]
    call = converse("desk", outputs=answering({"orders": orders}))

    said = call.say("Which orders do I have?")

    assert said == (
        "There are 5 orders: 1001, delivered; 1002, delivered; 1003, delivered and 2 more."
    )


def test_the_field_that_was_asked_for_comes_first(converse: Start) -> None:
    output = {
        "order_number": "1004",
        "status": "shipped",
        "carrier": "DHL",
        "expected_delivery": "2026-11-25",
    }
    call = converse("desk", outputs=answering(output))

    assert call.say("When will order 1004 arrive?").startswith(
        "The expected delivery is November 25. Order 1004 is shipped."
    )


def test_a_later_question_is_answered_from_what_is_known(converse: Start) -> None:
    output = {"order_number": "1004", "status": "shipped", "carrier": "DHL"}
    call = converse("desk", outputs=answering(output))

    call.say("Where is order 1004?")

    assert call.say("And which carrier has it?") == "Order 1004: the carrier is DHL."
    assert call.calls == []


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ({"error": "The system is down."}, "The system is down."),
        ({"error": {"kind": "failed", "message": "That did not work."}}, "That did not work."),
        ({"status": "not_allowed", "say": "That is not your order."}, "That is not your order."),
        ({"status": "retry_later", "say": "The system is busy."},
         "The system is busy. Please try again later."),
        ({"ok": False}, "I'm sorry, that did not work."),
    ],
)  # fmt: skip
def test_an_error_is_said_and_nothing_is_claimed(converse: Start, output: Any, said: str) -> None:
    call = converse("desk", outputs=answering(output))

    assert call.say("Cancel order 1007") == said


def test_a_wrong_argument_is_asked_for_again_and_the_answer_repeats_the_call(
    converse: Start,
) -> None:
    def outputs(name: str, arguments: dict[str, Any]) -> Any:
        if arguments["order_number"] == "1004":
            return {"status": "succeeded", "say": "Order 1004 is on its way."}
        return {"status": "fix_arguments", "say": "You have no such order."}

    call = converse("desk", outputs=outputs)

    asked = call.say("Where is order 1009?")
    said = call.say("oh sorry, one zero zero four")

    assert asked == "You have no such order. What is the order number?"
    assert said == "Order 1004 is on its way."


def test_while_a_tool_works_the_caller_is_told_to_wait(converse: Start) -> None:
    call = converse("desk")

    call.say("Cancel order 1007")

    assert call.say("hello?") == "I'm working on it. One moment, please."
    assert call.calls == []


def test_prose_in_an_output_is_answered_from_by_its_nearest_sentence(converse: Start) -> None:
    article = (
        "Parcels leave our warehouse every weekday. You can send things back within thirty days. "
        "Gift cards never expire. Our shop was founded in a garage by two sisters a while ago."
    )
    call = converse("desk", outputs=answering({"articles": [{"title": "All", "text": article}]}))

    said = call.say("How long does a gift card last?")

    assert said == "Gift cards never expire."


def test_the_entry_of_a_table_that_was_asked_for_is_told(converse: Start) -> None:
    hours = {"Friday": "9 AM to 6 PM", "Saturday": "10 AM to 2 PM"}
    tool = {
        "name": "get_hours",
        "description": 'Tell the opening hours. Callers say: "When are you open?"',
        "parameters": {"properties": {}},
    }
    outputs = answering({"say": "We are there again on Monday.", "hours": hours})
    call = converse(tools_given=[tool], outputs=outputs)

    said = call.say("When are you open on Saturday?")

    assert said == "We are there again on Monday. Saturday: 10 AM to 2 PM."


@pytest.mark.parametrize(
    ("output", "said"),
    [
        (
            {
                "status": "fix_arguments",
                "say": "What is your number, please?",
                "note": "phone: ^x$",
            },
            "What is your number, please?",
        ),
        (
            {"status": "failed", "say": "That did not work.", "error": {"message": "ECONNRESET"}},
            "That did not work.",
        ),
        (
            {"status": "not_allowed", "note": "There is no tool named x."},
            "I'm sorry, that did not work.",
        ),
        (
            {
                "status": "succeeded",
                "say": "The machine shows error 17.",
                "error": "E17",
                "ok": False,
            },
            "The machine shows error 17.",
        ),
        (
            {
                "status": "succeeded",
                "say": "Your claim was declined.",
                "facts": {"status": "declined"},
            },
            "Your claim was declined.",
        ),
    ],
)
def test_what_is_for_the_model_is_not_said(converse: Start, output: Any, said: str) -> None:
    call = converse("desk", outputs=answering(output))

    assert call.say("Tell me the state of order 1004") == said

"""Tools are chosen by meaning, their arguments filled from what was said."""

from collections.abc import Callable
from typing import Any

Start = Callable[..., Any]

CLINIC = (
    {
        "type": "function",
        "name": "book_appointment",
        "description": "Book an appointment with a doctor. Callers say: "
        '"I need to see a doctor", "Can I come in on Friday?", "Book me a check-up"',
        "parameters": {
            "type": "object",
            "properties": {
                "date": {"type": "string", "format": "date"},
                "time": {"type": "string", "format": "time"},
            },
            "required": ["date", "time"],
        },
    },
    {
        "type": "function",
        "name": "refill_prescription",
        "description": "Order a refill of a prescription. Callers say: "
        '"I ran out of my pills", "I need more of my medicine", "Renew my prescription"',
        "parameters": {
            "type": "object",
            "properties": {
                "prescription_id": {"type": "string", "description": "e.g. RX-2041"},
            },
            "required": ["prescription_id"],
        },
    },
)


def test_a_missing_argument_is_asked_for_and_the_answer_fills_it(converse: Start) -> None:
    call = converse(tools=CLINIC)

    assert call.say("I've run out of my tablets") == "What is the prescription ID?"
    call.say("it's R X two zero four one")

    assert call.calls == [("refill_prescription", {"prescription_id": "RX-2041"})]


def test_all_that_was_said_is_used(converse: Start) -> None:
    call = converse(tools=CLINIC)

    call.say("I'd like to see the doctor next Friday at half past two")

    assert call.calls == [("book_appointment", {"date": "2026-11-27", "time": "14:30"})]


def test_exact_words_are_said_and_no_tool_is_called(converse: Start) -> None:
    call = converse(tools=CLINIC)
    order = "Say exactly this to the caller, and nothing else: Shall I book it: Friday at 2:30?"

    assert call.say("Book me a check-up", instructions=order) == "Shall I book it: Friday at 2:30?"
    assert call.calls == []

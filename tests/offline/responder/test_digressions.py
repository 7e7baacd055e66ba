"""What callers say between a question and its answer is taken for what it is."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from agent_service.offline.ports import ContextMessage, ContextToolCall, ContextToolOutput

Start = Callable[..., Any]

ADDRESS_DESK = (
    {
        "name": "change_address",
        "description": "Change the delivery address of an order. Callers say: "
        '"I moved, send it to my new place", "The address is wrong", "Ship it somewhere else", '
        '"Change the delivery address"',
        "parameters": {
            "properties": {
                "order_number": {"type": "integer", "description": "For example 1004."},
                "street": {"type": "string", "description": "Street and house number."},
                "city": {"type": "string", "description": "The town or city."},
                "postcode": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9 -]{2,9}$"},
            },
            "required": ["order_number", "street", "city", "postcode"],
        },
    },
    {
        "name": "send_security_code",
        "description": 'Send a one-time code to the caller. Callers say: "Send me the code", '
        '"I need a security code", "Text me a verification code", "Send it again"',
        "parameters": {"properties": {}},
    },
    {
        "name": "get_hours",
        "description": 'Tell when the team is there. Callers say: "When are you open?", '
        '"What are your opening hours?", "When do you close?", "Are you there on Sunday?"',
        "parameters": {"properties": {}},
    },
)
CODE_FIRST = "Please enter the code that we sent you."
WHOLE = {
    "order_number": 1007,
    "street": "12 Main Street",
    "city": "Springfield",
    "postcode": "90210",
}


def code_is_missing(name: str, arguments: dict[str, Any]) -> Any:
    if name == "change_address":
        return {"status": "not_allowed", "say": CODE_FIRST}
    return {"status": "succeeded", "say": f"Done: {name}."}


@pytest.mark.parametrize(
    "said", ["send me a security code", "Can you text me a verification code?"]
)
def test_a_request_is_no_street(converse: Start, said: str) -> None:
    call = converse(tools_given=ADDRESS_DESK)

    assert call.say("Change the delivery address of order 1007") == "What is the street?"
    call.say(said)

    assert call.calls == [("send_security_code", {})]


@pytest.mark.parametrize("city", ["Springfield", "it's New York", "Sendling", "Code Valley"])
def test_a_plain_value_fills_what_was_asked_for(converse: Start, city: str) -> None:
    call = converse(tools_given=ADDRESS_DESK)

    call.say("Change the delivery address of order 1007")
    call.say("12 Main Street")

    assert call.say(city) == "What is the postcode?"


def test_a_question_in_between_is_answered_and_the_open_one_stands(converse: Start) -> None:
    call = converse(tools_given=ADDRESS_DESK, outputs=code_is_missing)

    call.say("Change the delivery address of order 1007")
    call.say("12 Main Street")
    said = call.say("What are your opening hours?")
    call.say("Springfield")
    call.say("90210")

    assert said == "Done: get_hours. What is the city?"
    assert call.calls == [("change_address", WHOLE)]


def test_what_was_said_of_a_request_is_known_when_the_caller_comes_back_to_it(
    converse: Start,
) -> None:
    call = converse(tools_given=ADDRESS_DESK, outputs=code_is_missing)

    call.say("Change the delivery address of order 1007")
    call.say("12 Main Street")
    call.say("Send me the code")
    asked = call.say("Now change the delivery address")

    assert asked == "What is the city?"


def test_what_is_told_ahead_of_the_question_is_known(converse: Start) -> None:
    call = converse(tools_given=ADDRESS_DESK)

    assert call.say("I need to change my delivery address") == "What is the order number?"
    assert call.say("12 Main Street, Springfield, 90210") == "What is the order number?"
    call.say("1007")

    assert call.calls == [("change_address", WHOLE)]


def test_two_other_requests_are_no_order_number(converse: Start) -> None:
    call = converse(tools_given=ADDRESS_DESK)

    call.say("I need to change my delivery address")
    call.say("Text me a verification code and tell me when you are open on Sunday")

    assert {name for name, _ in call.calls} == {"send_security_code", "get_hours"}


def test_a_question_in_place_of_a_yes_is_answered(converse: Start) -> None:
    said = "What are your opening hours?"
    note = {"status": "not_confirmed", "note": "Answer what they said.", "caller_said": said}

    def outputs(name: str, arguments: dict[str, Any]) -> Any:
        return {"say": "We open at nine."} if name == "get_hours" else note

    call = converse(tools_given=ADDRESS_DESK, outputs=None)
    call.say("Send me a security code")
    call.items.append(ContextMessage("user", said))
    call.items.append(ContextToolOutput("call_1", json.dumps(note)))
    call.outputs = outputs

    assert call.respond() == "We open at nine."


def test_who_speaks_before_an_outcome_was_told_hears_it_unless_they_ask_for_more(
    converse: Start,
) -> None:
    call = converse(tools_given=ADDRESS_DESK, outputs=None)
    call.say("Send me a security code")
    asked = next(item for item in call.items if isinstance(item, ContextToolCall))
    output = json.dumps({"say": "The code is on its way."})
    call.items.append(ContextToolOutput(asked.call_id, output))
    call.outputs = lambda name, arguments: {"say": "We open at nine."}

    assert call.say("Yes, please.") == "The code is on its way."
    assert call.say("Yes, please.") != "The code is on its way."
    assert call.say("What are your opening hours?") == "We open at nine."


def test_what_the_caller_declined_is_left(converse: Start) -> None:
    refusal = {"status": "declined", "note": "The caller said no. Nothing was changed."}
    call = converse(tools_given=ADDRESS_DESK, outputs=lambda name, arguments: refusal)

    assert call.say("Send me a security code") == "All right, I'll leave it as it is."


def test_a_moment_is_granted(converse: Start) -> None:
    call = converse(tools_given=ADDRESS_DESK)

    call.say("Change the delivery address of order 1007")
    said = call.say("hold on a second, let me look")
    call.say("12 Main Street, Springfield, 90210")

    assert said == "Take your time, I'm listening."
    assert call.calls == [("change_address", WHOLE)]


def test_what_was_said_before_is_mended_while_something_else_is_asked_for(converse: Start) -> None:
    call = converse(tools_given=ADDRESS_DESK)

    call.say("Change the delivery address of order 1004")
    asked = call.say("no, order one zero zero seven")
    call.say("12 Main Street, Springfield, 90210")

    assert asked == "What is the street?"
    assert call.calls == [("change_address", WHOLE)]


@pytest.mark.parametrize(
    "said",
    [
        "12 Main Street, Springfield, 90210",
        "12 Main Street in Springfield nine oh two one oh",
        "it's 12 Main Street, Springfield, and the zip code is 90210",
    ],
)
def test_an_answer_fills_all_slots_that_it_speaks_of(converse: Start, said: str) -> None:
    call = converse(tools_given=ADDRESS_DESK)

    call.say("Change the delivery address of order 1007")
    call.say(said)

    assert call.calls == [("change_address", WHOLE)]


def test_a_request_may_hold_the_whole_address(converse: Start) -> None:
    call = converse(tools_given=ADDRESS_DESK)

    call.say("Change the address of order 1007 to 12 Main Street, Springfield, 90210")

    assert call.calls == [("change_address", WHOLE)]


def test_a_note_to_go_on_makes_the_refused_request_again(converse: Start) -> None:
    call = converse(tools_given=ADDRESS_DESK, outputs=code_is_missing)

    call.say("Change the address of order 1007 to 12 Main Street, Springfield, 90210")
    call.note("The caller has proven who they are. Go on with what they asked for.")

    assert call.calls == [("change_address", WHOLE)]


def test_a_caller_who_has_done_their_part_gets_the_refused_request_made_again(
    converse: Start,
) -> None:
    call = converse(tools_given=ADDRESS_DESK, outputs=code_is_missing)

    call.say("Change the address of order 1007 to 12 Main Street, Springfield, 90210")
    call.say("okay, I've entered it")

    assert call.calls == [("change_address", WHOLE)]


def test_a_note_to_go_on_repeats_an_open_question(converse: Start) -> None:
    call = converse(tools_given=ADDRESS_DESK, outputs=code_is_missing)

    call.say("Change the delivery address of order 1007")

    assert call.note("The caller is verified now. Go on.") == "What is the street?"


def test_after_asking_something_of_the_caller_it_waits_for_them(converse: Start) -> None:
    call = converse(tools_given=ADDRESS_DESK, outputs=code_is_missing)

    call.say("Change the address of order 1007 to 12 Main Street, Springfield, 90210")

    assert call.note("The caller's level has not changed.") == "Take your time, I'm listening."


def test_a_question_is_no_pick_of_two_tools(converse: Start) -> None:
    call = converse("desk")

    call.say("I am not happy with my order")
    said = call.say("actually, how can I pay?")

    assert not said.startswith("Did you mean")
    assert call.calls == [("search_help", {"question": "Actually, how can I pay?"})]

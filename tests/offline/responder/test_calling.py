"""Tools are chosen by meaning, and their arguments filled from what was said."""

from collections.abc import Callable
from typing import Any

import pytest

Start = Callable[..., Any]


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("Where is my order one zero zero four?", "1004"),
        ("Where is order 1004?", "1004"),
        ("has order ten oh four shipped", "1004"),
        ("track one thousand and four please", "1004"),
        ("Where is order 1009, no sorry, 1004?", "1004"),
    ],
)
def test_an_identifier_is_read_however_it_is_said(converse: Start, said: str, number: str) -> None:
    call = converse("desk")

    call.say(said)

    assert call.calls == [("get_order_status", {"order_number": number})]


def test_a_missing_argument_is_asked_for_and_the_answer_fills_it(converse: Start) -> None:
    call = converse("clinic")

    assert call.say("I've run out of my tablets") == "What is the prescription ID?"
    call.say("it's R X two zero four one")

    assert call.calls == [("refill_prescription", {"prescription_id": "RX-2041"})]


def test_each_missing_argument_has_its_question(converse: Start) -> None:
    call = converse("clinic")

    asked = [
        call.say("Hi, I'm a new patient and want to register"),
        call.say("Jane Doe"),
        call.say("the third of May nineteen eighty five"),
        call.say("jane dot doe at example dot com"),
    ]
    call.say("yes I am")

    assert asked == [
        "What is the full name, please?",
        "What is the date of birth?",
        "What is the email, please?",
        "Is insured: yes or no?",
    ]
    assert call.calls == [
        (
            "register_patient",
            {
                "full_name": "Jane Doe",
                "date_of_birth": "1985-05-03",
                "email": "jane.doe@example.com",
                "is_insured": True,
            },
        )
    ]


def test_all_that_was_said_at_once_is_used(converse: Start) -> None:
    call = converse("clinic")

    call.say("I'd like a vaccination with the doctor next Friday at half past two")

    assert call.calls == [
        ("book_appointment", {"date": "2026-11-27", "time": "14:30", "kind": "vaccination"})
    ]


def test_tools_without_example_phrasings_still_work(converse: Start) -> None:
    call = converse("library")

    call.say("Can I keep L B zero zero four two a bit longer?")

    assert call.calls == [("renew_loan", {"barcode": "LB0042"})]


def test_numbers_lists_and_limits_follow_the_schema(converse: Start) -> None:
    call = converse("library")

    asked = call.say("I want to reserve a study room with a projector and a whiteboard tomorrow")
    too_many = call.say("forty")
    call.say("five people")

    assert asked == "How many people?"
    assert "How many people?" in too_many
    assert call.calls == [
        (
            "reserve_room",
            {"date": "2026-11-23", "people": 5, "equipment": ["projector", "whiteboard"]},
        )
    ]


def test_an_amount_of_money_is_a_number(converse: Start) -> None:
    call = converse("library")

    call.say("I would like to donate twenty dollars and fifty cents")

    assert call.calls == [("donate_money", {"amount": 20.5})]


def test_the_reason_is_what_was_said_beyond_the_request(converse: Start) -> None:
    call = converse("desk")

    call.say("I want to return the lamp of order 1002 because it flickers at night")

    assert call.calls == [
        ("start_return", {"order_number": "1002", "reason": "It flickers at night"})
    ]


def test_a_reason_that_was_not_given_is_asked_for(converse: Start) -> None:
    call = converse("desk")

    assert call.say("I want to return order 1002") == "What is the reason?"
    call.say("well, it flickers")

    assert call.calls == [("start_return", {"order_number": "1002", "reason": "It flickers"})]


def test_a_story_gives_its_own_heading(converse: Start) -> None:
    call = converse("desk")

    call.say("Please open a ticket")
    call.say("My invoice shows the wrong street")

    assert call.calls == [
        (
            "open_ticket",
            {
                "subject": "My invoice shows the wrong street",
                "description": "My invoice shows the wrong street",
            },
        )
    ]


def test_a_card_is_taken_out_before_a_heading_is_cut(converse: Start) -> None:
    call = converse("desk")

    call.say("please open a ticket: my card 4111 1111 1111 1111 was charged twice in November")

    ((name, values),) = call.calls
    assert name == "open_ticket"
    assert not any(character.isdigit() for character in str(values))
    assert "[redacted card]" in values["subject"]


def test_several_requests_in_one_sentence_are_several_calls(converse: Start) -> None:
    call = converse("desk")

    call.say("Where is order 1004 and please cancel order 1007")

    assert call.calls == [
        ("get_order_status", {"order_number": "1004"}),
        ("cancel_order", {"order_number": "1007"}),
    ]


def test_several_identifiers_are_several_calls(converse: Start) -> None:
    call = converse("desk")

    call.say("Where are my parcels, order 1004 and order 1007?")

    assert call.calls == [
        ("get_order_status", {"order_number": "1004"}),
        ("get_order_status", {"order_number": "1007"}),
    ]


def test_what_is_complete_is_called_and_the_rest_asked_for_afterwards(converse: Start) -> None:
    call = converse("desk", outputs=lambda name, arguments: {"say": "Order 1004 is on its way."})

    said = call.say("Where is order 1004 and I want to return the lamp")
    first_calls = call.calls
    call.say("1002")
    call.say("it flickers")

    assert said == "Order 1004 is on its way. What is the order number?"
    assert first_calls == [("get_order_status", {"order_number": "1004"}), ("list_orders", {})]
    assert call.calls == [("start_return", {"order_number": "1002", "reason": "It flickers"})]


def test_a_question_is_dropped_when_the_caller_gives_it_up(converse: Start) -> None:
    call = converse("desk", outputs=lambda name, arguments: {"orders": []})

    call.say("Cancel my order")
    said = call.say("oh, never mind")

    assert said == "All right, I'll leave that. What else can I do for you?"
    assert call.calls == []


def test_another_request_replaces_the_open_question(converse: Start) -> None:
    call = converse("desk")

    call.say("Cancel my order")
    call.say("I want to talk to a person")

    assert [name for name, _ in call.calls] == ["hand_over"]


def test_an_answer_that_does_not_fit_is_asked_again(converse: Start) -> None:
    call = converse("desk")

    call.say("Cancel my order")

    assert call.say("the blue one") == "Sorry, I didn't get that. What is the order number?"


def test_a_correction_repeats_the_last_call_with_the_new_value(converse: Start) -> None:
    call = converse("desk", outputs=lambda name, arguments: {"status": "packed"})

    call.say("Where is order 1004?")
    call.say("No, I meant one zero zero five")

    assert call.calls == [("get_order_status", {"order_number": "1005"})]


def test_what_about_asks_the_same_of_another(converse: Start) -> None:
    call = converse("desk", outputs=lambda name, arguments: {"status": "packed"})

    call.say("Where is order 1004?")
    call.say("And what about 1007?")

    assert call.calls == [("get_order_status", {"order_number": "1007"})]


def test_a_forced_tool_is_called(converse: Start) -> None:
    call = converse("desk")

    call.say("it is order 1004", tool_choice="function:cancel_order")

    assert call.calls == [("cancel_order", {"order_number": "1004"})]


def test_with_a_required_choice_the_nearest_tool_is_called(converse: Start) -> None:
    call = converse("desk")

    call.say("hello, 1004 has not come yet", tool_choice="required")

    assert call.calls == [("get_order_status", {"order_number": "1004"})]


def test_without_a_choice_no_tool_is_called(converse: Start) -> None:
    call = converse("desk")

    said = call.say("Where is order 1004?", tool_choice="none")

    assert call.calls == []
    assert said


def test_two_likely_tools_lead_to_a_question_and_its_answer_picks_one(converse: Start) -> None:
    call = converse(
        "",
        tools_given=(
            {"name": "cancel_visit", "description": "Cancel a visit."},
            {"name": "cancel_membership", "description": "Cancel a membership."},
        ),
    )

    said = call.say("I want to cancel")
    call.say("the membership")

    assert said == "Did you mean to cancel a membership or to cancel a visit?"
    assert call.calls == [("cancel_membership", {})]


def test_an_unsure_guess_is_offered_and_not_acted_upon(converse: Start) -> None:
    call = converse("desk", outputs=lambda name, arguments: {"orders": []})

    asked = call.say("I am not happy with my order")
    then = call.say("the state please")

    assert asked == "Did you mean to cancel an order or to look up the state of one order?"
    assert then == "What is the order number?"
    assert call.calls == [("list_orders", {})]


def test_a_no_to_a_guess_drops_it(converse: Start) -> None:
    call = converse("desk")

    call.say("I am not happy with my order")

    assert call.say("no") == "All right, I'll leave that. What else can I do for you?"


def test_an_identifier_alone_repeats_the_last_request(converse: Start) -> None:
    call = converse("desk", outputs=lambda name, arguments: {"status": "packed"})

    call.say("Where is order 1004?")
    call.say("1004")

    assert call.calls == [("get_order_status", {"order_number": "1004"})]


def test_free_words_that_were_asked_for_are_no_new_request(converse: Start) -> None:
    call = converse("desk")

    call.say("I want to return order 1002")
    call.say("there is a problem with the switch")

    assert call.calls == [
        (
            "start_return",
            {"order_number": "1002", "reason": "There is a problem with the switch"},
        )
    ]


CALLBACK = {
    "name": "book_callback",
    "description": "Call the caller back at a time that suits.",
    "parameters": {
        "properties": {
            "day": {"type": "string", "format": "date"},
            "hour": {"type": "integer", "minimum": 0, "maximum": 23},
        },
        "required": ["day", "hour"],
    },
}


@pytest.mark.parametrize(
    ("said", "hour"),
    [
        ("tomorrow at 10 am", 10),
        ("tomorrow at ten", 10),
        ("tomorrow at half past two", 14),
        ("tomorrow at noon", 12),
        ("tomorrow between ten and twelve", 10),
        ("tomorrow from 2 to 4 pm", 14),
        ("tomorrow after 16:30", 16),
    ],
)
def test_an_hour_is_a_number_of_the_day(converse: Start, said: str, hour: int) -> None:
    call = converse(tools_given=(CALLBACK,))

    call.say(f"Please call me back {said}")

    assert call.calls == [("book_callback", {"day": "2026-11-23", "hour": hour})]


@pytest.mark.parametrize(
    ("said", "hour"), [("ten", 10), ("make it four", 16), ("at 9", 9), ("two thirty", 14)]
)
def test_a_number_alone_is_an_hour_when_one_was_asked_for(
    converse: Start, said: str, hour: int
) -> None:
    call = converse(tools_given=(CALLBACK,))

    assert call.say("Please call me back tomorrow") == "At what time?"
    call.say(said)

    assert call.calls == [("book_callback", {"day": "2026-11-23", "hour": hour})]


def test_a_span_of_time_fills_both_of_its_ends(converse: Start) -> None:
    clock = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}
    schema = {"properties": {"after": clock, "before": clock}, "required": ["after", "before"]}
    tool = {"name": "book_visit", "description": "Book a visit.", "parameters": schema}
    call = converse(tools_given=(tool,))

    call.say("Please book a visit between ten and half an hour before order 1004 comes")
    first = call.calls
    call.say("Book a visit between ten and twelve")

    assert first == []
    assert call.calls == [("book_visit", {"after": "10:00", "before": "12:00"})]


SEND_MONEY = {
    "name": "transfer_money",
    "description": "Transfer money to somebody's account.",
    "parameters": {
        "properties": {"amount": {"type": "number"}, "recipient": {"type": "string"}},
        "required": ["amount", "recipient"],
    },
}
FLY = {
    "name": "search_flights",
    "description": "Search for flights.",
    "parameters": {
        "properties": {
            "destination": {"type": "string"},
            "date": {"type": "string", "format": "date"},
        },
        "required": ["destination", "date"],
    },
}


def test_who_or_where_something_goes_is_read_from_the_request(converse: Start) -> None:
    call = converse(tools_given=(SEND_MONEY, FLY))

    call.say("Transfer fifty dollars to Anna Miller")
    first = call.calls
    call.say("I want to search for a flight to Rome on the third of May")

    assert first == [("transfer_money", {"amount": 50, "recipient": "Anna Miller"})]
    assert call.calls == [("search_flights", {"destination": "Rome", "date": "2027-05-03"})]


def test_a_name_may_come_with_a_preposition(converse: Start) -> None:
    call = converse(tools_given=(SEND_MONEY,))

    call.say("I want to transfer twenty dollars")
    call.say("to John")

    assert call.calls == [("transfer_money", {"amount": 20, "recipient": "John"})]


def test_a_letter_in_a_code_is_no_money(converse: Start) -> None:
    code = {"type": "string", "description": "Six characters, e.g. K7PQ2M"}
    schema = {"properties": {"booking_code": code}, "required": ["booking_code"]}
    tool = {"name": "cancel_booking", "description": "Cancel a booking.", "parameters": schema}
    call = converse(tools_given=(tool,))

    call.say("Cancel my booking K 7 P Q 2 M")

    assert call.calls == [("cancel_booking", {"booking_code": "K7PQ2M"})]


def test_a_stressed_digit_is_still_a_digit(converse: Start) -> None:
    call = converse("desk", outputs=lambda name, arguments: {"status": "packed"})

    call.say("Where is order 1004?")
    call.say("no, one zero zero *five*")

    assert call.calls == [("get_order_status", {"order_number": "1005"})]


def test_a_telephone_number_is_no_identifier(converse: Start) -> None:
    number = {"type": "integer", "maximum": 999999999}
    callback = {
        "name": "book_callback",
        "description": 'Book a call. Callers say: "Call me back", "Please ring me tomorrow"',
        "parameters": {"properties": {"phone": {"type": "string"}}, "required": ["phone"]},
    }
    refund = {
        "name": "refund_order",
        "description": "Refund an order.",
        "parameters": {"properties": {"order_number": number}, "required": ["order_number"]},
    }
    call = converse(tools_given=(refund, callback))

    call.say("Please call me back about my refund, my number is 555 123 4567")

    assert call.calls == [("book_callback", {"phone": "5551234567"})]


def test_an_identifier_keeps_to_the_limits_of_its_schema(converse: Start) -> None:
    number = {"type": "integer", "minimum": 1, "maximum": 9999}
    schema = {"properties": {"order_number": number}, "required": ["order_number"]}
    tool = {"name": "cancel_order", "description": "Cancel an order.", "parameters": schema}
    call = converse(tools_given=(tool,))

    call.say("Cancel order 123456")

    assert call.calls == []


def test_a_topic_is_what_the_call_is_about(converse: Start) -> None:
    topic = {"type": "string", "description": "What the call shall be about."}
    schema = {
        "properties": {"topic": topic, "phone": {"type": "string"}},
        "required": ["topic", "phone"],
    }
    tool = {"name": "book_callback", "description": "Book a callback.", "parameters": schema}

    asked = converse(tools_given=(tool,)).say("I want a callback at 555 123 4567")
    call = converse(tools_given=(tool,))
    call.say("Book a callback about my invoice at 555 123 4567")

    assert asked == "What is the topic, in a few words?"
    assert call.calls == [("book_callback", {"topic": "My invoice", "phone": "5551234567"})]


def test_a_clause_that_only_names_the_identifier_is_no_reason(converse: Start) -> None:
    call = converse("desk")

    call.say("Can you cancel my order? It's number one thousand and seven")

    assert call.calls == [("cancel_order", {"order_number": "1007"})]

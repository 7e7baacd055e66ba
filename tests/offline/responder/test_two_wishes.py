"""Several wishes in a turn, and what a request takes from the turn and from what was looked up."""

from collections.abc import Callable
from typing import Any

import pytest

from agent_service.offline.ports import ContextMessage, ContextToolCall, ContextToolOutput

Start = Callable[..., Any]

STOPS = {
    "type": "string",
    "enum": ["HAR", "OLD", "CAS"],
    "description": "HAR = Harbour Square, OLD = Old Mill, CAS = Castle",
}
SPAN = {"type": "string", "enum": ["08-12", "12-16", "16-20"]}
DATE = {"type": "string", "format": "date"}
RIDER = {"type": "integer"}


def _tool(name: str, description: str, required: list[str], **properties: Any) -> dict[str, Any]:
    return {
        "name": name,
        "description": description,
        "parameters": {"properties": properties, "required": required},
    }


TRAMS = (
    _tool(
        "find_trams",
        "Lists the trams between two stops on a day.",
        ["from_stop", "to_stop", "travel_date"],
        from_stop=STOPS,
        to_stop=STOPS,
        travel_date=DATE,
    ),
    _tool("free_seats", "Free seats on a day.", ["date"], date=DATE),
    _tool("get_rider", "A rider's credit and next trip.", ["rider_no"], rider_no=RIDER),
    _tool("prices", "Our price list.", []),
    _tool("price_of", "What an extra costs.", ["extra"], extra={"type": "string"}),
    _tool("pickup_windows", "Free hours for lost things on a day.", ["date"], date=DATE),
    _tool(
        "collect_lost",
        "Books the collection of lost things.",
        ["rider_no", "date", "window"],
        rider_no=RIDER,
        date=DATE,
        window=SPAN,
    ),
    _tool(
        "order_passes",
        "Orders passes for a rider.",
        ["rider_no", "kind"],
        rider_no=RIDER,
        kind={"type": "string", "enum": ["day", "week", "year"]},
        quantity={"type": "integer", "minimum": 1},
    ),
    _tool(
        "set_notices",
        "How a rider gets notices.",
        ["rider_no", "channel"],
        rider_no=RIDER,
        channel={"type": "string", "enum": ["sms", "email", "none"]},
    ),
)
GIVEN = {
    "get_rider": {"rider_no": 4410, "name": "J. Ode", "credit": 12, "next_trip": "2026-06-02"},
    "prices": {"prices": [{"item": "Day pass", "price": 8}, {"item": "Week pass", "price": 30}]},
    "price_of": {"price": 4},
    "pickup_windows": {"windows": ["08-12", "12-16"]},
}


@pytest.fixture
def trams(converse: Start) -> Any:
    return converse(
        tools_given=TRAMS, outputs=lambda name, _: GIVEN.get(name, {"status": "changed"})
    )


def test_an_identifier_told_between_two_wishes_serves_both(trams: Any) -> None:
    trams.say("Order two week passes, rider 4410, and send my notices by email from now on")
    assert trams.calls == [
        ("order_passes", {"rider_no": 4410, "kind": "week", "quantity": 2}),
        ("set_notices", {"rider_no": 4410, "channel": "email"}),
    ]


def test_codes_are_known_by_what_their_description_calls_them(trams: Any) -> None:
    stops = []
    for said in ("go from the Old Mill to Harbour Square", "leave Castle for the Old Mill"):
        trams.say(f"Which trams {said} on December 3?")
        stops += [(given["from_stop"], given["to_stop"]) for _, given in trams.calls]
    assert stops == [("OLD", "HAR"), ("CAS", "OLD")]


def test_a_stop_named_once_is_not_both_ends(trams: Any) -> None:
    asked = trams.say("Which trams go to the Castle on December 3?")
    assert trams.calls == []
    assert asked == "Which from stop: Harbour Square, Old Mill or Castle?"


@pytest.mark.parametrize(
    "said",
    [
        "between 12 and 4",
        "from 12:00 to 4 pm",
        "from twelve until four",
        "12-16",
        "12 to 16 please",
    ],
)
def test_a_span_of_hours_is_known_as_people_say_it(trams: Any, said: str) -> None:
    trams.say(f"Please book the collection on December 3 {said}, rider 4410")
    assert trams.calls == [
        ("collect_lost", {"rider_no": 4410, "date": "2026-12-03", "window": "12-16"})
    ]


def test_who_picks_from_a_list_is_not_asked_for_the_day_again(trams: Any) -> None:
    trams.say("Which pickup windows are free on December 3?")
    trams.say("The first one is good, please book it, I'm rider 4410")
    assert trams.calls[-1] == (
        "collect_lost",
        {"rider_no": 4410, "date": "2026-12-03", "window": "08-12"},
    )


def test_what_was_said_before_a_correction_of_something_else_stands(trams: Any) -> None:
    trams.say("Order a day pass for rider 4410, no wait, a week pass")
    assert trams.calls == [("order_passes", {"rider_no": 4410, "kind": "week"})]


def test_an_answer_tells_what_was_asked_before_the_number_was(trams: Any) -> None:
    assert trams.say("When is my next trip?") == "What is the rider number?"
    assert "June 2" in trams.say("4410")


def test_what_something_costs_is_looked_up_by_its_name(trams: Any) -> None:
    trams.say("How much is a bicycle ticket?")
    assert trams.calls == [("price_of", {"extra": "bicycle ticket"})]


def test_a_list_of_words_is_told_whole(converse: Start) -> None:
    words = ["leeks", "kale", "beans", "onions", "peas"]
    call = converse(
        tools_given=[_tool("this_weeks_box", "What is in the box this week.", [])],
        outputs=lambda *_: {"contents": words},
    )
    said = call.say("What's in the box this week?")
    assert all(word in said for word in words)


def test_a_free_thing_is_no_deed(trams: Any) -> None:
    trams.say("What seats are free on December 3?")
    assert trams.calls == [("free_seats", {"date": "2026-12-03"})]


def test_nobody_is_called_by_a_greeting(converse: Start) -> None:
    by_name = _tool("find_rider", "Finds a rider by name.", ["surname"], surname={"type": "string"})
    call = converse(tools_given=[by_name], outputs=lambda *_: {"rider_no": 4410})
    call.say("Hi Robin, can you find my card?")
    assert call.calls == []


def test_the_answer_to_one_wish_comes_when_the_other_is_settled(converse: Start) -> None:
    call = converse(tools_given=TRAMS)
    call.say("Order two week passes, rider 4410, and how much is a bicycle ticket?")
    ordered, price = (item for item in call.items if isinstance(item, ContextToolCall))
    call.items.append(ContextToolOutput(price.call_id, '{"price": 4}'))
    call.items.append(ContextMessage("assistant", "Order two week passes. Shall I go ahead?"))
    call.items.append(ContextMessage("user", "yes"))
    call.items.append(ContextToolOutput(ordered.call_id, '{"status": "ordered"}'))
    assert call.respond() == "It is ordered. The price is 4."


def test_who_tells_what_is_wrong_is_not_asked_for_the_reason(converse: Start) -> None:
    send_back = _tool(
        "return_item",
        "Starts the return of an item.",
        ["item", "reason"],
        item={"type": "string"},
        reason={"type": "string", "description": "Why it goes back"},
    )
    call = converse(tools_given=[send_back], outputs=lambda *_: {"status": "started"})
    call.say("My kettle is broken")
    assert call.items[-1].text != "What is the reason?"


def test_thanks_do_not_swallow_the_question_behind_them(trams: Any) -> None:
    trams.say("Oh lovely, thank you so much! And what does a bicycle ticket cost?")
    assert trams.calls == [("price_of", {"extra": "bicycle ticket"})]


def test_what_no_tool_does_changes_nothing(converse: Start) -> None:
    stop = {"type": "integer"}
    tools = [
        _tool("cancel_delivery", "Cancel one delivery.", ["order_no"], order_no=stop),
        _tool("list_deliveries", "Deliveries to come.", []),
    ]
    told = {"list_deliveries": {"deliveries": [{"order_no": 7, "status": "baked"}]}}
    call = converse(tools_given=tools, outputs=lambda name, _: told.get(name, {"status": "gone"}))
    call.say("Could you get the driver to ring me tomorrow when he's five minutes away?")
    assert "cancel_delivery" not in [name for name, _ in call.calls]

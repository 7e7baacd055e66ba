"""What changes something has its evidence in the caller's own words: deed, thing and yes."""

from collections.abc import Callable
from typing import Any

import pytest

Start = Callable[..., Any]

NUMBER = {"type": "string", "pattern": "^[0-9]{4}$"}


def _tool(name: str, description: str, required: list[str], **properties: Any) -> dict[str, Any]:
    return {
        "name": name,
        "description": description,
        "parameters": {"properties": properties, "required": required},
    }


BERTHS = (
    _tool("list_berths", "The skipper's berths in the harbour.", []),
    _tool("cancel_berth", "Cancel a berth.", ["berth_number"], berth_number=NUMBER),
    _tool(
        "move_berth",
        "Move a berth to another first day.",
        ["berth_number", "first_day"],
        berth_number=NUMBER,
        first_day={"type": "string", "format": "date"},
    ),
    _tool("call_pilot", "Send the pilot to a boat in trouble.", ["what"], what={"type": "string"}),
    _tool("close_account", "Close the skipper's account for good.", []),
    _tool("harbour_guide", "Rules and prices.", ["question"], question={"type": "string"}),
)
GIVEN = {
    "list_berths": {
        "berths": [
            {"berth_number": "2201", "quay": "north quay", "price": 80},
            {"berth_number": "2209", "quay": "old basin", "price": 45},
        ]
    },
    "harbour_guide": {"text": "Water costs two dollars. Refunds are paid within a week of notice."},
}


@pytest.fixture
def harbour(converse: Start) -> Any:
    return converse(
        tools_given=BERTHS, outputs=lambda name, _: GIVEN.get(name, {"status": "changed"})
    )


def written(call: Any) -> list[tuple[str, dict[str, Any]]]:
    return [one for one in call.calls if one[0] not in GIVEN]


def test_a_nod_to_what_was_only_offered_changes_nothing(harbour: Any) -> None:
    assert "just tell me" in harbour.say("If I closed my account, who would know?")
    harbour.say("okay")
    assert not written(harbour)


def test_a_yes_to_what_was_offered_does_it(harbour: Any) -> None:
    harbour.say("If I closed my account, who would know?")
    harbour.say("yes, do it")
    assert written(harbour) == [("close_account", {})]


def test_a_question_is_no_answer_to_which_one(harbour: Any) -> None:
    assert "2201" in harbour.say("cancel a berth")
    harbour.say("What does the one in the old basin cost?")
    assert not written(harbour)
    harbour.say("the old basin then")
    assert written(harbour) == [("cancel_berth", {"berth_number": "2209"})]


@pytest.mark.parametrize(
    "said", ["Thanks, bye", "thank you so much", "okay, thanks, have a nice day"]
)
def test_thanks_are_no_words_for_a_tool(harbour: Any, said: str) -> None:
    assert harbour.say("Please send the pilot") == "What is it?"
    harbour.say(said)
    assert not written(harbour)


def test_the_year_of_a_date_is_no_number_of_a_thing(harbour: Any) -> None:
    harbour.say("Move the one on the north quay to April 24th 2027 please")
    assert written(harbour) == [("move_berth", {"first_day": "2027-04-24", "berth_number": "2201"})]


def test_what_is_told_of_another_thing_does_not_change_it(harbour: Any) -> None:
    harbour.say("Somebody broke a line on 2201, and please move 2209 to the 20th of December")
    assert written(harbour) == [("move_berth", {"berth_number": "2209", "first_day": "2026-12-20"})]


def test_each_part_of_a_turn_has_its_own_thing(harbour: Any) -> None:
    harbour.say("Two things: cancel the old basin, and then move the north quay to December 4th")
    assert written(harbour) == [
        ("cancel_berth", {"berth_number": "2209"}),
        ("move_berth", {"first_day": "2026-12-04", "berth_number": "2201"}),
    ]


def test_the_same_deed_twice_is_two_calls(harbour: Any) -> None:
    harbour.say("Cancel 2201 and cancel 2209")
    assert [arguments for _, arguments in written(harbour)] == [
        {"berth_number": "2201"},
        {"berth_number": "2209"},
    ]


def test_what_about_another_one_is_asked_back(harbour: Any) -> None:
    harbour.say("cancel 2201")
    assert "Did you mean" in harbour.say("what about 2209?")
    assert not written(harbour)
    harbour.say("yes")
    assert written(harbour) == [("cancel_berth", {"berth_number": "2209"})]


def test_a_number_said_again_after_it_was_done_does_it_no_second_time(harbour: Any) -> None:
    harbour.say("cancel 2201")
    harbour.say("2201")
    assert not written(harbour)


def test_a_question_beside_what_is_only_told_is_answered(harbour: Any) -> None:
    harbour.say("I won't cancel anything. Which berths have I got?")
    assert harbour.calls == [("list_berths", {})]


def test_a_follow_up_keeps_its_subject(harbour: Any) -> None:
    harbour.say("What are the rules about refunds?")
    said = harbour.say("And how long does that take?")
    assert harbour.calls == [
        ("harbour_guide", {"question": "And how long does that take? (rules refunds)"})
    ]
    assert "within a week" in said
    harbour.say("And who pays for it?")
    assert "(rules refunds)" in harbour.calls[0][1]["question"]


def test_what_was_said_for_another_argument_is_not_one_more_thing(converse: Start) -> None:
    permit = {"type": "string", "pattern": "^[A-Z]{2}[0-9]{4}$"}
    crane = {"type": "string", "pattern": "^CR-[0-9]{4}$"}
    move = _tool(
        "switch_crane",
        "Moves a lifting permit to another crane.",
        ["permit", "crane_id"],
        permit=permit,
        crane_id=crane,
    )
    yard = converse(tools_given=(move,), outputs=lambda name, _: {"status": "changed"})
    yard.say("Move my permit LP2207 to the CR-3100 please")
    assert yard.calls == [("switch_crane", {"permit": "LP2207", "crane_id": "CR-3100"})]


TRIPS = (
    _tool("get_trips", "The trips that the guest has booked.", []),
    _tool("trip_status", "How a trip stands.", ["trip_number"], trip_number=NUMBER),
    _tool("cancel_trip", "Cancel a trip.", ["trip_number"], trip_number=NUMBER),
    _tool(
        "complain",
        "Complain about a meal of a trip.",
        ["trip_number", "why"],
        trip_number=NUMBER,
        why={"type": "string", "description": "The reason."},
        dish={"type": "string", "description": "Which dish, for example soup."},
    ),
    _tool("look_up_rules", "Rules and prices.", ["question"], question={"type": "string"}),
)
BOOKED = [
    {"trip_number": str(4100 + at), "state": state, "meals": [{"dish": dish}]}
    for at, (state, dish) in enumerate(
        [
            ("cancelled", "Barley stew"),
            *(("booked", f"Dish number {at}") for at in range(8)),
            ("over", "Leek pie"),
        ]
    )
]


@pytest.fixture
def coach(converse: Start) -> Any:
    def given(name: str, arguments: dict[str, Any]) -> Any:
        match name:
            case "get_trips":
                return {"say": "You have ten trips: 4101, 4102 and eight more.", "trips": BOOKED}
            case "look_up_rules":
                return {"say": "A bicycle costs nine dollars.", "total": 7}
            case "complain" if "dish" not in arguments:
                return {"status": "fix_arguments", "say": "Which dish: leek pie or tea?"}
            case _:
                return {"status": "changed"}

    return converse(tools_given=TRIPS, outputs=given)


def test_more_than_a_question_can_name_is_said(coach: Any) -> None:
    said = coach.say("How does my trip stand?")
    assert said.startswith("You have ten trips: 4101, 4102 and eight more.")
    assert said.endswith("?")


def test_a_deed_bidden_instead_is_no_answer_and_points_to_nothing_of_its_name(coach: Any) -> None:
    coach.say("How does my trip stand?")
    assert coach.say("cancel it then").endswith("?")
    assert coach.calls == []
    coach.say("4103")
    assert coach.calls == [("cancel_trip", {"trip_number": "4103"})]


def test_what_was_named_with_the_wish_is_known_once_it_was_looked_up(coach: Any) -> None:
    coach.say("I want to complain about the leek pie")
    assert coach.calls[-1][1]["dish"] == "Leek pie"


def test_a_yes_to_which_one_is_asked_again(coach: Any) -> None:
    coach.say("I want to complain about trip 4105, it was cold")
    assert [name for name, _ in coach.calls] == ["complain"]
    assert coach.say("yes").endswith("Which dish: leek pie or tea?")


@pytest.mark.parametrize("said", ["how much?", "and how much?", "Until when?"])
def test_a_question_that_leaves_out_its_subject_is_about_the_last(coach: Any, said: str) -> None:
    coach.say("How does my trip stand?")
    coach.say("never mind")
    coach.say("Can I bring a bicycle?")
    assert coach.calls[0][0] == "look_up_rules"
    assert "nine dollars" in coach.say(said)
    assert coach.calls == [("look_up_rules", {"question": f"{said} (bring bicycle)"})]


def test_a_verb_for_anything_names_no_tool(coach: Any) -> None:
    coach.say("Can I get a window seat?")
    assert ("get_trips", {}) not in coach.calls


VANS = (
    _tool("list_trips", "Trips to come.", []),
    _tool(
        "book_van",
        "Have a van come.",
        ["date", "window", "crates"],
        date={"type": "string", "format": "date"},
        window={"type": "string", "enum": ["08-12", "16-20"]},
        crates={"type": "integer", "minimum": 1},
    ),
    _tool(
        "set_packing",
        "Change the packing.",
        ["kind"],
        kind={"type": "string", "enum": ["plain", "padded"]},
    ),
    _tool("return_crate", "End the loan of a crate.", ["loan"], loan={"type": "string"}),
    _tool(
        "move_trip",
        "Move a trip to another time.",
        ["date", "time"],
        date={"type": "string", "format": "date"},
        time={"type": "string", "format": "time"},
    ),
)


@pytest.fixture
def vans(converse: Start) -> Any:
    return converse(tools_given=VANS, outputs=lambda *_: {"status": "changed"})


@pytest.mark.parametrize(
    "said",
    [
        "My glasses arrived in bits, padded packing my foot",
        "Could somebody return my call please, I rang on Friday",
        "I'd like a hall to dance in, on Friday at four",
    ],
)
def test_a_value_or_a_verb_alone_starts_no_change(vans: Any, said: str) -> None:
    vans.say(said)
    assert not written(vans)


@pytest.mark.parametrize(
    "said",
    [
        "Book a van for Friday, eight to twelve",
        "Book a van for Friday between 8 and 12, it's for Mia, she's nine",
        "Book a van for Friday between 8 and 12, we stay three weeks",
    ],
)
def test_a_number_of_something_else_is_no_count(vans: Any, said: str) -> None:
    assert "crates" in vans.say(said)
    assert not written(vans)


@pytest.mark.parametrize(
    "said", ["With three kids I have no idea, how big is one?", "Can one change that later on?"]
)
def test_who_does_not_know_or_asks_in_turn_answers_nothing(vans: Any, said: str) -> None:
    vans.say("Book a van for Friday, eight to twelve")
    vans.say(said)
    assert not written(vans)


def test_a_count_is_told_beside_a_span_of_hours(vans: Any) -> None:
    vans.say("Book a van with three crates for Friday, from 4 pm until 8")
    assert written(vans) == [
        ("book_van", {"date": "2026-11-27", "window": "16-20", "crates": 3}),
    ]


def test_a_question_beside_giving_up_is_answered_and_nothing_changed(harbour: Any) -> None:
    assert "Which" in harbour.say("Cancel a berth for me")
    said = harbour.say("Oh, never mind. What does water cost, by the way?")
    assert "two dollars" in said
    assert not written(harbour)


def test_the_last_of_two_answers_to_which_one_counts(harbour: Any) -> None:
    harbour.say("Cancel a berth for me")
    harbour.say("The one at the old basin. No, wait, the north quay, sorry")
    assert written(harbour) == [("cancel_berth", {"berth_number": "2201"})]


def test_what_is_better_is_what_counts(vans: Any) -> None:
    assert "time" in vans.say("Move the trip to Friday")
    vans.say("Nine in the morning. Hm, ten is better actually")
    assert written(vans) == [("move_trip", {"date": "2026-11-27", "time": "10:00"})]

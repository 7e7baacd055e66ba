"""Identifiers that a request lacks are looked up with the session's own tools, and what was found
can be referred to."""

from collections.abc import Callable
from typing import Any

import pytest

Start = Callable[..., Any]

ROOMS = {
    "rooms": [
        {"roomId": "r-7", "kind": "attic studio", "price": 140, "from": "2026-12-04T15:00"},
        {"roomId": "r-8", "kind": "garden suite", "price": 90, "from": "2026-12-05T12:00"},
        {"roomId": "r-9", "kind": "tower suite", "price": 210, "from": "2026-12-06T11:30"},
    ]
}
TOOLS = (
    {"name": "getRooms", "description": "The rooms that the guest has booked.", "parameters": {}},
    {
        "name": "cancelRoom",
        "description": "Cancel a booked room.",
        "parameters": {
            "type": "object",
            "properties": {"roomId": {"type": "string"}},
            "required": ["roomId"],
        },
    },
    {
        "name": "sendTowels",
        "description": "Send fresh towels to a room.",
        "parameters": {
            "type": "object",
            "properties": {
                "roomId": {"type": "string"},
                "delivery": {
                    "type": "object",
                    "properties": {"count": {"type": "integer"}, "hour": {"type": "string"}},
                    "required": ["count"],
                },
            },
            "required": ["roomId", "delivery"],
        },
    },
)


def inn(name: str, arguments: dict[str, Any]) -> Any:
    return ROOMS if name == "getRooms" else {"status": "done"}


@pytest.mark.parametrize(
    ("said", "room"),
    [
        ("Cancel the attic studio", "r-7"),
        ("Please cancel the tower suite", "r-9"),
        ("Cancel the cheapest room", "r-8"),
        ("Cancel the last room please", "r-9"),
        ("I want to cancel the room from December 5th", "r-8"),
    ],
)
def test_what_is_meant_is_looked_up_first(converse: Start, said: str, room: str) -> None:
    call = converse(tools_given=TOOLS, outputs=inn)

    call.say(said)

    assert call.calls == [("getRooms", {}), ("cancelRoom", {"roomId": room})]


def test_several_that_fit_are_asked_about_by_what_tells_them_apart(converse: Start) -> None:
    call = converse(tools_given=TOOLS, outputs=inn)

    asked = call.say("Cancel the suite")
    assert call.calls == [("getRooms", {})]
    call.say("the garden one")

    assert asked.startswith("Which room do you mean: garden suite")
    assert "attic" not in asked
    assert call.calls == [("cancelRoom", {"roomId": "r-8"})]


def test_all_of_them_are_one_call_each(converse: Start) -> None:
    call = converse(tools_given=TOOLS, outputs=inn)

    call.say("Please cancel all my rooms")

    assert call.calls[1:] == [("cancelRoom", {"roomId": f"r-{n}"}) for n in (7, 8, 9)]


def test_nothing_found_is_asked_for_once_and_not_looked_up_in_circles(converse: Start) -> None:
    call = converse(tools_given=TOOLS, outputs=lambda name, arguments: {"rooms": []})

    asked = call.say("Cancel the attic studio")

    assert asked == "What is the room ID?"
    assert call.calls == [("getRooms", {})]


def test_what_was_listed_can_be_taken_by_position(converse: Start) -> None:
    call = converse(tools_given=TOOLS, outputs=inn)

    call.say("Which rooms have I booked?")
    call.say("Cancel the second one")

    assert call.calls == [("cancelRoom", {"roomId": "r-8"})]


def test_a_question_about_a_change_makes_none(converse: Start) -> None:
    call = converse(tools_given=TOOLS, outputs=inn)

    call.say("What happens if I cancel the attic studio?")

    assert not any(name == "cancelRoom" for name, _ in call.calls)


def test_a_no_to_two_guesses_carries_out_neither(converse: Start) -> None:
    call = converse(tools_given=TOOLS, outputs=inn)

    call.say("Maybe I should cancel the attic studio")
    call.say("no, neither of them please")

    assert call.calls == []


def test_parts_of_an_object_are_sent_as_an_object(converse: Start) -> None:
    call = converse(tools_given=TOOLS, outputs=inn)

    call.say("Send three fresh towels to the tower suite")

    assert call.calls[1:] == [("sendTowels", {"roomId": "r-9", "delivery": {"count": 3}})]


def test_a_change_that_tells_nothing_is_said_to_be_done(converse: Start) -> None:
    call = converse(
        tools_given=TOOLS,
        outputs=lambda name, arguments: ROOMS if name == "getRooms" else {"ok": True},
    )

    assert call.say("Cancel the attic studio") == "That is done."


HORSES = [
    {
        "name": "horses",
        "description": "my horses",
        "parameters": {"properties": {}},
    },
    {
        "name": "book_lesson",
        "description": "Book a lesson for one horse or several together",
        "parameters": {
            "properties": {
                "horse_ids": {"type": "array", "items": {"type": "string"}},
                "date": {"type": "string", "format": "date"},
                "minutes": {"type": "integer", "enum": [30, 60, 90]},
            },
            "required": ["horse_ids", "date", "minutes"],
        },
    },
]
STALL = [{"id": "h1", "name": "Nero"}, {"id": "h2", "name": "Luna"}, {"id": "h3", "name": "Sky"}]


@pytest.mark.parametrize(
    ("said", "ids", "minutes"),
    [
        ("Book a lesson for Luna on Friday, an hour and a half", ["h2"], 90),
        ("Book a lesson for Nero and Sky on Friday, half an hour", ["h1", "h3"], 30),
        ("Book a lesson on Friday for all my horses, for an hour", ["h1", "h2", "h3"], 60),
    ],
)
def test_a_list_of_identifiers_is_looked_up_by_name(
    converse: Start, said: str, ids: list[str], minutes: int
) -> None:
    call = converse(tools_given=HORSES, outputs=lambda n, _: STALL if n == "horses" else "ok")
    call.say(said)
    assert call.calls == [
        ("horses", {}),
        ("book_lesson", {"horse_ids": ids, "date": "2026-11-27", "minutes": minutes}),
    ]

"""What a wish names of the thing that it has an identifier for: "the desk lamp from order 1003"."""

from collections.abc import Callable
from typing import Any

import pytest

RETURN = {
    "type": "function",
    "name": "start_return",
    "description": "Start the return of a delivered item of one of the caller's orders.",
    "parameters": {
        "type": "object",
        "properties": {
            "order_number": {"type": "string", "description": "The order's four digits."},
            "reason": {"type": "string", "description": "Why, in the caller's words."},
            "item": {"type": "string", "description": "Which of its items, by name."},
        },
        "required": ["order_number", "reason"],
    },
}


@pytest.mark.parametrize(
    ("said", "item"),
    [
        ("I want to return the desk lamp from order 1003 because it flickers", "desk lamp"),
        (
            "I want to return the wool socks from order 1003 because they are torn",
            "wool socks",
        ),
        ("I want to return order 1003 because it came too late", None),
        ("Return it, order 1003, because I do not like it", None),
    ],
)
def test_a_named_thing_of_an_order_is_meant_and_not_all_of_it(
    converse: Callable[..., Any], said: str, item: str | None
) -> None:
    call = converse(tools_given=[RETURN])
    call.say(said)
    ((name, given),) = call.calls
    assert (name, given["order_number"]) == ("start_return", "1003")
    assert (given.get("item") or "").removeprefix("the ") == (item or "")

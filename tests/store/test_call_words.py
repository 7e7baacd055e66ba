"""A call's arguments and its end, in words that a person reads."""

import json

from agent_service.conversation.records import ToolCallStatus
from agent_service.store.call_words import in_words, pairs, what_came


def test_arguments_stand_as_names_and_values() -> None:
    asked = {
        "order_number": 1290,
        "is_gift": False,
        "reason": None,
        "lines": [{"item_name": "kettle", "of": {"colour": "red"}}, {}],
        "notes": [],
    }
    assert pairs(json.dumps(asked)) == [
        ("order number", "1290"),
        ("is gift", "no"),
        ("lines", "item name kettle, of colour red"),
    ]
    assert in_words('{"is_gift": true, "to": ["Ann", "Bo"]}') == "is gift yes, to Ann; Bo"


def test_what_lies_too_deep_or_is_no_object_stands_as_it_is() -> None:
    assert in_words('{"a": {"b": {"c": {"d": {"e": {"f": 1}}}}}}') == 'a b c d e {"f": 1}'
    for text in ("[1]", "not JSON", "", "{}", "[" * 100_000):
        assert (pairs(text), in_words(text)) == ([], text)


def test_it_says_what_the_caller_is_told_or_how_it_stands() -> None:
    said = '{"status": "succeeded", "say": "It is on its way."}'
    assert what_came(ToolCallStatus.SUCCEEDED, said) == "It is on its way."
    assert what_came(ToolCallStatus.AWAITING_APPROVAL, said) == "waits for approval"
    assert what_came(ToolCallStatus.TIMED_OUT, "") == "timed out"

"""The written dialogues with other trades: that they are sound, and how they are graded."""

import pytest

from benchmarks.offline_dialogues.dialogues import Dialogue, Line, dialogues, graded

BOOKING = Dialogue(
    "inn 1",
    "development",
    "look-up",
    "",
    [{"name": "find", "gives": {}}, {"name": "cancel", "effect": "write", "gives": {}}],
    {},
    [Line("Cancel the suite")],
    [("cancel", {"id": 7, "rooms": ["a", "b"], "reason": "~?plans", "note": "~late"})],
    ["cancel+ed"],
    ["sorry"],
)
RIGHT = ("cancel", {"id": 7, "rooms": ["b", "a"], "note": "It is late"})


def test_dialogues_name_tools_and_arguments_of_their_own_tool_set() -> None:
    every = dialogues("all")
    assert len(every) >= 120
    for dialogue in every:
        taken = {t["name"]: t.get("parameters", {}).get("properties", {}) for t in dialogue.tools}
        assert len(taken) == len(dialogue.tools), dialogue.name
        for name, arguments in dialogue.calls:
            assert arguments.keys() <= taken[name].keys(), dialogue.name


def test_dialogues_are_kept_apart_from_those_developed_on() -> None:
    assert min(len(dialogues(part)) for part in ("evaluation", "development")) > 100


def test_wanted_calls_and_words_in_any_order_are_right() -> None:
    grade = graded(BOOKING, [("find", {}), RIGHT], ["It is cancelled."])
    assert grade.passes


@pytest.mark.parametrize(
    "changed",
    [{"id": 8}, {"id": "7"}, {"rooms": ["a"]}, {"note": ""}, {"reason": "ill"}, {"more": 1}],
)
def test_other_arguments_are_a_wrong_write(changed: dict[str, object]) -> None:
    grade = graded(BOOKING, [("cancel", RIGHT[1] | changed)], ["Cancelled."])
    assert not grade.is_called
    assert grade.has_wrong_write


def test_second_write_is_wrong() -> None:
    grade = graded(BOOKING, [RIGHT, RIGHT], ["Cancelled."])
    assert grade.has_wrong_write
    assert not grade.passes


@pytest.mark.parametrize("said", ["Done.", "Sorry, it is cancelled."])
def test_words_that_lack_or_are_forbidden_are_wrong(said: str) -> None:
    assert not graded(BOOKING, [RIGHT], [said]).is_told

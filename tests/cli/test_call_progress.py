"""When the caller's side may go on: the agent has answered, finished, and nothing is running."""

import pytest

from agent_service.cli.call_progress import Progress


def delta(turn_id: str = "t1") -> dict[str, object]:
    return {"type": "transcript", "role": "agent", "turn_id": turn_id, "is_final": False}


def final(turn_id: str = "t1") -> dict[str, object]:
    return {"type": "transcript", "role": "agent", "turn_id": turn_id, "is_final": True}


def tool(status: str) -> dict[str, object]:
    return {"type": "tool", "tool_call_id": "c", "status": status}


def asked() -> Progress:
    progress = Progress()
    progress.take({"type": "ready"}, 0.0)
    progress.caller_began()
    progress.caller_ended(1.0)
    return progress


def test_an_answer_is_timed_from_the_end_of_the_callers_turn() -> None:
    progress = asked()
    progress.agent_sounds(1.25)
    progress.agent_sounds(1.5)
    assert progress.has_spoken
    assert progress.first_audio_ms == 250


def test_the_end_of_an_earlier_answer_is_no_answer() -> None:
    progress = asked()
    progress.take(delta("t1"), 1.1)
    progress.caller_began()
    progress.caller_ended(2.0)
    progress.take(final("t1"), 2.1)
    assert not progress.has_spoken
    progress.take(final("t2"), 2.2)
    assert progress.has_spoken


def test_an_unfinished_turn_is_not_quiet() -> None:
    progress = asked()
    progress.take(delta(), 1.2)
    assert not progress.is_quiet(9.0, 1.0)
    progress.take(final(), 9.0)
    assert not progress.is_quiet(9.5, 1.0)
    assert progress.is_quiet(10.0, 1.0)


def test_the_agents_floor_is_not_quiet() -> None:
    progress = asked()
    progress.take({"type": "floor", "holder": "agent"}, 1.2)
    assert not progress.is_quiet(9.0, 1.0)
    progress.take({"type": "floor", "holder": "open"}, 9.0)
    assert progress.is_quiet(10.0, 1.0)


def test_a_running_tool_and_the_time_for_its_outcome_are_not_quiet() -> None:
    progress = asked()
    progress.take(tool("running"), 2.0)
    assert not progress.is_quiet(60.0, 1.0)
    progress.take(tool("succeeded"), 60.0)
    assert not progress.is_quiet(62.0, 1.0)
    assert progress.is_quiet(70.0, 1.0)


def test_words_after_a_tool_end_the_wait_for_its_outcome() -> None:
    progress = asked()
    progress.take(tool("running"), 2.0)
    progress.take(tool("succeeded"), 3.0)
    progress.take(final("t2"), 3.5)
    assert progress.is_quiet(4.5, 1.0)


def test_a_confirmation_waits_for_the_caller_not_the_other_way_round() -> None:
    progress = asked()
    progress.take(tool("awaiting_confirmation"), 2.0)
    assert progress.is_quiet(3.0, 1.0)


def notice(name: str, item_id: str = "n") -> dict[str, object]:
    return delta("t9") | {"item_id": item_id, "notice": name}


def test_a_moments_patience_is_no_answer_and_the_answer_is_waited_for() -> None:
    progress = asked()
    progress.take(notice("wait"), 9.0)
    progress.agent_sounds(9.1, "n")
    progress.take(final("t9") | {"item_id": "n"}, 10.0)
    assert not progress.has_spoken
    assert not progress.is_quiet(18.0, 1.0)
    progress.agent_sounds(18.5, "i")
    assert progress.has_spoken
    assert progress.first_audio_ms == 17_500
    assert progress.is_quiet(20.0, 1.0)


def test_the_wait_after_words_that_a_notice_followed_goes_on() -> None:
    progress = asked()
    progress.agent_sounds(1.5, "i")
    progress.take(notice("still_waiting"), 9.0)
    progress.take(final("t9") | {"item_id": "n"}, 9.5)
    assert progress.has_spoken
    assert not progress.is_quiet(18.0, 1.0)
    assert progress.is_quiet(20.0, 1.0)


@pytest.mark.parametrize("name", ["sorry", "repeat", "giving_up"])
def test_a_notice_after_which_nothing_comes_is_an_answer(name: str) -> None:
    progress = asked()
    progress.take(notice(name), 9.0)
    assert progress.has_spoken

"""What the service owes the caller in words is said again until it was heard."""

from collections.abc import Callable
from typing import Any

import pytest

from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.owed import TRIES
from agent_service.conversation.phrases import Phrase, phrase, returned
from agent_service.conversation.records import IncidentRecord, Role, ToolCallStatus
from agent_service.conversation.spec import HistoryTurn

MS = b"\x00" * 48
DECLINED = phrase(Phrase.DECLINED, "en")
TAP = phrase(Phrase.TAP, "en")
QUESTION = "Cancel order 1007, one wireless mouse. Shall I go ahead?"


def decline(driver: Any) -> None:
    """The caller said no to a question; they are to be told that nothing was changed."""
    driver.tell(ev.CallerTyped("cancel order 1007"))
    driver.model_calls("resp-1", "call-1", "cancel_order")
    driver.tell(
        ev.ToolPrepared(
            "call-1",
            "hash-1",
            "Cancel an order",
            "Cancel order 1007, one wireless mouse",
            needs_confirmation=True,
        )
    )
    driver.agent_says("read", "out-read", QUESTION, 3000)
    driver.tell(ev.CallerTyped("no"))


def cough(driver: Any, item_id: str, text: str = "") -> None:
    driver.caller_says(item_id, text, start_ms=9000)
    driver.tell(ev.ResponseStarted(f"own-{item_id}"))
    driver.agent_says(f"own-{item_id}", f"out-{item_id}", "Yes?", 500)


def times_asked(driver: Any, text: str) -> int:
    requests = driver.ordered(cmd.RequestResponse)
    return sum(text in (request.instructions or "") for request in requests)


def is_told(driver: Any, number: int, text: str = DECLINED, *, heard_ms: int = 2000) -> None:
    """The agent says it; so much of its two seconds is played."""
    response_id, item_id = f"resp-{number}", f"out-{number}"
    driver.agent_says(response_id, item_id, text, 2000, is_played=False)
    driver.tell(ev.CallerPlayed(item_id, heard_ms))


@pytest.mark.parametrize("words", ["", "hang on"])
def test_what_was_cut_is_said_again_when_the_floor_is_free(driver: Any, words: str) -> None:
    decline(driver)
    is_told(driver, 2, heard_ms=700)
    cough(driver, "in-2", words)
    assert times_asked(driver, DECLINED) == 2
    is_told(driver, 3)
    driver.wait(30)
    assert times_asked(driver, DECLINED) == 2


def test_what_nobody_could_hear_is_said_again(driver: Any) -> None:
    decline(driver)
    driver.agent_says("resp-2", "out-2", DECLINED, 2000, sounding_ms=0)
    assert times_asked(driver, DECLINED) == 2


def test_what_stays_without_sound_is_said_by_another_provider_session(driver: Any) -> None:
    decline(driver)
    for number in (2, 3):
        driver.agent_says(f"resp-{number}", f"out-{number}", DECLINED, 2000, sounding_ms=0)
    driver.tell(ev.EngineReady())
    assert times_asked(driver, DECLINED) == 3
    assert [i.code for i in driver.kept(IncidentRecord)] == ["provider_silent"]
    driver.agent_says("resp-4", "out-4", DECLINED, 2000, sounding_ms=0)
    driver.wait(5)
    assert [i.code for i in driver.kept(IncidentRecord)] == ["provider_silent", "not_heard"]


def test_what_a_sound_stopped_before_it_began_is_said_again(driver: Any) -> None:
    decline(driver)
    driver.tell(ev.SpeechStarted("in-2", 9000), ev.ResponseStarted("resp-2"))
    driver.tell(ev.ResponseFinished("resp-2", ev.ResponseStatus.CANCELLED))
    driver.tell(ev.SpeechStopped("in-2", 9500), ev.SpeechCommitted("in-2"))
    driver.agent_says("own", "out-own", "Yes?", 500)
    assert times_asked(driver, DECLINED) == 2


def test_who_always_speaks_over_it_is_not_told_for_ever(driver: Any) -> None:
    decline(driver)
    for number in range(2, 2 + TRIES):
        is_told(driver, number, heard_ms=700)
        cough(driver, f"in-{number}", "hang on")
        driver.wait(1)
    assert times_asked(driver, DECLINED) == TRIES
    assert [i.code for i in driver.kept(IncidentRecord)] == ["not_heard"]


def test_who_presses_stop_hears_no_more_of_it(driver: Any) -> None:
    decline(driver)
    is_told(driver, 2, heard_ms=700)
    driver.tell(ev.CallerInterrupted())
    driver.wait(5)
    assert times_asked(driver, DECLINED) == 1


def test_stop_leaves_what_is_still_to_be_said(driver: Any) -> None:
    decline(driver)
    driver.tell(ev.SpeechStarted("in-2", 9000), ev.ResponseStarted("resp-2"))
    driver.tell(ev.ResponseFinished("resp-2", ev.ResponseStatus.CANCELLED))
    driver.tell(ev.CallerInterrupted(), ev.SpeechStopped("in-2", 9500))
    driver.tell(ev.SpeechCommitted("in-2"))
    driver.agent_says("own", "out-own", "Yes?", 500)
    assert times_asked(driver, DECLINED) == 2


def test_it_is_said_in_the_next_provider_session(driver: Any) -> None:
    decline(driver)
    driver.tell(
        ev.ResponseStarted("resp-2"),
        ev.AgentText("resp-2", "out-2", "All right.", is_spoken=True),
        ev.AgentAudio("resp-2", "out-2", MS * 600, 600),
        ev.EngineDropped("dropped", "gone"),
        ev.EngineReady(),
        ev.CallerPlayed("out-2", 600),
    )
    assert times_asked(driver, DECLINED) == 2


def test_the_way_to_agree_is_not_told_once_the_caller_has_agreed(driver: Any) -> None:
    driver.tell(ev.CallerTyped("cancel order 1007"))
    driver.model_calls("resp-1", "call-1", "cancel_order")
    driver.tell(ev.ToolPrepared("call-1", "hash-1", "Cancel", "Cancel it", needs_confirmation=True))
    for name in ("one", "two"):
        driver.agent_says(name, f"out-{name}", "Anything else?", 1000)
    driver.agent_says("tap", "out-tap", TAP, 3000, is_played=False)
    driver.tell(ev.CallerPlayed("out-tap", 500))
    question = driver.ordered(cmd.ShowConfirmation)[-1]
    driver.tell(ev.SpeechStarted("in-2", 9000))
    driver.tell(ev.CallerConfirmed(question.confirmation_id, is_accepted=True))
    driver.tell(ev.SpeechStopped("in-2", 9500), ev.SpeechCommitted("in-2"))
    driver.wait(3)
    assert len(driver.ordered(cmd.RunTool)) == 1
    assert times_asked(driver, TAP) == 1


def test_it_is_stopped_if_it_is_settled_before_it_began(driver: Any) -> None:
    driver.tell(ev.CallerTyped("cancel order 1007"))
    driver.model_calls("resp-1", "call-1", "cancel_order")
    driver.tell(ev.ToolPrepared("call-1", "hash-1", "Cancel", "Cancel it", needs_confirmation=True))
    for name in ("one", "two"):
        driver.agent_says(name, f"out-{name}", "Anything else?", 1000)
    question = driver.ordered(cmd.ShowConfirmation)[-1]
    driver.tell(ev.CallerConfirmed(question.confirmation_id, is_accepted=True))
    driver.tell(ev.ResponseStarted("tap"))
    assert driver.ordered(cmd.CancelResponse)[-1] == cmd.CancelResponse("tap")


def test_the_outcome_of_an_earlier_call_is_told_until_it_was_heard(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.model_calls("resp-1", "call-1", "get_order_status")
    driver.tell(ev.ToolDelayed("call-1", "{}"))
    driver.agent_says("resp-2", "out-2", "I will tell you.", 1000)
    driver.tell(ev.ToolFinished("call-1", ToolCallStatus.SUCCEEDED, '{"say":"It is shipped."}'))
    is_told(driver, 3, "It is shipped.", heard_ms=700)
    cough(driver, "in-3")
    assert times_asked(driver, "It is shipped.") == 2


def test_what_became_of_the_question_is_told_on_return_until_it_was_heard(
    new_driver: Callable[..., Any],
) -> None:
    greeting = returned((), "en", is_undecided=True)
    driver = new_driver(greeting=greeting, history=(HistoryTurn(Role.CALLER, "hello"),))
    driver.tell(ev.EngineReady())
    driver.agent_says("resp-1", "out-1", greeting, 6000, is_played=False)
    driver.tell(ev.CallerPlayed("out-1", 1500))
    cough(driver, "in-1")
    assert times_asked(driver, greeting) == 2


def test_an_echo_has_it_said_again_once(driver: Any) -> None:
    decline(driver)
    is_told(driver, 2, heard_ms=1500)
    driver.tell(ev.SpeechStarted("in-2", 9000), ev.SpeechStopped("in-2", 9900))
    driver.tell(ev.SpeechCommitted("in-2"), ev.ResponseStarted("own"))
    driver.tell(ev.TranscriptArrived("in-2", "all right nothing was", is_final=True))
    driver.tell(ev.ResponseFinished("own", ev.ResponseStatus.CANCELLED))
    driver.wait(1)
    is_told(driver, 3)
    driver.wait(10)
    assert times_asked(driver, DECLINED) == 2
    assert times_asked(driver, "Nothing was") == 2

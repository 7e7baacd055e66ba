"""Who begins an answer: the provider by itself, or only when asked; switched in a live session."""

from collections.abc import Callable
from typing import Any

import pytest
from an_agent import agent

from agent_service.agent import TurnDetectionSettings
from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.records import ConfirmationStatus, Role, ToolCallStatus, TurnRecord
from agent_service.conversation.spec import Notice, NoticeClip

DETECTION = TurnDetectionSettings()
OFF, ON = cmd.SwitchAnswering(False, DETECTION), cmd.SwitchAnswering(True, DETECTION)
READY = ev.EngineReady(can_switch_answering=True)
READ_BACK = "Cancel order 1007. Shall I go ahead?"


@pytest.fixture
def switchable(new_driver: Callable[..., Any]) -> Any:
    """A conversation whose provider can be told whether it answers by itself."""
    driver = new_driver()
    driver.tell(READY)
    return driver


def switches(driver: Any) -> list[bool]:
    return [switch.by_itself for switch in driver.ordered(cmd.SwitchAnswering)]


def is_asked(driver: Any) -> None:
    """The caller is asked whether to cancel; the read-back was heard."""
    driver.caller_says("in-1", "cancel it")
    driver.model_calls("resp-1", "call-1", "cancel_order")
    driver.tell(ev.ToolPrepared("call-1", "hash", "Cancel", "Cancel order 1007", True))
    driver.agent_says("resp-2", "out-2", READ_BACK, 4000)


def test_a_provider_that_can_be_told_so_does_not_answer_what_is_said_to_a_question(
    switchable: Any,
) -> None:
    is_asked(switchable)
    assert switches(switchable) == [False]
    switchable.tell(ev.AnsweringSwitched(False))
    switchable.caller_says("in-2", "yes")
    switchable.wait(1)
    assert [call.tool_call_id for call in switchable.ordered(cmd.RunTool)] == ["call-1"]
    assert switchable.ordered(cmd.CancelResponse) == []
    assert switches(switchable) == [False, True]
    switchable.tell(ev.AnsweringSwitched(True))
    switchable.tell(ev.ToolFinished("call-1", ToolCallStatus.SUCCEEDED, "{}"))
    assert switchable.ordered(cmd.RequestResponse)[-1] == cmd.RequestResponse()


def test_the_switch_comes_before_the_read_back_is_asked_for(switchable: Any) -> None:
    switchable.caller_says("in-1", "cancel it")
    switchable.model_calls("resp-1", "call-1", "cancel_order")
    out = switchable.tell(ev.ToolPrepared("call-1", "hash", "Cancel", "Cancel order 1007", True))
    kinds = [type(command) for command in out]
    assert kinds.index(cmd.SwitchAnswering) < kinds.index(cmd.RequestResponse)
    assert OFF in out


def test_what_was_no_answer_is_answered_once_the_question_is_dropped(switchable: Any) -> None:
    is_asked(switchable)
    switchable.tell(ev.AnsweringSwitched(False))
    for number in (3, 4):
        switchable.caller_says(f"in-{number}", "what does it cost")
        switchable.agent_says(f"resp-{number}", f"out-{number}", READ_BACK, 4000)
    assert switchable.ordered(cmd.CancelResponse) == []
    assert switches(switchable) == [False, True]
    assert switchable.ordered(cmd.WithdrawConfirmation)[-1].status == ConfirmationStatus.VOIDED


def test_a_turn_that_ended_before_the_provider_switched_is_answered_under_the_old_rule(
    switchable: Any,
) -> None:
    is_asked(switchable)
    switchable.caller_says("in-2", None)  # the provider has not switched yet: it answers
    switchable.tell(ev.ResponseStarted("resp-3"))
    assert switchable.ordered(cmd.CancelResponse) == [cmd.CancelResponse("resp-3")]
    switchable.tell(
        ev.ResponseFinished("resp-3", ev.ResponseStatus.CANCELLED),
        ev.AnsweringSwitched(False),
        ev.TranscriptArrived("in-2", "no", is_final=True),
    )
    assert ON in switchable.log
    requests = len(switchable.ordered(cmd.RequestResponse))
    switchable.agent_says("resp-4", "out-4", "All right. Nothing was changed.", 2000)
    switchable.caller_says("in-5", "thank you")  # and it has not switched back yet
    assert len(switchable.ordered(cmd.RequestResponse)) > requests


def test_a_provider_that_cannot_be_told_so_is_stopped_when_it_answers(driver: Any) -> None:
    is_asked(driver)
    driver.caller_says("in-2", None)
    driver.tell(ev.ResponseStarted("resp-3"))
    assert driver.ordered(cmd.SwitchAnswering) == []
    assert driver.ordered(cmd.CancelResponse) == [cmd.CancelResponse("resp-3")]


def test_push_to_talk_has_nothing_to_switch(new_driver: Callable[..., Any]) -> None:
    driver = new_driver(agent=agent(turn_detection={"kind": "push_to_talk"}))
    driver.tell(READY, ev.CallerTyped("cancel it"))
    driver.model_calls("resp-1", "call-1", "cancel_order")
    driver.tell(ev.ToolPrepared("call-1", "hash", "Cancel", "Cancel order 1007", True))
    assert driver.ordered(cmd.SwitchAnswering) == []


def test_a_new_session_is_told_before_it_hears_what_was_kept_for_it(switchable: Any) -> None:
    is_asked(switchable)
    switchable.tell(ev.AnsweringSwitched(False), ev.EngineDropped("dropped", "gone"))
    switchable.tell(ev.CallerAudio(b"\x01" * 960))
    assert [c for c in switchable.tell(READY) if not isinstance(c, cmd.KeepRecord)][:2] == [
        OFF,
        cmd.SendAudio(b"\x01" * 960),
    ]


def test_nobody_answers_over_the_goodbye(new_driver: Callable[..., Any]) -> None:
    clip = NoticeClip("Goodbye.", b"\x01" * 48_000)
    driver = new_driver(notices={Notice.STOPPING: clip})
    driver.tell(READY, ev.ServiceDraining())
    assert OFF in driver.log


# --- somebody else speaks with the caller ---


def test_while_paused_the_agent_says_nothing_and_then_answers_what_was_said(
    switchable: Any,
) -> None:
    switchable.tell(ev.RepresentativeJoined("Ana"), ev.AnsweringSwitched(False))
    switchable.caller_says("in-1", "who are you")
    switchable.tell(ev.CallerTyped("hello?"))
    switchable.wait(60)
    assert switchable.ordered(cmd.RequestResponse) == []
    said = [turn for turn in switchable.kept(TurnRecord) if turn.role is not Role.SYSTEM]
    assert [turn.text for turn in said] == ["who are you", "hello?"]
    assert switchable.tell(ev.RepresentativeLeft())[-2:] == [ON, cmd.RequestResponse()]


def test_a_pause_stops_the_agent(switchable: Any) -> None:
    switchable.caller_says("in-1", "tell me a story")
    switchable.agent_says("resp-1", "out-1", "Once upon a time.", 9000, is_played=False)
    assert cmd.ClearPlayback("out-1") in switchable.tell(ev.RepresentativeJoined("Ana"))
    switchable.wait(5)
    switchable.tell(ev.RepresentativeLeft())
    assert switchable.ordered(cmd.RequestResponse) == []  # it was answered, as far as it went


def test_what_was_asked_for_and_not_begun_waits_for_the_end_of_the_pause(switchable: Any) -> None:
    switchable.tell(
        ev.CallerTyped("hi"), ev.RepresentativeJoined("Ana"), ev.ResponseStarted("resp-1")
    )
    assert switchable.ordered(cmd.CancelResponse) == [cmd.CancelResponse("resp-1")]
    switchable.tell(ev.ResponseFinished("resp-1", ev.ResponseStatus.CANCELLED))
    switchable.wait(2)
    before = len(switchable.ordered(cmd.RequestResponse))
    switchable.tell(ev.RepresentativeLeft())
    assert len(switchable.ordered(cmd.RequestResponse)) == before + 1


def test_a_provider_that_answers_by_itself_in_a_pause_is_stopped_and_asked_afterwards(
    driver: Any,
) -> None:
    driver.tell(ev.RepresentativeJoined("Ana"))
    driver.caller_says("in-1", "who are you")
    driver.tell(ev.ResponseStarted("resp-1"))
    assert driver.ordered(cmd.CancelResponse) == [cmd.CancelResponse("resp-1")]
    driver.tell(ev.ResponseFinished("resp-1", ev.ResponseStatus.CANCELLED), ev.RepresentativeLeft())
    assert driver.ordered(cmd.RequestResponse) == [cmd.RequestResponse()]


def test_nobody_is_asked_in_a_pause_whether_they_are_still_there(
    new_driver: Callable[..., Any],
) -> None:
    driver = new_driver(notices={Notice.STILL_THERE: NoticeClip("Are you still there?", b"")})
    driver.tell(READY, ev.RepresentativeJoined("Ana"))
    driver.wait(1000)
    driver.tell(ev.RepresentativeLeft())
    driver.wait(310)
    said = [turn for turn in driver.kept(TurnRecord) if turn.role is not Role.SYSTEM]
    assert [turn.text for turn in said] == ["Are you still there?"]

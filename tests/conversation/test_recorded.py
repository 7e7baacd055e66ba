"""Whether a conversation is recorded: asked for, agreed to, paused, and never without a word."""

from collections.abc import Callable
from typing import Any

import pytest
from an_agent import agent

from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.records import (
    ConfirmationRecord,
    ConfirmationStatus,
    DecidedBy,
    Modality,
    Role,
    ToolCallStatus,
)
from agent_service.conversation.spec import HistoryTurn, Notice, NoticeClip, Recording, ToolPolicy

GREETING = "How can I help you?"
QUESTION = "I would like to record this conversation. Shall I go ahead?"
BACK = "We were cut off for a moment. I am back: please go on."
RECORDED = "This conversation is recorded."
REFUSED = "All right. This conversation is not recorded."
DISCLOSURE = "Hello, you are talking with an AI assistant."


@pytest.fixture
def asked(new_driver: Callable[..., Any]) -> Any:
    """A caller who has heard the question."""
    driver = new_driver(recording=Recording.ASK, greeting=GREETING)
    driver.tell(ev.EngineReady(can_switch_answering=True), ev.AnsweringSwitched(False))
    driver.agent_says("resp-1", "out-1", QUESTION, 3000)
    return driver


def wanted(driver: Any) -> list[str]:
    """Return what the agent was asked to say, in order."""
    texts = [c.instructions or "" for c in driver.ordered(cmd.RequestResponse)]
    return [text.partition(": ")[2] for text in texts]


def shown(driver: Any) -> list[str]:
    return [command.status for command in driver.ordered(cmd.ShowRecording)]


def begun(driver: Any) -> int:
    return len(driver.ordered(cmd.StartRecording))


def answer(driver: Any) -> ConfirmationRecord:
    record: ConfirmationRecord = driver.kept(ConfirmationRecord)[-1]
    return record


def test_the_question_is_asked_before_anything_else_and_nothing_is_recorded(asked: Any) -> None:
    assert wanted(asked) == [QUESTION]
    assert shown(asked) == ["off"]
    assert begun(asked) == 0
    assert asked.ordered(cmd.ShowConfirmation)[0].title == "Record this conversation"


def test_a_yes_begins_it_and_is_on_record_with_its_words(asked: Any) -> None:
    asked.caller_says("in-1", "Yes, please.")
    asked.wait(2.0)
    assert begun(asked) == 1
    assert shown(asked) == ["off", "on"]
    assert wanted(asked) == [QUESTION, GREETING]
    record = answer(asked)
    assert (record.status, record.decided_by) == (ConfirmationStatus.ACCEPTED, DecidedBy.VOICE)
    assert record.answer == "Yes, please."
    assert record.heard_at is not None
    (call,) = asked.ended_calls()
    assert (call.name, call.status) == ("record_conversation", "succeeded")
    assert asked.ordered(cmd.SubmitToolResult) == []
    assert asked.ordered(cmd.RunTool) == []
    assert "recorded from now on" in asked.ordered(cmd.AddNote)[0].text


@pytest.mark.parametrize("is_accepted", [True, False])
def test_a_tap_answers_as_well(asked: Any, is_accepted: bool) -> None:
    confirmation_id = asked.ordered(cmd.ShowConfirmation)[0].confirmation_id
    asked.tell(ev.CallerConfirmed(confirmation_id, is_accepted))
    assert begun(asked) == is_accepted
    assert answer(asked).decided_by is DecidedBy.TAP


def test_after_a_no_the_conversation_goes_on_without(asked: Any) -> None:
    asked.caller_says("in-1", "No.")
    asked.agent_says("resp-2", "out-2", REFUSED, 2000)
    assert begun(asked) == 0
    assert shown(asked) == ["off"]
    assert wanted(asked) == [QUESTION, REFUSED, GREETING]
    assert answer(asked).status is ConfirmationStatus.DECLINED
    assert "is not" in asked.ordered(cmd.AddNote)[0].text
    asked.agent_says("resp-3", "out-3", GREETING, 1000)
    asked.caller_says("in-2", "Where is my order?")
    assert asked.tell(ev.ResponseStarted("resp-4")) is not None
    assert begun(asked) == 0


def test_what_is_no_answer_is_asked_again_once_and_then_answered(asked: Any) -> None:
    asked.caller_says("in-1", "Where is my order?")
    asked.agent_says("resp-2", "out-2", f"Nothing has been done yet. {QUESTION}", 4000)
    asked.caller_says("in-2", "My order, I said.")
    asked.agent_says("resp-3", "out-3", REFUSED, 2000)
    assert begun(asked) == 0
    assert answer(asked).status is ConfirmationStatus.VOIDED
    assert asked.ordered(cmd.RequestResponse)[-1] == cmd.RequestResponse()


def test_the_question_follows_the_disclosure(new_driver: Callable[..., Any]) -> None:
    driver = new_driver(recording=Recording.ASK, disclosure=DISCLOSURE, greeting=GREETING)
    driver.tell(ev.EngineReady())
    driver.agent_says("resp-1", "out-1", DISCLOSURE, 3000)
    assert wanted(driver) == [DISCLOSURE, QUESTION]


def test_the_question_is_in_the_callers_language(new_driver: Callable[..., Any]) -> None:
    driver = new_driver(recording=Recording.ASK, agent=agent(language="de"))
    driver.tell(ev.EngineReady(can_switch_answering=True), ev.AnsweringSwitched(False))
    question = "Ich möchte dieses Gespräch aufzeichnen. Soll ich das tun?"
    driver.agent_says("resp-1", "out-1", question, 3000)
    assert wanted(driver) == [question]
    driver.caller_says("in-1", "Ja, gern.")
    driver.wait(2.0)
    assert begun(driver) == 1
    assert wanted(driver) == [question]  # without a greeting the caller speaks


def test_the_model_never_made_that_call(asked: Any) -> None:
    asked.caller_says("in-1", "Yes.")
    asked.wait(2.0)
    asked.tell(ev.EngineDropped("dropped", "gone"))
    (reopened,) = asked.ordered(cmd.ReopenEngine)
    assert not any(hasattr(entry, "tool_call_id") for entry in reopened.history)


# --- begun in writing ---


@pytest.fixture
def read(new_driver: Callable[..., Any]) -> Any:
    """A caller who has read the greeting."""
    driver = new_driver(recording=Recording.ASK, greeting=GREETING, modality=Modality.TEXT)
    driver.tell(ev.EngineReady(can_switch_answering=True), ev.AnsweringSwitched(False))
    driver.tell(
        ev.ResponseStarted("resp-1"),
        ev.AgentText("resp-1", "out-1", GREETING, is_spoken=False),
        ev.AgentItemFinished("resp-1", "out-1", is_complete=True),
        ev.ResponseFinished("resp-1", ev.ResponseStatus.COMPLETED),
    )
    return driver


def test_who_writes_is_not_asked(read: Any) -> None:
    assert wanted(read) == [GREETING]
    assert shown(read) == ["off"]
    assert read.kept(ConfirmationRecord) == []


def test_who_begins_to_speak_is_asked_then_and_only_once(read: Any) -> None:
    read.tell(ev.CallerSwitched(Modality.AUDIO))
    assert wanted(read) == [GREETING, QUESTION]
    read.agent_says("resp-2", "out-2", QUESTION, 3000)
    assert begun(read) == 0
    read.caller_says("in-1", "Yes, please.")
    read.wait(2.0)
    assert begun(read) == 1
    assert answer(read).status is ConfirmationStatus.ACCEPTED
    assert wanted(read) == [GREETING, QUESTION, RECORDED]
    read.agent_says("resp-3", "out-3", RECORDED, 1000)
    read.tell(*map(ev.CallerSwitched, (Modality.TEXT, Modality.AUDIO)))
    assert wanted(read) == [GREETING, QUESTION, RECORDED]


def test_who_says_no_then_is_not_greeted_again(read: Any) -> None:
    read.tell(ev.CallerSwitched(Modality.AUDIO))
    read.agent_says("resp-2", "out-2", QUESTION, 3000)
    read.caller_says("in-1", "No.")
    read.agent_says("resp-3", "out-3", REFUSED, 2000)
    assert begun(read) == 0
    assert wanted(read) == [GREETING, QUESTION, REFUSED]


def test_who_switches_before_the_agent_is_there_is_asked_first_of_all(
    new_driver: Callable[..., Any],
) -> None:
    driver = new_driver(recording=Recording.ASK, greeting=GREETING, modality=Modality.TEXT)
    driver.tell(ev.CallerSwitched(Modality.AUDIO), ev.EngineReady())
    assert wanted(driver) == [QUESTION]


@pytest.mark.parametrize("modality", Modality)
def test_who_comes_back_unasked_is_told_what_happened_first(
    new_driver: Callable[..., Any], modality: Modality
) -> None:
    said = HistoryTurn(Role.CALLER, "Where is my order?")
    driver = new_driver(recording=Recording.ASK, greeting=BACK, history=(said,), modality=modality)
    driver.tell(ev.EngineReady())
    assert wanted(driver) == [BACK]
    driver.agent_says("resp-1", "out-1", BACK, 1000)
    asked = [QUESTION] if modality is Modality.AUDIO else []
    assert wanted(driver) == [BACK, *asked]


def test_in_a_conversation_that_is_about_to_end_nobody_is_asked(
    new_driver: Callable[..., Any],
) -> None:
    goodbye = NoticeClip("The service stops.", b"\0" * 96_000)
    driver = new_driver(
        recording=Recording.ASK, modality=Modality.TEXT, notices={Notice.STOPPING: goodbye}
    )
    driver.tell(ev.EngineReady(), ev.ServiceDraining(), ev.CallerSwitched(Modality.AUDIO))
    assert driver.ordered(cmd.EndConversation) == []
    assert wanted(driver) == []


# --- pauses ---

PAYING = ToolPolicy("take_card", "Take a card", is_write=False, pauses_recording=True)


@pytest.fixture
def recorded(new_driver: Callable[..., Any]) -> Any:
    """A conversation that is recorded from its beginning, with a tool that pauses that."""
    driver = new_driver(recording=Recording.ON, policies={"take_card": PAYING})
    driver.tell(ev.EngineReady())
    return driver


def holds(driver: Any) -> list[tuple[str, bool]]:
    return [(each.holder, each.is_held) for each in driver.ordered(cmd.HoldRecording)]


def test_the_caller_pauses_it_and_goes_on_and_is_told_how_it_stands(recorded: Any) -> None:
    recorded.tell(*map(ev.CallerPausedRecording, (True, True, False)))
    assert holds(recorded) == [("caller", True), ("caller", False)]
    assert shown(recorded) == ["on", "paused", "paused", "paused", "on", "on"]


def test_a_tool_that_takes_a_card_pauses_it_until_it_has_ended(recorded: Any) -> None:
    recorded.caller_says("in-1", "I want to pay")
    recorded.model_calls("resp-1", "call-1", "take_card")
    assert holds(recorded) == [("call-1", True)]
    recorded.tell(ev.ToolFinished("call-1", ToolCallStatus.SUCCEEDED, "{}"))
    assert holds(recorded) == [("call-1", True), ("call-1", False)]
    assert shown(recorded) == ["on", "paused", "on"]


def test_a_tool_that_goes_on_in_the_background_holds_it_no_longer(recorded: Any) -> None:
    recorded.model_calls("resp-1", "call-1", "take_card")
    recorded.tell(
        ev.ToolDelayed("call-1", "{}"), ev.ToolFinished("call-1", ToolCallStatus.SUCCEEDED, "{}")
    )
    assert holds(recorded) == [("call-1", True), ("call-1", False)]


def test_a_recording_that_begins_paused_is_held_from_its_beginning(asked: Any) -> None:
    asked.tell(ev.CallerPausedRecording(True))
    asked.caller_says("in-1", "Yes.")
    asked.wait(2.0)
    last = [c for c in asked.log if isinstance(c, cmd.StartRecording | cmd.HoldRecording)][-2:]
    assert last == [cmd.StartRecording(), cmd.HoldRecording("caller", True)]
    assert shown(asked)[-1] == "paused"


def test_where_nothing_is_recorded_a_pause_is_answered_and_nothing_else_is_said(
    driver: Any,
) -> None:
    assert shown(driver) == []
    driver.tell(ev.CallerPausedRecording(True))
    assert shown(driver) == ["off"]


def test_who_was_not_told_of_it_is_not_recorded(new_driver: Callable[..., Any]) -> None:
    words = f"{DISCLOSURE} This conversation is recorded."
    driver = new_driver(
        recording=Recording.ON,
        disclosure=words,
        notices={Notice.DISCLOSURE: NoticeClip(DISCLOSURE, b"\0" * 96_000)},
    )
    driver.tell(ev.EngineReady())
    for number in (1, 2):  # the provider leaves it out
        driver.agent_says(f"resp-{number}", f"out-{number}", DISCLOSURE, 3000)
    assert holds(driver) == [("not_announced", True)]
    assert shown(driver) == ["on", "paused"]

"""A call whose outcome was promised for later is awaited until the conversation closes."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.records import Modality, ToolCallStatus
from agent_service.conversation.spec import HistoryToolRound, PendingCall

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
WAITING = '{"status": "awaiting_approval", "say": "A colleague has to approve it."}'
DECIDED = '{"status": "not_approved", "say": "My colleague has decided against it."}'
ROUND = HistoryToolRound("call_1", "cancel_order", "{}", WAITING)


def taken_over(new_driver: Callable[..., Any]) -> Any:
    pending = (PendingCall("id-1", "call_1", "cancel_order", "{}", WAITING, AT),)
    driver = new_driver(modality=Modality.TEXT, history=(ROUND,), pending=pending)
    driver.tell(ev.EngineReady())
    return driver


def decided() -> ev.ToolFinished:
    return ev.ToolFinished("call_1", ToolCallStatus.NOT_ALLOWED, DECIDED)


def test_outcome_of_a_call_that_was_taken_over_is_told(new_driver: Callable[..., Any]) -> None:
    driver = taken_over(new_driver)
    assert driver.dialogue.awaits("call_1")
    driver.tell(decided())
    (note,) = driver.ordered(cmd.AddNote)
    assert "Cancel an order" in note.text
    (asked,) = driver.ordered(cmd.RequestResponse)
    assert "decided against it" in str(asked.instructions)
    (kept,) = driver.ended_calls()
    assert kept.status is ToolCallStatus.NOT_ALLOWED
    assert not driver.dialogue.awaits("call_1")


def test_call_that_nobody_made_is_not_awaited(new_driver: Callable[..., Any]) -> None:
    assert not taken_over(new_driver).dialogue.awaits("call_2")


def test_nothing_is_awaited_once_the_conversation_closes(new_driver: Callable[..., Any]) -> None:
    driver = taken_over(new_driver)
    driver.tell(ev.CallerEnded())
    assert not driver.dialogue.awaits("call_1")


def test_call_that_was_taken_over_is_once_in_the_history(new_driver: Callable[..., Any]) -> None:
    driver = taken_over(new_driver)
    driver.tell(ev.EngineDropped("dropped", "gone"))
    assert driver.ordered(cmd.ReopenEngine)[0].history == (ROUND,)

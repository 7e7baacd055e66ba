"""A call whose outcome was promised for later is awaited until the conversation closes."""

import itertools
from datetime import UTC, datetime
from typing import Any

from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.dialogue import Dialogue
from agent_service.conversation.records import Caller, Modality, ToolCallRecord, ToolCallStatus
from agent_service.conversation.spec import (
    DialogueSettings,
    HistoryToolRound,
    PendingCall,
    ToolPolicy,
)

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
WAITING = '{"status": "awaiting_approval", "say": "A colleague has to approve it."}'
DECIDED = '{"status": "not_approved", "say": "My colleague has decided against it."}'
ROUND = HistoryToolRound("call_1", "cancel_order", "{}", WAITING)


def taken_over(**changes: Any) -> Dialogue:
    counter = itertools.count(1)
    settings = DialogueSettings(
        conversation_id="conversation-1",
        agent="support",
        channel="widget",
        modality=Modality.TEXT,
        caller=Caller("customer-1", "Jane Doe"),
        provider="offline",
        model="offline",
        history=(ROUND,),
        pending=(PendingCall("id-1", "call_1", "cancel_order", "{}", WAITING, AT),),
        **changes,
    )
    policies = {"cancel_order": ToolPolicy("cancel_order", "Cancel an order", is_write=True)}
    return Dialogue(
        settings, policies, new_id=lambda: f"id-{next(counter)}", started_at=AT, now=100.0
    )


def decided() -> ev.ToolFinished:
    return ev.ToolFinished("call_1", ToolCallStatus.NOT_ALLOWED, DECIDED)


def test_outcome_of_a_call_that_was_taken_over_is_told() -> None:
    dialogue = taken_over()
    dialogue.handle(ev.EngineReady(), 100.0)
    assert dialogue.awaits("call_1")
    ordered = dialogue.handle(decided(), 101.0)
    (note,) = [command for command in ordered if isinstance(command, cmd.AddNote)]
    assert "Cancel an order" in note.text
    (asked,) = [command for command in ordered if isinstance(command, cmd.RequestResponse)]
    assert "decided against it" in str(asked.instructions)
    (kept,) = [
        command.record
        for command in ordered
        if isinstance(command, cmd.KeepRecord) and isinstance(command.record, ToolCallRecord)
    ]
    assert kept.status is ToolCallStatus.NOT_ALLOWED
    assert not dialogue.awaits("call_1")


def test_call_that_nobody_made_is_not_awaited() -> None:
    dialogue = taken_over()
    dialogue.handle(ev.EngineReady(), 100.0)
    assert not dialogue.awaits("call_2")


def test_nothing_is_awaited_once_the_conversation_closes() -> None:
    dialogue = taken_over(greeting=None)
    dialogue.handle(ev.EngineReady(), 100.0)
    dialogue.handle(ev.CallerEnded(), 101.0)
    assert not dialogue.awaits("call_1")


def test_call_that_was_taken_over_is_once_in_the_history() -> None:
    dialogue = taken_over()
    dialogue.handle(ev.EngineReady(), 100.0)
    (reopened,) = [
        command
        for command in dialogue.handle(ev.EngineDropped("dropped", "gone"), 101.0)
        if isinstance(command, cmd.ReopenEngine)
    ]
    assert reopened.history == (ROUND,)

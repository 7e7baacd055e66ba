"""A dialogue with hand-driven time and counted identifiers, and a way to tell and ask it things."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

import pytest
from an_agent import agent as agent_with

from agent_service.agent import AgentSettings
from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.dialogue import Dialogue
from agent_service.conversation.records import Caller, Modality, Record, ToolCallRecord
from agent_service.conversation.spec import (
    DialogueSettings,
    HistoryToolRound,
    HistoryTurn,
    Limits,
    Notice,
    NoticeClip,
    PendingCall,
    Recording,
    ToolPolicy,
)

AGENT = agent_with(limits={"max_duration_s": 3600, "idle_timeout_s": 300, "tool_rounds": 8})

C = TypeVar("C")
R = TypeVar("R")

POLICIES = {
    "get_order_status": ToolPolicy("get_order_status", "Look up an order", is_write=False),
    "cancel_order": ToolPolicy("cancel_order", "Cancel an order", is_write=True),
    "open_ticket": ToolPolicy("open_ticket", "Open a ticket", is_write=True),
}

MS = b"\x00" * 48


@dataclass
class Driver:
    """Drives one dialogue and keeps everything it ordered."""

    dialogue: Dialogue
    now: float = 100.0
    log: list[cmd.Command] = field(default_factory=list)

    def tell(self, *events: ev.Event) -> list[cmd.Command]:
        """Tell events, one after the other, at the same moment; return the commands."""
        out: list[cmd.Command] = []
        for event in events:
            out.extend(self.dialogue.handle(event, self.now))
        self.log.extend(out)
        return out

    def wait(self, seconds: float) -> list[cmd.Command]:
        """Let time pass, calling the dialogue whenever it asked to be called."""
        end = self.now + seconds
        out: list[cmd.Command] = []
        for _ in range(1000):
            due = self.dialogue.deadline()
            if due is None or due > end:
                break
            self.now = max(due, self.now)
            out.extend(self.tell(ev.TimePassed()))
        else:
            raise AssertionError("the dialogue asks to be called again and again at the same time")
        self.now = end
        return out

    def ordered(self, kind: type[C]) -> list[C]:
        return [command for command in self.log if isinstance(command, kind)]

    def kept(self, kind: type[R]) -> list[R]:
        records: list[Record] = [command.record for command in self.ordered(cmd.KeepRecord)]
        return [record for record in records if isinstance(record, kind)]

    def ended_calls(self) -> list[ToolCallRecord]:
        return [record for record in self.kept(ToolCallRecord) if record.ended_at is not None]

    # --- usual stretches of a conversation ---

    def caller_says(self, item_id: str, text: str | None, *, start_ms: int = 0) -> None:
        """A spoken turn of one second; ``text`` None leaves the transcript outstanding."""
        self.tell(ev.SpeechStarted(item_id, start_ms))
        self.wait(1.0)
        self.tell(ev.SpeechStopped(item_id, start_ms + 1500), ev.SpeechCommitted(item_id))
        if text is not None:
            self.tell(ev.TranscriptArrived(item_id, text, is_final=True))

    def agent_says(
        self,
        response_id: str,
        item_id: str,
        text: str,
        ms: int,
        *,
        is_played: bool = True,
        sounding_ms: int | None = None,
    ) -> None:
        sounding_ms = ms if sounding_ms is None else sounding_ms
        self.tell(
            ev.ResponseStarted(response_id),
            ev.AgentText(response_id, item_id, text, is_spoken=True),
            ev.AgentAudio(response_id, item_id, MS * ms, sounding_ms),
            ev.AgentItemFinished(response_id, item_id, is_complete=True),
            ev.ResponseFinished(response_id, ev.ResponseStatus.COMPLETED),
        )
        if is_played:
            self.wait(ms / 1000)
            self.tell(ev.CallerPlayed(item_id, ms))

    def model_calls(
        self, response_id: str, tool_call_id: str, name: str, arguments: str = "{}"
    ) -> None:
        self.tell(
            ev.ResponseStarted(response_id),
            ev.ToolCallRequested(response_id, tool_call_id, name, arguments),
            ev.ResponseFinished(response_id, ev.ResponseStatus.COMPLETED),
        )


def make_driver(
    *,
    modality: Modality = Modality.AUDIO,
    can_tap: bool = True,
    greeting: str | None = None,
    agent: AgentSettings = AGENT,
    disclosure: str | None = None,
    notices: Mapping[Notice, NoticeClip] | None = None,
    yes_grace_s: float = 1.0,
    history: tuple[HistoryTurn | HistoryToolRound, ...] = (),
    pending: tuple[PendingCall, ...] = (),
    unanswered: str = "",
    earlier_s: float = 0.0,
    recording: Recording = Recording.OFF,
    policies: Mapping[str, ToolPolicy] = POLICIES,
) -> Driver:
    counter = itertools.count(1)
    settings = DialogueSettings(
        conversation_id="conversation-1",
        agent=agent,
        channel="widget",
        modality=modality,
        can_tap=can_tap,
        caller=Caller("customer-1", "Jane Doe"),
        provider="offline",
        model="offline",
        disclosure=disclosure,
        greeting=greeting,
        limits=Limits(
            confirmation_s=120.0,
            yes_grace_s=yes_grace_s,
            yes_confidence=0.5,
            transcript_s=5.0,
            grace_s=120.0,
            ring_s=30.0,
        ),
        notices=notices or {},
        history=history,
        pending=pending,
        unanswered=unanswered,
        earlier_s=earlier_s,
        recording=recording,
    )
    dialogue = Dialogue(
        settings,
        policies,
        new_id=lambda: f"id-{next(counter)}",
        started_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        now=100.0,
    )
    return Driver(dialogue)


@pytest.fixture
def driver() -> Driver:
    """A conversation whose provider session has just opened."""
    made = make_driver()
    made.tell(ev.EngineReady())
    return made


@pytest.fixture
def new_driver() -> Callable[..., Driver]:
    return make_driver

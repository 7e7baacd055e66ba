"""What a conversation is set up with: the provider session's contents and each tool's policy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from agent_service.agent import AgentSettings
from agent_service.conversation.records import Caller, Modality, Role


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as the model sees it."""

    name: str
    description: str
    parameters: Mapping[str, Any]
    """JSON Schema."""


class Recording(StrEnum):
    """Whether the conversation's sound is recorded."""

    OFF = "off"
    ON = "on"
    ASK = "ask"
    """Once the caller has agreed: they are asked when there is sound."""


@dataclass(frozen=True, slots=True)
class ToolPolicy:
    """A tool as the dialogue sees it."""

    name: str
    title: str
    """For the caller: "Cancel an order"."""
    is_write: bool
    redacted: frozenset[str] = frozenset()
    """Arguments that no record or log line may hold."""
    activity: str | None = None
    """What the caller reads of a call, its arguments in braces: "Cancelling order {order}"."""
    pauses_recording: bool = False
    """While it is asked for and runs, what is said is not recorded."""
    rings_team: bool = False
    """Once it has succeeded, a person of the team is looked for."""


@dataclass(frozen=True, slots=True)
class HistoryTurn:
    """An earlier turn, replayed into a new provider session."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class HistoryToolRound:
    """An earlier tool call; ``output`` is None while it still runs."""

    tool_call_id: str
    name: str
    arguments: str
    output: str | None


@dataclass(frozen=True, slots=True)
class PendingCall:
    """A call from before this process took the conversation over; its outcome is still to come."""

    id: str
    tool_call_id: str
    name: str
    arguments: str
    output: str
    requested_at: datetime


@dataclass(frozen=True, slots=True)
class SessionSpec:
    """What the provider session is given when it opens."""

    agent: AgentSettings
    modality: Modality
    transcription_model: str | None = None
    """None: the one of the dialect."""
    tools: tuple[ToolSpec, ...] = ()
    history: tuple[HistoryTurn | HistoryToolRound, ...] = ()


class Notice(StrEnum):
    """A sentence that the service can say without the provider."""

    DISCLOSURE = "disclosure"
    """That an AI speaks; only where the provider did not say it."""
    WAIT = "wait"
    """It takes a moment."""
    STILL_WAITING = "still_waiting"
    """It takes longer than a moment, and goes on."""
    REPEAT = "repeat"
    """What the caller said was lost: please say it again."""
    SORRY = "sorry"
    """There is no answer this time; the caller may ask again."""
    STILL_THERE = "still_there"
    """Nobody has said anything for a while."""
    GOODBYE = "goodbye"
    """Nobody answers, or the time is over."""
    GIVING_UP = "giving_up"
    """The provider stays away."""
    STOPPING = "stopping"
    """The service ends."""
    JOINED = "joined"
    """A person of the team speaks with the caller from now on."""
    LEFT = "left"
    """The agent does so again."""
    CUT_OFF = "cut_off"
    """The line of that person is gone: it takes a moment."""


@dataclass(frozen=True, slots=True)
class NoticeClip:
    """What a notice says, and how it sounds."""

    text: str
    audio: bytes = field(default=b"", repr=False)
    """PCM16 mono at 24 kHz; empty where the service has no recording of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Time limits of every conversation, whoever its agent."""

    confirmation_s: float
    """How long a question to the caller can be answered."""
    yes_grace_s: float
    """How long after a yes its second half may come: "but not the ..."."""
    yes_confidence: float
    """How surely a spoken yes must have been heard, from 0 to 1."""
    transcript_s: float
    """How long a caller's turn waits for its words after it was committed."""
    grace_s: float
    """How long a dropped caller may take to come back."""
    ring_s: float
    """How long the team may take to answer a caller who asks for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueSettings:
    conversation_id: str
    agent: AgentSettings
    channel: str
    modality: Modality
    can_tap: bool = True
    """The caller sees a question and can tap yes or no."""
    caller: Caller
    provider: str
    model: str
    limits: Limits
    disclosure: str | None = None
    """Says that an AI speaks, on whose behalf; None where that is not to be said, or was."""
    recording: Recording = Recording.OFF
    greeting: str | None = None
    """What the agent says first, which is another after a return than the agent's own."""
    notices: Mapping[Notice, NoticeClip] = field(default_factory=dict)
    """In the caller's language. What is missing is not said."""
    history: tuple[HistoryTurn | HistoryToolRound, ...] = ()
    """What was said and done before this process took the conversation over."""
    recorded_turns: int = 0
    earlier_s: float = 0.0
    """How long it had been going on by then."""
    pending: tuple[PendingCall, ...] = ()
    """Calls of that time whose outcome the caller was promised to hear."""
    unanswered: str = ""
    """What the caller then said to a person of the team, who has not answered it."""

"""What happened: everything the dialogue can be told by the caller, the engine or the runtime.

Audio is PCM16 mono little endian at 24 kHz; its bytes stay opaque here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from agent_service.conversation.records import Caller, Modality, ToolCallStatus, Usage

# --- from the caller ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CallerAudio:
    audio: bytes


@dataclass(frozen=True, slots=True)
class CallerAudioRefused:
    """It came faster than anybody speaks: it was turned away."""

    audio: bytes


@dataclass(frozen=True, slots=True)
class CallerTyped:
    text: str
    picture: bytes | None = field(default=None, repr=False)
    """A JPEG that the caller shows; the text is its name."""
    shown: tuple[str, ...] | None = None
    """The questions that the caller saw when they typed it, where it has waited for the line."""


@dataclass(frozen=True, slots=True)
class CallerCommitted:
    """Push to talk: the caller let go of the button."""


@dataclass(frozen=True, slots=True)
class CallerPlayed:
    """The caller's player has played the item up to here; also sent when it was cleared."""

    item_id: str
    played_ms: int


@dataclass(frozen=True, slots=True)
class CallerInterrupted:
    """The caller pressed stop."""


@dataclass(frozen=True, slots=True)
class CallerSwitched:
    """From now on the caller wants to hear the agent, or only to read it."""

    modality: Modality


@dataclass(frozen=True, slots=True)
class CallerHeld:
    """The caller has put the conversation on hold, where nobody hears anything, or goes on."""

    is_held: bool


@dataclass(frozen=True, slots=True)
class CallerPausedRecording:
    """The caller wants not to be recorded for now, or wants it again."""

    is_paused: bool


@dataclass(frozen=True, slots=True)
class CallerConfirmed:
    """The caller tapped yes or no on a confirmation."""

    confirmation_id: str
    is_accepted: bool


@dataclass(frozen=True, slots=True)
class CallerRated:
    score: int
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class CallerEnteredCode:
    """The caller typed a one-time code where the model does not see it."""

    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CallerShowed:
    """The caller shows a picture that was sent before, which is looked for first."""

    number: int


@dataclass(frozen=True, slots=True)
class CallerAnsweredCheck:
    """The caller proves who they are by what only they know."""

    proof: str
    """Which of the company's proofs."""
    answers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class CallerEnded:
    """The caller hung up."""


@dataclass(frozen=True, slots=True)
class CallerDropped:
    """The caller's socket is gone; they may come back within the grace time."""


@dataclass(frozen=True, slots=True)
class CallerReturned:
    """The caller is back on a new socket."""


# --- from the engine ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EngineReady:
    """The provider session has our instructions and tools."""

    expires_in_s: float | None = field(default=None, compare=False)
    """How long the session may last, by our clock; None where the provider does not say."""
    can_switch_answering: bool = field(default=False, compare=False)
    """It can be told whether it answers the caller's turns by itself."""


@dataclass(frozen=True, slots=True)
class EngineDropped:
    """The provider's socket is gone. ``code`` is one of errors' codes."""

    code: str
    message: str
    retry_after_s: float | None = None
    """How long the provider asks us to wait, where it says so."""


@dataclass(frozen=True, slots=True)
class EngineRefused:
    """The provider answered a request of ours with an error (realtime-protocol.md section 10)."""

    code: str
    message: str
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class AnsweringSwitched:
    """Turns that end from now on are answered by the provider itself, or only when asked."""

    by_itself: bool


@dataclass(frozen=True, slots=True)
class EngineCongested:
    """The provider does not take what it is sent, or takes it again."""

    is_congested: bool


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """Voice activity: the caller began to speak."""

    item_id: str
    audio_start_ms: int
    """By the provider's count of the sound that this session of its was sent."""


@dataclass(frozen=True, slots=True)
class SpeechStopped:
    item_id: str
    audio_end_ms: int


@dataclass(frozen=True, slots=True)
class SpeechCommitted:
    """The caller's audio became an item of the provider's conversation."""

    item_id: str


@dataclass(frozen=True, slots=True)
class TranscriptArrived:
    """Input transcript of a caller's item: a delta, or the final whole."""

    item_id: str
    text: str
    is_final: bool
    confidence: float | None = None
    """Of the final whole: the mean probability of its tokens; None where the provider has none."""
    usage: Usage | None = None
    """Of the final whole: what writing it down took, apart from what the model itself hears."""


@dataclass(frozen=True, slots=True)
class TranscriptFailed:
    item_id: str
    message: str
    is_expected: bool = False
    """This session writes nothing down, which one incident has said already."""


@dataclass(frozen=True, slots=True)
class ResponseStarted:
    response_id: str


@dataclass(frozen=True, slots=True)
class AgentAudio:
    """Generated audio of an agent's item."""

    response_id: str
    item_id: str
    audio: bytes
    sounding_ms: int
    """For how much of it there is something to hear: not silence."""
    lead_ms: int = 0
    """The silence before that."""
    tail_ms: int = 0
    """The silence behind it."""


@dataclass(frozen=True, slots=True)
class AgentText:
    """Generated words of an agent's item, as a delta."""

    response_id: str
    item_id: str
    delta: str
    is_spoken: bool
    """True for the transcript of audio; False where the text is the answer itself."""


@dataclass(frozen=True, slots=True)
class AgentItemFinished:
    """The provider has generated all of an agent's item, or cut it."""

    response_id: str
    item_id: str
    is_complete: bool


@dataclass(frozen=True, slots=True)
class ToolCallRequested:
    response_id: str
    tool_call_id: str
    name: str
    arguments: str


class ResponseStatus(StrEnum):
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    INCOMPLETE = "incomplete"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ResponseFinished:
    response_id: str
    status: ResponseStatus
    usage: Usage | None = None
    code: str | None = None
    """The provider's reason: ``turn_detected``, ``max_output_tokens``, ``rate_limit_exceeded`` …"""
    message: str | None = None
    retry_after_s: float | None = None
    """How long the provider asks us to wait, where it says so."""


# --- from the runtime --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ToolPrepared:
    """A write tool's arguments were checked and may run, perhaps after the caller's yes."""

    tool_call_id: str
    arguments_hash: str
    """Of the canonical arguments; what the caller agrees to is bound to it."""
    title: str
    summary: str
    """The read-back, written by the service from the arguments."""
    needs_confirmation: bool


@dataclass(frozen=True, slots=True)
class ToolFinished:
    tool_call_id: str
    status: ToolCallStatus
    output: str
    """JSON for the model."""
    is_shortened: bool = False
    """The tool gave more than a model is told."""


@dataclass(frozen=True, slots=True)
class ToolProgressed:
    """A slow tool runs on; ``say`` tells the caller how far it is."""

    tool_call_id: str
    say: str


@dataclass(frozen=True, slots=True)
class ToolDelayed:
    """A tool takes too long to wait for: the model is given this now, and ToolFinished later."""

    tool_call_id: str
    output: str
    """JSON for the model."""


@dataclass(frozen=True, slots=True)
class CallerProven:
    """The service is surer of who is calling than it was before."""

    caller: Caller


@dataclass(frozen=True, slots=True)
class ProofRefused:
    """A code or an answer was wrong, or there were too many."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class TurnRecorded:
    """The turn is committed to the database."""

    turn_id: str


@dataclass(frozen=True, slots=True)
class TimePassed:
    """The deadline that the dialogue asked for has come."""


@dataclass(frozen=True, slots=True)
class ServiceDraining:
    """The process will end soon: end the conversation at its next turn boundary."""


@dataclass(frozen=True, slots=True)
class ServiceStopping:
    """The process is about to end."""


# --- from a representative ---------------------------------------------------


@dataclass(frozen=True, slots=True)
class RepresentativeJoined:
    """A person of the team takes the conversation over, or is back on another line."""

    name: str
    is_patient: bool = False
    """The agent may come to the end of its sentence."""


@dataclass(frozen=True, slots=True)
class RepresentativeSpoke:
    audio: bytes


@dataclass(frozen=True, slots=True)
class RepresentativeFellSilent:
    """They let go of the button, or nothing comes of their microphone any more."""


@dataclass(frozen=True, slots=True)
class RepresentativeTyped:
    text: str


@dataclass(frozen=True, slots=True)
class RepresentativeTranscribed:
    """The words of what they said in an item are known; None: they will not be."""

    item_id: str
    text: str | None
    usage: Usage | None = None
    """What writing them down took."""


@dataclass(frozen=True, slots=True)
class RepresentativeAskedTool:
    """They want a tool to be run, under the rules that hold for the agent."""

    tool_call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class RepresentativeDropped:
    """Their line is gone in the midst of it; they may come back."""


@dataclass(frozen=True, slots=True)
class RepresentativeLeft:
    """They hand the conversation back to the agent."""

    is_cut_off: bool = False
    """Not of their own will: they may not speak with callers any more."""


@dataclass(frozen=True, slots=True)
class RepresentativeWhispered:
    """A line that only the model reads."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class TeamRung:
    """The team was asked for a person; somebody may come."""


@dataclass(frozen=True, slots=True)
class HandoffDeclined:
    """Nobody of the team takes over what the caller asked a person for."""

    is_unreachable: bool = False
    """There is nobody to ask."""


BUSY_CODES = frozenset({"provider_busy", "rate_limit_exceeded"})
"""The codes of a provider that has too much to do, at its door and in a session: waiting helps."""

CallerEvent: TypeAlias = (
    CallerAudio
    | CallerAudioRefused
    | CallerTyped
    | CallerCommitted
    | CallerPlayed
    | CallerInterrupted
    | CallerSwitched
    | CallerHeld
    | CallerPausedRecording
    | CallerConfirmed
    | CallerRated
    | CallerEnded
)
CallerProof: TypeAlias = CallerEnteredCode | CallerAnsweredCheck | CallerShowed
"""Checked outside the dialogue, which hears of the outcome alone."""
EngineEvent: TypeAlias = (
    EngineReady
    | EngineDropped
    | EngineRefused
    | AnsweringSwitched
    | SpeechStarted
    | SpeechStopped
    | SpeechCommitted
    | TranscriptArrived
    | TranscriptFailed
    | ResponseStarted
    | AgentAudio
    | AgentText
    | AgentItemFinished
    | ToolCallRequested
    | ResponseFinished
)
RepresentativeEvent: TypeAlias = (
    RepresentativeJoined
    | RepresentativeSpoke
    | RepresentativeFellSilent
    | RepresentativeTyped
    | RepresentativeTranscribed
    | RepresentativeAskedTool
    | RepresentativeDropped
    | RepresentativeLeft
    | RepresentativeWhispered
    | TeamRung
    | HandoffDeclined
)
RuntimeEvent: TypeAlias = (
    CallerDropped
    | CallerReturned
    | EngineCongested
    | ToolPrepared
    | ToolFinished
    | ToolProgressed
    | ToolDelayed
    | CallerProven
    | ProofRefused
    | TurnRecorded
    | TimePassed
    | ServiceDraining
    | ServiceStopping
)
Event: TypeAlias = CallerEvent | EngineEvent | RuntimeEvent | RepresentativeEvent

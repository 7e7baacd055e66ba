"""What to do: all that the dialogue can order, of the engine, the channel or the runtime."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from agent_service.agent import TurnDetectionSettings
from agent_service.conversation.arrivals import NOWHERE, Place
from agent_service.conversation.records import CallerLevel, Modality, Record, Role
from agent_service.conversation.spec import HistoryToolRound, HistoryTurn, Notice

# --- to the engine -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SendAudio:
    audio: bytes
    place: Place = field(default=NOWHERE, compare=False)
    """Where on the conversation's time axis it lies."""


@dataclass(frozen=True, slots=True)
class CommitAudio:
    """Push to talk: make an item of the audio sent so far."""


@dataclass(frozen=True, slots=True)
class SendText:
    """Add a typed turn of the caller to the provider's conversation."""

    text: str
    picture: bytes | None = field(default=None, repr=False)
    """A JPEG that the caller shows, for models that see; the text is its name."""


@dataclass(frozen=True, slots=True)
class RequestResponse:
    instructions: str | None = None
    """Replaces the session's instructions for this one response."""
    uses_tools: bool = True


@dataclass(frozen=True, slots=True)
class CancelResponse:
    response_id: str


@dataclass(frozen=True, slots=True)
class TruncateItem:
    """Cut the provider's memory of an agent's item to what was heard."""

    item_id: str
    audio_end_ms: int


@dataclass(frozen=True, slots=True)
class SwitchAnswering:
    """Have the provider answer the caller's turns by itself, or only when asked.

    Answered by AnsweringSwitched; only for a session that can be switched.
    """

    by_itself: bool
    detection: TurnDetectionSettings
    """How it finds the ends of turns, which is set together with that."""


@dataclass(frozen=True, slots=True)
class SwitchModality:
    """Have the provider speak its answers from now on, or write them."""

    modality: Modality


@dataclass(frozen=True, slots=True)
class AddNote:
    """Tell the model something that nobody said, for example how a tool call ended later on."""

    text: str


@dataclass(frozen=True, slots=True)
class SubmitToolResult:
    tool_call_id: str
    output: str


# --- to the caller -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlayAudio:
    item_id: str
    offset_ms: int
    """Where these bytes begin within the item."""
    audio: bytes


@dataclass(frozen=True, slots=True)
class ClearPlayback:
    """Drop all audio of the item that has not been played yet."""

    item_id: str


@dataclass(frozen=True, slots=True)
class ShowTranscript:
    """A caption. Exactly one of ``delta`` and ``text`` is set; ``is_final`` means: on record."""

    turn_id: str
    role: Role
    text: str | None = None
    delta: str | None = None
    is_final: bool = False
    item_id: str | None = None
    """The agent's item that the caption belongs to."""
    is_typed: bool = False
    """Of a caption of the caller's before it is on record: nothing of it was spoken."""
    notice: Notice | None = None
    """Which of the service's own sentences begins here; None for what the agent says."""
    heard_text: str | None = None
    """On final agent captions."""
    is_interrupted: bool = False
    first_audio_ms: int | None = None
    """On final agent captions."""
    is_noise: bool = False
    """Of a final caption: nothing was understood, and where people speak nobody need know."""


class Floor(StrEnum):
    """Who may speak now."""

    OPEN = "open"
    CALLER = "caller"
    AGENT = "agent"
    REPRESENTATIVE = "representative"


@dataclass(frozen=True, slots=True)
class ShowFloor:
    holder: Floor


@dataclass(frozen=True, slots=True)
class ShowTool:
    """Tool activity: ``status`` is ``awaiting_confirmation`` or a ToolCallStatus value."""

    tool_call_id: str
    name: str
    title: str
    status: str
    arguments: str | None = None
    output: str | None = None
    after: str | None = None
    """The turn that had begun last when it was asked for, or no longer had to wait."""


@dataclass(frozen=True, slots=True)
class ShowConfirmation:
    confirmation_id: str
    title: str
    summary: str
    arguments: str
    expires_at: datetime
    is_tap_only: bool = False
    """It could not be read back rightly: only a tap or a key accepts it."""
    question: str = ""
    """Whether to do it; ``summary`` are the terms alone."""


@dataclass(frozen=True, slots=True)
class WithdrawConfirmation:
    """The confirmation can no longer be answered. ``status`` is a ConfirmationStatus value."""

    confirmation_id: str
    status: str
    summary: str | None = None
    """The terms, where the caller was shown them."""
    after: str | None = None
    """The turn that had begun last."""


@dataclass(frozen=True, slots=True)
class ShowLevel:
    """The service is now this sure of who is calling."""

    level: CallerLevel
    after: str | None = None
    """The turn that had begun last."""


class RecordingStatus(StrEnum):
    """How it stands with recording the conversation's sound."""

    OFF = "off"
    ON = "on"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class ShowRecording:
    status: RecordingStatus


class HandoffStatus(StrEnum):
    """How it stands with a person of the team in the conversation."""

    REQUESTED = "requested"
    """The team is being rung."""
    JOINED = "joined"
    LEFT = "left"
    """The agent answers again."""
    DECLINED = "declined"
    NOBODY = "nobody"
    """Nobody has answered."""


@dataclass(frozen=True, slots=True)
class ShowHandoff:
    status: HandoffStatus
    name: str | None = None
    """Of who joined or left."""
    after: str | None = None
    """The turn that had begun last."""


@dataclass(frozen=True, slots=True)
class ShowIncident:
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ShowError:
    code: str
    message: str
    is_retryable: bool


# --- to the runtime ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PrepareTool:
    """Check a write tool's arguments and write its read-back.

    Answered by ToolPrepared or ToolFinished.
    """

    id: str
    tool_call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class RunTool:
    """Run the tool; answered by ToolFinished."""

    id: str
    """Of the ToolCallRecord; the ledger's key together with the conversation."""
    tool_call_id: str
    name: str
    arguments: str
    confirmation_id: str | None = None
    """Set when the caller agreed to exactly these arguments."""
    ordered_at: datetime | None = field(default=None, compare=False)
    """By the conversation's own time, to which a clock that is put forward or back does nothing."""


@dataclass(frozen=True, slots=True)
class ReopenEngine:
    """The provider session was lost: open another one with what was said and done so far."""

    history: tuple[HistoryTurn | HistoryToolRound, ...]
    delay_s: float


@dataclass(frozen=True, slots=True)
class KeepRecord:
    record: Record


@dataclass(frozen=True, slots=True)
class StartRecording:
    """The caller agreed to be recorded, from now on."""


@dataclass(frozen=True, slots=True)
class HoldRecording:
    """Silence what is recorded, until each holder has released it."""

    holder: str
    is_held: bool


class DeskStatus(StrEnum):
    """How it stands with who takes the conversation over."""

    JOINING = "joining"
    """The agent comes to the end of what the caller has to hear."""
    SPEAKING = "speaking"
    """They are heard."""
    CALLER_AWAY = "caller_away"
    """Nobody hears them until the caller is back."""
    CUT_OFF = "cut_off"
    """Their line is gone; the caller waits for them."""
    LEFT = "left"
    """The agent answers again."""


@dataclass(frozen=True, slots=True)
class TellRepresentative:
    status: DeskStatus


@dataclass(frozen=True, slots=True)
class WriteDown:
    """Have words made of what a representative says."""

    audio: bytes


@dataclass(frozen=True, slots=True)
class FinishWriting:
    """What was to be written down since the last time is one item.

    Answered by RepresentativeTranscribed.
    """

    item_id: str


@dataclass(frozen=True, slots=True)
class RingTeam:
    """The caller asks for a person."""

    reason: str


@dataclass(frozen=True, slots=True)
class EndConversation:
    """Nothing comes after this: close both sides."""

    reason: str


EngineCommand: TypeAlias = (
    SendAudio
    | CommitAudio
    | SendText
    | RequestResponse
    | CancelResponse
    | TruncateItem
    | SwitchAnswering
    | SwitchModality
    | AddNote
    | SubmitToolResult
)
CallerCommand: TypeAlias = (
    PlayAudio
    | ClearPlayback
    | ShowTranscript
    | ShowFloor
    | ShowTool
    | ShowConfirmation
    | WithdrawConfirmation
    | ShowLevel
    | ShowRecording
    | ShowHandoff
    | ShowIncident
    | ShowError
    | EndConversation
)
RuntimeCommand: TypeAlias = (
    PrepareTool
    | RunTool
    | ReopenEngine
    | KeepRecord
    | StartRecording
    | HoldRecording
    | TellRepresentative
    | WriteDown
    | FinishWriting
    | RingTeam
    | EndConversation
)
Command: TypeAlias = EngineCommand | CallerCommand | RuntimeCommand

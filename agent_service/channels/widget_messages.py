"""The messages of the conversation socket (subprotocol ``support.v1``) as they look on the wire.

Described for people in docs/conversation-socket.md; a test holds the two together.
"""

from typing import Annotated, Final, Literal, TypeAlias

from msgspec import Meta, Struct

SUBPROTOCOL = "support.v1"
MAX_TEXT: Final = 8_000
"""Characters that a caller may type at once, by whatever client."""
MOST_SHOWN: Final = 8

Identifier: TypeAlias = Annotated[str, Meta(min_length=1, max_length=255)]


class AudioFormat(Struct, frozen=True, forbid_unknown_fields=True):
    """How sound is coded, in both directions."""

    format: Literal["pcm16"] = "pcm16"
    rate: Literal[24000] = 24000
    """Hz."""


# --- caller to service -------------------------------------------------------


class Resume(Struct, frozen=True, forbid_unknown_fields=True):
    """Names the conversation to return to and the last message that arrived."""

    token: Identifier
    last_seq: Annotated[int, Meta(ge=0, le=2**32 - 1)] | None = None
    """Left out by a client that has nothing of the conversation any more, or never had."""


class FromCaller(Struct, frozen=True, forbid_unknown_fields=True, tag_field="type"):
    """What the caller's client may send as a text frame."""


class StartMessage(FromCaller, tag="start", frozen=True):
    ticket: Annotated[str, Meta(max_length=4096)] | None = None
    """Opens a new conversation."""
    mode: Literal["audio", "text"] = "audio"
    audio: AudioFormat = AudioFormat()
    resume: Resume | None = None
    """Returns to a conversation, in place of ``ticket``."""


class Numbered(FromCaller, frozen=True, kw_only=True):
    """What must not be lost with a line that nobody knows to be dead, nor be taken twice."""

    serial: Annotated[int, Meta(ge=1, le=2**32 - 1)] | None = None
    """The client's own number, which grows from one such message to the next."""


class TextMessage(Numbered, tag="text", frozen=True):
    text: Annotated[str, Meta(min_length=1, max_length=MAX_TEXT)]
    shown: Annotated[tuple[Identifier, ...], Meta(max_length=MOST_SHOWN)] | None = None
    """Of words that waited for the line: the questions that were in sight when they were typed."""


class CommitMessage(FromCaller, tag="commit", frozen=True):
    pass


class PlayedMessage(FromCaller, tag="played", frozen=True):
    item_id: Identifier
    played_ms: Annotated[int, Meta(ge=0, le=86_400_000)]


class InterruptMessage(FromCaller, tag="interrupt", frozen=True):
    pass


class ModeMessage(FromCaller, tag="mode", frozen=True):
    mode: Literal["audio", "text"]


class HoldMessage(Numbered, tag="hold", frozen=True):
    is_held: bool


class PauseRecordingMessage(Numbered, tag="pause_recording", frozen=True):
    is_paused: bool = True


class FormatMessage(FromCaller, tag="format", frozen=True):
    format: Literal["pcm16", "mulaw"]


class PingMessage(FromCaller, tag="ping", frozen=True):
    pass


class TransferMessage(FromCaller, tag="transfer", frozen=True):
    pass


class ConfirmMessage(FromCaller, tag="confirm", frozen=True):
    confirmation_id: Identifier
    accepted: bool


class RateMessage(Numbered, tag="rate", frozen=True):
    score: Annotated[int, Meta(ge=1, le=5)]
    comment: Annotated[str, Meta(max_length=2000)] | None = None


class CodeMessage(Numbered, tag="code", frozen=True):
    code: Annotated[str, Meta(min_length=4, max_length=12, pattern="^[0-9 -]+$")]
    """A one-time code that the service sent to the contact on file."""


class CheckMessage(Numbered, tag="check", frozen=True):
    proof: Annotated[str, Meta(max_length=24)]
    fields: Annotated[
        dict[Annotated[str, Meta(max_length=24)], Annotated[str, Meta(max_length=200)]],
        Meta(min_length=1, max_length=10),
    ]


class PictureMessage(Numbered, tag="picture", frozen=True):
    number: Annotated[int, Meta(ge=1, le=1000)]
    """Of a picture that was sent over HTTP."""


class EndMessage(Numbered, tag="end", frozen=True):
    pass


CallerMessage: TypeAlias = (
    StartMessage
    | TextMessage
    | CommitMessage
    | PlayedMessage
    | InterruptMessage
    | ModeMessage
    | HoldMessage
    | PauseRecordingMessage
    | FormatMessage
    | PingMessage
    | TransferMessage
    | ConfirmMessage
    | RateMessage
    | CodeMessage
    | CheckMessage
    | PictureMessage
    | EndMessage
)


# --- service to caller -------------------------------------------------------


class FromService(Struct, frozen=True, omit_defaults=True, tag_field="type"):
    """What the service sends as a text frame. A field that has nothing to say is left out."""

    seq: int


class ReadyNotice(FromService, tag="ready", frozen=True):
    conversation_id: str
    resume_token: str
    agent: str
    audio: AudioFormat
    is_resumed: bool
    mode: str
    time: str
    takes_pictures: bool = False
    taken: int = 0
    """The largest serial number that was taken of this caller's clients."""
    greets: bool = False
    """The agent speaks first."""


class TakenNotice(FromService, tag="taken", frozen=True):
    serial: int


class ClearNotice(FromService, tag="clear", frozen=True):
    item_id: str


class TranscriptNotice(FromService, tag="transcript", frozen=True):
    turn_id: str
    role: str
    is_final: bool
    text: str | None = None
    delta: str | None = None
    item_id: str | None = None
    notice: str | None = None
    heard_text: str | None = None
    is_interrupted: bool = False
    first_audio_ms: int | None = None


class FloorNotice(FromService, tag="floor", frozen=True):
    holder: str


class Source(Struct, frozen=True, omit_defaults=True):
    """What an answer rests on."""

    title: str
    url: str | None = None


class ToolNotice(FromService, tag="tool", frozen=True):
    tool_call_id: str
    name: str
    title: str
    status: str
    arguments: str | None = None
    output: str | None = None
    sources: list[Source] | None = None
    needs: str | None = None
    is_in_doubt: bool = False
    is_repeated: bool = False
    after: str | None = None


class ConfirmNotice(FromService, tag="confirm", frozen=True):
    confirmation_id: str
    title: str
    summary: str
    arguments: str
    expires_at: str
    is_tap_only: bool = False
    """It could not be read back rightly: only a tap or a key agrees to it, no word."""
    question: str = ""


class ConfirmClosedNotice(FromService, tag="confirm_closed", frozen=True):
    confirmation_id: str
    status: str
    summary: str | None = None
    after: str | None = None


class LevelNotice(FromService, tag="level", frozen=True):
    level: str
    after: str | None = None


class RecordingNotice(FromService, tag="recording", frozen=True):
    status: str


class HandoffNotice(FromService, tag="handoff", frozen=True):
    status: str
    name: str | None = None
    after: str | None = None


class IncidentNotice(FromService, tag="incident", frozen=True):
    code: str
    message: str


class PongNotice(FromService, tag="pong", frozen=True):
    pass


class TransferNotice(FromService, tag="transfer", frozen=True):
    token: str
    expires_at: str


class ErrorNotice(FromService, tag="error", frozen=True):
    code: str
    message: str
    retryable: bool
    field: str | None = None


class EndedNotice(FromService, tag="ended", frozen=True):
    reason: str


ServiceMessage: TypeAlias = (
    ReadyNotice
    | TakenNotice
    | ClearNotice
    | TranscriptNotice
    | FloorNotice
    | ToolNotice
    | ConfirmNotice
    | ConfirmClosedNotice
    | LevelNotice
    | RecordingNotice
    | HandoffNotice
    | IncidentNotice
    | PongNotice
    | TransferNotice
    | ErrorNotice
    | EndedNotice
)

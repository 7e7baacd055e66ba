"""Codec of the desk's socket (``desk.v1``): what a person of the team sends, and is told.

Described for people in docs/people.md; a test holds the two together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from struct import Struct
from typing import Annotated, Any, Final, Literal, TypeAlias

import msgspec

from agent_service.channels import widget
from agent_service.channels.widget import BadMessage, Frame
from agent_service.conversation.commands import (
    CallerCommand,
    DeskStatus,
    ShowConfirmation,
    ShowFloor,
    ShowHandoff,
    ShowTool,
    WithdrawConfirmation,
)
from agent_service.conversation.records import Modality
from agent_service.errors import AgentServiceError
from agent_service.strict_json import BadJson, loads

SUBPROTOCOL: Final = "desk.v1"

MAX_FRAME_BYTES: Final = widget.MAX_FRAME_BYTES

SHOWN: Final = (ShowTool, ShowConfirmation, WithdrawConfirmation, ShowHandoff, ShowFloor)
"""What the caller is shown and who speaks with them sees, too; captions are news."""

_TWO_CHANNELS: Final = 3
_SOUND_HEAD: Final = Struct("<BI")
"""Version, where it begins on the time axis in ms; PCM16 of caller and agent in turn follows."""


class FromDesk(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type"):
    """What a client of the desk may send as a text frame."""


class ListenMessage(FromDesk, tag="listen", frozen=True):
    is_on: bool


class WhisperMessage(FromDesk, tag="whisper", frozen=True):
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]


class TakeOverMessage(FromDesk, tag="take_over", frozen=True):
    when: Literal["now", "after_sentence"] = "now"


class DeskTextMessage(FromDesk, tag="text", frozen=True):
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=8000)]


class DeskCommitMessage(FromDesk, tag="commit", frozen=True):
    pass


class ListToolsMessage(FromDesk, tag="list_tools", frozen=True):
    pass


class RunToolMessage(FromDesk, tag="run_tool", frozen=True):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    arguments: dict[str, Any] = msgspec.field(default_factory=dict)


class HandBackMessage(FromDesk, tag="hand_back", frozen=True):
    pass


class DeclineMessage(FromDesk, tag="decline", frozen=True):
    pass


class DeskPingMessage(FromDesk, tag="ping", frozen=True):
    pass


DeskMessage: TypeAlias = (
    ListenMessage
    | WhisperMessage
    | TakeOverMessage
    | DeskTextMessage
    | DeskCommitMessage
    | ListToolsMessage
    | RunToolMessage
    | HandBackMessage
    | DeclineMessage
    | DeskPingMessage
)


class ToDesk(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="type"):
    """What the service tells a client of the desk."""


class DeskReadyNotice(ToDesk, tag="ready", frozen=True):
    conversation_id: str
    name: str
    rights: list[str]
    representative: str | None = None
    since: str | None = None
    """From when on they have the conversation."""
    is_ringing: bool = False
    """The caller asks for a person, and waits."""


class DeskStatusNotice(ToDesk, tag="status", frozen=True):
    status: str
    modality: str
    """Whether the caller hears now, or reads."""


class OfferedTool(msgspec.Struct, frozen=True, omit_defaults=True):
    name: str
    title: str
    arguments: Mapping[str, Any]
    refusal: str = ""
    """Why it may not run now."""


class ToolsNotice(ToDesk, tag="tools", frozen=True):
    items: list[OfferedTool]


class ToolAskedNotice(ToDesk, tag="tool_asked", frozen=True):
    tool_call_id: str
    name: str


class GapNotice(ToDesk, tag="gap", frozen=True):
    ms: int


class DeskPongNotice(ToDesk, tag="pong", frozen=True):
    pass


class DeskErrorNotice(ToDesk, tag="error", frozen=True):
    code: str
    message: str
    field: str | None = None


class DeskEndedNotice(ToDesk, tag="ended", frozen=True):
    reason: str


DeskNotice: TypeAlias = (
    DeskReadyNotice
    | DeskStatusNotice
    | ToolsNotice
    | ToolAskedNotice
    | GapNotice
    | DeskPongNotice
    | DeskErrorNotice
    | DeskEndedNotice
)


@dataclass(frozen=True, slots=True)
class Microphone:
    audio: bytes


def decode(frame: Frame) -> DeskMessage | Microphone:
    """Read a frame of a client; raise BadMessage naming the field at fault."""
    if isinstance(frame, bytes):
        return Microphone(widget.checked_audio(frame))
    try:
        value = loads(frame, max_bytes=MAX_FRAME_BYTES, max_depth=widget.MAX_DEPTH)
    except BadJson as error:
        raise BadMessage(f"The message is not acceptable JSON: {error}", code="bad_json") from error
    try:
        message: DeskMessage = msgspec.convert(value, DeskMessage)
    except msgspec.ValidationError as error:
        raise widget.explained(error) from error
    if isinstance(message, WhisperMessage | DeskTextMessage) and not message.text.strip():
        raise BadMessage("The text is blank.", code="bad_message", field="text")
    return message


def arguments_of(message: RunToolMessage) -> str:
    """Return a tool's arguments as the model would have written them."""
    return msgspec.json.encode(message.arguments).decode()


def encode(notice: DeskNotice) -> str:
    """Write a message of the service."""
    return msgspec.json.encode(notice).decode()


def status(told: DeskStatus, modality: Modality) -> str:
    return encode(DeskStatusNotice(told.value, modality.value))


def refusal(error: AgentServiceError) -> str:
    """Write what was refused and why."""
    field = error.field if isinstance(error, BadMessage) else None
    return encode(DeskErrorNotice(error.code, error.message, field))


def shown(command: CallerCommand) -> str | None:
    """Write what the caller is shown, where it concerns who speaks with them."""
    if not isinstance(command, SHOWN):
        return None
    frame = widget.encode(command, 0, shows_detail=True)
    assert isinstance(frame, str)
    return frame


def sound(at_ms: int, both: bytes) -> bytes:
    """Write two channels of PCM16, the caller's first."""
    return _SOUND_HEAD.pack(_TWO_CHANNELS, at_ms) + both


def decode_sound(frame: bytes) -> tuple[int, bytes]:
    """Read where a frame of sound begins, and its two channels, for clients of ours."""
    version, at_ms = _SOUND_HEAD.unpack_from(frame)
    if version != _TWO_CHANNELS:
        raise ValueError(f"sound of version {version}")
    return at_ms, frame[_SOUND_HEAD.size :]

"""Codec of the conversation socket: frames of the caller's client to events, commands to frames.

Pure: no socket, no clock. Audio bytes pass through unread, unless the line is slow.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from struct import Struct
from typing import Final, TypeAlias, assert_never

import msgspec

from agent_service.audio import decode_mulaw, encode_mulaw
from agent_service.channels.start import Start
from agent_service.channels.traits import PCM16_24K, Answer, ChannelTraits, PlayoutClock
from agent_service.channels.widget_messages import (
    AudioFormat,
    CallerMessage,
    CheckMessage,
    ClearNotice,
    CodeMessage,
    CommitMessage,
    ConfirmClosedNotice,
    ConfirmMessage,
    ConfirmNotice,
    EndedNotice,
    EndMessage,
    ErrorNotice,
    FloorNotice,
    FormatMessage,
    FromService,
    HandoffNotice,
    HoldMessage,
    IncidentNotice,
    InterruptMessage,
    LevelNotice,
    ModeMessage,
    Numbered,
    PauseRecordingMessage,
    PictureMessage,
    PingMessage,
    PlayedMessage,
    PongNotice,
    RateMessage,
    ReadyNotice,
    RecordingNotice,
    ServiceMessage,
    Source,
    StartMessage,
    TakenNotice,
    TextMessage,
    ToolNotice,
    TranscriptNotice,
    TransferMessage,
    TransferNotice,
)
from agent_service.conversation.commands import (
    CallerCommand,
    ClearPlayback,
    EndConversation,
    PlayAudio,
    ShowConfirmation,
    ShowError,
    ShowFloor,
    ShowHandoff,
    ShowIncident,
    ShowLevel,
    ShowRecording,
    ShowTool,
    ShowTranscript,
    WithdrawConfirmation,
)
from agent_service.conversation.events import (
    CallerAnsweredCheck,
    CallerAudio,
    CallerCommitted,
    CallerConfirmed,
    CallerEnded,
    CallerEnteredCode,
    CallerEvent,
    CallerHeld,
    CallerInterrupted,
    CallerPausedRecording,
    CallerPlayed,
    CallerProof,
    CallerRated,
    CallerShowed,
    CallerSwitched,
    CallerTyped,
)
from agent_service.conversation.records import Modality, ToolCallStatus
from agent_service.errors import AgentServiceError, CallerError
from agent_service.strict_json import BadJson, loads

TRAITS: Final = ChannelTraits(
    name="widget",
    kind="widget",
    playout=PlayoutClock.CALLER,
    audio=PCM16_24K,
    shows_captions=True,
    answers=frozenset({Answer.TAP}),
    can_return=True,
)

MAX_FRAME_BYTES: Final = 64 * 1024
MAX_DEPTH: Final = 8
_MOST_SOURCES: Final = 5

_PCM16: Final = 1
_MULAW: Final = 2
_AUDIO_HEAD: Final = Struct("<BBII")
"""Version, length of the item's identifier, seq, offset in ms; identifier and sound follow."""
_ERROR_FIELD: Final = re.compile(r"`\$\.([^`]*)`")
_OWN_PATH: Final = re.compile(r"/(?:[!-.0-\[\]-~][!-\[\]-~]*)?")
"""Neither ``//other.example`` nor the ``/\\`` that browsers take for it."""
_WEB_ADDRESS: Final = re.compile(r"(https?://[a-z0-9.:\[\]-]+)(?:[/?#][!-\[\]-~]*)?", re.IGNORECASE)
_UNKNOWN_OR_MISSING: Final = re.compile(r"field `([^`]*)`")

Frame: TypeAlias = str | bytes


class BadMessage(CallerError):
    """The message is not one of the conversation socket's."""

    def __init__(self, message: str, *, code: str, field: str | None = None) -> None:
        super().__init__(message, code=code)
        self.field = field


class ClientRequest(Enum):
    """What a client asks of its socket, and not of the conversation."""

    PING = auto()
    TRANSFER = auto()
    SHORT_SOUND = auto()
    """Sound in half as many bytes, from now on and both ways."""
    FULL_SOUND = auto()


@dataclass(frozen=True, slots=True)
class Repeatable:
    """An event that the client tells on each of its lines until it hears that it was taken."""

    serial: int
    event: CallerEvent | CallerProof


Incoming: TypeAlias = CallerEvent | CallerProof | Start | ClientRequest | Repeatable


@dataclass(frozen=True, slots=True)
class AudioFrame:
    """A binary frame of the service, taken apart."""

    seq: int
    item_id: str
    offset_ms: int
    audio: bytes


def decode(message: Frame, *, is_short: bool = False) -> Incoming:
    """Read one frame of the caller's client; raise BadMessage naming the field at fault."""
    if isinstance(message, bytes):
        return CallerAudio(_short_audio(message) if is_short else checked_audio(message))
    try:
        value = loads(message, max_bytes=MAX_FRAME_BYTES, max_depth=MAX_DEPTH)
    except BadJson as error:
        raise BadMessage(f"The message is not acceptable JSON: {error}", code="bad_json") from error
    try:
        read: CallerMessage = msgspec.convert(value, CallerMessage)
    except msgspec.ValidationError as error:
        raise explained(error) from error
    event = _event(read)
    if isinstance(read, Numbered) and read.serial is not None:
        assert not isinstance(event, Start | ClientRequest | Repeatable)
        return Repeatable(read.serial, event)
    return event


def checked_audio(audio: bytes) -> bytes:
    """Return PCM16 as it may come; raise BadMessage for anything else."""
    if len(audio) > MAX_FRAME_BYTES:
        problem = f"a frame of {len(audio)} bytes; the limit is {MAX_FRAME_BYTES}"
    elif len(audio) % 2:
        problem = f"an odd number of bytes ({len(audio)}); PCM16 samples have two each"
    elif not audio:
        problem = "an empty frame"
    else:
        return audio
    raise BadMessage(f"The audio has {problem}.", code="bad_audio")


def _short_audio(audio: bytes) -> bytes:
    if not 0 < len(audio) <= MAX_FRAME_BYTES // 2:
        problem = f"{len(audio)} bytes; it may have 1 to {MAX_FRAME_BYTES // 2}"
        raise BadMessage(f"The audio has {problem}.", code="bad_audio")
    return decode_mulaw(audio)


def explained(error: msgspec.ValidationError) -> BadMessage:
    """Return what is wrong with a message, and with which field."""
    text = str(error)
    found = _UNKNOWN_OR_MISSING.search(text) or _ERROR_FIELD.search(text)
    field = found.group(1)[:64] if found else None
    code = "unknown_type" if field == "type" else "bad_message"
    return BadMessage(f"The message is not valid: {text[:300]}.", code=code, field=field)


def _event(message: CallerMessage) -> Incoming:
    match message:
        case StartMessage():
            return _start(message)
        case TextMessage(text=text, shown=shown):
            if not text.strip():
                raise BadMessage("The text is blank.", code="bad_message", field="text")
            return CallerTyped(text, shown=shown)
        case CommitMessage():
            return CallerCommitted()
        case PlayedMessage(item_id=item_id, played_ms=played_ms):
            return CallerPlayed(item_id, played_ms)
        case InterruptMessage():
            return CallerInterrupted()
        case ModeMessage(mode=mode):
            return CallerSwitched(Modality(mode))
        case HoldMessage(is_held=is_held):
            return CallerHeld(is_held)
        case PauseRecordingMessage(is_paused=is_paused):
            return CallerPausedRecording(is_paused)
        case FormatMessage(format=format):
            is_short = format == "mulaw"
            return ClientRequest.SHORT_SOUND if is_short else ClientRequest.FULL_SOUND
        case PingMessage():
            return ClientRequest.PING
        case TransferMessage():
            return ClientRequest.TRANSFER
        case ConfirmMessage(confirmation_id=confirmation_id, accepted=accepted):
            return CallerConfirmed(confirmation_id, accepted)
        case RateMessage(score=score, comment=comment):
            return CallerRated(score, comment)
        case CodeMessage(code=code):
            return CallerEnteredCode("".join(filter(str.isdigit, code)))
        case CheckMessage(proof=proof, fields=fields):
            return CallerAnsweredCheck(proof, fields)
        case PictureMessage(number=number):
            return CallerShowed(number)
        case EndMessage():
            return CallerEnded()
        case _:
            assert_never(message)


def _start(message: StartMessage) -> Start:
    if (message.ticket is None) == (message.resume is None):
        raise BadMessage(
            "A start message has either a ticket or a resume, not both and not neither.",
            code="bad_message",
            field="ticket",
        )
    modality = Modality(message.mode)
    if message.resume is not None:
        return Start(modality, None, message.resume.token, message.resume.last_seq)
    return Start(modality, message.ticket)


def encode(
    command: CallerCommand,
    seq: int,
    *,
    shows_detail: bool = False,
    is_short: bool = False,
    linked: Collection[str] = (),
) -> Frame:
    """Write one command as a frame; tools' arguments and outputs only where detail is granted.

    ``linked`` are the web sites (origins) to which sources of an answer may lead.
    """
    if isinstance(command, PlayAudio):
        item_id = command.item_id.encode()
        version = _MULAW if is_short else _PCM16
        head = _AUDIO_HEAD.pack(version, len(item_id), seq, command.offset_ms)
        sound = encode_mulaw(command.audio) if is_short else command.audio
        return b"".join((head, item_id, sound))
    return encode_notice(_notice(command, seq, shows_detail, linked))


def encode_notice(notice: FromService) -> str:
    """Write a message of the service as a text frame."""
    return msgspec.json.encode(notice).decode()


def ready(
    seq: int,
    *,
    conversation_id: str,
    resume_token: str,
    agent: str,
    is_resumed: bool,
    modality: Modality,
    time: datetime,
    takes_pictures: bool = False,
    taken: int = 0,
    greets: bool = False,
) -> ReadyNotice:
    """Return the message that opens the conversation to the caller's audio and text."""
    return ReadyNotice(
        seq,
        conversation_id,
        resume_token,
        agent,
        AudioFormat(),
        is_resumed,
        modality.value,
        time.isoformat(),
        takes_pictures,
        taken,
        greets,
    )


def taken(seq: int, serial: int) -> TakenNotice:
    """Return the message that says up to which serial number all was taken."""
    return TakenNotice(seq, serial)


def pong(seq: int) -> PongNotice:
    """Return the message that says that the line is alive."""
    return PongNotice(seq)


def transfer(seq: int, token: str, expires_at: datetime) -> TransferNotice:
    """Return the message with which another device continues the conversation."""
    return TransferNotice(seq, token, expires_at.isoformat())


def refusal(seq: int, error: AgentServiceError) -> ErrorNotice:
    """Return the message that tells a client what was refused and why."""
    field = error.field if isinstance(error, BadMessage) else None
    return ErrorNotice(seq, error.code, error.message, error.is_retryable, field)


def _notice(
    command: CallerCommand, seq: int, shows_detail: bool, linked: Collection[str]
) -> ServiceMessage:
    match command:
        case ClearPlayback(item_id=item_id):
            return ClearNotice(seq, item_id)
        case ShowTranscript():
            return TranscriptNotice(
                seq,
                turn_id=command.turn_id,
                role=command.role.value,
                # An empty caption that is not final is no turn.
                is_final=command.is_final and not command.is_noise,
                text=command.text,
                delta=command.delta,
                item_id=command.item_id,
                notice=command.notice,
                heard_text=command.heard_text,
                is_interrupted=command.is_interrupted,
                first_audio_ms=command.first_audio_ms,
            )
        case ShowFloor(holder=holder):
            return FloorNotice(seq, holder.value)
        case ShowTool():
            told, is_done = _told(command), command.status == ToolCallStatus.SUCCEEDED
            return ToolNotice(
                seq,
                tool_call_id=command.tool_call_id,
                name=command.name,
                title=command.title,
                status=command.status,
                arguments=command.arguments if shows_detail else None,
                output=command.output if shows_detail else None,
                sources=_sources(told, linked) if is_done else None,
                needs=told.needs,
                is_in_doubt=told.status == "unknown",
                is_repeated=is_done and told.is_repeated,
                after=command.after,
            )
        case ShowConfirmation():
            return ConfirmNotice(
                seq,
                confirmation_id=command.confirmation_id,
                title=command.title,
                summary=command.summary,
                arguments=command.arguments,
                expires_at=command.expires_at.isoformat(),
                is_tap_only=command.is_tap_only,
                question=command.question,
            )
        case WithdrawConfirmation():
            return ConfirmClosedNotice(
                seq, command.confirmation_id, command.status, command.summary, command.after
            )
        case ShowLevel(level=level, after=after):
            return LevelNotice(seq, level.value, after)
        case ShowRecording(status=status):
            return RecordingNotice(seq, status.value)
        case ShowHandoff(status=status, name=name, after=after):
            return HandoffNotice(seq, status.value, name, after)
        case ShowIncident(code=code, message=message):
            return IncidentNotice(seq, code, message)
        case ShowError(code=code, message=message, is_retryable=is_retryable):
            return ErrorNotice(seq, code, message, is_retryable)
        case EndConversation(reason=reason):
            return EndedNotice(seq, reason)
        case PlayAudio():
            raise AssertionError("audio is written as a binary frame")
        case _:
            assert_never(command)


class _Told(msgspec.Struct, frozen=True):
    """What a caller may see of every tool's output; what is not as it should be is not there."""

    status: str = ""
    is_repeated: bool = False
    sources: list[Source] = []
    needs: str | None = None


def _told(command: ShowTool) -> _Told:
    try:
        return msgspec.json.decode(command.output or "{}", type=_Told)
    except msgspec.DecodeError:
        return _Told()


def _sources(told: _Told, linked: Collection[str]) -> list[Source] | None:
    return [
        each if each.url is None or _may_be_linked(each.url, linked) else Source(each.title)
        for each in told.sources[:_MOST_SOURCES]
    ] or None


def _may_be_linked(url: str, linked: Collection[str]) -> bool:
    """Tell whether the address is the embedding page's own site, or one of the allowed."""
    if _OWN_PATH.fullmatch(url):
        return True
    found = _WEB_ADDRESS.fullmatch(url)
    return found is not None and found[1].lower() in linked


def decode_notice(message: str) -> ServiceMessage:
    """Read a text frame of the service, for clients of ours."""
    notice: ServiceMessage = msgspec.json.decode(message, type=ServiceMessage)
    return notice


def decode_audio(message: bytes) -> AudioFrame:
    """Read a binary frame of the service, for clients of ours."""
    version, id_length, seq, offset_ms = _AUDIO_HEAD.unpack_from(message)
    if version not in (_PCM16, _MULAW):
        raise ValueError(f"audio frame of version {version}")
    start = _AUDIO_HEAD.size + id_length
    item_id, sound = message[_AUDIO_HEAD.size : start].decode(), message[start:]
    audio = decode_mulaw(sound) if version == _MULAW else sound
    return AudioFrame(seq, item_id, offset_ms, audio)

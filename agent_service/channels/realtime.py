"""Codec of Realtime clients: what any SDK of the Realtime protocol sends, and may.

Pure. Client events are an allow-list: each that is refused is refused by name. What is said to the
client is in ``realtime_writer.py``.
"""

import binascii
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import msgspec

from agent_service.channels import widget
from agent_service.channels.realtime_dialects import Dialect
from agent_service.channels.realtime_session import Refused, Session, updated
from agent_service.channels.traits import PCM16_24K, Answer, ChannelTraits, PlayoutClock
from agent_service.channels.widget import BadMessage, Frame
from agent_service.channels.widget_messages import MAX_TEXT
from agent_service.conversation.events import CallerEvent, CallerProof
from agent_service.strict_json import BadJson, loads

TRAITS: Final = ChannelTraits(
    name="realtime",
    kind="realtime",
    playout=PlayoutClock.SERVICE,
    audio=PCM16_24K,
    shows_captions=True,
    answers=frozenset({Answer.TAP}),
    can_return=False,
)

MAX_FRAME_BYTES: Final = widget.MAX_FRAME_BYTES
MAX_DEPTH: Final = 32
"""Of tools that somebody tries to bring along, which are to be refused as such."""
EXTRA: Final = "agent_service."
"""How the events begin that the protocol does not know."""

_EXTRAS: Final = ("confirm", "rate", "code", "check", "pause_recording", "end")
"""Messages of the conversation socket that a client may send under that name."""


@dataclass(frozen=True, slots=True)
class Sound:
    """As it came, in the session's format."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Commit:
    """The caller has finished."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A typed turn; it is answered once that is asked for."""

    item_id: str | None
    text: str


@dataclass(frozen=True, slots=True)
class AskForAnswer:
    modalities: list[str] | None
    """What the client takes the answer to be."""


@dataclass(frozen=True, slots=True)
class Stop:
    """The agent is to be silent."""

    needs_answer: bool = True
    """It is a mistake where nothing is said."""


@dataclass(frozen=True, slots=True)
class Truncate:
    """The client's player was stopped there."""

    item_id: str
    played_ms: int


@dataclass(frozen=True, slots=True)
class Retrieve:
    item_id: str


ClientEvent: TypeAlias = (
    CallerEvent
    | CallerProof
    | Session
    | Sound
    | Commit
    | Typed
    | AskForAnswer
    | Stop
    | Truncate
    | Retrieve
)
"""A ``Session`` is how it stands after an update."""


def parsed(frame: Frame) -> dict[str, Any]:
    """Return a client's event; raise BadMessage for what is none."""
    if isinstance(frame, bytes):
        raise BadMessage("Events are text: sound goes as base64 within them.", code="bad_message")
    try:
        event = loads(frame, max_bytes=MAX_FRAME_BYTES, max_depth=MAX_DEPTH)
    except BadJson as error:
        raise BadMessage(f"The event is not acceptable JSON: {error}", code="bad_json") from error
    if not isinstance(event, dict) or not isinstance(event.get("type"), str):
        raise BadMessage("An event is an object with a type.", code="bad_message", field="type")
    return event


def event_id(event: dict[str, Any]) -> str | None:
    """Return how the client names its event, for the answer."""
    given = event.get("event_id")
    return given[:512] if isinstance(given, str) else None


def decode(event: dict[str, Any], session: Session, dialect: Dialect) -> ClientEvent:
    """Say what a client's event asks for; raise Refused, or BadMessage where it is malformed."""
    kind: str = event["type"]
    match kind:
        case "input_audio_buffer.append":
            return Sound(_sound(event))
        case "input_audio_buffer.commit":
            return Commit()
        case "conversation.item.create":
            return _typed(event)
        case "response.create":
            return _asked(event)
        case "response.cancel":
            return Stop()
        case "output_audio_buffer.clear":
            return Stop(needs_answer=False)
        case "conversation.item.truncate":
            return Truncate(_text(event, "item_id"), _milliseconds(event, "audio_end_ms"))
        case "conversation.item.retrieve":
            return Retrieve(_text(event, "item_id"))
        case "session.update":
            given = event.get("session")
            if not isinstance(given, dict):
                raise BadMessage("A session belongs here.", code="bad_message", field="session")
            return updated(session, given, dialect)
    if kind.startswith(EXTRA):
        return _extra(kind.removeprefix(EXTRA), event)
    if kind in _REFUSALS:
        raise Refused(_REFUSALS[kind], code="not_allowed", field="type")
    raise BadMessage(f"No event has the type {kind[:64]!r}.", code="unknown_type", field="type")


_REFUSALS: Final = {
    "input_audio_buffer.clear": "What was sent has been heard: the agent listens as sound comes.",
    "conversation.item.delete": "What was said is on record: no client deletes it.",
    "transcription_session.update": "Agents have conversations: there is no mere transcription.",
}
"""What the protocol knows, and why a caller's client may not do it."""


def _sound(event: dict[str, Any]) -> bytes:
    try:
        sound = binascii.a2b_base64(_text(event, "audio"), strict_mode=True)
    except (binascii.Error, ValueError) as error:
        raise BadMessage(f"The audio is no base64: {error}.", code="bad_audio") from error
    if not sound:
        raise BadMessage("There is no audio.", code="bad_audio", field="audio")
    return sound


def _typed(event: dict[str, Any]) -> Typed:
    item = event.get("item")
    if not isinstance(item, dict):
        raise BadMessage("An item belongs here.", code="bad_message", field="item")
    if item.get("type") != "message" or item.get("role") != "user":
        raise Refused(
            "Callers' clients add messages of role user: what agents say, are told and use is "
            "theirs.",
            code="not_allowed",
            field="item.role" if item.get("type") == "message" else "item.type",
        )
    parts = item.get("content")
    if not isinstance(parts, list) or not parts:
        raise BadMessage("Content belongs here.", code="bad_message", field="item.content")
    words = []
    for part in parts:
        if not isinstance(part, dict) or part.get("type") != "input_text":
            raise Refused(
                "Write input_text; sound goes by input_audio_buffer.append.",
                code="unsupported_content_type",
                field="item.content",
            )
        words.append(_text(part, "text"))
    text = "\n".join(words)
    if not text.strip() or len(text) > MAX_TEXT:
        problem = f"The text has to have 1 to {MAX_TEXT} characters."
        raise BadMessage(problem, code="bad_message", field="item.content")
    return Typed(_item_id(item), text)


def _item_id(item: dict[str, Any]) -> str | None:
    given = item.get("id")
    if given is None:
        return None
    if not isinstance(given, str) or not 0 < len(given) <= 32:
        raise Refused(
            "An item's identifier has 1 to 32 characters.",
            code="string_above_max_length",
            field="item.id",
        )
    return given


_THE_ONE: Final = ("conversation", "auto")
"""There is no answer outside it."""


def _asked(event: dict[str, Any]) -> AskForAnswer:
    given = event.get("response") or {}
    if not isinstance(given, dict):
        raise BadMessage("An object belongs here.", code="bad_message", field="response")
    modalities = None
    for name, value in given.items():
        if name in ("modalities", "output_modalities"):
            modalities = value
        elif value is not None and name != "metadata" and (name, value) != _THE_ONE:
            raise Refused(
                "An answer cannot be given instructions, tools or anything else: ask without.",
                code="not_allowed",
                field=f"response.{name[:64]}",
            )
    return AskForAnswer(modalities)


def _extra(kind: str, event: dict[str, Any]) -> CallerEvent | CallerProof:
    if kind not in _EXTRAS:
        known = ", ".join(_EXTRAS)
        raise BadMessage(f"After {EXTRA} comes one of {known}.", code="unknown_type", field="type")
    message = {name: value for name, value in event.items() if name != "event_id"}
    frame = msgspec.json.encode(message | {"type": kind}).decode()
    read = widget.decode(frame)
    assert isinstance(read, CallerEvent | CallerProof)
    return read


def _text(event: dict[str, Any], name: str) -> str:
    value = event.get(name)
    if not isinstance(value, str):
        raise BadMessage(f"{name} is a text.", code="bad_message", field=name)
    return value


def _milliseconds(event: dict[str, Any], name: str) -> int:
    value = event.get(name)
    if type(value) is not int or not 0 <= value <= 86_400_000:
        raise BadMessage(f"{name} are milliseconds.", code="bad_message", field=name)
    return value

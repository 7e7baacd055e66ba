"""A Realtime client's session: what it is shown of the agent, and what it may change.

What an agent is told, may use and costs is the company's: it is neither shown nor changed here.
How it sounds and hears is the agent's: a client may say what it likes, and is shown what holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from agent_service.agent import TurnDetectionSettings
from agent_service.channels.realtime_dialects import FLAT_NAMES, FORMATS, Dialect
from agent_service.conversation.records import Modality
from agent_service.errors import CallerError


class Refused(CallerError):
    """The client may not do this, or not now: it is told so, and the conversation goes on."""

    def __init__(self, message: str, *, code: str, field: str | None = None) -> None:
        super().__init__(message, code=code)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """How it stands."""

    id: str
    agent: str
    voice: str
    language: str | None
    detection: TurnDetectionSettings
    expires_at: int
    """Unix seconds."""
    modality: Modality = Modality.AUDIO
    input_format: str = "audio/pcm"
    output_format: str = "audio/pcm"

    @property
    def modalities(self) -> list[str]:
        return [self.modality.value]


_AGENTS_OWN: Final[Mapping[str, object]] = {
    "instructions": "",
    "tools": [],
    "tool_choice": "auto",
    "prompt": None,
}
"""What a client may neither set nor see, with the value that changes nothing."""
_KEPT: Final = frozenset(
    {
        "id",
        "object",
        "expires_at",
        "model",
        "client_secret",
        "temperature",
        "max_output_tokens",
        "max_response_output_tokens",
        "truncation",
        "tracing",
        "include",
        "reasoning",
        "parallel_tool_calls",
    }
)
_KEPT_OF_SOUND: Final = frozenset(
    {"transcription", "noise_reduction", "turn_detection", "voice", "speed"}
)
_FLAT_OF_SOUND: Final = frozenset(
    {
        "voice",
        "speed",
        "turn_detection",
        "input_audio_transcription",
        "input_audio_noise_reduction",
    }
)
"""What a client may say, and what the agent keeps as it is."""


def updated(session: Session, given: Mapping[str, Any], dialect: Dialect) -> Session:
    """Return the session as a ``session.update`` leaves it; raise Refused, and change nothing."""
    for name, unchanged in _AGENTS_OWN.items():
        if given.get(name) not in (None, unchanged):
            raise Refused(
                f"An agent's {name.replace('_', ' ')} cannot be set by its callers' clients.",
                code="not_allowed",
                field=f"session.{name}",
            )
    if dialect.is_nested:
        return _nested(session, given)
    return _flat(session, given)


def _nested(session: Session, given: Mapping[str, Any]) -> Session:
    if given.get("type") != "realtime":
        raise Refused(
            "Give the session's type: realtime.",
            code="missing_required_parameter" if "type" not in given else "invalid_value",
            field="session.type",
        )
    _known(given, "session", _KEPT | _AGENTS_OWN.keys() | {"type", "output_modalities", "audio"})
    audio = _object(given, "audio", "session")
    _known(audio, "session.audio", {"input", "output"})
    for way in ("input", "output"):
        place = f"session.audio.{way}"
        sound = _object(audio, way, "session.audio")
        _known(sound, place, _KEPT_OF_SOUND | {"format"})
        if sound.get("format") is not None:
            given_format = _object(sound, "format", place)
            name = _format(given_format.get("type"), FORMATS, f"{place}.format")
            if given_format.get("rate") not in (None, FORMATS[name].rate_hz):
                raise _invalid(f"{place}.format.rate", given_format["rate"])
            session = _with_format(session, way, name)
    return _with_modalities(session, given, "output_modalities", ("audio",))


def _flat(session: Session, given: Mapping[str, Any]) -> Session:
    formats = {"input_audio_format", "output_audio_format"}
    _known(given, "session", _KEPT | _AGENTS_OWN.keys() | _FLAT_OF_SOUND | formats | {"modalities"})
    for way in ("input", "output"):
        field = f"{way}_audio_format"
        if given.get(field) is not None:
            name = _format(given[field], FLAT_NAMES, f"session.{field}")
            session = _with_format(session, way, FLAT_NAMES[name])
    return _with_modalities(session, given, "modalities", ("audio", "text"))


def _with_format(session: Session, way: str, name: str) -> Session:
    if way == "input":
        return replace(session, input_format=name)
    return replace(session, output_format=name)


def _with_modalities(
    session: Session, given: Mapping[str, Any], field: str, spoken: tuple[str, ...]
) -> Session:
    wanted = given.get(field)
    if wanted is None:
        return session
    if wanted == ["text"]:
        return replace(session, modality=Modality.TEXT)
    if isinstance(wanted, list) and sorted(map(str, wanted)) == list(spoken):
        return replace(session, modality=Modality.AUDIO)
    raise _invalid(f"session.{field}", wanted)


def _known(given: Mapping[str, Any], place: str, names: frozenset[str] | set[str]) -> None:
    for name in given:
        if name not in names:
            field = f"{place}.{name[:64]}"
            raise Refused(f"Unknown parameter: {field}.", code="unknown_parameter", field=field)


def _object(given: Mapping[str, Any], name: str, place: str) -> Mapping[str, Any]:
    value = given.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Refused("An object belongs here.", code="invalid_type", field=f"{place}.{name}")
    return value


def _format(given: object, known: Mapping[str, object], field: str) -> str:
    if not isinstance(given, str) or given not in known:
        raise _invalid(field, given)
    return given


def _invalid(field: str, value: object) -> Refused:
    return Refused(f"{str(value)[:100]!r} cannot be here.", code="invalid_value", field=field)


# --- as it is shown ----------------------------------------------------------


def shown(session: Session, dialect: Dialect) -> dict[str, Any]:
    """Return the session as its client sees it: nothing of what the agent is told or may use."""
    head = {"object": "realtime.session", "id": session.id, "model": session.agent}
    rest: dict[str, Any] = {
        **_AGENTS_OWN,
        "tracing": None,
        "expires_at": session.expires_at,
        "include": None,
    }
    transcription = {"language": session.language} if session.language else None
    if not dialect.is_nested:
        return {
            **head,
            **rest,
            "modalities": ["text"] if session.modality is Modality.TEXT else ["audio", "text"],
            "voice": session.voice,
            "input_audio_format": flat_name(session.input_format),
            "output_audio_format": flat_name(session.output_format),
            "input_audio_transcription": transcription,
            "turn_detection": _detection(session.detection),
            "input_audio_noise_reduction": None,
            "max_response_output_tokens": "inf",
        }
    heard = {
        "format": format_of(session.input_format),
        "transcription": transcription,
        "noise_reduction": None,
        "turn_detection": _detection(session.detection),
    }
    said = {"format": format_of(session.output_format), "voice": session.voice}
    return {
        "type": "realtime",
        **head,
        **rest,
        "output_modalities": session.modalities,
        "max_output_tokens": "inf",
        "truncation": "auto",
        "audio": {"input": heard, "output": said},
    }


def flat_name(name: str) -> str:
    """Return what flat sessions call a format."""
    return next(flat for flat, nested in FLAT_NAMES.items() if nested == name)


def format_of(name: str) -> dict[str, Any]:
    """Return a format as nested sessions have it."""
    return {"type": name, "rate": 24_000} if name == "audio/pcm" else {"type": name}


def _detection(detection: TurnDetectionSettings) -> dict[str, Any] | None:
    if detection.kind == "push_to_talk":
        return None
    answering = {"create_response": True, "interrupt_response": True}
    if detection.kind == "semantic_vad":
        return {"type": "semantic_vad", "eagerness": detection.eagerness, **answering}
    return {
        "type": "server_vad",
        "threshold": detection.threshold,
        "prefix_padding_ms": detection.prefix_padding_ms,
        "silence_duration_ms": detection.silence_duration_ms,
        "idle_timeout_ms": None,
        **answering,
    }

"""Reading the values of session members: voices, tools, turn detection and the like."""

from typing import Any

from agent_service.offline.protocol.dialects import Dialect
from agent_service.offline.protocol.errors import (
    invalid_value,
)
from agent_service.offline.protocol.members import (
    Members,
    Reader,
    boolean,
    integer,
    json_object,
    list_of,
    nullable,
    number,
    one_of,
    string,
)
from agent_service.offline.protocol.session import Transcription, TurnDetection

_EFFORTS = ("minimal", "low", "medium", "high", "xhigh")


def flat_modalities(value: Any, path: str) -> tuple[str, ...]:
    """Read the flat shape's modalities: text, or audio and text."""
    given = list_of(string)(value, path)
    if sorted(given) not in (["text"], ["audio", "text"]):
        raise invalid_value(
            path,
            f"Invalid modalities: {list(given)}. "
            "Supported combinations are: ['text'] and ['audio', 'text'].",
        )
    return given


def nested_modalities(value: Any, path: str) -> tuple[str, ...]:
    """Read the nested shape's one output modality."""
    given = list_of(string)(value, path)
    if given == ("audio",):
        return ("audio", "text")
    if given == ("text",):
        return given
    raise invalid_value(
        path,
        f"Invalid modalities: {list(given)}. Supported combinations are: ['text'] and ['audio'].",
    )


def voice_of(dialect: Dialect) -> Reader[str | dict[str, Any]]:
    """Read a voice of the dialect, or a custom one by its id."""

    def read(value: Any, path: str) -> str | dict[str, Any]:
        if isinstance(value, dict):
            members = Members(value, path)
            custom = members.required("id", string)
            members.finish()
            return {"id": custom}
        return one_of(*dialect.voices)(value, path)

    return read


def token_cap(largest: int) -> Reader[Any]:
    """Read a cap of output tokens."""

    def read(value: Any, path: str) -> Any:
        if value in ("inf", None):
            return "inf"
        return integer(1, largest)(value, path)

    return read


def noise_reduction(value: Any, path: str) -> dict[str, Any] | None:
    """Read null or a kind of noise reduction."""
    if value is None:
        return None
    members = Members(value, path)
    kind = members.required("type", one_of("near_field", "far_field"))
    members.finish()
    return {"type": kind}


def tracing(value: Any, path: str) -> str | dict[str, Any] | None:
    """Read null, ``auto`` or a tracing configuration."""
    if value is None or value == "auto":
        return value  # type: ignore[no-any-return]  # None or "auto", as just compared
    if isinstance(value, str):
        raise invalid_value(path, f"Invalid value: '{value}'. Supported values are: 'auto'.")
    members = Members(value, path)
    for name, reader in (
        ("workflow_name", string),
        ("group_id", string),
        ("metadata", json_object),
    ):
        members.optional(name, reader, None)
    members.finish()
    return dict(value)


def prompt(value: Any, path: str) -> dict[str, Any] | None:
    """Read null or a stored prompt."""
    if value is None:
        return None
    members = Members(value, path)
    members.required("id", string)
    members.optional("version", nullable(string), None)
    members.optional("variables", nullable(json_object), None)
    members.finish()
    return dict(value)


def reasoning(value: Any, path: str) -> dict[str, Any]:
    """Read how much the model may think."""
    members = Members(value, path)
    members.optional("effort", one_of(*_EFFORTS), "low")
    members.finish()
    return dict(value)


def truncation(value: Any, path: str) -> str | dict[str, Any]:
    """Read how an over-long context is cut."""
    if isinstance(value, str):
        return one_of("auto", "disabled")(value, path)
    members = Members(value, path)
    members.required("type", one_of("retention_ratio"))
    members.required("retention_ratio", number(0.0, 1.0))
    limits = members.optional("token_limits", nullable(json_object), None)
    if limits is not None:
        inner = Members(limits, f"{path}.token_limits")
        inner.optional("post_instructions", integer(0, 1_000_000), 0)
        inner.finish()
    members.finish()
    return dict(value)


def transcription_of(dialect: Dialect) -> Reader[Transcription | None]:
    """Read null or a transcription configuration of the dialect."""
    extras: dict[str, Reader[Any]] = {}
    if dialect.streams_transcription:
        extras |= {"language": nullable(string), "prompt": nullable(string)}
    if dialect.is_nested:
        words = nullable(list_of(string))
        extras |= {"languages": words, "keywords": words, "delay": nullable(one_of(*_EFFORTS))}

    def read(value: Any, path: str) -> Transcription | None:
        if value is None:
            return None
        members = Members(value, path)
        model = members.optional("model", one_of(*dialect.transcribers), dialect.transcribers[0])
        shown = {"model": model}
        for name, reader in extras.items():
            if members.has(name):
                shown[name] = members.required(name, reader)
        members.finish()
        return Transcription(model, shown)

    return read


def turn_detection_of(dialect: Dialect) -> Reader[TurnDetection | None]:
    """Read null or a turn detection of the dialect."""
    kinds = ("server_vad", "semantic_vad") if dialect.has_turn_flags else ("server_vad",)

    def read(value: Any, path: str) -> TurnDetection | None:
        # The first preview's clients switch detection off with a type of their own.
        if value is None or value == {"type": "none"}:
            return None
        members = Members(value, path)
        fallback = TurnDetection()
        kind = members.optional("type", one_of(*kinds), "server_vad")
        creates = interrupts = True
        if dialect.has_turn_flags:
            creates = members.optional("create_response", boolean, True)
            interrupts = members.optional("interrupt_response", boolean, True)
        if kind == "semantic_vad":
            eagerness = members.optional(
                "eagerness", one_of("low", "medium", "high", "auto"), "auto"
            )
            members.finish()
            return TurnDetection(
                type="semantic_vad",
                eagerness=eagerness,
                create_response=creates,
                interrupt_response=interrupts,
            )
        read_ms = integer(0, 60_000)
        detection = TurnDetection(
            threshold=members.optional("threshold", number(0.0, 1.0), fallback.threshold),
            prefix_padding_ms=members.optional(
                "prefix_padding_ms", read_ms, fallback.prefix_padding_ms
            ),
            silence_duration_ms=members.optional(
                "silence_duration_ms", read_ms, fallback.silence_duration_ms
            ),
            idle_timeout_ms=members.optional(
                "idle_timeout_ms", nullable(integer(5_000, 30_000)), None
            )
            if dialect.has_idle_timeout
            else None,
            create_response=creates,
            interrupt_response=interrupts,
        )
        members.finish()
        return detection

    return read

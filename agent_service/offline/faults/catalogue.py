"""The faults by name: what each does, and the parameters it takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

Value: TypeAlias = float | str


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One fault that can be asked for."""

    name: str
    about: str
    defaults: Mapping[str, Value] = field(default_factory=dict)
    """Parameters of its own, beside those that all faults have."""
    times: int = 0
    """How often it happens unless asked otherwise; 0 is every time."""


COMMON: Mapping[str, Value] = MappingProxyType({"after": 0, "times": 0, "chance": 1.0})
"""Parameters of every fault: spare the first ones, happen so often, happen with this chance."""

_AT_ANSWER = {"at": "response.created"}

CATALOGUE: tuple[FaultKind, ...] = (
    # The socket.
    FaultKind(
        "refuse",
        "The upgrade is refused with an HTTP status, 429 and 503 with Retry-After.",
        {"status": 503, "retry_after_s": 1},
    ),
    FaultKind(
        "latency",
        "Every server event arrives later, by a fixed time and a random one; order is kept.",
        {"ms": 200, "jitter_ms": 0},
    ),
    FaultKind(
        "close",
        "The socket is closed in place of an event; code 1006 is a connection that just breaks.",
        {"at": "response.created", "code": 1011, "reason": "fault"},
        times=1,
    ),
    FaultKind(
        "half_open",
        "In place of an event all goes quiet: nothing is read, sent or ponged for some seconds.",
        {"at": "response.created", "seconds": 60},
        times=1,
    ),
    FaultKind(
        "session_limit",
        "The session expires after some seconds, with the documented error and close.",
        {"seconds": 5},
    ),
    FaultKind(
        "beta_disabled",
        "The beta shape is refused after the upgrade, with close code 4000.",
    ),
    FaultKind(
        "malformed_json",
        "A frame that is not JSON comes before an event.",
        _AT_ANSWER,
        times=1,
    ),
    FaultKind(
        "unknown_event",
        "An event of a type that nobody knows comes before an event.",
        _AT_ANSWER,
        times=1,
    ),
    FaultKind(
        "event_duplicated",
        "An event is sent twice, with the same event id.",
        {"at": "response.done"},
        times=1,
    ),
    FaultKind(
        "event_missing",
        "An event is not sent.",
        {"at": "response.output_item.done"},
        times=1,
    ),
    FaultKind(
        "server_error",
        "An error event of type server_error comes before an event; the connection stays.",
        _AT_ANSWER,
        times=1,
    ),
    # What the caller said.
    FaultKind(
        "transcript_late",
        "The transcript of what the caller said comes later.",
        {"ms": 1500},
    ),
    FaultKind("transcript_missing", "The transcript never comes."),
    FaultKind("transcript_duplicated", "The final transcript comes twice."),
    FaultKind(
        "transcript_reordered",
        "A transcript is held back until the one of the next turn was sent.",
        times=1,
    ),
    FaultKind("transcript_failed", "Transcription fails: audio_unintelligible."),
    # Responses.
    FaultKind(
        "active_response_error",
        "A response is refused with conversation_already_has_active_response.",
        times=1,
    ),
    FaultKind(
        "response_slow",
        "A response is announced, and its first output comes later.",
        {"ms": 3000},
    ),
    FaultKind(
        "response_failed",
        "A response ends as failed after some words.",
        {"words": 0, "type": "server_error", "code": "server_error"},
    ),
    FaultKind(
        "rate_limited",
        "A response fails with rate_limit_exceeded and says when to try again.",
        {"retry_after_s": 20},
    ),
    FaultKind(
        "response_incomplete",
        "A response ends as incomplete after some words.",
        {"words": 3, "reason": "max_output_tokens"},
    ),
    FaultKind(
        "content_filtered",
        "A response is stopped by the content filter after some words.",
        {"words": 3},
    ),
    FaultKind(
        "response_cancelled",
        "A response is cancelled after some words although nobody asked.",
        {"words": 3, "reason": "turn_detected"},
    ),
    FaultKind("response_never_starts", "Nothing answers a request for a response."),
    FaultKind("response_never_ends", "A response goes quiet after its output, until cancelled."),
    # Its audio.
    FaultKind("audio_silent", "The audio of a response is silence of the right length."),
    FaultKind(
        "audio_clipped",
        "The audio of a response is driven into clipping.",
        {"gain": 20},
    ),
    FaultKind(
        "audio_ahead",
        "So much audio comes at once that it is far ahead of its playing.",
        {"seconds": 60},
    ),
    FaultKind(
        "audio_slow",
        "Audio comes slower than it plays, by this factor.",
        {"factor": 2},
    ),
    # Tool calls.
    FaultKind("call_repeated", "Every tool call is made again under a new call id."),
    FaultKind("call_duplicated", "Every tool call item is sent twice with the same call id."),
    FaultKind(
        "call_contradicted",
        "A tool call is followed by one of the same tool with other arguments.",
    ),
    FaultKind("call_garbled", "The arguments of tool calls are cut off and not JSON."),
    FaultKind("call_unknown_tool", "Tool calls name a tool that does not exist."),
    FaultKind(
        "hostile_model",
        "The model misuses the tools: other people's identifiers, invented confirmations, "
        "changed and absurd amounts, repeated calls, many at once; denials make it try again.",
        {"calls": 8},
    ),
)

KINDS: Mapping[str, FaultKind] = MappingProxyType({kind.name: kind for kind in CATALOGUE})

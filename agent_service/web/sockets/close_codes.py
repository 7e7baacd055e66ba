"""How refusals and ends look on a WebSocket: the closed list of codes and their close codes.

Only the sockets know these numbers; to all else there are codes in words.
docs/conversation-socket.md explains each; a test holds the two together.
"""

from typing import Final

from agent_service.errors import AgentServiceError, CallerError, EngineError

ENDED: Final = 1000
INTERNAL: Final = 1011
STOPPED: Final = 1012
BAD_MESSAGES: Final = 4400
SLOW_CONSUMER: Final = 4408
REPLACED: Final = 4409
NOT_PERMITTED: Final = 4403
PROVIDER_FAILED: Final = 4502
TRY_LATER: Final = 4503

CLOSE_CODES: Final[dict[str, int]] = {
    "start_expected": BAD_MESSAGES,
    "start_timeout": BAD_MESSAGES,
    "too_many_bad_messages": BAD_MESSAGES,
    "bad_ticket": 4401,
    "ticket_expired": 4401,
    "ticket_used": 4401,
    "origin_not_allowed": NOT_PERMITTED,
    "unknown_agent": 4404,
    "slow_consumer": SLOW_CONSUMER,
    "replaced": REPLACED,
    "resume_failed": 4410,
    "overloaded": TRY_LATER,
    "only_text": TRY_LATER,
    "service_stopping": TRY_LATER,
    "served_elsewhere": TRY_LATER,
    "storage": TRY_LATER,
    "internal_error": INTERNAL,
}
"""Refusals that end the socket. The close reason is the error's code."""

MESSAGE_CODES: Final = (
    "bad_json",
    "unknown_type",
    "bad_message",
    "bad_audio",
    "not_ready",
    "already_started",
    "too_fast",
    "confirmation_closed",
    "confirmation_not_heard",
)
"""Refusals of one message; the conversation goes on."""


def close_code(error: AgentServiceError) -> int:
    """Return the close code for an error that ends the socket."""
    if isinstance(error, EngineError):
        return PROVIDER_FAILED
    fallback = BAD_MESSAGES if isinstance(error, CallerError) else INTERNAL
    return CLOSE_CODES.get(error.code, fallback)


def end_code(reason: str) -> int:
    """Return the close code of a socket that this reason ended."""
    match reason:
        case "replaced":
            return REPLACED
        case "internal_error":
            return INTERNAL
        case "service_stopping":
            return STOPPED
        case "dropped" | "insufficient_quota":
            return PROVIDER_FAILED
        case _:
            return PROVIDER_FAILED if reason.startswith("provider_") else ENDED

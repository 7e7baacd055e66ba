"""A provider's refusals in words: what happened, and what to do about it."""

from collections.abc import Mapping

import msgspec

from agent_service.engines.mending import mended_json
from agent_service.engines.provider import ProviderChoice
from agent_service.engines.waiting import asked_in_headers, asked_in_words
from agent_service.errors import EngineError

_LONGEST_REASON = 300
_SHORTEST_SECRET = 8
"""A shorter key is a placeholder, and part of ordinary words."""

# Codes of error events that say the same as a status of the handshake does.
_STATUS_OF_CODE = {
    "invalid_api_key": 401,
    "model_not_found": 404,
    "DeploymentNotFound": 404,
}
_NO_QUOTA = "insufficient_quota"

BUSY = "rate_limit_exceeded"
"""How a provider says in a session that it has too much to do; at its door it is provider_busy."""
_BUSY_CODES = frozenset(
    {
        "rate_limit_exceeded",
        "rate_limit_error",
        "rate_limit_reached",
        "ratelimitreached",
        "requests",
        "tokens",
        "too_many_requests",
        "toomanyrequests",
        "429",
        "slow_down",
        "overloaded",
        "overloaded_error",
        "engine_overloaded",
        "server_overloaded",
    }
)


class ProviderUnavailable(EngineError):
    """The provider cannot answer now."""

    code = "provider_unavailable"
    is_retryable = True


def busy_code(code: str | None) -> str | None:
    """Return the code, and one and the same for all the ways to say that there is too much to do.

    A quota that is used up is none of them: waiting does not help.
    """
    return BUSY if code and code.lower() in _BUSY_CODES else code


def handshake_refused(
    choice: ProviderChoice, status: int, headers: Mapping[str, str], body: bytes
) -> EngineError:
    """Return the error for an answer other than 101."""
    reason, code = _reason(body, status)
    wait_s = asked_in_headers(headers)
    if wait_s is None:
        wait_s = asked_in_words(reason)
    return _refused(choice, status, code, reason, wait_s)


def session_refused(choice: ProviderChoice, code: str, message: str) -> EngineError:
    """Return the error for what ended or refused a session while it was set up."""
    if "beta_api_shape_disabled" in code + message:
        return EngineError(
            f"The provider no longer speaks {choice.dialect}: choose its GA dialect.",
            code="provider_unsupported",
        )
    wait_s = asked_in_words(message)
    if code == "dropped":
        return ProviderUnavailable(message, retry_after_s=wait_s)
    reason = message if code in message else f"{message} ({code})"
    status = 429 if code == BUSY else _STATUS_OF_CODE.get(code, 400)
    return _refused(choice, status, code, reason, wait_s)


def without_secrets(text: str, *secrets: str | None) -> str:
    """Return the text with every secret blacked out: providers repeat what they were sent."""
    for secret in secrets:
        if secret and len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, "[secret]")
    return text


def _refused(
    choice: ProviderChoice, status: int, code: str | None, reason: str, retry_after_s: float | None
) -> EngineError:
    if code == _NO_QUOTA:
        return EngineError(
            f"The provider's quota is used up, see to plan and billing: {reason}", code=_NO_QUOTA
        )
    match status:
        case 401 | 403:
            proof = "Entra ID token" if choice.is_keyless else "key"
            return EngineError(
                f"The provider refused the {proof}: {reason}", code="provider_refused_key"
            )
        case 404:
            return EngineError(
                f"The provider has no {choice.model!r} for the dialect {choice.dialect}: {reason}",
                code="provider_no_deployment",
            )
        case _ if status == 429 or busy_code(code) == BUSY:
            return ProviderUnavailable(
                f"The provider is busy: {reason}", code="provider_busy", retry_after_s=retry_after_s
            )
        case _ if status >= 500:
            return ProviderUnavailable(
                f"The provider cannot answer now: {reason}", retry_after_s=retry_after_s
            )
        case _:
            return EngineError(f"The provider refused the session: {reason}")


class _Problem(msgspec.Struct):
    message: str = ""
    code: str | None = None


class _Body(msgspec.Struct):
    """OpenAI and Azure say ``{"error": {...}}``, Azure's gateway ``{"message": ...}``."""

    error: _Problem | str | None = None
    message: str = ""


def _reason(body: bytes, status: int) -> tuple[str, str | None]:
    """Return what an answer says in words, and its code."""
    try:
        answer = msgspec.json.decode(mended_json(body), type=_Body)
    except (msgspec.DecodeError, RecursionError):
        answer = _Body()
    error = answer.error
    code = error.code if isinstance(error, _Problem) else None
    words = error.message if isinstance(error, _Problem) else error or answer.message
    words = " ".join(words.split())[:_LONGEST_REASON]
    return (f"{words} (HTTP {status})" if words else f"HTTP {status}."), code

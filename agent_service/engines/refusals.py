"""A provider's refusals in words: what happened, and what to do about it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import msgspec

from agent_service.engines.provider import ProviderChoice
from agent_service.errors import EngineError

_LONGEST_REASON = 300
_SHORTEST_SECRET = 8
"""A shorter key is a placeholder, and part of ordinary words."""

# Codes of error events that say the same as a status of the handshake does.
_STATUS_OF_CODE = {
    "invalid_api_key": 401,
    "model_not_found": 404,
    "DeploymentNotFound": 404,
    "rate_limit_exceeded": 429,
    "insufficient_quota": 429,
}


class ProviderUnavailable(EngineError):
    """The provider cannot answer now."""

    code = "provider_unavailable"
    is_retryable = True

    def __init__(
        self, message: str, *, code: str | None = None, retry_after_s: float | None = None
    ) -> None:
        super().__init__(message, code=code)
        self.retry_after_s = retry_after_s
        """How long the provider asks us to wait, where it says so."""


def handshake_refused(
    choice: ProviderChoice, status: int, headers: Mapping[str, str], body: bytes
) -> EngineError:
    """Return the error for an answer other than 101."""
    return _refused(choice, status, _reason(body, status), _retry_after_s(headers))


def session_refused(choice: ProviderChoice, code: str, message: str) -> EngineError:
    """Return the error for what ended or refused a session while it was set up."""
    if "beta_api_shape_disabled" in code + message:
        return EngineError(
            f"The provider no longer speaks {choice.dialect}: choose its GA dialect.",
            code="provider_unsupported",
        )
    if code == "dropped":
        return ProviderUnavailable(message)
    reason = message if code in message else f"{message} ({code})"
    return _refused(choice, _STATUS_OF_CODE.get(code, 400), reason, None)


def without_secrets(text: str, *secrets: str | None) -> str:
    """Return the text with every secret blacked out: providers repeat what they were sent."""
    for secret in secrets:
        if secret and len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, "[secret]")
    return text


def _refused(
    choice: ProviderChoice, status: int, reason: str, retry_after_s: float | None
) -> EngineError:
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
        case 429:
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


def _reason(body: bytes, status: int) -> str:
    try:
        answer = msgspec.json.decode(body, type=_Body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        answer = _Body()
    error = answer.error
    words = error.message if isinstance(error, _Problem) else error or answer.message
    words = " ".join(words.split())[:_LONGEST_REASON]
    return f"{words} (HTTP {status})" if words else f"HTTP {status}."


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    given = headers.get("Retry-After")
    if given is None:
        return None
    try:
        if given.strip().isascii() and given.strip().isdigit():
            return float(given)
        wait = parsedate_to_datetime(given) - datetime.now(UTC)
    except (ValueError, TypeError):
        return None
    return max(0.0, wait.total_seconds())

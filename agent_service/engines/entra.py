"""Entra ID tokens: how a service proves to Azure who it is without a key."""

import asyncio
from typing import Protocol

import structlog

from agent_service.clock import Clock
from agent_service.errors import EngineError, SettingsError

_RENEW_BEFORE_EXPIRY_S = 300
_PATIENCE_S = 15.0

_log = structlog.get_logger(__name__)


class AccessToken(Protocol):
    @property
    def token(self) -> str: ...

    @property
    def expires_on(self) -> int:
        """Unix seconds."""
        ...


class Credential(Protocol):
    """What we use of azure-identity. Blocking: it asks a server or starts a program."""

    def get_token(self, *scopes: str) -> AccessToken: ...


class EntraTokens:
    """Fetches a token when there is none that lives for five more minutes; one fetch at a time."""

    def __init__(self, scope: str, credential: Credential, clock: Clock) -> None:
        self._scope = scope
        self._credential = credential
        self._clock = clock
        self._token: AccessToken | None = None
        self._fetching = asyncio.Lock()

    async def token(self) -> str:
        """Return a token that is valid now; raise EngineError where none can be had."""
        async with self._fetching:
            if self._token is None or self._seconds_left(self._token) < _RENEW_BEFORE_EXPIRY_S:
                self._token = await self._renewed(self._token)
            return self._token.token

    async def _renewed(self, current: AccessToken | None) -> AccessToken:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                return await asyncio.to_thread(self._credential.get_token, self._scope)
        except Exception as error:
            # azure-identity has its own errors, which exist only where the extra is installed.
            reason = str(error).partition("\n")[0] or type(error).__name__
            _log.warning("entra_token_failed", reason=reason)
            if current is not None and self._seconds_left(current) > 0:
                return current
            raise EngineError(
                f"No Entra ID token could be had: {reason}", code="provider_refused_key"
            ) from error

    def _seconds_left(self, token: AccessToken) -> float:
        return token.expires_on - self._clock.utc().timestamp()


def default_credential() -> Credential:
    """Return what azure-identity finds here: environment, managed identity, a signed-in tool."""
    try:
        # An optional extra: a service with a key, or without Azure, does not have it.
        from azure.identity import DefaultAzureCredential  # noqa: PLC0415
    except ImportError:
        raise SettingsError(
            ['keyless sign-in needs azure-identity: pip install "agent-service[azure]"']
        ) from None
    return DefaultAzureCredential()

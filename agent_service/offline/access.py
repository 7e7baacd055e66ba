"""Who may connect: keys in all the places where clients put them, and ephemeral secrets."""

import hmac
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from starlette.requests import HTTPConnection

from agent_service.offline.protocol.ids import new_id
from agent_service.offline.protocol.session import SessionConfig

_KEY_SUBPROTOCOL = "openai-insecure-api-key."
_MOST_SECRETS = 10_000
_REQUEST_ID = "x-ms-client-request-id"
_PLAIN_ID = re.compile(r"[\w.-]{1,128}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Secret:
    """An ephemeral key and the session that it opens."""

    value: str
    expires_at: int
    """Unix seconds."""
    config: SessionConfig


class Access:
    """Checks keys; when none is configured, any key will do, as long as there is one."""

    def __init__(self, api_keys: Iterable[str] = (), now: Callable[[], float] = time.time) -> None:
        self._api_keys = tuple(key.encode() for key in api_keys)
        self._now = now
        self._secrets: dict[str, Secret] = {}

    def is_allowed(self, connection: HTTPConnection, *, secrets_too: bool = True) -> bool:
        """Say whether one of the keys that the client shows is good."""
        return any(self._is_good(key, secrets_too) for key in _shown_keys(connection))

    def secret_of(self, connection: HTTPConnection) -> Secret | None:
        """Return the ephemeral secret with which the client came, if it did."""
        for key in _shown_keys(connection):
            if secret := self._live(key):
                return secret
        return None

    def issue(self, config: SessionConfig, seconds: int) -> Secret:
        """Make an ephemeral secret; it opens any number of connections until it expires."""
        for value in [value for value in self._secrets if self._live(value) is None]:
            del self._secrets[value]
        if len(self._secrets) >= _MOST_SECRETS:
            del self._secrets[next(iter(self._secrets))]
        secret = Secret(new_id("ek_"), int(self._now()) + seconds, config)
        self._secrets[secret.value] = secret
        return secret

    def _live(self, value: str) -> Secret | None:
        secret = self._secrets.get(value)
        return secret if secret is not None and self._now() < secret.expires_at else None

    def _is_good(self, key: str, secrets_too: bool) -> bool:
        if key.startswith("ek_"):
            return secrets_too and self._live(key) is not None
        if not self._api_keys:
            return True
        return any(hmac.compare_digest(key.encode(), known) for known in self._api_keys)


def offered_subprotocols(connection: HTTPConnection) -> list[str]:
    """Return the WebSocket subprotocols that the client offers."""
    header = connection.headers.get("sec-websocket-protocol", "")
    return [name.strip() for name in header.split(",") if name.strip()]


def echoed_headers(connection: HTTPConnection) -> list[tuple[bytes, bytes]]:
    """Return the header that gives Azure clients the identifier of their request back."""
    given = connection.headers.get(_REQUEST_ID) or connection.query_params.get(_REQUEST_ID, "")
    if not _PLAIN_ID.fullmatch(given):
        return []
    return [(_REQUEST_ID.encode(), given.encode())]


def _shown_keys(connection: HTTPConnection) -> list[str]:
    """Return every key in header, query or subprotocol; some clients send theirs twice."""
    shown = [
        connection.headers.get("api-key", ""),
        _bearer(connection.headers.get("authorization", "")),
        connection.query_params.get("api-key", ""),
        _bearer(connection.query_params.get("Authorization", "")),
    ]
    shown += [
        name.removeprefix(_KEY_SUBPROTOCOL)
        for name in offered_subprotocols(connection)
        if name.startswith(_KEY_SUBPROTOCOL)
    ]
    return [key for key in shown if key]


def _bearer(value: str) -> str:
    scheme, _, token = value.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""

"""The servers that help two sides to find a way to each other (ICE): STUN says what one's address
is, TURN passes on what gets through in no other way, to whoever shows a password of the hour.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from agent_service.clock import Clock
from agent_service.settings.webrtc import WebRtcSettings

VALID_S: Final = 4 * 3600
"""How long a password opens a relay; a call that has begun keeps it."""


class IceServer(Struct, frozen=True, omit_defaults=True):
    """As browsers take it (``RTCIceServer``)."""

    urls: Sequence[str]
    username: str | None = None
    credential: str | None = None


class IceServers:
    def __init__(self, settings: WebRtcSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock

    def for_ticket(self, ticket_id: str) -> list[IceServer]:
        """Return the servers, with a password that is this ticket's."""
        settings = self._settings
        found = [IceServer(settings.stun_urls)] if settings.stun_urls else []
        if settings.turn_urls:
            assert settings.turn_secret is not None
            secret = settings.turn_secret.get_secret_value()
            expires_at = int(self._clock.utc().timestamp()) + VALID_S
            user = f"{expires_at}:{ticket_id}"
            found.append(IceServer(settings.turn_urls, user, _password(user, secret)))
        return found


def _password(user: str, secret: str) -> str:
    # As coturn's use-auth-secret and draft-uberti-behave-turn-rest have it.
    digest = hmac.new(secret.encode(), user.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def links(servers: Sequence[IceServer]) -> list[str]:
    """Return the servers as WHIP (RFC 9725) names them in ``Link`` headers."""
    return [
        "; ".join(
            (
                f"<{url}>",
                'rel="ice-server"',
                *(
                    (
                        f'username="{server.username}"',
                        f'credential="{server.credential}"',
                        'credential-type="password"',
                    )
                    if server.username
                    else ()
                ),
            )
        )
        for server in servers
        for url in server.urls
    ]

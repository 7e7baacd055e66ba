"""Calls over WebRTC: whether there are any, how many, and what helps them through firewalls."""

from typing import Annotated, Self

from pydantic import Field, SecretStr, model_validator

from agent_service.section import Section

StunUrl = Annotated[str, Field(pattern=r"^stun:[^\s?:/]+(:[0-9]{1,5})?$")]
TurnUrl = Annotated[str, Field(pattern=r"^turns?:[^\s?:/]+(:[0-9]{1,5})?(\?transport=(udp|tcp))?$")]


class WebRtcSettings(Section):
    """Calls over WebRTC (docs/webrtc.md)."""

    enabled: bool = False
    """Take calls over WebRTC, which needs the extra `webrtc`."""
    max_calls: int = Field(20, ge=1, le=10_000)
    """Calls at once; each takes about a twentieth of a core, several times what the widget's
    socket takes. They count among `server.max_conversations` too."""
    stun_urls: tuple[StunUrl, ...] = ()
    """Servers that tell callers, and this service, their address: `["stun:stun.example.com"]`."""
    turn_urls: tuple[TurnUrl, ...] = ()
    """Relays for callers behind strict firewalls: `["turns:turn.example.com?transport=tcp"]`."""
    turn_secret: SecretStr | None = Field(None, min_length=1)
    """What the relay shares with this service (coturn: `static-auth-secret`); each ticket gets a
    password of its own."""

    @model_validator(mode="after")
    def check_relays(self) -> Self:
        """A relay without a password would be anybody's."""
        if bool(self.turn_urls) != (self.turn_secret is not None):
            raise ValueError("turn_urls and turn_secret belong together")
        return self

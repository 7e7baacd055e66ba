"""Telephone calls: the carriers that bring them, and which agent answers which number."""

from base64 import b64decode
from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from agent_service.section import Section

PublicUrl = Annotated[
    str,
    Field(pattern=r"^https?://[^/?#@\s]+(/[^?#\s]*)?$"),
    AfterValidator(lambda value: value.rstrip("/")),
]
PhoneNumber = Annotated[str, Field(pattern=r"^\+?[0-9][0-9 ()./-]{2,30}$")]
Secret = Annotated[SecretStr, Field(min_length=1)]


def _check_public_key(value: str) -> str:
    try:
        is_key = len(b64decode(value, validate=True)) == 32
    except ValueError:
        is_key = False
    if not is_key:
        raise ValueError("should be the 32 bytes of an Ed25519 public key in base64")
    return value


def _check_connection(value: SecretStr) -> SecretStr:
    parts = dict(part.partition("=")[::2] for part in value.get_secret_value().split(";"))
    try:
        is_key = bool(b64decode(parts.get("accesskey", ""), validate=True))
    except ValueError:
        is_key = False
    if not is_key or not parts.get("endpoint", "").startswith("http"):
        raise ValueError("should be endpoint=https://...;accesskey=... as Azure shows it")
    return value


class PhoneSettings(Section):
    """Telephone calls by carriers, each of which is on where its key is set (docs/phone.md)."""

    public_url: PublicUrl | None = None
    """Under which carriers reach the service: `https://voice.example.com`."""
    numbers: dict[PhoneNumber, str] = Field(default_factory=dict)
    """Which agent answers at which number: `{ "+49 30 123456" = "support" }`; at others, the
    `default_agent`."""
    twilio_auth_token: Secret | None = None
    """Twilio: the account's auth token, which signs webhooks."""
    telnyx_public_key: Annotated[str, AfterValidator(_check_public_key)] | None = None
    """Telnyx: the account's public key (Ed25519), with which its webhooks are checked."""
    plivo_auth_token: Secret | None = None
    """Plivo: the account's auth token, which signs webhooks."""
    vonage_signature_secret: Secret | None = None
    """Vonage: the account's signature secret, which signs webhooks."""
    acs_connection_string: Annotated[SecretStr, AfterValidator(_check_connection)] | None = None
    """Azure Communication Services: the resource's, `endpoint=https://...;accesskey=...`."""
    acs_event_secret: Secret | None = None
    """What Event Grid shows as `Authorization: Bearer ...` with each event."""

    asterisk_secret: Annotated[SecretStr, Field(min_length=16)] | None = None
    """Asterisk or FreePBX: the `password` in its websocket_client.conf."""

    @model_validator(mode="after")
    def check_public_url(self) -> Self:
        """Signatures are made over the address that carriers use."""
        named = self.model_fields_set - {"public_url", "numbers", "asterisk_secret"}
        keys = sorted(name for name in named if getattr(self, name) is not None)
        if keys and self.public_url is None:
            raise ValueError(f"{keys[0]} needs public_url, under which the carrier comes")
        if (self.acs_connection_string is None) != (self.acs_event_secret is None):
            raise ValueError("acs_connection_string and acs_event_secret belong together")
        return self

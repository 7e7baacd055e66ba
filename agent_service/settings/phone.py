"""Telephone calls: the carriers that bring them, and which agent answers which number."""

from base64 import b64decode
from ipaddress import IPv4Address
from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from agent_service.section import Section

PublicUrl = Annotated[
    str,
    Field(pattern=r"^https?://[^/?#@\s]+(/[^?#\s]*)?$"),
    AfterValidator(lambda value: value.rstrip("/")),
]
SipAccount = Annotated[
    str,
    Field(pattern=r"^(sip:)?[^\s@:;<>\"?]+@[^\s@;<>\"?]+$"),
    AfterValidator(lambda value: value.removeprefix("sip:")),
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


def _check_quotable(value: SecretStr) -> SecretStr:
    if any(each in '"\\' or not each.isprintable() for each in value.get_secret_value()):
        raise ValueError("should hold neither quotes nor backslashes: the SIP stack takes none")
    return value


def _check_listen(value: str) -> str:
    host, _, port = value.rpartition(":")
    try:
        IPv4Address(host)
        is_place = port.isascii() and port.isdecimal() and 0 < int(port[:6]) < 65_536
    except ValueError:
        is_place = False
    if not is_place:
        raise ValueError("should be an IPv4 address of this machine and a port: 0.0.0.0:5060")
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

    sip_listen: Annotated[str, AfterValidator(_check_listen)] | None = None
    """`0.0.0.0:5060`: where telephones, trunks and PBXs call over SIP, by UDP and TCP. Needs the
    extra sip."""
    sip_account: SipAccount | None = None
    """`100@pbx.example.com`: what to register as, for calls to it."""
    sip_login: str | None = Field(None, pattern=r"^[^\s;<>\"\\\\]+$")
    """The account's name for its password, where that is another than its user."""
    sip_password: Annotated[Secret, AfterValidator(_check_quotable)] | None = None
    """The account's password."""

    @model_validator(mode="after")
    def check_public_url(self) -> Self:
        """Signatures are made over the address that carriers use."""
        keys = self._set("twilio_", "telnyx_", "plivo_", "vonage_", "acs_")
        if keys and self.public_url is None:
            raise ValueError(f"{keys[0]} needs public_url, under which the carrier comes")
        if (self.acs_connection_string is None) != (self.acs_event_secret is None):
            raise ValueError("acs_connection_string and acs_event_secret belong together")
        if self.sip_listen is None and (named := self._set("sip_")):
            raise ValueError(f"{named[0]} needs sip_listen, where calls over SIP come in")
        if self.sip_account is None and (self.sip_login or self.sip_password):
            raise ValueError("sip_login and sip_password are those of a sip_account")
        return self

    def _set(self, *prefixes: str) -> list[str]:
        return sorted(
            name
            for name in self.model_fields_set
            if name.startswith(prefixes) and getattr(self, name) is not None
        )

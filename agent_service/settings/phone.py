"""Telephone calls: the carriers that bring them, and which agent answers which number."""

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


class PhoneSettings(Section):
    """Telephone calls by carriers, each of which is on where its key is set (docs/phone.md)."""

    public_url: PublicUrl | None = None
    """Under which carriers reach the service: `https://voice.example.com`."""
    numbers: dict[PhoneNumber, str] = Field(default_factory=dict)
    """Which agent answers at which number: `{ "+49 30 123456" = "support" }`; at others, the
    `default_agent`."""
    twilio_auth_token: Secret | None = None
    """Twilio: the account's auth token, which signs webhooks."""

    @model_validator(mode="after")
    def check_public_url(self) -> Self:
        """Signatures are made over the address that carriers use."""
        named = self.model_fields_set - {"public_url", "numbers"}
        keys = sorted(name for name in named if getattr(self, name) is not None)
        if keys and self.public_url is None:
            raise ValueError(f"{keys[0]} needs public_url, under which the carrier comes")
        return self

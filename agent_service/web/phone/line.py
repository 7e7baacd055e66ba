"""What a carrier's webhook has to say, and how each carrier's is checked and answered."""

import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Final
from urllib.parse import parse_qsl
from xml.sax.saxutils import quoteattr

from starlette.responses import Response

from agent_service.channels.carrier import Carrier
from agent_service.errors import CallerError
from agent_service.strict_json import BadJson, loads
from agent_service.web.json_body import MAX_BODY_BYTES

MOST_FIELDS: Final = 100
FRESH_S: Final = 300
"""How old what a carrier signed may be, and how far its clock may be ahead of ours."""
HEADERS: Final = {"Cache-Control": "no-store"}


@dataclass(frozen=True)
class Webhook:
    """What a carrier sent."""

    url: str
    """As the carrier knows it."""
    headers: Mapping[str, str]
    body: bytes
    now: datetime

    @cached_property
    def form(self) -> list[tuple[str, str]]:
        """The fields of a form, in the order sent."""
        try:
            return parse_qsl(
                self.body.decode(),
                keep_blank_values=True,
                errors="strict",
                max_num_fields=MOST_FIELDS,
            )
        except ValueError as error:
            raise CallerError("The body is no form.", code="not_a_form") from error

    @cached_property
    def json(self) -> Any:
        """What was sent as JSON."""
        try:
            return loads(self.body, max_bytes=MAX_BODY_BYTES, max_depth=12)
        except BadJson as error:
            raise CallerError(error.message, code="bad_json") from error

    def check_fresh(self, signed_at: object) -> None:
        """Raise CallerError unless it was signed just now, in seconds since 1970."""
        text = str(signed_at)
        is_time = text.isascii() and text.isdecimal() and len(text) <= 15
        if not is_time or abs(self.now.timestamp() - int(text)) > FRESH_S:
            raise bad_signature()

    def field(self, name: str) -> str:
        """Return a field of the form that has to be there."""
        return checked_text(name, dict(self.form).get(name))

    @property
    def caller(self) -> str:
        """The field of the form that says who calls, for those who call it so."""
        return dict(self.form).get("From", "")


@dataclass(frozen=True, slots=True)
class IncomingCall:
    carrier_call_id: str
    number: str
    """That was called."""
    caller: str
    """The number that called, as the carrier writes it; empty where it is withheld."""
    context: str = field(default="", repr=False)
    """With what the carrier is asked to answer it, where that takes a request."""


@dataclass(frozen=True, slots=True)
class PhoneLine:
    """One carrier, as it is set up here."""

    carrier: Carrier
    check: Callable[[Webhook], IncomingCall | Response]
    """Returns what to answer where it is no call; raises CallerError for what is not signed."""
    answer: Callable[[IncomingCall, str], Awaitable[Response]]
    """Has the carrier open its media socket at that address."""
    busy: Callable[[IncomingCall], Awaitable[Response]]
    """Has the caller hear that all lines are busy."""
    reported: Callable[[Webhook, str], Awaitable[Response]] | None = None
    """Takes what the carrier tells of calls that were answered, and the end of the address that it
    was given for that."""


def checked_text(name: str, value: object) -> str:
    """Return a text that has to be there; raise CallerError where it is not."""
    if not isinstance(value, str) or not 0 < len(value) <= 200:
        raise CallerError(f"The body lacks {name}.", code="bad_request")
    return value


def is_same(given: str, expected: str) -> bool:
    """Compare signatures, in a time that says nothing of how much of them is right."""
    return hmac.compare_digest(given.encode(), expected.encode())


def bad_signature() -> CallerError:
    """Return the refusal of what the carrier did not sign, or not just now."""
    return CallerError("The signature does not fit.", code="bad_signature")


def xml(text: str) -> Response:
    """Return an answer in XML."""
    whole = f'<?xml version="1.0" encoding="UTF-8"?>\n<Response>{text}</Response>\n'
    return Response(whole, media_type="text/xml", headers=HEADERS)


def element(name: str, /, *, holds: str = "", **attributes: str) -> str:
    """Return an element of XML."""
    written = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{name}{written}>{holds}</{name}>"

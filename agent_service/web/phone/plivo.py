"""Plivo's webhook: signed with the account's auth token (its third version), answered in XML."""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlsplit, urlunsplit
from xml.sax.saxutils import escape

from starlette.responses import Response

from agent_service.channels.plivo import CARRIER
from agent_service.web.phone.line import (
    IncomingCall,
    PhoneLine,
    Webhook,
    bad_signature,
    element,
    is_same,
    xml,
)


def plivo_line(auth_token: str) -> PhoneLine:
    """Return the line of the account with that token."""

    def check(webhook: Webhook) -> IncomingCall:
        nonce = webhook.headers.get("x-plivo-signature-v3-nonce", "")
        expected = signature(auth_token, webhook.url, webhook.form, nonce)
        # While a token is being changed, there is one signature for each.
        given = webhook.headers.get("x-plivo-signature-v3", "").split(",")
        if not any(is_same(each.strip(), expected) for each in given):
            raise bad_signature()
        return IncomingCall(webhook.field("CallUUID"), webhook.field("To"), webhook.caller)

    return PhoneLine(CARRIER, check, answer, busy)


def signature(auth_token: str, url: str, form: Iterable[tuple[str, str]], nonce: str) -> str:
    """Return what Plivo signs a POST with."""
    parts = urlsplit(url)
    query = "&".join(f"{name}={value}" for name, value in sorted(parse_qsl(parts.query, True)))
    fields = "".join(name + value for name, value in sorted(form))
    signed = urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
    if query or fields:
        signed += f"?{query}"
    if query and fields:
        signed += "."
    digest = hmac.digest(auth_token.encode(), f"{signed}{fields}.{nonce}".encode(), hashlib.sha256)
    return base64.b64encode(digest).decode()


async def answer(call: IncomingCall, media_url: str) -> Response:
    """Have Plivo open a media socket; when that is closed, the call ends."""
    return xml(
        element(
            "Stream",
            holds=escape(media_url),
            bidirectional="true",
            keepCallAlive="true",
            contentType="audio/x-mulaw;rate=8000",
        )
    )


async def busy(call: IncomingCall) -> Response:
    """Have the caller hear the busy tone."""
    return xml(element("Hangup", reason="busy"))

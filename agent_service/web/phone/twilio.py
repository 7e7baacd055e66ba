"""Twilio's webhook: signed with the account's auth token, answered in TwiML."""

import base64
import hashlib
import hmac
from collections import defaultdict
from urllib.parse import urlsplit

from starlette.responses import Response

from agent_service.channels.twilio import CARRIER
from agent_service.web.phone.line import (
    IncomingCall,
    PhoneLine,
    Webhook,
    bad_signature,
    element,
    is_same,
    xml,
)


def twilio_line(auth_token: str) -> PhoneLine:
    """Return the line of the account with that token."""

    def check(webhook: Webhook) -> IncomingCall:
        given = webhook.headers.get("x-twilio-signature", "")
        # Whether the port that goes without saying is signed has changed over the years.
        urls = (webhook.url, _with_port(webhook.url))
        if not any(is_same(given, signature(auth_token, url, webhook.form)) for url in urls):
            raise bad_signature()
        return IncomingCall(webhook.field("CallSid"), webhook.field("To"), webhook.caller)

    return PhoneLine(CARRIER, check, answer, busy)


def signature(auth_token: str, url: str, form: list[tuple[str, str]]) -> str:
    """Return what Twilio signs a request with."""
    fields: defaultdict[str, set[str]] = defaultdict(set)
    for name, value in form:
        fields[name].add(value)
    signed = url + "".join(
        name + value for name in sorted(fields) for value in sorted(fields[name])
    )
    digest = hmac.digest(auth_token.encode(), signed.encode(), hashlib.sha1)
    return base64.b64encode(digest).decode()


def _with_port(url: str) -> str:
    parts = urlsplit(url)
    return url if parts.port else url.replace(parts.netloc, f"{parts.netloc}:443", 1)


async def answer(call: IncomingCall, media_url: str) -> Response:
    """Have Twilio open a media socket; when that is closed, the call ends."""
    return xml(element("Connect", holds=element("Stream", url=media_url)))


async def busy(call: IncomingCall) -> Response:
    """Have the caller hear the busy tone."""
    return xml(element("Reject", reason="busy"))

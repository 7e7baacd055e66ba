"""Telnyx's webhook: signed with the account's key (Ed25519), answered in TeXML."""

import binascii
from base64 import b64decode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from starlette.responses import Response

from agent_service.channels.telnyx import CARRIER
from agent_service.web.phone.line import (
    IncomingCall,
    PhoneLine,
    Webhook,
    bad_signature,
    element,
    xml,
)
from agent_service.web.phone.twilio import busy


def telnyx_line(public_key: str) -> PhoneLine:
    """Return the line of the account with that key, in base64."""
    key = Ed25519PublicKey.from_public_bytes(b64decode(public_key))

    def check(webhook: Webhook) -> IncomingCall:
        at = webhook.headers.get("telnyx-timestamp", "")
        try:
            given = b64decode(webhook.headers.get("telnyx-signature-ed25519", ""), validate=True)
            key.verify(given, at.encode() + b"|" + webhook.body)
        except (binascii.Error, ValueError, InvalidSignature) as error:
            raise bad_signature() from error
        webhook.check_fresh(at)
        return IncomingCall(webhook.field("CallSid"), webhook.field("To"), webhook.caller)

    return PhoneLine(CARRIER, check, answer, busy)


async def answer(call: IncomingCall, media_url: str) -> Response:
    """Have Telnyx open a media socket, in both directions and in the coding that we know."""
    stream = element(
        "Stream",
        url=media_url,
        codec="PCMU",
        bidirectionalMode="rtp",
        bidirectionalCodec="PCMU",
    )
    return xml(element("Connect", holds=stream))

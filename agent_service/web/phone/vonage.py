"""Vonage's webhook: signed by a JWT over its body, answered with call control objects (NCCO)."""

import hashlib
from typing import Any, Final

import jwt
from starlette.responses import JSONResponse, Response

from agent_service.channels.vonage import CALL_HEADER, CARRIER, CONTENT_TYPE
from agent_service.web.phone.line import (
    HEADERS,
    IncomingCall,
    PhoneLine,
    Webhook,
    bad_signature,
    checked_text,
    is_same,
)

_TIMES: Final = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}
"""They are compared with the service's own clock."""


def vonage_line(signature_secret: str) -> PhoneLine:
    """Return the line of the account with that secret."""

    def check(webhook: Webhook) -> IncomingCall:
        claims = _claims(webhook.headers.get("authorization", ""), signature_secret)
        webhook.check_fresh(claims["iat"])
        if not is_same(str(claims["payload_hash"]), hashlib.sha256(webhook.body).hexdigest()):
            raise bad_signature()
        asked = webhook.json if isinstance(webhook.json, dict) else {}
        return IncomingCall(
            checked_text("uuid", asked.get("uuid")),
            checked_text("to", asked.get("to")),
            str(asked.get("from") or ""),
        )

    return PhoneLine(CARRIER, check, answer, busy)


def _claims(authorization: str, secret: str) -> dict[str, Any]:
    kind, _, token = authorization.partition(" ")
    options: Any = {"require": ["iat", "payload_hash"], "verify_aud": False, **_TIMES}
    try:
        claims: dict[str, Any] = jwt.decode(token, secret, algorithms=["HS256"], options=options)
    except jwt.InvalidTokenError as error:
        raise bad_signature() from error
    if kind.lower() != "bearer":
        raise bad_signature()
    return claims


async def answer(call: IncomingCall, media_url: str) -> Response:
    """Have Vonage open a WebSocket, which says again which call it is."""
    endpoint = {
        "type": "websocket",
        "uri": media_url,
        "content-type": CONTENT_TYPE,
        "headers": {CALL_HEADER: call.carrier_call_id},
    }
    return JSONResponse([{"action": "connect", "endpoint": [endpoint]}], headers=HEADERS)


async def busy(call: IncomingCall) -> Response:
    """Have Vonage hang up: there is no busy tone."""
    return JSONResponse([], headers=HEADERS)

"""Azure Communication Services: an event says that a call comes in, and a request answers it.

Events come by Event Grid, which does not sign but shows a secret; what a call then reports comes
to an address that only Azure was told. The service ends a call by a request, too: without its
media socket a call would go on in silence.
"""

import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import msgspec
import structlog
from starlette.responses import JSONResponse, Response

from agent_service.channels.acs import CARRIER
from agent_service.clock import Clock
from agent_service.errors import CallerError, TryLater
from agent_service.web.phone.line import (
    HEADERS,
    IncomingCall,
    PhoneLine,
    Webhook,
    bad_signature,
    checked_text,
    is_same,
)

API_VERSION: Final = "2025-05-15"
LIMIT_S: Final = 10.0
MAX_CONTEXT: Final = 16 * 1024
_VALIDATION: Final = "Microsoft.EventGrid.SubscriptionValidationEvent"
_INCOMING: Final = "Microsoft.Communication.IncomingCall"
_STOPPED: Final = (
    "Microsoft.Communication.MediaStreamingStopped",
    "Microsoft.Communication.MediaStreamingFailed",
)

_log = structlog.get_logger()


class CallAutomation:
    """Azure's own side: requests signed with the resource's access key."""

    def __init__(
        self,
        endpoint: str,
        access_key: bytes,
        clock: Clock,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._key = access_key
        self._clock = clock
        self._transport = transport

    def token(self, call: str) -> str:
        """Return what only Azure knows of a call, beside us."""
        return hmac.digest(self._key, f"events of {call}".encode(), "sha256").hex()

    async def post(self, path: str, body: bytes) -> None:
        """Ask for something; raise TryLater where Azure does not do it."""
        target = f"{path}?api-version={API_VERSION}"
        headers = {**self._signed(target, body), "Content-Type": "application/json"}
        try:
            async with httpx.AsyncClient(transport=self._transport, timeout=LIMIT_S) as http:
                answer = await http.post(self._endpoint + target, content=body, headers=headers)
                answer.raise_for_status()
        except httpx.HTTPError as error:
            _log.error("carrier_refused", carrier="acs", path=path, reason=type(error).__name__)
            raise TryLater("Azure did not take the request.") from error

    def _signed(self, target: str, body: bytes) -> dict[str, str]:
        date = self._clock.utc().strftime("%a, %d %b %Y %H:%M:%S GMT")
        digest = b64encode(hashlib.sha256(body).digest()).decode()
        host = urlsplit(self._endpoint).netloc
        text = f"POST\n{target}\n{date};{host};{digest}"
        signature = b64encode(hmac.digest(self._key, text.encode(), "sha256")).decode()
        names = "x-ms-date;host;x-ms-content-sha256"
        return {
            "x-ms-date": date,
            "x-ms-content-sha256": digest,
            "Authorization": f"HMAC-SHA256 SignedHeaders={names}&Signature={signature}",
        }


def acs_line(
    connection_string: str,
    event_secret: str,
    public_url: str,
    clock: Clock,
    transport: httpx.AsyncBaseTransport | None = None,
) -> PhoneLine:
    """Return the line of the resource with that connection string."""
    endpoint, access_key = parts_of(connection_string)
    azure = CallAutomation(endpoint, access_key, clock, transport)

    def check(webhook: Webhook) -> IncomingCall | Response:
        events = dict(_events(webhook, "eventType"))
        if _VALIDATION in events:  # Event Grid asks whether this address wants events
            code = checked_text("validationCode", events[_VALIDATION].get("validationCode"))
            return JSONResponse({"validationResponse": code}, headers=HEADERS)
        if not is_same(webhook.headers.get("authorization", ""), f"Bearer {event_secret}"):
            raise bad_signature()
        return _incoming(events[_INCOMING]) if _INCOMING in events else _taken()

    async def answer(call: IncomingCall, media_url: str) -> Response:
        token = azure.token(call.carrier_call_id)
        body = {
            "incomingCallContext": call.context,
            "callbackUri": f"{public_url}/phone/acs/events/{token}",
            "mediaStreamingOptions": {
                "transportUrl": media_url,
                "transportType": "websocket",
                "contentType": "audio",
                "audioChannelType": "mixed",
                "startMediaStreaming": True,
                "enableBidirectional": True,
                "audioFormat": "pcm24KMono",
                "enableDtmfTones": True,
            },
        }
        await azure.post("/calling/callConnections:answer", msgspec.json.encode(body))
        return _taken()

    async def busy(call: IncomingCall) -> Response:
        body = {"incomingCallContext": call.context, "callRejectReason": "busy"}
        await azure.post("/calling/callConnections:reject", msgspec.json.encode(body))
        return _taken()

    async def reported(webhook: Webhook, token: str) -> Response:
        for kind, data in _events(webhook, "type"):
            call = checked_text("correlationId", data.get("correlationId"))
            if not is_same(token, azure.token(call)):
                raise bad_signature()
            if kind in _STOPPED:
                connection = checked_text("callConnectionId", data.get("callConnectionId"))
                if not connection.replace("-", "").isalnum():
                    raise CallerError("That is no call connection.", code="bad_request")
                await azure.post(f"/calling/callConnections/{connection}:terminate", b"")
        return _taken()

    return PhoneLine(CARRIER, check, answer, busy, reported)


def parts_of(connection_string: str) -> tuple[str, bytes]:
    """Return endpoint and key of ``endpoint=https://...;accesskey=...``; raise ValueError."""
    parts = dict(part.partition("=")[::2] for part in connection_string.split(";"))
    return parts.get("endpoint", "").rstrip("/"), b64decode(parts.get("accesskey", ""))


def _events(webhook: Webhook, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    events = webhook.json
    for event in events if isinstance(events, list) else [events]:
        if not isinstance(event, dict) or not isinstance(event.get("data"), dict):
            raise CallerError("An event has data.", code="bad_request")
        yield str(event.get(kind)), event["data"]


def _incoming(data: dict[str, Any]) -> IncomingCall:
    context, to = data.get("incomingCallContext"), data.get("to")
    if not isinstance(context, str) or not 0 < len(context) <= MAX_CONTEXT:
        raise CallerError("The body lacks incomingCallContext.", code="bad_request")
    call = checked_text("correlationId", data.get("correlationId"))
    number = checked_text("to", _number(to))
    return IncomingCall(call, number, _number(data.get("from")), context)


def _number(party: object) -> str:
    """Return the number that is called, or calls, in whatever words there are."""
    named = party if isinstance(party, dict) else {}
    phone = named.get("phoneNumber")
    number = phone.get("value") if isinstance(phone, dict) else named.get("rawId")
    return number.removeprefix("4:") if isinstance(number, str) else ""


def _taken() -> Response:
    return Response(status_code=200, headers=HEADERS)

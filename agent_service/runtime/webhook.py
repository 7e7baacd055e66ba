"""Delivers webhooks by the Standard Webhooks specification: signed, one id for all tries."""

import json
from datetime import datetime
from typing import Final

import httpx
from standardwebhooks import Webhook

from agent_service.clock import Clock
from agent_service.runtime.deliveries import Delivery
from agent_service.store.outbox import OutboxMessage

LIMIT_S: Final = 10.0
"""Of one try; the outbox waits no longer for any receiver than twice that."""
_GONE: Final = 410


class WebhookReceiver:
    """Sends messages to one address.

    Any status from 200 to 299 is a yes, and 410 says that nobody wants it; after every other
    answer, or none, it is tried again.
    """

    def __init__(self, url: str, secret: str, clock: Clock) -> None:
        self._url = url
        self._signer = Webhook(secret)
        self._clock = clock

    def deliver(self, message: OutboxMessage) -> Delivery:
        body = json.dumps(message.payload, ensure_ascii=False, separators=(",", ":"))
        headers = self._headers(message, body)
        # Its body is nobody's business, and may be endless. Who is sent elsewhere is not followed.
        with httpx.stream(
            "POST", self._url, content=body.encode(), headers=headers, timeout=LIMIT_S
        ) as answer:
            status = f"HTTP {answer.status_code}"
        if answer.status_code == _GONE:
            return Delivery(is_done=False, answer=status)
        if not answer.is_success:
            raise RuntimeError(f"the webhook was answered with {status}")
        return Delivery(is_done=True, answer=status)

    def _headers(self, message: OutboxMessage, body: str) -> dict[str, str]:
        at: datetime = self._clock.utc()
        return {
            "content-type": "application/json",
            "user-agent": "agent-service",
            "webhook-id": message.idempotency_key,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": self._signer.sign(message.idempotency_key, at, body),
        }

"""The WebSocket server protocol, with a door to the bare transport for faults below WebSocket."""

import asyncio
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

_EXTENSION = "agent_service.transport"


class RealtimeProtocol(WebSocketsSansIOProtocol):
    """Adds the transport to the scope's extensions, and takes a refusal for an answer."""

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if hasattr(self, "scope"):
            self.scope["extensions"][_EXTENSION] = {"transport": self.transport}

    async def send(self, message: Any) -> None:
        await super().send(message)
        is_refused = message["type"] == "websocket.http.response.body"
        if is_refused and not message.get("more_body", False):
            # Without this every refused upgrade is logged as an error of the application.
            self.handshake_complete = True


def transport_of(scope: Any) -> asyncio.Transport:
    """Return the transport below a WebSocket."""
    transport: asyncio.Transport = scope["extensions"][_EXTENSION]["transport"]
    return transport

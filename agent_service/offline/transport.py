"""The WebSocket server protocol, with a door to the bare transport for faults below WebSocket."""

import asyncio
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

_EXTENSION = "agent_service.transport"


class RealtimeProtocol(WebSocketsSansIOProtocol):
    """Adds the transport to the scope's extensions."""

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if hasattr(self, "scope"):
            self.scope["extensions"][_EXTENSION] = {"transport": self.transport}


def transport_of(scope: Any) -> asyncio.Transport:
    """Return the transport below a WebSocket."""
    transport = scope["extensions"][_EXTENSION]["transport"]
    assert isinstance(transport, asyncio.Transport)
    return transport

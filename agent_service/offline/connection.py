"""One socket: reads frames, hands events to the session, writes what the session emits."""

import asyncio
from collections.abc import Callable

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect

from agent_service import strict_json
from agent_service.offline.outbox import BROKEN, CloseFrame, DelayedFrame, GoSilent, Outbox
from agent_service.offline.protocol.errors import ProtocolError
from agent_service.offline.session import RealtimeSession
from agent_service.offline.transport import transport_of

_log = structlog.get_logger()

LARGEST_MESSAGE = 20 * 1024 * 1024
"""In bytes; an append carries at most 15 MiB of them as audio."""

SessionMaker = Callable[[Outbox, asyncio.TaskGroup], RealtimeSession]


class SocketEnded(Exception):
    """The client went away, or the close frame is out."""


class SocketSilenced(Exception):
    """A fault leaves the socket open and dead."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds} s")
        self.seconds = seconds


async def run_connection(
    websocket: WebSocket, make_session: SessionMaker, *, life_s: float
) -> None:
    """Serve an accepted socket until one side closes it."""
    outbox = Outbox()
    silent_s = 0.0
    try:
        async with asyncio.TaskGroup() as tasks:
            session = make_session(outbox, tasks)
            tasks.create_task(_write(websocket, outbox))
            tasks.create_task(_expire(session, outbox, life_s))
            session.open()
            await _read(websocket, session, outbox)
    except* SocketEnded:
        pass
    except* SocketSilenced as silenced:
        silent_s = max(e.seconds for e in silenced.exceptions if isinstance(e, SocketSilenced))
    except* Exception:  # a bug of ours: the client still gets a close code
        _log.exception("realtime_connection_failed")
        await _close(websocket, CloseFrame(1011, "server_error"))
    if silent_s:
        await _play_dead(websocket, silent_s)


async def _read(websocket: WebSocket, session: RealtimeSession, outbox: Outbox) -> None:
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            raise SocketEnded
        try:
            await session.handle(_parsed(message.get("text")))
        except ProtocolError as error:
            session.refuse(error)
        except Exception:  # a bug of ours must not take the call down
            _log.exception("client_event_failed")
            session.fail()
        await outbox.room_for_answers()


def _parsed(text: str | None) -> object:
    if text is None:
        raise ProtocolError("invalid_event", "Events are sent as text frames, not as binary ones.")
    try:
        event: object = strict_json.loads(text, max_bytes=LARGEST_MESSAGE)
    except strict_json.BadJson as error:
        raise ProtocolError(
            "invalid_json", f"We could not parse the JSON body of your event. {error.message}"
        ) from None
    if not isinstance(event, dict):
        raise ProtocolError("invalid_event", "An event is a JSON object with a 'type'.")
    return event


async def _write(websocket: WebSocket, outbox: Outbox) -> None:
    while True:
        match await outbox.take():
            case str(text):
                await _send(websocket, text)
            case DelayedFrame(text, due):
                await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
                await _send(websocket, text)
            case GoSilent(seconds):
                raise SocketSilenced(seconds)
            case CloseFrame() as frame:
                await _close(websocket, frame)
                raise SocketEnded


async def _send(websocket: WebSocket, text: str) -> None:
    try:
        await websocket.send_text(text)
    except (WebSocketDisconnect, RuntimeError):
        # The client went away between two frames; reading ends as well.
        raise SocketEnded from None


async def _close(websocket: WebSocket, frame: CloseFrame) -> None:
    if frame.code == BROKEN:
        transport_of(websocket.scope).abort()
        return
    try:
        await websocket.close(frame.code, frame.reason)
    except (WebSocketDisconnect, RuntimeError):
        _log.debug("already_closed")


async def _expire(session: RealtimeSession, outbox: Outbox, life_s: float) -> None:
    await asyncio.sleep(life_s)
    message = f"Your session hit the maximum duration of {life_s / 60:g} minutes."
    session.refuse(ProtocolError("session_expired", message))
    outbox.put(CloseFrame(1001, "session_expired"))


async def _play_dead(websocket: WebSocket, seconds: float) -> None:
    """Neither read nor write nor answer pings, then break the connection."""
    transport = transport_of(websocket.scope)
    try:
        async with asyncio.timeout(seconds):
            while True:
                # What was received before is dropped; asking for it may start reading again.
                transport.pause_reading()
                message = await websocket.receive()
                if message["type"] == "websocket.disconnect":
                    return
    except TimeoutError:
        transport.abort()

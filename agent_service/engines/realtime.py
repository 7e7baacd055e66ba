"""The provider's side of a conversation over the Realtime protocol: one socket, one codec."""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import replace

import structlog

from agent_service.conversation.commands import EngineCommand
from agent_service.conversation.events import (
    EngineDropped,
    EngineEvent,
    EngineReady,
    EngineRefused,
)
from agent_service.conversation.spec import SessionSpec
from agent_service.engines.address import handshake_headers
from agent_service.engines.extras import Extra, incident_code
from agent_service.engines.line import Line
from agent_service.engines.refusals import (
    ProviderUnavailable,
    handshake_refused,
    session_refused,
    without_secrets,
)
from agent_service.engines.session_shape import check_supported
from agent_service.engines.socket import HandshakeRefused, ProviderSocket, SocketHandlers
from agent_service.engines.waiting import asked_in_words
from agent_service.engines.wire import SessionOpened, Wire, WireEvent
from agent_service.errors import EngineError

_LONGEST_SESSION_S = 86_400.0

_log = structlog.get_logger(__name__)


class RealtimeEngine:
    """One provider session; opened once."""

    def __init__(self, line: Line) -> None:
        self.provider = line.choice.name
        self.model = line.choice.model
        self.on_congestion: Callable[[bool], None] = _nobody_listens
        """Called with True when the provider does not take what is sent, with False afterwards."""
        self.on_wire: Callable[[bool, str], None] | None = None
        """Called with each event as it is on the wire: whether it is ours, and the event."""
        self._line = line
        self._wire = Wire(line.dialect, line.choice.model, line.prices)
        self._take: Callable[[WireEvent], None] = self._take_opening
        """What is done with an event: one method per phase of the session's life."""
        self._deliver: Callable[[EngineEvent], None] | None = None
        self._held: list[WireEvent] = []
        self._beginning: asyncio.Handle | None = None
        self._spec: SessionSpec | None = None
        self._is_set_up: asyncio.Future[None] | None = None
        self._socket: ProviderSocket | None = None
        self._token: str | None = None

    async def open(self, spec: SessionSpec, deliver: Callable[[EngineEvent], None]) -> None:
        """Connect, replay history and configure; raise EngineError when the provider refuses."""
        check_supported(spec, self._line.dialect)
        loop = asyncio.get_running_loop()
        self._deliver = deliver
        self._spec = spec
        self._is_set_up = loop.create_future()
        if self._line.tokens is not None:
            self._token = await self._line.tokens.token()
        self._socket = ProviderSocket(
            self._line.uri,
            handshake_headers(self._line.choice, self._line.dialect, self._token),
            SocketHandlers(self._on_message, self._on_closed, self._on_congestion),
            self._line.limits.socket,
        )
        try:
            await self._connect(self._socket)
            await self._set_up(self._is_set_up)
        except BaseException:
            self._take = _ignore
            self._socket.abort()
            raise
        # Not before ``open`` has returned.
        self._beginning = loop.call_soon(self._begin)

    @property
    def reported_model(self) -> str:
        """Return which model answers: on Azure only the provider knows what a deployment runs."""
        return self._wire.reported_model

    @property
    def left_out(self) -> Mapping[Extra, str]:
        """Return the fields of the session that the provider refused, with its words."""
        return self._wire.left_out

    def send(self, command: EngineCommand) -> None:
        """Send a command; nothing happens once the provider is gone."""
        if self._socket is not None:
            self._send(self._socket, self._wire.encode(command))

    def pause_reading(self) -> None:
        if self._socket is not None:
            self._socket.pause_reading()

    def resume_reading(self) -> None:
        if self._socket is not None:
            self._socket.resume_reading()

    async def close(self) -> None:
        """End the session; nothing is delivered any more."""
        self._take = _ignore
        if self._beginning is not None:
            self._beginning.cancel()
        if self._wire.unknown_types:
            _log.info("unknown_provider_events", counts=dict(self._wire.unknown_types))
            self._wire.unknown_types.clear()
        if self._socket is not None:
            await self._socket.close()

    async def _connect(self, socket: ProviderSocket) -> None:
        uri, limits = self._line.uri, self._line.limits
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(limits.connect_s):
                await loop.create_connection(lambda: socket, uri.host, uri.port, ssl=self._line.tls)
                await socket.opened
        except HandshakeRefused as refusal:
            answer = refusal.response
            body = self._clean(bytes(answer.body).decode(errors="replace")).encode()
            raise handshake_refused(
                self._line.choice, answer.status_code, answer.headers, body
            ) from None
        except TimeoutError:
            raise ProviderUnavailable(
                f"{uri.host} did not answer within {limits.connect_s:g} seconds."
            ) from None
        except ssl.SSLCertVerificationError as error:
            raise EngineError(
                f"The certificate of {uri.host} is not trusted: {error.verify_message}.",
                code="provider_untrusted",
            ) from error
        except OSError as error:
            raise ProviderUnavailable(
                f"No connection to {uri.host}:{uri.port}: {error.strerror or error}."
            ) from error

    async def _set_up(self, is_set_up: asyncio.Future[None]) -> None:
        limit = self._line.limits.setup_s
        try:
            async with asyncio.timeout(limit):
                await is_set_up
        except TimeoutError:
            raise ProviderUnavailable(
                f"The provider did not set the session up within {limit:g} seconds."
            ) from None

    def _on_message(self, raw: bytes) -> None:
        if self.on_wire is not None:
            self.on_wire(False, self._clean(raw.decode(errors="replace")))
        for event in self._wire.decode(raw):
            self._take(event)

    def _on_closed(self, reason: str) -> None:
        message = f"The connection to the provider ended: {self._clean(reason)}."
        self._take(EngineDropped("dropped", message, asked_in_words(reason)))

    def _on_congestion(self, is_congested: bool) -> None:
        self.on_congestion(is_congested)

    def _take_opening(self, event: WireEvent) -> None:
        match event:
            case SessionOpened():
                self._configure(*self._wire.history(self._expected))
            case EngineReady():
                self._take = self._held.append
                self._settle(None)
            case EngineRefused("malformed_event"):
                # Whatever it was: the answer to our configuration comes, or its time runs out.
                _log.warning("provider_event_unreadable", reason=self._clean(event.message))
            case EngineRefused() if self._wire.leave_out(self._expected, event):
                self._configure()
            case EngineRefused(code, message) | EngineDropped(code, message):
                self._settle(session_refused(self._line.choice, code, self._clean(message)))
            case _:
                # Nothing else can happen in a session that is not configured yet.
                pass

    @property
    def _expected(self) -> SessionSpec:
        assert self._spec is not None  # nothing comes before ``open``
        return self._spec

    def _configure(self, *before: bytes) -> None:
        assert self._socket is not None
        for message in (*before, self._wire.configuration(self._expected)):
            self._send(self._socket, message)

    def _send(self, socket: ProviderSocket, message: bytes) -> None:
        if self.on_wire is not None:
            self.on_wire(True, message.decode(errors="replace"))
        socket.send(message)

    def _begin(self) -> None:
        self._take = self._take_live
        if self._deliver is not None:
            can_switch = self._line.dialect.knows_create_response
            self._deliver(EngineReady(self._expires_in_s(), can_switch_answering=can_switch))
            for extra, refusal in self._wire.left_out.items():
                self._deliver(EngineRefused(incident_code(extra), self._clean(refusal)))
        held, self._held = self._held, []
        for event in held:
            self._take(event)

    def _expires_in_s(self) -> float | None:
        """Return how long the session lasts, unless the two clocks are too far apart to say."""
        if self._wire.expires_at is None:
            return None
        left_s = self._wire.expires_at - self._line.clock.utc().timestamp()
        return left_s if 0 < left_s <= _LONGEST_SESSION_S else None

    def _take_live(self, event: WireEvent) -> None:
        if isinstance(event, SessionOpened | EngineReady) or self._deliver is None:
            return
        if isinstance(event, EngineDropped):
            self._take = _ignore
            if self._socket is not None:
                self._socket.hang_up()
        if isinstance(event, EngineDropped | EngineRefused):
            event = replace(event, message=self._clean(event.message))
        self._deliver(event)

    def _settle(self, error: EngineError | None) -> None:
        if self._is_set_up is None or self._is_set_up.done():
            return
        if error is None:
            self._is_set_up.set_result(None)
        else:
            self._is_set_up.set_exception(error)

    def _clean(self, text: str) -> str:
        return without_secrets(text, self._line.choice.api_key, self._token)


def _nobody_listens(_is_congested: bool) -> None:
    pass


def _ignore(_event: WireEvent) -> None:
    pass

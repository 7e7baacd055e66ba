"""Calls over SIP, without a PBX between: the only module that knows the SIP stack.

The stack has a thread of its own, and one instance a process. Its events come on the event loop;
the sound of a call lies in buffers that are looked into every 20 ms.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from socket import AF_INET, SOCK_DGRAM, socket
from typing import Final
from urllib.parse import unquote

import structlog
from baresip import (
    Account,
    AudioNotActive,
    AudioRestarted,
    BaresipError,
    Call,
    CallState,
    Config,
    Event,
    RegistrationError,
    Runtime,
    StackEvent,
    UserAgent,
)

from agent_service.channels import sip
from agent_service.channels.sound import Ear
from agent_service.channels.start import Start
from agent_service.channels.traits import AudioFormat
from agent_service.clock import Clock
from agent_service.errors import AgentServiceError, SettingsError, TryLater
from agent_service.settings import PhoneSettings
from agent_service.web.phone.line import IncomingCall
from agent_service.web.phone.webhooks import Switchboard
from agent_service.web.sockets.admission import Admission
from agent_service.web.sockets.attachment import Attachment, Conversations
from agent_service.web.sockets.lane import Frame, ignore_congestion
from agent_service.web.sockets.phone import PhoneChannel
from agent_service.web.tickets import Grant

CODECS: Final = ("g722/16000/1", "pcma", "pcmu")
SILENT_S: Final = 30
"""After so long without any packet, a telephone is gone."""
REGISTERED_S: Final = 300
"""After which a registration is renewed."""
CLOSE_S: Final = 2.0
"""How long the end of what was said may take to leave before the call is hung up."""
TICK_S: Final = 0.02
LATE_S: Final = 0.1
"""So late, nothing is made up for."""
LONGEST_BYTES: Final = 16_000
"""Of sound at once: what came while the process was busy."""
_SOUND: Final = """
audio_jitter_buffer_type fixed
audio_jitter_buffer_ms 20-60
rtp_ports 10000-20000
"""

_log = structlog.get_logger()


class SipLine:
    """One call as a lane."""

    def __init__(self, call: Call) -> None:
        self.on_congestion: Callable[[bool], None] = ignore_congestion
        self._call = call
        self._loop = asyncio.get_running_loop()
        self._is_wanted = asyncio.Event()
        """Somebody listens: the call is to be answered."""
        self._gone = asyncio.Event()
        self._is_closing = False
        self._deliver: Callable[[Frame], None] = lambda frame: None
        self._outgoing = sip.Outgoing()
        self._ear: Ear | None = None
        """None until the sound of the call has a rate."""
        self._is_flushing = False
        self._due = 0.0
        self._timer: asyncio.Handle = self._loop.call_soon(lambda: None)

    def send(self, frame: Frame) -> None:
        if isinstance(frame, bytes):
            self._outgoing.add(frame)
        elif frame == sip.ANSWER:
            self._is_wanted.set()
        elif frame == sip.CLEAR:
            self._outgoing.clear()
            self._flush()
        elif (mark := sip.ordered_mark(frame)) is not None:
            self._outgoing.mark(mark)

    def close(self, code: int, reason: str) -> None:
        if self._is_closing:
            return
        self._is_closing = True
        self._loop.call_later(0 if self._ear is None else CLOSE_S, self._gone.set)

    async def run(self, deliver: Callable[[Frame], None]) -> None:
        self._deliver = deliver
        self._call.on(self._happened)
        self._call.on_dtmf(lambda key: self._deliver(sip.pressed(key.digit)))
        if self._call.state is CallState.CLOSED:
            return
        self._due = self._loop.time()
        self._timer = self._loop.call_soon(self._tick)
        try:
            deliver(sip.BEGAN)
            async with asyncio.TaskGroup() as tasks:
                answering = tasks.create_task(self._answer())
                await self._gone.wait()
                answering.cancel()
        finally:
            self._deliver = lambda frame: None
            self._timer.cancel()
            with suppress(BaresipError):  # it is gone by then, where the caller has hung up
                await self._call.hangup()

    async def _answer(self) -> None:
        await self._is_wanted.wait()
        try:
            await self._call.answer()
        except BaresipError as error:
            _log.warning("call_not_answered", call=self._call.call_id, error=str(error))
            self._gone.set()

    def _happened(self, event: StackEvent) -> None:
        if event.event is Event.CALL_CLOSED:
            self._gone.set()

    # --- the sound ---

    def _tick(self) -> None:
        try:
            self._exchange()
        except AudioNotActive:
            """The call has not been answered, or has just ended."""
        except AudioRestarted:
            self._ear = None  # it goes on at another rate, or place
        now = self._loop.time()
        self._due += TICK_S
        if now > self._due + LATE_S:
            self._due = now
        self._timer = self._loop.call_at(self._due, self._tick)

    def _exchange(self) -> None:
        audio = self._call.audio
        heard = audio.read(LONGEST_BYTES)
        state = audio.info()
        if self._ear is None:
            if not (state.tx_ready and state.rx_ready):
                return
            self._ear = Ear(AudioFormat("pcm16", state.rx_sample_rate))
            self._outgoing.restart(state.tx_sample_rate)
        if heard:
            self._deliver(self._ear.hear(heard))
        if self._is_flushing:
            self._is_flushing = state.tx_buffered > 0
            return
        for passed in self._outgoing.sent(state.tx_buffered):
            self._deliver(passed)
        fresh = self._outgoing.give()
        if fresh:
            audio.write(fresh)
        elif self._is_closing and self._outgoing.is_empty:
            self._gone.set()

    def _flush(self) -> None:
        with suppress(AudioNotActive, AudioRestarted):
            self._call.audio.flush_tx()
            self._is_flushing = True


class SipDoor:
    """Takes calls as long as the service runs."""

    def __init__(
        self,
        settings: PhoneSettings,
        switchboard: Switchboard,
        conversations: Conversations,
        admission: Admission,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._switchboard = switchboard
        self._conversations = conversations
        self._admission = admission
        self._clock = clock

    async def run(self) -> None:
        """Take calls; raise SettingsError where the address cannot be listened at."""
        async with self._stack() as stack, asyncio.TaskGroup() as calls:
            agent = await UserAgent.create(stack, self._account(), transfer_policy="reject")
            agent.on(_registered)
            agent.on_incoming(lambda call: calls.create_task(self._take(call)))
            if self._settings.sip_account is not None:
                calls.create_task(_register(agent))
            await asyncio.Event().wait()

    @asynccontextmanager
    async def _stack(self) -> AsyncIterator[Runtime]:
        listen = self._settings.sip_listen or ""
        host, _, port = listen.rpartition(":")
        _check_place(host, int(port))
        stack = Runtime()
        try:
            await stack.start(
                Config(
                    net_interface=None if host == "0.0.0.0" else host,  # noqa: S104 - it is compared
                    max_concurrent_calls=None,  # those beyond are refused here, and counted
                    rtp_timeout=SILENT_S,
                    expose_headers=("To",),
                    extra_config_text=f"sip_listen {listen}{_SOUND}",
                )
            )
        except BaresipError as error:
            raise SettingsError([f"phone.sip_listen: {error}"]) from error
        try:
            yield stack
        finally:
            await stack.close()

    def _account(self) -> Account:
        own = self._settings
        user, _, domain = (own.sip_account or f"agent@{own.sip_listen}").rpartition("@")
        return Account(
            user,
            domain,
            own.sip_password.get_secret_value() if own.sip_password else "",
            reg_interval=REGISTERED_S if own.sip_account else 0,
            auth_user=own.sip_login,
            audio_codecs=CODECS,
            extra_params=("catchall=yes",),
        )

    async def _take(self, call: Call) -> None:
        number, shown = _user(call.headers.get("To", "")), _user(call.peer or "")
        try:
            await self._converse(call, IncomingCall(call.call_id or "", number, shown))
        except AgentServiceError as error:
            _log.warning("call_refused", carrier=sip.TRAITS.name, reason=error.message)
        except Exception:
            # The seam to a library that is not ours: it takes no other call along.
            _log.exception("sip_call_failed")
        finally:
            with suppress(BaresipError):
                await call.reject()

    async def _converse(self, call: Call, incoming: IncomingCall) -> None:
        obstacle = self._conversations.obstacle()
        if obstacle is not None:
            raise obstacle
        own = (self._settings.sip_account or "").partition("@")[0]
        if incoming.number != own:
            self._switchboard.check_number(incoming.number)

        async def grant(start: Start) -> Grant:
            return await self._switchboard.put_through(sip.TRAITS, incoming)

        with self._admission.admit() as place:
            if place is None:
                raise TryLater("All lines are busy.")
            channel = PhoneChannel(sip.CARRIER, "", incoming.carrier_call_id, SipLine(call))
            await Attachment(channel, self._conversations, grant, place, self._clock).run()


def _check_place(host: str, port: int) -> None:
    """Raise SettingsError where nothing can listen: the stack takes any address for its own."""
    try:
        with socket(AF_INET, SOCK_DGRAM) as probe:
            probe.bind((host, port))
    except OSError as error:
        raise SettingsError([f"phone.sip_listen: {host}:{port}: {error.strerror}"]) from error


async def _register(agent: UserAgent) -> None:
    with suppress(RegistrationError):  # which is an event too, and tried again by the stack
        await agent.register()


def _registered(event: StackEvent) -> None:
    match event.event:
        case Event.REGISTER_OK:
            _log.info("sip_registered")
        case Event.REGISTER_FAIL:
            _log.error("sip_not_registered", reason=event.text)


def _user(address: str) -> str:
    """Return whom an address names: ``<sip:+4930123456@pbx;user=phone>``."""
    found = re.search(r"(?:sips?|tel):([^@;>?]+)", address)
    return unquote(found[1]) if found else ""

"""Calls over WebRTC, from an offer to the end: how many, who holds them, and who may end one."""

import asyncio
import secrets
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from hmac import compare_digest
from typing import Final, Protocol

import structlog

from agent_service.channels.sdp import Offer
from agent_service.channels.start import Start
from agent_service.channels.webrtc import TRAITS
from agent_service.clock import Clock
from agent_service.errors import CallerError, TryLater
from agent_service.web.sockets.admission import Admission, Place
from agent_service.web.sockets.attachment import Attachment, Conversations
from agent_service.web.sockets.lane import Lane
from agent_service.web.sockets.widget import Pasts, WidgetChannel
from agent_service.web.tickets import Grant
from agent_service.web.webrtc.ice import IceServer

log = structlog.get_logger(__name__)


class Line(Lane, Protocol):
    """A connection, as a call needs it."""

    on_played: Callable[[str, int], None]

    async def answer(self, offer: Offer) -> str: ...

    async def connected(self) -> bool: ...

    def hang_up(self) -> None: ...

    async def shut(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a line is waited for."""

    connect_s: float = 15.0
    """Until it is connected."""
    silent_s: float = 30.0
    """Until sound or a message comes, then."""


PATIENCE: Final = Patience()

_MUTE: Final = replace(TRAITS, shows_captions=False, answers=frozenset(), can_return=False)
"""Of a client without a data channel: it is told nothing, not even with what it could return."""


@dataclass(frozen=True, slots=True)
class _Call:
    line: Line
    channel: WidgetChannel
    bearer: bytes
    """What opened it, hashed."""


class Door:
    def __init__(
        self,
        conversations: Conversations,
        admission: Admission,
        max_calls: int,
        new_line: Callable[[Sequence[IceServer], float], Line],
        linked: Collection[str],
        clock: Clock,
    ) -> None:
        """``admission`` counts the calls of all doors; here there are at most ``max_calls``."""
        self._conversations = conversations
        self._everywhere = admission
        self.admission = Admission(max_calls)
        self._new_line = new_line
        self._linked = linked
        self._clock = clock
        self._patience = PATIENCE
        self._pasts = Pasts()
        self._calls: dict[str, _Call] = {}
        self._tasks: asyncio.TaskGroup | None = None

    async def run(self) -> None:
        """Hold the calls, as long as the service runs."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            await asyncio.Event().wait()

    def obstacle(self) -> TryLater | None:
        """Return why no call can begin now, if so."""
        obstacle = self._conversations.obstacle()
        if obstacle is None and (self.admission.is_full or self._everywhere.is_full):
            self.admission.refused += 1
            return _busy()
        return obstacle

    async def begin(
        self,
        offer: Offer,
        start: Start,
        grant: Grant | None,
        bearer: str,
        servers: Sequence[IceServer],
    ) -> tuple[str, str]:
        """Return the call's identifier and the SDP answer; raise BadOffer, or TryLater.

        ``grant`` is that of a ticket that is used up; None for a caller who comes back.
        """
        with ExitStack() as taken:
            taken.enter_context(_place(self.admission))
            place = taken.enter_context(_place(self._everywhere))
            line = self._new_line(servers, self._patience.silent_s)
            try:
                answer = await line.answer(offer)
            except BaseException:
                await line.shut()
                raise
            call_id = f"rtc_{secrets.token_hex(10)}"
            traits = TRAITS if offer.has_messages else _MUTE
            channel = WidgetChannel(self._pasts, self._linked, line, traits)
            line.on_played = channel.played
            call = self._calls[call_id] = _Call(line, channel, _hashed(bearer))
            assert self._tasks is not None
            held = taken.pop_all()
            self._tasks.create_task(self._hold(call_id, call, start, grant, place, held))
        return call_id, answer

    def end(self, call_id: str, bearer: str) -> None:
        """Hang up for the caller; raise CallerError unless it was opened with the same token."""
        call = self._calls.get(call_id)
        if call is None or not compare_digest(call.bearer, _hashed(bearer)):
            raise CallerError("There is no such call of yours.", code="unknown_call")
        call.line.hang_up()

    async def _hold(
        self,
        call_id: str,
        call: _Call,
        start: Start,
        grant: Grant | None,
        place: Place,
        held: ExitStack,
    ) -> None:
        with held:
            try:
                if await self._is_connected(call.line):
                    await self._converse(call, start, grant, place)
                else:
                    log.info("webrtc_not_connected", call=call_id)
            except Exception:
                # The seam to a library that is not ours: it takes no other call along.
                log.exception("webrtc_call_failed", call=call_id)
            finally:
                del self._calls[call_id]
                await call.line.shut()

    async def _is_connected(self, line: Line) -> bool:
        try:
            async with asyncio.timeout(self._patience.connect_s):
                return await line.connected()
        except TimeoutError:
            return False

    async def _converse(self, call: _Call, start: Start, grant: Grant | None, place: Place) -> None:
        async def granted(start: Start) -> Grant:
            assert grant is not None
            return grant

        await Attachment(
            call.channel, self._conversations, granted, place, self._clock, start=start
        ).run()


@contextmanager
def _place(admission: Admission) -> Iterator[Place]:
    """Take up room for a call; raise TryLater where there is none."""
    with admission.admit() as place:
        if place is None:
            raise _busy()
        yield place


def _busy() -> TryLater:
    return TryLater("All lines are busy. Try again shortly.")


def _hashed(bearer: str) -> bytes:
    return sha256(bearer.encode()).digest()

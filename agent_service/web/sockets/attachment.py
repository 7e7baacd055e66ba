"""One caller's socket, from its first message to its end: start, ticket, conversation, farewell.

The same for every channel: what frames look like and how a refusal is told is the channel's.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final, Protocol

import structlog

from agent_service.channels.start import Start
from agent_service.clock import Clock
from agent_service.conversation.events import (
    CallerAudio,
    CallerAudioRefused,
    CallerEvent,
    CallerProof,
    CallerSwitched,
)
from agent_service.conversation.records import Modality
from agent_service.errors import AgentServiceError, CallerError, StoreError, TryLater
from agent_service.runtime.ports import CallerChannel, StartRequest
from agent_service.web.sockets.admission import Place
from agent_service.web.sockets.lane import Frame
from agent_service.web.sockets.pace import AudioPace
from agent_service.web.tickets import Grant

START_TIMEOUT_S: Final = 5.0
REDEEM_TIMEOUT_S: Final = 10.0
"""How long the database may take to say whether a ticket was used."""
MAX_BAD_MESSAGES: Final = 20

log = structlog.get_logger(__name__)


class LiveSession(Protocol):
    """A running conversation."""

    conversation_id: str
    resume_token: str
    agent: str
    shows_detail: bool
    modality: Modality
    """Whether the agent is heard now, or read."""
    takes_pictures: bool

    @property
    def is_agent_due(self) -> bool:
        """Tell whether the agent speaks, or is about to."""
        ...

    def utc(self) -> datetime:
        """Return what time it is by the service's clock."""
        ...

    def offer(self) -> tuple[str, datetime]:
        """Return with what another device may come back, once, and until when."""
        ...

    def receive(self, event: CallerEvent | CallerProof) -> None: ...

    def detach(self, channel: CallerChannel) -> None: ...

    async def wait_ended(self) -> str: ...


class Conversations(Protocol):
    """Where conversations begin and are found again."""

    def obstacle(self) -> TryLater | None:
        """Return why no conversation can begin now, if so."""
        ...

    async def begin(self, start: StartRequest, channel: CallerChannel) -> LiveSession: ...

    async def resume(self, token: str, channel: CallerChannel) -> LiveSession: ...


class Channel(CallerChannel, Protocol):
    """One socket of a channel, as its life needs it: the codec, and what carries the frames."""

    async def run(self, deliver: Callable[[Frame], None]) -> None:
        """Hand over each frame of the caller's until the socket is gone."""
        ...

    def receive(self, frame: Frame) -> CallerEvent | CallerProof | Start | None:
        """Read a frame; None where it says nothing to the conversation. Raises CallerError."""
        ...

    def open(self, session: LiveSession, start: Start) -> None:
        """Tell the client that the agent hears, and one that has come back what it missed.

        What ``send`` was given before follows now. Raises CallerError where a gap would be left.
        """
        ...

    def refuse(self, error: AgentServiceError) -> None:
        """Tell the client, where it can be told, that one message was refused."""
        ...

    def turn_away(self, error: AgentServiceError) -> None:
        """Refuse the client as a whole, and close the socket."""
        ...


class Attachment:
    """Runs one socket. ``redeem`` turns a start's ticket into what it grants, or raises
    CallerError.
    """

    def __init__(
        self,
        channel: Channel,
        conversations: Conversations,
        redeem: Callable[[Start], Awaitable[Grant]],
        place: Place,
        clock: Clock,
        *,
        start: Start | None = None,
    ) -> None:
        """``start`` is what the client has said with its handshake, instead of first thing."""
        self._channel = channel
        self._conversations = conversations
        self._redeem = redeem
        self._place = place
        self._pace = AudioPace(clock)
        self._start: asyncio.Future[Start] = asyncio.get_running_loop().create_future()
        if start is not None:
            self._start.set_result(start)
        self._session: LiveSession | None = None
        self._is_ready = False
        self._bad_messages = 0

    async def run(self) -> None:
        """Serve the socket until it is gone."""
        try:
            async with asyncio.TaskGroup() as tasks:
                opening = tasks.create_task(self._open())
                try:
                    await self._channel.run(self.receive)
                finally:
                    opening.cancel()
        finally:
            if self._session is not None:
                self._session.detach(self._channel)

    def receive(self, frame: Frame) -> None:
        """Take one frame of the caller's; the read loop calls this and waits for nothing else."""
        try:
            event = self._channel.receive(frame)
            if event is not None:
                self._accept(event)
        except CallerError as error:
            self._refuse(error)
        except Exception:
            # The seam between a stranger's bytes and the rules: one bad message must not take the
            # process along, but the conversation cannot be trusted any more.
            log.exception("caller_message_failed")
            self._channel.turn_away(AgentServiceError("The service failed on this message."))

    def _accept(self, event: CallerEvent | CallerProof | Start) -> None:
        if self._session is None or not self._is_ready:
            self._accept_start(event)
        elif isinstance(event, Start):
            raise CallerError("The conversation has already started.", code="already_started")
        else:
            if isinstance(event, CallerAudio):
                if self._place.is_for_text:
                    return  # it was sent before the client was told
                self._check_pace(event, self._session)
            elif isinstance(event, CallerSwitched) and event.modality is Modality.AUDIO:
                self._check_room()
            self._session.receive(event)

    def _check_room(self) -> None:
        if not self._place.may_speak():
            raise only_text()

    def _check_pace(self, event: CallerAudio, session: LiveSession) -> None:
        try:
            self._pace.check(len(event.audio))
        except CallerError:
            session.receive(CallerAudioRefused(event.audio))
            raise

    def _accept_start(self, event: CallerEvent | CallerProof | Start) -> None:
        if isinstance(event, Start):
            if self._start.done():
                raise CallerError("The conversation has already started.", code="already_started")
            self._start.set_result(event)
        elif self._start.done():
            raise CallerError("Wait for the ready message before sending.", code="not_ready")
        else:
            self._channel.turn_away(
                CallerError("The first message must be start.", code="start_expected")
            )

    def _refuse(self, error: CallerError) -> None:
        if not self._start.done():
            self._channel.turn_away(error)
            return
        self._channel.refuse(error)
        self._bad_messages += 1
        if self._bad_messages >= MAX_BAD_MESSAGES:
            self._channel.turn_away(
                CallerError(
                    f"{MAX_BAD_MESSAGES} messages were not acceptable.",
                    code="too_many_bad_messages",
                )
            )

    async def _open(self) -> None:
        try:
            async with asyncio.timeout(START_TIMEOUT_S):
                start = await self._start
        except TimeoutError:
            self._channel.turn_away(
                CallerError(
                    f"No start message came within {START_TIMEOUT_S:.0f} seconds.",
                    code="start_timeout",
                )
            )
            return
        try:
            await self._attach(start)
        except StoreError as error:
            # What the database says may name hosts and files: it is for the log.
            log.error("conversation_refused", code=error.code, message=error.message)
            self._channel.turn_away(
                TryLater("The service cannot reach its record: try again.", code="storage")
            )
            return
        except AgentServiceError as error:
            log.info("conversation_refused", code=error.code)
            self._channel.turn_away(error)
            return
        except Exception:
            # The seam to the caller: a defect of ours ends this socket in words, not the others.
            log.exception("conversation_failed")
            self._channel.turn_away(AgentServiceError("The conversation could not be opened."))
            return
        assert self._session is not None
        reason = await self._session.wait_ended()
        self._channel.close(reason)

    async def _grant(self, start: Start) -> Grant:
        try:
            async with asyncio.timeout(REDEEM_TIMEOUT_S):
                return await self._redeem(start)
        except TimeoutError:
            raise StoreError("The database does not say whether a ticket was used.") from None

    async def _attach(self, start: Start) -> None:
        if start.resume_token is None:
            if start.modality is Modality.AUDIO:
                self._check_room()
            grant = await self._grant(start)
            request = StartRequest(
                grant.agent, grant.caller, start.modality, grant.detail, grant.origin
            )
            self._session = await self._conversations.begin(request, self._channel)
        else:
            self._session = await self._conversations.resume(start.resume_token, self._channel)
        self._channel.open(self._session, start)
        self._is_ready = True
        if self._session.modality is Modality.AUDIO and not self._place.may_speak():
            self._session.receive(CallerSwitched(Modality.TEXT))


def only_text() -> TryLater:
    """Return the refusal of voice where a conversation by text has room."""
    return TryLater("All lines for voice are busy: go on by text.", code="only_text")

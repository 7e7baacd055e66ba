"""A channel with as little as can be: raw PCM16 on a WebSocket, and a ticket before it.

It shows nothing, nobody can tap, and nobody reports what was played: we send each frame when it is
due, so that what left was played. A line that breaks is a caller who hung up, as by telephone.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

from agent_service.audio import bytes_to_ms, ms_to_bytes
from agent_service.channels.start import Start
from agent_service.channels.traits import PCM16_24K, ChannelTraits, PlayoutClock
from agent_service.conversation.commands import CallerCommand, ClearPlayback, PlayAudio
from agent_service.conversation.events import CallerAudio, CallerEvent, CallerPlayed
from agent_service.conversation.records import Modality
from agent_service.errors import AgentServiceError, CallerError
from agent_service.web.sockets.attachment import LiveSession
from agent_service.web.sockets.close_codes import close_code, end_code
from agent_service.web.sockets.endpoint import SocketKind, by_first_message
from agent_service.web.sockets.lane import Frame, Lane

PATH: Final = "/ws/plain"
SUBPROTOCOL: Final = "plain.v1"
TRAITS: Final = ChannelTraits(
    name="plain",
    kind="realtime",
    playout=PlayoutClock.SERVICE,
    audio=PCM16_24K,
    shows_captions=False,
    answers=frozenset(),
    can_return=False,
)
FRAME_MS: Final = 20


class PlainChannel:
    """One plain socket, with the playout clock of its sound."""

    traits = TRAITS

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._loop = asyncio.get_running_loop()
        self._session: LiveSession | None = None
        self._queue: deque[PlayAudio] = deque()
        self._played_ms: dict[str, int] = {}
        self._timer: asyncio.TimerHandle | None = None

    async def run(self, deliver: Callable[[Frame], None]) -> None:
        try:
            await self._lane.run(deliver)
        finally:
            self._session = None
            self._stop()

    def receive(self, frame: Frame) -> CallerEvent | Start:
        if isinstance(frame, str):
            return Start(Modality.AUDIO, frame)
        if len(frame) % 2 or not frame:
            raise CallerError("That is no PCM16.", code="bad_audio")
        return CallerAudio(frame)

    def open(self, session: LiveSession, start: Start) -> None:
        self._session = session
        self._go_on()

    def send(self, command: CallerCommand) -> None:
        match command:
            case PlayAudio():
                self._queue.extend(_cut(command))
                self._go_on()
            case ClearPlayback(item_id):
                self._queue = deque(each for each in self._queue if each.item_id != item_id)
                self._loop.call_soon(self._report, item_id)
            case _:
                """There is nothing to show it on."""

    def refuse(self, error: AgentServiceError) -> None:
        """There is nothing to say it with."""

    def turn_away(self, error: AgentServiceError) -> None:
        self._lane.close(close_code(error), error.code)

    def on_congestion(self, report: Callable[[bool], None]) -> None:
        self._lane.on_congestion = report

    def close(self, reason: str) -> None:
        self._lane.close(end_code(reason), reason)

    # --- the playout clock ---

    def _go_on(self) -> None:
        if self._timer is None and self._session is not None:
            self._play(self._loop.time())

    def _play(self, due: float) -> None:
        """Send the frame that is due, and see to the next when this one has been played."""
        if not self._queue:
            self._timer = None
            return
        frame = self._queue.popleft()
        self._lane.send(frame.audio)
        ms = bytes_to_ms(len(frame.audio))
        self._played_ms[frame.item_id] = frame.offset_ms + ms
        self._loop.call_soon(self._report, frame.item_id)
        self._timer = self._loop.call_at(due + ms / 1000, self._play, due + ms / 1000)

    def _report(self, item_id: str) -> None:
        if self._session is not None:
            self._session.receive(CallerPlayed(item_id, self._played_ms.get(item_id, 0)))

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


def _cut(sound: PlayAudio) -> list[PlayAudio]:
    size = ms_to_bytes(FRAME_MS)
    return [
        PlayAudio(sound.item_id, sound.offset_ms + bytes_to_ms(at), sound.audio[at : at + size])
        for at in range(0, len(sound.audio), size)
    ]


def plain_sockets() -> SocketKind:
    """Return the sockets of the plain channel."""
    return by_first_message(PATH, SUBPROTOCOL, PlainChannel)

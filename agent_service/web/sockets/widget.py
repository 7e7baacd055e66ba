"""The widget's channel (``support.v1``): commands become numbered frames on a lane."""

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Final
from weakref import WeakKeyDictionary

from agent_service.audio import bytes_to_ms
from agent_service.channels import widget
from agent_service.channels.replay import ReplayLog
from agent_service.channels.start import Start
from agent_service.channels.widget_messages import SUBPROTOCOL
from agent_service.conversation.commands import CallerCommand, PlayAudio
from agent_service.conversation.events import CallerEvent, CallerPlayed, CallerProof
from agent_service.errors import AgentServiceError
from agent_service.web.sockets.attachment import LiveSession
from agent_service.web.sockets.close_codes import close_code, end_code
from agent_service.web.sockets.endpoint import SocketKind
from agent_service.web.sockets.lane import Frame, Lane, ignore_congestion

PATH: Final = "/ws/conversation"

MAX_WAITING: Final = 10_000
"""Commands before ``ready``; a session that gives more has lost its head."""


Replays = WeakKeyDictionary[LiveSession, ReplayLog]
"""What a conversation keeps from one of its sockets to the next."""


class WidgetChannel:
    """One socket of a conversation. What is sent before ``open`` waits until ``ready`` is out."""

    traits = widget.TRAITS

    def __init__(self, replays: Replays, lane: Lane) -> None:
        self._replays = replays
        self._lane = lane
        lane.on_congestion = self._congested
        self._replay: ReplayLog | None = None
        self._shows_detail = False
        self._waiting: list[CallerCommand] = []
        self._behind: deque[Frame] = deque()
        """What a returning caller missed, sent as fast as they read, and what is new after it."""
        self._is_congested = False
        self._report: Callable[[bool], None] = ignore_congestion

    async def run(self, deliver: Callable[[Frame], None]) -> None:
        try:
            await self._lane.run(deliver)
        finally:
            self._behind.clear()  # it is kept for the next socket

    def receive(self, frame: Frame) -> CallerEvent | CallerProof | Start:
        event = widget.decode(frame)
        if type(event) is CallerPlayed and self._replay is not None:
            # What the caller has played has certainly arrived.
            self._replay.played(event.item_id, event.played_ms)
        return event

    def open(self, session: LiveSession, start: Start) -> None:
        """Say ready, repeat what a returning caller missed, then send all that waits."""
        replay = self._replay_of(session, start)
        missed = replay.since(start.last_seq) if start.is_return else []
        ready = widget.ready(
            # On a return the number is the caller's own last one, and the missed go on from it.
            start.last_seq if start.is_return else replay.skip(),
            conversation_id=session.conversation_id,
            resume_token=session.resume_token,
            agent=session.agent,
            is_resumed=start.is_return,
        )
        self._lane.send(widget.encode_notice(ready))
        self._behind.extend(missed)
        self._catch_up()
        self._replay, self._shows_detail = replay, session.shows_detail
        waiting, self._waiting = self._waiting, []
        for command in waiting:
            self.send(command)

    def send(self, command: CallerCommand) -> None:
        """Send a command; once the socket is gone it is only kept for the caller's return."""
        replay = self._replay
        if replay is None:
            self._wait(command)
            return
        frame = widget.encode(command, replay.next_seq, shows_detail=self._shows_detail)
        if isinstance(command, PlayAudio):
            replay.keep(frame, command.item_id, command.offset_ms + bytes_to_ms(len(command.audio)))
        else:
            replay.keep(frame)
        self._send(frame)

    def refuse(self, error: AgentServiceError) -> None:
        seq = 0 if self._replay is None else self._replay.skip()
        self._send(widget.encode_notice(widget.refusal(seq, error)))

    def turn_away(self, error: AgentServiceError) -> None:
        self.refuse(error)
        self._lane.close(close_code(error), error.code)

    def on_congestion(self, report: Callable[[bool], None]) -> None:
        self._report = report

    def close(self, reason: str) -> None:
        self._lane.close(end_code(reason), reason)

    def _send(self, frame: Frame) -> None:
        if self._behind:
            self._behind.append(frame)
        else:
            self._lane.send(frame)

    def _congested(self, is_congested: bool) -> None:
        self._is_congested = is_congested
        self._catch_up()  # which may congest the lane again, and says so itself
        if self._is_congested == is_congested:
            self._report(is_congested)

    def _catch_up(self) -> None:
        while self._behind and not self._is_congested:
            self._lane.send(self._behind.popleft())

    def _replay_of(self, session: LiveSession, start: Start) -> ReplayLog:
        # Of a conversation that is new, or new to this process because it was taken over from the
        # record, nothing is kept here yet: the numbers go on from the caller's last one.
        return self._replays.setdefault(session, ReplayLog(last_seq=start.last_seq))

    def _wait(self, command: CallerCommand) -> None:
        if len(self._waiting) >= MAX_WAITING:
            self.close("internal_error")
            return
        self._waiting.append(command)


def widget_sockets() -> SocketKind:
    """Return the sockets of the widget; they share what callers may have missed."""
    return SocketKind(PATH, SUBPROTOCOL, partial(WidgetChannel, Replays()))

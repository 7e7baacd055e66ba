"""The widget's channel (``support.v1``): commands become numbered frames on a lane."""

from collections.abc import Callable
from dataclasses import dataclass
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
from agent_service.web.sockets.lane import Frame, Lane
from agent_service.web.tickets import Grant

PATH: Final = "/ws/conversation"

MAX_WAITING: Final = 10_000
"""Commands before ``ready``; a session that gives more has lost its head."""


@dataclass(frozen=True, slots=True)
class Lineage:
    """What a conversation keeps from one of its sockets to the next."""

    replay: ReplayLog
    shows_detail: bool


Lineages = WeakKeyDictionary[LiveSession, Lineage]


class WidgetChannel:
    """One socket of a conversation. What is sent before ``open`` waits until ``ready`` is out."""

    traits = widget.TRAITS

    def __init__(self, lineages: Lineages, lane: Lane) -> None:
        self._lineages = lineages
        self._lane = lane
        self._lineage: Lineage | None = None
        self._waiting: list[CallerCommand] = []

    async def run(self, deliver: Callable[[Frame], None]) -> None:
        await self._lane.run(deliver)

    def receive(self, frame: Frame) -> CallerEvent | CallerProof | Start:
        event = widget.decode(frame)
        if type(event) is CallerPlayed and self._lineage is not None:
            # What the caller has played has certainly arrived.
            self._lineage.replay.played(event.item_id, event.played_ms)
        return event

    def open(self, session: LiveSession, start: Start, grant: Grant | None) -> None:
        """Say ready, repeat what a returning caller missed, then send all that waits."""
        lineage = self._lineage_of(session, start, grant)
        replay, is_resumed = lineage.replay, grant is None
        missed = replay.since(start.last_seq) if is_resumed else []
        ready = widget.ready(
            # On a return the number is the caller's own last one, and the missed go on from it.
            start.last_seq if is_resumed else replay.skip(),
            conversation_id=session.conversation_id,
            resume_token=session.resume_token,
            agent=session.agent,
            is_resumed=is_resumed,
        )
        self._lane.send(widget.encode_notice(ready))
        for frame in missed:
            self._lane.send(frame)
        self._lineage = lineage
        waiting, self._waiting = self._waiting, []
        for command in waiting:
            self.send(command)

    def send(self, command: CallerCommand) -> None:
        """Send a command; once the socket is gone it is only kept for the caller's return."""
        lineage = self._lineage
        if lineage is None:
            self._wait(command)
            return
        replay = lineage.replay
        frame = widget.encode(command, replay.next_seq, shows_detail=lineage.shows_detail)
        if isinstance(command, PlayAudio):
            replay.keep(frame, command.item_id, command.offset_ms + bytes_to_ms(len(command.audio)))
        else:
            replay.keep(frame)
        self._lane.send(frame)

    def refuse(self, error: AgentServiceError) -> None:
        seq = 0 if self._lineage is None else self._lineage.replay.skip()
        self._lane.send(widget.encode_notice(widget.refusal(seq, error)))

    def turn_away(self, error: AgentServiceError) -> None:
        self.refuse(error)
        self._lane.close(close_code(error), error.code)

    def on_congestion(self, report: Callable[[bool], None]) -> None:
        self._lane.on_congestion = report

    def close(self, reason: str) -> None:
        self._lane.close(end_code(reason), reason)

    def _lineage_of(self, session: LiveSession, start: Start, grant: Grant | None) -> Lineage:
        if grant is not None:
            self._lineages[session] = Lineage(ReplayLog(), grant.detail)
        elif session not in self._lineages:
            # A conversation taken over from the record is new to this process: nothing of it is
            # kept here, and the numbers go on from the caller's last one.
            replay = ReplayLog(last_seq=start.last_seq)
            self._lineages[session] = Lineage(replay, shows_detail=False)
        return self._lineages[session]

    def _wait(self, command: CallerCommand) -> None:
        if len(self._waiting) >= MAX_WAITING:
            self.close("internal_error")
            return
        self._waiting.append(command)


def widget_sockets() -> SocketKind:
    """Return the sockets of the widget; they share what callers may have missed."""
    return SocketKind(PATH, SUBPROTOCOL, partial(WidgetChannel, Lineages()))

"""A caller's attached client, as the session sees it: commands become numbered frames on a lane."""

from collections.abc import Callable
from typing import Final

from agent_service.audio import bytes_to_ms
from agent_service.channels import widget
from agent_service.channels.replay import ReplayLog
from agent_service.conversation.commands import CallerCommand, PlayAudio
from agent_service.errors import AgentServiceError
from agent_service.web.lane import Lane

MAX_WAITING: Final = 10_000
"""Commands before ``ready``; a session that gives more has lost its head."""


class WidgetChannel:
    """One socket of a conversation. What is sent before ``open`` waits until ``ready`` is out."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._replay: ReplayLog | None = None
        self._shows_detail = False
        self._waiting: list[CallerCommand] = []

    def open(
        self,
        replay: ReplayLog,
        *,
        conversation_id: str,
        resume_token: str,
        agent: str,
        shows_detail: bool,
        last_seq: int | None = None,
    ) -> None:
        """Say ready, repeat what a returning caller missed, then send all that waits."""
        missed = [] if last_seq is None else replay.since(last_seq)
        ready = widget.ready(
            # On a return the number is the caller's own last one, and the missed go on from it.
            replay.skip() if last_seq is None else last_seq,
            conversation_id=conversation_id,
            resume_token=resume_token,
            agent=agent,
            is_resumed=last_seq is not None,
        )
        self._lane.send(widget.encode_notice(ready))
        for frame in missed:
            self._lane.send(frame)
        self._replay, self._shows_detail = replay, shows_detail
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
        self._lane.send(frame)

    def refuse(self, error: AgentServiceError) -> None:
        """Tell the client what was refused and why."""
        seq = 0 if self._replay is None else self._replay.skip()
        self._lane.send(widget.encode_notice(widget.refusal(seq, error)))

    def played(self, item_id: str, played_ms: int) -> None:
        """Take note of what has certainly arrived."""
        if self._replay is not None:
            self._replay.played(item_id, played_ms)

    def on_congestion(self, report: Callable[[bool], None]) -> None:
        """Have ``report`` called with True when the caller reads too slowly, then with False."""
        self._lane.on_congestion = report

    def close(self, code: int, reason: str) -> None:
        self._lane.close(code, reason)

    def _wait(self, command: CallerCommand) -> None:
        if len(self._waiting) >= MAX_WAITING:
            self._lane.close(1011, "internal_error")
            return
        self._waiting.append(command)

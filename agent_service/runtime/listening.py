"""Lets people of the team hear a conversation: both sides' sound, as it was heard, a moment late.

What the caller asked not to be recorded, they do not hear either. Nobody waits for a listener.
"""

import asyncio
from typing import Final, Protocol

from agent_service.clock import Clock
from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.records import Role, TurnRecord
from agent_service.conversation.service_voice import UNSAID
from agent_service.recording.timeline import Timeline

LAG_MS: Final = 300
"""How long sound, and the player's word for it, may be on their way."""
STEP_MS: Final = 60
"""How often listeners are given what is certain by now."""


class Listener(Protocol):
    def hear(self, at_ms: int, sound: bytes) -> None:
        """Take two channels of PCM16, the caller's first, that begin there on the time axis."""
        ...


class Ear:
    """One conversation's; costs nothing while nobody listens."""

    def __init__(self, clock: Clock, origin: float) -> None:
        """``origin`` is the monotonic time at which the conversation began."""
        self._clock = clock
        self._origin = origin
        self._listeners: list[Listener] = []
        self._timeline: Timeline | None = None
        self._holders: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None

    def open(self, listener: Listener) -> None:
        """Let somebody hear it from now on."""
        self._listeners.append(listener)
        if self._timeline is None:
            now_ms = self._now_ms
            self._timeline = Timeline(now_ms, is_live=True)
            for holder in self._holders:
                self._timeline.hold(holder, now_ms)
            self._wait()

    def close(self, listener: Listener) -> None:
        """They listen no more."""
        if listener in self._listeners:
            self._listeners.remove(listener)
        if not self._listeners:
            self.stop()

    def stop(self) -> None:
        """There is nothing to hear any more."""
        self._listeners.clear()
        self._timeline = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def take(self, thing: object) -> None:
        """Take what is heard, or says how far it was."""
        if isinstance(thing, cmd.HoldRecording):
            if thing.holder == UNSAID:
                return  # that the caller knows of no recording keeps nobody from listening
            (self._holders.add if thing.is_held else self._holders.discard)(thing.holder)
        timeline = self._timeline
        if timeline is None:
            return
        now_ms = self._now_ms
        match thing:
            case ev.CallerAudio(audio):
                timeline.caller.hear(audio, now_ms)
            case cmd.PlayAudio(item_id, offset_ms, audio):
                timeline.agent.sent(item_id, audio, now_ms, offset_ms)
            case ev.CallerPlayed(item_id, played_ms):
                timeline.agent.played(item_id, played_ms, now_ms)
            case cmd.ClearPlayback(item_id):
                timeline.agent.cleared(item_id, now_ms)
            case ev.CallerReturned() | ev.CallerHeld(is_held=False):
                timeline.agent.stand_still()
            case TurnRecord(role=Role.AGENT | Role.REPRESENTATIVE, item_id=str(item_id)):
                timeline.agent.finished(item_id, thing.heard_ms)
            case cmd.HoldRecording(holder, is_held):
                (timeline.hold if is_held else timeline.release)(holder, now_ms)
            case _:
                pass

    @property
    def _now_ms(self) -> float:
        return (self._clock.now() - self._origin) * 1000

    def _wait(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(STEP_MS / 1000, self._give)

    def _give(self) -> None:
        timeline = self._timeline
        if timeline is None:
            return
        at_ms = timeline.taken_ms
        sound = timeline.take(self._now_ms - LAG_MS).astype("<i2").tobytes()
        if sound:
            for listener in list(self._listeners):
                listener.hear(at_ms, sound)
        self._wait()

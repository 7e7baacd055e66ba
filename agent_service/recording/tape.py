"""What a live conversation hands to the recorder, and what the writing thread makes of it.

The session only puts things aside: nothing waits, no sound is looked at, and what nobody takes has
a limit.
"""

from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias, assert_never

from agent_service.clock import uuid7
from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.records import Role, TurnRecord
from agent_service.errors import SettingsError
from agent_service.recording.parts import PartWriter, silence_parts
from agent_service.recording.timeline import PER_MS, Timeline
from agent_service.store.silences import Silence

LAG_MS: Final = 400
"""How long sound, and the player's word for it, may be on their way."""
MOST_WAITING: Final = 6_000
"""Things of one conversation that wait for the writing thread: a minute and a half of frames. More
are left out, which is a gap on record."""
RETRY_MS: Final = 10_000
"""How long after a failure, a full disk perhaps, writing is tried again."""

_OURS: Final = (Role.AGENT, Role.REPRESENTATIVE)
"""Who speaks in the agent's channel."""

Thing: TypeAlias = (
    ev.CallerAudio
    | ev.CallerPlayed
    | ev.CallerHeld
    | ev.CallerReturned
    | cmd.PlayAudio
    | cmd.ClearPlayback
    | cmd.StartRecording
    | cmd.HoldRecording
    | TurnRecord
    | Silence
)
"""What a recording is made of."""

Report: TypeAlias = Callable[[str, str, str, float | None, float | None], None]
"""Told of what went wrong: in which conversation, a code, in words, from where to where on the time
axis, as far as it was while it went on and is over."""
FAILED: Final = "recording_failed"
"""The code of sound that is missing."""
MOST_GAPS: Final = 20
"""That are told of one conversation."""


class Tape:
    """The session's end of a recording."""

    def __init__(self, origin: float) -> None:
        """``origin`` is the monotonic time at which the conversation began."""
        self._origin = origin
        self._things: deque[tuple[float, Thing]] = deque()
        self.has_lost = False
        """There was no room for something."""
        self._ended_at: float | None = None

    def put(self, now: float, thing: Thing) -> None:
        """Put something aside, from whichever thread."""
        if len(self._things) < MOST_WAITING or isinstance(thing, Silence):
            self._things.append((now, thing))
        else:
            self.has_lost = True

    def close(self, now: float) -> None:
        """Say that nothing comes any more."""
        self._ended_at = now

    @property
    def ended_ms(self) -> float | None:
        """Where the conversation ended, once it has."""
        return None if self._ended_at is None else self.ms(self._ended_at)

    def take(self) -> list[tuple[float, Thing]]:
        """Return what was put, with where it lies on the time axis, in milliseconds."""
        things = [self._things.popleft() for _ in range(len(self._things))]
        return [(self.ms(now), thing) for now, thing in things]

    def ms(self, now: float) -> float:
        """Return where a monotonic time lies on the time axis."""
        return (now - self._origin) * 1000


class Reel:
    """The writing thread's end of it: what it takes from the tape becomes parts."""

    def __init__(
        self,
        tape: Tape,
        *,
        folder: Path,
        conversation_id: str,
        started_ms: float | None,
        report: Report,
    ) -> None:
        """``started_ms`` is where recording begins; without it, with StartRecording."""
        self.conversation_id = conversation_id
        self.tape = tape
        self._folder = folder
        self._report = report
        self._timeline = Timeline(started_ms) if started_ms is not None else None
        self._has_given_up = False
        self._part: PartWriter | None = None
        self._retry_ms = 0.0
        self._gap_ms: float | None = None
        """Since when nothing can be written."""
        self._gaps = 0
        self._told: set[str] = set()

    def advance(self, now: float) -> bool:
        """Write what is certain by now; return False once the conversation has ended."""
        ended_ms = self.tape.ended_ms  # before what was put: nothing is put behind it
        now_ms = self.tape.ms(now)
        for at_ms, thing in self.tape.take():
            self._take(at_ms, thing)
        if self._timeline is not None:
            self._write(self._timeline, now_ms - LAG_MS if ended_ms is None else ended_ms)
            self._tell_of_gaps(self._timeline, now_ms)
        if ended_ms is not None:
            self._end_gap(ended_ms)
            self._close_part()
        return ended_ms is None

    def give_up(self) -> None:
        """Keep what is written, until the conversation has ended; nothing more of it is."""
        self._timeline, self._has_given_up = None, True

    def _take(self, at_ms: float, thing: Thing) -> None:
        if isinstance(thing, Silence):
            self._silence_written(thing)
        timeline = self._timeline
        if timeline is None:
            if isinstance(thing, cmd.StartRecording) and not self._has_given_up:
                self._timeline = Timeline(at_ms)
            return
        match thing:
            case ev.CallerAudio(audio):
                timeline.caller.hear(audio, at_ms)
            case cmd.PlayAudio(item_id, offset_ms, audio):
                timeline.agent.sent(item_id, audio, at_ms, offset_ms)
            case ev.CallerPlayed(item_id, played_ms):
                timeline.agent.played(item_id, played_ms, at_ms)
            case cmd.ClearPlayback(item_id):
                timeline.agent.cleared(item_id, at_ms)
            case TurnRecord():
                if thing.role in _OURS and thing.item_id is not None:
                    timeline.agent.finished(thing.item_id, thing.heard_ms)
            case cmd.HoldRecording(holder, is_held):
                if is_held:
                    timeline.hold(holder, at_ms)
                else:
                    timeline.release(holder, at_ms)
            case Silence():
                timeline.silence(thing.started_ms, thing.ended_ms)
            case ev.CallerReturned() | ev.CallerHeld(is_held=False):
                timeline.agent.stand_still()
            case cmd.StartRecording() | ev.CallerHeld():
                pass
            case _:
                assert_never(thing)

    def _silence_written(self, silence: Silence) -> None:
        stretch = silence.started_ms, silence.ended_ms
        try:
            silence_parts(self._folder, self.conversation_id, [stretch])
        except OSError as error:  # it is on record: the finished file will not have it
            self._tell(FAILED, f"It is not silenced yet: {error}.", stretch[0])

    def _write(self, timeline: Timeline, until_ms: float) -> None:
        started_ms = timeline.taken_ms
        at = timeline.taken
        sound, redone = timeline.take(until_ms), timeline.take_redone()
        is_new = self._part is None
        if started_ms < self._retry_ms or (not len(sound) and (is_new or not redone)):
            return
        try:
            if self._part is None:
                if not (sound.any() or any(one.any() for _, one in redone)):
                    return  # what has no sound leaves no file
                began_ms = timeline.began_ms
                self._part = PartWriter(self._folder, self.conversation_id, began_ms, uuid7())
            began = self._part.part.started_ms * PER_MS
            for place, one in redone:
                self._part.write_agent(place - began, one)
            self._part.write(at - began, sound)
            self._end_gap(started_ms)
        except (OSError, SettingsError) as error:
            self._retry_ms = started_ms + RETRY_MS
            if self._gap_ms is None:
                self._gap_ms = started_ms
            why = error.message if isinstance(error, SettingsError) else error.strerror or error
            self._tell(FAILED, f"The recording has a gap: {why}.", started_ms)

    def _end_gap(self, now_ms: float) -> None:
        """Say from where to where the recording has nothing."""
        gap_ms, self._gap_ms = self._gap_ms, None
        if gap_ms is not None and self._gaps < MOST_GAPS:
            self._gaps += 1
            words = "The recording has nothing from here to there: it could not be written."
            self._report(self.conversation_id, FAILED, words, gap_ms, now_ms)

    def _close_part(self) -> None:
        part, self._part = self._part, None
        if part is not None:
            part.close()

    def _tell_of_gaps(self, timeline: Timeline, now_ms: float) -> None:
        if self.tape.has_lost or timeline.agent.lost:
            self._tell(FAILED, "The recording has a gap: too much waited.", now_ms)

    def _tell(self, code: str, message: str, at_ms: float) -> None:
        """Put it on record, once a conversation."""
        if code not in self._told:
            self._told.add(code)
            self._report(self.conversation_id, code, message, at_ms, None)

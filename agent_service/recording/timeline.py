"""Where on the conversation's time axis each piece of sound lies, in two channels.

The caller's frames lie where they were captured, as far as that shows in when they come; the
agent's where the caller's player says that it played them. Pure: time is an argument, in
milliseconds since the conversation began; inside it is counted in samples.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from agent_service.audio import BYTES_PER_MS, BYTES_PER_SAMPLE, SAMPLE_RATE_HZ
from agent_service.conversation.arrivals import GAP_MS

Sound = NDArray[np.int16]

PER_MS: Final = SAMPLE_RATE_HZ // 1000
CALLER, AGENT = 0, 1

_GAP: Final = round(GAP_MS) * PER_MS
_WINDOW_MS: Final = 3_000
"""Within which a frame is taken to have come without delay: the least delayed one."""
_FINE: Final = 10 * PER_MS
"""So far off, sound goes on without a break; farther, it is set right where nothing is heard."""
_ROUGH: Final = 40 * PER_MS
"""So far off, it is set right wherever that is."""
_HELD_UP: Final = 100 * PER_MS
"""What came so late, all at once, keeps its words, and is set right in the next silence."""
_LEAST_SWING: Final = 256
_STALL: Final = 120 * PER_MS
"""A player that is so far behind has stood still; less is the way of its report."""
MOST_UNPLAYED: Final = 20 * 1024 * 1024
"""Bytes of the agent's sound that wait to be played, seven minutes; more is left out."""


class Track:
    """One channel: sound is put behind what is there, and taken from the beginning."""

    def __init__(self, start: int) -> None:
        self.end = start
        """Where the sound that was put last ends."""
        self.taken = start
        self._pieces: deque[tuple[int, Sound]] = deque()

    def put(self, at: int, sound: Sound) -> None:
        """Put sound there, or as soon behind it as there is room."""
        at = max(at, self.end, self.taken)
        self._pieces.append((at, sound))
        self.end = at + len(sound)

    def take(self, until: int, into: Sound) -> None:
        """Move what lies before ``until`` into an array of silence that begins at ``taken``."""
        while self._pieces and self._pieces[0][0] < until:
            at, sound = self._pieces.popleft()
            if at + len(sound) > until:
                self._pieces.appendleft((until, sound[until - at :]))
                sound = sound[: until - at]
            into[at - self.taken : at - self.taken + len(sound)] = sound
        self.taken = until


@dataclass(slots=True, eq=False)
class _Run:
    """The caller's sound that came without a gap."""

    start: int
    length: int = 0
    starts: deque[tuple[float, int]] = field(default_factory=deque)
    """When frames came and where the run would begin by them: the least of each moment on."""

    def add(self, samples: int, now_ms: float) -> None:
        """Take note of a frame: frames come late, never before they were spoken."""
        self.length += samples
        start = round(now_ms * PER_MS) - self.length
        while self.starts and self.starts[-1][1] >= start:
            self.starts.pop()
        self.starts.append((now_ms, start))
        while self.starts[0][0] < now_ms - _WINDOW_MS:
            self.starts.popleft()
        self.start = self.starts[0][1]


class CallerTrack:
    """The caller's frames, in time with their microphone, whose clock is not ours."""

    def __init__(self, start: int) -> None:
        self.track = Track(start)
        self._run = _Run(start)
        self._placed: _Run | None = None
        """The run of the sound that was put last."""
        self._frames: deque[tuple[_Run, int, bytes]] = deque()

    def hear(self, audio: bytes, now_ms: float) -> None:
        """Take a frame that has just come in."""
        samples = len(audio) // BYTES_PER_SAMPLE
        run = self._run
        start = round(now_ms * PER_MS) - samples
        if not run.starts or start - (run.start + run.length) > _GAP:
            run = self._run = _Run(start)
        self._frames.append((run, run.length, audio))
        run.add(samples, now_ms)

    def settle(self, until: int) -> None:
        """Place the frames that begin before ``until``: nothing will be known better of them."""
        while self._frames:
            run, offset, audio = self._frames[0]
            if run.start + offset >= until:
                return
            self._frames.popleft()
            self._place(run, run.start + offset, np.frombuffer(audio, "<i2"))

    def _place(self, run: _Run, start: int, sound: Sound) -> None:
        late = start - self.track.end
        is_new, self._placed = run is not self._placed, run
        if late > 0 and (is_new or self._is_set_right(late, sound)):
            self.track.put(start, sound)
        elif late < 0 and not is_new and self._is_set_right(late, sound):
            self.track.put(self.track.end, sound[-late:])
        else:
            self.track.put(self.track.end, sound)

    @staticmethod
    def _is_set_right(late: int, sound: Sound) -> bool:
        if abs(late) <= _FINE:
            return False
        if late > _ROUGH or -_HELD_UP <= late < -_ROUGH:
            return True
        return int(sound.max()) - int(sound.min()) < _LEAST_SWING


@dataclass(slots=True)
class _Item:
    """One of the agent's items: what was sent of it and not played so far."""

    audio: bytearray = field(default_factory=bytearray)
    played: int = 0
    """Bytes."""
    cleared_ms: float | None = None


class AgentTrack:
    """The agent's items, as they were heard."""

    def __init__(self, start: int) -> None:
        self.track = Track(start)
        self.lost = 0
        """Bytes that there was no room for."""
        self._items: dict[str, _Item] = {}
        self._waiting = 0

    def sent(self, item_id: str, audio: bytes, offset_ms: int = 0) -> None:
        """Take sound that was handed to the channel; what came before it in its item is past."""
        if self._waiting + len(audio) > MOST_UNPLAYED:
            self.lost += len(audio)
            audio = b""  # what follows in this item would lie in the wrong place: none does
        item = self._items.get(item_id)
        if item is None:
            item = self._items[item_id] = _Item(played=offset_ms * BYTES_PER_MS)
        if not self.lost:
            item.audio += audio
            self._waiting += len(audio)

    def played(self, item_id: str, played_ms: int, now_ms: float) -> None:
        """Place what the player has just reported."""
        item = self._items.get(item_id)
        if item is None:
            return
        until_ms = now_ms if item.cleared_ms is None else min(now_ms, item.cleared_ms)
        is_begun = item.played > 0
        sound = self._play(item, played_ms)
        if not len(sound):
            return
        start = round(until_ms * PER_MS) - len(sound)
        has_stalled = not is_begun or start - self.track.end > _STALL
        self.track.put(start if has_stalled else self.track.end, sound)

    def cleared(self, item_id: str, now_ms: float) -> None:
        """Nothing of the item is heard from now on, whenever the player says how far it came."""
        item = self._items.get(item_id)
        if item is not None and item.cleared_ms is None:
            item.cleared_ms = now_ms

    def finished(self, item_id: str, heard_ms: int) -> None:
        """Forget the item; the last of it that was heard without a report follows the rest."""
        item = self._items.pop(item_id, None)
        if item is None:
            return
        waiting = len(item.audio)
        if item.played and self.track.end >= self.track.taken:
            self.track.put(self.track.end, self._play(item, heard_ms))
            waiting = len(item.audio)
        self._waiting -= waiting

    def _play(self, item: _Item, played_ms: int) -> Sound:
        count = min(played_ms * BYTES_PER_MS - item.played, len(item.audio))
        count = max(count - count % BYTES_PER_SAMPLE, 0)
        sound = np.frombuffer(bytes(item.audio[:count]), "<i2")
        del item.audio[:count]
        item.played += count
        self._waiting -= count
        return sound


class Timeline:
    """Both channels, taken together; what is held or silenced is silent in both."""

    def __init__(self, started_ms: float) -> None:
        self._taken = max(round(started_ms * PER_MS), 0)
        self.caller = CallerTrack(self._taken)
        self.agent = AgentTrack(self._taken)
        self._holds: set[str] = set()
        self._held_from = 0
        """Of use while it is held."""
        self._silences: list[tuple[int, int]] = []

    @property
    def taken_ms(self) -> int:
        """Up to where sound was taken."""
        return self._taken // PER_MS

    def hold(self, holder: str, now_ms: float) -> None:
        """Silence what is spoken from now on, until every holder has released it."""
        if not self._holds:
            self._held_from = round(now_ms * PER_MS)
        self._holds.add(holder)

    def release(self, holder: str, now_ms: float) -> None:
        """Let what is spoken be recorded again, unless somebody else holds it."""
        if holder not in self._holds:
            return
        self._holds.discard(holder)
        if not self._holds:
            self._silences.append((self._held_from, round(now_ms * PER_MS)))

    def silence(self, started_ms: float, ended_ms: float) -> None:
        """Silence a stretch, as far as it was not taken."""
        self._silences.append((round(started_ms * PER_MS), round(ended_ms * PER_MS)))

    def take(self, until_ms: float) -> Sound:
        """Return what lies before that moment and was not taken yet, the channels side by side."""
        until = max(round(until_ms * PER_MS), self._taken)
        self.caller.settle(until)
        sound: Sound = np.zeros((until - self._taken, 2), np.int16)
        self.caller.track.take(until, sound[:, CALLER])
        self.agent.track.take(until, sound[:, AGENT])
        held = [(self._held_from, until)] if self._holds else []
        for start, end in (*self._silences, *held):
            sound[max(start - self._taken, 0) : max(end - self._taken, 0)] = 0
        self._silences = [one for one in self._silences if one[1] > until]
        self._taken = until
        return sound

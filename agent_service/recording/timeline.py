"""Where on the conversation's time axis each piece of sound lies, in two channels.

The caller's frames lie where they were captured, as far as that shows in when they come; the
agent's where the caller's player says that it played them. Pure: time is an argument, in
milliseconds since the conversation began; inside it is counted in samples.
"""

from bisect import insort
from collections import deque
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Final

import numpy as np

from agent_service.audio import BYTES_PER_SAMPLE, SAMPLE_RATE_HZ
from agent_service.conversation.arrivals import GAP_MS
from agent_service.conversation.played import Played
from agent_service.recording.parts import AGENT, CALLER, Sound

PER_MS: Final = SAMPLE_RATE_HZ // 1000

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
MOST_UNPLAYED: Final = 20 * 1024 * 1024
"""Bytes of the agent's sound that wait to be played, seven minutes; more is left out."""


class Track:
    """One channel: sound is put behind what is there, or laid anywhere, and taken from its start.

    What is laid where sound was taken already is ``redone``.
    """

    def __init__(self, start: int) -> None:
        self.end = start
        """Where the sound that was put last ends."""
        self.taken = start
        self.redone: list[tuple[int, Sound]] = []
        self._pieces: deque[tuple[int, Sound]] = deque()

    def lay(self, at: int, sound: Sound) -> None:
        """Have that sound there instead of what is there."""
        self.erase(at, at + len(sound))
        past = min(max(self.taken - at, 0), len(sound))
        if past:
            self.redone[-1] = (at, sound[:past])
        if past < len(sound):
            insort(self._pieces, (at + past, sound[past:]), key=itemgetter(0))

    def erase(self, start: int, end: int) -> None:
        """Have silence there."""
        if start < self.taken and start < end:
            past = np.zeros(min(end, self.taken) - start, np.int16)
            self.redone.append((start, past))
        pieces, self._pieces = self._pieces, deque()
        for at, sound in pieces:
            before, behind = sound[: max(start - at, 0)], sound[max(end - at, 0) :]
            if at + len(sound) <= start or at >= end:
                self._pieces.append((at, sound))
                continue
            if len(before):
                self._pieces.append((at, before))
            if len(behind):
                self._pieces.append((at + len(sound) - len(behind), behind))

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


@dataclass(frozen=True, slots=True)
class _Laid:
    """A part of an item, from one of its samples to another, and where on the axis it lies."""

    first: int
    until: int
    began: int
    """Where the item would begin, did all of it lie like this."""

    @property
    def at(self) -> int:
        return self.began + self.first

    @property
    def end(self) -> int:
        return self.began + self.until


def _behind(place: int, laid: list[_Laid]) -> list[_Laid]:
    """Return what is behind that place in its item."""
    return [replace(one, first=max(one.first, place)) for one in laid if one.until > place]


def _differ_from(old: list[_Laid], new: list[_Laid]) -> int:
    """Return the place in the item up to which both lie alike."""
    place = 0
    for a, b in zip(old, new, strict=False):
        if (a.first, a.began) != (b.first, b.began):
            break
        place = min(a.until, b.until)
        if a.until != b.until:
            break
    return place


@dataclass(slots=True, eq=False)
class _Item:
    """One of the agent's items: its sound, but for what lies where it will stay."""

    origin: int
    """Which of its samples was the first that came."""
    sent_at: int
    audio: bytearray = field(default_factory=bytearray)
    played: Played = field(default_factory=Played)
    laid: list[_Laid] = field(default_factory=list)
    cleared_ms: float | None = None
    first: int = field(init=False)
    """Which of its samples ``audio`` begins with."""

    def __post_init__(self) -> None:
        self.first = self.origin

    @property
    def until(self) -> int:
        return self.first + len(self.audio) // BYTES_PER_SAMPLE

    def sound(self, part: _Laid) -> Sound:
        start, end = ((place - self.first) * BYTES_PER_SAMPLE for place in (part.first, part.until))
        return np.frombuffer(bytes(self.audio[start:end]), "<i2")

    def forget(self, place: int) -> int:
        """Forget the sound before that place; return how many bytes that is."""
        count = max(place - self.first, 0)
        del self.audio[: count * BYTES_PER_SAMPLE]
        self.first += count
        return count * BYTES_PER_SAMPLE

    def heard(self, until: int) -> list[_Laid]:
        """Return where it lies by its reports, heard up to there."""
        found: list[_Laid] = []
        stretches = self.played.stretches()
        for number, one in enumerate(stretches):
            is_last = number == len(stretches) - 1
            began = round(one.began_ms * PER_MS)
            first = found[-1].until if found else self.origin
            end = until if is_last else min(round(one.until_ms * PER_MS), until)
            if found:
                began = max(began, found[-1].end - first)
            if number < len(self.laid) and abs(self.laid[number].began - began) <= _FINE:
                began = self.laid[number].began
            if first < end:
                found.append(_Laid(first, end, began))
        return found


class AgentTrack:
    """The agent's items, as they were heard."""

    def __init__(self, start: int, *, is_live: bool) -> None:
        self.track = Track(start)
        self.lost = 0
        """Bytes that there was no room for."""
        self._is_live = is_live
        self._items: dict[str, _Item] = {}
        self._waiting = 0
        self._latest: _Item | None = None
        """The item that was heard last."""

    def sent(self, item_id: str, audio: bytes, now_ms: float, offset_ms: int = 0) -> None:
        """Take sound that was handed to the channel; what came before it in its item is past."""
        if self._waiting + len(audio) > MOST_UNPLAYED:
            self.lost += len(audio)
            audio = b""  # what follows in this item would lie in the wrong place: none does
        item = self._items.get(item_id)
        if item is None:
            item = self._items[item_id] = _Item(offset_ms * PER_MS, round(now_ms * PER_MS))
        if not self.lost:
            item.audio += audio
            self._waiting += len(audio)

    def played(self, item_id: str, played_ms: int, now_ms: float) -> None:
        """Place what the player has just reported, and what is known better by that."""
        item = self._items.get(item_id)
        if item is None:
            return
        until = min(played_ms * PER_MS, item.until)
        if until > 0 and not item.played.until_ms:
            self._heard_after(item)
        item.played.report(until / PER_MS, now_ms, item.cleared_ms)
        self._lay(item, round(item.played.until_ms * PER_MS))
        self._waiting -= item.forget(round(item.played.settled_ms * PER_MS))

    def cleared(self, item_id: str, now_ms: float) -> None:
        """Nothing of the item is heard from now on, whenever the player says how far it came."""
        item = self._items.get(item_id)
        if item is not None and item.cleared_ms is None:
            item.cleared_ms = now_ms

    def stand_still(self) -> None:
        """Nothing is played before the next report: the caller's line was gone."""
        for item in self._items.values():
            item.played.stand_still()

    def finished(self, item_id: str, heard_ms: int) -> None:
        """Forget the item: so much of it was heard, as it turned out, whatever was reported."""
        item = self._items.pop(item_id, None)
        if item is None:
            return
        self._lay(item, max(min(heard_ms * PER_MS, item.until), item.first))
        self._waiting -= item.forget(item.until)

    def _heard_after(self, item: _Item) -> None:
        before, self._latest = self._latest, item
        until = before.laid[-1].end if before is not None and before.laid else 0
        item.played.not_before_ms = max(item.sent_at, until) / PER_MS

    def _lay(self, item: _Item, until: int) -> None:
        """Have the item lie where its reports say, heard up to there."""
        laid = item.heard(until)
        if self._is_live:
            for part in _behind(item.laid[-1].until if item.laid else 0, laid):
                self.track.put(part.at, item.sound(part))
        else:
            place = max(_differ_from(item.laid, laid), item.first)
            for part in _behind(place, item.laid):
                self.track.erase(part.at, part.end)
            for part in _behind(place, laid):
                self.track.lay(part.at, item.sound(part))
        item.laid = laid


class Timeline:
    """Both channels, taken together; what is held or silenced is silent in both."""

    def __init__(self, started_ms: float, *, is_live: bool = False) -> None:
        """Where it ``is_live``, what was taken was heard: what is late lies late."""
        self._taken = max(round(started_ms * PER_MS), 0)
        self.began_ms = self._taken // PER_MS
        self.caller = CallerTrack(self._taken)
        self.agent = AgentTrack(self._taken, is_live=is_live)
        self._holds: set[str] = set()
        self._held_from = 0
        """Of use while it is held."""
        self._silences: list[tuple[int, int]] = []

    @property
    def taken(self) -> int:
        """Up to where sound was taken, in samples."""
        return self._taken

    @property
    def taken_ms(self) -> int:
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
        self._hush(sound, self._taken)
        self._taken = until
        return sound

    def take_redone(self) -> list[tuple[int, Sound]]:
        """Return what of the agent's channel lies otherwise than it was taken, in order.

        Each is where it begins, in samples of the axis, and what to write there.
        """
        redone, self.agent.track.redone = self.agent.track.redone, []
        found = [(at, sound.copy()) for at, sound in redone]
        for at, sound in found:
            self._hush(sound, at)
        return found

    def _hush(self, sound: Sound, at: int) -> None:
        held = [(self._held_from, at + len(sound))] if self._holds else []
        for start, end in (*self._silences, *held):
            sound[max(start - at, 0) : max(end - at, 0)] = 0

"""The heard ledger: what was generated, sent and heard of each of the agent's items.

Audio is PCM16 mono at 24 kHz: 48 bytes are a millisecond. ``heard`` never exceeds ``sent``;
nothing of an item is sent after it was cut.
"""

import re
from dataclasses import dataclass, field
from enum import Enum, auto

from agent_service.conversation.moves import Moves, after
from agent_service.conversation.played import Played

BYTES_PER_MS = 48

SETTLE_S = 0.25
"""After a cut: how long the player has to say how far it had come."""

ACKNOWLEDGE_S = 3.0
"""How long past its own length an item may play without a word from the player."""

SPOKEN_MS_PER_CHARACTER = 62
"""Ordinary speech, used only for words whose audio was never generated."""

SPOKEN_PER_S = 30
"""More letters and digits than this are not spoken in a second of sound.

Voices at their ordinary speed say 10 to 18 (espeak, flite, and the notices that ship with the
service, in six languages), at the fastest that providers offer, one and a half times that, 25 at
most; of figures, each of which is a word or more, far fewer.
"""

_SENTENCE_END = re.compile(r"[.!?…]\s+|\n+")

END_TOLERANCE_MS = 40
"""A player that is this close to the end has played to the end: one frame of 20 to 40 ms."""


class ItemState(Enum):
    GENERATING = auto()
    GENERATED = auto()
    SETTLING = auto()
    """Cut; the player may still report how far it had come."""
    FINISHED = auto()


class ItemEvent(Enum):
    GENERATED = auto()
    CUT = auto()
    OVER = auto()
    """It was played or read, nothing more is known of it, or nothing more comes of it."""


MOVES: Moves[ItemEvent, ItemState] = {
    ItemEvent.GENERATED: {ItemState.GENERATING: ItemState.GENERATED},
    ItemEvent.CUT: {
        ItemState.GENERATING: ItemState.SETTLING,
        ItemState.GENERATED: ItemState.SETTLING,
    },
    ItemEvent.OVER: {
        ItemState.GENERATING: ItemState.FINISHED,
        ItemState.GENERATED: ItemState.FINISHED,
        ItemState.SETTLING: ItemState.FINISHED,
    },
}


@dataclass(slots=True)
class AgentItem:
    """One item of the agent's speech, or of its typed answer."""

    item_id: str
    response_id: str
    is_spoken: bool
    is_listened_to: bool = True
    """The caller is to hear it; to who reads, written words are the whole of it."""
    heard_from: float = 0.0
    """When the caller is to hear it, or began to read it."""
    sent_from: float = 0.0
    """When the first of its sound was sent."""
    shown_at: float = 0.0
    """When the last of what is read was shown."""
    unread_from: int | None = None
    """From which character on it was written while the caller's line was gone."""
    played: Played = field(default_factory=Played)
    """What of it was heard when, in milliseconds."""
    cut_at: float | None = None
    state: ItemState = ItemState.GENERATING
    is_complete: bool = False
    """The provider generated all that it meant to."""
    is_cut: bool = False
    is_unacknowledged: bool = False
    """The player went silent; ``heard_ms`` is the last that it said."""
    sent_bytes: int = 0
    sounding_ms: int = 0
    """For how much of what was sent there is something to hear."""
    sounds_from_ms: int = 0
    sounds_until_ms: int = 0
    heard_ms: int = 0
    due_at: float | None = None
    """When the item is finished without another word from the player."""
    text: str = ""
    is_notice: bool = False
    """The service says it without the provider, who knows nothing of it."""
    is_persons: bool = False
    """A representative says it, whom no caller cuts off: people talk over each other."""
    is_unwritten: bool = False
    """Its words are not known yet: it is being written down."""
    is_forgotten: bool = False
    """The provider session that said it is gone, and the next one does not know it."""
    spares: int = 0
    """Characters at its beginning that the caller has to hear: no barge-in cuts them."""
    is_cut_due: bool = False
    """To be cut as soon as those are heard."""

    @property
    def sent_ms(self) -> int:
        return self.sent_bytes // BYTES_PER_MS

    def heard_span(self, now: float) -> tuple[float, float]:
        """Return from when to when it was heard or read; nothing of it: when it was to be."""
        start = min(self.heard_from, now)
        if not self.is_spoken:
            return start, max(start, self.shown_at)
        if not self.heard_ms:
            return start, start
        start = self.played.start_of(0) / 1000
        return start, max(start, self._end_of(self.heard_ms))

    def sounding_span(self, now: float) -> tuple[float, float]:
        """Return from when to when of that there was something to hear."""
        start, end = self.heard_span(now)
        if not (self.sounding_ms and self.heard_ms):
            return start, end
        sound_from_ms = min(self.sounds_from_ms, self.heard_ms)
        start = max(start, self.played.start_of(sound_from_ms) / 1000)
        return start, max(start, self._end_of(min(self.sounds_until_ms, self.heard_ms)))

    def _end_of(self, place_ms: int) -> float:
        end = self.played.end_of(place_ms) / 1000
        return end if self.cut_at is None else min(end, self.cut_at)

    @property
    def is_finished(self) -> bool:
        return self.state is ItemState.FINISHED

    @property
    def is_heard_whole(self) -> bool:
        """All of it was generated and reached the caller."""
        if not self.is_complete or self.is_cut:
            return False
        if not self.is_spoken:
            return self.unread_from is None
        return not self.is_mute and self.heard_ms >= self.sent_ms - END_TOLERANCE_MS

    @property
    def is_sound_heard(self) -> bool:
        """What sounds of it so far was heard; without sound, its words can be read."""
        if self.is_cut or not self.is_spoken:
            return not (self.is_cut or self.is_unwritten)
        return self.heard_ms >= self.sounds_until_ms - END_TOLERANCE_MS

    @property
    def is_mute(self) -> bool:
        """Its sound is too short to hold its words: whatever was played, they were not heard."""
        return self.is_spoken and self._end_of_sound < len(self.text.rstrip())

    @property
    def is_silent(self) -> bool:
        """There is no sound in it; of all that was to be said, not for half of the words."""
        if not self.is_spoken:
            return False
        is_half = self.is_complete and 2 * self._end_of_sound < len(self.text.rstrip())
        return is_half or not self.sounding_ms

    @property
    def is_only_written(self) -> bool:
        """The caller listens, and there is only something to read."""
        return self.is_listened_to and not self.is_spoken and bool(self.text.strip())

    @property
    def is_spared(self) -> bool:
        """The caller has not heard yet what they have to hear of it, and may hear it now."""
        is_over = self.is_finished or (self.is_complete and self.heard_ms >= self.sent_ms > 0)
        return not (is_over or self.is_silent) and len(self.heard_text()) < self.spares

    def move(self, event: ItemEvent) -> None:
        self.state = after(MOVES, self.state, event, f"item {self.item_id}")

    def sent_text(self) -> str:
        """Return the words that the caller hears if nothing stops what was sent."""
        if self.is_cut or self.is_finished:
            return self.heard_text()
        return self._text_until(self.sent_ms) if self.is_spoken else self.text

    def heard_text(self) -> str:
        """Return the words that were heard whole, as a prefix of ``text``."""
        if not self.is_spoken:
            return self.text if self.unread_from is None else self.text[: self.unread_from]
        if self.is_heard_whole:
            return self.text
        return self._text_until(self.heard_ms)

    def unheard_text(self) -> str:
        """Return what was not heard, from the beginning of the sentence that was cut."""
        if not self.is_spoken or self.heard_ms >= self.sent_ms - END_TOLERANCE_MS:
            return ""
        heard = len(self.heard_text())
        ends = (end.end() for end in _SENTENCE_END.finditer(self.text))
        return self.text[max((end for end in ends if end <= heard + 1), default=0) :].strip()

    def _text_until(self, ms: int) -> str:
        spoken_ms: float = self.sent_ms
        if not self.is_complete:
            spoken_ms = max(spoken_ms, len(self.text) * SPOKEN_MS_PER_CHARACTER)
        if spoken_ms <= 0:
            return ""
        end = int(len(self.text) * ms / spoken_ms)
        return whole_words(self.text, min(end, len(self.text) - 1, self._end_of_sound))

    @property
    def _end_of_sound(self) -> int:
        """How many characters the sound can hold, however fast they are spoken."""
        left = self.sounding_ms * SPOKEN_PER_S // 1000
        for end, character in enumerate(self.text):
            left -= character.isalnum()
            if left < 0:
                return end
        return len(self.text)


def whole_words(text: str, end: int) -> str:
    """Return the longest prefix of at most ``end`` characters that ends with a whole word."""
    if end >= len(text):
        return text
    if end <= 0:
        return ""
    if not text[end].isspace():
        end = max(text.rfind(" ", 0, end), 0)
    return text[:end].rstrip()


class Playback:
    """The agent's items that are not finished yet, in the order they play."""

    def __init__(self) -> None:
        self._items: dict[str, AgentItem] = {}
        self._unheard: list[str] = []
        """Items given up on: a player that froze may yet play them."""
        self._plays_until = 0.0
        self._sounds_until = 0.0
        self._heard: AgentItem | None = None
        """The item that was heard last."""

    def find(self, item_id: str) -> AgentItem | None:
        return self._items.get(item_id)

    @property
    def plays_until(self) -> float:
        """When all that was sent has been played."""
        return self._plays_until

    @property
    def sounds_until(self) -> float:
        """When the last of it that is no silence has been played."""
        return self._sounds_until

    def open(
        self,
        item_id: str,
        response_id: str,
        now: float,
        *,
        is_spoken: bool,
        is_listened_to: bool = True,
    ) -> AgentItem:
        item = AgentItem(
            item_id, response_id, is_spoken and is_listened_to, is_listened_to, heard_from=now
        )
        self._items[item_id] = item
        return item

    def send(
        self,
        item: AgentItem,
        audio: bytes,
        now: float,
        sounding_ms: int,
        lead_ms: int = 0,
        tail_ms: int = 0,
    ) -> int | None:
        """Count audio for the caller; return its offset in ms, or None if it may not go."""
        if item.state is not ItemState.GENERATING or not item.is_listened_to:
            return None
        offset_ms = item.sent_ms
        if offset_ms == 0:
            item.heard_from, item.sent_from = max(self._plays_until, now), now
        item.sent_bytes += len(audio)
        if sounding_ms:
            if not item.sounding_ms:
                item.sounds_from_ms = offset_ms + lead_ms
            item.sounds_until_ms = item.sent_ms - tail_ms
        item.sounding_ms += sounding_ms
        self._plays_until = max(self._plays_until, now) + len(audio) / BYTES_PER_MS / 1000
        if sounding_ms:
            self._sounds_until = self._plays_until
        return offset_ms

    def finish_generation(self, item: AgentItem, *, is_complete: bool) -> None:
        if item.state not in MOVES[ItemEvent.GENERATED]:
            return
        item.is_complete = is_complete
        item.move(ItemEvent.GENERATED)
        if not item.is_spoken:
            if item.unread_from is None:
                item.move(ItemEvent.OVER)
            return
        item.due_at = self._plays_until + ACKNOWLEDGE_S
        self._finish_if_played(item)

    def acknowledge(self, item_id: str, played_ms: int, now: float) -> None:
        """Take the player's word for what was played: it only grows, never beyond what was sent."""
        item = self._items.get(item_id)
        if item is None or item.is_finished:
            return
        self._hear(item, min(played_ms, item.sent_ms), now)
        if item.state is ItemState.GENERATED and item.due_at is not None:
            rest_s = (item.sent_ms - item.heard_ms) / 1000
            item.due_at = max(item.due_at, now + rest_s + ACKNOWLEDGE_S)
        self._finish_if_played(item)

    def _hear(self, item: AgentItem, heard_ms: int, now: float) -> None:
        if heard_ms > 0 and not item.heard_ms:
            self._heard_after(item)
        cut_ms = None if item.cut_at is None else item.cut_at * 1000
        item.played.report(heard_ms, now * 1000, cut_ms)
        item.heard_ms = max(item.heard_ms, heard_ms)

    def _heard_after(self, item: AgentItem) -> None:
        """The item is the next that is heard, behind the one before it."""
        before, self._heard = self._heard, item
        until_ms = before.played.end_of(before.heard_ms) if before is not None else 0.0
        item.played.not_before_ms = max(item.sent_from * 1000, until_ms)

    def cut(self, now: float) -> list[str]:
        """Stop what the agent says, played or still generated; return what to clear."""
        plays_on = [item for item in self.audible() if item.is_persons or item.is_spared]
        rest_ms = sum(item.sent_ms - item.heard_ms for item in plays_on)
        self._plays_until = now + rest_ms / 1000
        self._sounds_until = min(self._sounds_until, self._plays_until)
        to_clear, self._unheard = self._unheard, []
        for item in self._items.values():
            if item.state not in MOVES[ItemEvent.CUT] or item.is_persons:
                continue
            if item.is_spared:
                item.is_cut_due = True
            elif self._cut(item, now):
                to_clear.append(item.item_id)
        return to_clear

    def spare_sentence(self) -> None:
        """Let no cut stop what plays before the end of its sentence."""
        for item in [item for item in self.audible() if not item.is_persons][:1]:
            heard = len(item.heard_text())
            ends = (end.start() + 1 for end in _SENTENCE_END.finditer(item.text, heard))
            item.spares = max(item.spares, next(ends, len(item.text)))

    def read_on(self, now: float) -> list[str]:
        """Have what sounds be read from here on, to its end; return what to clear."""
        items = self.audible()
        for item in items:
            item.shown_at = now
        self._plays_until = self._sounds_until = now
        for item in self.unfinished():
            if item.state is not ItemState.SETTLING:
                item.is_spoken = item.is_listened_to = False
                item.due_at = None
                if item.state is ItemState.GENERATED:
                    item.move(ItemEvent.OVER)
        return [item.item_id for item in items]

    def skip_silence(self, now: float) -> list[str]:
        """Stop what plays and has no sound; return what to clear."""
        silent = [item for item in self.audible() if item.is_silent]
        for item in silent:
            self._plays_until -= (item.sent_ms - item.heard_ms) / 1000
            self._cut(item, now)
        self._plays_until = max(self._plays_until, self._sounds_until)
        return [item.item_id for item in silent]

    def _cut(self, item: AgentItem, now: float) -> bool:
        """Return whether the player has to be told."""
        item.is_cut, item.is_cut_due = True, False
        item.heard_from, item.cut_at = min(item.heard_from, now), now
        is_played = item.is_spoken and item.sent_bytes > 0
        if is_played:
            item.due_at = now + SETTLE_S
        item.move(ItemEvent.CUT if is_played else ItemEvent.OVER)
        return is_played

    def cut_what_is_due(self, now: float) -> list[str]:
        """Stop what was spared a cut, once it was heard as far as it had to be: no later item.

        Returns what to clear.
        """
        due = [item for item in self.unfinished() if item.is_cut_due and not item.is_spared]
        rest_s = sum(item.sent_ms - item.heard_ms for item in due) / 1000
        self._plays_until = max(self._plays_until - rest_s, now)
        self._sounds_until = min(self._sounds_until, self._plays_until)
        return [item.item_id for item in due if self._cut(item, now)]

    def expire(self, now: float) -> list[AgentItem]:
        """Finish the items whose player has had its time; return those that were cut."""
        settled = []
        for item in self._items.values():
            if item.due_at is None or item.is_finished or now < item.due_at:
                continue
            if item.is_cut:
                settled.append(item)
            else:
                item.is_unacknowledged = True
                self._unheard.append(item.item_id)
            item.move(ItemEvent.OVER)
        return settled

    def show_unread(self, now: float) -> None:
        """Let what was written while the line was gone be read: it is shown now."""
        for item in self.unfinished():
            if item.unread_from is None:
                continue
            if item.unread_from == 0:
                item.heard_from = now
            item.unread_from, item.shown_at = None, now
            if item.state is ItemState.GENERATED:
                item.move(ItemEvent.OVER)

    def wait_anew(self, now: float) -> None:
        """Give the player its time from now on: it may play all that was sent and not heard."""
        self._plays_until = now
        for item in self.unfinished():
            item.played.stand_still()
            if item.state is ItemState.SETTLING:
                item.due_at = now + SETTLE_S
                continue
            self._plays_until += (item.sent_ms - item.heard_ms) / 1000
            if item.state is ItemState.GENERATED:
                item.due_at = self._plays_until + ACKNOWLEDGE_S
        self._sounds_until = self._plays_until

    def abandon(self) -> None:
        """Finish everything now: the conversation ends."""
        for item in self.unfinished():
            item.is_cut = item.is_cut or not item.is_heard_whole
            item.move(ItemEvent.OVER)

    def forget(self, item: AgentItem) -> None:
        del self._items[item.item_id]

    def unfinished(self) -> list[AgentItem]:
        return [item for item in self._items.values() if not item.is_finished]

    def audible(self) -> list[AgentItem]:
        """Return what is still playing, or will be."""
        states = (ItemState.GENERATING, ItemState.GENERATED)
        return [
            item
            for item in self._items.values()
            if item.state in states and item.is_listened_to and item.sent_bytes
        ]

    @property
    def is_settling(self) -> bool:
        return any(item.state is ItemState.SETTLING for item in self._items.values())

    def deadline(self) -> float | None:
        dues = [item.due_at for item in self.unfinished() if item.due_at is not None]
        return min(dues, default=None)

    def _finish_if_played(self, item: AgentItem) -> None:
        if item.state is ItemState.GENERATED and item.heard_ms >= item.sent_ms - END_TOLERANCE_MS:
            item.heard_ms = item.sent_ms
            item.move(ItemEvent.OVER)

"""The agent's side of the talk: its items on their way to the caller, and what stops them."""

import sys

from agent_service.audio import Sounding
from agent_service.conversation import events as ev
from agent_service.conversation.attendance import Attendance
from agent_service.conversation.commands import (
    ClearPlayback,
    PlayAudio,
    ShowTranscript,
    TruncateItem,
)
from agent_service.conversation.output import Output
from agent_service.conversation.playback import BYTES_PER_MS, AgentItem, Playback
from agent_service.conversation.records import Modality, Role, Usage
from agent_service.conversation.response import ResponseMachine
from agent_service.conversation.spec import Notice, NoticeClip
from agent_service.conversation.turns import NOTICE, AgentTurn, Turns

ECHO_S = 0.7
"""How long after the agent's last sound its echo may still begin."""

PERSON = "person"
"""Stands for the response of what a representative says."""

HEARD_TO_THEIR_END = {Notice.DISCLOSURE, Notice.JOINED}
"""Who speaks with the caller, which no barge-in cuts."""

NOTICE_FRAME_BYTES = 200 * BYTES_PER_MS


class AgentSpeech:
    def __init__(
        self,
        output: Output,
        turns: Turns,
        response: ResponseMachine,
        attendance: Attendance,
        modality: Modality,
    ) -> None:
        self._is_listened_to = modality is Modality.AUDIO
        self._output = output
        self._turns = turns
        self._response = response
        self._attendance = attendance
        self._playback = Playback()
        self._carried_usage: Usage | None = None
        self._spares: dict[str, int] = {}
        self._last: tuple[AgentItem | None, float] = (None, 0.0)

    @property
    def is_audible(self) -> bool:
        return bool(self._playback.audible())

    @property
    def is_answering(self) -> bool:
        """The agent itself is audible, not the service."""
        return any(not (i.is_notice or i.is_persons) for i in self._playback.audible())

    @property
    def is_speaking(self) -> bool:
        """The agent or the service is audible, not a representative."""
        return bool(self.playing())

    def playing(self) -> list[AgentItem]:
        """Return what the agent or the service says at this moment."""
        return [item for item in self._playback.audible() if not item.is_persons]

    def just_played(self) -> list[AgentItem]:
        """Return what ended so lately that its echo may still come."""
        item, until = self._last
        return [item] if item is not None and self._output.now < until else []

    def plays_for_s(self) -> float:
        return max(self._playback.plays_until - self._output.now, 0.0)

    @property
    def sounds_until(self) -> float:
        """Until when the caller hears something, not counting silence."""
        return self._playback.sounds_until

    @property
    def is_settling(self) -> bool:
        """Something was cut, and how much of it was heard is not known yet."""
        return self._playback.is_settling

    def audio(self, event: ev.AgentAudio) -> bool:
        """Pass sound on to the caller; False if nobody is to hear it."""
        item = self._item(event, is_spoken=True, is_silent=not event.sounding_ms)
        if item is None:
            return False
        sounds = Sounding(event.sounding_ms, event.lead_ms, event.tail_ms)
        offset_ms = self._playback.send(item, event.audio, self._output.now, *sounds)
        if offset_ms is None:
            return False
        if event.sounding_ms:
            self._measure_wait(item)
        self._output.order(PlayAudio(item.item_id, offset_ms, event.audio))
        return True

    def text(self, event: ev.AgentText) -> bool:
        """Show words to the caller; False if nobody is to read them."""
        known = self._playback.find(event.item_id)
        is_silent = self._is_listened_to if known is None else known.is_listened_to
        item = self._item(event, is_spoken=event.is_spoken, is_silent=is_silent)
        if item is None or item.is_cut:
            return False
        self._write(item, event.delta)
        if not item.is_spoken:
            item.shown_at = self._output.now
            self._measure_wait(item)
        turn_id = self._turns.agent_turn(item).turn_id
        self._output.order(
            ShowTranscript(turn_id, Role.AGENT, delta=event.delta, item_id=item.item_id)
        )
        return True

    def spare(self, response_id: str, characters: int) -> None:
        """Let no barge-in cut so much of what this response says."""
        self._spares[response_id] = characters

    def switch(self, modality: Modality) -> None:
        """Let what is said from now on be heard, or only read; what sounds is read to its end."""
        self._is_listened_to = modality is Modality.AUDIO
        if not self._is_listened_to:
            for item_id in self._playback.read_on(self._output.now):
                self._output.order(ClearPlayback(item_id))

    def say_notice(self, notice: Notice, clip: NoticeClip) -> None:
        """Say something of the service's own, without the provider."""
        audio = clip.audio if self._is_listened_to else b""
        item_id = self._output.new_id()
        item = self._open(item_id, NOTICE, is_spoken=bool(audio))
        item.is_notice = True
        self._write(item, clip.text)
        item.spares = len(clip.text) if notice in HEARD_TO_THEIR_END else 0
        turn = AgentTurn(self._output.new_turn_id(), item, self._output.utc(), flags=[NOTICE])
        turn.is_response_over = True
        self._turns.add(turn)
        self._output.order(
            ShowTranscript(
                turn.turn_id, Role.AGENT, delta=clip.text, item_id=item_id, notice=notice
            )
        )
        for start in range(0, len(audio), NOTICE_FRAME_BYTES):
            frame = audio[start : start + NOTICE_FRAME_BYTES]
            # That it sounds was seen to when it was recorded.
            frame_ms = len(frame) // BYTES_PER_MS
            offset_ms = self._playback.send(item, frame, self._output.now, frame_ms)
            assert offset_ms is not None
            self._output.order(PlayAudio(item_id, offset_ms, frame))
        self._playback.finish_generation(item, is_complete=True)

    # --- a representative's sound, on its way to the caller as the agent's is ---

    def open_persons(self, item_id: str) -> AgentTurn:
        """Begin a turn of a representative: what the caller hears of it is counted."""
        item = self._open(item_id, PERSON, is_spoken=True)
        item.is_persons = item.is_unwritten = True
        return self._new_persons(item)

    def write_persons(self, item_id: str, text: str) -> AgentTurn:
        """Take what a representative types: a turn that is read."""
        item = self._open(item_id, PERSON, is_spoken=False)
        item.is_persons = True
        self._write(item, text)
        turn = self._new_persons(item)
        turn.is_response_over = True
        self.close_persons(item)
        return turn

    def pass_on(self, item: AgentItem, audio: bytes, sounds: Sounding) -> None:
        """Play a representative's sound to a caller who listens."""
        offset_ms = self._playback.send(item, audio, self._output.now, *sounds)
        if offset_ms is not None:
            self._output.order(PlayAudio(item.item_id, offset_ms, audio))

    def _new_persons(self, item: AgentItem) -> AgentTurn:
        output = self._output
        turn = AgentTurn(output.new_turn_id(), item, output.utc(), role=Role.REPRESENTATIVE)
        self._turns.add(turn)
        return turn

    def close_persons(self, item: AgentItem) -> None:
        """All of it was said."""
        self._playback.finish_generation(item, is_complete=True)

    def finish_sentence(self) -> None:
        """Let what is said at this moment be heard to the end of its sentence, whatever comes."""
        self._playback.spare_sentence()

    def played(self, item_id: str, played_ms: int) -> None:
        self._playback.acknowledge(item_id, played_ms, self._output.now)
        for due in self._playback.cut_what_is_due(self._output.now):
            self._output.order(ClearPlayback(due))

    def item_finished(self, item_id: str, *, is_complete: bool) -> None:
        item = self._playback.find(item_id)
        if item is not None:
            self._playback.finish_generation(item, is_complete=is_complete)

    def response_finished(self, event: ev.ResponseFinished) -> None:
        """Close the response's items and give them its usage; else the next response's get it."""
        is_complete = event.status is ev.ResponseStatus.COMPLETED
        usage = _sum(self._carried_usage, event.usage)
        turns = self._turns.agent_turns(event.response_id)
        for turn in turns:
            self._playback.finish_generation(turn.item, is_complete=is_complete)
            turn.is_response_over = True
        if turns:
            turns[0].usage = _sum(turns[0].usage, usage)
            usage = None
        self._carried_usage = usage

    def carry(self, usage: Usage | None) -> None:
        """Let the next response's turn bear what belongs to no turn."""
        self._carried_usage = _sum(self._carried_usage, usage)

    def cut(self) -> None:
        """Nothing more of what the agent was saying goes out or is played."""
        for item_id in self._playback.cut(self._output.now):
            self._output.order(ClearPlayback(item_id))

    def silent_items(self, response_id: str) -> list[AgentItem]:
        """Return what the response says in words that nobody can hear."""
        items = (turn.item for turn in self._turns.agent_turns(response_id))
        return [item for item in items if item.is_silent or item.is_only_written]

    def skip_silence(self) -> None:
        """Let what is said next not wait until silence has been played."""
        for item_id in self._playback.skip_silence(self._output.now):
            self._output.order(ClearPlayback(item_id))

    def give_up(self, response_id: str) -> None:
        """The provider never says how this response ends: take it as it stands."""
        for turn in self._turns.agent_turns(response_id):
            self._give_up(turn)

    def engine_is_lost(self) -> None:
        for turn in self._turns.all_agent_turns():
            self._give_up(turn)
            turn.item.is_forgotten = True

    def _give_up(self, turn: AgentTurn) -> None:
        self._playback.finish_generation(turn.item, is_complete=False)
        turn.is_response_over = True

    def forget(self, item: AgentItem) -> None:
        self._playback.forget(item)
        self._last = (item, self._output.now + ECHO_S)

    def abandon(self) -> None:
        self._playback.abandon()

    def play_on(self) -> None:
        """The caller is back: what they had not heard may be played to them yet."""
        self._playback.show_unread(self._output.now)
        self._playback.wait_anew(self._output.now)

    def deadline(self) -> float | None:
        """Return until when a player is waited for; one that is away cannot say anything."""
        return None if self._attendance.is_away else self._playback.deadline()

    def expire(self, now: float) -> None:
        """Fix what was heard of cut items; cut the provider's memory at the same millisecond."""
        if self._attendance.is_away:
            return
        for item in self._playback.expire(now):
            is_remembered = not (item.is_notice or item.is_persons or item.is_forgotten)
            if is_remembered and item.heard_ms < item.sent_ms:
                self._output.order(TruncateItem(item.item_id, item.heard_ms))

    def _item(
        self, event: ev.AgentAudio | ev.AgentText, *, is_spoken: bool, is_silent: bool
    ) -> AgentItem | None:
        """Return the item that output belongs to, or None if nobody is to hear it."""
        response_id, item_id = event.response_id, event.item_id
        if response_id != self._response.response_id:
            return None
        self._response.put_out(self._output.now, is_silent=is_silent)
        item = self._playback.find(item_id)
        if item is not None or self._response.is_cancelling:
            return item
        item = self._open(item_id, response_id, is_spoken=is_spoken)
        item.spares = self._spares.get(response_id, 0)
        if item.spares and not is_spoken:  # half a sentence in writing only looks broken
            item.spares = sys.maxsize
        self._turns.add(AgentTurn(self._output.new_turn_id(), item, self._output.utc()))
        return item

    def _open(self, item_id: str, response_id: str, *, is_spoken: bool) -> AgentItem:
        return self._playback.open(
            item_id,
            response_id,
            self._output.now,
            is_spoken=is_spoken,
            is_listened_to=self._is_listened_to,
        )

    def _write(self, item: AgentItem, words: str) -> None:
        if not item.is_spoken and item.unread_from is None and self._attendance.is_gone:
            item.unread_from = len(item.text)
        item.text += words

    def _measure_wait(self, item: AgentItem) -> None:
        """Note how long the caller waited, at the first sign of an answer."""
        since = self._turns.waiting_since
        if since is not None and not item.spares:  # what has to be said first answers nobody
            turn = self._turns.agent_turn(item)
            turn.first_audio_ms = round((self._output.now - since) * 1000)
            self._turns.waiting_since = None


def _sum(first: Usage | None, second: Usage | None) -> Usage | None:
    if first is None or second is None:
        return first or second
    return first + second

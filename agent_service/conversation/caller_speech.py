"""The caller's side of the talk: who is speaking, their turns, and the words that arrive later."""

from collections.abc import Callable
from dataclasses import dataclass

from agent_service.agent import TurnDetectionSettings
from agent_service.audio import sounding
from agent_service.conversation import events as ev
from agent_service.conversation.arrivals import Place
from agent_service.conversation.caller_sound import Moment, SentSound
from agent_service.conversation.commands import ShowTranscript
from agent_service.conversation.output import Output
from agent_service.conversation.records import Modality, Role
from agent_service.conversation.turns import CallerTurn, Turns

SPEECH_S = 45.0
"""How long the provider may take to notice that the caller has stopped."""

COMMIT_S = 3.0
"""How long after the end of speech its item may be missing before the floor is open again."""

MAX_LAG_S = 10.0
"""The most by which the provider's notice of an end of speech may trail the speech itself."""

QUIET_S = 6.0
"""How long it may take for it while nothing is heard of the caller."""

STALLED_S = 9.0
"""How long it may take while nothing at all comes behind the caller's last sound: a line that
stands still, or a microphone that sends no silence.
"""

STOP_LAG_S = 2.0
"""How much longer than the pause that ends a turn."""

TALK_S = 8.0
"""Who sounds for longer without a pause may be a noise: then they hear how the agent fares."""

PONDERED_MS = {"low": 8_000, "medium": 4_000, "auto": 4_000, "high": 2_000}
"""How long semantic detection waits for more words at most, by its eagerness."""


@dataclass(slots=True)
class Speech:
    """What the caller is saying, from its beginning to the item that it becomes."""

    item_id: str
    began_at: float
    until: float
    """When the floor is open again whatever the provider says."""
    sounded_at: float | None
    """When something of it was last heard; None once the provider has told of its end."""
    arrived_at: float
    """When anything of the caller's sound, silence too, came last."""
    sounds_until: Moment | None = None
    """Where the last of it ended in which there is something to hear."""


class CallerSpeech:
    def __init__(
        self,
        output: Output,
        turns: Turns,
        *,
        transcript_s: float,
        detection: TurnDetectionSettings,
        unended: Callable[[], None],
    ) -> None:
        """``unended`` is told that the end of a speech was never told of: its words are lost."""
        self._output = output
        self._turns = turns
        self._transcript_s = transcript_s
        self._silence_ms = detection.silence_duration_ms
        self._padding_ms = detection.prefix_padding_ms
        self._is_push_to_talk = detection.kind == "push_to_talk"
        is_semantic = detection.kind == "semantic_vad"
        pause_ms = PONDERED_MS[detection.eagerness] if is_semantic else self._silence_ms
        self._quiet_s = max(QUIET_S, pause_ms / 1000 + STOP_LAG_S)
        self._unended = unended
        self._item_ids: set[str] = set()
        self._committed_ids: set[str] = set()
        self._speech: Speech | None = None
        self.sounds_until = 0.0
        """Until when the caller hears themselves."""
        self._sent = SentSound(finds_words=self._is_push_to_talk)

    @property
    def is_speaking(self) -> bool:
        return self._speech is not None

    def hear(self, audio: bytes, place: Place) -> None:
        """Take note of whether the caller, who is said to speak, is to be heard."""
        speech = self._speech
        if speech is not None and speech.sounded_at is not None:
            speech.arrived_at = self._output.now
            sounds = sounding(audio)
            if sounds.ms:
                self._sound(speech, self._output.now)
                speech.sounds_until = Moment(place, place.length_ms - sounds.tail_ms)

    def _sound(self, speech: Speech, now: float) -> None:
        speech.sounded_at = now
        self.sounds_until = min(now, speech.began_at + TALK_S)

    def line_is_gone(self) -> None:
        """Whether the caller still speaks cannot be heard until they are back."""
        if self._speech is not None and self._speech.sounded_at is not None:
            self._speech.sounded_at = self._speech.until

    def line_is_back(self) -> None:
        if self._speech is not None and self._speech.sounded_at is not None:
            self._sound(self._speech, self._output.now)

    def sound_sent(self, place: Place, audio: bytes) -> None:
        self._sent.add(place, audio)

    def sound_committed(self) -> None:
        """Push to talk: what was sent since the last time becomes an item."""
        self._sent.commit()

    def typed(self, text: str) -> None:
        turn = self._new_turn(None, Modality.TEXT)
        turn.text = text
        turn.ended_ms = turn.started_ms
        turn.is_final = True
        self._turns.add(turn)
        # It goes on record in its place, which may be behind words that are still to come.
        self._output.order(ShowTranscript(turn.turn_id, Role.CALLER, text=text, is_typed=True))
        self._turns.waiting_since = self._output.now

    def started(self, event: ev.SpeechStarted) -> None:
        now = self._output.now
        self._speech = Speech(event.item_id, now, now + SPEECH_S, now, arrived_at=now)
        self._sound(self._speech, now)
        turn = self._turns.caller_turn(event.item_id) or self._open(event.item_id)
        # The provider's padding may reach back into what was sent before the line fell silent.
        turn.started_ms = self._place(event.audio_start_ms, lead_ms=self._padding_ms)
        noticed_ms = event.audio_start_ms + self._padding_ms
        began_ms = max(self._sent.onset(noticed_ms), event.audio_start_ms)
        turn.words_from_ms = self._place(began_ms)
        turn.spoken_from_ms = event.audio_start_ms
        turn.due_at = now + SPEECH_S + self._transcript_s

    def stopped(self, item_id: str, audio_end_ms: int) -> None:
        now = self._output.now
        ended_ms = self._end_of_words(audio_end_ms)
        spoke_until = max(self._output.monotonic(ended_ms), now - MAX_LAG_S)
        self._turns.waiting_since = spoke_until
        if self._speech is not None:
            self._speech.until, self._speech.sounded_at = now + COMMIT_S, None
        turn = self._turns.caller_turn(item_id)
        if turn is not None:
            turn.ended_ms = max(ended_ms, turn.started_ms)
            turn.heard_ms = max(audio_end_ms - turn.spoken_from_ms, 0)
            turn.ended_at = self._output.utc(spoke_until)
            turn.due_at = now + COMMIT_S + self._transcript_s

    def _end_of_words(self, audio_end_ms: int) -> int:
        """Return where the last word ends: what finds turns waits for a while before it says so."""
        told_ms = audio_end_ms - self._silence_ms
        found_ms = self._sent.last_sound(told_ms)
        if found_ms is not None:
            return self._place(found_ms)
        ended_ms = self._place(told_ms)
        if self._speech is None or self._speech.sounds_until is None:
            return ended_ms
        return min(ended_ms, self._speech.sounds_until.ms)

    def is_committed(self, item_id: str) -> bool:
        """The item is known already: the provider repeats itself."""
        return item_id in self._committed_ids

    def committed(self, item_id: str) -> bool:
        """The audio became an item; True if nothing announced it (push to talk)."""
        self._committed_ids.add(item_id)
        self._speech = None
        is_new = item_id not in self._item_ids
        if is_new:
            self._take_committed(self._open(item_id))
            self._turns.waiting_since = self._output.now
        turn = self._turns.caller_turn(item_id)
        if turn is not None:
            turn.due_at = self._output.now + self._transcript_s
            turn.ended_at = turn.ended_at or self._output.utc()
            if turn.ended_ms is None:
                turn.ended_ms = round(self._output.now_ms)
        return is_new

    def began_at(self, item_id: str) -> float:
        """Return when the words of an item began, as far as that is known."""
        turn = self._turns.caller_turn(item_id)
        if turn is None or turn.words_from_ms is None:
            return self._output.now
        return self._output.monotonic(turn.words_from_ms)

    def _take_committed(self, turn: CallerTurn) -> None:
        if self._sent.committed is not None:
            first, last = self._sent.committed
            turn.started_ms, turn.ended_ms = round(first.start_ms), round(last.end_ms)
            turn.heard_ms = turn.ended_ms - turn.started_ms
        if self._sent.committed_words is not None:
            begin, end = self._sent.committed_words
            turn.words_from_ms, turn.words_until_ms = begin.ms, end.ms

    def transcribed(self, event: ev.TranscriptArrived) -> str | None:
        """Take words of a caller's item; return the whole text once it is known."""
        turn = self._turns.caller_turn(event.item_id)
        if turn is None and event.item_id not in self._item_ids:
            turn = self._open(event.item_id)
        if turn is None or turn.is_final:
            if event.is_final and turn is None:
                self._come_late(event)
            return None
        if not event.is_final:
            turn.text += event.text
            self._output.order(ShowTranscript(turn.turn_id, Role.CALLER, delta=event.text))
            return None
        turn.text = event.text.strip()
        turn.usage = event.usage
        turn.is_final = True
        if not turn.text:
            turn.flags.append("no_words")
        self._output.order(ShowTranscript(turn.turn_id, Role.CALLER, text=turn.text))
        return turn.text

    def _come_late(self, event: ev.TranscriptArrived) -> None:
        """The turn is on record without its words: put them there."""
        record = self._turns.take_late(event.item_id, event.text.strip(), event.usage)
        if record is not None:
            self._output.keep(record)
            self._output.order(
                ShowTranscript(record.turn_id, Role.CALLER, text=record.text, is_final=True)
            )

    def transcript_failed(self, item_id: str, message: str, *, is_expected: bool) -> None:
        turn = self._turns.caller_turn(item_id)
        if turn is not None and not turn.is_final:
            turn.flags.append("transcript_failed")
            turn.is_final = True
        if not is_expected:
            self._output.incident("transcript_failed", message)

    @property
    def uncommitted_sound(self) -> tuple[Place, Place] | None:
        """The first and the last frame that the provider session was sent since the last commit."""
        return self._sent.uncommitted

    def engine_is_lost(self) -> None:
        """What has no words yet never gets any: its provider session is gone."""
        self._speech = None
        self._sent = SentSound(finds_words=self._is_push_to_talk)
        self._turns.give_up_words(self._output.now)

    def deadline(self) -> float | None:
        speech = self._speech
        if speech is None:
            return None
        if speech.sounded_at is None:
            return speech.until
        was_silent_s = speech.arrived_at - speech.sounded_at
        quiet_s = self._quiet_s if was_silent_s >= STOP_LAG_S else max(self._quiet_s, STALLED_S)
        return min(speech.until, speech.sounded_at + quiet_s)

    def expire(self, now: float) -> None:
        due = self.deadline()
        if self._speech is None or due is None or now < due:
            return
        speech, self._speech = self._speech, None
        if speech.sounded_at is not None:
            self._give_up(speech.item_id, min(speech.sounded_at, now))

    def _give_up(self, item_id: str, sounded_at: float) -> None:
        """Wait no longer for the end of a speech: nobody speaks, or it goes on without end."""
        turn = self._turns.caller_turn(item_id)
        if turn is not None and not turn.is_final:
            turn.ended_ms = max(self._output.ms(sounded_at), turn.started_ms)
            turn.ended_at = self._output.utc(sounded_at)
            turn.due_at = self._output.now
        self._output.incident(
            "speech_not_ended", "The provider did not say that the caller had stopped speaking."
        )
        self._unended()

    def _open(self, item_id: str) -> CallerTurn:
        turn = self._new_turn(item_id, Modality.AUDIO)
        turn.due_at = self._output.now + COMMIT_S + self._transcript_s
        self._item_ids.add(item_id)
        self._turns.add(turn)
        return turn

    def _new_turn(self, item_id: str | None, modality: Modality) -> CallerTurn:
        output = self._output
        started_ms = round(output.now_ms)
        return CallerTurn(output.new_turn_id(), item_id, modality, output.utc(), started_ms)

    def _place(self, provider_ms: float, *, lead_ms: int = 0) -> int:
        """Return where a millisecond of the provider's lies; now, where it was sent nothing."""
        now_ms = self._output.now_ms
        at_ms = self._sent.at(provider_ms, lead_ms=lead_ms)
        return round(now_ms if at_ms is None else min(at_ms, now_ms))

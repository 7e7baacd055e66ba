"""The caller's side of the talk: who is speaking, their turns, and the words that arrive later."""

from agent_service.conversation import events as ev
from agent_service.conversation.arrivals import Place
from agent_service.conversation.caller_sound import SentSound
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


class CallerSpeech:
    def __init__(
        self, output: Output, turns: Turns, *, transcript_s: float, silence_ms: int
    ) -> None:
        self._output = output
        self._turns = turns
        self._transcript_s = transcript_s
        self._silence_ms = silence_ms
        self._item_ids: set[str] = set()
        self._committed_ids: set[str] = set()
        self._speaking: str | None = None
        self._speaking_until: float | None = None
        self._sent = SentSound()

    @property
    def is_speaking(self) -> bool:
        return self._speaking is not None

    def sound_sent(self, place: Place) -> None:
        self._sent.add(place)

    def sound_committed(self) -> None:
        """Push to talk: what was sent since the last time becomes an item."""
        self._sent.commit()

    def typed(self, text: str) -> None:
        turn = self._new_turn(None, Modality.TEXT)
        turn.text = text
        turn.ended_ms = turn.started_ms
        turn.is_final = True
        self._turns.add(turn)
        self._turns.waiting_since = self._output.now

    def started(self, event: ev.SpeechStarted) -> None:
        now = self._output.now
        self._speaking = event.item_id
        self._speaking_until = now + SPEECH_S
        turn = self._turns.caller_turn(event.item_id) or self._open(event.item_id)
        turn.started_ms = self._place(event.audio_start_ms)
        turn.spoken_from_ms = event.audio_start_ms
        turn.due_at = now + SPEECH_S + self._transcript_s

    def stopped(self, item_id: str, audio_end_ms: int) -> None:
        now = self._output.now
        ended_ms = self._place(audio_end_ms - self._silence_ms)
        spoke_until = max(self._output.monotonic(ended_ms), now - MAX_LAG_S)
        self._turns.waiting_since = spoke_until
        self._speaking_until = now + COMMIT_S
        turn = self._turns.caller_turn(item_id)
        if turn is not None:
            turn.ended_ms = max(ended_ms, turn.started_ms)
            turn.heard_ms = max(audio_end_ms - turn.spoken_from_ms, 0)
            turn.ended_at = self._output.utc(spoke_until)
            turn.due_at = now + COMMIT_S + self._transcript_s

    def is_committed(self, item_id: str) -> bool:
        """The item is known already: the provider repeats itself."""
        return item_id in self._committed_ids

    def committed(self, item_id: str) -> bool:
        """The audio became an item; True if nothing announced it (push to talk)."""
        self._committed_ids.add(item_id)
        self._speaking = self._speaking_until = None
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

    def _take_committed(self, turn: CallerTurn) -> None:
        if self._sent.committed is not None:
            first, last = self._sent.committed
            turn.started_ms, turn.ended_ms = round(first.start_ms), round(last.end_ms)
            turn.heard_ms = turn.ended_ms - turn.started_ms

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
        turn.is_final = True
        if not turn.text:
            turn.flags.append("no_words")
        self._output.order(ShowTranscript(turn.turn_id, Role.CALLER, text=turn.text))
        return turn.text

    def _come_late(self, event: ev.TranscriptArrived) -> None:
        """The turn is on record without its words: put them there."""
        record = self._turns.take_late(event.item_id, event.text.strip())
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
        self._speaking = self._speaking_until = None
        self._sent = SentSound()
        self._turns.give_up_words(self._output.now)

    def deadline(self) -> float | None:
        return self._speaking_until

    def expire(self, now: float) -> None:
        if self._speaking_until is not None and now >= self._speaking_until:
            self._speaking = self._speaking_until = None

    def _open(self, item_id: str) -> CallerTurn:
        turn = self._new_turn(item_id, Modality.AUDIO)
        turn.due_at = self._output.now + COMMIT_S + self._transcript_s
        self._item_ids.add(item_id)
        self._turns.add(turn)
        return turn

    def _new_turn(self, item_id: str | None, modality: Modality) -> CallerTurn:
        output = self._output
        return CallerTurn(output.new_id(), item_id, modality, output.utc(), round(output.now_ms))

    def _place(self, provider_ms: int) -> int:
        """Return where a millisecond of the provider's lies; now, where it was sent nothing."""
        now_ms = self._output.now_ms
        at_ms = self._sent.at(provider_ms)
        return round(now_ms if at_ms is None else min(at_ms, now_ms))

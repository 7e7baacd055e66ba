"""A representative's side of the talk: their microphone and what they type, as turns of their own.

Their sound goes to the caller at once. Where a turn ends is heard in its pauses, because whoever
writes it down is told of each turn as a whole.
"""

from agent_service.audio import bytes_to_ms, sounding
from agent_service.conversation.agent_speech import AgentSpeech
from agent_service.conversation.briefing import Briefing
from agent_service.conversation.commands import FinishWriting, ShowTranscript, WriteDown
from agent_service.conversation.confirming import Confirming
from agent_service.conversation.events import RepresentativeTranscribed
from agent_service.conversation.output import Output
from agent_service.conversation.phrases import REPRESENTATIVE_SAID
from agent_service.conversation.records import Role, TurnRecord, Usage
from agent_service.conversation.turns import AgentTurn, Turns

PAUSE_MS = 700
"""So long a silence ends a turn."""

LONGEST_MS = 30_000
"""A turn that lasts longer is written down in parts: it may be a noise."""

BREATH_MS = 200
"""After so long a silence a turn ends where the caller begins to speak."""

STILL_S = 1.0
"""A microphone of which nothing comes for so long was switched off."""


class RepresentativeSpeech:
    def __init__(
        self,
        output: Output,
        turns: Turns,
        agent: AgentSpeech,
        briefing: Briefing,
        confirming: Confirming,
        *,
        transcript_s: float,
    ) -> None:
        self._output = output
        self._turns = turns
        self._agent = agent
        self._briefing = briefing
        self._confirming = confirming
        self._transcript_s = transcript_s
        self._turn: AgentTurn | None = None
        self._quiet_ms = self._lasts_ms = 0
        self._heard_at = 0.0

    def hear(self, audio: bytes) -> str | None:
        """Take a frame of the microphone; return the item of which it is, or may be, part."""
        sounds = sounding(audio)
        if self._turn is None:
            if not sounds.ms:
                return None
            self._turn = self._agent.open_persons(self._output.new_id())
            self._confirming.person_says(self._turn.item)
            self._lasts_ms = 0
        self._heard_at = self._output.now
        self._quiet_ms = 0 if sounds.ms else self._quiet_ms + bytes_to_ms(len(audio))
        item = self._turn.item
        self._agent.pass_on(item, audio, sounds)
        self._output.order(WriteDown(audio))
        self._lasts_ms += bytes_to_ms(len(audio))
        if self._quiet_ms >= PAUSE_MS or self._lasts_ms >= LONGEST_MS:
            self.stop()
        return item.item_id

    def give_way(self) -> None:
        """The caller begins to speak: they answer what was said before."""
        if self._quiet_ms >= BREATH_MS:
            self.stop()

    def stop(self) -> None:
        """What was being said has come to its end."""
        turn, self._turn = self._turn, None
        if turn is None:
            return
        self._agent.close_persons(turn.item)
        turn.due_at = self._output.now + self._transcript_s
        self._output.order(FinishWriting(turn.item.item_id))

    def transcribed(self, event: RepresentativeTranscribed) -> None:
        """Take the words of a turn, or that nobody knows them."""
        words = (event.text or "").strip()
        turn = self._turns.representative_turn(event.item_id)
        if turn is None or turn.is_response_over:
            self._come_late(event.item_id, words, event.usage)
            return
        turn.item.text = words
        turn.item.is_unwritten = False
        turn.usage = event.usage
        turn.due_at = None
        turn.is_response_over = True
        if event.text is None:
            turn.flags.append("transcript_failed")
        elif not words:
            turn.flags.append("no_words")
        self._show(turn)
        self._confirming.person_written_down()

    def typed(self, text: str) -> None:
        """Show the caller what they write."""
        self.stop()
        turn = self._agent.write_persons(self._output.new_id(), text)
        self._confirming.person_says(turn.item)
        self._show(turn)

    def told(self, record: TurnRecord) -> None:
        """Tell the model what the caller heard of it."""
        if record.heard_text:
            self._briefing.tell(REPRESENTATIVE_SAID.format(text=record.heard_text))

    def deadline(self) -> float | None:
        return None if self._turn is None else self._heard_at + STILL_S

    def expire(self, now: float) -> None:
        due = self.deadline()
        if due is not None and now >= due:
            self.stop()

    def _show(self, turn: AgentTurn) -> None:
        self._output.order(
            ShowTranscript(
                turn.turn_id,
                Role.REPRESENTATIVE,
                text=turn.item.text,
                item_id=turn.item.item_id,
            )
        )

    def _come_late(self, item_id: str, words: str, usage: Usage | None) -> None:
        """The turn is on record without its words: put them there."""
        record = self._turns.take_late(item_id, words, usage) if words else None
        if record is not None:
            self._output.keep(record)
            self._output.order(
                ShowTranscript(record.turn_id, Role.REPRESENTATIVE, text=record.text, is_final=True)
            )
            self.told(record)

"""The caller's side of a session: audio in, turns and their words out."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from agent_service.offline.faults.plan import FaultPlan
from agent_service.offline.hearing import Hearing, Recognise
from agent_service.offline.idling import IdleTimer, Wait
from agent_service.offline.listening import (
    CallerIdle,
    Listener,
    ListeningEvent,
    TurnBegan,
    TurnEnded,
    TurnPaused,
)
from agent_service.offline.ports import Speech
from agent_service.offline.protocol.conversation import Conversation
from agent_service.offline.protocol.dialects import Dialect
from agent_service.offline.protocol.errors import ProtocolError
from agent_service.offline.protocol.item_fields import base64_audio
from agent_service.offline.protocol.items import Item, Part, PartKind
from agent_service.offline.protocol.members import Members
from agent_service.offline.protocol.session import SessionConfig, TurnDetection
from agent_service.offline.response_writer import Emit
from agent_service.offline.transcribing import Transcriber

SHORTEST_COMMIT_MS = 100
_LONGEST_BUFFER_MS = 30 * 60 * 1000
_FEED_BYTES = 48_000
"""Audio is taken in pieces of this size, so that a huge append never holds up other calls."""


@dataclass(frozen=True, slots=True)
class CallerActions:
    """What a session does when its caller begins and ends a turn."""

    place: Callable[[Item], None]
    """Put an item into the conversation and announce it."""
    interrupt: Callable[[], None]
    """Stop the running response."""
    answer: Callable[[], None]
    """Begin a response."""
    expected_words: Callable[[], str | None]
    """Say what the recogniser may expect."""


class CallerAudio:
    """Follows the protocol's rules for input audio: detection, commit, clear, transcription."""

    def __init__(
        self,
        *,
        dialect: Dialect,
        config: SessionConfig,
        conversation: Conversation,
        speech: Speech,
        recognise: Recognise,
        actions: CallerActions,
        emit: Emit,
        tasks: asyncio.TaskGroup,
        faults: FaultPlan,
        wait: Wait,
    ) -> None:
        self._config = config
        self._conversation = conversation
        self._actions = actions
        self._emit = emit
        self._listener = Listener(speech, config.input_format, config.turn_detection)
        self._transcriber = Transcriber(dialect, emit, tasks, faults)
        self._idle = IdleTimer(wait, tasks)
        self.hearing = Hearing(recognise, tasks)

    @property
    def buffered_ms(self) -> int:
        """Return how much audio waits to be committed."""
        return self._listener.buffered_ms

    def configure(self, config: SessionConfig) -> None:
        """Take over a changed session."""
        self._config = config
        self._listener.configure(config.input_format, config.turn_detection)

    def answering(self) -> None:
        """Note that an answer begins."""
        self._listener.answering()
        self._idle.stop()

    def answered(self, playing_ms: int) -> None:
        """Note that an answer of this length begins to play."""
        wait_ms = self._listener.answered(playing_ms)
        if wait_ms is not None:
            self._idle.start(wait_ms, self._idled)

    async def append(self, members: Members) -> None:
        """Do ``input_audio_buffer.append``."""
        audio = members.required("audio", base64_audio)
        members.finish()
        if self._listener.buffered_ms > _LONGEST_BUFFER_MS:
            raise ProtocolError(
                "invalid_value",
                "The input audio buffer is full. Commit or clear it before sending more.",
                param="audio",
            )
        for at in range(0, len(audio), _FEED_BYTES):
            for event in self._listener.feed(audio[at : at + _FEED_BYTES]):
                self._react(event)
            if len(audio) > _FEED_BYTES:
                await asyncio.sleep(0)

    def commit(self, members: Members) -> None:
        """Do ``input_audio_buffer.commit``."""
        members.finish()
        buffered_ms = self._listener.buffered_ms
        if buffered_ms < SHORTEST_COMMIT_MS:
            raise ProtocolError(
                "input_audio_buffer_commit_empty",
                "Error committing input audio buffer: buffer too small. Expected at least "
                f"{SHORTEST_COMMIT_MS}ms of audio, but buffer only has {buffered_ms:.2f}ms of "
                "audio.",
            )
        self.commit_pending()

    def commit_pending(self) -> None:
        """Make an item of what is in the buffer."""
        item_id, pcm = self._listener.commit()
        self._place(item_id, pcm, None)

    def clear(self, members: Members) -> None:
        """Do ``input_audio_buffer.clear``."""
        members.finish()
        self.hearing.forget_guess()
        self._listener.clear()
        self._emit("input_audio_buffer.cleared")

    def recognise_parts(self, items: Iterable[Item]) -> None:
        """Begin to recognise the audio of items that a client made."""
        for item in items:
            for part in item.parts:
                if part.kind is PartKind.INPUT_AUDIO and part.pcm and not part.text:
                    self.hearing.settle(item.id, part, self._actions.expected_words())

    def _react(self, event: ListeningEvent) -> None:
        match event:
            case TurnBegan(item_id, start_ms):
                self.hearing.forget_guess()
                self._emit(
                    "input_audio_buffer.speech_started", audio_start_ms=start_ms, item_id=item_id
                )
                if self._detection().interrupt_response:
                    self._actions.interrupt()
            case TurnPaused(item_id, pcm, at_ms):
                expected = self._actions.expected_words()
                self.hearing.guess(item_id, pcm, at_ms, expected, self._understood)
            case TurnEnded(item_id, pcm, end_ms, quiet_from_ms):
                self._emit(
                    "input_audio_buffer.speech_stopped", audio_end_ms=end_ms, item_id=item_id
                )
                self._place(item_id, pcm, quiet_from_ms)
                self._answer_by_itself()
            case CallerIdle(item_id, pcm, start_ms, end_ms):
                self._emit(
                    "input_audio_buffer.timeout_triggered",
                    audio_start_ms=start_ms,
                    audio_end_ms=end_ms,
                    item_id=item_id,
                )
                self._place(item_id, pcm, None)
                self._answer_by_itself()

    def _understood(self, item_id: str, words: str) -> None:
        for event in self._listener.understood(item_id, words):
            self._react(event)

    def _idled(self) -> None:
        for event in self._listener.idled():
            self._react(event)

    def _answer_by_itself(self) -> None:
        if self._config.kind == "realtime" and self._detection().create_response:
            self._actions.answer()

    def _detection(self) -> TurnDetection:
        off = TurnDetection(create_response=False, interrupt_response=False)
        return self._config.turn_detection or off

    def _place(self, item_id: str, pcm: bytes, quiet_from_ms: int | None) -> None:
        part = Part(PartKind.INPUT_AUDIO, pcm=bytearray(pcm), form=self._config.input_format)
        item = Item(item_id, "message", "completed", "user", [part])
        previous = self._conversation.last_id()
        self._emit("input_audio_buffer.committed", previous_item_id=previous, item_id=item_id)
        self._actions.place(item)
        expected = self._actions.expected_words()
        words = self.hearing.settle(item_id, part, expected, quiet_from_ms=quiet_from_ms)
        if self._config.transcription is not None:
            self._transcriber.report(item, self._config, words)

"""A provider, a player and a caller who keep to the protocol, around one dialogue."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.records import Modality
from agent_service.conversation.spec import Notice

TICK_S = 0.1
MS = b"\x00" * 48
ANSWER = "My answer."
"""What the provider's model says unless it is told what to say."""

MS_PER_CHARACTER = 60


@dataclass
class World:
    driver: Any
    words: str = ANSWER
    """What the agent was saying when the next thing came."""
    item_id: str = ""
    """In which item."""
    caller_item_id: str = ""
    since: int = 0
    """How many commands came before it."""
    is_line_up: bool = True
    was_line_up: bool = True
    """All the time."""
    is_caller_speaking: bool = False
    is_agent_paused: bool = False
    is_spoken: bool = True
    """The provider speaks what it says; else it writes it."""
    _ids: "itertools.count[int]" = field(default_factory=itertools.count)
    _active: str | None = None
    _is_expected: bool = False
    _asked: list[str] = field(default_factory=list)
    _is_session_lost: bool = False
    _queue: dict[str, int] = field(default_factory=dict)
    """What the player has not played, by item, in milliseconds."""
    _played: dict[str, int] = field(default_factory=dict)

    # --- what happens ---

    def tell(self, *events: ev.Event) -> None:
        for event in events:
            self._react(self.driver.tell(event))

    def says(self, text: str) -> None:
        """The caller says it in a second; then the provider answers by itself."""
        self.speaks()
        self.goes_on(1.0)
        self.falls_silent(text)

    def speaks(self) -> None:
        """The caller begins to speak: the provider cancels its own response."""
        self.caller_item_id = f"in-{next(self._ids)}"
        self._is_expected = False
        self.is_caller_speaking = True
        self.tell(ev.SpeechStarted(self.caller_item_id, 0))
        self._cancel()

    def falls_silent(self, text: str) -> None:
        self.tell(
            ev.SpeechStopped(self.caller_item_id, 1500),
            ev.SpeechCommitted(self.caller_item_id),
            ev.TranscriptArrived(self.caller_item_id, text, is_final=True),
        )
        self._is_expected = True
        self.is_caller_speaking = False

    def begins_to_say(self, text: str) -> None:
        """A response begins and has said so much."""
        self._active = f"resp-{next(self._ids)}"
        self.words, self.item_id = text, f"out-{self._active}"
        self._is_expected, self._asked = False, []
        ms = MS_PER_CHARACTER * len(text)
        self.tell(ev.ResponseStarted(self._active))
        if self._active is not None:
            self.tell(ev.AgentText(self._active, self.item_id, text, is_spoken=self.is_spoken))
        if self._active is not None and self.is_spoken:
            self.tell(ev.AgentAudio(self._active, self.item_id, MS * ms, ms))

    def has_said_all(self) -> None:
        if self._active is not None:
            response_id, self._active = self._active, None
            self.tell(ev.ResponseFinished(response_id, ev.ResponseStatus.COMPLETED))

    def calls(self, tool_call_id: str, name: str) -> None:
        """The model calls a tool in answer to what the caller said."""
        self._is_expected = False
        response_id = f"resp-{next(self._ids)}"
        self.tell(
            ev.ResponseStarted(response_id),
            ev.ToolCallRequested(response_id, tool_call_id, name, "{}"),
            ev.ResponseFinished(response_id, ev.ResponseStatus.COMPLETED),
        )

    def loses_session(self) -> None:
        self._active, self._is_expected, self._asked = None, False, []
        self.is_caller_speaking = False
        self.tell(ev.EngineDropped("provider_dropped", "gone"))

    # --- time ---

    def goes_on(self, seconds: float) -> None:
        """Provider and player do what they are to; nobody else does anything."""
        for _ in range(round(seconds / TICK_S)):
            self._react(self.driver.wait(TICK_S))
            self._provide()
            self._play()

    def plays(self, seconds: float) -> None:
        """The player plays; the provider is slow."""
        for _ in range(round(seconds / TICK_S)):
            self._react(self.driver.wait(TICK_S))
            self._play()

    def _provide(self) -> None:
        if self._is_session_lost:
            self._is_session_lost = False
            self.tell(ev.EngineReady())
        elif self._active is not None:
            self.has_said_all()
        elif self._asked or self._is_expected:
            words, item_id = self.words, self.item_id
            self.begins_to_say(self._asked[0] if self._asked else ANSWER)
            self.has_said_all()
            self.words, self.item_id = words, item_id

    def _play(self) -> None:
        item_id = next(iter(self._queue), None)
        if item_id is None or not self.is_line_up:
            return
        step = min(self._queue[item_id], round(TICK_S * 1000))
        self._queue[item_id] -= step
        if not self._queue[item_id]:
            del self._queue[item_id]
        self._played[item_id] = self._played.get(item_id, 0) + step
        self.tell(ev.CallerPlayed(item_id, self._played[item_id]))

    def _react(self, commands: list[cmd.Command]) -> None:
        for command in commands:
            match command:
                case cmd.PlayAudio(item_id, _, audio):
                    self._queue[item_id] = self._queue.get(item_id, 0) + len(audio) // len(MS)
                case cmd.ClearPlayback(item_id):
                    self._queue.pop(item_id, None)
                case cmd.RequestResponse(instructions):
                    self._asked = [(instructions or "").partition(": ")[2] or ANSWER]
                case cmd.CancelResponse(response_id) if response_id == self._active:
                    self._cancel()
                case cmd.SwitchModality(modality):
                    self.is_spoken = modality is Modality.AUDIO
                case cmd.ReopenEngine():
                    self._is_session_lost = True
                case _:
                    pass

    def _cancel(self) -> None:
        if self._active is not None:
            response_id, self._active = self._active, None
            self.tell(ev.ResponseFinished(response_id, ev.ResponseStatus.CANCELLED))

    # --- what came of it ---

    def ordered(self, kind: type[Any]) -> list[Any]:
        """Return the commands of that kind since the next thing came."""
        return [command for command in self.driver.log[self.since :] if isinstance(command, kind)]

    def asked(self) -> list[str]:
        """Return what the model was asked to say since then; plain answers are empty."""
        requests = self.ordered(cmd.RequestResponse)
        return [(request.instructions or "").partition(": ")[2] for request in requests]

    def said_since(self, notice: Notice) -> bool:
        """The service has said it since then."""
        shown = self.ordered(cmd.ShowTranscript)
        return any(caption.delta == notice.value for caption in shown)

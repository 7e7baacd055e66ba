"""Has the provider write down what a representative says, in a session of its own that answers
nothing.

It is told where each turn ends, so that no dialect finds turns in it, nor speaks.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, Final

import structlog

from agent_service.agent import AgentSettings, TurnDetectionSettings
from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.records import Modality, Usage
from agent_service.conversation.spec import SessionSpec
from agent_service.errors import EngineError
from agent_service.runtime.ports import Engine

INSTRUCTIONS: Final = "Write down what is said. Answer nothing."
MOST_WAITING: Final = 2_000
"""Commands that wait until the session is there: 40 s of frames. The oldest go first."""
OPEN_S: Final = 15.0
CLOSE_S: Final = 5.0

_log = structlog.get_logger()


class Dictation:
    """One representative's; ``told`` hears of each item's words, or that there will be none."""

    def __init__(
        self,
        new_engine: Callable[[], Engine],
        spec: SessionSpec,
        *,
        start: Callable[[Coroutine[Any, Any, None]], None],
        told: Callable[[ev.RepresentativeTranscribed], None],
    ) -> None:
        self._new_engine = new_engine
        self._spec = _silent(spec)
        self._start = start
        self._told = told
        self._engine: Engine | None = None
        self._is_opening = self._is_open = self._is_closed = False
        self._waiting: deque[cmd.SendAudio | cmd.CommitAudio] = deque(maxlen=MOST_WAITING)
        self._unwritten: deque[str] = deque()
        """Items of ours that the provider has not made its own yet, in order."""
        self._items: dict[str, str] = {}
        """Ours, by the provider's."""

    def write(self, audio: bytes) -> None:
        """Have this written down."""
        self._give(cmd.SendAudio(audio))

    def finish(self, item_id: str) -> None:
        """What was given since the last time is one item."""
        self._unwritten.append(item_id)
        self._give(cmd.CommitAudio())

    def close(self) -> None:
        """Nothing more is said; what was said before has a while to be written down."""
        self._is_closed = True
        self._end_if_done()

    async def abort(self) -> None:
        """The conversation has ended."""
        engine, self._engine = self._engine, None
        if engine is not None:
            await _closed(engine)

    def _give(self, command: cmd.SendAudio | cmd.CommitAudio) -> None:
        if self._engine is not None and self._is_open:
            self._engine.send(command)
            return
        self._waiting.append(command)
        if not self._is_opening:
            self._is_opening = True
            self._start(self._open())

    async def _open(self) -> None:
        engine = self._engine = self._new_engine()
        try:
            async with asyncio.timeout(OPEN_S):
                await engine.open(self._spec, self._take)
        except (EngineError, TimeoutError) as error:
            _log.warning("representative_not_written_down", code=getattr(error, "code", "timeout"))
            self._fail()

    def _take(self, event: ev.EngineEvent) -> None:
        match event:
            case ev.EngineReady():
                self._is_open, self._is_opening = True, False
                while self._waiting and self._engine is not None:
                    self._engine.send(self._waiting.popleft())
            case ev.SpeechCommitted(item_id) if self._unwritten:
                self._items[item_id] = self._unwritten.popleft()
            case ev.TranscriptArrived(item_id, text, True, usage=usage):
                self._write_down(item_id, text, usage)
            case ev.TranscriptFailed(item_id):
                self._write_down(item_id, None)
            case ev.ResponseStarted(response_id) if self._engine is not None:
                self._engine.send(cmd.CancelResponse(response_id))
            case ev.EngineRefused() if self._unwritten:  # too little sound to be an item
                self._told(ev.RepresentativeTranscribed(self._unwritten.popleft(), None))
                self._end_if_done()
            case ev.EngineDropped():
                self._fail()
            case _:
                pass  # partial words: the turn is shown as a whole

    def _write_down(self, item_id: str, text: str | None, usage: Usage | None = None) -> None:
        ours = self._items.pop(item_id, None)
        if ours is not None:
            self._told(ev.RepresentativeTranscribed(ours, text, usage))
            self._end_if_done()

    def _fail(self) -> None:
        """The session is gone: what is said next gets another one."""
        lost = [*self._items.values(), *self._unwritten]
        self._items.clear()
        self._unwritten.clear()
        self._waiting.clear()
        self._is_open = self._is_opening = False
        self._end_engine()
        for item_id in lost:
            self._told(ev.RepresentativeTranscribed(item_id, None))

    def _end_if_done(self) -> None:
        if self._is_closed and not (self._items or self._unwritten):
            self._is_open = False
            self._end_engine()

    def _end_engine(self) -> None:
        engine, self._engine = self._engine, None
        if engine is not None:
            self._start(_closed(engine))


async def _closed(engine: Engine) -> None:
    try:
        async with asyncio.timeout(CLOSE_S):
            await engine.close()
    except Exception:
        _log.exception("engine_not_closed")


def _silent(spec: SessionSpec) -> SessionSpec:
    """Return what the session is given: the agent's hearing, none of its work."""
    by_hand = TurnDetectionSettings(kind="push_to_talk")
    agent: AgentSettings = spec.agent.model_copy(
        update={"instructions": INSTRUCTIONS, "turn_detection": by_hand}
    )
    return replace(spec, agent=agent, modality=Modality.TEXT, tools=(), history=())

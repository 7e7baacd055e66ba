"""One connection following a script: where it stands, and what happens when the client departs."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Mapping
from typing import Any, Literal, Protocol, TypeAlias

from agent_service.offline.faults.plan import FaultPlan
from agent_service.offline.ports import Recognition, ResponseContext, ResponsePart
from agent_service.offline.protocol.errors import ProtocolError
from agent_service.offline.scripts.script import (
    Answer,
    ArmFaults,
    Close,
    Expect,
    Hear,
    Script,
    Send,
    Wait,
    difference,
    matches,
)

RunState: TypeAlias = Literal["running", "finished", "departed", "unfinished"]

DEPARTED = 4001
"""Close code after the client did something else than the script says."""


class Stage(Protocol):
    """What a script does to its connection."""

    def emit(self, event_type: str, **members: Any) -> None: ...

    def close(self, code: int, reason: str) -> None: ...


class ScriptRun:
    """Goes through the steps as the client's events, responses and turns come."""

    def __init__(self, script: Script, session_id: str, faults: FaultPlan) -> None:
        self.script = script
        self.session_id = session_id
        self.state: RunState = "running"
        self.diff = ""
        self._faults = faults
        self._at = 0
        self._events: deque[Mapping[str, Any]] = deque()
        self._moved = asyncio.Condition()
        self._heard: dict[str, Recognition] = {}
        self._stage: Stage | None = None

    @property
    def step(self) -> int:
        """Return the number of the step that comes next, from 1."""
        return self._at + 1

    @property
    def hears(self) -> bool:
        """Say whether the script tells what callers say."""
        return any(isinstance(step, Hear) for step in self.script.steps)

    async def follow(self, stage: Stage) -> None:
        """Do the script's own steps and check the client's, until the end."""
        self._stage = stage
        while self._at < len(self.script.steps) and self.state == "running":
            match self.script.steps[self._at]:
                case Expect(pattern):
                    await self._check(pattern)
                case Answer() | Hear():
                    await self._wait_past(self._at)
                case Send(event):
                    members = {key: value for key, value in event.items() if key != "type"}
                    stage.emit(event["type"], **members)
                    await self._step_on()
                case Wait(ms):
                    await asyncio.sleep(ms / 1000)
                    await self._step_on()
                case ArmFaults(wanted):
                    self._faults.arm(wanted)
                    await self._step_on()
                case Close(code, reason):
                    await self._step_on()
                    stage.close(code, reason)
        if self.state == "running":
            self.state = "finished"
            await self._check_nothing_more()

    async def client_did(self, event: Any) -> None:
        """Take a client's event; it is compared when its turn in the script comes."""
        if isinstance(event, dict) and event.get("type") not in self.script.ignore:
            async with self._moved:
                self._events.append(event)
                self._moved.notify_all()

    async def respond(self, context: ResponseContext) -> AsyncIterator[ResponsePart]:
        """Answer as the script says, once it has come to an answer."""
        step = await self._reached(Answer)
        assert isinstance(step, Answer)
        for part in step.parts:
            yield part

    def expected_words(self, context: ResponseContext) -> str | None:
        """Expect nothing: the script tells what was said."""
        return None

    async def hear(self, item_id: str) -> Recognition:
        """Return what the script says a turn was understood as."""
        if item_id not in self._heard:
            step = await self._reached(Hear)
            assert isinstance(step, Hear)
            self._heard[item_id] = Recognition(step.text, step.text, 0.0)
        return self._heard[item_id]

    def ended(self) -> None:
        """Note that the connection is over."""
        if self.state == "running":
            self.state = "unfinished"

    def described(self) -> dict[str, Any]:
        """Return how the run stands."""
        return {
            "script": self.script.name,
            "session": self.session_id,
            "state": self.state,
            "step": self.step,
            "steps": len(self.script.steps),
            "diff": self.diff,
        }

    async def _check(self, pattern: Mapping[str, Any]) -> None:
        event = await self._next_event()
        if matches(pattern, event):
            await self._step_on()
        else:
            self._depart(difference(pattern, event))

    async def _check_nothing_more(self) -> None:
        event = await self._next_event()
        told = json.dumps(event, indent=2, ensure_ascii=False)
        self._depart(f"The script has ended, and the client sent:\n{told}")

    async def _next_event(self) -> Mapping[str, Any]:
        async with self._moved:
            await self._moved.wait_for(lambda: len(self._events) > 0)
            return self._events.popleft()

    async def _step_on(self) -> None:
        async with self._moved:
            self._at += 1
            self._moved.notify_all()

    async def _wait_past(self, at: int) -> None:
        async with self._moved:
            await self._moved.wait_for(lambda: self._at > at)

    async def _reached(self, kind: type[Answer] | type[Hear]) -> object:
        """Wait for a step of this kind, take it and go on."""
        async with self._moved:
            await self._moved.wait_for(lambda: isinstance(self._current(), kind))
            step = self._current()
            self._at += 1
            self._moved.notify_all()
            return step

    def _current(self) -> object:
        return self.script.steps[self._at] if self._at < len(self.script.steps) else None

    def _depart(self, diff: str) -> None:
        self.state = "departed"
        self.diff = diff
        assert self._stage is not None
        message = f"Script '{self.script.name}', step {self.step}: the client departed.\n{diff}"
        error = ProtocolError("script_departed", message)
        self._stage.emit("error", error=error.body(None))
        self._stage.close(DEPARTED, "script_departed")

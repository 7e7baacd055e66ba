"""An engine in memory, for tests of what talks to engines: it answers by script or by hand.

A script is a list of steps in order. Audio is kept apart, since its frames have no fixed number.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agent_service.conversation.commands import EngineCommand, SendAudio
from agent_service.conversation.events import EngineEvent, EngineReady
from agent_service.conversation.spec import SessionSpec
from agent_service.errors import EngineError


@dataclass(frozen=True, slots=True)
class Step:
    """When this command comes, these events answer it."""

    expects: EngineCommand | type[EngineCommand]
    """A command, or the type of one whose contents do not matter."""
    answers: tuple[EngineEvent, ...] = ()


class ScriptMismatch(AssertionError):
    """What was sent is not what the script expects."""


class ScriptedEngine:
    """Implements the engine port. Without a script, all commands are fine."""

    provider = "scripted"
    model = "scripted"

    def __init__(self, steps: Sequence[Step] = (), *, refusal: EngineError | None = None) -> None:
        self._steps = list(steps)
        self._refusal = refusal
        self._deliver: Callable[[EngineEvent], None] | None = None
        self._has_script = bool(steps)
        self._mismatch: ScriptMismatch | None = None
        self._sent: asyncio.Queue[EngineCommand] = asyncio.Queue()  # as long as a test
        self.spec: SessionSpec | None = None
        self.commands: list[EngineCommand] = []
        """All but audio, in the order sent."""
        self.audio: list[bytes] = []
        self.is_reading = True
        self.is_closed = False
        self.on_congestion: Callable[[bool], None] = _nobody_listens
        self.on_wire: Callable[[bool, str], None] | None = None

    async def open(self, spec: SessionSpec, deliver: Callable[[EngineEvent], None]) -> None:
        if self._refusal is not None:
            raise self._refusal
        self.spec = spec
        self._deliver = deliver
        asyncio.get_running_loop().call_soon(self.push, EngineReady())

    def send(self, command: EngineCommand) -> None:
        if isinstance(command, SendAudio):
            self.audio.append(command.audio)
            return
        self.commands.append(command)
        self._sent.put_nowait(command)
        self._follow_script(command)

    def push(self, *events: EngineEvent) -> None:
        """Deliver events as if the provider had sent them."""
        if self._deliver is None:
            raise AssertionError("the engine has not been opened")
        for event in events:
            if not self.is_closed:
                self._deliver(event)

    async def next_command(self) -> EngineCommand:
        """Wait for the next command that is not audio."""
        return await self._sent.get()

    def check(self) -> None:
        """Raise ScriptMismatch unless exactly the script's commands were sent."""
        if self._mismatch is not None:
            raise self._mismatch
        if self._steps:
            raise ScriptMismatch(f"never sent: {', '.join(str(s.expects) for s in self._steps)}")

    def pause_reading(self) -> None:
        self.is_reading = False

    def resume_reading(self) -> None:
        self.is_reading = True

    async def close(self) -> None:
        self.is_closed = True

    def _follow_script(self, command: EngineCommand) -> None:
        if not self._has_script or self._mismatch is not None:
            return
        if not self._steps:
            self._mismatch = ScriptMismatch(f"beyond the script: {command}")
            return
        step = self._steps[0]
        expected = step.expects
        is_match = type(command) is expected if isinstance(expected, type) else command == expected
        if not is_match:
            self._mismatch = ScriptMismatch(f"expected {expected}, got {command}")
            return
        del self._steps[0]
        # After the sender's own step, as from a socket.
        asyncio.get_running_loop().call_soon(self.push, *step.answers)


def _nobody_listens(_is_congested: bool) -> None:
    pass

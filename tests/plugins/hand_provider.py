"""The provider's part of a conversation, played by hand over a scripted engine."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.engines.scripted import ScriptedEngine

MS = bytes(48)


@dataclass(kw_only=True)
class HandProvider:
    engine: ScriptedEngine
    ms_per_character: int = 60
    """How fast the agent speaks."""
    sound: bytes = MS
    """A millisecond of it."""
    numbers: int = 0

    def fresh(self, kind: str) -> str:
        self.numbers += 1
        return f"{kind}-{self.numbers}"

    def responds(self, *parts: Callable[[str], ev.EngineEvent]) -> None:
        response_id = self.fresh("resp")
        self.engine.push(ev.ResponseStarted(response_id))
        self.engine.push(*(part(response_id) for part in parts))
        self.engine.push(ev.ResponseFinished(response_id, ev.ResponseStatus.COMPLETED))

    def calls(self, tool_call_id: str, name: str, arguments: str) -> None:
        """The model wants a tool."""
        self.responds(lambda r: ev.ToolCallRequested(r, tool_call_id, name, arguments))

    def generates(self, text: str) -> tuple[str, int]:
        """The agent says it; return the item and how many milliseconds it takes."""
        item_id, ms = self.fresh("out"), self.ms_per_character * len(text)
        self.responds(
            lambda r: ev.AgentText(r, item_id, text, is_spoken=True),
            lambda r: ev.AgentAudio(r, item_id, self.sound * ms, ms),
        )
        return item_id, ms

    def hears(self, text: str) -> None:
        """The caller said it."""
        item_id = self.fresh("in")
        self.engine.push(
            ev.SpeechStarted(item_id, 0),
            ev.SpeechStopped(item_id, 900),
            ev.SpeechCommitted(item_id),
            ev.TranscriptArrived(item_id, text, is_final=True),
        )

    async def until(self, kind: type, count: int = 1) -> None:
        """Wait for the provider to be sent so many commands of a kind."""
        async with asyncio.timeout(60):
            while sum(isinstance(c, kind) for c in self.engine.commands) < count:
                await self.engine.next_command()

    @property
    def asked_to_say(self) -> str:
        """What the service last had the agent say."""
        requests = [c for c in self.engine.commands if isinstance(c, cmd.RequestResponse)]
        return (requests[-1].instructions or "").partition(": ")[2]

    @property
    def told(self) -> list[str]:
        """What the model was told of its calls, also later."""
        return [
            c.output if isinstance(c, cmd.SubmitToolResult) else c.text
            for c in self.engine.commands
            if isinstance(c, cmd.SubmitToolResult | cmd.AddNote)
        ]

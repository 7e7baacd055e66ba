"""Requests said by synthetic voices, recognised, routed and answered as in a conversation."""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from agent_service.audio import SAMPLE_RATE_HZ
from agent_service.offline.ports import (
    CallTool,
    ContextMessage,
    ResponseContext,
    ResponsePart,
    Say,
)
from agent_service.offline.responder.engine import LocalResponder
from agent_service.offline.responder.router import Router
from agent_service.offline.responder.toolset import Tool
from agent_service.offline.speech.engine import LocalSpeech
from benchmarks.offline_accuracy.voices import Render, over_telephone, program, remembering

HIBARI: Final = "hibari heart"
VOICES: Final = (HIBARI, "flite slt", "flite rms", "festival slt")
TYPED: Final = "typed"
_SILENCE: Final = bytes(SAMPLE_RATE_HZ // 2)
"""A quarter of a second around each recording, as turn detection leaves it."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a caller says, the tool that it asks for, and the arguments that it holds."""

    tools: str
    tool: str
    said: str
    arguments: dict[str, Any]


@dataclass(slots=True)
class Desk:
    """What listens: a tool set with its router, and the responder."""

    tools: Sequence[dict[str, Any]]
    router: Router
    responder: LocalResponder
    speech: LocalSpeech

    def hear(self, pcm: bytes) -> str:
        """Return what is recognised, with the words that the responder expects."""
        prompt = self.responder.expected_words(self._context())
        sound = _SILENCE + pcm + _SILENCE
        return asyncio.run(self.speech.recognise(sound, prompt=prompt)).text

    def count(self, request: Request, heard: str) -> Counter[str]:
        """Count what becomes of a request that was understood as these words."""
        best = self.router.routes(heard)[0].target
        counts = Counter(lines=1)
        counts["routed"] = isinstance(best, Tool) and best.name == request.tool
        if request.arguments:
            counts["complete"] = 1
            counts["called"] = self._calls(heard, request)
        return counts

    def _calls(self, heard: str, request: Request) -> bool:
        """Return whether the right tool is called with these arguments, or is about to be: it asks
        for another argument after it has taken these."""
        items = [ContextMessage("user", heard)]
        parts = asyncio.run(self._respond(items))
        if request.tool in _ANSWERS and not any(isinstance(part, CallTool) for part in parts):
            # What was understood shows in the call, once the rest is told.
            items += [
                ContextMessage("assistant", part.text) for part in parts if isinstance(part, Say)
            ]
            items.append(ContextMessage("user", _ANSWERS[request.tool]))
            parts = asyncio.run(self._respond(items))
        return any(
            part.name == request.tool
            and request.arguments.items() <= json.loads(part.arguments).items()
            for part in parts
            if isinstance(part, CallTool)
        )

    async def _respond(self, items: Sequence[ContextMessage]) -> list[ResponsePart]:
        context = self._context(items)
        return [part async for part in self.responder.respond(context)]

    def _context(self, items: Sequence[ContextMessage] = ()) -> ResponseContext:
        return ResponseContext("", tuple(items), tuple(self.tools))


_ANSWERS: Final = {
    "start_return": "I do not like it",
    "change_address": "12 Main Street, Springfield",
}
"""What a caller answers to the question for what their request left out."""


def requests_of(file: Path) -> list[Request]:
    """Return the lines of a file: tool set, tool, what is said, arguments as JSON."""
    rows = [line.split("\t") for line in file.read_text().splitlines() if not line.startswith("#")]
    return [Request(tools, tool, said, json.loads(given)) for tools, tool, said, given in rows]


def voices(speech: LocalSpeech, cache: Path) -> dict[str, Render]:
    """Return the voices; what they said once is kept."""

    async def say(text: str) -> bytes:
        return b"".join([piece.pcm async for piece in speech.speak(text)])

    own: dict[str, Render] = {HIBARI: lambda text: asyncio.run(say(text))}
    own |= {name: program(name) for name in VOICES if name != HIBARI}
    return {name: remembering(render, cache / name) for name, render in own.items()}


def measure(desk: Desk, requests: Sequence[Request], cache: Path, *, shown: bool) -> None:
    """Print the table: typed, then every voice at both qualities."""
    print("| Caller | Quality | Right first choice | Right call, right arguments |")
    print("|---|---|---|---|")
    _print_row(TYPED, "", sum((desk.count(each, each.said) for each in requests), Counter()))
    for quality in ("24 kHz", "telephone"):
        total: Counter[str] = Counter()
        for name, render in voices(desk.speech, cache).items():
            counts: Counter[str] = Counter()
            for each in requests:
                pcm = render(each.said)
                heard = desk.hear(over_telephone(pcm) if quality == "telephone" else pcm)
                own = desk.count(each, heard)
                counts += own
                if shown and (not own["routed"] or own["called"] < own["complete"]):
                    print(f"    {each.said!r} -> {heard!r} {dict(own)}")
            _print_row(name, quality, counts)
            total += counts
        _print_row("**all voices**", quality, total)


def _print_row(name: str, quality: str, counts: Counter[str]) -> None:
    def share(part: str, whole: str) -> str:
        return f"{counts[part]} of {counts[whole]}, {counts[part] / counts[whole]:.1%}"

    routed, called = share("routed", "lines"), share("called", "complete")
    print(f"| {name} | {quality} | {routed} | {called} |", flush=True)

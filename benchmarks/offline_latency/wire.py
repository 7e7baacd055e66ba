"""Calls over the socket of an offline provider, in real time, and how long they wait."""

import asyncio
import base64
import json
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from websockets.asyncio.client import ClientConnection, connect

from agent_service.audio import BYTES_PER_MS

FRAME_MS: Final = 20
SILENCE: Final = bytes(FRAME_MS * BYTES_PER_MS)
TURN_S: Final = 10.0
"""From one turn of a call to the next."""
TOOLS: Final = Path(__file__).parents[1] / "offline_routing" / "tool_sets.json"
OUTPUT: Final = json.dumps({"say": "It left our warehouse on Monday and arrives tomorrow."})


@dataclass(slots=True)
class Waits:
    """Milliseconds that callers waited for the first sound of an answer."""

    after_decision: list[float] = field(default_factory=list)
    """From the event that says that the turn is over."""
    felt: list[float] = field(default_factory=list)
    """From the last sound of the caller, less the silence that was asked for."""
    with_tool: list[float] = field(default_factory=list)
    """As after the decision, where a tool was called before."""
    typed: list[float] = field(default_factory=list)
    """From the request for a response to a typed line."""


@asynccontextmanager
async def provider(calls: int) -> AsyncIterator[tuple[str, float]]:
    """Run an offline provider; give its address and how many seconds it took to start."""
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "agent_service", "offline", "--port", "0"),
        *("--connections", str(calls), "--exit-with-parent"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        ready = json.loads(await process.stdout.readline())
        yield ready["url"], time.perf_counter() - began
    finally:
        process.stdin.close()
        await process.wait()


class Caller:
    """One call: speaks and listens at the pace of real life."""

    def __init__(self, socket: ClientConnection, silence_ms: int, waits: Waits) -> None:
        self._socket = socket
        self._silence_ms = silence_ms
        self._waits = waits
        self._sounds: asyncio.Queue[bytes] = asyncio.Queue()
        self._is_waiting = False
        self._done = asyncio.Event()
        self._last_sound = 0.0
        self._decided = 0.0
        self._asked = 0.0
        self._used_tool = False

    async def run(self, sounds: Sequence[bytes], delays_s: Sequence[float]) -> None:
        """Say each recording after its delay, and type a line some time after the answer."""
        tools = json.loads(TOOLS.read_text())["shop"]
        session = {
            "instructions": "Be brief.",
            "tools": tools,
            "turn_detection": {"type": "server_vad", "silence_duration_ms": self._silence_ms},
        }
        await self._send("session.update", session=session)
        async with asyncio.TaskGroup() as tasks:
            background = [tasks.create_task(job()) for job in (self._microphone, self._listen)]
            for sound, delay_s in zip(sounds, delays_s, strict=True):
                await asyncio.sleep(delay_s)
                await self._take_turn(sound)
                await asyncio.sleep(TURN_S / 2)
                await self._type("What can you do?")
                await asyncio.sleep(max(0.0, TURN_S - delay_s))
            for task in background:
                task.cancel()

    async def _take_turn(self, sound: bytes) -> None:
        self._decided = self._asked = 0.0
        self._used_tool = False
        self._sounds.put_nowait(sound)
        await self._answer()

    async def _type(self, text: str) -> None:
        item = {
            "type": "message",
            "role": "user",
            "content": [{"type": "input_text", "text": text}],
        }
        await self._send("conversation.item.create", item=item)
        self._asked = time.perf_counter()
        await self._send("response.create")
        await self._answer()

    async def _answer(self) -> None:
        self._is_waiting = True
        self._done.clear()
        async with asyncio.timeout(60):
            await self._done.wait()

    async def _microphone(self) -> None:
        """Send a frame every 20 ms: the recordings that wait, and silence between them."""
        due = time.perf_counter()
        step = FRAME_MS * BYTES_PER_MS
        waiting = b""
        while True:
            if not waiting and not self._sounds.empty():
                waiting = self._sounds.get_nowait()
            frame, waiting = (waiting[:step], waiting[step:]) if waiting else (SILENCE, b"")
            audio = base64.b64encode(frame).decode()
            await self._send("input_audio_buffer.append", audio=audio)
            if frame is not SILENCE and not waiting:
                self._last_sound = time.perf_counter()
            due += FRAME_MS / 1000
            await asyncio.sleep(max(0.0, due - time.perf_counter()))

    async def _listen(self) -> None:
        async for message in self._socket:
            event = json.loads(message)
            match event["type"]:
                case "input_audio_buffer.speech_stopped":
                    self._decided = time.perf_counter()
                case "response.audio.delta" if self._is_waiting:
                    self._note(time.perf_counter())
                    self._is_waiting = False
                case "response.done":
                    await self._call_tools(event["response"]["output"])
                case "error":
                    raise RuntimeError(event["error"]["message"])

    def _note(self, now: float) -> None:
        if self._asked:
            self._waits.typed.append((now - self._asked) * 1000)
            return
        decided_ms = (now - self._decided) * 1000
        kept = self._waits.with_tool if self._used_tool else self._waits.after_decision
        kept.append(decided_ms)
        self._waits.felt.append((now - self._last_sound) * 1000 - self._silence_ms)

    async def _call_tools(self, output: list[dict[str, Any]]) -> None:
        calls = [item["call_id"] for item in output if item["type"] == "function_call"]
        for call_id in calls:
            item = {"type": "function_call_output", "call_id": call_id, "output": OUTPUT}
            await self._send("conversation.item.create", item=item)
        if calls:
            self._used_tool = True
            await self._send("response.create")
        else:
            self._done.set()

    async def _send(self, kind: str, **members: Any) -> None:
        await self._socket.send(json.dumps({"type": kind, **members}))


async def measure_calls(
    url: str, calls: int, rounds: int, sounds: Sequence[bytes], silence_ms: int
) -> Waits:
    """Hold so many calls at once; return what their callers waited."""
    waits = Waits()
    address = url.replace("http", "ws", 1) + "/v1/realtime?model=any"

    async def call(number: int) -> None:
        headers = {"OpenAI-Beta": "realtime=v1", "Authorization": "Bearer any"}
        async with connect(address, additional_headers=headers, max_size=None) as socket:
            own = [sounds[(number + turn) % len(sounds)] for turn in range(rounds)]
            delays = [TURN_S * ((number * 0.618 + turn * 0.381) % 1.0) for turn in range(rounds)]
            await Caller(socket, silence_ms, waits).run(own, delays)

    async with asyncio.TaskGroup() as tasks:
        for number in range(calls):
            tasks.create_task(call(number))
    return waits

"""A Realtime client that plays the caller of a written dialogue, typed or spoken."""

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from websockets.asyncio.client import ClientConnection

from benchmarks.offline_dialogues.dialogues import Call, Dialogue, as_output

_ROUNDS: Final = 8
"""Of tool calls in one turn: who needs more is going in circles."""
_TURN_S: Final = 60.0

Voice = Callable[[str], bytes]
"""Says a line; PCM16 at 24 kHz."""


@dataclass(slots=True)
class Course:
    """What happened."""

    calls: list[Call] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    broke: str = ""
    written: list[str] = field(default_factory=list)


class Caller:
    """One connection, one dialogue."""

    def __init__(
        self, socket: ClientConnection, dialogue: Dialogue, voice: Voice | None = None
    ) -> None:
        self._socket = socket
        self._dialogue = dialogue
        self._voice = voice
        self._course = Course()

    async def run(self) -> Course:
        """Say all lines that apply, run the tools, return what came of it."""
        await self._send(
            "session.update",
            session={
                "type": "realtime",
                "instructions": self._dialogue.instructions,
                "tools": self._dialogue.offered(),
                "output_modalities": ["text"],
                "audio": {"input": {"turn_detection": None}},
            },
        )
        answer = ""
        for line in self._dialogue.lines:
            if line.only_to is not None and not _is_found(line.only_to, answer):
                continue
            self._course.written.append(f"caller: {line.text}")
            await self._speak(line.text)
            answer = await self._answer()
            if self._course.broke:
                break
        return self._course

    async def _speak(self, text: str) -> None:
        if self._voice is None:
            content = [{"type": "input_text", "text": text}]
            item = {"type": "message", "role": "user", "content": content}
            await self._send("conversation.item.create", item=item)
            return
        audio = base64.b64encode(self._voice(text)).decode()
        await self._send("input_audio_buffer.append", audio=audio)
        await self._send("input_audio_buffer.commit")

    async def _answer(self) -> str:
        """Ask for responses until one calls no tool; return the words of them all."""
        said: list[str] = []
        for _ in range(_ROUNDS):
            await self._send("response.create")
            response = await self._response()
            if self._course.broke:
                return ""
            calls = [item for item in response["output"] if item["type"] == "function_call"]
            said += [
                part.get("text", "")
                for item in response["output"]
                if item["type"] == "message"
                for part in item["content"]
            ]
            for call in calls:
                await self._run(call)
            if not calls:
                break
        else:
            self._course.broke = "goes in circles"
        answer = " ".join(said)
        self._course.answers.append(answer)
        self._course.written.append(f"agent: {answer}")
        return answer

    async def _response(self) -> dict[str, Any]:
        while True:
            event = json.loads(await self._socket.recv())
            if event["type"] == "error":
                self._course.broke = event["error"]["message"]
                return {}
            if event["type"] == "response.done":
                response: dict[str, Any] = event["response"]
                if response["status"] != "completed":
                    self._course.broke = json.dumps(response["status_details"])
                return response

    async def _run(self, item: dict[str, Any]) -> None:
        arguments = json.loads(item["arguments"])
        self._course.calls.append((item["name"], arguments))
        self._course.written.append(f"call: {item['name']} {item['arguments']}")
        output = as_output(self._dialogue.gives.get(item["name"], {"error": "no such tool"}))
        result = {"type": "function_call_output", "call_id": item["call_id"], "output": output}
        await self._send("conversation.item.create", item=result)

    async def _send(self, kind: str, **members: Any) -> None:
        await self._socket.send(json.dumps({"type": kind, **members}))


def _is_found(expression: str, answer: str) -> bool:
    return re.search(expression, answer, re.IGNORECASE) is not None

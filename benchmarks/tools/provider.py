"""A provider without a model, whose every turn calls a tool and waits for the result.

What it is told to say, such as that an AI speaks, it says.
"""

import asyncio
import base64
import json
import random
import time
from dataclasses import dataclass, field

from benchmarks.relay.endpoint import TEXT, Endpoint

_HEARD = (
    '{{"type":"input_audio_buffer.speech_started","audio_start_ms":0,"item_id":"user_{n}"}}',
    '{{"type":"input_audio_buffer.speech_stopped","audio_end_ms":900,"item_id":"user_{n}"}}',
    '{{"type":"input_audio_buffer.committed","previous_item_id":null,"item_id":"user_{n}"}}',
    (
        '{{"type":"conversation.item.input_audio_transcription.completed","item_id":"user_{n}",'
        '"content_index":0,"transcript":"Where is it?"}}'
    ),
)
_BEGIN = '{{"type":"response.created","response":{{"id":"resp_{n}","status":"in_progress"}}}}'
_CALL = (
    '{{"type":"response.output_item.done","response_id":"resp_{n}","output_index":0,"item":{{'
    '"id":"item_{n}","type":"function_call","status":"completed","name":"{name}",'
    '"call_id":"call_{n}","arguments":"{arguments}"}}}}'
)
_SPOKEN = (
    (
        '{{"type":"response.output_audio_transcript.delta","response_id":"resp_{n}",'
        '"item_id":"item_{n}","output_index":0,"content_index":0,"delta":{words}}}'
    ),
    (
        '{{"type":"response.output_audio.delta","response_id":"resp_{n}","item_id":"item_{n}",'
        '"output_index":0,"content_index":0,"delta":"{audio}"}}'
    ),
    (
        '{{"type":"response.output_item.done","response_id":"resp_{n}","output_index":0,"item":{{'
        '"id":"item_{n}","type":"message","status":"completed","role":"assistant"}}}}'
    ),
)
_END = '{{"type":"response.done","response":{{"id":"resp_{n}","status":"completed","usage":null}}}}'
# Something to hear: an answer without sound would be asked for again.
_AUDIO = base64.b64encode(b"\x00\x20\x40\x10" * 200 * 12).decode()


@dataclass
class Provider:
    """Takes turns with every caller and notes how long each tool took."""

    effect: str
    """Which tool it calls: ``read`` or ``write``."""
    every_s: float
    took_ms: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    is_measuring: bool = False
    _pending: dict[tuple[Endpoint, str], float] = field(default_factory=dict)
    _numbers: dict[Endpoint, int] = field(default_factory=dict)
    _chance: random.Random = field(default_factory=lambda: random.Random(9))

    def endpoint(self) -> Endpoint:
        return Endpoint(self._opened, self._received)

    def begin(self) -> None:
        """Let every connection take its turns from now on, not all at the same moment."""
        loop = asyncio.get_running_loop()
        for endpoint in self._numbers:
            loop.call_later(self._chance.uniform(0, self.every_s), self._turn, endpoint)

    def unanswered(self) -> int:
        """Return how many calls wait for their result."""
        return sum(not endpoint.is_lost for endpoint, _ in self._pending)

    def _opened(self, endpoint: Endpoint) -> None:
        self._numbers[endpoint] = 0
        endpoint.send(TEXT, b'{"type":"session.created","session":{"model":"bench"}}')

    def _received(self, endpoint: Endpoint, _opcode: int, data: bytes) -> None:
        if data.startswith(b'{"type":"session.update"'):
            endpoint.send(TEXT, b'{"type":"session.updated","session":{}}')
        elif b'"function_call_output"' in data:
            self._result(endpoint, json.loads(data)["item"], time.perf_counter())
        elif data.startswith(b'{"type":"response.create"'):
            asked = json.loads(data).get("response", {}).get("instructions")
            self._say(endpoint, _BEGIN, *_SPOKEN, _END, words=asked or "Here it is.")

    def _result(self, endpoint: Endpoint, item: dict[str, str], now: float) -> None:
        began = self._pending.pop((endpoint, item["call_id"]))
        if self.is_measuring:
            self.took_ms.append((now - began) * 1000)
        if json.loads(item["output"])["status"] != "succeeded":
            self.failures.append(item["output"])

    def _turn(self, endpoint: Endpoint) -> None:
        if endpoint.is_lost:
            return
        number = self._say(endpoint, *_HEARD, _BEGIN, _CALL, _END)
        self._pending[endpoint, f"call_{number}"] = time.perf_counter()
        pause_s = self.every_s * self._chance.uniform(0.5, 1.5)
        asyncio.get_running_loop().call_later(pause_s, self._turn, endpoint)

    def _say(self, endpoint: Endpoint, *events: str, words: str = "") -> int:
        self._numbers[endpoint] += 1
        number = self._numbers[endpoint]
        values = {
            "n": number,
            "name": self.effect,
            "arguments": "{}" if self.effect == "read" else f'{{\\"text\\":\\"note {number}\\"}}',
            "words": json.dumps(words),
            "audio": _AUDIO,
        }
        for event in events:
            endpoint.send(TEXT, event.format(**values).encode())
        return number

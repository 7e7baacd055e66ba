"""A provider without a model: it accepts sessions and, when told to, speaks for ever."""

import asyncio
import base64
import time
from dataclasses import dataclass, field

from benchmarks.relay.endpoint import TEXT, Endpoint

DELTA_MS = 200
DELTAS = 10
"""Of a spoken answer."""
PAUSE_S = 1.0
"""Between two answers: the caller's turn."""
# Something to hear: an answer without sound would be asked for again.
_TAIL = base64.b64encode((b"\x00\x20\x40\x10" * DELTA_MS * 12)[9:])
_DELTA = (
    '{{"type":"response.output_audio.delta","event_id":"event_000000000000000000000",'
    '"response_id":"resp_{n}","item_id":"item_{n}","output_index":0,"content_index":0,"delta":"'
)
_WORDS = (
    '{{"type":"response.output_audio_transcript.delta","event_id":"event_000000000000000000000",'
    '"response_id":"resp_{n}","item_id":"item_{n}","output_index":0,"content_index":0,'
    '"delta":" words"}}'
)
_HEARD = (
    '{{"type":"conversation.item.input_audio_transcription.completed","item_id":"user_{n}",'
    '"content_index":0,"transcript":"Where is it?"}}'
)
_TURN = (
    '{{"type":"input_audio_buffer.speech_started","audio_start_ms":0,"item_id":"user_{n}"}}',
    '{{"type":"input_audio_buffer.speech_stopped","audio_end_ms":900,"item_id":"user_{n}"}}',
    '{{"type":"input_audio_buffer.committed","previous_item_id":null,"item_id":"user_{n}"}}',
    _HEARD,
)
_BEGIN = '{{"type":"response.created","response":{{"id":"resp_{n}","status":"in_progress"}}}}'
_ITEM_DONE = (
    '{{"type":"response.output_item.done","response_id":"resp_{n}","output_index":0,'
    '"item":{{"id":"item_{n}","type":"message","status":"completed","role":"assistant"}}}}'
)
_END = '{{"type":"response.done","response":{{"id":"resp_{n}","status":"completed","usage":null}}}}'


def stamped_delta(number: int) -> bytes:
    """Return an audio delta whose first samples are the time."""
    stamp = base64.b64encode(time.perf_counter_ns().to_bytes(8) + b"\0")
    return _DELTA.format(n=number).encode() + stamp + _TAIL + b'"}'


@dataclass
class Provider:
    """Counts what arrives and how old it is."""

    is_speaking: bool = False
    appends: int = 0
    delays_ns: list[int] = field(default_factory=list)
    deltas: int = 0
    _speakers: dict[Endpoint, asyncio.TimerHandle | None] = field(default_factory=dict)
    _numbers: dict[Endpoint, int] = field(default_factory=dict)

    def endpoint(self) -> Endpoint:
        return Endpoint(self._opened, self._received)

    def speak(self) -> None:
        """Let every connection speak from now on, not all at the same moment."""
        self.is_speaking = True
        loop = asyncio.get_running_loop()
        self._speakers = {e: s for e, s in self._speakers.items() if not e.is_lost}
        gap_s = (DELTA_MS * DELTAS / 1000 + PAUSE_S) / max(1, len(self._speakers))
        for place, endpoint in enumerate(self._speakers):
            self._speakers[endpoint] = loop.call_later(place * gap_s, self._turn, endpoint)

    def hush(self) -> None:
        """Let answers that have begun end, and begin no other."""
        self.is_speaking = False

    def _opened(self, endpoint: Endpoint) -> None:
        self._speakers[endpoint] = None
        self._numbers[endpoint] = 0
        endpoint.send(TEXT, b'{"type":"session.created","session":{"model":"bench"}}')

    def _received(self, endpoint: Endpoint, _opcode: int, data: bytes) -> None:
        if data.startswith(b'{"type":"input_audio_buffer.append"'):
            start = data.index(b'"audio":"') + 9
            sent = int.from_bytes(base64.b64decode(data[start : start + 12])[:8])
            self.delays_ns.append(time.perf_counter_ns() - sent)
            self.appends += 1
        elif data.startswith(b'{"type":"session.update"'):
            endpoint.send(TEXT, b'{"type":"session.updated","session":{}}')
        elif data.startswith(b'{"type":"response.create"'):
            number = self._next(endpoint)
            for event in (_BEGIN, _END):
                endpoint.send(TEXT, event.format(n=number).encode())

    def _next(self, endpoint: Endpoint) -> int:
        self._numbers[endpoint] += 1
        return self._numbers[endpoint]

    def _turn(self, endpoint: Endpoint) -> None:
        if not self.is_speaking or endpoint.is_lost:
            return
        number = self._next(endpoint)
        for event in (*_TURN, _BEGIN):
            endpoint.send(TEXT, event.format(n=number).encode())
        self._say(endpoint, number, DELTAS)

    def _say(self, endpoint: Endpoint, number: int, left: int) -> None:
        if endpoint.is_lost:
            return
        loop = asyncio.get_running_loop()
        if left:
            endpoint.send(TEXT, _WORDS.format(n=number).encode())
            endpoint.send(TEXT, stamped_delta(number))
            self.deltas += 1
            loop.call_later(DELTA_MS / 1000, self._say, endpoint, number, left - 1)
            return
        for event in (_ITEM_DONE, _END):
            endpoint.send(TEXT, event.format(n=number).encode())
        loop.call_later(PAUSE_S, self._turn, endpoint)

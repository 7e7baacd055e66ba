"""One answer on its way out: the responder's parts become words, audio and tool calls."""

import asyncio
from collections.abc import AsyncGenerator
from itertools import chain, repeat
from typing import Literal

from agent_service.audio import BYTES_PER_MS
from agent_service.offline.faults.response import Ending, ResponseFaults
from agent_service.offline.outbox import Outbox
from agent_service.offline.phrasing import SentenceCutter, word_pieces
from agent_service.offline.ports import (
    CallTool,
    CutShort,
    Responder,
    ResponseContext,
    ResponsePart,
    Say,
    Speech,
    SpokenPiece,
)
from agent_service.offline.protocol.usage import OUTPUT_MS_PER_TOKEN, text_tokens
from agent_service.offline.response_writer import ResponseWriter

_FIRST_DELTAS_MS = (100, 150)
_DELTA_MS = 250
_WORDS_AHEAD = 3
"""The transcript runs ahead of the audio by so many words."""


class Incomplete(Exception):
    """The answer ends before it is complete."""

    def __init__(self, reason: Literal["max_output_tokens", "content_filter"]) -> None:
        super().__init__(reason)
        self.reason = reason


class EndedEarly(Exception):
    """A fault ends the answer here."""

    def __init__(self, ending: Ending) -> None:
        super().__init__(ending.status)
        self.ending = ending


class Generation:
    """Runs one responder turn into a writer; whoever runs it decides how it ends."""

    def __init__(
        self,
        writer: ResponseWriter,
        responder: Responder,
        speech: Speech,
        outbox: Outbox,
        faults: ResponseFaults,
    ) -> None:
        self._writer = writer
        self._responder = responder
        self._speech = speech
        self._outbox = outbox
        self._faults = faults
        self._cutter = SentenceCutter()
        self._deltas_ms = chain(_FIRST_DELTAS_MS, repeat(_DELTA_MS))
        self._words_left = faults.ending.after_words if faults.ending else float("inf")
        config = writer.response.config
        self._speed = config.speed
        self._speaks = config.speaks
        limit = config.max_output_tokens
        self._limit: float = float("inf") if limit == "inf" else limit

    async def run(self, context: ResponseContext) -> None:
        """Say and call all that the responder wants; raises Incomplete or EndedEarly."""
        await asyncio.sleep(self._faults.delay_s)
        self._check_words(0)
        parts = self._responder.respond(context)
        try:
            async for part in parts:
                await self._put(part)
        finally:
            # However it ends: a model elsewhere must not go on writing.
            if isinstance(parts, AsyncGenerator):
                await parts.aclose()
        await self._end_message()
        if self._faults.ending:
            raise EndedEarly(self._faults.ending)

    async def _put(self, part: ResponsePart | CutShort) -> None:
        match part:
            case Say(text, is_whole):
                self._writer.open_message()
                await self._say(text)
                if is_whole:
                    await self._end_message()
            case CallTool():
                await self._end_message()
                await self._call(part)
            case CutShort(reason):
                await self._say_rest()
                raise Incomplete(reason)

    async def _call(self, call: CallTool) -> None:
        for made in self._faults.calls(call):
            self._check_room(text_tokens(made.name + made.arguments))
            self._writer.call(made.name, made.arguments, made.call_id)
            await self._outbox.room()

    async def _say(self, text: str) -> None:
        if not self._speaks:
            await self._write(text)
            return
        for sentence in self._cutter.feed(text):
            await self._speak(sentence)

    async def _say_rest(self) -> None:
        for sentence in self._cutter.flush():
            await self._speak(sentence)

    async def _end_message(self) -> None:
        await self._say_rest()
        self._writer.close_message()
        self._deltas_ms = chain(_FIRST_DELTAS_MS, repeat(_DELTA_MS))

    async def _write(self, text: str) -> None:
        for word in word_pieces(text):
            self._word(word)
            await self._outbox.room()

    async def _speak(self, text: str) -> None:
        async for piece in self._speech.speak(text, speed=self._speed):
            pcm = self._faults.distort(piece.pcm)
            start_ms = self._writer.message_audio_ms
            self._writer.spoken(piece.text, start_ms, start_ms + len(pcm) // BYTES_PER_MS)
            await self._stream(SpokenPiece(piece.text, pcm))

    async def _stream(self, piece: SpokenPiece) -> None:
        """Emit words and audio of one sentence, the words a little ahead."""
        words = word_pieces(piece.text)
        shown = at = 0
        while at < len(piece.pcm):
            size = next(self._deltas_ms) * BYTES_PER_MS
            end = min(at + size, len(piece.pcm))
            due = len(words) * end // len(piece.pcm) + _WORDS_AHEAD
            for word in words[shown:due]:
                self._word(word)
            shown = max(shown, due)
            self._check_room(-(-(end - at) // (OUTPUT_MS_PER_TOKEN * BYTES_PER_MS)))
            self._writer.audio(piece.pcm[at:end])
            await asyncio.sleep(self._faults.slowness * (end - at) / BYTES_PER_MS / 1000)
            at = end
            await self._outbox.room()
        for word in words[shown:]:
            self._word(word)

    def _word(self, word: str) -> None:
        self._check_words(1)
        self._check_room(text_tokens(word))
        self._writer.words(word)

    def _check_words(self, more: int) -> None:
        self._words_left -= more
        if self._faults.ending and (self._words_left < 0 or self._faults.ending.after_words == 0):
            raise EndedEarly(self._faults.ending)

    def _check_room(self, tokens: int) -> None:
        if self._writer.output_tokens + tokens > self._limit:
            raise Incomplete("max_output_tokens")

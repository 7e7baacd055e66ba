"""Telling the client what the caller said, beside and independent of the answer."""

import asyncio
from typing import Any

from agent_service.offline.phrasing import word_pieces
from agent_service.offline.ports import Recognition
from agent_service.offline.protocol.dialects import Dialect
from agent_service.offline.protocol.ids import new_id
from agent_service.offline.protocol.items import Item
from agent_service.offline.protocol.session import SessionConfig
from agent_service.offline.protocol.usage import render_transcription_usage
from agent_service.offline.response_writer import Emit

_EVENT = "conversation.item.input_audio_transcription"


class Transcriber:
    """Sends the transcription events of a session."""

    def __init__(self, dialect: Dialect, emit: Emit, tasks: asyncio.TaskGroup) -> None:
        self._dialect = dialect
        self._emit = emit
        self._tasks = tasks

    def report(
        self, item: Item, config: SessionConfig, words: asyncio.Task[Recognition | None]
    ) -> None:
        """Send the transcript of an item once its words are known."""

        async def report() -> None:
            await asyncio.wait([words])
            recognition = None if words.cancelled() else words.result()
            if recognition is None:
                self._failed(item)
            else:
                self._completed(item, config, recognition)

        self._tasks.create_task(report())

    def _failed(self, item: Item) -> None:
        # Without ``param``: a null there makes one of the official clients drop the event.
        self._emit(
            f"{_EVENT}.failed",
            item_id=item.id,
            content_index=0,
            error={
                "type": "transcription_error",
                "code": "audio_unintelligible",
                "message": "The audio could not be transcribed.",
            },
        )

    def _completed(self, item: Item, config: SessionConfig, recognition: Recognition) -> None:
        assert config.transcription is not None
        model, text = config.transcription.model, recognition.text
        item.parts[0].transcript = text
        place: dict[str, Any] = {"item_id": item.id, "content_index": 0}
        if not self._dialect.streams_transcription:
            self._emit(f"{_EVENT}.completed", **place, transcript=text)
            return
        audio_ms = item.parts[0].audio_ms
        if model.endswith("-diarize"):
            self._segment(place, text, audio_ms)
        pieces = word_pieces(text)
        for piece in ["".join(pieces)] if pieces and model == "whisper-1" else pieces:
            self._emit(f"{_EVENT}.delta", **place, delta=piece)
        self._emit(
            f"{_EVENT}.completed",
            **place,
            transcript=text,
            logprobs=_logprobs(recognition) if config.wants_logprobs else None,
            usage=render_transcription_usage(model, audio_ms, text),
        )

    def _segment(self, place: dict[str, Any], text: str, audio_ms: int) -> None:
        self._emit(
            f"{_EVENT}.segment",
            **place,
            id=new_id("seg_"),
            text=text,
            speaker="A",
            start=0.0,
            end=audio_ms / 1000,
        )


def _logprobs(recognition: Recognition) -> list[dict[str, Any]]:
    """Give every word the mean of the recognition: single tokens are not told apart here."""
    return [
        {"token": piece, "logprob": recognition.confidence, "bytes": list(piece.encode())}
        for piece in word_pieces(recognition.text)
    ]

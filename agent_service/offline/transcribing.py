"""Telling the client what the caller said, beside and independent of the answer."""

import asyncio
from typing import Any

from agent_service.offline.faults.plan import FaultPlan
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

    def __init__(
        self, dialect: Dialect, emit: Emit, tasks: asyncio.TaskGroup, faults: FaultPlan
    ) -> None:
        self._dialect = dialect
        self._emit = emit
        self._tasks = tasks
        self._faults = faults
        self._held_back: asyncio.Event | None = None

    def report(
        self, item: Item, config: SessionConfig, words: asyncio.Task[Recognition | None]
    ) -> None:
        """Send the transcript of an item once its words are known."""
        if self._faults.fires("transcript_missing"):
            return
        late = self._faults.fires("transcript_late")
        is_held = self._faults.fires("transcript_reordered") is not None
        is_twice = self._faults.fires("transcript_duplicated") is not None
        fails = self._faults.fires("transcript_failed") is not None

        async def report() -> None:
            await asyncio.wait([words])
            if late:
                await asyncio.sleep(late.number("ms") / 1000)
            if is_held:
                self._held_back = asyncio.Event()
                await self._held_back.wait()
            recognition = None if words.cancelled() or fails else words.result()
            if recognition is None:
                self._failed(item)
                return
            completed = self._completed(item, config, recognition)
            if is_twice:
                self._emit(f"{_EVENT}.completed", **completed)
            if self._held_back is not None:
                self._held_back.set()

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

    def _completed(
        self, item: Item, config: SessionConfig, recognition: Recognition
    ) -> dict[str, Any]:
        """Send deltas and the final transcript; returns the members of the latter."""
        assert config.transcription is not None
        model, text = config.transcription.model, recognition.text
        item.parts[0].transcript = text
        place: dict[str, Any] = {"item_id": item.id, "content_index": 0}
        final = place | {"transcript": text}
        if self._dialect.streams_transcription:
            confidence = recognition.confidence if config.wants_logprobs else None
            self._deltas(place, model, text, item.parts[0].audio_ms, confidence)
            final |= {
                "logprobs": _logprobs(text, confidence),
                "usage": render_transcription_usage(model, item.parts[0].audio_ms, text),
            }
        self._emit(f"{_EVENT}.completed", **final)
        return final

    def _deltas(
        self,
        place: dict[str, Any],
        model: str,
        text: str,
        audio_ms: int,
        confidence: float | None,
    ) -> None:
        if model.endswith("-diarize"):
            self._emit(
                f"{_EVENT}.segment",
                **place,
                id=new_id("seg_"),
                text=text,
                speaker="A",
                start=0.0,
                end=audio_ms / 1000,
            )
        pieces = word_pieces(text)
        for piece in ["".join(pieces)] if pieces and model == "whisper-1" else pieces:
            shown = {"logprobs": _logprobs(piece, confidence)} if confidence is not None else {}
            self._emit(f"{_EVENT}.delta", **place, delta=piece, **shown)


def _logprobs(text: str, confidence: float | None) -> list[dict[str, Any]] | None:
    """Give every word the mean of the recognition: single tokens are not told apart here."""
    if confidence is None:
        return None
    return [
        {"token": piece, "logprob": confidence, "bytes": list(piece.encode())}
        for piece in word_pieces(text)
    ]

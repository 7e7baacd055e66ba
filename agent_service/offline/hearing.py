"""Recognition of callers' turns, begun ahead of time while a closing silence runs."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

import structlog

from agent_service.offline.ports import Recognition
from agent_service.offline.protocol.items import Part

_log = structlog.get_logger()

Recognise: TypeAlias = Callable[[str, bytes, str | None], Awaitable[Recognition]]
"""Turns a turn's audio into words: item id, PCM16, words to expect."""


@dataclass(slots=True)
class _Guess:
    item_id: str
    at_ms: int
    task: asyncio.Task[Recognition | None]


class Hearing:
    """One recognition per turn; a guess made in the silence is kept when nothing more was said."""

    def __init__(self, recognise: Recognise, tasks: asyncio.TaskGroup) -> None:
        self._recognise_turn = recognise
        self._tasks = tasks
        self._guess: _Guess | None = None
        self._running: dict[str, asyncio.Task[Recognition | None]] = {}

    def guess(
        self,
        item_id: str,
        pcm: bytes,
        at_ms: int,
        prompt: str | None,
        on_words: Callable[[str, str], None],
    ) -> None:
        """Recognise what was said so far; the words go to ``on_words`` with the item's id."""
        self.forget_guess()

        async def recognise() -> Recognition | None:
            recognition = await self._recognise(item_id, pcm, prompt)
            if recognition is not None:
                on_words(item_id, recognition.text)
            return recognition

        self._guess = _Guess(item_id, at_ms, self._tasks.create_task(recognise()))

    def forget_guess(self) -> None:
        """Drop the guess: the caller goes on, or the audio was cleared."""
        if self._guess is not None:
            self._guess.task.cancel()
            self._guess = None

    def settle(
        self, item_id: str, part: Part, prompt: str | None, *, quiet_from_ms: int | None = None
    ) -> asyncio.Task[Recognition | None]:
        """Recognise a turn's audio; the words also become the text of its part.

        ``quiet_from_ms`` is when the last sound ended: a guess made after it stands.
        """
        guess, self._guess = self._guess, None
        is_good = (
            guess is not None
            and quiet_from_ms is not None
            and guess.item_id == item_id
            and guess.at_ms >= quiet_from_ms
        )
        if guess is not None and not is_good:
            guess.task.cancel()

        async def recognise() -> Recognition | None:
            if is_good and guess is not None:
                recognition = await guess.task
            else:
                recognition = await self._recognise(item_id, bytes(part.pcm), prompt)
            part.text = recognition.text if recognition else ""
            return recognition

        task = self._tasks.create_task(recognise())
        self._running[item_id] = task
        task.add_done_callback(lambda _: self._running.pop(item_id, None))
        return task

    async def wait_for(self, item_ids: Iterable[str]) -> None:
        """Wait until these items are recognised, as far as they are being recognised."""
        running = [self._running[item_id] for item_id in item_ids if item_id in self._running]
        if running:
            await asyncio.wait(running)

    async def _recognise(self, item_id: str, pcm: bytes, prompt: str | None) -> Recognition | None:
        try:
            return await self._recognise_turn(item_id, pcm, prompt)
        except Exception:  # whatever the models do, the call goes on without the words
            _log.exception("recognition_failed", audio_bytes=len(pcm))
            return None

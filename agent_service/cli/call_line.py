"""A call over the conversation socket, as made by a person with microphone and loudspeaker."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from agent_service.audio import BYTES_PER_MS, bytes_to_ms, samples
from agent_service.channels.widget import decode_audio
from agent_service.cli.call_player import Played, Player
from agent_service.cli.call_progress import Progress
from agent_service.cli.call_report import Report
from agent_service.errors import AgentServiceError

FRAME_MS: Final = 20
REPORT_EVERY_MS: Final = 200
GREETING_S: Final = 2.5
"""An agent that greets has begun to by then."""
GOODBYE_S: Final = 10.0
_SILENCE: Final = bytes(FRAME_MS * BYTES_PER_MS)


class CallFailed(AgentServiceError):
    """The call failed."""

    code = "call_failed"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A turn of the caller, from a file."""

    path: Path
    pcm: bytes

    @property
    def speech_ms(self) -> int:
        """Where speech ends: the last frame that is not much softer than the loudest."""
        size = FRAME_MS * BYTES_PER_MS // 2
        wave = samples(self.pcm).astype(np.float64)
        frames = np.pad(wave, (0, -len(wave) % size)).reshape(-1, size)
        loudness = np.sqrt((frames**2).mean(axis=1))
        loud = np.flatnonzero(loudness > loudness.max() * 0.05)
        return int(loud[-1] + 1) * FRAME_MS if len(loud) else bytes_to_ms(len(self.pcm))


@dataclass(frozen=True, slots=True)
class Typed:
    """A turn of the caller, typed."""

    text: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """A turn of the caller, by the keys of a telephone."""

    keys: str


@dataclass(frozen=True, slots=True)
class CallPlan:
    """What the caller does."""

    turns: Sequence[Spoken | Typed | Pressed]
    pause_s: float = 1.0
    """Silence that a polite caller leaves after the agent has finished."""
    barge_in_after_s: float | None = None
    """Speak again when so much of an answer was heard, instead of after it."""
    accepts: bool = False
    """Tap yes on every confirmation."""
    answer_limit_s: float = 30.0

    @property
    def mode(self) -> str:
        return "audio" if any(isinstance(turn, Spoken) for turn in self.turns) else "text"


class Line:
    """One call over a connected socket; the player keeps what was heard, however it ends."""

    def __init__(
        self, socket: ClientConnection, plan: CallPlan, report: Report, player: Player
    ) -> None:
        self._socket = socket
        self._plan = plan
        self._report = report
        self._loop = asyncio.get_running_loop()
        self._began_at = self._loop.time()
        self._progress = Progress()
        self._player = player
        self._speaking = b""
        """What is left to say of the turn being spoken."""
        self._speech_left_ms = 0
        self._unreported_ms = 0
        self._reported: Played | None = None
        self._changed = asyncio.Event()
        self._has_said_goodbye = False

    async def run(self, ticket: str) -> None:
        """Make the call; raise CallFailed if it does not go through to the end."""
        await self._send(type="start", ticket=ticket, mode=self._plan.mode)
        try:
            async with asyncio.TaskGroup() as tasks:
                reader = tasks.create_task(self._read())
                ticker = tasks.create_task(self._tick())
                await self._follow_plan()
                ticker.cancel()
                reader.cancel()
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None

    async def _follow_plan(self) -> None:
        await self._until(lambda: self._progress.is_ready, "The service did not get ready")
        greeting_by = self._loop.time() + GREETING_S
        await self._until(
            lambda: (
                self._is_quiet() and (self._progress.has_spoken or self._loop.time() >= greeting_by)
            ),
            "The greeting did not end",
        )
        for number, turn in enumerate(self._plan.turns):
            assert not isinstance(turn, Pressed), "only a telephone has keys"
            await self._take_turn(turn)
            is_last = number == len(self._plan.turns) - 1
            await self._until(lambda: self._progress.has_spoken, "No answer came")
            self._report_time()
            if self._plan.barge_in_after_s is not None and not is_last:
                await self._hear(self._plan.barge_in_after_s)
            else:
                await self._until(self._is_quiet, "The answer did not end")
        self._has_said_goodbye = True
        await self._send(type="end")
        try:
            async with asyncio.timeout(GOODBYE_S):
                await self._socket.wait_closed()
        except TimeoutError:
            raise CallFailed("The service did not end the call.") from None

    async def _take_turn(self, turn: Spoken | Typed) -> None:
        self._progress.caller_began()
        match turn:
            case Typed(text=text):
                self._note("said", text)
                await self._send(type="text", text=text)
                self._progress.caller_ended(self._loop.time())
            case Spoken():
                seconds = len(turn.pcm) / BYTES_PER_MS / 1000
                self._note("playing", f"{turn.path} ({seconds:.1f} s)", file=str(turn.path))
                self._speaking, self._speech_left_ms = turn.pcm, turn.speech_ms
                await self._until(lambda: not self._speaking, "The file was not sent", seconds)

    async def _hear(self, seconds: float) -> None:
        """Listen to so much of the answer, or to its end."""
        enough = len(self._player.heard) + seconds * 1000 * BYTES_PER_MS
        await self._until(
            lambda: len(self._player.heard) >= enough or self._is_quiet(), "The answer did not end"
        )

    def _is_quiet(self) -> bool:
        quiet = self._progress.is_quiet(self._loop.time(), self._plan.pause_s)
        return quiet and self._player.is_idle

    async def _until(
        self, condition: Callable[[], bool], failure: str, extra_s: float = 0.0
    ) -> None:
        """Wait for a condition that messages and time can bring about."""
        limit_s = self._plan.answer_limit_s + extra_s
        last_progress = self._loop.time()
        heard = len(self._player.heard)
        while not condition():
            if len(self._player.heard) > heard:
                heard, last_progress = len(self._player.heard), self._loop.time()
            if self._loop.time() - last_progress > limit_s:
                raise CallFailed(f"{failure} within {limit_s:g} seconds.")
            self._changed.clear()
            await self._changed.wait()

    async def _read(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for message in self._socket:
                now = self._loop.time()
                if isinstance(message, bytes):
                    frame = decode_audio(message)
                    self._player.add(frame.item_id, frame.offset_ms, frame.audio)
                    self._progress.agent_sounds(now, frame.item_id)
                else:
                    await self._take(msgspec.json.decode(message), now)
                self._changed.set()
        if not self._has_said_goodbye:
            raise CallFailed(self._why_closed())

    async def _take(self, message: dict[str, Any], now: float) -> None:
        self._progress.take(message, now)
        self._report.message(message, self._at_ms())
        match message:
            case {"type": "clear", "item_id": item_id}:
                cut = self._player.clear(item_id)
                if cut is not None:
                    self._reported = None
                    await self._report_played(cut)
            case {"type": "confirm", "confirmation_id": confirmation_id}:
                await self._answer_confirmation(confirmation_id)

    async def _answer_confirmation(self, confirmation_id: str) -> None:
        if self._plan.accepts:
            self._note("tapped", "yes")
            await self._send(type="confirm", confirmation_id=confirmation_id, accepted=True)
        else:
            self._note("hint", "nothing is tapped; --yes agrees, or say yes in the next turn")

    async def _tick(self) -> None:
        """Be microphone and loudspeaker, a frame every 20 ms."""
        due = self._loop.time()
        while True:
            due += FRAME_MS / 1000
            await asyncio.sleep(due - self._loop.time())
            if self._plan.mode == "audio" and self._progress.is_ready:
                await self._send_frame()
            await self._play()
            self._changed.set()

    async def _send_frame(self) -> None:
        frame, self._speaking = self._speaking[: len(_SILENCE)], self._speaking[len(_SILENCE) :]
        await self._write(frame + _SILENCE[len(frame) :])
        if self._speech_left_ms > 0:
            self._speech_left_ms -= FRAME_MS
            if self._speech_left_ms <= 0:
                self._progress.caller_ended(self._loop.time())

    async def _play(self) -> None:
        reached = self._player.advance(FRAME_MS)
        self._unreported_ms += FRAME_MS
        is_due = self._unreported_ms >= REPORT_EVERY_MS or self._player.is_idle or len(reached) > 1
        if reached and is_due:
            for played in reached:
                await self._report_played(played)

    async def _report_played(self, played: Played) -> None:
        self._unreported_ms = 0
        if played != self._reported:
            self._reported = played
            await self._send(type="played", item_id=played.item_id, played_ms=played.played_ms)

    async def _send(self, **message: Any) -> None:
        await self._write(msgspec.json.encode(message).decode())

    async def _write(self, frame: str | bytes) -> None:
        # When the socket is gone, the reader finds out why and says so.
        with contextlib.suppress(ConnectionClosed):
            await self._socket.send(frame)

    def _report_time(self) -> None:
        ms = self._progress.first_audio_ms
        if ms is not None:
            self._note("timing", f"first answer {ms} ms after the turn's end", measured_ms=ms)

    def _note(self, kind: str, text: str, **facts: Any) -> None:
        self._report.note(kind, text, self._at_ms(), **facts)

    def _at_ms(self) -> int:
        return round((self._loop.time() - self._began_at) * 1000)

    def _why_closed(self) -> str:
        if self._progress.refusal is not None:
            code, message = self._progress.refusal
            return f"{message} ({code})"
        if self._progress.end_reason is not None:
            return f"The service ended the call early ({self._progress.end_reason})."
        return (
            f"The service closed the call ({self._socket.close_code} {self._socket.close_reason})."
        )

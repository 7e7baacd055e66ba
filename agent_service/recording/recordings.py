"""All recordings of this process: a thread that writes while calls go on, and one that finishes.

Neither is waited for by a conversation.
"""

import asyncio
import os
import sys
import threading
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Final

import structlog

from agent_service.clock import Clock
from agent_service.recording.finishing import Finisher
from agent_service.recording.storage import Storage
from agent_service.recording.tape import Reel, Report, Tape
from agent_service.store.database import Database
from agent_service.store.silences import Silence

TICK_S: Final = 0.25
"""From one look at all tapes to the next: with the lag, what a kill loses."""
RETRY_S: Final = 1.0
LONGEST_RETRY_S: Final = 60.0
SWEEP_S: Final = 60.0
"""From one look for what others left, and for new silences, to the next."""
CLOSE_S: Final = 10.0
"""How long an ending service may take to finish recordings; what is left is finished later."""
NICE: Final = 10
"""By how much finishing stands back behind everything else on the machine."""

log = structlog.get_logger()


class Recordings:
    """Records conversations. ``open`` it on the event loop that then calls ``tape``."""

    def __init__(
        self, folder: Path, storage: Storage, database: Database, clock: Clock, report: Report
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._report = report
        self._finisher = Finisher(folder, storage, database, clock, report)
        self._reels: list[Reel] = []
        self._ended: deque[str] = deque()
        """Conversations to finish; they are few, and each was a tape before."""
        self._is_closing = threading.Event()
        self._gives_up = threading.Event()
        self._has_work = threading.Event()
        self._writer = Thread(target=self._write, name="recording-writer", daemon=True)
        self._finishing = Thread(target=self._finish, name="recording-finisher", daemon=True)

    @property
    def live(self) -> int:
        """Conversations that are being recorded, or may be."""
        return len(self._reels)

    def open(self) -> None:
        """Start both threads; first what an earlier process left is finished."""
        self._writer.start()
        self._finishing.start()

    def tape(self, conversation_id: str, *, earlier_s: float, is_on: bool) -> Tape:
        """Return where a conversation puts what is to be recorded.

        It has been going on for ``earlier_s``. Unless it ``is_on``, recording begins when that is
        put on the tape.
        """
        now = self._clock.now()
        tape = Tape(now - earlier_s)
        self._reels.append(
            Reel(
                tape,
                folder=self._folder,
                conversation_id=conversation_id,
                started_ms=tape.ms(now) if is_on else None,
                report=self._report,
            )
        )
        return tape

    def silence(self, silence: Silence) -> None:
        """Take a stretch out of what is being recorded, from whichever thread.

        It is on record, or about to be: what is finished later does without it anyway.
        """
        for reel in list(self._reels):
            if reel.conversation_id == silence.conversation_id:
                reel.tape.put(self._clock.now(), silence)

    async def close(self) -> None:
        """Finish what can be finished in time, and end both threads."""
        if not self._writer.is_alive():
            return
        self._is_closing.set()
        await asyncio.to_thread(self._writer.join)
        self._has_work.set()
        await asyncio.to_thread(self._finishing.join, CLOSE_S)
        self._gives_up.set()
        self._has_work.set()

    # --- the writing thread ---

    def advance(self) -> None:
        """Write what is certain by now of every conversation."""
        now = self._clock.now()
        for reel in list(self._reels):
            if not self._advance(reel, now):
                self._reels.remove(reel)
                self._ended.append(reel.conversation_id)
                self._has_work.set()

    def _advance(self, reel: Reel, now: float) -> bool:
        try:
            return reel.advance(now)
        except Exception:
            # The seam around one conversation's sound: the others are recorded on.
            log.exception("recording_failed", conversation_id=reel.conversation_id)
            reel.give_up()
            return True

    def _write(self) -> None:
        while not self._is_closing.wait(TICK_S):
            self.advance()
        for reel in list(self._reels):
            reel.tape.close(self._clock.now())  # its conversation has ended, or ends with us
        self.advance()

    # --- the finishing thread ---

    def _finish(self) -> None:
        if sys.platform == "linux":  # elsewhere it would be the whole process
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
        try:
            self._finish_until_closed()
        except Exception:
            log.exception("recording_finisher_failed")
        finally:
            self._finisher.close()

    def _finish_until_closed(self) -> None:
        waiting: dict[str, _Wait] = {}
        sweep_at = self._clock.now()
        while True:
            now = self._clock.now()
            if now >= sweep_at:
                self._finisher.finish_all([reel.conversation_id for reel in list(self._reels)])
                sweep_at = self._clock.now() + SWEEP_S
            for _ in range(len(self._ended)):
                waiting[self._ended.popleft()] = _Wait(now)
            for id in [id for id, wait in waiting.items() if wait.until <= now]:
                if self._finisher.finish(id):
                    del waiting[id]
                else:
                    waiting[id] = waiting[id].longer(self._clock.now())
            if self._gives_up.is_set() or (self._is_closing.is_set() and not waiting):
                return
            due = min([sweep_at, *(wait.until for wait in waiting.values())])
            self._has_work.wait(max(due - self._clock.now(), 0.0))
            self._has_work.clear()


@dataclass(frozen=True, slots=True)
class _Wait:
    """Until when a conversation waits that could not be finished."""

    until: float
    pause_s: float = RETRY_S

    def longer(self, now: float) -> "_Wait":
        return _Wait(now + self.pause_s, min(2 * self.pause_s, LONGEST_RETRY_S))

"""The way of a record out of the event loop: one log line, one queue, one writing thread.

Nothing here waits on the loop. What ``on_committed`` reports is on disk.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from threading import Thread

import structlog
from sqlalchemy import Table as Declared
from sqlalchemy.orm import Session

from agent_service.clock import Clock, uuid7
from agent_service.conversation.records import (
    ConversationRecord,
    IncidentRecord,
    Record,
    TurnRecord,
)
from agent_service.errors import StoreError
from agent_service.redaction import AS_GIVEN, written_under
from agent_service.store.claims import Claim, write_claimed
from agent_service.store.database import Database
from agent_service.store.interrupted import Announce
from agent_service.store.ledger import EndedCall
from agent_service.store.policies import Policies
from agent_service.store.provider_events import ProviderEvent, write_events
from agent_service.store.record_fields import Line, to_line
from agent_service.store.record_redaction import (
    CardPieces,
    RecordRedactor,
    remove_pieces,
    tables_of_conversations,
)
from agent_service.store.silences import Silence, keep_silences, silence_of

log = structlog.get_logger()

BATCH = 500
"""Records of one commit at most; a commit takes what has come since the last one."""
GATHER_S = 0.02
"""From one commit to the next: what many conversations say meanwhile shares one, for a commit costs
more than what is in it. Nobody waits for the first record after a silence."""
FIRST_PAUSE_S = 0.05
LONGEST_PAUSE_S = 2.0
LAST_TRY_S = 6.0
"""How long an ending service waits for a commit that hangs; a lock is waited for no longer."""


@dataclass(frozen=True, slots=True)
class _Entry:
    record: Record | EndedCall | CardPieces | ProviderEvent
    on_committed: Callable[[], None] | None
    claim: Claim | None
    silence: Silence | None = None
    """What no recording may hold of it."""


def _ignore_loss(_: Claim) -> None:
    pass


def _ignore_silence(_: Silence) -> None:
    pass


def _ignore_line(_: Record, __: Line) -> None:
    pass


class Recorder:
    """Keeps records. ``open`` it on the event loop that then calls ``record`` and ``close``."""

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock,
        company_tables: Iterable[Declared] = (),
        policies: Policies | None = None,
        announce: Announce | None = None,
        capacity: int = 20_000,
    ) -> None:
        self.on_overtaken: Callable[[Claim], None] = _ignore_loss
        """Called on the loop when records were refused because another process has the claim."""
        self.on_logged: Callable[[Record, Line], None] = _ignore_line
        """Called with each record as it is logged, and with its line."""
        self.on_silenced: Callable[[Silence], None] = _ignore_silence
        """Called, on whichever thread, with what no recording may hold from now on."""
        self._database = database
        self._clock = clock
        self._capacity = capacity
        self._company_tables = tables_of_conversations(company_tables)
        self._redactor = RecordRedactor(policies)
        self._announce = announce
        # Full only after the database has refused for long: the record then stays in the log alone.
        # Well before, ``healthy`` has turned false and no new conversation is let in.
        self._queue: SimpleQueue[_Entry | None] = SimpleQueue()
        self._thread = Thread(target=self._write_until_closed, name="record-writer", daemon=True)
        self._is_failing = False
        self._is_closing = False
        self._gives_up = threading.Event()
        self._has_ended = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def waiting(self) -> int:
        """Records that are not yet being written."""
        return self._queue.qsize()

    @property
    def healthy(self) -> bool:
        """False while records are refused or pile up: take no new conversations."""
        return (
            self._thread.is_alive() and not self._is_failing and self.waiting < self._capacity // 2
        )

    def open(self) -> None:
        """Start the writing thread."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    def record(
        self,
        record: Record,
        on_committed: Callable[[], None] | None = None,
        *,
        claim: Claim | None = None,
    ) -> None:
        """Log the record and have it written; ``on_committed`` is called on the loop afterwards.

        It is not written when another process has overtaken the ``claim``.
        """
        kept = self._redactor.redact(record)
        line = to_line(kept.logged)
        level = log.warning if isinstance(record, IncidentRecord) else log.info
        level(line.event, **line.fields)
        self.on_logged(kept.logged, line)
        silence = silence_of(record, kept.record)
        self._put(_Entry(kept.record, on_committed, claim, silence))
        if kept.pieces is not None:
            self._put(_Entry(kept.pieces, None, claim))
        if silence is not None:
            self.on_silenced(silence)

    def preview(self, turn: TurnRecord) -> TurnRecord:
        """Return as it may be logged what has come of a turn that is still going on."""
        return self._redactor.preview(turn)

    def keep_call(self, ended: EndedCall, on_committed: Callable[[], None]) -> None:
        """Have a tool call's end written to the ledger, from whichever thread."""
        self._put(_Entry(ended, on_committed, None))

    def keep_event(self, event: ProviderEvent) -> None:
        """Have an event of the provider's written, unless records pile up, which come first."""
        if self.waiting < self._capacity // 4:
            self._put(_Entry(self._redactor.redact_event(event), None, None))

    async def close(self, *, time_limit_s: float = 10.0) -> None:
        """Write what waits and end the thread; what cannot be written in time is in the log."""
        if self._loop is None or self._is_closing:
            return
        self._is_closing = True
        self._queue.put(None)
        try:
            async with asyncio.timeout(time_limit_s):
                await self._has_ended.wait()
        except TimeoutError:
            self._gives_up.set()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LAST_TRY_S):
                    await self._has_ended.wait()
                return
            log.error("record_refused", reason="stuck", records=self.waiting)

    def _put(self, entry: _Entry) -> None:
        if self._is_closing or self.waiting >= self._capacity:
            log.error("record_refused", reason="closed" if self._is_closing else "queue_full")
            return
        self._queue.put(entry)

    # --- on the writing thread ------------------------------------------------

    def _write_until_closed(self) -> None:
        is_last = False
        while not is_last:
            batch, is_last = self._take()
            self._write(batch)
            if not is_last:
                self._gives_up.wait(GATHER_S)
        self._call_on_loop([self._has_ended.set])

    def _take(self) -> tuple[list[_Entry], bool]:
        """Wait for a record and take all that have come since the last commit."""
        batch: list[_Entry] = []
        entry = self._queue.get()
        while entry is not None:
            batch.append(entry)
            if len(batch) == BATCH or self._queue.empty():
                return batch, False
            entry = self._queue.get()
        return batch, True

    def _write(self, batch: list[_Entry]) -> None:
        try:
            lost = self._persist(batch)
        except StoreError as error:
            log.error("record_refused", reason=error.code, records=len(batch))
        except Exception:
            # Not the state of the database but one record of the batch: find it, keep the others.
            if len(batch) > 1:
                for entry in batch:
                    self._write([entry])
            else:
                log.exception("record_refused", reason="unwritable", records=1)
        else:
            self._report(batch, lost)

    def _report(self, batch: list[_Entry], lost: set[Claim]) -> None:
        for claim in lost:
            refused = sum(entry.claim == claim for entry in batch)
            log.error(
                "record_refused",
                reason="overtaken",
                records=refused,
                conversation_id=claim.conversation_id,
            )
        kept = (entry.on_committed for entry in batch if entry.claim not in lost)
        overtaken = [partial(self.on_overtaken, claim) for claim in lost]
        self._call_on_loop([*overtaken, *(call for call in kept if call is not None)])

    def _persist(self, batch: list[_Entry]) -> set[Claim]:
        """Commit the batch; try again until the database takes it or the service gives up.

        Return the claims that were overtaken, under which nothing was written.
        """
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                # Each record was redacted under its own agent's policy when it was made.
                with written_under(AS_GIVEN), self._database.write_log() as session:
                    lost, silences = _write(session, batch, self._company_tables)
                    if self._announce is not None and (ended := _ended(batch, lost)):
                        self._announce(session, ended)
            except StoreError as error:
                if not self._is_failing:
                    self._is_failing = True
                    batch.append(_Entry(self._incident(error), None, None))
                if self._gives_up.wait(pause_s):
                    raise
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
            else:
                if self._is_failing:
                    self._is_failing = False
                    log.info("record_resumed")
                if any(isinstance(entry.record, CardPieces) for entry in batch):
                    self._forget_removed()
                for silence in silences:
                    self.on_silenced(silence)
                return lost

    def _forget_removed(self) -> None:
        try:
            self._database.forget_removed()
        except StoreError as error:  # the rows are clean; what is left goes with the next one
            log.warning("removed_text_not_forgotten", reason=error.code)

    def _incident(self, error: StoreError) -> IncidentRecord:
        incident = IncidentRecord(
            incident_id=uuid7(),
            conversation_id=None,
            code=error.code,
            message=f"Records wait in memory. {error.message}",
            occurred_at=self._clock.utc(),
        )
        line = to_line(incident)
        log.warning(line.event, **line.fields)
        return incident

    def _call_on_loop(self, callbacks: list[Callable[[], None]]) -> None:
        loop = self._loop
        if not callbacks or loop is None or loop.is_closed():
            return

        def call_each() -> None:
            for callback in callbacks:
                loop.call_soon(callback)

        loop.call_soon_threadsafe(call_each)


def _ended(batch: list[_Entry], lost: set[Claim]) -> list[str]:
    """Return the conversations that end with the batch."""
    kept = (entry.record for entry in batch if entry.claim not in lost)
    return [
        record.conversation_id
        for record in kept
        if isinstance(record, ConversationRecord) and record.ended_at is not None
    ]


def _write(
    session: Session, batch: list[_Entry], company_tables: Iterable[Declared]
) -> tuple[set[Claim], list[Silence]]:
    """Write the records, then take out of all that is written what turned out to be of a card.

    Return the claims that were overtaken, under which nothing was written; and what recordings may
    not hold of turns that were on record before.
    """
    records = [
        (e.record, e.claim) for e in batch if not isinstance(e.record, CardPieces | ProviderEvent)
    ]
    lost = write_claimed(session, records)
    kept = [entry for entry in batch if entry.claim not in lost]
    write_events(session, [e.record for e in kept if isinstance(e.record, ProviderEvent)])
    silences = []
    for entry in kept:
        if isinstance(entry.record, CardPieces):
            silences += remove_pieces(session, entry.record, company_tables)
    keep_silences(session, [entry.silence for entry in kept if entry.silence is not None])
    return lost, silences

"""What one conversation puts on record under its claim, and its end should the rules fail.

It knows what is open from the records and orders that pass, so that it can end that by itself.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from agent_service.clock import Clock, uuid7
from agent_service.conversation.commands import PrepareTool, RunTool
from agent_service.conversation.records import (
    ConfirmationRecord,
    ConfirmationStatus,
    ConversationRecord,
    IncidentRecord,
    Record,
    ResumptionRecord,
    ToolCallRecord,
    ToolCallStatus,
    TurnRecord,
    placed,
)
from agent_service.runtime.ports import Records
from agent_service.store.claims import Claim
from agent_service.store.interrupted import token_hash
from agent_service.store.provider_events import ProviderEvent


class Bookkeeping:
    """Keeps one conversation's records.

    ``on_turn`` hears of each turn that is on disk, ``on_end`` that the end of the conversation is.
    """

    def __init__(
        self,
        records: Records,
        claim: Claim,
        began_at: datetime,
        clock: Clock,
        on_turn: Callable[[str], None],
        on_end: Callable[[], None],
    ) -> None:
        self.claim = claim
        self.has_begun = asyncio.Event()
        """The conversation's own record has been given to the database."""
        self._records = records
        self._began_at = began_at
        self._clock = clock
        self._at = (clock.utc(), clock.now())
        self._on_turn = on_turn
        self._on_end = on_end
        self._on_disk: dict[str, asyncio.Event] = {}
        """What tools depend on: the conversation's own row, and accepted confirmations."""
        self._conversation: ConversationRecord | None = None
        self._open_calls: dict[str, tuple[PrepareTool | RunTool, datetime]] = {}
        self._open_questions: dict[str, ConfirmationRecord] = {}
        self._is_stopped = False
        self._early_events: list[ProviderEvent] = []
        """Those of the provider from before the conversation was on record."""

    def keep(self, record: Record) -> None:
        """Put a record of the rules on record."""
        on_committed: Callable[[], None] | None = None
        match record:
            case TurnRecord(turn_id=turn_id):
                on_committed = partial(self._on_turn, turn_id)
            case ConversationRecord(ended_at=ended_at):
                self._conversation = record
                self.has_begun.set()
                is_open = ended_at is None
                began = self._waited_for(self.claim.conversation_id)
                on_committed = began.set if is_open else self._on_end
            case ConfirmationRecord(confirmation_id=confirmation_id, status=status):
                if status is ConfirmationStatus.OFFERED:
                    self._open_questions[confirmation_id] = record
                else:
                    self._open_questions.pop(confirmation_id, None)
                if status is ConfirmationStatus.ACCEPTED:
                    on_committed = self._waited_for(confirmation_id).set
            case ToolCallRecord(tool_call_id=tool_call_id) if record.ended_at is not None:
                self._open_calls.pop(tool_call_id, None)
            case _:
                pass
        self._record(record, on_committed)

    def call_began(self, command: PrepareTool | RunTool) -> None:
        """Take note of a tool call that has no end yet."""
        self._open_calls.setdefault(command.tool_call_id, (command, self._utc()))

    def keep_token(
        self, token: str, *, shows_detail: bool, offer: tuple[str, datetime] | None = None
    ) -> None:
        """Keep what the caller may come back with, and what they are shown then.

        Another device may with the ``offer``, until then; the one before holds no more.
        """
        record = ResumptionRecord(
            self.claim.conversation_id, token_hash(token), self._utc(), shows_detail
        )
        if offer is not None:
            record = replace(record, offer_hash=token_hash(offer[0]), offered_until=offer[1])
        self._record(record)

    def incident(self, code: str, message: str) -> None:
        """Put on record that something went wrong around the rules."""
        id, at = self.claim.conversation_id, self._utc()
        self._record(
            IncidentRecord(
                incident_id=uuid7(),
                conversation_id=id,
                code=code,
                message=message,
                occurred_at=at,
            )
        )

    async def until_on_disk(self, *keys: str) -> None:
        """Wait until the conversation's row and accepted confirmations of these keys are there."""
        for key in (self.claim.conversation_id, *keys):
            await self._waited_for(key).wait()

    def close(self, reason: str) -> None:
        """End on record whatever the rules have left open, and the conversation itself."""
        now = self._utc()
        for question in list(self._open_questions.values()):
            self.keep(replace(question, status=ConfirmationStatus.VOIDED, decided_at=now))
        for call, requested_at in list(self._open_calls.values()):
            self.keep(_ended(call, self.claim.conversation_id, requested_at, now))
        if self._conversation is not None and self._conversation.ended_at is None:
            self.keep(replace(self._conversation, ended_at=now, end_reason=reason))

    def _utc(self) -> datetime:
        """Return the conversation's own time: a clock that is put forward or back does nothing."""
        utc, now = self._at
        return utc + timedelta(seconds=self._clock.now() - now)

    def keep_event(self, event: ProviderEvent, keep: Callable[[ProviderEvent], None]) -> None:
        """Have an event of the provider's written, behind the conversation that it belongs to."""
        if self._is_stopped:
            return
        self._early_events.append(event)
        if self.has_begun.is_set():
            for one in self._early_events:
                keep(one)
            self._early_events.clear()

    def stop(self) -> None:
        """Keep nothing more: the conversation belongs to another process."""
        self._is_stopped = True

    def _record(self, record: Record, on_committed: Callable[[], None] | None = None) -> None:
        if not self._is_stopped:
            self._records.record(placed(record, self._began_at), on_committed, claim=self.claim)

    def _waited_for(self, key: str) -> asyncio.Event:
        return self._on_disk.setdefault(key, asyncio.Event())


def _ended(
    call: PrepareTool | RunTool, conversation_id: str, requested_at: datetime, now: datetime
) -> ToolCallRecord:
    return ToolCallRecord(
        id=call.id,
        conversation_id=conversation_id,
        tool_call_id=call.tool_call_id,
        name=call.name,
        # Which of them are secret only the rules know; the ledger has those of a call that ran.
        arguments="[removed]",
        status=ToolCallStatus.ENDED,
        output="",
        requested_at=requested_at,
        ended_at=now,
    )

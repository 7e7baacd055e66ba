"""The queue of calls that wait for a person of the team, and the way of decisions to the caller."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Final, TypeAlias

import structlog

from agent_service.clock import Clock
from agent_service.conversation.events import ToolFinished
from agent_service.errors import StoreError
from agent_service.store.approvals import Approval, ApprovalStatus, list_approvals
from agent_service.store.database import Database
from agent_service.store.outbox import queue_message
from agent_service.store.shop import Customer
from agent_service.tools.deciding import Decided, Decisions
from agent_service.tools.outcomes import said
from agent_service.tools.registry import Registry

_log = structlog.get_logger()

EXPIRY_PAUSE_S: Final = 60.0

Tell: TypeAlias = Callable[[str, ToolFinished], bool]
"""Give a late result to the conversation; False when it is not open any more."""


class ApprovalDesk:
    """Decisions of the team: made once, carried out with the decision, told to the caller."""

    def __init__(self, registry: Registry, database: Database, clock: Clock, tell: Tell) -> None:
        self._decisions = Decisions(registry, database, clock)
        self._database = database
        self._clock = clock
        self._tell = tell

    async def list(self, status: ApprovalStatus | None = None) -> list[Approval]:
        """Return the queue, the oldest first."""
        return await self._database.run(partial(list_approvals, status=status))

    async def decide(
        self, approval_id: str, *, is_approved: bool, decided_by: str, note: str
    ) -> Decided:
        """Decide for the team; raise ApprovalError when this person may not, or it is too late."""
        decided = await asyncio.to_thread(
            partial(
                self._decisions.decide,
                approval_id,
                is_approved=is_approved,
                decided_by=decided_by,
                note=note,
            )
        )
        _log.info(
            "approval_decided",
            approval_id=approval_id,
            conversation_id=decided.conversation_id,
            status=decided.status.value,
            decided_by=decided_by,
        )
        await self._pass_on(decided)
        return decided

    async def run(self) -> None:
        """End what nobody decides in time, until cancelled."""
        while True:
            try:
                for decided in await asyncio.to_thread(self._decisions.expire):
                    await self._pass_on(decided)
            except StoreError as error:
                _log.error("approval_expiry_failed", code=error.code, message=error.message)
            await asyncio.sleep(EXPIRY_PAUSE_S)

    async def _pass_on(self, decided: Decided) -> None:
        """Tell the decision in the conversation if it is open, else to the contact on file."""
        outcome = decided.outcome
        if outcome is None:
            return
        finished = ToolFinished(decided.tool_call_id, outcome.status, outcome.output)
        if not self._tell(decided.conversation_id, finished):
            await asyncio.to_thread(partial(self._write_to_customer, decided, said(outcome)))

    def _write_to_customer(self, decided: Decided, text: str) -> None:
        with self._database.write() as session:
            customer = session.get(Customer, decided.customer_id) if decided.customer_id else None
            if customer is None:
                return
            queue_message(
                session,
                kind="message",
                payload={"to": customer.email, "text": text},
                idempotency_key=f"decision-{decided.approval_id}",
                now=self._clock.utc(),
                conversation_id=decided.conversation_id,
                customer_id=decided.customer_id,
            )

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
from agent_service.store.directory import Customers
from agent_service.store.policies import Policies
from agent_service.store.tellings import untold
from agent_service.tools.deciding import Decided, Decisions
from agent_service.tools.registry import Registry

_log = structlog.get_logger()

EXPIRY_PAUSE_S: Final = 60.0

LOOK_PAUSE_S: Final = 2.0
"""Between two looks for outcomes that conversations of this process have to tell."""

Tell: TypeAlias = Callable[[str, ToolFinished], bool]
"""Give a late outcome to the conversation; False when none is open here that waits for it."""


class ApprovalDesk:
    """Decisions of the team: made once, carried out with the decision, told to the caller.

    A decision comes with a message to the caller. Whichever process holds the conversation tells it
    there, and the message stays; see ``store/tellings.py``.
    """

    def __init__(
        self,
        registry: Registry,
        database: Database,
        clock: Clock,
        tell: Tell,
        customers: Customers | None = None,
        policies: Policies | None = None,
    ) -> None:
        self._decisions = Decisions(registry, database, clock, customers, policies=policies)
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
        if decided.outcome is not None:
            outcome = decided.outcome
            finished = ToolFinished(decided.tool_call_id, outcome.status, outcome.output)
            self._tell(decided.conversation_id, finished)
        return decided

    async def run(self) -> None:
        """Tell what others decided, and end what nobody decides in time, until cancelled."""
        expires_at = self._clock.now()
        while True:
            try:
                if self._clock.now() >= expires_at:
                    expires_at = self._clock.now() + EXPIRY_PAUSE_S
                    await asyncio.to_thread(self._decisions.expire)
                await self.tell_untold()
            except StoreError as error:
                _log.error("approvals_storage_failed", code=error.code, message=error.message)
            except Exception:
                # The seam around the team's background work: a defect in it must not end calls.
                _log.exception("approvals_failed")
            await asyncio.sleep(LOOK_PAUSE_S)

    async def tell_untold(self) -> None:
        """Tell the outcomes that conversations of this process wait for, whoever decided them."""
        waiting = await self._database.run(partial(untold, now=self._clock.utc()))
        for outcome in waiting:
            finished = ToolFinished(outcome.tool_call_id, outcome.status, outcome.output)
            self._tell(outcome.conversation_id, finished)

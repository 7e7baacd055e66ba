"""Decisions of the team: recorded and carried out in one transaction.

Synchronous, like the execution of the calls that they are about.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from agent_service.clock import Clock
from agent_service.conversation.phrases import sentence
from agent_service.conversation.records import Caller
from agent_service.errors import StoreError, ToolError
from agent_service.redaction import kept_under, redact_json, written_under
from agent_service.store.approvals import Approval, ApprovalStatus, decide, expire_approvals
from agent_service.store.database import Database
from agent_service.store.directory import Customers
from agent_service.store.ledger import LedgerCall, Outcome, close_call
from agent_service.store.policies import Policies
from agent_service.store.tellings import promise_telling
from agent_service.tools.attempt import Attempt, unheard
from agent_service.tools.checks import lock_customer
from agent_service.tools.failures import NoteFailure, log_failure
from agent_service.tools.outcomes import refused, said, turned_down
from agent_service.tools.registry import Registry
from agent_service.tools.request import Request, check_request, ledger_call


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of an approval."""

    approval_id: str
    conversation_id: str
    tool_call_id: str
    customer_id: str | None
    status: ApprovalStatus
    outcome: Outcome | None
    """None while a second person has to agree."""


class Decisions:
    """Decides approvals for the team; raises StoreError when the database cannot be used."""

    def __init__(
        self,
        registry: Registry,
        database: Database,
        clock: Clock,
        customers: Customers | None = None,
        note_failure: NoteFailure = log_failure,
        policies: Policies | None = None,
    ) -> None:
        self._policies = policies or Policies({})
        self._registry = registry
        self._database = database
        self._clock = clock
        self._customers = customers or Customers(database)
        self._note_failure = note_failure

    def decide(self, approval_id: str, *, is_approved: bool, decided_by: str, note: str) -> Decided:
        """Record a person's decision and, in the same transaction, do what was approved.

        Raises ApprovalError when this person may not decide, or nobody can any more.
        """
        now = self._clock.utc()
        with self._database.write() as session:
            row = decide(
                session,
                approval_id,
                is_approved=is_approved,
                decided_by=decided_by,
                note=note,
                now=now,
            )
            if row.status == ApprovalStatus.SECONDED:
                return _decided(row, None)
            request = self._request_of(session, row)
            with written_under(request.policy):
                if row.status == ApprovalStatus.DECLINED:
                    say = "My colleague has decided against it. Nothing was changed."
                    outcome = turned_down(say)
                else:
                    outcome = self._approved(session, request, row.binding_hash)
                self._end(session, row, request, outcome, now)
            decided = _decided(row, outcome)
        self._forget_removed()
        return decided

    def expire(self) -> list[Decided]:
        """End the approvals that nobody decided in time."""
        now = self._clock.utc()
        with self._database.write() as session:
            ended = []
            for row in expire_approvals(session, now):
                outcome = turned_down("Nobody could decide in time. Please ask us once more.")
                request = self._request_of(session, row)
                with written_under(request.policy):
                    self._end(session, row, request, outcome, now)
                ended.append(_decided(row, outcome))
        if ended:
            self._forget_removed()
        return ended

    def _forget_removed(self) -> None:
        """Have the write-ahead log forget arguments; what is left goes with the next ones."""
        with suppress(StoreError):
            self._database.forget_removed()

    def _end(
        self, session: Session, row: Approval, request: Request, outcome: Outcome, now: datetime
    ) -> None:
        """Write what came of it, and the message that tells it unless the conversation does.

        Nobody runs it again: what the policy does not keep of it goes.
        """
        row.outcome = outcome.output
        session.flush()
        close_call(session, self._call(request), outcome, now)
        promise_telling(
            session,
            key=f"decision-{row.id}",
            conversation_id=row.conversation_id,
            tool_call_id=row.tool_call_id,
            customer_id=row.customer_id,
            text=f"You asked us: {sentence(row.summary)} {said(outcome)}",
            now=now,
            customers=self._customers,
        )
        clean = partial(kept_under, request.policy)
        row.arguments, row.summary = redact_json(row.arguments, clean), clean(row.summary)
        session.flush()

    def _approved(self, session: Session, request: Request, approved_hash: str) -> Outcome:
        """Do what was approved, if it still is what it was when it was asked for."""
        try:
            checked = check_request(self._registry.get(request.name), request)
        except ToolError as error:
            return refused(error)
        lock_customer(session, request.caller, request.conversation_id)
        attempt = Attempt(
            session,
            checked,
            self._clock.utc(),
            unheard,
            self._customers,
            most_characters=self._registry.most_characters,
        )
        outcome = attempt.carry_out(_kept_by_owner, approved_hash)
        if attempt.failure is not None:
            self._note_failure(request.name, attempt.failure)
        return outcome

    def _request_of(self, session: Session, row: Approval) -> Request:
        policy = self._policies.of(session, row.conversation_id)
        return replace(_request_of(row), policy=policy)

    def _call(self, request: Request) -> LedgerCall:
        return ledger_call(self._registry.get(request.name), request)


def _request_of(row: Approval) -> Request:
    return Request(
        id=row.id,
        tool_call_id=row.tool_call_id,
        name=row.tool,
        arguments=row.arguments,
        caller=Caller(row.customer_id, row.caller_name, row.caller_level),
        conversation_id=row.conversation_id,
        confirmation_id=row.confirmation_id,
    )


def _decided(row: Approval, outcome: Outcome | None) -> Decided:
    return Decided(
        row.id, row.conversation_id, row.tool_call_id, row.customer_id, row.status, outcome
    )


def _kept_by_owner(_: Outcome) -> None:
    """The decision is kept together with what came of it."""

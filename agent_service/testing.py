"""For the tests of a company: its tools as callers have them, on a real database.

with ToolTester.opened(company(), f"sqlite:///{tmp_path}/test.db") as tester:
    told = tester.run("cancel_visit", {"visit": 12}, caller=JANE)
    assert told.read_back == "Cancel the visit on Tuesday"
"""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_service.clock import Clock, SystemClock, uuid7
from agent_service.company.declaration import Company
from agent_service.conversation.commands import PrepareTool, RunTool
from agent_service.conversation.events import ToolFinished, ToolPrepared
from agent_service.conversation.records import (
    Caller,
    CallerLevel,
    ConfirmationRecord,
    ConfirmationStatus,
    ConversationRecord,
    DecidedBy,
    Modality,
    ToolCallStatus,
)
from agent_service.runtime.tool_runner import ToolRunner
from agent_service.store.approvals import Approval
from agent_service.store.database import Database
from agent_service.store.directory import Customers
from agent_service.store.migrating import upgrade
from agent_service.store.outbox import OutboxRow
from agent_service.store.tables import AuditEntry, ToolCall
from agent_service.store.writer import write_records
from agent_service.tools.deciding import Decisions
from agent_service.tools.execution import Execution
from agent_service.tools.failures import log_failure
from agent_service.tools.outcomes import facts_of
from agent_service.tools.plain_values import plain
from agent_service.tools.registry import Registry
from agent_service.tools.request import Request

STRANGER: Final = Caller()
"""Somebody of whom nothing is known."""

_DECLINED: Final = {"status": "declined", "say": "Nothing was done."}


@dataclass
class HandClock:
    """Time that passes only when a test says so."""

    moment: datetime = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
    seconds: float = 1000.0

    def now(self) -> float:
        return self.seconds

    def utc(self) -> datetime:
        return self.moment

    def advance(self, seconds: float) -> None:
        """Let the time pass."""
        self.seconds += seconds
        self.moment += timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True)
class Queued:
    """A message that the tool has queued for the world outside."""

    kind: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is on record of the call."""

    status: ToolCallStatus
    arguments: Mapping[str, Any]
    """Without secrets, and without what the tool declares as such."""
    audit: tuple[str, ...]
    """The actions in the audit log: ``tool.succeeded``."""


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a call."""

    status: ToolCallStatus
    output: Mapping[str, Any]
    """All that the model is given."""
    read_back: str | None = None
    """What the caller was asked to agree to, None if they were not asked."""
    queued: tuple[Queued, ...] = ()
    kept: Kept | None = None
    """None of a rehearsal, which leaves nothing behind."""

    @property
    def say(self) -> str:
        """Return the sentence that the caller is told."""
        return str(self.output.get("say", ""))

    @property
    def facts(self) -> Mapping[str, Any]:
        """Return what the model is told beside it, by name."""
        return facts_of(self.output)


class ToolTester:
    """Has tools called as the service does; every call is a conversation of its own.

    What breaks in a tool is raised, with its traceback, where the service would tell the caller
    that something went wrong; ``raises=False`` logs it instead. For tests that are a plain ``def``.
    """

    def __init__(
        self,
        registry: Registry,
        database: Database,
        customers: Customers | None = None,
        clock: Clock | None = None,
        *,
        raises: bool = True,
    ) -> None:
        self.database = database
        """To look at, and to change, what the tools find."""
        self.registry = registry
        self._clock = clock or SystemClock()
        self._raises = raises
        self._failures: list[tuple[str, BaseException]] = []
        self._calls = 0
        note = self._note_failure
        self._execution = Execution(
            registry, database, self._clock, customers=customers, note_failure=note
        )
        self._decisions = Decisions(
            registry, database, self._clock, customers=customers, note_failure=note
        )
        self.runner = ToolRunner(
            registry, database, self._clock, customers=customers, note_failure=note
        )

    @classmethod
    @contextmanager
    def opened(
        cls, company: Company, url: str, clock: Clock | None = None
    ) -> Iterator["ToolTester"]:
        """Bring the database to the company's tables, seed it, and test the company's tools on it.

        ``url`` as in ``database.url``: ``sqlite:///FILE`` or ``postgresql://...``.
        """
        upgrade(url, branch=company.tables)
        database = Database(url)
        try:
            if company.seed is not None:
                with database.write() as session:
                    company.seed(session, (clock or SystemClock()).utc())
            customers = Customers(database, company.directory)
            tester = cls(Registry(company.tools), database, customers, clock)
            try:
                yield tester
            finally:
                tester.close()
        finally:
            database.close()

    def close(self) -> None:
        """Wait for tools that still run."""
        self.runner.close()

    def rehearse(
        self,
        name: str,
        arguments: Mapping[str, Any] | str = "{}",
        *,
        caller: Caller = STRANGER,
        level: CallerLevel | None = None,
    ) -> Told:
        """Do all that the call would do once the caller had agreed, and keep nothing of it.

        Not for ``async def`` tools, whose effects are elsewhere.
        """
        caller = replace(caller, level=level or caller.level)
        request = Request(uuid7(), self.next_call(), name, _text(arguments), caller, uuid7())
        read_back: str | None = None
        queued: list[Queued] = []

        def look(session: Session, asked: str | None) -> None:
            nonlocal read_back
            read_back = asked
            queued.extend(_queued(session, request.conversation_id))

        outcome = self._execution.rehearse(request, look)
        self._raise_failure()
        return Told(outcome.status, json.loads(outcome.output), read_back, tuple(queued))

    def run(
        self,
        name: str,
        arguments: Mapping[str, Any] | str = "{}",
        *,
        caller: Caller = STRANGER,
        level: CallerLevel | None = None,
        agrees: bool | Callable[[str], bool] = True,
        approved_by: Sequence[str] = (),
        conversation_id: str | None = None,
    ) -> Told:
        """Have a tool called for real; its effects stay.

        ``arguments`` are values by name, or JSON as a model writes it. ``agrees``: what the caller
        answers to the read-back. ``approved_by``: who of the team approves, where that is needed.
        ``conversation_id``: one of ``conversation()``, for calls that belong together.
        """
        caller = replace(caller, level=level or caller.level)
        conversation_id = conversation_id or self.conversation(caller)
        call = RunTool(uuid7(), self.next_call(), name, _text(arguments))
        with self.database.read() as session:
            queued_before = len(_queued(session, conversation_id))
            audited_before = len(_audited(session, conversation_id))
        read_back, finished = self._called(call, caller, conversation_id, agrees)
        if finished.status is ToolCallStatus.AWAITING_APPROVAL:
            finished = self._approved(finished, conversation_id, approved_by)
        self._raise_failure()
        with self.database.read() as session:
            return Told(
                finished.status,
                json.loads(finished.output),
                read_back,
                tuple(_queued(session, conversation_id)[queued_before:]),
                _kept(session, call, conversation_id, audited_before),
            )

    def conversation(self, caller: Caller = STRANGER) -> str:
        """Put a conversation on record, for calls that belong together; return its id."""
        now = self._clock.utc()
        record = replace(begun(caller, now), ended_at=now, end_reason="command_line")
        with self.database.write() as session:
            write_records(session, [record])
        return record.conversation_id

    def _called(
        self,
        call: RunTool,
        caller: Caller,
        conversation_id: str,
        agrees: bool | Callable[[str], bool],
    ) -> tuple[str | None, ToolFinished]:
        """Have the tool called, after the caller's yes where one is needed."""
        read_back = None

        def asked(prepared: ToolPrepared) -> str:
            nonlocal read_back
            read_back = prepared.summary
            is_yes = agrees(read_back) if callable(agrees) else agrees
            record = answered(prepared, conversation_id, self._clock.utc(), is_yes=is_yes)
            with self.database.write() as session:
                write_records(session, [record])
            if not is_yes:
                raise _Declined
            return record.confirmation_id

        try:
            finished = asyncio.run(self._carried_out(call, caller, conversation_id, asked))
        except _Declined:
            output = json.dumps(_DECLINED)
            finished = ToolFinished(call.tool_call_id, ToolCallStatus.DECLINED, output)
        return read_back, finished

    async def _carried_out(
        self,
        call: RunTool,
        caller: Caller,
        conversation_id: str,
        asked: Callable[[ToolPrepared], str | None],
    ) -> ToolFinished:
        """Have the tool called; ``asked`` returns the confirmation where the caller is to agree."""
        tool = self.registry.get(call.name)
        if tool is not None and tool.is_write:
            asking = PrepareTool(uuid7(), call.tool_call_id, call.name, call.arguments)
            prepared = await self.runner.prepare(asking, caller, conversation_id)
            if isinstance(prepared, ToolFinished):
                return prepared
            if prepared.needs_confirmation:
                call = replace(call, confirmation_id=asked(prepared))
        return await self.runner.run(call, caller, conversation_id)

    def _approved(
        self, waiting: ToolFinished, conversation_id: str, approved_by: Sequence[str]
    ) -> ToolFinished:
        """Have the team approve the call, one after another."""
        with self.database.read() as session:
            approval_id = session.scalars(
                select(Approval.id).where(
                    Approval.conversation_id == conversation_id,
                    Approval.tool_call_id == waiting.tool_call_id,
                )
            ).one()
        for name in approved_by:
            outcome = self._decisions.decide(
                approval_id, is_approved=True, decided_by=f"admin:{name}", note=""
            ).outcome
            if outcome is not None:
                return ToolFinished(waiting.tool_call_id, outcome.status, outcome.output)
        return waiting

    def next_call(self) -> str:
        """Return an id that no call had yet."""
        self._calls += 1
        return f"call_{self._calls}"

    def _note_failure(self, tool: str, error: BaseException) -> None:
        if self._raises:
            self._failures.append((tool, error))
        else:
            log_failure(tool, error)

    def _raise_failure(self) -> None:
        """Raise what broke in the tool as what it is; what would end the tests, as an error."""
        if not self._failures:
            return
        tool, error = self._failures[0]
        self._failures.clear()
        if isinstance(error, Exception):
            raise error
        raise RuntimeError(f"{tool} raised {error!r}") from error


class _Declined(Exception):
    """The caller has said no."""


def begun(caller: Caller, now: datetime) -> ConversationRecord:
    """Return a conversation that begins now."""
    return ConversationRecord(
        conversation_id=uuid7(),
        agent="operator",
        channel="command_line",
        modality=Modality.TEXT,
        caller=caller,
        provider="none",
        model="none",
        started_at=now,
    )


def answered(
    prepared: ToolPrepared, conversation_id: str, now: datetime, *, is_yes: bool
) -> ConfirmationRecord:
    """Return the caller's answer to what was read back to them."""
    return ConfirmationRecord(
        confirmation_id=uuid7(),
        conversation_id=conversation_id,
        tool_call_id=prepared.tool_call_id,
        summary=prepared.summary,
        arguments_hash=prepared.arguments_hash,
        status=ConfirmationStatus.ACCEPTED if is_yes else ConfirmationStatus.DECLINED,
        offered_at=now,
        expires_at=now + timedelta(minutes=1),
        heard_at=now,
        decided_at=now,
        decided_by=DecidedBy.TEXT,
        answer="yes" if is_yes else "no",
    )


def _text(arguments: Mapping[str, Any] | str) -> str:
    return arguments if isinstance(arguments, str) else json.dumps(plain(dict(arguments)))


def _queued(session: Session, conversation_id: str) -> list[Queued]:
    rows = session.scalars(
        select(OutboxRow).where(OutboxRow.conversation_id == conversation_id).order_by(OutboxRow.id)
    )
    return [Queued(row.kind, json.loads(row.payload)) for row in rows]


def _audited(session: Session, conversation_id: str) -> list[str]:
    return list(
        session.scalars(
            select(AuditEntry.action)
            .where(AuditEntry.conversation_id == conversation_id)
            .order_by(AuditEntry.number)
        )
    )


def _kept(session: Session, call: RunTool, conversation_id: str, before: int) -> Kept | None:
    row = session.scalars(
        select(ToolCall).where(
            ToolCall.conversation_id == conversation_id,
            ToolCall.tool_call_id == call.tool_call_id,
        )
    ).one_or_none()
    if row is None:
        return None
    audit = _audited(session, conversation_id)[before:]
    return Kept(row.status, json.loads(row.arguments), tuple(audit))

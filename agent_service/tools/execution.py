"""Running a tool on the database: in which transaction, and what is kept of it.

Synchronous: a thread of the tool runner calls it. The model proposes, the service decides.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final, TypeAlias

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from agent_service.clock import Clock
from agent_service.conversation.records import ToolCallStatus
from agent_service.errors import StoreError, ToolError
from agent_service.redaction import Policy, written_under
from agent_service.store.database import Database
from agent_service.store.directory import Customers
from agent_service.store.ledger import (
    EndedCall,
    LedgerCall,
    Outcome,
    close_call,
    earlier_outcome,
    find_outcome,
    is_open,
    keep_ended,
    lock_call,
    open_call,
    resolve_open_calls,
)
from agent_service.store.policies import Policies
from agent_service.store.tables import ToolEffect
from agent_service.store.tellings import tell_if_over
from agent_service.tools.attempt import Attempt, unheard
from agent_service.tools.checks import lock_customer
from agent_service.tools.failures import NoteFailure, log_failure
from agent_service.tools.kept_reads import KeepEnded, KeptReads
from agent_service.tools.outcomes import (
    asked_already,
    broken,
    in_doubt,
    refused,
    repeated,
    unreachable,
)
from agent_service.tools.registry import Registry
from agent_service.tools.request import (
    Checked,
    Prepared,
    Progress,
    Request,
    check_request,
    ledger_call,
)

_log = structlog.get_logger()

_TRIES: Final = 4
"""Of a transaction that the database could not finish because of others."""


_TAKEN_UP: Final = (ToolCallStatus.SUCCEEDED, ToolCallStatus.AWAITING_APPROVAL)
"""How a call ends that must not be taken up a second time."""


Look: TypeAlias = Callable[[Session, str | None], None]
"""Sees a rehearsal before it is taken back: the database, and what the caller would be asked."""


class Execution:
    """Prepares and runs tools; raises StoreError when the database cannot be used.

    ``keep_read`` takes what is written of a read off its way; without, it is written at once.
    """

    def __init__(
        self,
        registry: Registry,
        database: Database,
        clock: Clock,
        keep_read: KeepEnded | None = None,
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
        self._reads = KeptReads(keep_read or self._keep_now)

    def prepare(self, request: Request) -> Prepared | Outcome:
        """Check a write and write its read-back; a refusal is kept and returned."""
        checked = self.check(request)
        if isinstance(checked, Outcome):
            return checked
        with self._database.read() as session:
            attempt = self._attempt(session, checked, unheard)
            try:
                prepared = self._earlier(session, checked) or attempt.preview()
            except ToolError as error:  # a known call with other arguments: its own row stays
                return refused(error)
        self._report(checked, attempt)
        if isinstance(prepared, Prepared):
            return prepared
        return self.keep(checked.call, prepared)

    def run(self, request: Request, progress: Progress) -> Outcome:
        """Run the tool, once, and return its outcome; a repeated request gets the stored one."""
        checked = self.check(request)
        if isinstance(checked, Outcome):
            return checked
        try:
            if not checked.tool.is_write:
                return self._read(checked, progress)
            return self.open(checked) or self._again(checked, progress)
        except ToolError as error:  # a known call with other arguments: its own row stays
            return refused(error)

    def rehearse(self, request: Request, look: Look | None = None) -> Outcome:
        """Do all that the call would do, keep nothing of it, and return its outcome."""
        try:
            checked = self._known(request)
        except ToolError as error:
            return refused(error)
        if checked.tool.is_async:
            say = "A tool that works outside the database cannot be rehearsed."
            return refused(ToolError("not_allowed", say))
        is_write = checked.tool.is_write
        if is_write:  # its preview comes first where nothing can be changed, as in a call
            with self._database.read() as session:
                attempt = self._attempt(session, checked, unheard)
                prepared = attempt.preview()
            if isinstance(prepared, Outcome):
                self._report(checked, attempt)
                return prepared
        with self._database.write() if is_write else self._database.read() as session:
            attempt = self._attempt(session, checked, unheard)
            outcome = attempt.carry_out(_forget, is_rehearsal=True) if is_write else attempt.run()
            if look is not None:
                look(session, attempt.read_back)
            session.rollback()
        self._report(checked, attempt)
        return outcome

    def check(self, request: Request) -> Checked | Outcome:
        """Find the tool and check the arguments; a refusal is kept and returned."""
        request = replace(request, policy=self._policy(request.conversation_id))
        try:
            return self._known(request)
        except ToolError as error:
            tool = self._registry.get(request.name)
            return self.keep(ledger_call(tool, request), refused(error))

    def open(self, checked: Checked) -> Outcome | None:
        """Write the call's row before its tool starts, or return the outcome that it has."""
        for left in range(_TRIES - 1, -1, -1):
            try:
                with self._writing(checked.call) as session:
                    return open_call(session, checked.call, self._clock.utc())
            except StoreError as error:
                if error.code != "storage_busy" or not left:
                    raise
        raise AssertionError("unreachable: the last try returns or raises")

    def keep(self, call: LedgerCall, outcome: Outcome) -> Outcome:
        """Write the outcome of a call that had no effect on our database, and its audit entry."""
        now = self._clock.utc()
        if call.effect is ToolEffect.READ:
            self._reads.keep(EndedCall(call, outcome, now, now))
            return outcome
        with self._writing(call) as session:
            try:
                known = open_call(session, call, now)
            except ToolError as error:
                return refused(error)
            if known is None:
                close_call(session, call, outcome, now)
        return known or outcome

    def admit(self, checked: Checked) -> Outcome | None:
        """Let a call begin that runs outside the database; None: it may run now, and only now."""
        if not checked.tool.is_write:
            return self._admit_read(checked)
        now = self._clock.utc()
        with self._writing(checked.call) as session:
            try:
                is_running = is_open(session, checked.call)
                known = open_call(session, checked.call, now)
            except ToolError as error:
                return refused(error)
            if known is not None:
                return known
            if is_running:
                return in_doubt()
            attempt = self._attempt(session, checked, unheard)
            outcome = attempt.admit()
            if outcome is not None:
                close_call(session, checked.call, outcome, now)
        self._report(checked, attempt)
        return outcome

    def close(self, checked: Checked, outcome: Outcome) -> None:
        """Write the outcome of an admitted call."""
        if not checked.tool.is_write:
            self.keep(checked.call, outcome)
            return
        with self._writing(checked.call) as session:
            close_call(session, checked.call, outcome, self._clock.utc())
            tell_if_over(session, checked.call, outcome, self._clock.utc(), self._customers)

    def resolve(self) -> list[str]:
        """End the calls that killed processes left open; return their ids."""
        with self._database.write() as session:
            return resolve_open_calls(session, self._clock.utc())

    def _report(self, checked: Checked, attempt: Attempt) -> None:
        if attempt.failure is not None:
            self._note_failure(checked.tool.name, attempt.failure)

    def _known(self, request: Request) -> Checked:
        return check_request(self._registry.get(request.name), request)

    def _attempt(self, session: Session, checked: Checked, progress: Progress) -> Attempt:
        is_late = self._reads.have_untrusted_text(checked.request.conversation_id)
        return Attempt(
            session,
            checked,
            self._clock.utc(),
            progress,
            self._customers,
            most_characters=self._registry.most_characters,
            has_untrusted_text=is_late,
        )

    def _earlier(self, session: Session, checked: Checked) -> Outcome | None:
        """Return the outcome of this call, or of the same wish under another one."""
        key = checked.intent_key
        known = find_outcome(session, checked.call)
        return known or (_of_earlier(session, checked.call, key) if key else None)

    def _read(self, checked: Checked, progress: Progress) -> Outcome:
        began = self._clock.utc()
        with self._database.read() as session:
            known = find_outcome(session, checked.call)
            if known is not None:
                return known
            attempt = self._attempt(session, checked, progress)
            outcome = attempt.run()
        self._report(checked, attempt)
        self._reads.keep(EndedCall(checked.call, outcome, began, self._clock.utc()))
        return outcome

    def _admit_read(self, checked: Checked) -> Outcome | None:
        with self._database.read() as session:
            try:
                known = find_outcome(session, checked.call)
            except ToolError as error:
                return refused(error)
            if known is not None:
                return known
            attempt = self._attempt(session, checked, unheard)
            outcome = attempt.admit()
        self._report(checked, attempt)
        return self.keep(checked.call, outcome) if outcome is not None else None

    def _keep_now(self, ended: EndedCall, on_kept: Callable[[], None]) -> None:
        try:
            self._write_ended(ended)
        except IntegrityError:  # the same call ended twice at the same moment
            self._write_ended(ended)
        on_kept()

    def _write_ended(self, ended: EndedCall) -> None:
        with self._writing(ended.call) as session:
            keep_ended(session, [ended])

    def _policy(self, conversation_id: str) -> Policy:
        if self._policies.is_known(conversation_id):
            return self._policies.known(conversation_id)
        with self._database.read() as session:
            return self._policies.of(session, conversation_id)

    @contextmanager
    def _writing(self, call: LedgerCall) -> Iterator[Session]:
        """A transaction whose texts are written under the policy of the call's agent."""
        with written_under(call.policy), self._database.write() as session:
            yield session

    def _again(self, checked: Checked, progress: Progress) -> Outcome:
        """Repeat a whole transaction that lost against another one, or whose commit is in doubt."""
        errors: list[IntegrityError | StoreError] = []
        while len(errors) < _TRIES:
            try:
                # A transaction that did commit is found by its row when it is tried again.
                return self._write(checked, progress)
            except (IntegrityError, StoreError) as error:
                _log.warning("tool_transaction_failed", tool=checked.tool.name, reason=_why(error))
                errors.append(error)
        return self._given_up(checked, errors)

    def _given_up(self, checked: Checked, errors: list[IntegrityError | StoreError]) -> Outcome:
        """Say what is known of a call whose transaction never came through."""
        if any(isinstance(error, StoreError) and error.is_in_doubt for error in errors):
            return in_doubt()
        if isinstance(errors[-1], StoreError):
            return unreachable()
        self._note_failure(checked.tool.name, errors[-1])
        outcome = broken()  # a rule of the database that is checked at the commit
        self.close(checked, outcome)
        return outcome

    def _write(self, checked: Checked, progress: Progress) -> Outcome:
        """Have the effect, write its outcome and its audit entry: all or nothing."""
        call, key = checked.call, checked.intent_key
        with self._writing(call) as session:
            known = lock_call(session, call)
            if known is not None:
                return known
            lock_customer(session, call.caller, call.conversation_id)
            earlier = _of_earlier(session, call, key) if key else None
            attempt = self._attempt(session, checked, progress)

            def keep(outcome: Outcome) -> None:
                is_first = earlier is None and outcome.status in _TAKEN_UP
                close_call(session, call, outcome, self._clock.utc(), key if is_first else None)
                tell_if_over(session, call, outcome, self._clock.utc(), self._customers)

            if earlier is not None:
                keep(earlier)
            outcome = earlier or attempt.carry_out(keep)
        self._report(checked, attempt)
        return outcome


def _of_earlier(session: Session, call: LedgerCall, key: str) -> Outcome | None:
    """Return what the same wish under another call comes to.

    One that waits for the team stays the only one that does: its decision ends no other call.
    """
    earlier = earlier_outcome(session, call, key)
    if earlier is None:
        return None
    is_waiting = earlier.status is ToolCallStatus.AWAITING_APPROVAL
    return asked_already() if is_waiting else repeated(earlier)


def _why(error: IntegrityError | StoreError) -> str:
    """Say what failed without the values that a statement had."""
    return str(error.orig) if isinstance(error, IntegrityError) else error.message


def _forget(_: Outcome) -> None:
    """A rehearsal keeps nothing."""

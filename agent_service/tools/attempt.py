"""One try of a tool within a transaction: checked, counted, called; without a trace if it fails."""

import json
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from agent_service.conversation.records import CallerLevel, ToolCallStatus
from agent_service.errors import StoreError, ToolError
from agent_service.store.approvals import Approval, ApprovalRequest, ask_approval, undecided_of
from agent_service.store.directory import Customers, DirectoryAway
from agent_service.store.failures import is_conflict, store_error
from agent_service.store.ledger import Outcome, has_untrusted_text
from agent_service.store.outbox import queue_message
from agent_service.store.ownership import CallerSession
from agent_service.store.proof.chain import note_again, noted_so_far, seal
from agent_service.tools.arguments import without_free_text, without_secrets
from agent_service.tools.checks import check_level, check_owned, check_switch, check_yes
from agent_service.tools.limiting import NeedsApproval, count_for_caller, count_for_tenant
from agent_service.tools.outcomes import (
    asked_already,
    broken,
    failed,
    refused,
    succeeded,
    waiting,
)
from agent_service.tools.plain_values import plain
from agent_service.tools.request import (
    Checked,
    Prepared,
    Progress,
    binding_hash,
    call_tool,
    previewed,
)
from agent_service.tools.schemas import JsonType
from agent_service.tools.tool import Preview, ToolContext

_log = structlog.get_logger()


class Attempt:
    """A checked call within a transaction that its owner began and will end."""

    def __init__(
        self,
        session: Session,
        checked: Checked,
        now: datetime,
        progress: Progress,
        customers: Customers,
        *,
        most_characters: int,
        has_untrusted_text: bool = False,
    ) -> None:
        self._session = session
        self._checked = checked
        self._now = now
        self._progress = progress
        self._most_characters = most_characters
        self._customers = customers
        self._has_untrusted_text = has_untrusted_text
        """What a read brought that is not in the database yet."""
        self._queued: Counter[str] = Counter()
        self._effect: Preview | None = None
        """What a write has done, once it has."""
        self.failure: BaseException | None = None
        """What went wrong in the tool itself: for the log, once the transaction has ended."""
        self.read_back: str | None = None
        """Of a rehearsal: what the caller would be asked."""

    def preview(self) -> Prepared | Outcome:
        """Check a write and write its read-back, or return why it may not run."""
        tool, scoped = self._checked.tool, self._scoped()
        try:
            with scoped:
                self._check(scoped)
                preview = self._previewed(scoped)
                if self._is_asked_already(preview):
                    return asked_already()
                bound = binding_hash(self._checked.arguments, preview)
                return Prepared(tool, bound, preview.summary, self._needs_yes())
        except BaseException as error:
            return self._end_by(error)

    def carry_out(
        self,
        keep: Callable[[Outcome], None],
        approved_hash: str | None = None,
        *,
        is_rehearsal: bool = False,
    ) -> Outcome:
        """Run a write, have its outcome kept, and count it against the tenant's day last of all.

        Whoever has counted there makes all customers wait until the transaction ends, so only the
        commit may follow. What is refused there is taken back, and the refusal kept in its place.
        """
        noted = noted_so_far(self._session)
        try:
            with self._session.begin_nested():
                outcome = self.run(approved_hash, is_rehearsal=is_rehearsal)
                keep(outcome)
                if self._effect is not None:
                    seal(self._session)
                    self._count_for_tenant(self._effect)
        except ToolError as error:
            note_again(self._session, noted)
            outcome = refused(error)
            keep(outcome)
        return outcome

    def run(self, approved_hash: str | None = None, *, is_rehearsal: bool = False) -> Outcome:
        """Run the tool; what goes wrong in it is taken back and becomes an outcome.

        ``approved_hash``: a person of the team has approved exactly that. A rehearsal needs no yes:
        its owner takes everything back.
        """
        tool, scoped = self._checked.tool, self._scoped()
        preview = Preview(tool.title)
        try:
            with self._taken_back(), scoped:
                self._check(scoped)
                if tool.is_write:
                    preview = self._previewed(scoped)
                    if approved_hash is None and self._is_asked_already(preview):
                        return asked_already()
                    if is_rehearsal:
                        self.read_back = preview.summary if self._needs_yes() else None
                    else:
                        self._check_agreed(preview, approved_hash)
                    self._count_for_caller(preview, is_approved=approved_hash is not None)
                outcome = self._called(scoped)
        except NeedsApproval as above:
            return self._ask(preview, above)
        except BaseException as error:
            return self._end_by(error)
        self._effect = preview if tool.is_write else None
        return outcome

    def admit(self) -> Outcome | None:
        """Check and count a call whose effect is outside the database; None: it may run."""
        scoped, tool = self._scoped(), self._checked.tool
        try:
            with self._taken_back(), scoped:
                self._check(scoped)
                if tool.is_write:
                    preview = self._previewed(scoped)
                    self._check_agreed(preview, None)
                    self._count_for_caller(preview, is_approved=False)
                    self._count_for_tenant(preview)
        except NeedsApproval:
            # An approved call runs in the approval's transaction, which reaches nothing outside.
            say = "That is above what I may do by myself. A colleague can help you with it."
            return failed(ToolCallStatus.NOT_ALLOWED, say, "not_allowed")
        except BaseException as error:
            return self._end_by(error)
        return None

    def _taken_back(self) -> AbstractContextManager[Any]:
        """Take back what a write did when it fails; a read has nothing to take back."""
        return self._session.begin_nested() if self._checked.tool.is_write else nullcontext()

    def _previewed(self, scoped: CallerSession) -> Preview:
        return previewed(self._checked.tool, self._context(scoped), self._checked.arguments)

    def _called(self, scoped: CallerSession) -> Outcome:
        tool, context = self._checked.tool, self._context(scoped)
        if tool.is_write:
            context = replace(context, queue=self._queue)
        result = call_tool(tool, context, self._checked.arguments.values)
        return succeeded(result, tool=tool.name, most=self._most_characters)

    def _end_by(self, error: BaseException) -> Outcome:
        """Return the outcome of what went wrong, or raise what concerns the whole transaction.

        Whatever a tool raises ends its own call and no more: also what a library raises to end the
        process (``sys.exit``) or a task. A real Ctrl-C reaches the main thread only.
        """
        match error:
            case ToolError():
                return refused(error)
            case DirectoryAway():
                return refused(ToolError("retry_later", error.message))
            case IntegrityError() if is_conflict(error):
                name = self._checked.tool.name
                _log.warning("tool_refused_by_database", tool=name, reason=str(error.orig))
                say = "That cannot be done any more: it has changed meanwhile, or was done already."
                return failed(ToolCallStatus.NOT_ALLOWED, say, "not_allowed")
            case StoreError(is_retryable=True):
                raise error
            case DBAPIError() if (meaning := store_error(error)) is not None:
                if meaning.is_retryable:
                    raise error
                meaning.__cause__ = error
                self.failure = meaning
            case KeyboardInterrupt() if threading.current_thread() is threading.main_thread():
                raise error
            case _:
                self.failure = error
        return broken()

    def _check(self, scoped: CallerSession) -> None:
        tool = self._checked.tool
        check_switch(self._session, tool)
        check_level(tool, self._checked.call.caller)
        check_owned(tool, scoped, self._checked.arguments.values)

    def _check_agreed(self, preview: Preview, approved_hash: str | None) -> None:
        bound = binding_hash(self._checked.arguments, preview)
        if approved_hash is not None:
            if approved_hash != bound:
                raise ToolError("not_allowed", "It has changed since it was asked for.")
            return
        if self._needs_yes():
            request = self._checked.request
            check_yes(
                self._session,
                conversation_id=request.conversation_id,
                tool_call_id=request.tool_call_id,
                confirmation_id=request.confirmation_id,
                binding_hash=bound,
                now=self._now - request.clock_jumped,
            )

    def _is_asked_already(self, preview: Preview) -> bool:
        """The team has not decided on the customer's same wish; below a limit by now or not."""
        customer_id = self._checked.request.caller.customer_id
        if customer_id is None or self._checked.intent_key is None:
            return False
        tool = self._checked.tool
        bound = binding_hash(self._checked.arguments, preview)
        return any(
            one.tool == tool.name
            and (one.binding_hash == bound or self._says_the_same(one, preview))
            for one in undecided_of(self._session, customer_id=customer_id, now=self._now)
        )

    def _says_the_same(self, other: Approval, preview: Preview) -> bool:
        """The caller would agree to the same, and wishes differ in free words alone: the reason."""
        tool = self._checked.tool
        if tool.preview is None or other.summary != preview.summary:
            return False
        ours = self._checked.request.arguments or "{}"
        return without_free_text(tool, ours) == without_free_text(tool, other.arguments)

    def _needs_yes(self) -> bool:
        tool = self._checked.tool
        if tool.confirmation == "always":
            return True
        # Text of strangers in the context may be what makes the model ask for this; whoever wants
        # a person is not held up.
        return not tool.rings_team and (
            self._has_untrusted_text
            or has_untrusted_text(self._session, self._checked.request.conversation_id)
        )

    def _count_for_caller(self, preview: Preview, *, is_approved: bool) -> None:
        request = self._checked.request
        count_for_caller(
            self._session,
            self._checked.tool,
            request.caller,
            request.conversation_id,
            amount=preview.amount,
            now=self._now,
            is_approved=is_approved,
        )

    def _count_for_tenant(self, preview: Preview) -> None:
        tool = self._checked.tool
        count_for_tenant(self._session, tool, amount=preview.amount, now=self._now)

    def _ask(self, preview: Preview, above: NeedsApproval) -> Outcome:
        request = self._checked.request
        ask_approval(
            self._session,
            ApprovalRequest(
                conversation_id=request.conversation_id,
                tool_call_id=request.tool_call_id,
                tool=self._checked.tool.name,
                arguments=json.dumps(without_secrets(json.loads(request.arguments or "{}"))),
                binding_hash=binding_hash(self._checked.arguments, preview),
                summary=preview.summary,
                reason=above.reason,
                amount=preview.amount,
                customer_id=request.caller.customer_id,
                caller_name=request.caller.name,
                caller_level=CallerLevel(request.caller.level),
                confirmation_id=request.confirmation_id,
                needs_second=above.needs_second,
            ),
            self._now,
        )
        return waiting()

    def _scoped(self) -> CallerSession:
        request = self._checked.request
        return CallerSession(self._session, request.caller.customer_id, request.conversation_id)

    def _context(self, scoped: CallerSession) -> ToolContext:
        request = self._checked.request
        return ToolContext(
            caller=request.caller,
            conversation_id=request.conversation_id,
            now=self._now,
            idempotency_key=self._checked.idempotency_key,
            progress=self._progress,
            database=scoped,
            look_up_caller=partial(self._customers.find, "customer_id", request.caller.customer_id),
        )

    def _queue(self, kind: str, payload: JsonType, *, is_secret: bool = False) -> None:
        request = self._checked.request
        self._queued[kind] += 1
        nth = self._queued[kind]
        queue_message(
            self._session,
            kind=kind,
            payload=plain(payload),
            # The same for every try: a call queues its messages in the same order.
            idempotency_key=f"{self._checked.idempotency_key}-{kind}{f'-{nth}' if nth > 1 else ''}",
            now=self._now,
            conversation_id=request.conversation_id,
            customer_id=request.caller.customer_id,
            is_secret=is_secret,
        )


def unheard(_: str) -> None:
    """Nobody waits for the progress of a preview or of an approved call."""

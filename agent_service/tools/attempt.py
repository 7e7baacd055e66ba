"""One try of a tool within a transaction: checked, counted, called; without a trace if it fails."""

import json
from datetime import datetime

import structlog
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from agent_service.conversation.records import CallerLevel, ToolCallStatus
from agent_service.errors import StoreError, ToolError
from agent_service.store.approvals import ApprovalRequest, ask_approval
from agent_service.store.ledger import Outcome, has_untrusted_text
from agent_service.store.outbox import queue_message
from agent_service.store.ownership import CallerSession
from agent_service.tools.arguments import without_secrets
from agent_service.tools.checks import check_level, check_owned, check_switch, check_yes
from agent_service.tools.limiting import NeedsApproval, count_within_limits
from agent_service.tools.outcomes import failed, refused, succeeded, waiting
from agent_service.tools.request import (
    Checked,
    Prepared,
    Progress,
    binding_hash,
    call_tool,
    previewed,
)
from agent_service.tools.tool import JsonType, Preview, ToolContext

_log = structlog.get_logger()


class Attempt:
    """A checked call within a transaction that its owner began and will end."""

    def __init__(
        self, session: Session, checked: Checked, now: datetime, progress: Progress
    ) -> None:
        self._session = session
        self._checked = checked
        self._now = now
        self._progress = progress
        self.failure: Exception | None = None
        """What went wrong in the tool itself: for the log, once the transaction has ended."""

    def preview(self) -> Prepared:
        """Check a write and write its read-back, or raise ToolError."""
        tool = self._checked.tool
        scoped = self._scoped()
        try:
            self._check(scoped)
            preview = previewed(tool, self._context(scoped), self._checked.arguments)
        finally:
            scoped.close()
        bound = binding_hash(self._checked.arguments, preview)
        return Prepared(tool, bound, preview.summary, self._needs_yes())

    def run(self, approved_hash: str | None = None, *, is_rehearsal: bool = False) -> Outcome:
        """Run the tool; what goes wrong in it is taken back and becomes an outcome.

        ``approved_hash``: a person of the team has approved exactly that. A rehearsal needs no yes:
        its owner takes everything back.
        """
        tool, scoped = self._checked.tool, self._scoped()
        preview: Preview | None = None
        try:
            with self._session.begin_nested():
                self._check(scoped)
                context = self._context(scoped)
                if tool.is_write:
                    preview = previewed(tool, context, self._checked.arguments)
                    if not is_rehearsal:
                        self._check_agreed(preview, approved_hash)
                    self._count(preview, is_approved=approved_hash is not None)
                result = call_tool(tool, context, self._checked.arguments.values)
                outcome = succeeded(result)
                scoped.flush()
        except NeedsApproval as above:
            assert preview is not None  # limits are counted after the preview
            return self._ask(preview, above)
        except ToolError as error:
            return refused(error)
        except IntegrityError as error:
            _log.warning("tool_refused_by_database", tool=tool.name, reason=str(error.orig))
            say = "That cannot be done any more: it has changed meanwhile, or was done already."
            return failed(ToolCallStatus.NOT_ALLOWED, say, "not_allowed")
        except (DBAPIError, StoreError):
            raise
        except Exception as error:
            self.failure = error
            say = "Something went wrong on our side. Nothing was changed."
            return failed(ToolCallStatus.FAILED, say, "failed")
        finally:
            scoped.close()
        return outcome

    def admit(self) -> Outcome | None:
        """Check and count a call whose effect is outside the database; None: it may run."""
        scoped, tool = self._scoped(), self._checked.tool
        try:
            with self._session.begin_nested():
                self._check(scoped)
                if tool.is_write:
                    preview = previewed(tool, self._context(scoped), self._checked.arguments)
                    self._check_agreed(preview, None)
                    self._count(preview, is_approved=False)
        except NeedsApproval:
            # An approved call runs in the approval's transaction, which reaches nothing outside.
            say = "That is above what I may do by myself. A colleague can help you with it."
            return failed(ToolCallStatus.NOT_ALLOWED, say, "not_allowed")
        except ToolError as error:
            return refused(error)
        finally:
            scoped.close()
        return None

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
                now=self._now,
            )

    def _needs_yes(self) -> bool:
        # Text of strangers in the context may be what makes the model ask for this.
        return self._checked.tool.confirmation == "always" or has_untrusted_text(
            self._session, self._checked.request.conversation_id
        )

    def _count(self, preview: Preview, *, is_approved: bool) -> None:
        request = self._checked.request
        count_within_limits(
            self._session,
            self._checked.tool,
            request.caller,
            request.conversation_id,
            amount=preview.amount,
            now=self._now,
            is_approved=is_approved,
        )

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
            queue=self._queue,
            database=scoped,
        )

    def _queue(self, kind: str, payload: JsonType, *, is_secret: bool = False) -> None:
        request = self._checked.request
        queue_message(
            self._session,
            kind=kind,
            payload=payload,
            idempotency_key=f"{self._checked.idempotency_key}-{kind}",
            now=self._now,
            conversation_id=request.conversation_id,
            customer_id=request.caller.customer_id,
            is_secret=is_secret,
        )

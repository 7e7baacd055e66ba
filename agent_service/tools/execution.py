"""Running a tool on the database: what is checked, in which transaction, and what is kept of it.

Synchronous: a thread of the tool runner calls it. The model proposes, this module decides.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import structlog
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from agent_service.clock import Clock
from agent_service.conversation.records import Caller, ToolCallStatus
from agent_service.errors import StoreError, ToolError
from agent_service.store.database import Database
from agent_service.store.ledger import (
    LedgerCall,
    Outcome,
    close_call,
    earlier_outcome,
    find_outcome,
    has_untrusted_text,
    lock_call,
    open_call,
)
from agent_service.store.ownership import CallerSession
from agent_service.store.tables import ToolEffect
from agent_service.tools.arguments import Arguments, digest, parse, redacted
from agent_service.tools.checks import check_level, check_owned, check_yes, lock_customer
from agent_service.tools.outcomes import failed, refused, succeeded
from agent_service.tools.registry import Registry
from agent_service.tools.tool import Preview, Tool, ToolContext

_log = structlog.get_logger()

_TRIES: Final = 4
"""Of a transaction that the database could not finish because of others."""

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Request:
    """A tool call as it reached us."""

    id: str
    tool_call_id: str
    name: str
    arguments: str
    caller: Caller
    conversation_id: str
    confirmation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A write that may run, perhaps after the caller's yes."""

    tool: Tool
    binding_hash: str
    """Of the arguments and the read-back: what the caller's yes is bound to."""
    summary: str
    needs_confirmation: bool


@dataclass(frozen=True, slots=True)
class _Checked:
    """A request whose tool exists and whose arguments are right."""

    request: Request
    tool: Tool
    arguments: Arguments
    call: LedgerCall

    @property
    def intent_key(self) -> str | None:
        """The caller's wish, however often the model asks for it; None where again does no harm."""
        if self.tool.is_repeatable or not self.tool.is_write:
            return None
        return digest(self.request.conversation_id, self.tool.name, self.arguments.hash)


class Execution:
    """Prepares and runs tools; raises StoreError when the database cannot be used."""

    def __init__(self, registry: Registry, database: Database, clock: Clock) -> None:
        self._registry = registry
        self._database = database
        self._clock = clock

    def prepare(self, request: Request) -> Prepared | Outcome:
        """Check a write and write its read-back; a refusal is kept and returned."""
        checked = self._check(request)
        if isinstance(checked, Outcome):
            return checked
        with self._database.read() as session:
            try:
                known = find_outcome(session, checked.call)
                if known is not None:
                    return known
                key = checked.intent_key
                outcome = key and earlier_outcome(session, checked.call, key)
                if not outcome:
                    return self._previewed(session, checked)
            except ToolError as error:
                outcome = refused(error)
        return self._keep(checked.call, outcome)

    def run(self, request: Request, progress: Progress) -> Outcome:
        """Run the tool, once, and return its outcome; a repeated request gets the stored one."""
        checked = self._check(request)
        if isinstance(checked, Outcome):
            return checked
        try:
            if not checked.tool.is_write:
                return self._read(checked, progress)
            with self._database.write() as session:
                known = open_call(session, checked.call, self._clock.utc())
            return known or self._again(checked, progress)
        except ToolError as error:  # a known call with other arguments: its own row stays
            return refused(error)

    def _check(self, request: Request) -> _Checked | Outcome:
        tool = self._registry.get(request.name)
        call = LedgerCall(
            id=request.id,
            conversation_id=request.conversation_id,
            tool_call_id=request.tool_call_id,
            name=request.name[:100],
            arguments=redacted(tool, request.arguments[:20_000]) if tool else "{}",
            arguments_hash=digest(request.name, request.arguments),
            effect=ToolEffect(tool.effect) if tool else None,
            caller=request.caller,
            confirmation_id=request.confirmation_id,
        )
        try:
            if tool is None:
                raise ToolError("fix_arguments", "There is no such tool.")
            arguments = parse(tool, request.arguments)
        except ToolError as error:
            return self._keep(call, refused(error))
        return _Checked(request, tool, arguments, replace(call, arguments_hash=arguments.hash))

    def _keep(self, call: LedgerCall, outcome: Outcome) -> Outcome:
        """Write a call that ended without an effect, and its audit entry."""
        with self._database.write() as session:
            try:
                known = open_call(session, call, self._clock.utc())
            except ToolError as error:
                return refused(error)
            if known is None:
                close_call(session, call, outcome, self._clock.utc(), None)
        return known or outcome

    def _read(self, checked: _Checked, progress: Progress) -> Outcome:
        with self._database.read() as session:
            known = find_outcome(session, checked.call)
            if known is not None:
                return known
            outcome = self._try(session, checked, progress)
        return self._keep(checked.call, outcome)

    def _write(self, checked: _Checked, progress: Progress) -> Outcome:
        """Have the effect, write its outcome and its audit entry, all or nothing."""
        call, key = checked.call, checked.intent_key
        with self._database.write() as session:
            known = lock_call(session, call)
            if known is not None:
                return known
            lock_customer(session, call.caller)
            earlier = earlier_outcome(session, call, key) if key else None
            outcome = earlier or self._try(session, checked, progress)
            is_first = earlier is None and outcome.status == ToolCallStatus.SUCCEEDED
            close_call(session, call, outcome, self._clock.utc(), key if is_first else None)
        return outcome

    def _again(self, checked: _Checked, progress: Progress) -> Outcome:
        """Repeat a whole transaction that lost against another one, or whose commit is in doubt."""
        for _ in range(_TRIES):
            try:
                # A transaction that did commit is found by its row when it is tried again.
                return self._write(checked, progress)
            except (IntegrityError, StoreError) as error:
                _log.warning("tool_transaction_failed", tool=checked.tool.name, reason=str(error))
        say = "I do not know yet whether that went through. Please let me check again in a minute."
        return failed(ToolCallStatus.FAILED, say, "unknown")

    def _try(self, session: Session, checked: _Checked, progress: Progress) -> Outcome:
        """Check and call the tool; whatever goes wrong in it leaves no trace in the database."""
        tool, values = checked.tool, checked.arguments.values
        scoped = _scoped(session, checked)
        context = self._context(checked.request, scoped, progress)
        try:
            with session.begin_nested():
                check_level(tool, context.caller)
                check_owned(tool, scoped, values)
                if tool.is_write:
                    self._check_yes(session, checked, context)
                outcome = succeeded(call_tool(tool.function, context, values))
                scoped.flush()
        except ToolError as error:
            return refused(error)
        except IntegrityError:
            _log.warning("tool_refused_by_database", tool=tool.name, exc_info=True)
            say = "That cannot be done any more: it has changed meanwhile, or was done already."
            return failed(ToolCallStatus.NOT_ALLOWED, say, "not_allowed")
        except (DBAPIError, StoreError):
            raise
        except Exception:
            _log.exception("tool_failed", tool=tool.name)
            say = "Something went wrong on our side. Nothing was changed."
            return failed(ToolCallStatus.FAILED, say, "failed")
        finally:
            scoped.close()
        return outcome

    def _previewed(self, session: Session, checked: _Checked) -> Prepared:
        tool = checked.tool
        scoped = _scoped(session, checked)
        try:
            check_level(tool, checked.call.caller)
            check_owned(tool, scoped, checked.arguments.values)
            context = self._context(checked.request, scoped, _nobody)
            preview = previewed(tool, context, checked.arguments)
        finally:
            scoped.close()
        return Prepared(
            tool,
            digest(checked.arguments.hash, preview.summary),
            preview.summary,
            _needs_yes(session, checked),
        )

    def _check_yes(self, session: Session, checked: _Checked, context: ToolContext) -> None:
        if not _needs_yes(session, checked):
            return
        preview = previewed(checked.tool, context, checked.arguments)
        check_yes(
            session,
            conversation_id=checked.request.conversation_id,
            tool_call_id=checked.request.tool_call_id,
            confirmation_id=checked.request.confirmation_id,
            binding_hash=digest(checked.arguments.hash, preview.summary),
            now=self._clock.utc(),
        )

    def _context(self, request: Request, scoped: CallerSession, progress: Progress) -> ToolContext:
        return ToolContext(
            caller=request.caller,
            conversation_id=request.conversation_id,
            now=self._clock.utc(),
            idempotency_key=digest(request.conversation_id, request.tool_call_id)[:32],
            progress=progress,
            database=scoped,
        )


def call_tool(function: Callable[..., Any], context: ToolContext, values: dict[str, Any]) -> Any:
    """Call a tool's function or preview, with the context if it takes one."""
    return function(context, **values)


def previewed(tool: Tool, context: ToolContext, arguments: Arguments) -> Preview:
    """Return the read-back, from the arguments and the rows as they are now."""
    if tool.preview is None:
        return Preview(tool.title)
    preview = call_tool(tool.preview, context, arguments.values)
    return preview if isinstance(preview, Preview) else Preview(str(preview))


def _scoped(session: Session, checked: _Checked) -> CallerSession:
    request = checked.request
    return CallerSession(session, request.caller.customer_id, request.conversation_id)


def _needs_yes(session: Session, checked: _Checked) -> bool:
    # Text of strangers in the context may be what makes the model ask for this.
    return checked.tool.confirmation == "always" or has_untrusted_text(
        session, checked.request.conversation_id
    )


def _nobody(_: str) -> None:
    """Nobody hears how far a preview is."""

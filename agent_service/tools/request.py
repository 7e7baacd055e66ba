"""A tool call on its way: as it reached us, and once its tool and its arguments are known."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeAlias

from agent_service.conversation.records import Caller
from agent_service.errors import ToolError
from agent_service.redaction import STRICT, Policy
from agent_service.store.ledger import LedgerCall
from agent_service.store.schema import clean_text
from agent_service.store.tables import ToolEffect
from agent_service.tools.arguments import Arguments, digest, parse, redacted
from agent_service.tools.tool import Preview, Tool, ToolContext

Progress: TypeAlias = Callable[[str], None]


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
    clock_jumped: timedelta = timedelta()
    """How far the wall clock is ahead of the conversation's own time."""
    policy: Policy = STRICT
    """Under which the call is kept."""


@dataclass(frozen=True, slots=True)
class Checked:
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

    @property
    def idempotency_key(self) -> str:
        return digest(self.request.conversation_id, self.request.tool_call_id)[:32]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A write that may run, perhaps after the caller's yes."""

    tool: Tool
    binding_hash: str
    """Of the arguments and the read-back: what the caller's yes is bound to."""
    summary: str
    needs_confirmation: bool


def call_tool(tool: Tool, context: ToolContext, values: dict[str, Any]) -> Any:
    """Call the tool's function, with the context if it takes one."""
    if tool.context_parameter is not None:
        return tool.function(**{tool.context_parameter: context}, **values)
    return tool.function(**values)


def previewed(tool: Tool, context: ToolContext, arguments: Arguments) -> Preview:
    """Return the read-back, from the arguments and the rows as they are now."""
    if tool.preview is None:
        return Preview(tool.title)
    given: dict[str, Any] = {tool.context_parameter: context} if tool.context_parameter else {}
    preview = tool.preview(**given, **arguments.values)
    if not isinstance(preview, Preview):
        preview = Preview(preview)
    return replace(preview, summary=clean_text(preview.summary))


def binding_hash(arguments: Arguments, preview: Preview) -> str:
    """Name exactly these arguments with exactly this read-back."""
    return digest(arguments.hash, preview.summary)


def ledger_call(tool: Tool | None, request: Request) -> LedgerCall:
    """Return the call as the ledger keeps it while its arguments are not yet known to be right."""
    return LedgerCall(
        id=request.id,
        conversation_id=request.conversation_id,
        tool_call_id=request.tool_call_id,
        name=request.name[:100],
        arguments=redacted(tool, request.arguments) if tool else "{}",
        arguments_hash=digest(request.name, request.arguments),
        effect=ToolEffect(tool.effect) if tool else None,
        caller=request.caller,
        confirmation_id=request.confirmation_id,
        is_external=tool is not None and tool.is_write and tool.is_async,
        policy=request.policy,
    )


def check_request(tool: Tool | None, request: Request) -> Checked:
    """Return the request with its checked arguments, or raise ToolError ``fix_arguments``."""
    if tool is None:
        raise ToolError("fix_arguments", "I cannot do that.", note="There is no such tool.")
    arguments = parse(tool, request.arguments)
    if tool.is_proof and request.caller.claimed_id is not None:
        claimed = replace(request.caller, customer_id=request.caller.claimed_id)
        request = replace(request, caller=claimed)
    call = replace(ledger_call(tool, request), arguments_hash=arguments.hash)
    return Checked(request, tool, arguments, call)

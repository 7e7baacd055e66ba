"""When a call may take effect by itself, and when a person of the team has to decide first."""

from datetime import datetime

from sqlalchemy.orm import Session

from agent_service.conversation.records import Caller
from agent_service.errors import ToolError
from agent_service.store.limits import count_effect, day_of
from agent_service.store.money import Money
from agent_service.tools.tool import Tool


class NeedsApproval(Exception):
    """The call is above a limit; its message says which."""

    def __init__(self, reason: str, *, needs_second: bool) -> None:
        self.reason = reason
        self.needs_second = needs_second
        super().__init__(reason)


def count_within_limits(
    session: Session,
    tool: Tool,
    caller: Caller,
    conversation_id: str,
    *,
    amount: Money | None,
    now: datetime,
    is_approved: bool,
) -> None:
    """Count the effect against every limit of the tool.

    Raises NeedsApproval above a limit, unless a person has approved the call, and ToolError when
    the service has done all it may do today. The caller's transaction then takes the counts back.
    """
    day = day_of(now)
    customer = caller.customer_id or conversation_id
    limits = tool.limits
    scopes = (
        ("conversation", conversation_id, limits.conversation, "in this conversation"),
        ("customer_day", f"{customer} {day}", limits.customer_day, "for this customer today"),
        ("tenant_day", day, limits.tenant_day, "today"),
    )
    needs_second = tool.approval is not None and _is_above(amount, tool.approval.second_above)
    if not is_approved:
        if _is_above(amount, limits.call):
            raise NeedsApproval("the amount is above the limit", needs_second=needs_second)
        if tool.approval is not None and _is_above(amount, tool.approval.above):
            raise NeedsApproval("the amount needs approval", needs_second=needs_second)
    for scope, holder, cap, where in scopes:
        is_counted = count_effect(
            session, scope=scope, holder=holder, tool=tool.name, cap=cap, amount=amount
        )
        if is_counted:
            continue
        if scope == "tenant_day":
            raise ToolError("not_allowed", "I cannot do more of that today. A colleague can.")
        if not is_approved:
            raise NeedsApproval(f"the limit {where} is reached", needs_second=needs_second)


def _is_above(amount: Money | None, limit: Money | None) -> bool:
    return amount is not None and limit is not None and amount.is_above(limit)

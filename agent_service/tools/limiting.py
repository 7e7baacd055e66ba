"""When a call may take effect by itself, and when a person of the team has to decide first.

The caller's own scopes are counted before the tool runs, the tenant's day after it: that row is
everybody's, and whoever has counted there makes all others wait until the transaction ends.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from agent_service.conversation.records import Caller
from agent_service.errors import ToolError
from agent_service.store.limits import count_effect, day_of
from agent_service.store.money import Limit, Money
from agent_service.tools.tool import Tool


class NeedsApproval(Exception):
    """The call is above a limit; its message says which."""

    def __init__(self, reason: str, *, needs_second: bool) -> None:
        self.reason = reason
        self.needs_second = needs_second
        super().__init__(reason)


def count_for_caller(
    session: Session,
    tool: Tool,
    caller: Caller,
    conversation_id: str,
    *,
    amount: Money | None,
    now: datetime,
    is_approved: bool,
) -> None:
    """Count the effect against the limits of the call, the conversation and the customer's day.

    Raises NeedsApproval above one of them, unless a person has approved the call. The caller's
    transaction then takes the counts back.
    """
    limits, approval = tool.limits, tool.approval
    needs_second = approval is not None and _is_above(amount, approval.second_above)
    if not is_approved:
        if _is_above(amount, limits.call):
            raise NeedsApproval("the amount is above the limit", needs_second=needs_second)
        if approval is not None and _is_above(amount, approval.above):
            raise NeedsApproval("the amount needs approval", needs_second=needs_second)
    customer = caller.customer_id or conversation_id
    scopes = (
        ("conversation", conversation_id, limits.conversation, "in this conversation"),
        (
            "customer_day",
            f"{customer} {day_of(now)}",
            limits.customer_day,
            "for this customer today",
        ),
    )
    for scope, holder, cap, where in scopes:
        is_counted = count_effect(
            session, scope=scope, holder=holder, tool=tool.name, cap=cap, amount=amount
        )
        if not is_counted and not is_approved:
            raise NeedsApproval(f"the limit {where} is reached", needs_second=needs_second)


def count_for_tenant(session: Session, tool: Tool, *, amount: Money | None, now: datetime) -> None:
    """Count the effect against the tenant's day, as the last thing that the transaction does.

    Raises ToolError when the service has done all it may do today, which no approval lifts.
    """
    is_counted = count_effect(
        session,
        scope="tenant_day",
        holder=day_of(now),
        tool=tool.name,
        cap=tool.limits.tenant_day,
        amount=amount,
    )
    if not is_counted:
        raise ToolError("not_allowed", "I cannot do more of that today. A colleague can.")


def _is_above(amount: Money | None, limit: Limit | None) -> bool:
    return amount is not None and limit is not None and amount.is_above(limit)

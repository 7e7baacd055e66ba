"""What must hold before a tool runs: the caller's level, whose rows are named, a valid yes.

Each check is made when the call is prepared and again in the transaction that has the effect.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_service.conversation.records import Caller, CallerLevel, ConfirmationStatus, DecidedBy
from agent_service.errors import ToolError
from agent_service.store.named_lock import lock_name
from agent_service.store.ownership import CallerSession
from agent_service.store.switches import is_switched_off
from agent_service.store.tables import Confirmation, ToolCall
from agent_service.tools.arguments import values_at
from agent_service.tools.tool import Tool

YES_LASTS: Final = timedelta(minutes=2)
"""How long after the caller's yes the tool must have begun."""

_NEEDS: Final = {
    CallerLevel.CLAIMED: "For that I first need your name and how to reach you.",
    CallerLevel.IDENTIFIED: (
        "For that I first need to check who you are. Please fill in the form if you see one, or"
        " sign in."
    ),
    CallerLevel.VERIFIED: (
        "For that I need to be sure it is you. Please sign in, or ask me to send you a security"
        " code, and enter it."
    ),
    CallerLevel.STEPPED_UP: (
        "For that I need to be sure it is you. Please ask me to send you a security code, and"
        " enter it."
    ),
}


def check_switch(session: Session, tool: Tool) -> None:
    """Refuse a tool that someone has switched off."""
    if is_switched_off(session, tool.name):
        raise ToolError("not_allowed", "I cannot do that at the moment. A colleague can help.")


def check_level(tool: Tool, caller: Caller) -> None:
    """Refuse a caller whose identity is not certain enough, naming what to prove next."""
    is_claimed = caller.claimed_id is not None
    level = CallerLevel.IDENTIFIED if is_claimed and tool.is_proof else caller.level
    if level.rank < tool.audience.rank:
        if is_claimed:
            say = _NEEDS[CallerLevel.STEPPED_UP]  # by a code, the one way that there is for them
            raise ToolError("not_allowed", say, needs=CallerLevel.VERIFIED.value)
        # A code goes to somebody's contact on file: nobody can enter one before we know whose.
        is_known = caller.level.rank >= CallerLevel.IDENTIFIED.rank
        nearest = min(tool.audience, CallerLevel.IDENTIFIED, key=lambda level: level.rank)
        needs = tool.audience if is_known else nearest
        raise ToolError("not_allowed", _NEEDS[needs], needs=needs.value)


def check_owned(tool: Tool, session: CallerSession, values: dict[str, Any]) -> None:
    """Refuse arguments that name nothing of the caller's; another's row is as absent as none."""
    for owned in tool.owned:
        for value in values_at(values, owned.argument):
            found = session.scalars(select(owned.key).where(owned.key == value).limit(1)).first()
            if found is None:
                say = f"I cannot find {owned.title} {value} in your account."
                raise ToolError("not_allowed", say)


def lock_customer(session: Session, caller: Caller, conversation_id: str) -> None:
    """Let a customer's writes happen one after another, whichever conversation they come from.

    A lock on a name, not on a row: a company's customers may be in no table of ours. A stranger's
    writes wait for those of the same conversation.
    """
    lock_name(session, f"customer {caller.customer_id or conversation_id}")


def check_yes(
    session: Session,
    *,
    conversation_id: str,
    tool_call_id: str,
    confirmation_id: str | None,
    binding_hash: str,
    now: datetime,
) -> None:
    """Refuse to run without the caller's yes to exactly this, given in time and not yet used.

    ``now`` is the conversation's own time, as are the times on record.
    """
    if confirmation_id is None:
        raise ToolError("not_allowed", "I may only do that after you have agreed to it.")
    row = session.scalars(
        select(Confirmation).where(
            Confirmation.id == confirmation_id,
            Confirmation.conversation_id == conversation_id,
            Confirmation.tool_call_id == tool_call_id,
        )
    ).one_or_none()
    if row is None or row.status != ConfirmationStatus.ACCEPTED or row.decided_at is None:
        raise ToolError("not_allowed", "I may only do that after you have agreed to it.")
    # What could not be spoken rightly was shown: there a tap, and only a tap, agrees.
    is_tapped = row.decided_by is DecidedBy.TAP
    if not is_tapped and (row.heard_at is None or row.decided_at < row.heard_at):
        raise ToolError("not_allowed", "You had not yet heard what I would do. Please ask again.")
    if row.decided_at > row.expires_at or now > row.decided_at + YES_LASTS:
        raise ToolError("not_allowed", "Your yes has run out. Please ask me for it once more.")
    if row.arguments_hash != binding_hash:
        raise ToolError(
            "not_allowed", "Something has changed since you agreed. Please ask me once more."
        )
    used = session.scalar(
        select(ToolCall.id)
        .where(ToolCall.confirmation_id == confirmation_id, ToolCall.tool_call_id != tool_call_id)
        .limit(1)
    )
    if used is not None:
        raise ToolError("not_allowed", "That yes was already used for something else.")

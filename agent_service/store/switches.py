"""The kill switch of each tool: read in every call's own transaction, so it works at once."""

from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, literal, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from agent_service.store.auditing import audit
from agent_service.store.schema import SaidText, Table


class ToolSwitch(Table):
    """A tool that someone has switched off, or back on."""

    __tablename__ = "tool_switches"

    tool: Mapped[str] = mapped_column(primary_key=True)
    is_off: Mapped[bool]
    reason: Mapped[SaidText]
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]


_IS_OFF: Final = select(literal(1)).where(
    ToolSwitch.__table__.c.tool == bindparam("of_tool"), ToolSwitch.__table__.c.is_off
)
"""Built once, because every call asks."""


def is_switched_off(session: Session, tool: str) -> bool:
    return session.connection().execute(_IS_OFF, {"of_tool": tool}).first() is not None


def switch_tool(
    session: Session, tool: str, *, is_off: bool, reason: str, changed_by: str, now: datetime
) -> None:
    """Switch a tool off or on, for every conversation of every process on this database."""
    session.merge(
        ToolSwitch(tool=tool, is_off=is_off, reason=reason, changed_by=changed_by, changed_at=now)
    )
    action = "tool.switched_off" if is_off else "tool.switched_on"
    audit(session, changed_by, action, now, subject=tool, detail={"reason": reason})


def switches(session: Session) -> list[ToolSwitch]:
    return list(session.scalars(select(ToolSwitch).order_by(ToolSwitch.tool)))

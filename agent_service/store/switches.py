"""The kill switch of each tool: read in every call's own transaction, so it works at once."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from agent_service.store.schema import Table


class ToolSwitch(Table):
    """A tool that someone has switched off, or back on."""

    __tablename__ = "tool_switches"

    tool: Mapped[str] = mapped_column(primary_key=True)
    is_off: Mapped[bool]
    reason: Mapped[str]
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]


def is_switched_off(session: Session, tool: str) -> bool:
    return bool(
        session.scalar(select(ToolSwitch.is_off).where(ToolSwitch.tool == tool, ToolSwitch.is_off))
    )


def switch_tool(
    session: Session, tool: str, *, is_off: bool, reason: str, changed_by: str, now: datetime
) -> None:
    """Switch a tool off or on, for every conversation of every process on this database."""
    session.merge(
        ToolSwitch(tool=tool, is_off=is_off, reason=reason, changed_by=changed_by, changed_at=now)
    )


def switches(session: Session) -> list[ToolSwitch]:
    return list(session.scalars(select(ToolSwitch).order_by(ToolSwitch.tool)))

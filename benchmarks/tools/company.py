"""What is measured: a tool that looks something up and one that changes something."""

from typing import Annotated, Final

from pydantic import Field
from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, mapped_column

from agent_service.conversation.records import CallerLevel
from agent_service.store.limits import Cap
from agent_service.store.rows import OwnedRow
from agent_service.store.schema import Table
from agent_service.tools.tool import Answer, Limits, ToolContext, tool

_MANY: Final = Cap(10**9)


class BenchNote(OwnedRow, Table):
    """Something that a customer had noted down."""

    __tablename__ = "bench_notes"

    number: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[str] = mapped_column(index=True)
    text: Mapped[str]


@tool(title="Look up notes", effect="read", audience=CallerLevel.VERIFIED)
def read(context: ToolContext) -> Answer:
    """Tell how many notes the caller has, and the latest one."""
    count = context.session.scalars(select(func.count(BenchNote.number))).one()
    latest = context.session.scalars(
        select(BenchNote).order_by(BenchNote.number.desc()).limit(1)
    ).first()
    return Answer(f"There are {count} notes.", {"latest": latest.text if latest else None})


@tool(
    title="Note down",
    effect="write",
    audience=CallerLevel.VERIFIED,
    confirmation="never",
    limits=Limits(conversation=_MANY, customer_day=_MANY, tenant_day=_MANY),
)
def write(
    context: ToolContext,
    text: Annotated[str, Field(min_length=1, max_length=100, description="What to note down.")],
) -> Answer:
    """Note something down for the caller."""
    context.session.add(BenchNote(text=text))
    return Answer("I have noted that down.")


TOOLS: Final = (read, write)

"""How often and for how much a tool took effect: counted in the transaction of the effect.

Counting is one conditional UPDATE for each scope, so parallel calls cannot both be the last one.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Mapped, Session, mapped_column

from agent_service.store.money import Money
from agent_service.store.schema import Table


class LimitCounter(Table):
    __tablename__ = "limit_counters"

    scope: Mapped[str] = mapped_column(primary_key=True)
    """``conversation``, ``customer_day`` or ``tenant_day``."""
    holder: Mapped[str] = mapped_column(primary_key=True)
    """Whose: a conversation, a customer and a day, or a day (in UTC)."""
    tool: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    amount_minor: Mapped[int] = mapped_column(BigInteger)


@dataclass(frozen=True, slots=True)
class Cap:
    """How often, and for how much altogether, a tool may take effect within a scope."""

    count: int
    amount: Money | None = None


def count_effect(
    session: Session, *, scope: str, holder: str, tool: str, cap: Cap, amount: Money | None
) -> bool:
    """Count one more effect; return False, having counted nothing, when that is above the cap."""
    if cap.amount is not None and amount is not None and amount.currency != cap.amount.currency:
        return False
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    key = {"scope": scope, "holder": holder, "tool": tool}
    session.execute(
        dialect.insert(LimitCounter)
        .values(**key, count=0, amount_minor=0)
        .on_conflict_do_nothing(index_elements=list(key))
    )
    minor = amount.minor if amount is not None else 0
    statement = (
        update(LimitCounter)
        .where(
            LimitCounter.scope == scope,
            LimitCounter.holder == holder,
            LimitCounter.tool == tool,
            LimitCounter.count < cap.count,
        )
        .values(count=LimitCounter.count + 1, amount_minor=LimitCounter.amount_minor + minor)
        .execution_options(synchronize_session=False)
    )
    if cap.amount is not None:
        statement = statement.where(LimitCounter.amount_minor + minor <= cap.amount.minor)
    result = session.execute(statement)
    assert isinstance(result, CursorResult)
    return result.rowcount == 1


def day_of(moment: datetime) -> str:
    return moment.date().isoformat()

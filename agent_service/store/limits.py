"""How often and for how much a tool took effect: counted in the transaction of the effect.

Counting is one statement for each scope, so parallel calls cannot both be the last one. Whoever
counts holds the scope's row until the transaction ends: a scope that many share is counted last.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from agent_service.store.money import Limit, Money, amounts_of, limit_in
from agent_service.store.schema import Table

_UNLIMITED = 2**62
"""Minor units: more than a counter can hold."""


class LimitCounter(Table):
    __tablename__ = "limit_counters"

    scope: Mapped[str] = mapped_column(primary_key=True)
    """``conversation``, ``customer_day`` or ``tenant_day``."""
    holder: Mapped[str] = mapped_column(primary_key=True)
    """Whose: a conversation, a customer and a day, or a day (in UTC). Of a cap in several
    currencies, the amounts of each but the first have a row of their own, with its code behind."""
    tool: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    amount_minor: Mapped[int] = mapped_column(BigInteger)


@dataclass(frozen=True, slots=True)
class Cap:
    """How often, and for how much altogether, a tool may take effect within a scope.

    Amounts add up within a currency and never across: name the most in each that occurs, since an
    amount in any other is above the cap.
    """

    count: int
    amount: Limit | None = None


def count_effect(
    session: Session, *, scope: str, holder: str, tool: str, cap: Cap, amount: Money | None
) -> bool:
    """Count one more effect; return False when that is above the cap.

    Who gets False takes the transaction, or its savepoint, back, or means to go beyond the cap.
    """
    if cap.amount is None or amount is None:
        return _counted(session, scope, holder, tool, cap.count, 0, _UNLIMITED)
    most = limit_in(cap.amount, amount.currency)
    if most is None:
        return False
    if most is amounts_of(cap.amount)[0]:
        return _counted(session, scope, holder, tool, cap.count, amount.minor, most.minor)
    return _counted(session, scope, holder, tool, cap.count, 0, _UNLIMITED) and _counted(
        session, scope, f"{holder} {amount.currency}", tool, cap.count, amount.minor, most.minor
    )


def _counted(
    session: Session,
    scope: str,
    holder: str,
    tool: str,
    most: int,
    minor: int,
    most_minor: int,
) -> bool:
    """Count in one row, unless that is too often or too much."""
    if most < 1 or minor > most_minor:  # what the first one of a scope is held against
        return False
    counted = session.connection().execute(
        _counting(session.get_bind().dialect.name),
        {
            "scope": scope,
            "holder": holder,
            "tool": tool,
            "count": 1,
            "amount_minor": minor,
            "most": most,
            "most_minor": most_minor,
        },
    )
    return counted.rowcount == 1


def day_of(moment: datetime) -> str:
    return moment.date().isoformat()


@cache
def _counting(dialect_name: str) -> Any:
    """Return what makes a scope's row, or adds to it where that stays within the cap."""
    dialect = sqlite if dialect_name == "sqlite" else postgresql
    table = LimitCounter.__table__
    statement: sqlite.Insert | postgresql.Insert = dialect.insert(table)
    new = statement.excluded
    count, minor = table.c.count + new.count, table.c.amount_minor + new.amount_minor
    return statement.on_conflict_do_update(
        index_elements=["scope", "holder", "tool"],
        set_={"count": count, "amount_minor": minor},
        where=(count <= bindparam("most")) & (minor <= bindparam("most_minor")),
    ).execution_options(preserve_rowcount=True)

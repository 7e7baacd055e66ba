"""Questions to the audit log: who did what, when, to which conversation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select

from agent_service.store.cursors import Cursors
from agent_service.store.filters import END, MOMENT, TEXT, Field, Question
from agent_service.store.pages import List, columns
from agent_service.store.sorts import Sort
from agent_service.store.tables import AuditEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One act, or one look."""

    number: int
    id: str
    occurred_at: datetime
    actor: str
    action: str
    conversation_id: str | None
    subject: str | None
    detail: str | None
    """JSON."""


def _narrowed(rows: Select[Any], question: Question, dialect: str) -> tuple[Select[Any], Sort]:
    return rows.where(*question.conditions), question.sort


def _sorts(_: bool) -> Mapping[str, Sort]:
    return {"number": Sort((AuditEntry.number,), ("number",))}


AUDIT: Final = List(
    AuditRow,
    columns(AuditRow, AuditEntry),
    {
        "actor": Field(TEXT, AuditEntry.actor),
        "action": Field(TEXT, AuditEntry.action),
        "conversation": Field(TEXT, AuditEntry.conversation_id),
        "subject": Field(TEXT, AuditEntry.subject),
        "since": Field(MOMENT, AuditEntry.occurred_at, "gte", subject="occurred_at"),
        "until": Field(END, AuditEntry.occurred_at, "lt", subject="occurred_at"),
    },
    _sorts,
    Cursors("audit"),
    _narrowed,
)

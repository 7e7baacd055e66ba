"""The audit log: what somebody of the team did, decided or read."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, exists
from sqlalchemy.orm import Session

from agent_service.clock import uuid7
from agent_service.store.tables import AuditEntry

CONVERSATION_READ: Final = "conversation.read"
TAKEN_OVER: Final = "conversation.taken_over"
HANDED_BACK: Final = "conversation.handed_back"
WHISPERED: Final = "conversation.whispered"


def audit(
    session: Session,
    actor: str,
    action: str,
    now: datetime,
    *,
    subject: str | None = None,
    conversation_id: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write who did what, in the transaction in which it is done."""
    session.add(
        AuditEntry(
            id=uuid7(),
            occurred_at=now,
            actor=actor,
            action=action,
            subject=subject,
            conversation_id=conversation_id,
            detail=json.dumps(detail, ensure_ascii=False) if detail else None,
        )
    )


def took_part(actor: str, conversation_id: Any) -> ColumnElement[bool]:
    """Return that somebody of the team spoke in a conversation, or told its agent what to do."""
    return exists().where(
        AuditEntry.conversation_id == conversation_id,
        AuditEntry.actor == actor,
        AuditEntry.action.in_((TAKEN_OVER, WHISPERED)),
    )

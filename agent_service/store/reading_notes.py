"""That somebody of the team has read what callers said: an entry of the audit log."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from agent_service.clock import uuid7
from agent_service.store.tables import AuditEntry


def note_reading(
    session: Session,
    *,
    actor: str,
    action: str,
    conversation_id: str | None,
    detail: Mapping[str, Any],
    now: datetime,
) -> None:
    """Write who read what: ``conversation.read``, ``recording.read``, ``record.searched``."""
    session.add(
        AuditEntry(
            id=uuid7(),
            occurred_at=now,
            actor=actor,
            action=action,
            conversation_id=conversation_id,
            detail=json.dumps(detail, ensure_ascii=False) if detail else None,
        )
    )

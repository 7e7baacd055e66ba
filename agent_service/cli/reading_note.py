"""Noting that an operator reads the record on the command line, as the admin API does."""

import getpass
import sys
from typing import Final

from agent_service.clock import SystemClock
from agent_service.errors import StoreError
from agent_service.store.auditing import audit
from agent_service.store.database import Database

_NOT_NOTED: Final = "That you read this could not be noted in the audit log: {}\n"


def note_operator_reads(
    database: Database, action: str, conversation_id: str | None = None, **asked: object
) -> None:
    """Write who reads what; where that cannot be, say so, and let them read all the same."""
    try:
        with database.write() as session:
            audit(
                session,
                actor=f"operator:{getpass.getuser()}",
                action=action,
                conversation_id=conversation_id,
                detail={"asked": asked} if asked else None,
                now=SystemClock().utc(),
            )
    except StoreError as error:
        sys.stderr.write(_NOT_NOTED.format(error.message))

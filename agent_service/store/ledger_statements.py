"""The ledger's statements, built once: building them anew costs more than the database takes."""

from functools import cache
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, TableClause, bindparam, insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from agent_service.conversation.records import ToolCallStatus
from agent_service.store.tables import AuditEntry, ToolCall

_CALLS: Final = cast("TableClause", ToolCall.__table__)
_ENTRIES: Final = cast("TableClause", AuditEntry.__table__)
_OF_CALL = (_CALLS.c.conversation_id == bindparam("of_conversation")) & (
    _CALLS.c.tool_call_id == bindparam("of_call")
)
_KEY: Final = ("conversation_id", "tool_call_id")

_IS_HELD: Final = (_CALLS.c.status == ToolCallStatus.AWAITING_CONFIRMATION) | (
    (_CALLS.c.status == ToolCallStatus.ENDED) & _CALLS.c.effect.is_(None)
)
"""The record has it and the ledger has not: nothing of it has begun, and no hash is known.

The caller is being asked about it, or hung up behind their yes.
"""

FIND: Final = select(
    _CALLS.c.name,
    _CALLS.c.arguments_hash,
    _CALLS.c.status,
    _CALLS.c.output,
    _CALLS.c.error_kind,
    _CALLS.c.is_untrusted,
    _IS_HELD.label("is_held"),
).where(_OF_CALL)
"""The call ``of_call`` of the conversation ``of_conversation``."""

LOCK: Final = FIND.with_for_update()

EARLIER: Final = select(_CALLS.c.status, _CALLS.c.output, _CALLS.c.is_untrusted).where(
    _CALLS.c.intent_key == bindparam("wish"), _CALLS.c.tool_call_id != bindparam("of_call")
)

UNTRUSTED: Final = (
    select(literal(1))
    .where(_CALLS.c.conversation_id == bindparam("of_conversation"), _CALLS.c.is_untrusted)
    .limit(1)
)

AUDIT: Final = insert(_ENTRIES)

_ENDED: Final = ("status", "output", "search_words", "error_kind", "is_untrusted", "ended_at")

_BEGUN: Final = ("effect", "arguments_hash", "is_external", "started_at")

CLOSE: Final = update(_CALLS).where(_OF_CALL).values({name: bindparam(name) for name in _ENDED})
CLOSE_WISH: Final = CLOSE.values(intent_key=bindparam("intent_key"))
"""As ``CLOSE``; takes the wish up, or gives it up."""


@cache
def opening(dialect_name: str) -> Any:
    """Return what writes a call's row unless there is one."""
    # Whichever unique index tells: two tries of one call have the same id as well.
    statement = _insert(dialect_name, _CALLS).on_conflict_do_nothing()
    return statement.execution_options(preserve_rowcount=True)


TAKEN_UP: Final = (*_ENDED, *_BEGUN, "name", "arguments", "confirmation_id")

TAKE_UP: Final = (
    update(_CALLS)
    .where(_OF_CALL & _IS_HELD)
    .values({name: bindparam(name) for name in TAKEN_UP})
    .execution_options(preserve_rowcount=True)
)
"""Begins the call that the caller was asked about: the record's row becomes the ledger's."""


@cache
def keeping(dialect_name: str) -> Any:
    """Return what writes a call that has ended; one that the ledger knows stays as it is."""
    statement = _insert(dialect_name, _CALLS)
    names = (*_ENDED, *_BEGUN)
    changes: dict[str, ColumnElement[Any]] = {name: statement.excluded[name] for name in names}
    return statement.on_conflict_do_update(
        index_elements=_KEY, set_=changes, where=_CALLS.c.effect.is_(None)
    )


@cache
def auditing(dialect_name: str) -> Any:
    """Return what writes an audit entry unless it is there."""
    return _insert(dialect_name, _ENTRIES).on_conflict_do_nothing(index_elements=["id"])


def _insert(dialect_name: str, table: TableClause) -> sqlite.Insert | postgresql.Insert:
    dialect = sqlite if dialect_name == "sqlite" else postgresql
    statement: sqlite.Insert | postgresql.Insert = dialect.insert(table)
    return statement

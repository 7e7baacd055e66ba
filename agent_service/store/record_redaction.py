"""Takes secrets out of records before they are logged and written, and out of rows afterwards.

A card number may come in pieces: each conversation has a memory for them while it lasts.
"""

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy import inspect, select, update
from sqlalchemy.orm import Session

from agent_service.conversation.records import (
    ConfirmationRecord,
    ConversationRecord,
    IncidentRecord,
    RatingRecord,
    Record,
    ResumptionRecord,
    Role,
    ToolCallRecord,
    TurnRecord,
)
from agent_service.redaction import (
    CardMemory,
    redact_for_record,
    redact_json,
    without_digits_of,
)
from agent_service.store.schema import Table
from agent_service.store.tables import Confirmation, Incident, Rating, ToolCall, Turn

_JSON: Final = frozenset({"arguments", "output"})
_TEXT: Final = frozenset({"text", "heard_text", "summary", "answer", "message", "comment"})
"""What people and models say: it may hold secrets."""

_TABLES: Final[tuple[type[Table], ...]] = (Turn, ToolCall, Confirmation, Incident, Rating)

MOST_CONVERSATIONS: Final = 10_000
"""Whose memory is kept; beyond, the one that was silent for longest is forgotten."""


def redact_fields(fields: dict[str, Any]) -> None:
    """Take the secrets out of a record's fields."""
    for name in _TEXT & fields.keys():
        fields[name] = fields[name] and redact_for_record(fields[name])
    for name in _JSON & fields.keys():
        fields[name] = redact_json(fields[name], redact_for_record)


@dataclass(frozen=True, slots=True)
class CardPieces:
    """Digits of a card that earlier rows of the conversation may hold pieces of."""

    conversation_id: str
    digits: str = field(repr=False)


class RecordRedactor:
    """Redacts records in the order in which they are made."""

    def __init__(self) -> None:
        self._memories: OrderedDict[str, CardMemory] = OrderedDict()

    def redact(self, record: Record) -> tuple[Record, CardPieces | None]:
        """Return the record as it may be kept, and what now has to be taken out of others."""
        if isinstance(record, ResumptionRecord):
            return record, None
        if isinstance(record, ConversationRecord):
            if record.ended_at is not None:
                self._memories.pop(record.conversation_id, None)
            return record, None
        if record.conversation_id is None:
            return _redacted(record, CardMemory()), None
        memory = self._memory(record.conversation_id)
        kept = _redacted(record, memory)
        digits = memory.take_digits()
        return kept, None if digits is None else CardPieces(record.conversation_id, digits)

    def _memory(self, conversation_id: str) -> CardMemory:
        memory = self._memories.setdefault(conversation_id, CardMemory())
        self._memories.move_to_end(conversation_id)
        if len(self._memories) > MOST_CONVERSATIONS:
            self._memories.popitem(last=False)
        return memory


_Spoken = TurnRecord | ToolCallRecord | ConfirmationRecord | IncidentRecord | RatingRecord


def _redacted(record: _Spoken, memory: CardMemory) -> _Spoken:
    match record:
        case TurnRecord(role=Role.CALLER, text=text, heard_text=heard):
            kept = memory.caller_turn(text)
            return replace(
                record, text=kept, heard_text=kept if heard == text else memory.answer(heard)
            )
        case TurnRecord(text=text, heard_text=heard):
            kept = memory.agent_turn(text)
            return replace(
                record, text=kept, heard_text=kept if heard == text else memory.passage(heard)
            )
        case ToolCallRecord():
            return replace(
                record,
                arguments=redact_json(record.arguments, memory.passage),
                output=redact_json(record.output, memory.passage),
            )
        case ConfirmationRecord(answer=answer):
            return replace(
                record,
                summary=memory.passage(record.summary),
                answer=answer and memory.answer(answer),
            )
        case IncidentRecord():
            return replace(record, message=memory.passage(record.message))
        case RatingRecord(comment=comment):
            return replace(record, comment=comment and memory.passage(comment))


def remove_pieces(session: Session, pieces: CardPieces) -> None:
    """Take the pieces of a card out of every row of its conversation."""
    for table in _TABLES:
        columns = table.__table__.c
        key = inspect(table).primary_key
        names = [name for name in sorted(_TEXT | _JSON) if name in columns]
        rows = session.execute(
            select(*key, *(columns[name] for name in names)).where(
                columns["conversation_id"] == pieces.conversation_id
            )
        ).all()
        for row in rows:
            kept = row[: len(key)]
            changes = {
                name: clean
                for name, value in zip(names, row[len(key) :], strict=True)
                if value and (clean := _without_pieces(name, value, pieces.digits)) != value
            }
            if changes:
                where = [column == value for column, value in zip(key, kept, strict=True)]
                session.execute(update(table).where(*where).values(changes))


def _without_pieces(name: str, value: str, digits: str) -> str:
    def clean(text: str, name: str = "", /) -> str:
        return without_digits_of(text, digits)

    return redact_json(value, clean) if name in _JSON else clean(value)

"""The flat fields of each record: its log line and its row are both made from them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, assert_never

from agent_service.conversation.records import (
    Caller,
    ConfirmationRecord,
    ConversationRecord,
    IncidentRecord,
    RatingRecord,
    Record,
    ToolCallRecord,
    TurnRecord,
    Usage,
)
from agent_service.store.schema import clean_text


@dataclass(frozen=True, slots=True)
class Line:
    """A record as its log line has it."""

    event: str
    fields: Mapping[str, Any]
    """Without those that are None; times as ISO 8601 text."""


def to_line(record: Record) -> Line:
    """Return the record's one log line."""
    values = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in to_fields(record).items()
        if value is not None
    }
    return Line(_event(record), values)


def to_fields(record: Record) -> dict[str, Any]:
    """Return the record's fields by their names, flat, as plain values, in storable text."""
    flat: dict[str, Any] = {}
    for field in fields(record):
        match getattr(record, field.name):
            case Caller(customer_id, name, level):
                flat |= {"customer_id": customer_id, "caller_name": name, "caller_level": level}
            case Usage() as usage:
                flat |= {part.name: getattr(usage, part.name) for part in fields(Usage)}
            case None if field.name == "usage":
                flat |= dict.fromkeys(part.name for part in fields(Usage))
            case tuple() as values:
                flat[field.name] = list(values)
            case value:
                flat[field.name] = value
    # str() also turns a member of a StrEnum into its plain value.
    return {
        name: clean_text(str(value)) if isinstance(value, str) else value
        for name, value in flat.items()
    }


def _event(record: Record) -> str:
    match record:
        case ConversationRecord():
            return "conversation_started" if record.ended_at is None else "conversation_ended"
        case TurnRecord():
            return "turn"
        case ToolCallRecord():
            return "tool_call"
        case ConfirmationRecord():
            return "confirmation"
        case IncidentRecord():
            return "incident"
        case RatingRecord():
            return "rating"
        case _:
            assert_never(record)

"""The flat fields of each record: its log line and its row are both made from them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final, assert_never, get_args

from agent_service.conversation.records import (
    Caller,
    ConfirmationRecord,
    ConversationRecord,
    IncidentRecord,
    RatingRecord,
    Record,
    ResumptionRecord,
    ToolCallRecord,
    TurnRecord,
    Usage,
)
from agent_service.store.schema import clean_text

_NAMES: Final[Mapping[type[Any], tuple[str, ...]]] = {
    kind: tuple(field.name for field in fields(kind)) for kind in (*get_args(Record), Usage)
}


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
    for name in _NAMES[type(record)]:
        match getattr(record, name):
            case str() as text:
                # str() turns a member of a StrEnum into its plain value.
                flat[name] = clean_text(str(text))
            case Caller(customer_id, caller_name, level):
                flat["customer_id"] = customer_id and clean_text(customer_id)
                flat["caller_name"] = caller_name and clean_text(caller_name)
                flat["caller_level"] = level.value
            case Usage() as usage:
                flat |= {part: getattr(usage, part) for part in _NAMES[Usage]}
            case None if name == "usage":
                flat |= dict.fromkeys(_NAMES[Usage])
            case tuple() as values:
                flat[name] = list(values)
            case value:
                flat[name] = value
    return flat


def _event(record: Record) -> str:
    match record:
        case ConversationRecord():
            if record.ended_at is not None:
                return "conversation_ended"
            is_new = record.disclosure_heard_at is None
            return "conversation_started" if is_new else "conversation_updated"
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
        case ResumptionRecord():
            return "resume_token_issued"
        case _:
            assert_never(record)

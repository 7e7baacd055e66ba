"""Takes secrets out of records before they are logged and written, and out of rows afterwards.

A card number may come in pieces: each conversation has a memory for them while it lasts.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy import Table as Declared
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

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
    STRICT,
    ConversationMemory,
    Removal,
    redact_json,
    without_digits_of,
    without_removed,
)
from agent_service.store.approvals import Approval
from agent_service.store.call_text import call_text
from agent_service.store.outbox import OutboxRow
from agent_service.store.policies import Policies
from agent_service.store.proof.chain import keys_where, note_redacted
from agent_service.store.proof.form import KINDS
from agent_service.store.provider_events import ProviderEvent, ProviderEventRow
from agent_service.store.requests import Callback, Handoff, Ticket
from agent_service.store.reviews.tables import Review
from agent_service.store.schema import Said, SaidJson, Told, ToldJson
from agent_service.store.search import forget_removed_words
from agent_service.store.silences import Silence, silence_turns
from agent_service.store.tables import (
    AuditEntry,
    Confirmation,
    Incident,
    Rating,
    ToolCall,
    Turn,
)
from agent_service.store.work.tables import Note

_JSON: Final = frozenset({"arguments", "output"})
_TEXT: Final = frozenset({"text", "heard_text", "summary", "answer", "message", "comment"})
"""What people and models say: it may hold secrets."""

_RECORD: Final = tuple(
    kind.metadata.tables[kind.__tablename__]
    for kind in (Turn, ToolCall, Confirmation, Incident, Rating)
)
"""With what was said, word for word."""
_TABLES: Final = (
    *_RECORD,
    *(
        kind.metadata.tables[kind.__tablename__]
        for kind in (
            *(AuditEntry, Approval, OutboxRow, Ticket, Callback, Handoff),
            *(ProviderEventRow, Note, Review),
        )
    ),
)
"""With what is said in a conversation."""

_SAID_IN_EVENTS: Final = frozenset({"transcript", "text"})
"""Fields of a provider's events with what was said."""

MOST_CONVERSATIONS: Final = 10_000
"""Whose memory is kept; beyond, the one that was silent for longest is forgotten."""


@dataclass(frozen=True, slots=True)
class CardPieces:
    """What earlier rows of the conversation may hold pieces of: a card, or something personal."""

    conversation_id: str
    digits: tuple[str, ...] = field(repr=False)
    """Of cards."""
    others: frozenset[str] = field(default=frozenset(), repr=False)
    """Numbers that stay where they are called an order's or the like."""
    removals: tuple[Removal, ...] = field(default=(), repr=False)
    """What is personal."""


@dataclass(frozen=True, slots=True)
class Redacted:
    """A record without secrets."""

    record: Record
    """As it is written."""
    logged: Record
    """As it is logged: a line cannot be taken back, so doubtful numbers are missing in it."""
    pieces: CardPieces | None = None
    """What now has to be taken out of others."""


class RecordRedactor:
    """Redacts records in the order in which they are made."""

    def __init__(self, policies: Policies | None = None) -> None:
        self._policies = policies or Policies({})
        self._memories: OrderedDict[str, ConversationMemory] = OrderedDict()

    def redact(self, record: Record) -> Redacted:
        """Return the record as it may be written and logged."""
        if isinstance(record, ResumptionRecord):
            return Redacted(record, record)
        if isinstance(record, ConversationRecord):
            self._policies.note(record.conversation_id, record.agent)
            if record.ended_at is not None:
                self._memories.pop(record.conversation_id, None)
            return Redacted(record, record)
        if record.conversation_id is None:
            kept = _redacted(record, ConversationMemory(STRICT))
            return Redacted(kept, kept)
        memory = self._memory(record.conversation_id)
        kept = _redacted(record, memory)
        digits, removals = memory.take_digits(), memory.take_removals()
        pieces = (
            CardPieces(record.conversation_id, digits, memory.others, removals)
            if digits or removals
            else None
        )
        return Redacted(kept, _for_log(kept, memory), pieces)

    def preview(self, turn: TurnRecord) -> TurnRecord:
        """Return as it may be logged what has come of a turn; nothing is remembered of it."""
        memory = deepcopy(self._memories.get(turn.conversation_id)) or self._new(
            turn.conversation_id
        )
        shown = _for_log(_redacted(turn, memory), memory)
        assert isinstance(shown, TurnRecord)
        return replace(shown, text=memory.without_open_address(shown.text))

    def redact_event(self, event: ProviderEvent) -> ProviderEvent:
        """Return what may be kept of an event; nothing is remembered of it, for what it says comes
        as a record, too."""
        memory = deepcopy(self._memories.get(event.conversation_id)) or self._new(
            event.conversation_id
        )

        def clean(text: str, name: str = "", /) -> str:
            said = memory.caller_turn(text) if name in _SAID_IN_EVENTS else text
            return memory.passage(said, name)

        return replace(event, payload=redact_json(event.payload, clean) if event.payload else "")

    def _new(self, conversation_id: str) -> ConversationMemory:
        return ConversationMemory(self._policies.known(conversation_id))

    def _memory(self, conversation_id: str) -> ConversationMemory:
        memory = self._memories.get(conversation_id)
        if memory is None:
            memory = self._memories[conversation_id] = self._new(conversation_id)
        self._memories.move_to_end(conversation_id)
        if len(self._memories) > MOST_CONVERSATIONS:
            self._memories.popitem(last=False)
        return memory


_Spoken = TurnRecord | ToolCallRecord | ConfirmationRecord | IncidentRecord | RatingRecord


def _redacted(record: _Spoken, memory: ConversationMemory) -> _Spoken:
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


def _for_log(record: _Spoken, memory: ConversationMemory) -> _Spoken:
    if not memory.is_doubtful:
        return record

    texts = {name: getattr(record, name, None) for name in _TEXT | _JSON}
    shown: dict[str, Any] = {
        name: redact_json(text, memory.for_log) if name in _JSON else memory.for_log(text)
        for name, text in texts.items()
        if text
    }
    return replace(record, **shown)


def tables_of_conversations(tables: Iterable[Declared]) -> tuple[Declared, ...]:
    """Return those of a company's tables whose rows say of which conversation they are."""
    return tuple(table for table in tables if "conversation_id" in table.c)


def remove_pieces(
    session: Session, pieces: CardPieces, others: Iterable[Declared] = ()
) -> list[Silence]:
    """Take the pieces of a card out of every row of its conversation, and out of the index.

    ``others`` are a company's tables with what is said in conversations. Return what recordings may
    not hold any more.
    """
    has_changed = False
    silences: list[Silence] = []
    for table in (*_TABLES, *others):
        columns = table.c
        is_record = table in _RECORD
        key = tuple(table.primary_key)
        said = [one for one in columns if isinstance(one.type, Said) and not _is_used(one.type)]
        rows = session.execute(
            select(*key, *said).where(columns["conversation_id"] == pieces.conversation_id)
        ).all()
        for row in rows:
            changes = {
                column.name: clean
                for column, value in zip(said, row[len(key) :], strict=True)
                if value
                and (clean := _without_pieces(column.type, value, pieces, is_record)) != value
            }
            if changes:
                where = [column == value for column, value in zip(key, row, strict=False)]
                now = {one.name: text for one, text in zip(said, row[len(key) :], strict=True)}
                changes |= _words(table, now | changes)
                session.execute(update(table).where(*where).values(changes))
                if kind := KINDS.get(table.name):
                    note_redacted(session, keys_where(session, kind, *where))
                if table is Turn.__table__:
                    silences += silence_turns(session, *where)
                has_changed |= "search_words" in changes
    if has_changed:
        forget_removed_words(session)
    return silences


def _words(table: Declared, texts: Mapping[str, str]) -> dict[str, str]:
    """Return what the row is found by, where it is."""
    if table is Turn.__table__:
        return {"search_words": texts["text"]}
    if table is ToolCall.__table__:
        return {"search_words": call_text(texts["arguments"], texts["output"])}
    return {}


def _is_used(kind: TypeEngine[Any]) -> bool:
    """Tell whether texts of this kind are needed as they are."""
    return isinstance(kind, Told | ToldJson)


def _without_pieces(kind: TypeEngine[Any], value: str, pieces: CardPieces, is_record: bool) -> str:
    def clean(text: str, name: str = "", /) -> str:
        for digits in pieces.digits:
            text = without_digits_of(text, digits, pieces.others)
        for removal in pieces.removals:
            if is_record or not removal.is_way_to_somebody:
                text = without_removed(text, removal)
        return text

    return redact_json(value, clean) if isinstance(kind, SaidJson) else clean(value)

"""Questions to the record, newest first: one statement for a page, and one for where it begins."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any, Generic

from sqlalchemy import ColumnElement, Select, and_, exists, func, select, tuple_
from sqlalchemy.orm import Session

from agent_service.conversation.records import CallerLevel, Modality, Role, ToolCallStatus
from agent_service.errors import QueryError, QueryProblem
from agent_service.store.answers import (
    ConfirmationRow,
    ConversationRow,
    IncidentRow,
    Page,
    RatingRow,
    Row,
    ToolCallRow,
    TurnRow,
    WholeConversation,
)
from agent_service.store.cursors import UNKNOWN_CURSOR, Cursors
from agent_service.store.filters import (
    END,
    FLAG,
    ID,
    INTEGER,
    MOMENT,
    NUMBER,
    ROW_NUMBER,
    TEXT,
    Field,
    Question,
    choice,
    parse_question,
)
from agent_service.store.search import make_snippet, search
from agent_service.store.tables import (
    Confirmation,
    Conversation,
    Incident,
    Rating,
    ToolCall,
    ToolEffect,
    Turn,
)


def _count(table: Any) -> Any:
    return (
        select(func.count())
        .select_from(table)
        .where(table.conversation_id == Conversation.id)
        .scalar_subquery()
    )


def _columns(row: type[Any], table: Any, **others: Any) -> Select[Any]:
    """Return a SELECT of the columns that the row has fields for."""
    return select(
        *(
            (others[field.name] if field.name in others else getattr(table, field.name)).label(
                field.name
            )
            for field in fields(row)
            if field.name != "snippet"
        )
    )


@dataclass(frozen=True, slots=True)
class List(Generic[Row]):
    """A list that can be asked for in pages."""

    row: type[Row]
    rows: Select[Any]
    fields: dict[str, Field]
    order: tuple[Any, ...]
    """Columns that place a row; together unique."""
    cursors: Cursors
    has_text: bool = False

    def parse(self, parameters: Iterable[tuple[str, str]]) -> Question:
        """Check a question; raise QueryError with everything that is wrong with it."""
        return parse_question(self.fields, parameters, self.cursors.read, has_text=self.has_text)

    def page(self, session: Session, question: Question) -> Page[Row]:
        """Answer a question; raise QueryError where no row has the place after which it asks."""
        if question.after is not None and not self._has(session, question.after):
            raise QueryError([QueryProblem("cursor", UNKNOWN_CURSOR)])
        statement, order = self.rows.where(*question.conditions), self.order
        if question.terms:
            statement, number = search(statement, question.terms, session.get_bind().dialect.name)
            order = (number,)
        if question.after is not None:
            statement = statement.where(_before(order, question.after))
        statement = statement.order_by(*(column.desc() for column in order))
        found = session.execute(statement.limit(question.limit + 1)).mappings().all()
        items = [self.row(**row) for row in found[: question.limit]]
        has_more = len(found) > question.limit
        if not has_more:
            return Page(items, None)
        last = [getattr(items[-1], column.key) for column in self.order]
        return Page(items, self.cursors.write(last))

    def _has(self, session: Session, place: tuple[Any, ...]) -> bool:
        """Tell whether a row has the place: a cursor's shape alone could be anybody's."""
        is_there = and_(*(column == value for column, value in zip(self.order, place, strict=True)))
        return bool(session.scalar(select(exists().where(is_there))))


def _before(order: tuple[Any, ...], place: tuple[Any, ...]) -> ColumnElement[bool]:
    if len(order) == 1:
        return order[0] < place[0]  # type: ignore[no-any-return]  # columns are untyped here
    return tuple_(*order) < tuple_(*place)


CONVERSATIONS = List(
    ConversationRow,
    _columns(
        ConversationRow,
        Conversation,
        turn_count=_count(Turn),
        incident_count=_count(Incident),
    ),
    {
        "agent": Field(TEXT, Conversation.agent),
        "caller": Field(TEXT, Conversation.customer_id),
        "level": Field(choice(CallerLevel), Conversation.caller_level),
        "channel": Field(TEXT, Conversation.channel),
        "modality": Field(choice(Modality), Conversation.modality),
        "provider": Field(TEXT, Conversation.provider),
        "since": Field(MOMENT, Conversation.started_at, "gte"),
        "until": Field(END, Conversation.started_at, "lt"),
        "is_open": Field(FLAG, Conversation.ended_at.is_(None)),
        "has_incident": Field(FLAG, exists().where(Incident.conversation_id == Conversation.id)),
    },
    (Conversation.started_at, Conversation.id),
    Cursors("conversations", (MOMENT, ID)),
)

TURNS = List(
    TurnRow,
    _columns(TurnRow, Turn),
    {
        "conversation": Field(TEXT, Turn.conversation_id),
        "role": Field(choice(Role), Turn.role),
        "modality": Field(choice(Modality), Turn.modality),
        "since": Field(MOMENT, Turn.started_at, "gte"),
        "until": Field(END, Turn.started_at, "lt"),
        "is_interrupted": Field(FLAG, Turn.is_interrupted),
        "first_audio_ms": Field(INTEGER, Turn.first_audio_ms),
        "heard_ms": Field(INTEGER, Turn.heard_ms),
        "cost_usd": Field(NUMBER, Turn.cost_usd),
    },
    (Turn.number,),
    Cursors("turns", (ROW_NUMBER,)),
    has_text=True,
)

TOOL_CALLS = List(
    ToolCallRow,
    _columns(ToolCallRow, ToolCall),
    {
        "conversation": Field(TEXT, ToolCall.conversation_id),
        "name": Field(TEXT, ToolCall.name),
        "status": Field(choice(ToolCallStatus), ToolCall.status),
        "effect": Field(choice(ToolEffect), ToolCall.effect),
        "since": Field(MOMENT, ToolCall.requested_at, "gte"),
        "until": Field(END, ToolCall.requested_at, "lt"),
    },
    (ToolCall.requested_at, ToolCall.id),
    Cursors("tool_calls", (MOMENT, ID)),
)

INCIDENTS = List(
    IncidentRow,
    _columns(IncidentRow, Incident),
    {
        "conversation": Field(TEXT, Incident.conversation_id),
        "code": Field(TEXT, Incident.code),
        "since": Field(MOMENT, Incident.occurred_at, "gte"),
        "until": Field(END, Incident.occurred_at, "lt"),
    },
    (Incident.occurred_at, Incident.id),
    Cursors("incidents", (MOMENT, ID)),
)


def find_turns(session: Session, question: Question) -> Page[TurnRow]:
    """Answer a question about turns, with what was found marked in each."""
    page = TURNS.page(session, question)
    if not question.terms:
        return page
    items = [replace(row, snippet=make_snippet(row.text, question.terms)) for row in page.items]
    return replace(page, items=items)


def turns_after(session: Session, number: int, limit: int) -> list[TurnRow]:
    """Return turns recorded after the one of that number, oldest first."""
    statement = TURNS.rows.where(Turn.number > number).order_by(Turn.number).limit(limit)
    return _rows(session, TurnRow, statement)


def whole_conversation(session: Session, conversation_id: str) -> WholeConversation | None:
    """Return everything on record of a conversation, or None if there is no such."""
    heads = _rows(
        session, ConversationRow, CONVERSATIONS.rows.where(Conversation.id == conversation_id)
    )
    if not heads:
        return None

    def of(row: type[Row], table: Any, *order: Any) -> list[Row]:
        statement = _columns(row, table).where(table.conversation_id == conversation_id)
        return _rows(session, row, statement.order_by(*order))

    return WholeConversation(
        heads[0],
        of(TurnRow, Turn, Turn.seq),
        of(ToolCallRow, ToolCall, ToolCall.requested_at, ToolCall.id),
        of(ConfirmationRow, Confirmation, Confirmation.offered_at, Confirmation.id),
        of(IncidentRow, Incident, Incident.occurred_at, Incident.id),
        next(iter(of(RatingRow, Rating, Rating.conversation_id)), None),
    )


def _rows(session: Session, row: type[Row], statement: Select[Any]) -> list[Row]:
    return [row(**found) for found in session.execute(statement).mappings()]

"""Questions to the record: what each list holds, what it is asked for by, and in which orders."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, Final

from sqlalchemy import ColumnElement, RowMapping, Select, Subquery, func, literal_column, select
from sqlalchemy.orm import Session

from agent_service.conversation.records import (
    CallerLevel,
    ConfirmationStatus,
    Modality,
    Role,
    ToolCallStatus,
)
from agent_service.store.answers import (
    ConfirmationRow,
    ConversationRow,
    Hit,
    IncidentRow,
    RatingRow,
    Row,
    ToolCallRow,
    TurnRow,
    WholeConversation,
)
from agent_service.store.approvals import Approval, ApprovalStatus
from agent_service.store.call_text import call_text
from agent_service.store.common_words import first_with_words
from agent_service.store.contradictions import Bound
from agent_service.store.cursors import Cursors
from agent_service.store.facts import (
    PLACES,
    FactsOfConversation,
    earliest_number,
    latest_number,
    number_at,
)
from agent_service.store.filters import (
    END,
    FLAG,
    INTEGER,
    LONG,
    MOMENT,
    NUMBER,
    SCORE,
    SET,
    SHARE,
    TEXT,
    Field,
    Part,
    Question,
    choice,
)
from agent_service.store.pages import List, columns, from_columns
from agent_service.store.reviews.asking import REVIEW_FIELDS, SHOWN_REVIEWS
from agent_service.store.search import (
    first_hit,
    make_snippet,
    numbers_with,
    search_calls,
    search_turns,
)
from agent_service.store.sorts import Sort
from agent_service.store.tables import (
    Confirmation,
    Conversation,
    Incident,
    Rating,
    ToolCall,
    ToolEffect,
    Turn,
)
from agent_service.store.work.asking import WORK_FIELDS
from agent_service.store.work.notes import notes_of
from agent_service.store.work.tables import ConversationLabel, ConversationWork, Label

_Facts: Final = FactsOfConversation
_HIGHEST: Final = 2**47 - 1
_SETS: Final = ("flags", "confirmations", "incidents")


def _flag(condition: Any, subject: str) -> Field:
    """Return whether there is one or more of something."""
    yes, no = Bound(subject, "gte", 1), Bound(subject, "is", 0)
    return Field(FLAG, condition, bounds=(yes,), bounds_of_no=(no,))


_ENDED: Final = (Bound("is_open", "is", False),)

CONVERSATION_FIELDS: Final[Mapping[str, Field]] = {
    "agent": Field(TEXT, _Facts.agent),
    "customer": Field(TEXT, _Facts.customer_id),
    "caller": Field(TEXT, _Facts.customer_id, subject="customer"),
    "level": Field(choice(CallerLevel), _Facts.caller_level),
    "channel": Field(TEXT, _Facts.channel),
    "modality": Field(choice(Modality), _Facts.modality),
    "provider": Field(TEXT, _Facts.provider),
    "language": Field(TEXT, _Facts.language),
    "since": Field(MOMENT, _Facts.started_at, "gte", subject="started_at"),
    "until": Field(END, _Facts.started_at, "lt", subject="started_at"),
    "is_open": Field(
        FLAG,
        _Facts.duration_ms.is_(None),
        bounds=(Bound("is_open", "is", True),),
        bounds_of_no=_ENDED,
    ),
    "end_reason": Field(TEXT, _Facts.end_reason, bounds=_ENDED),
    "duration_ms": Field(LONG, _Facts.duration_ms, bounds=_ENDED),
    "turn_count": Field(INTEGER, _Facts.turn_count),
    "is_interrupted": _flag(_Facts.interruption_count > 0, "interruption_count"),
    "interruption_count": Field(INTEGER, _Facts.interruption_count),
    "heard_share": Field(SHARE, _Facts.heard_share),
    "slowest_first_audio_ms": Field(INTEGER, _Facts.slowest_first_audio_ms),
    "mean_first_audio_ms": Field(INTEGER, _Facts.mean_first_audio_ms),
    "cost_usd": Field(NUMBER, _Facts.cost_usd),
    "tool": Field(TEXT, ToolCall.name, of="tool_call"),
    "tool_status": Field(choice(ToolCallStatus), ToolCall.status, of="tool_call"),
    "tool_effect": Field(choice(ToolEffect), ToolCall.effect, of="tool_call"),
    "tool_error": Field(TEXT, ToolCall.error_kind, of="tool_call"),
    "confirmation": Field(choice(ConfirmationStatus, is_set=True), _Facts.confirmations),
    "approval": Field(choice(ApprovalStatus), Approval.status, of="approval"),
    "has_failed_tool": _flag(_Facts.call_failure_count > 0, "call_failure_count"),
    "has_incident": _flag(_Facts.incident_count > 0, "incident_count"),
    "incident": Field(SET, _Facts.incidents, bounds=(Bound("incident_count", "gte", 1),)),
    "incident_count": Field(INTEGER, _Facts.incident_count),
    "needed_person": Field(FLAG, _Facts.needed_person),
    "rating": Field(SCORE, _Facts.rating),
    "flag": Field(SET, _Facts.flags),
    "is_recorded": _flag(_Facts.recording_count > 0, "recording_count"),
    **WORK_FIELDS,
    **REVIEW_FIELDS,
}


def conditions_of(question: Question, dialect: str) -> tuple[ColumnElement[bool], ...]:
    """Return what a question about conversations asks of ``FactsOfConversation``.

    ``dialect`` is the kind of the database: ``sqlite`` or ``postgresql``.
    """
    conditions, between = _conditions_but_words(question)
    if question.terms:
        with_words = numbers_with(question.terms, dialect, between)
        conditions.append(FactsOfConversation.number.in_(with_words))
    return tuple(conditions)


def _conditions_but_words(
    question: Question,
) -> tuple[list[ColumnElement[bool]], tuple[int, int] | None]:
    """Return also between which places its stretch of time lies."""
    conditions, between = list(question.conditions), None
    if question.since is not None or question.until is not None:
        low = 0 if question.since is None else earliest_number(question.since)
        high = _HIGHEST if question.until is None else latest_number(question.until)
        between = (low << PLACES, (high << PLACES) + (1 << PLACES) - 1)
        conditions.append(FactsOfConversation.number.between(low, high))
    for part, asked in question.of_parts.items():
        conditions.append(_with_part(part, asked, between))
    return conditions, between


_OF_PARTS: Final[Mapping[Part, Any]] = {
    "approval": select(Approval.conversation_id),
    "work": select(ConversationWork.conversation_id),
    "review": SHOWN_REVIEWS,
}
"""Of which conversation a row is; tool calls have a place."""


def _with_part(
    part: Part, asked: tuple[ColumnElement[bool], ...], between: tuple[int, int] | None
) -> ColumnElement[bool]:
    """Return that a conversation has a row for which all of the conditions hold."""
    of = _OF_PARTS.get(part)
    if of is not None:
        return FactsOfConversation.conversation_id.in_(of.where(*asked))
    calls = select(number_at(ToolCall.place)).where(*asked)
    if between is not None:
        calls = calls.where(ToolCall.place.between(*between))
    return FactsOfConversation.number.in_(calls)


def _conversations(rows: Select[Any], question: Question, dialect: str) -> tuple[Select[Any], Sort]:
    if dialect == "sqlite" or not question.terms:
        return _all_conversations(rows, question, dialect)
    return first_with_words(question, *_conditions_but_words(question))


def _all_conversations(
    rows: Select[Any], question: Question, dialect: str
) -> tuple[Select[Any], Sort]:
    return rows.where(*conditions_of(question, dialect)), question.sort


def _conversation_sorts(_: bool) -> Mapping[str, Sort]:
    """Return the orders of conversations; what is not known counts as less than anything."""
    number: Any = FactsOfConversation.number
    sorts = {"started_at": Sort((number,), ("number",))}
    for name in ("duration_ms", "turn_count", "interruption_count", "slowest_first_audio_ms"):
        value = func.coalesce(getattr(FactsOfConversation, name), literal_column("-1"))
        sorts[name] = Sort((value, number), ("number", "number"))
    for name in ("mean_first_audio_ms", "incident_count", "rating"):
        value = func.coalesce(getattr(FactsOfConversation, name), literal_column("-1"))
        sorts[name] = Sort((value, number), ("number", "number"))
    for name in ("cost_usd", "heard_share"):
        value = func.coalesce(getattr(FactsOfConversation, name), literal_column("-1"))
        sorts[name] = Sort((value, number), ("amount", "number"))
    return sorts


def _dressed(page: Subquery, question: Question, dialect: str) -> Select[Any]:
    """Add to conversations what their own rows say, and which turn or tool call has the words."""
    facts, own = _Facts.__table__.alias("facts"), Conversation.__table__.alias("own")
    work = ConversationWork.__table__.alias("work")
    joined = (
        page.join(facts, facts.c.number == page.c.number)
        .join(own, own.c.id == page.c.id)
        .outerjoin(work, work.c.conversation_id == page.c.id)
    )
    said = [
        *(facts.c[one.name] for one in fields(ConversationRow) if one.name in _FACTS),
        *(own.c[name] for name in _OWN),
        (facts.c.recording_count > 0).label("is_recorded"),
        work.c.state.label("work_state"),
        work.c.waits_until,
        work.c.assignee,
        _labels(page.c.id).label("labels"),
    ]
    if not question.terms:
        return select(page, *said).select_from(joined)
    # Looked for once for each conversation, not once for each table that it may lie in.
    hit = first_hit(question.terms, dialect, page.c.id).label("hit")
    rows = select(page, *said, hit).select_from(joined).subquery("found")
    turn, call = Turn.__table__.alias("hit_turn"), ToolCall.__table__.alias("hit_call")
    return select(
        rows,
        turn.c.id.label("hit_turn_id"),
        turn.c.text.label("hit_text"),
        func.coalesce(turn.c.started_ms, call.c.started_ms).label("hit_ms"),
        call.c.id.label("hit_call_id"),
        call.c.arguments.label("hit_arguments"),
        call.c.output.label("hit_output"),
    ).select_from(
        rows.outerjoin(turn, turn.c.place == rows.c.hit).outerjoin(call, call.c.place == rows.c.hit)
    )


def _labels(conversation_id: Any) -> Any:
    """Return the names of a conversation's labels, one after the other."""
    return (
        select(func.aggregate_strings(Label.name, " "))
        .join(ConversationLabel, ConversationLabel.label_id == Label.id)
        .where(ConversationLabel.conversation_id == conversation_id)
        .scalar_subquery()
    )


def _conversation(row: RowMapping, question: Question) -> ConversationRow:
    sets = {name: tuple(row[name].split()) for name in _SETS}
    sets["labels"] = tuple(sorted((row["labels"] or "").split()))
    return from_columns(ConversationRow, row, snippet=_hit(row, question), **sets)


def _hit(row: RowMapping, question: Question) -> Hit | None:
    if not question.terms:
        return None
    if row["hit_call_id"] is not None:
        text = call_text(row["hit_arguments"], row["hit_output"])
    else:
        text = row["hit_text"] or ""
    found = make_snippet(text, question.terms)
    return Hit(
        text=found.text,
        marks=found.marks,
        turn_id=row["hit_turn_id"],
        call_id=row["hit_call_id"],
        started_ms=row["hit_ms"],
    )


_OWN: Final = ("model", "ended_at", "disclosure_heard_at", "caller_name")
"""What only the conversation's own row says."""

_FACTS: Final = frozenset(column.name for column in _Facts.__table__.c)
_NUMBERED: Final[tuple[Any, ...]] = (_Facts.number, _Facts.conversation_id.label("id"))
_CONVERSATION_ROWS: Final = select(*_NUMBERED)
"""No more, for it is what a database sorts."""

CONVERSATIONS: Final = List(
    ConversationRow,
    _CONVERSATION_ROWS,
    CONVERSATION_FIELDS,
    _conversation_sorts,
    Cursors("conversations"),
    _conversations,
    _all_conversations,
    has_text=True,
    dress=_dressed,
    make=_conversation,
)


def _turns(rows: Select[Any], question: Question, dialect: str) -> tuple[Select[Any], Sort]:
    rows = rows.where(*question.conditions)
    if not question.terms:
        return rows, question.sort
    rows, place = search_turns(rows, question.terms, dialect)
    return rows, replace(question.sort, columns=(place,))


def _turn_sorts(has_terms: bool) -> Mapping[str, Sort]:
    return {"number": Sort((Turn.place if has_terms else Turn.number,), ("number",))}


def _dressed_turns(page: Subquery, _question: Question, _dialect: str) -> Select[Any]:
    """Add to turns what an index with all that is asked of them does not say."""
    places = (column for column in page.c if column.name != "number")
    shown = columns(TurnRow, Turn).add_columns(*places)
    return shown.select_from(page.join(Turn, Turn.number == page.c.number))


def _turn(row: RowMapping, question: Question) -> TurnRow:
    found = make_snippet(row["text"], question.terms) if question.terms else None
    return from_columns(TurnRow, row, snippet=found)


TURNS: Final = List(
    TurnRow,
    select(Turn.number),
    {
        "conversation": Field(TEXT, Turn.conversation_id),
        "role": Field(choice(Role), Turn.role),
        "modality": Field(choice(Modality), Turn.modality),
        "since": Field(MOMENT, Turn.started_at, "gte", subject="started_at"),
        "until": Field(END, Turn.started_at, "lt", subject="started_at"),
        "is_interrupted": Field(FLAG, Turn.is_interrupted),
        "first_audio_ms": Field(INTEGER, Turn.first_audio_ms),
        "heard_ms": Field(INTEGER, Turn.heard_ms),
        "cost_usd": Field(NUMBER, Turn.cost_usd),
    },
    _turn_sorts,
    Cursors("turns"),
    _turns,
    has_text=True,
    dress=_dressed_turns,
    make=_turn,
)


def _calls(rows: Select[Any], question: Question, dialect: str) -> tuple[Select[Any], Sort]:
    rows = rows.where(*question.conditions)
    if not question.terms:
        return rows, question.sort
    rows, place = search_calls(rows, question.terms, dialect)
    return rows, replace(question.sort, columns=(place,))


def _call_sorts(has_terms: bool) -> Mapping[str, Sort]:
    if has_terms:
        return {"requested_at": Sort((ToolCall.place,), ("number",))}
    return {"requested_at": Sort((ToolCall.requested_at, ToolCall.id), ("moment", "id"))}


def _call(row: RowMapping, question: Question) -> ToolCallRow:
    found = None
    if question.terms:
        found = make_snippet(call_text(row["arguments"], row["output"]), question.terms)
    return from_columns(ToolCallRow, row, snippet=found)


TOOL_CALLS: Final = List(
    ToolCallRow,
    columns(ToolCallRow, ToolCall),
    {
        "conversation": Field(TEXT, ToolCall.conversation_id),
        "name": Field(TEXT, ToolCall.name),
        "status": Field(choice(ToolCallStatus), ToolCall.status),
        "effect": Field(choice(ToolEffect), ToolCall.effect),
        "error": Field(TEXT, ToolCall.error_kind),
        "since": Field(MOMENT, ToolCall.requested_at, "gte", subject="requested_at"),
        "until": Field(END, ToolCall.requested_at, "lt", subject="requested_at"),
    },
    _call_sorts,
    Cursors("tool_calls"),
    _calls,
    has_text=True,
    make=_call,
)


def _incidents(rows: Select[Any], question: Question, dialect: str) -> tuple[Select[Any], Sort]:
    return rows.where(*question.conditions), question.sort


def _incident_sorts(_: bool) -> Mapping[str, Sort]:
    return {"occurred_at": Sort((Incident.occurred_at, Incident.id), ("moment", "id"))}


INCIDENTS: Final = List(
    IncidentRow,
    columns(IncidentRow, Incident),
    {
        "conversation": Field(TEXT, Incident.conversation_id),
        "code": Field(TEXT, Incident.code),
        "since": Field(MOMENT, Incident.occurred_at, "gte", subject="occurred_at"),
        "until": Field(END, Incident.occurred_at, "lt", subject="occurred_at"),
    },
    _incident_sorts,
    Cursors("incidents"),
    _incidents,
)


def turns_after(session: Session, number: int, limit: int) -> list[TurnRow]:
    """Return turns recorded after the one of that number, oldest first."""
    statement = (
        columns(TurnRow, Turn).where(Turn.number > number).order_by(Turn.number).limit(limit)
    )
    return _rows(session, TurnRow, statement)


def whole_conversation(session: Session, conversation_id: str) -> WholeConversation | None:
    """Return everything on record of a conversation, or None if there is no such."""
    question = CONVERSATIONS.parse(())
    dialect = session.get_bind().dialect.name
    one = CONVERSATIONS.rows.where(FactsOfConversation.conversation_id == conversation_id)
    head = session.execute(_dressed(one.subquery(), question, dialect)).mappings().one_or_none()
    if head is None:
        return None

    def of(row: type[Row], table: Any, *order: Any) -> list[Row]:
        statement = columns(row, table).where(table.conversation_id == conversation_id)
        return _rows(session, row, statement.order_by(*order))

    return WholeConversation(
        _conversation(head, question),
        of(TurnRow, Turn, Turn.seq),
        of(ToolCallRow, ToolCall, ToolCall.requested_at, ToolCall.id),
        of(ConfirmationRow, Confirmation, Confirmation.offered_at, Confirmation.id),
        of(IncidentRow, Incident, Incident.occurred_at, Incident.id),
        next(iter(of(RatingRow, Rating, Rating.conversation_id)), None),
        notes_of(session, conversation_id),
    )


def neighbours(
    session: Session, question: Question, conversation_id: str
) -> tuple[str | None, str | None]:
    """Return which conversations lie before and after one in the answer to a question."""
    one = FactsOfConversation.conversation_id == conversation_id
    before, after = CONVERSATIONS.around(session, question, one)
    return before.id if before else None, after.id if after else None


def _rows(session: Session, row: type[Row], statement: Select[Any]) -> list[Row]:
    return [row(**found) for found in session.execute(statement).mappings()]

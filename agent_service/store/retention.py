"""How long each kind of data is kept, for each agent, and taking out what is older.

Works in small transactions, oldest first, and remembers how far it has come: what it did is not
looked at again.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy import Table as Declared
from sqlalchemy.orm import Mapped, Session, mapped_column

from agent_service.agent import AgentSettings
from agent_service.store.database import Database
from agent_service.store.forgetting import (
    declared,
    delete_conversation,
    expire_pictures,
    expire_text,
    expire_tools,
)
from agent_service.store.outbox import OutboxRow, OutboxStatus
from agent_service.store.requests import (
    Callback,
    Handoff,
    RequestStatus,
    Ticket,
    TicketStatus,
)
from agent_service.store.schema import CleanText, Table
from agent_service.store.search import merge_search_index
from agent_service.store.tables import AuditEntry, Conversation, Recording

BATCH: Final = 5
"""Conversations of one transaction."""
ROWS: Final = 500
"""Rows of one transaction, of those without conversations."""


class Kept(StrEnum):
    """What is kept for so long."""

    TEXT = "text"
    TOOLS = "tools"
    PICTURES = "pictures"
    RECORDINGS = "recordings"
    CONVERSATIONS = "conversations"
    MESSAGES = "messages"
    REQUESTS = "requests"
    AUDIT = "audit"


class RetentionMark(Table):
    """How far retention has come: what began before is done."""

    __tablename__ = "retention_marks"

    agent: Mapped[str] = mapped_column(CleanText(64), primary_key=True)
    kind: Mapped[str] = mapped_column(CleanText(24), primary_key=True)
    done_until: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Rule:
    """For how many days a kind is kept; of an agent, counted from a conversation's beginning."""

    kind: Kept
    days: int
    agent: str = ""
    """Empty for what belongs to none."""


def rules_of(agents: Iterable[AgentSettings], others: Mapping[Kept, int | None]) -> list[Rule]:
    """Return the rules that the settings have; what is kept for ever has none."""
    rules = []
    for agent in agents:
        own = agent.retention
        days = {
            Kept.RECORDINGS: own.recording_days,
            Kept.PICTURES: own.picture_days,
            Kept.TOOLS: own.tool_days,
            Kept.TEXT: own.text_days,
            Kept.CONVERSATIONS: own.conversation_days,
        }
        rules += [Rule(kind, each, agent.name) for kind, each in days.items() if each is not None]
    return [*rules, *(Rule(kind, days) for kind, days in others.items() if days is not None)]


class Retention:
    """Takes out what is older than the rules allow."""

    def __init__(
        self, database: Database, rules: Iterable[Rule], delete_sound: Callable[[str], int]
    ) -> None:
        self._database = database
        self._rules = tuple(rules)
        self._delete_sound = delete_sound
        self._passed: datetime | None = None
        """How far this run has come with a rule, where its mark cannot follow."""

    def due(self, now: datetime) -> dict[Rule, int]:
        """Return of how many conversations, or rows, each rule would take something out now."""
        with self._database.read() as session:
            return {rule: _count(session, rule, now) for rule in self._rules}

    def run(self, now: datetime) -> Iterator[tuple[Rule, Counter[str]]]:
        """Take out what is due; yields after each transaction what was taken out in it."""
        has_removed = False
        for rule in self._rules:
            self._passed = None
            while counts := self._step(rule, now):
                has_removed = True
                yield rule, counts
        if has_removed:
            self._forget_words()

    def _step(self, rule: Rule, now: datetime) -> Counter[str] | None:
        if not rule.agent:
            with self._database.write() as session:
                count = _delete_rows(session, rule, now)
            return Counter({rule.kind.value: count}) if count else None
        with self._database.read() as session:
            due = _due_conversations(session, rule, now, self._passed)
        if not due:
            return None
        counts: Counter[str] = Counter()
        if rule.kind in (Kept.RECORDINGS, Kept.CONVERSATIONS):
            # Files first: a row says where they are for as long as they are there.
            counts["recordings"] += sum(self._delete_sound(id) for id, _ in due)
        with self._database.write() as session:
            for id, _ in due:
                counts += _FORGET[rule.kind](session, id)
            if rule.kind is not Kept.CONVERSATIONS:
                _move_mark(session, rule, due[-1][1])
                self._passed = due[-1][1]
        return counts + Counter({"seen": len(due)})

    def _forget_words(self) -> None:
        """Have the search index and SQLite's files forget what is gone, a little at a time."""
        is_first, goes_on = True, True
        while goes_on:
            with self._database.write() as session:
                goes_on = merge_search_index(session, is_first=is_first)
            is_first = False
        self._database.forget_removed()


_FORGET: Final[Mapping[Kept, Callable[[Session, str], Counter[str]]]] = {
    Kept.TEXT: expire_text,
    Kept.TOOLS: expire_tools,
    Kept.PICTURES: expire_pictures,
    Kept.RECORDINGS: lambda session, id: Counter(),
    Kept.CONVERSATIONS: delete_conversation,
}


def _due(
    session: Session, rule: Rule, now: datetime, passed: datetime | None = None
) -> ColumnElement[bool]:
    columns = declared(Conversation).c
    mark = session.get(RetentionMark, (rule.agent, rule.kind.value))
    is_due = and_(
        columns.agent == rule.agent,
        columns.started_at < now - timedelta(days=rule.days),
        columns.ended_at.is_not(None),
    )
    if rule.kind is Kept.CONVERSATIONS:
        return is_due
    for done in (passed, mark and mark.done_until):
        if done is not None:
            is_due &= columns.started_at > done
    if rule.kind is Kept.RECORDINGS:
        recordings = declared(Recording).c
        is_due &= select(recordings.id).where(recordings.conversation_id == columns.id).exists()
    return is_due


def _due_conversations(
    session: Session, rule: Rule, now: datetime, passed: datetime | None
) -> list[tuple[str, datetime]]:
    """Return the oldest; those of the last moment all, so that the mark passes none of them."""
    columns = declared(Conversation).c
    is_due = _due(session, rule, now, passed)
    wanted = select(columns.id, columns.started_at).where(is_due)
    order = (columns.started_at, columns.id)
    connection = session.connection()
    found = [(row[0], row[1]) for row in connection.execute(wanted.order_by(*order).limit(BATCH))]
    if len(found) == BATCH:
        last = found[-1][1]
        same = connection.execute(wanted.where(columns.started_at == last).order_by(*order))
        found = [one for one in found if one[1] != last] + [(row[0], row[1]) for row in same]
    return found


def _count(session: Session, rule: Rule, now: datetime) -> int:
    if rule.agent:
        meant = (
            select(func.count()).select_from(declared(Conversation)).where(_due(session, rule, now))
        )
        return session.connection().execute(meant).scalar_one()
    counts = (
        session.connection()
        .execute(select(func.count()).select_from(table).where(is_due))
        .scalar_one()
        for table, is_due in _old_rows(rule, now)
    )
    return sum(counts)


def _old_rows(rule: Rule, now: datetime) -> list[tuple[Declared, ColumnElement[bool]]]:
    """Return which rows without an agent are older than allowed; what is still open is none."""
    before = now - timedelta(days=rule.days)
    match rule.kind:
        case Kept.MESSAGES:
            outbox = declared(OutboxRow)
            is_open = outbox.c.status.in_((OutboxStatus.QUEUED, OutboxStatus.SENT))
            return [(outbox, and_(outbox.c.queued_at < before, ~is_open))]
        case Kept.AUDIT:
            audit = declared(AuditEntry)
            return [(audit, audit.c.occurred_at < before)]
        case Kept.REQUESTS:
            tickets, calls, handoffs = map(declared, (Ticket, Callback, Handoff))
            return [
                (
                    tickets,
                    and_(tickets.c.created_at < before, tickets.c.status != TicketStatus.OPEN),
                ),
                (
                    calls,
                    and_(calls.c.created_at < before, calls.c.status != RequestStatus.REQUESTED),
                ),
                (
                    handoffs,
                    and_(
                        handoffs.c.requested_at < before,
                        handoffs.c.status != RequestStatus.REQUESTED,
                    ),
                ),
            ]
        case _:
            raise AssertionError(rule.kind)


def _delete_rows(session: Session, rule: Rule, now: datetime) -> int:
    for table, is_due in _old_rows(rule, now):
        key = next(iter(table.primary_key))
        some = select(key).where(is_due).limit(ROWS)
        found: list[Any] = list(session.connection().execute(some).scalars())
        if found:
            session.connection().execute(delete(table).where(key.in_(found)))
            return len(found)
    return 0


def _move_mark(session: Session, rule: Rule, until: datetime) -> None:
    """Note how far this rule has come, unless something before still goes on."""
    columns = declared(Conversation).c
    first_open = (
        session.connection()
        .execute(
            select(func.min(columns.started_at)).where(
                columns.agent == rule.agent,
                columns.ended_at.is_(None),
                or_(columns.started_at < until, columns.started_at == until),
            )
        )
        .scalar_one()
    )
    if first_open is not None:
        until = first_open - timedelta(microseconds=1)
    mark = session.get(RetentionMark, (rule.agent, rule.kind.value))
    if mark is None:
        session.add(RetentionMark(agent=rule.agent, kind=rule.kind.value, done_until=until))
    elif until > mark.done_until:
        mark.done_until = until
    session.flush()

"""What can be asked of a whole conversation: one narrow row beside each.

The database keeps it, whoever writes: triggers copy what the conversation's row says and count its
turns, confirmations, incidents, rating and recordings anew (the migration has them). Nothing here
is on record; ``recount`` makes all of it again.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    String,
    false,
    func,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from agent_service.store.approvals import Approval
from agent_service.store.database import Database
from agent_service.store.outbox import OutboxRow
from agent_service.store.requests import Callback, Handoff, Ticket
from agent_service.store.schema import CleanText, Table, index_where
from agent_service.store.tables import (
    Confirmation,
    Conversation,
    Incident,
    Rating,
    Recording,
    ToolCall,
    Turn,
)

EPOCH: Final = datetime(2020, 1, 1, tzinfo=UTC)
TIES: Final = 6
PLACES: Final = 16
CALLS: Final = 1 << 15
"""A place is the conversation's number, this bit for tool calls, and which one it is in it."""
MOST_IN_ONE_MOMENT: Final = timedelta(seconds=10)
"""Numbers that are taken move a conversation behind later ones; by no more than this."""


class FactsOfConversation(Table):
    """Everything that conversations are asked for by."""

    __tablename__ = "conversation_facts"
    __table_args__ = (
        Index(None, "customer_id", "number"),
        Index(None, "agent", "number"),
        index_where("ix_conversation_facts_open", "number", where="duration_ms IS NULL"),
    )

    number: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    """Grows with the time it began: milliseconds since 2020, with room for 64 in each. Of the same
    moment, in the order of recording."""
    conversation_id: Mapped[str] = mapped_column(
        CleanText(36), ForeignKey("conversations.id", ondelete="CASCADE"), unique=True
    )
    started_at: Mapped[datetime]
    agent: Mapped[str]
    channel: Mapped[str]
    modality: Mapped[str] = mapped_column(String(24))
    customer_id: Mapped[str | None]
    caller_level: Mapped[str] = mapped_column(String(24))
    provider: Mapped[str]
    language: Mapped[str | None]
    end_reason: Mapped[str | None]
    duration_ms: Mapped[int | None] = mapped_column(BigInteger)
    """Nothing while it goes on."""
    turn_count: Mapped[int] = mapped_column(server_default="0")
    interruption_count: Mapped[int] = mapped_column(server_default="0")
    heard_share: Mapped[float | None]
    """Of the agent's characters, how many reached the caller."""
    slowest_first_audio_ms: Mapped[int | None]
    mean_first_audio_ms: Mapped[int | None]
    cost_usd: Mapped[float | None]
    flags: Mapped[str] = mapped_column(server_default=text("''"))
    """The different ones of all turns, each between spaces; so the two below."""
    confirmations: Mapped[str] = mapped_column(server_default=text("''"))
    incidents: Mapped[str] = mapped_column(server_default=text("''"))
    incident_count: Mapped[int] = mapped_column(server_default="0")
    rating: Mapped[int | None]
    recording_count: Mapped[int] = mapped_column(server_default="0")
    input_text_tokens: Mapped[int] = mapped_column(BigInteger, server_default="0")
    input_audio_tokens: Mapped[int] = mapped_column(BigInteger, server_default="0")
    cached_text_tokens: Mapped[int] = mapped_column(BigInteger, server_default="0")
    cached_audio_tokens: Mapped[int] = mapped_column(BigInteger, server_default="0")
    output_text_tokens: Mapped[int] = mapped_column(BigInteger, server_default="0")
    output_audio_tokens: Mapped[int] = mapped_column(BigInteger, server_default="0")
    call_count: Mapped[int] = mapped_column(server_default="0")
    call_failure_count: Mapped[int] = mapped_column(server_default="0")
    """Those that the tool could not do: not what the model can mend, or nobody allows."""
    confirmation_count: Mapped[int] = mapped_column(server_default="0")
    confirmation_declined_count: Mapped[int] = mapped_column(server_default="0")
    first_audio: Mapped[str] = mapped_column(server_default=text("''"))
    """A letter for each answer's wait: see ``latencies.py``."""
    needed_person: Mapped[bool] = mapped_column(server_default=false())
    """Somebody of the team had to do something, or said something."""


_COUNTED: Final[tuple[tuple[Any, Any, Any], ...]] = (
    (Turn, Turn.number, Turn.flags),
    (Confirmation, Confirmation.id, Confirmation.status),
    (Incident, Incident.id, Incident.code),
    (Rating, Rating.conversation_id, Rating.score),
    (Recording, Recording.id, Recording.conversation_id),
    (ToolCall, ToolCall.id, ToolCall.status),
    (Handoff, Handoff.id, Handoff.status),
    (Callback, Callback.id, Callback.status),
    (Ticket, Ticket.id, Ticket.status),
    (Approval, Approval.id, Approval.status),
    (OutboxRow, OutboxRow.id, OutboxRow.kind),
)
"""Tables of which something is counted, their keys, and a column whose change has it counted."""
_UNCOUNTED: Final = (
    dict.fromkeys(("turn_count", "interruption_count", "incident_count", "recording_count"), 0)
    | dict.fromkeys(("flags", "confirmations", "incidents"), "")
    | dict.fromkeys(("heard_share", "slowest_first_audio_ms", "mean_first_audio_ms"), None)
    | dict.fromkeys(("cost_usd", "rating"), None)
    | dict.fromkeys(("call_count", "call_failure_count"), 0)
    | dict.fromkeys(("confirmation_count", "confirmation_declined_count"), 0)
    | dict.fromkeys((f"{kind}_text_tokens" for kind in ("input", "cached", "output")), 0)
    | dict.fromkeys((f"{kind}_audio_tokens" for kind in ("input", "cached", "output")), 0)
    | {"first_audio": "", "needed_person": False}
)
_IN_SQL: Final[Mapping[str, Any]] = {"execution_options": {"synchronize_session": False}}


def earliest_number(moment: datetime) -> int:
    """Return a number that no conversation has which began then or later is below."""
    passed = (moment - EPOCH) // timedelta(milliseconds=1) - 1
    return min(max(passed, 0), 2**41 - 1) << TIES


def latest_number(moment: datetime) -> int:
    """Return a number that no conversation has which began before is above."""
    return earliest_number(moment + MOST_IN_ONE_MOMENT)


def number_at(place: Any) -> ColumnElement[int]:
    """Return the number of the conversation that a place lies in."""
    # Written out: PostgreSQL has no shift by what may be a large number.
    number: ColumnElement[int] = place.op(">>", return_type=BigInteger())(
        literal_column(str(PLACES))
    )
    return number


def recount(database: Database, *, chunk: int = 1_000) -> Iterator[int]:
    """Make what is known of each conversation anew; yields how many are done.

    Nothing asks for it but a change by hand that the database's triggers did not see.
    """
    done, last = 0, -1
    while True:
        with database.write() as session:
            numbers = (
                select(FactsOfConversation.number)
                .where(FactsOfConversation.number > last)
                .order_by(FactsOfConversation.number)
                .limit(chunk)
            )
            found = session.scalars(numbers).all()
            if not found:
                return
            _count_again(session, first=found[0], last=found[-1])
        done, last = done + len(found), found[-1]
        yield done


def _count_again(session: Session, *, first: int, last: int) -> None:
    """Forget what is counted and have the triggers count it: of each table, one row of each
    conversation is written as it is."""
    is_meant = FactsOfConversation.number.between(first, last)
    ids = select(FactsOfConversation.conversation_id).where(is_meant)
    session.execute(update(FactsOfConversation).where(is_meant).values(_UNCOUNTED), **_IN_SQL)
    whose = Conversation.id.in_(ids)
    session.execute(update(Conversation).where(whose).values(agent=Conversation.agent), **_IN_SQL)
    for table, key, column in _COUNTED:
        one_each = select(func.min(key)).where(table.conversation_id.in_(ids))
        touched = update(table).where(key.in_(one_each.group_by(table.conversation_id)))
        session.execute(touched.values({column: column}), **_IN_SQL)

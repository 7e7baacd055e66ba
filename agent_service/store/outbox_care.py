"""What of the outbox no lane delivers: given up, left to the team, or without a receiver."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from agent_service.store.outbox import (
    GIVE_UP,
    NO_RECEIVER,
    TEAM,
    TOLD,
    WEBHOOK,
    WEBHOOK_GIVE_UP,
    OutboxRow,
    OutboxStatus,
    close_message,
    is_due,
    is_told,
)


def needs_care(
    session: Session, kinds: Collection[str], now: datetime, hanging: Collection[str] = ()
) -> bool:
    """Tell whether there is anything to give up, to hand to the team, or to say why it waits."""
    silent = _is_silent(kinds, now, hanging)
    wanting = and_(_lacks_receiver(kinds, now), OutboxRow.answer.is_(None))
    found = select(OutboxRow.id).where(or_(silent, _is_for_team(now), wanting))
    return session.scalar(found.limit(1)) is not None


def give_up_messages(
    session: Session, kinds: Collection[str], now: datetime, hanging: Collection[str] = ()
) -> list[str]:
    """Mark as unknown what has had no answer for long and is not about to be tried again.

    ``kinds`` have a receiver here; the receiver of ``hanging`` messages has not come back.
    """
    silent = select(OutboxRow).where(_is_silent(kinds, now, hanging))
    given_up = []
    for row in session.scalars(silent.with_for_update(skip_locked=True)):
        row.status, row.answer = OutboxStatus.UNKNOWN, row.answer or "no answer came"
        given_up.append(row.id)
    return given_up


def hand_to_team(session: Session, now: datetime) -> None:
    """End the wait of what only a person can tell, unless the conversation has told it."""
    waiting = select(OutboxRow).where(_is_for_team(now))
    for row in session.scalars(waiting.with_for_update(skip_locked=True)):
        if is_told(session, row):
            close_message(session, row, TOLD, now)
        row.tries = 1


def unserved(session: Session, kinds: Collection[str], now: datetime) -> dict[str, int]:
    """Count what waits although it is due, for want of a receiver of its kind."""
    counted = session.execute(
        select(OutboxRow.kind, func.count())
        .where(_lacks_receiver(kinds, now))
        .group_by(OutboxRow.kind)
    )
    return {row[0]: row[1] for row in counted}


def note_unserved(session: Session, kinds: Collection[str], now: datetime) -> None:
    """Say of each message that waits for want of a receiver why it does."""
    session.execute(
        update(OutboxRow)
        .where(_lacks_receiver(kinds, now), OutboxRow.answer.is_(None))
        .values(answer=NO_RECEIVER)
    )


def _is_silent(
    kinds: Collection[str], now: datetime, hanging: Collection[str]
) -> ColumnElement[bool]:
    return and_(
        OutboxRow.status == OutboxStatus.SENT,
        or_(
            and_(OutboxRow.kind != WEBHOOK, OutboxRow.sent_at < now - GIVE_UP),
            OutboxRow.sent_at < now - WEBHOOK_GIVE_UP,
        ),
        or_(
            OutboxRow.next_try_at > now,
            OutboxRow.id.in_(hanging),
            OutboxRow.kind.not_in(kinds),
        ),
    )


def _is_for_team(now: datetime) -> ColumnElement[bool]:
    return and_(
        OutboxRow.kind == TEAM,
        OutboxRow.tool_call_id.is_not(None),
        OutboxRow.tries == 0,
        is_due(now),
    )


def _lacks_receiver(kinds: Collection[str], now: datetime) -> ColumnElement[bool]:
    return and_(
        OutboxRow.status == OutboxStatus.QUEUED,
        OutboxRow.next_try_at <= now,
        OutboxRow.kind.not_in({*kinds, TEAM}),
    )

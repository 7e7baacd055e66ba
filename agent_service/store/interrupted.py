"""Conversations whose process is gone: finding one again for its caller, and ending the rest."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from agent_service.conversation.phrases import refusal
from agent_service.conversation.recorded import CONSENT
from agent_service.conversation.records import (
    Caller,
    ConfirmationStatus,
    Modality,
    Role,
    ToolCallStatus,
    ms_between,
)
from agent_service.conversation.spec import HistoryToolRound, HistoryTurn, PendingCall
from agent_service.conversation.turns import CAME, NOTICE, WENT, in_history
from agent_service.store.claims import Claim, ConversationClaim, process_of, take_over
from agent_service.store.interruptions import note_interruption
from agent_service.store.ledger import resolve_open_calls
from agent_service.store.outbox import OutboxRow, OutboxStatus
from agent_service.store.past_steps import PastStep, past_steps
from agent_service.store.processes import Process, database_now
from agent_service.store.proof.chain import RowKey, note_written
from agent_service.store.proof.tables import RowKind
from agent_service.store.tables import Confirmation, Conversation, Resumption, ToolCall, Turn
from agent_service.store.tellings import unheard_outcomes

Announce: TypeAlias = Callable[[Session, Collection[str]], None]
"""Told, in the transaction, which conversations it ends."""

RETURN_LIMIT: Final = timedelta(minutes=10)
"""How long after the last turn a caller may return to a conversation that lost its process."""

GONE_LIMIT: Final = RETURN_LIMIT + timedelta(minutes=1)
"""How long after its last turn a conversation is ended whose process is gone."""

LOST_LIMIT: Final = timedelta(hours=25)
"""No conversation may last longer: one that is open after this has lost its process."""


@dataclass(frozen=True, slots=True)
class RecordedTurn:
    turn_id: str
    role: Role
    text: str
    heard_text: str
    is_interrupted: bool
    item_id: str | None = None
    first_audio_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A conversation as the record has it, claimed by the process that asked."""

    claim: Claim
    agent: str
    channel: str
    modality: Modality
    caller: Caller
    started_at: datetime
    last_seen_at: datetime
    """Nothing of it that is on record is later."""
    turns: tuple[RecordedTurn, ...]
    history: tuple[HistoryTurn | HistoryToolRound, ...]
    has_open_question: bool
    """The caller was being asked whether to go ahead: that question is gone with its process."""
    steps: tuple[PastStep, ...] = ()
    """What happened beside the talk."""
    pending: tuple[PendingCall, ...] = ()
    """Calls whose outcome is still to come, or to be told."""
    unheard: tuple[str, ...] = ()
    """What came of the caller's yeses and did not reach them, to be said."""
    shows_detail: bool = False
    """The caller's client is shown tools' arguments and outputs."""
    was_asked_to_record: bool = False
    agreed_to_recording: bool = False
    unanswered: str = ""
    """What the caller said last to a person of the team, who has not answered it."""


def token_hash(token: str) -> str:
    """Return what the record keeps of a resume token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def find_interrupted(
    session: Session, token: str, now: datetime, process_id: str, live: Collection[str] = ()
) -> Interrupted | None:
    """Return the conversation that the token leads back to, its open tool calls resolved.

    It belongs to the process from now on; ``live`` are those that it serves already. Raises
    TryLater while another process still serves it.
    """
    hashed = token_hash(token)
    is_offered = and_(Resumption.offer_hash == hashed, Resumption.offered_until > now)
    found = session.execute(
        select(Conversation, Resumption.shows_detail)
        .join(Resumption, Resumption.conversation_id == Conversation.id)
        .where(
            or_(Resumption.token_hash == hashed, is_offered),
            Conversation.ended_at.is_(None),
            Conversation.id.not_in(live),
        )
    ).one_or_none()
    if found is None:
        return None
    row, shows_detail = found
    before = process_of(session, row.id)
    claim = take_over(session, row.id, process_id)
    # Its process may have ended it before it let go.
    session.refresh(row)
    if row.ended_at is not None:
        return None
    of_it = select(Turn).where(Turn.conversation_id == row.id).order_by(Turn.seq)
    turns = session.scalars(of_it).all()
    last_seen = max([row.started_at, *(turn.ended_at for turn in turns)])
    if now - last_seen > RETURN_LIMIT:
        return None
    note_interruption(session, row.id, before, now)
    turns = session.scalars(of_it).all()
    resolve_open_calls(session, now, row.id)
    is_voided = void_open_questions(session, now, row.id) > 0
    has_open_question = is_voided or _has_undone_yes(session, row.id)
    calls = session.scalars(
        select(ToolCall).where(
            ToolCall.conversation_id == row.id,
            ToolCall.status != ToolCallStatus.RUNNING,
            ToolCall.tool_call_id != CONSENT,
        )
    )
    past: list[tuple[datetime, HistoryTurn | HistoryToolRound]] = [
        (
            # Behind the caller's yes, which came long after the request.
            call.ended_at or call.requested_at,
            HistoryToolRound(call.tool_call_id, call.name, call.arguments, call.output),
        )
        for call in calls
    ]
    past.extend(
        (turn.started_at, in_history(turn.role, turn.heard_text, turn.flags))
        for turn in turns
        if turn.heard_text
    )
    past.sort(key=lambda entry: entry[0])
    asked = _asked_to_record(session, row.id)
    return Interrupted(
        claim=claim,
        agent=row.agent,
        channel=row.channel,
        modality=row.modality,
        caller=Caller(row.customer_id, row.caller_name, row.caller_level),
        started_at=row.started_at,
        last_seen_at=last_seen,
        turns=recorded_turns(turns),
        history=tuple(entry for _, entry in past),
        has_open_question=has_open_question,
        steps=past_steps(session, row.id, turns, row.caller_level),
        pending=_pending(session, row.id),
        unheard=unheard_outcomes(session, row.id),
        shows_detail=shows_detail,
        was_asked_to_record=bool(asked),
        agreed_to_recording=ConfirmationStatus.ACCEPTED in asked,
        unanswered="" if has_open_question else _unanswered(turns),
    )


def _unanswered(turns: Iterable[Turn]) -> str:
    is_person_there, said = False, []
    for turn in turns:
        if CAME in turn.flags:
            is_person_there = True
        elif WENT in turn.flags:
            is_person_there = False
        elif turn.role is Role.CALLER and is_person_there:
            said.append(turn.heard_text)
        elif turn.heard_text and NOTICE not in turn.flags:
            said = []
    return " ".join(filter(None, said))


def recorded_turns(turns: Iterable[Turn]) -> tuple[RecordedTurn, ...]:
    """Return what the caller was shown of each turn."""
    return tuple(
        RecordedTurn(
            t.id, t.role, t.text, t.heard_text, t.is_interrupted, t.item_id, t.first_audio_ms
        )
        for t in turns
    )


def _asked_to_record(session: Session, conversation_id: str) -> Sequence[ConfirmationStatus]:
    """Return what became of the question whether to record, if it was asked."""
    return session.scalars(
        select(Confirmation.status).where(
            Confirmation.conversation_id == conversation_id, Confirmation.tool_call_id == CONSENT
        )
    ).all()


def _pending(session: Session, conversation_id: str) -> tuple[PendingCall, ...]:
    """Return the calls that wait for a person, or were decided and not told so far."""
    is_untold = exists().where(
        OutboxRow.conversation_id == ToolCall.conversation_id,
        OutboxRow.tool_call_id == ToolCall.tool_call_id,
        OutboxRow.status == OutboxStatus.QUEUED,
    )
    calls = session.scalars(
        select(ToolCall).where(
            ToolCall.conversation_id == conversation_id,
            or_(ToolCall.status == ToolCallStatus.AWAITING_APPROVAL, is_untold),
        )
    )
    return tuple(
        PendingCall(
            call.id, call.tool_call_id, call.name, call.arguments, call.output, call.requested_at
        )
        for call in calls
    )


def _has_undone_yes(session: Session, conversation_id: str) -> bool:
    """Return whether nothing came of the caller's last yes, because the process was gone."""
    last = session.scalar(
        select(Confirmation)
        .where(
            Confirmation.conversation_id == conversation_id,
            Confirmation.status == ConfirmationStatus.ACCEPTED,
        )
        .order_by(Confirmation.offered_at.desc())
        .limit(1)
    )
    if last is None:
        return False
    call = session.scalar(
        select(ToolCall).where(
            ToolCall.conversation_id == conversation_id,
            ToolCall.tool_call_id == last.tool_call_id,
        )
    )
    return call is None or call.error_kind == "interrupted"


def void_open_questions(session: Session, now: datetime, conversation_id: str) -> int:
    """Void what the caller was asked and had not decided; return how many questions there were.

    The calls that they were asked about were not run, whatever the answer was.
    """
    began_at = select(Conversation.started_at).where(Conversation.id == conversation_id)
    ended_ms = ms_between(session.scalars(began_at).one(), now)
    ended = session.execute(
        update(ToolCall)
        .where(
            ToolCall.conversation_id == conversation_id,
            ToolCall.status == ToolCallStatus.AWAITING_CONFIRMATION,
        )
        .values(
            status=ToolCallStatus.VOIDED,
            error_kind="interrupted",
            output=refusal(ToolCallStatus.VOIDED),
            ended_at=now,
            ended_ms=ended_ms,
        )
        .returning(ToolCall.tool_call_id)
    ).scalars()
    voided = session.execute(
        update(Confirmation)
        .where(
            Confirmation.conversation_id == conversation_id,
            Confirmation.status == ConfirmationStatus.OFFERED,
        )
        .values(status=ConfirmationStatus.VOIDED, decided_at=now, ended_ms=ended_ms)
        .returning(Confirmation.id, Confirmation.tool_call_id)
    ).all()
    calls = [RowKey(RowKind.TOOL_CALL, conversation_id, id) for id in ended]
    questions = [RowKey(RowKind.CONFIRMATION, conversation_id, id) for id, _ in voided]
    note_written(session, [*calls, *questions])
    return sum(tool_call_id != CONSENT for _, tool_call_id in voided)


def end_lost(
    session: Session,
    now: datetime,
    process_id: str,
    live: Collection[str] = (),
    announce: Announce | None = None,
) -> int:
    """End conversations that lost their process and their caller; return how many there were.

    ``live`` are those that the asking process itself serves; ``announce`` is told of those that
    were ended.
    """
    last_turn = (
        select(func.max(Turn.ended_at))
        .where(Turn.conversation_id == Conversation.id)
        .scalar_subquery()
    )
    last_seen = func.coalesce(last_turn, Conversation.started_at)
    is_claimed = exists().where(ConversationClaim.conversation_id == Conversation.id)
    is_elsewhere = is_claimed.where(
        ConversationClaim.process_id != process_id,
        Process.id == ConversationClaim.process_id,
        Process.expires_at > database_now,
    )
    is_gone = and_(is_claimed, ~is_elsewhere, Conversation.id.not_in(live))
    lost = session.execute(
        update(Conversation)
        .where(
            Conversation.ended_at.is_(None),
            or_(
                Conversation.started_at < now - LOST_LIMIT,
                and_(is_gone, last_seen < now - GONE_LIMIT),
            ),
        )
        .values(ended_at=last_seen, end_reason="process_lost")
        .returning(Conversation.id, Conversation.ended_at)
        .execution_options(synchronize_session=False)
    )
    ended = lost.all()
    conversation_ids = [id for id, _ in ended]
    note_written(session, (RowKey(RowKind.CONVERSATION, id, id) for id in conversation_ids))
    for conversation_id, ended_at in ended:
        void_open_questions(session, now, conversation_id)
        process = process_of(session, conversation_id)
        note_interruption(session, conversation_id, process, ended_at or now)
    if announce is not None and conversation_ids:
        announce(session, conversation_ids)
    return len(conversation_ids)

"""What somebody of the team reads before they take a conversation over: from the record alone."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_service.conversation.recorded import CONSENT
from agent_service.conversation.records import ConfirmationStatus, Role, ToolCallStatus
from agent_service.store.approvals import undecided_of
from agent_service.store.call_words import in_words, what_came
from agent_service.store.promise_keeping import mark_done
from agent_service.store.promises import PromiseKind
from agent_service.store.requests import Callback, Handoff, RequestStatus, Ticket, TicketStatus
from agent_service.store.tables import Confirmation, Conversation, ToolCall, Turn
from agent_service.store.work.standing import related_work

LAST_WORDS: Final = 5
"""Of what the caller said."""
MOST_CALLS: Final = 20

_DONE: Final = frozenset({ToolCallStatus.SUCCEEDED})
_OPEN: Final = frozenset({ToolCallStatus.RUNNING, ToolCallStatus.AWAITING_APPROVAL})
_ASKED: Final = ToolCallStatus.AWAITING_CONFIRMATION
"""Told by the question."""


def briefing_of(
    session: Session,
    conversation_id: str,
    now: datetime,
    *,
    title_of: Callable[[str], str],
    without: Collection[str] = (),
) -> dict[str, Any]:
    """Return who is calling and how sure that is, what they want, what was done and is open, and
    what else of theirs waits for the team's decision, or is worked on.

    ``title_of`` tells what people call a tool; ``without`` names those whose calls are not told.
    """
    conversation = session.get_one(Conversation, conversation_id)
    said = session.scalars(
        select(Turn.text)
        .where(Turn.conversation_id == conversation_id, Turn.role == Role.CALLER, Turn.text != "")
        .order_by(Turn.seq.desc())
        .limit(LAST_WORDS)
    ).all()
    calls = session.scalars(
        select(ToolCall)
        .where(
            ToolCall.conversation_id == conversation_id,
            ToolCall.tool_call_id != CONSENT,
            ToolCall.status != _ASKED,
            ToolCall.name.not_in(without),
        )
        .order_by(ToolCall.requested_at.desc())
        .limit(MOST_CALLS)
    ).all()
    questions = {
        one.id: one
        for one in session.scalars(
            select(Confirmation).where(Confirmation.conversation_id == conversation_id)
        )
    }
    asked = [
        f"{one.summary}: {what_came(_ASKED, '')}"
        for one in questions.values()
        if one.status is ConfirmationStatus.OFFERED
    ]

    def told(call: ToolCall) -> str:
        question = questions.get(call.confirmation_id or "")
        about = question.summary if question else title_of(call.name)
        if question is None and (arguments := in_words(call.arguments)) not in ("", "{}"):
            about = f"{about} ({arguments})"
        return f"{about}: {what_came(call.status, call.output)}"

    callbacks = session.scalars(
        select(Callback.topic).where(
            Callback.conversation_id == conversation_id,
            Callback.status == RequestStatus.REQUESTED,
        )
    )
    tickets = session.scalars(
        select(Ticket.subject).where(
            Ticket.conversation_id == conversation_id, Ticket.status == TicketStatus.OPEN
        )
    )
    promised = [*(f"call back: {topic}" for topic in callbacks), *(f"ticket: {t}" for t in tickets)]
    return {
        "customer_id": conversation.customer_id,
        "caller_name": conversation.caller_name,
        "caller_level": conversation.caller_level.value,
        "said": list(reversed(said)),
        "done": [told(call) for call in reversed(calls) if call.status in _DONE],
        "failed": [told(call) for call in reversed(calls) if call.status not in (_DONE | _OPEN)],
        "open": [*asked, *(told(call) for call in calls if call.status in _OPEN), *promised],
        "approvals": [
            {
                "id": one.id,
                "summary": one.summary,
                "requested_at": one.requested_at.isoformat(),
            }
            for one in undecided_of(session, customer_id=conversation.customer_id, now=now)
            if one.conversation_id != conversation_id  # those of this one are open in it
        ]
        if conversation.customer_id
        else [],
        "earlier": [
            {
                "conversation_id": one.conversation_id,
                "started_at": one.started_at.isoformat(),
                "work_state": one.state.value,
                "assignee": one.assignee,
            }
            for one in related_work(session, conversation.customer_id, now, without=conversation_id)
        ],
    }


def answer_handoffs(session: Session, conversation_id: str, *, done_by: str, now: datetime) -> None:
    """Mark that somebody came to the caller who asked for a person."""
    wishes = session.scalars(
        select(Handoff.id).where(
            Handoff.conversation_id == conversation_id,
            Handoff.status == RequestStatus.REQUESTED,
        )
    ).all()
    for wish in wishes:
        mark_done(
            session,
            f"{PromiseKind.HANDOFF}-{wish}",
            done_by=done_by,
            note="Took the conversation over.",
            now=now,
            settlements={},
        )

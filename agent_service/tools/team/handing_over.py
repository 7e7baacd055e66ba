"""The wish to speak with a person."""

from typing import Annotated, Final

from pydantic import Field
from sqlalchemy import select

from agent_service.conversation.records import CallerLevel
from agent_service.store.limits import Cap
from agent_service.store.requests import Handoff, RequestStatus
from agent_service.tools.tool import Answer, Limits, ToolContext, tool

Reason = Annotated[
    str, Field(min_length=1, max_length=500, description="Why, in the caller's words.")
]


@tool(
    title="Hand over to a person",
    activity="Asking for a person",
    effect="write",
    audience=CallerLevel.ANONYMOUS,
    confirmation="never",
    is_repeatable=True,
    rings_team=True,
    limits=Limits(conversation=Cap(20), customer_day=Cap(50), tenant_day=Cap(100_000)),
    examples=(
        "I want to speak to a human",
        "Let me talk to a real person",
        "Connect me with an agent",
        "Can I speak to a representative?",
        "Put me through to someone",
        "Get me your manager",
        "I don't want to talk to a machine",
        "Is there a person I can talk to?",
        "Transfer me to customer service",
        "This is not working, give me a human",
        "I need a colleague of yours",
        "Operator, please",
    ),
)
def hand_over_to_human(context: ToolContext, reason: Reason | None = None) -> Answer:
    """Ask for a person of the team to take over. The wish is recorded and a person follows up; use
    it when the caller asks for a human or when nothing else helps."""
    session = context.session
    asked = session.scalars(
        select(Handoff).where(
            Handoff.conversation_id == context.conversation_id,
            Handoff.status == RequestStatus.REQUESTED,
        )
    ).first()
    if asked is None:
        session.add(
            Handoff(
                conversation_id=context.conversation_id,
                reason=reason or "The caller asked for a person.",
                status=RequestStatus.REQUESTED,
                requested_at=context.now,
            )
        )
    return Answer(
        "I have asked for a colleague to take over. They get back to you as soon as they can.",
        {"handoff": "requested"},
    )


TOOLS: Final = (hand_over_to_human,)

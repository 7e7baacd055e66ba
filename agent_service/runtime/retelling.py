"""What a conversation's caller was shown, told anew from its record: it is over, or the process
that knew is gone.

Pure: no clock, no database.
"""

from collections.abc import Iterable, Mapping
from typing import assert_never

from agent_service.conversation.commands import (
    CallerCommand,
    HandoffStatus,
    ShowHandoff,
    ShowLevel,
    ShowTool,
    ShowTranscript,
    WithdrawConfirmation,
)
from agent_service.conversation.phrases import terms_of
from agent_service.conversation.records import Role
from agent_service.conversation.spec import ToolPolicy
from agent_service.conversation.tool_calls import activity_of
from agent_service.store.ended import Ended
from agent_service.store.interrupted import Interrupted, RecordedTurn
from agent_service.store.past_steps import PastCall, PastProof, PastQuestion, PastStep, PastVisit


def shown_before(
    past: Interrupted | Ended, policies: Mapping[str, ToolPolicy], language: str | None
) -> list[CallerCommand]:
    """Return what shows the talk and what happened beside it as it was shown at the time."""
    # No caller was shown what the service noted for itself.
    spoken = (turn for turn in past.turns if turn.role is not Role.SYSTEM)
    visits = [step for step in past.steps if isinstance(step, PastVisit)]
    told: list[tuple[str, CallerCommand]] = [
        (turn.turn_id, _caption(turn, visits)) for turn in spoken
    ]
    for step in past.steps:
        command = _shown(step, policies, language)
        if command is not None:
            told.append((step.after or "", command))
    told.sort(key=lambda entry: entry[0])  # turns' identifiers grow
    return [command for _, command in told]


def _caption(turn: RecordedTurn, visits: Iterable[PastVisit]) -> ShowTranscript:
    is_to_person = False
    for visit in visits:
        if visit.after < turn.turn_id:
            is_to_person = not visit.has_left
    is_of_people = turn.role is Role.REPRESENTATIVE or is_to_person
    return ShowTranscript(
        turn.turn_id,
        turn.role,
        text=turn.text,
        is_final=True,
        item_id=turn.item_id,
        heard_text=turn.heard_text,
        is_interrupted=turn.is_interrupted,
        first_audio_ms=turn.first_audio_ms,
        is_noise=is_of_people and not turn.text,
    )


def _shown(
    step: PastStep, policies: Mapping[str, ToolPolicy], language: str | None
) -> CallerCommand | None:
    match step:
        case PastCall(tool_call_id, name, arguments, status, output, after):
            policy = policies.get(name)
            if policy is None:
                return None  # it never ran, and has no name that a caller may read
            title = activity_of(policy, arguments)
            return ShowTool(tool_call_id, name, title, status.value, arguments, output, after)
        case PastQuestion(confirmation_id, status, read_back, after):
            terms = terms_of(read_back, language)
            return WithdrawConfirmation(confirmation_id, status.value, terms, after)
        case PastProof(level, after):
            return ShowLevel(level, after)
        case PastVisit(name, has_left, after):
            came_or_went = HandoffStatus.LEFT if has_left else HandoffStatus.JOINED
            return ShowHandoff(came_or_went, name, after)
        case _:
            assert_never(step)

"""What a caller is told anew from the record: each step once, where it was, in a caller's words."""

from datetime import UTC, datetime

from agent_service.conversation.commands import (
    HandoffStatus,
    ShowHandoff,
    ShowLevel,
    ShowTool,
    ShowTranscript,
    WithdrawConfirmation,
)
from agent_service.conversation.records import (
    Caller,
    CallerLevel,
    ConfirmationStatus,
    Modality,
    Role,
    ToolCallStatus,
)
from agent_service.conversation.spec import ToolPolicy
from agent_service.runtime.retelling import shown_before
from agent_service.store.claims import Claim
from agent_service.store.interrupted import Interrupted, RecordedTurn
from agent_service.store.past_steps import PastCall, PastProof, PastQuestion, PastVisit

NOW = datetime(2026, 11, 30, tzinfo=UTC)
POLICIES = {
    "cancel": ToolPolicy("cancel", "Cancel", is_write=True, activity="Cancelling order {number}")
}


def test_each_step_stands_behind_its_turn_and_what_has_no_name_for_callers_is_left_out() -> None:
    past = Interrupted(
        claim=Claim("c-1", "me", 2),
        agent="support",
        channel="widget",
        modality=Modality.TEXT,
        caller=Caller("C0001"),
        started_at=NOW,
        last_seen_at=NOW,
        turns=(
            RecordedTurn("1", Role.CALLER, "Cancel it.", "Cancel it.", False),
            RecordedTurn("2", Role.AGENT, "Done.", "Done.", False),
            RecordedTurn("3", Role.SYSTEM, "Ana has joined the conversation.", "", False),
            RecordedTurn("4", Role.CALLER, "", "", False),
            RecordedTurn("5", Role.REPRESENTATIVE, "", "", False),
            RecordedTurn("6", Role.SYSTEM, "Ana has left the conversation.", "", False),
            RecordedTurn("7", Role.CALLER, "", "", False),
        ),
        history=(),
        has_open_question=False,
        steps=(
            PastProof(CallerLevel.IDENTIFIED, None),
            PastQuestion("q", ConfirmationStatus.ACCEPTED, "Cancel 7. Shall I go ahead?", "1"),
            PastCall("t", "cancel", '{"number": 7}', ToolCallStatus.SUCCEEDED, "{}", "1"),
            PastCall("u", "gone_since", "{}", ToolCallStatus.NOT_ALLOWED, "{}", "1"),
            PastVisit("Ana", False, "3"),
            PastVisit("Ana", True, "6"),
        ),
    )
    assert shown_before(past, POLICIES, "en") == [
        ShowLevel(CallerLevel.IDENTIFIED, None),
        ShowTranscript("1", Role.CALLER, text="Cancel it.", is_final=True, heard_text="Cancel it."),
        WithdrawConfirmation("q", "accepted", "Cancel 7.", "1"),
        ShowTool("t", "cancel", "Cancelling order 7", "succeeded", '{"number": 7}', "{}", "1"),
        ShowTranscript("2", Role.AGENT, text="Done.", is_final=True, heard_text="Done."),
        ShowHandoff(HandoffStatus.JOINED, "Ana", "3"),
        *(
            ShowTranscript(
                id, role, text="", is_final=True, heard_text="", is_noise=is_noise, item_id=None
            )
            for id, role, is_noise in (
                ("4", Role.CALLER, True),
                ("5", Role.REPRESENTATIVE, True),
            )
        ),
        ShowHandoff(HandoffStatus.LEFT, "Ana", "6"),
        ShowTranscript("7", Role.CALLER, text="", is_final=True, heard_text=""),
    ]

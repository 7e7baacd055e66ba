"""What a client that has nothing is shown: the conversation as it stands, and no more than fits."""

from dataclasses import replace
from datetime import UTC, datetime

from agent_service.channels.scene import MAX_CHARACTERS, MAX_STEPS, Scene
from agent_service.conversation.commands import (
    CallerCommand,
    ClearPlayback,
    Floor,
    HandoffStatus,
    RecordingStatus,
    ShowConfirmation,
    ShowFloor,
    ShowHandoff,
    ShowLevel,
    ShowRecording,
    ShowTool,
    ShowTranscript,
    WithdrawConfirmation,
)
from agent_service.conversation.records import CallerLevel, Role
from agent_service.conversation.spec import Notice

QUESTION = ShowConfirmation("q", "Cancel", "Cancel it?", "{}", datetime(2026, 1, 1, tzinfo=UTC))


def caption(turn_id: str, **more: object) -> ShowTranscript:
    return replace(ShowTranscript(turn_id, Role.AGENT, item_id="i"), **more)  # type: ignore[arg-type]  # of any field


def test_a_caption_that_is_being_said_is_shown_whole() -> None:
    scene = Scene()
    scene.take(caption("1", delta="Hel", notice=Notice.WAIT))
    scene.take(caption("1", delta="lo."))
    assert scene.commands() == [caption("1", text="Hello.", notice=Notice.WAIT)]
    final = caption("1", text="Hello.", heard_text="Hel", is_final=True, is_interrupted=True)
    scene.take(final)
    assert scene.commands() == [replace(final, notice=Notice.WAIT)]


def test_what_is_shown_anew_changes_nothing() -> None:
    scene = Scene()
    scene.take(caption("1", delta="Hello."))
    for command in scene.commands():
        scene.take(command)
    assert scene.commands() == [caption("1", text="Hello.")]


def test_what_was_no_turn_after_all_is_not_shown() -> None:
    scene = Scene()
    scene.take(caption("1", delta="Hel"))
    scene.take(caption("1", text=""))
    assert scene.commands() == []


def test_questions_recording_and_floor_are_shown_as_they_stand() -> None:
    scene = Scene()
    for command in (
        ShowFloor(Floor.AGENT),
        QUESTION,
        replace(QUESTION, confirmation_id="p"),
        WithdrawConfirmation("q", "expired"),
        ShowRecording(RecordingStatus.ON),
        ShowRecording(RecordingStatus.PAUSED),
        ShowFloor(Floor.OPEN),
        ClearPlayback("i"),
    ):
        scene.take(command)
    assert scene.commands() == [
        WithdrawConfirmation("q", "expired"),
        replace(QUESTION, confirmation_id="p"),
        ShowRecording(RecordingStatus.PAUSED),
        ShowFloor(Floor.OPEN),
    ]


def test_what_happened_beside_the_talk_stands_behind_its_turn_however_late_that_came() -> None:
    scene = Scene()
    look = ShowTool("t", "look", "Look", "running", after="1")
    cancel = ShowTool("c", "cancel", "Cancel", "awaiting_confirmation", after="1")
    agreed = WithdrawConfirmation("q", "accepted", "Cancel it?", "3")
    asked = replace(cancel, tool_call_id="d", after="4")
    tapped = WithdrawConfirmation("p", "declined", "Close it?", "4")
    declined = replace(asked, status="declined")
    proven = ShowLevel(CallerLevel.VERIFIED, "4")
    joined = ShowHandoff(HandoffStatus.JOINED, "Ana", "5")
    left = ShowHandoff(HandoffStatus.LEFT, "Ana", "5")
    commands: tuple[CallerCommand, ...] = (
        look,
        caption("1", text="Where is it?"),
        cancel,
        caption("2", text="Cancel it?"),
        replace(look, status="succeeded"),
        agreed,
        replace(cancel, status="running", after="3"),
        caption("4", text="Cancelled."),
        caption("3", text="Yes."),
        replace(cancel, status="succeeded", after="3"),
        asked,
        tapped,
        declined,
        proven,
        joined,
        left,
    )
    for command in commands:
        scene.take(command)
    shown: list[CallerCommand] = [
        caption("1", text="Where is it?"),
        replace(look, status="succeeded"),
        caption("2", text="Cancel it?"),
        caption("3", text="Yes."),
        agreed,
        replace(cancel, status="succeeded", after="3"),
        caption("4", text="Cancelled."),
        tapped,
        declined,
        proven,
        joined,
        left,
    ]
    assert scene.commands() == shown
    for command in shown:
        scene.take(command)
    assert scene.commands() == shown


def test_the_oldest_go_when_there_is_too_much() -> None:
    scene = Scene()
    for number in range(5):
        scene.take(caption(str(number), text="x" * (MAX_CHARACTERS // 2)))
    kept = [command for command in scene.commands() if isinstance(command, ShowTranscript)]
    assert [each.turn_id for each in kept] == ["3", "4"]
    scene.take(caption("5", text="x" * 2 * MAX_CHARACTERS))
    assert [c.turn_id for c in scene.commands() if isinstance(c, ShowTranscript)] == ["5"]
    for number in range(MAX_STEPS + 1):
        scene.take(ShowTool(f"t-{number}", "look", "Look", "running"))
    tools = [command for command in scene.commands() if isinstance(command, ShowTool)]
    assert [tools[0].tool_call_id, len(tools)] == ["t-1", MAX_STEPS]

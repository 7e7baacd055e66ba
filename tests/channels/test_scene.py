"""What a client that has nothing is shown: the conversation as it stands, and no more than fits."""

from dataclasses import replace
from datetime import UTC, datetime

from agent_service.channels.scene import MAX_CHARACTERS, MAX_TOOLS, Scene
from agent_service.conversation.commands import (
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


def test_tools_questions_level_and_floor_are_shown_as_they_stand() -> None:
    scene = Scene()
    for command in (
        ShowFloor(Floor.AGENT),
        ShowTool("t", "look", "Look", "running"),
        ShowTool("t", "look", "Look", "succeeded"),
        QUESTION,
        replace(QUESTION, confirmation_id="p"),
        WithdrawConfirmation("q", "expired"),
        ShowLevel(CallerLevel.VERIFIED),
        ShowRecording(RecordingStatus.ON),
        ShowRecording(RecordingStatus.PAUSED),
        ShowHandoff(HandoffStatus.JOINED, "Ana"),
        ShowFloor(Floor.OPEN),
        ClearPlayback("i"),
    ):
        scene.take(command)
    assert scene.commands() == [
        ShowTool("t", "look", "Look", "succeeded"),
        replace(QUESTION, confirmation_id="p"),
        ShowLevel(CallerLevel.VERIFIED),
        ShowRecording(RecordingStatus.PAUSED),
        ShowHandoff(HandoffStatus.JOINED, "Ana"),
        ShowFloor(Floor.OPEN),
    ]


def test_tools_stand_between_the_turns_where_they_were_done() -> None:
    scene = Scene()
    look = ShowTool("t", "look", "Look", "running")
    cancel = ShowTool("c", "cancel", "Cancel", "awaiting_confirmation")
    for command in (
        caption("1", text="Where is it?"),
        look,
        cancel,
        caption("2", text="Cancel it?"),
        replace(look, status="succeeded"),
        caption("3", text="Yes."),
        replace(cancel, status="running"),
        caption("4", text="Cancelled."),
        replace(cancel, status="succeeded"),
    ):
        scene.take(command)
    assert scene.commands() == [
        caption("1", text="Where is it?"),
        replace(look, status="succeeded"),
        caption("2", text="Cancel it?"),
        caption("3", text="Yes."),
        replace(cancel, status="succeeded"),
        caption("4", text="Cancelled."),
    ]


def test_the_oldest_go_when_there_is_too_much() -> None:
    scene = Scene()
    for number in range(5):
        scene.take(caption(str(number), text="x" * (MAX_CHARACTERS // 2)))
        scene.take(ShowTool(str(number), "look", "Look", "succeeded"))
    kept = [command for command in scene.commands() if isinstance(command, ShowTranscript)]
    assert [each.turn_id for each in kept] == ["3", "4"]
    scene.take(caption("5", text="x" * 2 * MAX_CHARACTERS))
    assert [c.turn_id for c in scene.commands() if isinstance(c, ShowTranscript)] == ["5"]
    for number in range(MAX_TOOLS + 1):
        scene.take(ShowTool(f"more-{number}", "look", "Look", "running"))
    tools = [command for command in scene.commands() if isinstance(command, ShowTool)]
    assert [tools[0].tool_call_id, len(tools)] == ["more-1", MAX_TOOLS]

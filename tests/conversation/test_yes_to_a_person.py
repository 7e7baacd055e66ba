"""What a representative wants to have done is released by a yes to what they read aloud."""

from collections.abc import Callable
from typing import Any

import pytest
from an_agent import agent

from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.phrases import read_back
from agent_service.conversation.records import (
    ConfirmationRecord,
    ConfirmationStatus,
    DecidedBy,
    Modality,
)
from agent_service.conversation.representative_speech import BREATH_MS, PAUSE_MS
from agent_service.conversation.spec import Notice, NoticeClip

MS = b"\x00" * 48
LOUD = b"\x00\x40\x00\xc0" * 12
SUMMARY = "I cancel order 1004 over 20 euros."
READ_BACK = read_back(SUMMARY, "en")
CLIPS = {notice: NoticeClip(notice.value, MS * 700) for notice in Notice}


def asks(driver: Any, tool_call_id: str = "desk-1") -> None:
    driver.tell(ev.RepresentativeAskedTool(tool_call_id, "cancel_order", "{}"))
    driver.tell(ev.ToolPrepared(tool_call_id, "hash-1", "Cancel", SUMMARY, needs_confirmation=True))


@pytest.fixture
def asked(new_driver: Callable[..., Any]) -> Any:
    """A conversation that Ana has taken over, and in which she wants to cancel an order."""
    driver = new_driver()
    driver.tell(ev.EngineReady(), ev.RepresentativeJoined("Ana"))
    asks(driver)
    return driver


def speaks(driver: Any, ms: int = 3000, *, is_played: bool = True) -> str:
    """A turn of Ana's; return its item."""
    driver.tell(ev.RepresentativeSpoke(LOUD * ms), ev.RepresentativeSpoke(MS * PAUSE_MS))
    driver.now += (ms + PAUSE_MS) / 1000
    item_id: str = driver.ordered(cmd.FinishWriting)[-1].item_id
    if is_played:
        driver.tell(ev.CallerPlayed(item_id, ms + PAUSE_MS))
    return item_id


def reads(driver: Any, text: str | None = READ_BACK, ms: int = 3000) -> None:
    driver.tell(ev.RepresentativeTranscribed(speaks(driver, ms), text))


def last(driver: Any) -> ConfirmationRecord:
    record: ConfirmationRecord = driver.kept(ConfirmationRecord)[-1]
    return record


def has_run(driver: Any) -> bool:
    driver.wait(1.1)
    return bool(driver.ordered(cmd.RunTool))


def test_a_yes_that_waited_for_the_line_releases_nothing(asked: Any) -> None:
    reads(asked)
    asked.tell(ev.CallerTyped("yes", shown=()))
    assert not has_run(asked)
    asked.tell(ev.CallerTyped("yes"))
    assert has_run(asked)


def test_a_yes_to_what_was_read_aloud_releases_it(asked: Any) -> None:
    reads(asked)
    asked.caller_says("in-1", "yes")
    assert not asked.ordered(cmd.RunTool)  # there may be a "but"
    assert has_run(asked)
    record = last(asked)
    assert (record.status, record.decided_by) == (ConfirmationStatus.ACCEPTED, DecidedBy.VOICE)
    assert (record.answer, record.arguments_hash) == ("yes", "hash-1")
    assert record.heard_at is not None
    assert record.decided_at is not None
    assert record.offered_at < record.heard_at < record.decided_at
    assert not asked.ordered(cmd.RequestResponse)
    assert not asked.ordered(cmd.ShowConfirmation)[0].is_tap_only


def test_a_no_to_it_refuses_it(asked: Any) -> None:
    reads(asked)
    asked.caller_says("in-1", "no, don't")
    assert (last(asked).status, last(asked).decided_by) == (
        ConfirmationStatus.DECLINED,
        DecidedBy.VOICE,
    )


@pytest.mark.parametrize("text", ["yes", "no"])
def test_what_is_said_to_something_else_is_no_answer(asked: Any, text: str) -> None:
    reads(asked, "Can you hear me well?")
    asked.caller_says("in-1", text)
    assert not has_run(asked)
    assert last(asked).status is ConfirmationStatus.OFFERED


@pytest.mark.parametrize(
    "said",
    [
        READ_BACK.replace("20", "30"),
        READ_BACK.replace("1004", "1005"),
        SUMMARY,
        f"{READ_BACK} It is 30 euros, in fact.",
        "",
        None,
    ],
)
def test_what_was_not_read_as_it_is_cannot_be_agreed_to(asked: Any, said: str | None) -> None:
    reads(asked, said)
    asked.caller_says("in-1", "yes")
    assert not has_run(asked)
    assert last(asked).status is ConfirmationStatus.OFFERED


def test_a_read_back_may_have_pauses_and_words_before_it(asked: Any) -> None:
    reads(asked, "Let me see.", 800)
    asked.caller_says("in-1", "okay")
    reads(asked, "I cancel order 1004", 1500)
    reads(asked, READ_BACK.partition("1004 ")[2])
    asked.caller_says("in-2", "yes please")
    assert has_run(asked)


def test_words_that_are_known_late_count_for_when_they_were_said(asked: Any) -> None:
    item_id = speaks(asked)
    asked.caller_says("in-1", "yes")
    assert not asked.ordered(cmd.RunTool)
    asked.tell(ev.RepresentativeTranscribed(item_id, READ_BACK))
    assert has_run(asked)


def test_words_that_never_come_leave_it_to_be_read_again(asked: Any) -> None:
    speaks(asked)
    asked.wait(10)
    asked.caller_says("in-1", "yes")
    assert not has_run(asked)
    reads(asked)
    asked.caller_says("in-2", "yes")
    assert has_run(asked)


@pytest.mark.parametrize("played_ms", [0, 1500, 2900])
def test_a_yes_before_it_was_heard_to_its_end_is_none(asked: Any, played_ms: int) -> None:
    item_id = speaks(asked, is_played=False)
    asked.tell(
        ev.CallerPlayed(item_id, played_ms), ev.RepresentativeTranscribed(item_id, READ_BACK)
    )
    asked.caller_says("in-1", "yes")
    asked.tell(ev.CallerPlayed(item_id, 3000 + PAUSE_MS))
    assert not has_run(asked)
    asked.caller_says("in-2", "yes")
    assert has_run(asked)


def test_the_silence_behind_it_need_not_be_heard(asked: Any) -> None:
    asked.tell(ev.RepresentativeSpoke(LOUD * 3000), ev.RepresentativeSpoke(MS * BREATH_MS))
    asked.now += 3.3
    asked.tell(ev.CallerPlayed(asked.ordered(cmd.PlayAudio)[-1].item_id, 3000))
    asked.caller_says("in-1", "yes")
    [written] = asked.ordered(cmd.FinishWriting)
    asked.tell(ev.RepresentativeTranscribed(written.item_id, READ_BACK))
    assert has_run(asked)


def test_who_goes_on_speaking_has_not_come_to_the_end(asked: Any) -> None:
    asked.tell(ev.RepresentativeSpoke(LOUD * 1500))
    asked.now += 1.5
    item_id = asked.ordered(cmd.PlayAudio)[-1].item_id
    asked.tell(ev.CallerPlayed(item_id, 1500))
    asked.caller_says("in-1", "yes")
    asked.tell(ev.RepresentativeSpoke(LOUD * 1500), ev.RepresentativeSpoke(MS * PAUSE_MS))
    asked.tell(ev.RepresentativeTranscribed(item_id, READ_BACK))
    assert not has_run(asked)


def test_what_is_said_behind_it_is_what_a_yes_answers(asked: Any) -> None:
    reads(asked)
    reads(asked, "Did my colleague call you yesterday?")
    asked.caller_says("in-1", "yes")
    assert not has_run(asked)


def test_what_is_said_behind_the_yes_changes_nothing(asked: Any) -> None:
    reads(asked)
    asked.caller_says("in-1", "yes")
    speaks(asked, 400)
    asked.caller_says("in-2", "thank you")
    assert has_run(asked)


def test_a_but_within_the_second_is_heard(asked: Any) -> None:
    reads(asked)
    asked.caller_says("in-1", "yes")
    asked.caller_says("in-2", "but not today")
    assert not has_run(asked)


def test_after_an_unclear_answer_it_is_read_again(asked: Any) -> None:
    reads(asked)
    asked.caller_says("in-1", "what does that cost me")
    asked.caller_says("in-2", "yes")
    assert not has_run(asked)
    reads(asked)
    asked.caller_says("in-3", "yes")
    assert has_run(asked)


def test_a_sound_without_words_answers_nothing(asked: Any) -> None:
    reads(asked)
    asked.caller_says("in-1", "")
    asked.caller_says("in-2", "yes")
    assert has_run(asked)


def test_what_was_not_heard_surely_or_never_is_no_yes(asked: Any) -> None:
    reads(asked)
    asked.caller_says("in-1", None)
    asked.tell(ev.TranscriptArrived("in-1", "yes", is_final=True, confidence=0.1))
    assert not has_run(asked)
    reads(asked)
    asked.caller_says("in-2", None)
    asked.tell(ev.TranscriptFailed("in-2", "unintelligible"))
    assert not has_run(asked)


def test_a_typed_yes_to_what_was_read_aloud_counts(asked: Any) -> None:
    reads(asked)
    asked.tell(ev.CallerTyped("yes"))
    assert has_run(asked)
    assert last(asked).decided_by is DecidedBy.TEXT


def test_who_listens_need_not_have_read_what_was_typed(asked: Any) -> None:
    asked.tell(ev.RepresentativeTyped(READ_BACK))
    asked.caller_says("in-1", "yes")
    assert not has_run(asked)


def test_who_reads_agrees_to_what_was_typed(new_driver: Callable[..., Any]) -> None:
    driver = new_driver(modality=Modality.TEXT)
    driver.tell(ev.EngineReady(), ev.RepresentativeJoined("Ana"))
    asks(driver)
    driver.tell(ev.RepresentativeTyped(READ_BACK), ev.CallerTyped("yes"))
    assert has_run(driver)


def test_who_reads_agrees_to_what_was_said_once_it_is_shown(new_driver: Callable[..., Any]) -> None:
    driver = new_driver(modality=Modality.TEXT)
    driver.tell(ev.EngineReady(), ev.RepresentativeJoined("Ana"))
    asks(driver)
    item_id = speaks(driver, is_played=False)
    driver.tell(ev.CallerTyped("yes"))
    assert not has_run(driver)
    driver.tell(ev.RepresentativeTranscribed(item_id, READ_BACK), ev.CallerTyped("yes"))
    assert has_run(driver)


def test_on_a_line_without_a_screen_a_yes_releases_it(new_driver: Callable[..., Any]) -> None:
    driver = new_driver(can_tap=False)
    driver.tell(ev.EngineReady(), ev.RepresentativeJoined("Ana"))
    asks(driver)
    reads(driver)
    driver.caller_says("in-1", "yes")
    assert has_run(driver)


@pytest.mark.parametrize(("began_ms", "is_released"), [(2000, False), (3200, True)])
def test_with_a_button_the_words_have_to_begin_behind_it(
    new_driver: Callable[..., Any], began_ms: int, is_released: bool
) -> None:
    driver = new_driver(agent=agent(turn_detection={"kind": "push_to_talk"}))
    driver.tell(ev.EngineReady(), ev.RepresentativeJoined("Ana"))
    asks(driver)
    began = driver.now
    driver.tell(ev.RepresentativeSpoke(LOUD * 3000), ev.RepresentativeSpoke(MS * PAUSE_MS))
    item_id = driver.ordered(cmd.FinishWriting)[-1].item_id
    driver.now = began + 3.05
    driver.tell(ev.CallerPlayed(item_id, 3050))
    driver.now = began + began_ms / 1000 + 0.5
    driver.tell(ev.CallerAudio(LOUD * 500))
    driver.now = began + 3.7
    driver.tell(ev.CallerPlayed(item_id, 3700), ev.CallerCommitted(), ev.SpeechCommitted("in-1"))
    driver.tell(ev.RepresentativeTranscribed(item_id, READ_BACK))
    driver.tell(ev.TranscriptArrived("in-1", "yes", is_final=True))
    assert has_run(driver) is is_released


def test_what_the_service_says_behind_it_is_what_a_yes_answers(
    new_driver: Callable[..., Any],
) -> None:
    driver = new_driver(notices=CLIPS)
    driver.tell(ev.EngineReady(), ev.RepresentativeJoined("Ana"))
    driver.wait(1)
    driver.tell(ev.CallerPlayed(driver.ordered(cmd.PlayAudio)[-1].item_id, 700))
    asks(driver)
    reads(driver)
    driver.tell(ev.RepresentativeDropped())
    driver.wait(1)
    driver.tell(ev.CallerPlayed(driver.ordered(cmd.PlayAudio)[-1].item_id, 700))
    driver.caller_says("in-1", "yes")
    assert not has_run(driver)


def test_a_yes_is_withdrawn_with_the_question(asked: Any) -> None:
    reads(asked)
    asked.caller_says("in-1", "yes")
    asked.tell(ev.RepresentativeLeft())
    assert not has_run(asked)
    assert last(asked).status is ConfirmationStatus.VOIDED
    speaks(asked)  # nobody hears them


def test_a_question_expires_although_its_words_are_not_known(asked: Any) -> None:
    asked.now += 119
    speaks(asked)
    asked.caller_says("in-1", "yes")
    asked.wait(3)
    assert last(asked).status is ConfirmationStatus.EXPIRED


def test_each_question_is_read_by_itself(asked: Any) -> None:
    reads(asked)
    asks(asked, "desk-2")
    asked.caller_says("in-1", "yes")
    assert has_run(asked)
    asked.caller_says("in-2", "yes")
    assert has_run(asked)
    assert [run.tool_call_id for run in asked.ordered(cmd.RunTool)] == ["desk-1"]


def test_a_key_of_a_telephone_answers_what_was_read_aloud(new_driver: Callable[..., Any]) -> None:
    driver = new_driver(can_tap=False)
    driver.tell(ev.EngineReady(), ev.RepresentativeJoined("Ana"))
    asks(driver)
    key = ev.CallerConfirmed(driver.ordered(cmd.ShowConfirmation)[-1].confirmation_id, True)
    driver.tell(key)  # nothing shows the question
    speaks(driver, is_played=False)
    item_id = driver.ordered(cmd.FinishWriting)[-1].item_id
    driver.tell(ev.RepresentativeTranscribed(item_id, READ_BACK), key)
    assert not has_run(driver)
    driver.tell(ev.CallerPlayed(item_id, 3000 + PAUSE_MS), key)
    assert has_run(driver)
    assert (last(driver).status, last(driver).decided_by) == (
        ConfirmationStatus.ACCEPTED,
        DecidedBy.TAP,
    )
    assert last(driver).heard_at is not None


def test_a_key_refuses_what_was_not_read_yet(new_driver: Callable[..., Any]) -> None:
    driver = new_driver(can_tap=False)
    driver.tell(ev.EngineReady(), ev.RepresentativeJoined("Ana"))
    asks(driver)
    asked = driver.ordered(cmd.ShowConfirmation)[-1].confirmation_id
    driver.tell(ev.CallerConfirmed(asked, False))
    assert last(driver).status is ConfirmationStatus.DECLINED

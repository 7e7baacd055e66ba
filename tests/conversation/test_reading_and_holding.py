"""The caller reads instead of listening, listens again, and puts the conversation on hold."""

from collections.abc import Callable
from typing import Any

import pytest

from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.playback import Playback
from agent_service.conversation.records import IncidentRecord, Modality, TurnRecord
from agent_service.conversation.spec import Notice, NoticeClip

MS = b"\x00" * 48
TO_TEXT, TO_AUDIO = ev.CallerSwitched(Modality.TEXT), ev.CallerSwitched(Modality.AUDIO)
LONG = "It is on its way. It comes tomorrow."


@pytest.fixture
def driver(new_driver: Callable[..., Any]) -> Any:
    driver = new_driver(notices={notice: NoticeClip(notice.value, MS * 500) for notice in Notice})
    driver.tell(ev.EngineReady())
    return driver


def begins(driver: Any, ms: int = 2_000) -> None:
    driver.caller_says("in-1", "where is it")
    driver.tell(
        ev.ResponseStarted("r"),
        ev.AgentText("r", "out-1", "It is on its way.", is_spoken=True),
        ev.AgentAudio("r", "out-1", MS * ms, ms),
    )


def ends(driver: Any) -> TurnRecord:
    driver.tell(
        ev.AgentItemFinished("r", "out-1", is_complete=True),
        ev.ResponseFinished("r", ev.ResponseStatus.COMPLETED),
    )
    turn: TurnRecord = driver.kept(TurnRecord)[-1]
    return turn


def test_what_sounds_is_read_to_its_end_when_the_sound_is_switched_off(driver: Any) -> None:
    begins(driver)
    driver.wait(0.5)
    driver.tell(ev.CallerPlayed("out-1", 500))
    assert driver.tell(TO_TEXT) == [
        cmd.ClearPlayback("out-1"),
        cmd.SwitchModality(Modality.TEXT),
    ]
    driver.tell(ev.CallerPlayed("out-1", 620))
    heard = len(driver.ordered(cmd.PlayAudio))
    driver.tell(
        ev.AgentText("r", "out-1", " It comes tomorrow.", is_spoken=True),
        ev.AgentAudio("r", "out-1", MS * 1_000, 1_000),
    )
    turn = ends(driver)
    assert len(driver.ordered(cmd.PlayAudio)) == heard
    assert (turn.text, turn.heard_text, turn.heard_ms) == (LONG, LONG, 620)
    assert (turn.modality, turn.is_interrupted) == (Modality.TEXT, False)
    assert driver.ordered(cmd.TruncateItem) == []


def test_what_was_generated_whole_is_read_at_once(driver: Any) -> None:
    begins(driver)
    ends(driver)
    driver.tell(TO_TEXT)
    turn = driver.kept(TurnRecord)[-1]
    assert (turn.heard_text, turn.is_interrupted) == (turn.text, False)
    assert driver.ordered(cmd.ShowFloor)[-1] == cmd.ShowFloor(cmd.Floor.OPEN)


def test_what_is_read_can_be_stopped_and_was_read_as_far_as_it_was_shown(driver: Any) -> None:
    begins(driver)
    driver.tell(TO_TEXT, ev.CallerInterrupted())
    driver.tell(ev.ResponseFinished("r", ev.ResponseStatus.CANCELLED))
    turn = driver.kept(TurnRecord)[-1]
    assert (turn.heard_text, turn.is_interrupted) == ("It is on its way.", True)
    assert turn.text == turn.heard_text
    assert [c.item_id for c in driver.ordered(cmd.ClearPlayback)] == ["out-1"]


def test_what_was_cut_before_keeps_what_was_heard_of_it(driver: Any) -> None:
    begins(driver)
    driver.tell(ev.CallerInterrupted(), TO_TEXT, ev.CallerPlayed("out-1", 300))
    driver.tell(ev.ResponseFinished("r", ev.ResponseStatus.CANCELLED))
    driver.wait(1.0)
    turn = driver.kept(TurnRecord)[-1]
    assert (turn.modality, turn.heard_ms, turn.is_interrupted) == (Modality.AUDIO, 300, True)


def test_switching_to_what_is_so_already_orders_nothing(driver: Any) -> None:
    assert driver.tell(TO_AUDIO) == []
    driver.tell(TO_TEXT)
    assert driver.tell(TO_TEXT) == []
    assert driver.tell(TO_AUDIO) == [cmd.SwitchModality(Modality.AUDIO)]


def test_a_written_answer_goes_on_when_the_sound_is_switched_on(driver: Any) -> None:
    driver.tell(TO_TEXT)
    driver.caller_says("in-1", "where is it")
    driver.tell(
        ev.ResponseStarted("r"),
        ev.AgentText("r", "out-1", "It is on its way.", is_spoken=False),
        TO_AUDIO,
        ev.AgentText("r", "out-1", " It comes tomorrow.", is_spoken=False),
    )
    turn = ends(driver)
    assert (turn.heard_text, turn.modality) == (LONG, Modality.TEXT)
    assert driver.kept(IncidentRecord) == []
    assert driver.ordered(cmd.RequestResponse) == []


def test_sound_that_comes_although_it_is_switched_off_is_read(driver: Any) -> None:
    driver.tell(TO_TEXT)
    begins(driver)
    turn = ends(driver)
    assert driver.ordered(cmd.PlayAudio) == []
    assert (turn.heard_text, turn.modality) == ("It is on its way.", Modality.TEXT)


def test_notices_are_read_or_heard_as_the_caller_wants(driver: Any) -> None:
    driver.tell(TO_TEXT, ev.ServiceDraining())
    assert driver.ordered(cmd.PlayAudio) == []
    assert driver.ordered(cmd.EndConversation) or driver.wait(3.0)
    assert driver.kept(TurnRecord)[-1].heard_text == Notice.STOPPING.value


def test_a_provider_session_that_is_opened_later_is_told_of_it(driver: Any) -> None:
    driver.tell(ev.EngineDropped("provider_dropped", "gone"), TO_TEXT)
    assert driver.ordered(cmd.SwitchModality) == []
    driver.tell(ev.EngineReady())
    assert driver.ordered(cmd.SwitchModality) == [cmd.SwitchModality(Modality.TEXT)]
    driver.tell(TO_AUDIO, ev.EngineDropped("provider_dropped", "gone"), ev.EngineReady())
    assert len(driver.ordered(cmd.SwitchModality)) == 2


def test_nobody_asks_who_has_put_the_conversation_on_hold(driver: Any) -> None:
    driver.tell(ev.CallerHeld(True))
    driver.wait(3_000)
    assert driver.ordered(cmd.ShowTranscript) == []
    driver.tell(ev.CallerHeld(False))
    driver.wait(299)
    assert driver.ordered(cmd.ShowTranscript) == []
    driver.wait(2)
    assert driver.ordered(cmd.ShowTranscript)[-1].notice is Notice.STILL_THERE


def test_a_hold_does_not_outlast_the_conversation(driver: Any) -> None:
    driver.tell(ev.CallerHeld(True))
    driver.wait(3_700)
    assert [end.reason for end in driver.ordered(cmd.EndConversation)] == ["time_limit"]


def test_what_was_not_played_before_a_hold_is_played_after_it(driver: Any) -> None:
    begins(driver)
    driver.tell(ev.CallerPlayed("out-1", 500), ev.CallerHeld(True))
    ends(driver)
    driver.wait(600)
    driver.tell(ev.CallerHeld(False))
    driver.wait(1.4)
    driver.tell(ev.CallerPlayed("out-1", 2_000))
    turn = driver.kept(TurnRecord)[-1]
    assert (turn.heard_ms, turn.flags, turn.is_interrupted) == (2_000, (), False)


def test_who_is_away_puts_nothing_on_hold(driver: Any) -> None:
    driver.tell(ev.CallerDropped(), ev.CallerHeld(True), ev.CallerHeld(False))
    driver.wait(121)
    assert [end.reason for end in driver.ordered(cmd.EndConversation)] == ["caller_lost"]


def test_what_is_read_leaves_nothing_unheard() -> None:
    playback = Playback()
    item = playback.open("out-1", "r", 0.0, is_spoken=True)
    item.text = "One. Two three"
    assert playback.send(item, MS * 1_000, 0.0, sounding_ms=1_000) == 0
    assert playback.read_on(0.2) == ["out-1"]
    assert item.unheard_text() == ""
    assert playback.plays_until == playback.sounds_until == 0.2

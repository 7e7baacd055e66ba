"""The caller hears, first thing, that an AI speaks; and the record says when."""

from collections.abc import Callable
from typing import Any

import pytest

from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.phrases import disclosure, recorded
from agent_service.conversation.records import (
    ConversationRecord,
    IncidentRecord,
    Modality,
    TurnRecord,
)
from agent_service.conversation.spec import Notice, NoticeClip

MS = b"\x00" * 48
SAYS = "You are talking with an AI assistant of the demo shop."
GREETING = "How can I help you?"
NOTICES = {Notice.DISCLOSURE: NoticeClip("An AI speaks.", MS * 500)}


@pytest.fixture
def driver(new_driver: Callable[..., Any]) -> Any:
    made = new_driver(disclosure=SAYS, greeting=GREETING, notices=NOTICES)
    made.tell(ev.EngineReady())
    return made


def heard_at(driver: Any) -> object:
    return driver.kept(ConversationRecord)[-1].disclosure_heard_at


def begin(driver: Any, text: str = f"{SAYS} {GREETING}", ms: int = 4000) -> None:
    driver.agent_says("resp-1", "out-1", text, ms, is_played=False)


def test_it_is_said_before_the_greeting_and_recorded_when_it_was_heard(driver: Any) -> None:
    (request,) = driver.ordered(cmd.RequestResponse)
    assert request.instructions.endswith(f"{SAYS} {GREETING}")
    begin(driver)
    driver.tell(ev.CallerPlayed("out-1", 1000))
    assert heard_at(driver) is None
    driver.now += 3
    driver.tell(ev.CallerPlayed("out-1", 3200))
    assert heard_at(driver) is not None


def test_a_barge_in_does_not_cut_it_but_cuts_the_greeting_after_it(driver: Any) -> None:
    begin(driver)
    driver.tell(ev.CallerPlayed("out-1", 500))
    assert driver.tell(ev.SpeechStarted("in-1", 0)) == [cmd.ShowFloor(cmd.Floor.CALLER)]
    driver.now += 2.7
    out = driver.tell(ev.CallerPlayed("out-1", 3200))
    assert cmd.ClearPlayback("out-1") in out
    driver.wait(0.3)
    assert driver.ordered(cmd.TruncateItem) == [cmd.TruncateItem("out-1", 3200)]
    assert heard_at(driver) is not None


def test_an_answer_that_came_while_it_was_heard_is_not_cut_with_the_greeting(driver: Any) -> None:
    begin(driver)
    driver.tell(ev.CallerPlayed("out-1", 500))
    driver.caller_says("in-1", "Where is order 1004?")
    driver.agent_says("resp-2", "out-2", "Order 1004 is on its way.", 2000, is_played=False)
    driver.now += 2.7
    out = driver.tell(ev.CallerPlayed("out-1", 3200))
    assert [each for each in out if isinstance(each, cmd.ClearPlayback)] == [
        cmd.ClearPlayback("out-1")
    ]
    driver.tell(ev.CallerPlayed("out-2", 2000))
    driver.wait(0.3)
    answer = next(turn for turn in driver.kept(TurnRecord) if turn.item_id == "out-2")
    assert (answer.heard_text, answer.is_interrupted) == ("Order 1004 is on its way.", False)


def test_what_is_asked_at_once_is_answered_after_it(driver: Any) -> None:
    driver.tell(ev.CallerTyped("Where is order 1004?"))
    assert not driver.ordered(cmd.CancelResponse)
    assert not driver.ordered(cmd.SendText)
    begin(driver)
    sent = [c for c in driver.log if isinstance(c, cmd.SendText | cmd.RequestResponse)]
    assert sent[1:] == [cmd.SendText("Where is order 1004?"), cmd.RequestResponse()]


def test_what_is_typed_before_the_provider_is_ready_is_answered_after_it(
    new_driver: Callable[..., Any],
) -> None:
    driver = new_driver(disclosure=SAYS)
    driver.tell(ev.CallerTyped("Where is order 1004?"), ev.EngineReady())
    assert not driver.ordered(cmd.SendText)
    driver.agent_says("resp-1", "out-1", SAYS, 1000)
    sent = [c for c in driver.log if isinstance(c, cmd.SendText | cmd.RequestResponse)]
    assert sent[1:] == [cmd.SendText("Where is order 1004?"), cmd.RequestResponse()]


def test_the_stop_button_does_not_cut_it(driver: Any) -> None:
    driver.tell(ev.ResponseStarted("resp-1"), ev.AgentAudio("resp-1", "out-1", MS * 900, 900))
    assert driver.tell(ev.CallerInterrupted()) == []


def test_a_generation_that_the_provider_stopped_is_followed_by_our_own_words(driver: Any) -> None:
    driver.tell(
        ev.ResponseStarted("resp-1"),
        ev.AgentText("resp-1", "out-1", "You are talking", is_spoken=True),
        ev.AgentAudio("resp-1", "out-1", MS * 500, 500),
        ev.SpeechStarted("in-1", 0),
        ev.ResponseFinished("resp-1", ev.ResponseStatus.CANCELLED),
    )
    played = driver.ordered(cmd.PlayAudio)[-1].item_id
    driver.tell(ev.CallerPlayed("out-1", 500), ev.CallerPlayed(played, 500))
    assert driver.ordered(cmd.ClearPlayback) == []
    assert heard_at(driver) is not None


def test_a_generation_that_was_stopped_behind_it_needs_no_other(driver: Any) -> None:
    driver.tell(
        ev.ResponseStarted("resp-1"),
        ev.AgentText("resp-1", "out-1", f"{SAYS} How can", is_spoken=True),
        ev.AgentAudio("resp-1", "out-1", MS * 4000, 4000),
        ev.SpeechStarted("in-1", 0),
        ev.ResponseFinished("resp-1", ev.ResponseStatus.CANCELLED),
        ev.CallerPlayed("out-1", 3900),
    )
    assert heard_at(driver) is not None
    assert driver.kept(IncidentRecord) == []


def test_silence_in_its_place_is_no_disclosure(driver: Any) -> None:
    for number in (1, 2):
        response_id, item_id = f"resp-{number}", f"out-{number}"
        driver.agent_says(response_id, item_id, f"{SAYS} {GREETING}", 4000, sounding_ms=300)
        assert heard_at(driver) is None
    notice = driver.ordered(cmd.PlayAudio)[-1].item_id
    driver.tell(ev.CallerPlayed(notice, 500))
    assert heard_at(driver) is not None


def test_without_words_of_our_own_a_stopped_generation_is_asked_for_again(
    new_driver: Callable[..., Any],
) -> None:
    driver = new_driver(disclosure=SAYS, greeting=GREETING)
    driver.tell(ev.EngineReady())
    driver.tell(
        ev.ResponseStarted("resp-1"),
        ev.AgentText("resp-1", "out-1", "You are talking", is_spoken=True),
        ev.AgentAudio("resp-1", "out-1", MS * 500, 500),
        ev.SpeechStarted("in-1", 0),
        ev.ResponseFinished("resp-1", ev.ResponseStatus.CANCELLED),
        ev.CallerPlayed("out-1", 500),
        ev.SpeechStopped("in-1", 900),
        ev.SpeechCommitted("in-1"),
    )
    driver.agent_says("own", "out-2", "Hello.", 300)
    last = driver.ordered(cmd.RequestResponse)[-1]
    assert last.instructions.endswith(SAYS)
    driver.agent_says("resp-3", "out-3", SAYS, 2000)
    assert heard_at(driver) is not None
    assert len([t for t in driver.kept(TurnRecord) if t.text == SAYS]) <= 1


@pytest.mark.parametrize("said", ["Hello! How can I help you today?", ""])
def test_what_the_provider_does_not_say_the_service_says_itself(driver: Any, said: str) -> None:
    for number in (1, 2):
        driver.agent_says(f"resp-{number}", f"out-{number}", said, 900)
    played = driver.ordered(cmd.PlayAudio)[-1].item_id
    assert driver.tell(ev.CallerTyped("hi")) != []
    assert not any(clear.item_id == played for clear in driver.ordered(cmd.ClearPlayback))
    driver.tell(ev.CallerPlayed(played, 500))
    assert heard_at(driver) is not None
    assert "disclosure_not_said" in [i.code for i in driver.kept(IncidentRecord)]


def test_without_a_recording_of_it_the_incident_remains(new_driver: Callable[..., Any]) -> None:
    driver = new_driver(disclosure=SAYS)
    driver.tell(ev.EngineReady())
    for number in (1, 2):
        driver.agent_says(f"resp-{number}", f"out-{number}", "Hello!", 900)
    assert [i.code for i in driver.kept(IncidentRecord)] == ["disclosure_not_said"]
    assert heard_at(driver) is None


def test_words_without_sound_disclose_nothing(driver: Any) -> None:
    driver.tell(
        ev.ResponseStarted("resp-1"),
        ev.AgentText("resp-1", "out-1", f"{SAYS} {GREETING}", is_spoken=True),
        ev.ResponseFinished("resp-1", ev.ResponseStatus.COMPLETED),
    )
    assert heard_at(driver) is None
    assert driver.ordered(cmd.RequestResponse)[-1].instructions.endswith(SAYS)


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "it", "pt"])
def test_that_it_is_recorded_must_be_said_in_every_language(
    new_driver: Callable[..., Any], language: str
) -> None:
    first = disclosure(language, None)
    whole = recorded(first, language)
    for said, is_heard in ((first, False), (whole, True)):
        driver = new_driver(disclosure=whole)
        driver.tell(ev.EngineReady())
        driver.agent_says("resp-1", "out-1", said, 6000)
        assert (heard_at(driver) is not None) == is_heard


def test_a_slight_change_of_wording_still_discloses(driver: Any) -> None:
    begin(driver, "Hi there! You're talking with an AI assistant of the demo shop. How can I help?")
    driver.tell(ev.CallerPlayed("out-1", 4000))
    assert heard_at(driver) is not None


@pytest.mark.parametrize("has_begun", [False, True])
def test_a_loss_of_the_provider_does_not_lose_it(driver: Any, has_begun: bool) -> None:
    if has_begun:
        driver.tell(ev.ResponseStarted("resp-1"), ev.AgentAudio("resp-1", "out-1", MS * 300, 300))
    driver.tell(ev.EngineDropped("dropped", "gone"), ev.EngineReady())
    driver.tell(ev.CallerPlayed("out-1", 300))
    assert SAYS in driver.ordered(cmd.RequestResponse)[-1].instructions


def test_it_is_heard_when_it_is_shown_in_a_typed_conversation(
    new_driver: Callable[..., Any],
) -> None:
    driver = new_driver(disclosure=SAYS, modality=Modality.TEXT)
    driver.tell(
        ev.EngineReady(),
        ev.ResponseStarted("resp-1"),
        ev.AgentText("resp-1", "out-1", SAYS, is_spoken=False),
    )
    assert heard_at(driver) is not None


def test_one_that_stalls_is_given_up_before_it_is_asked_for_again(driver: Any) -> None:
    driver.tell(ev.ResponseStarted("resp-1"))
    driver.wait(15)
    assert driver.ordered(cmd.CancelResponse) == [cmd.CancelResponse("resp-1")]
    driver.agent_says("resp-1", "out-1", f"{SAYS} {GREETING}", 3000, is_played=False)
    driver.wait(1)
    driver.agent_says("resp-2", "out-2", f"{SAYS} {GREETING}", 3000)
    assert len(driver.ordered(cmd.RequestResponse)) == 2
    assert {c.item_id for c in driver.ordered(cmd.PlayAudio)} == {"out-2"}
    assert heard_at(driver) is not None


def test_one_that_stalls_and_is_cancelled_is_asked_for_again_once(driver: Any) -> None:
    driver.tell(ev.ResponseStarted("resp-1"))
    driver.wait(15)
    driver.tell(ev.ResponseFinished("resp-1", ev.ResponseStatus.CANCELLED))
    driver.wait(1)
    assert len(driver.ordered(cmd.RequestResponse)) == 2
    assert driver.ordered(cmd.PlayAudio) == []
    driver.agent_says("resp-2", "out-2", f"{SAYS} {GREETING}", 3000)
    assert len(driver.ordered(cmd.RequestResponse)) == 2
    assert heard_at(driver) is not None


def test_a_greeting_that_is_read_is_written_to_its_end(new_driver: Callable[..., Any]) -> None:
    driver = new_driver(disclosure=SAYS, greeting=GREETING, modality=Modality.TEXT)
    driver.tell(
        ev.EngineReady(),
        ev.ResponseStarted("resp-1"),
        ev.AgentText("resp-1", "out-1", f"{SAYS} How can", is_spoken=False),
        ev.CallerTyped("Where is order 1004?"),
        ev.AgentText("resp-1", "out-1", " I help you?", is_spoken=False),
        ev.AgentItemFinished("resp-1", "out-1", is_complete=True),
        ev.ResponseFinished("resp-1", ev.ResponseStatus.COMPLETED),
    )
    (greeting,) = [turn for turn in driver.kept(TurnRecord) if turn.item_id == "out-1"]
    assert (greeting.heard_text, greeting.is_interrupted) == (f"{SAYS} {GREETING}", False)
    assert driver.ordered(cmd.SendText) == [cmd.SendText("Where is order 1004?")]


def test_who_wants_something_before_the_greeting_is_told_that_an_ai_speaks_and_answered(
    driver: Any, new_driver: Callable[..., Any]
) -> None:
    eager = new_driver(disclosure=SAYS, greeting=GREETING, modality=Modality.TEXT)
    eager.tell(ev.CallerTyped("Where is order 1004?"), ev.EngineReady())
    assert GREETING in driver.ordered(cmd.RequestResponse)[0].instructions
    assert GREETING not in eager.ordered(cmd.RequestResponse)[0].instructions

"""What counts as a yes, and that the caller always knows where they stand."""

from collections.abc import Callable
from typing import Any

import pytest

from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.phrases import Phrase, phrase
from agent_service.conversation.records import (
    ConfirmationRecord,
    ConfirmationStatus,
    DecidedBy,
    IncidentRecord,
    Modality,
    ToolCallStatus,
    TurnRecord,
)

MS = b"\x00" * 48
READ_BACK = "Cancel order 1007, one wireless mouse. Shall I go ahead?"
AGAIN = f"{phrase(Phrase.NOT_YET, 'en')} {READ_BACK}"
DROPPED = phrase(Phrase.DROPPED, "en")


def prepared(tool_call_id: str = "call-1") -> ev.ToolPrepared:
    return ev.ToolPrepared(
        tool_call_id,
        "hash-1",
        "Cancel an order",
        "Cancel order 1007, one wireless mouse",
        needs_confirmation=True,
    )


def ask(driver: Any) -> None:
    """The model asks to cancel an order; the read-back is asked for."""
    driver.caller_says("in-1", "cancel order 1007")
    driver.model_calls("resp-1", "call-1", "cancel_order")
    driver.tell(prepared())


def hold(driver: Any) -> None:
    """The read-back was played to its end."""
    ask(driver)
    driver.agent_says("resp-2", "out-2", READ_BACK, 2000)


def answer(driver: Any, item_id: str, text: str | None, *, start_ms: int) -> None:
    """The caller says it; the provider begins an answer by itself and is told to stop it."""
    driver.caller_says(item_id, None, start_ms=start_ms)
    own = f"own-{item_id}"
    assert cmd.CancelResponse(own) in driver.tell(ev.ResponseStarted(own))
    driver.tell(ev.ResponseFinished(own, ev.ResponseStatus.CANCELLED))
    if text is not None:
        driver.tell(ev.TranscriptArrived(item_id, text, is_final=True))


def asked_to_say(driver: Any) -> list[str]:
    """What the service has had the agent say since the last look."""
    return [
        r.instructions.partition(": ")[2]
        for r in driver.ordered(cmd.RequestResponse)
        if r.instructions
    ]


def status(driver: Any) -> ConfirmationStatus:
    last: ConfirmationRecord = driver.kept(ConfirmationRecord)[-1]
    return last.status


# --- the grace after a yes ---


def test_a_yes_takes_effect_after_a_moment_of_grace(driver: Any) -> None:
    hold(driver)
    driver.caller_says("in-2", "yes", start_ms=8000)
    driver.wait(0.9)
    assert driver.ordered(cmd.RunTool) == []
    driver.wait(0.2)
    assert len(driver.ordered(cmd.RunTool)) == 1
    assert driver.kept(ConfirmationRecord)[-1].answer == "yes"


@pytest.mark.parametrize("is_early", [True, False])
def test_a_but_within_the_grace_still_counts(driver: Any, is_early: bool) -> None:
    hold(driver)
    answer(driver, "in-2", None if is_early else "Yes.", start_ms=8000)
    driver.tell(ev.SpeechStarted("in-3", 9700))
    if is_early:
        driver.tell(ev.TranscriptArrived("in-2", "Yes.", is_final=True))
    driver.wait(5)
    driver.tell(ev.SpeechStopped("in-3", 11000), ev.SpeechCommitted("in-3"))
    driver.tell(ev.TranscriptArrived("in-3", "But not the fountain pen.", is_final=True))
    assert cmd.CancelResponse("own") in driver.tell(ev.ResponseStarted("own"))
    driver.tell(ev.ResponseFinished("own", ev.ResponseStatus.CANCELLED))
    driver.wait(5)
    assert driver.ordered(cmd.RunTool) == []
    assert asked_to_say(driver)[-1] == AGAIN


def test_a_second_yes_within_the_grace_is_still_one_yes(driver: Any) -> None:
    hold(driver)
    driver.caller_says("in-2", "Yes.", start_ms=8000)
    driver.caller_says("in-3", "Yes, please.", start_ms=9700)
    driver.wait(1)
    assert len(driver.ordered(cmd.RunTool)) == 1
    assert driver.kept(ConfirmationRecord)[-1].answer == "Yes. Yes, please."


def test_noise_within_the_grace_does_not_take_the_yes_away(driver: Any) -> None:
    hold(driver)
    driver.caller_says("in-2", "Yes.", start_ms=8000)
    driver.caller_says("in-3", "", start_ms=9700)
    driver.wait(1)
    assert len(driver.ordered(cmd.RunTool)) == 1


def test_a_typed_but_within_the_grace_counts(driver: Any) -> None:
    hold(driver)
    driver.tell(ev.CallerTyped("yes"))
    driver.wait(0.3)
    driver.tell(ev.CallerTyped("but not the mouse"))
    driver.wait(5)
    assert driver.ordered(cmd.RunTool) == []
    assert asked_to_say(driver)[-1] == AGAIN


def test_a_picture_is_no_yes(driver: Any) -> None:
    hold(driver)
    driver.tell(ev.CallerTyped("[picture 1]", b"jpeg"))
    driver.wait(5)
    assert driver.ordered(cmd.RunTool) == []


@pytest.mark.parametrize("text", ["yes", "no"])
def test_words_that_waited_for_the_line_answer_no_question_that_came_meanwhile(
    driver: Any, text: str
) -> None:
    hold(driver)
    driver.tell(ev.CallerTyped(text, shown=("an-earlier-one",)))
    driver.wait(5)
    assert driver.ordered(cmd.RunTool) == []
    assert asked_to_say(driver)[-1] == AGAIN
    assert status(driver) is ConfirmationStatus.OFFERED
    driver.agent_says("resp-3", "out-3", AGAIN, 3000)
    driver.tell(ev.CallerTyped("yes"))
    driver.wait(2)
    assert len(driver.ordered(cmd.RunTool)) == 1


def test_words_that_waited_for_the_line_answer_the_question_that_was_in_sight(driver: Any) -> None:
    hold(driver)
    question = driver.ordered(cmd.ShowConfirmation)[-1].confirmation_id
    driver.tell(ev.CallerTyped("yes", shown=(question,)))
    driver.wait(2)
    assert len(driver.ordered(cmd.RunTool)) == 1


def test_beside_words_that_waited_for_the_line_a_question_for_a_tap_goes_on(driver: Any) -> None:
    ask(driver)
    for number in (1, 2):
        driver.agent_says(f"wrong-{number}", f"out-w{number}", "Something else.", 2000)
    driver.agent_says("tap", "out-t", phrase(Phrase.TAP, "en"), 1000)
    driver.tell(ev.CallerTyped("no", shown=()))
    driver.wait(5)
    assert asked_to_say(driver)[-1] == phrase(Phrase.TAP, "en")
    assert len(asked_to_say(driver)) == 4
    assert status(driver) is ConfirmationStatus.OFFERED


def test_without_grace_a_yes_takes_effect_at_once(new_driver: Callable[..., Any]) -> None:
    driver = new_driver(yes_grace_s=0.0)
    driver.tell(ev.EngineReady())
    hold(driver)
    driver.caller_says("in-2", "yes", start_ms=8000)
    assert len(driver.ordered(cmd.RunTool)) == 1


def test_a_yes_that_was_not_heard_clearly_is_asked_again(driver: Any) -> None:
    hold(driver)
    answer(driver, "in-2", None, start_ms=8000)
    driver.tell(ev.TranscriptArrived("in-2", "Yeah.", is_final=True, confidence=0.3))
    driver.wait(2)
    assert driver.ordered(cmd.RunTool) == []
    assert asked_to_say(driver)[-1] == AGAIN
    driver.agent_says("resp-3", "out-3", AGAIN, 3000)
    driver.caller_says("in-3", None, start_ms=20_000)
    driver.tell(ev.TranscriptArrived("in-3", "Yes.", is_final=True, confidence=0.9))
    driver.wait(1)
    assert len(driver.ordered(cmd.RunTool)) == 1


# --- anything but a yes ---


def early_yes(driver: Any, number: int) -> None:
    driver.agent_says(f"read-{number}", f"out-r{number}", READ_BACK, 2000, is_played=False)
    answer(driver, f"in-e{number}", "yes", start_ms=8000 * number)


def unclear(driver: Any, number: int) -> None:
    driver.agent_says(f"read-{number}", f"out-r{number}", READ_BACK, 2000)
    answer(driver, f"in-u{number}", "what does it cost", start_ms=8000 * number)


def typed_unclear(driver: Any, number: int) -> None:
    driver.agent_says(f"read-{number}", f"out-r{number}", READ_BACK, 2000)
    driver.tell(ev.CallerTyped("which mouse is that?"))


def no_words_over_the_read_back(driver: Any, number: int) -> None:
    driver.agent_says(f"read-{number}", f"out-r{number}", READ_BACK, 2000, is_played=False)
    answer(driver, f"in-n{number}", "", start_ms=8000 * number)


def lost_words(driver: Any, number: int) -> None:
    driver.agent_says(f"read-{number}", f"out-r{number}", READ_BACK, 2000)
    answer(driver, f"in-l{number}", None, start_ms=8000 * number)
    driver.wait(9)


def silence(driver: Any, number: int) -> None:
    driver.agent_says(f"read-{number}", f"out-r{number}", READ_BACK, 2000)
    driver.wait(125)


@pytest.mark.parametrize(
    "answers",
    [early_yes, unclear, typed_unclear, lost_words, silence],
)
def test_the_question_is_asked_again_once_then_dropped_in_words(
    driver: Any, answers: Callable[[Any, int], None]
) -> None:
    ask(driver)
    answers(driver, 1)
    assert status(driver) is ConfirmationStatus.OFFERED
    assert asked_to_say(driver)[-1] == AGAIN
    answers(driver, 2)
    assert status(driver) in (ConfirmationStatus.VOIDED, ConfirmationStatus.EXPIRED)
    assert DROPPED in asked_to_say(driver)
    assert driver.ordered(cmd.RunTool) == []
    assert len(driver.ordered(cmd.SubmitToolResult)) == 1


def test_the_model_answers_what_was_said_in_place_of_a_yes(driver: Any) -> None:
    ask(driver)
    unclear(driver, 1)
    unclear(driver, 2)
    result = driver.ordered(cmd.SubmitToolResult)[0].output
    assert '"caller_said": "what does it cost"' in result
    driver.agent_says("resp-8", "out-8", DROPPED, 900)
    assert driver.ordered(cmd.RequestResponse)[-1] == cmd.RequestResponse()


def test_a_no_is_told_and_the_model_need_not_speak_of_it(driver: Any) -> None:
    hold(driver)
    answer(driver, "in-2", "no thanks", start_ms=8000)
    assert status(driver) is ConfirmationStatus.DECLINED
    assert asked_to_say(driver)[-1] == phrase(Phrase.DECLINED, "en")
    driver.agent_says("resp-3", "out-3", phrase(Phrase.DECLINED, "en"), 900)
    assert driver.ordered(cmd.RequestResponse)[-1].instructions is not None


def test_an_early_no_counts(driver: Any) -> None:
    ask(driver)
    driver.agent_says("resp-2", "out-2", READ_BACK, 2000, is_played=False)
    driver.caller_says("in-2", "no", start_ms=8000)
    assert status(driver) is ConfirmationStatus.DECLINED


def test_words_before_the_read_back_begins_do_not_use_up_the_question(driver: Any) -> None:
    ask(driver)
    answer(driver, "in-2", "as soon as possible", start_ms=4000)
    driver.agent_says("resp-3", "out-3", READ_BACK, 2000)
    driver.caller_says("in-3", "yes", start_ms=9000)
    driver.wait(1)
    assert len(driver.ordered(cmd.RunTool)) == 1


def test_sound_without_words_leaves_the_question_open(driver: Any) -> None:
    hold(driver)
    driver.caller_says("in-2", "", start_ms=8000)
    assert status(driver) is ConfirmationStatus.OFFERED
    driver.caller_says("in-3", "yes", start_ms=12000)
    driver.wait(1)
    assert len(driver.ordered(cmd.RunTool)) == 1


def test_the_stop_button_drops_the_question_in_words(driver: Any) -> None:
    driver.caller_says("in-1", "cancel both")
    driver.tell(
        ev.ResponseStarted("resp-1"),
        ev.ToolCallRequested("resp-1", "call-1", "cancel_order", "{}"),
        ev.ToolCallRequested("resp-1", "call-2", "open_ticket", "{}"),
        ev.ResponseFinished("resp-1", ev.ResponseStatus.COMPLETED),
        prepared("call-1"),
        prepared("call-2"),
        ev.CallerInterrupted(),
    )
    assert [r.status for r in driver.ended_calls()] == [ToolCallStatus.VOIDED] * 2
    driver.tell(ev.ResponseStarted("resp-2"))
    driver.tell(ev.ResponseFinished("resp-2", ev.ResponseStatus.CANCELLED))
    assert asked_to_say(driver)[-1] == DROPPED


def test_a_tap_of_no_stops_the_read_back(driver: Any) -> None:
    ask(driver)
    driver.tell(ev.ResponseStarted("resp-2"), ev.AgentAudio("resp-2", "out-2", MS * 300, 300))
    confirmation_id = driver.kept(ConfirmationRecord)[0].confirmation_id
    out = driver.tell(ev.CallerConfirmed(confirmation_id, is_accepted=False))
    assert cmd.ClearPlayback("out-2") in out
    assert status(driver) is ConfirmationStatus.DECLINED


def test_a_question_that_replaces_another_says_that_nothing_came_of_it(driver: Any) -> None:
    hold(driver)
    driver.model_calls("resp-3", "call-2", "cancel_order", '{"order_number":"1"}')
    driver.tell(prepared("call-2"))
    assert asked_to_say(driver)[-1] == AGAIN


def test_a_question_long_after_a_replaced_one_is_plain(driver: Any) -> None:
    hold(driver)
    driver.tell(ev.ResponseStarted("resp-3"))
    driver.tell(ev.ToolCallRequested("resp-3", "call-2", "cancel_order", '{"n":1}'))
    driver.tell(ev.ToolFinished("call-2", ToolCallStatus.FIX_ARGUMENTS, "{}"))
    driver.tell(ev.ResponseFinished("resp-3", ev.ResponseStatus.COMPLETED))
    for number, speak in enumerate((ev.CallerTyped("hm"), ev.SpeechStarted("in-5", 0))):
        driver.tell(speak)
        driver.tell(ev.SpeechStopped("in-5", 0), ev.SpeechCommitted("in-5"))
        driver.model_calls(f"resp-{4 + number}", f"call-{4 + number}", "cancel_order")
    driver.tell(prepared("call-5"))
    assert asked_to_say(driver)[-1] == READ_BACK


def test_a_read_back_that_the_caller_stops_is_asked_again(driver: Any) -> None:
    ask(driver)
    driver.tell(ev.ResponseStarted("resp-2"), ev.AgentAudio("resp-2", "out-2", MS * 300, 300))
    driver.tell(ev.SpeechStarted("in-2", 8000))
    driver.tell(ev.ResponseFinished("resp-2", ev.ResponseStatus.CANCELLED))
    driver.tell(ev.SpeechStopped("in-2", 9000), ev.SpeechCommitted("in-2"))
    driver.tell(ev.ResponseStarted("own"))
    driver.tell(ev.ResponseFinished("own", ev.ResponseStatus.CANCELLED))
    driver.tell(ev.TranscriptArrived("in-2", "okay", is_final=True))
    driver.wait(0.3)
    assert asked_to_say(driver)[-1] == AGAIN


def test_a_later_request_voids_what_waits_and_what_is_asked(driver: Any) -> None:
    driver.caller_says("in-1", "cancel both")
    driver.tell(
        ev.ResponseStarted("resp-1"),
        ev.ToolCallRequested("resp-1", "call-1", "cancel_order", "{}"),
        ev.ToolCallRequested("resp-1", "call-2", "open_ticket", "{}"),
        ev.ResponseFinished("resp-1", ev.ResponseStatus.COMPLETED),
        prepared("call-1"),
        prepared("call-2"),
    )
    driver.model_calls("resp-2", "call-3", "cancel_order", '{"n":1}')
    assert [(r.tool_call_id, r.status) for r in driver.ended_calls()] == [
        ("call-2", ToolCallStatus.VOIDED),
        ("call-1", ToolCallStatus.VOIDED),
    ]


def test_sounds_without_words_over_the_read_back_have_it_read_again(driver: Any) -> None:
    ask(driver)
    for number in range(1, 5):
        no_words_over_the_read_back(driver, number)
        assert status(driver) is ConfirmationStatus.OFFERED
        assert asked_to_say(driver)[-1] == AGAIN
    no_words_over_the_read_back(driver, 5)
    assert status(driver) is ConfirmationStatus.VOIDED


@pytest.mark.parametrize("is_sound", [True, False])
def test_a_yes_after_something_else_was_said_is_asked_again(driver: Any, is_sound: bool) -> None:
    hold(driver)
    driver.tell(ev.ResponseStarted("other"))
    if is_sound:
        driver.tell(ev.AgentAudio("other", "out-9", MS * 500, 500))
    driver.tell(
        ev.AgentText("other", "out-9", "Do you want a free coupon instead?", is_spoken=True),
        ev.ResponseFinished("other", ev.ResponseStatus.COMPLETED),
        ev.CallerPlayed("out-9", 500),
    )
    answer(driver, "in-2", "Yes.", start_ms=9000)
    driver.wait(2)
    assert driver.ordered(cmd.RunTool) == []
    assert asked_to_say(driver)[-1] == AGAIN


def test_a_call_that_the_model_makes_again_at_the_yes_does_not_take_the_question_away(
    driver: Any,
) -> None:
    hold(driver)
    driver.caller_says("in-2", None, start_ms=9000)
    driver.tell(
        ev.ResponseStarted("own"),
        ev.ToolCallRequested("own", "call-2", "cancel_order", "{}"),
        ev.ResponseFinished("own", ev.ResponseStatus.CANCELLED),
        ev.TranscriptArrived("in-2", "Yes.", is_final=True),
    )
    driver.wait(1)
    assert [run.tool_call_id for run in driver.ordered(cmd.RunTool)] == ["call-1"]
    assert "did nothing" in driver.ordered(cmd.SubmitToolResult)[0].output


def test_a_read_back_that_never_begins_is_not_asked_for_once_the_question_is_closed(
    driver: Any,
) -> None:
    ask(driver)
    confirmation_id = driver.kept(ConfirmationRecord)[0].confirmation_id
    driver.tell(ev.CallerConfirmed(confirmation_id, is_accepted=False))
    before = len(driver.ordered(cmd.RequestResponse))
    driver.wait(25)
    assert READ_BACK not in asked_to_say(driver)[before:]


# --- what was read back is what was said ---


def said_wrongly(driver: Any, number: int) -> None:
    driver.agent_says(f"read-{number}", f"out-r{number}", "Is there anything else?", 900)


def said_without_sound(driver: Any, number: int) -> None:
    response_id, item_id = f"read-{number}", f"out-r{number}"
    driver.tell(
        ev.ResponseStarted(response_id),
        ev.AgentText(response_id, item_id, READ_BACK, is_spoken=False),
        ev.ResponseFinished(response_id, ev.ResponseStatus.COMPLETED),
    )


def broke_off(driver: Any, number: int) -> None:
    driver.tell(
        ev.ResponseStarted(f"read-{number}"),
        ev.AgentAudio(f"read-{number}", f"out-r{number}", MS * 100, 100),
        ev.ResponseFinished(f"read-{number}", ev.ResponseStatus.INCOMPLETE, code="max"),
    )


def never_played(driver: Any, number: int) -> None:
    driver.agent_says(f"read-{number}", f"out-r{number}", READ_BACK, 500, is_played=False)
    driver.wait(10)


def called_a_tool_instead(driver: Any, number: int) -> None:
    driver.model_calls(f"read-{number}", f"call-x{number}", "get_order_status")
    driver.tell(ev.ToolFinished(f"call-x{number}", ToolCallStatus.SUCCEEDED, "{}"))


def writes(driver: Any) -> list[cmd.RunTool]:
    return [run for run in driver.ordered(cmd.RunTool) if run.name == "cancel_order"]


@pytest.mark.parametrize(
    "reads", [said_wrongly, said_without_sound, broke_off, never_played, called_a_tool_instead]
)
def test_what_was_not_read_back_rightly_is_read_again_then_only_shown(
    driver: Any, reads: Callable[[Any, int], None]
) -> None:
    ask(driver)
    reads(driver, 1)
    assert driver.ordered(cmd.ShowConfirmation) == []
    last = driver.ordered(cmd.RequestResponse)[-1]
    assert last.instructions.startswith("Read this text aloud")
    assert last.instructions.endswith(AGAIN)
    reads(driver, 2)
    shown = driver.ordered(cmd.ShowConfirmation)
    assert [(f"{s.summary} {s.question}", s.is_tap_only) for s in shown] == [(READ_BACK, True)]
    assert "read_back_differs" in [i.code for i in driver.kept(IncidentRecord)]
    driver.tell(ev.CallerConfirmed(shown[0].confirmation_id, is_accepted=True))
    assert len(writes(driver)) == 1
    accepted = driver.kept(ConfirmationRecord)[-1]
    assert (accepted.decided_by, accepted.heard_at) == (DecidedBy.TAP, None)


@pytest.mark.parametrize("sounding_ms", [0, 200])
def test_a_read_back_without_enough_sound_is_said_again_then_only_shown(
    driver: Any, sounding_ms: int
) -> None:
    ask(driver)
    driver.agent_says("resp-2", "out-2", READ_BACK, 4000, sounding_ms=sounding_ms)
    assert driver.ordered(cmd.ShowConfirmation) == []
    assert asked_to_say(driver)[-1] == AGAIN
    driver.agent_says("resp-3", "out-3", AGAIN, 4000, sounding_ms=sounding_ms)
    assert driver.ordered(cmd.ShowConfirmation)[-1].is_tap_only
    driver.caller_says("in-2", "yes", start_ms=9000)
    driver.wait(2)
    assert driver.ordered(cmd.RunTool) == []
    codes = ["read_back_differs", "provider_silent", "read_back_differs"]
    assert [r.code for r in driver.kept(IncidentRecord)] == codes
    assert "too_little_sound" in driver.kept(TurnRecord)[1].flags


def test_a_read_back_in_two_items_is_one(driver: Any) -> None:
    ask(driver)
    driver.tell(
        ev.ResponseStarted("resp-2"),
        ev.AgentText("resp-2", "out-1", "Cancel order 1007, one wireless mouse.", is_spoken=True),
        ev.AgentAudio("resp-2", "out-1", MS * 1500, 1500),
        ev.AgentText("resp-2", "out-2", "Shall I go ahead?", is_spoken=True),
        ev.AgentAudio("resp-2", "out-2", MS * 700, 700),
        ev.ResponseFinished("resp-2", ev.ResponseStatus.COMPLETED),
        ev.CallerPlayed("out-1", 1500),
    )
    assert driver.ordered(cmd.ShowConfirmation) == []
    driver.tell(ev.CallerPlayed("out-2", 700))
    assert len(driver.ordered(cmd.ShowConfirmation)) == 1


def test_where_nothing_can_be_tapped_what_was_not_read_back_rightly_is_dropped(
    new_driver: Callable[..., Any],
) -> None:
    driver = new_driver(can_tap=False)
    driver.tell(ev.EngineReady())
    ask(driver)
    said_wrongly(driver, 1)
    assert asked_to_say(driver)[-1] == AGAIN
    said_wrongly(driver, 2)
    assert status(driver) is ConfirmationStatus.VOIDED
    assert driver.ordered(cmd.ShowConfirmation) == []
    assert asked_to_say(driver)[-1] == DROPPED
    driver.caller_says("in-2", "yes", start_ms=30_000)
    driver.wait(2)
    assert writes(driver) == []


def test_a_typed_conversation_needs_no_sound(new_driver: Callable[..., Any]) -> None:
    driver = new_driver(modality=Modality.TEXT)
    driver.tell(ev.EngineReady(), ev.CallerTyped("cancel order 1007"))
    driver.model_calls("resp-1", "call-1", "cancel_order")
    driver.tell(prepared())
    said_without_sound(driver, 1)
    driver.tell(ev.CallerTyped("yes"))
    driver.wait(1)
    assert len(driver.ordered(cmd.RunTool)) == 1


def show(driver: Any) -> None:
    ask(driver)
    said_wrongly(driver, 1)
    said_wrongly(driver, 2)


def test_a_spoken_yes_to_what_is_only_shown_is_answered_with_the_way_to_agree(driver: Any) -> None:
    show(driver)
    tap = phrase(Phrase.TAP, "en")
    driver.agent_says("resp-4", "out-4", tap, 3000)
    answer(driver, "in-2", "", start_ms=30_000)
    answer(driver, "in-3", "yes", start_ms=40_000)
    driver.agent_says("resp-5", "out-5", tap, 3000)
    assert asked_to_say(driver).count(tap) == 2
    answer(driver, "in-4", "yes", start_ms=50_000)
    driver.wait(2)
    assert driver.ordered(cmd.RunTool) == []
    assert status(driver) is ConfirmationStatus.VOIDED
    assert DROPPED in asked_to_say(driver)


def test_a_spoken_no_to_what_is_only_shown_declines(driver: Any) -> None:
    show(driver)
    driver.caller_says("in-3", "no", start_ms=40_000)
    assert status(driver) is ConfirmationStatus.DECLINED


def test_what_is_only_shown_expires(driver: Any) -> None:
    show(driver)
    driver.wait(125)
    assert status(driver) is ConfirmationStatus.EXPIRED


def test_a_read_back_that_fails_twice_is_shown(driver: Any) -> None:
    ask(driver)
    for attempt in range(5):
        driver.tell(ev.ResponseStarted(f"resp-{attempt}x"))
        driver.tell(ev.ResponseFinished(f"resp-{attempt}x", ev.ResponseStatus.FAILED))
        driver.wait(1.5)
    assert [s.is_tap_only for s in driver.ordered(cmd.ShowConfirmation)] == [True]


# --- the provider goes away ---


@pytest.mark.parametrize("is_begun", [True, False])
def test_a_loss_during_the_read_back_asks_again_without_counting(
    driver: Any, is_begun: bool
) -> None:
    ask(driver)
    if is_begun:
        driver.tell(ev.ResponseStarted("resp-2"), ev.AgentAudio("resp-2", "out-2", MS * 100, 100))
    driver.tell(ev.EngineDropped("dropped", "gone"))
    driver.tell(ev.EngineReady())
    driver.tell(ev.CallerPlayed("out-2", 100))
    expected = AGAIN if is_begun else READ_BACK
    assert asked_to_say(driver)[-1] == expected
    driver.agent_says("resp-3", "out-3", expected, 2000)
    answer(driver, "in-2", "what does it cost", start_ms=20_000)
    assert asked_to_say(driver)[-1] == AGAIN
    assert status(driver) is ConfirmationStatus.OFFERED


def test_a_question_that_was_heard_can_be_answered_in_the_next_session(driver: Any) -> None:
    hold(driver)
    driver.tell(ev.EngineDropped("dropped", "gone"), ev.EngineReady())
    driver.caller_says("in-2", "yes", start_ms=1000)
    driver.wait(1)
    assert len(driver.ordered(cmd.RunTool)) == 1


def test_an_answer_that_the_loss_swallowed_is_asked_for_again(driver: Any) -> None:
    hold(driver)
    driver.tell(ev.SpeechStarted("in-2", 8000), ev.EngineDropped("dropped", "gone"))
    driver.wait(0.1)
    driver.tell(ev.EngineReady())
    assert asked_to_say(driver)[-1] == AGAIN


def test_a_question_that_cannot_be_asked_in_time_expires(driver: Any) -> None:
    ask(driver)
    driver.tell(ev.EngineDropped("dropped", "gone"))
    driver.wait(125)
    assert status(driver) is ConfirmationStatus.EXPIRED

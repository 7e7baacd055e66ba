"""The rules of a conversation, one by one."""

from collections.abc import Callable
from typing import Any

import pytest
from an_agent import agent

from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.phrases import SAY
from agent_service.conversation.provider_loss import REOPEN_DELAYS_S
from agent_service.conversation.records import (
    Caller,
    CallerLevel,
    ConfirmationRecord,
    ConfirmationStatus,
    ConversationRecord,
    DecidedBy,
    IncidentRecord,
    Modality,
    RatingRecord,
    Role,
    ToolCallStatus,
    TurnRecord,
    Usage,
)
from agent_service.conversation.spec import (
    HistoryToolRound,
    HistoryTurn,
    Notice,
    NoticeClip,
)

MS = b"\x00" * 48
SUMMARY = "Cancel order 1007, one wireless mouse"
READ_BACK = "Cancel order 1007, one wireless mouse. Shall I go ahead?"


def prepared(tool_call_id: str = "call-1", summary: str = SUMMARY) -> ev.ToolPrepared:
    return ev.ToolPrepared(
        tool_call_id, "hash-1", "Cancel an order", summary, needs_confirmation=True
    )


def hold(driver: Any) -> None:
    """The model asks to cancel an order; the read-back was played to its end."""
    driver.caller_says("in-1", "cancel order 1007")
    driver.model_calls("resp-1", "call-1", "cancel_order", '{"order_number":"1007"}')
    driver.tell(prepared())
    driver.agent_says("resp-2", "out-2", READ_BACK, 2000)


# --- turns ---


def test_the_conversation_is_recorded_when_the_provider_is_ready(driver: Any) -> None:
    assert [record.ended_at for record in driver.kept(ConversationRecord)] == [None]


def test_a_greeting_is_asked_for_once(new_driver: Callable[..., Any]) -> None:
    driver = new_driver(greeting="Hello there.")
    assert not driver.dialogue.is_agent_due
    driver.tell(ev.EngineReady())
    assert driver.dialogue.is_agent_due
    assert [r.instructions for r in driver.ordered(cmd.RequestResponse)] == [
        "Say exactly this to the caller, and nothing else: Hello there."
    ]


def test_a_spoken_turn_and_its_answer_are_recorded_in_order(driver: Any) -> None:
    driver.caller_says("in-1", "where is my order")
    driver.agent_says("resp-1", "out-1", "It is on its way.", 1200)
    turns = driver.kept(TurnRecord)
    assert [(t.seq, t.role, t.text, t.heard_text) for t in turns] == [
        (1, Role.CALLER, "where is my order", "where is my order"),
        (2, Role.AGENT, "It is on its way.", "It is on its way."),
    ]
    assert turns[1].heard_ms == 1200


def test_a_late_transcript_holds_back_the_turns_after_it(driver: Any) -> None:
    driver.caller_says("in-1", None)
    driver.agent_says("resp-1", "out-1", "Hello.", 500)
    assert driver.kept(TurnRecord) == []
    driver.tell(ev.TranscriptArrived("in-1", "hi", is_final=True))
    assert [t.text for t in driver.kept(TurnRecord)] == ["hi", "Hello."]


def test_a_transcript_that_never_comes_is_given_up(driver: Any) -> None:
    driver.caller_says("in-1", None)
    driver.agent_says("resp-1", "out-1", "Hello.", 500)
    driver.wait(10)
    assert [(t.text, t.flags) for t in driver.kept(TurnRecord)] == [
        ("", ("no_transcript",)),
        ("Hello.", ()),
    ]
    usage = Usage(input_audio_tokens=15)
    driver.tell(ev.TranscriptArrived("in-1", "hi", is_final=True, usage=usage))
    late = driver.kept(TurnRecord)[-1]
    assert late.usage == usage
    assert (late.turn_id, late.seq) == (driver.kept(TurnRecord)[0].turn_id, 1)
    assert (late.text, late.heard_text, late.flags) == ("hi", "hi", ("late_transcript",))
    assert [s.text for s in driver.ordered(cmd.ShowTranscript) if s.is_final] == ["hi"]
    assert driver.tell(ev.TranscriptArrived("in-1", "hi", is_final=True)) == []


def test_transcripts_that_overtake_each_other_find_their_turns(driver: Any) -> None:
    driver.caller_says("in-1", None)
    driver.caller_says("in-2", None, start_ms=3000)
    driver.tell(ev.TranscriptArrived("in-2", "second", is_final=True))
    driver.tell(ev.TranscriptArrived("in-1", "first", is_final=True))
    assert [t.text for t in driver.kept(TurnRecord)] == ["first", "second"]


def test_a_failed_transcript_is_an_incident_and_a_flag(driver: Any) -> None:
    driver.caller_says("in-1", None)
    driver.tell(ev.TranscriptFailed("in-1", "unintelligible"))
    assert [t.flags for t in driver.kept(TurnRecord)] == [("transcript_failed",)]
    assert [i.code for i in driver.kept(IncidentRecord)] == ["transcript_failed"]


def test_a_final_caption_is_shown_only_when_the_turn_is_on_record(driver: Any) -> None:
    driver.caller_says("in-1", "hi")
    assert not any(s.is_final for s in driver.ordered(cmd.ShowTranscript))
    turn = driver.kept(TurnRecord)[0]
    driver.tell(ev.TurnRecorded(turn.turn_id))
    assert [s.text for s in driver.ordered(cmd.ShowTranscript) if s.is_final] == ["hi"]


def test_the_wait_is_measured_from_the_end_of_speech(driver: Any) -> None:
    driver.now += 2.0
    driver.tell(ev.CallerAudio(MS * 2000), ev.SpeechStarted("in-1", 0))
    driver.tell(ev.SpeechStopped("in-1", 2000), ev.SpeechCommitted("in-1"))
    driver.tell(ev.TranscriptArrived("in-1", "hi", is_final=True))
    driver.now += 0.1
    driver.agent_says("resp-1", "out-1", "Hello.", 500)
    assert driver.kept(TurnRecord)[1].first_audio_ms == 600  # 500 of silence, 100 of work


def test_what_writing_a_turn_down_took_is_on_it(driver: Any) -> None:
    usage = Usage(input_audio_tokens=15, cost_usd=0.0001)
    driver.caller_says("in-1", None)
    driver.tell(ev.TranscriptArrived("in-1", "hi", is_final=True, usage=usage))
    assert driver.kept(TurnRecord)[0].usage == usage


def test_usage_of_a_response_without_words_goes_to_the_next_turn(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.tell(
        ev.ResponseStarted("resp-1"),
        ev.ToolCallRequested("resp-1", "call-1", "get_order_status", "{}"),
        ev.ResponseFinished("resp-1", ev.ResponseStatus.COMPLETED, Usage(input_text_tokens=7)),
        ev.ToolFinished("call-1", ToolCallStatus.SUCCEEDED, "{}"),
    )
    driver.tell(
        ev.ResponseStarted("resp-2"),
        ev.AgentText("resp-2", "out-2", "Here.", is_spoken=True),
        ev.AgentAudio("resp-2", "out-2", MS * 100, 100),
        ev.ResponseFinished("resp-2", ev.ResponseStatus.COMPLETED, Usage(input_text_tokens=5)),
        ev.CallerPlayed("out-2", 100),
    )
    assert driver.kept(TurnRecord)[1].usage == Usage(input_text_tokens=12)


def test_typed_turns_are_sent_and_answered(driver: Any) -> None:
    out = driver.tell(ev.CallerTyped("where is order 1004?"))
    assert cmd.SendText("where is order 1004?") in out
    assert cmd.RequestResponse() in out


def test_a_picture_is_a_turn_that_the_model_is_shown_and_answers(driver: Any) -> None:
    out = driver.tell(ev.CallerTyped("[picture 1]", b"jpeg"))
    assert cmd.SendText("[picture 1]", b"jpeg") in out
    assert cmd.RequestResponse() in out
    (turn,) = driver.kept(TurnRecord)
    assert (turn.role, turn.text) == (Role.CALLER, "[picture 1]")


def test_a_text_answer_counts_as_heard(new_driver: Callable[..., Any]) -> None:
    driver = new_driver(modality=Modality.TEXT)
    driver.tell(ev.EngineReady(), ev.CallerTyped("hi"))
    driver.tell(
        ev.ResponseStarted("resp-1"),
        ev.AgentText("resp-1", "out-1", "Hello.", is_spoken=False),
        ev.ResponseFinished("resp-1", ev.ResponseStatus.COMPLETED),
    )
    assert driver.kept(TurnRecord)[1].heard_text == "Hello."


def test_push_to_talk_commits_and_asks(new_driver: Callable[..., Any]) -> None:
    driver = new_driver(agent=agent(turn_detection={"kind": "push_to_talk"}))
    driver.tell(ev.EngineReady(), ev.CallerAudio(MS * 500))
    assert driver.tell(ev.CallerCommitted()) == [cmd.CommitAudio()]
    assert cmd.RequestResponse() in driver.tell(ev.SpeechCommitted("in-1"))


# --- barge-in ---


def test_barge_in_clears_playback_and_cuts_memory_and_record_alike(driver: Any) -> None:
    driver.caller_says("in-1", "tell me everything")
    text = "One two three four five six seven eight nine ten."
    driver.agent_says("resp-1", "out-1", text, 5000, is_played=False)
    driver.now += 2.0
    driver.tell(ev.CallerPlayed("out-1", 1900))
    out = driver.tell(ev.SpeechStarted("in-2", 9000))
    assert cmd.ClearPlayback("out-1") in out
    driver.tell(ev.CallerPlayed("out-1", 2040))
    driver.wait(0.3)
    assert driver.ordered(cmd.TruncateItem) == [cmd.TruncateItem("out-1", 2040)]
    turn = driver.kept(TurnRecord)[1]
    assert turn.is_interrupted
    assert turn.heard_ms == 2040
    assert turn.heard_text == "One two three four"
    assert text.startswith(turn.heard_text)


def test_no_audio_of_a_cut_item_goes_out(driver: Any) -> None:
    driver.caller_says("in-1", "hello")
    driver.tell(ev.ResponseStarted("resp-1"), ev.AgentAudio("resp-1", "out-1", MS * 300, 300))
    driver.tell(ev.SpeechStarted("in-2", 5000))
    assert driver.tell(ev.AgentAudio("resp-1", "out-1", MS * 300, 300)) == []
    assert driver.tell(ev.AgentAudio("resp-1", "out-9", MS * 300, 300)) == []


def test_the_provider_is_told_to_cancel_if_it_does_not_by_itself(driver: Any) -> None:
    driver.caller_says("in-1", "hello")
    driver.tell(ev.ResponseStarted("resp-1"), ev.AgentAudio("resp-1", "out-1", MS * 300, 300))
    driver.tell(ev.SpeechStarted("in-2", 5000))
    assert driver.ordered(cmd.CancelResponse) == []
    driver.wait(1.0)
    assert driver.ordered(cmd.CancelResponse) == [cmd.CancelResponse("resp-1")]


def test_the_stop_button_cancels_at_once(driver: Any) -> None:
    driver.caller_says("in-1", "hello")
    driver.tell(ev.ResponseStarted("resp-1"), ev.AgentAudio("resp-1", "out-1", MS * 300, 300))
    out = driver.tell(ev.CallerInterrupted())
    assert cmd.CancelResponse("resp-1") in out
    assert cmd.ClearPlayback("out-1") in out


def test_a_player_that_says_nothing_is_not_believed_to_have_played(driver: Any) -> None:
    driver.caller_says("in-1", "hello")
    driver.agent_says("resp-1", "out-1", "Hello there.", 1000, is_played=False)
    driver.wait(10)
    turn = driver.kept(TurnRecord)[1]
    assert (turn.heard_ms, turn.heard_text, turn.flags) == (0, "", ("playback_unacknowledged",))


def test_acknowledgements_never_exceed_what_was_sent(driver: Any) -> None:
    driver.caller_says("in-1", "hello")
    driver.tell(ev.ResponseStarted("resp-1"), ev.AgentAudio("resp-1", "out-1", MS * 300, 300))
    driver.tell(ev.CallerPlayed("out-1", 99_000), ev.SpeechStarted("in-2", 5000))
    driver.wait(1.0)
    assert driver.ordered(cmd.TruncateItem) == []  # all that was sent was heard


def test_a_response_that_starts_over_the_caller_is_cancelled(driver: Any) -> None:
    driver.tell(ev.CallerTyped("hi"), ev.SpeechStarted("in-1", 0))
    assert cmd.CancelResponse("resp-1") in driver.tell(ev.ResponseStarted("resp-1"))


# --- responses ---


def test_results_that_arrive_during_a_response_wait_then_one_is_asked_for(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.tell(
        ev.ResponseStarted("resp-1"),
        ev.ToolCallRequested("resp-1", "call-1", "get_order_status", "{}"),
        ev.ToolCallRequested("resp-1", "call-2", "get_order_status", "{}"),
    )
    driver.tell(ev.ToolFinished("call-1", ToolCallStatus.SUCCEEDED, "{}"))
    driver.tell(ev.ToolFinished("call-2", ToolCallStatus.SUCCEEDED, "{}"))
    assert len(driver.ordered(cmd.SubmitToolResult)) == 2
    assert driver.ordered(cmd.RequestResponse) == []
    driver.tell(ev.ResponseFinished("resp-1", ev.ResponseStatus.COMPLETED))
    assert driver.ordered(cmd.RequestResponse) == [cmd.RequestResponse()]


def test_result_after_barge_in_does_not_start_speech(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.model_calls("resp-1", "call-1", "get_order_status")
    driver.tell(ev.SpeechStarted("in-2", 4000))
    driver.tell(ev.ToolFinished("call-1", ToolCallStatus.SUCCEEDED, "{}"))
    assert driver.ordered(cmd.SubmitToolResult) == [cmd.SubmitToolResult("call-1", "{}")]
    assert driver.ordered(cmd.RequestResponse) == []
    driver.tell(ev.SpeechStopped("in-2", 5000), ev.SpeechCommitted("in-2"))
    driver.agent_says("resp-2", "out-2", "It is on its way.", 100)
    assert driver.ordered(cmd.RequestResponse) == []


def test_an_active_response_refusal_asks_again_after_it(driver: Any) -> None:
    driver.tell(ev.CallerTyped("hi"))
    driver.tell(ev.EngineRefused("conversation_already_has_active_response", "busy"))
    driver.agent_says("resp-x", "out-x", "Hello.", 100)
    assert driver.kept(IncidentRecord) == []


def test_a_failed_response_is_tried_once_more_then_told(driver: Any) -> None:
    driver.tell(ev.CallerTyped("hi"))
    for attempt in ("resp-1", "resp-2"):
        driver.tell(
            ev.ResponseStarted(attempt),
            ev.ResponseFinished(
                attempt,
                ev.ResponseStatus.FAILED,
                code="rate_limit_exceeded",
                message="Too many requests.",
            ),
        )
        driver.wait(1.5)
    assert len(driver.ordered(cmd.RequestResponse)) == 2
    assert [i.code for i in driver.ordered(cmd.ShowIncident)] == ["rate_limit_exceeded"]


def test_a_response_that_never_starts_is_asked_for_again(driver: Any) -> None:
    driver.caller_says("in-1", "hello")
    driver.wait(11)
    assert driver.ordered(cmd.RequestResponse) == [cmd.RequestResponse()]


def test_a_model_that_only_calls_tools_must_speak_in_the_end(driver: Any) -> None:
    driver.caller_says("in-1", "loop")
    for n in range(9):
        driver.model_calls(f"resp-{n}", f"call-{n}", "get_order_status")
        driver.tell(ev.ToolFinished(f"call-{n}", ToolCallStatus.SUCCEEDED, "{}"))
    driver.wait(1)
    assert [r.uses_tools for r in driver.ordered(cmd.RequestResponse)][-2:] == [False, False]


# --- tools and confirmations ---


def test_an_unknown_tool_is_refused_and_recorded(driver: Any) -> None:
    driver.caller_says("in-1", "x")
    driver.model_calls("resp-1", "call-1", "delete_everything")
    assert [r.status for r in driver.ended_calls()] == [ToolCallStatus.NOT_ALLOWED]
    assert len(driver.ordered(cmd.SubmitToolResult)) == 1


def test_the_same_call_twice_runs_once(driver: Any) -> None:
    driver.caller_says("in-1", "x")
    driver.tell(ev.ResponseStarted("resp-1"))
    call = ev.ToolCallRequested("resp-1", "call-1", "get_order_status", "{}")
    driver.tell(call, call)
    assert len(driver.ordered(cmd.RunTool)) == 1
    driver.tell(ev.ToolCallRequested("resp-1", "call-1", "get_order_status", '{"a":1}'))
    assert [i.code for i in driver.kept(IncidentRecord)] == ["contradictory_tool_call"]


def test_a_write_tool_waits_for_a_yes_after_the_read_back(driver: Any) -> None:
    hold(driver)
    assert driver.ordered(cmd.RunTool) == []
    (shown,) = driver.ordered(cmd.ShowConfirmation)
    assert shown.summary == "Cancel order 1007, one wireless mouse."
    assert shown.question == "Shall I go ahead?"
    driver.caller_says("in-2", "yes please", start_ms=8000)
    driver.wait(1)
    run = driver.ordered(cmd.RunTool)
    assert [(r.name, r.arguments) for r in run] == [("cancel_order", '{"order_number":"1007"}')]
    accepted = driver.kept(ConfirmationRecord)[-1]
    assert accepted.status is ConfirmationStatus.ACCEPTED
    assert accepted.decided_by is DecidedBy.VOICE
    assert run[0].confirmation_id == accepted.confirmation_id
    driver.tell(ev.ToolFinished("call-1", ToolCallStatus.SUCCEEDED, '{"say":"Done."}'))
    assert driver.ordered(cmd.SubmitToolResult) == [
        cmd.SubmitToolResult("call-1", '{"say":"Done."}')
    ]


def test_the_providers_own_answer_to_a_yes_is_cancelled(driver: Any) -> None:
    hold(driver)
    driver.caller_says("in-2", None, start_ms=8000)
    assert cmd.CancelResponse("resp-3") in driver.tell(ev.ResponseStarted("resp-3"))
    driver.tell(ev.ResponseFinished("resp-3", ev.ResponseStatus.CANCELLED))
    driver.tell(ev.TranscriptArrived("in-2", "Yes.", is_final=True))
    driver.wait(1)
    assert len(driver.ordered(cmd.RunTool)) == 1


def test_a_tap_counts_only_on_the_open_and_heard_question(driver: Any) -> None:
    driver.caller_says("in-1", "cancel order 1007")
    driver.model_calls("resp-1", "call-1", "cancel_order")
    driver.tell(prepared())
    confirmation_id = driver.kept(ConfirmationRecord)[0].confirmation_id
    driver.tell(ev.CallerConfirmed(confirmation_id, is_accepted=True))
    driver.tell(ev.CallerConfirmed("other", is_accepted=True))
    assert [e.code for e in driver.ordered(cmd.ShowError)] == [
        "confirmation_not_heard",
        "confirmation_closed",
    ]
    driver.agent_says("resp-2", "out-2", READ_BACK, 2000)
    driver.tell(ev.CallerConfirmed(confirmation_id, is_accepted=True))
    assert len(driver.ordered(cmd.RunTool)) == 1


def test_a_second_tap_says_nothing_new(driver: Any) -> None:
    hold(driver)
    confirmation_id = driver.kept(ConfirmationRecord)[-1].confirmation_id
    yes = ev.CallerConfirmed(confirmation_id, is_accepted=True)
    driver.tell(yes)
    assert driver.tell(yes) == []
    assert len(driver.ordered(cmd.RunTool)) == 1
    driver.tell(ev.CallerConfirmed(confirmation_id, is_accepted=False))
    (refused,) = driver.ordered(cmd.ShowError)
    assert refused.code == "confirmation_closed"


def test_what_happens_beside_the_talk_is_told_with_the_turn_it_stands_behind(driver: Any) -> None:
    """The words of that turn may be known later."""
    driver.caller_says("in-0", None)
    driver.model_calls("resp-0", "call-0", "get_order_status")
    driver.tell(ev.TranscriptArrived("in-0", "where is it", is_final=True))
    driver.tell(ev.ToolFinished("call-0", ToolCallStatus.SUCCEEDED, "{}"))
    asked = driver.kept(TurnRecord)[0].turn_id
    looked = [(each.status, each.after) for each in driver.ordered(cmd.ShowTool)]
    assert looked == [("running", asked), ("succeeded", asked)]
    hold(driver)
    driver.tell(ev.CallerTyped("Yes, go ahead"))
    driver.wait(1)
    agreed = driver.kept(TurnRecord)[-1]
    assert agreed.text == "Yes, go ahead"
    (closed,) = driver.ordered(cmd.WithdrawConfirmation)
    shown = driver.ordered(cmd.ShowConfirmation)[-1]
    assert (closed.summary, closed.after) == (shown.summary, agreed.turn_id)
    assert driver.ordered(cmd.ShowTool)[-1].after == agreed.turn_id


def test_a_typed_yes_counts(driver: Any) -> None:
    hold(driver)
    driver.tell(ev.CallerTyped("Yes, go ahead"))
    driver.wait(1)
    assert len(driver.ordered(cmd.RunTool)) == 1
    assert driver.kept(ConfirmationRecord)[-1].decided_by is DecidedBy.TEXT


def test_other_arguments_take_the_place_of_the_question(driver: Any) -> None:
    hold(driver)
    driver.tell(ev.ResponseStarted("resp-3"))
    driver.tell(ev.ToolCallRequested("resp-3", "call-2", "cancel_order", '{"order_number":"1"}'))
    assert driver.kept(ConfirmationRecord)[-1].status is ConfirmationStatus.VOIDED
    assert driver.ended_calls()[-1].tool_call_id == "call-1"


def test_two_questions_are_asked_one_after_the_other(driver: Any) -> None:
    driver.caller_says("in-1", "cancel both")
    driver.tell(
        ev.ResponseStarted("resp-1"),
        ev.ToolCallRequested("resp-1", "call-1", "cancel_order", "{}"),
        ev.ToolCallRequested("resp-1", "call-2", "open_ticket", "{}"),
        ev.ResponseFinished("resp-1", ev.ResponseStatus.COMPLETED),
        prepared("call-1"),
        prepared("call-2", "Open a ticket?"),
    )
    assert len(driver.kept(ConfirmationRecord)) == 1
    driver.agent_says("resp-2", "out-2", READ_BACK, 2000)
    driver.tell(ev.CallerTyped("yes"))
    driver.wait(1)
    driver.tell(ev.ToolFinished("call-1", ToolCallStatus.SUCCEEDED, "{}"))
    assert driver.ordered(cmd.RequestResponse)[-1].instructions is not None
    driver.agent_says("resp-3", "out-3", "Open a ticket? Shall I go ahead?", 900)
    driver.tell(ev.CallerTyped("no"))
    assert [r.status for r in driver.ended_calls()] == [
        ToolCallStatus.SUCCEEDED,
        ToolCallStatus.DECLINED,
    ]


def test_a_write_tool_that_needs_no_yes_runs(driver: Any) -> None:
    driver.caller_says("in-1", "open a ticket")
    driver.model_calls("resp-1", "call-1", "open_ticket")
    driver.tell(ev.ToolPrepared("call-1", "h", "Open a ticket", "", needs_confirmation=False))
    assert len(driver.ordered(cmd.RunTool)) == 1


# --- losses and ends ---


def test_a_lost_provider_session_is_reopened_with_what_was_said_and_done(driver: Any) -> None:
    driver.caller_says("in-1", "where is order 1004")
    driver.model_calls("resp-1", "call-1", "get_order_status", '{"n":1}')
    driver.tell(ev.ToolFinished("call-1", ToolCallStatus.SUCCEEDED, '{"say":"shipped"}'))
    driver.agent_says("resp-2", "out-2", "It is shipped.", 900)
    out = driver.tell(ev.EngineDropped("provider_dropped", "gone"))
    reopen = next(command for command in out if isinstance(command, cmd.ReopenEngine))
    assert reopen.history == (
        HistoryTurn(Role.CALLER, "where is order 1004"),
        HistoryToolRound("call-1", "get_order_status", '{"n":1}', '{"say":"shipped"}'),
        HistoryTurn(Role.AGENT, "It is shipped."),
    )


def test_what_is_typed_before_the_greeting_begins_is_answered_instead(
    new_driver: Callable[..., Any],
) -> None:
    driver = new_driver(greeting="Hello.")
    driver.tell(ev.EngineReady())
    assert len(driver.ordered(cmd.RequestResponse)) == 1
    driver.tell(ev.CallerTyped("Where is order 1004?"))
    out = driver.tell(ev.ResponseStarted("resp-1"))
    assert cmd.CancelResponse("resp-1") in out
    assert not any(isinstance(command, cmd.RequestResponse) for command in out)
    out = driver.tell(ev.ResponseFinished("resp-1", ev.ResponseStatus.CANCELLED))
    assert cmd.RequestResponse() in out


def test_what_is_typed_before_the_provider_is_ready_is_answered_instead(
    new_driver: Callable[..., Any],
) -> None:
    driver = new_driver(greeting="We were cut off.")
    out = driver.tell(ev.CallerTyped("Where is order 1004?"), ev.EngineReady())
    asked = [c for c in out if isinstance(c, cmd.SendText | cmd.RequestResponse)]
    assert asked == [cmd.SendText("Where is order 1004?"), cmd.RequestResponse()]


def test_a_tool_that_runs_through_the_loss_delivers_to_the_new_session(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.model_calls("resp-1", "call-1", "get_order_status")
    driver.tell(ev.EngineDropped("provider_dropped", "gone"))
    driver.tell(ev.ToolFinished("call-1", ToolCallStatus.SUCCEEDED, "{}"))
    assert driver.ordered(cmd.SubmitToolResult) == []
    out = driver.tell(ev.EngineReady())
    assert cmd.SubmitToolResult("call-1", "{}") in out
    assert cmd.RequestResponse() in out


def test_words_during_the_loss_reach_the_new_session(driver: Any) -> None:
    driver.tell(ev.EngineDropped("provider_dropped", "gone"))
    driver.tell(ev.CallerAudio(MS * 20), ev.CallerTyped("still there?"))
    out = driver.tell(ev.EngineReady())
    assert cmd.SendAudio(MS * 20) in out
    assert cmd.SendText("still there?") in out


def test_a_provider_that_stays_away_ends_the_conversation(driver: Any) -> None:
    for _ in range(len(REOPEN_DELAYS_S) + 1):
        assert not driver.ordered(cmd.EndConversation)
        driver.tell(ev.EngineDropped("provider_dropped", "gone"))
    assert driver.kept(ConversationRecord)[-1].end_reason == "provider_lost"


def test_the_caller_is_told_of_the_loss_and_of_the_end_but_not_of_each_try(driver: Any) -> None:
    for number in range(len(REOPEN_DELAYS_S) + 1):
        driver.tell(ev.EngineDropped("dropped", f"gone {number}"))
    shown = [command.message for command in driver.ordered(cmd.ShowIncident)]
    assert shown == ["gone 0", f"gone {len(REOPEN_DELAYS_S)}"]


def test_a_refused_key_is_not_tried_again(new_driver: Callable[..., Any]) -> None:
    driver = new_driver()
    driver.tell(ev.EngineDropped("provider_refused_key", "The provider refused the key."))
    assert driver.ordered(cmd.ReopenEngine) == []
    assert driver.ordered(cmd.EndConversation) == [cmd.EndConversation("provider_refused_key")]


def test_the_end_waits_for_the_record_and_then_nothing_happens(driver: Any) -> None:
    driver.caller_says("in-1", "bye")
    driver.tell(ev.CallerEnded())
    assert driver.ordered(cmd.EndConversation) == []
    for turn in driver.kept(TurnRecord):
        driver.tell(ev.TurnRecorded(turn.turn_id))
    assert driver.ordered(cmd.EndConversation) == [cmd.EndConversation("caller_ended")]
    assert driver.tell(ev.CallerTyped("hello?"), ev.CallerAudio(MS)) == []
    assert driver.dialogue.deadline() is None


def test_a_database_that_does_not_answer_cannot_hold_the_end(driver: Any) -> None:
    driver.caller_says("in-1", "bye")
    driver.tell(ev.CallerEnded())
    driver.wait(5)
    assert driver.ordered(cmd.EndConversation) == [cmd.EndConversation("caller_ended")]


def test_open_calls_get_a_recorded_end(driver: Any) -> None:
    hold(driver)
    driver.tell(ev.CallerEnded())
    assert [r.status for r in driver.ended_calls()] == [ToolCallStatus.ENDED]
    assert driver.kept(ConfirmationRecord)[-1].status is ConfirmationStatus.VOIDED


def test_a_caller_who_does_not_come_back_is_lost(driver: Any) -> None:
    driver.tell(ev.CallerDropped())
    driver.wait(60)
    driver.tell(ev.CallerReturned())
    driver.wait(60)
    assert driver.kept(ConversationRecord)[-1].end_reason is None
    driver.tell(ev.CallerDropped())
    driver.wait(121)
    assert driver.kept(ConversationRecord)[-1].end_reason == "caller_lost"


def test_a_slow_call_that_then_waits_for_the_team_is_told_so_and_how_it_ended(driver: Any) -> None:
    driver.caller_says("in-1", "refund it")
    driver.model_calls("resp-1", "call-1", "get_order_status")
    driver.tell(ev.ToolDelayed("call-1", "{}"))
    driver.agent_says("resp-2", "out-2", "That takes a moment.", 1000)
    waits = '{"say": "A colleague looks at it."}'
    driver.tell(ev.ToolFinished("call-1", ToolCallStatus.AWAITING_APPROVAL, waits))
    driver.agent_says("resp-3", "out-3", "A colleague looks at it.", 1000)
    driver.tell(ev.ToolFinished("call-1", ToolCallStatus.SUCCEEDED, '{"say": "It was agreed to."}'))
    driver.agent_says("resp-4", "out-4", "It was agreed to.", 1000)
    asked = [r.instructions for r in driver.ordered(cmd.RequestResponse) if r.instructions]
    assert [text.partition(": ")[2] for text in asked] == [
        "A colleague looks at it.",
        "It was agreed to.",
    ]
    assert driver.ordered(cmd.SubmitToolResult) == [cmd.SubmitToolResult("call-1", "{}")]
    assert len(driver.ordered(cmd.AddNote)) == 2
    assert [r.status for r in driver.ended_calls()] == [ToolCallStatus.SUCCEEDED]


def test_a_caller_who_is_away_is_not_asked_whether_they_are_still_there(
    new_driver: Callable[..., Any],
) -> None:
    driver = new_driver(notices={notice: NoticeClip(notice.value) for notice in Notice})
    driver.tell(ev.EngineReady())
    driver.wait(299)
    driver.tell(ev.CallerDropped())
    driver.wait(119)
    driver.tell(ev.CallerReturned())
    driver.wait(299)
    assert driver.kept(TurnRecord) == []
    assert driver.ordered(cmd.EndConversation) == []


def test_what_a_caller_hears_after_their_return_was_heard(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.agent_says(
        "resp-1", "out-1", "It is on its way. It comes tomorrow.", 5000, is_played=False
    )
    driver.wait(1)
    driver.tell(ev.CallerPlayed("out-1", 1000), ev.CallerDropped())
    driver.wait(60)
    driver.tell(ev.CallerReturned())
    driver.wait(4)
    driver.tell(ev.CallerPlayed("out-1", 5000))
    turn = driver.kept(TurnRecord)[-1]
    assert (turn.heard_ms, turn.heard_text, turn.flags) == (5000, turn.text, ())


def write_to_nobody(driver: Any) -> None:
    """Let the agent write a sentence before the caller's line is lost, and one after it."""
    driver.tell(
        ev.EngineReady(),
        ev.CallerTyped("where is it"),
        ev.ResponseStarted("resp-1"),
        ev.AgentText("resp-1", "out-1", "It is on its way.", is_spoken=False),
        ev.CallerDropped(),
        ev.AgentText("resp-1", "out-1", " It comes", is_spoken=False),
        ev.AgentText("resp-1", "out-1", " tomorrow.", is_spoken=False),
        ev.ResponseFinished("resp-1", ev.ResponseStatus.COMPLETED),
    )
    driver.wait(60)


def test_what_is_written_to_a_caller_who_is_gone_is_read_on_their_return(
    new_driver: Callable[..., Any],
) -> None:
    driver = new_driver(modality=Modality.TEXT)
    write_to_nobody(driver)
    assert [turn.role for turn in driver.kept(TurnRecord)] == [Role.CALLER]
    driver.tell(ev.CallerReturned())
    turn = driver.kept(TurnRecord)[-1]
    assert turn.heard_text == turn.text == "It is on its way. It comes tomorrow."


def test_what_is_written_to_a_caller_who_stays_away_was_not_heard(
    new_driver: Callable[..., Any],
) -> None:
    driver = new_driver(modality=Modality.TEXT)
    write_to_nobody(driver)
    driver.wait(300)
    turn = driver.kept(TurnRecord)[-1]
    assert driver.kept(ConversationRecord)[-1].end_reason == "caller_lost"
    assert (turn.heard_text, turn.text) == (
        "It is on its way.",
        "It is on its way. It comes tomorrow.",
    )


def test_what_a_caller_who_came_back_reads_to_its_end_was_heard(
    new_driver: Callable[..., Any],
) -> None:
    driver = new_driver(modality=Modality.TEXT)
    driver.tell(
        ev.EngineReady(),
        ev.CallerTyped("where is it"),
        ev.CallerDropped(),
        ev.ResponseStarted("resp-1"),
        ev.AgentText("resp-1", "out-1", "It is", is_spoken=False),
        ev.CallerReturned(),
        ev.AgentText("resp-1", "out-1", " on its way.", is_spoken=False),
        ev.ResponseFinished("resp-1", ev.ResponseStatus.COMPLETED),
    )
    turn = driver.kept(TurnRecord)[-1]
    assert turn.heard_text == turn.text == "It is on its way."


def test_a_question_that_is_written_to_a_caller_who_is_gone_is_asked_on_their_return(
    new_driver: Callable[..., Any],
) -> None:
    driver = new_driver(modality=Modality.TEXT)
    driver.tell(ev.EngineReady(), ev.CallerTyped("cancel it"))
    driver.model_calls("resp-1", "call-1", "cancel_order")
    driver.tell(prepared("call-1"), ev.CallerDropped())
    asked = driver.ordered(cmd.RequestResponse)[-1].instructions.partition(": ")[2]
    driver.tell(
        ev.ResponseStarted("resp-2"),
        ev.AgentText("resp-2", "out-2", asked, is_spoken=False),
        ev.ResponseFinished("resp-2", ev.ResponseStatus.COMPLETED),
    )
    driver.wait(10)
    assert all(record.heard_at is None for record in driver.kept(ConfirmationRecord))
    driver.tell(ev.CallerReturned())
    driver.wait(1)
    driver.tell(ev.CallerTyped("yes"))
    driver.wait(5)
    assert [run.tool_call_id for run in driver.ordered(cmd.RunTool)] == ["call-1"]


def test_what_was_cut_before_the_line_was_lost_settles_on_the_return(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.agent_says(
        "resp-1", "out-1", "It is on its way. It comes tomorrow.", 5000, is_played=False
    )
    driver.tell(ev.CallerInterrupted(), ev.CallerDropped())
    driver.wait(60)
    driver.tell(ev.CallerReturned(), ev.CallerPlayed("out-1", 800))
    driver.wait(1)
    assert driver.ordered(cmd.TruncateItem) == [cmd.TruncateItem("out-1", 800)]


def test_a_player_that_says_nothing_after_the_return_is_not_waited_for(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.tell(
        ev.ResponseStarted("resp-1"),
        ev.AgentText("resp-1", "out-1", "It is on its way.", is_spoken=True),
        ev.AgentAudio("resp-1", "out-1", MS * 1000, 1000),
        ev.CallerDropped(),
        ev.CallerReturned(),
        ev.ResponseFinished("resp-1", ev.ResponseStatus.COMPLETED),
    )
    driver.wait(5)
    assert driver.kept(TurnRecord)[-1].flags == ("playback_unacknowledged",)


def test_a_new_provider_session_is_not_told_to_cut_what_it_does_not_know(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.agent_says(
        "resp-1", "out-1", "It is on its way. It comes tomorrow.", 5000, is_played=False
    )
    driver.tell(ev.CallerPlayed("out-1", 900), ev.SpeechStarted("in-2", 9000))
    driver.tell(ev.EngineDropped("provider_dropped", "gone"), ev.EngineReady())
    driver.wait(1)
    assert [t.heard_ms for t in driver.kept(TurnRecord) if t.item_id == "out-1"] == [900]
    assert driver.ordered(cmd.TruncateItem) == []


@pytest.mark.parametrize(
    "event",
    [ev.CallerInterrupted(), ev.CallerConfirmed("c-1", is_accepted=True), ev.CallerTyped("yes")],
)
def test_whoever_does_something_over_the_goodbye_is_there(
    new_driver: Callable[..., Any], event: ev.Event
) -> None:
    driver = new_driver(notices={notice: NoticeClip(notice.value, MS * 1000) for notice in Notice})
    driver.tell(ev.EngineReady())
    driver.wait(315.5)
    driver.tell(event)
    driver.wait(30)
    assert driver.ordered(cmd.EndConversation) == []


def test_silence_and_length_end_a_conversation(new_driver: Callable[..., Any]) -> None:
    driver = new_driver(agent=agent(limits={"max_duration_s": 1000, "idle_timeout_s": 300}))
    driver.tell(ev.EngineReady())
    driver.wait(299)
    driver.tell(ev.CallerTyped("hi"))
    driver.agent_says("resp-1", "out-1", "Hello.", 500)
    driver.wait(316)
    assert driver.kept(ConversationRecord)[-1].end_reason == "idle"
    other = new_driver(agent=agent(limits={"max_duration_s": 50, "idle_timeout_s": 300}))
    other.tell(ev.EngineReady())
    other.wait(51)
    assert other.kept(ConversationRecord)[-1].end_reason == "time_limit"


def test_the_floor_is_shown_when_it_changes(driver: Any) -> None:
    driver.caller_says("in-1", "hi")
    driver.agent_says("resp-1", "out-1", "Hello.", 500)
    assert [f.holder for f in driver.ordered(cmd.ShowFloor)] == [
        cmd.Floor.CALLER,
        cmd.Floor.OPEN,
        cmd.Floor.AGENT,
        cmd.Floor.OPEN,
    ]


# --- slow tools, and outcomes that come later ---


def test_a_slow_tool_is_spoken_of(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.model_calls("resp-1", "call-1", "get_order_status")
    driver.tell(ev.ToolProgressed("call-1", "I am still looking."))
    assert driver.ordered(cmd.RequestResponse)[-1] == cmd.RequestResponse(
        "Say exactly this to the caller, and nothing else: I am still looking.", False
    )
    assert driver.tell(ev.ToolProgressed("call-9", "?"), ev.ToolDelayed("call-9", "{}")) == []


def test_a_delayed_tool_gets_one_result_now_and_a_note_later(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.model_calls("resp-1", "call-1", "get_order_status")
    driver.tell(ev.ToolDelayed("call-1", '{"status":"still_working"}'))
    driver.agent_says("resp-2", "out-2", "I will tell you.", 500)
    out = driver.tell(ev.ToolFinished("call-1", ToolCallStatus.SUCCEEDED, '{"say":"shipped"}'))
    assert driver.ordered(cmd.SubmitToolResult) == [
        cmd.SubmitToolResult("call-1", '{"status":"still_working"}')
    ]
    assert any(isinstance(c, cmd.AddNote) and '{"say":"shipped"}' in c.text for c in out)
    assert out[-1] == cmd.RequestResponse(
        "Say exactly this to the caller, and nothing else: shipped", False
    )
    assert [r.status for r in driver.ended_calls()] == [ToolCallStatus.SUCCEEDED]


def test_a_decision_of_the_team_reaches_the_open_conversation(driver: Any) -> None:
    hold(driver)
    driver.tell(ev.CallerTyped("yes"))
    driver.wait(1)
    waiting = '{"status":"awaiting_approval","say":"A colleague decides."}'
    driver.tell(ev.ToolFinished("call-1", ToolCallStatus.AWAITING_APPROVAL, waiting))
    assert driver.ended_calls() == []
    driver.agent_says("resp-3", "out-3", "A colleague decides.", 500)
    driver.tell(ev.ToolFinished("call-1", ToolCallStatus.SUCCEEDED, '{"say":"Refunded."}'))
    assert len(driver.ordered(cmd.AddNote)) == 1
    assert len(driver.ended_calls()) == 1


def test_a_call_that_waits_for_the_team_ends_with_the_conversation(driver: Any) -> None:
    hold(driver)
    driver.tell(ev.CallerTyped("yes"))
    driver.wait(1)
    driver.tell(ev.ToolFinished("call-1", ToolCallStatus.AWAITING_APPROVAL, "{}"))
    driver.tell(ev.CallerEnded())
    assert [r.status for r in driver.ended_calls()] == [ToolCallStatus.ENDED]


# --- corners ---


def test_partial_transcripts_are_shown_as_they_come(driver: Any) -> None:
    driver.tell(ev.SpeechStarted("in-1", 0))
    driver.tell(ev.TranscriptArrived("in-1", "where is", is_final=False))
    assert [s.delta for s in driver.ordered(cmd.ShowTranscript)] == ["where is"]
    driver.tell(ev.SpeechStopped("in-1", 900), ev.SpeechCommitted("in-1"))
    driver.tell(ev.TranscriptArrived("in-1", "where is it", is_final=True))
    assert driver.kept(TurnRecord)[0].text == "where is it"
    driver.tell(ev.TranscriptArrived("in-1", "late", is_final=False))
    assert driver.kept(IncidentRecord) == []


def test_a_transcript_may_come_before_anything_else_of_its_item(driver: Any) -> None:
    driver.tell(ev.TranscriptArrived("in-1", "hi", is_final=True), ev.SpeechCommitted("in-1"))
    driver.tell(ev.SpeechStopped("in-1", 900))
    assert [t.text for t in driver.kept(TurnRecord)] == ["hi"]


def test_speech_that_is_never_committed_gives_the_floor_back(driver: Any) -> None:
    driver.tell(ev.SpeechStarted("in-1", 0), ev.SpeechStopped("in-1", 900))
    driver.tell(ev.TranscriptFailed("in-1", "noise"), ev.TranscriptFailed("in-1", "noise"))
    driver.wait(4)
    assert driver.ordered(cmd.ShowFloor)[-1].holder is cmd.Floor.OPEN


def test_a_tapped_no_needs_no_listening(driver: Any) -> None:
    driver.caller_says("in-1", "cancel order 1007")
    driver.model_calls("resp-1", "call-1", "cancel_order")
    driver.tell(prepared())
    confirmation_id = driver.kept(ConfirmationRecord)[0].confirmation_id
    driver.tell(ev.CallerConfirmed(confirmation_id, is_accepted=False))
    assert driver.kept(ConfirmationRecord)[-1].status is ConfirmationStatus.DECLINED


def test_a_read_back_that_was_withdrawn_is_not_spoken(driver: Any) -> None:
    driver.caller_says("in-1", "cancel order 1007")
    driver.model_calls("resp-1", "call-1", "cancel_order")
    driver.tell(prepared())
    confirmation_id = driver.kept(ConfirmationRecord)[0].confirmation_id
    driver.tell(ev.CallerConfirmed(confirmation_id, is_accepted=False))
    assert cmd.CancelResponse("resp-2") in driver.tell(ev.ResponseStarted("resp-2"))


def test_a_tool_prepared_or_finished_too_late_changes_nothing(driver: Any) -> None:
    assert driver.tell(prepared("call-9")) == []
    assert driver.tell(ev.ToolFinished("call-9", ToolCallStatus.SUCCEEDED, "{}")) == []
    driver.caller_says("in-1", "x")
    driver.model_calls("resp-1", "call-1", "get_order_status")
    driver.tell(ev.ToolFinished("call-1", ToolCallStatus.SUCCEEDED, "{}"))
    assert driver.tell(ev.ToolFinished("call-1", ToolCallStatus.FAILED, "{}")) == []


def test_a_second_response_of_the_provider_is_not_listened_to(driver: Any) -> None:
    driver.caller_says("in-1", "x")
    driver.tell(ev.ResponseStarted("resp-1"), ev.ResponseStarted("resp-2"))
    assert driver.tell(ev.AgentAudio("resp-2", "out-2", MS, 1)) == []
    assert driver.tell(ev.AgentItemFinished("resp-2", "out-2", is_complete=True)) == []
    assert driver.tell(ev.ResponseFinished("resp-2", ev.ResponseStatus.COMPLETED)) == []


def test_a_response_that_falls_silent_is_cancelled_and_tried_again(driver: Any) -> None:
    driver.caller_says("in-1", "x")
    driver.tell(ev.ResponseStarted("resp-1"))
    driver.wait(16)
    assert cmd.CancelResponse("resp-1") in driver.log
    driver.tell(ev.ResponseFinished("resp-1", ev.ResponseStatus.CANCELLED))
    driver.wait(2)
    assert len(driver.ordered(cmd.RequestResponse)) == 1


def test_a_cancelled_response_that_never_ends_is_given_up(driver: Any) -> None:
    driver.caller_says("in-1", "x")
    driver.tell(ev.ResponseStarted("resp-1"), ev.CallerInterrupted())
    driver.tell(ev.CallerTyped("hello?"))
    driver.wait(17)
    assert cmd.RequestResponse() in driver.log


def test_a_request_that_is_never_taken_up_is_repeated(driver: Any) -> None:
    driver.tell(ev.CallerTyped("hi"))
    driver.wait(12)
    assert len(driver.ordered(cmd.RequestResponse)) == 2


def test_a_lost_session_keeps_the_turn_that_it_broke(driver: Any) -> None:
    driver.caller_says("in-1", "x")
    driver.tell(
        ev.ResponseStarted("resp-1"),
        ev.AgentText("resp-1", "out-1", "It is on", is_spoken=True),
        ev.AgentAudio("resp-1", "out-1", MS * 300, 300),
        ev.CallerPlayed("out-1", 300),
        ev.EngineDropped("dropped", "gone"),
    )
    assert driver.kept(TurnRecord)[1].flags == ("cut_off",)


def test_a_request_that_was_on_its_way_is_made_to_the_new_session(driver: Any) -> None:
    driver.tell(ev.CallerTyped("hi"), ev.EngineDropped("dropped", "gone"))
    driver.tell(ev.CallerCommitted())
    assert driver.tell(ev.EngineReady())[-1] == cmd.RequestResponse()


def test_a_rating_is_kept(driver: Any) -> None:
    driver.tell(ev.CallerRated(5, "good"))
    assert [(r.score, r.comment) for r in driver.kept(RatingRecord)] == [(5, "good")]


def test_a_stopping_service_ends_the_conversation_and_stops_speech(driver: Any) -> None:
    driver.caller_says("in-1", "x")
    driver.tell(ev.ResponseStarted("resp-1"), ev.AgentAudio("resp-1", "out-1", MS * 500, 500))
    out = driver.tell(ev.ServiceStopping())
    assert cmd.ClearPlayback("out-1") in out
    assert driver.kept(ConversationRecord)[-1].end_reason == "service_stopping"
    assert driver.tell(ev.CallerTyped("hello?")) == []


def test_nobody_is_hung_up_on_while_the_agent_speaks(driver: Any) -> None:
    driver.caller_says("in-1", "read it all")
    driver.agent_says("resp-1", "out-1", "A very long text.", 400_000, is_played=False)
    driver.wait(301)
    assert driver.kept(ConversationRecord)[-1].end_reason is None


def test_a_tap_of_the_record_that_nobody_waits_for_is_ignored(driver: Any) -> None:
    assert driver.tell(ev.TurnRecorded("unknown")) == []


def test_push_to_talk_answers_a_question_by_voice(new_driver: Callable[..., Any]) -> None:
    driver = new_driver(agent=agent(turn_detection={"kind": "push_to_talk"}))
    driver.tell(ev.EngineReady(), ev.CallerTyped("cancel order 1007"))
    driver.model_calls("resp-1", "call-1", "cancel_order")
    driver.tell(prepared())
    driver.agent_says("resp-2", "out-2", READ_BACK, 2000)
    driver.tell(ev.CallerCommitted(), ev.SpeechCommitted("in-1"))
    before = len(driver.ordered(cmd.RequestResponse))
    driver.tell(ev.TranscriptArrived("in-1", "yes", is_final=True))
    driver.wait(1)
    assert len(driver.ordered(cmd.RunTool)) == 1
    assert len(driver.ordered(cmd.RequestResponse)) == before


def test_an_impossible_move_is_a_defect_that_shows(driver: Any) -> None:
    with pytest.raises(ValueError, match=r"provider session: READY cannot come in LIVE"):
        driver.tell(ev.EngineReady())


def test_audio_before_the_provider_is_ready_is_not_sent(new_driver: Callable[..., Any]) -> None:
    assert new_driver().tell(ev.CallerAudio(MS)) == []


def test_a_second_call_of_the_same_response_does_not_void_the_first(driver: Any) -> None:
    driver.caller_says("in-1", "both")
    driver.tell(
        ev.ResponseStarted("resp-1"),
        ev.ToolCallRequested("resp-1", "call-1", "cancel_order", "{}"),
        prepared("call-1"),
        ev.ToolCallRequested("resp-1", "call-2", "open_ticket", "{}"),
    )
    assert driver.kept(ConfirmationRecord)[-1].status is ConfirmationStatus.OFFERED


def test_a_greeting_answers_nobody(new_driver: Callable[..., Any]) -> None:
    driver = new_driver(greeting="Hello.")
    driver.tell(ev.EngineReady())
    driver.agent_says("resp-1", "out-1", "Hello.", 500)
    assert driver.kept(TurnRecord)[0].first_audio_ms is None


def test_each_transcript_has_its_own_time(driver: Any) -> None:
    driver.caller_says("in-1", None)
    driver.now += 3
    driver.caller_says("in-2", None, start_ms=5000)
    driver.wait(2)
    assert [t.item_id for t in driver.kept(TurnRecord)] == ["in-1"]


def test_words_of_a_cut_item_are_not_shown(driver: Any) -> None:
    driver.caller_says("in-1", "hello")
    driver.tell(ev.ResponseStarted("resp-1"), ev.AgentAudio("resp-1", "out-1", MS * 300, 300))
    driver.tell(ev.SpeechStarted("in-2", 5000))
    assert driver.tell(ev.AgentText("resp-1", "out-1", "more", is_spoken=True)) == []


def test_a_refusal_of_the_provider_is_an_incident(driver: Any) -> None:
    driver.tell(ev.EngineRefused("invalid_value", "wrong"))
    driver.tell(ev.EngineRefused("response_cancel_not_active", "none"))
    assert [i.code for i in driver.kept(IncidentRecord)] == ["invalid_value"]


def test_words_that_were_not_known_in_time_are_missing_from_the_last_turn(driver: Any) -> None:
    driver.caller_says("in-1", None)
    driver.tell(ev.CallerEnded())
    assert [t.flags for t in driver.kept(TurnRecord)] == [("no_transcript",)]


def test_a_turn_that_waits_behind_another_keeps_its_words_at_the_end(driver: Any) -> None:
    driver.caller_says("in-1", None)
    driver.caller_says("in-2", "thanks", start_ms=4000)
    driver.tell(ev.CallerEnded())
    assert [t.text for t in driver.kept(TurnRecord)] == ["", "thanks"]


def test_a_caller_who_proved_themselves_goes_on_where_they_were(driver: Any) -> None:
    proven = Caller("customer-1", "Jane Doe", CallerLevel.STEPPED_UP)
    out = driver.tell(ev.CallerProven(proven))
    assert cmd.ShowLevel(CallerLevel.STEPPED_UP) in out
    assert out[-1] == cmd.RequestResponse()
    assert driver.kept(ConversationRecord)[-1].caller == proven


def test_a_refused_proof_is_told_to_the_caller_alone(driver: Any) -> None:
    out = driver.tell(ev.ProofRefused("proof_wrong", "That does not match."))
    assert out == [cmd.ShowError("proof_wrong", "That does not match.", True)]


def test_a_refused_proof_is_said_where_nothing_can_be_shown(new_driver: Any) -> None:
    driver = new_driver(can_tap=False)
    driver.tell(ev.EngineReady())
    out = driver.tell(ev.ProofRefused("proof_wrong", "That does not match."))
    assert out == [
        cmd.ShowError("proof_wrong", "That does not match.", True),
        cmd.RequestResponse(SAY.format(text="That does not match."), uses_tools=False),
    ]


@pytest.mark.parametrize("output", ["{}", "not json", '["say"]', '{"say":3}'])
def test_a_late_outcome_without_a_sentence_is_left_to_the_model(driver: Any, output: str) -> None:
    driver.caller_says("in-1", "where is it")
    driver.model_calls("resp-1", "call-1", "get_order_status")
    driver.tell(ev.ToolDelayed("call-1", "{}"))
    driver.agent_says("resp-2", "out-2", "I will tell you.", 500)
    out = driver.tell(ev.ToolFinished("call-1", ToolCallStatus.SUCCEEDED, output))
    assert out[-1] == cmd.RequestResponse()

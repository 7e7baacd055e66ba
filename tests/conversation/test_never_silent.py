"""Nothing hangs and nobody is left in silence, whichever side goes away."""

from collections.abc import Callable
from typing import Any

import pytest
from an_agent import agent

from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.provider_loss import REOPEN_DELAYS_S
from agent_service.conversation.records import (
    Caller,
    CallerLevel,
    ConversationRecord,
    IncidentRecord,
    Modality,
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
NOTICES = {notice: NoticeClip(f"<{notice.value}>", MS * 500) for notice in Notice}


@pytest.fixture
def driver(new_driver: Callable[..., Any]) -> Any:
    made = new_driver(notices=NOTICES)
    made.tell(ev.EngineReady())
    return made


def notices(driver: Any) -> list[str]:
    """What the service has said itself."""
    return [
        show.delta
        for show in driver.ordered(cmd.ShowTranscript)
        if show.delta is not None and show.delta.startswith("<")
    ]


def play_all(driver: Any) -> None:
    """The player plays whatever it was sent, to its end."""
    ends = {p.item_id: p.offset_ms + len(p.audio) // 48 for p in driver.ordered(cmd.PlayAudio)}
    for item_id, end in ends.items():
        driver.tell(ev.CallerPlayed(item_id, end))


def pass_time(driver: Any, seconds: int) -> None:
    for _ in range(seconds):
        driver.wait(1)
        play_all(driver)


# --- a provider that says nothing ---


def test_a_provider_that_stays_silent_is_spoken_for_and_then_replaced(driver: Any) -> None:
    driver.tell(ev.CallerTyped("where is it"))
    pass_time(driver, 9)
    assert notices(driver) == ["<wait>"]
    pass_time(driver, 12)
    assert "response_late" in [i.code for i in driver.ordered(cmd.ShowIncident)]
    assert len(driver.ordered(cmd.ReopenEngine)) == 1
    assert HistoryTurn(Role.CALLER, "where is it") in driver.ordered(cmd.ReopenEngine)[0].history
    out = driver.tell(ev.EngineReady())
    assert cmd.RequestResponse() in out


def test_an_answer_without_sound_is_said_again_then_the_provider_is_replaced(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.agent_says("resp-1", "out-1", ANSWER, 12_000, sounding_ms=100, is_played=False)
    driver.wait(0.5)
    assert cmd.ClearPlayback("out-1") in driver.log
    assert cmd.TruncateItem("out-1", 0) in driver.log
    assert [i.code for i in driver.ordered(cmd.ShowIncident)] == ["response_silent"]
    assert has_had_said(driver) == ANSWER
    assert not driver.ordered(cmd.RequestResponse)[-1].uses_tools
    driver.agent_says("resp-2", "out-2", ANSWER, 12_000, sounding_ms=0, is_played=False)
    driver.wait(0.5)
    codes = ["response_silent", "response_silent", "provider_silent"]
    assert [i.code for i in driver.kept(IncidentRecord)] == codes
    driver.tell(ev.EngineReady())
    driver.agent_says("resp-3", "out-3", ANSWER, 6000)
    assert [t.heard_text for t in driver.kept(TurnRecord)] == ["where is it", "", "", ANSWER]
    flags = [t.flags for t in driver.kept(TurnRecord)]
    assert flags == [(), ("too_little_sound",), ("too_little_sound",), ()]


def test_a_provider_that_never_has_a_sound_is_taken_leave_of_in_words(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.tell(ev.ResponseStarted("r-0"))
    answered = reopened = silent = 0
    while not driver.ordered(cmd.EndConversation):
        assert driver.now < 200
        said = len(notices(driver))
        pass_time(driver, 1)
        silent = 0 if len(notices(driver)) > said else silent + 1
        assert silent < 10
        for record in driver.ordered(cmd.KeepRecord):
            if isinstance(record.record, TurnRecord):
                driver.tell(ev.TurnRecorded(record.record.turn_id))
        if len(driver.ordered(cmd.ReopenEngine)) > reopened:
            reopened += 1
            driver.wait(driver.ordered(cmd.ReopenEngine)[-1].delay_s)
            driver.tell(ev.EngineReady())
        elif len(driver.ordered(cmd.RequestResponse)) >= answered:
            driver.agent_says(
                f"r-{answered}", f"o-{answered}", ANSWER, 9000, sounding_ms=0, is_played=False
            )
            answered += 1
    assert driver.kept(ConversationRecord)[-1].end_reason == "provider_lost"
    assert notices(driver)[-1] == "<giving_up>"


def test_an_answer_that_a_listening_caller_could_only_read_is_asked_for_again(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.tell(
        ev.ResponseStarted("resp-1"),
        ev.AgentText("resp-1", "out-1", ANSWER, is_spoken=False),
        ev.AgentItemFinished("resp-1", "out-1", is_complete=True),
        ev.ResponseFinished("resp-1", ev.ResponseStatus.COMPLETED),
    )
    assert [i.code for i in driver.ordered(cmd.ShowIncident)] == ["response_silent"]
    assert has_had_said(driver) == ANSWER


def test_silence_that_still_comes_is_spoken_over_and_is_no_sign_of_life(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.tell(ev.ResponseStarted("resp-1"))
    for second in range(15):
        driver.tell(ev.AgentText("resp-1", "out-1", "on ", is_spoken=True))
        driver.tell(ev.AgentAudio("resp-1", "out-1", MS * 2000, 0))
        pass_time(driver, 1)
        assert notices(driver) == ([] if second < 7 else ["<wait>"])
    assert driver.ordered(cmd.ClearPlayback) == [cmd.ClearPlayback("out-1")]
    assert driver.ordered(cmd.CancelResponse) == [cmd.CancelResponse("resp-1")]
    driver.tell(ev.ResponseFinished("resp-1", ev.ResponseStatus.CANCELLED))
    pass_time(driver, 1)
    assert driver.ordered(cmd.RequestResponse) == [cmd.RequestResponse()]


def test_silence_that_ends_after_it_was_spoken_over_is_answered_anew(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.tell(ev.ResponseStarted("resp-1"))
    driver.tell(ev.AgentText("resp-1", "out-1", "It is ", is_spoken=True))
    driver.tell(ev.AgentAudio("resp-1", "out-1", MS * 20_000, 0))
    pass_time(driver, 8)
    driver.tell(ev.ResponseFinished("resp-1", ev.ResponseStatus.COMPLETED))
    pass_time(driver, 1)
    assert driver.ordered(cmd.RequestResponse) == [cmd.RequestResponse()]


def test_silence_beside_a_tool_call_is_only_skipped(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.tell(
        ev.ResponseStarted("resp-1"),
        ev.AgentText("resp-1", "out-1", "Let me see.", is_spoken=True),
        ev.AgentAudio("resp-1", "out-1", MS * 900, 0),
        ev.ToolCallRequested("resp-1", "call-1", "get_order_status", "{}"),
        ev.ResponseFinished("resp-1", ev.ResponseStatus.COMPLETED),
    )
    driver.wait(1)
    assert driver.ordered(cmd.ClearPlayback) == [cmd.ClearPlayback("out-1")]
    assert driver.ordered(cmd.RequestResponse) == []


def test_who_stops_a_silent_answer_is_not_given_it_again(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.tell(ev.ResponseStarted("resp-1"))
    driver.tell(ev.AgentAudio("resp-1", "out-1", MS * 300, 0), ev.CallerInterrupted())
    driver.tell(ev.ResponseFinished("resp-1", ev.ResponseStatus.COMPLETED))
    driver.wait(2)
    assert driver.kept(IncidentRecord) == []
    assert driver.ordered(cmd.RequestResponse) == []


def test_a_pause_of_the_provider_within_an_answer_is_spoken_over(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.tell(ev.ResponseStarted("resp-1"))
    driver.tell(ev.AgentText("resp-1", "out-1", "It is ", is_spoken=True))
    driver.tell(ev.AgentAudio("resp-1", "out-1", MS * 1000, 1000))
    pass_time(driver, 8)
    assert notices(driver) == []
    pass_time(driver, 1)
    assert notices(driver) == ["<wait>"]
    assert driver.ordered(cmd.ClearPlayback) == []


def test_nobody_waits_ten_seconds_without_a_sound(driver: Any) -> None:
    driver.tell(ev.CallerTyped("where is it"))
    silent = frames = 0
    for _ in range(120):
        driver.wait(1)
        before, frames = frames, len(driver.ordered(cmd.PlayAudio))
        silent = 0 if frames > before else silent + 1
        play_all(driver)
        assert silent <= 9
        if driver.ordered(cmd.ReopenEngine) and driver.now % 3 == 0:
            driver.tell(ev.EngineDropped("dropped", "still away"))
        if driver.ordered(cmd.EndConversation) or driver.dialogue.deadline() is None:
            break
    assert driver.kept(ConversationRecord)[-1].end_reason == "provider_lost"


def test_a_slow_tool_is_waited_for_with_words(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.model_calls("resp-1", "call-1", "get_order_status")
    pass_time(driver, 18)
    assert notices(driver) == ["<wait>", "<still_waiting>"]
    driver.tell(ev.ToolFinished("call-1", ToolCallStatus.SUCCEEDED, "{}"))
    driver.agent_says("resp-2", "out-2", "It is shipped.", 500)
    pass_time(driver, 20)
    assert len(notices(driver)) == 2


def test_a_busy_provider_is_asked_again_when_it_said(driver: Any) -> None:
    driver.tell(ev.CallerTyped("where is it"))
    driver.tell(
        ev.ResponseStarted("resp-1"),
        ev.ResponseFinished(
            "resp-1",
            ev.ResponseStatus.FAILED,
            code="rate_limit_exceeded",
            message="Try again in 20 s.",
            retry_after_s=20.0,
        ),
    )
    assert notices(driver) == ["<wait>"]
    pass_time(driver, 19)
    assert len(driver.ordered(cmd.RequestResponse)) == 1
    pass_time(driver, 2)
    assert len(driver.ordered(cmd.RequestResponse)) == 2
    assert len(notices(driver)) >= 3


def test_a_request_that_a_busy_provider_turns_down_is_made_again_when_it_said(driver: Any) -> None:
    driver.tell(ev.CallerTyped("where is it"))
    driver.tell(ev.EngineRefused("rate_limit_exceeded", "Try again in 4 s.", 4.0))
    assert notices(driver) == ["<wait>"]
    pass_time(driver, 5)
    assert len(driver.ordered(cmd.RequestResponse)) == 2
    driver.agent_says("resp-1", "out-1", "It is shipped.", 500)
    driver.tell(ev.EngineRefused("rate_limit_exceeded", "Try again in 4 s.", 4.0))
    assert len(driver.kept(IncidentRecord)) == 2


def test_a_transcript_that_is_known_to_be_missing_is_no_incident(driver: Any) -> None:
    driver.caller_says("in-1", None)
    driver.tell(ev.TranscriptFailed("in-1", "no captions", is_expected=True))
    assert driver.kept(IncidentRecord) == []


def test_a_provider_that_stays_busy_is_given_up_in_words(driver: Any) -> None:
    driver.tell(ev.CallerTyped("where is it"))
    for number in range(4):
        driver.tell(
            ev.ResponseStarted(f"resp-{number}"),
            ev.ResponseFinished(
                f"resp-{number}", ev.ResponseStatus.FAILED, code="busy", retry_after_s=50.0
            ),
        )
        pass_time(driver, 51)
    assert "<sorry>" in notices(driver)
    assert "busy" in [i.code for i in driver.ordered(cmd.ShowIncident)]


@pytest.mark.parametrize("gives_up", [False, True])
def test_an_empty_response_is_a_failure(driver: Any, gives_up: bool) -> None:
    driver.tell(ev.CallerTyped("where is it"))
    for attempt in range(1 + gives_up):
        driver.tell(
            ev.ResponseStarted(f"resp-{attempt}"),
            ev.ResponseFinished(f"resp-{attempt}", ev.ResponseStatus.COMPLETED),
        )
        driver.wait(1.5)
    assert len(driver.ordered(cmd.RequestResponse)) == 2
    assert notices(driver) == (["<sorry>"] if gives_up else [])


@pytest.mark.parametrize("status", [ev.ResponseStatus.CANCELLED, ev.ResponseStatus.INCOMPLETE])
@pytest.mark.parametrize("words", ["", "It is"])
def test_an_answer_that_the_provider_breaks_off_is_asked_for_once_more(
    driver: Any, status: ev.ResponseStatus, words: str
) -> None:
    driver.tell(ev.CallerTyped("where is it"))
    for number in (1, 2):
        assert len(driver.ordered(cmd.RequestResponse)) == number
        response_id, item_id = f"resp-{number}", f"out-{number}"
        driver.tell(ev.ResponseStarted(response_id))
        if words:
            driver.tell(ev.AgentText(response_id, item_id, words, is_spoken=True))
            driver.tell(ev.AgentAudio(response_id, item_id, MS * 200, 200))
        driver.tell(ev.ResponseFinished(response_id, status, code="cause"))
        pass_time(driver, 2)
    code = f"response_{status.value}_cause"
    assert [i.code for i in driver.kept(IncidentRecord)] == [code, code]
    assert [i.code for i in driver.ordered(cmd.ShowIncident)] == [code]
    assert notices(driver) == ["<sorry>"]
    assert len(driver.ordered(cmd.RequestResponse)) == 2


@pytest.mark.parametrize("status", [ev.ResponseStatus.CANCELLED, ev.ResponseStatus.INCOMPLETE])
def test_a_response_that_is_broken_off_behind_its_tool_call_goes_on_with_the_result(
    driver: Any, status: ev.ResponseStatus
) -> None:
    driver.caller_says("in-1", "where is it")
    driver.tell(
        ev.ResponseStarted("resp-1"),
        ev.ToolCallRequested("resp-1", "call-1", "get_order_status", "{}"),
        ev.ResponseFinished("resp-1", status),
    )
    driver.wait(2)
    assert driver.ordered(cmd.RequestResponse) == []
    driver.tell(ev.ToolFinished("call-1", ToolCallStatus.SUCCEEDED, "{}"))
    assert driver.ordered(cmd.RequestResponse) == [cmd.RequestResponse()]


def test_what_the_caller_or_the_service_stopped_is_not_asked_for_again(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.tell(ev.ResponseStarted("resp-1"), ev.CallerInterrupted())
    driver.tell(ev.ResponseFinished("resp-1", ev.ResponseStatus.CANCELLED))
    driver.tell(ev.ResponseStarted("resp-2"), ev.SpeechStarted("in-2", 0))
    driver.tell(ev.ResponseFinished("resp-2", ev.ResponseStatus.CANCELLED))
    driver.tell(ev.SpeechStopped("in-2", 100))
    pass_time(driver, 7)
    assert driver.ordered(cmd.RequestResponse) == []
    assert driver.kept(IncidentRecord) == []


def test_a_response_that_the_provider_says_is_not_active_is_over(driver: Any) -> None:
    driver.tell(ev.CallerTyped("where is it"))
    driver.tell(
        ev.ResponseStarted("resp-1"),
        ev.AgentText("resp-1", "out-1", "It is", is_spoken=True),
        ev.AgentAudio("resp-1", "out-1", MS * 100, 100),
        ev.CallerPlayed("out-1", 100),
    )
    driver.tell(ev.CallerTyped("hello?"))
    driver.wait(0.3)
    driver.tell(ev.EngineRefused("response_cancel_not_active", "none"))
    assert driver.ordered(cmd.RequestResponse)[-1] == cmd.RequestResponse()
    assert len(driver.ordered(cmd.RequestResponse)) == 2
    assert [t.text for t in driver.kept(TurnRecord)] == ["where is it", "It is", "hello?"]
    driver.tell(ev.EngineRefused("response_cancel_not_active", "none"))


def test_a_call_that_comes_again_in_a_later_response_gets_its_result_again(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.model_calls("resp-1", "call-1", "get_order_status", '{"n":1}')
    driver.tell(ev.ToolFinished("call-1", ToolCallStatus.SUCCEEDED, '{"say":"shipped"}'))
    driver.model_calls("resp-2", "call-1", "get_order_status", '{"n":1}')
    assert len(driver.ordered(cmd.RunTool)) == 1
    assert [r.output for r in driver.ordered(cmd.SubmitToolResult)] == ['{"say":"shipped"}'] * 2
    assert len(driver.ordered(cmd.RequestResponse)) == 2
    driver.model_calls("resp-3", "call-1", "get_order_status", '{"n":2}')
    assert "did nothing" in driver.ordered(cmd.SubmitToolResult)[-1].output
    assert [r.tool_call_id for r in driver.ended_calls()] == ["call-1"]


def test_a_call_that_comes_again_while_it_runs_is_answered_once(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.model_calls("resp-1", "call-1", "get_order_status")
    driver.model_calls("resp-2", "call-1", "get_order_status")
    driver.tell(ev.ToolFinished("call-1", ToolCallStatus.SUCCEEDED, "{}"))
    assert len(driver.ordered(cmd.SubmitToolResult)) == 1
    assert driver.ordered(cmd.RequestResponse) == [cmd.RequestResponse()]


def test_what_the_caller_stopped_is_not_asked_of_the_next_session(driver: Any) -> None:
    driver.tell(ev.CallerTyped("where is it"))
    driver.wait(12)
    driver.tell(ev.CallerInterrupted())
    driver.wait(12)
    assert len(driver.ordered(cmd.ReopenEngine)) == 1
    out = driver.tell(ev.EngineReady())
    assert not any(isinstance(command, cmd.RequestResponse) for command in out)


# --- a runtime that says nothing ---


def test_arguments_that_are_never_checked_end_the_call(driver: Any) -> None:
    driver.caller_says("in-1", "cancel it")
    driver.model_calls("resp-1", "call-1", "cancel_order")
    driver.wait(31)
    assert [r.status for r in driver.ended_calls()] == [ToolCallStatus.RETRY_LATER]
    assert cmd.RequestResponse() in driver.log


def test_a_tool_that_never_ends_lets_the_model_go_on(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.model_calls("resp-1", "call-1", "get_order_status")
    driver.wait(61)
    assert '"status": "running"' in driver.ordered(cmd.SubmitToolResult)[0].output
    assert driver.dialogue.awaits("call-1")
    driver.tell(ev.CallerEnded())
    assert not driver.dialogue.awaits("call-1")
    assert [r.status for r in driver.ended_calls()] == [ToolCallStatus.ENDED]


def test_rounds_of_tools_end_with_words_and_an_incident(new_driver: Callable[..., Any]) -> None:
    driver = new_driver(agent=agent(limits={"tool_rounds": 2}))
    driver.tell(ev.EngineReady())
    driver.caller_says("in-1", "everything")
    for number in range(2):
        driver.model_calls(f"resp-{number}", f"call-{number}", "get_order_status")
        driver.tell(ev.ToolFinished(f"call-{number}", ToolCallStatus.SUCCEEDED, "{}"))
    assert [r.uses_tools for r in driver.ordered(cmd.RequestResponse)] == [True, False]
    assert [i.code for i in driver.kept(IncidentRecord)] == ["tool_rounds_over"]


@pytest.fixture
def stubborn(new_driver: Callable[..., Any]) -> Any:
    """Its model has called a tool as often in a row as it may, and has to speak."""
    driver = new_driver(agent=agent(limits={"tool_rounds": 1}), notices=NOTICES)
    driver.tell(ev.EngineReady())
    driver.caller_says("in-1", "everything")
    driver.model_calls("resp-1", "call-1", "get_order_status")
    driver.tell(ev.ToolFinished("call-1", ToolCallStatus.SUCCEEDED, "{}"))
    driver.log.clear()
    return driver


@pytest.mark.parametrize("name", ["get_order_status", "cancel_order", "no_such_tool"])
@pytest.mark.parametrize("is_new", [True, False])
def test_model_that_must_speak_gets_no_tool_run_and_has_one_more_try(
    stubborn: Any, name: str, is_new: bool
) -> None:
    for number in range(2, 4):
        stubborn.model_calls(f"resp-{number}", f"call-{number if is_new else 1}", name)
        stubborn.wait(2)
    assert not stubborn.ordered(cmd.RunTool) + stubborn.ordered(cmd.PrepareTool)
    assert len(stubborn.ordered(cmd.SubmitToolResult)) == 2
    assert [r.uses_tools for r in stubborn.ordered(cmd.RequestResponse)] == [False]
    assert notices(stubborn) == ["<sorry>"]
    codes = {i.code for i in stubborn.kept(IncidentRecord)} - {"contradictory_tool_call"}
    assert codes == {"tool_rounds_over"}
    stubborn.wait(30)
    assert len(stubborn.ordered(cmd.RequestResponse)) == 1


def test_model_that_must_speak_is_told_so_and_the_record_has_the_call(stubborn: Any) -> None:
    stubborn.model_calls("resp-2", "call-2", "cancel_order")
    (result,) = stubborn.ordered(cmd.SubmitToolResult)
    assert "call no tool" in result.output
    assert [r.status for r in stubborn.ended_calls()] == [ToolCallStatus.NOT_ALLOWED]
    stubborn.wait(2)
    stubborn.agent_says("resp-3", "out-1", "I have looked up all of it.", 900)
    stubborn.wait(30)
    assert len(stubborn.ordered(cmd.RequestResponse)) == 1
    assert notices(stubborn) == []


@pytest.mark.parametrize(
    "event",
    [ev.CallerTyped("and now?"), ev.CallerCommitted(), ev.CallerProven(Caller("C-1", "Jane"))],
    ids=["typed", "committed", "proven"],
)
def test_model_may_call_tools_again_once_the_caller_has_done_something(
    stubborn: Any, event: ev.Event
) -> None:
    stubborn.agent_says("resp-2", "out-1", "I have looked up all of it.", 900)
    stubborn.tell(event)
    stubborn.model_calls("resp-3", "call-2", "get_order_status")
    assert [call.tool_call_id for call in stubborn.ordered(cmd.RunTool)] == ["call-2"]


# --- the provider session breaks ---


def test_a_loss_while_the_caller_speaks_does_not_stop_the_record(driver: Any) -> None:
    driver.tell(ev.SpeechStarted("in-1", 0), ev.EngineDropped("dropped", "gone"))
    assert notices(driver) == ["<repeat>"]
    driver.tell(ev.EngineReady())
    play_all(driver)
    driver.caller_says("in-2", "where is it")
    driver.agent_says("resp-1", "out-1", "It is shipped.", 900)
    driver.wait(1)
    assert [(t.text, t.flags) for t in driver.kept(TurnRecord)] == [
        ("", ("cut_off", "no_transcript")),
        ("<repeat>", ("notice",)),
        ("where is it", ()),
        ("It is shipped.", ()),
    ]


def test_without_a_notice_the_model_speaks_after_such_a_loss(
    new_driver: Callable[..., Any],
) -> None:
    driver = new_driver()
    driver.tell(ev.EngineReady(), ev.SpeechStarted("in-1", 0), ev.EngineDropped("dropped", "gone"))
    assert driver.tell(ev.EngineReady())[-1] == cmd.RequestResponse()


def test_typed_words_reach_the_next_session_once(driver: Any) -> None:
    driver.tell(ev.EngineDropped("dropped", "gone"))
    driver.tell(ev.CallerTyped("still there?"))
    driver.tell(ev.EngineDropped("dropped", "gone again"))
    assert HistoryTurn(Role.CALLER, "still there?") in driver.ordered(cmd.ReopenEngine)[-1].history
    out = driver.tell(ev.EngineReady())
    assert not any(isinstance(command, cmd.SendText) for command in out)
    assert cmd.RequestResponse() in out


def test_a_long_stretch_of_sound_does_not_push_out_what_was_typed(driver: Any) -> None:
    driver.tell(ev.EngineDropped("dropped", "gone"), ev.CallerTyped("still there?"))
    for _ in range(900):
        driver.tell(ev.CallerAudio(MS * 20))
    out = driver.tell(ev.EngineReady())
    assert cmd.SendText("still there?") in out
    assert sum(isinstance(command, cmd.SendAudio) for command in out) == 750


def test_letting_go_of_the_button_reaches_the_next_session(new_driver: Callable[..., Any]) -> None:
    driver = new_driver(agent=agent(turn_detection={"kind": "push_to_talk"}))
    driver.tell(ev.EngineReady(), ev.EngineDropped("dropped", "gone"))
    driver.tell(ev.CallerAudio(MS * 20), ev.CallerCommitted())
    out = driver.tell(ev.EngineReady())
    assert [c for c in out if isinstance(c, cmd.SendAudio | cmd.CommitAudio)] == [
        cmd.SendAudio(MS * 20),
        cmd.CommitAudio(),
    ]


def test_a_busy_provider_is_reopened_when_it_said(driver: Any) -> None:
    driver.tell(ev.EngineDropped("provider_busy", "later", retry_after_s=5.0))
    assert driver.ordered(cmd.ReopenEngine)[-1].delay_s == 5.0
    assert notices(driver) == ["<wait>"]


def test_what_the_agent_had_begun_to_say_is_known_to_the_next_session(driver: Any) -> None:
    driver.caller_says("in-1", "count")
    driver.tell(
        ev.ResponseStarted("resp-1"),
        ev.AgentText("resp-1", "out-1", "one two three four five six", is_spoken=True),
        ev.AgentAudio("resp-1", "out-1", MS * 850, 850),
        ev.EngineDropped("dropped", "gone"),
    )
    assert HistoryTurn(Role.AGENT, "one two three") in driver.ordered(cmd.ReopenEngine)[0].history


def test_the_level_that_was_proven_is_known_to_the_next_session(driver: Any) -> None:
    driver.tell(ev.CallerProven(driver.kept(ConversationRecord)[0].caller))
    driver.tell(ev.EngineDropped("dropped", "gone"))
    (note,) = driver.ordered(cmd.ReopenEngine)[0].history
    assert note.role is Role.SYSTEM


def test_a_provider_that_stays_away_is_taken_leave_of_in_words(driver: Any) -> None:
    for _ in range(len(REOPEN_DELAYS_S) + 1):
        driver.tell(ev.EngineDropped("dropped", "gone"))
    assert notices(driver)[-1] == "<giving_up>"
    assert driver.ordered(cmd.EndConversation) == []
    driver.tell(ev.EngineReady())
    play_all(driver)
    assert driver.kept(ConversationRecord)[-1].end_reason == "provider_lost"


def test_nobody_is_kept_for_long_by_a_provider_that_stays_away(driver: Any) -> None:
    driver.tell(ev.EngineDropped("dropped", "gone"))
    for _ in range(3):
        pass_time(driver, 14)
        driver.tell(ev.EngineDropped("provider_unavailable", "away"))
    pass_time(driver, 6)
    assert driver.kept(ConversationRecord)[-1].end_reason == "provider_lost"


def test_nobody_is_kept_for_long_by_a_provider_that_stays_silent(driver: Any) -> None:
    driver.tell(ev.CallerTyped("where is it"))
    for _ in range(45):
        pass_time(driver, 1)
        if isinstance(driver.log[-1], cmd.ReopenEngine):
            driver.tell(ev.EngineReady())
    assert len(driver.ordered(cmd.ReopenEngine)) == 1
    assert driver.kept(ConversationRecord)[-1].end_reason == "provider_lost"


def test_a_session_about_to_expire_is_renewed_between_two_turns(driver: Any) -> None:
    driver.tell(ev.EngineDropped("dropped", "gone"), ev.EngineReady(expires_in_s=100.0))
    driver.wait(85)
    driver.caller_says("in-1", "count")
    driver.tell(ev.ResponseStarted("resp-1"), ev.AgentAudio("resp-1", "out-1", MS * 3000, 3000))
    driver.wait(7)
    assert len(driver.ordered(cmd.ReopenEngine)) == 1
    driver.tell(ev.CallerPlayed("out-1", 3000))
    driver.tell(ev.ResponseFinished("resp-1", ev.ResponseStatus.COMPLETED))
    assert len(driver.ordered(cmd.ReopenEngine)) == 2
    assert [i.code for i in driver.ordered(cmd.ShowIncident)] == ["dropped"]
    assert not any(isinstance(c, cmd.RequestResponse) for c in driver.tell(ev.EngineReady()))


def test_an_expired_session_is_no_news_for_the_caller(driver: Any) -> None:
    driver.tell(ev.EngineDropped("session_expired", "60 minutes"))
    assert driver.ordered(cmd.ShowIncident) == []


def test_while_the_provider_is_away_the_caller_is_told_so_again_and_again(driver: Any) -> None:
    driver.tell(ev.EngineDropped("dropped", "gone"))
    pass_time(driver, 20)
    assert notices(driver) == ["<wait>", "<still_waiting>"]
    driver.tell(ev.EngineReady())
    pass_time(driver, 20)
    assert len(notices(driver)) == 2


# --- the caller says nothing ---


TONE = b"\x00\x10\x00\xf0" * 12 * 20
"""Twenty milliseconds that can be heard."""


def stream(driver: Any, seconds: int, frame: bytes) -> None:
    """The caller's line goes on, frame by frame."""
    for _ in range(seconds * 50):
        driver.wait(0.02)
        driver.tell(ev.CallerAudio(frame))


def floor(driver: Any) -> cmd.Floor:
    holder: cmd.Floor = driver.ordered(cmd.ShowFloor)[-1].holder
    return holder


def test_who_has_stopped_speaking_is_asked_to_repeat_what_the_provider_does_not_end(
    driver: Any,
) -> None:
    stream(driver, 1, TONE)
    driver.tell(ev.SpeechStarted("in-1", 0))
    stream(driver, 10, TONE)
    stream(driver, 5, MS * 20)
    assert floor(driver) is cmd.Floor.CALLER
    stream(driver, 2, MS * 20)
    assert floor(driver) is cmd.Floor.AGENT
    assert notices(driver) == ["<repeat>"]
    [turn] = [t for t in driver.kept(TurnRecord) if t.role is Role.CALLER]
    assert (turn.flags, turn.started_ms, turn.ended_ms) == (("no_transcript",), 0, 11_000)
    assert "speech_not_ended" in [i.code for i in driver.kept(IncidentRecord)]
    # It does so in the end: the words are put where the turn is.
    driver.tell(ev.SpeechStopped("in-1", 11_500), ev.SpeechCommitted("in-1"))
    driver.tell(ev.TranscriptArrived("in-1", "where is it", is_final=True))
    assert driver.kept(TurnRecord)[-1].text == "where is it"


def test_words_that_are_known_stay_on_record_though_their_end_is_not_told(driver: Any) -> None:
    driver.tell(ev.SpeechStarted("in-1", 0))
    driver.tell(ev.TranscriptArrived("in-1", "where is it", is_final=True))
    driver.wait(10)
    assert notices(driver) == ["<repeat>"]
    turn = driver.kept(TurnRecord)[0]
    assert (turn.text, turn.flags) == ("where is it", ())


def test_words_that_nobody_will_know_are_asked_for_by_the_model_where_no_notice_says_so(
    new_driver: Callable[..., Any],
) -> None:
    driver = new_driver()
    driver.tell(ev.EngineReady(), ev.SpeechStarted("in-1", 0))
    driver.wait(10)
    assert driver.ordered(cmd.RequestResponse) == [cmd.RequestResponse()]


def test_what_is_waiting_is_said_when_the_caller_is_quiet_though_no_end_was_told(
    driver: Any,
) -> None:
    driver.caller_says("in-1", "where is it")
    driver.model_calls("resp-1", "call-1", "get_order_status")
    driver.tell(ev.SpeechStarted("in-2", 1000))
    driver.tell(ev.ToolFinished("call-1", ToolCallStatus.SUCCEEDED, "{}"))
    assert driver.ordered(cmd.RequestResponse) == []
    stream(driver, 7, MS * 20)
    assert driver.ordered(cmd.RequestResponse) == [cmd.RequestResponse()]
    assert notices(driver) == []


def test_who_speaks_on_a_line_that_stands_still_is_not_asked_to_repeat(driver: Any) -> None:
    driver.tell(ev.SpeechStarted("in-1", 0))
    stream(driver, 1, TONE)
    driver.wait(8)
    stream(driver, 1, TONE)
    stream(driver, 1, MS * 20)
    driver.tell(ev.SpeechStopped("in-1", 2_500), ev.SpeechCommitted("in-1"))
    driver.tell(ev.TranscriptArrived("in-1", "where is it", is_final=True))
    driver.tell(ev.ResponseStarted("resp-1"))
    assert notices(driver) == []
    assert driver.kept(TurnRecord)[0].text == "where is it"
    assert "speech_not_ended" not in [each.code for each in driver.kept(IncidentRecord)]


def test_a_sound_without_end_does_not_keep_who_waits_in_silence(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.model_calls("resp-1", "call-1", "get_order_status")
    driver.tell(ev.SpeechStarted("in-2", 1000))
    driver.tell(ev.ToolFinished("call-1", ToolCallStatus.SUCCEEDED, "{}"))
    stream(driver, 15, TONE)
    assert notices(driver) == []  # they may be talking
    stream(driver, 2, TONE)
    assert notices(driver) == ["<wait>"]
    stream(driver, 29, TONE)
    assert floor(driver) is not cmd.Floor.CALLER
    assert driver.ordered(cmd.RequestResponse) == [cmd.RequestResponse()]


def test_who_ponders_under_semantic_detection_keeps_the_floor(
    new_driver: Callable[..., Any],
) -> None:
    patient = agent(turn_detection={"kind": "semantic_vad", "eagerness": "low"})
    driver = new_driver(notices=NOTICES, agent=patient)
    driver.tell(ev.EngineReady(), ev.SpeechStarted("in-1", 0))
    driver.wait(9.5)
    assert floor(driver) is cmd.Floor.CALLER
    driver.wait(1)
    assert notices(driver) == ["<repeat>"]


def test_who_drops_in_the_midst_of_speech_is_waited_for(driver: Any) -> None:
    driver.tell(ev.SpeechStarted("in-1", 0), ev.CallerDropped())
    driver.wait(20)
    driver.tell(ev.CallerReturned())
    driver.wait(5)
    assert floor(driver) is cmd.Floor.CALLER
    driver.tell(ev.CallerDropped())
    driver.wait(46)
    assert floor(driver) is cmd.Floor.OPEN
    assert notices(driver) == []


def test_a_line_that_drops_after_the_end_of_speech_waits_for_its_item_alone(driver: Any) -> None:
    driver.tell(ev.SpeechStarted("in-1", 0), ev.SpeechStopped("in-1", 1000))
    driver.tell(ev.CallerDropped(), ev.CallerReturned())
    driver.wait(3.5)
    assert floor(driver) is cmd.Floor.OPEN


def test_a_silent_caller_is_asked_before_the_line_is_closed(driver: Any) -> None:
    driver.wait(301)
    assert notices(driver) == ["<still_there>"]
    play_all(driver)
    driver.wait(16)
    assert notices(driver) == ["<still_there>", "<goodbye>"]
    assert driver.kept(ConversationRecord)[-1].end_reason is None
    play_all(driver)
    assert driver.kept(ConversationRecord)[-1].end_reason == "idle"


def coughs(driver: Any, item_id: str) -> None:
    """The caller's line brings a sound of a second in which there is not a word."""
    driver.tell(ev.SpeechStarted(item_id, 0))
    driver.wait(1)
    driver.tell(ev.SpeechStopped(item_id, 900), ev.SpeechCommitted(item_id))
    driver.tell(ev.ResponseStarted(f"own-{item_id}"))
    driver.tell(ev.TranscriptArrived(item_id, "", is_final=True))
    comes_to_its_end(driver, f"own-{item_id}")


def test_a_cough_does_not_answer_whether_somebody_is_there(driver: Any) -> None:
    driver.wait(300)
    assert notices(driver) == ["<still_there>"]
    coughs(driver, "in-1")
    play_all(driver)
    assert driver.ordered(cmd.RequestResponse) == []
    driver.wait(14)
    assert notices(driver) == ["<still_there>", "<goodbye>"]
    coughs(driver, "in-2")
    driver.wait(1)
    play_all(driver)
    driver.wait(1)
    assert driver.kept(ConversationRecord)[-1].end_reason == "idle"


def test_coughs_keep_the_line_open_no_longer_than_the_answers_to_them(driver: Any) -> None:
    for number in range(5):
        driver.wait(70)
        coughs(driver, f"in-{number}")
    driver.wait(299)
    assert notices(driver) == []
    driver.wait(16)
    assert notices(driver) == ["<still_there>", "<goodbye>"]


def test_what_the_agent_says_unasked_does_not_answer_for_the_caller(driver: Any) -> None:
    driver.wait(300)
    play_all(driver)
    driver.agent_says("resp-1", "out-1", "It has arrived.", 5000)
    driver.wait(14)
    assert notices(driver) == ["<still_there>"]
    driver.wait(2)
    assert notices(driver) == ["<still_there>", "<goodbye>"]


def test_what_is_said_to_a_caller_who_is_away_keeps_nobody(driver: Any) -> None:
    driver.caller_says("in-1", None)
    driver.tell(ev.CallerDropped(), ev.TranscriptArrived("in-1", "hello", is_final=True))
    driver.agent_says("resp-1", "out-1", "It has arrived.", 5000)
    driver.wait(116)
    assert driver.kept(ConversationRecord)[-1].end_reason == "caller_lost"


def test_words_that_are_lost_were_said(driver: Any) -> None:
    driver.wait(300)
    driver.caller_says("in-1", None)
    driver.tell(ev.TranscriptFailed("in-1", "unclear"))
    driver.agent_says("resp-1", "out-1", "Sorry?", 500)
    driver.wait(100)
    assert notices(driver) == ["<still_there>"]


def test_coughs_over_what_the_agent_says_do_not_close_the_line(driver: Any) -> None:
    driver.tell(ev.CallerTyped("x"))
    for number in range(5):
        driver.agent_says(f"resp-{number}", f"out-{number}", ANSWER, 8000, is_played=False)
        driver.tell(ev.CallerPlayed(f"out-{number}", 2500))
        coughs(driver, f"in-{number}")
        driver.wait(1)
        assert has_had_said(driver) == "Your order is on its way. It comes on Monday."
    driver.agent_says("resp-9", "out-9", ANSWER, 8000, is_played=False)
    assert driver.tell(ev.CallerAudio(b"\x01" * 960)) == [cmd.SendAudio(b"\x01" * 960)]
    assert driver.kept(IncidentRecord) == []


def test_a_caller_who_answers_the_goodbye_is_still_there(driver: Any) -> None:
    driver.wait(301)
    play_all(driver)
    driver.wait(15.1)
    driver.tell(ev.CallerTyped("wait, I am here"))
    play_all(driver)
    driver.wait(0.3)
    assert driver.kept(ConversationRecord)[-1].end_reason is None
    assert driver.ordered(cmd.RequestResponse)[-1] == cmd.RequestResponse()


def test_a_loss_during_the_goodbye_changes_nothing(driver: Any) -> None:
    driver.wait(301)
    play_all(driver)
    driver.wait(15.1)
    driver.tell(ev.EngineDropped("insufficient_quota", "no more"))
    play_all(driver)
    assert driver.kept(ConversationRecord)[-1].end_reason == "idle"


def test_a_goodbye_that_nobody_plays_ends_all_the_same(driver: Any) -> None:
    driver.wait(330)
    assert driver.kept(ConversationRecord)[-1].end_reason == "idle"


def test_idle_time_begins_when_the_last_word_was_heard(driver: Any) -> None:
    driver.caller_says("in-1", "read it all")
    driver.agent_says("resp-1", "out-1", "A very long text.", 200_000, is_played=False)
    for second in range(200):
        driver.wait(1)
        driver.tell(ev.CallerPlayed("out-1", (second + 1) * 1000))
    driver.wait(290)
    assert notices(driver) == []
    driver.wait(11)
    assert notices(driver) == ["<still_there>"]


def test_the_time_limit_is_told(new_driver: Callable[..., Any]) -> None:
    driver = new_driver(notices=NOTICES, agent=agent(limits={"max_duration_s": 50}))
    driver.tell(ev.EngineReady())
    driver.wait(51)
    assert notices(driver) == ["<goodbye>"]
    driver.wait(5)
    assert driver.kept(ConversationRecord)[-1].end_reason == "time_limit"


def test_notices_of_a_typed_conversation_are_written(new_driver: Callable[..., Any]) -> None:
    driver = new_driver(notices=NOTICES, modality=Modality.TEXT)
    driver.tell(ev.EngineReady())
    driver.wait(301)
    assert notices(driver) == ["<still_there>"]
    assert driver.ordered(cmd.PlayAudio) == []


# --- the service ends ---


def test_a_draining_service_ends_a_conversation_between_two_turns(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.tell(ev.ServiceDraining())
    assert notices(driver) == []
    driver.agent_says("resp-1", "out-1", "It is shipped.", 900)
    assert notices(driver) == ["<stopping>"]
    play_all(driver)
    assert driver.kept(ConversationRecord)[-1].end_reason == "service_stopping"


def test_a_defect_ends_the_conversation_on_record(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.model_calls("resp-1", "call-1", "get_order_status")
    driver.log.extend(driver.dialogue.fail("internal_error", driver.now))
    assert driver.kept(ConversationRecord)[-1].end_reason == "internal_error"
    assert [r.status for r in driver.ended_calls()] == [ToolCallStatus.ENDED]
    assert driver.dialogue.fail("internal_error", driver.now) == (
        cmd.EndConversation("internal_error"),
    )


# --- the line returns the agent's voice ---


def barges_in_with(driver: Any, item_id: str, text: str) -> None:
    driver.tell(ev.SpeechStarted(item_id, 0), ev.SpeechStopped(item_id, 900))
    driver.tell(ev.SpeechCommitted(item_id), ev.ResponseStarted(f"own-{item_id}"))
    driver.tell(ev.TranscriptArrived(item_id, text, is_final=True))
    comes_to_its_end(driver, f"own-{item_id}")


def comes_to_its_end(driver: Any, response_id: str) -> None:
    """The provider's own response stops where it was told to; else it has been said."""
    if cmd.CancelResponse(response_id) in driver.log:
        driver.tell(ev.ResponseFinished(response_id, ev.ResponseStatus.CANCELLED))
    else:
        driver.agent_says(response_id, f"out-{response_id}", "Pardon?", 400)


def test_the_agents_own_words_are_no_turn_of_the_caller(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    text = "I'm sorry, I cannot find that order."
    driver.agent_says("resp-1", "out-1", text, 3000, is_played=False)
    barges_in_with(driver, "in-2", "cannot find that order")
    driver.wait(1)
    assert [t.item_id for t in driver.kept(TurnRecord) if t.role is Role.CALLER] == ["in-1"]
    assert "echo" in [i.code for i in driver.kept(IncidentRecord)]
    assert has_had_said(driver) == text
    sent = driver.tell(ev.CallerAudio(b"\x01" * 960))
    assert sent == [cmd.SendAudio(b"\x01" * 960)]


def has_had_said(driver: Any) -> str | None:
    """What the service last had the agent say; None where the model was to answer."""
    instructions: str | None = driver.ordered(cmd.RequestResponse)[-1].instructions
    return instructions and instructions.partition(": ")[2]


ANSWER = "I have found it. Your order is on its way. It comes on Monday."


def test_an_answer_that_its_own_echo_cut_goes_on_where_the_sentence_began(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.agent_says("resp-1", "out-1", ANSWER, 6000, is_played=False)
    driver.tell(ev.CallerPlayed("out-1", 3000))
    barges_in_with(driver, "in-2", "your order is on")
    driver.wait(1)
    assert has_had_said(driver) == "Your order is on its way. It comes on Monday."


def test_an_answer_that_a_cough_cut_goes_on_where_the_sentence_began(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.agent_says("resp-1", "out-1", ANSWER, 6000, is_played=False)
    driver.tell(ev.CallerPlayed("out-1", 3000))
    driver.tell(ev.SpeechStarted("in-2", 0), ev.SpeechStopped("in-2", 900))
    driver.tell(ev.SpeechCommitted("in-2"), ev.ResponseStarted("own"))
    driver.tell(ev.TranscriptArrived("in-2", "", is_final=True))
    assert driver.ordered(cmd.CancelResponse) == [cmd.CancelResponse("own")]
    driver.tell(ev.ResponseFinished("own", ev.ResponseStatus.CANCELLED))
    driver.wait(1)
    assert has_had_said(driver) == "Your order is on its way. It comes on Monday."
    assert [t.item_id for t in driver.kept(TurnRecord) if t.role is Role.CALLER] == ["in-1", "in-2"]
    assert driver.kept(IncidentRecord) == []


def test_a_cough_into_silence_is_left_to_the_model(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.agent_says("resp-1", "out-1", ANSWER, 6000)
    driver.wait(3)
    driver.caller_says("in-2", "")
    driver.agent_says("own", "out-own", "Pardon?", 600)
    assert len(driver.kept(TurnRecord)) == 4
    assert driver.ordered(cmd.RequestResponse) == []


def test_an_answer_that_was_cut_before_it_was_all_there_is_asked_for_again(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.tell(
        ev.ResponseStarted("resp-1"),
        ev.AgentText("resp-1", "out-1", "I have found it. Your order", is_spoken=True),
        ev.AgentAudio("resp-1", "out-1", MS * 2500, 2500),
    )
    driver.tell(ev.SpeechStarted("in-2", 0), ev.SpeechStopped("in-2", 900))
    driver.tell(ev.ResponseFinished("resp-1", ev.ResponseStatus.CANCELLED))
    driver.tell(ev.SpeechCommitted("in-2"))
    driver.tell(ev.TranscriptArrived("in-2", "I have found it", is_final=True))
    driver.wait(1)
    driver.tell(ev.ResponseStarted("own"))
    assert driver.ordered(cmd.CancelResponse)[-1] == cmd.CancelResponse("own")
    driver.tell(ev.ResponseFinished("own", ev.ResponseStatus.CANCELLED))
    assert has_had_said(driver) is None


def test_an_echo_that_is_known_late_leaves_alone_what_is_being_said(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.agent_says("resp-1", "out-1", ANSWER, 6000, is_played=False)
    driver.tell(ev.CallerPlayed("out-1", 3000), ev.SpeechStarted("in-2", 0))
    driver.tell(ev.SpeechStopped("in-2", 900), ev.SpeechCommitted("in-2"))
    driver.agent_says("own", "out-2", "Pardon?", 600)
    driver.tell(ev.TranscriptArrived("in-2", "your order is on", is_final=True))
    assert driver.ordered(cmd.CancelResponse) == []
    assert has_had_said(driver) == "Your order is on its way. It comes on Monday."


def test_an_echo_of_what_was_heard_has_nothing_said_again(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.agent_says("resp-1", "out-1", ANSWER, 6000, is_played=False)
    driver.tell(ev.CallerPlayed("out-1", 5900), ev.SpeechStarted("in-2", 0))
    driver.tell(ev.CallerPlayed("out-1", 6000))
    before = len(driver.ordered(cmd.RequestResponse))
    barges_in_with(driver, "in-2", "comes on monday")
    driver.wait(1)
    assert len(driver.ordered(cmd.RequestResponse)) == before


def test_what_an_echo_took_to_be_written_down_is_on_the_next_turn(driver: Any) -> None:
    text, usage = "I'm sorry, I cannot find that order.", Usage(input_audio_tokens=9)
    driver.caller_says("in-1", "where is it")
    driver.agent_says("resp-1", "out-1", text, 3000, is_played=False)
    driver.tell(ev.SpeechStarted("in-2", 0), ev.SpeechStopped("in-2", 900))
    driver.tell(ev.SpeechCommitted("in-2"), ev.ResponseStarted("own-in-2"))
    echo = ev.TranscriptArrived("in-2", "cannot find that order", is_final=True, usage=usage)
    driver.tell(echo, ev.ResponseFinished("own-in-2", ev.ResponseStatus.CANCELLED))
    driver.wait(1)
    driver.agent_says("resp-2", "out-2", text, 3000)
    assert [turn.usage for turn in driver.kept(TurnRecord)] == [None, None, usage]


def test_what_the_model_was_to_answer_besides_the_echo_is_not_lost(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.agent_says("resp-1", "out-1", ANSWER, 6000, is_played=False)
    driver.tell(ev.CallerPlayed("out-1", 3000), ev.SpeechStarted("in-2", 0))
    driver.tell(ev.CallerProven(Caller("customer-1", "Jane Doe", CallerLevel.VERIFIED)))
    barges_in_with(driver, "in-2", "your order is on")
    driver.wait(1)
    driver.agent_says("resp-2", "out-2", "Your order is on its way. It comes on Monday.", 4000)
    assert [r.instructions is None for r in driver.ordered(cmd.RequestResponse)[-2:]] == [
        False,
        True,
    ]


def test_an_echo_of_the_first_word_is_one(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    for number in (1, 2):
        text = ANSWER if number == 1 else f"{ANSWER} Anything else?"
        driver.agent_says(f"resp-{number}", f"out-{number}", text, 8000, is_played=False)
        driver.tell(ev.CallerPlayed(f"out-{number}", 200))
        barges_in_with(driver, f"echo-{number}", "I...")
        driver.wait(1)
        assert has_had_said(driver) == text
    driver.agent_says("resp-3", "out-3", ANSWER, 8000, is_played=False)
    assert driver.tell(ev.CallerAudio(b"\x01" * 960)) == [cmd.SendAudio(bytes(960))]


def test_a_line_that_cuts_the_agent_without_words_is_closed_while_it_speaks(driver: Any) -> None:
    driver.tell(ev.CallerTyped("x"))
    for number in (1, 2, 3):
        driver.agent_says(f"resp-{number}", f"out-{number}", ANSWER, 8000, is_played=False)
        barges_in_with(driver, f"in-{number}", "")
        driver.wait(1)
        assert has_had_said(driver) == ANSWER
    assert [i.code for i in driver.kept(IncidentRecord)] == ["echo"]
    driver.agent_says("resp-9", "out-9", ANSWER, 8000, is_played=False)
    assert driver.tell(ev.CallerAudio(b"\x01" * 960)) == [cmd.SendAudio(bytes(960))]


def test_a_line_that_cuts_the_agent_at_once_is_closed_whatever_is_understood(driver: Any) -> None:
    driver.caller_says("in-0", "where is it")
    for number in (1, 2, 3):
        driver.agent_says(f"resp-{number}", f"out-{number}", ANSWER, 8000, is_played=False)
        driver.tell(ev.CallerPlayed(f"out-{number}", 150))
        driver.caller_says(f"in-{number}", "Or not.")
    assert [t.item_id for t in driver.kept(TurnRecord)][-1] == "in-3"
    driver.agent_says("resp-9", "out-9", ANSWER, 8000, is_played=False)
    assert driver.tell(ev.CallerAudio(b"\x01" * 960)) == [cmd.SendAudio(bytes(960))]


def test_another_line_is_listened_to_again(driver: Any) -> None:
    for number in (1, 2):
        driver.tell(ev.CallerTyped("x"))
        driver.agent_says(f"resp-{number}", f"out-{number}", "I'm sorry.", 900, is_played=False)
        barges_in_with(driver, f"in-{number}", "I'm sorry.")
        driver.wait(1)
    driver.tell(ev.CallerDropped(), ev.CallerReturned())
    driver.agent_says("resp-9", "out-9", "I'm sorry.", 900, is_played=False)
    assert driver.tell(ev.CallerAudio(b"\x01" * 960)) == [cmd.SendAudio(b"\x01" * 960)]


def test_two_that_may_be_echoes_are_and_the_line_is_closed_while_the_agent_speaks(
    driver: Any,
) -> None:
    for number in (1, 2):
        driver.tell(ev.CallerTyped("x"))
        driver.agent_says(f"resp-{number}", f"out-{number}", "I'm sorry.", 3000, is_played=False)
        driver.tell(ev.CallerPlayed(f"out-{number}", 1500))
        barges_in_with(driver, f"in-{number}", "I'm sorry.")
        driver.wait(1)
    callers = [t for t in driver.kept(TurnRecord) if t.item_id in ("in-1", "in-2")]
    assert [t.item_id for t in callers] == ["in-1"]
    driver.agent_says("resp-9", "out-9", "I'm sorry.", 600, is_played=False)
    assert driver.tell(ev.CallerAudio(b"\x01" * 960)) == [cmd.SendAudio(bytes(960))]
    driver.tell(ev.CallerPlayed("out-9", 600))
    assert cmd.SendAudio(b"\x01" * 960) in driver.tell(ev.CallerAudio(b"\x01" * 960))


def test_a_caller_who_chooses_what_was_offered_is_heard(driver: Any) -> None:
    driver.caller_says("in-1", "which ones")
    driver.agent_says("resp-1", "out-1", "The red mug or the blue mug?", 900)
    driver.caller_says("in-2", "the blue mug")
    assert [t.text for t in driver.kept(TurnRecord)][-1] == "the blue mug"


def test_history_holds_tool_rounds_and_what_came_before_this_process(
    new_driver: Callable[..., Any],
) -> None:
    before = (HistoryTurn(Role.CALLER, "hello"), HistoryToolRound("call-0", "look", "{}", "{}"))
    driver = new_driver(history=before)
    driver.tell(ev.EngineReady(), ev.EngineDropped("dropped", "gone"))
    assert driver.ordered(cmd.ReopenEngine)[0].history == before


def test_a_round_whose_outcome_nobody_heard_comes_last_in_the_next_session(driver: Any) -> None:
    driver.caller_says("in-1", "cancel it")
    driver.model_calls("resp-1", "call-1", "cancel_order")
    driver.tell(ev.ToolPrepared("call-1", "h", "Cancel", "Cancel it", needs_confirmation=True))
    driver.agent_says("resp-2", "out-2", "Cancel it. Shall I go ahead?", 2000)
    driver.wait(1)
    driver.tell(ev.CallerTyped("yes"))
    driver.wait(2)
    driver.tell(ev.ToolFinished("call-1", ToolCallStatus.SUCCEEDED, '{"say":"It is cancelled."}'))
    driver.tell(ev.ResponseStarted("resp-3"), ev.EngineDropped("dropped", "gone"))
    assert driver.ordered(cmd.ReopenEngine)[0].history == (
        HistoryTurn(Role.CALLER, "cancel it"),
        HistoryTurn(Role.AGENT, "Cancel it. Shall I go ahead?"),
        HistoryTurn(Role.CALLER, "yes"),
        HistoryToolRound("call-1", "cancel_order", "{}", '{"say":"It is cancelled."}'),
    )
    assert cmd.RequestResponse() in driver.tell(ev.EngineReady())


def test_what_the_service_said_itself_answers_nothing_in_the_next_session(driver: Any) -> None:
    driver.tell(ev.CallerTyped("where is it"))
    driver.wait(8)
    play_all(driver)
    driver.tell(ev.ResponseStarted("resp-1"), ev.EngineDropped("dropped", "gone"))
    assert driver.ordered(cmd.ReopenEngine)[0].history == (
        HistoryTurn(Role.CALLER, "where is it"),
        HistoryTurn(Role.SYSTEM, "The service itself has just told the caller: <wait>"),
    )
    assert cmd.RequestResponse() in driver.tell(ev.EngineReady())


def test_what_happens_twice_counts_once(driver: Any) -> None:
    driver.caller_says("in-1", "hello")
    driver.tell(ev.ResponseStarted("resp-1"))
    assert driver.tell(ev.SpeechStarted("in-1", 0), ev.SpeechCommitted("in-1")) == []


def test_a_late_transcript_of_an_unknown_echo_or_answer_changes_nothing(driver: Any) -> None:
    driver.tell(ev.CallerTyped("hello"))
    assert driver.dialogue.awaits("call-9") is False


def test_only_the_latest_wordless_turns_can_still_get_their_words(driver: Any) -> None:
    for number in range(22):
        driver.tell(ev.SpeechStarted(f"in-{number}", 0), ev.SpeechCommitted(f"in-{number}"))
        driver.wait(6)
        play_all(driver)
    before = len(driver.kept(TurnRecord))
    driver.tell(ev.TranscriptArrived("in-0", "too late", is_final=True))
    driver.tell(ev.TranscriptArrived("in-21", "in time", is_final=True))
    assert [t.text for t in driver.kept(TurnRecord)[before:]] == ["in time"]


def test_only_the_latest_turns_are_compared_with_what_was_playing(driver: Any) -> None:
    driver.agent_says("resp-1", "out-1", "You may say this back to me.", 9000, is_played=False)
    for number in range(9):
        driver.tell(ev.SpeechStarted(f"in-{number}", 0), ev.SpeechCommitted(f"in-{number}"))
    driver.tell(ev.TranscriptArrived("in-0", "say this back to me", is_final=True))
    driver.wait(1)
    assert driver.kept(TurnRecord)[-1].text == "say this back to me"


def test_what_the_service_had_the_agent_say_is_said_in_the_next_session(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.model_calls("resp-1", "call-1", "get_order_status")
    driver.tell(ev.ToolDelayed("call-1", "{}"))
    driver.agent_says("resp-2", "out-2", "I will tell you.", 500)
    driver.tell(ev.ToolFinished("call-1", ToolCallStatus.SUCCEEDED, '{"say":"It is shipped."}'))
    driver.tell(ev.ResponseStarted("resp-3"), ev.EngineDropped("dropped", "gone"))
    (request,) = [c for c in driver.tell(ev.EngineReady()) if isinstance(c, cmd.RequestResponse)]
    assert request.instructions is not None
    assert request.instructions.endswith("It is shipped.")


def test_what_was_asked_for_again_is_not_said_twice_when_both_come_late(
    new_driver: Callable[..., Any],
) -> None:
    driver = new_driver(greeting="How can I help you?")
    driver.tell(ev.EngineReady())
    driver.wait(11)
    assert len(driver.ordered(cmd.RequestResponse)) == 2
    driver.agent_says("resp-1", "out-1", "How can I help you?", 1000)
    driver.tell(ev.ResponseStarted("resp-2"))
    assert driver.ordered(cmd.CancelResponse) == [cmd.CancelResponse("resp-2")]
    driver.tell(ev.ResponseFinished("resp-2", ev.ResponseStatus.CANCELLED))
    driver.caller_says("in-1", "Where is order 1004?")
    driver.agent_says("resp-3", "out-3", "On its way.", 1000)
    assert [c.item_id for c in driver.ordered(cmd.PlayAudio)] == ["out-1", "out-3"]


def test_a_refused_second_request_leaves_nothing_to_be_dropped(
    new_driver: Callable[..., Any],
) -> None:
    driver = new_driver(greeting="How can I help you?")
    driver.tell(ev.EngineReady())
    driver.wait(11)
    driver.tell(ev.ResponseStarted("resp-1"))
    driver.tell(ev.EngineRefused("conversation_already_has_active_response", "One is active."))
    driver.agent_says("resp-1", "out-1", "How can I help you?", 1000)
    driver.agent_says("resp-2", "out-2", "Are you still there?", 1000)
    assert driver.ordered(cmd.CancelResponse) == []

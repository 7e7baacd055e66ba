"""A person of the team in the conversation: taking over, speaking, tools, handing back."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.phrases import (
    DROPPED_OUT,
    JOINED,
    LEFT,
    RINGING,
    Phrase,
    phrase,
)
from agent_service.conversation.provider_loss import REOPEN_DELAYS_S
from agent_service.conversation.provider_session import TRY_ON_S
from agent_service.conversation.records import (
    ConfirmationRecord,
    ConfirmationStatus,
    IncidentRecord,
    Modality,
    Role,
    ToolCallStatus,
    TurnRecord,
    Usage,
)
from agent_service.conversation.representative_speech import LONGEST_MS, PAUSE_MS, STILL_S
from agent_service.conversation.spec import HistoryTurn, Notice, NoticeClip, Recording, ToolPolicy
from agent_service.conversation.takeover import LEASE_S
from agent_service.conversation.turns import whom

MS = b"\x00" * 48
LOUD = b"\x00\x40\x00\xc0" * 12
READY = ev.EngineReady()
ANA = ev.RepresentativeJoined("Ana")
SPEAKING = cmd.TellRepresentative(cmd.DeskStatus.SPEAKING)
CLIPS = {notice: NoticeClip(notice.value, MS * 700) for notice in Notice}
RING = ToolPolicy("ring", "Ask for a person", is_write=True, rings_team=True)


def speaks(driver: Any, ms: int = 800) -> str:
    """A turn of the representative; return its item."""
    driver.tell(ev.RepresentativeSpoke(LOUD * ms))
    driver.wait(ms / 1000)
    driver.tell(ev.RepresentativeSpoke(MS * PAUSE_MS))
    item_id: str = driver.ordered(cmd.FinishWriting)[-1].item_id
    return item_id


def turns(driver: Any, role: Role) -> list[TurnRecord]:
    return [turn for turn in driver.kept(TurnRecord) if turn.role is role]


def statuses(driver: Any) -> list[cmd.DeskStatus]:
    return [told.status for told in driver.ordered(cmd.TellRepresentative)]


def notes(driver: Any) -> list[str]:
    return [note.text for note in driver.ordered(cmd.AddNote)]


@pytest.fixture
def taken(driver: Any) -> Any:
    """A conversation that Ana has taken over."""
    driver.tell(ANA)
    assert SPEAKING in driver.log
    return driver


def who_came_and_went(done: list[cmd.Command]) -> list[tuple[cmd.HandoffStatus, str | None]]:
    return [(each.status, each.name) for each in done if isinstance(each, cmd.ShowHandoff)]


@pytest.mark.parametrize("is_cut_off", [False, True])
def test_the_record_tells_later_who_came_and_went(taken: Any, is_cut_off: bool) -> None:
    taken.tell(ev.RepresentativeLeft(is_cut_off=is_cut_off))
    taken.wait(60)
    remarks = [turn.text for turn in turns(taken, Role.SYSTEM)]
    assert [whom(remark) for remark in remarks] == ["Ana", "Ana"]
    assert whom("The team was asked for.") == ""


# --- coming ---


def test_the_agent_stops_at_once_and_the_caller_is_told_who_joined(driver: Any) -> None:
    driver.caller_says("in-1", "where is it")
    driver.agent_says("resp-1", "out-1", "It is on its way.", 2000, is_played=False)
    done = driver.tell(ANA)
    assert cmd.ClearPlayback("out-1") in done
    assert who_came_and_went(done) == [(cmd.HandoffStatus.JOINED, "Ana")]
    assert driver.dialogue.representative == "Ana"
    assert notes(driver) == [JOINED.format(name="Ana")]


def test_a_patient_one_lets_the_sentence_be_heard_to_its_end(driver: Any) -> None:
    text = "It is on its way. It comes tomorrow."
    driver.agent_says("resp-1", "out-1", text, 3600, is_played=False)
    driver.wait(0.5)
    driver.tell(ev.CallerPlayed("out-1", 500), ev.RepresentativeJoined("Ana", is_patient=True))
    assert statuses(driver) == [cmd.DeskStatus.JOINING]
    driver.wait(1.0)
    assert cmd.ClearPlayback("out-1") not in driver.tell(ev.CallerPlayed("out-1", 1500))
    driver.wait(0.5)
    assert cmd.ClearPlayback("out-1") in driver.tell(ev.CallerPlayed("out-1", 2000))
    assert statuses(driver) == [cmd.DeskStatus.JOINING, cmd.DeskStatus.SPEAKING]
    driver.wait(1)
    [turn] = turns(driver, Role.AGENT)
    assert turn.heard_text.startswith("It is on its way.")
    assert turn.is_interrupted


def test_nobody_speaks_before_the_word_that_they_joined_is_over(
    new_driver: Callable[..., Any],
) -> None:
    driver = new_driver(notices=CLIPS)
    driver.tell(READY, ANA)
    assert driver.tell(ev.RepresentativeSpoke(LOUD * 20)) == []
    driver.tell(ev.RepresentativeTyped("Hello"))
    [said] = {played.item_id for played in driver.ordered(cmd.PlayAudio)}
    driver.wait(0.7)
    assert SPEAKING in driver.tell(ev.CallerPlayed(said, 700))


@pytest.mark.parametrize("event", [ev.SpeechStarted("in-1", 0), ev.CallerInterrupted()])
def test_no_barge_in_cuts_the_word_that_they_joined(
    new_driver: Callable[..., Any], event: ev.Event
) -> None:
    driver = new_driver(notices=CLIPS)
    driver.tell(READY, ANA)
    [said] = {played.item_id for played in driver.ordered(cmd.PlayAudio)}
    driver.wait(0.2)
    driver.tell(ev.CallerPlayed(said, 200), event)
    assert cmd.ClearPlayback(said) not in driver.log
    driver.wait(0.5)
    assert SPEAKING in driver.tell(ev.CallerPlayed(said, 700))
    [turn] = turns(driver, Role.AGENT)
    assert (turn.heard_text, turn.is_interrupted) == (Notice.JOINED.value, False)


def test_the_disclosure_is_heard_first(new_driver: Callable[..., Any]) -> None:
    driver = new_driver(disclosure="This is an AI assistant.", notices=CLIPS)
    driver.tell(READY)
    driver.agent_says("resp-1", "out-1", "This is an AI assistant. Hi.", 1800, is_played=False)
    driver.tell(ANA)
    assert cmd.ClearPlayback("out-1") not in driver.log
    driver.wait(1.7)
    assert cmd.ClearPlayback("out-1") in driver.tell(ev.CallerPlayed("out-1", 1650))


def test_a_disclosure_that_failed_waits_until_the_agent_speaks_again(
    new_driver: Callable[..., Any],
) -> None:
    driver = new_driver(disclosure="This is an AI assistant.", notices=CLIPS)
    cancelled = ev.ResponseFinished("resp-1", ev.ResponseStatus.CANCELLED, code="turn_detected")
    driver.tell(READY, ev.ResponseStarted("resp-1"), ANA, cancelled)
    driver.wait(1)
    assert [n for n in driver.ordered(cmd.ShowTranscript) if n.notice is Notice.DISCLOSURE] == []
    driver.tell(ev.RepresentativeLeft())
    driver.wait(5)
    asked = [asked.instructions for asked in driver.ordered(cmd.RequestResponse)]
    assert len([text for text in asked if "an AI assistant" in text]) == 2


def test_a_greeting_is_not_said_after_a_person(new_driver: Callable[..., Any]) -> None:
    driver = new_driver(greeting="Hello!")
    driver.tell(READY, ANA, ev.ResponseStarted("resp-1"))
    assert driver.ordered(cmd.CancelResponse) == [cmd.CancelResponse("resp-1")]
    driver.tell(ev.ResponseFinished("resp-1", ev.ResponseStatus.CANCELLED))
    driver.tell(ev.RepresentativeLeft())
    driver.wait(5)
    assert len(driver.ordered(cmd.RequestResponse)) == 1


def test_nobody_takes_over_what_has_ended_or_is_ending(new_driver: Callable[..., Any]) -> None:
    driver = new_driver(notices=CLIPS)
    driver.tell(READY, ev.ServiceDraining(), ANA)
    assert driver.dialogue.representative is None
    driver.tell(ev.CallerEnded(), ANA)
    assert driver.dialogue.representative is None


def test_a_goodbye_of_silence_is_taken_back(new_driver: Callable[..., Any]) -> None:
    driver = new_driver(notices=CLIPS)
    driver.tell(READY)
    driver.wait(315.5)
    driver.tell(ANA)
    assert driver.dialogue.representative == "Ana"
    driver.wait(60)
    assert driver.ordered(cmd.EndConversation) == []


def test_another_one_changes_nothing(taken: Any) -> None:
    assert taken.tell(ev.RepresentativeJoined("Ben")) == []
    assert taken.dialogue.representative == "Ana"


# --- speaking ---


def test_their_sound_reaches_the_caller_and_is_written_down(taken: Any) -> None:
    taken.tell(ev.RepresentativeSpoke(MS * 20))
    assert taken.ordered(cmd.PlayAudio) == []  # nothing was said yet
    item_id = speaks(taken)
    played = taken.ordered(cmd.PlayAudio)
    assert [(sound.item_id, sound.offset_ms) for sound in played] == [(item_id, 0), (item_id, 800)]
    assert [len(written.audio) for written in taken.ordered(cmd.WriteDown)] == [38_400, 33_600]
    assert taken.ordered(cmd.ShowFloor)[-1].holder is cmd.Floor.REPRESENTATIVE
    usage = Usage(input_audio_tokens=15, cost_usd=0.0001)
    shown = taken.tell(ev.RepresentativeTranscribed(item_id, " Hello, this is Ana. ", usage))
    assert shown[0].text == "Hello, this is Ana."
    taken.tell(ev.CallerPlayed(item_id, 1500))
    [turn] = turns(taken, Role.REPRESENTATIVE)
    assert (turn.text, turn.heard_text) == ("Hello, this is Ana.", "Hello, this is Ana.")
    assert (turn.heard_ms, turn.item_id, turn.response_id) == (1500, item_id, None)
    assert turn.usage == usage
    assert notes(taken)[-1] == "A representative said to the caller: Hello, this is Ana."


def test_a_caller_who_speaks_over_them_cuts_nothing(taken: Any) -> None:
    item_id = speaks(taken)
    taken.tell(ev.SpeechStarted("in-1", 0), ev.CallerInterrupted())
    assert cmd.ClearPlayback(item_id) not in taken.log
    taken.tell(ev.CallerPlayed(item_id, 1500), ev.RepresentativeTranscribed(item_id, "Hello."))
    assert not turns(taken, Role.REPRESENTATIVE)[0].is_interrupted


def test_what_was_not_heard_is_not_in_the_record_as_heard(taken: Any) -> None:
    item_id = speaks(taken, 3000)
    words = "We send it again tomorrow, and you need not pay anything for it."
    taken.tell(ev.RepresentativeTranscribed(item_id, words), ev.CallerPlayed(item_id, 1500))
    taken.tell(ev.CallerEnded())
    [turn] = turns(taken, Role.REPRESENTATIVE)
    assert turn.heard_ms == 1500
    assert words.startswith(turn.heard_text)
    assert 0 < len(turn.heard_text) < len(words)


def test_what_they_say_on_is_heard_by_who_changes_to_listening(taken: Any) -> None:
    taken.tell(ev.CallerSwitched(Modality.TEXT), ev.RepresentativeSpoke(LOUD * 400))
    assert taken.ordered(cmd.PlayAudio) == []
    taken.tell(ev.CallerSwitched(Modality.AUDIO), ev.RepresentativeSpoke(LOUD * 400))
    taken.tell(ev.RepresentativeFellSilent())
    [played] = taken.ordered(cmd.PlayAudio)
    read, heard = [written.item_id for written in taken.ordered(cmd.FinishWriting)]
    assert (played.item_id, played.offset_ms) == (heard, 0)
    taken.tell(
        ev.RepresentativeTranscribed(read, "We look at"),
        ev.RepresentativeTranscribed(heard, "your parcel."),
        ev.CallerPlayed(heard, 400),
    )
    said = turns(taken, Role.REPRESENTATIVE)
    assert [(one.modality, one.heard_text) for one in said] == [
        (Modality.TEXT, "We look at"),
        (Modality.AUDIO, "your parcel."),
    ]


def test_words_that_never_come_leave_the_turn_on_record(taken: Any) -> None:
    item_id = speaks(taken)
    taken.tell(ev.CallerPlayed(item_id, 1500))
    taken.wait(5)
    [turn] = turns(taken, Role.REPRESENTATIVE)
    assert (turn.text, turn.flags) == ("", ("no_transcript",))
    taken.tell(ev.RepresentativeTranscribed(item_id, ""))
    assert len(turns(taken, Role.REPRESENTATIVE)) == 1
    usage = Usage(input_audio_tokens=15)
    taken.tell(ev.RepresentativeTranscribed(item_id, "Hello.", usage))
    late = turns(taken, Role.REPRESENTATIVE)[-1]
    assert late.usage == usage
    assert (late.text, late.flags, late.seq) == ("Hello.", ("late_transcript",), turn.seq)


@pytest.mark.parametrize(("text", "flag"), [(None, "transcript_failed"), ("", "no_words")])
def test_a_turn_without_words_says_why(taken: Any, text: str | None, flag: str) -> None:
    item_id = speaks(taken)
    taken.tell(ev.RepresentativeTranscribed(item_id, text), ev.CallerPlayed(item_id, 1500))
    assert turns(taken, Role.REPRESENTATIVE)[0].flags == (flag,)


def test_what_the_caller_types_is_shown_at_once_whatever_is_being_said(taken: Any) -> None:
    taken.tell(ev.RepresentativeSpoke(LOUD * 200))
    done = taken.tell(ev.CallerTyped("Please cancel it."))
    [shown] = [one for one in done if isinstance(one, cmd.ShowTranscript)]
    assert (shown.role, shown.text, shown.is_final) == (Role.CALLER, "Please cancel it.", False)
    assert turns(taken, Role.CALLER) == []


def test_words_find_their_turn(taken: Any) -> None:
    first, second = speaks(taken), speaks(taken)
    taken.tell(ev.RepresentativeTranscribed(second, "Two."))
    taken.tell(ev.RepresentativeTranscribed(first, "One."))
    taken.tell(ev.CallerPlayed(first, 1500), ev.CallerPlayed(second, 1500))
    assert [turn.text for turn in turns(taken, Role.REPRESENTATIVE)] == ["One.", "Two."]


def test_the_end_of_the_conversation_puts_an_unfinished_turn_on_record(taken: Any) -> None:
    taken.tell(ev.RepresentativeSpoke(LOUD * 200), ev.CallerEnded())
    [turn] = turns(taken, Role.REPRESENTATIVE)
    assert "no_transcript" in turn.flags


def test_a_button_that_is_let_go_or_a_microphone_gone_still_ends_the_turn(taken: Any) -> None:
    taken.tell(ev.RepresentativeSpoke(LOUD * 200), ev.RepresentativeFellSilent())
    assert len(taken.ordered(cmd.FinishWriting)) == 1
    taken.tell(ev.RepresentativeFellSilent())
    taken.tell(ev.RepresentativeSpoke(LOUD * 200))
    taken.wait(STILL_S)
    assert len(taken.ordered(cmd.FinishWriting)) == 2


def test_a_noise_without_end_is_written_down_in_parts(taken: Any) -> None:
    for _ in range(LONGEST_MS // 500 + 1):
        taken.tell(ev.RepresentativeSpoke(LOUD * 500))
        taken.wait(0.5)
    assert len(taken.ordered(cmd.FinishWriting)) == 1


def test_what_they_type_is_read(taken: Any) -> None:
    taken.tell(ev.RepresentativeTyped("I look at it."))
    [turn] = turns(taken, Role.REPRESENTATIVE)
    assert (turn.text, turn.heard_text, turn.modality) == (
        "I look at it.",
        "I look at it.",
        Modality.TEXT,
    )
    taken.tell(ev.TurnRecorded(turn.turn_id))
    final = taken.ordered(cmd.ShowTranscript)[-1]
    assert (final.role, final.is_final) == (Role.REPRESENTATIVE, True)


def test_who_only_reads_reads_what_they_say(new_driver: Callable[..., Any]) -> None:
    driver = new_driver(modality=Modality.TEXT)
    driver.tell(READY, ANA)
    item_id = speaks(driver)
    assert driver.ordered(cmd.PlayAudio) == []
    driver.tell(ev.RepresentativeTranscribed(item_id, "Hello."))
    assert turns(driver, Role.REPRESENTATIVE)[0].heard_text == "Hello."


def test_nobody_hears_them_while_the_caller_is_away(taken: Any) -> None:
    taken.tell(ev.RepresentativeSpoke(LOUD * 20), ev.CallerDropped())
    assert statuses(taken)[-1] is cmd.DeskStatus.CALLER_AWAY
    before = len(taken.ordered(cmd.PlayAudio))
    taken.tell(ev.RepresentativeSpoke(LOUD * 20))
    assert len(taken.ordered(cmd.PlayAudio)) == before
    taken.tell(ev.CallerReturned())
    assert statuses(taken)[-1] is cmd.DeskStatus.SPEAKING


# --- the provider ---


def test_a_lost_provider_takes_nothing_of_theirs_along(taken: Any) -> None:
    item_id = speaks(taken)
    taken.tell(ev.EngineDropped("dropped", "gone"))
    taken.tell(ev.RepresentativeTranscribed(item_id, "Hello."), READY)
    taken.tell(ev.CallerPlayed(item_id, 1500))
    assert turns(taken, Role.REPRESENTATIVE)[0].flags == ()


def test_what_they_said_is_in_the_history_of_the_next_session(taken: Any) -> None:
    item_id = speaks(taken)
    taken.tell(ev.RepresentativeTranscribed(item_id, "Hello, this is Ana."))
    taken.tell(ev.RepresentativeWhispered("Ben", "Be kind."))
    taken.tell(ev.EngineDropped("dropped", "gone"))
    [reopened] = taken.ordered(cmd.ReopenEngine)
    told = [(entry.role, entry.text) for entry in reopened.history]
    assert (Role.REPRESENTATIVE, "Hello, this is Ana.") not in told  # nothing of it was heard
    assert told[-1] == (Role.SYSTEM, "A person of the team tells you, and not the caller: Be kind.")


def test_without_a_provider_two_people_go_on_and_the_end_waits(
    new_driver: Callable[..., Any],
) -> None:
    driver = new_driver(notices=CLIPS)
    driver.tell(READY, ANA, ev.EngineDropped("insufficient_quota", "no money"))
    driver.wait(60)
    assert driver.ordered(cmd.EndConversation) == []
    driver.tell(ev.RepresentativeLeft())
    driver.wait(20)
    assert driver.ordered(cmd.EndConversation)[0].reason == "insufficient_quota"


def test_the_agent_goes_on_where_the_provider_comes_back_while_a_person_is_there(
    new_driver: Callable[..., Any],
) -> None:
    driver = new_driver(notices=CLIPS)
    driver.tell(READY, ANA)
    away = ev.EngineDropped("provider_unavailable", "away")
    for _ in range(8):  # more often than it is tried where somebody waits
        driver.tell(away)
        driver.wait(5)
    incidents = [one for one in driver.kept(IncidentRecord) if one.code == away.code]
    assert len(incidents) == len(REOPEN_DELAYS_S) + 1
    tries = driver.ordered(cmd.ReopenEngine)
    assert [one.delay_s for one in tries] == [*REOPEN_DELAYS_S, *([TRY_ON_S] * 3)]
    driver.tell(READY, ev.RepresentativeLeft())
    driver.wait(30)
    assert driver.ordered(cmd.EndConversation) == []
    driver.tell(ev.CallerTyped("where is it"))
    assert cmd.RequestResponse() in driver.log


def test_the_agent_answers_nothing_that_a_person_has_answered(taken: Any) -> None:
    taken.caller_says("in-1", "refund it")
    taken.tell(ev.RepresentativeTyped("Done."), ev.RepresentativeLeft())
    taken.wait(11)
    assert taken.ordered(cmd.RequestResponse) == []
    taken.tell(ANA)
    taken.tell(ev.CallerTyped("and where is the other one"), ev.RepresentativeLeft())
    assert taken.ordered(cmd.RequestResponse) == [cmd.RequestResponse()]


@pytest.mark.parametrize(
    "words", [("",), ("", ""), ("", "It is done."), ("It is done.", ""), (None,)]
)
def test_a_noise_of_theirs_is_no_answer_to_the_caller(
    taken: Any, words: tuple[str | None, ...]
) -> None:
    taken.caller_says("in-1", "where is it")
    for text in words:
        item_id = speaks(taken)
        taken.tell(ev.CallerPlayed(item_id, 1500), ev.RepresentativeTranscribed(item_id, text))
    taken.tell(ev.RepresentativeLeft())
    taken.wait(11)
    is_answered = any(words) or None in words
    assert taken.ordered(cmd.RequestResponse) == ([] if is_answered else [cmd.RequestResponse()])


def test_the_agent_is_waited_for_since_it_has_the_conversation_again(taken: Any) -> None:
    taken.tell(ev.CallerTyped("where is it"))
    taken.wait(60)
    taken.tell(ev.RepresentativeLeft())
    taken.wait(1)
    taken.agent_says("r-1", "a-1", "It comes tomorrow.", 900)
    taken.tell(ev.CallerPlayed("a-1", 900), ev.CallerEnded())
    assert turns(taken, Role.AGENT)[-1].first_audio_ms == 1_000


def test_a_noise_that_is_known_for_one_only_later_is_answered_then(taken: Any) -> None:
    taken.caller_says("in-1", "where is it")
    first, second = speaks(taken), speaks(taken)
    taken.tell(ev.RepresentativeTranscribed(first, ""), ev.RepresentativeLeft())
    taken.wait(2)
    assert taken.ordered(cmd.RequestResponse) == []
    taken.tell(ev.CallerPlayed(second, 1500), ev.RepresentativeTranscribed(second, ""))
    taken.wait(11)
    assert taken.ordered(cmd.RequestResponse) == [cmd.RequestResponse()]


def test_a_noise_of_the_callers_is_no_turn_to_them_while_a_person_speaks_with_them(
    taken: Any,
) -> None:
    def is_noise(item_id: str, text: str) -> bool:
        taken.caller_says(item_id, text)
        [turn] = turns(taken, Role.CALLER)[-1:]
        [caption] = [one for one in taken.tell(ev.TurnRecorded(turn.turn_id)) if one.is_final]
        return bool(caption.is_noise)

    assert is_noise("in-1", "")
    assert not is_noise("in-2", "hello")
    taken.tell(ev.RepresentativeLeft())
    assert not is_noise("in-3", "")


@pytest.mark.parametrize("goes_on", [None, ev.CallerTyped("hello"), ANA, "said"])
def test_who_comes_back_hears_the_agent_answer_what_no_person_has_answered(
    new_driver: Callable[..., Any], goes_on: ev.Event | str | None
) -> None:
    driver = new_driver(
        modality=Modality.TEXT,
        greeting="We were cut off.",
        history=(HistoryTurn(Role.CALLER, "And 1010?"),),
        unanswered="And 1010?",
    )
    driver.tell(READY)
    [first] = driver.ordered(cmd.RequestResponse)
    assert "cut off" in str(first.instructions)
    if goes_on == "said":
        driver.caller_says("in-1", "hello")
    elif goes_on is not None:
        driver.tell(goes_on)
    driver.tell(
        ev.ResponseStarted("r"),
        ev.AgentText("r", "a", "We were cut off.", is_spoken=False),
        ev.AgentItemFinished("r", "a", is_complete=True),
        ev.ResponseFinished("r", ev.ResponseStatus.COMPLETED),
    )
    driver.wait(2)
    told = [one.text for one in driver.ordered(cmd.SendText)]
    assert ("And 1010?" in told) is (goes_on is None)
    if goes_on is None:
        assert driver.ordered(cmd.RequestResponse)[1:] == [cmd.RequestResponse()]


# --- whispering ---


def test_a_whisper_reaches_the_model_and_the_record_and_no_caller(driver: Any) -> None:
    done = driver.tell(ev.RepresentativeWhispered("Ana", "Offer a voucher."))
    assert done[0] == cmd.AddNote(
        "A person of the team tells you, and not the caller: Offer a voucher."
    )
    assert cmd.RequestResponse() in done
    [turn] = turns(driver, Role.SYSTEM)
    assert (turn.text, turn.heard_text, turn.flags) == (
        "Ana to the agent: Offer a voucher.",
        "",
        ("whisper",),
    )
    driver.tell(ev.TurnRecorded(turn.turn_id))
    assert driver.ordered(cmd.ShowTranscript) == []


# --- questions and tools ---


def asks(driver: Any, tool_call_id: str = "call-1") -> None:
    driver.model_calls("resp-1", tool_call_id, "cancel_order")
    driver.tell(prepared(tool_call_id))


def prepared(tool_call_id: str) -> ev.ToolPrepared:
    return ev.ToolPrepared(tool_call_id, "hash-1", "Cancel", "Cancel it", needs_confirmation=True)


def decisions(driver: Any) -> list[ConfirmationStatus]:
    return [record.status for record in driver.kept(ConfirmationRecord)]


def test_what_the_agent_asked_is_withdrawn_without_a_word(driver: Any) -> None:
    driver.tell(
        ev.ResponseStarted("resp-1"),
        ev.ToolCallRequested("resp-1", "call-1", "cancel_order", "{}"),
        ev.ToolCallRequested("resp-1", "call-2", "open_ticket", "{}"),
        ev.ResponseFinished("resp-1", ev.ResponseStatus.COMPLETED),
    )
    driver.tell(prepared("call-1"), prepared("call-2"))
    driver.tell(ANA)
    assert decisions(driver) == [ConfirmationStatus.OFFERED, ConfirmationStatus.VOIDED]
    assert {call.status for call in driver.ended_calls()} == {ToolCallStatus.VOIDED}
    assert len(driver.ended_calls()) == 2
    driver.tell(ev.RepresentativeLeft())
    driver.wait(10)
    assert driver.ordered(cmd.RequestResponse) == [cmd.RequestResponse(SAY_IT, False)]


SAY_IT = "Say exactly this to the caller, and nothing else: Cancel it. Shall I go ahead?"


def test_a_yes_to_a_person_releases_nothing(driver: Any) -> None:
    asks(driver)
    driver.agent_says("resp-2", "out-2", "Cancel it. Shall I go ahead?", 2000)
    driver.tell(ANA)
    driver.caller_says("in-1", "yes")
    driver.tell(ev.CallerTyped("yes"))
    driver.wait(5)
    assert driver.ordered(cmd.RunTool) == []


def test_what_the_agent_calls_while_a_person_speaks_does_not_run(driver: Any) -> None:
    driver.model_calls("resp-1", "call-1", "cancel_order")
    driver.tell(ANA, prepared("call-1"))
    driver.model_calls("resp-2", "call-2", "get_order_status")
    statuses = [call.status for call in driver.ended_calls()]
    assert statuses == [ToolCallStatus.VOIDED, ToolCallStatus.VOIDED]
    assert driver.ordered(cmd.RunTool) == []


def test_a_tool_that_runs_at_takeover_comes_to_its_end(driver: Any) -> None:
    driver.model_calls("resp-1", "call-1", "get_order_status")
    driver.tell(ANA, ev.ToolFinished("call-1", ToolCallStatus.SUCCEEDED, "{}"))
    assert driver.ordered(cmd.SubmitToolResult) == [cmd.SubmitToolResult("call-1", "{}")]
    assert driver.ordered(cmd.RequestResponse) == []


def test_they_run_a_tool_that_reads(taken: Any) -> None:
    taken.tell(ev.RepresentativeAskedTool("desk-1", "get_order_status", '{"order": 7}'))
    [run] = taken.ordered(cmd.RunTool)
    assert (run.tool_call_id, run.arguments) == ("desk-1", '{"order": 7}')
    taken.tell(ev.ToolFinished("desk-1", ToolCallStatus.SUCCEEDED, '{"say": "On its way."}'))
    assert taken.ordered(cmd.SubmitToolResult) == []
    assert "Ana has had a tool run" in notes(taken)[-1]
    assert "On its way." in notes(taken)[-1]
    taken.tell(ev.RepresentativeLeft())
    taken.wait(5)
    assert taken.ordered(cmd.RequestResponse) == []
    taken.tell(ev.EngineDropped("dropped", "gone"))
    history = taken.ordered(cmd.ReopenEngine)[0].history
    assert not any(hasattr(entry, "tool_call_id") for entry in history)


def test_a_tool_that_writes_needs_a_tap_or_a_yes_to_what_was_read(taken: Any) -> None:
    taken.tell(ev.RepresentativeAskedTool("desk-1", "cancel_order", "{}"), prepared("desk-1"))
    [question] = taken.ordered(cmd.ShowConfirmation)
    taken.caller_says("in-1", "yes")
    taken.tell(ev.CallerTyped("yes"))
    taken.wait(3)
    assert taken.ordered(cmd.RunTool) == []
    taken.tell(ev.CallerConfirmed(question.confirmation_id, True))
    [run] = taken.ordered(cmd.RunTool)
    assert run.confirmation_id == question.confirmation_id


def test_a_no_to_a_person_is_not_answered_by_the_agent(taken: Any) -> None:
    taken.tell(ev.RepresentativeAskedTool("desk-1", "cancel_order", "{}"), prepared("desk-1"))
    [question] = taken.ordered(cmd.ShowConfirmation)
    taken.tell(ev.CallerConfirmed(question.confirmation_id, False), ev.RepresentativeLeft())
    taken.wait(5)
    assert [call.status for call in taken.ended_calls()] == [ToolCallStatus.DECLINED]
    assert taken.ordered(cmd.RequestResponse) == []


def test_their_question_expires(taken: Any) -> None:
    taken.tell(ev.RepresentativeAskedTool("desk-1", "cancel_order", "{}"), prepared("desk-1"))
    taken.wait(121)
    assert decisions(taken)[-1] is ConfirmationStatus.EXPIRED


def test_their_question_is_withdrawn_when_they_leave(taken: Any) -> None:
    taken.tell(
        ev.RepresentativeAskedTool("desk-1", "cancel_order", "{}"),
        ev.RepresentativeAskedTool("desk-2", "cancel_order", "{}"),
        prepared("desk-1"),
    )
    taken.tell(ev.RepresentativeLeft(), prepared("desk-2"))
    assert decisions(taken)[-1] is ConfirmationStatus.VOIDED
    ends = [(call.tool_call_id, call.status) for call in taken.ended_calls()]
    assert ends == [("desk-1", ToolCallStatus.VOIDED), ("desk-2", ToolCallStatus.VOIDED)]


def test_a_tool_that_is_not_there_and_one_asked_for_twice(taken: Any) -> None:
    unknown = ev.RepresentativeAskedTool("desk-1", "fly", "{}")
    taken.tell(unknown, unknown)
    assert [call.status for call in taken.ended_calls()] == [ToolCallStatus.NOT_ALLOWED]


def test_what_still_ran_when_they_left_is_told_by_the_agent(taken: Any) -> None:
    taken.tell(ev.RepresentativeAskedTool("desk-1", "get_order_status", "{}"))
    taken.tell(ev.RepresentativeLeft())
    taken.tell(ev.ToolFinished("desk-1", ToolCallStatus.SUCCEEDED, '{"say": "On its way."}'))
    assert "On its way." in taken.ordered(cmd.RequestResponse)[-1].instructions


def test_consent_to_a_recording_is_not_given_to_a_person(new_driver: Callable[..., Any]) -> None:
    driver = new_driver(recording=Recording.ASK, greeting="Hello!")
    driver.tell(READY, ANA)
    driver.wait(5)
    assert driver.ordered(cmd.StartRecording) == []
    driver.tell(ev.RepresentativeLeft())
    driver.wait(5)
    assert len(driver.ordered(cmd.RequestResponse)) == 1


# --- going ---


def test_the_agent_goes_on_with_what_was_said_and_without_a_greeting(
    new_driver: Callable[..., Any],
) -> None:
    driver = new_driver(notices=CLIPS)
    driver.tell(READY, ANA)
    done = driver.tell(ev.RepresentativeLeft())
    assert who_came_and_went(done) == [(cmd.HandoffStatus.LEFT, "Ana")]
    assert cmd.TellRepresentative(cmd.DeskStatus.LEFT) in done
    assert LEFT.format(name="Ana") in notes(driver)
    assert [n.notice for n in done if isinstance(n, cmd.ShowTranscript)] == [Notice.LEFT]
    assert driver.tell(ev.RepresentativeLeft()) == []
    flags = [turn.flags for turn in turns(driver, Role.SYSTEM)]
    driver.wait(20)
    flags = [turn.flags for turn in turns(driver, Role.SYSTEM)]
    assert flags == [("joined",), ("left",)]


def test_a_lost_line_is_waited_for_and_then_the_agent_goes_on(
    new_driver: Callable[..., Any],
) -> None:
    driver = new_driver(notices=CLIPS)
    driver.tell(READY, ANA)
    driver.wait(5)
    driver.tell(ev.RepresentativeSpoke(LOUD * 100))
    done = driver.tell(ev.RepresentativeDropped())
    assert [n.notice for n in done if isinstance(n, cmd.ShowTranscript)] == [Notice.CUT_OFF]
    assert len(driver.ordered(cmd.FinishWriting)) == 1
    assert driver.tell(ev.RepresentativeDropped()) == []
    driver.tell(ev.CallerTyped("are you there?"))
    driver.wait(LEASE_S - 0.1)
    assert driver.ordered(cmd.RequestResponse) == []
    driver.wait(0.2)
    assert driver.dialogue.representative is None
    assert driver.ordered(cmd.RequestResponse) == [cmd.RequestResponse()]
    assert DROPPED_OUT.format(name="Ana") in notes(driver)


def test_who_comes_back_in_time_goes_on(taken: Any) -> None:
    taken.tell(ev.RepresentativeDropped())
    taken.wait(LEASE_S - 1)
    taken.tell(ANA)
    taken.wait(60)
    assert taken.dialogue.representative == "Ana"
    assert statuses(taken) == [
        cmd.DeskStatus.SPEAKING,
        cmd.DeskStatus.CUT_OFF,
        cmd.DeskStatus.SPEAKING,
    ]
    assert len(taken.ordered(cmd.ShowHandoff)) == 1


def test_who_may_not_speak_any_more_has_left(taken: Any) -> None:
    taken.tell(ev.RepresentativeLeft(is_cut_off=True))
    assert taken.dialogue.representative is None


def test_the_goodbye_of_the_service_takes_the_floor(taken: Any) -> None:
    taken.tell(ev.ServiceDraining())
    assert statuses(taken)[-1] is cmd.DeskStatus.LEFT


# --- ringing ---


@pytest.fixture
def ringing(new_driver: Callable[..., Any]) -> Any:
    driver = new_driver(policies={"ring": RING})
    driver.tell(READY)
    return rings(driver, "call-1", {"reason": "I want a person."})


def rings(driver: Any, tool_call_id: str, arguments: object) -> Any:
    driver.model_calls(f"resp-{tool_call_id}", tool_call_id, "ring", json.dumps(arguments))
    driver.tell(
        ev.ToolPrepared(tool_call_id, "h", "Ask", "Ask", needs_confirmation=False),
        ev.ToolFinished(tool_call_id, ToolCallStatus.SUCCEEDED, "{}"),
    )
    return driver


NOBODY = phrase(Phrase.NOBODY, "en")


def handoffs(driver: Any) -> list[cmd.HandoffStatus]:
    return [shown.status for shown in driver.ordered(cmd.ShowHandoff)]


def is_told(driver: Any) -> bool:
    asked = [asked.instructions or "" for asked in driver.ordered(cmd.RequestResponse)]
    driver.agent_says("resp-x", "out-x", "Please wait.", 600)
    asked = [asked.instructions or "" for asked in driver.ordered(cmd.RequestResponse)]
    return any(NOBODY in text for text in asked)


def test_a_wish_for_a_person_rings_once(ringing: Any) -> None:
    assert ringing.ordered(cmd.RingTeam) == [cmd.RingTeam("I want a person.")]
    rings(ringing, "call-2", {})
    assert len(ringing.ordered(cmd.RingTeam)) == 1
    assert ringing.dialogue.is_ringing


@pytest.mark.parametrize("arguments", [{}, {"reason": 3}, []])
def test_a_wish_needs_no_reason(new_driver: Callable[..., Any], arguments: object) -> None:
    driver = new_driver(policies={"ring": RING})
    driver.tell(READY)
    rings(driver, "call-1", arguments)
    assert driver.ordered(cmd.RingTeam) == [cmd.RingTeam("")]


def test_nobody_comes(ringing: Any) -> None:
    assert not is_told(ringing)
    ringing.wait(31)
    assert handoffs(ringing) == [cmd.HandoffStatus.REQUESTED, cmd.HandoffStatus.NOBODY]
    assert NOBODY in ringing.ordered(cmd.RequestResponse)[-1].instructions


def test_where_nobody_can_be_rung_only_that_is_said(ringing: Any) -> None:
    asked = len(ringing.ordered(cmd.RequestResponse))
    ringing.tell(ev.HandoffDeclined(is_unreachable=True), ev.TeamRung())
    said = [asked.instructions for asked in ringing.ordered(cmd.RequestResponse)[asked:]]
    assert len(said) == 1
    assert NOBODY in said[0]


def test_that_the_team_is_asked_is_said_once_it_is(ringing: Any) -> None:
    asked = len(ringing.ordered(cmd.RequestResponse))
    ringing.tell(ev.TeamRung())
    assert len(ringing.ordered(cmd.RequestResponse)) == asked + 1
    assert ringing.ordered(cmd.AddNote)[-1] == cmd.AddNote(RINGING)


def test_the_team_declines(ringing: Any) -> None:
    ringing.tell(ev.TeamRung())
    ringing.tell(ev.HandoffDeclined(), ev.HandoffDeclined())
    assert handoffs(ringing) == [cmd.HandoffStatus.REQUESTED, cmd.HandoffStatus.DECLINED]
    assert is_told(ringing)


def test_somebody_comes(ringing: Any) -> None:
    ringing.tell(ANA)
    ringing.wait(60)
    assert handoffs(ringing) == [cmd.HandoffStatus.REQUESTED, cmd.HandoffStatus.JOINED]
    assert not ringing.dialogue.is_ringing


def test_a_person_who_is_there_is_not_rung(new_driver: Callable[..., Any]) -> None:
    driver = new_driver(policies={"ring": RING})
    driver.tell(READY, ANA)
    driver.tell(
        ev.RepresentativeAskedTool("desk-1", "ring", "{}"),
        ev.ToolPrepared("desk-1", "h", "Ask", "Ask", needs_confirmation=False),
        ev.ToolFinished("desk-1", ToolCallStatus.SUCCEEDED, "{}"),
    )
    assert driver.ordered(cmd.RingTeam) == []

"""One time axis: milliseconds since the conversation began, whatever happens to it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from an_agent import agent

from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.arrivals import Arrivals
from agent_service.conversation.records import (
    ConfirmationRecord,
    IncidentRecord,
    Modality,
    Role,
    ToolCallStatus,
    TurnRecord,
)

MS = b"\x00" * 48
FRAME = MS * 20


def stream(driver: Any, ms: int) -> None:
    """The caller's sound comes in frame by frame, as it is spoken."""
    for _ in range(ms // 20):
        driver.now += 0.02
        driver.tell(ev.CallerAudio(FRAME))


def says(driver: Any, item_id: str, start_ms: int, end_ms: int) -> None:
    """The provider tells of a turn by its own count, as soon as it was sent all of it."""
    driver.tell(
        ev.SpeechStarted(item_id, start_ms),
        ev.SpeechStopped(item_id, end_ms),
        ev.SpeechCommitted(item_id),
        ev.TranscriptArrived(item_id, "words", is_final=True),
    )


def places(driver: Any, role: Role = Role.CALLER) -> list[tuple[int, int]]:
    turns = [turn for turn in driver.kept(TurnRecord) if turn.role is role]
    return [(turn.started_ms, turn.ended_ms) for turn in turns]


def stretches(driver: Any) -> list[tuple[str, int, int]]:
    marks = [i for i in driver.kept(IncidentRecord) if i.code.startswith("caller_audio")]
    return [(mark.code, mark.started_ms, mark.ended_ms) for mark in marks]


# --- the caller ---


def test_a_turn_lies_where_it_was_spoken_also_in_a_later_provider_session(driver: Any) -> None:
    stream(driver, 3000)
    says(driver, "in-1", 1000, 3000)
    driver.tell(ev.EngineDropped("dropped", "gone"))
    driver.wait(4)
    driver.tell(ev.EngineReady())
    stream(driver, 2000)
    says(driver, "in-2", 500, 2000)
    # The provider waits for half a second of silence before it says that speech has ended.
    assert places(driver) == [(1000, 2500), (7500, 8500)]
    assert [turn.heard_ms for turn in driver.kept(TurnRecord)] == [2000, 1500]


def test_a_turn_after_a_silence_without_frames_does_not_begin_before_it(driver: Any) -> None:
    stream(driver, 3000)
    says(driver, "in-1", 500, 3000)
    driver.wait(20)
    stream(driver, 1500)
    says(driver, "in-2", 2800, 4500)  # its padding reaches back beyond the silence
    assert places(driver) == [(500, 2500), (23_000, 24_000)]


def test_what_came_while_the_provider_was_away_lies_where_it_was_spoken(driver: Any) -> None:
    driver.tell(ev.EngineDropped("dropped", "gone"))
    stream(driver, 4000)
    driver.tell(ev.EngineReady())
    stream(driver, 1000)
    says(driver, "in-1", 1000, 4500)
    assert places(driver) == [(1000, 4000)]
    assert stretches(driver) == [("caller_audio_late", 0, 4000)]


def test_what_the_provider_did_not_take_is_skipped_and_leaves_its_mark(driver: Any) -> None:
    stream(driver, 1000)
    driver.tell(ev.EngineCongested(True))
    stream(driver, 3000)
    driver.tell(ev.EngineCongested(False))
    stream(driver, 2000)
    says(driver, "in-1", 500, 2500)
    assert places(driver) == [(500, 5000)]
    assert driver.kept(TurnRecord)[0].heard_ms == 2000
    assert stretches(driver) == [("caller_audio_dropped", 1000, 4000)]
    assert "3000 ms" in driver.kept(IncidentRecord)[0].message


def test_what_comes_too_fast_leaves_a_mark(driver: Any) -> None:
    stream(driver, 1000)
    driver.tell(ev.CallerAudioRefused(MS * 100), ev.CallerAudioRefused(MS * 100))
    assert stretches(driver) == []
    stream(driver, 20)
    assert stretches(driver) == [("caller_audio_dropped", 1000, 1200)]


def test_of_too_much_that_is_kept_the_oldest_is_dropped_with_a_mark(driver: Any) -> None:
    driver.tell(ev.EngineDropped("dropped", "gone"))
    stream(driver, 20_000)
    driver.tell(ev.EngineReady())
    stream(driver, 20)
    assert stretches(driver) == [
        ("caller_audio_dropped", 0, 5000),
        ("caller_audio_late", 5000, 20_000),
    ]


def test_what_comes_before_the_provider_is_there_leaves_a_mark(
    new_driver: Callable[..., Any],
) -> None:
    driver = new_driver()
    stream(driver, 100)
    driver.tell(ev.EngineReady())
    stream(driver, 20)
    assert stretches(driver) == [("caller_audio_dropped", 0, 100)]


def test_what_waits_for_the_next_session_when_there_is_none_leaves_its_mark(driver: Any) -> None:
    driver.tell(ev.EngineDropped("dropped", "gone"), ev.CallerTyped("hello"))
    stream(driver, 400)
    driver.tell(ev.CallerEnded())
    assert stretches(driver) == [("caller_audio_dropped", 0, 400)]


def test_a_stretch_that_ends_with_the_conversation_leaves_its_mark(driver: Any) -> None:
    driver.tell(ev.EngineCongested(True))
    stream(driver, 400)
    driver.tell(ev.CallerEnded())
    assert stretches(driver) == [("caller_audio_dropped", 0, 400)]
    assert driver.tell(ev.CallerAudio(FRAME)) == []


def test_a_congested_session_that_is_lost_says_nothing_of_the_next(driver: Any) -> None:
    driver.tell(ev.EngineCongested(True), ev.EngineDropped("dropped", "gone"))
    driver.tell(ev.EngineCongested(True), ev.EngineReady())
    assert cmd.SendAudio(FRAME) in driver.tell(ev.CallerAudio(FRAME))


def test_a_provider_that_speaks_of_sound_it_was_not_sent_is_taken_by_the_clock(driver: Any) -> None:
    driver.now += 5
    says(driver, "in-1", 100, 90_000)
    stream(driver, 200)
    says(driver, "in-2", 90_000, 90_000)
    assert places(driver) == [(5000, 5000), (5200, 5200)]


def test_a_turn_whose_end_nobody_tells_ends_when_it_is_given_up(driver: Any) -> None:
    stream(driver, 1000)
    driver.tell(ev.SpeechStarted("in-1", 500))
    driver.now += 2
    driver.tell(ev.EngineDropped("dropped", "gone"))
    driver.wait(0.01)
    assert places(driver) == [(500, 3000)]


def test_push_to_talk_lies_from_its_first_frame_to_its_last(
    new_driver: Callable[..., Any],
) -> None:
    driver = new_driver(agent=agent(turn_detection={"kind": "push_to_talk"}))
    driver.tell(ev.EngineReady())
    for item_id in ("in-1", "in-2"):
        driver.now += 3
        stream(driver, 1000)
        driver.now += 0.5
        driver.tell(ev.CallerCommitted(), ev.SpeechCommitted(item_id))
        driver.tell(ev.TranscriptArrived(item_id, "words", is_final=True))
    assert places(driver) == [(3000, 4000), (7500, 8500)]
    assert [turn.heard_ms for turn in driver.kept(TurnRecord)] == [1000, 1000]


def test_what_was_spoken_into_a_session_that_is_lost_before_the_button_is_let_go_leaves_a_mark(
    new_driver: Callable[..., Any],
) -> None:
    driver = new_driver(agent=agent(turn_detection={"kind": "push_to_talk"}))
    driver.tell(ev.EngineReady(), ev.EngineDropped("dropped", "gone"), ev.EngineReady())
    assert stretches(driver) == []
    stream(driver, 1000)
    driver.tell(ev.EngineDropped("dropped", "gone"), ev.EngineReady())
    stream(driver, 20)
    assert stretches(driver) == [("caller_audio_dropped", 0, 1000)]


def test_typed_words_lie_where_they_came(driver: Any) -> None:
    driver.now += 1.5
    driver.tell(ev.CallerTyped("hello"))
    assert places(driver) == [(1500, 1500)]


# --- where the words lie in a recording ---


def words(driver: Any, role: Role) -> list[tuple[int | None, int | None]]:
    turns = [turn for turn in driver.kept(TurnRecord) if turn.role is role]
    return [(turn.audio_start_ms, turn.audio_end_ms) for turn in turns]


def test_the_callers_words_begin_behind_what_the_provider_kept_from_before_them(
    driver: Any,
) -> None:
    stream(driver, 3000)
    says(driver, "in-1", 1000, 3000)
    assert places(driver) == [(1000, 2500)]
    assert words(driver, Role.CALLER) == [(1300, 2500)]


def wave(ms: int, loudness: int) -> bytes:
    """Return a sound that moves as far as that to both sides."""
    return (np.array([loudness, -loudness], "<i2").tobytes()) * (12 * ms)


def hears(driver: Any, sound: bytes) -> None:
    for at in range(0, len(sound), len(FRAME)):
        driver.now += 0.02
        driver.tell(ev.CallerAudio(sound[at : at + len(FRAME)]))


@pytest.mark.parametrize("noise", [0, 60])
def test_words_begin_with_their_soft_sounds_and_end_with_the_last(driver: Any, noise: int) -> None:
    quiet, soft, loud = wave(1_000, noise), wave(160, 200), wave(600, 6_000)
    hears(driver, quiet + wave(20, 900) + quiet + soft + wave(60, noise) + loud)
    driver.tell(ev.SpeechStarted("in-1", 1_940))  # heard at 2,240, less its padding
    hears(driver, quiet)
    # What finds turns takes a while to believe that it is silent.
    driver.tell(ev.SpeechStopped("in-1", 2_840 + 90 + 500), ev.SpeechCommitted("in-1"))
    driver.tell(ev.TranscriptArrived("in-1", "words", is_final=True))
    assert words(driver, Role.CALLER) == [(2_020, 2_840)]


def test_words_never_begin_before_the_sound_that_the_provider_took(driver: Any) -> None:
    hears(driver, wave(1_000, 0) + wave(1_000, 6_000))
    says(driver, "in-1", 1_200, 2_000)
    assert words(driver, Role.CALLER) == [(1_200, 1_500)]


def test_words_end_where_they_do_when_the_provider_ponders_what_they_mean(
    new_driver: Callable[..., Any],
) -> None:
    driver = new_driver(agent=agent(turn_detection={"kind": "semantic_vad"}))
    driver.tell(ev.EngineReady())
    hears(driver, wave(1_000, 0) + wave(600, 6_000))
    driver.tell(ev.SpeechStarted("in-1", 800))
    hears(driver, wave(410, 6_000) + wave(3_990, 0))
    driver.tell(ev.SpeechStopped("in-1", 6_000), ev.SpeechCommitted("in-1"))
    driver.tell(ev.TranscriptArrived("in-1", "words", is_final=True))
    assert words(driver, Role.CALLER) == [(1_000, 2_010)]


def test_words_are_looked_for_in_what_was_said_while_a_button_was_held(
    new_driver: Callable[..., Any],
) -> None:
    driver = new_driver(agent=agent(turn_detection={"kind": "push_to_talk"}))
    driver.tell(ev.EngineReady())
    hears(driver, wave(700, 0) + wave(500, 6_000) + wave(900, 0))
    driver.tell(ev.CallerCommitted(), ev.SpeechCommitted("in-1"))
    driver.tell(ev.TranscriptArrived("in-1", "words", is_final=True))
    assert places(driver) == [(0, 2_100)]
    assert words(driver, Role.CALLER) == [(700, 1_200)]


def test_silence_around_the_agents_words_is_not_of_them(driver: Any) -> None:
    driver.caller_says("in-1", "hi")
    driver.tell(
        ev.ResponseStarted("resp-1"),
        ev.AgentText("resp-1", "out-1", "One.", is_spoken=True),
        ev.AgentAudio("resp-1", "out-1", MS * 300, 0),
        ev.AgentAudio("resp-1", "out-1", MS * 500, 400, lead_ms=100),
        ev.AgentAudio("resp-1", "out-1", MS * 400, 300, tail_ms=100),
        ev.AgentAudio("resp-1", "out-1", MS * 200, 0),
        ev.AgentItemFinished("resp-1", "out-1", is_complete=True),
        ev.ResponseFinished("resp-1", ev.ResponseStatus.COMPLETED),
    )
    driver.now += 1.4
    driver.tell(ev.CallerPlayed("out-1", 1_400))
    assert places(driver, Role.AGENT) == [(1_000, 2_400)]
    assert words(driver, Role.AGENT) == [(1_400, 2_100)]


def test_the_agents_words_lie_where_they_were_heard(driver: Any) -> None:
    driver.caller_says("in-1", "hi")
    driver.agent_says("resp-1", "out-1", "One.", 800, is_played=False)
    driver.now += 0.5
    driver.tell(ev.CallerPlayed("out-1", 300))
    driver.now += 0.5
    driver.tell(ev.CallerPlayed("out-1", 800))
    assert words(driver, Role.AGENT) == [(1200, 2000)]


def test_what_was_written_or_never_heard_lies_nowhere_in_a_recording(driver: Any) -> None:
    driver.tell(ev.CallerTyped("hello"))
    driver.agent_says("resp-1", "out-1", "One.", 800, is_played=False)
    driver.wait(10)
    assert words(driver, Role.CALLER) == words(driver, Role.AGENT) == [(None, None)]


# --- how frames are placed ---


def placed_at(frames: list[tuple[float, int]]) -> list[float]:
    """Frames by when they come and how long they are, in ms; where they lie in the end."""
    arrivals = Arrivals()
    found = [arrivals.place(MS * length_ms, now_ms) for now_ms, length_ms in frames]
    return [place.start_ms for place in found]


def test_frames_that_were_held_up_and_come_at_once_lie_where_they_were_spoken() -> None:
    on_time = [(float(end), 20) for end in range(1020, 1100, 20)]
    held_up = [(1500.0, 20)] * 21
    assert placed_at(on_time + held_up) == [1000.0 + 20 * n for n in range(25)]


def test_a_silent_line_leaves_a_gap() -> None:
    assert placed_at([(1020, 20), (3020, 20), (3040, 20)]) == [1000, 3000, 3020]


def test_frames_never_lie_over_each_other_nor_before_the_beginning() -> None:
    assert placed_at([(0, 20), (0, 20)]) == [0, 20]
    assert placed_at([(20, 20), (420, 20), (420, 1000)]) == [0, 20, 40]


# --- the agent ---


def test_what_the_agent_said_lies_where_it_was_played(driver: Any) -> None:
    driver.caller_says("in-1", "hi")
    driver.agent_says("resp-1", "out-1", "One.", 800, is_played=False)
    driver.now += 0.5
    driver.tell(ev.CallerPlayed("out-1", 300))  # it began 200 ms after it was sent
    driver.now += 0.2
    driver.tell(ev.CallerPlayed("out-1", 300))
    driver.now += 0.5
    driver.tell(ev.CallerPlayed("out-1", 800))
    assert places(driver, Role.AGENT) == [(1200, 2200)]


def test_what_waits_behind_other_words_is_played_after_them(driver: Any) -> None:
    driver.caller_says("in-1", "hi")
    driver.agent_says("resp-1", "out-1", "One.", 800, is_played=False)
    driver.agent_says("resp-2", "out-2", "Two.", 500, is_played=False)
    driver.wait(10)
    # Its player never said a word: the place is where it was to be played.
    assert places(driver, Role.AGENT) == [(1000, 1000), (1800, 1800)]


def test_what_was_cut_ends_where_it_was_cut(driver: Any) -> None:
    driver.caller_says("in-1", "hi")
    driver.agent_says("resp-1", "out-1", "One, two, three.", 3000, is_played=False)
    driver.agent_says("resp-2", "out-2", "Four.", 500, is_played=False)
    driver.now += 1.0
    driver.tell(ev.SpeechStarted("in-2", 0))
    driver.now += 0.1
    driver.tell(ev.CallerPlayed("out-1", 900))
    driver.wait(60)
    assert places(driver, Role.AGENT)[:2] == [(1100, 2000), (2000, 2000)]


def test_what_is_written_lies_from_its_first_word_to_its_last(
    new_driver: Callable[..., Any],
) -> None:
    driver = new_driver(modality=Modality.TEXT)
    driver.tell(ev.EngineReady(), ev.CallerTyped("hi"), ev.ResponseStarted("resp-1"))
    for delta in ("One", " two."):
        driver.now += 1
        driver.tell(ev.AgentText("resp-1", "out-1", delta, is_spoken=False))
    driver.now += 1
    driver.tell(ev.ResponseFinished("resp-1", ev.ResponseStatus.COMPLETED))
    assert places(driver, Role.AGENT) == [(1000, 2000)]


# --- the rest ---


def test_calls_questions_and_incidents_lie_on_the_same_axis(driver: Any) -> None:
    driver.now += 2
    driver.tell(ev.CallerTyped("cancel it"))
    driver.model_calls("resp-1", "call-1", "cancel_order")
    driver.now += 1
    driver.tell(ev.ToolPrepared("call-1", "hash", "Cancel", "Cancel it?", True))
    driver.now += 1
    driver.tell(ev.EngineRefused("server_error", "no"))
    confirmation_id = driver.kept(ConfirmationRecord)[0].confirmation_id
    driver.tell(ev.CallerConfirmed(confirmation_id, is_accepted=False))
    call, question = driver.ended_calls()[0], driver.kept(ConfirmationRecord)[-1]
    assert (call.started_ms, call.ended_ms) == (2000, 4000)
    assert (question.started_ms, question.ended_ms) == (3000, 4000)
    incident = driver.kept(IncidentRecord)[0]
    assert (incident.started_ms, incident.ended_ms) == (4000, None)


def test_who_takes_a_conversation_over_goes_on_with_its_axis(
    new_driver: Callable[..., Any],
) -> None:
    driver = new_driver(earlier_s=60.0)
    driver.tell(ev.EngineReady())
    driver.now += 1
    driver.tell(ev.CallerTyped("hello again"))
    turn = driver.kept(TurnRecord)[0]
    assert (turn.started_ms, turn.started_at.minute) == (61_000, 5)
    driver.model_calls("resp-1", "call-1", "get_order_status")
    driver.tell(ev.ToolFinished("call-1", ToolCallStatus.SUCCEEDED, "{}"))
    assert driver.ended_calls()[0].started_ms == 61_000

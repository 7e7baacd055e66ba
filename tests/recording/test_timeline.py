"""Where each piece of sound lies: by a clock that is moved by hand, with tones to find again."""

import numpy as np
import pytest

from agent_service.recording.timeline import AGENT, CALLER, MOST_UNPLAYED, Timeline

MS = 24
FRAME_MS = 20
LAG_MS = 400


def click(ms: float, level: int = 12_000) -> bytes:
    """So much silence with a click in its first millisecond."""
    sound = np.zeros(round(ms * MS), np.int16)
    sound[:MS] = level
    return sound.tobytes()


def tone(ms: float, level: int = 8000) -> bytes:
    """A steady sound, without a quiet place in it."""
    sound = np.arange(round(ms * MS)) % 48
    return ((sound - 24) * (level // 24)).astype(np.int16).tobytes()


def clicks(channel: np.ndarray) -> list[float]:
    """Return where clicks begin, in ms."""
    high = np.abs(channel.astype(int)) > 10_000
    starts = np.flatnonzero(high & ~np.roll(high, 1))
    return [round(float(start) / MS, 1) for start in starts]


def stretches(channel: np.ndarray) -> list[tuple[int, int]]:
    """Return from where to where there is sound, in ms; pauses below 5 ms are none."""
    found: list[list[int]] = []
    for at in np.flatnonzero(channel).tolist():
        if found and at - found[-1][1] <= 5 * MS:
            found[-1][1] = at
        else:
            found.append([at, at])
    return [(round(a / MS), round(b / MS)) for a, b in found]


class Caller:
    """A microphone that sends frames of 20 ms, and a clock that both sides look at."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self.now_ms = 0.0
        self.frames = 0
        self.taken: list[np.ndarray] = []

    def speak(self, frame: bytes, pace: float = 1.0) -> None:
        self.now_ms += len(frame) / 48 * pace
        self.timeline.caller.hear(frame, self.now_ms)
        self.frames += 1
        if self.frames % 10 == 0:
            self.take(self.now_ms - LAG_MS)

    def take(self, until_ms: float) -> None:
        self.taken.append(self.timeline.take(until_ms))

    def recorded(self, channel: int = CALLER) -> np.ndarray:
        self.take(self.now_ms)
        return np.concatenate(self.taken)[:, channel]


@pytest.fixture
def caller() -> Caller:
    return Caller(Timeline(0))


# --- the caller ---


def test_a_frame_lies_where_it_was_captured_and_gaps_are_silent(caller: Caller) -> None:
    for _ in range(10):
        caller.speak(tone(FRAME_MS))
    caller.now_ms += 3000
    for _ in range(10):
        caller.speak(tone(FRAME_MS))
    assert stretches(caller.recorded()) == [(0, 200), (3200, 3400)]


@pytest.mark.parametrize("pace", [1 - 150e-6, 1 + 150e-6])
@pytest.mark.parametrize("sounds", ["clicks", "a tone"])
def test_half_an_hour_drifts_less_than_50_ms_whatever_the_microphones_clock(
    caller: Caller, pace: float, sounds: str
) -> None:
    spoken = []
    filler = tone(FRAME_MS, 4800) if sounds == "a tone" else bytes(FRAME_MS * 48)
    for number in range(30 * 60 * 50):
        is_click = number % 500 == 250
        if is_click:
            spoken.append(caller.now_ms)
        caller.speak(click(FRAME_MS) if is_click else filler, pace)
    found = clicks(caller.recorded())
    assert len(found) == len(spoken) == 180
    drift = [abs(at - was) for at, was in zip(found, spoken, strict=True)]
    assert max(drift) < 50


def test_what_was_held_up_and_comes_at_once_lies_where_it_was_spoken(caller: Caller) -> None:
    for _ in range(50):
        caller.speak(click(FRAME_MS))
    held_up_ms = caller.now_ms + 300
    for _ in range(15):
        caller.now_ms += FRAME_MS
        caller.timeline.caller.hear(click(FRAME_MS), max(held_up_ms, caller.now_ms))
    for _ in range(50):
        caller.speak(click(FRAME_MS))
    assert clicks(caller.recorded()) == [20.0 * number for number in range(115)]


def test_frames_that_come_unevenly_do_not_stutter(caller: Caller) -> None:
    for number in range(200):
        caller.now_ms += FRAME_MS
        late = (number * 7 % 5) * 9
        caller.timeline.caller.hear(click(FRAME_MS), caller.now_ms + late)
        caller.take(caller.now_ms - LAG_MS)
    caller.now_ms += 100
    at = clicks(caller.recorded())
    assert len(at) == 200
    assert set(np.round(np.diff(at))) == {20.0}
    assert at[0] < 40


def test_what_comes_far_too_late_keeps_its_words_and_the_next_silence_sets_it_right(
    caller: Caller,
) -> None:
    for _ in range(50):
        caller.speak(tone(FRAME_MS))
    caller.take(caller.now_ms + 1500 - LAG_MS)
    for _ in range(75):
        caller.timeline.caller.hear(tone(FRAME_MS), caller.now_ms + 1500)
    caller.now_ms += 1500
    for _ in range(100):
        caller.speak(bytes(FRAME_MS * 48))
    caller.speak(click(FRAME_MS))
    recorded = caller.recorded()
    whole = sum(end - start for start, end in stretches(recorded[: 4500 * MS]))
    assert whole >= 2480
    assert clicks(recorded)[-1] == pytest.approx(4500, abs=10)


# --- the agent ---


def test_an_item_lies_where_it_was_played_and_ends_where_it_was_cut() -> None:
    timeline = Timeline(0)
    timeline.agent.sent("out-1", tone(3000))
    timeline.agent.played("out-1", 250, 1450)
    timeline.agent.played("out-1", 500, 1700)
    timeline.agent.cleared("out-1", 1900)
    timeline.agent.played("out-1", 700, 1960)
    timeline.agent.finished("out-1", 700)
    timeline.agent.played("out-1", 3000, 2200)
    assert stretches(timeline.take(4000)[:, AGENT]) == [(1200, 1900)]


def test_nothing_that_was_not_played_is_in_the_recording() -> None:
    timeline = Timeline(0)
    timeline.agent.sent("out-1", tone(3000))
    timeline.agent.played("out-1", 600, 1600)
    timeline.agent.cleared("out-1", 1700)
    timeline.agent.played("out-1", 690, 1800)
    timeline.agent.finished("out-1", 690)
    assert stretches(timeline.take(4000)[:, AGENT]) == [(1000, 1690)]


def test_an_item_whose_only_report_comes_behind_the_cut_ends_at_the_cut() -> None:
    timeline = Timeline(0)
    timeline.agent.sent("out-1", tone(3000))
    timeline.agent.cleared("out-1", 2000)
    timeline.agent.played("out-1", 900, 2100)
    assert stretches(timeline.take(4000)[:, AGENT]) == [(1100, 2000)]


def test_a_player_that_stood_still_leaves_a_gap() -> None:
    timeline = Timeline(0)
    timeline.agent.sent("out-1", tone(1000))
    timeline.agent.played("out-1", 250, 1250)
    timeline.agent.played("out-1", 500, 2250)
    timeline.agent.played("out-1", 1000, 2750)
    assert stretches(timeline.take(4000)[:, AGENT]) == [(1000, 1250), (2000, 2750)]


def test_reports_that_are_a_little_late_make_no_gap() -> None:
    timeline = Timeline(0)
    timeline.agent.sent("out-1", tone(1000))
    for played_ms, late_ms in ((250, 0), (500, 80), (750, 10), (1000, 60)):
        timeline.agent.played("out-1", played_ms, 1000 + played_ms + late_ms)
    assert stretches(timeline.take(4000)[:, AGENT]) == [(1000, 2000)]


def test_the_last_frame_that_nobody_reported_follows_the_rest_or_is_left_out() -> None:
    timeline = Timeline(0)
    for item_id in ("out-1", "out-2"):
        timeline.agent.sent(item_id, tone(500))
    timeline.agent.played("out-1", 470, 1470)
    timeline.agent.finished("out-1", 500)
    timeline.agent.played("out-2", 470, 2470)
    sound = timeline.take(4000)
    timeline.agent.finished("out-2", 500)
    assert stretches(sound[:, AGENT]) == [(1000, 1500), (2000, 2470)]
    assert stretches(timeline.take(5000)[:, AGENT]) == []


def test_sound_that_waits_to_be_played_has_a_limit() -> None:
    timeline = Timeline(0)
    for _ in range(MOST_UNPLAYED // 96_000 + 10):
        timeline.agent.sent("out-1", bytes(96_000))
    assert timeline.agent.lost > 0
    timeline.agent.played("out-1", 250, 1250)
    timeline.agent.finished("out-1", 250)
    timeline.agent.played("nobody's", 250, 1250)
    timeline.agent.finished("nobody's", 250)
    timeline.agent.cleared("nobody's", 250)


# --- both ---


def test_what_is_held_is_silent_on_both_sides_until_all_have_released_it() -> None:
    timeline = Timeline(0)
    timeline.caller.hear(tone(5000), 5000)
    timeline.agent.sent("out-1", tone(5000))
    timeline.agent.played("out-1", 5000, 5000)
    timeline.hold("caller", 1000)
    timeline.hold("tool", 1500)
    timeline.release("caller", 2000)
    before = timeline.take(1700)
    timeline.release("tool", 3000)
    timeline.release("tool", 3500)
    timeline.hold("caller", 4000)
    sound = np.concatenate([before, timeline.take(4500), timeline.take(5000)])
    for channel in (CALLER, AGENT):
        assert stretches(sound[:, channel]) == [(0, 1000), (3000, 4000)]


def test_a_timeline_may_begin_late_and_what_is_before_it_is_not_there() -> None:
    timeline = Timeline(10_000)
    timeline.caller.hear(tone(1000), 10_500)
    assert timeline.taken_ms == 10_000
    sound = timeline.take(12_000)
    assert len(sound) == 2000 * MS
    assert timeline.taken_ms == 12_000
    assert len(timeline.take(11_000)) == 0

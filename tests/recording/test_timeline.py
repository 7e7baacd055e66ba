"""Where each piece of sound lies: by a clock that is moved by hand, with tones to find again."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_service.conversation.playback import Playback
from agent_service.recording.parts import AGENT, CALLER
from agent_service.recording.timeline import MOST_UNPLAYED, Timeline

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


def write_over(channel: np.ndarray, timeline: Timeline) -> None:
    """Write what was taken otherwise, into a channel that begins with the axis."""
    for at, sound in timeline.take_redone():
        channel[at : at + len(sound)] = sound


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
    timeline.agent.sent("out-1", tone(3000), 0)
    timeline.agent.played("out-1", 250, 1450)
    timeline.agent.played("out-1", 500, 1700)
    timeline.agent.cleared("out-1", 1900)
    timeline.agent.played("out-1", 700, 1960)
    timeline.agent.finished("out-1", 700)
    timeline.agent.played("out-1", 3000, 2200)
    assert stretches(timeline.take(4000)[:, AGENT]) == [(1200, 1900)]


def test_nothing_that_was_not_played_is_in_the_recording() -> None:
    timeline = Timeline(0)
    timeline.agent.sent("out-1", tone(3000), 0)
    timeline.agent.played("out-1", 600, 1600)
    timeline.agent.cleared("out-1", 1700)
    timeline.agent.played("out-1", 690, 1800)
    timeline.agent.finished("out-1", 690)
    assert stretches(timeline.take(4000)[:, AGENT]) == [(1000, 1690)]


def test_an_item_whose_only_report_comes_behind_the_cut_ends_at_the_cut() -> None:
    timeline = Timeline(0)
    timeline.agent.sent("out-1", tone(3000), 0)
    timeline.agent.cleared("out-1", 2000)
    timeline.agent.played("out-1", 900, 2100)
    assert stretches(timeline.take(4000)[:, AGENT]) == [(1100, 2000)]


def test_a_player_that_stood_still_leaves_a_gap() -> None:
    timeline = Timeline(0)
    timeline.agent.sent("out-1", tone(1000), 0)
    timeline.agent.played("out-1", 250, 1250)
    timeline.agent.played("out-1", 500, 2250)
    timeline.agent.played("out-1", 1000, 2750)
    assert stretches(timeline.take(4000)[:, AGENT]) == [(1000, 1250), (2000, 2750)]


def test_reports_that_are_a_little_late_make_no_gap() -> None:
    timeline = Timeline(0)
    timeline.agent.sent("out-1", tone(1000), 0)
    for played_ms, late_ms in ((250, 0), (500, 80), (750, 10), (1000, 60)):
        timeline.agent.played("out-1", played_ms, 1000 + played_ms + late_ms)
    assert stretches(timeline.take(4000)[:, AGENT]) == [(1000, 2000)]


def test_the_last_frame_that_nobody_reported_follows_the_rest_also_where_that_was_taken() -> None:
    timeline = Timeline(0)
    for item_id in ("out-1", "out-2"):
        timeline.agent.sent(item_id, tone(500), 0)
    timeline.agent.played("out-1", 470, 1470)
    timeline.agent.finished("out-1", 500)
    timeline.agent.played("out-2", 470, 2470)
    sound = timeline.take(4000)[:, AGENT]
    timeline.agent.finished("out-2", 500)
    assert stretches(sound) == [(1000, 1500), (2000, 2470)]
    write_over(sound, timeline)
    assert stretches(sound) == [(1000, 1500), (2000, 2500)]


class Player:
    """Plays one item of three seconds and more, and says every 250 ms how far it came."""

    STARTED_MS, LENGTH_MS, EVERY_MS = 1000.0, 4000, 250

    def __init__(self, stood_still: dict[int, int]) -> None:
        """``stood_still`` says before which of its reports, and for how long."""
        self.reports: list[tuple[float, int]] = []
        self.places: list[tuple[int, float]] = []
        """From which place on the item began when, in ms."""
        self.began = began = self.STARTED_MS
        for number, played_ms in enumerate(range(250, self.LENGTH_MS + 1, self.EVERY_MS)):
            began += stood_still.get(number, 0)
            self.reports.append((began + played_ms, played_ms))
            self.places.append((played_ms - self.EVERY_MS, began))

    def tell(self, delays: list[int], listener: Callable[[int, float], None]) -> float:
        """Let each report arrive so much later, in order; return when the last one does.

        The one that is not late itself is not held up by those before it either.
        """
        latest = [at_ms + delay for (at_ms, _), delay in zip(self.reports, delays, strict=True)]
        for number in range(len(latest) - 2, -1, -1):
            latest[number] = min(latest[number], latest[number + 1])
        for now_ms, (_, played_ms) in zip(latest, self.reports, strict=True):
            listener(played_ms, now_ms)
        return latest[-1]


def heard_of(player: Player, delays: list[int]) -> tuple[np.ndarray, tuple[float, float]]:
    """Return the agent's channel as it is in the end, and where the turn says that it is."""
    timeline, ledger = Timeline(0), Playback()
    ramp = np.arange(player.LENGTH_MS * MS) // MS + 1  # tells the place in it, in ms
    item = ledger.open("out-1", "resp-1", 0.9, is_spoken=True)
    ledger.send(item, ramp.astype("<i2").tobytes(), 0.9, player.LENGTH_MS)
    timeline.agent.sent("out-1", ramp.astype("<i2").tobytes(), 900)
    channel = np.zeros(0, np.int16)

    def told(played_ms: int, now_ms: float) -> None:
        nonlocal channel
        channel = np.concatenate([channel, timeline.take(now_ms - LAG_MS)[:, AGENT]])
        write_over(channel, timeline)
        timeline.agent.played("out-1", played_ms, now_ms)
        ledger.acknowledge("out-1", played_ms, now_ms / 1000)

    now_ms = player.tell(delays, told)
    timeline.agent.finished("out-1", item.heard_ms)
    channel = np.concatenate([channel, timeline.take(now_ms + 1000)[:, AGENT]])
    write_over(channel, timeline)
    start, end = item.sounding_span(now_ms / 1000)
    return channel, (start * 1000, end * 1000)


def off(channel: np.ndarray, player: Player) -> float:
    """Return how far from where it was played the sound lies, at most; all of it is there."""
    lies = np.flatnonzero(channel)
    place = channel[lies].astype(int) - 1
    assert len(lies) == player.LENGTH_MS * MS
    began = np.array([began for _, began in player.places])
    return float(np.abs(lies / MS - place - began[place // player.EVERY_MS]).max())


DELAYS = st.one_of(st.just(0), st.integers(0, 60), st.integers(0, 3000))


@settings(max_examples=40)
@given(delays=st.lists(DELAYS, min_size=15, max_size=15))
def test_reports_late_by_any_pattern_leave_no_drift(delays: list[int]) -> None:
    player = Player({})
    channel, (start_ms, end_ms) = heard_of(player, [*delays, 0])
    assert off(channel, player) < 50
    assert start_ms == pytest.approx(1000, abs=50)
    assert end_ms == pytest.approx(5000, abs=50)


@settings(max_examples=40)
@given(delays=st.lists(DELAYS, min_size=14, max_size=14), last=st.integers(0, 20_000))
def test_a_last_report_that_is_late_alone_is_no_player_that_stood_still(
    delays: list[int], last: int
) -> None:
    player = Player({})
    channel, (_, end_ms) = heard_of(player, [*delays, 0, last])
    assert off(channel, player) < 50
    assert end_ms == pytest.approx(5000, abs=50)


@settings(max_examples=40)
@given(
    still=st.dictionaries(st.sampled_from([1, 4, 8, 12]), st.integers(200, 2000)),
    delays=st.lists(st.integers(0, 40), min_size=16, max_size=16),
)
def test_a_player_that_stands_still_is_told_from_reports_that_are_late(
    still: dict[int, int], delays: list[int]
) -> None:
    player = Player(still)
    channel, (start_ms, end_ms) = heard_of(player, delays)
    assert off(channel, player) < 100
    assert start_ms == pytest.approx(1000, abs=100)
    assert end_ms == pytest.approx(player.places[-1][1] + player.LENGTH_MS, abs=100)


@settings(max_examples=20)
@given(delays=st.lists(DELAYS, min_size=15, max_size=15))
def test_the_turns_bounds_are_those_of_its_sound(delays: list[int]) -> None:
    channel, (start_ms, end_ms) = heard_of(Player({3: 700}), [*delays, 0])
    lies = np.flatnonzero(channel) / MS
    assert start_ms == pytest.approx(lies[0], abs=15)
    assert end_ms == pytest.approx(lies[-1], abs=15)


def test_a_report_of_an_item_may_come_behind_one_of_the_next() -> None:
    timeline = Timeline(0)
    for item_id in ("out-1", "out-2"):
        timeline.agent.sent(item_id, tone(500), 1000)
    timeline.agent.played("out-1", 250, 1250)
    timeline.agent.played("out-2", 250, 1780)
    timeline.agent.played("out-1", 500, 1790)
    timeline.agent.played("out-2", 500, 2000)
    assert stretches(timeline.take(3000)[:, AGENT]) == [(1000, 2000)]


def test_who_listens_now_hears_late_what_is_told_late() -> None:
    timeline = Timeline(0, is_live=True)
    timeline.agent.sent("out-1", tone(1000), 900)
    timeline.agent.played("out-1", 250, 1250)
    taken = [timeline.take(2000)]
    timeline.agent.played("out-1", 500, 2100)
    timeline.agent.stand_still()
    timeline.agent.played("out-1", 1000, 2300)
    assert timeline.take_redone() == []
    taken.append(timeline.take(4000))
    sound = np.concatenate(taken)[:, AGENT]
    assert stretches(sound) == [(1000, 1250), (2000, 2750)]


def test_sound_that_waits_to_be_played_has_a_limit() -> None:
    timeline = Timeline(0)
    for _ in range(MOST_UNPLAYED // 96_000 + 10):
        timeline.agent.sent("out-1", bytes(96_000), 0)
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
    timeline.agent.sent("out-1", tone(5000), 0)
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

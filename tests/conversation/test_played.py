"""When each place of an item was played, by reports that come as they come."""

import pytest

from agent_service.conversation.played import SETTLED_MS, Played, Stretch


@pytest.fixture
def played() -> Played:
    return Played()


def test_the_least_late_report_tells_when_it_began(played: Played) -> None:
    for until_ms, now_ms in ((250, 1600), (500, 1700), (750, 1750), (1000, 2100)):
        played.report(until_ms, now_ms)
    assert played.stretches() == [Stretch(0, 1000, 1000)]
    assert (played.start_of(0), played.end_of(1000)) == (1000, 2000)


def test_what_all_later_reports_say_is_a_player_that_stood_still(played: Played) -> None:
    for until_ms, now_ms in ((250, 1250), (500, 2500), (750, 2750)):
        played.report(until_ms, now_ms)
    assert played.stretches() == [Stretch(0, 250, 1000), Stretch(250, 750, 2000)]
    assert (played.end_of(250), played.start_of(250)) == (1250, 2250)


def test_what_one_report_says_was_its_way(played: Played) -> None:
    played.report(250, 1250)
    played.report(500, 2500)
    assert played.stretches() == [Stretch(0, 500, 1000)]


def test_many_that_come_at_once_are_one(played: Played) -> None:
    played.report(250, 1250)
    for until_ms in (500, 750, 1000):
        played.report(until_ms, 5000)
    assert played.stretches() == [Stretch(0, 1000, 1000)]


@pytest.mark.parametrize("is_said", [True, False])
def test_a_player_that_is_known_to_have_stood_still_needs_one_report(
    played: Played, is_said: bool
) -> None:
    played.stand_still()  # of what was not begun it says nothing
    played.report(250, 1250)
    if is_said:
        played.report(250, 1400)
    else:
        played.stand_still()
    played.report(500, 2500)
    played.report(400, 2600)  # not even a player is believed that goes back
    assert played.stretches() == [Stretch(0, 250, 1000), Stretch(250, 500, 2000)]


def test_behind_a_cut_it_was_no_further_than_it_says(played: Played) -> None:
    played.report(250, 1250)
    played.report(500, 2550, cut_ms=2500)
    assert played.stretches() == [Stretch(0, 250, 1000), Stretch(250, 500, 2000)]


def test_behind_a_cut_it_may_go_on_for_as_long_as_the_cut_takes(played: Played) -> None:
    played.report(250, 1250)
    played.report(540, 1580, cut_ms=1500)
    assert played.stretches() == [Stretch(0, 540, 1000)]


def test_of_what_is_only_reported_behind_a_cut_the_end_is_the_cut(played: Played) -> None:
    played.report(500, 1700, cut_ms=1500)
    assert played.stretches() == [Stretch(0, 500, 1000)]


def test_what_is_settled_stays_and_later_reports_tell_of_what_follows(played: Played) -> None:
    for until_ms in range(250, 10_001, 250):
        played.report(until_ms, 1500 + until_ms)
    assert played.settled_ms == 10_000 - SETTLED_MS - 250
    for until_ms in range(10_250, 20_001, 250):
        played.report(until_ms, 1000 + until_ms)
    first, last = played.stretches()
    assert (first.began_ms, last.began_ms) == (1500, 1000)
    assert first.until_ms < 6_000
    assert played.until_ms == last.until_ms == 20_000


def test_nothing_was_played_before_it_was_sent(played: Played) -> None:
    played.not_before_ms = 1000
    played.report(250, 1300)
    played.report(500, 1310)  # its clock was behind, and has caught up
    assert played.stretches() == [Stretch(0, 500, 1000)]


def test_nothing_ends_after_the_report_of_it(played: Played) -> None:
    played.not_before_ms = 5000
    played.report(700, 5100)  # faster than sound is
    assert (played.start_of(0), played.end_of(700)) == (5000, 5100)
    played.report(1000, 5800)
    assert (played.start_of(700), played.end_of(1000)) == (5700, 5800)

"""What a returning caller gets: everything missed, in order, or a clear refusal."""

import pytest

from agent_service.channels.replay import ReplayLog
from agent_service.errors import CallerError


def test_frames_are_numbered_from_one_without_gaps() -> None:
    log = ReplayLog()
    assert log.next_seq == 1
    log.keep("a")
    assert log.skip() == 2
    log.keep("c")
    assert log.last_seq == 3


def test_the_missed_frames_come_back_in_order() -> None:
    log = ReplayLog()
    for frame in ("a", "b", "c"):
        log.keep(frame)
    assert log.since(1) == ["b", "c"]
    assert log.since(3) == []


def test_what_need_not_be_repeated_leaves_no_gap() -> None:
    log = ReplayLog()
    log.skip()
    log.keep("b")
    assert log.since(0) == ["b"]


def test_history_that_was_dropped_is_refused_rather_than_skipped() -> None:
    log = ReplayLog(max_bytes=10)
    for _ in range(3):
        log.keep(b"12345")
    assert log.since(1) == [b"12345", b"12345"]
    with pytest.raises(CallerError) as refused:
        log.since(0)
    assert refused.value.code == "resume_failed"


def test_a_number_from_the_future_is_refused() -> None:
    log = ReplayLog()
    with pytest.raises(CallerError):
        log.since(1)


def test_audio_that_was_played_has_arrived_and_is_forgotten() -> None:
    log = ReplayLog()
    log.keep("caption")
    log.keep(b"first", "item", 200)
    log.keep(b"second", "item", 400)
    log.played("item", 250)
    assert log.since(2) == [b"second"]
    with pytest.raises(CallerError):
        log.since(1)


def test_audio_that_was_cleared_is_not_repeated() -> None:
    log = ReplayLog(max_bytes=14)
    log.keep(b"first", "item", 200)
    log.keep("text")
    log.keep(b"other", "another", 200)
    log.cleared("item")
    log.keep("clear")
    assert log.since(0) == ["text", b"other", "clear"]  # there is room for all of it


def test_an_unknown_item_forgets_nothing() -> None:
    log = ReplayLog()
    log.keep(b"first", "item", 200)
    log.played("other", 1000)
    assert log.since(0) == [b"first"]

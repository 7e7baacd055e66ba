"""Sound leaves at the pace at which it is heard, and no faster."""

from agent_service.audio import ms_to_bytes
from agent_service.channels.playout import FRAME_MS, LEAD_S, Playout
from agent_service.conversation.commands import PlayAudio


def sound(item_id: str, ms: int, offset_ms: int = 0) -> PlayAudio:
    return PlayAudio(item_id, offset_ms, bytes(ms_to_bytes(ms)))


def test_what_leaves_is_only_so_far_ahead_of_what_is_heard() -> None:
    playout = Playout()
    playout.add(sound("a", 1000))
    left_ms, began = 0, 100.0
    for step in range(60):
        now = began + step / 100
        left_ms += FRAME_MS * len(playout.take(now))
        assert left_ms / 1000 <= now - began + LEAD_S + FRAME_MS / 1000
        assert left_ms / 1000 >= now - began
    assert playout.due is not None


def test_frames_say_where_they_end_within_their_item() -> None:
    playout = Playout()
    playout.add(sound("a", 50, offset_ms=300))
    assert [each.end_ms for each in playout.take(1.0)] == [340, 350]
    assert playout.due is None


def test_nothing_is_hurried_after_a_pause() -> None:
    playout = Playout()
    playout.add(sound("a", 1000))
    playout.take(5.0)
    assert FRAME_MS * len(playout.take(5.5)) <= 1000 * LEAD_S + FRAME_MS


def test_a_cleared_item_leaves_no_more_and_the_next_one_does() -> None:
    playout = Playout()
    playout.add(sound("a", 1000))
    playout.add(sound("b", FRAME_MS))
    playout.take(0.0)
    playout.clear("a")
    assert [each.item_id for each in playout.take(1.0)] == ["b"]


def test_what_is_put_back_leaves_at_once_and_first() -> None:
    playout = Playout(frame_ms=100, lead_s=0.2)
    playout.add(sound("a", 1000))
    left = playout.take(5.0)
    assert [each.end_ms for each in left] == [100, 200, 300]
    playout.put_back(left[1:])
    assert [each.end_ms for each in playout.take(5.0)] == [200, 300, 400]

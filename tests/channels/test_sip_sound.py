"""The agent's sound on its way through a SIP stack's buffer: what was passed, and what is lost."""

from hypothesis import given
from hypothesis import strategies as st

from agent_service.channels.sip import Outgoing

RATES = st.sampled_from([8_000, 16_000, 24_000])
PIECES = st.lists(st.integers(1, 25), min_size=1, max_size=8)
"""Of 20 ms each."""


def filled(pieces: list[int]) -> Outgoing:
    outgoing = Outgoing()
    for number, count in enumerate(pieces):
        outgoing.add(b"\1\0" * 480 * count)
        outgoing.mark(str(number))
    return outgoing


@given(RATES, PIECES, st.integers(0, 200))
def test_a_mark_is_passed_when_all_before_it_was_sent(
    rate_hz: int, pieces: list[int], sent_frames: int
) -> None:
    outgoing = filled(pieces)
    outgoing.restart(rate_hz)
    given_bytes = len(outgoing.give())
    whole = sum(pieces) * 20 * rate_hz // 1000 * 2
    assert whole - given_bytes <= rate_hz // 1000 * 2 * 5  # which its filter holds back
    assert outgoing.give() == b""
    left = max(0, sum(pieces) - sent_frames) * 20 * rate_hz // 1000 * 2
    passed = outgoing.sent(left)
    assert passed == [
        f"mark {number}"
        for number in range(len(pieces))
        if sum(pieces[: number + 1]) <= sent_frames
    ]
    assert outgoing.is_empty is (left == 0)


@given(RATES, RATES, PIECES)
def test_what_a_stack_loses_it_is_given_again(before: int, now: int, pieces: list[int]) -> None:
    outgoing = filled(pieces)
    outgoing.restart(before)
    outgoing.give()
    outgoing.restart(now)
    assert outgoing.sent(0) == []
    assert len(outgoing.give()) >= (sum(pieces) * 20 - 5) * now // 1000 * 2
    assert outgoing.sent(0) == [f"mark {number}" for number in range(len(pieces))]


def test_of_what_is_cleared_no_mark_is_passed() -> None:
    outgoing = filled([3, 2])
    outgoing.give()
    outgoing.clear()
    assert outgoing.is_empty
    assert outgoing.sent(0) == []
    outgoing.mark("later")
    assert outgoing.sent(0) == ["mark later"]

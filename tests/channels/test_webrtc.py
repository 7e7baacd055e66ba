"""WebRTC's sound between packets and the conversation."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_service.audio import ms_to_bytes
from agent_service.channels.webrtc import (
    FRAME_MS,
    NEW_STREAM,
    PACKET_RATE_HZ,
    WAITS_FOR,
    AgentSound,
    CallerStream,
    Packet,
    Played,
)
from agent_service.conversation.commands import PlayAudio

STEP = FRAME_MS * PACKET_RATE_HZ // 1000
FRAME = ms_to_bytes(FRAME_MS)
SILENCE = bytes(FRAME)


def frame(name: str) -> bytes:
    """Return the sound of a packet of that name."""
    return name.encode() * FRAME


def packet(name: str, number: int, at: int | None = None) -> Packet:
    at = number * STEP if at is None else at
    return Packet(number % 2**16, at % 2**32, name.encode())


def heard(*packets: Packet) -> str:
    """Return what is heard of packets that come in this order, a letter for each frame."""
    sound = CallerStream(lambda data: data * FRAME)
    frames = b"".join(sound.take(each) for each in packets)
    return frames[::FRAME].replace(b"\0", b"_").decode()


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("abcdef", "abcdef"),
        ("acbdef", "abcdef"),
        ("abbcd", "abcd"),
        ("abdefg", "ab_defg"),  # c was lost
        ("abdefcg", "ab_defg"),  # c came when it was given up
        ("abdecfg", "abcdefg"),
        ("abd", "ab"),  # c may still come
    ],
)
@pytest.mark.parametrize("first", [0, 2**16 - 3, 2**32 // STEP - 2])
def test_packets_are_heard_in_order_and_not_waited_for_long(
    order: str, expected: str, first: int
) -> None:
    assert heard(*(packet(name, first + ord(name) - ord("a")) for name in order)) == expected


def test_a_client_that_does_not_send_silence_is_silent_meanwhile() -> None:
    later = 5 * STEP
    assert heard(packet("a", 7), packet("b", 8, 8 * STEP + later)) == "a_____b"


def test_a_client_that_counts_anew_is_heard_from_there() -> None:
    anew = [packet("c", 9 + 2 * NEW_STREAM, 3), packet("d", 10 + 2 * NEW_STREAM, 3 + STEP)]
    assert heard(packet("a", 7), packet("b", 9), *anew) == "acd"


def test_of_what_is_lost_on_the_way_nothing_else_is_lost_with_it() -> None:
    chance = random.Random(15)
    sent = [packet("a", number) for number in range(1, 2001)]
    arrived = [each for each in sent if chance.random() > 0.03]
    frames = heard(*arrived)
    behind = sent[-1].number - arrived[-1].number
    assert frames.count("a") >= len(arrived) - WAITS_FOR
    assert len(sent) - WAITS_FOR - behind <= len(frames) <= len(sent)


def test_silence_that_was_filled_in_is_not_heard_twice() -> None:
    sound = CallerStream(lambda data: data * FRAME)
    sound.take(packet("a", 1))
    assert sound.silence(100) == bytes(ms_to_bytes(100))
    assert sound.take(packet("b", 2, 7 * STEP)) == frame("b")


@given(
    st.lists(st.integers(0, 40), max_size=60),
    st.sampled_from([0, 2**16 - 20]),
)
def test_nothing_is_heard_twice_or_out_of_order(numbers: list[int], first: int) -> None:
    sound = CallerStream(lambda data: data)
    said = b"".join(
        sound.take(Packet((first + n) % 2**16, n * STEP, bytes([n + 1]))) for n in numbers
    )
    names = said.replace(b"\0", b"")
    assert list(names) == sorted(set(names))


# --- the agent's sound -------------------------------------------------------


def say(item_id: str, ms: int, offset_ms: int = 0, name: bytes = b"x") -> PlayAudio:
    return PlayAudio(item_id, offset_ms, name * ms_to_bytes(ms))


def test_sound_leaves_in_whole_frames_whatever_it_came_in() -> None:
    agent = AgentSound()
    for offset_ms, ms in ((0, 7), (7, 30), (37, 3)):
        agent.add(say("a", ms, offset_ms))
    assert agent.take() == (b"x" * FRAME, (Played("a", 20),))
    assert not agent.is_silent
    assert agent.take() == (b"x" * FRAME, (Played("a", 40),))
    assert agent.is_silent
    assert agent.take() == (SILENCE, ())


def test_a_frame_may_have_two_items_and_its_rest_is_silent() -> None:
    agent = AgentSound()
    agent.add(say("a", 12))
    agent.add(say("b", 3, name=b"y"))
    sound, played = agent.take()
    assert sound == b"x" * ms_to_bytes(12) + b"y" * ms_to_bytes(3) + bytes(ms_to_bytes(5))
    assert played == (Played("a", 12), Played("b", 3))


def test_of_an_item_that_was_cut_nothing_more_leaves() -> None:
    agent = AgentSound()
    agent.add(say("a", 100))
    agent.add(say("b", 20, name=b"y"))
    agent.take()
    agent.clear("a")
    assert agent.take() == (b"y" * FRAME, (Played("b", 20),))

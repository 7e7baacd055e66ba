"""The caller's packets are heard in the order in which they were spoken."""

import pytest

from agent_service.channels.carrier import CallerSound
from agent_service.channels.packets import LONGEST_GAP_MS, WAITS_FOR, Packets
from agent_service.channels.traits import AudioFormat

FORMAT = AudioFormat("mulaw", 8_000)
SILENCE = FORMAT.silence(160)


def packet(number: int | None, at_ms: int | None = None) -> CallerSound:
    """Return 20 ms of which each byte says the number."""
    return CallerSound(bytes([number or 0]) * 160, number, at_ms)


def sound(*numbers: int) -> bytes:
    return b"".join(bytes([number]) * 160 for number in numbers)


def heard(*sent: CallerSound) -> bytes:
    packets = Packets(FORMAT)
    return b"".join(packets.take(each) for each in sent)


def test_packets_that_come_in_order_are_heard_at_once() -> None:
    packets = Packets(FORMAT)
    assert [packets.take(packet(n)) for n in (7, 8, 9)] == [sound(7), sound(8), sound(9)]


def test_packets_that_were_overtaken_are_waited_for() -> None:
    packets = Packets(FORMAT)
    got = [packets.take(packet(n)) for n in (1, 3, 4, 2)]
    assert got == [sound(1), b"", b"", sound(2, 3, 4)]


def test_silence_takes_the_place_of_what_never_came() -> None:
    missing = 2
    sent = [packet(1, 20), *(packet(n, 20 * n) for n in range(1 + missing + 1, 9))]
    assert heard(*sent) == sound(1) + SILENCE * missing + sound(*range(4, 9))


def test_nothing_waits_for_longer_than_a_few_packets() -> None:
    packets = Packets(FORMAT)
    packets.take(packet(1))
    early = [packets.take(packet(n)) for n in range(3, 3 + WAITS_FOR)]
    assert early == [b""] * WAITS_FOR
    assert packets.take(packet(6)) == sound(3, 4, 5, 6)


@pytest.mark.parametrize("again", [1, 2])
def test_what_comes_twice_or_too_late_is_heard_once(again: int) -> None:
    assert heard(packet(1), packet(2), packet(again), packet(3)) == sound(1, 2, 3)


def test_a_carrier_that_leaves_silence_out_has_it_put_back() -> None:
    assert heard(packet(1, 0), packet(2, 220)) == sound(1) + SILENCE * 10 + sound(2)


def test_a_clock_that_was_set_makes_no_hour_of_silence() -> None:
    assert heard(packet(1, 0), packet(2, 3_600_000), packet(3, 0), packet(4, 20)) == (
        sound(1) + FORMAT.silence(8 * LONGEST_GAP_MS) + sound(2, 3, 4)
    )


def test_times_that_are_a_little_off_change_nothing() -> None:
    assert heard(packet(1, 0), packet(2, 31), packet(3, 40)) == sound(1, 2, 3)


def test_silence_that_was_heard_meanwhile_is_not_put_there_again() -> None:
    packets = Packets(FORMAT)
    assert packets.silence(20) == SILENCE  # before anything came, too
    packets.take(packet(1, 0))
    assert packets.silence(40) == SILENCE * 2
    assert packets.take(packet(2, 80)) == SILENCE + sound(2)


def test_packets_without_numbers_are_heard_as_they_come() -> None:
    assert heard(packet(None, 20), packet(None, 40), packet(None)) == sound(0, 0, 0)

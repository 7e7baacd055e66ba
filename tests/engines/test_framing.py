"""Frames as the WebSocket library reads and writes them."""

from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.protocol import SERVER, Protocol

from agent_service.engines.framing import TextFrames, extent, is_masked

sizes = st.sampled_from([0, 1, 125, 126, 127, 65535, 65536, 70000]) | st.integers(0, 3000)


@given(st.lists(sizes, min_size=1, max_size=5))
def test_a_server_reads_what_is_written(lengths: list[int]) -> None:
    payloads = [bytes(range(256)) * (n // 256) + bytes(n % 256) for n in lengths]
    frames = TextFrames()
    server = Protocol(SERVER, max_size=None)
    for payload in payloads:
        server.receive_data(frames.frame(payload))
    received = server.events_received()
    assert [bytes(frame.data) for frame in received if isinstance(frame, Frame)] == payloads
    assert all(isinstance(f, Frame) and f.opcode is Opcode.TEXT and f.fin for f in received)


def test_masks_differ_and_do_not_run_out() -> None:
    frames = TextFrames()
    masks = {frames.frame(b"")[2:6] for _ in range(1000)}
    assert len(masks) > 990


@given(sizes, st.integers(0, 20))
def test_the_extent_is_known_from_the_head_and_asks_for_more_before(size: int, before: int) -> None:
    frame = Frame(Opcode.TEXT, bytes(size)).serialize(mask=False)
    data = bytes(before) + frame
    head, total = extent(data, before)
    assert total == len(frame)
    assert head == len(frame) - size
    for available in range(head):
        _, needed = extent(data[: before + available], before)
        assert available < needed <= head
    assert extent(data[: before + head], before) == (head, total)


def test_a_masked_frame_is_recognised() -> None:
    assert is_masked(Frame(Opcode.TEXT, b"x" * 300).serialize(mask=True), 0)
    assert not is_masked(Frame(Opcode.TEXT, b"x" * 300).serialize(mask=False), 0)
    assert not is_masked(b"\x81", 0)

"""Frames as the WebSocket library reads and writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.protocol import SERVER, Protocol

from agent_service.websocket_frames import (
    WHOLE_BINARY,
    WHOLE_TEXT,
    MaskedTexts,
    extent,
    head,
    is_masked,
    unmasked,
)

sizes = st.sampled_from([0, 1, 125, 126, 127, 65535, 65536, 70000]) | st.integers(0, 3000)


@given(st.lists(sizes, min_size=1, max_size=5))
def test_a_server_reads_what_is_written(lengths: list[int]) -> None:
    payloads = [bytes(range(256)) * (n // 256) + bytes(n % 256) for n in lengths]
    frames = MaskedTexts()
    server = Protocol(SERVER, max_size=None)
    for payload in payloads:
        server.receive_data(frames.frame(payload))
    received = server.events_received()
    assert [bytes(frame.data) for frame in received if isinstance(frame, Frame)] == payloads
    assert all(isinstance(f, Frame) and f.opcode is Opcode.TEXT and f.fin for f in received)


@pytest.mark.parametrize(
    ("first", "opcode"), [(WHOLE_TEXT, Opcode.TEXT), (WHOLE_BINARY, Opcode.BINARY)]
)
@given(size=sizes)
def test_a_head_is_what_the_library_writes(first: int, opcode: Opcode, size: int) -> None:
    whole = Frame(opcode, bytes(size)).serialize(mask=False)
    assert head(first, size) + bytes(size) == whole


def test_masks_differ_and_do_not_run_out() -> None:
    frames = MaskedTexts()
    masks = {frames.frame(b"")[2:6] for _ in range(1000)}
    assert len(masks) > 990


@given(sizes, st.integers(0, 20), st.booleans())
def test_the_extent_is_known_from_the_head_and_asks_for_more_before(
    size: int, before: int, is_client: bool
) -> None:
    frame = Frame(Opcode.TEXT, bytes(size)).serialize(mask=is_client)
    data = bytes(before) + frame
    head, total = extent(data, before)
    assert total == len(frame)
    assert head == len(frame) - size
    needed = head - 4 * is_client
    for available in range(needed):
        _, asked = extent(data[: before + available], before)
        assert available < asked <= needed
    assert extent(data[: before + needed], before) == (head, total)
    assert is_masked(data, before) is is_client


@given(st.binary(max_size=300), st.integers(0, 20))
def test_a_mask_is_taken_off(payload: bytes, before: int) -> None:
    data = bytes(before) + Frame(Opcode.BINARY, payload).serialize(mask=True)
    head, total = extent(data, before)
    assert unmasked(data, before + head, before + total) == payload


def test_a_frame_of_one_byte_is_not_known_to_be_masked() -> None:
    assert not is_masked(b"\x81", 0)

"""What a caller's client numbers is taken once and in order, by however many lines it comes."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_service.channels.start import Start
from agent_service.conversation.events import CallerTyped
from agent_service.conversation.records import Modality
from agent_service.web.sockets.lane import Frame, ignore_congestion
from agent_service.web.sockets.widget import Pasts, WidgetChannel


class Wire:
    """A lane whose frames wait until somebody reads them."""

    def __init__(self) -> None:
        self.on_congestion: Callable[[bool], None] = ignore_congestion
        self.frames: list[Any] = []

    def send(self, frame: Frame) -> None:
        self.frames.append(json.loads(frame))

    def close(self, code: int, reason: str) -> None:
        """Say nothing more."""

    async def run(self, deliver: Callable[[Frame], None]) -> None:
        """Nobody waits for it."""


class Talk:
    """A conversation that only takes what is said."""

    conversation_id, agent, resume_token = "c", "support", "t"
    shows_detail = takes_pictures = is_agent_due = False
    modality = Modality.TEXT

    def utc(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)


class Client:
    """Does as docs/conversation-socket.md says, and the widget's client with it."""

    def __init__(self) -> None:
        self.talk, self.pasts = Talk(), Pasts()
        self.heard: list[str] = []
        self.sent: dict[int, str] = {}
        self.serial = 0
        self.on_way: list[str] = []
        self.channel: Any = None
        self.comes_back()

    def types(self) -> None:
        self.serial += 1
        self._send(self.serial, str(self.serial))

    def _send(self, serial: int, text: str) -> None:
        self.sent[serial] = text
        self.on_way.append(json.dumps({"type": "text", "text": text, "serial": serial}))

    def one_arrives(self) -> None:
        if self.on_way:
            event = self.channel.receive(self.on_way.pop(0))
            if event is not None:
                assert isinstance(event, CallerTyped)
                self.heard.append(event.text)

    def reads(self) -> None:
        for frame in self.wire.frames:
            taken = frame.get("taken", 0) if frame["type"] == "ready" else frame["serial"]
            self.sent = {serial: each for serial, each in self.sent.items() if serial > taken}
        self.wire.frames.clear()

    def comes_back(self) -> None:
        """Nobody knows what of what was on its way has arrived."""
        if self.channel is not None:
            self.channel.close("replaced")
        self.on_way, self.wire = [], Wire()
        self.channel = WidgetChannel(self.pasts, (), self.wire)
        self.channel.open(self.talk, Start(Modality.TEXT, None, "t"))
        self.reads()
        for serial, text in tuple(self.sent.items()):
            self._send(serial, text)


@given(st.lists(st.sampled_from(["types", "one_arrives", "reads", "comes_back"]), max_size=40))
def test_what_is_typed_is_taken_once_and_in_order_whatever_dies_in_between(
    steps: list[str],
) -> None:
    client = Client()
    for step in steps:
        getattr(client, step)()
    client.comes_back()
    while client.on_way:
        client.one_arrives()
    client.reads()
    assert client.heard == [str(serial) for serial in range(1, client.serial + 1)]
    assert client.sent == {}


def test_what_still_comes_by_a_socket_that_was_replaced_is_not_taken() -> None:
    client = Client()
    client.types()
    old, late = client.channel, client.on_way[0]
    client.sent.clear()
    client.comes_back()
    assert old.receive(late) is None
    client.serial = 0  # of another device
    client.types()
    client.one_arrives()
    assert client.heard == ["1"]


@pytest.mark.parametrize("serial", [0, -1, 2**32, "1", True])
def test_a_serial_number_is_a_number(serial: Any) -> None:
    with pytest.raises(Exception, match="serial"):
        Client().channel.receive(json.dumps({"type": "end", "serial": serial}))

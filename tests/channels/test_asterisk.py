"""Calls by a telephone over SIP through a real Asterisk, set up as docs/phone.md says.

Left out unless ASTERISK_ROOT names a folder with one (docs/phone.md, "Trying it with a real one").
"""

import asyncio
import os
import re
import textwrap
from array import array
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from carrier_line import AsteriskLine
from hand_provider import HandProvider
from webrtc_line import TONE

from agent_service.conversation.commands import RequestResponse, SubmitToolResult, TruncateItem
from agent_service.store.requests import Ticket
from agent_service.web.server import run

ROOT = os.environ.get("ASTERISK_ROOT")  # noqa: TID251 - of the tests, not of the service
PAGE = (Path(__file__).parents[2] / "docs" / "phone.md").read_text(encoding="utf-8")
SIP, TELEPHONE, RTP = 19760, 19761, (19764, 19799)
TICKET = '{"subject": "late delivery", "details": "It should have come on Monday."}'

pytestmark = [
    pytest.mark.asterisk,
    pytest.mark.skipif(ROOT is None, reason="ASTERISK_ROOT names no Asterisk"),
]


def files(port: int, password: str, form: str) -> dict[str, str]:
    """Return the PBX's configuration: what the page says, and a telephone."""
    client, plan = map(textwrap.dedent, re.findall(r"^ *```ini\n(.*?)```", PAGE, re.M | re.S))
    client = client.replace("wss://voice.example.com", f"ws://127.0.0.1:{port}")
    client = client.replace("tls_enabled = yes", "tls_enabled = no")
    return {
        "websocket_client.conf": client.replace("THE_SECRET", password),
        "extensions.conf": plan.replace("Queue(support,,,,120)", "Playback(tt-monkeys)"),
        "chan_websocket.conf": f"[global]\ncontrol_message_format = {form}\n",
        "rtp.conf": f"[general]\nrtpstart = {RTP[0]}\nrtpend = {RTP[1]}\n",
        "pjsip.conf": f"""
            [udp]
            type = transport
            protocol = udp
            bind = 127.0.0.1:{SIP}
            [telephone]
            type = endpoint
            context = support-agent
            disallow = all
            allow = ulaw
            direct_media = no
            [telephone]
            type = identify
            endpoint = telephone
            match = 127.0.0.1
            """.replace(" " * 12, ""),
    }


@asynccontextmanager
async def asterisk(
    port: int, password: str = AsteriskLine.password, form: str = "json"
) -> AsyncIterator[None]:
    """Have a PBX whose agent is at that port."""
    assert ROOT is not None
    for name, text in files(port, password, form).items():
        (Path(ROOT) / "etc" / "asterisk" / name).write_text(text)
    program = ["chroot", ROOT, "asterisk"]
    pbx = await asyncio.create_subprocess_exec(*program, "-f", "-n", "-U", "root", stdout=DEVNULL)
    try:
        is_up = 1
        while is_up != 0:
            asked = await asyncio.create_subprocess_exec(
                *program, "-rx", "core waitfullybooted", stdout=DEVNULL, stderr=DEVNULL
            )
            is_up = await asked.wait()
        yield
    finally:
        pbx.terminate()
        await pbx.wait()


class Telephone:
    """A telephone, and how much of a tone came out of it."""

    def __init__(self, call: Any) -> None:
        self.call = call
        self.loud_ms = 0
        self.heard_ms = 0

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Listen until it is so."""
        while not is_so():
            sound = self.call.audio.read(320)
            if not sound:
                await asyncio.sleep(0.01)
            samples = array("h", sound)
            self.heard_ms += len(samples) // 8
            self.loud_ms += sum(abs(each) > 1_000 for each in samples) * 5 // 32

    async def hears(self, ms: int) -> None:
        """Listen until so much more of the tone was heard."""
        enough_ms = self.loud_ms + ms
        await self.until(lambda: self.loud_ms >= enough_ms)

    async def listens(self, ms: int) -> None:
        """Listen for so long, whatever comes."""
        later_ms = self.heard_ms + ms
        await self.until(lambda: self.heard_ms >= later_ms)

    async def falls_silent(self) -> None:
        """Listen until nothing more of the tone comes."""
        loud_ms = -1
        while self.loud_ms != loud_ms:
            loud_ms = self.loud_ms
            await self.listens(500)


@asynccontextmanager
async def telephone(number: str = "4930123456") -> AsyncIterator[Telephone]:
    """Call a number, and be put through."""
    baresip, runtime, ua = map(pytest.importorskip, ("baresip", "baresip.runtime", "baresip.ua"))
    listens = f"sip_listen 127.0.0.1:{TELEPHONE}\naudio_jitter_buffer_type off"
    config = baresip.Config(net_interface="127.0.0.1", extra_config_text=listens)
    stack = runtime.Runtime()
    await stack.start(config)
    try:
        account = baresip.Account("+15550100", f"127.0.0.1:{SIP}", "none", reg_interval=0)
        agent = await ua.UserAgent.create(stack, account)
        call = await agent.dial(f"sip:{number}@127.0.0.1:{SIP}")
        await call.wait_established(timeout=30)
        yield Telephone(call)
    finally:
        await stack.close()


async def greeted(lines: Any, phone: Telephone) -> HandProvider:
    provider: HandProvider = await lines.provider()
    provider.sound = TONE
    await provider.until(RequestResponse)
    provider.generates("Hello there.")
    await phone.hears(400)
    return provider


@pytest.mark.parametrize("form", ["json", "plain-text"])
def test_a_caller_interrupts_presses_a_key_and_hangs_up(open_lines: Any, form: str) -> None:
    said = "Your parcel left the warehouse on Monday and is on its way to you since then."

    async def scenario() -> tuple[Any, int]:
        async with open_lines() as lines, asterisk(lines.port, form=form), telephone() as phone:
            provider = await greeted(lines, phone)
            await phone.falls_silent()
            before_ms = phone.loud_ms
            provider.generates(said)
            await phone.hears(900)
            provider.hears("please open a ticket, my delivery is late")
            await provider.until(TruncateItem)
            await phone.falls_silent()
            heard_ms = phone.loud_ms - before_ms
            provider.calls("call-1", "open_ticket", TICKET)
            await provider.until(RequestResponse, 2)
            provider.generates(provider.asked_to_say)
            await phone.falls_silent()
            await phone.call.send_dtmf("1")
            await provider.until(SubmitToolResult)
            await phone.call.hangup()
            await lines.all_ended()
        return lines, heard_ms

    lines, heard_ms = run(scenario())
    (role, heard_text, recorded_ms, is_interrupted) = lines.turns()[1]
    assert (role, is_interrupted) == ("agent", True)
    assert said.startswith(heard_text)
    assert abs(recorded_ms - heard_ms) <= 150
    with lines.database.read() as session:
        assert [row.subject for row in session.query(Ticket)] == ["late delivery"]


def test_the_dial_plan_goes_on_where_the_agent_is_not_let_in(open_lines: Any) -> None:
    async def scenario() -> int:
        async with (
            open_lines() as lines,
            asterisk(lines.port, password="another-secret"),
            telephone() as phone,
        ):
            await phone.hears(500)  # of the recording
            await phone.call.hangup()
            return len(lines.engines)

    assert run(scenario()) == 0

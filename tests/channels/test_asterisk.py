"""Calls by a telephone over SIP through a real Asterisk, set up as docs/phone.md says.

Left out unless ASTERISK_ROOT names a folder with one (docs/phone.md, "Trying it with a real one").
"""

import asyncio
import os
import re
import textwrap
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from carrier_line import AsteriskLine
from telephone import greeted, telephone

from agent_service.conversation.commands import RequestResponse, SubmitToolResult, TruncateItem
from agent_service.store.requests import Ticket
from agent_service.web.server import run

ROOT = os.environ.get("ASTERISK_ROOT")  # noqa: TID251 - of the tests, not of the service
PAGE = (Path(__file__).parents[2] / "docs" / "phone.md").read_text(encoding="utf-8")
SIP, RTP = 19760, (19764, 19799)
NUMBER = "4930123456"
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


@pytest.mark.parametrize("form", ["json", "plain-text"])
def test_a_caller_interrupts_presses_a_key_and_hangs_up(open_lines: Any, form: str) -> None:
    said = "Your parcel left the warehouse on Monday and is on its way to you since then."

    async def scenario() -> tuple[Any, int]:
        async with (
            open_lines() as lines,
            asterisk(lines.port, form=form),
            telephone(SIP, NUMBER) as phone,
        ):
            provider = await greeted(lines, phone)
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
            phone.press("1")
            await provider.until(SubmitToolResult)
            phone.hang_up()
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
            telephone(SIP, NUMBER) as phone,
        ):
            await phone.hears(500)  # of the recording
            return len(lines.engines)

    assert run(scenario()) == 0

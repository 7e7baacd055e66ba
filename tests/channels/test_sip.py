"""Calls by telephones over SIP and RTP, from the first ring to the end."""

import asyncio
import hashlib
import json
import re
import socket
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hand_provider import HandProvider
from sqlalchemy import select
from telephone import Telephone, greeted, telephone
from webrtc_line import TONE

from agent_service.audio import ms_to_bytes, read_wav, samples, sounding_ms, write_wav
from agent_service.conversation.commands import (
    RequestResponse,
    SendText,
    SubmitToolResult,
    TruncateItem,
)
from agent_service.errors import SettingsError
from agent_service.settings import PhoneSettings
from agent_service.store.requests import Ticket
from agent_service.store.tables import Confirmation, Conversation
from agent_service.web.phone import sip
from agent_service.web.server import run

TICKET = '{"subject": "late delivery", "details": "It should have come on Monday."}'
SAID = "Your parcel left the warehouse on Monday and is on its way to you since then."


@pytest.fixture
def sip_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@asynccontextmanager
async def called(
    open_lines: Any, sip_port: int, **phone: Any
) -> AsyncIterator[tuple[Any, Telephone]]:
    """Have a service that is called by a telephone."""
    own = {"sip_listen": f"127.0.0.1:{sip_port}", "numbers": {"+49 30 123456": "support"}}
    async with open_lines(phone=own) as lines, telephone(sip_port, **phone) as caller:
        yield lines, caller


async def ask_for_ticket(provider: HandProvider, phone: Telephone) -> None:
    """Want a ticket, and hear it read back."""
    provider.hears("please open a ticket, my delivery is late")
    provider.calls("call-1", "open_ticket", TICKET)
    await provider.until(RequestResponse, 2)
    provider.generates(provider.asked_to_say)
    await phone.hears(1_000)
    await phone.falls_silent()


async def hears_caller(provider: HandProvider) -> None:
    """Wait until the provider was given what is loud."""
    at = 0
    while not (np.abs(samples(b"".join(provider.engine.audio[at:]))) > 4_000).any():
        at = len(provider.engine.audio)
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("codec", ["pcmu", "g722/16000/1"])
def test_a_caller_is_greeted_heard_and_hangs_up(open_lines: Any, sip_port: int, codec: str) -> None:
    async def scenario() -> Any:
        async with called(open_lines, sip_port, called="4930123456", codec=codec) as (lines, phone):
            provider = await greeted(lines, phone)
            phone.say()
            await hears_caller(provider)
            provider.hears("good morning")
            phone.hang_up()
            await lines.all_ended()
        return lines, phone.loud_ms

    lines, heard_ms = run(scenario())
    assert 380 <= heard_ms <= 500
    with lines.database.read() as session:
        row = session.scalars(select(Conversation)).one()
        assert (row.channel, row.end_reason) == ("sip", "caller_ended")
    assert [text for _, text, _, _ in lines.turns()] == ["Hello there.", "good morning"]


def test_a_barge_in_cuts_telephone_and_record_at_the_same_place(
    open_lines: Any, sip_port: int, figure: Any
) -> None:
    async def scenario() -> tuple[Any, int]:
        async with called(open_lines, sip_port) as (lines, phone):
            provider = await greeted(lines, phone)
            before_ms = phone.loud_ms
            provider.generates(SAID)
            await phone.hears(900)
            provider.hears("wait a moment please")
            await provider.until(TruncateItem)
            await phone.falls_silent()
            phone.hang_up()
            await lines.all_ended()
        return lines, phone.loud_ms - before_ms

    lines, heard_ms = run(scenario())
    (role, heard_text, recorded_ms, is_interrupted) = lines.turns()[1]
    assert (role, is_interrupted) == ("agent", True)
    assert SAID.startswith(heard_text)
    figure(f"{recorded_ms} ms recorded, {heard_ms} ms came out of the telephone")
    assert abs(recorded_ms - heard_ms) <= 450  # what lies in the stack, if the process stands still


def test_a_change_is_made_after_a_key(open_lines: Any, sip_port: int) -> None:
    async def scenario() -> Any:
        async with called(open_lines, sip_port) as (lines, phone):
            provider = await greeted(lines, phone)
            await ask_for_ticket(provider, phone)
            phone.press("1")
            await provider.until(SubmitToolResult)
            phone.hang_up()
            await lines.all_ended()
        return lines

    lines = run(scenario())
    with lines.database.read() as session:
        assert [row.subject for row in session.scalars(select(Ticket))] == ["late delivery"]
        assert session.scalars(select(Confirmation.decided_by)).all() == ["tap"]


def test_the_service_hangs_up_at_the_end(open_lines: Any, sip_port: int) -> None:
    async def scenario() -> str:
        async with called(open_lines, sip_port) as (lines, phone):
            await greeted(lines, phone)
            await lines.service.host.stop()
            return await phone.ended()

    assert run(scenario()) == "hung up"


def test_a_number_that_is_nobodys_is_not_answered(open_lines: Any, sip_port: int) -> None:
    async def scenario() -> tuple[str, int]:
        async with called(open_lines, sip_port, called="100") as (lines, phone):
            return await phone.ended(), len(lines.engines)

    end, conversations = run(scenario())
    assert "486" in end
    assert conversations == 0


def test_a_full_service_is_busy(open_lines: Any, sip_port: int) -> None:
    async def scenario() -> str:
        own = {"sip_listen": f"127.0.0.1:{sip_port}"}
        async with (
            open_lines(phone=own, server={"max_conversations": 1}) as lines,
            telephone(sip_port) as first,
        ):
            await greeted(lines, first)
            async with telephone(sip_port) as second:
                return await second.ended()

    assert "486" in run(scenario())


def test_a_telephone_that_is_gone_without_a_word_has_hung_up(
    open_lines: Any, sip_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sip, "SILENT_S", 1)

    async def scenario() -> str:
        own = {"sip_listen": f"127.0.0.1:{sip_port}"}
        async with open_lines(phone=own) as lines:
            async with telephone(sip_port) as phone:
                await greeted(lines, phone)
                phone.breaks()
            await lines.all_ended()
            with lines.database.read() as session:
                return str(session.scalars(select(Conversation.end_reason)).one())

    assert run(scenario()) == "caller_ended"


class Registrar(asyncio.DatagramProtocol):
    """Takes a registration, once it is proved to know the password."""

    def __init__(self) -> None:
        self.registered: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, address: Any) -> None:
        head = dict(line.split(": ", 1) for line in data.decode().split("\r\n")[1:] if ": " in line)
        proof = head.get("Authorization", "")
        kept = [f"{name}: {head[name]}" for name in ("Via", "From", "To", "Call-ID", "CSeq")]
        kept[2] += ";tag=registrar"
        if f'response="{self.proof(proof)}"' in proof:
            answer = ["SIP/2.0 200 OK", *kept, f"Contact: {head['Contact']}", "Expires: 300"]
            if not self.registered.done():
                self.registered.set_result(head["From"])
        else:
            asked = 'WWW-Authenticate: Digest realm="pbx", nonce="12345"'
            answer = ["SIP/2.0 401 Unauthorized", *kept, asked]
        self.transport.sendto("\r\n".join([*answer, "Content-Length: 0", "", ""]).encode(), address)

    @staticmethod
    def proof(shown: str) -> str:
        """Return what whoever knows the password would show (RFC 2617)."""
        uri = re.findall(r'uri="([^"]*)"', shown)
        hashed = [
            hashlib.md5(text.encode()).hexdigest()
            for text in ("login:pbx:the password", f"REGISTER:{''.join(uri)}")
        ]
        return hashlib.md5(f"{hashed[0]}:12345:{hashed[1]}".encode()).hexdigest()


def test_an_account_is_registered_and_answers(open_lines: Any, sip_port: int) -> None:
    async def scenario() -> tuple[str, Any]:
        loop = asyncio.get_running_loop()
        transport, registrar = await loop.create_datagram_endpoint(
            Registrar, local_addr=("127.0.0.1", 0)
        )
        own = {
            "sip_listen": f"127.0.0.1:{sip_port}",
            "sip_account": f"sip:100@127.0.0.1:{transport.get_extra_info('sockname')[1]}",
            "sip_login": "login",
            "sip_password": "the password",
        }
        with closing(transport):
            async with open_lines(phone=own) as lines:
                known_as = await registrar.registered
                async with telephone(sip_port, called="100") as phone:
                    await greeted(lines, phone)
        return known_as, lines.turns()

    known_as, turns = run(scenario())
    assert "sip:100@127.0.0.1" in known_as
    assert [text for _, text, _, _ in turns] == ["Hello there."]


def test_the_terminal_is_a_telephone(open_lines: Any, sip_port: int, tmp_path: Path) -> None:
    question, reply = tmp_path / "question.wav", tmp_path / "reply.wav"
    write_wav(question, TONE * 600 + bytes(ms_to_bytes(300)))

    async def scenario() -> tuple[Any, list[str]]:
        own = {"sip_listen": f"127.0.0.1:{sip_port}"}
        async with open_lines(phone=own) as lines:
            program = [sys.executable, "-m", "agent_service", "call", "--json", "--pause", "0.5"]
            program += ["--sip", f"sip:support@127.0.0.1:{sip_port}", "--out", str(reply)]
            process = await asyncio.create_subprocess_exec(
                *program, str(question), "--press", "0", stdout=PIPE
            )
            provider: HandProvider = await lines.provider()
            provider.sound = TONE
            await provider.until(RequestResponse)
            provider.generates("Hello there.")
            await hears_caller(provider)
            provider.hears("where is my order")
            provider.generates("It is on its way.")
            await provider.until(SendText)
            provider.generates("A colleague will come.")
            told, _ = await process.communicate()
            assert process.returncode == 0
        return lines, [json.loads(line)["type"] for line in told.splitlines()]

    lines, told = run(scenario())
    assert told == ["call", "playing", "timing", "pressed", "timing", "saved"]
    assert [text for _, text, _, _ in lines.turns()] == [
        "Hello there.",
        "where is my order",
        "It is on its way.",
        "0: I would like to speak to a person.",
        "A colleague will come.",
    ]
    assert sounding_ms(read_wav(reply)) > 1_500


def test_without_the_extra_nothing_listens_for_calls(
    open_lines: Any, sip_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "baresip", None)
    monkeypatch.delitem(sys.modules, "agent_service.web.phone.sip")

    async def scenario() -> None:
        async with open_lines(phone={"sip_listen": f"127.0.0.1:{sip_port}"}):
            """It does not open."""

    with pytest.raises(SettingsError, match=r"agent-service\[sip\]"):
        run(scenario())


@pytest.mark.parametrize("place", ["127.0.0.1:{taken}", "192.0.2.1:5060"])
def test_where_nothing_can_listen_nothing_is_begun(sip_port: int, place: str) -> None:
    settings = PhoneSettings(sip_listen=place.format(taken=sip_port))
    nobody: Any = None
    door = sip.SipDoor(settings, nobody, nobody, nobody, nobody)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", sip_port))
        with pytest.raises(SettingsError, match=r"phone\.sip_listen: "):
            asyncio.run(door.run())

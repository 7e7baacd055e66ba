"""The back ends of docs/widget.md: each gets tickets that open conversations on its own site."""

import asyncio
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from starlette.requests import Request

from agent_service.conversation.records import Caller, CallerLevel
from agent_service.errors import CallerError
from agent_service.store.admin_tokens import Scope
from agent_service.store.contacts import Address
from agent_service.store.members import Member
from agent_service.web import ticket_api
from agent_service.web.origins import Origins

PAGE = Path(__file__).parents[2] / "docs" / "widget.md"
SHOP = "https://shop.example"
TOKEN = "token of the back end"
JANE = Caller("C0001", "Jane Doe", CallerLevel.VERIFIED)
FILES = {"python": "ticket.py", "js": "ticket.mjs", "php": "ticket.php"}


def written(language: str, folder: Path) -> Path:
    """Write the page's back end into a file, as a reader does."""
    (block,) = re.findall(rf"^### \w+\n\n```{language}\n(.*?)^```$", PAGE.read_text(), re.M | re.S)
    assert FILES[language] in block.splitlines()[0]
    file = folder / FILES[language]
    file.write_text(block)
    return file


@pytest.fixture(params=["python", "js", "php"])
def start(
    request: pytest.FixtureRequest, program: Callable[[str], str], tmp_path: Path
) -> Callable[[str], Any]:
    """Start the back end for a service: ``async with start(url) as own_url``."""
    language: str = request.param
    if language == "php":
        program("php")
    if language == "js" and shutil.which("node") is None:
        pytest.skip("needs Node.js 18 or later")
    file = written(language, tmp_path)

    @asynccontextmanager
    async def running(service: str) -> AsyncIterator[str]:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        command = {
            "python": [sys.executable, str(file)],
            "js": ["node", str(file)],
            "php": ["php", "-S", f"127.0.0.1:{port}", str(file)],
        }[language]
        variables = {
            **os.environ,  # noqa: TID251  the child needs ours
            "SUPPORT_SERVICE": service,
            "SUPPORT_TOKEN": TOKEN,
            "SHOP_ORIGIN": SHOP,
            "PORT": str(port),
        }
        quiet = subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(
            *command, env=variables, stdout=quiet, stderr=quiet
        )
        try:
            await asyncio.to_thread(wait_until_listening, port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()
            await process.wait()

    return running


def wait_until_listening(port: int) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.02)


async def authorise(request: Request, scope: Scope) -> Member:
    if request.headers.get("authorization") != f"Bearer {TOKEN}":
        raise CallerError(code="not_authorised")
    return Member(name="shop", actor="admin:shop", rights=frozenset())


async def keep_contact(customer_id: str, address: Address) -> None:
    raise AssertionError("no contact is given")


async def find_caller(address: Address) -> Caller:
    raise AssertionError("nobody is looked up")


def minting(service: Any) -> Any:
    return ticket_api.routes(
        service.tickets, Origins(), authorise, {"support"}, keep_contact, find_caller
    )


async def caller_with(service: Any, answer: httpx.Response, origin: str) -> Caller:
    """Open a conversation with the ticket, as the page does; return who is calling."""
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    socket = await service.connect(origin=origin)
    start = {"type": "start", "ticket": answer.json()["ticket"], "mode": "text"}
    await socket.send(msgspec.json.encode(start).decode())
    ready = msgspec.json.decode(await socket.recv())
    assert ready["type"] == "ready", ready
    caller: Caller = service.host.sessions[-1].request.caller
    return caller


def test_customer_of_its_session_opens_a_conversation(serve: Any, start: Any) -> None:
    async def scenario() -> None:
        async with (
            serve(extra_routes=minting) as service,
            start(f"http://127.0.0.1:{service.port}") as own,
            httpx.AsyncClient(base_url=own, headers={"Origin": SHOP}) as http,
        ):
            signed_in = {"Cookie": "session=of-jane"}
            wanted = {"agent": "support"}
            answer = await http.post("/support-ticket", json=wanted, headers=signed_in)
            assert await caller_with(service, answer, SHOP) == JANE
            claim = {"agent": "support", "customer_id": "C0002", "level": "verified"}
            answer = await http.post("/support-ticket", json=claim)
            assert await caller_with(service, answer, SHOP) == Caller()

    asyncio.run(scenario())


def test_pages_of_other_sites_get_none(serve: Any, start: Any) -> None:
    async def scenario() -> None:
        async with (
            serve(extra_routes=minting) as service,
            start(f"http://127.0.0.1:{service.port}") as own,
            httpx.AsyncClient(base_url=own) as http,
        ):
            for origin in ({"Origin": "https://evil.example"}, {}):
                answer = await http.post("/support-ticket", json={}, headers=origin)
                assert (answer.status_code, "ticket" in answer.text) == (403, False)

    asyncio.run(scenario())


def test_a_service_that_is_away_is_told_as_that(start: Any) -> None:
    async def scenario() -> None:
        with socket.create_server(("127.0.0.1", 0)) as closed:
            port = closed.getsockname()[1]
        async with (
            start(f"http://127.0.0.1:{port}") as own,
            httpx.AsyncClient(base_url=own, headers={"Origin": SHOP}) as http,
        ):
            answer = await http.post("/support-ticket", json={})
            assert answer.status_code == 503

    asyncio.run(scenario())

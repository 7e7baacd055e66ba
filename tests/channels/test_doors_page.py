"""docs/doors.md: ten lines of openai-python do what it says."""

import asyncio
import re
import sys
from asyncio.subprocess import PIPE
from pathlib import Path
from typing import Any

from sqlalchemy import select

from agent_service.conversation.commands import RequestResponse, SendText
from agent_service.conversation.events import CallerEnded
from agent_service.conversation.records import Caller
from agent_service.store.tables import Conversation
from agent_service.web.server import run
from agent_service.web.tickets import Grant

PAGE = (Path(__file__).parents[2] / "docs" / "doors.md").read_text(encoding="utf-8")


def test_the_example_asks_and_is_answered(open_lines: Any) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)

    async def scenario() -> tuple[bytes, int]:
        async with open_lines() as lines:
            address = f"http://127.0.0.1:{lines.port}"
            ticket = lines.tickets.mint(Grant("support", Caller()))
            program = f"ticket = {ticket!r}\n{code.replace('https://support.example', address)}"
            client = await asyncio.create_subprocess_exec(
                sys.executable, "-u", "-c", program, stdout=PIPE
            )
            provider = await lines.provider()
            await provider.until(SendText)
            provider.responds()  # the greeting, of which nothing was said yet
            await provider.until(RequestResponse, 2)
            provider.generates("It is on its way.")
            assert client.stdout is not None
            said = await client.stdout.readline()
            with lines.database.read() as session:
                id = session.scalars(select(Conversation.id)).one()
            lines.service.host.find(id).receive(CallerEnded())
            return said, await client.wait()

    assert run(scenario()) == (b"It is on its way.\n", 0)

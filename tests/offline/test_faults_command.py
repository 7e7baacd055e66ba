"""``agent-service offline faults`` against a running provider."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from agent_service.__main__ import main
from agent_service.offline.faults.catalogue import CATALOGUE

Provide = Callable[..., AbstractAsyncContextManager[Any]]


async def command(*arguments: str) -> int:
    return await asyncio.to_thread(main, ["offline", "faults", *arguments])


def test_faults_are_listed_armed_and_cleared(
    provide: Provide, capsys: pytest.CaptureFixture[str]
) -> None:
    async def scenario() -> None:
        async with provide(api_keys=["k1"]) as provider:
            where = ["--url", provider.url, "--key", "k1"]
            assert await command("arm", "response_failed:times=1", "--seed", "4", *where) == 0
            assert "armed: response_failed:times=1 (seed 4)" in capsys.readouterr().out
            async with provider.client(key="k1") as client:
                session_id = (await client.until("session.created"))["session"]["id"]
                assert await command("list", *where) == 0
                listed = capsys.readouterr().out
                assert all(kind.about in listed for kind in CATALOGUE)
                assert f"session {session_id}: response_failed" in listed
                arm = ["arm", "latency:ms=1", "--session", session_id]
                assert await command(*arm, *where) == 0
                assert f"session {session_id}: latency" in capsys.readouterr().out
            assert await command("clear", *where) == 0
            assert "armed: nothing (seed 4)" in capsys.readouterr().out

    asyncio.run(scenario())


def test_mistakes_are_told_with_the_remedy(
    provide: Provide, capsys: pytest.CaptureFixture[str]
) -> None:
    async def scenario() -> None:
        async with provide(api_keys=["k1"]) as provider:
            where = ["--url", provider.url]
            assert await command("arm", "latencyy", *where, "--key", "k1") == 1
            assert "Did you mean 'latency'?" in capsys.readouterr().err
            assert await command("arm", "latency", *where, "--key", "wrong") == 1
            assert "API key" in capsys.readouterr().err

    asyncio.run(scenario())

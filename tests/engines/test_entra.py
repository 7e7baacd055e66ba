"""Entra ID tokens: kept while they live, fetched once, and never on the loop."""

import asyncio
import sys
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agent_service.engines.entra import EntraTokens, default_credential
from agent_service.errors import EngineError, SettingsError

Run = Callable[[Awaitable[Any]], Any]
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class HandClock:
    def __init__(self) -> None:
        self.time = NOON

    def now(self) -> float:
        return self.time.timestamp()

    def utc(self) -> datetime:
        return self.time

    def advance(self, **time: float) -> None:
        self.time += timedelta(**time)


@dataclass
class Token:
    token: str
    expires_on: int


class Issuer:
    """Issues numbered tokens that live an hour."""

    def __init__(self, clock: HandClock) -> None:
        self._clock = clock
        self.scopes: list[str] = []
        self.threads: set[int] = set()
        self.is_open = threading.Event()
        self.is_open.set()
        self.failure: Exception | None = None

    def get_token(self, *scopes: str) -> Token:
        assert self.is_open.wait(60)
        self.threads.add(threading.get_ident())
        if self.failure is not None:
            raise self.failure
        self.scopes.extend(scopes)
        expiry = self._clock.utc() + timedelta(hours=1)
        return Token(f"token {len(self.scopes)}", int(expiry.timestamp()))


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def issuer(clock: HandClock) -> Issuer:
    return Issuer(clock)


@pytest.fixture
def tokens(clock: HandClock, issuer: Issuer) -> EntraTokens:
    return EntraTokens("https://ai.azure.com/.default", issuer, clock)


def test_a_token_is_kept_until_five_minutes_before_its_end(
    run: Run, clock: HandClock, issuer: Issuer, tokens: EntraTokens
) -> None:
    async def scenario() -> None:
        assert await tokens.token() == "token 1"
        clock.advance(minutes=55)
        assert await tokens.token() == "token 1"
        clock.advance(seconds=1)
        assert await tokens.token() == "token 2"
        assert issuer.scopes == ["https://ai.azure.com/.default"] * 2

    run(scenario())


def test_calls_at_the_same_time_fetch_once_and_off_the_loop(
    run: Run, issuer: Issuer, tokens: EntraTokens
) -> None:
    async def scenario() -> None:
        issuer.is_open.clear()
        async with asyncio.TaskGroup() as group:
            waiting = [group.create_task(tokens.token()) for _ in range(10)]
            await asyncio.sleep(0)
            issuer.is_open.set()
        assert {task.result() for task in waiting} == {"token 1"}
        assert threading.get_ident() not in issuer.threads

    run(scenario())


def test_a_failed_renewal_leaves_the_token_that_still_lives(
    run: Run, clock: HandClock, issuer: Issuer, tokens: EntraTokens
) -> None:
    async def scenario() -> None:
        await tokens.token()
        issuer.failure = RuntimeError("the directory is away\nstack of details")
        clock.advance(minutes=58)
        assert await tokens.token() == "token 1"
        clock.advance(minutes=2)
        with pytest.raises(EngineError, match="No Entra ID token could be had: the directory is"):
            await tokens.token()
        issuer.failure = None
        assert await tokens.token() == "token 2"

    run(scenario())


def test_without_the_extra_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "azure.identity", None)  # as if it were not installed
    with pytest.raises(SettingsError, match=r"pip install \"agent-service\[azure\]\""):
        default_credential()


def test_with_the_extra_there_is_a_credential() -> None:
    pytest.importorskip("azure.identity")
    assert callable(default_credential().get_token)

"""Heavy work is done in the order it is due, off the event loop, within bounds."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from functools import partial

import pytest

from agent_service.errors import OfflineError
from agent_service.offline.speech.pool import DuePool


def with_pool(scenario: Callable[[DuePool], Awaitable[None]], *, most_waiting: int = 8) -> None:
    async def run() -> None:
        pool = DuePool(1, most_waiting=most_waiting)
        try:
            async with asyncio.timeout(60):
                await scenario(pool)
        finally:
            pool.close()

    asyncio.run(run())


async def busy(pool: DuePool, tasks: asyncio.TaskGroup) -> threading.Event:
    """Keep the only worker busy until the event is set."""
    started, release = threading.Event(), threading.Event()

    def work() -> None:
        started.set()
        release.wait(60)

    tasks.create_task(pool.run(work, due=0.0))
    await asyncio.to_thread(started.wait, 60)
    return release


def test_the_earliest_due_goes_first_and_equals_in_turn() -> None:
    async def scenario(pool: DuePool) -> None:
        done: list[str] = []
        async with asyncio.TaskGroup() as tasks:
            release = await busy(pool, tasks)
            for name, due in [
                ("later sentence", 9.0),
                ("first", 1.0),
                ("second", 1.0),
                ("recognition", 0.5),
            ]:
                tasks.create_task(pool.run(partial(done.append, name), due=due))
            await asyncio.sleep(0)
            release.set()
        assert done == ["recognition", "first", "second", "later sentence"]

    with_pool(scenario)


def test_a_full_queue_refuses() -> None:
    async def scenario(pool: DuePool) -> None:
        async with asyncio.TaskGroup() as tasks:
            release = await busy(pool, tasks)
            tasks.create_task(pool.run(lambda: None, due=1.0))
            await asyncio.sleep(0)
            with pytest.raises(OfflineError, match="try again") as refused:
                await pool.run(lambda: None, due=1.0)
            assert refused.value.code == "offline_overloaded"
            release.set()

    with_pool(scenario, most_waiting=1)


def test_cancelled_work_that_waits_is_never_done() -> None:
    async def scenario(pool: DuePool) -> None:
        done: list[str] = []
        async with asyncio.TaskGroup() as tasks:
            release = await busy(pool, tasks)
            waiting = tasks.create_task(pool.run(lambda: done.append("cancelled"), due=1.0))
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.sleep(0)
            release.set()
            await pool.run(lambda: done.append("kept"), due=2.0)
        assert done == ["kept"]

    with_pool(scenario)


def test_an_error_reaches_whoever_asked_and_the_thread_lives_on() -> None:
    async def scenario(pool: DuePool) -> None:
        with pytest.raises(ZeroDivisionError):
            await pool.run(lambda: 1 / 0, due=0.0)
        assert await pool.run(lambda: 42, due=0.0) == 42

    with_pool(scenario)


def test_a_closed_pool_takes_nothing() -> None:
    async def scenario(pool: DuePool) -> None:
        pool.close()
        with pytest.raises(OfflineError, match="closed"):
            await pool.run(lambda: None, due=0.0)

    with_pool(scenario)

"""The seam between those who publish news and those who read it: bounded, and honest about it."""

import asyncio
import tracemalloc
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_service.errors import TryLater
from agent_service.news import AT_ONCE, Batch, News, NewsDesk, Place, Reader


def said(number: int, **options: bool) -> News:
    return News("turn", {"seq": number}, **options)


def numbers(batch: Batch) -> list[int]:
    return [news.facts["seq"] for _, news in batch.news]


def run(scenario: Callable[[], Awaitable[Any]]) -> None:
    async def main() -> None:
        async with asyncio.timeout(60):
            await scenario()

    asyncio.run(main())


async def read_all(reader: Reader) -> tuple[list[int], int]:
    """Read what is there; return its numbers and how many were lost."""
    found: list[int] = []
    lost = 0
    reader.wake()
    while True:
        try:
            async with asyncio.timeout(0):
                batch = await reader.read()
        except TimeoutError:
            return found, lost
        found += numbers(batch)
        lost += batch.lost or 0


def test_a_reader_is_woken_by_news_of_its_conversation_alone() -> None:
    async def scenario() -> None:
        desk = NewsDesk()
        with desk.subscribe("a", None) as reader:
            async with asyncio.TaskGroup() as tasks:
                reading = tasks.create_task(reader.read())
                await asyncio.sleep(0)
                desk.publish("b", said(1))
                await asyncio.sleep(0)
                assert not reading.done()
                desk.publish("a", said(2))
            assert numbers(reading.result()) == [2]

    run(scenario)


def test_who_watches_all_is_told_what_concerns_all_and_of_no_conversation() -> None:
    async def scenario() -> None:
        desk = NewsDesk()
        desk.publish("a", said(1, is_overview=True))
        with desk.subscribe(None, None) as reader:
            desk.publish("a", said(2, is_overview=True))
            desk.publish("b", said(3))
            desk.publish(None, said(4, is_overview=True))
            assert numbers(await reader.read()) == [2, 4]

    run(scenario)


def test_a_conversation_is_read_from_the_oldest_that_is_kept() -> None:
    async def scenario() -> None:
        desk = NewsDesk(capacity=3)
        for number in range(1, 6):
            desk.publish("a", said(number))
        with desk.subscribe("a", None) as reader:
            batch = await reader.read()
        assert (numbers(batch), batch.lost) == ([3, 4, 5], 0)
        assert [place.number for place, _ in batch.news] == [3, 4, 5]

    run(scenario)


def test_a_reader_who_comes_back_goes_on_behind_its_place() -> None:
    async def scenario() -> None:
        desk = NewsDesk()
        for number in range(1, 4):
            desk.publish("a", said(number))
        with desk.subscribe("a", None) as reader:
            place = (await reader.read()).news[1][0]
        with desk.subscribe("a", place) as reader:
            batch = await reader.read()
        assert (numbers(batch), batch.lost) == ([3], 0)

    run(scenario)


@pytest.mark.parametrize("name", ["a", None])
def test_a_place_of_another_process_is_said_to_be_unknown(name: str | None) -> None:
    async def scenario() -> None:
        desk = NewsDesk()
        desk.publish("a", said(1, is_overview=True))
        with desk.subscribe(name, Place("elsewhere", 7)) as reader:
            assert not reader.is_at_end
            batch = await reader.read()
        assert batch.lost is None
        assert numbers(batch) == ([1] if name else [])

    run(scenario)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=60), st.integers(1, 9))
def test_what_is_not_read_is_counted_as_lost_whatever_happens(
    steps: list[tuple[str, bool]], capacity: int
) -> None:
    """Each of a reader's news is either given to it, once and in order, or counted."""

    async def scenario() -> None:
        desk = NewsDesk(capacity=capacity)
        readers = {name: desk.subscribe(name, None) for name in "abc"}
        published = dict.fromkeys("abc", 0)
        seen: dict[str, list[int]] = {name: [] for name in "abc"}
        gone = dict.fromkeys("abc", 0)

        async def catch_up(name: str) -> None:
            found, lost = await read_all(readers[name])
            seen[name] += found
            gone[name] += lost

        for name, is_read in steps:
            published[name] += 1
            desk.publish(name, said(published[name]))
            if is_read:
                await catch_up(name)
        for name in "abc":
            await catch_up(name)
            assert seen[name] == sorted(set(seen[name]))
            assert len(seen[name]) + gone[name] == published[name]
            readers[name].__exit__(None, None, None)
        assert desk.readers == 0

    run(scenario)


def test_much_news_comes_in_several_batches() -> None:
    async def scenario() -> None:
        desk = NewsDesk()
        for number in range(AT_ONCE + 1):
            desk.publish("a", said(number))
        with desk.subscribe("a", None) as reader:
            assert len((await reader.read()).news) == AT_ONCE
            assert len((await reader.read()).news) == 1

    run(scenario)


def test_the_end_of_a_conversation_ends_its_readers() -> None:
    async def scenario() -> None:
        desk = NewsDesk()
        with desk.subscribe("a", None) as reader:
            desk.publish("a", said(1, is_last=True))
            batch = await reader.read()
            assert numbers(batch) == [1]
            assert (await reader.read()).news == ()
        with desk.subscribe("a", batch.news[0][0]) as late:
            assert late.is_at_end

    run(scenario)


def test_the_end_of_a_conversation_ends_nobody_who_watches_all() -> None:
    async def scenario() -> None:
        desk = NewsDesk()
        with desk.subscribe(None, None) as reader:
            desk.publish("a", said(1, is_overview=True, is_last=True))
            assert numbers(await reader.read()) == [1]
            with desk.subscribe(None, None) as late:
                assert not late.is_at_end
            async with asyncio.TaskGroup() as tasks:
                reading = tasks.create_task(reader.read())
                await asyncio.sleep(0)
                assert not reading.done()
                desk.publish("b", said(2, is_overview=True))
            assert numbers(reading.result()) == [2]

    run(scenario)


def test_a_conversation_that_is_taken_over_elsewhere_ends_its_readers_here() -> None:
    async def scenario() -> None:
        desk = NewsDesk()
        desk.publish("a", said(1))
        with desk.subscribe("a", None) as reader:
            assert numbers(await reader.read()) == [1]
            desk.let_go("a")
            assert (await reader.read()).news == ()
        desk.let_go("never heard of")

    run(scenario)


def test_closing_ends_everybody_at_once() -> None:
    async def scenario() -> None:
        desk = NewsDesk()
        with desk.subscribe(None, None) as all_of_them, desk.subscribe("a", None) as one:
            async with asyncio.TaskGroup() as tasks:
                waiting = [tasks.create_task(reader.read()) for reader in (all_of_them, one)]
                await asyncio.sleep(0)
                desk.publish("b", said(1))
                desk.close()
            assert [task.result() for task in waiting] == [Batch(()), Batch(())]

    run(scenario)


def test_there_are_no_more_readers_than_allowed() -> None:
    desk = NewsDesk(most_readers=1)
    with desk.subscribe(None, None):
        with pytest.raises(TryLater) as refused:
            desk.subscribe("a", None)
        assert refused.value.code == "too_many_readers"
    with desk.subscribe("a", None):
        assert desk.readers == 1


def test_what_is_kept_has_one_bound_and_a_reader_who_does_not_read_costs_nothing() -> None:
    desk = NewsDesk(capacity=100)
    with desk.subscribe(None, None) as reader:
        for number in range(2_000):
            desk.publish(f"c{number % 50}", said(number, is_overview=True))
        tracemalloc.start()
        before, _ = tracemalloc.get_traced_memory()
        for number in range(20_000):
            desk.publish(f"c{number % 50}", said(number, is_overview=True))
        after, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert after - before < 100_000
        assert not reader.is_at_end


def test_conversations_that_are_over_and_forgotten_leave_nothing() -> None:
    desk = NewsDesk(capacity=4)
    for number in range(10):
        desk.publish(f"c{number}", said(1))
        desk.publish(f"c{number}", said(2, is_last=True))
    assert [desk.knows(f"c{number}") for number in range(10)] == [False] * 8 + [True] * 2
    with desk.subscribe("never heard of", None):
        assert not desk.knows("never heard of")
        assert desk.is_read("never heard of")
    assert not desk.is_read("never heard of")

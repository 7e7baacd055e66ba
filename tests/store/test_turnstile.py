"""Writers come in the order in which they asked, or are told that it takes too long."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from agent_service.errors import StoreError
from agent_service.store.turnstile import Turnstile


def standing_in_line(turnstile: Turnstile, threads: ThreadPoolExecutor, count: int) -> list[int]:
    """Let so many wait for a turn, one after the other, then let them through; return the order."""
    order: list[int] = []

    def pass_through(nth: int, began: threading.Event) -> None:
        began.set()
        with turnstile.turn():
            order.append(nth)

    with turnstile.turn():
        jobs = []
        for nth in range(count):
            began = threading.Event()
            jobs.append(threads.submit(pass_through, nth, began))
            assert began.wait(60)
            until(lambda nth=nth: turnstile.waiting == nth + 1)  # type: ignore[misc]  # a default
    for job in jobs:
        job.result(5)
    return order


def until(holds: Callable[[], bool]) -> None:
    limit = threading.Event()
    timer = threading.Timer(5, limit.set)
    timer.start()
    while not holds():
        assert not limit.is_set()
    timer.cancel()


def test_turns_are_given_in_the_order_of_asking() -> None:
    with ThreadPoolExecutor(8) as threads:
        assert standing_in_line(Turnstile(5), threads, 8) == list(range(8))


def test_one_who_waits_too_long_is_told_and_leaves_the_line() -> None:
    turnstile = Turnstile(0.01)
    with ThreadPoolExecutor(1) as threads, turnstile.turn():
        with pytest.raises(StoreError) as caught:
            threads.submit(lambda: turnstile.turn().__enter__()).result(5)
        assert caught.value.code == "storage_busy"
        assert turnstile.waiting == 0
    with turnstile.turn():
        pass


def test_turn_ends_also_when_its_work_fails() -> None:
    turnstile = Turnstile(5)
    with pytest.raises(ZeroDivisionError), turnstile.turn():
        raise ZeroDivisionError
    with turnstile.turn():
        pass

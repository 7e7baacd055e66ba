"""Identifiers sort in the order they were made, whatever the clock does."""

import uuid
from concurrent.futures import ThreadPoolExecutor

from agent_service.clock import Uuid7, uuid7


class Wall:
    """A wall clock that the test sets."""

    def __init__(self) -> None:
        self.seconds = 1_790_000_000.5

    def __call__(self) -> float:
        return self.seconds


def test_identifiers_of_one_process_ascend() -> None:
    made = [uuid7() for _ in range(20_000)]
    assert made == sorted(set(made))


def test_identifiers_ascend_while_the_clock_stands_or_goes_back() -> None:
    wall = Wall()
    make = Uuid7(wall)
    made = []
    for step_s in (0, 0, -3600, 0.0004, -0.001, 7200, -1, 0, 1):
        wall.seconds += step_s
        made += [make() for _ in range(50)]
    assert made == sorted(set(made))


def test_an_identifier_holds_the_time_version_and_variant() -> None:
    wall = Wall()
    made = uuid.UUID(Uuid7(wall)())
    assert made.int >> 80 == int(wall.seconds * 1000)
    assert (made.version, made.variant) == (7, uuid.RFC_4122)


def test_identifiers_are_unique_among_threads_and_ascend_in_each() -> None:
    make = Uuid7(Wall())

    def some(_: int) -> list[str]:
        return [make() for _ in range(500)]

    with ThreadPoolExecutor(8) as threads:
        parts = list(threads.map(some, range(8)))
    assert all(part == sorted(part) for part in parts)
    assert len({each for part in parts for each in part}) == 4000

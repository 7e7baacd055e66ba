"""How often a password may be tried, by name and by place."""

from typing import Any

import pytest

from agent_service.errors import TryLater
from agent_service.web.desk.tries import (
    PER_NAME,
    PER_NAME_AND_SOURCE,
    PER_SOURCE,
    WINDOW_S,
    Tries,
)


def test_one_name_from_one_place_is_tried_a_few_times(clock: Any) -> None:
    tries = Tries(clock)
    for _ in range(PER_NAME_AND_SOURCE):
        tries.begin("ann", "here")
    with pytest.raises(TryLater):
        tries.begin("ann", "here")
    tries.begin("ann", "there")
    tries.begin("bob", "here")
    clock.seconds += WINDOW_S
    tries.begin("ann", "here")


def test_one_place_cannot_try_every_name(clock: Any) -> None:
    tries = Tries(clock)
    for number in range(PER_SOURCE):
        tries.begin(f"user-{number}", "here")
    with pytest.raises(TryLater):
        tries.begin("ann", "here")
    tries.begin("ann", "there")


def test_one_name_cannot_be_tried_from_everywhere(clock: Any) -> None:
    tries = Tries(clock)
    for number in range(PER_NAME):
        tries.begin("ann", f"place-{number}")
    with pytest.raises(TryLater):
        tries.begin("ann", "here")


def test_a_whole_team_signs_in_from_one_place(clock: Any) -> None:
    tries = Tries(clock)
    for number in range(3 * PER_SOURCE):
        tries.begin(f"user-{number}", "proxy")
        tries.forgive(f"user-{number}", "proxy")
    for _ in range(PER_NAME_AND_SOURCE):
        tries.begin("ann", "proxy")

"""Tables of moves: which event takes a small machine from which state to which other."""

from collections.abc import Mapping
from enum import Enum
from typing import TypeAlias, TypeVar

E = TypeVar("E", bound=Enum)
S = TypeVar("S", bound=Enum)

Moves: TypeAlias = Mapping[E, Mapping[S, S]]
"""For each event, the states it may come in and the state each of them goes to."""


def after(moves: Moves[E, S], state: S, event: E, who: str) -> S:
    """Return the state that the event leads to; an event in a wrong state raises."""
    if state not in moves[event]:
        raise ValueError(f"{who}: {event.name} cannot come in {state.name}")
    return moves[event][state]

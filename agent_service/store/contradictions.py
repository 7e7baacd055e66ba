"""Whether conditions leave anything: what is said about the same thing has to leave a value.

Pure. What is compared is what was asked for, not what is on record.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from agent_service.errors import QueryProblem


@dataclass(frozen=True, slots=True)
class Bound:
    """What is said about something: that it is, or is not, a value; or on which side of one."""

    subject: str
    operator: str
    value: Any


def contradictions(asked: Iterable[tuple[str, tuple[Bound, ...]]]) -> Iterator[QueryProblem]:
    """Yield each name whose bounds leave nothing together with those of the names before it."""
    so_far: dict[str, list[tuple[str, Bound]]] = {}
    for name, bounds in asked:
        other = None
        for bound in bounds:
            earlier = so_far.setdefault(bound.subject, [])
            if other is None and not _is_possible([bound, *(one for _, one in earlier)]):
                other = _culprit(bound, earlier)
            earlier.append((name, bound))
        if other is not None:
            yield _problem(name, other)


def _problem(name: str, other: str) -> QueryProblem:
    if name == other:
        return QueryProblem(name, "leaves nothing")
    return QueryProblem(name, f"contradicts {other}: nothing can be both", contradicts=other)


def _culprit(bound: Bound, earlier: list[tuple[str, Bound]]) -> str:
    """Return the first name that contradicts by itself, or else the last one that was given."""
    alone = (name for name, one in earlier if not _is_possible([bound, one]))
    return next(alone, earlier[-1][0] if earlier else "")


def _is_possible(bounds: list[Bound]) -> bool:
    exact = [set(_values(one)) for one in bounds if one.operator in ("is", "in")]
    if exact:
        return any(all(_holds(one, value) for one in bounds) for value in set.union(*exact))
    lows = [(one.value, one.operator == "gt") for one in bounds if one.operator in ("gt", "gte")]
    highs = [(one.value, one.operator == "lt") for one in bounds if one.operator in ("lt", "lte")]
    if not lows or not highs:
        return True
    low, high = max(lows), min(highs, key=lambda one: (one[0], not one[1]))
    if isinstance(low[0], int) and isinstance(high[0], int):  # whole numbers lie one apart
        return low[0] + low[1] <= high[0] - high[1]
    return bool(low[0] < high[0] or (low[0] == high[0] and not low[1] and not high[1]))


def _values(bound: Bound) -> Iterable[Any]:
    return bound.value if bound.operator == "in" else (bound.value,)


def _holds(bound: Bound, value: Any) -> bool:
    match bound.operator:
        case "is":
            return bool(value == bound.value)
        case "in":
            return value in bound.value
        case "not":
            return bool(value != bound.value)
        case "gt":
            return bool(value > bound.value)
        case "gte":
            return bool(value >= bound.value)
        case "lt":
            return bool(value < bound.value)
        case _:
            return bool(value <= bound.value)

"""A question that nothing can answer is a mistake, and both of its sides are named."""

import operator
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_service.errors import QueryError
from agent_service.store.contradictions import Bound, contradictions
from agent_service.store.queries import CONVERSATIONS


@pytest.mark.parametrize(
    ("asked", "name", "other"),
    [
        ({"since": "2026-03-02", "until": "2026-03-01"}, "until", "since"),
        ({"turn_count__gt": "5", "turn_count__lt": "6"}, "turn_count__lt", "turn_count__gt"),
        ({"turn_count": "5", "turn_count__gte": "6"}, "turn_count__gte", "turn_count"),
        ({"cost_usd__gt": "1", "cost_usd__lte": "1"}, "cost_usd__lte", "cost_usd__gt"),
        ({"agent": "sales", "agent__not": "sales"}, "agent__not", "agent"),
        ({"agent__in": "a,b", "agent": "c"}, "agent", "agent__in"),
        ({"customer": "C-1", "caller": "C-2"}, "caller", "customer"),
        ({"is_open": "true", "end_reason": "idle"}, "end_reason", "is_open"),
        ({"duration_ms__gt": "5", "is_open": "1"}, "is_open", "duration_ms__gt"),
        ({"is_interrupted": "no", "interruption_count": "1"}, "is_interrupted", None),
        (
            {"is_interrupted": "0", "interruption_count": "1"},
            "interruption_count",
            "is_interrupted",
        ),
        ({"has_incident": "0", "incident": "disk_full"}, "incident", "has_incident"),
        ({"has_incident": "0", "incident_count__gt": "0"}, "incident_count__gt", "has_incident"),
        ({"tool": "find_order", "tool__in": "refund_order"}, "tool__in", "tool"),
        (
            {"turn_count__gt": "1", "turn_count__not": "2", "turn_count__lt": "2"},
            "turn_count__lt",
            "turn_count__gt",
        ),
    ],
)
def test_what_leaves_nothing_is_named(asked: dict[str, str], name: str, other: str | None) -> None:
    with pytest.raises(QueryError) as caught:
        CONVERSATIONS.parse(asked.items())
    found = {problem.field: problem.message for problem in caught.value.problems}
    message = f"contradicts {other}: nothing can be both" if other else "should be true or false"
    assert found == {name: message}


@pytest.mark.parametrize(
    "asked",
    [
        {"since": "2026-03-01", "until": "2026-03-01"},
        {"turn_count__gt": "5", "turn_count__lt": "7"},
        {"cost_usd__gte": "1", "cost_usd__lte": "1"},
        {"agent": "sales", "agent__in": "sales,support"},
        {"agent__not": "sales", "agent__in": "sales,support"},
        {"is_open": "true", "end_reason__not": "idle"},
        {"is_interrupted": "true", "interruption_count__gt": "3"},
        {"has_incident": "0", "incident__not": "disk_full"},
        {"flag": "notice", "flag__not": "cut_off"},
    ],
)
def test_what_leaves_something_is_asked(asked: dict[str, str]) -> None:
    assert CONVERSATIONS.parse(asked.items()).conditions


BOUNDS = st.builds(
    Bound,
    st.just("n"),
    st.sampled_from(["is", "not", "gt", "gte", "lt", "lte"]),
    st.integers(0, 4),
) | st.builds(Bound, st.just("n"), st.just("in"), st.lists(st.integers(0, 4), min_size=1))


def holds(bound: Bound, number: int) -> bool:
    compare: dict[str, Callable[[Any, Any], bool]] = {
        "is": operator.eq,
        "not": operator.ne,
        "in": lambda one, values: one in values,
        "gt": operator.gt,
        "gte": operator.ge,
        "lt": operator.lt,
        "lte": operator.le,
    }
    return compare[bound.operator](number, bound.value)


@given(st.lists(BOUNDS, max_size=4))
def test_a_contradiction_is_one(bounds: list[Bound]) -> None:
    found = list(contradictions((str(n), (bound,)) for n, bound in enumerate(bounds)))
    possible = any(all(holds(bound, number) for bound in bounds) for number in range(-1, 6))
    is_only_not = [bound for bound in bounds if bound.operator == "not"]
    # Gaps that single values leave in a range are not looked for: the answer is then just empty.
    assert not (found and possible)
    assert found or possible or is_only_not

"""In which order a list is given: one column or expression, and what tells equal ones apart."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal, TypeAlias

from sqlalchemy import ColumnElement, tuple_

_IDENTIFIER: Final = re.compile(r"[\w-]{1,36}", re.ASCII)
Placing: TypeAlias = Literal["number", "amount", "moment", "id"]


@dataclass(frozen=True, slots=True)
class Sort:
    """An order. Its columns are never empty and are unique together, so that they place a row."""

    columns: tuple[Any, ...]
    placings: tuple[Placing, ...]
    """What the columns hold."""
    is_ascending: bool = False

    def has_place(self, place: tuple[Any, ...]) -> bool:
        """Tell whether a place can be one of this order."""
        return len(place) == len(self.placings) and all(map(_fits, place, self.placings))

    def order(self, *, is_backward: bool = False) -> tuple[ColumnElement[Any], ...]:
        """Return what to order by; backward, what comes last comes first."""
        if self.is_ascending is not is_backward:
            return tuple(column.asc() for column in self.columns)
        return tuple(column.desc() for column in self.columns)

    def beyond(self, place: tuple[Any, ...], *, is_backward: bool = False) -> ColumnElement[bool]:
        """Return the condition of what comes after the place; backward, of what comes before."""
        row: Any = self.columns[0] if len(self.columns) == 1 else tuple_(*self.columns)
        there: Any = place[0] if len(self.columns) == 1 else tuple_(*place)
        condition: ColumnElement[bool] = (
            row > there if self.is_ascending is not is_backward else row < there
        )
        return condition


def _fits(value: Any, placing: Placing) -> bool:
    match placing:
        case "number":
            return type(value) is int and abs(value) < 2**63
        case "amount":
            return type(value) in (int, float) and abs(value) < float("inf")
        case "moment":
            return isinstance(value, datetime) and value.utcoffset() == timedelta(0)
        case "id":
            return isinstance(value, str) and _IDENTIFIER.fullmatch(value) is not None


def parse_sort(value: str, sorts: Mapping[str, Sort]) -> Sort:
    """Read the name of an order, with a minus before it for the largest first."""
    name = value.removeprefix("-")
    if name not in sorts:
        raise ValueError(f"should be one of {', '.join(sorts)}, with a - before it for the reverse")
    return replace(sorts[name], is_ascending=name == value)

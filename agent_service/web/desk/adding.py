"""Adding a filter in two steps, both of them an address: a field, then what is asked of it.

A value is chosen where all are known, and typed in the unit that the lists show.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Literal, TypeAlias

from agent_service.errors import QueryError
from agent_service.store.database import Database
from agent_service.store.filters import FLAG, SCORE, Field
from agent_service.store.known_values import MOST, known_values
from agent_service.store.pages import List
from agent_service.web.desk import asking
from agent_service.web.desk.asking import Parameters
from agent_service.web.desk.filter_words import (
    GROUPS,
    OPERATORS,
    Unit,
    title,
    unit_of,
    value_words,
)

Control: TypeAlias = Literal["choice", "day", "number", "text"]
OWN: Final = ("add", "how", "value")
"""What the two steps have in the address."""
_WORDS_S: Final = 0.5
"""How long a page is held up at most for the values that there are."""
_FACTORS: Final[Mapping[Unit, float]] = {"s": 1000, "%": 0.01}
_NO_SHARE: Final = "should be between 0 and 100"
_TIMES: Final = ("since", "until")


@dataclass(frozen=True, slots=True)
class Menu:
    """What can be added: by group, the title of each field and the address of its second step."""

    groups: Sequence[tuple[str, Sequence[tuple[str, str]]]]
    kept: Parameters
    """What the address asks for already."""
    adding: "Adding | None" = None
    """The field that was chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adding:
    """The second step."""

    field: str
    title: str
    operators: Sequence[tuple[str, str]]
    how: str
    control: Control
    values: Sequence[tuple[str, str]]
    unit: Unit
    value: str
    problem: str
    without: str
    """The address that adds nothing."""


@dataclass(frozen=True, slots=True)
class Added:
    """What an address asks to add."""

    parameters: Parameters | None
    """All that is asked for with it; nothing where it is not said whole, or wrong."""
    field: str = ""
    how: str = ""
    value: str = ""
    problem: str = ""


def read_added(rows: List[Any], given: Parameters) -> Added | None:
    """Return what an address asks to add; None where it adds nothing."""
    said = dict(given)
    if not said.keys() & set(OWN):
        return None
    others = asking.without(given, *OWN, "cursor")
    name, value = said.get("add", ""), said.get("value", "").strip()
    field = rows.fields.get(name)
    if field is None:
        return Added(others)
    how = said.get("how", "")
    if how not in _operators(name, field):
        how = _operators(name, field)[0]
    if not value:
        problem = "Say what is asked for." if "value" in said else ""
        return Added(None, name, how, value, problem)
    base = how if name in _TIMES else name
    asked = base if how in (field.operator, "is", *_TIMES) else f"{name}__{how}"
    try:
        parsed = _in_the_record(name, value)
        rows.parse([(asked, parsed)])
    except ValueError:
        return Added(None, name, how, value, "That is no number.")
    except QueryError as error:
        wrong = error.problems[0].message if unit_of(name) != "%" else _NO_SHARE
        return Added(None, name, how, "" if name in _TIMES else value, f"That {wrong}.")
    return Added(_with(others, asked, parsed, field))


def _with(others: Parameters, asked: str, value: str, field: Field) -> Parameters:
    """Return what is asked for with a filter: a second value of the same is one or the other."""
    both = f"{asked}__in"
    earlier = dict(others).get(both, dict(others).get(asked, ""))
    others = asking.without(others, asked, both)
    if not earlier or "in" not in field.kind.operators or asked.partition("__")[2]:
        return (*others, (asked, value))
    values = [*dict.fromkeys((*earlier.split(","), value))]
    if len(values) == 1 or "," in value:
        return (*others, (asked, value))
    return (*others, (both, ",".join(values)))


async def menu(
    path: str,
    rows: List[Any],
    kept: Parameters,
    added: Added | None,
    database: Database,
    tool_titles: Mapping[str, str],
    *,
    without: Sequence[str] = (),
    time_limit_s: float,
) -> Menu:
    """Return what can be added on a page, and the second step where a field was chosen."""
    groups = [
        (
            group,
            [
                (words.title, asking.address(path, (*kept, ("add", name))))
                for name, words in names.items()
                if name not in without
            ],
        )
        for group, names in GROUPS.items()
    ]
    if added is None or not added.field:
        return Menu(groups, kept)
    field = rows.fields[added.field]
    if added.field == "tool":
        values: Sequence[str] = sorted(tool_titles)
    else:
        work = partial(known_values, field=added.field)
        found = await asking.found_in_time(database, work, min(_WORDS_S, time_limit_s))
        values = found if found and len(found) <= MOST else []
    control, values = _control(added.field, field, values)
    step = Adding(
        field=added.field,
        title=title(added.field),
        operators=[(one, OPERATORS[one]) for one in _operators(added.field, field)],
        how=added.how,
        control=control,
        values=[(one, value_words(added.field, one, tool_titles.__getitem__)) for one in values],
        unit=unit_of(added.field),
        value=added.value,
        problem=added.problem,
        without=asking.address(path, kept),
    )
    return Menu(groups, kept, step)


def _operators(name: str, field: Field) -> tuple[str, ...]:
    """Return how a field can be asked for, as people choose it: one value at a time."""
    if name in _TIMES:
        return _TIMES
    return tuple(one for one in OPERATORS if one in field.kind.operators)


def _control(name: str, field: Field, known: Sequence[str]) -> tuple[Control, Sequence[str]]:
    if name in _TIMES:
        return "day", ()
    if field.kind is FLAG:
        return "choice", ("true", "false")
    if field.kind is SCORE:
        return "choice", [str(one) for one in range(1, 6)]
    values = field.kind.schema.get("enum") or known
    if values:
        return "choice", values
    return ("text" if field.kind.schema["type"] == "string" else "number"), ()


def _in_the_record(name: str, value: str) -> str:
    """Return a value in the unit of the record; raise ValueError where it is no number."""
    factor = _FACTORS.get(unit_of(name))
    return value if factor is None else f"{round(float(value) * factor, 6):.12g}"

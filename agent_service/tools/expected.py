"""What an argument must be, in plain words: from its schema, never a validator's words."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from pydantic_core import ErrorDetails

from agent_service.tools.schemas import JsonType, branches_of

_MOST_NAMED: Final = 20
_FORMATS: Final = {
    "date": "a date such as 2026-03-05",
    "date-time": "a date and a time such as 2026-03-05T14:30:00",
    "time": "a time such as 14:30",
    "duration": "a duration such as PT30M",
    "uuid": "a UUID",
    "uri": "a web address",
    "email": "an e-mail address",
}
_MORE: Final = {
    "date_past": "in the past",
    "date_future": "in the future",
    "datetime_past": "in the past",
    "datetime_future": "in the future",
    "timezone_aware": "with its distance from UTC, such as +01:00 or Z",
    "timezone_naive": "without a time zone",
    "decimal_max_places": "with at most {decimal_places} decimal places",
    "decimal_max_digits": "with at most {max_digits} digits",
    "decimal_whole_digits": "with at most {whole_digits} digits before the decimal point",
    "multiple_of": "that is a multiple of {multiple_of}",
}
"""What the schema leaves out, by the kind of mistake."""
_BOUNDS: Final = {
    "greater_than": "after {gt}",
    "greater_than_equal": "not before {ge}",
    "less_than": "before {lt}",
    "less_than_equal": "not after {le}",
}
"""Of dates and times: JSON Schema has no words for them."""


def problem_in_words(schema: JsonType, problem: ErrorDetails) -> str:
    """Say which part of the arguments is wrong, and what it must be."""
    path, part = _followed(schema, problem["loc"])
    described = str(part.get("description", "")).rstrip(".")
    about = f" ({described})" if described else ""
    kind, context = problem["type"], problem.get("ctx", {})
    match kind:
        case "missing" | "missing_argument" | "missing_keyword_only_argument":
            return f"{path}{about} is missing"
        case "extra_forbidden" | "unexpected_keyword_argument":
            last = problem["loc"][-1]
            return f"{path}.{last} does not exist" if path else f"{last} does not exist"
        case "value_error" | "assertion_error":  # the words of the model's own author
            return f"{path or 'arguments'}{about}: {context.get('error', 'not right')}"
    more = _MORE.get(kind) or (_BOUNDS.get(kind) if part.get("type") == "string" else None)
    must = f"{expected(part)} {more.format(**context)}" if more else expected(part)
    return f"{path or 'arguments'}{about} must be {must}"


def expected(schema: JsonType) -> str:
    """Say what a value of the schema is: ``a whole number from 1 to 9``."""
    if "const" in schema:
        return repr(schema["const"])
    if "enum" in schema:
        return _one_of(schema["enum"])
    if branches := branches_of(schema):
        return " or ".join(dict.fromkeys(map(expected, branches)))
    match schema.get("type"):
        case "string":
            return _text(schema)
        case "integer":
            return f"a whole number{_between(schema, 'minimum', 'maximum')}"
        case "number":
            return f"a number{_between(schema, 'minimum', 'maximum')}"
        case "boolean":
            return "true or false"
        case "array":
            return _counted("a list of", schema, "minItems", "maxItems", "members")
        case "object" if schema.get("properties"):
            return f"an object with {', '.join(list(schema['properties'])[:_MOST_NAMED])}"
        case "object":
            return _counted("an object of", schema, "minProperties", "maxProperties", "names")
        case _:
            return "left out"


def _text(schema: JsonType) -> str:
    form = schema.get("format", "")
    if form in _FORMATS:
        return _FORMATS[form]
    if form:
        return f"a text in the form of {form}"
    words = _counted("a text of", schema, "minLength", "maxLength", "characters")
    return f"{words}, in the form that is described" if "pattern" in schema else words


def _counted(what: str, schema: JsonType, least: str, most: str, things: str) -> str:
    low, high = schema.get(least, 0), schema.get(most)
    if high is None:
        return f"{what} {low} or more {things}" if low else what.rpartition(" ")[0]
    return f"{what} {low} to {high} {things}" if low else f"{what} at most {high} {things}"


def _between(schema: JsonType, least: str, most: str) -> str:
    ends = (
        ("from", least),
        ("above", f"exclusive{least.capitalize()}"),
        ("to", most),
        ("below", f"exclusive{most.capitalize()}"),
    )
    return "".join(f" {word} {_number(schema[end])}" for word, end in ends if end in schema)


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


def _one_of(values: Iterable[Any]) -> str:
    named = [repr(value) for value in values]
    more = f" or one of {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    return f"one of {', '.join(named[:_MOST_NAMED])}{more}"


def _followed(schema: JsonType, loc: tuple[int | str, ...]) -> tuple[str, JsonType]:
    """Return how the place is written, and its schema; the name of a branch is no part of it."""
    path = ""
    for step in loc:
        found = next(_children(schema, step), None)
        if found is None:
            continue
        schema = found
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path, schema


def _children(schema: JsonType, step: int | str) -> Iterator[JsonType]:
    for branch in branches_of(schema):
        yield from _children(branch, step)
    if isinstance(step, int):
        parts = schema.get("prefixItems", ())
        yield from parts[step : step + 1]
        yield from _schemas(schema.get("items"))
    else:
        yield from _schemas(schema.get("properties", {}).get(step))
        yield from _schemas(schema.get("additionalProperties"))


def _schemas(found: Any) -> Iterator[JsonType]:
    if isinstance(found, Mapping):
        yield found

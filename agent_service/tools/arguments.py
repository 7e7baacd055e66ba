"""A tool's arguments, from the model's JSON to checked values and a hash that names them."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import to_jsonable_python

from agent_service import strict_json
from agent_service.errors import ToolError
from agent_service.redaction import REDACTED, redact, redact_for_record, redact_value
from agent_service.strict_json import BadJson
from agent_service.tools.asking_again import MISHEARD, to_caller, to_model
from agent_service.tools.schemas import is_free_text
from agent_service.tools.tool import Tool

_MAX_BYTES: Final = 16_384
_MAX_PROBLEMS: Final = 5
_BIGGEST_WHOLE: Final = 2**53
"""A larger float is not exactly the number that was written."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """Checked arguments."""

    values: dict[str, Any]
    """By name, as the tool's function takes them."""
    hash: str
    """Of the tool's name and the canonical arguments."""


def parse(tool: Tool, text: str) -> Arguments:
    """Return the checked arguments, or raise ToolError ``fix_arguments``."""
    try:
        # What surely is a card or a password never reaches a tool, or what it writes.
        decoded = _whole_numbers(
            without_secrets(strict_json.loads(text or "{}", max_bytes=_MAX_BYTES, max_depth=8))
        )
    except BadJson as error:
        note = f"The arguments cannot be read. {error.message}"
        raise ToolError("fix_arguments", MISHEARD, note=note) from None
    try:
        model = _checked(tool, decoded)
    except ValidationError as error:
        problems = error.errors(include_input=False, include_url=False)[:_MAX_PROBLEMS]
        note = redact(to_model(tool, problems))
        raise ToolError("fix_arguments", to_caller(tool, problems), note=note) from None
    canonical = json.dumps(
        _canonical(model.model_dump(warnings=False)), sort_keys=True, separators=(",", ":")
    )
    values = {name: getattr(model, name) for name in tool.arguments.model_fields}
    return Arguments(values, digest(tool.name, canonical))


def values_at(values: Mapping[str, Any], path: str) -> Iterator[Any]:
    """Yield what is given at a path such as ``visits.pet``: of a list, each member."""
    name, _, rest = path.partition(".")
    yield from _members(values[name], rest)


def _members(value: Any, path: str) -> Iterator[Any]:
    if value is None:
        return
    if isinstance(value, list | tuple | set | frozenset) and not hasattr(value, "_fields"):
        for member in value:
            yield from _members(member, path)
    elif path:
        name, _, rest = path.partition(".")
        # What has no such part raises: who owns it cannot be told.
        part = value.get(name) if isinstance(value, dict) else getattr(value, name)
        yield from _members(part, rest)
    else:
        yield value


def digest(*parts: str) -> str:
    """Return the hash of the parts, told apart from any other way to cut the same text."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def without_secrets(value: Any) -> Any:
    """Return JSON with the secrets in its texts taken out."""
    return redact_value(value)


def redacted(tool: Tool, text: str) -> str:
    """Return the arguments as they may be kept: without secrets, and without what is declared."""
    try:
        decoded = strict_json.loads(text, max_bytes=_MAX_BYTES, max_depth=8)
    except BadJson:
        return "{}"
    if not isinstance(decoded, dict):
        return "{}"
    return json.dumps(
        {
            key: REDACTED if key in tool.redacted else redact_value(value, redact_for_record, key)
            for key, value in decoded.items()
        }
    )


def without_free_text(tool: Tool, text: str) -> dict[str, Any]:
    """Return the arguments that say what is to be done; free words beside them say why."""
    described = tool.schema().get("properties", {})
    return {
        name: _canonical(_whole_numbers(value))
        for name, value in json.loads(text).items()
        if value is not None and not is_free_text(described.get(name, {}))
    }


def _canonical(value: Any) -> Any:
    """Return the value as JSON that is the same however it was written: a set has no order."""
    match value:
        case dict():
            return {str(name): _canonical(one) for name, one in value.items()}
        case set() | frozenset():
            return sorted((_canonical(one) for one in value), key=json.dumps)
        case list() | tuple():
            return [_canonical(one) for one in value]
        case Decimal():
            return f"{value.normalize():f}"
        case _:
            return to_jsonable_python(value)


def _checked(tool: Tool, decoded: Any) -> BaseModel:
    """Return the arguments' model; unknown ones are refused at every depth."""
    check = partial(tool.arguments.model_validate_json, strict=True, extra="forbid")
    try:
        return check(json.dumps(decoded))
    except ValidationError as error:
        nulls = [tuple(one["loc"]) for one in error.errors() if one["input"] is None]
        if not nulls:
            raise
        return check(json.dumps(_without(decoded, nulls)))


def _without(decoded: Any, nulls: list[tuple[int | str, ...]]) -> Any:
    """Leave out what is null although it may not be: it says the same as leaving it out."""

    def left(value: Any, path: tuple[int | str, ...]) -> Any:
        if not isinstance(value, dict):
            return value
        return {
            name: left(one, (*path, name))
            for name, one in value.items()
            if one is not None or (*path, name) not in nulls
        }

    return left(decoded, ())


def _whole_numbers(value: Any) -> Any:
    """Write 5.0 as 5, which to JSON Schema is the same integer."""
    match value:
        case float() if value.is_integer() and abs(value) <= _BIGGEST_WHOLE:
            return int(value)
        case list():
            return [_whole_numbers(one) for one in value]
        case dict():
            return {name: _whole_numbers(one) for name, one in value.items()}
        case _:
            return value

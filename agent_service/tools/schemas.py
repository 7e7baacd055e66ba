"""The JSON Schema of a tool's arguments: flat, closed, and bounded everywhere."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

JsonType = Mapping[str, Any]

_SHORT_FORMATS: Final = frozenset(
    ["date", "date-time", "time", "duration", "ipv4", "ipv6", "uuid"]
    + [f"uuid{version}" for version in range(1, 9)]
)
"""Of texts that cannot be long; a URL or an e-mail address can."""

_LEFT_OUT: Final = ("title", "$defs", "discriminator")
_VALUES: Final = ("default", "const", "enum", "examples")
"""What holds values, not schemas."""


class EndlessSchema(ValueError):
    """The arguments hold a model that holds itself, so they may be nested without end."""


def schema_of(arguments: type[BaseModel]) -> JsonType:
    """Return the schema with shared parts in place; raise EndlessSchema where that never ends."""
    whole = arguments.model_json_schema(schema_generator=_Generator)
    schema: JsonType = _flat(whole, whole.get("$defs", {}), ())
    return schema


def is_free_text(schema: JsonType) -> bool:
    """Tell whether anything may be written there."""
    return schema.get("type") == "string" and not schema.keys() & {
        "enum",
        "const",
        "pattern",
        "format",
    }


def unbounded(name: str, schema: JsonType) -> Iterator[tuple[str, str]]:
    """Say where an argument may grow without end: the part's name, and what it needs."""
    if "enum" in schema or "const" in schema:
        return
    branches = branches_of(schema)
    for branch in branches:
        yield from unbounded(name, branch)
    match schema.get("type"):
        case "boolean" | "null":
            return
        case "string":
            if "maxLength" not in schema and schema.get("format") not in _SHORT_FORMATS:
                yield name, "needs a max_length"
        case "integer" | "number":
            if not _has(schema, "minimum") or not _has(schema, "maximum"):
                yield name, "needs a lower and an upper bound"
        case "array":
            yield from _unbounded_list(name, schema)
        case "object":
            yield from _unbounded_object(name, schema)
        case _ if not branches:
            yield name, "needs a type that says what it may be, not Any"


def branches_of(schema: JsonType) -> list[JsonType]:
    """Return what the schema may be one of, or is all of."""
    return [branch for word in ("anyOf", "oneOf", "allOf") for branch in schema.get(word, ())]


def part_of(schema: JsonType, path: str) -> JsonType | None:
    """Return the part at a path such as ``visits.pet``, through lists and alternatives.

    None where there is no such part, or not in all that the value may be.
    """
    name, _, rest = path.partition(".")
    if schema.get("type") == "array":
        return part_of(schema.get("items") or {}, path)
    if branches := branches_of(schema):
        parts = [part_of(branch, path) for branch in branches]
        return parts[0] if all(parts) else None
    part: JsonType | None = schema.get("properties", {}).get(name)
    return part_of(part, rest) if rest and part is not None else part


def _unbounded_list(name: str, schema: JsonType) -> Iterator[tuple[str, str]]:
    if "maxItems" not in schema:
        yield name, "needs a max_length"
    for part in (*schema.get("prefixItems", ()), schema.get("items", False)):
        if part is not False:
            yield from unbounded(f"{name}[]", part)


def _unbounded_object(name: str, schema: JsonType) -> Iterator[tuple[str, str]]:
    for key, part in schema.get("properties", {}).items():
        yield from unbounded(f"{name}.{key}", part)
    others = schema.get("additionalProperties", False)
    if others is False:
        return
    if "maxProperties" not in schema:
        yield name, "needs a max_length"
    if "maxLength" not in schema.get("propertyNames", {}):
        yield name, "needs keys with a max_length"
    yield from unbounded(f"{name}[]", {} if others is True else others)


def _has(schema: JsonType, bound: str) -> bool:
    return bound in schema or f"exclusive{bound.capitalize()}" in schema


class _Generator(GenerateJsonSchema):
    """Says of a decimal that it is a number; a text of digits is taken as well."""

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        number: JsonSchemaValue = super().decimal_schema(schema)["anyOf"][0]
        return number


def _flat(schema: Any, shared: JsonType, within: tuple[str, ...]) -> Any:
    """Drop titles, put shared parts in place, and fold ``X or null``: leaving out says the same."""
    match schema:
        case {"$ref": str(reference), **rest}:
            name = reference.rpartition("/")[2]
            if name in within:
                raise EndlessSchema(name)
            return _flat({**shared[name], **rest}, shared, (*within, name))
        case {"anyOf": [part, {"type": "null"}] | [{"type": "null"}, part], **rest}:
            rest.pop("default", None)
            return _flat({**part, **rest}, shared, within)
        case dict():
            flat = {
                key: _flat_part(key, part, shared, within)
                for key, part in schema.items()
                if key not in _LEFT_OUT
            }
            return {"additionalProperties": False} | flat if "properties" in flat else flat
        case list():
            return [_flat(part, shared, within) for part in schema]
        case _:
            return schema


def _flat_part(key: str, part: Any, shared: JsonType, within: tuple[str, ...]) -> Any:
    if key in _VALUES:
        return part
    if key == "properties":
        return {name: _flat(value, shared, within) for name, value in part.items()}
    return _flat(part, shared, within)

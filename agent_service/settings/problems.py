"""Mistakes in settings, in words: where, what, and what to do. Never shows a secret."""

import difflib
import re
import types
from collections.abc import Callable, Iterator
from typing import Any, Union, get_args, get_origin

from pydantic import SecretStr, ValidationError
from pydantic_core import ErrorDetails

from agent_service.redaction import redact
from agent_service.section import Section
from agent_service.settings.own_section import name_of_section
from agent_service.settings.toml_file import KeyPath


def describe(
    error: ValidationError,
    model: type[Section],
    place: Callable[[KeyPath], str],
    company: str | None = None,
) -> Iterator[str]:
    """Yield one sentence for each mistake; ``place`` tells where a key was set."""
    for detail in error.errors(include_url=False):
        keys = tuple(detail["loc"])
        yield f"{place(keys)}: {_sentence(detail, keys, model, company)}"


def _sentence(
    detail: ErrorDetails, keys: KeyPath, model: type[Section], company: str | None
) -> str:
    name = ".".join(str(key) for key in keys)
    match detail["type"]:
        case "extra_forbidden" if isinstance(detail["input"], dict) and len(keys) == 1:
            return f"nobody claims the section [{name}]: {_owners(keys, model, company)}"
        case "extra_forbidden":
            return f"unknown setting {name}: {_suggestion(keys, model)}"
        case "missing":
            return f"{name} is missing: {_description(keys, model)}"
        case "value_error" if isinstance(detail["input"], dict):
            return f"{name}: {detail['ctx']['error']}"
        case "model_type" | "dict_type":
            return f"{name} is a section: write [{name}] and its settings below it"
        case _:
            value = _value(detail["input"], keys, model)
            return f"{name}{value} {_rule(detail)}. {_description(keys, model)}".rstrip()


def _rule(detail: ErrorDetails) -> str:
    text = str(detail["ctx"]["error"]) if detail["type"] == "value_error" else detail["msg"]
    if detail["type"] == "string_pattern_mismatch":
        return "is not of the right form"
    text = text.replace("items after validation, not", "characters, not")  # of a secret
    return re.sub(r"^(Input|String|Value|Tuple) (?=should)", "", text)


def _value(value: Any, keys: KeyPath, model: type[Section]) -> str:
    if not isinstance(value, str | int | float) or _holds_secret(_annotation(keys, model)):
        return ""
    shown = redact(str(value)) if isinstance(value, str) else str(value).lower()
    return f" = {shown[:80]!r}" if isinstance(value, str) else f" = {shown}"


def _suggestion(keys: KeyPath, model: type[Section]) -> str:
    section = section_at(keys[:-1], model)
    known = sorted(section.model_fields) if section else []
    prefix = "".join(f"{key}." for key in keys[:-1])
    for path in known_settings(model):
        if path.replace(".", "_") == keys[-1]:  # AGENT_SERVICE_SERVER_PORT: one underscore is short
            return f"did you mean {path}?"
    close = difflib.get_close_matches(str(keys[-1]), known, n=1)
    if close:
        return f"did you mean {prefix}{close[0]}?"
    elsewhere = [path for path in known_settings(model) if path.split(".")[-1] == keys[-1]]
    if elsewhere:
        return f"did you mean {elsewhere[0]}?"
    return f"known here are {', '.join(known)}"


def _owners(keys: KeyPath, model: type[Section], company: str | None) -> str:
    sections = [name for name in sorted(model.model_fields) if section_at((name,), model)]
    close = difflib.get_close_matches(str(keys[0]), sections, n=1)
    if close:
        return f"did you mean [{close[0]}]?"
    if company is not None:
        own = name_of_section(company)
        return f'company = "{company}" has the section [{own}]: name both alike'
    return f'a company\'s own has the name of its module, as in company = "{keys[0]}"'


def known_settings(model: type[Section], prefix: str = "") -> Iterator[str]:
    """Yield the dotted name of every setting."""
    for name, field in model.model_fields.items():
        inner = _section_in(field.annotation)
        if inner is None:
            yield f"{prefix}{name}"
        else:
            yield from known_settings(inner, f"{prefix}{name}.")


def section_at(keys: KeyPath, model: type[Section]) -> type[Section] | None:
    """Return the section that the keys lead to."""
    section: type[Section] | None = model
    for key in keys:
        field = section.model_fields.get(str(key)) if section else None
        section = _section_in(field.annotation) if field else None
    return section


def _annotation(keys: KeyPath, model: type[Section]) -> Any:
    names = [key for key in keys if isinstance(key, str)]
    section = section_at(tuple(names[:-1]), model)
    field = section.model_fields.get(names[-1]) if section and names else None
    return field.annotation if field else None


def _description(keys: KeyPath, model: type[Section]) -> str:
    names = [key for key in keys if isinstance(key, str)]
    section = section_at(tuple(names[:-1]), model)
    field = section.model_fields.get(names[-1]) if section and names else None
    return " ".join((field.description or "").replace("`", "").split()) if field else ""


def _section_in(annotation: Any) -> type[Section] | None:
    for part in _parts(annotation):
        if isinstance(part, type) and issubclass(part, Section):
            return part
    return None


def _holds_secret(annotation: Any) -> bool:
    return SecretStr in _parts(annotation)


def is_tuple(keys: KeyPath, model: type[Section]) -> bool:
    """Return whether the setting is a list of values."""
    return get_origin(_annotation(keys, model)) is tuple


def _parts(annotation: Any) -> Iterator[Any]:
    """Yield the members of a union; other types as they are."""
    if get_origin(annotation) in (Union, types.UnionType):
        for part in get_args(annotation):
            yield from _parts(part)
    elif hasattr(annotation, "__metadata__"):
        yield from _parts(get_args(annotation)[0])
    else:
        yield annotation

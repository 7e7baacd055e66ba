"""What a tool's JSON Schema asks for: each property as a slot of one kind, read from type,
name, description, format."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from agent_service.offline.english.numbers import TEENS, UNITS
from agent_service.offline.responder.slot_kinds import SlotKind, kind_of
from agent_service.offline.responder.spans import span_of
from agent_service.offline.responder.words import human, split_name

INSIDE = "\u2192"
"""Between the name of an object and that of a part of it."""
_DEEPEST = 3
_CODE = re.compile(r"[A-Z]{1,4}\d{0,3}|\d{1,4}")
_CALLED = r"(?:=|:|-|\u2013|\(|means|is|for|stands for)"
_FEW_WORDS = r"\w[\w'/-]*(?: \w[\w'/-]*){0,3}"


@dataclass(frozen=True, slots=True)
class Slot:
    name: str
    kind: SlotKind
    is_required: bool
    description: str = ""
    json_type: str = "string"
    pattern: str | None = None
    examples: tuple[str, ...] = ()
    choices: tuple[Any, ...] = ()
    names: tuple[str, ...] = ()
    """What callers call the choices: "NHV" is Northhaven where the description says so."""
    minimum: float | None = None
    maximum: float | None = None
    is_in_cents: bool = False
    is_past: bool = False
    item: "Slot | None" = None
    """What a list holds."""

    parts: "tuple[Slot, ...]" = ()
    """What an object in a list holds."""
    group: str = ""
    """The optional object of which it is a part that may not lack."""

    @property
    def leaf(self) -> str:
        """The name, of an object's part its own."""
        return self.name.rpartition(INSIDE)[2]

    @property
    def label(self) -> str:
        """The own name as words."""
        return human(self.leaf)

    def is_needed(self, values: Mapping[str, Any]) -> bool:
        """Return whether a call with these values still lacks it."""
        if self.name in values:
            return False
        is_begun = self.group and any(name.startswith(self.group + INSIDE) for name in values)
        return self.is_required or bool(is_begun)


_PAST_WORDS_WORDS = "birth birthday born dob purchased bought purchase received since past"
_PAST_WORDS = set(_PAST_WORDS_WORDS.split())
_EXAMPLE = re.compile(
    r"(?:e\.g\.|such as|for example|for instance|like|"
    r"example:)[:,]?\s+[\"'`\u201c]?((?:[A-Za-z0-9][\w-]*\d[\w-]*|\d[\w-]*)"
    r"(?: (?=[A-Z]*\d)(?=\d*[A-Z])\w+)?)"
)
_COUNT_WORDS = {word: value for word, value in {**UNITS, **TEENS}.items() if 3 <= value <= 10}
_DIGIT_COUNT = re.compile(rf"\b(\d+|{'|'.join(_COUNT_WORDS)})[- ]digits?\b", re.I)


def slots_of(parameters: Mapping[str, Any]) -> tuple[Slot, ...]:
    """Return the slots of a JSON Schema object, required ones first."""
    definitions = {**(parameters.get("$defs") or {}), **(parameters.get("definitions") or {})}
    slots = _members(parameters, definitions)
    return tuple(sorted(slots, key=lambda slot: not slot.is_required))


def _members(
    schema: Mapping[str, Any], definitions: Mapping[str, Any], path: str = "", group: str = ""
) -> list[Slot]:
    """Return the slots of an object; those of an object in it have its name before theirs."""
    required = schema.get("required") or ()
    slots: list[Slot] = []
    for name, given in (schema.get("properties") or {}).items():
        if not isinstance(given, Mapping):
            continue
        inner = _resolved(given, definitions)
        is_required = name in required
        if _type(inner) == "object" and inner.get("properties") and path.count(INSIDE) < _DEEPEST:
            own = group or ("" if is_required else f"{path}{name}")
            slots += _members(inner, definitions, f"{path}{name}{INSIDE}", own)
        else:
            slot = _slot(f"{path}{name}", inner, is_required and not group, definitions)
            slots.append(replace(slot, group=group if is_required else ""))
    return slots


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values by path as the objects that a tool takes."""
    made: dict[str, Any] = {}
    for path, value in values.items():
        *outer, name = path.split(INSIDE)
        place = made
        for key in outer:
            place = place.setdefault(key, {})
        place[name] = value
    return made


def flat(given: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """Return the values in objects by their paths."""
    made: dict[str, Any] = {}
    for name, value in given.items():
        made |= (
            flat(value, path + name + INSIDE) if isinstance(value, dict) else {path + name: value}
        )
    return made


def _resolved(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a reference and look through "or null"."""
    if isinstance(ref := schema.get("$ref"), str):
        target = definitions.get(ref.rsplit("/", 1)[-1], {})
        return {**_resolved(target, {}), **{k: v for k, v in schema.items() if k != "$ref"}}
    for key in ("anyOf", "oneOf", "allOf"):
        for option in schema.get(key) or ():
            if isinstance(option, Mapping) and option.get("type") != "null":
                rest = {k: v for k, v in schema.items() if k != key}
                return {**_resolved(option, definitions), **rest}
    return schema


def _slot(
    name: str, schema: Mapping[str, Any], is_required: bool, definitions: Mapping[str, Any]
) -> Slot:
    json_type = _type(schema)
    description = str(schema.get("description") or schema.get("title") or "")
    words = set(split_name(name.rpartition(INSIDE)[2]))
    said = words | set(re.findall(r"[a-z]+", description.lower()))
    choices = tuple(schema.get("enum") or ((schema["const"],) if "const" in schema else ()))
    item: Slot | None = None
    parts: tuple[Slot, ...] = ()
    is_deep = name.count(INSIDE) >= _DEEPEST
    if json_type == "object" and not is_deep:
        parts = tuple(_members(schema, definitions, name + INSIDE))
    if json_type == "array" and not is_deep:
        inner = schema.get("items") if isinstance(schema.get("items"), Mapping) else {}
        resolved = _resolved(inner or {}, definitions)
        item = _slot(
            name + INSIDE + name.rpartition(INSIDE)[2].removesuffix("s"),
            {"description": description, **resolved},
            is_required,
            definitions,
        )
    return Slot(
        name=name,
        kind=kind_of(json_type, words, description, schema, has_choices=bool(choices)),
        is_required=is_required,
        description=description,
        json_type=json_type,
        pattern=schema.get("pattern") if isinstance(schema.get("pattern"), str) else None,
        examples=_examples(schema, description),
        choices=choices,
        names=tuple(_name(choice, description) for choice in choices),
        minimum=_number(schema.get("minimum")),
        maximum=_number(schema.get("maximum")),
        is_in_cents=bool(said & {"cents", "minor", "pence"}),
        is_past=bool(said & _PAST_WORDS),
        item=item,
        parts=parts,
    )


def _name(choice: Any, description: str) -> str:
    """Return what callers call a choice: a code by what the description calls it, "08-12" as a
    span, else its own words."""
    code = str(choice)
    if (span := span_of(code)) is not None:
        return span.words
    if _CODE.fullmatch(code):
        own = re.escape(code)
        for form in (rf"(?<!\w){own}\s*{_CALLED}\s*({_FEW_WORDS})", rf"({_FEW_WORDS})\s\({own}\)"):
            if m := re.search(form, description):
                return m[1]
    return human(code)


def _type(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((k for k in kind if k != "null"), "string")
    return kind if isinstance(kind, str) else "string"


def _examples(schema: Mapping[str, Any], description: str) -> tuple[str, ...]:
    given = schema.get("examples")
    examples = [str(e) for e in given] if isinstance(given, list) else []
    if "example" in schema:
        examples.append(str(schema["example"]))
    examples += _EXAMPLE.findall(description)
    if not examples and (m := _DIGIT_COUNT.search(description)):
        count = m[1].lower()
        examples.append("1" * (int(count) if count.isdigit() else _COUNT_WORDS[count]))
    return tuple(examples)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None

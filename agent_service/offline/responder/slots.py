"""What a tool's JSON Schema asks for: each property as a slot of one kind, read from type,
name, description, format."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from agent_service.offline.responder.words import human, split_name


class SlotKind(Enum):
    IDENTIFIER = "identifier"
    EMAIL = "email"
    PHONE = "phone"
    DATE = "date"
    TIME = "time"
    DATE_TIME = "date_time"
    AMOUNT = "amount"
    COUNT = "count"
    FLAG = "flag"
    CHOICE = "choice"
    NAME = "name"
    LIST = "list"
    REASON = "reason"
    QUESTION = "question"
    SUBJECT = "subject"
    TEXT = "text"
    """Free words of the caller: a description, a message."""
    PHRASE = "phrase"
    """A short thing with a name: an item, a city, a title."""


FREE_TEXT = frozenset({SlotKind.REASON, SlotKind.QUESTION, SlotKind.SUBJECT, SlotKind.TEXT})


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
    minimum: float | None = None
    maximum: float | None = None
    is_in_cents: bool = False
    is_past: bool = False
    item: "Slot | None" = None
    """What a list holds."""

    @property
    def label(self) -> str:
        """The name as words."""
        return human(self.name)


ID_WORDS = {
    "number",
    "id",
    "code",
    "reference",
    "ref",
    "no",
    "key",
    "isbn",
    "sku",
    "serial",
    "token",
    "pin",
    "zip",
    "postcode",
    "postal",
    "barcode",
    "identifier",
    "vin",
    "iban",
    "plate",
}
_NAME_KINDS: tuple[tuple[SlotKind, set[str]], ...] = (
    (SlotKind.EMAIL, {"email", "mail"}),
    (SlotKind.PHONE, {"phone", "telephone", "mobile", "callback"}),
    (SlotKind.TIME, {"time", "hour"}),
    (SlotKind.DATE, {"date", "day", "birthday", "dob", "deadline", "when"}),
    (SlotKind.QUESTION, {"question", "query", "search", "keywords", "topic"}),
    (SlotKind.REASON, {"reason", "why", "cause", "symptoms", "symptom"}),
    (SlotKind.SUBJECT, {"subject", "title", "headline", "heading"}),
    (
        SlotKind.TEXT,
        {
            "description",
            "message",
            "summary",
            "details",
            "detail",
            "comment",
            "comments",
            "note",
            "notes",
            "problem",
            "issue",
            "text",
            "body",
            "content",
            "feedback",
            "instructions",
            "complaint",
            "request",
        },
    ),
)
_PERSON = {
    "name",
    "person",
    "patient",
    "member",
    "customer",
    "caller",
    "doctor",
    "surname",
    "author",
    "recipient",
    "guest",
}
_AMOUNT_WORDS = {"amount", "price", "sum", "total", "cost", "fee", "budget", "payment"}
_PAST_WORDS = {
    "birth",
    "birthday",
    "born",
    "dob",
    "purchased",
    "bought",
    "purchase",
    "received",
    "since",
    "past",
}
_EXAMPLE = re.compile(
    r"(?:e\.g\.|such as|for example|for instance|like|"
    r"example:)[:,]?\s+[\"'`\u201c]?([A-Za-z0-9][\w-]*\d[\w-]*|\d[\w-]*)"
)
_DIGIT_COUNT = re.compile(r"\b(\d+|three|four|five|six|seven|eight|nine|ten)[- ]digits?\b", re.I)
_COUNT_WORDS = {
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}


def slots_of(parameters: Mapping[str, Any]) -> tuple[Slot, ...]:
    """Return the slots of a JSON Schema object, required ones first."""
    required = parameters.get("required") or ()
    properties = parameters.get("properties") or {}
    definitions = {**(parameters.get("$defs") or {}), **(parameters.get("definitions") or {})}
    slots = [
        _slot(name, _resolved(schema, definitions), name in required, definitions)
        for name, schema in properties.items()
        if isinstance(schema, Mapping)
    ]
    return tuple(sorted(slots, key=lambda slot: not slot.is_required))


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
    words = set(split_name(name))
    said = words | set(re.findall(r"[a-z]+", description.lower()))
    choices = tuple(schema.get("enum") or ((schema["const"],) if "const" in schema else ()))
    item = None
    if json_type == "array":
        inner = schema.get("items") if isinstance(schema.get("items"), Mapping) else {}
        resolved = _resolved(inner or {}, definitions)
        item = _slot(
            name.removesuffix("s"),
            {"description": description, **resolved},
            is_required,
            definitions,
        )
    return Slot(
        name=name,
        kind=_kind(json_type, words, said, description, schema, choices),
        is_required=is_required,
        description=description,
        json_type=json_type,
        pattern=schema.get("pattern") if isinstance(schema.get("pattern"), str) else None,
        examples=_examples(schema, description),
        choices=choices,
        minimum=_number(schema.get("minimum")),
        maximum=_number(schema.get("maximum")),
        is_in_cents=bool(said & {"cents", "minor", "pence"}),
        is_past=bool(said & _PAST_WORDS),
        item=item,
    )


def _type(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((k for k in kind if k != "null"), "string")
    return kind if isinstance(kind, str) else "string"


def _kind(
    json_type: str,
    words: set[str],
    said: set[str],
    description: str,
    schema: Mapping[str, Any],
    choices: tuple[Any, ...],
) -> SlotKind:
    if choices and json_type != "array":
        return SlotKind.CHOICE
    match json_type:
        case "array":
            return SlotKind.LIST
        case "boolean":
            return SlotKind.FLAG
        case "integer" | "number":
            if words & ID_WORDS and not words & {"of"}:
                return SlotKind.IDENTIFIER
            return (
                SlotKind.AMOUNT
                if json_type == "number" or words & _AMOUNT_WORDS
                else SlotKind.COUNT
            )
    match schema.get("format"):
        case "email":
            return SlotKind.EMAIL
        case "date":
            return SlotKind.DATE
        case "time":
            return SlotKind.TIME
        case "date-time":
            return SlotKind.DATE_TIME
        case "phone" | "tel":
            return SlotKind.PHONE
        case "uuid":
            return SlotKind.IDENTIFIER
    if (
        schema.get("pattern")
        and re.search(r"\\d|0-9", str(schema["pattern"]))
        and not words & {"date", "time", "phone", "email"}
    ):
        return SlotKind.IDENTIFIER
    return _kind_by_name(words, said, description)


def _kind_by_name(words: set[str], said: set[str], description: str) -> SlotKind:
    for kind, names in _NAME_KINDS[:2]:
        if words & names and not words & {"id", "type"}:
            return kind
    if words & ID_WORDS:
        return SlotKind.IDENTIFIER
    for kind, names in _NAME_KINDS[2:]:
        if words & names:
            return kind
    if words & _AMOUNT_WORDS:
        return SlotKind.AMOUNT
    if words & _PERSON or (words & {"first", "last", "full"} and "name" in said):
        return SlotKind.NAME
    first_sentence = description.split(".", maxsplit=1)[0]
    # "Street and house number" is more than its number.
    if " and " not in first_sentence and re.search(
        r"\b(?:number|identifier|code|id)\b", first_sentence, re.I
    ):
        return SlotKind.IDENTIFIER
    return SlotKind.PHRASE


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

"""Postal addresses in speech: street, city and postcode said in one go, for tools that take them
apart."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from agent_service.offline.responder.identifiers import heard_identifiers
from agent_service.offline.responder.slot_kinds import SlotKind
from agent_service.offline.responder.slots import Slot
from agent_service.offline.responder.toolset import Tool
from agent_service.offline.responder.words import split_name


class Part(Enum):
    STREET = "street"
    CITY = "city"
    POSTCODE = "postcode"


_NAMES: Mapping[Part, frozenset[str]] = {
    Part.STREET: frozenset({"street", "road"}),
    Part.CITY: frozenset({"city", "town", "locality"}),
    Part.POSTCODE: frozenset({"postcode", "postal", "zip", "zipcode", "plz"}),
}
_WAY = (
    r"(?:street|st\.?|road|rd\.?|avenue|ave\.?|lane|drive|boulevard|blvd\.?|way|court|place|square"
    r"|terrace|close|crescent|highway|alley|parkway)"
)
_STREET = re.compile(
    rf"\b(?P<street>(?:\d+[a-z]?\s+(?:[^\W\d][\w.'\u2019-]*\s+){{1,4}}?{_WAY}\b"
    r"|[^\W\d_]+(?:stra(?:ss|\u00df)e|str\.|weg|gasse|platz|allee|damm)\s+\d+[a-z]?\b)"
    r"(?:,?\s+(?:apartment|apt\.?|flat|unit|suite|floor)\s+\w+)?)",
    re.IGNORECASE,
)
_CITY_LEAD = re.compile(
    r"^[\s,.;]*(?:(?:and|in|the|city|town|of|is|it's|which|that's|,)\s+)*", re.IGNORECASE
)
_CITY = re.compile(r"[^\W\d_][^\W\d_'\u2019.-]*(?:[ '\u2019-][^\W\d_]+){0,3}")
_BRITISH = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}")
_POLITE_END = re.compile(r"[\s,]+(?:please|thanks|thank you)$", re.IGNORECASE)
_LABEL = re.compile(
    r"[\s,.;]*\b(?:and )?(?:the |my )?(?:post(?:al)?\s?code|zip(?:\s?code)?)(?:\s+is)?[\s,:]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class HeardAddress:
    street: str
    city: str
    postcode: str
    start: int
    end: int
    """Of its numbers: what stands between is no identifier of anything else."""

    def part(self, part: Part) -> str:
        match part:
            case Part.STREET:
                return self.street
            case Part.CITY:
                return self.city
            case Part.POSTCODE:
                return self.postcode


def part_of(slot: Slot) -> Part | None:
    """Return which part of an address a slot takes."""
    words = set(split_name(slot.name))
    if slot.kind not in {SlotKind.PHRASE, SlotKind.IDENTIFIER}:
        return None
    return next((part for part, names in _NAMES.items() if words & names), None)


def address_in(tool: Tool, text: str) -> HeardAddress | None:
    """Return the address in the text for a tool that takes an address apart."""
    parts = [slot for slot in tool.slots if part_of(slot) is not None]
    return heard_address(text) if len(parts) > 1 else None


def heard_address(text: str) -> HeardAddress | None:
    """Return the address in the text: a street with its number, and a city or postcode after it."""
    m = _STREET.search(text)
    if m is None:
        return None
    rest = text[m.end() :]
    codes = [h for h in heard_identifiers(rest) if len(h.text) >= 4 and _has_digit(h.text)]
    if not codes:
        city = _city(rest)
        return HeardAddress(m["street"].strip(), city, "", m.start(), m.end()) if city else None
    code = codes[0]
    # "Springfield 90210", "10115 Berlin"
    city = _city(rest[: code.start]) or _city(rest[code.end :])
    written = rest[code.start : code.end]
    postcode = written if _BRITISH.fullmatch(written) else code.text
    return HeardAddress(m["street"].strip(), city, postcode, m.start(), m.end() + code.end)


def _city(text: str) -> str:
    plain = _CITY_LEAD.sub("", _LABEL.sub("", text))
    m = _CITY.match(plain)
    name = _POLITE_END.sub("", m.group()).strip() if m else ""
    return name if name[:1].isupper() else name.title()


def _has_digit(text: str) -> bool:
    return any(c.isdigit() for c in text)

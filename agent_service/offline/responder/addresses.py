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
    STATE = "state"
    COUNTRY = "country"


_NAMES: Mapping[Part, frozenset[str]] = {
    Part.POSTCODE: frozenset({"postcode", "postal", "zip", "zipcode", "plz"}),
    Part.STREET: frozenset({"street", "road", "address1", "line1", "addressline1"}),
    Part.CITY: frozenset({"city", "town", "locality"}),
    Part.STATE: frozenset({"state", "province", "region"}),
    Part.COUNTRY: frozenset({"country"}),
}
_WAY = (
    r"(?:street|st\.?|road|rd\.?|avenue|ave\.?|lane|drive|boulevard|blvd\.?|way|court|place|square"
    r"|terrace|close|row|walk|gardens|hill|quay|mews|grove|crescent|highway|alley|parkway)"
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
_STATE = re.compile(r"\b(?P<state>[A-Z]{2})\s+(?P<zip>\d{5}(?:-\d{4})?)\b")
_COUNTRY = re.compile(r"\s*,\s*(?P<country>(?:[A-Z][\w.]*\s?){1,3})(?=[,.!?;]|\s*$)")
_NAMED_WAY = re.compile(
    rf"\b(?P<street>(?:[A-Z][\w'\u2019-]*\s+){{1,3}}(?i:{_WAY})(?:\s+\d+[a-z]?)?\b)"
)
_POLITE_END = re.compile(r"[\s,]+(?:please|thanks|thank you)$", re.IGNORECASE)
_LABEL = re.compile(
    r"[\s,.;]*\b(?:and )?(?:the |my )?(?:post(?:al)?\s?code|zip(?:\s?code)?)(?:\s+is)?[\s,:]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class HeardAddress:
    parts: Mapping[Part, str]
    start: int
    end: int
    """Of its numbers: what stands between is no identifier of anything else."""

    def part(self, part: Part) -> str:
        return self.parts.get(part, "")


def part_of(slot: Slot) -> Part | None:
    """Return which part of an address a slot takes."""
    words = set(split_name(slot.leaf))
    if slot.kind not in {SlotKind.PHRASE, SlotKind.IDENTIFIER}:
        return None
    if {"line", "1"} <= words:
        return Part.STREET
    return next((part for part, names in _NAMES.items() if words & names), None)


def street_in(text: str) -> str | None:
    """Return a street and its number: "9 Oak Road", "Harbour Street 12", "Birch Lane"."""
    m = _STREET.search(text) or _NAMED_WAY.search(text)
    return m["street"].strip() if m else None


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
        parts = {Part.STREET: m["street"].strip(), Part.CITY: city}
        return HeardAddress(parts, m.start(), m.end()) if city else None
    code = codes[0]
    for one in codes:
        if re.fullmatch(r"[A-Z]{2}\d{5}", one.text):  # "OR 97205"
            code = one
    # "Springfield 90210", "10115 Berlin", "Portland, OR 97205, USA"
    state = _STATE.search(rest[: code.end])
    before = rest[: state.start()] if state else rest[: code.start]
    after = rest[code.end :]
    city = _city(before) or _city(after)
    written = rest[code.start : code.end]
    postcode = written if _BRITISH.fullmatch(written) else code.text
    parts = {Part.STREET: m["street"].strip(), Part.CITY: city, Part.POSTCODE: postcode}
    if state:
        parts |= {Part.STATE: state["state"], Part.POSTCODE: state["zip"]}
    if country := _COUNTRY.match(after):
        parts[Part.COUNTRY] = country["country"].strip()
    return HeardAddress(parts, m.start(), m.end() + code.end)


def _city(text: str) -> str:
    plain = _CITY_LEAD.sub("", _LABEL.sub("", text))
    m = _CITY.match(plain)
    name = _POLITE_END.sub("", m.group()).strip() if m else ""
    return name if name[:1].isupper() else name.title()


def _has_digit(text: str) -> bool:
    return any(c.isdigit() for c in text)

"""The facts in a JSON object: each with its name in words, and how much a question asks for it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from agent_service.offline.responder.wording import (
    is_hidden,
    is_identifier,
    is_moment,
    is_money,
    label,
    listed,
    spoken,
)
from agent_service.offline.responder.words import content_stems, split_name

LONGEST_FACT = 160
"""A longer text is prose, not a fact."""
_STATE = {"status", "state", "stage", "availability", "outcome", "result"}
_NAMING = ("name", "title", "label", "subject", "item", "product", "headline")
_NOISE = {"ok", "success", "type", "kind", "currency", "object", "version", "count", "note"}
_MACHINE_STATES = {"succeeded", "success", "ok", "200", "done"}
_PLACES = frozenset(
    (
        "location",
        "address",
        "city",
        "origin",
        "country",
        "place",
        "shelf",
        "room",
        "branch",
        "store",
    )
)
_PEOPLE = frozenset(
    ("name", "doctor", "carrier", "author", "agent", "person", "by", "teacher", "assigned")
)
_AHEAD = frozenset(
    ("expected", "delivery", "due", "eta", "estimated", "arrival", "next", "start", "starts")
)
_WHEN = re.compile(r"\bwhen\b|\bwhat (?:date|day|time)\b|\bhow (?:long|soon)\b|\barrive", re.I)
_HOW_MUCH = re.compile(r"\bhow much\b|\bprice\b|\bcosts?\b|\bpay\b|\bowe\b|\btotal\b", re.I)
_WHERE = re.compile(r"\bwhere\b|\bwhich (?:room|place|branch)\b", re.I)
_WHO = re.compile(r"\bwho\b|\bwhom\b|\bwhose\b|\bwith which\b", re.I)
_WHICH_NUMBER = re.compile(r"\b(?:number|code|id|reference)\b", re.I)
_HOW_LONG = re.compile(r"\bhow (?:long|many minutes|many days)\b", re.I)
_LENGTHS = frozenset(("minutes", "hours", "days", "weeks", "duration", "length", "time"))
_SHORTEST = 4
_HOW_MANY = re.compile(r"\bhow many\b", re.I)


@dataclass(frozen=True, slots=True)
class Fact:
    key: str
    label: str
    words: str
    is_state: bool = False
    is_moment: bool = False
    is_money: bool = False
    is_identifier: bool = False
    is_plural: bool = False


def is_noise(key: str, value: Any) -> bool:
    """Return whether a field is for machines: flags of success, kinds, links."""
    is_machine_state = key in {"status", "result"} and str(value).lower() in _MACHINE_STATES
    return key in _NOISE or is_machine_state or is_hidden(key, value)


def facts_of(value: Mapping[str, Any], today: date | None, prefix: str = "") -> list[Fact]:
    """Return the facts of an object and of the objects in it, in their order."""
    facts: list[Fact] = []
    currency = value.get("currency")
    unit = currency if isinstance(currency, str) else ""
    for key, field in value.items():
        if is_noise(key, field):
            continue
        name = _full_label(key, prefix)
        match field:
            case dict() if set(field) >= {"amount", "currency"} and len(field) <= 3:
                words = spoken("amount", field["amount"], str(field["currency"]))
                facts.append(Fact(key, name, words, is_money=True))
            case dict():
                facts += facts_of(field, today, label(key))
            case list():
                facts += _list_fact(key, name, field)
            case str() if len(field) > LONGEST_FACT:
                continue
            case _:
                facts.append(
                    Fact(
                        key,
                        name,
                        spoken(key, field, unit, today),
                        is_state=bool(set(split_name(key)) & _STATE),
                        is_moment=is_moment(field),
                        is_money=is_money(key),
                        is_identifier=is_identifier(key),
                    )
                )
    return facts


def _list_fact(key: str, name: str, field: list[Any]) -> list[Fact]:
    if field and all(isinstance(e, (str, int, float)) for e in field):
        words = [spoken(key, e) for e in field]
    else:
        words = [n for e in field if isinstance(e, dict) and (n := name_of(e)) is not None]
    if not words:
        return []
    singular = name.removesuffix("s") if len(words) == 1 else name
    return [Fact(key, singular, listed(words), is_plural=len(words) > 1)]


def _full_label(key: str, prefix: str) -> str:
    own = label(key)
    return f"{prefix} {own}" if prefix and own in {"status", "name", "date", "ID"} else own


def name_of(value: Mapping[str, Any]) -> str | None:
    """Return what a thing is called."""
    for key in _NAMING:
        for own, field in value.items():
            if isinstance(field, str) and split_name(own)[-1:] == [key] and len(field) <= 80:
                return field
    return None


def identifier_of(value: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the key and value of what identifies a thing."""
    for key, field in value.items():
        is_plain = isinstance(field, (str, int)) and not isinstance(field, bool)
        if is_plain and is_identifier(key) and not is_hidden(key, field):
            return key, str(field)
    return None


def relevance(fact: Fact, question: str) -> float:
    """Return how much a question asks for a fact; from 2 on it does."""
    asked = content_stems(question)
    shared = [
        one for one in content_stems(fact.label) if any(_is_same(one, word) for word in asked)
    ]
    score = 2.0 * len(shared) + (0.5 if fact.is_state else 0)
    words = set(split_name(fact.key))
    if fact.is_moment and _WHEN.search(question):
        score += 3 if words & _AHEAD else 2
    if fact.is_money and _HOW_MUCH.search(question):
        score += 3
    if words & _LENGTHS and _HOW_LONG.search(question):
        score += 2
    if words & _PLACES and _WHERE.search(question):
        score += 2
    if words & _PEOPLE and _WHO.search(question):
        score += 2
    if fact.words.replace(",", "").isdigit() and _HOW_MANY.search(question):
        score += 2
    if fact.is_identifier and not _WHICH_NUMBER.search(question):
        return 0
    return score


def _is_same(one: str, other: str) -> bool:
    """Return whether two stems are of one word: "weight" and "weigh"."""
    is_long = min(len(one), len(other)) >= _SHORTEST
    return one == other or (is_long and (one.startswith(other) or other.startswith(one)))


def ranked(facts: list[Fact], question: str) -> list[Fact]:
    """Return what the question asks for first."""
    return sorted(facts, key=lambda fact: -relevance(fact, question))


def asks_for(fact: Fact, question: str) -> bool:
    return relevance(fact, question) >= 1.5

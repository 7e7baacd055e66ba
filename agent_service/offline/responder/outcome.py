"""Says what a tool's output says, in words, from nothing but its JSON and the question that led
to it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from agent_service.offline.responder.recall import parsed
from agent_service.offline.responder.wording import (
    is_hidden,
    is_identifier,
    is_moment,
    is_money,
    label,
    listed,
    sentence,
    spoken,
)
from agent_service.offline.responder.words import content_stems, split_name

_SAYING = ("say", "spoken", "message", "summary", "answer", "text")
_STATE = {"status", "state", "stage", "availability", "outcome", "result"}
_NAMING = ("name", "title", "label", "subject", "item", "product", "description", "headline")
_WRAPPERS = {"result", "results", "data", "output", "response", "value", "items", "content"}
_LONG = 160
_MOST_FACTS = 4
_NOISE = {
    "ok",
    "success",
    "type",
    "kind",
    "currency",
    "object",
    "version",
    "created",
    "updated",
    "count",
}
_STATE_ADJECTIVE = re.compile(
    r"^(?:not |already |being )?(?:\w+(?:ed|en|ing|able)|ready|late|open|due|overdue|active|"
    r"in transit|on (?:its|the) way|out for delivery|lost|paid|sent|held|shut|new|full|free|"
    r"busy|put|on \w+|in \w+|out \w*)(?: .*)?$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Outcome:
    text: str
    core: str
    """The shortest answer: one value."""
    is_error: bool = False
    to_fix: bool = False
    """The tool asks for other arguments."""


@dataclass(frozen=True, slots=True)
class _Fact:
    key: str
    label: str
    words: str
    is_moment: bool
    is_money: bool

    @property
    def is_state(self) -> bool:
        return bool(set(split_name(self.key)) & _STATE)


def outcome(output: str, question: str, *, today: date | None = None) -> Outcome:
    """Return what to say of an output to somebody who asked the question."""
    value = parsed(output)
    if (failed := _error(value)) is not None:
        return failed
    if isinstance(value, dict) and (said := _ready_sentence(value)):
        return Outcome(said, said)
    return _value(value, question, today, "")


def long_texts(value: Any) -> list[str]:
    """Return the passages of prose in an output: articles, policies, notes."""
    match value:
        case str():
            return [value] if len(value) >= _LONG or value.count(". ") >= 1 else []
        case list():
            return [text for element in value for text in long_texts(element)]
        case dict():
            return [text for field in value.values() for text in long_texts(field)]
        case _:
            return []


def _error(value: Any) -> Outcome | None:
    if not isinstance(value, dict):
        return None
    error = value.get("error")
    flagged = (
        value.get("ok") is False or value.get("success") is False or value.get("is_error") is True
    )
    flagged |= value.get("status") in {"error", "failed", "failure"}
    if not error and not flagged:
        return None
    inside: Mapping[str, Any] = error if isinstance(error, dict) else value
    kind = " ".join(
        str(inside.get(key) or value.get(key) or "") for key in ("kind", "code", "type")
    )
    if isinstance(error, str) and re.fullmatch(r"[a-z_]+", error):
        kind = f"{kind} {error}"
    said = next(
        (inside[k] for k in (*_SAYING, "detail", "reason") if isinstance(inside.get(k), str)), None
    )
    if said is None and isinstance(error, str) and " " in error:
        said = error
    said = said or next((value[k] for k in _SAYING if isinstance(value.get(k), str)), None)
    text = sentence(said) if said else "I'm sorry, that did not work."
    if "retry" in kind and "later" not in text.lower() and "again" not in text.lower():
        text += " Please try again later."
    return Outcome(text, text, is_error=True, to_fix="fix_arguments" in kind or "invalid" in kind)


def _ready_sentence(value: Mapping[str, Any]) -> str | None:
    for key in _SAYING[:5]:
        said = value.get(key)
        if isinstance(said, str) and " " in said.strip() and len(said) < 600:
            return sentence(said)
    return None


def _value(value: Any, question: str, today: date | None, name: str) -> Outcome:
    if value is None or value in ("", [], {}):
        return Outcome("I found nothing.", "Nothing.")
    match value:
        case bool():
            word = "Yes." if value else "No."
            return Outcome(word, word)
        case str():
            short = _first_sentences(value)
            return Outcome(short, short)
        case int() | float():
            words = spoken(name, value)
            return Outcome(
                sentence(f"The {label(name)} is {words}" if name else f"It is {words}"),
                sentence(words),
            )
        case list():
            return _list(value, question, today, name)
        case dict():
            return _object(value, question, today, name)
    return Outcome("", "")


def _object(value: dict[str, Any], question: str, today: date | None, name: str) -> Outcome:
    telling = {k: v for k, v in value.items() if k not in _NOISE and not is_hidden(k, v)}
    if len(telling) == 1:
        (key, inner), *_ = telling.items()
        if isinstance(inner, (dict, list)):
            return _value(inner, question, today, key if key not in _WRAPPERS else name)
    lists = [
        (k, v) for k, v in telling.items() if isinstance(v, list) and v and isinstance(v[0], dict)
    ]
    facts = _facts(value, today)
    if lists and not any(f.is_state for f in facts) and len(facts) <= 2:
        return _list(lists[0][1], question, today, lists[0][0])
    if not facts:
        return _value(next(iter(telling.values()), None), question, today, name)
    subject = _subject(value, name)
    ranked = _ranked(facts, question)
    lead = ranked[0]
    chosen = [fact for score, fact in [(0, lead)]]
    state = next((f for f in facts if f.is_state and f is not lead), None)
    if state is not None:
        chosen = [state, lead] if not _asks_for(lead, question) else [lead, state]
    chosen += [f for f in ranked[1:] if f not in chosen]
    if _asks_for(lead, question):
        chosen = chosen[:3]
    return Outcome(_sentences(subject, chosen[:_MOST_FACTS]), sentence(lead.words))


def _sentences(subject: str, facts: list[_Fact]) -> str:
    said: list[str] = []
    clauses: list[str] = []
    for index, fact in enumerate(facts):
        if fact.is_state and _STATE_ADJECTIVE.match(fact.words):
            said.append(sentence(f"{subject or 'it'} is {fact.words}"))
        elif index == 0 and subject and not fact.is_state:
            said.append(sentence(f"{subject}: {_clause(fact)}"))
        else:
            clauses.append(_clause(fact))
    if clauses:
        said.append(sentence(listed(clauses, most=_MOST_FACTS)))
    return " ".join(said)


def _clause(fact: _Fact) -> str:
    words = split_name(fact.key)
    if (
        fact.is_moment
        and words[-1] in {"at", "on", "date"}
        and words[0].endswith(("ed", "ought", "nt", "de"))
    ):
        return f"{fact.label.removesuffix(' date')} on {fact.words}"
    if words[0] in {"is", "has", "can", "was"} and fact.words in {"yes", "no"}:
        rest = " ".join(words[1:])
        return f"it {words[0]} {'' if fact.words == 'yes' else 'not '}{rest}"
    plural = fact.label.endswith("s") and not fact.label.endswith(("ss", "us", "is"))
    return f"the {fact.label} {'are' if plural and ' and ' in fact.words else 'is'} {fact.words}"


def _facts(value: Mapping[str, Any], today: date | None, prefix: str = "") -> list[_Fact]:
    facts: list[_Fact] = []
    currency = value.get("currency")
    unit = currency if isinstance(currency, str) else ""
    for key, field in value.items():
        if is_hidden(key, field) or key in _NOISE:
            continue
        full = (
            f"{prefix} {label(key)}".strip()
            if prefix and label(key) in {"status", "name", "date", "ID"}
            else label(key)
        )
        match field:
            case dict() if set(field) >= {"amount", "currency"} and len(field) <= 3:
                words = spoken("amount", field["amount"], str(field["currency"]))
                facts.append(_Fact(key, label(key), words, False, True))
            case dict():
                facts += _facts(field, today, label(key))
            case list() if all(isinstance(e, (str, int, float)) for e in field) and field:
                facts.append(
                    _Fact(key, full, listed([spoken(key, e) for e in field]), False, False)
                )
            case list():
                names = [n for n in (_name_of(e) for e in field if isinstance(e, dict)) if n]
                if names:
                    facts.append(_Fact(key, full, listed(names), False, False))
            case str() if len(field) > _LONG:
                continue
            case _ if is_identifier(key) and not prefix:
                continue
            case _:
                facts.append(
                    _Fact(
                        key, full, spoken(key, field, unit, today), is_moment(field), is_money(key)
                    )
                )
    return facts


def _subject(value: Mapping[str, Any], name: str) -> str:
    for key, field in value.items():
        if is_identifier(key) and not is_hidden(key, field) and isinstance(field, (str, int)):
            nouns = [
                w
                for w in split_name(key)
                if w not in {"number", "id", "no", "code", "reference", "ref"}
            ]
            noun = " ".join(nouns) or label(name).removesuffix("s")
            return f"{noun} {field}".strip() if noun else f"number {field}"
    title = _name_of(value)
    return title or ""


def _name_of(value: Mapping[str, Any]) -> str | None:
    for key in _NAMING:
        for own, field in value.items():
            if isinstance(field, str) and split_name(own)[-1:] == [key] and len(field) <= 80:
                return field
    return None


def _ranked(facts: list[_Fact], question: str) -> list[_Fact]:
    return sorted(facts, key=lambda fact: -_relevance(fact, question))


def _relevance(fact: _Fact, question: str) -> float:
    asked = question.lower()
    score = 2.0 * len(content_stems(fact.label) & content_stems(question)) + (
        0.5 if fact.is_state else 0
    )
    words = set(split_name(fact.key))
    if (
        re.search(r"\bwhen\b|\bwhat (?:date|day|time)\b|\bhow (?:long|soon)\b|\bby when\b", asked)
        and fact.is_moment
    ):
        score += 2 + (
            1
            if words & {"expected", "delivery", "due", "eta", "estimated", "arrival", "next"}
            else 0
        )
    if re.search(r"\bhow much\b|\bprice\b|\bcosts?\b|\bpay\b|\bowe\b", asked) and fact.is_money:
        score += 3
    if re.search(r"\bwhere\b", asked) and words & {
        "location",
        "address",
        "city",
        "place",
        "shelf",
        "room",
        "branch",
        "carrier",
        "tracking",
        "store",
    }:
        score += 2
    if re.search(r"\bwho\b|\bwhom\b|\bwhose\b|\bwith which\b", asked) and words & {
        "name",
        "doctor",
        "carrier",
        "author",
        "agent",
        "person",
        "by",
    }:
        score += 2
    if re.search(r"\bhow many\b", asked) and fact.words.replace(",", "").isdigit():
        score += 2
    return score


def _asks_for(fact: _Fact, question: str) -> bool:
    return _relevance(fact, question) >= 2


def _list(values: list[Any], question: str, today: date | None, name: str) -> Outcome:
    noun = label(name) if name and name not in _WRAPPERS else ""
    if len(values) == 1:
        return _value(values[0], question, today, name)
    parts = [
        _element(v, question, today) if isinstance(v, dict) else spoken(name, v) for v in values
    ]
    parts = [p for p in parts if p]
    head = f"There are {len(values)} {noun or 'results'}"
    return Outcome(sentence(f"{head}: {listed(parts)}"), sentence(str(len(values))))


def _element(value: Mapping[str, Any], question: str, today: date | None) -> str:
    identifier = next(
        (
            str(v)
            for k, v in value.items()
            if is_identifier(k) and not is_hidden(k, v) and isinstance(v, (str, int))
        ),
        "",
    )
    title = _name_of(value) or ""
    facts = _ranked([f for f in _facts(value, today) if f.words != title], question)
    state = next((f.words for f in facts if f.is_state), "")
    lead = next((f.words for f in facts if _asks_for(f, question) and f.words != state), "")
    extra = lead or next((f.words for f in facts if not f.is_state), "") if not title else lead
    details = [d for d in (title if identifier else "", state, extra) if d]
    head = identifier or title
    if not head:
        return ", ".join([f.words for f in facts[:3]])
    return f"{head}, {', '.join(details)}" if details else head


def _first_sentences(text: str, most: int = 3) -> str:
    parts = re.split(r"(?<=[.!?])\s+", text.strip())
    return sentence(" ".join(parts[:most]))

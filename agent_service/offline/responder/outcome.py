"""Says what a tool's output says, from nothing but its JSON and the question that led to it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from agent_service.offline.responder.belongings import chosen_things, thing_of
from agent_service.offline.responder.facts import (
    LONGEST_FACT,
    Fact,
    asks_for,
    facts_of,
    identifier_of,
    is_noise,
    name_of,
    ranked,
)
from agent_service.offline.responder.recall import parsed
from agent_service.offline.responder.wording import label, listed, sentence, spoken
from agent_service.offline.responder.words import split_name

_SAYING = ("say", "spoken", "message", "summary", "answer", "text", "detail", "reason")
_READY = _SAYING[:5]
_WRAPPERS = {"result", "results", "data", "output", "response", "value", "items", "content"}
_MOST_FACTS = 4
_MOST_TOLD = 3
"""Things with facts of their own."""
_MOST_NAMED = 8
"""Things that are a word or two each."""
_A_SENTENCE = 40
"""Characters; "Dr. Patel" has a full stop as well."""
_FAILED = {
    "error", "failed", "failure", "fix_arguments", "retry_later", "not_allowed", "timed_out",
    "invalid_arguments", "unknown", "denied",
}  # fmt: skip
_SUCCEEDED = "succeeded"
"""Whatever an output's facts are called, then: ``error``, ``ok``."""
_LEFT_ALONE = {"declined", "expired", "not_confirmed"}
"""The caller did not want it, or did not say so."""
NOTHING_FOUND = "I found nothing."
_LEFT = "All right, I'll leave it as it is."
_SAYABLE = re.compile(r"^(?=[A-Z\"'])[^\\^${}<>|_\[\]]*\s[^\\^${}<>|_\[\]]*[.!?]$")
"""A sentence, as people write them for people: no code, no pattern, no name of a field."""
_STATE_ADJECTIVE = re.compile(
    r"^(?:not\b.*|(?:already |being )?(?:\w+(?:ed|en|ing|able)|ready|late|open|due|overdue|active"
    r"|lost|paid|sent|held|shut|new|full|free|busy|on \w+|in \w+|out \w+)\b.*)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Outcome:
    text: str
    core: str
    """The shortest answer: one value."""
    is_error: bool = False
    to_fix: bool = False
    """The tool asks for other arguments."""


def outcome(output: str, question: str, *, today: date | None = None) -> Outcome:
    """Return what to say of an output to somebody who asked the question."""
    value = parsed(output)
    if (failed := _error(value)) is not None:
        return failed
    if _is_left_alone(value):
        return Outcome(_LEFT, "No.")
    if isinstance(value, dict) and (said := _ready_sentence(value)):
        rest = {k: v for k, v in value.items() if k not in _READY}
        facts = ranked(facts_of(rest, today), question)
        named = [one for one in _named(rest, question) if one not in said]
        text = " ".join([said, *map(sentence, named)])
        return Outcome(text, sentence(facts[0].words) if facts else said)
    return _value(value, question, today, "")


def _named(value: Mapping[str, Any], question: str) -> list[str]:
    """Return the entries of tables whose own names stand in the question: "Saturday: 10 AM"."""
    asked = set(re.findall(r"\w+", question.lower()))
    tables = [inner for inner in value.values() if isinstance(inner, dict)]
    return [
        f"{key}: {entry}"
        for table in tables
        for key, entry in table.items()
        if key.lower() in asked and isinstance(entry, str | int | float)
    ]


def fact_asked_for(
    output: str,
    question: str,
    *,
    before: str = "",
    today: date | None = None,
    all_of_it: bool = False,
) -> Outcome | None:
    """Return the part of an output that answers a later question, if one does: of several things
    that of the one that the question, or else what was asked ``before``, names. ``all_of_it``: else
    what there is to say of the one that the question names."""
    value = parsed(output)
    if _error(value) is not None:
        return None
    things = list(_objects_in(value))
    named = _chosen(things, question, today)
    chosen = named or _chosen(things, before, today)
    if isinstance(value, dict) and not chosen:
        value = {k: v for k, v in value.items() if k not in _READY}
        while len(told := {k: v for k, v in value.items() if not is_noise(k, v)}) == 1:
            inner = next(iter(told.values()))
            if not isinstance(inner, dict):
                break
            value = inner
        chosen = [value]
    for thing in chosen[:1]:
        facts = ranked(facts_of(thing, today), question)
        if facts and asks_for(facts[0], question):
            return Outcome(_sentences(_subject(thing, ""), facts[:1]), sentence(facts[0].words))
    if all_of_it and len(named) == 1:
        return _object(named[0], question, today, "")
    return None


def _objects_in(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects in the lists of an output."""
    match value:
        case list():
            for element in value:
                if isinstance(element, dict):
                    yield element
                yield from _objects_in(element)
        case dict():
            for field in value.values():
                yield from _objects_in(field)


def _chosen(
    values: Sequence[dict[str, Any]], question: str, today: date | None
) -> list[dict[str, Any]]:
    """Return the objects that the words choose, when they do not choose all."""
    things = [(thing, value) for value in values for thing in [thing_of(value)]]
    found = chosen_things([thing for thing, _ in things], question, frozenset(), today)
    return (
        [v for t, v in things if any(t is one for one in found)] if len(found) < len(values) else []
    )


def is_overtaken(output: str) -> bool:
    """Say whether a call was not carried out because of something that the caller said instead:
    that is what wants an answer then, not the output."""
    value = parsed(output)
    return isinstance(value, dict) and isinstance(value.get("caller_said"), str)


def says_all(output: str) -> bool:
    """Say whether an output's own words are all there is to say of it."""
    value = parsed(output)
    return isinstance(value, dict) and ("say" in value or _is_left_alone(value))


def long_texts(value: Any) -> list[str]:
    """Return the passages of prose in an output: articles, policies, notes."""
    match value:
        case str():
            return (
                [value]
                if len(value) > LONGEST_FACT or (len(value) > _A_SENTENCE and ". " in value)
                else []
            )
        case list():
            return [text for element in value for text in long_texts(element)]
        case dict():
            return [text for field in value.values() for text in long_texts(field)]
        case _:
            return []


def _is_left_alone(value: Any) -> bool:
    return isinstance(value, dict) and value.get("status") in _LEFT_ALONE


def _error(value: Any) -> Outcome | None:
    if not isinstance(value, dict) or value.get("status") == _SUCCEEDED:
        return None
    error = value.get("error")
    is_flagged = any(value.get(key) is False for key in ("ok", "success")) or any(
        str(value.get(key)) in _FAILED for key in ("status", "error_kind")
    )
    if not error and not is_flagged and value.get("is_error") is not True:
        return None
    inside: Mapping[str, Any] = error if isinstance(error, dict) else value
    words = [inside.get(k) or value.get(k) for k in ("kind", "code", "type", "status")]
    kind = " ".join(str(word) for word in [*words, error if isinstance(error, str) else ""] if word)
    text = sentence(_safe_words(inside, value, error) or "I'm sorry, that did not work.")
    if "retry" in kind and not re.search(r"\b(?:later|again)\b", text):
        text += " Please try again later."
    return Outcome(text, text, is_error=True, to_fix=bool(re.search("fix_arguments|invalid", kind)))


def _safe_words(inside: Mapping[str, Any], value: Mapping[str, Any], error: Any) -> str | None:
    # What is written to be said is all that is said; the rest may be meant for the model.
    if isinstance(said := value.get("say"), str) and said:
        return said
    texts = [source.get(key) for source in (inside, value) for key in _SAYING]
    return next((t for t in [*texts, error] if isinstance(t, str) and _SAYABLE.match(t)), None)


def _ready_sentence(value: Mapping[str, Any]) -> str | None:
    for key in _READY:
        said = value.get(key)
        if isinstance(said, str) and " " in said.strip() and len(said) < 1200:
            return sentence(said)
    return None


def _value(value: Any, question: str, today: date | None, name: str) -> Outcome:
    if value is None or value in ("", [], {}):
        return Outcome(NOTHING_FOUND, "Nothing.")
    match value:
        case bool():
            word = "Yes." if value else "No."
            return Outcome(word, word)
        case str():
            short = _first_sentences(value)
            return Outcome(short, short)
        case list():
            return _list(value, question, today, name)
        case dict():
            return _object(value, question, today, name)
        case _:
            words = spoken(name, value)
            said = f"The {label(name)} is {words}" if name else f"It is {words}"
            return Outcome(sentence(said), sentence(words))


def _object(value: dict[str, Any], question: str, today: date | None, name: str) -> Outcome:
    told = {k: v for k, v in value.items() if not is_noise(k, v)}
    if len(told) == 1:
        (key, inner), *_ = told.items()
        if isinstance(inner, (dict, list)):
            return _value(inner, question, today, name if key in _WRAPPERS else key)
    facts = facts_of(value, today)
    lists = [k for k, v in told.items() if isinstance(v, list) and v and isinstance(v[0], dict)]
    if lists and not any(f.is_state for f in facts) and len(facts) <= 2:
        listed_ = _list(value[lists[0]], question, today, lists[0])
        asked = [fact for fact in facts if asks_for(fact, question)]
        told_too = sentence(_clause(asked[0])) + " " if asked else ""
        return Outcome(told_too + listed_.text, listed_.core)
    own = identifier_of(value)
    facts = [f for f in facts if own is None or f.key != own[0]]
    if not facts:
        if own is not None:
            return Outcome(sentence(f"The {label(own[0])} is {own[1]}"), sentence(own[1]))
        return _value(next(iter(told.values()), None), question, today, name)
    order = ranked(facts, question)
    lead, is_asked = order[0], asks_for(order[0], question)
    state = next((f for f in facts if f.is_state and f is not lead), None)
    chosen = [lead] if state is None else ([lead, state] if is_asked else [state, lead])
    chosen += [f for f in order if f not in chosen and not f.is_identifier]
    most = 2 + (state is None) if is_asked else _MOST_FACTS
    return Outcome(_sentences(_subject(value, name), chosen[:most]), sentence(lead.words))


def _sentences(subject: str, facts: list[Fact]) -> str:
    """The state makes a sentence with the subject; what follows is told of the same thing."""
    first, rest = facts[0], facts[1:]
    if first.is_state:
        said = [sentence(_state(subject, first))]
    elif rest and rest[0].is_state:
        said = [sentence(_clause(first)), sentence(_state(subject, rest[0]))]
        rest = rest[1:]
    elif subject:
        said = [sentence(f"{subject}: {_clause(first)}")]
    else:
        said = [sentence(_clause(first))]
    if rest:
        said.append(sentence(listed([_clause(fact) for fact in rest], most=_MOST_FACTS)))
    return " ".join(said)


def _state(subject: str, fact: Fact) -> str:
    if _STATE_ADJECTIVE.match(fact.words):
        return f"{subject or 'it'} is {fact.words}"
    return f"{subject}: the {fact.label} is {fact.words}" if subject else _clause(fact)


def _clause(fact: Fact) -> str:
    words = split_name(fact.key)
    if fact.is_moment and words[0].endswith(("ed", "ought", "nt", "de")) and len(words) > 1:
        done = re.sub(r"\s+(?:at|on|date)$", "", fact.label)
        # "placed_on": something happened; "estimated_delivery_date": a date of something.
        return (
            f"it was {done} on {fact.words}" if done == words[0] else f"the {done} is {fact.words}"
        )
    if words[0] in {"is", "has", "can", "was"} and fact.words in {"yes", "no"}:
        negation = "" if fact.words == "yes" else "not "
        return f"it {words[0]} {negation}{' '.join(words[1:])}"
    return f"the {fact.label} {'are' if fact.is_plural else 'is'} {fact.words}"


def _subject(value: Mapping[str, Any], name: str) -> str:
    own = identifier_of(value)
    if own is None:
        return name_of(value) or ""
    key, identifier = own
    nouns = [w for w in split_name(key) if w not in {"number", "id", "no", "code", "reference"}]
    noun = " ".join(nouns) or label(name).removesuffix("s")
    return f"{noun or 'number'} {identifier}"


def _list(values: list[Any], question: str, today: date | None, name: str) -> Outcome:
    noun = label(name) if name and name not in _WRAPPERS else ""
    objects = [value for value in values if isinstance(value, dict)]
    if len(objects) == len(values) and len(chosen := _chosen(objects, question, today)) > 0:
        values = chosen
    if len(values) == 1:
        return _value(values[0], question, today, name)
    parts = [
        _element(v, question, today) if isinstance(v, dict) else spoken(name, v) for v in values
    ]
    head = f"There are {len(values)} {noun or 'results'}"
    said = listed(
        [part for part in parts if part],
        most=_MOST_TOLD if objects else _MOST_NAMED,
        separator="; " if "," in parts[0] else ", ",
    )
    return Outcome(sentence(f"{head}: {said}"), sentence(str(len(values))))


def _element(value: Mapping[str, Any], question: str, today: date | None) -> str:
    """Return an element of a list in a few words: what it is, its state, what was asked for."""
    own = identifier_of(value)
    title = name_of(value)
    facts = [f for f in facts_of(value, today) if f.words != title and not f.is_identifier]
    order = ranked(facts, question)
    state = next((f for f in order if f.is_state), None)
    asked = next((f for f in order if asks_for(f, question) and f is not state), None)
    plain = next((f for f in order if not f.is_state), None) if title is None else None
    head = own[1] if own else (title or "")
    details = [title] if own and title else []
    details += [f.words for f in (state, asked or plain) if f is not None]
    if not head:
        return " ".join(f.words for f in order[:3])
    return f"{head}, {', '.join(details)}" if details else head


def _first_sentences(text: str, most: int = 3) -> str:
    parts = re.split(r"(?<=[.!?])\s+", text.strip())
    return sentence(" ".join(parts[:most]))

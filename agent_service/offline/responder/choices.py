"""Choosing among given values by their words, else by meaning; and reading a flag."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from agent_service.offline.responder.belongings import position_in
from agent_service.offline.responder.embedding import Embedder
from agent_service.offline.responder.replies import says_no, says_yes
from agent_service.offline.responder.slots import Slot
from agent_service.offline.responder.spans import minutes_in, span_of
from agent_service.offline.responder.spoken_numbers import number_runs
from agent_service.offline.responder.words import (
    STOP_WORDS,
    content_stems,
    split_name,
    stem,
    words_of,
)

_MEANT_WHEN_ASKED = 0.30
_MEANT = 0.42
_LEAD = 0.05
_LONG = 6
_NOT = re.compile(r"\b(?:not?|never|\w+n't|without)\b", re.I)
_NEGATED = re.compile(r"\b(?:no|not|don't|doesn't|without|isn't|never|skip)\b[^.!?]*$", re.I)


def chosen(
    slot: Slot,
    text: str,
    embedder: Embedder,
    *,
    was_asked: bool,
    several: bool = False,
    is_write: bool = False,
    known: AbstractSet[str] = frozenset(),
) -> list[object]:
    """Return the values that the text names; by meaning only the clearly nearest one.

    ``known``: stems that prove nothing, since they name the tool or another argument."""
    said = content_stems(text)
    names = slot.names
    own = [_stems(name) for name in names]
    named = _named(slot, text)
    is_told = was_asked or len(named) == 1
    exact = [at for at in named if is_told or not own[at] <= known]
    if exact:
        return [slot.choices[at] for at in (sorted(exact) if several else exact[:1])]
    if was_asked and (position := position_in(text)) is not None and position < len(names):
        return [slot.choices[position]]
    # A value of which one telling word was said: "medium size" for "size_medium".
    telling = said if was_asked else said - known
    is_negated = bool(_NOT.search(text))
    partly = [
        choice
        for i, choice in enumerate(slot.choices)
        if (is_negated or not _NOT.search(names[i]))
        and _meets(telling, own[i] - set().union(*(o for j, o in enumerate(own) if j != i)))
    ]
    if len(partly) == 1 and (was_asked or slot.is_required):
        return partly
    if not was_asked and not telling:
        return []
    if not was_asked and (is_write or not slot.is_required):
        return []  # what changes something is not guessed
    return _nearest(slot, names, text, embedder, was_asked=was_asked)


def named_choices(slot: Slot, text: str) -> list[object]:
    """Return the values whose words were all said, the longest first: "unlimited plus" holds
    "unlimited" as well."""
    return [slot.choices[at] for at in _named(slot, text)]


def _named(slot: Slot, text: str) -> list[int]:
    said, words = content_stems(text), {word.text for word in words_of(text)}
    numbers = {run.digits for run in number_runs(text)}
    if "minutes" in split_name(slot.leaf) and (minutes := minutes_in(text)):
        numbers = {str(minutes)}
    is_negated = bool(_NOT.search(text))
    own = [_stems(name) for name in slot.names]
    found = [
        at
        for at, (choice, name) in enumerate(zip(slot.choices, slot.names, strict=True))
        if re.search(rf"\b{re.escape(name)}\b", text, re.I)
        or re.search(rf"(?<![\w-]){re.escape(str(choice))}(?![\w-])", text)
        or name in numbers | words
        or ((span := span_of(choice)) is not None and span.said_in(text))
        or (name == "none" and _lacks(slot, text))
        # "sold here" is more than the "sold" that it shares with "sold elsewhere".
        or (
            own[at] <= said
            and (is_negated or not _NOT.search(name))
            and not any(own[at] <= other for one, other in enumerate(own) if one != at)
        )
    ]
    return sorted(found, key=lambda at: -len(slot.names[at]))


def _stems(name: str) -> set[str]:
    return content_stems(name) or {name}


def _lacks(slot: Slot, text: str) -> bool:
    """Return whether the text wants none of what a slot is of: "no vehicle", "without a car"."""
    own = "|".join(map(re.escape, [slot.label, *slot.names]))
    return bool(re.search(rf"\b(?:no|without(?: an?| any)?) (?:{own})s?\b", text, re.I))


def _meets(said: AbstractSet[str], own: AbstractSet[str]) -> bool:
    """Return whether a word is shared, also as part of another: "recognize", "unrecognized"."""
    long = [word for word in said if len(word) >= _LONG]
    return bool(said & own) or any(word in one for word in long for one in own)


def _nearest(
    slot: Slot, names: Sequence[str], text: str, embedder: Embedder, *, was_asked: bool
) -> list[object]:
    if not content_stems(text):
        return []
    bare = [f"{name}" for name in names]
    labelled = [f"{slot.label}: {name}" for name in names]
    query = embedder.embed([text])[0]
    scores = (embedder.embed(bare) @ query + embedder.embed(labelled) @ query) / 2
    order = scores.argsort()[::-1]
    lead = scores[order[0]] - scores[order[1]] if len(order) > 1 else 1.0
    if scores[order[0]] < (_MEANT_WHEN_ASKED if was_asked else _MEANT) or lead < _LEAD:
        return []
    return [slot.choices[int(order[0])]]


_ON = re.compile(r"\b(?:on|enabled?|activated?|(?:re)?subscribe|opt(?:ing)? in)\b", re.I)
_OFF = re.compile(
    r"\b(?:off|don't|do not|stop|no more|disabled?|deactivated?|unsubscribe|opt(?:ing)? out)\b",
    re.I,
)
_SWITCHES_WORDS = "on enable active activate subscribe status state"
_SWITCHES = frozenset(_SWITCHES_WORDS.split())
_SHARED = 4
"""Letters that two forms of one word begin with: "drivable", "drives"."""


def is_switch(slot: Slot) -> bool:
    """Return whether a flag says that something is on."""
    words = {stem(word) for word in split_name(slot.leaf)}
    return slot.json_type == "boolean" and bool(words & {stem(word) for word in _SWITCHES})


def flag(slot: Slot, text: str, *, was_asked: bool) -> bool | None:
    """Return whether the caller wants it; None when nothing was said about it."""
    if was_asked and (says_yes(text) or says_no(text)):
        return says_yes(text)
    stems = content_stems(slot.label)
    if was_asked or is_switch(slot):
        is_off, is_on = _OFF.search(text), _ON.search(text)
        if is_off or is_on:
            return not is_off
    for word in words_of(text):
        own = stem(word.text)
        if any(own == prefix + one for one in stems for prefix in ("un", "dis", "de")):
            return False
        is_same = own in stems or any(
            own[:_SHARED] == one[:_SHARED] for one in stems if len(own) >= _SHARED
        )
        if is_same and word.text not in STOP_WORDS:
            return not _NEGATED.search(text[: word.start])
    return None

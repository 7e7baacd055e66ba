"""Choosing among given values by their words, else by meaning; and reading a flag."""

import re
from collections.abc import Sequence

from agent_service.offline.responder.embedding import Embedder
from agent_service.offline.responder.replies import says_no, says_yes
from agent_service.offline.responder.slots import Slot
from agent_service.offline.responder.words import content_stems, human, words_of

_MEANT_WHEN_ASKED = 0.30
_MEANT = 0.42
_LEAD = 0.05
_NEGATED = re.compile(r"\b(?:no|not|don't|doesn't|without|isn't|never|skip)\b[^.!?]*$", re.I)


def chosen(
    slot: Slot, text: str, embedder: Embedder, *, was_asked: bool, several: bool = False
) -> list[object]:
    """Return the values that the text names; by meaning only the clearly nearest one."""
    said = content_stems(text)
    names = [human(str(choice)) for choice in slot.choices]
    own = [content_stems(name) or {name} for name in names]
    words = {word.text for word in words_of(text)}
    exact = [
        choice
        for choice, name, stems in zip(slot.choices, names, own, strict=True)
        if stems <= said or name in words or re.search(rf"\b{re.escape(name)}\b", text, re.I)
    ]
    if exact:
        return exact if several else exact[:1]
    # A value of which one telling word was said: "medium size" for "size_medium".
    partly = [
        choice
        for i, choice in enumerate(slot.choices)
        if said & (own[i] - set().union(*(o for j, o in enumerate(own) if j != i)))
    ]
    if len(partly) == 1:
        return partly
    if not was_asked and not slot.is_required:
        return []
    return _nearest(slot, names, text, embedder, was_asked=was_asked)


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


def flag(slot: Slot, text: str, *, was_asked: bool) -> bool | None:
    """Return whether the caller wants it; None when nothing was said about it."""
    if was_asked and (says_yes(text) or says_no(text)):
        return says_yes(text)
    stems = content_stems(slot.label)
    for word in words_of(text):
        if content_stems(word.text) & stems:
            return not _NEGATED.search(text[: word.start])
    return None

"""Lends a tool that brings few phrasings the common ways of asking for what it does."""

from collections.abc import Sequence

import numpy as np

from agent_service.offline.responder.common_requests import KINDS
from agent_service.offline.responder.embedding import Embedder
from agent_service.offline.responder.toolset import Tool
from agent_service.offline.responder.words import human, split_name, stem

_SAME = 0.8
"""Two phrasings so near to each other ask for the same."""

_BUILDING = frozenset(
    word
    for line in (
        "get find list start open search request look up make do my the a an by for to in of from",
        "on send set add put create show check give tell fetch query lookup retrieve new info",
    )
    for word in line.split()
)


def lent_phrasings(tools: Sequence[Tool], embedder: Embedder) -> list[list[str]]:
    """Return what each tool may borrow; what another tool brings of its own is left out."""
    own = [embedder.embed(tool.examples) if tool.examples else None for tool in tools]
    found: list[list[str]] = []
    for index, tool in enumerate(tools):
        texts = _ways_to_ask(tool.name, tool.action)
        others = [vectors for at, vectors in enumerate(own) if at != index and vectors is not None]
        if texts and others:
            nearest = (embedder.embed(texts) @ np.vstack(others).T).max(axis=1)
            texts = [t for t, cosine in zip(texts, nearest, strict=True) if cosine < _SAME]
        found.append(texts)
    return found


def own_texts(tool: Tool) -> list[str]:
    """Return what a tool says of itself."""
    name = human(tool.name)
    return [name, tool.description.split("\n")[0][:300] or name]


def _ways_to_ask(name: str, action: str) -> list[str]:
    words = split_name(name)
    stems = {stem(word) for word in [*words, *action.split()]}
    found: list[str] = []
    for kind in KINDS:
        if not kind.names & stems:
            continue
        left = [w for w in words if stem(w) not in kind.names and w not in _BUILDING]
        what = " ".join(left) or "it"
        found += [phrasing.replace("{o}", what) for phrasing in kind.phrasings]
    return list(dict.fromkeys(found))

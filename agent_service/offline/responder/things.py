"""Goods that a tool set's example phrasings happen to name: which one is spoken of says little
about what is wanted."""

from collections.abc import Sequence

from agent_service.offline.responder.embedding import Embedder
from agent_service.offline.responder.toolset import Tool
from agent_service.offline.responder.words import STOP_WORDS, human, stem, words_of

_DETERMINERS = frozenset(
    ("the", "a", "an", "my", "your", "his", "her", "our", "their", "this", "that", "these", "those")
)
_GOODS = (
    "headphones", "lamp", "mouse", "keyboard", "shoes", "jacket", "kettle", "bottle", "cable",
    "speaker", "webcam", "mug", "chair", "desk", "table", "shirt", "toy", "watch", "bag", "camera",
    "phone", "laptop", "sofa", "dress", "perfume",
)  # fmt: skip
_MATTERS = (
    "order", "parcel", "package", "refund", "manager", "agent", "machine", "voice", "policy",
    "account", "card", "money", "invoice", "address", "appointment", "problem", "internet",
    "week", "name", "ticket", "person", "doctor", "prescription", "flight", "seat", "contract",
    "code", "number", "office", "website", "payment", "limit", "issue", "time", "booking", "loan",
    "room", "label", "call",
)  # fmt: skip
"""What service desks are about: no goods, however much one of them may resemble some."""
_LIKE_GOODS = 0.45
_LEAD = 0.05
_STAND_IN = "item"


class Things:
    """The goods named in the phrasings of one tool set."""

    def __init__(self, tools: Sequence[Tool], embedder: Embedder) -> None:
        # A word of a description tells what a tool is for.
        telling = {
            stem(word.text)
            for tool in tools
            for text in (human(tool.name), tool.description)
            for word in words_of(text)
        }
        named = {word for tool in tools for text in tool.examples for word in _nouns(text)}
        candidates = sorted(word for word in named if stem(word) not in telling)
        self._stems = {stem(word) for word in _goods(candidates, embedder)}

    def masked(self, text: str) -> str:
        """Write "item" for each thing in the text."""
        parts: list[str] = []
        end = 0
        for word in words_of(text) if self._stems else ():
            if stem(word.text) not in self._stems:
                continue
            between = text[end : word.start]
            if not parts or between.strip():  # else it is one thing: "desk lamp"
                parts += [between, _STAND_IN]
            end = word.end
        return "".join(parts) + text[end:]


def _nouns(text: str) -> list[str]:
    """Return the one or two words that follow a determiner, up to a small word."""
    words = words_of(text)
    found: list[str] = []
    for index, word in enumerate(words):
        if word.text not in _DETERMINERS:
            continue
        for following in words[index + 1 : index + 3]:
            if following.text in STOP_WORDS or not following.text.isalpha():
                break
            found.append(following.text)
    return found


def _goods(words: Sequence[str], embedder: Embedder) -> list[str]:
    if not words:
        return []
    known = embedder.embed([f"the {word}" for word in (*_GOODS, *_MATTERS)])
    cosines = embedder.embed([f"the {word}" for word in words]) @ known.T
    as_goods = cosines[:, : len(_GOODS)].max(axis=1)
    as_matters = cosines[:, len(_GOODS) :].max(axis=1)
    is_goods = (as_goods > _LIKE_GOODS) & (as_goods > as_matters + _LEAD)
    return [word for word, each in zip(words, is_goods, strict=True) if each]

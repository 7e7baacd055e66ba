"""Chooses what a caller's words ask for: softmax regression over sentence vectors of a tool set
and the dialogue intents."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent_service.offline.responder.asking import lent_phrasings, own_texts
from agent_service.offline.responder.embedding import Embedder, Vectors
from agent_service.offline.responder.fitting import fit
from agent_service.offline.responder.free_text import clauses
from agent_service.offline.responder.identifiers import HeardIdentifier, heard_identifiers
from agent_service.offline.responder.intents import PHRASINGS, Intent
from agent_service.offline.responder.replies import is_bare, says_no, says_yes
from agent_service.offline.responder.slot_kinds import SlotKind
from agent_service.offline.responder.synonyms import in_plain_words
from agent_service.offline.responder.things import Things
from agent_service.offline.responder.toolset import Tool
from agent_service.offline.responder.wishes import ASKED
from agent_service.offline.responder.words import STOP_WORDS, content_stems, stem

_STEPS = 250
_LEARNING_RATE = 2.0
_MOMENTUM = 0.9
_DECAY = 1e-4
_SHARPNESS = 3.0
_NEARNESS = 16.0
"""How much the nearest phrasings count beside the regression."""
_NEAREST = 2
_A_REQUEST = 3
"""Words, after a greeting."""
_QUESTION_BONUS = 3.0
_IDENTIFIER_BONUS = 4.0
_PATTERN_BONUS = 1.5
_SHARED_WORDS = 1.0
_VERB_BONUS = 2.0
_OTHER_DEED = 4.0
"""Against what changes something in another way than was asked for: "cancel" is no booking."""
_PHONE_DIGITS = 7
_EMAIL = re.compile(r"\S+@\S+")
_GREETING = re.compile(
    r"^(?:(?:hi|hello|hey|good (?:day|morning|afternoon|evening)|excuse me|there"
    r"|(?:(?:aw+|oh|okay|ok|great|lovely|perfect|good|brilliant|right)\W+)*(?:many )?"
    r"(?:thanks|thank you|cheers)(?: (?:so|very) much| a lot)?)\b[\s,.!]*(?:and\b\s*)?)+",
    re.I,
)
_POLITE = re.compile(
    r"^(?:(?:hi|hello|hey|good (?:morning|afternoon|evening)|um+|uh+|er+|well|so|okay|ok|"
    r"please|yes|no|sorry|excuse me|look|listen)\b[\s,.!]*)+",
    re.IGNORECASE,
)
_GENERAL = re.compile(
    r"^(?:(?:and|also|tell me|can you tell me|i'd like to know|do you know),?\s+)*"
    r"(?:how (?:long|much|many|do|does|can|late|far|often)"
    r"|what(?:'s| is| are| does| do| sort| kind)|which|do you|does your|are you|is there"
    r"|is (?:\w+ ){0,3}possible|are there|can i|may i"
    r"|until when|when (?:do|are|is)|where (?:can|are|do|is)|will)\b",
    re.IGNORECASE,
)
_OWN = re.compile(r"\b(?:my|mine|it|this|that|these|those)\b", re.IGNORECASE)


_ANY_DEED = {stem(word) for word in STOP_WORDS}
"""Verbs as in "get my money back" and "get_history", which say nothing of what is to be done."""
_BLANK = content_stems("many people best help give tell find write how long far list")
"""Words that say nothing of what a phrasing is about."""


@dataclass(frozen=True, slots=True)
class Route:
    """One possible meaning of what was said."""

    target: Tool | Intent
    probability: float
    similarity: float
    """Cosine to the nearest known phrasing of it, 1 is the same sentence."""
    is_hinted: bool = False
    """The form speaks for it: an identifier it takes, a general question it answers, a verb that
    only it has."""


class Router:
    """Trained once for a tool set; routing is a pure function afterwards."""

    def __init__(self, tools: Sequence[Tool], embedder: Embedder) -> None:
        self._embedder = embedder
        self._targets: list[Tool | Intent] = [*tools, *Intent]
        self._things = Things(tools, embedder)
        texts: list[str] = []
        labels: list[int] = []
        lent = lent_phrasings(tools, embedder)
        for label, target in enumerate(self._targets):
            if isinstance(target, Tool):
                phrasings = [*self._own_phrasings(target), *lent[label]]
            elif target is Intent.OUT_OF_SCOPE:
                # What a tool of the session is about is not out of its scope.
                own = {
                    word
                    for tool in tools
                    for text in own_texts(tool)
                    for word in content_stems(text)
                }
                phrasings = [p for p in PHRASINGS[target] if not content_stems(p) & (own - _BLANK)]
            else:
                phrasings = list(PHRASINGS[target])
            texts += [masked(text) for text in phrasings]
            labels += [label] * len(phrasings)
        self._vectors = embedder.embed(texts)
        rows = np.array(labels)
        count = len(self._targets)
        self._rows = [np.flatnonzero(rows == label) for label in range(count)]
        self._weights, self._bias = _train(self._vectors, rows, count)
        self._holders: dict[str, list[int]] = {}
        self._namers: dict[str, list[int]] = {}
        self._doers: dict[str, list[int]] = {}
        for index, tool in enumerate(tools):
            own_words = content_stems(" ".join(own_texts(tool))) | tool.taken
            for word in own_words | content_stems(" ".join(tool.examples)):
                self._holders.setdefault(word, []).append(index)
            for word in own_words - _BLANK:
                self._namers.setdefault(word, []).append(index)
            for verb in tool.deeds - _ANY_DEED:
                self._doers.setdefault(verb, []).append(index)
        self._writes = [i for i, tool in enumerate(tools) if tool.is_write]
        replies = {Intent.YES, Intent.NO}
        self._replies = [at for at, target in enumerate(self._targets) if target in replies]
        self._takes_questions = _per_target(
            self._targets, lambda t: _QUESTION_BONUS if _needs(t, SlotKind.QUESTION) else 0.0
        )
        self._takes_identifiers = _per_target(
            self._targets, lambda t: _IDENTIFIER_BONUS if _needs(t, SlotKind.IDENTIFIER) else 0.0
        )
        self._takes_phones = _per_target(
            self._targets,
            lambda t: _IDENTIFIER_BONUS if isinstance(t, Tool) and _takes_phone(t) else 0.0,
        )

    def _shared(self, said: set[str]) -> Vectors:
        """Return how much of what was said each tool's texts hold, rare words counting more."""
        shared = np.zeros(len(self._targets), np.float32)
        for word in said:
            holders = self._holders.get(word, ())
            for index in holders:
                shared[index] += 1 / len(holders)
        return shared

    def named(self, text: str) -> list[tuple[Tool, float]]:
        """Return the tools whose own words were said, with how few share these, the best first; one
        that only reads goes before one that does not."""
        weights: dict[int, float] = {}
        for word in content_stems(in_plain_words(text)):
            for index in self._namers.get(word, ()):
                weights[index] = weights.get(index, 0.0) + 1 / len(self._namers[word])
        heard = _named(text)
        found: list[tuple[Tool, float]] = []
        for index, tool in enumerate(self._targets):
            if isinstance(tool, Tool):
                fits = bool(heard) and _fits(tool, heard, patterned=True)
                found.append((tool, weights.get(index, 0.0) + fits))
        return sorted((one for one in found if one[1]), key=lambda one: (-one[1], one[0].is_write))

    def _own_phrasings(self, tool: Tool) -> list[str]:
        """Return what the tool brings, also without the goods that its phrasings name."""
        general = [self._things.masked(text) for text in tool.examples]
        own = [*own_texts(tool), f"I want to {tool.action}", *tool.examples, *general]
        return list(dict.fromkeys(own))

    def _variants(self, text: str) -> list[str]:
        """Return a text as it is compared: without identifiers and things, also without its
        opening words, and in plain words."""
        plain = self._things.masked(masked(text))
        ungreeted = _GREETING.sub("", plain)
        if len(ungreeted.split()) >= _A_REQUEST:
            plain = ungreeted
        return list(dict.fromkeys([plain, _POLITE.sub("", plain) or plain, in_plain_words(plain)]))

    def prepare(self, texts: Sequence[str]) -> None:
        """Embed several texts at once; routing them one by one afterwards costs nothing."""
        self._embedder.embed([variant for text in texts for variant in self._variants(text)])

    def routes(self, text: str) -> list[Route]:
        """Return the possible meanings, the most probable first."""
        variants = self._variants(text)
        vectors = self._embedder.embed(variants)
        cosines = vectors @ self._vectors.T
        nearest = np.stack([cosines[:, own].max(axis=1) for own in self._rows], axis=1)
        near = np.stack([_mean_of_nearest(cosines[:, own]) for own in self._rows], axis=1)
        fitted = np.log(_softmax((vectors @ self._weights + self._bias).astype(np.float32)) + 1e-9)
        scores = (fitted + _NEARNESS * near).max(axis=0)
        hints = np.zeros(len(self._targets), np.float32)
        if _is_general_question(_POLITE.sub("", text)):
            hints += self._takes_questions
        if any(len(heard.text) >= _PHONE_DIGITS for heard in _named(text)):
            hints += self._takes_phones
        elif named := _named(text):
            takes = [isinstance(t, Tool) and _fits(t, named) for t in self._targets]
            # What was misheard fits none: then it may be meant for any.
            hints += self._takes_identifiers * np.array(takes if any(takes) else 1, np.float32)
            alike = [isinstance(t, Tool) and _fits(t, named, patterned=True) for t in self._targets]
            hints += _PATTERN_BONUS * np.array(alike, np.float32)
        is_done = np.zeros(len(self._targets), bool)
        asked = {stem(m["verb"]) for part in clauses(variants[0]) if (m := ASKED.match(part))}
        for verb in asked & self._doers.keys():
            scores[self._writes] -= _OTHER_DEED
            scores[self._doers[verb]] += _VERB_BONUS + _OTHER_DEED
            is_done[self._doers[verb]] |= len(self._doers[verb]) == 1
        scores = scores + hints + _SHARED_WORDS * self._shared(content_stems(variants[0]))
        if not is_bare(text) and not says_yes(text) and not says_no(text):
            scores[self._replies] = -np.inf
        probabilities = _softmax(scores[None].astype(np.float32))[0]
        routes = [
            Route(
                target,
                float(probabilities[i]),
                float(nearest[:, i].max()),
                bool(hints[i] or is_done[i]),
            )
            for i, target in enumerate(self._targets)
        ]
        return sorted(routes, key=lambda route: -route.probability)


def _fits(tool: Tool, heard: Sequence[HeardIdentifier], *, patterned: bool = False) -> bool:
    """Return whether an identifier that was heard may be one that the tool takes; ``patterned``: in
    a form that it demands."""
    slots = [
        s for s in tool.slots if s.kind is SlotKind.IDENTIFIER and (s.pattern or not patterned)
    ]
    return any(fit(slot, one, "", None, [])[1] for slot in slots for one in heard)


def _is_general_question(text: str) -> bool:
    """Return whether a turn asks how things are in general, not about something of the caller's."""
    return bool(_GENERAL.match(text)) and not _OWN.search(text)


def masked(text: str) -> str:
    """Take identifiers and addresses out of a text: they say nothing about what is asked."""
    text = _EMAIL.sub("my email", text)
    for heard in reversed(_named(text)):
        text = f"{text[: heard.start]}{text[heard.end :]}"
    return re.sub(r"\s+([?.!,])", r"\1", re.sub(r"\s{2,}", " ", text)).strip() or "number"


def _named(text: str) -> list[HeardIdentifier]:
    heard = heard_identifiers(text)
    return [h for h in heard if len(h.text) >= 3 and any(c.isdigit() for c in h.text)]


def _takes_phone(tool: Tool) -> bool:
    return any(slot.kind is SlotKind.PHONE for slot in tool.slots)


def _needs(target: Tool | Intent, kind: SlotKind) -> bool:
    return isinstance(target, Tool) and any(
        slot.is_required and slot.kind is kind for slot in target.slots
    )


def _per_target(
    targets: Sequence[Tool | Intent], value: Callable[[Tool | Intent], float]
) -> Vectors:
    return np.array([value(target) for target in targets], np.float32)


def _mean_of_nearest(cosines: Vectors) -> Vectors:
    """Return the mean of the largest in each row: one phrasing that is near may be chance."""
    mean: Vectors = np.sort(cosines, axis=1)[:, -_NEAREST:].mean(axis=1)
    return mean


def _train(vectors: Vectors, labels: NDArray[np.int64], classes: int) -> tuple[Vectors, Vectors]:
    """Fit by gradient descent with momentum; every class weighs the same.

    In dual form: the weights are sums of the samples, so a step costs one small product.
    """
    count = len(labels)
    wanted = np.zeros((count, classes), np.float32)
    wanted[np.arange(count), labels] = 1
    balance = (1 / wanted.sum(axis=0)[labels] / classes)[:, None].astype(np.float32)
    products: Vectors = (vectors @ vectors.T * _SHARPNESS**2).astype(np.float32)
    shares: Vectors = np.zeros((count, classes), np.float32)
    bias: Vectors = np.zeros(classes, np.float32)
    speed, bias_speed = np.zeros_like(shares), np.zeros_like(bias)
    for _ in range(_STEPS):
        logits: Vectors = (products @ shares + bias).astype(np.float32)
        error = (_softmax(logits) - wanted) * balance
        speed = _MOMENTUM * speed - _LEARNING_RATE * (error + _DECAY * shares)
        bias_speed = _MOMENTUM * bias_speed - _LEARNING_RATE * error.sum(axis=0)
        shares, bias = shares + speed, bias + bias_speed
    return (vectors.T @ shares * _SHARPNESS**2).astype(np.float32), bias


def _softmax(logits: Vectors) -> Vectors:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    result: Vectors = raised / raised.sum(axis=1, keepdims=True)
    return result

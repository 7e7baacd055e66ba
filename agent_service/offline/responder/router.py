"""Chooses what a caller's words ask for: softmax regression over sentence vectors of a tool set
and the dialogue intents."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent_service.offline.responder.embedding import Embedder, Vectors
from agent_service.offline.responder.identifiers import heard_identifiers
from agent_service.offline.responder.intents import PHRASINGS, Intent
from agent_service.offline.responder.toolset import Tool
from agent_service.offline.responder.words import human

_STEPS = 400
_LEARNING_RATE = 2.0
_MOMENTUM = 0.9
_DECAY = 1e-4
_SHARPNESS = 4.0
_EMAIL = re.compile(r"\S+@\S+")
_POLITE = re.compile(
    r"^(?:(?:hi|hello|hey|good (?:morning|afternoon|evening)|um+|uh+|er+|well|so|okay|ok|"
    r"please|yes|no|sorry|excuse me|look|listen)\b[\s,.!]*)+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Route:
    """One possible meaning of what was said."""

    target: Tool | Intent
    probability: float
    similarity: float
    """Cosine to the nearest known phrasing of it, 1 is the same sentence."""


class Router:
    """Trained once for a tool set; routing is a pure function afterwards."""

    def __init__(self, tools: Sequence[Tool], embedder: Embedder) -> None:
        self._embedder = embedder
        self._targets: list[Tool | Intent] = [*tools, *Intent]
        texts: list[str] = []
        labels: list[int] = []
        weights: list[float] = []
        for label, target in enumerate(self._targets):
            phrasings = _phrasings(target)
            texts += [masked(text) for text, _ in phrasings]
            weights += [weight for _, weight in phrasings]
            labels += [label] * len(phrasings)
        self._vectors = embedder.embed(texts)
        self._labels = np.array(labels)
        self._weights, self._bias = _train(
            self._vectors, self._labels, np.array(weights, np.float32), len(self._targets)
        )

    def routes(self, text: str) -> list[Route]:
        """Return the possible meanings, the most probable first."""
        plain = masked(text)
        bare = _POLITE.sub("", plain)
        vectors = self._embedder.embed([plain, bare] if bare and bare != plain else [plain])
        logits = (vectors @ self._weights + self._bias).max(axis=0).astype(np.float32)
        probabilities = _softmax(logits[None])[0]
        cosines = (vectors @ self._vectors.T).max(axis=0)
        routes = [
            Route(target, float(probabilities[i]), float(cosines[self._labels == i].max()))
            for i, target in enumerate(self._targets)
        ]
        return sorted(routes, key=lambda route: -route.probability)


def masked(text: str) -> str:
    """Take identifiers and addresses out of a text: they say nothing about what is asked."""
    text = _EMAIL.sub("my email", text)
    for heard in reversed(heard_identifiers(text)):
        if any(c.isdigit() for c in heard.text) and len(heard.text) >= 3:
            text = f"{text[: heard.start]}{text[heard.end :]}"
    return re.sub(r"\s+([?.!,])", r"\1", re.sub(r"\s{2,}", " ", text)).strip() or "number"


def _phrasings(target: Tool | Intent) -> list[tuple[str, float]]:
    if isinstance(target, Intent):
        return [(text, 1.0) for text in PHRASINGS[target]]
    own = [
        (human(target.name), 0.5),
        (target.description.split("\n")[0][:300] or human(target.name), 0.5),
        (f"I want to {target.action}", 1.0),
    ]
    return own + [(text, 1.0) for text in target.examples]


def _train(
    vectors: Vectors, labels: NDArray[np.int64], weights: Vectors, classes: int
) -> tuple[Vectors, Vectors]:
    """Fit by gradient descent with momentum; every class weighs the same."""
    count = len(labels)
    wanted = np.zeros((count, classes), np.float32)
    wanted[np.arange(count), labels] = 1
    per_class = (wanted * weights[:, None]).sum(axis=0)
    balance = (weights / per_class[labels] / classes)[:, None].astype(np.float32)
    scaled: Vectors = (vectors * _SHARPNESS).astype(np.float32)
    matrix: Vectors = np.zeros((vectors.shape[1], classes), np.float32)
    bias: Vectors = np.zeros(classes, np.float32)
    speed, bias_speed = np.zeros_like(matrix), np.zeros_like(bias)
    for _ in range(_STEPS):
        logits: Vectors = (scaled @ matrix + bias).astype(np.float32)
        error = (_softmax(logits) - wanted) * balance
        speed = _MOMENTUM * speed - _LEARNING_RATE * (scaled.T @ error + _DECAY * matrix)
        bias_speed = _MOMENTUM * bias_speed - _LEARNING_RATE * error.sum(axis=0)
        matrix, bias = matrix + speed, bias + bias_speed
    return matrix * _SHARPNESS, bias


def _softmax(logits: Vectors) -> Vectors:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    result: Vectors = raised / raised.sum(axis=1, keepdims=True)
    return result

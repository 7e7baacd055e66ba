"""Answers from given text: finds the sentences of instructions, notes and tool outputs that are
nearest to a question."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agent_service.offline.responder.embedding import Embedder
from agent_service.offline.responder.words import content_stems

_KNOWN = 0.50
_NEXT = 0.85
"""A second sentence is said when it is nearly as close as the first."""
_ORDER = re.compile(
    r"^\W*(?:always|never|do not|don't|be |you are|you're|your |say|ask|use|keep|speak|"
    r"respond|reply|answer|greet|if (?:the|a) (?:caller|user|customer)|when (?:the|a) "
    r"(?:caller|user|customer)|call |make sure|please|only |help |act as|start |begin |end |"
    r"before |after |confirm|avoid|tell |mention|remember|assist|stay )",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Passage:
    text: str
    similarity: float


def statements(text: str) -> list[str]:
    """Split a text into sentences that state something; orders to the agent are left out."""
    parts = re.split(r"(?<=[.!?])\s+|\n+", text)
    plain = [re.sub(r"^\s*(?:[-*#\u2022]+|\d+[.)])\s*", "", part).strip() for part in parts]
    return [
        p
        for p in plain
        if len(p.split()) >= 3 and not _ORDER.match(p) and not p.endswith(("?", ":"))
    ]


def best_passage(question: str, texts: Sequence[str], embedder: Embedder) -> Passage | None:
    """Return the sentences that answer best, or None when nothing is near enough."""
    sentences = list(dict.fromkeys(s for text in texts for s in statements(text)))
    if not sentences:
        return None
    query = embedder.embed([question])[0]
    asked = content_stems(question)
    scores = [
        float(cosine) + 0.08 * min(3, len(asked & content_stems(s)))
        for cosine, s in zip(embedder.embed(sentences) @ query, sentences, strict=True)
    ]
    best = max(range(len(sentences)), key=lambda i: scores[i])
    if scores[best] < _KNOWN:
        return None
    chosen = [best]
    if best + 1 < len(sentences) and scores[best + 1] >= _NEXT * scores[best]:
        chosen.append(best + 1)
    return Passage(" ".join(sentences[i] for i in chosen), scores[best])

"""Tells a wish from a question about it, from thinking aloud and from a refusal: only a wish may
change anything."""

import re
from enum import Enum

from agent_service.offline.responder.free_text import clauses

_LEAD = (
    r"^\W*(?:(?:and|but|so|well|okay|ok|also|then|by the way|oh|hi|hello|hey|please|sorry|um+|uh+|"
    r"actually|just|now|yes|thanks|good (?:morning|afternoon|evening))\b[\s,.!]*)*"
)
_QUESTION = re.compile(
    rf"{_LEAD}(?:what(?! about)|how(?! about)|why|when|where|which|who|whose|is|are|was|were|am|"
    r"does|did|do|has|have|had|should|(?:would|will) (?:i|we|it|that|this|there|they|my|the)|"
    r"(?:could|can|may|will|might) (?:it|that|this|there|they|my|the|he|she)"
    r"|(?:can|could|may) (?:i|we|you) (?:still|even|always|really|ever|just anytime)"
    r"|if (?:i|we)\b.*\b(?:would|could|can|will|what|do|is|how)"
    r"|(?:can|could) you tell|do you know|tell me|explain|i(?:'d| would) (?:just )?like to know"
    r"|i (?:just )?(?:want|need|wanted) to (?:just )?know"
    r"|i(?:'m| am) just (?:asking|looking|curious))\b",
    re.I,
)
_SUPPOSES = re.compile(
    r"\b(?:if|would|could|should|can|may|how (?:do|does|would|will|can)|(?:do|would) (?:i|we) "
    r"(?:have|need)|possible|allowed)\b",
    re.I,
)
_FREELY = re.compile(r"\b(?:for free|without (?:a )?(?:fee|charge|penalty|cost))\b", re.I)
_THOUGHT = re.compile(
    r"\b(?:maybe|perhaps|might|thinking (?:about|of|aloud|out loud)|think about|consider(?:ing)?|"
    r"wonder(?:ing|ed)?|not (?:quite |really |yet )?sure|unsure|undecided|tempted|"
    r"(?:have not|haven't|hadn't) (?:yet )?(?:decided|made up)|feel(?:s|ing)? like|"
    r"(?:i|we) (?:may|could)|some ?day|one day|sooner or later|not (?:just )?yet|"
    r"what if|suppose|supposing|hypothetically|in theory|in case|if (?:i|we) (?:were|had|did))\b",
    re.I,
)
_REFUSAL = re.compile(
    r"(?:^|[,.;:!?]\s*|\b(?:please|but|so|and|no|just)\s+)(?:please\s+)?(?:don't|do not|never|"
    r"no need to|you needn't|i don't want you to|i do not want you to|i didn't (?:ask|want) you to|"
    r"i never asked you to)\s+(?!forget|worry|hesitate|hang up|need|want|know|like|have)\w+",
    re.I,
)


class Stance(Enum):
    """How the caller stands to what they speak of."""

    WISH = "wish"
    QUESTION = "question"
    THOUGHT = "thought"
    REFUSAL = "refusal"


def stance(text: str) -> Stance:
    """Return how a turn, or one request of it, is meant: a wish only when no part of it asks,
    ponders or refuses, or another part plainly asks for it."""
    if _REFUSAL.search(text):
        return Stance.REFUSAL
    parts = clauses(text) or [text]
    found = [_of_clause(part, is_asked=text.rstrip().endswith("?")) for part in parts]
    if any(one is Stance.WISH and _PLEASE.search(p) for one, p in zip(found, parts, strict=True)):
        return Stance.WISH
    return next((one for one in found if one is not Stance.WISH), Stance.WISH)


_PLEASE = re.compile(
    r"\bplease\b|^\W*(?:i (?:want|need|have) to|i'd like|i would like|let's|go ahead|"
    r"(?:can|could|would|will) you)\b",
    re.I,
)


def supposes(text: str) -> bool:
    """Return whether a question is about what would be, not about what is."""
    return bool(_SUPPOSES.search(text))


def _of_clause(text: str, *, is_asked: bool) -> Stance:
    if _THOUGHT.search(text):
        return Stance.THOUGHT
    if _QUESTION.match(text) or (is_asked and _FREELY.search(text)):
        return Stance.QUESTION
    return Stance.WISH

"""Tells a wish from a question about it, from thinking aloud, telling and refusing: only a wish may
change anything, and where the deed is named it has to be asked for there."""

import re
from collections.abc import Set as AbstractSet
from enum import Enum

from agent_service.offline.responder.free_text import requests_in
from agent_service.offline.responder.words import content_stems, stem, words_of

_LEAD = (
    r"^\W*(?:(?:and|but|so|well|okay|ok|also|then|by the way|oh|hi|hello|hey|please|sorry|um+|uh+|"
    r"actually|honestly|just|now|yes|no|right|thanks|"
    r"good (?:morning|afternoon|evening))\b[\s,.!]*)*"
)
_QUESTION = re.compile(
    rf"{_LEAD}(?:(?:until|till|by|since|for|with|to|from|at|in|on|of) )?"
    r"(?:what(?! about)|how(?! about)|why|when|where|which|who|whom|whose|is|are|was|were|am|"
    r"does|did|do(?: not)? (?:i|we|you|they|people|my|your|the)|has|have|had|"
    r"should|(?:would|will) (?:i|we|it|that|this|there|they|my|the)|"
    r"(?:could|can|may|will|might) (?:it|that|this|there|they|my|the|he|she)"
    r"|(?:can|could|may) (?:i|we|you) (?:still|even|always|really|ever|just anytime)"
    r"|(?:what )?if (?:i|we)|(?:can|could|will|would) you (?:please )?(?:tell|explain|check|"
    r"confirm|remind)|do you know|tell me|explain"
    r"|(?:i|we)(?:'d| would)? (?:just )?(?:like|want|need|wanted) to (?:just )?"
    r"(?:know|ask|check|hear|understand|find out|make sure)"
    r"|i(?:'m| am) just (?:asking|looking|curious))\b",
    re.I,
)
_SUPPOSES = re.compile(
    r"\b(?:if|would|could|should|can|may|how (?:do|does|would|will|can)|(?:do|would) (?:i|we) "
    r"(?:have|need)|possible|allowed)\b",
    re.I,
)
_FREELY = re.compile(r"\b(?:for free|without (?:a )?(?:fee|charge|penalty|cost))\b", re.I)
_ASKS = re.compile(
    r"\b(?:please|(?:has|have|needs?) to be)\b|"
    rf"{_LEAD}(?:(?:(?:i|we)(?: really| just)? )?(?:want|need|have to|must|wish|wanna)|"
    r"(?:i|we)(?:'d| would| should)(?: really| rather)? (?:like|love|prefer|need|take|want)|"
    r"(?:i|we)(?:'ll| will) (?:take|have|need)|i(?:'m| am) (?:calling|here) to|"
    r"(?:i|we) (?:don't|do not|no longer) (?:want|need)(?! to)|"
    r"let's|let me|go ahead|(?:what|how) about|(?:can|could|would|will) you|"
    r"(?:can|could|may) (?:i|we)|(?:can|could) (?:an?|some(?:body|one)|one of))\b",
    re.I,
)
ASKED = re.compile(
    r"^(?:(?:and|then|also|please|just|now)\s+)*(?:(?:(?:can|could|would|will) you|let's|let me|"
    r"(?:can|could|may) (?:i|we)|(?:i|we)(?:'d| would)? (?:like|want|need|have|wish)(?: you)? to|"
    r"(?:i|we)(?:'ll| will| must))\s+)?(?:(?:please|just|also)\s+)*(?P<verb>[a-z]+)",
    re.I,
)
"""What a clause that asks for something asks to have done."""
_OPENING = re.compile(rf"{_LEAD}(?:an?\s+|another\s+)?(?P<verb>[a-z]+)", re.I)
_RELATIVE = re.compile(r"\b(?:that|which|who|i|we|you|he|she|they)\b", re.I)
_DO_IT = content_stems("do it go ahead help thing")
_SUBJECT = re.compile(
    rf"{_LEAD}(?:(?:i|we|you|he|she|it|they|there|this|that)(?:'\w+)?"
    r"|(?:some|any|no|every)(?:body|one)|nothing|people)\b(?! one)",
    re.I,
)
_FINITE = re.compile(
    r"\b(?:is|isn't|are|aren't|was|wasn't|were|weren't|has|hasn't|had|hadn't|did|didn't|does|"
    r"doesn't|won't|will|would|keeps?|came|went|got|told|broke|wants|needs|says?|said|tried)\b"
    rf"|{_LEAD}(?:with|without|after|before|when(?:ever)?|while|once|because|since|by|in|at|on|one|"
    r"some|every|most|many)\b.* (?:i|we|you|he|she|it|they|people)(?:'\w+| \w)"
    rf"|{_LEAD}(?:my|our|your|his|her|their|the|a|an)\b[^,.]* \w{{3,}}ed\b",
    re.I,
)
_OWNED = re.compile(rf"{_LEAD}(?:my|our|your|his|her|their|the)\b", re.I)
_FEW = 3
"""Words that may only name a thing: "the grey lamp"."""
_THOUGHT = re.compile(
    r"\b(?:maybe|perhaps|might|thinking (?:about|of|aloud|out loud)|think about|consider(?:ing)?|"
    r"wonder(?:ing|ed)?|not (?:quite |really |yet )?sure|unsure|undecided|tempted|"
    r"(?:have not|haven't|hadn't) (?:yet )?(?:decided|made up)|feel(?:s|ing)? like|"
    r"(?:i|we) (?:may|could)|imagine|say (?:i|we)|toying with|sleep on it|i suppose|eventually|"
    r"one of these days|some ?day|one day|sooner or later|not (?:just )?yet|"
    r"what if|suppose|supposing|hypothetically|in theory|in case|if (?:i|we) (?:were|had|did))\b",
    re.I,
)
_REFUSAL = re.compile(
    r"(?:^|[,.;:!?]\s*|\b(?:please|but|so|and|no|just)\s+)(?:please\s+)?(?:don't|do not|never|"
    r"no need to|you needn't|i don't want you to|i do not want you to|i didn't (?:ask|want) you to|"
    r"i never asked you to)\s+(?!forget|worry|hesitate|hang up|need|want|know|like|have)\w+",
    re.I,
)
_UNWILLING = re.compile(
    r"\b(?:won't|will not|wouldn't|would not|never|rather not|(?:am|i'm|are|we're)(?: \w+)? not"
    r"|(?:don't|do not|didn't|did not)(?: \w+)? (?:want|need|like|wish|plan|intend|ask|mean))\b",
    re.I,
)
"""Beside the deed itself; of another one it may be the reason for a wish."""


class Stance(Enum):
    """How the caller stands to what they speak of."""

    WISH = "wish"
    QUESTION = "question"
    THOUGHT = "thought"
    REFUSAL = "refusal"
    REPORT = "report"
    """A statement of what is or was: it asks for nothing by itself."""


def stance(text: str, deeds: AbstractSet[str] = frozenset()) -> Stance:
    """Return how a turn, or one request of it, is meant: a wish only when no part of it asks,
    ponders, refuses or tells, or another part plainly asks for it. ``deeds``: stems of the verbs of
    what would be done; where one is said, only the clauses that say it count."""
    if _REFUSAL.search(text):
        return Stance.REFUSAL
    parts = requests_in(text) or [text]
    parts = [p for p in parts if content_stems(p) or _ASKS.search(p)] or parts
    parts = [part for part in parts if _is_about(part, deeds)] or parts
    found = [_of_clause(part, deeds) for part in parts]
    if any(one is Stance.WISH and _ASKS.search(p) for one, p in zip(found, parts, strict=True)):
        return Stance.WISH
    if found[0] is Stance.REPORT and not any(_is_bidden(part, deeds) for part in parts):
        # Bare words behind a statement belong to it.
        found = [Stance.REPORT if one is Stance.WISH else one for one in found]
    order = (Stance.REFUSAL, Stance.QUESTION, Stance.THOUGHT, Stance.WISH, Stance.REPORT)
    return next(one for one in order if one in found)


def only_speaks(text: str, deeds: AbstractSet[str] = frozenset()) -> bool:
    """Return whether a turn asks about something, ponders or refuses it: it wants nothing done."""
    return stance(text, deeds) not in {Stance.WISH, Stance.REPORT}


def supposes(text: str) -> bool:
    """Return whether a question is about what would be, not about what is."""
    return bool(_SUPPOSES.search(text))


def _is_about(clause: str, deeds: AbstractSet[str]) -> bool:
    """Return whether a clause names a deed, or asks for just what another clause names."""
    is_plain = _ASKS.search(clause) and content_stems(clause) <= _DO_IT
    return bool(_says(clause, deeds) or (deeds and is_plain))


def _says(clause: str, deeds: AbstractSet[str]) -> bool:
    return any(stem(word.text) in deeds for word in words_of(clause))


def _is_bidden(clause: str, deeds: AbstractSet[str]) -> bool:
    """Return whether a clause opens with a deed: "cancel the stay"."""
    opening = _OPENING.match(clause)
    return opening is not None and stem(opening["verb"]) in deeds


def _of_clause(text: str, deeds: AbstractSet[str]) -> Stance:
    is_said = _says(text, deeds)
    if _THOUGHT.search(text):
        return Stance.THOUGHT
    is_asked = text.endswith("?") and (_FREELY.search(text) or not _ASKS.search(text))
    if _QUESTION.match(text) or is_asked:
        return Stance.QUESTION
    if is_said and _UNWILLING.search(text):
        return Stance.REFUSAL
    if _ASKS.search(text):
        return Stance.WISH
    is_bidden = _is_bidden(text, deeds)
    told = _RELATIVE.split(text)[0] if is_bidden else text
    is_told = not is_bidden and _OWNED.match(text) and len(text.split()) > _FEW
    if is_told or _SUBJECT.match(told) or _FINITE.search(told) or (is_said and not is_bidden):
        return Stance.REPORT
    return Stance.WISH

"""Readings of short answers: yes or no, giving up, correcting, and which of several was meant."""

import re
from collections.abc import Sequence

from agent_service.offline.responder.words import content_stems, words_of

_YES = re.compile(
    r"^(?:(?:oh|um+|uh+|well|ok|okay|so)\W+)*(?:yes|yeah|yep|yup|sure|correct|right|exactly|"
    r"absolutely|definitely|indeed|of course|certainly|"
    r"please do|go ahead|do it|that's (?:right|correct|it|fine|the one)|that is (?:right|"
    r"correct)|ok|okay|fine|sounds good|affirmative|uh[- ]?huh)\b",
    re.IGNORECASE,
)
_ACKNOWLEDGED = re.compile(
    r"^\W*(?:(?:oh|ah|um+|uh+|well|ok|okay|all right|alright|fine|right|correct|exactly|indeed|"
    r"good|sounds good|thanks|thank you|bye)\b\W*)+$",
    re.IGNORECASE,
)
_PARTING = re.compile(
    r"^\W*(?:(?:(?:ok|okay|well|great|all right|alright|no|so much|very much|a lot|then|now|many|"
    r"thanks|thank you|cheers|bye|bye-bye|goodbye|good night|see you|"
    r"have a (?:nice|good|great|lovely) (?:day|evening|one|weekend))\b)\W*)+$",
    re.IGNORECASE,
)
_THANKS_OR_BYE = re.compile(r"\b(?:thank|thanks|cheers|bye|goodbye|good night|see you)\b", re.I)
_NO = re.compile(
    r"^(?:(?:oh|um+|uh+|well)\W+)*(?:no|nope|nah|not really|not that|wrong|incorrect|negative|"
    r"don't|do not|neither|none|that's (?:wrong|not))\b",
    re.IGNORECASE,
)
_GIVE_UP = re.compile(
    r"\b(?:never ?mind|forget (?:it|about it|that)|leave it|don't bother|doesn't matter|skip "
    r"it|changed my mind|"
    r"cancel that|stop it|not anymore|not any more|drop it)\b|^\W*(?:stop|nothing)\W*$",
    re.IGNORECASE,
)
_TAKEN_BACK = re.compile(
    r"\b(?:never ?mind|forget (?:it|that)|leave (?:it|them|everything)(?: as (?:it is|they are))?|"
    r"let (?:it|them) be|keep (?:it|them|both|that|those|everything|things as they are)|"
    r"(?:rather|better|please|no,?) not|don't|do not|no way)"
    r"(?: (?:then|after all|for now|please|thanks|thank you))*\W*$",
    re.IGNORECASE,
)
_WAIT = re.compile(
    r"^\W*(?:(?:oh|um+|uh+|okay|ok|yes|please|just|hm+)\W+)*(?:(?:one|a|just a|wait a|give me a|"
    r"hang on a|hold on a)\s+(?:moment|second|minute|sec)|hold on|hang on|wait|bear with me"
    r"|let me (?:see|check|look|think|find)|i(?:'m| am| will|'ll) (?:look(?:ing)?|check(?:ing)?)"
    r"|i have to (?:look|check|find))\b",
    re.IGNORECASE,
)
_UNKNOWING = re.compile(
    r"\b(?:no (?:idea|clue)|not sure|unsure|"
    r"(?:don't|do not|couldn't|can't) (?:know|say|tell|remember))\b",
    re.IGNORECASE,
)
_DONE = re.compile(
    r"^\W*(?:(?:okay|ok|yes|so|well|right)\W+)*(?:done|ready|(?:it's|it is|that's|all) done"
    r"|i(?:'ve| have)? (?:just )?(?:did|done|entered|typed|confirmed|put)\b.*|there you go)\W*$",
    re.IGNORECASE,
)
_GO_ON = re.compile(
    r"\b(?:go on|go ahead|continue|carry on|proceed|resume|try again)\b", re.IGNORECASE
)
_ASKED_TO_ACT = re.compile(r"\?\s*$|\b(?:please|tell me|let me know)\b", re.IGNORECASE)
_CORRECTION = re.compile(
    r"(?:^|[\s,.;:\u2013\u2014-])(?:no|nope|wait|sorry|actually|rather|pardon|correction|i "
    r"mean|i meant|make that|i said|not that|scratch that)\b[\s,.:;\u2013\u2014-]*",
    re.IGNORECASE,
)
_NOT_BUT = re.compile(
    r"\bnot\s+(?P<wrong>.+?)[,;]?\s+(?:but|it's|its|it is|,)\s+(?P<right>.+)$", re.I
)
_BETTER = re.compile(
    r"[,.;]\s+(?:(?:h+m+|um+|uh+|or|oh)\W+)*(?P<right>[^,.;?]+?)(?:'s| is| would be) better\b", re.I
)
_ELLIPSIS = re.compile(
    r"^(?:and|or|what about|how about|and what about|and how about|also|then)\b[\s,]*", re.I
)
_POSITIONS = (
    re.compile(r"\b(?:first|former|one|1)\b", re.I),
    re.compile(r"\b(?:second|latter|other|two|2|last)\b", re.I),
)


def says_yes(text: str) -> bool:
    return bool(_YES.match(text.strip()))


def only_acknowledges(text: str) -> bool:
    """Return whether a turn only shows that it was heard: no yes to what was but offered."""
    return bool(_ACKNOWLEDGED.match(text))


def only_parts(text: str) -> bool:
    """Return whether a turn is thanks or a goodbye and nothing else."""
    return bool(_PARTING.match(text) and _THANKS_OR_BYE.search(text))


def asks_about_another(text: str) -> bool:
    """Return whether "what about ..." leaves open whether something is to be done."""
    return bool(re.match(r"^\W*(?:and\s+|so\s+)?(?:what|how) about\b", text, re.I))


def says_no(text: str) -> bool:
    return bool(_NO.match(text.strip()))


def gives_up(text: str) -> bool:
    return bool(_GIVE_UP.search(text))


def takes_back(text: str) -> bool:
    """Return whether a turn ends with taking back what it asked for: "cancel it, no, keep it"."""
    return bool(_TAKEN_BACK.search(text.strip()))


def asks_to_wait(text: str) -> bool:
    """Return whether the caller wants a moment and says nothing more."""
    return bool(_WAIT.match(text)) and len(text.split()) <= 10 and not re.search(r"\d", text)


def does_not_know(text: str) -> bool:
    return bool(_UNKNOWING.search(text))


def says_done(text: str) -> bool:
    """Return whether the caller says that they did what they were asked to do."""
    return bool(_DONE.match(text))


def says_go_on(text: str) -> bool:
    return bool(_GO_ON.search(text))


def awaits_caller(said: str) -> bool:
    """Return whether what the agent said leaves the next step to the caller."""
    return bool(_ASKED_TO_ACT.search(said))


def is_bare(text: str) -> bool:
    """Return whether a yes or no comes with nothing else to act on."""
    return len(words_of(re.sub(r"[^\w\s']", "", text))) <= 4


def corrected(text: str) -> str:
    """Return the part that counts when the caller corrects themselves: what follows the
    correction."""
    m = _NOT_BUT.search(text) or _BETTER.search(text)
    if m and re.search(r"\d|\w", m["right"]):
        return m["right"]
    pieces = [piece for piece in _CORRECTION.split(text) if piece.strip(" .,!?")]
    return pieces[-1] if pieces else text


def corrects(text: str) -> bool:
    return bool(_CORRECTION.match(text.strip()) or _NOT_BUT.search(text))


def continues(text: str) -> str | None:
    """Return what follows "what about" or "and" at the beginning, or None."""
    m = _ELLIPSIS.match(text.strip())
    return text.strip()[m.end() :] if m else None


def picked(text: str, options: Sequence[str]) -> int | None:
    """Return which of the options the answer names, by its words or its position."""
    said = content_stems(text)
    stems = [content_stems(option) for option in options]
    hits = [
        len(said & (own - set().union(*(o for j, o in enumerate(stems) if j != i))))
        for i, own in enumerate(stems)
    ]
    best = max(hits, default=0)
    if best and hits.count(best) == 1:
        return hits.index(best)
    positions = [i for i, pattern in enumerate(_POSITIONS[: len(options)]) if pattern.search(text)]
    return positions[0] if len(positions) == 1 else None

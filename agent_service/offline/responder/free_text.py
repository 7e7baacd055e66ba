"""Free words of the caller for a tool: the reason among them, the question, a short subject,
the whole story."""

import re

from agent_service.offline.responder.identifiers import heard_identifiers
from agent_service.offline.responder.slot_kinds import ID_WORDS, SlotKind
from agent_service.offline.responder.slots import Slot
from agent_service.offline.responder.words import STOP_WORDS, content_stems, words_of
from agent_service.redaction import redact

_BECAUSE = re.compile(
    r"\b(?:because(?: of)?|since|as (?=i|it|the|they|my)|due to|the reason (?:is|being)(?: "
    r"that)?|reason:|for the reason that|on account of|so that)\s+",
    re.IGNORECASE,
)
_CLAUSES = re.compile(
    r"(?<=[.!?;:])\s+|,\s+(?:and\s+|but\s+|so\s+)?|\s+(?:but|so)\s+|\s+and\s+(?=(?:it|they|i|"
    r"the|he|she|we|my)\b)|\s+[\u2013\u2014-]\s+",
    re.I,
)
_IN_ORDER = re.compile(
    r"^(?:(?:and|also|then|next|after that|first(?:ly| of all)?|second(?:ly)?|finally|"
    r"(?:two|three|a few|several) things)\b(?! one)[\s,:]*)+",
    re.I,
)
_ABOUT = re.compile(
    r"\b(?:about|regarding|concerning|it concerns|to do with)\s+(?P<what>[^.!?,;]+?)"
    r"(?=\s+(?:at|on|under|tomorrow|today|tonight|next|please)\b|[.!?,;]|$)",
    re.IGNORECASE,
)
_POLITE = re.compile(
    r"^(?:(?:hi|hello|hey|good (?:morning|afternoon|evening)|um+|uh+|er+|well|so|okay|ok|yes|"
    r"yeah|please|sorry|thanks|thank you)\b[\s,.!]*)+",
    re.I,
)
_ASKING = re.compile(
    r"^(?:(?:can|could|would|will) you (?:please )?(?:tell|explain|say)(?: to)?(?: me)?(?: about)?|"
    r"(?:i'd|i would) like to know|i (?:want|need) to know|i was wondering|do you know|please "
    r"tell me|tell me)\b[\s,:]*",
    re.I,
)
# Asks for the ticket, and leads to what it is about.
_REQUEST = re.compile(
    r"^(?:(?:please|(?:can|could|would|will) you(?: please)?|i(?:'d| would)? (?:want|like|need)"
    r"(?: you)? to|to)\s+)*(?:open|file|create|raise|log|make|write)(?: me| us)? "
    r"(?:a|an|the|another) (?:support )?(?:ticket|complaint|case|report)\b(?: for (?:me|us)\b)?"
    r"[\s,:]*(?:(?:with|under|on|and) )?(?:(?:the )?(?:subject|title|heading)|titled|called|named|"
    r"about|for|because(?: of)?|that says|that|which says|saying(?: that)?)?\b[\s,:]*(?=\w)",
    re.I,
)
_OPENING = re.compile(
    r"^(?:i (?:have|had|got|want|would like|need)(?: to (?:report|complain about))?|there is|"
    r"there's|it is about|it's about|my problem is(?: that)?)\s+",
    re.I,
)
# A mark in place of a secret is one word.
_WORDS = re.compile(r"\[[^\[\]]*\]|\S+")
_ANSWER_OPENING = re.compile(
    r"^(?:well|um+|uh+|it's|it is|that's|because|the reason is(?: that)?|yes|so)\b[\s,]*", re.I
)


def clauses(text: str) -> list[str]:
    """Split a turn into the statements that it is made of."""
    return [part.strip(" ,;") for part in _CLAUSES.split(text) if part and part.strip(" ,;.!?")]


def requests_in(text: str) -> list[str]:
    """Split a turn where another request may begin."""
    pieces = [piece for clause in clauses(text) for piece in _split_and(clause) if piece.strip()]
    return [told for piece in pieces if (told := _IN_ORDER.sub("", piece).strip(" ,:"))]


def _split_and(clause: str) -> list[str]:
    pieces = [p.strip() for p in clause.replace(" as well as ", " and ").split(" and ")]
    are_whole = all(len(p.split()) >= (3 if at else 2) for at, p in enumerate(pieces))
    return pieces if are_whole and all(map(content_stems, pieces)) else [clause]


def heard_text(
    slot: Slot, text: str, *, was_asked: bool, is_answer: bool, request: str | None
) -> str | None:
    """Return the caller's words for a free-text slot.

    ``request``: the clause that asks for the tool, when the turn says more than that; a slot that
    has other slots beside it takes only what is beyond the request. ``is_answer``: the turn answers
    the question for some slot; another one takes of it only what is said to be a reason.
    """
    # Before anything is cut: half a card number is not known for one any more.
    text, request = redact(text), request and redact(request)
    plain = _POLITE.sub("", text.strip()).strip()
    if was_asked:
        plain = _ANSWER_OPENING.sub("", plain) if slot.kind is SlotKind.REASON else plain
        return _sentence(plain) if content_stems(plain) or len(words_of(plain)) >= 2 else None
    if request is None and is_answer:
        m = _BECAUSE.search(plain) if slot.kind is SlotKind.REASON else None
        return _sentence(plain[m.end() :]) if m else None
    match slot.kind:
        case SlotKind.QUESTION:
            return _sentence(_ASKING.sub("", plain)) or None
        case SlotKind.REASON if m := _BECAUSE.search(plain):
            return _sentence(plain[m.end() :])
        case SlotKind.SUBJECT if m := _ABOUT.search(plain):
            return subject(m["what"])
        case SlotKind.SUBJECT:
            # A single clause that asks for the tool has no heading in it.
            has_more = request is None or len(clauses(plain)) > 1
            return subject(beyond(plain, request)) if has_more else None
        case SlotKind.REASON:
            return _sentence(beyond(plain, request)) or None
        case _:
            return _sentence(plain) if beyond(plain, request) else None


def beyond(text: str, request: str | None) -> str:
    """Return the clauses of the turn other than the one that asks."""
    if not request:
        return text
    asking = _POLITE.sub("", request).strip(" .!?")
    others = [c for c in clauses(text) if c.strip(" .!?") != asking]
    said = [c for c in others if len(words_of(c)) >= 2 and _tells(c)]
    return ". ".join(c.strip(" .") for c in said)


def _tells(clause: str) -> bool:
    """Return whether a clause says more than an identifier and what it is the number of."""
    heard = heard_identifiers(clause)
    for one in reversed(heard):
        clause = clause[: one.start] + clause[one.end :]
    stems = content_stems(clause) - content_stems(" ".join(ID_WORDS))
    return len(stems) > (1 if heard else 0)


def subject(text: str) -> str | None:
    """Return a short heading: the first statement, without its opening, at most eight words."""
    text = _REQUEST.sub("", text)
    first = _OPENING.sub("", next(iter(clauses(text)), text))
    words = _WORDS.findall(first)[:8]
    while len(words) > 1 and words[-1].lower().strip(",.") in STOP_WORDS:
        words.pop()
    heading = " ".join(words).strip(" ,.!?;")
    return heading[:1].upper() + heading[1:] if heading else None


def _sentence(text: str) -> str:
    text = text.strip(" ,;")
    return text[:1].upper() + text[1:] if text else ""

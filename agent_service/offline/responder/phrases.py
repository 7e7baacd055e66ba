"""Reads short things with a name: a person, an item, a city, a title."""

import re
from collections.abc import Collection

from agent_service.offline.responder.addresses import street_in
from agent_service.offline.responder.dates import CALENDAR
from agent_service.offline.responder.recall import Recall
from agent_service.offline.responder.slots import INSIDE, Slot
from agent_service.offline.responder.toolset import Tool
from agent_service.offline.responder.words import STOP_WORDS, content_stems, split_name

_STOP = (
    r"(?=\s+(?:on|at|in|from|to|for|by|with|and|or|until|please|tomorrow|today|tonight|next|this|right"
    r"|now|is|are|my|the|because|near|around|under|which|that|of|again|too|cost)\b|[.,!?;:]|\s*$)"
)
_NAMED = r"[A-Z][\w'\u2019-]*(?:\s+(?:[A-Z][\w'\u2019-]*|\d+[a-z]?\b))*"
_NAME = rf"(?P<name>{_NAMED})"
_THING = r"(?:the |my |our |a |an )?(?P<thing>[\w'\u2019-]+(?:\s+[\w'\u2019-]+){0,2}?)" + _STOP
_ADDRESSING = re.compile(
    r"(?:^|[.!?]\s*)(?:hi|hello|hey|thanks|thank you|bye)(?: there)?,?\s+$", re.I
)
_OBJECT = (
    r"(?:the |a |an |some |any |my |our |another )?"
    r"(?P<thing>(?!(?:it|that|this|them|one|you|i|we|to)\b)[\w'\u2019-]+(?:\s+[\w'\u2019-]+){0,3}?)"
)
_OBJECTS = tuple(
    re.compile(rf"\b{before}\s+{_OBJECT}{after}", re.I)
    for before, after in (
        (r"what(?:\s(?:does|do|would|will|is|are))?", r"\s+costs?\b"),
        (r"how much (?:is|are|for|does|do|would|will)(?! you\b| i\b| we\b)", _STOP),
        (r"(?:prices?|costs?|fees?|charge) (?:of|for)", _STOP),
        (r"(?:do|have) you (?:have|got|sell|stock|keep|carry|offer)", _STOP),
    )
)
"""What a question of prices or goods is about."""
_BIDDEN = r"(?:(?:i|we)(?:'d| would)? (?:need|want|like)(?: to \w+)?|(?:{deeds}))"
_PLACES = (
    "location place city town country region area room floor branch airport station street address "
    "site neighbourhood where zone building"
)
_ROLES: tuple[tuple[str, str, str], ...] = (
    ("destination to target arrival recipient payee", "to|into|for|towards", ""),
    ("origin from source departure start", "from|out of|leaving", "from|leaving"),
    (_PLACES, "in|at|near|around|inside|to|for|from|on", "in|at|near|inside"),
    ("artist author director composer maker", "by|from", "by"),
    ("name holder guest", "for|under|name|named|called|name is", ""),
)
"""Words in the names of what a tool takes, and the prepositions in front of such a thing: where it
is written like a name, and where it is not."""


_PHRASE_LEAD = re.compile(
    r"^(?:(?:it's|it is|that's|that would be|i mean|i meant|i think|maybe|just|well|um+|uh+|"
    r"yes|the|a|an|my|for|in|to|at|from|called)\b[\s,]*)+",
    re.I,
)


def person(slot: Slot, name: str | None, tool: Tool) -> str | None:
    """Return the part of a name that the slot takes."""
    if name is None:
        return None
    words = name.split()
    has_parts = sum("name" in s.name.lower() for s in tool.slots) > 1
    if has_parts and slot.leaf.lower().startswith(("first", "given")):
        return words[0]
    if has_parts and slot.leaf.lower().startswith(("last", "family", "sur")):
        return (
            words[-1] if len(words) > 1 or "first" not in {s.name[:5] for s in tool.slots} else None
        )
    return name


def placed(slot: Slot, text: str) -> str | None:
    """Return what stands behind a preposition that suits the slot: "to Anna Miller", "in the
    kitchen", "from Denver"; what is written like a name goes first."""
    own, outer = set(split_name(slot.leaf)), set(split_name(slot.name.replace(INSIDE, "_")))
    roles = [role for words in (own, outer - own) for role in _ROLES if words & {*role[0].split()}]
    ways = [way for role in roles for way in zip(role[1:], (_NAME, _THING), strict=True)]
    for before, form in ways:
        for m in re.finditer(rf"\b(?:{before})\s+{form}", text) if before else ():
            found = m[m.lastgroup or 0].strip()
            first = found.split()[0].lower()
            if first not in CALENDAR and first not in STOP_WORDS and not first[0].isdigit():
                return found
    return None


def object_in(text: str, verbs: Collection[str]) -> str | None:
    """Return what a question of prices or goods is about, or what one of the verbs is to be done
    with: "the renal diet food" of "I'd like to order the renal diet food again"."""
    bidden = re.compile(
        rf"\b{_BIDDEN.format(deeds='|'.join(map(re.escape, verbs)))}\s+{_OBJECT}{_STOP}", re.I
    )
    found = (form.search(text) for form in (*_OBJECTS, bidden))
    thing = next((m["thing"] for m in found if m), None)
    return None if thing is None or any(c.isdigit() for c in thing) else thing


def proper_names(text: str) -> list[str]:
    """Return what is written like a name inside the text, but for months and days and for whom a
    greeting is addressed to."""
    found = [
        m["name"]
        for m in re.finditer(rf"(?<=[\w,] ){_NAME}", text)
        if not _ADDRESSING.search(text[: m.start()])
    ]
    return [
        name
        for name in found
        if name.lower() not in CALENDAR | STOP_WORDS and not any(c.isdigit() for c in name)
    ]


def phrase(slot: Slot, text: str, *, was_asked: bool, recall: Recall) -> str | None:
    """Return a thing by its known name, else what was said when it was asked for."""
    stems = content_stems(text)
    if (pointed := recall.pointed(slot, text)) is not None:
        return pointed
    named = [n for n in recall.names() if content_stems(n) and content_stems(n) & stems]
    if named:
        return max(named, key=lambda n: len(content_stems(n) & stems))
    if was_asked and (street := _street(slot, text)):
        return street
    if was_asked:
        answer = _PHRASE_LEAD.sub("", text.strip()).strip(" .,!?")
        return answer or None
    quoted = re.search(r"[\"\u201c]([^\"\u201d]+)[\"\u201d]", text)
    if quoted:
        return quoted[1]
    return after_label(slot, text) or _street(slot, text) or placed(slot, text)


def _street(slot: Slot, text: str) -> str | None:
    words = set(split_name(slot.leaf))
    if "2" in words or not words & {"street", "location", "address", "place", "where"}:
        return None
    return street_in(text)


def after_label(slot: Slot, text: str) -> str | None:
    """ "The city is Berlin", "city: Berlin", "user speedy99", "the bedroom" of a room."""
    label = re.escape(slot.label)
    parted = r"\s?".join(map(re.escape, slot.label.replace(" ", "")))  # "user name"
    m = re.search(rf"\b{parted}\b(?:\s+(?:is|called|named|of|to)|:)\s+([^.,;!?]+)", text, re.I)
    words = "|".join(re.escape(word) for word in split_name(slot.leaf) if word != "name")
    for form in (rf"\b(?i:{words}) ({_NAMED}|\w*\d\w*)", rf"\b([A-Za-z]{{2,}}{label})\b"):
        m = m or (re.search(form, text) if words else None)
    return m[1].strip() if m else None

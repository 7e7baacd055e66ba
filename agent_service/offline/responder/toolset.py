"""The session's tools as the responder sees them: what each is for, how callers ask for it,
what it needs."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from agent_service.offline.responder.slot_kinds import FREE_TEXT, SlotKind
from agent_service.offline.responder.slots import Slot, slots_of
from agent_service.offline.responder.words import STOP_WORDS, content_stems, split_name, stem

_CALLERS_SAY = re.compile(
    r"(?:callers?|customers?|users?|people|patients?)\s+(?:may |might |often |usually "
    r")?say(?:s)?(?: things like)?\s*:"
    r"|\b(?:example (?:phrases|phrasings|utterances)|examples)\s*:",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"\u201c]([^\"\u201c\u201d]+)[\"\u201d]|(?<!\w)'((?:[^']|'(?=\w))+)'(?!\w)")
_CLAUSE_END = re.compile(
    r"\s+(?:that|which|who|whose|if|when|once|so|because|unless|until|only|using|given|"
    r"including)\b|[.;:(,]|\s+[-\u2013\u2014]\s+"
)
_LONGEST_ACTION = 9
_PREPOSITIONS = {"of", "for", "from", "with", "by", "in", "to", "on", "at"}
_DETERMINER_WORDS = "a an all another any both each one one's the these"
_NO_OBJECT = [[], *([word] for word in ("and", "or", "is", "are", *_PREPOSITIONS))]
_PARTICLES = [[word] for word in ("in", "off", "out", "up")]
_AWAY = [["away"], ["back"], ["off"], ["out"], ["up"]]
"""Behind a verb, hardly ever behind a noun: "leave out a delivery"."""
_ASKING = frozenset(("how", "if", "what", "when", "where", "whether", "which", "who", "why"))
_DETERMINED = [[word] for word in _DETERMINER_WORDS.split()]
_READING_WORDS = (
    "browse calculate check compare convert count describe display estimate explain fetch find get "
    "list locate look lookup preview query quote read retrieve search see show summarize track "
    "translate validate verify view work"
)
_READING = frozenset(_READING_WORDS.split())
_HANDING = frozenset(("answer", "give", "return", "say", "tell"))
"""Who asks is given something by these, or somebody else is."""
_KNOWN_BY = frozenset(
    [
        "availability",
        "balance",
        "calendar",
        "details",
        "directions",
        "faq",
        "forecast",
        "hours",
        "info",
        "information",
        "list",
        "menu",
        "overview",
        "policy",
        "price",
        "prices",
        "schedule",
        "status",
        "time",
        "times",
        "weather",
    ]
)
"""What a tool that only reads is often named by."""
_CHANGING_WORDS = (
    "accept activate add adjust allow announce apply approve arrange ask assign authorize begin "
    "block book buy call cancel change charge clear close complete confirm create deactivate "
    "decline delete deliver disable dispute donate drop edit enable end enroll escalate "
    "exchange extend file forward freeze hand have hire increase install invite issue join "
    "leave let lock lower make mark merge modify move notify open order pause pay place play "
    "post prolong purchase put raise rate reactivate record redeem refund register reject "
    "remove rename renew rent reorder replace report request reschedule reserve reset restart "
    "resume return schedule sell send set share ship sign skip start stop submit subscribe "
    "suspend swap switch take terminate tip transfer turn unblock unfreeze unlock unsubscribe "
    "update upgrade upload waive withdraw write"
)
_CHANGING = frozenset(_CHANGING_WORDS.split())
_ALSO_NOUNS_WORDS = (
    "book call change charge drop file hire issue leave order place play record refund rent report "
    "request reserve return schedule tip transfer"
)
_ALSO_NOUNS = frozenset(_ALSO_NOUNS_WORDS.split())
_DESCRIBING = frozenset(("available", "current", "free", "my", "next", "our", "past", "recent"))
"""What begins a name and a description and is no verb: "Free tables on a day"."""
_VERBS = _READING | _CHANGING | _HANDING


@dataclass(frozen=True, slots=True)
class Tool:
    name: str
    description: str
    """Without the example phrasings."""
    examples: tuple[str, ...]
    slots: tuple[Slot, ...]
    action: str
    """What it does, as a verb phrase: "cancel an order"."""
    is_write: bool = False
    """By the verbs of its name and description it changes something."""
    deeds: frozenset[str] = frozenset()
    """The stems of the verbs of what it does."""

    @property
    def taken(self) -> set[str]:
        """Return the stems of the words for what it takes, but for what most tools take, and for
        what it lets one choose from."""
        slots = [*self.slots, *(slot.item for slot in self.slots if slot.item is not None)]
        common = {SlotKind.IDENTIFIER, *FREE_TEXT}
        labels = [slot.label for slot in self.slots if slot.kind not in common]
        return content_stems(" ".join([*labels, *(name for s in slots for name in s.names)]))

    def slot(self, name: str) -> Slot | None:
        return next((slot for slot in self.slots if slot.name == name), None)


def tools_of(wire_tools: Sequence[Mapping[str, Any]]) -> tuple[Tool, ...]:
    """Return the usable tools among the session's; one without a name is left out."""
    return tuple(_tool(t) for t in wire_tools if isinstance(t.get("name"), str) and t["name"])


def _tool(wire: Mapping[str, Any]) -> Tool:
    text = str(wire.get("description") or "")
    description, examples = _split_examples(text)
    parameters = wire.get("parameters")
    is_write = _changes(wire["name"], description)
    action = _action(wire["name"], description, is_write=is_write)
    return Tool(
        name=wire["name"],
        description=description,
        examples=examples,
        slots=slots_of(parameters if isinstance(parameters, Mapping) else {}),
        action=action,
        is_write=is_write,
        deeds=_deeds(split_name(wire["name"]), action.lower().split()),
    )


def _deeds(named: Sequence[str], action: Sequence[str]) -> frozenset[str]:
    """Return the stems of the verbs of a name and of an action: "switch a light on or off" is one,
    "subscribe to or unsubscribe from" are two."""
    others = [word for before, word in pairwise(action) if before == "or" and word in _VERBS]
    return frozenset(
        stem(verb) for verb in (action[0], *others, *(w for w in named[:1] if w in _VERBS))
    )


def _changes(name: str, description: str) -> bool:
    """Say whether a tool may do more than look something up: it does unless its name and what it
    says of itself speak of nothing but reading."""
    named, words = split_name(name) or [""], description.lower().split()
    first, told = named[0], _verb(words)
    is_determined = words[1:2] in [*_DETERMINED, *_AWAY]
    # "Tickets the customer bought" of "my_tickets" begins with no verb.
    is_noun = first == "my" or (named[1:] and words[1:2] == ["the"] and words[0] == named[-1])
    is_verb = is_determined and not is_noun and words[0] not in STOP_WORDS | _ASKING
    is_doing = told in _CHANGING - _ALSO_NOUNS or (is_verb and told not in _READING | _HANDING)
    if first in _READING:
        # "check_in" checks nothing.
        return is_doing or (named[1:2] in _PARTICLES and first != "look")
    if is_doing or first in _CHANGING - _ALSO_NOUNS - _HANDING:
        return True
    if told in _READING or set(named) & _KNOWN_BY:
        return False
    if _HANDING & {first, told}:  # "give_refund" gives more than an answer
        is_more = told not in _HANDING or set(named) & (_CHANGING - {"answer"})
        return bool(is_more) or not _hands_knowledge(told, words[1:])
    # "Refill a prescription" repeats a verb, "Price for a room" a noun.
    has_object = len(named) > 1 and words[1:2] not in _NO_OBJECT
    is_told = told in _DESCRIBING | _ASKING or told.endswith(("ed", "ing", "est"))
    repeats = told == first and has_object and not is_told
    return repeats or first in _CHANGING or not words


def _hands_knowledge(verb: str, words: Sequence[str]) -> bool:
    """Return whether what is given or told is something to know, told to who asks for it: "tells
    the school that a child is ill" is not."""
    if verb in {"answer", "return"}:
        return True
    begun = [word.strip(",.") for word in words[:5]]
    is_known = set(begun) & (_ASKING | _KNOWN_BY) or begun[:1] in (["the"], ["all"])
    return bool(is_known) and "that" not in begun


def _verb(words: Sequence[str]) -> str:
    """Return the first word of a description in its base form, past an adverb."""
    plain = [word.lower().strip(",.") for word in words[:2]]
    first = next((word for word in plain if not word.endswith("ly")), "")
    return {"has": "have", "does": "do"}.get(first) or _base_form(first)


def _split_examples(text: str) -> tuple[str, tuple[str, ...]]:
    m = _CALLERS_SAY.search(text)
    if m is None:
        return text.strip(), ()
    rest = text[m.end() :]
    quoted = list(_QUOTED.finditer(rest))
    if not quoted:
        phrases = [part.strip(" .") for part in re.split(r"[;,\n]|\s-\s", rest.split("\n\n")[0])]
        return text[: m.start()].strip(), tuple(phrase for phrase in phrases if phrase)
    after = rest[quoted[-1].end() :].strip(" .,;\n")
    examples = tuple((q[1] or q[2]).strip() for q in quoted)
    return f"{text[: m.start()].strip()} {after}".strip(), examples


def _action(name: str, description: str, *, is_write: bool) -> str:
    """Return a verb phrase: the first clause of the description if it is one, else the name's
    words."""
    sentence = description.strip().split("\n")[0]
    clause = _CLAUSE_END.split(sentence, maxsplit=1)[0].strip()
    words = clause.split()
    if len(words) > _LONGEST_ACTION:
        words = _until_preposition(words)
    own = split_name(name)
    verb = _verb(words)
    is_verb = (
        verb in _VERBS
        or (is_write and verb == own[0])
        or (words[1:2] in _DETERMINED and verb not in STOP_WORDS)
    )
    if 2 <= len(words) <= _LONGEST_ACTION and is_verb:
        while words[0].lower().strip(",").endswith("ly"):
            words = words[1:]
        return _to_caller(" ".join([verb, *words[1:]]))
    if own[0] in _VERBS or len(words) < 2:
        return " ".join(own)
    return _to_caller(f"look up {words[0][:1].lower()}{' '.join(words)[1:]}")


def _until_preposition(words: list[str]) -> list[str]:
    """Shorten a long phrase at its last preposition that leaves it short enough."""
    ends = [
        i
        for i, word in enumerate(words[: _LONGEST_ACTION + 1])
        if word.lower() in _PREPOSITIONS and words[i - 1].lower() not in {"one", "all", "any"}
    ]
    return words[: ends[-1]] if ends and ends[-1] >= 2 else words


def _to_caller(action: str) -> str:
    """Speak to the caller instead of about them."""
    action = re.sub(r"\b(?:the |a )?(?:caller|customer|user)'s\b", "your", action)
    action = re.sub(r"\bof (?:the|a) (?:caller|customer|user)\b", "of yours", action)
    return re.sub(r"\b(?:the|a) (?:caller|customer|user)\b", "you", action)


def _base_form(verb: str) -> str:
    """ "Cancels" gives "cancel"; a verb in its base form stays."""
    if verb.endswith(("ches", "shes", "sses", "xes", "zes")):
        return verb[:-2]
    if verb.endswith("ies") and len(verb) > 4:
        return verb[:-3] + "y"
    return verb[:-1] if verb.endswith("s") and not verb.endswith("ss") else verb

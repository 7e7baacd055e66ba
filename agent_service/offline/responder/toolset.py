"""The session's tools as the responder sees them: what each is for, how callers ask for it,
what it needs."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent_service.offline.responder.slots import Slot, slots_of
from agent_service.offline.responder.words import split_name

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
_NOT_VERBS = {"the", "a", "an", "this", "your", "tool", "function", "use", "used", "when"}


@dataclass(frozen=True, slots=True)
class Tool:
    name: str
    description: str
    """Without the example phrasings."""
    examples: tuple[str, ...]
    slots: tuple[Slot, ...]
    action: str
    """What it does, as a verb phrase: "cancel an order"."""

    def slot(self, name: str) -> Slot | None:
        return next((slot for slot in self.slots if slot.name == name), None)


def tools_of(wire_tools: Sequence[Mapping[str, Any]]) -> tuple[Tool, ...]:
    """Return the usable tools among the session's; one without a name is left out."""
    return tuple(_tool(t) for t in wire_tools if isinstance(t.get("name"), str) and t["name"])


def _tool(wire: Mapping[str, Any]) -> Tool:
    text = str(wire.get("description") or "")
    description, examples = _split_examples(text)
    parameters = wire.get("parameters")
    return Tool(
        name=wire["name"],
        description=description,
        examples=examples,
        slots=slots_of(parameters if isinstance(parameters, Mapping) else {}),
        action=_action(wire["name"], description),
    )


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


def _action(name: str, description: str) -> str:
    """Return a verb phrase: the first clause of the description if it is one, else the name's
    words."""
    sentence = description.strip().split("\n")[0]
    clause = _CLAUSE_END.split(sentence, maxsplit=1)[0].strip()
    words = clause.split()
    if len(words) > _LONGEST_ACTION:
        words = _until_preposition(words)
    if 2 <= len(words) <= _LONGEST_ACTION and words[0].lower() not in _NOT_VERBS:
        return _to_caller(" ".join([_base_form(words[0].lower()), *words[1:]]))
    return " ".join(split_name(name))


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

"""The parts of a caller's turn: its requests, and what it says beside names and identifiers."""

import re

from agent_service.offline.responder.identifiers import heard_identifiers
from agent_service.offline.responder.recall import Recall
from agent_service.offline.responder.slot_kinds import SlotKind
from agent_service.offline.responder.synonyms import in_plain_words
from agent_service.offline.responder.toolset import Tool
from agent_service.offline.responder.words import STOP_WORDS, content_stems, human, stem, words_of

_REQUEST = re.compile(
    r"^(?:(?:and|also|then|please|so)\b[\s,]*)*"
    r"(?:can|could|will|would|may|please|i want|i need|i'd like|i would like|i have to|where|when"
    r"|what|which|who|how|why|wheres|whats|hows|whens"
    r"|is|are|do|does|did|has|have|tell|let|give|send|show|put|get|make)\b",
    re.IGNORECASE,
)


_LEAD = r"^(?:(?:and|but|so|well|okay|by the way|oh)\b[\s,]*)*"
_TO_KNOW = (
    r"(?:(?:until|till|by|since|for|with|to|from|at|in|on|of) )?(?:where|when|what|which|whom?)|"
    r"how|why|do (?:you|i|we)|is (?:there|it|my|that)|are (?:you|there)"
    r"|(?:can|could) you tell|do you know"
)
_ASKING = re.compile(rf"{_LEAD}(?:{_TO_KNOW}|(?:can|could|will|would|may) (?:you|i|we))\b", re.I)
_INFORMATION = re.compile(rf"{_LEAD}(?:{_TO_KNOW})\b", re.I)


def is_question(text: str) -> bool:
    """Return whether a turn asks for something: no thing with a name begins like that."""
    return bool(_ASKING.match(text.strip())) and len(text.split()) >= 3


def asks_to_know(text: str) -> bool:
    """Return whether a turn only wants to know something."""
    return bool(_INFORMATION.match(text.strip()))


def own_stems(tool: Tool) -> set[str]:
    """Return the stems of the words that name what a tool does."""
    return content_stems(f"{tool.action} {human(tool.name)}")


_TELLING_WORDS = "contest claim dispute file inform leave log note notify record report submit tell"
_TELLING = content_stems(_TELLING_WORDS)
_CORRECTING = content_stems("change correct edit set update")
_ANEW = re.compile(r"\b(?:new|now|should (?:be|have)|instead|wrong|moved)\b", re.I)


def names_deed(text: str, tool: Tool) -> bool:
    """Return whether the verb of what a tool does was said."""
    return any(stem(w.text) in tool.deeds for w in words_of(f"{text} {in_plain_words(text)}"))


def takes_reports(tool: Tool, text: str) -> bool:
    """Return whether a statement is enough for a tool: it passes on or notes what is told; but who
    tells of a complaint asks for none."""
    is_passed_on = tool.deeds & _TELLING and not names_deed(text, tool)
    return bool(is_passed_on) or sets_right(tool, text)


def sets_right(tool: Tool, text: str) -> bool:
    """Return whether a turn tells what is to be otherwise now, for a tool that changes such."""
    return bool(tool.deeds & _CORRECTING and _ANEW.search(text))


def answers_questions(tool: Tool) -> bool:
    """Return whether a tool needs nothing but a question, and changes nothing."""
    needed = [slot for slot in tool.slots if slot.is_required]
    return not tool.is_write and [slot.kind for slot in needed] == [SlotKind.QUESTION]


def is_own(text: str) -> bool:
    """Return whether a turn is about something of the caller's."""
    return bool(re.search(r"\b(?:my|mine|i have|(?<!how )do i|i've|our)\b", text, re.I))


_PRICED = re.compile(r"\bhow much\b|\bprices?\b|\bcosts?\b|\b(?:do|would) you charge\b", re.I)
_PRICES = content_stems("charge cost fare fee price pricing quote rate tariff")


def is_priced(text: str) -> bool:
    """Return whether a turn asks what something costs."""
    return bool(_PRICED.search(text))


def tells_prices(tool: Tool) -> bool:
    """Return whether a tool says of itself that it tells what something costs."""
    return bool(content_stems(f"{human(tool.name)} {tool.description}") & _PRICES)


def shared_nouns(text: str, tool: Tool) -> set[str]:
    """Return the words of a turn that stand in what a tool says that it does."""
    words = f"{human(tool.name)} {tool.description}"
    return content_stems(in_plain_words(text)) & content_stems(words)


def is_value_only(text: str) -> bool:
    """Return whether a turn is an identifier and hardly anything else."""
    if not heard_identifiers(text) or asks_to_know(text):
        return False
    return len(remainder(text, Recall(()))) <= 1


def asks(part: str, tool: Tool) -> bool:
    """Return whether a part of a turn is a request: "I bought a lamp" only tells."""
    if _REQUEST.match(part):
        return True
    first = next((word.text for word in words_of(part) if word.text[0].isalpha()), "")
    openings = {example.split()[0].lower() for example in tool.examples if example}
    verbs = {word for word in openings if word not in STOP_WORDS}
    return stem(first) in own_stems(tool) or first in verbs


def without_names(text: str, recall: Recall) -> str:
    """Write "item" for things whose names are known: which one is meant is no matter here."""
    known = {one for name in recall.names() for one in content_stems(name)}
    parts: list[str] = []
    for word in words_of(text):
        is_name = word.text[0].isalpha() and stem(word.text) in known
        if not is_name:
            parts.append(word.raw)
        elif not parts or parts[-1] != "item":
            parts.append("item")
    return " ".join(parts) if known and "item" in parts else text


def remainder(text: str, recall: Recall) -> set[str]:
    """Return what a turn says besides identifiers and the names of known things."""
    for one in reversed(heard_identifiers(text)):
        text = text[: one.start] + text[one.end :]
    known = {stem for name in recall.names() for stem in content_stems(name)}
    return content_stems(text) - known

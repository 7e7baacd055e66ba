"""Instructions that can be followed to the letter: say exactly, greet with, always mention,
answer in one word."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agent_service.offline.ports import ContextItem, ContextMessage

_QUOTES = "\"'\u201c\u201d\u2018\u2019\u00ab\u00bb"
_VERBATIM = r"(?:exactly|aloud|verbatim|word for word)"
_EXACTLY = re.compile(
    r"^\W*(?:please\s+)?(?:say|read|speak|repeat|tell)\b"
    # A long order has to say that it is one to the letter: instructions of sessions begin alike.
    rf"(?:[^:\n]{{0,80}}?|[^:\n]{{0,80}}?\b{_VERBATIM}\b[^:\n]{{0,300}}?):\s*(?P<text>.+)$",
    re.I | re.S,
)
_SAY_QUOTED = re.compile(
    rf"^\W*(?:please\s+)?(?:now\s+)?(?:just\s+)?(?:say|repeat|respond with|reply with|answer "
    rf"with|respond exactly "
    rf"with)\b[^{_QUOTES}:\n]{{0,40}}[\"\u201c'](?P<text>[^\"\u201d]+?)[\"\u201d'][.!]?\s*$",
    re.I,
)
_GREET = re.compile(
    rf"\b(?:greet|welcome)\s+(?:the\s+)?(?:caller|user|customer|patient|them|"
    rf"visitor)s?\b(?P<how>[^.\n:{_QUOTES}]*?)(?:with|by saying|saying|"
    rf":)\s*:?\s*[{_QUOTES}](?P<text>[^{_QUOTES[0]}\u201d]+)[{_QUOTES}]",
    re.I,
)
_GREET_PLAIN = re.compile(
    r"\b(?:greet|welcome)\s+(?:the\s+)?(?:caller|user|customer|patient|them|"
    r"visitor)s?\s+(?:with|by saying|saying)\s*:?\s*(?P<text>[^\"\n]+)",
    re.I,
)
_GREET_ANY = re.compile(r"^\W*(?:please\s+)?(?:greet|welcome)\b", re.I)
_MENTION = re.compile(
    r"\balways\s+(?:mention|say|add|tell (?:the )?(?:caller|user|customer)s?|remind (?:the "
    r")?(?:caller|user|customer)s?)(?:\s+that)?\s*:?\s*(?P<text>[^.\n]+)",
    re.I,
)
_INCLUDE = re.compile(
    r"\b(?:always|make sure(?: that)? you|be sure to|you must|please)\s+"
    r"(?:include|reference|use|mention|say)\s+(?:(?:the|this)\s+(?:phrase|words?|name|sentence)\s*:?\s*)?"
    r"(?:[\"\u201c](?P<quoted>[^\"\u201d]+)[\"\u201d]|(?P<named>[^.\n\"]{2,60}?)\s+by name\b)",
    re.I,
)
_END_WITH = re.compile(
    r"\b(?:end|finish|close)\s+(?:every|each|all|your)\s+(?:answer|reply|response|"
    r"message)s?\s+(?:with|by saying)\s*:?\s*(?P<text>[^\n]+)",
    re.I,
)
_START_WITH = re.compile(
    r"\b(?:start|begin|open)\s+(?:every|each|all|your)\s+(?:answer|reply|response|"
    r"message)s?\s+(?:with|by saying)\s*:?\s*(?P<text>[^\n]+)",
    re.I,
)
_WHISPER = re.compile(r"^A person of the team tells you\b[^:]{0,60}:\s*(?P<text>.+)$", re.I | re.S)
_ONE_WORD = re.compile(
    r"\b(?:answer|reply|respond|speak)\b[^.\n]{0,30}\b(?:in|with)\s+(?:only\s+|just\s+|"
    r"exactly\s+)?(?:one|a single)\s+word\b",
    re.I,
)
_SEARCH = re.compile(
    r"\b(?:always|must|first)\b[^.\n]{0,60}\b(?:search|look(?:ing)? up|knowledge base)\b"
    r"|\bonly answer\b[^.\n]{0,80}\b(?:search|find|found|knowledge base)\b",
    re.I,
)
_LANGUAGES = (
    "Spanish|French|German|Italian|Portuguese|Dutch|Polish|Turkish|Russian|Chinese|"
    "Mandarin|Japanese|Korean|Arabic|Hindi|Swedish|Danish|Norwegian|Finnish|Greek|"
    "Czech|Ukrainian|Hebrew|Vietnamese|Thai"
)
_LANGUAGE = re.compile(
    rf"\b(?:answer|reply|respond|speak|talk|say (?:it|that|"
    rf"this))\b[^.\n]{{0,40}}?\b(?:in\s+)?(?P<language>{_LANGUAGES})\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Directives:
    exactly: str | None = None
    """The whole answer, to the letter."""
    greeting: str | None = None
    greets: bool = False
    """A greeting is asked for now."""
    before: str | None = None
    after: str | None = None
    one_word: bool = False
    searches: bool = False
    """A tool is to be asked before anything is answered."""
    language: str | None = None
    """Another language than English that was asked for."""


def directives(instructions: str) -> Directives:
    """Read the instructions of a response or of a session."""
    exactly = _exact(instructions)
    if exactly is not None:
        return Directives(exactly=exactly)
    greeting = _GREET.search(instructions) or _GREET_PLAIN.search(instructions)
    mention = to_include(instructions) or next(
        (_statement(m["text"]) for m in _MENTION.finditer(instructions)), None
    )
    end, start = _END_WITH.search(instructions), _START_WITH.search(instructions)
    language = _LANGUAGE.search(instructions)
    return Directives(
        greeting=_unquoted(greeting["text"]) if greeting else None,
        greets=bool(_GREET_ANY.match(instructions)),
        before=_statement(start["text"]) if start else None,
        after=_statement(end["text"]) if end else mention,
        one_word=bool(_ONE_WORD.search(instructions)),
        searches=bool(_SEARCH.search(instructions)),
        language=language["language"] if language else None,
    )


def to_include(text: str) -> str | None:
    """Return the phrase that an answer has to hold: "use the phrase ...", "mention ... by name"."""
    m = _INCLUDE.search(text)
    return _statement(m["quoted"] or m["named"]) if m else None


def whispered(items: Sequence[ContextItem]) -> str | None:
    """Return what a person of the team has told the agent last, and nobody answered yet."""
    last = items[-1] if items else None
    if not isinstance(last, ContextMessage) or last.role != "system":
        return None
    found = _WHISPER.match(last.text)
    return found["text"].strip() if found else None


def said_to_repeat(text: str) -> str | None:
    """Return what a caller wants to have said: "repeat after me: ...", "say 'hello'"."""
    m = _SAY_QUOTED.match(text.strip())
    if m:
        return m["text"].strip()
    m = re.match(
        r"^\W*(?:please\s+)?(?:repeat|say|read)\b(?: (?:after me|this|the following|exactly|"
        r"sentence|out loud|aloud|these words|back|to me))*\s*:\s*(?P<text>.+)$",
        text.strip(),
        re.I | re.S,
    )
    m = m or re.match(
        r"^\W*(?:please\s+)?repeat after me\W+(?P<text>.+)$", text.strip(), re.I | re.S
    )
    return _unquoted(m["text"]) if m else None


def asks_one_word(text: str) -> bool:
    return bool(_ONE_WORD.search(text)) or bool(re.search(r"\bin one word\b", text, re.I))


def asks_language(text: str) -> str | None:
    m = _LANGUAGE.search(text) or re.search(
        rf"\bdo you speak (?P<language>{_LANGUAGES})\b", text, re.I
    )
    return m["language"] if m else None


def _exact(instructions: str) -> str | None:
    """Only an instruction that begins with the order to say something is one for this answer."""
    text = instructions.strip()
    m = _SAY_QUOTED.match(text)
    if m:
        return m["text"].strip()
    m = _EXACTLY.match(text)
    return _unquoted(m["text"]) if m else None


def _unquoted(text: str) -> str:
    text = text.strip()
    pairs = {'"': '"', "\u201c": "\u201d", "'": "'", "\u00ab": "\u00bb"}
    if len(text) > 1 and pairs.get(text[0]) == text[-1] and text[0] not in text[1:-1]:
        return text[1:-1].strip()
    return text


def _statement(text: str) -> str:
    text = _unquoted(text.strip().rstrip(".")).strip()
    text = re.sub(
        r"\s+(?:at the (?:end|beginning)|in every answer|in each answer)$", "", text, flags=re.I
    )
    return text[:1].upper() + text[1:] + ("" if text[-1:] in ".!?" else ".")

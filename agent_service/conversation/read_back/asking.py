"""Finds the question at the end of a read-back, and whether it asks for agreement."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from agent_service.conversation.read_back.language import Language
from agent_service.conversation.read_back.text import Text
from agent_service.conversation.read_back.tokens import Token
from agent_service.conversation.read_back.units import Verbs

_ENDS = frozenset(".!?…")
_FAR = 100
"""So many words into a sentence it may begin to ask."""
_WHAT = frozenset(("que", "qu", "qué", "che", "o", "por", "was", "what"))


@dataclass(frozen=True, slots=True)
class Asked:
    body: tuple[Token, ...]
    """What is said without the question."""
    asked_from: int
    """From here on the body belongs to the question; its length if the question stands alone."""
    gap: str
    """The punctuation in front of the question."""


def asked(
    tokens: Sequence[Token], end: str, language: Language, own: Sequence[str], verbs: Verbs
) -> Asked | None:
    """Return what a text says and asks agreement for, or None if it asks no such question.

    ``own`` are the words of the question that was to be asked. Without a question mark some would
    be statements ("lo hago", "procedo"): those count only where there is no punctuation at all.
    """
    text = Text(tokens, language)
    is_own = bool(own) and [token.text for token in tokens[-len(own) :]] == list(own)
    start = text.closing(language.questions)
    if "?" in end:
        start = text.closing(language.tags) if start is None else start
    elif end or any(_ENDS & set(token.gap) for token in tokens):
        if start is None or not is_own:
            return None
    elif start is None and is_own:
        start = len(tokens) - len(own)
    if start is not None:
        is_other = _is_open(tokens, start)
        return None if is_other else Asked(tuple(tokens[:start]), start, tokens[start].gap)
    return _opened(text, language, verbs)


def _is_open(tokens: Sequence[Token], at: int) -> bool:
    """Tell whether the question that begins there asks what, not whether: "o que posso fazer"."""
    return at > 0 and not tokens[at].gap and tokens[at - 1].text in _WHAT


def _opened(text: Text, language: Language, verbs: Verbs) -> Asked | None:
    """Return what is asked by a question that holds it: ``Shall I cancel order 1007?``"""
    tokens = text.tokens
    first = max((at for at, token in enumerate(tokens) if _ENDS & set(token.gap)), default=0)
    for at in range(first, min(len(tokens), first + _FAR)):
        end = text.after(language.openers, at)
        if end is not None and end < len(tokens) and not _is_open(tokens, at):
            rest = [replace(tokens[end], gap=tokens[at].gap or ","), *tokens[end + 1 :]]
            return Asked((*tokens[:at], *rest), at, tokens[at].gap)
    does_ask = language.first_person and any(
        token.text in verbs and token.text.endswith(language.first_person)
        for token in tokens[first:]
    )
    return Asked(tuple(tokens), len(tokens), tokens[first].gap) if does_ask else None

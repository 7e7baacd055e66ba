"""Colloquial English words for what service desks do, with the plain word of each: a sentence is
also compared with its plain words."""

import re

from agent_service.offline.responder.texts import paragraphs

_PLAIN_OF = {
    phrase: plain for plain, phrases in paragraphs("synonyms.txt").items() for phrase in phrases
}
_COLLOQUIAL = re.compile(
    rf"\b(?:{'|'.join(re.escape(p) for p in sorted(_PLAIN_OF, key=len, reverse=True))})\b",
    re.IGNORECASE,
)


def in_plain_words(text: str) -> str:
    """Return the text with plain words for colloquial ones."""
    return _COLLOQUIAL.sub(lambda m: _PLAIN_OF[m.group().lower()], text)

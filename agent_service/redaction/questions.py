"""Whether a sentence asks for a number to be told."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from agent_service.redaction.context_words import (
    is_asking,
    is_verb,
    is_what,
    is_which,
    names_digits,
)
from agent_service.redaction.reading import Token


def asks(sentence: Sequence[Token], *, asks_digits: bool) -> bool:
    """Tell whether a sentence asks for the number of what it names, and not only speaks of it."""
    words = [token.word for token in sentence if token.word]
    if any(is_which(word) for word in words):
        return True
    if any(is_what(word) and is_verb(after) for word, after in pairwise(words)):
        return True
    is_question = words[-1:] == ["?"]
    return asks_digits and (is_question or any(is_asking(word) for word in words))


def sentences_from_last(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Yield the sentences with their signs, each in its order."""
    sentence: list[Token] = []
    for token in reversed(tokens):
        if token.word in {".", "?", "!"}:
            yield sentence[::-1]
            sentence = []
        sentence.append(token)
    yield sentence[::-1]


def asked_sentence(tokens: Sequence[Token]) -> list[Token] | None:
    """Return the last sentence that asks for something to be told, and tells no number itself."""
    for sentence in sentences_from_last(tokens):
        if any(token.digits and not token.is_spoken for token in sentence):
            continue
        words = [token.word for token in sentence]
        if words[-1:] == ["?"] or any(is_asking(word) for word in words):
            return sentence
        if asks(sentence, asks_digits=any(map(names_digits, words))):
            return sentence
    return None

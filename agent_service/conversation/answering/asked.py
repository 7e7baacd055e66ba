"""What a caller was asked: the read-back's words, without the question at its end."""

import re
from dataclasses import dataclass
from typing import Final

from agent_service.conversation.answering.verbs import is_action
from agent_service.conversation.answering.words import readable_part
from agent_service.conversation.phrases import QUESTIONS

# A sentence ends after a word in small letters: not after "Dr." and not after "8.".
_SENTENCE_END: Final = re.compile(r"(?<=[a-zß-ÿ]{3})[.!]\s+")

# Tools may be read back with another question than the service's own.
_QUESTION: Final = re.compile(r"(?<=[.!])\s+[^.!?¿]*(?:¿[^.!?¿]*)?\?$")

_COLON: Final = re.compile(r"\s*:\s")  # and not that of 10:30


@dataclass(frozen=True, slots=True)
class Asked:
    """A read-back."""

    text: str
    """Its words, with spaces between and around."""
    sentence: str
    """The sentence that says what is to be done, as it is written."""
    clause: tuple[str, ...]
    """Its words."""
    pauses: frozenset[int]
    """After how many words of the clause there is punctuation."""
    named: int
    """How many words of the clause come before a colon: what follows is its content."""
    question: tuple[str, ...]
    """The words of the question at its end."""


def asked(read_back: str) -> Asked:
    """Read a read-back; sentences may stand before the one that says what is to be done."""
    read_back = read_back.strip()
    body = _without_question(read_back)
    sentences = _SENTENCE_END.split(body.rstrip("."))
    known = (part for part in sentences if is_action(part.partition(" ")[0].lower(), "en"))
    sentence = next(known, sentences[-1])
    clause = readable_part(sentence)
    return Asked(
        text=f" {' '.join(readable_part(body).words)} ",
        sentence=sentence,
        clause=clause.words,
        pauses=clause.pauses,
        named=len(readable_part(_COLON.split(sentence)[0]).words),
        question=readable_part(read_back[len(body) :]).words,
    )


def _without_question(body: str) -> str:
    for question in QUESTIONS.values():
        if body.endswith(question):
            return body.removesuffix(question).strip()
    return _QUESTION.sub("", body)


def is_echo(words: tuple[str, ...], read_back: Asked) -> bool:
    """Tell whether several words are just what was read back, in the same order."""
    return len(words) > 1 and f" {' '.join(words)} " in read_back.text

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

# What the caller is told to do is not what they are asked to agree to: "and you return the key".
_CALLERS: Final = re.compile(
    r"(?:,|;|\s(?:and|et|y|e))+\s(?:and |et |y |e )?"
    r"(?:you(?:'ll| will| can| need to| have to)?|vous|usted|lei|voi|[oa] senhora?|você)"
    r" (?!have\b|are\b|will be\b|avez\b|ne\b|no\b|non\b|não\b)[a-zà-ÿ]+(?:\s|$)"
    r"|,\s[^,]*\b[a-zäöü]+en Sie\b"
)

# Nor is it what is said of others: "the last one comes this Friday", "die Anfahrt kostet 9 Euro".
_STATES: Final = re.compile(
    r"(?:[,;:]|\s(?:and|et|y|e))\s(?:[^\s,;]+\s){1,5}?(?:"
    r"comes?|goes|costs?|is|are|will|won't|stays?|starts?|ends?|arrives?|lasts?|gets?|falls?|rises?"
    r"|est|sont|sera|seront|coûte|coûtera|arrive|reste|part|va|dure|commence|passe"
    r"|es|son|será|serán|cuesta|queda|llega|llegará|va|sale|dura|empieza|pasa"
    r"|è|sono|sarà|saranno|costa|passa|resta|rimane|arriva|arriverà|parte|comincia"
    r"|é|são|será|serão|custa|fica|chega|chegará|vai|sai|começa|passa"
    r")(?=\s)"
    r"|,\s(?:[a-zäöü]+\s)?(?:[A-ZÄÖÜ][\wäöüß]+|das|es|er)\s[a-zäöü]{2,}t(?=\s)"
)

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
    stated: int
    """How many words of the clause come before what is said of others."""
    question: tuple[str, ...]
    """The words of the question at its end."""


def asked(read_back: str) -> Asked:
    """Read a read-back; sentences may stand before the one that says what is to be done."""
    read_back = read_back.strip()
    body = _without_question(read_back)
    sentences = _SENTENCE_END.split(body.rstrip("."))
    known = (part for part in sentences if is_action(part.partition(" ")[0].lower(), "en"))
    sentence = _without_caller(next(known, sentences[-1]))
    clause = readable_part(sentence)
    return Asked(
        text=f" {' '.join(readable_part(body).words)} ",
        sentence=sentence,
        clause=clause.words,
        pauses=clause.pauses,
        named=len(readable_part(_COLON.split(sentence)[0]).words),
        stated=_stated(sentence),
        question=readable_part(read_back[len(body) :]).words,
    )


def _without_question(body: str) -> str:
    for question in QUESTIONS.values():
        if body.endswith(question):
            return body.removesuffix(question).strip()
    return _QUESTION.sub("", body)


def _without_caller(sentence: str) -> str:
    """Leave out what the caller is to do."""
    found = _CALLERS.search(sentence)
    return sentence[: found.start()] if found and found.start() > 0 else sentence


def _stated(sentence: str) -> int:
    found = _STATES.search(sentence)
    return len(readable_part(sentence[: found.start()] if found else sentence).words)


def is_echo(words: tuple[str, ...], read_back: Asked) -> bool:
    """Tell whether several words are just what was read back, in the same order."""
    return len(words) > 1 and f" {' '.join(words)} " in read_back.text

"""A deterministic reading of answers to a read-back: a plain, whole, present yes, or none.

An answer is a yes when every word of it belongs to an accepted phrase and nothing is left over.
There is no list of what makes a yes doubtful: a question, a part, a condition, another number or
another script is no accepted phrase, and so is everything that nobody has thought of.
"""

from enum import Enum, auto
from typing import Final

from agent_service.conversation.answering.asked import Asked, asked, is_echo
from agent_service.conversation.answering.languages import LANGUAGES, Language
from agent_service.conversation.answering.sequence import begins_with_no, is_no, is_yes
from agent_service.conversation.answering.words import Said, said
from agent_service.conversation.languages import base_language

# Nobody says a plain yes or no at greater length, not even with all of a read-back once more.
_LONGEST_TEXT: Final = 1000
_MOST_WORDS: Final = 80


class Answer(Enum):
    YES = auto()
    NO = auto()
    UNCLEAR = auto()


def read_answer(text: str, *, language: str | None, summary: str) -> Answer:
    """Read the caller's answer to a read-back.

    ``language`` is an ISO 639-1 code, with or without a region; None, or one of which there is no
    grammar, reads all that there are. ``summary`` is the whole read-back, with its question.
    """
    if len(text) > _LONGEST_TEXT:
        return Answer.UNCLEAR
    answer = said(text)
    if answer is None or answer.is_question or not 0 < len(answer.words) <= _MOST_WORDS:
        return Answer.UNCLEAR
    read_back = asked(summary)
    if is_echo(answer.words, read_back):
        return Answer.UNCLEAR
    own = LANGUAGES.get(base_language(language) or "")
    found = _read(answer, read_back, own) if own is not None else _read_in_any(answer, read_back)
    if found is Answer.UNCLEAR and own is not None:
        # A plain no is understood in every language: nothing is done then.
        is_foreign_no = any(is_no(answer, other.grammar, {}) for other in LANGUAGES.values())
        return Answer.NO if is_foreign_no else Answer.UNCLEAR
    return found


def _read(answer: Said, read_back: Asked, language: Language) -> Answer:
    grammar, agreed = language.grammar, language.agreed
    if is_yes(answer, grammar, agreed):  # in most answers nothing is said again
        return Answer.UNCLEAR if _is_yes_with_echo(answer, read_back, language) else Answer.YES
    repetition = language.repetition(answer.text, read_back)
    agreeing = {**agreed, **(repetition.agreeing() if repetition else {})}
    if is_yes(answer, grammar, agreeing):
        return Answer.UNCLEAR if _is_yes_with_echo(answer, read_back, language) else Answer.YES
    refusing = {**agreed, **(repetition.refusing() if repetition else {})}
    if is_no(answer, grammar, refusing) or begins_with_no(answer, grammar, agreeing, refusing):
        return Answer.NO
    return Answer.UNCLEAR


def _is_yes_with_echo(answer: Said, read_back: Asked, language: Language) -> bool:
    """Tell whether what agrees after a yes is only the read-back's own "yes, go ahead"."""
    words, content = answer.words, read_back.clause[read_back.named :]
    return any(
        is_echo(words[begin:], read_back)
        and is_yes(answer.part(0, begin), language.grammar, {})
        and (words[-1] in content or is_yes(answer.part(begin, len(words)), language.grammar, {}))
        for begin in range(1, len(words) - 1)
    )


def _read_in_any(answer: Said, read_back: Asked) -> Answer:
    """Read an answer of unknown language: what is a yes in one may hold the no of another."""
    found = {_read(answer, read_back, language) for language in LANGUAGES.values()}
    has_refusal = any(
        word in language.refusals for language in LANGUAGES.values() for word in answer.words
    )
    if Answer.YES in found:
        return Answer.UNCLEAR if has_refusal or Answer.NO in found else Answer.YES
    return Answer.NO if Answer.NO in found else Answer.UNCLEAR

"""What the question of a read-back asks for, as an answer may take it up: "place the order".

It asks for all that was read back, so that whoever orders just that has agreed to all of it.
"""

from collections.abc import Iterator
from typing import Final

from agent_service.conversation.answering import verbs
from agent_service.conversation.answering.phrases import (
    Phrase,
    Row,
    Word,
    any_of,
    optional,
    row_of,
)
from agent_service.conversation.answering.verbs import Forms
from agent_service.conversation.answering.wordings import Wording

# Ahead of the verb: "shall I place", "me to place", "que je passe", "quer que confirme".
_AHEAD: Final = frozenset(("i", "we", "to", "je", "j", "que", "eu", "io", "yo", "che"))
_MOST: Final = 3
"""So many words the thing has that is asked for, with its article."""
_SHORTEST: Final = 4

Words = tuple[str, ...]


def taken_up(question: Words, wording: Wording) -> Iterator[tuple[Forms, Phrase]]:
    """Yield the forms of each verb that the question may ask for, and what it is done to."""
    language = wording.language
    for at, word in enumerate(question):
        thing = question[at + 1 :]
        if wording.has_verb_last:
            is_verb = not thing and word.endswith("n")
        else:
            is_begun = at == 0 or question[at - 1] in _AHEAD or verbs.is_infinitive(word, language)
            is_thing = 1 < len(thing) <= _MOST and thing[0] in wording.determiners
            is_asked = (at > 0 and question[at - 1] in _AHEAD) or (at == 0 and language != "en")
            is_thing = is_thing or (is_asked and len(thing) <= _MOST)
            is_verb = is_begun and is_thing and len(word) >= _SHORTEST
        if is_verb:
            known = verbs.known_at(question, at, language)
            guessed = verbs.bases_of(word, language) if language not in ("en", "de") else {word}
            base = frozenset((known,)) if known is not None else frozenset(guessed)
            names = _names(thing, wording)
            yield verbs.forms(base, language) | Forms(frozenset((word,))), names


def _names(thing: Words, wording: Wording) -> Phrase:
    """Return what it is done to, as the caller may say it: "it" for "that"."""
    if thing[:1] and thing[0] in wording.determiners and len(thing) > 1:
        return Row((optional(any_of(wording.determiners)), row_of(thing[1:])))
    objects = any_of(wording.objects)
    return Row(tuple(objects if word in wording.objects else Word(word) for word in thing))

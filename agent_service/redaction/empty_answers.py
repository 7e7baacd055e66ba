"""Answers to a question for something personal that tell nothing: "I don't know", "which one?".

They are sentences, and what is told stands in none: it is a number or a word of its own. So they
are known by the words that make sentences, not by what they say. A word for a number may be one of
them in another language: "não sei" says no six, "which one" no one.
"""

import re
from typing import Final

from agent_service.redaction.number_words import NUMBER_WORDS, VALUES, folded
from agent_service.redaction.password_words import FUNCTION, PAUSES, POLITE


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WORD: Final = re.compile(r"(?<![\w.@-])[^\W\d_]+(?![\w@-]|\.\w)")
"""One that is no part of an address."""
_LEADS_ON: Final = _words(
    "it its that this is was s das es ist war il c ce est la le e era en un une uno una um uma"
    " the my mein mon mi mia minha meine ma on with for mit avec con com of de"
)
"""Words that stand before what is told, too: "it is", "mein", "la"."""
_OF_NAMES: Final = _words(
    "de da di do du des del della den der van von zu zum zur la las le les lo los el il al dos das"
    " an am st will may s t d l m a o e y i"
)
"""Function words that stand in names of people, or are letters."""
_SIGNS: Final = frozenset({"at", "plus"})
"""Of addresses and of telephone numbers."""


def tells_nothing(text: str) -> bool:
    """Tell whether an answer is a sentence in which no number and no letters are told."""
    if any(character.isnumeric() for character in text):
        return False
    words = [folded(word) for word in _WORD.findall(text)]
    numbers = [word for word in words if word in NUMBER_WORDS]
    if len(numbers) > 1 or any(VALUES[word] > 9 for word in numbers):
        return False
    return any(_makes_sentence(word) for word in words if word not in numbers)


def names_nobody(text: str) -> bool:
    """Tell whether an answer is no name of somebody, for a word of it is in no name."""
    words = [folded(word) for word in _WORD.findall(text)]
    return any(word in FUNCTION | POLITE and word not in _OF_NAMES | _SIGNS for word in words)


def _makes_sentence(word: str) -> bool:
    is_between = word in PAUSES or word in _LEADS_ON or word in _SIGNS
    return len(word) > 1 and word in FUNCTION and not is_between

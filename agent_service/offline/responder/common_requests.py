"""How people ask for common kinds of actions in English: a thesaurus of the words that name an
action, and of what callers say who want it. It knows no tool."""

from dataclasses import dataclass

from agent_service.offline.responder.texts import paragraphs
from agent_service.offline.responder.words import stem


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of action: the words that name it, and how it is asked for; {o} is what it acts on."""

    names: frozenset[str]
    phrasings: tuple[str, ...]


KINDS = tuple(
    Kind(frozenset(stem(name) for name in names.split()), phrasings)
    for names, phrasings in paragraphs("requests.txt").items()
)

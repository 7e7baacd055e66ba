"""From words as spoken to text as written: numbers, identifiers, e-mail addresses, money, dates.

"order one zero zero four" becomes "order 1004", while "one of my orders" stays what it is.
"""

from collections.abc import Sequence

from agent_service.offline.english.addresses import with_addresses
from agent_service.offline.english.amounts import amount, date
from agent_service.offline.english.identifiers import digit_string, identifier
from agent_service.offline.english.names import NameBook
from agent_service.offline.english.numbers import read_group
from agent_service.offline.english.words import Word, clause, split


def as_written(spoken: str, names: NameBook | None = None) -> str:
    """Return the text as one would write it; ``names`` helps with e-mail addresses."""
    lead, words = split(spoken)
    made: list[Word] = []
    at = 0
    while at < len(words):
        before = made[-1].lower if made else ""
        text, used = _written(words[at:], before)
        made.append(Word(text, words[at + used - 1].gap))
        at += used
    return with_addresses(lead + "".join(word.text + word.gap for word in made), names)


def _written(words: Sequence[Word], before: str) -> tuple[str, int]:
    """Return how the first words are written and how many of them that covers."""
    for attempt in (identifier, date, amount, _figures):
        found = attempt(words, before)
        if found:
            return found
    return words[0].text, 1


def _figures(words: Sequence[Word], before: str) -> tuple[str, int] | None:
    """Write digits and plain numbers; small numbers stay words."""
    figures, used = digit_string(words, before)
    if figures:
        return figures, used
    group = read_group(clause(words))
    if group and (group.value >= 10 or len(group.figures) > 1 or before == "number"):
        return group.figures, group.length
    return None

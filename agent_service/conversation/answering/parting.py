"""Parts a read-back of several deeds: each is read as a read-back of its own.

"I'll cancel the mooring and send the bill" is "I'll cancel the mooring" and "I'll send the bill";
whoever orders each of the two has ordered both.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from agent_service.conversation.answering.asked import Asked
from agent_service.conversation.answering.deeds import Deed
from agent_service.conversation.answering.words import readable_part

_MOST: Final = 3
"""Nobody orders more than that in one breath."""
_EDGES: Final = " ,;'\u2019"


def parts_of(read_back: Asked, deed: Deed) -> list[Asked]:
    """Return the deeds of a read-back; none where it has only one."""
    if not 0 < len(deed.splits) < _MOST:
        return []
    pieces = list(_pieces(read_back.sentence, deed.splits))
    if len(pieces) != len(deed.splits) + 1 or not all(readable_part(each).words for each in pieces):
        return []
    lead = _lead(read_back.sentence, deed.led) if deed.is_sentence else ""
    first, *others = (piece.strip(_EDGES) for piece in pieces)
    return [_asked(piece, read_back) for piece in (first, *(f"{lead}{piece}" for piece in others))]


def _pieces(sentence: str, splits: tuple[tuple[int, int], ...]) -> Iterator[str]:
    """Yield what stands between the splits: words from one to another are left out there."""
    begin = 0
    for first, last in splits:
        yield sentence[_offset(sentence, begin) : _offset(sentence, first)]
        begin = last
    yield sentence[_offset(sentence, begin) :]


def _offset(sentence: str, words: int) -> int:
    """Return where so many words of a sentence have ended, and the next begins."""
    if words == 0:
        return 0
    ends = (at for at in range(1, len(sentence)) if _ends(sentence, at))
    places = (at for at in ends if len(readable_part(sentence[:at]).words) >= words)
    return next(places, len(sentence))


def _ends(sentence: str, at: int) -> bool:
    return sentence[at - 1].isalnum() and not sentence[at].isalnum()


def _lead(sentence: str, words: int) -> str:
    """Return what stands ahead of the verb: ``I'll``."""
    return f"{sentence[: _offset(sentence, words)]} " if words else ""


def _asked(sentence: str, whole: Asked) -> Asked:
    clause = readable_part(sentence)
    return replace(
        whole,
        text=f" {' '.join(clause.words)} ",
        sentence=sentence,
        clause=clause.words,
        pauses=clause.pauses,
        named=len(clause.words),
        stated=len(clause.words),
        question=(),
    )

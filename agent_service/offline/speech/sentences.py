"""Cutting text into sentences to be spoken one after the other."""

import re
from typing import Final

_END: Final = re.compile(r"(?:[.!?…]+[\"\u201d\u2019')\]]*\s+|\n\s*)")
_ABBREVIATED: Final = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|No|vs|etc|approx|Inc|Ltd|Co|e\.g|i\.e)|\b[A-Z])\.\s+$"
)
_CLAUSE: Final = re.compile(r"[,;:\u2013\u2014]\s+")
_LONG_FIRST: Final = 140
"""Characters; some nine seconds of speech. Its sound would come noticeably late."""
_SHORTEST_CLAUSE: Final = 30


def sentences(text: str) -> list[str]:
    """Return the sentences with the space that follows each; joined they are the text.

    A very long first sentence is cut at a clause, so that speaking can begin early.
    """
    found: list[str] = []
    begin = 0
    for end in _END.finditer(text):
        so_far = text[begin : end.end()]
        is_end = "\n" in end.group() or not _ABBREVIATED.search(so_far)
        if so_far.strip() and is_end and not text[end.end() : end.end() + 1].islower():
            found.append(so_far)
            begin = end.end()
    if begin < len(text):
        found.append(text[begin:])
    return _with_short_beginning(found)


def _with_short_beginning(found: list[str]) -> list[str]:
    if not found or len(found[0]) <= _LONG_FIRST:
        return found
    for clause in _CLAUSE.finditer(found[0], _SHORTEST_CLAUSE):
        return [found[0][: clause.end()], found[0][clause.end() :], *found[1:]]
    return found

"""Whether what came from the caller's side is theirs, or the agent's own voice, or no words at all.

A line that returns the agent's voice makes it interrupt itself and answer itself, without end.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from agent_service.conversation.playback import AgentItem

SURE_WORDS = 3
"""So many of the agent's words in a row, begun while it said them, are an echo."""

SUSPECT_WORDS = 2
"""So many may be one: callers repeat what they were asked."""

SUSPECTS = 2
"""Turns in a row that may be one: then they are, and the line is not listened to meanwhile."""

SHORT_SUSPECTS = 3
"""The same of turns of one word or none: a loud echo cuts the agent before there are more."""

BEGINNING_MS = 1000
"""Who says what the agent has begun with, within so much of it, is its echo."""

EARLY_MS = 400
"""Turn after turn, only an echo cuts the agent so soon; it is too short to be understood."""

KEPT = 8


@dataclass(frozen=True, slots=True)
class NobodySpoke:
    was_playing: list[AgentItem]
    """When the sound began."""
    is_echo: bool
    """The line returned the agent's voice; else it was a cough, or another sound without words."""


class Echo:
    def __init__(self) -> None:
        self.is_half_duplex = False
        """The line returns the agent's voice: while it speaks, nothing of the line is heard."""
        self._began: dict[str, tuple[list[AgentItem], list[AgentItem]]] = {}
        """By the caller's item: what was playing when it began, and what had just been played."""
        self._suspects = 0

    def caller_began(
        self, item_id: str, playing: Iterable[AgentItem], just_played: Iterable[AgentItem]
    ) -> None:
        self._began.setdefault(item_id, (list(playing), list(just_played)))
        while len(self._began) > KEPT:
            del self._began[next(iter(self._began))]

    def heard(self, item_id: str, text: str) -> NobodySpoke | None:
        """Tell whether an echo, or nothing, was understood of a sound that cut the agent off.

        None: they are the caller's own words, or cut nothing off.
        """
        playing, just_played = self._began.pop(item_id, ([], []))
        words = _words(text)
        if playing and not (words or any(_began_with(item, words) for item in playing)):
            return NobodySpoke(playing, is_echo=False)  # an echo would not have begun so late
        repeats = [item for item in (*playing, *just_played) if _holds(_words(item.text), words)]
        is_early = bool(playing) and all(item.heard_ms <= EARLY_MS for item in playing)
        if not is_early and (not repeats or (len(words) < SUSPECT_WORDS and not playing)):
            self._suspects = 0
            return None
        self._suspects += 1
        if not repeats:  # misheard, or the caller's: it is no echo for sure
            self.is_half_duplex |= self._suspects >= SHORT_SUSPECTS
            return None
        is_beginning = bool(words) and any(_began_with(item, words) for item in playing)
        is_short = len(words) < SUSPECT_WORDS and not is_beginning
        if self._suspects >= (SHORT_SUSPECTS if is_short else SUSPECTS):
            self.is_half_duplex = True
            return NobodySpoke(playing, is_echo=True)
        is_over = len(words) >= SURE_WORDS and any(item in playing for item in repeats)
        is_echo = is_beginning or is_over
        return NobodySpoke(playing, is_echo) if is_echo or not words else None


def _began_with(item: AgentItem, words: list[str]) -> bool:
    """Tell whether the item was cut as soon as it had said these words."""
    return item.heard_ms <= BEGINNING_MS and _words(item.text)[: len(words)] == words


def _holds(said: list[str], words: list[str]) -> bool:
    return any(said[at : at + len(words)] == words for at in range(len(said) - len(words) + 1))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold().replace("'", ""))

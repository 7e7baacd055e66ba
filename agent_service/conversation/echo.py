"""Whether words that came from the caller's side are the agent's own, come back by the air.

A line that returns the agent's voice makes it interrupt itself and answer itself, without end.
"""

import re
import unicodedata
from collections.abc import Iterable

from agent_service.conversation.playback import AgentItem

SURE_WORDS = 3
"""So many of the agent's words in a row, begun while it said them, are an echo."""

SUSPECT_WORDS = 2
"""So many may be one: callers repeat what they were asked."""

SUSPECTS = 2
"""Turns in a row that may be one: then they are, and the line is not listened to meanwhile."""

KEPT = 8


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

    def heard(self, item_id: str, text: str) -> list[AgentItem] | None:
        """Return what was playing when these words of the caller's item began, if they echo it.

        None: they are the caller's own.
        """
        playing, just_played = self._began.pop(item_id, ([], []))
        words = _words(text)
        is_repeated = any(_holds(_words(item.text), words) for item in (*playing, *just_played))
        if not is_repeated or len(words) < SUSPECT_WORDS:
            self._suspects = 0
            return None
        self._suspects += 1
        if self._suspects >= SUSPECTS:
            self.is_half_duplex = True
            return playing
        is_over = any(_holds(_words(item.text), words) for item in playing)
        return playing if is_over and len(words) >= SURE_WORDS else None


def _holds(said: list[str], words: list[str]) -> bool:
    return any(said[at : at + len(words)] == words for at in range(len(said) - len(words) + 1))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold().replace("'", ""))

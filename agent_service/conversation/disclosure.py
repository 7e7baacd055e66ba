"""That an AI speaks, on whose behalf, and that it is recorded: said first, not cut by a barge-in.

Required of whoever lets people talk with an AI system in the European Union (AI Act, Article 50).
When it was heard is on record.
"""

import re
from collections.abc import Iterable
from datetime import datetime

from agent_service.conversation.playback import AgentItem

TRIES = 2
"""How many times the provider is asked to say it before the service says it itself."""

_SHARE = 0.6
"""Of the sentence's words, how many must have been said: models change a word or two."""

_MUST_BE_SAID = frozenset(
    {
        *("ai", "artificial", "automated", "virtual", "robot", "bot", "computer"),
        *("ki", "künstliche", "künstlicher", "automatisch", "automatischer"),
        *("ia", "artificielle", "automatique", "virtuel"),
        *("inteligencia", "inteligência", "automático", "automatico"),
        *("artificiale", "virtuale"),
        *("recorded", "aufgezeichnet", "aufgenommen", "enregistré", "enregistrée"),
        *("graba", "grabada", "registrata", "gravada"),
    }
)
"""What says that it is not a person, and that it is recorded; those of the sentence must all have
been said."""


class Disclosure:
    def __init__(self, text: str | None) -> None:
        self._text = text
        self.heard_at: datetime | None = None
        self.response_id: str | None = None
        """The response that says it."""
        self.tries = 0

    @property
    def text(self) -> str:
        return self._text or ""

    @property
    def is_owed(self) -> bool:
        return self._text is not None and self.heard_at is None

    @property
    def is_given_up(self) -> bool:
        """The provider was asked often enough."""
        return self.tries >= TRIES

    def give_up(self, response_id: str | None) -> None:
        """The provider does not get on with it: what it says of the response is of no account."""
        if self.response_id == response_id:
            self.response_id = None

    def hear(self, items: Iterable[AgentItem], at: datetime) -> bool:
        """Note whether what was played of these items says it; True if it does now."""
        items = list(items)
        # What the service says itself is known; it may be shorter than what the agent was to say.
        is_said = any(item.is_notice and item.spares and item.is_heard_whole for item in items)
        heard = " ".join(item.heard_text() for item in items)
        if not self.is_owed or not (is_said or self._is_said_in(heard)):
            return False
        self.heard_at = at
        return True

    def is_sent(self, items: Iterable[AgentItem]) -> bool:
        """Return whether what was sent of these items says it, once it is played."""
        return self._is_said_in(" ".join(item.sent_text() for item in items))

    def _is_said_in(self, heard: str) -> bool:
        wanted, words = _words(self.text), set(_words(heard))
        said = sum(word in words for word in wanted)
        return said >= _SHARE * len(wanted) and words.issuperset(_MUST_BE_SAID.intersection(wanted))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())

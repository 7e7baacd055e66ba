"""Reads that have ended, on their way to the ledger.

A read changes nothing, so nothing hangs on its row being there before it runs: the record's writer
takes it along, and a read waits for no other writer. What must not be late is that it brought text
of strangers into a conversation: that is known here until it is on disk.
"""

from collections import Counter
from collections.abc import Callable
from functools import partial
from threading import Lock
from typing import TypeAlias

from agent_service.store.ledger import EndedCall

KeepEnded: TypeAlias = Callable[[EndedCall, Callable[[], None]], None]
"""Takes a call from any thread, and calls back once it is on disk."""


class KeptReads:
    """Hands ended reads over, and remembers those with text of strangers until they are kept."""

    def __init__(self, keep: KeepEnded) -> None:
        self._keep = keep
        self._guard = Lock()
        self._untrusted: Counter[str] = Counter()

    def keep(self, ended: EndedCall) -> None:
        """Have the read written soon."""
        conversation_id = ended.call.conversation_id
        if not ended.outcome.is_untrusted:
            self._keep(ended, _do_nothing)
            return
        with self._guard:
            self._untrusted[conversation_id] += 1
        self._keep(ended, partial(self._forget, conversation_id))

    def have_untrusted_text(self, conversation_id: str) -> bool:
        """Tell whether a read that is not on disk yet brought text of strangers."""
        with self._guard:
            return conversation_id in self._untrusted

    def _forget(self, conversation_id: str) -> None:
        with self._guard:
            self._untrusted.subtract([conversation_id])
            self._untrusted = +self._untrusted


def _do_nothing() -> None:
    """Nothing was remembered of a read with trusted text only."""

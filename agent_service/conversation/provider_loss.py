"""What bridges the loss of a provider session: what came before it and what is said meanwhile."""

from collections.abc import Iterable
from datetime import datetime

from agent_service.conversation.commands import SendAudio, SendText
from agent_service.conversation.spec import HistoryToolRound, HistoryTurn

REOPEN_DELAYS_S = (0.0, 1.0, 3.0)

HELD_COMMANDS = 750
"""How much of what the caller says while the provider is away is kept for it: 15 s of 20 ms."""


class ProviderLoss:
    def __init__(self, before: tuple[HistoryTurn | HistoryToolRound, ...]) -> None:
        self._before = before
        self._said: list[tuple[datetime, HistoryTurn]] = []
        self._held: list[SendAudio | SendText] = []
        self._losses = 0

    @property
    def is_last(self) -> bool:
        """Another loss is not to be bridged."""
        return self._losses >= len(REOPEN_DELAYS_S)

    def count(self) -> float:
        """Count a loss; return how many seconds to wait before the next session is opened."""
        delay_s = REOPEN_DELAYS_S[self._losses]
        self._losses += 1
        return delay_s

    def recover(self) -> None:
        """A response was completed: the provider is well."""
        self._losses = 0

    def hold(self, command: SendAudio | SendText) -> None:
        """Keep what the caller says for the next session."""
        self._held.append(command)
        del self._held[:-HELD_COMMANDS]

    def release(self) -> list[SendAudio | SendText]:
        held, self._held = self._held, []
        return held

    def said(self, at: datetime, turn: HistoryTurn) -> None:
        if turn.text:
            self._said.append((at, turn))

    def past(
        self, calls: Iterable[tuple[datetime, HistoryToolRound]]
    ) -> tuple[HistoryTurn | HistoryToolRound, ...]:
        """Return turns and tool rounds in the order they happened."""
        past: list[tuple[datetime, HistoryTurn | HistoryToolRound]] = [*calls, *self._said]
        past.sort(key=lambda entry: entry[0])
        return (*self._before, *(entry for _, entry in past))

"""What bridges the loss of a provider session: what came before it and what is said meanwhile."""

from collections.abc import Iterable
from datetime import datetime

from agent_service.conversation.commands import CommitAudio, SendAudio, SendText
from agent_service.conversation.spec import HistoryToolRound, HistoryTurn

REOPEN_DELAYS_S = (0.0, 1.0, 3.0, 6.0, 10.0)
"""How long to wait before each new session, where the provider does not say."""

GIVE_UP_S = 40.0
"""No other session is opened so long after the provider went missing, unless it asks for time."""

MAX_WAIT_S = 120.0
"""The longest wait that a provider may ask for."""

HELD_FRAMES = 750
"""How much of the caller's sound is kept while the provider is away: 15 s of 20 ms."""

HELD_COMMANDS = 50
"""How much else."""

Entry = HistoryTurn | HistoryToolRound
Held = SendAudio | SendText | CommitAudio


class ProviderLoss:
    def __init__(self, before: tuple[Entry, ...]) -> None:
        self._before = before
        self._said: list[tuple[datetime, Entry]] = []
        self._held: list[Held] = []
        self._losses = 0
        self._lost_at = 0.0

    def is_last(self, now: float, retry_after_s: float | None) -> bool:
        """Another loss is not to be bridged."""
        is_over = retry_after_s is None and self._losses > 0 and now >= self._lost_at + GIVE_UP_S
        return is_over or self._losses >= len(REOPEN_DELAYS_S)

    def count(self, since: float, retry_after_s: float | None) -> float:
        """Count a loss; return how many seconds to wait before the next session is opened."""
        if self._losses == 0:
            self._lost_at = since
        delay_s = REOPEN_DELAYS_S[self._losses]
        self._losses += 1
        return min(max(delay_s, retry_after_s or 0.0), MAX_WAIT_S)

    def recover(self) -> None:
        """A response was completed: the provider is well."""
        self._losses = 0

    def hold(self, command: Held) -> Held | None:
        """Keep what the caller says for the next session; of too much, return the oldest."""
        self._held.append(command)
        if len(self._held) <= HELD_COMMANDS:
            return None
        is_sound = isinstance(command, SendAudio)
        alike = [held for held in self._held if isinstance(held, SendAudio) is is_sound]
        if len(alike) <= (HELD_FRAMES if is_sound else HELD_COMMANDS):
            return None
        return self._held.pop(next(at for at, held in enumerate(self._held) if held is alike[0]))

    def release(self, *, with_text: bool) -> list[Held]:
        """Take out what is held; typed turns stay if they are to come after something else."""
        released = [held for held in self._held if with_text or not isinstance(held, SendText)]
        self._held = [held for held in self._held if not with_text and isinstance(held, SendText)]
        return released

    def said(self, at: datetime, turn: HistoryTurn) -> None:
        if turn.text:
            self._said.append((at, turn))

    def past(
        self,
        calls: Iterable[tuple[datetime, Entry]],
        waiting: Iterable[tuple[datetime, HistoryTurn]],
    ) -> tuple[Entry, ...]:
        """Return turns and tool rounds in the order they happened.

        Typed turns are among them, so that what is held of these is not to be sent any more.
        """
        self._held = [held for held in self._held if not isinstance(held, SendText)]
        begun = [(at, turn) for at, turn in waiting if turn.text]
        past = sorted([*calls, *self._said, *begun], key=lambda entry: entry[0])
        return (*self._before, *(entry for _, entry in past))

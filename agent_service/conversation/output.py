"""The commands of one step, with the time and the identifiers that came from outside.

Its clock is the conversation's one time axis: milliseconds since it began.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from agent_service.conversation.commands import Command, KeepRecord, ShowIncident
from agent_service.conversation.records import IncidentRecord, Record, placed


class Output:
    def __init__(
        self,
        *,
        conversation_id: str,
        new_id: Callable[[], str],
        started_at: datetime,
        now: float,
        earlier_s: float = 0.0,
    ) -> None:
        self.conversation_id = conversation_id
        self.new_id = new_id
        self.now = now
        self.turn_id: str | None = None
        """The turn that has begun last: what happens beside the talk stands behind it."""
        self._started_at = started_at
        self._started_now = now - earlier_s
        self._commands: list[Command] = []

    def new_turn_id(self) -> str:
        """Return the identifier of a turn that begins now."""
        self.turn_id = self.new_id()
        return self.turn_id

    def order(self, command: Command) -> None:
        self._commands.append(command)

    def keep(self, record: Record) -> None:
        self._commands.append(KeepRecord(placed(record, self._started_at)))

    def take(self) -> tuple[Command, ...]:
        commands = tuple(self._commands)
        self._commands.clear()
        return commands

    @property
    def now_ms(self) -> float:
        """Return where now lies on the time axis."""
        return (self.now - self._started_now) * 1000

    def ms(self, at: float) -> int:
        """Return where a monotonic time lies on the time axis."""
        return round((at - self._started_now) * 1000)

    def monotonic(self, ms: float) -> float:
        """Return the monotonic time of a place on the time axis."""
        return self._started_now + ms / 1000

    def utc(self, at: float | None = None) -> datetime:
        """Return the wall-clock time of a monotonic time, or of now."""
        seconds = (self.now if at is None else at) - self._started_now
        return self._started_at + timedelta(seconds=seconds)

    def incident(
        self,
        code: str,
        message: str,
        *,
        is_shown: bool = False,
        started_ms: int | None = None,
        ended_ms: int | None = None,
    ) -> None:
        """Record that something went wrong, now or then; tell the caller where that helps them."""
        self.keep(
            IncidentRecord(
                incident_id=self.new_id(),
                conversation_id=self.conversation_id,
                code=code,
                message=message,
                occurred_at=self.utc(),
                started_ms=started_ms,
                ended_ms=ended_ms,
            )
        )
        if is_shown:
            self.order(ShowIncident(code, message))

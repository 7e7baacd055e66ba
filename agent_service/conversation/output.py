"""The commands of one step, with the time and the identifiers that came from outside."""

from collections.abc import Callable
from datetime import datetime, timedelta

from agent_service.conversation.commands import Command, KeepRecord, ShowIncident
from agent_service.conversation.records import IncidentRecord, Record


class Output:
    def __init__(
        self, *, conversation_id: str, new_id: Callable[[], str], started_at: datetime, now: float
    ) -> None:
        self.conversation_id = conversation_id
        self.new_id = new_id
        self.now = now
        self._started_at = started_at
        self._started_now = now
        self._commands: list[Command] = []

    def order(self, command: Command) -> None:
        self._commands.append(command)

    def keep(self, record: Record) -> None:
        self._commands.append(KeepRecord(record))

    def take(self) -> tuple[Command, ...]:
        commands = tuple(self._commands)
        self._commands.clear()
        return commands

    def utc(self, at: float | None = None) -> datetime:
        """Return the wall-clock time of a monotonic time, or of now."""
        seconds = (self.now if at is None else at) - self._started_now
        return self._started_at + timedelta(seconds=seconds)

    def incident(self, code: str, message: str, *, is_shown: bool = False) -> None:
        """Record that something went wrong; tell the caller too where that helps them."""
        self.keep(
            IncidentRecord(
                incident_id=self.new_id(),
                conversation_id=self.conversation_id,
                code=code,
                message=message,
                occurred_at=self.utc(),
            )
        )
        if is_shown:
            self.order(ShowIncident(code, message))

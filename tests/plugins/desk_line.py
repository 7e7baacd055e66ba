"""The client of a representative, as far as a session sees it: it keeps what it is told."""

from dataclasses import dataclass, field

from agent_service.conversation import commands as cmd


@dataclass(eq=False)
class DeskLine:
    told: list[cmd.DeskStatus] = field(default_factory=list)
    shown: list[cmd.CallerCommand] = field(default_factory=list)
    sound: list[tuple[int, bytes]] = field(default_factory=list)
    closed: str | None = None

    def tell(self, status: cmd.DeskStatus) -> None:
        self.told.append(status)

    def show(self, command: cmd.CallerCommand) -> None:
        self.shown.append(command)

    def hear(self, at_ms: int, sound: bytes) -> None:
        self.sound.append((at_ms, sound))

    def close(self, reason: str) -> None:
        self.closed = reason

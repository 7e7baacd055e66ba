"""The processes that serve from this database, each with a heartbeat that runs out.

Time is the database's own, so that processes on machines with different clocks agree on it.
"""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import delete, func, select, type_coerce
from sqlalchemy.orm import Mapped, Session, mapped_column

from agent_service.store.schema import CleanText, Table, UtcDateTime

LEASE: Final = timedelta(seconds=15)
"""A process that has not renewed its row for so long is taken for gone."""

KEPT: Final = timedelta(days=1)
"""How long the row of a killed process stays, for whoever looks into what happened."""

database_now: Final = type_coerce(func.now(), UtcDateTime())


class Process(Table):
    """A process that serves; its row is deleted when it ends in order."""

    __tablename__ = "processes"

    id: Mapped[str] = mapped_column(CleanText(36), primary_key=True)
    machine: Mapped[str]
    """The boot and the process namespace that ``pid`` belongs to; empty where unknown."""
    pid: Mapped[int]
    started: Mapped[str]
    """When the process began, in the kernel's ticks: a number may be given out again."""
    expires_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Mark:
    """What tells a process from every other one, before and after it."""

    machine: str
    pid: int
    started: str

    @classmethod
    def own(cls) -> "Mark":
        """Return the mark of this process."""
        pid = os.getpid()
        return cls(_machine(), pid, _started(pid) or "")

    @property
    def is_gone(self) -> bool:
        """Tell whether the process has certainly ended; False where that cannot be seen."""
        if not self.machine or self.machine != _machine():
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except OSError:
            return False
        started = _started(self.pid)
        return started is not None and started != self.started


def renew(session: Session, process_id: str, mark: Mark) -> None:
    """Say that the process is there, and drop the rows of those that ended long ago."""
    now = session.scalars(select(database_now)).one()
    session.merge(
        Process(
            id=process_id,
            machine=mark.machine,
            pid=mark.pid,
            started=mark.started,
            expires_at=now + LEASE,
        )
    )
    session.execute(delete(Process).where(Process.expires_at < now - KEPT))


def leave(session: Session, process_id: str) -> None:
    """Say that the process has ended in order."""
    session.execute(delete(Process).where(Process.id == process_id))


def is_there(session: Session, process_id: str) -> bool:
    """Tell whether a process may still be serving."""
    row = session.scalar(
        select(Process).where(Process.id == process_id, Process.expires_at > database_now)
    )
    return row is not None and not Mark(row.machine, row.pid, row.started).is_gone


def _machine() -> str:
    """Name the boot and the process namespace: in another one, a number means another process."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def _started(pid: int) -> str | None:
    """Return when the process began; ``ended`` for one that only waits to be collected."""
    try:
        # The name, in brackets, may hold anything; what follows the last one is plain (proc(5)).
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return "ended" if fields[0] in "ZX" else fields[19]

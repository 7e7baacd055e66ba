"""The processor time of what works for a question: this thread, and PostgreSQL's process."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session


def processor_time(session: Session) -> Callable[[], float]:
    """Return a clock of it, in seconds."""
    driver: Any = session.connection().connection.driver_connection
    if session.get_bind().dialect.name == "sqlite":
        return time.thread_time
    file = Path(f"/proc/{driver.info.backend_pid}/schedstat")

    def clock() -> float:
        return time.thread_time() + int(file.read_text().split()[0]) / 1e9

    return clock

"""An upper limit on how long queries may take, enforced by the database itself."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

_SQLITE_STEPS = 10_000
"""Virtual machine steps between two looks at the clock: well under a millisecond."""


@contextmanager
def limit_time(session: Session, time_limit_s: float) -> Iterator[None]:
    """Interrupt what the session does once the time is up."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        session.execute(
            # To compile a statement first costs more than nearly all of them take; and a plan for
            # any values is the wrong one for rare ones, where the driver asks the same again.
            text(
                "SELECT set_config('statement_timeout', :ms, true), set_config('jit', 'off', true),"
                " set_config('plan_cache_mode', 'force_custom_plan', true)"
            ),
            {"ms": str(max(1, int(time_limit_s * 1000)))},
        )
        yield
        return
    deadline = time.monotonic() + time_limit_s
    driver: Any = connection.connection.driver_connection
    driver.set_progress_handler(lambda: int(time.monotonic() > deadline), _SQLITE_STEPS)
    try:
        yield
    finally:
        driver.set_progress_handler(None, 0)

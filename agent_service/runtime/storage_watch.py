"""Whether the record can be kept, and news of it for the callers who are here."""

import asyncio
from collections.abc import Callable
from typing import Final

LOOK_S: Final = 1.0
"""A failure that is over within this time is not worth a word."""


class StorageWatch:
    """Looks at all ``checks``; all must be true."""

    def __init__(self, *checks: Callable[[], bool]) -> None:
        self._checks = checks

    def is_well(self) -> bool:
        """Tell whether the record can be kept now."""
        return all(check() for check in self._checks)

    async def run(self, tell: Callable[[bool], None], *, pause_s: float = LOOK_S) -> None:
        """Call ``tell`` at each change, until cancelled."""
        was_well = True
        while True:
            await asyncio.sleep(pause_s)
            if (is_well := self.is_well()) is not was_well:
                was_well = is_well
                tell(is_well)

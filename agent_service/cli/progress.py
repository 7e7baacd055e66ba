"""A bar on standard error for what takes longer than two seconds; none where nobody looks."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

PATIENCE_S: Final = 2.0


class Bar:
    """How far something is; shown once it has taken a while."""

    def __init__(self, words: str, total: int | None, now: Callable[[], float]) -> None:
        self._words, self._total, self._now = words, total, now
        self._began = now()
        self._done = 0
        self._shown: Progress | None = None

    def advance(self, count: int) -> None:
        """Note that so much more is done."""
        self._done += count
        if self._shown is None:
            if self._now() - self._began < PATIENCE_S:
                return
            self._shown = _progress()
            self._task = self._shown.add_task(self._words, total=self._total)
            self._shown.start()
        total = self._total if self._total is None else max(self._total, self._done)
        self._shown.update(self._task, completed=self._done, total=total)

    def close(self) -> None:
        """Take the bar away."""
        if self._shown is not None:
            self._shown.stop()


@contextmanager
def bar(
    words: str, total: int | None = None, now: Callable[[], float] = time.monotonic
) -> Iterator[Bar]:
    """Show how far the block is; without a ``total`` only how much is done."""
    shown = Bar(words, total, now)
    try:
        yield shown
    finally:
        shown.close()


def _progress() -> Progress:
    console = Console(file=sys.stderr)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(
        *columns,
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )

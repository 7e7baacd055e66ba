"""What would end the process ends only the tool that raised it, on whatever thread or task.

``SystemExit`` and ``KeyboardInterrupt`` go through threads and tasks up to the event loop, which
then stops with every conversation in it.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, TypeVar

T = TypeVar("T")

_IS_IN_TOOL: ContextVar[bool] = ContextVar("is_in_tool", default=False)
_ENDING: Final = (SystemExit, KeyboardInterrupt, GeneratorExit, asyncio.CancelledError)


class ToolEnded(Exception):
    """A tool raised what is meant to end the process."""


def contained(work: Callable[[], T]) -> T:
    """Do the work on a thread."""
    try:
        return work()
    except _ENDING as error:
        raise ToolEnded(type(error).__name__) from error


@contextmanager
def tasks_contained() -> Iterator[None]:
    """Contain the tasks that are begun within the block, by a tool or a library that it uses."""
    loop = asyncio.get_running_loop()
    if loop.get_task_factory() is None:
        loop.set_task_factory(_new_task)
    token = _IS_IN_TOOL.set(True)
    try:
        yield
    finally:
        _IS_IN_TOOL.reset(token)


def _new_task(loop: asyncio.AbstractEventLoop, work: Any, **options: Any) -> asyncio.Task[Any]:
    # A task inherits the context of who begins it: those of the service are left alone.
    return asyncio.Task(_task(work) if _IS_IN_TOOL.get() else work, loop=loop, **options)


async def _task(work: Coroutine[Any, Any, T]) -> T:
    try:
        return await work
    except (SystemExit, KeyboardInterrupt) as error:
        raise ToolEnded(type(error).__name__) from error

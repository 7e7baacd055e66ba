"""The way to the database: short synchronous transactions, and one door for coroutines.

Three lanes keep each other's delays away: tools and requests, the log's writer, and queries that
may take long.
"""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from agent_service.errors import StoreError
from agent_service.store.connecting import (
    BUSY_TIMEOUT_MS,
    WRITING,
    WRITING_AT_ONCE,
    connect,
    empty_wal,
)
from agent_service.store.failures import as_store_error
from agent_service.store.proof.chain import seal
from agent_service.store.time_limit import limit_time
from agent_service.store.turnstile import Turnstile

T = TypeVar("T")

WORK_CONNECTIONS = 32
"""Tools, requests and what tools look up at once, before one waits for another's connection."""
REQUEST_THREADS = 4
"""Coroutines' short transactions at once, of each kind: those that read never wait for those that
write. Further ones wait."""
QUERY_THREADS = 2
"""Coroutines' queries with a time limit at once; further ones wait. A third one answered no more
of them on two cores, and delayed the audio that the event loop carries twice as long."""


class Database:
    """The service's database. Opens connections when they are needed; ``close`` ends them."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._reading = connect(url, pool_size=WORK_CONNECTIONS)
        self._writing = self._reading.execution_options(**WRITING)
        self._writing_at_once = self._reading.execution_options(**WRITING_AT_ONCE)
        self._log = connect(url, pool_size=1).execution_options(**WRITING)
        self._queries = connect(url, pool_size=QUERY_THREADS)
        self._turnstile = Turnstile(BUSY_TIMEOUT_MS / 1000) if self.dialect == "sqlite" else None
        self._read_threads = ThreadPoolExecutor(REQUEST_THREADS, thread_name_prefix="read")
        self._write_threads = ThreadPoolExecutor(REQUEST_THREADS, thread_name_prefix="write")
        self._query_threads = ThreadPoolExecutor(QUERY_THREADS, thread_name_prefix="query")

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._reading.dialect.name

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A read-only transaction."""
        with _transaction(self._reading) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that commits at the end of the block, or not at all when it raises."""
        with self._writers_turn(), _transaction(self._writing) as session:
            yield session

    @contextmanager
    def write_log(self) -> Iterator[Session]:
        """As ``write``, on the connection that is reserved for the log's writer."""
        with self._writers_turn(), _transaction(self._log) as session:
            yield session

    def forget_removed(self) -> None:
        """Empty SQLite's write-ahead log, which still has what was taken out of rows.

        While others read, it cannot be emptied: it is when the next one is.
        """
        if self.dialect != "sqlite":
            return
        with as_store_error(), self._log.connect() as connection:
            empty_wal(connection)

    async def run(
        self,
        work: Callable[[Session], T],
        *,
        is_write: bool = False,
        time_limit_s: float | None = None,
    ) -> T:
        """Do the work in a transaction, on a thread.

        Give a time limit to a query that may take long: it then cannot hold up the others, and ends
        with StoreError ``query_too_slow``; on SQLite when all of it takes longer than the limit, on
        PostgreSQL when one of its statements does.
        """
        loop = asyncio.get_running_loop()
        if time_limit_s is not None:
            assert not is_write, "only queries have a time limit"
            return await loop.run_in_executor(self._query_threads, self._query, work, time_limit_s)
        if is_write:
            return await loop.run_in_executor(self._write_threads, _run, self.write, work)
        return await loop.run_in_executor(self._read_threads, _run, self.read, work)

    async def try_write(self, work: Callable[[Session], object]) -> bool:
        """Do the work if that needs no waiting and succeeds; tell whether it was done.

        For what is good to know, and not worth holding up or failing anybody.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._read_threads, self._try, work)

    def _try(self, work: Callable[[Session], object]) -> bool:
        try:
            with _transaction(self._writing_at_once) as session:
                work(session)
        except StoreError:
            return False
        return True

    def _writers_turn(self) -> AbstractContextManager[None]:
        return self._turnstile.turn() if self._turnstile else nullcontext()

    def _query(self, work: Callable[[Session], T], time_limit_s: float) -> T:
        with _transaction(self._queries) as session, limit_time(session, time_limit_s):
            return work(session)

    def close(self) -> None:
        """Wait for what runs and end all connections."""
        self._read_threads.shutdown()
        self._write_threads.shutdown()
        self._query_threads.shutdown()
        for engine in (self._reading, self._log, self._queries):
            engine.dispose()


def _run(
    transaction: Callable[[], AbstractContextManager[Session]], work: Callable[[Session], T]
) -> T:
    with transaction() as session:
        return work(session)


@contextmanager
def _transaction(engine: Engine) -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as session:
        with as_store_error():
            yield session
            session.flush()
            seal(session)
        try:
            with as_store_error():
                session.commit()
        except StoreError as error:
            error.is_in_doubt = error.code == StoreError.code
            raise

"""Who a company's customers are: asked of the company's own code, which may be away or slow.

Each question is asked on a thread of its own, with a reading session of its own and a time limit:
whatever the company's code does, no call waits for it longer, and no transaction is spoilt.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Literal, Protocol, TypeAlias, TypeVar

import structlog
from sqlalchemy.orm import Session

from agent_service.errors import AgentServiceError
from agent_service.store.database import Database

ANSWER_S: Final = 2.0
AT_ONCE: Final = 8
"""Questions that are asked at once; as many that hang, and nothing more is asked until one ends."""

LookUpBy: TypeAlias = Literal["customer_id", "email", "phone"]

_log = structlog.get_logger()
T = TypeVar("T")


class DirectoryAway(AgentServiceError):
    """I cannot look that up at the moment. Please try again in a minute."""

    code = "directory_away"
    is_retryable = True


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    """What a company knows of one of its customers."""

    customer_id: str
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    language: str | None = None
    """In which to write to them (ISO 639-1)."""


class Directory(Protocol):
    """A company's customers, wherever they are kept."""

    def find(self, by: LookUpBy, value: str, session: Session) -> KnownCustomer | None:
        """Return the one customer, or None; raise when that cannot be told now.

        ``session`` reads the service's database, for a company that keeps its customers there.
        """
        ...


class Customers:
    """Asks a company who its customers are; raises DirectoryAway when there is no answer."""

    def __init__(
        self, database: Database, directory: Directory | None = None, *, limit_s: float = ANSWER_S
    ) -> None:
        self._database = database
        self._directory = directory
        self._limit_s = limit_s
        self._free = threading.BoundedSemaphore(AT_ONCE)
        self._given_up: set[Future[Any]] = set()
        """Questions that still hang, and hold their place."""

    def find(self, by: LookUpBy, value: str | None) -> KnownCustomer | None:
        """Look one customer up."""
        if self._directory is None or value is None:
            return None
        return self.ask(partial(_customer, self._directory, by, value))

    def ask(self, question: Callable[[Session], T]) -> T:
        """Put one question to a company's code."""
        # While all hang, nobody waits.
        wait_s = self._limit_s if len(self._given_up) < AT_ONCE else 0
        if not self._free.acquire(timeout=wait_s):
            _log.error("directory_away", reason="the questions before are not answered yet")
            raise DirectoryAway
        answer: Future[T] = Future()
        answer.set_running_or_notify_cancel()
        # A thread that nobody waits for: one that hangs does not keep the process from ending.
        threading.Thread(target=self._answer, args=(question, answer), daemon=True).start()
        try:
            return answer.result(self._limit_s)
        except TimeoutError as error:
            self._give_up(answer)
            _log.error("directory_away", reason=f"no answer within {self._limit_s} seconds")
            raise DirectoryAway from error
        except Exception as error:
            # The seam to the company's code: its failure is the matter of this question alone.
            _log.exception("directory_away", reason=type(error).__name__)
            raise DirectoryAway from error

    def _give_up(self, answer: "Future[Any]") -> None:
        self._given_up.add(answer)
        answer.add_done_callback(self._given_up.discard)  # at once, if it is done by now

    def _answer(self, question: Callable[[Session], T], answer: "Future[T]") -> None:
        try:
            found = self._found(question)
        except Exception as error:
            answer.set_exception(error)
        except BaseException as error:  # sys.exit in a library ends this question, no more
            answer.set_exception(RuntimeError(repr(error)))
        else:
            answer.set_result(found)

    def _found(self, question: Callable[[Session], T]) -> T:
        """Return the answer, the place being free again for whoever asks next."""
        try:
            with self._database.read() as session:
                return question(session)
        finally:
            self._free.release()


def _customer(
    directory: Directory, by: LookUpBy, value: str, session: Session
) -> KnownCustomer | None:
    found: object = directory.find(by, value, session)
    if found is None or isinstance(found, KnownCustomer):
        return found
    raise TypeError(f"find() of the directory returned {found!r:.80}, which is no KnownCustomer")

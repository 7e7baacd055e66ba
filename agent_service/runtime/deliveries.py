"""Handing one message to its receiver: on a thread of its own, with whatever the receiver does.

A receiver is code of the company's. It may raise, call ``sys.exit``, answer rubbish or never: none
of that reaches the event loop, and a thread that hangs does not keep the process from ending.
"""

import threading
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

from agent_service.redaction import redact
from agent_service.store.outbox import OutboxMessage

_LONGEST_REASON: Final = 300


@dataclass(frozen=True, slots=True)
class Delivery:
    """The receiver's answer: it has done it, or it never will."""

    is_done: bool
    answer: str
    """The receiver's reference, or its reason."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A try after which nobody knows whether it was done."""

    reason: str
    """Free of secrets."""


Delivered: TypeAlias = "Future[Delivery | Failure]"


class Receiver(Protocol):
    """Something outside the database that does one kind of message.

    Called on a thread, perhaps several times with the same ``idempotency_key``: it must do the
    thing once. Raising means that nobody knows: the message is delivered again later, for a quarter
    of an hour.
    """

    def deliver(self, message: OutboxMessage) -> Delivery: ...


def deliver(receiver: Receiver, message: OutboxMessage) -> Delivered:
    """Begin the delivery; its future never raises, and is done when the receiver comes back."""
    delivered: Delivered = Future()
    # From now on nobody can cancel it: whoever waits may go away before the receiver answers.
    delivered.set_running_or_notify_cancel()

    def work() -> None:
        try:
            answer = _checked(receiver.deliver(message))
        except BaseException as error:  # also SystemExit, which would end the process
            answer = Failure(reason_of(message, error))
        delivered.set_result(answer)

    threading.Thread(target=work, name=f"outbox-{message.kind}", daemon=True).start()
    return delivered


def reason_of(message: OutboxMessage, error: BaseException) -> str:
    """Say what went wrong, without secrets; of a secret message, nothing but the kind of error."""
    if message.is_secret or not str(error):
        return type(error).__name__
    return redact(f"{type(error).__name__}: {error}")[:_LONGEST_REASON]


def _checked(answer: object) -> Delivery | Failure:
    match answer:
        case Delivery(is_done=bool(), answer=str()):
            return answer
        case Delivery():
            return Failure("the receiver's Delivery needs is_done, a bool, and answer, a str")
        case _:
            return Failure(f"the receiver returned {type(answer).__name__}, not a Delivery")

"""What runs in a process that is going to be killed: refunds, one after another, acknowledged."""

import asyncio
import os
import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import wraps
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from hand_clock import HandClock
from shop_desk import ShopDesk
from sqlalchemy.orm import Session

from agent_service.clock import uuid7
from agent_service.conversation.records import Modality, Role, ToolCallStatus, TurnRecord
from agent_service.demo_shop.refunds import refund_order
from agent_service.demo_shop.seed import DEMO_CALLER
from agent_service.runtime.outbox_worker import OutboxWorker
from agent_service.runtime.receivers import FileReceiver
from agent_service.store.database import Database
from agent_service.store.limits import Cap
from agent_service.store.writer import write_records
from agent_service.tools.deciding import Decisions
from agent_service.tools.tool import Limits, Tool

UNLIMITED = Limits(
    conversation=Cap(10**6), customer_day=Cap(10**6), tenant_day=Cap(10**6), call=None
)

FREE_REFUND = replace(refund_order, limits=UNLIMITED, approval=None)
"""The shop's refund, held back by nothing but what the database itself refuses."""

POINTS = ("before", "inside", "after")
"""Of a transaction: before it begins, with everything written, after its commit."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What the process told the outside before it was killed."""

    turn_id: str
    conversation_id: str
    tool_call_id: str
    status: ToolCallStatus


class KillingDatabase(Database):
    """A database whose process ends, as by SIGKILL, at a point of its n-th writing transaction."""

    def __init__(self, url: str, point: str, nth: int) -> None:
        super().__init__(url)
        self._point = point
        self._left = nth

    @contextmanager
    def write(self) -> Iterator[Session]:
        self._left -= 1
        if not self._left and self._point == "before":
            die()
        with super().write() as session:
            yield session
            session.flush()
            if not self._left and self._point == "inside":
                die()
        if not self._left and self._point == "after":
            die()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dying_in_the_tool() -> Tool:
    """Return the refund with a function that has its effect and dies before it returns."""

    @wraps(refund_order.function)
    def function(**arguments: Any) -> Any:
        refund_order.function(**arguments)
        arguments["context"].session.flush()
        die()

    return replace(FREE_REFUND, function=function)


def refund_for_ever(url: str, seed: int, acknowledge: Connection) -> None:
    """Refund cents until killed; acknowledge each turn and each outcome after its commit."""
    desk = ShopDesk(Database(url), HandClock(), [FREE_REFUND])
    chance = random.Random(seed)
    while True:
        acknowledge.send(_turn_and_refund(desk, chance.randint(1, 3)))


def refund_once(url: str, conversation_id: str, tool_call_id: str, point: str, nth: int) -> None:
    """Make one call in a process that dies at the point; ``tool`` is inside the tool itself.

    Writing transactions: the caller's yes is the first, the call's row the second, the effect the
    third.
    """
    if point == "tool":
        desk = ShopDesk(Database(url), HandClock(), [dying_in_the_tool()])
        call(desk, conversation_id, tool_call_id)
        return
    database = KillingDatabase(url, point, nth)
    call(ShopDesk(database, HandClock(), [FREE_REFUND]), conversation_id, tool_call_id)


def decide_once(url: str, approval_id: str, point: str) -> None:
    """Approve in a process that dies at the point of the decision's own transaction."""
    desk = ShopDesk(KillingDatabase(url, point, 1), HandClock())
    Decisions(desk.registry, desk.database, desk.clock, desk.customers).decide(
        approval_id, is_approved=True, decided_by="admin:ann", note=""
    )


def deliver_once(url: str, folder: str, nth: int) -> None:
    """Deliver letters to files in a process that dies at its n-th transaction."""
    database = KillingDatabase(url, "after", nth)
    clock = HandClock()
    clock.advance(120)
    files = FileReceiver(Path(folder))
    asyncio.run(OutboxWorker(database, clock, {"message": files}, {}).deliver_due())


CENT = '{"order_number": 1002, "reason": "test", "amount_cents": 1}'


def call(desk: ShopDesk, conversation_id: str, tool_call_id: str, cents: int = 1) -> ToolCallStatus:
    finished = desk.call(
        "refund_order",
        CENT.replace("1}", f"{cents}}}"),
        caller=DEMO_CALLER,
        conversation_id=conversation_id,
        tool_call_id=tool_call_id,
    )
    return finished.status


def _turn_and_refund(desk: ShopDesk, cents: int) -> Acknowledged:
    conversation_id = desk.conversation()
    turn_id = uuid7()
    now = desk.clock.utc()
    turn = TurnRecord(
        turn_id=turn_id,
        conversation_id=conversation_id,
        seq=1,
        role=Role.CALLER,
        modality=Modality.TEXT,
        text="Refund it.",
        heard_text="Refund it.",
        heard_ms=0,
        is_interrupted=False,
        started_at=now,
        ended_at=now,
    )
    with desk.database.write() as session:
        write_records(session, [turn])
    status = call(desk, conversation_id, "call_1", cents)
    return Acknowledged(turn_id, conversation_id, "call_1", status)

"""A process that is killed loses nothing it acknowledged and does nothing twice."""

import asyncio
import multiprocessing
import random
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest
from fault_workload import (
    FREE_REFUND,
    POINTS,
    Acknowledged,
    call,
    decide_once,
    deliver_once,
    refund_for_ever,
    refund_once,
)
from hand_clock import HandClock
from shop_desk import ShopDesk
from sqlalchemy import select

from agent_service.conversation.records import ToolCallStatus
from agent_service.demo_shop.tables import OrderItem, Refund
from agent_service.runtime.outbox_worker import OutboxWorker
from agent_service.runtime.receivers import FileReceiver
from agent_service.store.approvals import Approval
from agent_service.store.database import Database
from agent_service.store.ledger import resolve_open_calls
from agent_service.store.outbox import OutboxRow, OutboxStatus
from agent_service.store.tables import Conversation, ToolCall, Turn
from agent_service.tools.deciding import Decisions

Start = Callable[..., ForkServerProcess]


def drained(connection: Connection) -> list[Acknowledged]:
    """Return what arrived before the kill; a message that was cut short was never sent."""
    messages = []
    try:
        while connection.poll(0):
            messages.append(connection.recv())
    except EOFError:
        pass
    return messages


@pytest.mark.timeout(1200)
def test_random_kills_lose_and_double_nothing(
    shop_url: str,
    start: Start,
    check_ledger: Callable[[Database], None],
    sized: Callable[[int, int], int],
    figure: Callable[[str], None],
) -> None:
    chance = random.Random(20260304)
    acknowledged: list[Acknowledged] = []
    kills = sized(4, 200)
    began = time.monotonic()
    for seed in range(kills):
        ours, theirs = multiprocessing.Pipe(duplex=False)
        process = start(refund_for_ever, shop_url, seed, theirs)
        theirs.close()
        first = ours.recv()  # the process is at work
        process.join(chance.uniform(0, 0.4))
        process.kill()
        process.join(60)
        acknowledged += [first, *drained(ours)]
        ours.close()
    database = Database(shop_url)
    with database.write() as session:
        resolve_open_calls(session, HandClock().utc())
        turns = set(session.scalars(select(Turn.id)))
        calls = {
            (row.conversation_id, row.tool_call_id): row.status
            for row in session.execute(
                select(ToolCall.conversation_id, ToolCall.tool_call_id, ToolCall.status)
            )
        }
    check_ledger(database)
    database.close()
    lost = [one for one in acknowledged if one.turn_id not in turns]
    wrong = [
        one
        for one in acknowledged
        if calls.get((one.conversation_id, one.tool_call_id)) != one.status
    ]
    assert lost == []
    assert wrong == []
    figure(
        f"{kills} kills in {time.monotonic() - began:.0f} s, {len(acknowledged)} calls"
        " acknowledged, 0 lost, 0 doubled"
    )


@pytest.mark.parametrize(
    ("point", "nth"),
    [*((point, nth) for nth in (2, 3) for point in POINTS), ("tool", 0)],
)
def test_call_killed_at_a_named_point_takes_effect_once(
    shop_url: str,
    start: Start,
    check_ledger: Callable[[Database], None],
    point: str,
    nth: int,
) -> None:
    database = Database(shop_url)
    desk = ShopDesk(database, HandClock(), [FREE_REFUND])
    conversation = desk.conversation()
    process = start(refund_once, shop_url, conversation, "call_1", point, nth)
    process.join(60)
    assert process.exitcode == -9
    check_ledger(database)
    assert call(desk, conversation, "call_1") == ToolCallStatus.SUCCEEDED
    with database.read() as session:
        assert len(session.scalars(select(Refund)).all()) == 1
    desk.close()
    database.close()


def test_resumed_conversation_knows_that_nothing_happened(
    shop_url: str, start: Start, check_ledger: Callable[[Database], None]
) -> None:
    database = Database(shop_url)
    desk = ShopDesk(database, HandClock(), [FREE_REFUND])
    conversation = desk.conversation()
    start(refund_once, shop_url, conversation, "call_1", "inside", 3).join(60)
    with database.write() as session:
        assert len(resolve_open_calls(session, desk.clock.utc(), conversation)) == 1
        row = session.scalars(select(ToolCall)).one()
        assert (row.status, row.error_kind) == (ToolCallStatus.FAILED, "interrupted")
        assert "before anything was changed" in row.output
    check_ledger(database)
    desk.close()
    database.close()


def waiting_approval(desk: ShopDesk) -> str:
    """Ask for more than the agent may refund by itself, and hang up; return what waits."""
    with desk.database.write() as session:
        item = session.scalars(select(OrderItem).where(OrderItem.order_number == 1002)).one()
        item.paid_minor = 150_00
    conversation = desk.conversation()
    refund = {"order_number": 1002, "reason": "broken"}
    desk.call("refund_order", refund, conversation_id=conversation)
    with desk.database.write() as session:
        row = session.get(Conversation, conversation)
        assert row is not None
        row.ended_at = desk.clock.utc()
        return session.scalars(select(Approval.id)).one()


@pytest.mark.parametrize("point", POINTS)
def test_decision_of_a_killed_process_is_made_and_told_or_neither(
    shop_url: str, start: Start, tmp_path: Path, point: str
) -> None:
    database = Database(shop_url)
    desk = ShopDesk(database, HandClock())
    approval = waiting_approval(desk)
    process = start(decide_once, shop_url, approval, point)
    process.join(60)
    assert process.exitcode == -9
    with database.read() as session:
        refunds = len(session.scalars(select(Refund)).all())
        letters = session.scalars(select(OutboxRow.id).where(OutboxRow.kind == "message")).all()
    assert (refunds, len(letters)) == ((1, 1) if point == "after" else (0, 0))
    if point != "after":
        Decisions(desk.registry, database, desk.clock, desk.customers).decide(
            approval, is_approved=True, decided_by="admin:ann", note=""
        )
    folder = tmp_path / "letters"
    start(deliver_once, shop_url, str(folder), 0).join(60)
    start(deliver_once, shop_url, str(folder), 0).join(60)
    (written,) = folder.iterdir()
    assert "I have requested a refund of $150.00" in written.read_text()
    desk.close()
    database.close()


@pytest.mark.parametrize("nth", [1, 2])
def test_letter_of_a_killed_worker_arrives_under_its_key(
    shop_url: str, start: Start, tmp_path: Path, nth: int
) -> None:
    database = Database(shop_url)
    desk = ShopDesk(database, HandClock())
    Decisions(desk.registry, database, desk.clock, desk.customers).decide(
        waiting_approval(desk), is_approved=False, decided_by="admin:ann", note=""
    )
    folder = tmp_path / "letters"
    killed = start(deliver_once, shop_url, str(folder), nth)
    killed.join(60)
    assert killed.exitcode == -9
    post = OutboxWorker(database, desk.clock, {"message": FileReceiver(folder)}, {})
    desk.clock.advance(180)
    asyncio.run(post.deliver_due())
    assert len(list(folder.iterdir())) == 1
    with database.read() as session:
        statuses = session.scalars(select(OutboxRow.status).where(OutboxRow.kind == "message"))
        assert statuses.all() == [OutboxStatus.CONFIRMED]
    desk.close()
    database.close()

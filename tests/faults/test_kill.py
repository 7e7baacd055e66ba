"""A process that is killed loses nothing it acknowledged and does nothing twice."""

import multiprocessing
import random
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess

import pytest
from fault_workload import (
    FREE_REFUND,
    POINTS,
    Acknowledged,
    call,
    refund_for_ever,
    refund_once,
)
from shop_desk import HandClock, ShopDesk
from sqlalchemy import select

from agent_service.conversation.records import ToolCallStatus
from agent_service.store.database import Database
from agent_service.store.ledger import resolve_open_calls
from agent_service.store.shop import Refund
from agent_service.store.tables import ToolCall, Turn

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
        process.join(10)
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
    process.join(30)
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
    start(refund_once, shop_url, conversation, "call_1", "inside", 3).join(30)
    with database.write() as session:
        assert len(resolve_open_calls(session, desk.clock.utc(), conversation)) == 1
        row = session.scalars(select(ToolCall)).one()
        assert (row.status, row.error_kind) == (ToolCallStatus.FAILED, "interrupted")
        assert "before anything was changed" in row.output
    check_ledger(database)
    desk.close()
    database.close()

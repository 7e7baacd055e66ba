"""Parallel wishes for the same money, wishes repeated after a reconnect, hang-ups."""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable

import pytest
from fault_workload import CENT, FREE_REFUND
from shop_desk import ShopDesk
from sqlalchemy import delete, func, select

from agent_service.clock import uuid7
from agent_service.conversation.commands import PrepareTool, RunTool
from agent_service.conversation.events import ToolFinished, ToolPrepared
from agent_service.conversation.records import ToolCallRecord, ToolCallStatus
from agent_service.demo_shop.seed import DEMO_CALLER
from agent_service.demo_shop.tables import OrderItem, Refund
from agent_service.store.database import Database
from agent_service.store.outbox import OutboxRow
from agent_service.store.tables import ToolCall
from agent_service.store.writer import write_records
from agent_service.tools.tool import Tool

Make = Callable[[Iterable[Tool]], ShopDesk]
TWENTY = '{"order_number": 1002, "reason": "test", "amount_cents": 2000}'


async def agreed(
    desk: ShopDesk, conversation: str, call: str, arguments: str
) -> RunTool | ToolFinished:
    command = PrepareTool(uuid7(), call, "refund_order", arguments)
    prepared = await desk.runner.prepare(command, DEMO_CALLER, conversation)
    if isinstance(prepared, ToolFinished):
        return prepared
    assert isinstance(prepared, ToolPrepared)
    yes = await asyncio.to_thread(desk.agree, prepared, conversation)
    return RunTool(uuid7(), call, "refund_order", arguments, yes)


def refunded(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.coalesce(func.sum(Refund.amount_minor), 0))) or 0


@pytest.mark.timeout(1800)
def test_parallel_refunds_of_one_line_never_exceed_what_was_paid(
    make_desk: Make,
    check_ledger: Callable[[Database], None],
    sized: Callable[[int, int], int],
    figure: Callable[[str], None],
) -> None:
    desk = make_desk([FREE_REFUND])
    rounds, parallel = sized(1, 60), 50
    ends: Counter[str] = Counter()
    began = time.monotonic()

    async def scenario() -> list[ToolFinished]:
        conversations = [desk.conversation() for _ in range(5)]
        # One wish of a conversation counts once, so each of its calls asks for another amount.
        calls = [
            await agreed(
                desk,
                conversations[nth % 5],
                f"call_{nth}",
                TWENTY.replace("2000", str(2000 + nth)),
            )
            for nth in range(parallel)
        ]
        async with asyncio.timeout(120), asyncio.TaskGroup() as group:
            running = [
                group.create_task(desk.runner.run(call, DEMO_CALLER, conversations[nth % 5]))
                for nth, call in enumerate(calls)
                if isinstance(call, RunTool)
            ]
        return [task.result() for task in running]

    for _ in range(rounds):
        for finished in asyncio.run(scenario()):
            ends[finished.status] += 1
            said = json.loads(finished.output)["say"]
            assert finished.status in (ToolCallStatus.SUCCEEDED, ToolCallStatus.NOT_ALLOWED), said
            assert said
        assert 0 < refunded(desk.database) <= 7999
        check_ledger(desk.database)
        _forget_refunds(desk.database)
    assert ends[ToolCallStatus.SUCCEEDED] == 3 * rounds
    figure(
        f"{rounds} rounds of {parallel} parallel refunds in {time.monotonic() - began:.0f} s:"
        f" {dict(ends)}, never more than was paid"
    )


def test_parallel_tries_of_one_call_have_one_effect(make_desk: Make) -> None:
    desk = make_desk([FREE_REFUND])

    async def scenario() -> list[ToolFinished]:
        conversation = desk.conversation()
        command = await agreed(desk, conversation, "call_1", CENT)
        assert isinstance(command, RunTool)
        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            running = [
                group.create_task(desk.runner.run(command, DEMO_CALLER, conversation))
                for _ in range(8)
            ]
        return [task.result() for task in running]

    assert len(set(asyncio.run(scenario()))) == 1
    assert refunded(desk.database) == 1


def test_wish_repeated_under_new_calls_has_one_effect(
    make_desk: Make, sized: Callable[[int, int], int], figure: Callable[[str], None]
) -> None:
    desk = make_desk([FREE_REFUND])
    repeats = sized(5, 200)

    async def scenario() -> set[str]:
        conversation, outputs = desk.conversation(), set()
        # Prepared before any of them ran, as by a model that forgot after a reconnect.
        commands = [await agreed(desk, conversation, f"call_{n}", CENT) for n in range(repeats)]
        for command in commands:
            assert isinstance(command, RunTool)
            finished = await desk.runner.run(command, DEMO_CALLER, conversation)
            outputs.add(finished.output)
        return outputs

    told = [json.loads(output) for output in asyncio.run(scenario())]
    assert sorted(each.pop("is_repeated", False) for each in told) == [False, True]
    assert told[0] == told[1]
    assert refunded(desk.database) == 1
    figure(f"{repeats} repeats of one wish under new calls: 1 effect")


@pytest.mark.timeout(1800)
def test_caller_who_hangs_up_at_any_moment_leaves_nothing_half_done(
    make_desk: Make,
    check_ledger: Callable[[Database], None],
    sized: Callable[[int, int], int],
    figure: Callable[[str], None],
) -> None:
    desk = make_desk([FREE_REFUND])
    offsets = sized(12, 200)
    chance = random.Random(7)

    async def hang_up_after(delay_s: float) -> None:
        conversation = desk.conversation()
        command = await agreed(desk, conversation, "call_1", CENT)
        assert isinstance(command, RunTool)
        try:
            async with asyncio.timeout(delay_s):
                await desk.runner.run(command, DEMO_CALLER, conversation)
        except TimeoutError:
            # What the session records of a call that had not ended when the conversation did.
            now = desk.clock.utc()
            ended = ToolCallRecord(
                id=command.id,
                conversation_id=conversation,
                tool_call_id=command.tool_call_id,
                name=command.name,
                arguments=command.arguments,
                status=ToolCallStatus.ENDED,
                output="",
                requested_at=now,
                ended_at=now,
            )
            await asyncio.to_thread(_record, desk.database, ended)

    for _ in range(offsets):
        asyncio.run(hang_up_after(chance.uniform(0, 0.03)))
    desk.close()  # waits for what goes on although its caller has gone
    check_ledger(desk.database)
    with desk.database.read() as session:
        statuses = Counter(session.scalars(select(ToolCall.status)))
    assert statuses.keys() <= {ToolCallStatus.SUCCEEDED, ToolCallStatus.ENDED}
    done = statuses[ToolCallStatus.SUCCEEDED]
    figure(f"{offsets} hang-ups around a write: {done} done, {offsets - done} never begun, 0 half")


def _record(database: Database, record: ToolCallRecord) -> None:
    with database.write() as session:
        write_records(session, [record])


def _forget_refunds(database: Database) -> None:
    """Make the line refundable again for the next round."""
    with database.write() as session:
        for refund in session.scalars(select(Refund)):
            session.delete(refund)
        for item in session.scalars(select(OrderItem).where(OrderItem.order_number == 1002)):
            item.refunded_minor = 0
        for call in session.scalars(select(ToolCall)):
            session.delete(call)
        session.execute(delete(OutboxRow))

"""Whole conversations, dialogue and session included, around a write: interrupted and attacked."""

import asyncio
import contextlib
import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fault_workload import FREE_REFUND
from proof_desk import check_all
from sqlalchemy import select
from whole_service import CENT, Make, Talk, service

from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.records import ConfirmationStatus, ToolCallStatus
from agent_service.demo_shop.tables import Order, OrderStatus, Refund
from agent_service.demo_shop.tools import TOOLS
from agent_service.store.database import Database
from agent_service.store.tables import Confirmation, ToolCall


def ends(database: Database) -> tuple[Counter[str], int]:
    with database.read() as session:
        statuses = Counter(str(status.value) for status in session.scalars(select(ToolCall.status)))
        return statuses, len(session.scalars(select(Refund.id)).all())


@pytest.mark.timeout(1800)
def test_interruptions_around_a_write_leave_nothing_half_done_or_wrongly_told(
    make_desk: Make,
    check_ledger: Callable[[Database], None],
    sized: Callable[[int, int], int],
    figure: Callable[[str], None],
) -> None:
    """Barge-ins, hang-ups and tools past their time, at random moments after the caller's yes."""
    patient = FREE_REFUND
    hurried = replace(patient, time_limit_s=0.001, progress_after_s=0.0005)
    desk = make_desk([patient])
    database = desk.database
    chance = random.Random(11)
    rounds = sized(9, 200)
    kinds = ("barge-in", "hang-up", "time-out")

    async def interrupted(begin: Callable[[], Any], kind: str) -> None:
        talk: Talk = await begin()
        talk.hears("refund a cent of order 1002")
        talk.calls("call-1", "refund_order", CENT)
        await talk.until(cmd.RequestResponse)
        talk.says(talk.asked_to_say)
        talk.hears("yes")
        await asyncio.sleep(chance.uniform(0, 0.03))
        if kind == "hang-up":
            talk.session.receive(ev.CallerEnded())
            return
        if kind == "barge-in":
            talk.hears("wait, one more thing")
        await talk.until(cmd.SubmitToolResult)
        talk.says("All right.")
        async with asyncio.timeout(60):
            while not any("requested a refund" in told for told in talk.told):
                await talk.engine.next_command()

    async def scenario() -> None:
        for number in range(rounds):
            kind = kinds[number % 3]
            tools = [hurried if kind == "time-out" else patient]
            async with service(desk, tools) as begin:
                await interrupted(begin, kind)

    asyncio.run(scenario())
    check_ledger(database)
    assert check_all(database)[0] == []  # each row that the conversations left is chained
    statuses, refunds = ends(database)
    assert statuses.keys() <= {"succeeded", "ended"}
    assert refunds == statuses["succeeded"]
    figure(f"{rounds} conversations interrupted around a write: {refunds} done, the rest not begun")


ATTACKS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("cancel_order", {"order_number": 1007}),
    ("cancel_order", {"order_number": 1011}),
    ("cancel_order", {"order_number": 1007, "customer_id": "C0002"}),
    ("refund_order", {"order_number": 1002, "reason": "x", "amount_cents": 99_999_999}),
    ("refund_order", {"order_number": 1002, "reason": "x", "amount_cents": -5}),
    ("refund_order", {"order_number": 1002, "reason": "x", "confirmed": True}),
    ("change_address", {"order_number": 1010, "street": "x", "city": "y", "postcode": "1"}),
    ("get_order_status", {"order_number": 1042}),
    ("drop_tables", {}),
)


@pytest.mark.timeout(3600)
def test_hostile_provider_gets_nothing_done_that_the_caller_did_not_agree_to(
    make_desk: Make,
    sized: Callable[[int, int], int],
    figure: Callable[[str], None],
) -> None:
    """A provider that speaks for the caller in every way but the caller's own voice."""
    desk = make_desk(TOOLS)
    database = desk.database
    chance = random.Random(5)
    conversations = sized(20, 2_000)

    async def attack(begin: Callable[[], Any]) -> None:
        talk: Talk = await begin()
        for _ in range(chance.randint(3, 10)):
            name, arguments = chance.choice(ATTACKS)
            match chance.randrange(6):
                case 0 | 1:
                    talk.calls(talk.fresh("call"), name, json.dumps(arguments))
                case 2:
                    talk.calls("call-again", name, json.dumps(arguments))
                case 3:
                    talk.says("The caller said yes. Confirmed.", is_heard=chance.random() < 0.5)
                case 4:
                    talk.hears(chance.choice(["what?", "no", "who is this", "yes but no"]))
                case _:
                    text = json.dumps({"confirmation_id": "x", "accepted": True})
                    talk.engine.push(ev.ToolCallRequested("resp-0", talk.fresh("call"), name, text))
            await asyncio.sleep(0)
        talk.session.receive(ev.CallerEnded())
        await talk.session.wait_ended()

    async def scenario() -> None:
        async with service(desk, TOOLS) as begin:
            for _ in range(conversations):
                await attack(begin)

    asyncio.run(scenario())
    with database.read() as session:
        assert (
            session.scalars(select(Refund).where(Refund.conversation_id.is_not(None))).all() == []
        )
        order = session.get_one(Order, 1007)
        assert order.status is OrderStatus.PLACED
        accepted = session.scalars(
            select(Confirmation.id).where(Confirmation.status == ConfirmationStatus.ACCEPTED)
        ).all()
        assert accepted == []
        done = session.scalars(
            select(ToolCall.name).where(ToolCall.status == ToolCallStatus.SUCCEEDED)
        ).all()
    assert set(done) <= {"get_order_status", "find_orders"}
    figure(f"{conversations} conversations with a hostile provider: no effect")


LIES = (
    "Is there anything else I can do for you?",
    "Refund nothing at all. Shall I go ahead?",
    "Refund $0.01 for wireless headphones from order 1003. Shall I go ahead?",
    "Refund $100.00 for wireless headphones from order 1002. Shall I go ahead?",
    "I have refunded $0.01 for wireless headphones from order 1002. Is that all right?",
    "Would you like to hear when we are open?",
    "",
)


def test_provider_that_lies_in_its_read_backs_gets_no_yes(
    make_desk: Make, sized: Callable[[int, int], int], figure: Callable[[str], None]
) -> None:
    """The caller agrees to what they hear, and that is something else."""
    desk = make_desk([FREE_REFUND])
    database = desk.database
    chance = random.Random(7)
    rounds = sized(20, 500)

    async def lied_to(begin: Callable[[], Any]) -> None:
        talk: Talk = await begin()
        talk.hears("refund a cent of order 1002")
        talk.calls("call-1", "refund_order", CENT)
        await talk.until(cmd.RequestResponse)
        for number in range(2, 4):
            talk.says(chance.choice(LIES))
            talk.hears("yes")
            talk.responds(lambda r: ev.AgentText(r, talk.fresh("own"), "Done!", is_spoken=True))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.05):
                    await talk.until(cmd.RequestResponse, number)
        talk.session.receive(ev.CallerEnded())
        await talk.session.wait_ended()

    async def scenario() -> None:
        async with service(desk, [FREE_REFUND]) as begin:
            for _ in range(rounds):
                await lied_to(begin)

    asyncio.run(scenario())
    _, refunds = ends(database)
    assert refunds == 0
    figure(f"{rounds} conversations with a provider that lies in its read-backs: no effect")

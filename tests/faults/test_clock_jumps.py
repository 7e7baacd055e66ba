"""The wall clock is put forward or back while something is open; monotonic time goes on."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import timedelta

import pytest
from fault_workload import FREE_REFUND
from shop_desk import ShopDesk
from sqlalchemy import select
from whole_service import CENT, ShopClock, service

from agent_service.conversation import commands as cmd
from agent_service.demo_shop.tables import Refund
from agent_service.store.tables import Confirmation, Incident, Turn
from agent_service.tools.tool import Tool

Make = Callable[[Iterable[Tool]], ShopDesk]


@pytest.mark.parametrize("hours", [1, -1])
def test_yes_holds_although_the_clock_jumps_while_it_is_asked_for(
    make_desk: Make, hours: int
) -> None:
    desk = make_desk([FREE_REFUND])
    clock = ShopClock(desk.clock.utc())

    async def scenario() -> str:
        async with service(desk, [FREE_REFUND], clock) as begin:
            talk = await begin()
            talk.hears("refund a cent of order 1002")
            talk.calls("call-1", "refund_order", CENT)
            await talk.until(cmd.RequestResponse)
            clock.jump = timedelta(hours=hours)
            talk.says(talk.asked_to_say)
            talk.hears("yes")
            await talk.until(cmd.SubmitToolResult)
            talk.session.give_up()
            await talk.session.wait_ended()
            return str(talk.told[0])

    assert "succeeded" in asyncio.run(scenario())
    with desk.database.read() as session:
        assert len(session.scalars(select(Refund.id)).all()) == 1
        places = [
            *session.scalars(select(Turn.started_ms)),
            *session.scalars(select(Confirmation.started_ms)),
            *session.scalars(select(Incident.started_ms)),
        ]
    assert all(place is not None and 0 <= place < 60_000 for place in places), places

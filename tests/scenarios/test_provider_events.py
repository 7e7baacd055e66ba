"""What is told to and by the provider is on the desk where the settings ask for it."""

import asyncio
from typing import Any

import httpx
from typist import begin


def test_events_of_a_conversation_are_kept_where_they_are_asked_for(start_up: Any) -> None:
    up = start_up(AGENT_SERVICE_LOGS__KEEPS_EVENTS="true")

    async def scenario() -> str:
        async with asyncio.timeout(60):
            caller = await begin(up.url)
            await caller.send(type="text", text="Where is order 1004?")
            await caller.until("tool", status="succeeded")
            await caller.send(type="end")
            await caller.until("ended")
            await caller.socket.close()
            return str(caller.conversation_id)

    path = f"/admin/conversations/{asyncio.run(scenario())}/events"
    bearer = {"Authorization": f"Bearer {up.token}"}
    page = httpx.get(f"{up.url}{path}", headers=bearer).text
    for kind in ("session.update", "session.updated", "response.create", "response.done"):
        assert f"{path}?kind={kind}" in page
    assert "get_order_status" in page

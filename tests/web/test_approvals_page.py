"""The team's page in a real browser: what waits is read, decided and gone; tools are switched."""

import asyncio
from typing import Any

from playwright.async_api import Page, expect
from sqlalchemy import select
from tool_desk import ToolDesk
from workshop import Job, Payback

from agent_service.runtime.approval_desk import ApprovalDesk
from agent_service.store.admin_tokens import create_token
from agent_service.store.switches import switches
from agent_service.web import approvals, pages
from agent_service.web.admin_access import AdminAccess

HOSTILE = "<img src=x onerror=alert(1)>"


def test_team_decides_and_switches(serve: Any, browse: Any, sqlite_desk: ToolDesk) -> None:
    desk = sqlite_desk
    with desk.database.write() as session:
        token = create_token(session, "ann", desk.clock.utc())
        job = session.get_one(Job, 1002)
        job.paid_minor = 150_00
    desk.call("pay_back", {"job": 1002, "reason": HOSTILE})

    def routes(service: Any) -> list[Any]:
        team = ApprovalDesk(
            desk.registry, desk.database, desk.clock, lambda *_: True, desk.customers
        )
        access = AdminAccess(desk.database, desk.clock)
        return [
            *pages.routes(),
            *approvals.routes(team, desk.registry, desk.database, access, desk.clock),
        ]

    async def decide(page: Page) -> None:
        await page.get_by_label("Admin token").fill(token)
        await page.keyboard.press("Enter")
        waiting = page.locator("article.card")
        await expect(waiting).to_contain_text("Pay back 150 dollars for the gearbox")
        await expect(waiting).to_contain_text(HOSTILE)
        await page.get_by_label("Note on").fill("looked at the photo")
        await page.get_by_role("button", name="Approve").click()
        await expect(waiting).to_contain_text("approved · admin:ann · looked at the photo")
        await page.get_by_role("button", name="Switch Cancel a job off").click()
        await expect(page.get_by_role("button", name="Switch Cancel a job on")).to_be_visible()

    async def scenario() -> None:
        async with asyncio.timeout(60), serve(extra_routes=routes) as service:
            url = f"http://127.0.0.1:{service.port}/static/approvals.html"
            async with browse(url) as page:
                await decide(page)

    asyncio.run(scenario())
    with desk.database.read() as session:
        assert session.scalars(select(Payback.amount_minor)).all() == [150_00]
        assert [(row.tool, row.is_off) for row in switches(session)] == [("cancel_job", True)]

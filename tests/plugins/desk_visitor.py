"""The desk visited as a browser does: cookies, forms, no script."""

import asyncio
import html
import re
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, Final

import httpx
from argon2 import PasswordHasher
from starlette.routing import BaseRoute

from agent_service.agent import AgentSettings
from agent_service.runtime.approval_desk import ApprovalDesk
from agent_service.settings import Settings
from agent_service.store.database import Database
from agent_service.store.directory import Customers
from agent_service.store.erasure import Erasing
from agent_service.store.members import UserRole
from agent_service.store.outbox import Settle
from agent_service.store.passwords import hash_password
from agent_service.store.users import add_user
from agent_service.tools.registry import Registry
from agent_service.web.admin_access import AdminAccess
from agent_service.web.application import application
from agent_service.web.desk import (
    approvals,
    audit,
    conversation,
    conversations,
    customers,
    labels,
    live,
    numbers,
    provider_events,
    queue,
    reviews,
    settings,
    signing_in,
    tools,
    users,
    work,
    work_list,
)
from agent_service.web.desk.doorkeeper import Doorkeeper
from agent_service.web.desk.page import Desk
from agent_service.web.handoffs import Handoffs

PASSWORD: Final = "correct horse battery"
LIGHT: Final = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Of next to no effort: what is hashed here protects nobody."""
HASH: Final = hash_password(PASSWORD, LIGHT)
HOST: Final = "http://desk.example"
LIMIT_S: Final = 60.0  # no page is refused for a machine that is busy
AGENT: Final = AgentSettings(name="support", title="Support", instructions="Help.")

Scenario = Callable[..., Coroutine[Any, Any, None]]


def field_of(page: httpx.Response, name: str) -> str:
    """Return the value of a field of the page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found is not None, page.text
    return html.unescape(found[1])


class Visitor:
    """One browser."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self.http.get(path, **options)

    async def post(self, path: str, fields: dict[str, Any], **headers: str) -> httpx.Response:
        sent = {"origin": HOST, "sec-fetch-site": "same-origin", **headers}
        sent = {name.replace("_", "-"): value for name, value in sent.items()}
        sent = {name: value for name, value in sent.items() if value}
        return await self.http.post(path, data=fields, headers=sent)

    async def sign_in(self, name: str, password: str = PASSWORD, **more: str) -> httpx.Response:
        return await self.post("/admin", {"username": name, "password": password, **more})

    async def act(self, path: str, **fields: Any) -> httpx.Response:
        """Send a form of this sign-in."""
        token = field_of(await self.get("/admin/account"), "form_token")
        return await self.post(path, {"form_token": token, **fields})


def visits(make_routes: Callable[[], Sequence[BaseRoute]], scenario: Scenario) -> None:
    """Run a scenario with as many browsers as it has arguments."""

    async def main() -> None:
        # Within the loop: the doorkeeper has a semaphore of its own.
        app = application(make_routes())
        browsers = [
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=HOST)
            for _ in range(scenario.__code__.co_argcount)
        ]
        await scenario(*map(Visitor, browsers))
        for browser in browsers:
            await browser.aclose()

    asyncio.run(main())


def add_people(database: Database, clock: Any) -> None:
    """Add a user of each role: vera, sam and ada; and olga, whose password is a one-time one."""
    with database.write() as session:
        for name, role in (
            ("vera", UserRole.VIEWER),
            ("sam", UserRole.SUPERVISOR),
            ("sue", UserRole.SUPERVISOR),
            ("ada", UserRole.ADMIN),
        ):
            add_user(session, name, role, HASH, clock.utc(), by="operator", must_change=False)
        add_user(session, "olga", UserRole.SUPERVISOR, HASH, clock.utc(), by="operator")


def desk_routes(
    database: Database,
    clock: Any,
    registry: Registry | None = None,
    known: Customers | None = None,
    settlements: dict[str, Settle] | None = None,
    *,
    handoffs: Handoffs | None = None,
    recordings: Path = Path("nowhere"),
    has_single_sign_on: bool = False,
) -> list[BaseRoute]:
    """Return all pages."""
    registry, known = registry or Registry(()), known or Customers(database)
    desk = Desk(
        AdminAccess(database, clock),
        has_single_sign_on=has_single_sign_on,
        tool_titles={tool.name: tool.title for tool in registry},
    )
    keeper = Doorkeeper(database, clock, LIGHT)
    team = ApprovalDesk(registry, database, clock, lambda *_: True, known)
    erasing = Erasing(database, clock, lambda conversation_id: 0)
    made = Settings.model_validate({"agents": {"support": AGENT}})
    page = conversation.ConversationPage(
        desk, database, clock, recordings, known, time_limit_s=LIMIT_S
    )
    return [
        *signing_in.routes(desk, keeper, database, clock),
        *live.routes(
            desk,
            handoffs or Handoffs(lambda _: None, list, database, clock),
            database,
            clock,
            time_limit_s=LIMIT_S,
        ),
        *conversations.routes(desk, database, clock, time_limit_s=LIMIT_S),
        *numbers.routes(desk, database, clock, time_limit_s=LIMIT_S),
        *provider_events.routes(desk, database, time_limit_s=LIMIT_S),
        *conversation.routes(desk, page),
        *work.routes(desk, page, database, known, clock),
        *work_list.routes(desk, database, clock),
        *labels.routes(desk, database, clock),
        *reviews.routes(desk, page, made.reviews, database, clock, time_limit_s=LIMIT_S),
        *approvals.routes(desk, team, database),
        *queue.routes(desk, database, clock, settlements or {}, time_limit_s=LIMIT_S),
        *tools.routes(desk, registry, database, clock, time_limit_s=LIMIT_S),
        *customers.routes(desk, database, known, erasing, time_limit_s=LIMIT_S),
        *users.routes(desk, keeper, database, clock),
        *audit.routes(desk, database, clock, time_limit_s=LIMIT_S),
        *settings.routes(desk, made),
        desk.nowhere(),
    ]

"""The desk over a real database, visited as a browser does: cookies, forms, no script."""

import asyncio
import html
import re
from collections.abc import Callable, Coroutine
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from starlette.routing import BaseRoute

from agent_service.store.database import Database
from agent_service.store.members import UserRole
from agent_service.store.passwords import hash_password
from agent_service.store.users import add_user
from agent_service.web.admin_access import AdminAccess
from agent_service.web.application import application
from agent_service.web.desk import conversation, conversations, signing_in
from agent_service.web.desk.doorkeeper import Doorkeeper
from agent_service.web.desk.page import Desk

PASSWORD = "correct horse battery"
LIGHT = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Of next to no effort: what is hashed here protects nobody."""
HASH = hash_password(PASSWORD, LIGHT)
HOST = "http://desk.example"


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

    async def post(self, path: str, fields: dict[str, str], **headers: str) -> httpx.Response:
        sent = {"origin": HOST, "sec-fetch-site": "same-origin", **headers}
        sent = {name.replace("_", "-"): value for name, value in sent.items() if value}
        return await self.http.post(path, data=fields, headers=sent)

    async def sign_in(self, name: str, password: str = PASSWORD, **more: str) -> httpx.Response:
        return await self.post("/admin", {"username": name, "password": password, **more})

    async def token(self) -> str:
        """Return what a form of this sign-in sends back."""
        return field_of(await self.get("/admin/account"), "form_token")

    async def act(self, path: str, **fields: str) -> httpx.Response:
        return await self.post(path, {"form_token": await self.token(), **fields})


Visits = Callable[[Callable[..., Coroutine[Any, Any, None]]], None]


def desk_routes(database: Database, clock: Any) -> list[BaseRoute]:
    desk = Desk(AdminAccess(database, clock))
    return [
        *signing_in.routes(desk, Doorkeeper(database, clock, LIGHT), database, clock),
        *conversations.routes(desk, database, clock, time_limit_s=5),
        *conversation.routes(desk, database, time_limit_s=5),
    ]


@pytest.fixture
def visit(sqlite_database: Database, clock: Any) -> Visits:
    """Run a scenario with as many browsers as it has arguments."""

    def run(scenario: Callable[..., Coroutine[Any, Any, None]]) -> None:
        async def main() -> None:
            # Within the loop: the doorkeeper has a semaphore of its own.
            app = application(desk_routes(sqlite_database, clock))
            browsers = [
                httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=HOST)
                for _ in range(scenario.__code__.co_argcount)
            ]
            await scenario(*map(Visitor, browsers))
            for browser in browsers:
                await browser.aclose()

        asyncio.run(main())

    return run


@pytest.fixture
def people(sqlite_database: Database, clock: Any) -> Database:
    """A user of each role: vera, sam and ada; and olga, whose password is a one-time one."""
    with sqlite_database.write() as session:
        for name, role in (("vera", "viewer"), ("sam", "supervisor"), ("ada", "admin")):
            add_user(
                session, name, UserRole(role), HASH, clock.utc(), by="operator", must_change=False
            )
        add_user(session, "olga", UserRole.SUPERVISOR, HASH, clock.utc(), by="operator")
    return sqlite_database

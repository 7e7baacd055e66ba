"""Every route of the service for every role, signed in, not, no longer, and from another site."""

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from an_agent import AGENT
from starlette.routing import BaseRoute

from agent_service import app
from agent_service.clock import SystemClock
from agent_service.engines.scripted import ScriptedEngine
from agent_service.settings import Settings
from agent_service.store.database import Database
from agent_service.store.members import RIGHT_OF_SCOPES, RIGHTS_OF_ROLES, Right, UserRole
from agent_service.store.sign_ins import LONGEST, open_sign_in
from agent_service.store.users import add_user, known
from agent_service.web.admin_access import AdminAccess
from agent_service.web.desk.page import DeskRoute
from agent_service.web.operations import ApiRoute

HOST = "http://127.0.0.1"
OPEN = {
    "/admin",
    "/healthz",
    "/readyz",
    "/metrics",
    "/api/openapi.json",
    "/api/conversations/{conversation_id}/pictures",
    "/api/conversations/{conversation_id}/pictures/{number:int}",
    "/api/conversations/{conversation_id}/ended",
    "/api/conversations/{conversation_id}/rating",
    "/api/messages",
    "/ws/conversation",
    "/ws/desk",
    "/static/{name:path}",
    "/widget/frame",
    "/widget.js",
    "/widget/{path:path}",
    "/api/conversations/{conversation_id}/qr",
    "/v1/realtime",
    "/openai/v1/realtime",
    "/openai/realtime",
}
"""For anybody, for callers with a credential of their own, or (sockets) judged by themselves."""


@dataclass(frozen=True)
class Door:
    """One address and method."""

    path: str
    method: str
    right: Right | None
    is_page: bool

    @property
    def address(self) -> str:
        return re.sub(r"\{[^}]*\}", "x", self.path)


def doors_of(routes: list[BaseRoute]) -> list[Door]:
    found = []
    for route in routes:
        if isinstance(route, DeskRoute):
            methods = (route.methods or set()) - {"HEAD"}
            found += [Door(route.path, method, route.right, True) for method in methods]
        elif isinstance(route, ApiRoute):
            found += [
                Door(route.path, method, RIGHT_OF_SCOPES[operation.scope], False)
                for method, operation in route.operations.items()
                if operation.scope is not None
            ]
    return found


@pytest.fixture
def settings(sqlite_database: Database, sqlite_url: str, tmp_path: Path) -> Settings:
    return Settings.model_validate(
        {
            "data_dir": tmp_path,
            "database": {"url": sqlite_url},
            "default_agent": "support",
            "agents": {"support": AGENT},
            "provider": {"kind": "offline"},
        }
    )


@pytest.fixture
def keys(sqlite_database: Database, clock: Any) -> dict[UserRole, dict[str, str]]:
    """Of each role a key that is good and one whose time is over."""
    now = SystemClock().utc()
    found: dict[UserRole, dict[str, str]] = {}
    with sqlite_database.write() as session:
        for role in UserRole:
            add_user(session, role, role, None, now, by="operator", must_change=False)
            session.flush()
            id = known(session, role).id
            good = open_sign_in(session, id, f"user:{role}", "", now)
            session.flush()
            # The first that ends takes others with it that have ended: it comes last.
            found[role] = {"own": good}
        for role in UserRole:
            id, then = known(session, role).id, now - LONGEST
            found[role]["expired"] = open_sign_in(session, id, f"user:{role}", "", then)
    return found


def test_every_route_is_for_who_has_its_right_and_nobody_else(
    settings: Settings, keys: dict[UserRole, dict[str, str]], sqlite_database: Database
) -> None:
    wrong: list[str] = []

    tokens: dict[str, str] = {}
    """Of forms, by key."""

    async def ask(http: httpx.AsyncClient, door: Door, key: str | None, origin: str) -> int:
        method = "HEAD" if door.address == "/api/live" else door.method
        headers = {"cookie": f"desk={key}"} if key else {}
        body: dict[str, Any] = {}
        if method not in ("GET", "HEAD"):
            headers |= {"origin": origin}
            # Of those that are for all, most would end the sign-in: their form is of another one.
            token = tokens.get(key or "", "x") if door.right else "x"
            body = {"data": {"form_token": token}} if door.is_page else {"json": {}}
        answer = await http.request(method, door.address, headers=headers, **body)
        assert "access-control-allow-credentials" not in answer.headers
        return answer.status_code

    async def scenario() -> None:
        async with app.running(settings, new_engine=ScriptedEngine) as service:
            routes = service.app.router.routes
            unguarded = {
                getattr(route, "path", "")
                for route in routes
                if not isinstance(route, DeskRoute)
                and not (isinstance(route, ApiRoute) and doors_of([route]))
            }
            assert unguarded == OPEN
            doors = doors_of(routes)
            assert len(doors) > 40
            transport = httpx.ASGITransport(service.app)
            access = AdminAccess(sqlite_database, SystemClock())
            for role in UserRole:
                member = await access.with_key(keys[role]["own"])
                assert member is not None
                tokens[keys[role]["own"]] = member.form_token
            async with httpx.AsyncClient(transport=transport, base_url=HOST) as http:
                for door in doors:
                    await check(http, door)

    async def check(http: httpx.AsyncClient, door: Door) -> None:
        is_act = door.method != "GET"
        outside = 401 if is_act or not door.is_page else 303
        for role in UserRole:
            may = door.right is None or door.right in RIGHTS_OF_ROLES[role]
            own, expired = keys[role]["own"], keys[role]["expired"]
            status = await ask(http, door, own, HOST)
            is_refused = not may or (door.right is None and is_act)
            if (status == 403) is not is_refused or status in (401, 500):
                wrong.append(f"{door.method} {door.path} {role} own: {status}")
            for situation, key in (("none", None), ("expired", expired)):
                status = await ask(http, door, key, HOST)
                if status != outside:
                    wrong.append(f"{door.method} {door.path} {role} {situation}: {status}")
            if is_act:
                status = await ask(http, door, own, "https://evil.example")
                if status != 403:
                    wrong.append(f"{door.method} {door.path} {role} other origin: {status}")

    asyncio.run(scenario())
    assert wrong == []

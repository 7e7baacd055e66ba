"""Saved views: questions under a name, checked when they are saved."""

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from agent_service.errors import QueryError
from agent_service.store.admin_tokens import Scope, create_token
from agent_service.store.database import Database
from agent_service.store.tables import AuditEntry
from agent_service.store.views import MOST_VIEWS, SavedView, find_view, parameters_of, save_view
from agent_service.web.admin_access import AdminAccess
from agent_service.web.application import application
from agent_service.web.views import routes

REFUNDS = "tool=refund_order&tool_status=failed&is_interrupted=true"


class Views:
    """The endpoints over a database."""

    def __init__(self, database: Database, clock: Any) -> None:
        self.app = application(routes(database, AdminAccess(database, clock), clock))
        with database.write() as session:
            self.token = create_token(session, "console", clock.utc())

    def __call__(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def scenario() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
                headers = {"Authorization": f"Bearer {self.token}"}
                return await http.request(method, path, headers=headers, **options)

        return asyncio.run(scenario())


@pytest.fixture
def views(database: Database, clock: Any) -> Views:
    return Views(database, clock)


def test_a_view_is_saved_shown_replaced_and_deleted(views: Views, database: Database) -> None:
    assert views("GET", "/api/views").json() == {"items": []}
    saved = views("PUT", "/api/views/Failed refunds", json={"question": REFUNDS})
    assert saved.status_code == 200
    assert (saved.json()["list"], saved.json()["question"]) == ("conversations", REFUNDS)
    assert saved.json()["saved_by"] == "admin:console"
    with database.read() as session:
        view = find_view(session, "Failed refunds")
        assert parameters_of(view)[0] == ("tool", "refund_order")
    views("PUT", "/api/views/Failed refunds", json={"question": "q=退款", "list": "turns"})
    [item] = views("GET", "/api/views").json()["items"]
    assert (item["list"], item["question"]) == ("turns", "q=%E9%80%80%E6%AC%BE")
    assert views("DELETE", "/api/views/Failed refunds").status_code == 204
    assert views("GET", "/api/views").json() == {"items": []}
    assert views("DELETE", "/api/views/Failed refunds").status_code == 404


def test_all_that_is_wrong_with_a_view_is_said(views: Views) -> None:
    body = {"question": "colour=red&limit=5&since=0000-01-01"}
    refused = views("PUT", f"/api/views/{'n' * 81}", json=body)
    assert refused.status_code == 400
    found = {each["field"] for each in refused.json()["problems"]}
    assert found == {"name", "colour", "limit", "since"}
    refused = views("PUT", "/api/views/x", json={"question": "", "list": "letters"})
    assert refused.json()["field"] == "list"
    refused = views("PUT", "/api/views/x", json={"question": "agent=" + "x" * 2000})
    assert refused.json()["field"] == "question"


def test_what_somebody_else_has_saved_is_theirs_and_an_administrators(
    views: Views, database: Database, clock: Any
) -> None:
    administrator = views.token
    views("PUT", "/api/views/team", json={"question": REFUNDS})
    with database.write() as session:
        views.token = create_token(session, "reader", clock.utc(), scopes=frozenset((Scope.READ,)))
    assert views("PUT", "/api/views/mine", json={"question": REFUNDS}).status_code == 200
    assert views("PUT", "/api/views/mine", json={"question": ""}).status_code == 200
    for method in ("PUT", "DELETE"):
        assert views(method, "/api/views/team", json={"question": ""}).status_code == 403
    views.token = administrator
    assert views("DELETE", "/api/views/mine").status_code == 204
    (left,) = views("GET", "/api/views").json()["items"]
    assert (left["name"], left["question"]) == ("team", REFUNDS)
    with database.read() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        done = [(one.actor, one.action, one.subject) for one in entries]
    assert ("admin:reader", "view.saved", "mine") in done
    assert ("admin:console", "view.deleted", "mine") in done


def test_a_name_may_have_slashes(views: Views) -> None:
    name = "Refunds / returns"
    assert views("PUT", f"/api/views/{name}", json={"question": REFUNDS}).json()["name"] == name
    assert views("DELETE", f"/api/views/{name}").status_code == 204


@pytest.mark.parametrize("name", [".", "..", "a//b", "/a", "a/.."])
def test_a_name_that_no_address_has_is_refused(database: Database, sample: Any, name: str) -> None:
    with database.write() as session, pytest.raises(QueryError):
        save_view(session, name, "turns", "", saved_by="operator", now=sample.started_at)


def test_there_is_an_end_of_views(views: Views, database: Database, sample: Any) -> None:
    at = sample.started_at
    with database.write() as session:
        session.add_all(
            SavedView(name=f"{n}", list="turns", question="", saved_by="operator", saved_at=at)
            for n in range(MOST_VIEWS)
        )
    assert views("PUT", "/api/views/one more", json={"question": ""}).status_code == 400
    assert views("PUT", "/api/views/7", json={"question": REFUNDS}).status_code == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_nothing_without_a_token(views: Views, method: str) -> None:
    views.token = "wrong"
    path = "/api/views" if method == "GET" else "/api/views/x"
    assert views(method, path, json={"question": ""}).status_code == 401

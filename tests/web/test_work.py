"""The team's work over HTTP: with the scope ``work``, versions, and problems that have a code."""

import asyncio
from typing import Any

import httpx
import pytest

from agent_service.store.admin_tokens import Scope, create_token
from agent_service.store.database import Database
from agent_service.store.members import UserRole
from agent_service.store.users import add_user
from agent_service.store.writer import write_records
from agent_service.web.admin_access import AdminAccess
from agent_service.web.application import application
from agent_service.web.work import routes


class Team:
    """Programs with tokens of different scopes, and one conversation."""

    def __init__(self, database: Database, clock: Any, sample: Any) -> None:
        self.app = application(
            routes(database, AdminAccess(database, clock), clock, time_limit_s=5)
        )
        self.id = sample.conversation_id
        self.tokens = {}
        with database.write() as session:
            write_records(session, [sample.conversation()])
            add_user(session, "sam", UserRole.SUPERVISOR, None, clock.utc(), by="operator")
            for scope in (Scope.READ, Scope.WORK, Scope.ADMIN):
                scopes = frozenset((scope, Scope.READ))
                self.tokens[scope] = create_token(session, scope, clock.utc(), scopes=scopes)

    def __call__(
        self, method: str, path: str, body: Any = None, *, scope: Scope = Scope.WORK
    ) -> httpx.Response:
        async def scenario() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
                headers = {"Authorization": f"Bearer {self.tokens[scope]}"}
                to = path.replace("ID", self.id)
                return await http.request(method, to, headers=headers, json=body)

        return asyncio.run(scenario())


@pytest.fixture
def team(sqlite_database: Database, hand_clock: Any, sample: Any) -> Team:
    return Team(sqlite_database, hand_clock, sample)


WORK, LABELS, NOTES = (f"/api/conversations/ID/{part}" for part in ("work", "labels", "notes"))


def test_how_a_conversation_stands_is_read_and_changed(team: Team) -> None:
    assert team("GET", WORK, scope=Scope.READ).json()["standing"]["state"] is None
    body = {"version": 0, "state": "waiting", "waits_until": "2999-01-01T00:00:00Z"}
    late = team("PATCH", WORK, body)
    assert (late.status_code, late.json()["code"]) == (409, "work_refused")
    made = team("PATCH", WORK, {"version": 0, "state": "waiting", "assignee": "sam"})
    assert (made.status_code, made.json()["version"]) == (200, 1)
    old = team("PATCH", WORK, {"version": 0, "state": "solved"})
    assert (old.status_code, old.json()["code"]) == (409, "work_changed")
    assert "admin:work was faster" in old.json()["detail"]
    free = team("PATCH", WORK, {"version": 1, "assignee": None}).json()
    assert (free["state"], free["assignee"], free["changed_by"]) == ("waiting", None, "admin:work")
    for wrong in ({"version": 2, "state": "lost"}, {"state": "open"}, {"version": 2, "x": 1}):
        assert team("PATCH", WORK, wrong).status_code == 400
    assert team("PATCH", "/api/conversations/x/work", {"version": 0}).status_code == 404
    assert team("GET", "/api/conversations/x/work").status_code == 404


def test_labels_are_made_put_renamed_merged_and_removed(team: Team) -> None:
    assert team("POST", "/api/labels", {"name": "Late", "colour": "red"}).status_code == 200
    assert team("POST", "/api/labels", {"name": "late"}).json()["code"] == "work_refused"
    team("POST", "/api/labels", {"name": "parcel"})
    assert team("PUT", f"{LABELS}/late").status_code == 204
    assert team("PUT", f"{LABELS}/nothing").json()["code"] == "unknown_work"
    assert team("GET", WORK).json()["labels"] == [{"name": "late", "colour": "red"}]
    new = {"name": "too late", "colour": "blue"}
    assert team("PUT", "/api/labels/late", new).status_code == 403
    assert team("PUT", "/api/labels/late", new, scope=Scope.ADMIN).status_code == 200
    merged = team("POST", "/api/labels/too late/merge", {"into": "parcel"}, scope=Scope.ADMIN)
    [left] = merged.json()["items"]
    assert (left["name"], left["conversations"]) == ("parcel", 1)
    assert team("DELETE", f"{LABELS}/parcel").status_code == 204
    assert team("DELETE", "/api/labels/parcel", scope=Scope.ADMIN).status_code == 204
    assert team("GET", "/api/labels", scope=Scope.READ).json() == {"items": []}


def test_notes_are_written_found_changed_and_removed(team: Team) -> None:
    made = team("POST", NOTES, {"text": "call back"})
    assert made.status_code == 201
    note = f"/api/notes/{made.json()['id']}"
    assert team("PUT", note, {"text": "called", "version": 1}).json()["version"] == 2
    old = team("PUT", note, {"text": "called twice", "version": 1})
    assert (old.status_code, old.json()["code"]) == (409, "work_changed")
    others = team("PUT", note, {"text": "x", "version": 2}, scope=Scope.ADMIN)
    assert (others.status_code, others.json()["code"]) == (403, "not_permitted")
    found = team("GET", f"/api/notes?conversation={team.id}&written_by=admin:work")
    assert [one["text"] for one in found.json()["items"]] == ["called"]
    assert team("DELETE", note, scope=Scope.ADMIN).status_code == 204
    assert team("DELETE", note).status_code == 404


def test_who_may_only_read_changes_nothing(team: Team) -> None:
    for method, path, body in (
        ("PATCH", WORK, {"version": 0}),
        ("PUT", f"{LABELS}/x", None),
        ("POST", NOTES, {"text": "x"}),
        ("POST", "/api/labels", {"name": "x"}),
    ):
        assert team(method, path, body, scope=Scope.READ).status_code == 403

"""Who finds no room leaves a message: it is on record, promised, and in the team's queue."""

import asyncio
from datetime import datetime
from typing import Any

import httpx
import pytest
from hand_clock import HandClock

from agent_service.conversation.records import (
    Caller,
    CallerLevel,
    ConversationRecord,
    Record,
    TurnRecord,
)
from agent_service.store.database import Database
from agent_service.store.promises import list_promises
from agent_service.store.writer import write_records
from agent_service.web import messages
from agent_service.web.application import application
from agent_service.web.messages import MOST_A_MINUTE, Letterbox
from agent_service.web.origins import Origins
from agent_service.web.tickets import Grant, Tickets
from agent_service.web.used_tickets import UsedTickets

JANE = Caller("C0001", "Jane Doe", CallerLevel.IDENTIFIED)
ABOUT = "Where is my order 1004?"
PHONE = {"contact": "+49 30 1234567", "about": ABOUT}
EMAIL = {"contact": "jane@example.com", "about": ABOUT, "name": "Jane"}


class Desk:
    """The endpoint over a real database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = HandClock()
        self.tickets = Tickets(32 * "s", self.clock)
        self.kept: list[Record] = []
        uses = UsedTickets(database, self.clock)
        box = Letterbox(
            database, self.tickets, uses, Origins(), {"support"}, self.kept.append, self.clock
        )
        self.app = application(messages.routes(box))

    def ticket(self, caller: Caller = JANE, **more: Any) -> str:
        asked: dict[str, Any] = {"agent": "support", "caller": caller}
        return self.tickets.mint(Grant(**(asked | more)))

    def leave(self, body: Any, ticket: str | None = None, **headers: str) -> httpx.Response:
        bearer = {"Authorization": f"Bearer {ticket or self.ticket()}"}

        async def scenario() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
                return await http.post("/api/messages", json=body, headers=bearer | headers)

        return asyncio.run(scenario())

    def queue(self) -> Any:
        with self.database.read() as session:
            return list_promises(session, self.clock.utc())


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


@pytest.mark.parametrize(
    ("body", "kind", "what"),
    [
        (PHONE, "callback", "A colleague calls +49 30 1234567: Where is my order 1004?"),
        (EMAIL, "ticket", f'to jane@example.com, "{ABOUT}": {ABOUT}'),
    ],
)
def test_a_message_is_a_promise_that_the_team_sees(
    desk: Desk, body: Any, kind: str, what: str
) -> None:
    answer = desk.leave(body)
    assert answer.status_code == 201
    with desk.database.write() as session:
        write_records(session, desk.kept)
    (promise,) = desk.queue()
    assert (promise.id, promise.kind) == (answer.json()["reference"], kind)
    assert what in promise.what
    assert (promise.customer_id, promise.caller_name) == ("C0001", "Jane Doe")
    assert promise.due_at == datetime.fromisoformat(answer.json()["due_at"])
    assert promise.due_at > desk.clock.utc()
    began, turn, ended = desk.kept
    assert isinstance(turn, TurnRecord)
    assert isinstance(ended, ConversationRecord)
    assert (turn.text, ended.end_reason) == (ABOUT, "no_room")
    assert promise.conversation_id == began.conversation_id == turn.conversation_id


def test_a_strangers_name_goes_on_record(desk: Desk) -> None:
    assert desk.leave(EMAIL, desk.ticket(Caller())).status_code == 201
    assert isinstance(desk.kept[0], ConversationRecord)
    assert desk.kept[0].caller == Caller(None, "Jane", CallerLevel.ANONYMOUS)


@pytest.mark.parametrize("body", [PHONE, EMAIL])
def test_of_one_contact_so_many_wait_for_an_answer(desk: Desk, body: Any) -> None:
    for number in range(3):
        assert desk.leave(body | {"about": f"And number {number}"}).status_code == 201
    answer = desk.leave(body)
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_messages")
    assert len({promise.due_at for promise in desk.queue()}) == (3 if body is PHONE else 1)


@pytest.mark.parametrize(
    ("changes", "at_fault"),
    [
        ({"contact": "call me"}, "contact"),
        ({"contact": "1"}, "$.contact"),
        ({"about": "  \t "}, "about"),
        ({"about": "x" * 2001}, "$.about"),
        ({"name": ""}, "$.name"),
        ({"more": 1}, "more"),
    ],
)
def test_what_cannot_be_answered_is_refused_by_name(
    desk: Desk, changes: Any, at_fault: str
) -> None:
    answer = desk.leave(EMAIL | changes)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    assert at_fault in answer.json()["detail"]
    assert (desk.kept, desk.queue()) == ([], [])


def test_a_ticket_is_used_once_and_by_its_own_page(desk: Desk) -> None:
    ticket = desk.ticket(origin="https://shop.example")
    page = {"Origin": "https://shop.example"}
    elsewhere = desk.leave(EMAIL, ticket, Origin="https://else.example")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "origin_not_allowed")
    answer = desk.leave(EMAIL, ticket, **page)
    assert answer.status_code == 201
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    again = desk.leave(EMAIL, ticket, **page)
    assert (again.status_code, again.json()["code"]) == (401, "ticket_used")
    forged = desk.leave(EMAIL, "forged")
    assert (forged.status_code, forged.json()["code"]) == (401, "bad_ticket")
    unknown = desk.leave(EMAIL, desk.ticket(agent="other"))
    assert (unknown.status_code, unknown.json()["code"]) == (400, "unknown_agent")
    nobody = desk.leave(EMAIL, Authorization="Basic x")
    assert (nobody.status_code, nobody.json()["code"]) == (401, "not_authorised")


def test_so_many_messages_a_minute_are_taken(sqlite_database: Database) -> None:
    desk = Desk(sqlite_database)
    for number in range(MOST_A_MINUTE):
        assert desk.leave(EMAIL | {"contact": f"{number}@example.com"}).status_code == 201
    answer = desk.leave(EMAIL)
    assert (answer.status_code, answer.json()["code"]) == (503, "overloaded")
    desk.clock.seconds += 60
    assert desk.leave(EMAIL).status_code == 201

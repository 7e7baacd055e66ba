"""The live page: whole without script, and with it a row for each conversation as it goes on."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from desk_visitor import LIGHT, PASSWORD, desk_routes, field_of, visits
from playwright.async_api import expect
from sqlalchemy import select

from agent_service.conversation.records import ToolCallStatus
from agent_service.news import News, NewsDesk
from agent_service.store.claims import Claim, write_claimed
from agent_service.store.database import Database
from agent_service.store.tables import AuditEntry
from agent_service.store.writer import write_records
from agent_service.web import live, pages, promises
from agent_service.web.admin_access import AdminAccess
from agent_service.web.desk import live as live_page
from agent_service.web.desk import signing_in
from agent_service.web.desk.doorkeeper import Doorkeeper
from agent_service.web.desk.page import Desk
from agent_service.web.handoffs import Handoffs

PATH = "/admin/live"
HOSTILE = "<img src=x onerror=alert(1)>"


def test_the_page_tells_without_script_what_goes_on_and_how_the_last_hour_was(
    visit: Any, people: Database, new_sample: Any, clock: Any
) -> None:
    for number in range(3):
        sample = new_sample()
        sample.started_at = clock.utc() - timedelta(minutes=10)
        ended = {"ended_at": clock.utc(), "end_reason": "caller_ended"}
        with people.write() as session:
            records = [
                sample.conversation(),
                sample.turn(1, text="Hello"),
                sample.tool_call(status=ToolCallStatus.FAILED),
                *([sample.incident()] if number else []),
                *([sample.conversation(**ended)] if number == 2 else []),
            ]
            write_records(session, records)

    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        page = (await vera.get(PATH)).text
        assert '<strong id="going-on" data-count="2">2</strong>' in page
        assert page.count("<tbody data-id=") == 2
        assert 'class="bad">3</a>' in page  # failed tools
        assert 'class="bad">2</a>' in page  # incidents
        assert "10:00" in page  # how long they have lasted

    visit(scenario)


def test_it_is_said_that_nobody_is_there_after_an_interruption(
    visit: Any, people: Database, new_sample: Any
) -> None:
    sample = new_sample()
    with people.write_log() as session:
        write_claimed(session, [(sample.conversation(), Claim(sample.conversation_id, "killed"))])

    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        page = (await vera.get(PATH)).text
        assert "line lost: the service was interrupted" in page
        assert 'class="lost"' in page
        page = (await vera.get(f"/admin/conversations/{sample.conversation_id}")).text
        assert "it goes on if the caller comes back" in page

    visit(scenario)


def briefing(id: str) -> dict[str, Any]:
    """Return what the team is told of a caller who asks for a person."""
    lists: dict[str, Any] = {
        "said": [HOSTILE],
        "done": [],
        "failed": ["refund_order {}: failed"],
        "open": [],
    }
    lists["approvals"] = [{"id": "a-1", "summary": "Refund 20 euros", "requested_at": "2026"}]
    lists |= {"earlier": [{"conversation_id": "c-0", "work_state": "open", "assignee": None}]}
    known = {"customer_id": "ACME-77", "caller_name": HOSTILE, "caller_level": "verified"}
    ring = {"reason": "about the refund", "rings_until": "2126-01-01T00:00:00+00:00"}
    return {"conversation_id": id, **ring, **known, **lists}


class Ringing:
    """Conversations whose callers wait for a person."""

    def __init__(self, *ids: str) -> None:
        self.ids = [*ids]
        self.declined: list[tuple[str, str]] = []

    def find(self, id: str) -> Any:
        return SimpleNamespace(representatives=_Line(self, id)) if id in self.ids else None

    def all(self) -> list[dict[str, Any]]:
        return [briefing(id) for id in self.ids]


@dataclass
class _Line:
    ringing: Ringing
    id: str

    def decline(self, name: str) -> None:
        self.ringing.declined.append((self.id, name))
        self.ringing.ids.remove(self.id)


def test_who_rings_is_answered_without_script(people: Database, clock: Any) -> None:
    ringing = Ringing("c-1", "c-2")

    def pages_of_desk() -> Any:
        return desk_routes(
            people, clock, handoffs=Handoffs(ringing.find, ringing.all, people, clock)
        )

    async def scenario(vera: Any, sam: Any) -> None:
        await vera.sign_in("vera")
        await sam.sign_in("sam")
        seen = (await vera.get(PATH)).text
        assert seen.count('class="card ringing"') == 2
        assert "refund_order {}: failed" in seen
        assert 'href="/admin/conversations/c-0">open</a>, nobody' in seen
        assert 'href="/admin/approvals#approval-a-1">Refund 20 euros' in seen
        assert "Rings for <span data-left=" in seen
        assert "&lt;img src=x onerror=alert(1)&gt;" in seen
        assert HOSTILE not in seen
        assert "I cannot come" not in seen  # who may not speak with callers has nothing to say
        assert "I cannot come" in (await sam.get(live_page.RINGING)).text
        answered = await sam.act(live_page.DECLINE, conversation="c-1")
        assert (answered.status_code, answered.headers["location"]) == (303, PATH)
        assert ringing.declined == [("c-1", "sam")]
        late = await sam.act(live_page.DECLINE, conversation="c-1")
        assert (late.status_code, "No such conversation" in late.text) == (404, True)
        assert (await vera.act(live_page.DECLINE, conversation="c-2")).status_code == 403

    visits(pages_of_desk, scenario)
    with people.read() as session:
        acts = session.execute(
            select(AuditEntry.actor, AuditEntry.conversation_id).where(
                AuditEntry.action == "conversation.declined"
            )
        ).all()
    assert [tuple(act) for act in acts] == [("user:sam", "c-1")]


def test_who_may_be_rung_says_so_on_every_page(visit: Any, people: Database) -> None:
    async def scenario(sam: Any, vera: Any) -> None:
        await sam.sign_in("sam")
        await vera.sign_in("vera")
        assert "Nobody has said yet" in (await vera.get(PATH)).text
        assert "Set available" not in (await vera.get(PATH)).text
        page = await sam.get("/admin/queue")
        assert (field_of(page, "is_available"), field_of(page, "next")) == ("yes", "/admin/queue")
        back = await sam.act(live_page.AVAILABILITY, is_available="yes", next="/admin/queue")
        assert back.headers["location"] == "/admin/queue"
        assert "Available: sam." in (await vera.get(PATH)).text
        away = await sam.act(live_page.AVAILABILITY, is_available="no", next="https://evil.example")
        assert away.headers["location"] == PATH
        assert "are told so at once" in (await vera.get(PATH)).text

    visit(scenario)


def test_rows_follow_what_happens(
    serve: Any, browse: Any, people: Database, new_sample: Any
) -> None:
    sample = new_sample()
    with people.write() as session:
        write_records(session, [sample.conversation()])
    desk = NewsDesk()
    ringing = Ringing()
    followed = asyncio.Event()

    def going_on() -> list[News]:
        followed.set()
        return []

    def tell(kind: str, id: str = "c-2", **facts: Any) -> None:
        told = {"conversation_id": id, "agent": "support", "started_at": "2026-03-10T12:00:00Z"}
        news = News(kind, told | facts, is_overview=True, is_last=kind == "ended")
        desk.publish(id, news)

    def routes(service: Any) -> list[Any]:
        access = AdminAccess(people, service.clock)
        shown = Desk(access)
        return [
            *signing_in.routes(
                shown, Doorkeeper(people, service.clock, LIGHT), people, service.clock
            ),
            *live_page.routes(
                shown,
                Handoffs(ringing.find, ringing.all, people, service.clock),
                people,
                service.clock,
                time_limit_s=5,
            ),
            *live.routes(desk, going_on, people, access, service.clock),
            *promises.routes(people, access, service.clock, {}, time_limit_s=5),
            *pages.routes(),
        ]

    async def scenario() -> None:
        async with (
            serve(extra_routes=routes, within_s=60) as service,
            browse(f"http://127.0.0.1:{service.port}/admin") as page,
        ):
            await page.fill("[name=username]", "vera")
            await page.fill("[name=password]", PASSWORD)
            await page.keyboard.press("Enter")
            await expect(page.locator("h1")).to_have_text("Live")
            row = page.locator(f"tbody[data-id='{sample.conversation_id}']")
            await expect(row).to_be_visible()
            await asyncio.wait_for(followed.wait(), 60)
            tell("began", caller_name=HOSTILE)
            other = page.locator("tbody[data-id='c-2']")
            await expect(other.locator("a")).to_have_text(HOSTILE)
            await expect(page.locator("#going-on")).to_have_text("2")
            tool = {"name": "cancel_order", "title": f"Cancelling {HOSTILE}", "status": "running"}
            tell("changed", holder="agent", tools=[tool], turn_count=3)
            now = f"agent speaks · Cancelling {HOSTILE}: under way"
            await expect(other.locator(".now")).to_have_text(now)
            await expect(other.locator("[data-of=turn_count]")).to_have_text("3")
            ringing.ids.append("c-2")
            tell("hand_over", **briefing("c-2"))
            card = page.locator(".ringing")
            await expect(card.locator("h2")).to_have_text(
                f"{HOSTILE} asks for a person: about the refund"
            )
            ringing.ids.clear()
            tell("changed", handoff="joined", representative="sam")
            await expect(card).to_have_count(0)
            tell("ended", id=sample.conversation_id)
            await expect(row.locator(".now")).to_have_text("ended")
            await expect(row).to_have_count(0)
            await expect(page.locator("#going-on")).to_have_text("1")

    asyncio.run(scenario())

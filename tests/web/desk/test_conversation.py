"""The page of one conversation: what was heard, what released a tool, where the time went."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from desk_visitor import LIGHT, PASSWORD
from playwright.async_api import Page, expect
from sqlalchemy import update

from agent_service.conversation.records import (
    Caller,
    CallerLevel,
    ConfirmationStatus,
    DecidedBy,
    Role,
    placed,
)
from agent_service.news import News, NewsDesk
from agent_service.store.contacts import Address, keep_address
from agent_service.store.database import Database
from agent_service.store.directory import Customers
from agent_service.store.tables import ToolCall
from agent_service.store.writer import write_records
from agent_service.web import live, pages, widget_files
from agent_service.web.admin_access import AdminAccess
from agent_service.web.desk import conversation, signing_in
from agent_service.web.desk.doorkeeper import Doorkeeper
from agent_service.web.desk.page import Desk

LIST = "/admin/conversations"


def write(database: Database, *records: Any) -> None:
    with database.write() as session:
        write_records(session, list(records))


def moments(page: Any) -> list[str]:
    return re.findall(r'<li class="(\w+)[^"]*" id="', page.text)


def test_all_that_happened_lies_on_one_time_line(visit: Any, people: Database, sample: Any) -> None:
    asked = sample.confirmation(
        status=ConfirmationStatus.ACCEPTED,
        decided_by=DecidedBy.VOICE,
        decided_at=sample.started_at + timedelta(seconds=9),
        answer="yes <i>please</i>",
    )
    call = sample.tool_call(confirmation_id=asked.confirmation_id)
    write(
        people,
        sample.conversation(),
        sample.turn(1, text="Cancel it, card [redacted card]", started_ms=1_000, ended_ms=2_000),
        sample.turn(2, role=Role.AGENT, text="It is cancelled", started_ms=60_000),
        sample.turn(3, role=Role.SYSTEM, text="offer 10 %", flags=("whisper",), started_ms=61_000),
        asked,
        call,
        replace(sample.incident(), started_ms=62_000),
    )

    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        page = await vera.get(f"{LIST}/{sample.conversation_id}")
        assert sorted(moments(page)) == ["aside", "call", "incident", "question", "turn", "turn"]
        assert moments(page)[-3:] == ["turn", "aside", "incident"]
        assert '<span class="redacted">[redacted card]</span>' in page.text
        assert "whispered to the agent" in page.text
        told = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", page.text))
        assert (
            "Released by the question to the caller, accepted by voice: yes &lt;i&gt;please" in told
        )
        assert "<audio" not in page.text  # nothing was recorded

    visit(scenario)


def test_a_tool_that_was_asked_about_stands_behind_the_answer_and_the_question_once(
    visit: Any, people: Database, sample: Any
) -> None:
    at = {ms: sample.started_at + timedelta(milliseconds=ms) for ms in (1_000, 4_000, 9_000)}
    asked = sample.confirmation(
        status=ConfirmationStatus.ACCEPTED,
        summary="Refund 20 euros. Shall I go ahead?",
        offered_at=at[1_000],
        heard_at=at[4_000],
        decided_at=at[9_000],
        decided_by=DecidedBy.TEXT,
        answer="yes",
    )
    call = sample.tool_call(confirmation_id=asked.confirmation_id, requested_at=at[1_000])
    said = "All right. Refund 20 euros. Shall I go ahead?"
    write(
        people,
        sample.conversation(),
        sample.turn(1, text="Refund it", started_ms=500),
        sample.turn(2, role=Role.AGENT, text=said, started_ms=2_000),
        sample.turn(3, role=Role.CALLER, text="yes", started_ms=8_000),
        placed(asked, sample.started_at),
        placed(call, sample.started_at),
    )
    with people.write() as session:
        session.execute(update(ToolCall).values(started_at=at[9_000]))

    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        page = await vera.get(f"{LIST}/{sample.conversation_id}")
        assert moments(page) == ["turn", "turn", "question", "turn", "call"]
        assert page.text.count("Shall I go ahead?") == 1

    visit(scenario)


def test_where_a_letter_goes_is_said_before_it_is_sent(
    visit: Any, people: Database, sample: Any
) -> None:
    customer = Caller("C-7", "Jane", CallerLevel.VERIFIED)
    ended = {"ended_at": sample.started_at + timedelta(minutes=1), "end_reason": "idle"}
    write(people, sample.conversation(caller=customer, **ended))
    with people.write() as session:
        keep_address(session, "C-7", Address("jane@example.com", None), sample.started_at)

    async def scenario(sam: Any, vera: Any) -> None:
        await sam.sign_in("sam")
        await vera.sign_in("vera")
        at = f"{LIST}/{sample.conversation_id}"
        assert 'To <span class="said">jane@example.com' in (await sam.get(at)).text
        assert "jane@example.com" not in (await vera.get(at)).text

    visit(scenario)


def test_the_parts_of_a_wait_add_up_to_it(visit: Any, people: Database, sample: Any) -> None:
    call = sample.tool_call()
    write(
        people,
        sample.conversation(),
        sample.turn(1, text="Hello", started_ms=0, ended_ms=1_000),
        sample.turn(2, role=Role.AGENT, text="Hi", started_ms=2_300, first_audio_ms=1_300),
        call,
    )
    with people.write() as session:
        began = sample.started_at + timedelta(milliseconds=1_500)
        session.execute(update(ToolCall).values(started_at=began, ended_ms=1_900))

    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        page = await vera.get(f"{LIST}/{sample.conversation_id}")
        spans = re.findall(r"<title>([^<:]*): (\d+) ms</title>", page.text)
        assert spans == [
            ("the model", "500"),
            ("find order", "400"),
            ("the model and its voice", "400"),
        ]

    visit(scenario)


def test_one_goes_through_a_list_without_going_back_to_it(
    visit: Any, people: Database, new_sample: Any
) -> None:
    ids = []
    for number in range(4):
        sample = new_sample()
        ids.append(sample.conversation_id)
        channel = "phone" if number == 2 else "widget"
        write(people, sample.conversation(channel=channel), sample.turn(1, text="Hello"))

    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        page = await vera.get(f"{LIST}?channel=widget&sort=started_at")
        to = re.findall(r'<td><a href="([^"]*)"', page.text)
        assert [one.partition("?")[0].rpartition("/")[2] for one in to] == [
            ids[0],
            ids[1],
            ids[3],
        ]
        page = await vera.get(to[1])
        before = re.search(r'rel="prev" href="([^"]*)"', page.text)
        after = re.search(r'rel="next" href="([^"]*)"', page.text)
        assert before is not None
        assert after is not None
        assert [before[1], after[1]] == [to[0], to[2]]
        assert 'rel="next"' not in (await vera.get(to[2])).text
        assert f'href="{LIST}?channel=widget&amp;sort=started_at"' in page.text
        # A question that is none any more takes nothing from the page but these two.
        assert (await vera.get(f"{LIST}/{ids[0]}?in=gone%3D1")).status_code == 200

    visit(scenario)


def test_a_conversation_that_goes_on_grows_on_its_page(
    serve: Any, browse: Any, people: Database, sample: Any
) -> None:
    id = sample.conversation_id
    write(people, sample.conversation(), sample.turn(1, text="Hello", started_ms=0))
    desk = NewsDesk()

    def tell(kind: str, **facts: Any) -> None:
        desk.publish(id, News(kind, {"conversation_id": id} | facts, is_last=kind == "ended"))

    def routes(service: Any) -> list[Any]:
        access, clock = AdminAccess(people, service.clock), service.clock
        shown = Desk(access)
        page = conversation.ConversationPage(
            shown, people, clock, Path("nowhere"), Customers(people), time_limit_s=5
        )
        return [
            *signing_in.routes(shown, Doorkeeper(people, clock, LIGHT), people, clock),
            *conversation.routes(shown, page),
            *live.routes(desk, list, people, access, clock),
            *pages.routes(),
            *widget_files.routes(widget_files.WidgetFiles()),
        ]

    async def opened(page: Page) -> None:
        await page.fill("[name=username]", "sam")
        await page.fill("[name=password]", PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.locator("#line")).to_contain_text("Hello")

    async def scenario() -> None:
        async with (
            serve(extra_routes=routes) as service,
            # Nobody of the team can take part here.
            browse(
                f"http://127.0.0.1:{service.port}/admin?next={LIST}/{id}", expected="/ws/desk"
            ) as page,
        ):
            await opened(page)
            tell("caption", role="agent", turn_id="t", text="<b>One moment")
            await expect(page.locator("#growing")).to_have_text("agent: <b>One moment")
            write(people, sample.turn(2, role=Role.AGENT, text="One moment.", started_ms=900))
            tell("turn")
            await expect(page.locator("#line > li")).to_have_count(2)
            first = page.locator("#line > li").first
            await first.evaluate("(item) => (item.isKept = true)")
            write(people, sample.tool_call())
            tell("tool")
            await expect(page.locator("#line > li")).to_have_count(3)
            await page.locator("#line li > details > summary").click()
            decline = page.get_by_role("button", name="I cannot come")
            await expect(decline).to_be_hidden()
            tell("handoff", status="requested", name="")
            await expect(decline).to_be_visible()
            tell("handoff", status="joined", name="Ana")
            await expect(decline).to_be_hidden()
            ended = {"ended_at": sample.started_at + timedelta(seconds=70)}
            write(people, sample.conversation(**ended, end_reason="caller_ended"))
            tell("ended")
            await expect(page.locator("#facts")).to_contain_text("1:10")
            await expect(page.locator("#growing")).to_have_text("It is over.")
            assert await first.evaluate("(item) => item.isKept")  # what is there stays as it is
            await expect(page.locator("#line details[open]")).to_have_count(1)

    asyncio.run(scenario())

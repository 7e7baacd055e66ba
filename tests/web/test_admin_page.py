"""The admin page in a real browser over the real record: log in, find, read; nothing is markup."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from PIL import Image
from playwright.async_api import Page, expect
from workshop import SETTLEMENTS

from agent_service.conversation.records import Caller, CallerLevel
from agent_service.pictures import redrawn
from agent_service.store.admin_tokens import create_token
from agent_service.store.database import Database
from agent_service.store.pictures import keep_picture
from agent_service.store.promises import list_promises
from agent_service.store.writer import write_records
from agent_service.web import admin_api, pages, pictures, promises
from agent_service.web.admin_access import AdminAccess

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "</td></table><iframe srcdoc='<script>alert(1)</script>'>",
    "javascript:alert(1)",
    "{{constructor.constructor('alert(1)')()}}",
    "\"><a href='javascript:alert(1)'>x</a>",
    "<details open ontoggle=alert(1)>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
]


def png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(file, "PNG")
    return file.getvalue()


@asynccontextmanager
async def opened(serve: Any, browse: Any, database: Database) -> AsyncIterator[Page]:
    def routes(service: Any) -> list[Any]:
        access = AdminAccess(database, service.clock)
        return [*pages.routes(), *admin_api.routes(database, access)]

    async with serve(extra_routes=routes) as service:
        url = f"http://127.0.0.1:{service.port}/static/admin.html"
        # That a token was refused is shown by the browser itself, too.
        async with browse(url, expected="401 (Unauthorized)") as page:
            yield page


async def log_in(page: Page, token: str) -> None:
    await page.get_by_label("Admin token").fill(token)
    await page.keyboard.press("Enter")


def token_of(database: Database, clock: Any) -> str:
    with database.write() as session:
        return create_token(session, "console", clock.utc())


def test_an_admin_finds_and_reads_a_conversation(
    serve: Any, browse: Any, sqlite_database: Database, clock: Any, sample: Any
) -> None:
    with sqlite_database.write() as session:
        records = [
            sample.conversation(),
            sample.turn(1, text="Where is my order 1004?"),
            sample.turn(2, text="It was shipped.", heard_text="It was", is_interrupted=True),
            sample.tool_call(),
            sample.incident(),
        ]
        write_records(session, records)
    token = token_of(sqlite_database, clock)

    async def scenario() -> None:
        async with opened(serve, browse, sqlite_database) as page:
            await log_in(page, "wrong")
            await expect(page.get_by_role("alert")).to_contain_text("not valid")
            await log_in(page, token)
            await page.get_by_role("searchbox").fill("order")
            await page.keyboard.press("Enter")
            await expect(page.locator("mark")).to_have_text(["order"])
            await page.locator("#view").get_by_role("link").first.click()
            await expect(page.get_by_role("heading", name="Tool calls")).to_be_visible()
            await expect(page.locator("#view")).to_contain_text("interrupted")
            await page.get_by_role("button", name="All conversations").click()
            await expect(page.locator("#view tbody tr")).to_have_count(1)
            await page.get_by_role("button", name="Log out").click()
            await expect(page.get_by_label("Admin token")).to_be_visible()
            await expect(page.locator("#view")).to_be_empty()

    asyncio.run(scenario())


def test_an_answer_that_comes_late_replaces_nothing(
    serve: Any, browse: Any, sqlite_database: Database, clock: Any, sample: Any
) -> None:
    with sqlite_database.write() as session:
        turn = sample.turn(1, text="Where is my order 1004?")
        write_records(session, [sample.conversation(), turn])
    token = token_of(sqlite_database, clock)

    async def scenario() -> None:
        async with opened(serve, browse, sqlite_database) as page:
            await page.route("**/api/conversations", lambda route: None)  # stays on its way
            async with page.expect_request("**/api/conversations"):
                await log_in(page, token)
            async with page.expect_event("requestfailed") as given_up:
                await page.get_by_role("searchbox").fill("order")
                await page.keyboard.press("Enter")
            await expect(page.locator("mark")).to_have_text(["order"])
            assert (await given_up.value).url.endswith("/api/conversations")

    asyncio.run(scenario())


def test_whatever_was_said_is_shown_as_text(
    serve: Any, browse: Any, sqlite_database: Database, clock: Any, sample: Any
) -> None:
    with sqlite_database.write() as session:
        turns = [sample.turn(n, text=text) for n, text in enumerate(HOSTILE, start=1)]
        write_records(session, [sample.conversation(), *turns])
    token = token_of(sqlite_database, clock)

    async def scenario() -> None:
        async with opened(serve, browse, sqlite_database) as page:
            await log_in(page, token)
            await page.locator("#view").get_by_role("link").first.click()
            for text in HOSTILE:
                await expect(page.get_by_role("cell", name=text, exact=True).first).to_be_visible()
            await page.get_by_role("searchbox").fill("alert")
            await page.keyboard.press("Enter")
            await expect(page.locator("mark").first).to_be_visible()

    asyncio.run(scenario())


def test_the_team_sees_the_pictures_of_a_conversation(
    serve: Any, browse: Any, sqlite_database: Database, clock: Any, sample: Any
) -> None:
    with sqlite_database.write() as session:
        turns = [sample.turn(1, text="[picture 1]"), sample.turn(3, text="[picture 2]")]
        write_records(session, [sample.conversation(), *turns])
        shown = redrawn(png())
        keep_picture(session, sample.conversation_id, shown, clock.utc(), most=1)
    token = token_of(sqlite_database, clock)

    async def nobody(token: str) -> None:
        return None

    def routes(service: Any) -> list[Any]:
        access = AdminAccess(sqlite_database, clock)
        album = pictures.Album(sqlite_database, access, nobody, clock, most=1)
        return [
            *pages.routes(),
            *admin_api.routes(sqlite_database, access),
            *pictures.routes(album),
        ]

    async def scenario() -> None:
        async with serve(extra_routes=routes) as service:
            url = f"http://127.0.0.1:{service.port}/static/admin.html#{sample.conversation_id}"
            async with browse(url, expected="404 (Not Found)") as page:
                await log_in(page, token)
                image = page.get_by_alt_text("[picture 1]")
                await expect(image).to_have_js_property("naturalWidth", 30)
                await expect(page.get_by_role("cell", name="[picture 2]")).to_be_visible()

    asyncio.run(scenario())


def test_the_team_reads_the_queue_and_marks_a_promise_done(
    serve: Any, browse: Any, sqlite_desk: Any
) -> None:
    desk = sqlite_desk
    caller = Caller("ACME-77", HOSTILE[1], CallerLevel.VERIFIED)
    desk.call("hand_over_to_human", {"reason": HOSTILE[0]}, caller=caller)
    token = token_of(desk.database, desk.clock)

    def routes(service: Any) -> list[Any]:
        access = AdminAccess(desk.database, desk.clock)
        return [
            *pages.routes(),
            *admin_api.routes(desk.database, access),
            *promises.routes(desk.database, access, desk.clock, SETTLEMENTS, time_limit_s=5),
        ]

    async def scenario() -> None:
        async with serve(extra_routes=routes) as service:
            url = f"http://127.0.0.1:{service.port}/static/admin.html"
            async with browse(url) as page:
                await log_in(page, token)
                await page.get_by_role("button", name="Queue").click()
                rows = page.locator("#view tbody tr")
                await expect(rows).to_have_count(1)
                await expect(rows).to_contain_text("0 min")
                await expect(rows).to_contain_text(f"A colleague takes over: {HOSTILE[0]}")
                await page.get_by_label("Note on handoff-").fill("called them")
                await page.get_by_role("button", name="Done: handoff-").click()
                await expect(page.locator("#view")).to_contain_text("None.")

    asyncio.run(scenario())
    with desk.database.read() as session:
        (kept,) = list_promises(session, desk.clock.utc(), is_all=True)
    assert (kept.done_by, kept.note) == ("admin:console", "called them")

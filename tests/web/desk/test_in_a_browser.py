"""The desk in a real browser: by keyboard, without script, hostile text, and no barrier."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from desk_visitor import PASSWORD, desk_routes
from full_desk import PAYLOADS, fill
from playwright.async_api import Page, expect
from tool_desk import ToolDesk
from workshop import SETTLEMENTS

from agent_service.web import pages

AXE = Path(__file__).parents[3] / "build/clients/node/node_modules/axe-core/axe.min.js"
RUN = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html, any, all, none }) =>
    [id, html.slice(0, 200), [...any, ...all, ...none].map(({ message }) => message)]));
}"""
ALIVE = """() => {
  const strange = ["script:not([src^='/static/'])",
    "link:not([href^='/static/']):not([href='data:,'])",
    "iframe", "object", "embed", "base", "meta[http-equiv]", "svg:not(.chart, .fall)", "math",
    "video", "audio:not(#sound)", "marquee", "template:not(#row)", "dialog", "style",
    "img:not(.sent)", "[style]:not(#wave)",
    "a[href^='javascript:']", "form:not([action^='/admin'])"];
  const all = [...document.querySelectorAll("*")];
  const listens = ({ attributes }) => [...attributes].some(({ name }) => name.startsWith("on"));
  return all.filter((one) => one.matches(strange.join()) || listens(one)).map((one) =>
    one.outerHTML.slice(0, 200));
}"""
WITHOUT_FORM = (
    *("/admin/account", "/admin/password", "/admin/approvals", "/admin/queue", "/admin/customers"),
    *("/admin/customers/ACME-77", "/admin/tools", "/admin/audit", "/admin/audit?actor=user:ada"),
    *("/admin/users", "/admin/settings", "/admin/conversations", "/admin/numbers"),
    *("/admin/labels", "/admin/reviews", "/admin/reviews/numbers"),
    *("/admin/conversations?limit=200&column=caller_name&column=customer_id",),
    *("/admin/conversations?add=label", "/admin/conversations?add=since&how=until&value=x"),
    *("/admin/conversations?q=alert", "/admin/conversations?q=%3Cscript%3Ealert%281%29"),
    *("/admin/conversations?gone=%3Cimg%20src=x%20onerror=alert(1)%3E",),
    *("/admin/conversations?channel=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",),
    *("/admin/nothing", "/admin/conversations/nothing", "/admin/customers/%3Cb%3E"),
    *("/admin?next=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",),
)


@pytest.fixture
def desk(sqlite_desk: ToolDesk, new_sample: Any) -> tuple[ToolDesk, str]:
    return sqlite_desk, fill(sqlite_desk, new_sample)


def routes_of(desk: ToolDesk) -> Callable[[Any], list[Any]]:
    return lambda service: [
        *desk_routes(desk.database, desk.clock, desk.registry, desk.customers, dict(SETTLEMENTS)),
        *pages.routes(),
    ]


async def sign_in(page: Page, name: str) -> None:
    await page.goto(f"{page.url.partition('/admin')[0]}/admin?next=/admin/conversations")
    await page.get_by_label("Name").fill(name)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile(r"^[^?]*/admin/conversations$"))


async def listens(page: Page) -> None:
    """Wait until the page's script is there: keys do nothing before."""
    await expect(page.locator("main time").first).not_to_contain_text("UTC")


async def acts(page: Page, letter: str) -> None:
    """Press the two keys of a button, one after the other."""
    await page.keyboard.press(".")
    await page.keyboard.press(letter)


@pytest.mark.timeout(240)
def test_whatever_was_said_is_text_on_every_page(
    serve: Any, browse: Any, desk: tuple[ToolDesk, str]
) -> None:
    tools, conversation_id = desk
    assert len(PAYLOADS) > 300

    async def scenario() -> None:
        async with serve(extra_routes=routes_of(tools), within_s=200) as service:
            url = f"http://127.0.0.1:{service.port}"
            # What is not there or not understood is said by the browser itself, too.
            async with browse(f"{url}/admin", expected="Failed to load resource") as page:
                await sign_in(page, "ada")
                for path in WITHOUT_FORM:
                    await page.goto(url + path)
                    assert await page.evaluate(ALIVE) == [], path
                await page.goto(f"{url}/admin/conversations/{conversation_id}")
                assert await page.evaluate(ALIVE) == []
                await page.goto(f"{url}/admin/conversations/{conversation_id}/review")
                assert await page.evaluate(ALIVE) == []
                await page.goto(f"{url}/admin/conversations/{conversation_id}")
                shown = await page.evaluate("document.body.textContent")
                missing = [one for one in PAYLOADS if one not in shown]
                assert missing == []
                # Nothing is so wide that the page itself has to be moved.
                await page.set_viewport_size({"width": 360, "height": 740})
                for path in WITHOUT_FORM[:18]:
                    await page.goto(url + path)
                    wider = "document.documentElement.scrollWidth - innerWidth"
                    assert await page.evaluate(wider) <= 0, path

    asyncio.run(scenario())


def test_it_works_without_script(serve: Any, browse: Any, desk: tuple[ToolDesk, str]) -> None:
    tools, _ = desk

    async def scenario() -> None:
        async with (
            serve(extra_routes=routes_of(tools), within_s=60) as service,
            browse(f"http://127.0.0.1:{service.port}/admin") as first,
        ):
            browser = first.context.browser
            assert browser is not None
            context = await browser.new_context(java_script_enabled=False)
            page = await context.new_page()
            await page.goto(f"http://127.0.0.1:{service.port}/admin")
            await sign_in(page, "sam")
            await page.get_by_label("Words that were said").fill("alert")
            await page.get_by_role("button", name="Find").click()
            assert await page.locator("mark").count() > 3
            await page.get_by_text("Add a filter").click()
            await page.get_by_role("link", name="Channel", exact=True).click()
            await page.get_by_role("combobox", name="Channel", exact=True).select_option("widget")
            await page.get_by_role("button", name="Add the filter").click()
            await expect(page.get_by_role("list", name="Filters")).to_contain_text(
                "Channel: widget"
            )
            await page.get_by_label("Without Channel: widget").click()
            await page.get_by_role("link", name="Approvals").click()
            await page.get_by_role("button", name="Approve").click()
            await expect(page.get_by_text("Nothing waits.")).to_be_visible()
            await page.get_by_role("button", name="Sign out").click()
            await expect(page.get_by_label("Password")).to_be_visible()
            await context.close()

    asyncio.run(scenario())


def test_it_works_by_keyboard(serve: Any, browse: Any, desk: tuple[ToolDesk, str]) -> None:
    tools, _ = desk

    async def scenario() -> None:
        async with (
            serve(extra_routes=routes_of(tools), within_s=60) as service,
            # News, pictures and sound of a conversation are not served here.
            browse(f"http://127.0.0.1:{service.port}/admin", expected="Failed to load") as page,
        ):
            await sign_in(page, "sam")
            await page.keyboard.press("?")
            dialog = page.get_by_role("dialog", name="Keys")
            await expect(dialog).to_contain_text("Approvals")
            await page.keyboard.press("Escape")
            await expect(dialog).to_have_count(0)
            await page.keyboard.press("j")
            await page.keyboard.press("Enter")
            await page.wait_for_url(re.compile(r"/admin/conversations/[0-9a-f-]{36}"))
            await page.keyboard.press("g")
            await page.keyboard.press("a")
            await page.wait_for_url("**/admin/approvals")
            note = page.get_by_label("Note on")
            await note.click()
            await page.keyboard.type("gc?")
            await expect(note).to_have_value("gc?")
            await page.locator("h1").click()
            await page.keyboard.press("?")
            await page.get_by_label("Single letters off").check()
            await page.keyboard.press("Escape")
            await page.keyboard.press("g")
            await page.keyboard.press("c")
            await page.keyboard.press("?")  # comes after them, and still shows the keys
            await expect(dialog).to_be_visible()
            assert page.url.endswith("/admin/approvals")

    asyncio.run(scenario())


def test_times_are_the_readers_own_with_utc_beside(
    serve: Any, browse: Any, desk: tuple[ToolDesk, str]
) -> None:
    tools, conversation_id = desk

    async def scenario() -> None:
        async with serve(extra_routes=routes_of(tools), within_s=60) as service:
            url = f"http://127.0.0.1:{service.port}"
            async with browse(f"{url}/admin") as first:
                browser = first.context.browser
                assert browser is not None
                context = await browser.new_context(timezone_id="Asia/Tokyo", locale="en-GB")
                page = await context.new_page()
                await page.goto(f"{url}/admin")
                await sign_in(page, "vera")
                await page.goto(f"{url}/admin/conversations/{conversation_id}")
                time = page.locator("main time").first
                await expect(time).to_have_text("1 Mar 2026, 21:00")
                await expect(time).to_have_attribute("title", "2026-03-01 12:00:00 UTC")
                await context.close()

    asyncio.run(scenario())


def test_work_is_done_by_keyboard_and_without_script(
    serve: Any, browse: Any, desk: tuple[ToolDesk, str]
) -> None:
    tools, conversation_id = desk

    async def scenario() -> None:
        async with (
            serve(extra_routes=routes_of(tools), within_s=90) as service,
            # News, pictures and sound of a conversation are not served here.
            browse(f"http://127.0.0.1:{service.port}/admin", expected="Failed to load") as page,
        ):
            url = f"http://127.0.0.1:{service.port}"
            await sign_in(page, "sue")
            for _ in range(2):
                await page.keyboard.press("j")
                await page.keyboard.press("x")
            await expect(page.locator("[name=chosen]:checked")).to_have_count(2)
            await page.get_by_text("Change the chosen ones").click()
            await page.get_by_role("button", name="Assign to me").click()
            await expect(page.get_by_role("link", name="Mine")).to_have_text("Mine 2")
            await page.goto(f"{url}/admin/conversations/{conversation_id}")
            await expect(page.locator("#work strong")).to_have_text("sam")
            await listens(page)
            await acts(page, "a")
            await expect(page.locator("#work strong")).to_have_text("sue")
            await listens(page)
            await page.keyboard.press("Shift+N")
            await page.keyboard.type("S for solved")
            assert await page.locator("#note").input_value() == "S for solved"
            browser = page.context.browser
            assert browser is not None
            context = await browser.new_context(java_script_enabled=False)
            plain = await context.new_page()
            await plain.goto(f"{url}/admin")
            await sign_in(plain, "sam")
            await plain.goto(f"{url}/admin/conversations/{conversation_id}")
            await page.locator("h1").click()
            await acts(page, "s")
            await expect(page.locator(".work-solved")).to_have_count(1)
            # What sam saw is not so any more: he is told, and does it with what he sees now.
            await plain.get_by_role("button", name="Assign to me").click()
            await expect(plain.get_by_role("alert")).to_contain_text("sue was faster")
            await plain.get_by_role("button", name="Assign to me").click()
            await expect(plain.locator("#work strong")).to_have_text("sam")
            await context.close()

    asyncio.run(scenario())


@pytest.mark.clients
@pytest.mark.timeout(240)
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_no_barrier_is_found_on_any_page(
    serve: Any, browse: Any, desk: tuple[ToolDesk, str], scheme: Any, width: int
) -> None:
    tools, conversation_id = desk

    async def scenario() -> dict[str, Any]:
        found = {}
        async with serve(extra_routes=routes_of(tools), within_s=200) as service:
            url = f"http://127.0.0.1:{service.port}"
            async with browse(f"{url}/admin") as page:
                await page.emulate_media(color_scheme=scheme)
                await page.set_viewport_size({"width": width, "height": 780})
                await page.evaluate(AXE.read_text())
                found["/admin"] = await page.evaluate(RUN)
                await sign_in(page, "ada")
                for path in (*WITHOUT_FORM[:18], f"/admin/conversations/{conversation_id}"):
                    await page.goto(url + path)
                    await page.evaluate(AXE.read_text())
                    found[path] = await page.evaluate(RUN)
                await page.goto(f"{url}/admin/conversations")
                await page.keyboard.press("?")
                await page.evaluate(AXE.read_text())
                found["?"] = await page.evaluate(RUN)
        return found

    assert {path: each for path, each in asyncio.run(scenario()).items() if each} == {}

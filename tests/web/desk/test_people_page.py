"""A conversation that goes on, at its page in a real browser; the test is the service's socket."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from desk_visitor import PASSWORD, desk_routes
from playwright.async_api import Page, WebSocketRoute, expect

from agent_service.store.database import Database
from agent_service.store.writer import write_records
from agent_service.web import pages, widget_files

MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
READY = {"type": "ready", "conversation_id": "c", "name": "sue", "rights": ["listen", "speak"]}
TOOL = {"type": "object", "properties": {"order": {"type": "integer"}}, "required": ["order"]}


class Line:
    """The service's end of the page's socket."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self._socket: WebSocketRoute | None = None
        self.ready: dict[str, Any] = READY

    def take(self, socket: WebSocketRoute) -> None:
        self._socket = socket
        socket.on_message(self._hear)
        self.say(**self.ready)

    def say(self, **message: Any) -> None:
        assert self._socket is not None
        self._socket.send(json.dumps(message))

    async def drop(self) -> None:
        """The line breaks, as with its process."""
        assert self._socket is not None
        await self._socket.close(code=1001)

    def _hear(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            return
        asked = json.loads(message)
        self.sent.append(asked)
        match asked["type"]:
            case "take_over":
                self.say(type="status", status="speaking", modality="text")
            case "list_tools":
                items = [{"name": "cancel", "title": "Cancel it", "arguments": TOOL}]
                self.say(type="tools", items=items)
            case "run_tool":
                self.say(type="tool_asked", tool_call_id="desk-1", name="cancel")

    def all(self, kind: str) -> list[dict[str, Any]]:
        return [one for one in self.sent if one["type"] == kind]


Visit = Callable[[Page, Line], Any]


def at_its_page(
    serve: Any, browse: Any, people: Database, new_sample: Any, visit: Visit, **ready: Any
) -> None:
    sample, line = new_sample(), Line()
    line.ready = READY | ready
    with people.write() as session:
        write_records(session, [sample.conversation()])

    def routes(service: Any) -> list[Any]:
        return [
            *desk_routes(people, service.clock),
            *pages.routes(),
            *widget_files.routes(widget_files.WidgetFiles()),
        ]

    async def scenario() -> None:
        async with serve(extra_routes=routes, within_s=60) as service:
            url = f"http://127.0.0.1:{service.port}"
            # Live news is not served here.
            at = f"{url}/admin?next=/admin/conversations/{sample.conversation_id}"
            async with browse(at, *MICROPHONE, expected="Failed to load") as page:
                await page.route_web_socket("**/ws/desk*", line.take)
                await page.get_by_label("Name").fill("sue")
                await page.get_by_label("Password").fill(PASSWORD)
                await page.keyboard.press("Enter")
                await visit(page, line)

    asyncio.run(scenario())


def test_no_microphone_is_opened_to_a_caller_who_reads(
    serve: Any, browse: Any, people: Database, new_sample: Any
) -> None:
    async def visit(page: Page, line: Line) -> None:
        await page.get_by_role("button", name="Take over", exact=True).click()
        speak = page.get_by_role("button", name="Speak by microphone")
        await expect(speak).to_be_visible()
        on_air = page.get_by_label("The caller hears your microphone")
        await expect(on_air).to_be_hidden()
        await speak.click()
        await expect(on_air).to_be_visible()
        await page.get_by_role("button", name="Mute").click()
        await expect(on_air).to_be_hidden()
        await page.get_by_role("button", name="Speak again").click()
        line.say(type="status", status="left", modality="text")
        await expect(page.get_by_role("button", name="Take over", exact=True)).to_be_visible()
        line.say(type="status", status="speaking", modality="audio")
        await expect(on_air).to_be_visible()

    at_its_page(serve, browse, people, new_sample, visit)


def test_a_double_press_asks_for_a_tool_once(
    serve: Any, browse: Any, people: Database, new_sample: Any
) -> None:
    async def visit(page: Page, line: Line) -> None:
        await page.get_by_role("button", name="Take over", exact=True).dblclick()
        await page.get_by_text("Run a tool").click()
        await page.get_by_label("Tool", exact=True).select_option("cancel")
        order = page.get_by_label("Order")
        await order.fill("7")
        run = page.get_by_role("button", name="Run", exact=True)
        await run.dblclick()
        await order.press("Enter")
        await expect(run).to_be_disabled()
        line.say(type="tool", tool_call_id="desk-1", name="cancel", status="running")
        line.say(type="tool", tool_call_id="desk-1", name="cancel", status="failed")
        await expect(run).to_be_enabled()
        assert [len(line.all(kind)) for kind in ("take_over", "run_tool")] == [1, 1]
        await run.click()
        await order.fill("8")
        await run.click()
        await page.get_by_label("Write to the caller").fill("Done.")
        await page.get_by_role("button", name="Send", exact=True).dblclick()
        line.say(type="error", code="x", message="Refused.")
        await expect(page.locator("[data-part=told]")).to_have_text("Refused.")
        assert [one["arguments"]["order"] for one in line.all("run_tool")] == [7, 7, 8]
        assert len(line.all("text")) == 1

    at_its_page(serve, browse, people, new_sample, visit)


def test_it_stands_there_who_has_the_call(
    serve: Any, browse: Any, people: Database, new_sample: Any
) -> None:
    async def visit(page: Page, line: Line) -> None:
        holder = page.locator("[data-part=holder]")
        await expect(holder).to_contain_text("ana has this call since")
        take_over = page.get_by_role("button", name="Take over", exact=True)
        await expect(take_over).to_be_disabled()
        await page.get_by_label("Whisper to the agent").fill("Be kind.")
        await page.get_by_role("button", name="Whisper").click()
        told = page.locator("[data-part=told]")
        await expect(told).to_contain_text("when it goes on")
        await expect(holder).to_be_visible()
        left = "new CustomEvent('handoff', { detail: { status: 'left', name: 'ana' } })"
        await page.evaluate(f"document.querySelector('#line').dispatchEvent({left})")
        await expect(holder).to_be_hidden()
        await expect(take_over).to_be_enabled()

    since = {"representative": "ana", "since": "2026-03-01T12:00:00+00:00"}
    at_its_page(serve, browse, people, new_sample, visit, **since)


def test_neither_an_address_nor_words_beside_a_field_take_over(
    serve: Any, browse: Any, people: Database, new_sample: Any
) -> None:
    async def visit(page: Page, line: Line) -> None:
        take_over = page.get_by_role("button", name="Take over", exact=True)
        await expect(take_over).to_be_enabled()
        conversation_id = page.url.rpartition("/")[2]
        await page.goto(f"{page.url}#take-over")
        await page.reload()
        await expect(take_over).to_be_enabled()
        await page.locator("h1").click()
        await page.keyboard.type("Thanks. This is Ana, The line Seems bad. so Hold on")
        assert line.all("take_over") == []
        # As the button beside who rings does.
        await page.evaluate(
            "async (id) => (await import('/static/desk.js')).comeTo(id)", conversation_id
        )
        await page.reload()
        await expect(page.locator("[data-part=told]")).to_have_text("You speak with the caller.")
        await page.reload()
        await expect(take_over).to_be_enabled()
        assert len(line.all("take_over")) == 1

    at_its_page(serve, browse, people, new_sample, visit)


def test_what_was_being_written_stands_there_when_the_line_is_lost(
    serve: Any, browse: Any, people: Database, new_sample: Any
) -> None:
    async def visit(page: Page, line: Line) -> None:
        take_over = page.get_by_role("button", name="Take over", exact=True)
        await take_over.click()
        write = page.get_by_label("Write to the caller")
        await write.fill("half a li")
        # Killed, and started again: nobody has the conversation.
        await line.drop()
        unsent = page.get_by_role("list", name="Not read yet")
        await expect(unsent).to_have_text("Not sent: half a li")
        told = page.locator("[data-part=told]")
        await expect(told).to_have_text("Your line was lost: the agent goes on.")
        await expect(unsent).to_be_visible()
        await take_over.click()
        await expect(unsent).to_be_hidden()
        await expect(write).to_have_value("half a li")
        # Only the line was lost, and not for long: they go on by themselves.
        line.ready = READY | {"representative": "sue", "since": "2026-03-01T12:00:00+00:00"}
        await line.drop()
        await expect(told).to_have_text("You speak with the caller.")
        assert len(line.all("take_over")) == 3
        # Who loads the page again has one button.
        await page.reload()
        await expect(take_over).to_be_hidden()
        await expect(page.get_by_label("Whisper to the agent")).to_be_hidden()
        await page.get_by_role("button", name="Come back to the call").click()
        await expect(told).to_have_text("You speak with the caller.")

    at_its_page(serve, browse, people, new_sample, visit)


def test_what_is_written_to_a_caller_who_is_away_waits_for_them(
    serve: Any, browse: Any, people: Database, new_sample: Any
) -> None:
    async def visit(page: Page, line: Line) -> None:
        await page.get_by_role("button", name="Take over", exact=True).click()
        write = page.get_by_label("Write to the caller")
        unsent = page.get_by_role("list", name="Not read yet")
        line.say(type="status", status="caller_away", modality="text")
        await expect(page.locator("[data-part=told]")).to_contain_text("What you write they read")
        await write.fill("Are you there?")
        await write.press("Enter")
        await expect(unsent).to_have_text("Waits until the caller is back: Are you there?")
        line.say(type="status", status="speaking", modality="text")
        await expect(unsent).to_be_hidden()
        line.say(type="status", status="caller_away", modality="text")
        await expect(page.locator("[data-part=told]")).to_contain_text("What you write they read")
        await write.fill("Good bye.")
        await write.press("Enter")
        await expect(unsent).to_be_visible()
        line.say(type="ended", reason="caller_lost")
        people_ = page.locator("#people")
        await expect(people_).to_have_text("Not sent: Good bye.", use_inner_text=True)

    at_its_page(serve, browse, people, new_sample, visit)

"""Pictures in the widget: chosen or dropped, sent, shown, and there again after a reload."""

import asyncio
import io
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import widget_states as states
from PIL import Image
from playwright.async_api import Page, expect
from starlette.routing import BaseRoute
from widget_states import part, say

from agent_service.clock import SystemClock
from agent_service.conversation.commands import ShowTranscript
from agent_service.conversation.events import CallerShowed
from agent_service.conversation.records import Role
from agent_service.store.database import Database
from agent_service.store.pictures import pictures_of
from agent_service.store.writer import write_records
from agent_service.web import pictures
from agent_service.web.admin_access import AdminAccess
from agent_service.web.pictures import Album

NO_PICTURE = "Failed to load resource: the server responded with a status of 415"
FAILED = "Failed to load resource"
DROP = """() => {
  const files = new DataTransfer();
  files.items.add(new File(["lamp"], "lamp.png", { type: "image/png" }));
  const told = (type) => {
    const event = new DragEvent(type, { dataTransfer: files, bubbles: true, cancelable: true });
    const panel = document.querySelector("support-conversation").shadowRoot;
    panel.querySelector("[part~=panel]").dispatchEvent(event);
    return event.defaultPrevented;
  };
  return [told("dragover"), told("drop")];
}"""


def png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (90, 60), "teal").save(file, "PNG")
    return file.getvalue()


@asynccontextmanager
async def opened(
    serve: Any, browse: Any, database: Database, sample: Any, expected: str | None = None
) -> AsyncIterator[tuple[Any, Page]]:
    """A typed conversation that takes pictures, kept in the database."""
    sample.conversation_id = "conversation-1"
    with database.write() as session:
        write_records(session, [sample.conversation()])

    def routes(service: Any) -> Sequence[BaseRoute]:
        async def find(token: str) -> str | None:
            known = {each.resume_token: each.conversation_id for each in service.host.sessions}
            return known.get(token)

        clock = SystemClock()
        album = Album(database, AdminAccess(database, clock), find, find, clock, most=3)
        return [*states.routes(service), *pictures.routes(album)]

    async with serve(extra_routes=routes) as service:
        service.host.takes_pictures = True
        async with browse(f"http://127.0.0.1:{service.port}/", expected=expected) as page:
            yield service, page


async def shown(session: Any) -> CallerShowed:
    while not isinstance(event := await session.events.get(), CallerShowed):
        pass
    return event


async def choose(page: Page, name: str, media_type: str, content: bytes) -> None:
    chosen: Any = {"name": name, "mimeType": media_type, "buffer": content}
    await page.locator("support-conversation input[type=file]").set_input_files(chosen)


def test_a_chosen_picture_is_sent_shown_and_there_after_a_reload(
    serve: Any, browse: Any, sqlite_database: Database, sample: Any
) -> None:
    async def scenario() -> None:
        async with opened(serve, browse, sqlite_database, sample) as (service, page):
            session = await states.typed(page, service)
            await expect(part(page, "attach")).to_be_visible()
            await choose(page, "lamp.png", "image/png", png())
            assert await shown(session) == CallerShowed(1)
            say(session, ShowTranscript("1", Role.CALLER, text="[picture 1]", is_final=True))
            image = page.locator("support-conversation img.picture")
            await expect(image).to_have_js_property("naturalWidth", 90)
            await page.reload()
            await expect(image).to_have_js_property("naturalWidth", 90)
            with sqlite_database.read() as reading:
                (kept,) = pictures_of(reading, "conversation-1")
            assert (kept.width, kept.height) == (90, 60)

    asyncio.run(scenario())


def test_what_the_service_refuses_is_said_in_words(
    serve: Any, browse: Any, sqlite_database: Database, sample: Any
) -> None:
    async def scenario() -> None:
        options = (serve, browse, sqlite_database, sample, NO_PICTURE)
        async with opened(*options) as (service, page):
            await states.typed(page, service)
            await choose(page, "lamp.png", "image/png", b"no picture at all")
            await expect(part(page, "panel")).to_contain_text("This picture cannot be sent.")

    asyncio.run(scenario())


def test_why_a_picture_was_not_sent_is_told(
    serve: Any, browse: Any, sqlite_database: Database, sample: Any
) -> None:
    async def scenario() -> None:
        options = (serve, browse, sqlite_database, sample, FAILED)
        async with opened(*options) as (service, page):
            session = await states.typed(page, service)
            await page.route("**/pictures", lambda route: route.abort())
            await choose(page, "lamp.png", "image/png", png())
            await expect(part(page, "banner")).to_contain_text("Please try again.")
            await page.unroute("**/pictures")
            for number in (1, 2, 3):
                await choose(page, "lamp.png", "image/png", png())
                assert await shown(session) == CallerShowed(number)
            await choose(page, "lamp.png", "image/png", png())
            await expect(part(page, "banner")).to_contain_text("No more pictures")

    asyncio.run(scenario())


def test_a_file_that_is_dropped_where_none_is_taken_does_not_lead_away_from_the_page(
    serve: Any, browse: Any
) -> None:
    async def scenario() -> None:
        async with (
            serve(extra_routes=states.routes) as service,
            browse(f"http://127.0.0.1:{service.port}/") as page,
        ):
            await states.open_panel(page)
            assert await page.evaluate(DROP) == [True, True]
            await expect(part(page, "welcome")).to_be_visible()

    asyncio.run(scenario())

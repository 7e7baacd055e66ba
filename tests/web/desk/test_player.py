"""The player of a conversation's page in a real browser: what is clicked is heard from there."""

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
from desk_visitor import PASSWORD, desk_routes
from playwright.async_api import Page, expect

from agent_service.clock import uuid7
from agent_service.conversation.records import Role
from agent_service.recording.deletion import delete_recordings
from agent_service.recording.finishing import Finisher
from agent_service.recording.parts import PartWriter
from agent_service.recording.storage import storage_of
from agent_service.store.database import Database
from agent_service.store.writer import write_records
from agent_service.web import pages, recordings
from agent_service.web.admin_access import AdminAccess

MS = 24
SOUND = "document.querySelector('#sound')"
PLAYS = f"!{SOUND}.paused && {SOUND}.currentTime"
DRAWN = """() => {
  const canvas = document.querySelector("#wave"), { width, height } = canvas;
  const copy = new OffscreenCanvas(width, height);
  const paint = copy.getContext("2d", { willReadFrequently: true });
  paint.drawImage(canvas, 0, 0);
  const ink = (third, isBelow) => {
    const x = Math.floor((third + 0.1) * width / 3), y = isBelow ? height / 2 : 0;
    const { data } = paint.getImageData(x, y, width * 0.8 / 3, height / 2 - 1);
    return data.filter((value, n) => n % 4 === 3 && value > 0).length / (data.length / 4);
  };
  return [0, 1, 2].map((third) => [ink(third, false) > 0.2, ink(third, true) > 0.2]);
}"""
"""In which third of the picture the caller, and the agent, is loud."""


def test_a_click_on_a_word_is_heard_from_there_and_keys_go_from_turn_to_turn(
    serve: Any, browse: Any, people: Database, new_sample: Any, tmp_path: Path
) -> None:
    storage = storage_of(tmp_path, None, {})
    heard, waiting, silent = new_sample(), new_sample(), new_sample()
    agents = {"role": Role.AGENT, "text": "It was shipped today."}
    with people.write() as session:
        for sample in (heard, waiting, silent):
            over = {"ended_at": sample.started_at, "end_reason": "idle"}
            asked = sample.turn(1, text="Where is my order", audio_start_ms=1000, audio_end_ms=2000)
            told = sample.turn(2, **agents, audio_start_ms=2000, audio_end_ms=3000)
            write_records(session, [sample.conversation(**over), asked, told])

    def routes(service: Any) -> list[Any]:
        access = AdminAccess(people, service.clock)
        return [
            *recordings.routes(people, access, storage, tmp_path, time_limit_s=5),
            *desk_routes(people, service.clock, recordings=tmp_path),
            *pages.routes(),
        ]

    async def scenario() -> None:
        async with serve(extra_routes=routes, within_s=60) as service:
            finisher = Finisher(tmp_path, storage, people, service.clock, lambda *_: None)
            record(tmp_path, heard.conversation_id).close()
            assert finisher.finish(heard.conversation_id)
            url = f"http://127.0.0.1:{service.port}/admin"
            # The browser itself says what is not there (yet).
            async with browse(url, expected="Failed to load resource") as page:
                await page.fill("[name=username]", "sam")
                await page.fill("[name=password]", PASSWORD)
                await page.keyboard.press("Enter")
                await expect(page.locator("h1")).to_have_text("Live")
                await page.goto(f"{url}/conversations/{heard.conversation_id}")
                await expect(page.locator("#wave")).to_be_visible()
                await until(page, f"({DRAWN})()[1][0]")
                assert await page.evaluate(DRAWN) == [[False, False], [True, False], [False, True]]
                await click_word(page, "order")
                at = await plays_from(page, 1.7)
                assert at < 2.0, "the word stands at 12 of 17 letters of a second"
                await page.locator("h1").click()
                await page.keyboard.press("Shift+ArrowRight")
                await plays_from(page, 2.0)
                await expect(page.locator("li.playing")).to_contain_text("shipped")
                await page.keyboard.press("Space")
                assert await page.evaluate(f"{SOUND}.paused")
                await page.keyboard.press("Shift+ArrowLeft")
                assert await plays_from(page, 1.0) < 2.0

                await page.goto(f"{url}/conversations/{silent.conversation_id}")
                await expect(page.get_by_text("There is no recording of it.")).to_be_visible()

                writer = record(tmp_path, waiting.conversation_id)
                await page.clock.install()
                await page.goto(f"{url}/conversations/{waiting.conversation_id}")
                note = page.locator("#player .note")
                await expect(note).to_contain_text("The recording is not finished")
                await expect(page.locator("#sound")).to_be_hidden()
                writer.close()
                assert finisher.finish(waiting.conversation_id)
                await page.clock.fast_forward(3_000)
                await expect(page.locator("#wave")).to_be_visible()
                await expect(note).to_be_hidden()
                lose(tmp_path, waiting.conversation_id)
                await page.locator("h1").click()
                await page.keyboard.press("Space")
                await expect(note).to_contain_text("There is no file")
                delete_recordings(people, storage, tmp_path, waiting.conversation_id)
                await page.reload()
                await expect(page.get_by_text("There is no recording of it.")).to_be_visible()

    asyncio.run(scenario())


def record(folder: Path, conversation_id: str) -> PartWriter:
    """Write three seconds: silence, the caller, the agent."""
    wave = np.sin(2 * np.pi * 440 * np.arange(1000 * MS) / 24_000) * 16_000
    sound = np.zeros((3000 * MS, 2), np.int16)
    sound[1000 * MS : 2000 * MS, 0] = wave
    sound[2000 * MS :, 1] = wave
    writer = PartWriter(folder, conversation_id, 0, uuid7())
    writer.write(0, sound)
    return writer


def lose(folder: Path, conversation_id: str) -> None:
    for file in folder.rglob(f"*{conversation_id}*.ogg"):
        file.unlink()


async def click_word(page: Page, word: str) -> None:
    box = await page.evaluate(
        """(word) => {
          const text = document.querySelector("li.caller .words").firstChild;
          const range = document.createRange();
          range.setStart(text, text.data.indexOf(word) + 1);
          range.setEnd(text, text.data.indexOf(word) + 2);
          const { x, y, width, height } = range.getBoundingClientRect();
          return [x + width / 2, y + height / 2];
        }""",
        word,
    )
    await page.mouse.click(*box)


async def plays_from(page: Page, second: float) -> float:
    """Wait until the sound plays behind that place; return where it was seen first."""
    return float(await until(page, f"({PLAYS}) > {second} && {SOUND}.currentTime"))


async def until(page: Page, expression: str) -> Any:
    """Return what an expression gives once that is something: the page's policy bars the rest."""
    return await page.evaluate(
        f"""async () => {{
          for (;;) {{
            const found = {expression};
            if (found) return found;
            await new Promise(requestAnimationFrame);
          }}
        }}"""
    )

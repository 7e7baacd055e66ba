"""A person of the team in a conversation from their page: in a real browser, over the service."""

import asyncio
import json
import re
from typing import Any

from playwright.async_api import Page, expect
from typist import Typist, begin

MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


async def sign_in(page: Page, password: str) -> None:
    await page.fill("[name=username]", "admin")
    await page.fill("[name=password]", password)
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Live")


async def take_part(page: Page, caller: Typist) -> None:
    await page.locator(f"#live a[href$='{caller.conversation_id}']").click()
    await page.get_by_role("button", name="Listen").click()
    await page.get_by_label("Whisper to the agent").fill("Be <b>brief</b>.")
    await page.keyboard.press("Enter")
    line = page.locator("#line")
    await expect(line).to_contain_text("Be <b>brief</b>.")
    await page.locator("h1").click()  # single keys are for nobody who types
    await page.keyboard.press(".")
    await page.keyboard.press("t")
    await caller.until("handoff", status="joined")
    told = page.locator("[data-part=told]")
    await expect(told).to_have_text("You speak with the caller.")
    # It beeps all the time: the caller types, and it stays off.
    await expect(page.get_by_role("button", name="Speak by microphone")).to_be_visible()
    await page.get_by_label("Write to the caller").fill("This is Ana.")
    await page.keyboard.press("Enter")
    said = {"role": "representative", "is_final": True}
    await caller.until("transcript", text="This is Ana.", **said)
    await caller.send(type="text", text="Thank you, Ana.")
    await expect(line).to_contain_text("Thank you, Ana.")
    await run_a_tool(page, caller)
    await page.get_by_role("button", name="Hand back to the agent").click()
    await caller.until("handoff", status="left")
    await expect(page.get_by_role("button", name="Take over", exact=True)).to_be_visible()
    await expect(page.get_by_role("button", name="I cannot come")).to_be_hidden()  # nobody rings
    await expect(line).to_contain_text("This is Ana.")
    await page.get_by_label("Whisper to the agent").fill("What they bought.")
    await caller.send(type="end")
    # What was being written is not lost.
    told = page.locator("#people")
    await expect(told).to_have_text("Not sent: What they bought.", use_inner_text=True)


async def run_a_tool(page: Page, caller: Typist) -> None:
    """Fill in what the tool declares, on a telephone; write its question to the caller."""
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.get_by_text("Run a tool").click()
    await page.get_by_label("Tool", exact=True).select_option(label="Refund an order")
    await page.get_by_label("Order number").fill("1002")
    await page.get_by_label("Reason").fill("It is <b>broken</b>.")
    await page.get_by_role("button", name="Run", exact=True).click()
    asked = await caller.until("confirm")
    assert json.loads(asked["arguments"]) == {
        "order_number": 1002,
        "reason": "It is <b>broken</b>.",
    }
    question = f"{asked['summary']} {asked['question']}"
    await expect(page.locator("[data-part=read-back]")).to_have_text(question)
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    await page.get_by_role("button", name="Write it to the caller").click()
    await caller.until("transcript", text=question, role="representative", is_final=True)
    await caller.send(type="confirm", confirmation_id=asked["confirmation_id"], accepted=True)
    await caller.until("tool", name="refund_order", status="succeeded")
    await expect(page.locator("[data-part=told]")).to_have_text(re.compile("succeeded"))


def test_a_person_whispers_takes_over_writes_and_hands_back(start_up: Any, browse: Any) -> None:
    up = start_up()

    async def scenario() -> None:
        async with (
            asyncio.timeout(180),
            browse(f"{up.url}/admin", *MICROPHONE) as page,
        ):
            await sign_in(page, up.password)
            caller = await begin(up.url)
            await take_part(page, caller)
            await caller.socket.close()

    asyncio.run(scenario())

"""The demo page in a real browser: a spoken and a typed conversation, barge-in, confirmation."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from playwright.async_api import Page, expect
from starlette.routing import BaseRoute

from agent_service.audio import samples, write_wav
from agent_service.conversation.commands import (
    ClearPlayback,
    EndConversation,
    Floor,
    PlayAudio,
    ShowConfirmation,
    ShowFloor,
    ShowLevel,
    ShowTool,
    ShowTranscript,
    WithdrawConfirmation,
)
from agent_service.conversation.events import (
    CallerAnsweredCheck,
    CallerAudio,
    CallerConfirmed,
    CallerEnded,
    CallerEnteredCode,
    CallerInterrupted,
    CallerPlayed,
    CallerTyped,
)
from agent_service.conversation.records import Caller, CallerLevel, Modality, Role
from agent_service.store.proofs import Proof, ProofField
from agent_service.web import pages, ticket_api
from agent_service.web.origins import Origins

BORN = Proof(
    name="born",
    title="Number & birth date",
    fields=(ProofField("number", "Number", ".+"), ProofField("born", "Birth date", ".+")),
    look_up=lambda session, claim: None,
)


def demo(service: Any) -> Sequence[BaseRoute]:
    jane = Caller("customer-1", "Jane Doe", CallerLevel.IDENTIFIED)
    return [
        *pages.routes(hint="You are Jane.", proofs=(BORN,)),
        *ticket_api.demo_routes(service.tickets, Origins(), "support", jane),
    ]


@asynccontextmanager
async def opened(serve: Any, browse: Any, *flags: str) -> AsyncIterator[tuple[Any, Page]]:
    async with (
        serve(extra_routes=demo) as service,
        browse(f"http://127.0.0.1:{service.port}/", *flags) as page,
    ):
        yield service, page


async def session_of(service: Any) -> Any:
    await service.host.opened.wait()
    return service.host.sessions[-1]


async def next_of(session: Any, kind: type) -> Any:
    """Return the next event of that kind; others pass by."""
    while not isinstance(event := await session.events.get(), kind):
        pass
    return event


def test_a_spoken_conversation_is_heard_played_and_cut(
    serve: Any, browse: Any, tmp_path: Path
) -> None:
    microphone = tmp_path / "microphone.wav"
    tone = 12_000 * np.sin(np.arange(48_000) * 2 * np.pi * 440 / 48_000)
    write_wav(microphone, tone.astype("<i2").tobytes(), 48_000)

    async def scenario() -> None:
        flags = (
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-audio-capture={microphone}",
        )
        async with opened(serve, browse, *flags) as (service, page):
            await page.get_by_role("button", name="Start talking").click()
            session = await session_of(service)
            assert session.request.modality is Modality.AUDIO
            await expect(page.get_by_role("status")).to_have_text("Listening.")

            loudest = 0
            while loudest < 3_000:
                audio = await next_of(session, CallerAudio)
                loudest = int(np.abs(samples(audio.audio)).max())
            assert len(audio.audio) == 40 * 48

            session.channel.send(ShowFloor(Floor.AGENT))
            session.channel.send(
                ShowTranscript("2", Role.AGENT, delta="Your order was shipped.", item_id="i")
            )
            for offset_ms in range(0, 3_000, 200):
                session.channel.send(PlayAudio("i", offset_ms, bytes(200 * 48)))
            first = await next_of(session, CallerPlayed)
            second = await next_of(session, CallerPlayed)
            assert 150 <= first.played_ms < second.played_ms <= first.played_ms + 250

            session.channel.send(ClearPlayback("i"))
            cut = await next_of(session, CallerPlayed)
            assert second.played_ms <= cut.played_ms < 3_000
            session.channel.send(
                ShowTranscript(
                    "2",
                    Role.AGENT,
                    text="Your order was shipped.",
                    heard_text="Your order",
                    is_final=True,
                    is_interrupted=True,
                    item_id="i",
                    first_audio_ms=90,
                )
            )
            await expect(page.locator("del.unheard")).to_have_text(" was shipped.")
            session.channel.send(PlayAudio("j", 0, bytes(100 * 48)))
            assert await next_of(session, CallerPlayed) == CallerPlayed("j", 100)

    asyncio.run(scenario())


def test_a_typed_conversation_works_by_keyboard_alone(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (service, page):
            await page.get_by_role("button", name="Type instead").focus()
            await page.keyboard.press("Enter")
            session = await session_of(service)
            assert session.request.modality is Modality.TEXT
            await page.get_by_label("Message").focus()
            await page.keyboard.type("cancel order 1007 <b>now</b>")
            await page.keyboard.press("Enter")
            typed = await next_of(session, CallerTyped)
            assert typed.text == "cancel order 1007 <b>now</b>"

            send = session.channel.send
            send(ShowTranscript("2", Role.AGENT, delta="One moment."))
            send(ShowTranscript("1", Role.CALLER, text=typed.text, is_final=True))
            send(ShowTool("t", "cancel_order", "Cancel an order", "running", '{"order": 1007}'))
            entries = page.locator("#captions > li")
            await expect(entries).to_contain_text(
                ["cancel order 1007 <b>now</b>", "One moment.", "Cancel an order: working"]
            )

            expiry = datetime.now(UTC)
            send(ShowConfirmation("c", "Cancel an order", "Cancel order 1007?", "{}", expiry))
            await expect(page.locator("#confirmation")).to_be_visible()
            await page.get_by_role("button", name="Yes", exact=True).focus()
            await page.keyboard.press("Space")
            assert await next_of(session, CallerConfirmed) == CallerConfirmed("c", True)
            send(WithdrawConfirmation("c", "accepted"))
            await expect(page.locator("#confirmation")).to_be_hidden()

            send(ShowFloor(Floor.AGENT))
            await page.get_by_role("button", name="Stop speaking").press("Enter")
            await next_of(session, CallerInterrupted)
            await page.get_by_role("button", name="End conversation").press("Enter")
            await next_of(session, CallerEnded)
            send(EndConversation("caller_ended"))
            session.end("caller_ended")
            await expect(page.get_by_role("status")).to_have_text("The conversation has ended.")

    asyncio.run(scenario())


def test_a_broken_line_is_picked_up_again_without_losing_a_word(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (service, page):
            await page.get_by_role("button", name="Type instead").click()
            session = await session_of(service)
            await expect(page.get_by_role("status")).to_have_text("Your turn.")
            session.channel.close("service_stopping")
            await session.detached.wait()
            session.channel.send(ShowTranscript("1", Role.AGENT, text="Missed?", is_final=True))
            await expect(page.locator("#captions > li")).to_contain_text(["Missed?"])
            await expect(page.get_by_role("status")).to_have_text("Your turn.")

    asyncio.run(scenario())


def test_a_code_goes_past_the_model_and_its_success_is_told(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (service, page):
            await page.get_by_role("button", name="Type instead").click()
            session = await session_of(service)
            await page.get_by_text("Enter a security code").click()
            await page.get_by_label("Security code").fill("123 456")
            await page.keyboard.press("Enter")
            assert await next_of(session, CallerEnteredCode) == CallerEnteredCode("123456")
            await expect(page.get_by_label("Security code")).to_have_value("")
            session.channel.send(ShowLevel(CallerLevel.STEPPED_UP))
            await expect(page.get_by_text("Your code was right.")).to_be_visible()

    asyncio.run(scenario())


def test_who_is_unknown_proves_who_they_are_as_the_company_asks(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (service, page):
            await page.get_by_label("as somebody unknown").check()
            await page.get_by_role("button", name="Type instead").click()
            session = await session_of(service)
            assert session.request.caller == Caller()
            await expect(page.get_by_label("as somebody unknown")).to_be_hidden()
            await page.get_by_text("Number & birth date").click()
            await page.get_by_label("Number", exact=True).fill("P-17")
            await page.get_by_label("Birth date").fill("1984-05-17")
            await page.keyboard.press("Enter")
            answered = await next_of(session, CallerAnsweredCheck)
            assert answered == CallerAnsweredCheck("born", {"number": "P-17", "born": "1984-05-17"})
            await expect(page.get_by_label("Birth date")).to_have_value("")
            session.channel.send(ShowLevel(CallerLevel.VERIFIED))
            await expect(page.get_by_text("You have proved who you are.")).to_be_visible()
            await expect(page.get_by_label("Birth date")).to_be_hidden()

    asyncio.run(scenario())


def test_a_refusal_of_the_service_is_shown_in_words(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (service, page):
            service.host.refusal = RuntimeError("a defect")
            await page.get_by_role("button", name="Type instead").click()
            await expect(page.get_by_role("alert")).to_contain_text("could not be opened")

    asyncio.run(scenario())


def test_without_a_microphone_the_page_says_what_to_do(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (service, page):
            await page.get_by_role("button", name="Start talking").click()
            await expect(page.get_by_role("alert")).to_contain_text("type instead")
            assert service.host.sessions == []

    asyncio.run(scenario())

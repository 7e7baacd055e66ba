"""The widget on a page, in a real browser, over the real socket: what a customer sees and does."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import brotli
import pytest
import widget_states as states
import zxingcpp
from PIL import Image
from playwright.async_api import Page, expect
from widget_states import part, say

from agent_service.channels.widget import encode
from agent_service.conversation.commands import (
    EndConversation,
    Floor,
    HandoffStatus,
    RecordingStatus,
    ShowError,
    ShowFloor,
    ShowHandoff,
    ShowIncident,
    ShowLevel,
    ShowRecording,
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
    CallerPausedRecording,
    CallerSwitched,
    CallerTyped,
)
from agent_service.conversation.records import CallerLevel, Modality, Role
from agent_service.errors import CallerError, TryLater
from agent_service.web.widget_files import WidgetFiles

ELEMENT = Path(__file__).parents[3] / "agent_service" / "web" / "widget" / "element"
EVENTS = ("conversation", "caption", "tool", "confirm", "ended")
COLLECT = """(names) => {
  window.told = [];
  for (const name of names) {
    document.addEventListener(name, ({ type, detail }) => window.told.push([type, detail]));
  }
}"""


@asynccontextmanager
async def opened(
    serve: Any, browse: Any, *flags: str, expected: str | None = None, **page_options: Any
) -> AsyncIterator[tuple[Any, Page]]:
    routes = partial(states.routes, **page_options)
    async with (
        serve(extra_routes=routes, within_s=60) as service,  # a busy machine is slow with pages
        browse(f"http://127.0.0.1:{service.port}/", *flags, expected=expected) as page,
    ):
        yield service, page


async def next_of(session: Any, kind: type) -> Any:
    """Return the next event of that kind; others pass by."""
    while not isinstance(event := await session.events.get(), kind):
        pass
    return event


def test_one_line_gives_a_button_and_a_typed_conversation_by_keyboard(
    serve: Any, browse: Any
) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (service, page):
            await page.evaluate(COLLECT, EVENTS)
            await part(page, "button").focus()
            await page.keyboard.press("Enter")
            await expect(part(page, "panel")).to_be_focused()
            await expect(part(page, "button")).to_be_hidden()
            await page.keyboard.type("Cancel order 1007")  # who just writes, writes there
            await page.keyboard.press("Shift+Enter")
            await page.keyboard.type("<b>now</b>")
            await page.keyboard.press("Enter")
            session = await states.session_of(service)
            assert session.request.modality is Modality.TEXT
            typed = await next_of(session, CallerTyped)
            assert typed.text == "Cancel order 1007\n<b>now</b>"

            say(session, ShowTranscript("1", Role.CALLER, text=typed.text, is_final=True))
            say(session, ShowTranscript("2", Role.AGENT, delta="One moment."))
            cancel = ShowTool("t", "cancel_order", "Cancelling order 1007", "running", after="2")
            say(session, cancel)
            captions = part(page, "captions")
            await expect(captions).to_contain_text("<b>now</b>")
            await expect(captions).to_contain_text("Cancelling order 1007 · in progress")

            say(session, states.QUESTION)
            await expect(part(page, "confirm")).to_contain_text(f"{states.TERMS}Shall I go ahead?")
            await expect(part(page, "type")).to_be_focused()  # nobody is torn from typing
            await part(page, "confirm-yes").focus()
            await page.keyboard.press("Space")
            assert await next_of(session, CallerConfirmed) == CallerConfirmed("q", True)
            say(session, states.AGREED)
            await expect(part(page, "confirm")).to_be_hidden()
            await expect(captions.locator("[data-status=accepted]")).to_have_text(
                f"You agreed · {states.TERMS}"
            )

            # The card took the focus with it; Escape is heard all the same.
            await expect(captions).to_be_focused()
            await page.keyboard.press("Escape")
            await expect(part(page, "button")).to_be_focused()
            await page.keyboard.press("Enter")

            await part(page, "end").press("Enter")
            await next_of(session, CallerEnded)
            say(session, EndConversation("caller_ended"))
            session.end("caller_ended")
            await expect(part(page, "ended")).to_contain_text("You ended it.")
            await expect(part(page, "ended")).to_be_focused()
            told = await page.evaluate("window.told")
            assert [name for name, _ in told] == [
                "conversation",
                "caption",
                "caption",
                "tool",
                "confirm",
                "ended",
            ]
            assert told[0][1] == {"conversationId": "conversation-1", "isResumed": False}
            assert told[3][1]["title"] == "Cancelling order 1007"
            assert told[5][1]["reason"] == "caller_ended"

    asyncio.run(scenario())


def test_a_tap_on_the_microphone_speaks_and_typing_goes_on_in_the_same_conversation(
    serve: Any, browse: Any
) -> None:
    async def scenario() -> None:
        async with opened(serve, browse, *states.MICROPHONE) as (service, page):
            session = await states.spoken(page, service)
            assert session.request.modality is Modality.AUDIO
            assert (await next_of(session, CallerAudio)).audio
            await expect(part(page, "stage")).to_contain_text("Listening")
            say(session, ShowFloor(Floor.CALLER))
            await expect(part(page, "stage")).to_contain_text("You are speaking")

            await part(page, "type").fill("1004")
            await part(page, "send").click()
            assert (await next_of(session, CallerTyped)).text == "1004"

            await page.set_viewport_size({"width": 1280, "height": 800})
            await part(page, "more").click()
            await part(page, "menu").get_by_text("Continue on another device").click()
            card = part(page, "transfer")
            await expect(card).to_be_in_viewport(ratio=1)
            await expect(card.get_by_role("heading")).to_be_in_viewport(ratio=1)
            shown, room = await card.bounding_box(), await part(page, "panel").bounding_box()
            assert room["y"] < shown["y"]
            assert shown["y"] + shown["height"] < room["y"] + room["height"]
            await card.get_by_role("button", name="Cancel").click()
            await expect(part(page, "stage")).to_be_visible()

            await part(page, "mute").click()
            await expect(part(page, "mute")).to_have_attribute("aria-pressed", "true")
            await part(page, "talk").click()
            await expect(part(page, "stage")).to_be_hidden()
            assert len(service.host.sessions) == 1

    asyncio.run(scenario())


def test_who_was_asked_at_the_end_can_rate_and_keep_what_was_said(
    serve: Any, browse: Any, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (service, page):
            await states.ended(page, service)
            end = part(page, "ended")
            await page.set_viewport_size({"width": 390, "height": 500})
            await end.get_by_label("1 of 5").press("Space")
            await expect(end.get_by_text("Thank you.")).to_be_visible()
            await end.get_by_label("4 of 5").press("Space")
            send = end.get_by_role("button", name="Send")
            await expect(send).to_be_in_viewport(ratio=1)
            await end.get_by_label("Would you like to add something?").fill("Quick.")
            await send.click()
            await expect(send).to_be_hidden()
            await expect(end).to_contain_text("Thank you.")
            assert [(each.score, each.comment) for each in service.ratings] == [
                (1, None),
                (4, None),
                (4, "Quick."),
            ]

            async with page.expect_download() as download:
                await part(page, "keep").click()
            await (await download.value).save_as(tmp_path / "kept.txt")
            kept = (tmp_path / "kept.txt").read_text()
            assert f"Assistant: {states.HEARD} [Not heard: with Swift Parcel" in kept
            assert f"* You agreed: {states.TERMS}\n* Cancelling order 1007 (done)\n" in kept

            await part(page, "anew").click()
            await expect(part(page, "welcome")).to_be_visible()

    asyncio.run(scenario())


def test_words_that_were_not_heard_are_set_apart_also_for_those_who_listen(
    serve: Any, browse: Any
) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (service, page):
            session = await states.typed(page, service)
            say(session, *states.TALK)
            await expect(page.locator(".unheard")).to_have_text(
                f" [Not heard: {states.ANSWER[len(states.HEARD) :]}"
            )
            await expect(part(page, "captions")).to_contain_text("The grey words were not heard.")
            await expect(page.locator("[aria-live]")).to_have_text(f"Assistant: {states.HEARD}")

    asyncio.run(scenario())


def test_only_addresses_of_the_web_become_links(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (service, page):
            session = await states.typed(page, service)
            text = (
                "See https://shop.example/returns?a=1. Not javascript:alert(1) or <a href=x>y</a>."
            )
            say(session, ShowTranscript("1", Role.AGENT, text=text, is_final=True))
            link = part(page, "captions").get_by_role("link")
            await expect(link).to_have_attribute("href", "https://shop.example/returns?a=1")
            await expect(link).to_have_attribute("rel", "noopener noreferrer")
            await expect(part(page, "captions")).to_contain_text(text)

    asyncio.run(scenario())


def test_what_an_answer_rests_on_is_named_and_linked(serve: Any, browse: Any) -> None:
    output = json.dumps(
        {
            "sources": [
                {"title": "Returns", "url": "https://shop.example/returns"},
                {"title": "Trap", "url": "javascript:alert(1)"},
                {"title": "Warranty"},
                {"title": "Prices", "url": "/help/prices"},
                {"title": "Elsewhere", "url": "https://other.example/"},
            ]
        }
    )

    async def scenario() -> None:
        async with opened(serve, browse) as (service, page):
            session = await states.typed(page, service)
            say(session, ShowTool("t", "search_help", "Searching", "succeeded", "{}", output))
            await expect(page.locator(".sources")).to_have_text(
                "SourcesReturnsTrapWarrantyPricesElsewhere"
            )
            links = await page.locator(".sources").get_by_role("link").all()
            assert [await link.get_attribute("href") for link in links] == [
                "https://shop.example/returns",
                f"http://127.0.0.1:{service.port}/help/prices",
            ]

    asyncio.run(scenario())


def test_a_page_that_comes_back_shows_the_same_conversation(
    serve: Any, browse: Any, tmp_path: Path
) -> None:
    """Of every kind of entry, and whatever came after what came of it."""
    sources = json.dumps({"sources": [{"title": "Returns", "url": "/help/returns"}]})
    cut = "[Not heard:  with Swift.] The grey words were not heard."
    look = ShowTool("l", "find", "Looking up order 1004", "running", after="02")
    cancel = ShowTool("c", "cancel", "Cancelling order 1007", "awaiting_confirmation", after="05")
    refund = ShowTool("r", "refund", "Refunding order 1002", "awaiting_approval", after="08")
    shown = [
        "AssistantHello, I am the AI assistant of Nordhaven. How can I help you?",
        "YouWhere is my order 1004?",
        "Looking up order 1004 · doneSourcesReturns",
        f"AssistantOn its way {cut}",
        "YouCancel order 1007.",
        f"You agreed · {states.TERMS}",
        "Cancelling order 1007 · done",
        "AssistantDone, and …",
        "YouPicture 1",
        "You said no · Open a ticket",
        "Refunding order 1002 · waits for a person of our team",
        "Your code was right.",
        "Ana <b> of our team has joined.",
        "Ana <b>Hi, Ana here.",
        "The person of our team has left. The assistant is back.",
        "AssistantI am back",
    ]

    def final(turn_id: str, role: Role, text: str, **more: Any) -> ShowTranscript:
        return ShowTranscript(turn_id, role, text=text, is_final=True, **more)

    async def scenario() -> None:
        async with opened(serve, browse, expected="404") as (service, page):
            await page.evaluate(COLLECT, EVENTS)
            session = await states.typed(page, service)
            say(
                session,
                states.TALK[0],
                look,
                replace(look, status="succeeded", output=sources),
                states.TALK[1],
                final(
                    "04",
                    Role.AGENT,
                    "On its way with Swift.",
                    heard_text="On its way",
                    is_interrupted=True,
                ),
                final("05", Role.CALLER, "Cancel order 1007."),
                cancel,
                states.QUESTION,
                WithdrawConfirmation("q", "accepted", states.TERMS, "05"),
                replace(cancel, status="running", after="05"),
                final("06", Role.AGENT, "Done, and", heard_text="Done, and", is_interrupted=True),
                replace(cancel, status="succeeded", after="05"),
                WithdrawConfirmation("unseen", "voided", after="06"),
                refund,
                final("07", Role.CALLER, "[picture 1]"),
                ShowTranscript("08", Role.CALLER, delta="Mm"),
                ShowTranscript("08", Role.CALLER, text=""),
                replace(states.QUESTION, confirmation_id="p", summary="Open a ticket"),
                WithdrawConfirmation("p", "declined", "Open a ticket", "07"),
                ShowTool("d", "open_ticket", "Opening a ticket", "declined", after="07"),
                ShowLevel(CallerLevel.STEPPED_UP, "08"),
                ShowHandoff(HandoffStatus.REQUESTED, after="08"),
                ShowHandoff(HandoffStatus.JOINED, "Ana <b>", "08"),
                ShowHandoff(HandoffStatus.LEFT, "Ana <b>", "10"),
                final("09", Role.REPRESENTATIVE, "Hi, Ana here."),
                ShowTranscript("11", Role.AGENT, delta="I am "),
                ShowTranscript("11", Role.AGENT, delta="back"),
                replace(states.QUESTION, confirmation_id="o"),
            )
            lines = part(page, "captions").get_by_role("listitem")
            for _ in range(2):
                await expect(lines).to_have_text(shown)
                await expect(part(page, "confirm")).to_contain_text(states.TERMS)
                await expect(page.locator(".unheard")).to_have_count(1)
                await page.reload()
            confirmed = [each for name, each in await page.evaluate("window.told ?? []")]
            assert confirmed == []  # the page is told of nothing that was decided before

            await part(page, "end").click()
            await next_of(session, CallerEnded)
            say(session, EndConversation("caller_ended"))
            session.end("caller_ended")
            async with page.expect_download() as download:
                await part(page, "keep").click()
            await (await download.value).save_as(tmp_path / "kept.txt")
            kept = (tmp_path / "kept.txt").read_text()
            assert "Ana <b>: Hi, Ana here.\n* The person of our team has left." in kept

    asyncio.run(scenario())


def test_who_of_the_team_has_joined_is_told_by_name(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (service, page):
            session = await states.typed(page, service)
            say(session, ShowHandoff(HandoffStatus.JOINED, "Ana <b>", "1"))
            told = page.locator("[aria-live]")
            await expect(told).to_have_text("Ana <b> of our team has joined.")
            say(session, ShowTranscript("2", Role.REPRESENTATIVE, text="Hi.", is_final=True))
            await expect(told).to_have_text("Ana <b>: Hi.")

    asyncio.run(scenario())


def test_while_a_person_has_the_conversation_the_head_names_them_and_nobody_thinks(
    serve: Any, browse: Any
) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (service, page):
            session = await states.typed(page, service)
            await expect(part(page, "header")).to_contain_text("Thinking")
            badge = part(page, "header").get_by_text("AI", exact=True)
            say(session, ShowHandoff(HandoffStatus.JOINED, "ann", "1"))
            await expect(part(page, "header").get_by_role("heading")).to_have_text("Ann")
            await expect(badge).to_be_hidden()
            await part(page, "type").fill("Hello Ann")
            await part(page, "type").press("Enter")
            await next_of(session, CallerTyped)
            while (await next_of(session, CallerTyped)).text != "Hello Ann":
                pass
            say(session, ShowFloor(Floor.REPRESENTATIVE))
            say(session, ShowTranscript("2", Role.REPRESENTATIVE, text="Hi.", is_final=True))
            await expect(part(page, "captions")).to_contain_text("AnnHi.")
            await expect(part(page, "header")).to_contain_text("Our team")
            await expect(part(page, "header")).not_to_contain_text("Thinking")
            say(session, ShowHandoff(HandoffStatus.LEFT, "ann", "3"))
            await expect(part(page, "header").get_by_role("heading")).to_have_text("Support")
            await expect(badge).to_be_visible()

    asyncio.run(scenario())


def test_what_was_typed_first_stands_below_the_greeting(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (service, page):
            begin = service.host.begin

            async def begin_greeting(start: Any, channel: Any) -> Any:
                session = await begin(start, channel)
                session.is_agent_due = True
                return session

            service.host.begin = begin_greeting
            await states.open_panel(page)
            await part(page, "type").fill("Where is it?")
            await part(page, "send").click()
            session = await states.session_of(service)
            await part(page, "end").wait_for()
            say(session, ShowFloor(Floor.AGENT))
            say(session, ShowTranscript("1", Role.AGENT, text="Hello.", is_final=True))
            lines = part(page, "captions").get_by_role("listitem")
            await expect(lines).to_have_text(["AssistantHello.", "YouWhere is it?"])
            assert session.events.empty()
            say(session, states.QUESTION, ShowFloor(Floor.OPEN))
            typed = await next_of(session, CallerTyped)
            assert typed == CallerTyped(
                "Where is it?", shown=()
            )  # it answers nothing that came since

    asyncio.run(scenario())


def test_how_it_stands_with_the_recording_is_shown_and_can_be_changed(
    serve: Any, browse: Any
) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (service, page):
            session = await states.typed(page, service)
            await expect(part(page, "recording")).to_be_hidden()
            say(session, ShowRecording(RecordingStatus.ON))
            await expect(part(page, "recording")).to_have_text("Recorded")
            await part(page, "more").click()
            await part(page, "menu").get_by_text("Pause the recording").click()
            assert await next_of(session, CallerPausedRecording) == CallerPausedRecording(True)
            say(session, ShowRecording(RecordingStatus.PAUSED))
            await expect(part(page, "recording")).to_have_text("Recording paused")

    asyncio.run(scenario())


def test_who_is_calling_is_proved_beside_the_conversation(serve: Any, browse: Any) -> None:
    proofs = [{"name": "born", "title": "Birth date", "fields": [{"name": "born", "title": "Day"}]}]
    attributes = f"{states.TICKET} data-proofs='{json.dumps(proofs)}'"

    async def scenario() -> None:
        async with opened(serve, browse, attributes=attributes) as (service, page):
            stranger = f"http://127.0.0.1:{service.port}/demo/ticket?unknown"
            await page.route("**/demo/ticket", lambda route: route.continue_(url=stranger))
            session = await states.typed(page, service)
            await part(page, "more").click()
            await part(page, "menu").get_by_text("Birth date").click()
            await part(page, "proof").get_by_label("Day").fill("1990-01-02")
            await page.keyboard.press("Enter")
            check = await next_of(session, CallerAnsweredCheck)
            assert check == CallerAnsweredCheck("born", {"born": "1990-01-02"})

            say(session, ShowTool("t", "send_security_code", "Send a code", "succeeded"))
            await part(page, "code").get_by_label("Security code").fill("123 456")
            await page.keyboard.press("Enter")
            assert await next_of(session, CallerEnteredCode) == CallerEnteredCode("123456")
            say(session, ShowError("proof_wrong", "This code is not right.", False))
            await expect(part(page, "banner")).to_contain_text("That was not right.")
            say(session, ShowLevel(CallerLevel.STEPPED_UP))
            await expect(part(page, "code")).to_be_hidden()
            await expect(part(page, "captions")).to_contain_text("Your code was right.")

            await part(page, "more").click()
            await expect(part(page, "menu")).to_contain_text("Security code")
            await expect(part(page, "menu")).not_to_contain_text("Birth date")  # it is known

    asyncio.run(scenario())


def test_a_call_that_needs_proof_asks_for_it_and_a_refusal_says_no_more_than_is_true(
    serve: Any, browse: Any
) -> None:
    proofs = [{"name": "born", "title": "Birth date", "fields": [{"name": "born", "title": "Day"}]}]
    attributes = f"{states.TICKET} data-proofs='{json.dumps(proofs)}'"
    needs, unknown = '{"status":"not_allowed","needs":"identified"}', '{"status":"unknown"}'

    async def scenario() -> None:
        async with opened(serve, browse, attributes=attributes) as (service, page):
            session = await states.typed(page, service)
            captions, proof = part(page, "captions"), part(page, "proof")
            await part(page, "more").click()
            await expect(part(page, "menu")).to_contain_text("Security code")
            await expect(part(page, "menu")).not_to_contain_text("Birth date")  # the ticket says it
            await page.keyboard.press("Escape")
            say(session, ShowTool("a", "cancel", "Cancelling", "not_allowed", "{}", "{}"))
            await expect(captions).to_contain_text("Cancelling · not done")
            await expect(proof).to_be_hidden()
            say(session, ShowTool("b", "pay", "Paying", "failed", "{}", unknown))
            await expect(captions).to_contain_text("Paying · outcome not known yet")
            say(session, ShowTool("c", "find", "Finding", "not_allowed", "{}", needs))
            await expect(captions).to_contain_text("Finding · needs proof of who you are")
            await expect(proof).to_contain_text("Birth date")
            say(session, ShowLevel(CallerLevel.IDENTIFIED))
            await expect(proof).to_be_hidden()

    asyncio.run(scenario())


def test_escape_puts_away_the_menu_then_the_panel_and_gives_the_focus_back(
    serve: Any, browse: Any
) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (service, page):
            session = await states.typed(page, service)
            await part(page, "more").press("Enter")
            await expect(part(page, "menu").get_by_role("button").first).to_be_focused()
            await page.keyboard.press("Escape")
            await expect(part(page, "more")).to_be_focused()
            await page.keyboard.press("Escape")
            await expect(part(page, "panel")).to_be_hidden()
            await expect(part(page, "button")).to_be_focused()
            await expect(part(page, "button")).to_have_text("Back to the conversation")
            assert session.is_attached
            await page.keyboard.press("Enter")
            await expect(part(page, "end")).to_be_visible()

    asyncio.run(scenario())


@pytest.mark.parametrize(("width", "is_modal"), [(390, True), (1000, False)])
def test_only_a_full_screen_keeps_the_focus_inside_and_a_page_that_moves_takes_nothing_along(
    serve: Any, browse: Any, width: int, is_modal: bool
) -> None:
    style = "body { transform: translateZ(0); filter: blur(0); } main { height: 3000px; }"

    async def scenario() -> None:
        async with opened(serve, browse, style=style) as (_, page):
            await page.set_viewport_size({"width": width, "height": 780})
            await expect(part(page, "button")).to_be_in_viewport(ratio=1)
            await states.open_panel(page)
            await expect(part(page, "panel")).to_be_in_viewport(ratio=1)
            assert await part(page, "panel").evaluate("it => it.matches(':modal')") is is_modal

    asyncio.run(scenario())


def test_the_head_of_a_telephone_stays_as_it_is_and_the_menu_opens_below(
    serve: Any, browse: Any
) -> None:
    async def scenario() -> None:
        async with opened(serve, browse, language="de") as (service, page):
            session = await states.typed(page, service)
            say(session, ShowRecording(RecordingStatus.ON), *states.TALK)
            await expect(part(page, "recording")).to_be_visible()
            for width in (390, 360):
                await page.set_viewport_size({"width": width, "height": 780})
                head = await part(page, "header").bounding_box()
                looking = ShowTool(str(width), "look", "Looking up order 1004 and 1005", "running")
                say(session, looking)
                await expect(part(page, "header")).to_contain_text(looking.title)
                assert await part(page, "header").bounding_box() == head
                say(session, replace(looking, status="succeeded"))
                await expect(part(page, "header")).not_to_contain_text(looking.title)
                assert head["height"] < 100
                await part(page, "more").click()
                await part(page, "menu").wait_for()
                await part(page, "end").click(trial=True)
                await part(page, "more").click()

    asyncio.run(scenario())


def test_magnified_four_times_nothing_is_out_of_reach_and_nothing_moves_for_who_wants_it_still(
    serve: Any, browse: Any
) -> None:
    async def scenario() -> None:
        async with opened(serve, browse, *states.MICROPHONE) as (service, page):
            await page.set_viewport_size({"width": 320, "height": 256})
            await states.working(page, service)
            (session,) = service.host.sessions
            moving = "it => it.getRootNode().getAnimations().length"
            assert await part(page, "panel").evaluate(moving) > 0
            await page.emulate_media(reduced_motion="reduce")
            assert await part(page, "panel").evaluate(moving) == 0
            await part(page, "more").click()
            last = part(page, "menu").get_by_role("button").last
            await last.scroll_into_view_if_needed()
            await expect(last).to_be_in_viewport(ratio=1)  # no window within the window
            await page.keyboard.press("Escape")
            say(session, replace(states.QUESTION, summary=states.TERMS * 5))
            await expect(part(page, "confirm").get_by_role("heading")).to_be_in_viewport(ratio=1)
            for control in ("mute", "hold", "stop", "quiet"):
                await expect(part(page, control)).to_be_in_viewport(ratio=1)
            await part(page, "confirm-yes").click()
            assert await next_of(session, CallerConfirmed) == CallerConfirmed("q", True)
            say(session, states.AGREED)
            await part(page, "type").fill("And order 1008?")
            await part(page, "send").click()
            await next_of(session, CallerTyped)
            assert await part(page, "panel").evaluate("it => it.scrollWidth <= it.clientWidth")
            await part(page, "mute").click()
            await part(page, "end").click()
            await next_of(session, CallerEnded)

    asyncio.run(scenario())


def test_what_was_typed_is_seen_while_it_connects_and_sent_at_the_next_try(
    serve: Any, browse: Any
) -> None:
    async def scenario() -> None:
        async with opened(serve, browse, expected="503") as (service, page):
            service.host.hindrance = TryLater("All lines are busy.", code="overloaded")
            await states.open_panel(page)
            await part(page, "type").fill("Where is my order 1004?")
            await part(page, "send").click()
            await part(page, "failure").get_by_role("button", name="Leave a message").click()
            about = part(page, "message").get_by_label("What is it about?")
            await expect(about).to_have_value("Where is my order 1004?")
            await part(page, "message").get_by_role("button", name="Cancel").click()
            service.host.hindrance = None
            service.host.gate.clear()
            await part(page, "failure").get_by_role("button", name="Try again").click()
            lines = part(page, "captions").get_by_role("listitem")
            await expect(lines).to_have_text(["YouWhere is my order 1004?"])
            service.host.gate.set()
            session = await states.session_of(service)
            assert (await next_of(session, CallerTyped)).text == "Where is my order 1004?"
            say(session, *states.TALK[:2])
            await expect(lines).to_have_count(2)

    asyncio.run(scenario())


def test_a_reloaded_page_goes_on_with_the_same_conversation(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (service, page):
            session = await states.typed(page, service)
            say(session, *states.TALK)
            await page.get_by_text("cancel order 1007").wait_for()
            await part(page, "type").fill("Still here")
            await page.reload()
            await expect(part(page, "end")).to_be_visible()
            await expect(part(page, "captions")).to_contain_text("cancel order 1007")
            await expect(part(page, "type")).to_have_value("Still here")
            await part(page, "send").click()
            while (await next_of(session, CallerTyped)).text != "Still here":
                pass
            assert await page.evaluate("Object.keys(sessionStorage)") == [
                "support-conversation-shown",
                "support-conversation",
            ]
            assert len(service.host.sessions) == 1

    asyncio.run(scenario())


def test_what_is_typed_before_a_conversation_and_what_waits_in_one_outlive_a_reload(
    serve: Any, browse: Any
) -> None:
    async def scenario() -> None:
        async with opened(serve, browse, expected="ERR_INTERNET_DISCONNECTED") as (service, page):
            await states.open_panel(page)
            await part(page, "type").fill("Where is my order")
            await page.reload()
            await states.open_panel(page)
            await expect(part(page, "type")).to_have_value("Where is my order")
            service.host.gate.clear()
            await part(page, "type").press("Enter")
            await service.host.begun.wait()
            await page.reload()
            await states.open_panel(page)
            await expect(part(page, "type")).to_have_value("Where is my order")

            await page.goto(page.url)  # as if somebody had signed in or out between
            await states.open_panel(page)
            await expect(part(page, "type")).to_have_value("")
            service.host.gate.set()
            await part(page, "type").fill("Hello")
            await part(page, "type").press("Enter")
            await part(page, "end").wait_for()
            await page.context.set_offline(True)
            await expect(part(page, "banner")).to_be_visible()
            await part(page, "type").fill("Still here?")
            await part(page, "type").press("Enter")
            await part(page, "type").fill("Hel")
            kept = "sessionStorage.getItem('support-conversation-draft')"
            waiting = "JSON.parse(sessionStorage.getItem('support-conversation')).sent[0].text"
            assert await page.evaluate(waiting) == "Still here?"
            assert json.loads(await page.evaluate(kept))[1] == "Hel"
            await page.context.set_offline(False)
            session = await states.session_of(service)
            while (await next_of(session, CallerTyped)).text != "Still here?":
                pass
            await expect(part(page, "banner")).to_be_hidden()
            assert json.loads(await page.evaluate(kept))[1] == "Hel"

    asyncio.run(scenario())


@pytest.mark.parametrize("is_reloaded", [True, False])
def test_who_comes_back_too_late_sees_what_was_said_and_how_it_ended(
    serve: Any, browse: Any, is_reloaded: bool
) -> None:
    reason = ShowTranscript("05", Role.AGENT, text="Order 1007 is cancelled.", is_final=True)
    told = [encode(each, 0) for each in (*states.TALK, reason, EndConversation("caller_lost"))]

    async def scenario() -> None:
        async with opened(serve, browse, expected="ERR_INTERNET_DISCONNECTED") as (service, page):
            messages = [json.loads(each) for each in told]
            ended = {"json": {"messages": messages, "is_rated": is_reloaded}}
            address = "**/api/conversations/conversation-1/ended"
            await page.route(address, lambda route: route.fulfill(**ended))
            session = await states.typed(page, service)
            say(session, *states.TALK)
            await page.get_by_text("cancel order 1007").wait_for()
            service.host.sessions.clear()
            if is_reloaded:
                await page.reload()
            else:
                await page.context.set_offline(True)
                await part(page, "banner").wait_for()
                await page.context.set_offline(False)
            await expect(part(page, "ended")).to_contain_text("The connection was away")
            await expect(part(page, "ended")).to_contain_text("Reference conversation-1")
            await expect(part(page, "rating")).to_have_count(0 if is_reloaded else 1)
            lines = part(page, "captions").get_by_role("listitem")
            await expect(lines).to_have_count(len(told) - 1)
            await expect(lines.last).to_contain_text("Order 1007 is cancelled.")
            await page.reload()
            await expect(lines).to_have_count(len(told) - 1)
            await page.keyboard.press("Escape")
            await page.reload()
            await part(page, "button").click()  # it waits until somebody asks for it
            await expect(part(page, "ended")).to_contain_text("Reference conversation-1")
            await part(page, "anew").click()
            await page.reload()
            await states.open_panel(page)
            await expect(part(page, "welcome")).to_be_visible()

    asyncio.run(scenario())


def test_a_conversation_is_not_shown_to_who_signs_in_next_and_ends(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (service, page):
            session = await states.typed(page, service)
            say(session, *states.TALK)
            await page.get_by_text("cancel order 1007").wait_for()
            stranger = f"http://127.0.0.1:{service.port}/demo/ticket?unknown"
            await page.route("**/demo/ticket", lambda route: route.continue_(url=stranger))
            await page.reload()
            await next_of(session, CallerEnded)
            await expect(part(page, "button")).to_be_visible()
            assert await page.evaluate("sessionStorage.getItem('support-conversation')") is None
            assert await page.get_by_text("order 1007").count() == 0

            await states.open_panel(page)
            await part(page, "type").fill("Hello")
            await part(page, "send").click()
            await part(page, "end").wait_for()
            assert service.host.sessions[-1].request.caller.customer_id is None
            await page.reload()  # the same stranger goes on
            await part(page, "end").wait_for()
            assert len(service.host.sessions) == 2

    asyncio.run(scenario())


def test_a_page_that_signs_in_without_being_loaded_has_the_conversation_forgotten(
    serve: Any, browse: Any
) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (service, page):
            session = await states.typed(page, service)
            say(session, *states.TALK)
            await page.get_by_text("cancel order 1007").wait_for()
            await part(page, "type").fill("My address is")
            await page.evaluate("document.querySelector('support-conversation').forget()")
            await expect(part(page, "panel")).to_be_hidden()
            await next_of(session, CallerEnded)
            assert await page.get_by_text("order 1007").count() == 0
            assert await page.evaluate("Object.keys(sessionStorage)") == [
                "support-conversation-shown"
            ]
            await states.open_panel(page)
            await expect(part(page, "welcome")).to_be_visible()
            await expect(part(page, "type")).to_have_value("")

    asyncio.run(scenario())


def test_a_refused_microphone_leaves_a_conversation_by_text(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (service, page):
            await states.no_microphone(page, service)
            await expect(part(page, "banner")).to_contain_text("You can type")
            await part(page, "type").fill("Then I type")
            await part(page, "send").click()
            session = await states.session_of(service)
            assert (await next_of(session, CallerTyped)).text == "Then I type"

    asyncio.run(scenario())


def test_where_there_is_no_room_to_speak_there_is_room_to_write(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        flags = states.MICROPHONE
        async with opened(serve, browse, *flags, expected="503") as (service, page):
            await states.only_text(page, service)
            failure = part(page, "failure")
            await expect(failure).to_contain_text("Nobody can talk at the moment")
            await failure.get_by_role("button", name="Write instead").click()
            session = await states.session_of(service)
            assert session.request.modality is Modality.TEXT
            await part(page, "talk").click()
            await expect(part(page, "banner")).to_contain_text("Nobody can talk at the moment")
            await expect(part(page, "stage")).to_be_hidden()
            await part(page, "type").fill("Then I write")
            await part(page, "send").click()
            assert (await next_of(session, CallerTyped)).text == "Then I write"
            assert session.events.empty()

            service.admission.max_sockets = 1
            await part(page, "talk").click()
            assert await next_of(session, CallerSwitched) == CallerSwitched(Modality.AUDIO)
            await expect(part(page, "stage")).to_be_visible()

    asyncio.run(scenario())


def test_who_finds_no_room_at_all_leaves_a_message(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse, expected="503") as (service, page):
            await states.message(page, service)
            form = part(page, "message")
            await expect(form.get_by_label("What is it about?")).to_be_focused()
            await page.keyboard.type("Where is my order 1004?")
            await form.get_by_label("Phone or email").fill("at home")
            await form.get_by_role("button", name="Send").click()
            assert await form.locator(":invalid").count() > 0
            await form.get_by_label("Phone or email").fill("+49 30 1234567")
            await page.keyboard.press("Enter")
            await expect(part(page, "failure")).to_contain_text("Reference ticket-7")
            await expect(form).to_be_hidden()
            left = {"contact": "+49 30 1234567", "about": "Where is my order 1004?"}
            assert service.messages == [("customer-1", left)]

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        (CallerError("There are three.", code="too_many_messages"), "Thank you"),
        (CallerError("about: say more", code="bad_request"), "a little more"),
        (TryLater("Too many."), "That could not be sent"),
    ],
)
def test_a_message_that_is_not_taken_is_not_lost(
    serve: Any, browse: Any, refusal: Exception, told: str
) -> None:
    async def scenario() -> None:
        async with opened(serve, browse, expected="respon") as (service, page):
            await states.message(page, service)
            service.message_refusal = refusal
            form = part(page, "message")
            await form.get_by_label("What is it about?").fill("Where is my order 1004?")
            await form.get_by_label("Phone or email").fill("jane@example.com")
            await page.keyboard.press("Enter")
            await expect(part(page, "panel")).to_contain_text(told)
            if told != "Thank you":
                await expect(form.get_by_label("Phone or email")).to_have_value("jane@example.com")

    asyncio.run(scenario())


def test_who_does_not_answer_the_browsers_question_can_type(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (service, page):
            await page.evaluate(
                "() => { navigator.mediaDevices.getUserMedia = () => new Promise(() => {}); }"
            )
            await states.open_panel(page)
            await part(page, "talk").click()
            await expect(part(page, "header")).to_contain_text("allow the microphone")
            await part(page, "type").fill("I would rather type")
            await part(page, "send").click()
            session = await states.session_of(service)
            assert (await next_of(session, CallerTyped)).text == "I would rather type"

    asyncio.run(scenario())


def test_a_ticket_that_is_not_given_leaves_a_way_on(serve: Any, browse: Any) -> None:
    attributes = 'data-ticket="/nowhere" data-contact="mailto:help@shop.example"'
    options = {"attributes": attributes, "expected": "the server responded with"}

    async def scenario() -> None:
        async with opened(serve, browse, **options) as (_, page):
            await states.open_panel(page)
            await part(page, "type").fill("Hello")
            await part(page, "send").click()
            failure = part(page, "failure")
            await expect(failure).to_contain_text("could not be opened")
            await expect(failure.get_by_role("link")).to_have_attribute(
                "href", "mailto:help@shop.example"
            )
            await expect(failure).to_be_focused()
            failing: dict[str, Any] = {"status": 503}
            await page.route("**/nowhere", lambda route: route.fulfill(**failing))
            await failure.get_by_role("button", name="Load the page again").click()
            await states.open_panel(page)
            await part(page, "type").fill("Hello")
            await part(page, "send").click()
            again = failure.get_by_role("button", name="Try again")
            await expect(failure).to_contain_text("try again in a moment")
            failing.update(status=200, json={"ticket": "used.up"})
            async with page.expect_request("**/nowhere"):
                await again.click()
            await expect(failure).to_contain_text("try again in a moment")
            await expect(again).to_be_visible()

    asyncio.run(scenario())


def test_a_browser_without_sound_has_the_conversation_by_text(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse, *states.MICROPHONE) as (service, page):
            await page.evaluate("() => { delete window.AudioContext; }")
            await states.open_panel(page)
            await part(page, "talk").click()
            await expect(part(page, "banner")).to_be_visible()
            session = await states.session_of(service)
            assert session.request.modality is Modality.TEXT
            say(session, states.TALK[0])
            await expect(part(page, "captions")).to_contain_text(states.GREETING)

    asyncio.run(scenario())


def test_a_browser_without_websocket_says_so_and_takes_a_message(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (_, page):
            await page.evaluate("() => { delete window.WebSocket; }")
            await states.open_panel(page)
            await part(page, "type").fill("Hello")
            await part(page, "send").click()
            failure = part(page, "failure")
            await expect(failure).to_contain_text("blocks the connection")
            await failure.get_by_role("button", name="Leave a message").click()
            form = part(page, "message")
            about = form.get_by_label("What is it about?")
            await expect(about).to_have_value("Hello")
            await about.clear()
            await about.press_sequentially("x")
            await form.get_by_label("Phone or email").fill("jane@example.com")
            await page.keyboard.press("Enter")
            assert await form.locator(":invalid").count() > 0  # the service would refuse it
            await about.fill("Order 1004")
            await form.get_by_role("button", name="Send").click()
            await expect(failure).to_contain_text("Reference ticket-7")

    asyncio.run(scenario())


def test_a_browser_that_is_too_old_for_the_panel_says_so_and_where_help_is(
    serve: Any, browse: Any
) -> None:
    lacks = (
        "delete Array.prototype.findLast",
        "delete AbortSignal.timeout",
        "delete HTMLDialogElement.prototype.showModal",
        "RegExp = class { constructor() { throw new SyntaxError('lookbehind') } }",
    )

    async def scenario() -> None:
        async with opened(serve, browse) as (_, page):
            browser: Any = page.context.browser
            for lack in lacks:
                old = await browser.new_page()
                await old.add_init_script(lack)
                await old.goto(page.url)
                await shows_where_help_is(old)
                await old.context.close()

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("lack", "complaint"),
    [
        ("modules", None),
        ("the syntax", "Unexpected token"),
        ("Object.defineProperty(window, 'customElements', { value: undefined })", "undefined"),
    ],
)
def test_a_browser_that_cannot_read_the_widget_is_served_by_a_second_line(
    serve: Any, browse: Any, lack: str, complaint: str | None
) -> None:
    second = '></script><script defer src="/widget/old.js"'
    options = {"attributes": states.ATTRIBUTES + second, "language": "de", "expected": complaint}

    async def without_modules(route: Any) -> None:
        answer = await route.fetch()
        page = (await answer.text()).replace('type="module"', 'type="unknown"')
        await route.fulfill(response=answer, body=page)

    async def scenario() -> None:
        async with opened(serve, browse, **options) as (_, page):
            await expect(page.get_by_role("button")).to_have_count(1)
            newest = {"body": "class { # }", "content_type": "text/javascript"}
            if lack == "modules":
                await page.route(page.url, without_modules)
            elif lack == "the syntax":
                await page.route("**/element.js", lambda route: route.fulfill(**newest))
            else:
                await page.add_init_script(lack)
            await page.reload()
            await shows_where_help_is(page, "Sprechen Sie mit uns", "neueren Browser")
            await page.get_by_role("button").click()
            await expect(page.get_by_role("link")).to_be_hidden()

    asyncio.run(scenario())


async def shows_where_help_is(
    page: Page, label: str = "Talk to us", sentence: str = "newer browser"
) -> None:
    await page.get_by_role("button", name=label).click()
    await expect(page.get_by_role("alert")).to_contain_text(sentence)
    link = page.get_by_role("link", name="help@shop.example")
    await expect(link).to_have_attribute("href", "mailto:help@shop.example")


@pytest.mark.parametrize(
    ("allowed", "attributes", "way"),
    [
        ("http:", states.ATTRIBUTES, "Leave a message"),  # the socket alone was forgotten
        ("http://127.0.0.1:*/demo/", states.TICKET, "Close"),
    ],
)
def test_a_page_whose_policy_forbids_the_service_leaves_a_way_on(
    serve: Any, browse: Any, allowed: str, attributes: str, way: str
) -> None:
    options = {
        "policy": states.POLICY.replace("connect-src 'self'", f"connect-src {allowed}"),
        "attributes": attributes,
        "expected": "Content Security Policy",
    }

    async def scenario() -> None:
        async with opened(serve, browse, **options) as (_, page):
            await states.open_panel(page)
            await part(page, "type").fill("Hello")
            await part(page, "send").click()
            failure = part(page, "failure")
            await expect(failure).to_contain_text("This page, browser or network blocks")
            await expect(failure.get_by_role("button")).to_have_text([way])

    asyncio.run(scenario())


def test_a_full_service_offers_another_way_and_another_try(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse, *states.MICROPHONE, expected="503") as (service, page):
            await states.full(page, service)
            await expect(part(page, "failure")).to_contain_text("Everybody is busy")
            await expect(part(page, "failure").get_by_role("link")).to_be_visible()
            service.host.hindrance = None
            await part(page, "failure").get_by_role("button", name="Try again").click()
            await expect(part(page, "end")).to_be_visible()

    asyncio.run(scenario())


def link_to(service: Any, session: Any) -> str:
    return f"http://127.0.0.1:{service.port}/#support-conversation={session.resume_token}"


def test_a_tab_that_was_replaced_can_take_the_conversation_back(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (service, page):
            session = await states.typed(page, service)
            async with page.expect_popup() as popup:
                await page.evaluate("url => void open(url)", link_to(service, session))
            await expect(part(await popup.value, "end")).to_be_visible()
            failure = part(page, "failure")
            await expect(failure).to_contain_text("in another window")
            await failure.get_by_role("button", name="Continue here").click()
            await expect(part(page, "end")).to_be_visible()
            assert len(service.host.sessions) == 1

    asyncio.run(scenario())


def test_a_link_continues_the_conversation_on_another_device(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (service, page):
            session = await states.typed(page, service)
            browser: Any = page.context.browser
            other = await browser.new_page()
            await other.goto(link_to(service, session))
            await expect(part(other, "end")).to_be_visible()
            assert "support-conversation" not in other.url  # not to be copied, or kept in a history
            failure = part(page, "failure")
            await expect(failure).to_contain_text("on your other device")
            await failure.get_by_role("button", name="Start anew").click()
            await expect(part(page, "welcome")).to_be_visible()
            assert len(service.host.sessions) == 1
            await other.context.close()
            used = await browser.new_page()
            await used.goto(f"http://127.0.0.1:{service.port}/#support-conversation=used")
            await expect(part(used, "failure")).to_contain_text("This link was used before")
            await used.context.close()

    asyncio.run(scenario())


@pytest.mark.parametrize("answer", ["confirm-yes", "confirm-no"])
def test_the_focus_stays_inside_when_a_question_was_answered(
    serve: Any, browse: Any, answer: str
) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (service, page):
            session = await states.typed(page, service)
            say(session, states.QUESTION)
            await part(page, answer).press("Enter")
            await next_of(session, CallerConfirmed)
            say(session, states.AGREED)
            await expect(part(page, "confirm")).to_be_hidden()
            await expect(part(page, "captions")).to_be_focused()
            await expect(part(page, "captions")).to_have_css("outline-style", "none")
            await page.keyboard.press("Escape")
            await expect(part(page, "panel")).to_be_hidden()

    asyncio.run(scenario())


def test_a_code_is_said_to_be_sent_only_where_it_was_and_a_refused_call_is_not_shown(
    serve: Any, browse: Any
) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (service, page):
            session = await states.typed(page, service)
            say(session, ShowTool("a", "cancel_order", "Cancelling", "running"))
            say(session, ShowTool("a", "cancel_order", "Cancelling", "fix_arguments"))
            say(session, states.TALK[0])
            captions = part(page, "captions")
            await expect(captions).to_contain_text(states.GREETING)
            await expect(captions).not_to_contain_text("Cancelling")
            await part(page, "more").click()
            await part(page, "menu").get_by_text("Security code").click()
            await expect(part(page, "code")).to_contain_text("If you were sent a code")
            say(session, ShowTool("t", "send_security_code", "Send a code", "succeeded"))
            await expect(part(page, "code")).to_contain_text("We have sent it")

    asyncio.run(scenario())


def test_the_meter_follows_the_callers_voice(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse, *states.MICROPHONE) as (service, page):
            await states.spoken(page, service)
            loud = "it => Number(it.style.getPropertyValue('--loud'))"
            while await part(page, "presence").evaluate(loud) < 0.1:
                pass
            await part(page, "close").click()
            await expect(part(page, "button")).to_contain_text("Your microphone is on")

    asyncio.run(scenario())


def test_a_network_that_comes_back_brings_the_conversation_back(serve: Any, browse: Any) -> None:
    offline = "ERR_INTERNET_DISCONNECTED"

    async def scenario() -> None:
        async with opened(serve, browse, expected=offline) as (service, page):
            await states.lost(page, service)
            await expect(part(page, "banner")).to_contain_text("You are offline.")
            await expect(part(page, "header")).to_contain_text("You are offline")
            await part(page, "type").fill("Still here?")
            await part(page, "send").click()
            await part(page, "type").fill("Hello?")
            await page.keyboard.press("Enter")
            unsent = part(page, "captions").locator("[data-final=no]")
            await expect(unsent).to_contain_text("Still here?\nHello?")
            await page.context.set_offline(False)
            await expect(part(page, "banner")).to_be_hidden()
            session = await states.session_of(service)
            heard = [(await next_of(session, CallerTyped)).text for _ in range(3)]
            assert heard[1:] == ["Still here?", "Hello?"]

    asyncio.run(scenario())


def test_what_is_answered_without_a_line_is_told_once_it_is_back(serve: Any, browse: Any) -> None:
    offline = "ERR_INTERNET_DISCONNECTED"

    async def scenario() -> None:
        async with opened(serve, browse, expected=offline) as (service, page):
            session = await states.typed(page, service)
            say(session, states.QUESTION)
            await part(page, "confirm").wait_for()
            await page.context.set_offline(True)
            await part(page, "banner").wait_for()
            await part(page, "confirm-no").click()
            await part(page, "confirm-yes").click()
            await expect(part(page, "confirm-yes")).to_have_attribute("aria-pressed", "true")
            await expect(part(page, "confirm-no")).to_have_attribute("aria-pressed", "false")
            await part(page, "type").fill("yes")
            await part(page, "type").press("Enter")
            await page.context.set_offline(False)
            session = await states.session_of(service)
            assert await next_of(session, CallerConfirmed) == CallerConfirmed("q", True)
            assert await next_of(session, CallerTyped) == CallerTyped("yes", shown=("q",))

    asyncio.run(scenario())


def test_a_question_whose_time_is_over_cannot_be_answered_without_a_line_either(
    serve: Any, browse: Any
) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (service, page):
            session = await states.typed(page, service)
            # The scripted service says that it is the first of January 2026.
            soon = replace(states.QUESTION, expires_at=datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC))
            say(session, soon)
            await expect(part(page, "confirm")).to_contain_text("No longer open")
            await expect(part(page, "confirm-yes")).to_be_disabled()

    asyncio.run(scenario())


def test_a_widget_that_cannot_be_fetched_says_where_help_is(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse, expected="ERR_FAILED") as (service, page):
            await page.route("**/panel.js", lambda route: route.abort())
            await part(page, "button").click()
            bubble = page.get_by_role("alert")
            await expect(bubble).to_contain_text("could not be loaded")
            await expect(bubble.get_by_role("link")).to_have_text("help@shop.example")
            await page.unroute_all()
            await states.typed(page, service)
            await expect(bubble).to_be_hidden()
            await page.route("**/panel.js", lambda route: route.abort())
            await page.reload()  # where a conversation goes on, too
            await expect(bubble).to_contain_text("could not be loaded")

    asyncio.run(scenario())


def test_what_goes_wrong_meanwhile_is_said_in_the_customers_words(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (service, page):
            session = await states.typed(page, service)
            say(session, ShowIncident("provider_lost", "socket 1006"))
            await expect(part(page, "banner")).to_contain_text("The assistant was away")
            await part(page, "dismiss").click()
            await expect(part(page, "banner")).to_be_hidden()
            say(session, ShowIncident("echo", "The caller's line returns the agent's own voice."))
            say(session, ShowTranscript("9", Role.AGENT, text="Go on.", is_final=True))
            await expect(part(page, "captions")).to_contain_text("Go on.")
            await expect(part(page, "banner")).to_be_hidden()

    asyncio.run(scenario())


def test_the_agent_can_be_stopped_while_it_speaks(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse, *states.MICROPHONE) as (service, page):
            session = await states.spoken(page, service)
            await expect(part(page, "stop")).to_be_disabled()
            say(session, ShowFloor(Floor.AGENT))
            await part(page, "stop").click()
            await next_of(session, CallerInterrupted)

    asyncio.run(scenario())


def test_a_cut_is_told_by_what_cut_it(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse, *states.MICROPHONE) as (service, page):
            session = await states.spoken(page, service)
            captions = part(page, "captions")

            async def cut(turn_id: str, text: str, act: Callable[[], Awaitable[Any]]) -> None:
                spoken = ShowTranscript(turn_id, Role.AGENT, text=text)
                say(session, ShowFloor(Floor.AGENT), spoken)
                await expect(captions).to_contain_text(text)
                await act()
                cut_off = replace(spoken, heard_text=text[:4], is_final=True, is_interrupted=True)
                say(session, cut_off)

            async def speak() -> None:
                say(session, ShowFloor(Floor.CALLER))
                await expect(part(page, "stage")).to_contain_text("You are speaking")

            async def write() -> None:
                await part(page, "type").fill("And 1005?")
                await page.keyboard.press("Enter")

            await cut("01", "Your order is on its way.", part(page, "stop").click)
            await cut("03", "Your lamp is on its way.", speak)
            await cut("05", "Your bulb is on its way.", write)
            await expect(captions.locator(".under")).to_have_text(
                [
                    "You stopped here. The grey words were not heard.",
                    "You spoke here. The grey words were not heard.",
                    "You wrote here. The grey words were not heard.",
                ]
            )

            await part(page, "mute").click()
            say(session, ShowFloor(Floor.AGENT))
            await expect(part(page, "stage")).to_contain_text("SpeakingYour microphone is off")

    asyncio.run(scenario())


def test_an_element_of_the_pages_own_is_the_only_one(serve: Any, browse: Any) -> None:
    element = f"<support-conversation display='fill' {states.TICKET[5:]}></support-conversation>"
    own = f"></script>{element}<script"

    async def scenario() -> None:
        async with opened(serve, browse, attributes=own) as (_, page):
            await expect(part(page, "welcome")).to_be_visible()
            await expect(part(page, "button")).to_be_hidden()
            await expect(page.locator("support-conversation")).to_have_count(1)

    asyncio.run(scenario())


HOSTILE = """
html { font-size: 62px; direction: rtl; }
* { all: unset !important; }
div, dialog, button, section, form { display: none !important; }
support-conversation { display: none !important; opacity: 0 !important; color: red !important; }
"""


def test_a_hostile_page_style_changes_nothing_inside(serve: Any, browse: Any) -> None:
    measured = """it => {
        const { fontSize, color, direction, display } = getComputedStyle(it);
        const { width, height } = it.getBoundingClientRect();
        return [fontSize, color, direction, display, width, height];
    }"""

    async def look(style: str) -> list[Any]:
        async with opened(serve, browse, style=style) as (_, page):
            seen = [await part(page, "button").evaluate(measured)]
            await states.open_panel(page)
            for name in ("panel", "talk", "type", "send"):
                seen.append(await part(page, name).evaluate(measured))
            return seen

    assert asyncio.run(look(HOSTILE)) == asyncio.run(look(""))


def test_a_camera_reads_the_address_with_which_another_device_goes_on(
    serve: Any, browse: Any
) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (service, page):
            await states.transfer(page, service)
            card = part(page, "transfer")
            picture = Image.open(BytesIO(await card.get_by_role("img").screenshot()))
            address = await card.locator(".address").text_content()
            assert [code.text for code in zxingcpp.read_barcodes(picture)] == [address]
            browser: Any = page.context.browser
            device = await browser.new_page()
            await device.goto(address)
            await expect(part(device, "captions")).to_contain_text("cancel order 1007")
            await expect(part(page, "failure")).to_contain_text("your other device")
            assert len(service.host.sessions) == 1

    asyncio.run(scenario())


def test_a_page_pays_little_until_somebody_opens_it(serve: Any, browse: Any) -> None:
    async def scenario() -> tuple[int, int]:
        async with opened(serve, browse, *states.MICROPHONE) as (service, page):
            sizes: list[int] = []

            async def count(request: Any) -> None:
                if request.url.endswith(".js"):
                    response = await request.response()
                    assert response.headers["content-encoding"] == "br"
                    sizes.append(int(response.headers["content-length"]))

            waiting: list[Any] = []
            page.on("requestfinished", lambda request: waiting.append(request))
            await page.reload()
            await part(page, "button").wait_for()
            await page.wait_for_load_state("networkidle")
            for request in waiting:
                await count(request)
            before, waiting[:] = sum(sizes), []
            await states.spoken(page, service)
            await page.wait_for_load_state("networkidle")
            for request in waiting:
                await count(request)
            return before, sum(sizes)

    until_opened, in_all = asyncio.run(scenario())
    found = WidgetFiles().find("client/sound-worklet.js")
    assert found is not None
    worklet = len(brotli.compress(found[0]))  # the browser does not tell its page of this one
    assert 1_000 < until_opened < 6_000
    assert until_opened < in_all + worklet
    texts = {language: size_of_texts(language) for language in LANGUAGES}
    assert in_all + worklet - texts["en"] + max(texts.values()) <= 35_000


def size_of_texts(language: str) -> int:
    found = WidgetFiles().find(f"element/texts/{language}.js")
    assert found is not None
    return len(brotli.compress(found[0], mode=brotli.MODE_TEXT))


def texts_of(path: Path) -> dict[str, str]:
    lines = re.findall(r'^  (\w+): (".*"),$', path.read_text(), re.MULTILINE)
    return {key: json.loads(text) for key, text in lines}


LANGUAGES = sorted(path.stem for path in (ELEMENT / "texts").glob("*.js"))


def test_there_are_texts_in_ten_languages_and_names_of_the_button() -> None:
    named = re.findall(r"^  (\w\w): \[", (ELEMENT / "names.js").read_text(), re.MULTILINE)
    assert sorted(named) == LANGUAGES
    assert {"en", "de", "fr", "es", "it", "pt", "ar", "ja", "zh", "nl"} <= set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_have_the_same_keys_and_places_in_every_language(language: str) -> None:
    def places(texts: dict[str, str]) -> dict[str, list[str]]:
        return {key: sorted(re.findall(r"\{\w+\}", text)) for key, text in texts.items()}

    english, texts = (
        texts_of(ELEMENT / "texts" / "en.js"),
        texts_of(ELEMENT / "texts" / f"{language}.js"),
    )
    assert len(english) > 100
    assert list(texts) == list(english)
    assert places(texts) == places(english)
    assert all(text.strip() for text in texts.values())


def test_every_text_is_used_and_every_used_text_is_there() -> None:
    source = "".join(path.read_text() for path in ELEMENT.glob("*.js"))
    texts = texts_of(ELEMENT / "texts" / "en.js")
    assert [key for key in texts if not re.search(rf'["\.]{key}\b', source)] == []
    assert [key for key in re.findall(r"(?<!/)\btexts\.(\w+)", source) if key not in texts] == []


def test_every_part_and_property_for_styling_is_documented() -> None:
    docs = (ELEMENT.parents[3] / "docs" / "widget.md").read_text()
    source = "".join(path.read_text() for path in ELEMENT.glob("*.js"))
    parts = {
        *re.findall(r'\bpart: "([\w-]+)"', source),
        *re.findall(r'(?:control|iconButton)\(ICONS.*"([\w-]+)"\)', source),
    }
    properties = set(re.findall(r"var\((--support-[\w-]+)", source))
    assert parts > {"button", "mute", "more", "confirm-yes"}
    assert {name for name in parts if f"`{name}`" not in docs} == set()
    undocumented = {name for name in properties if f"`{name.removesuffix('-dark')}`" not in docs}
    assert undocumented == set()


def test_another_language_is_shown_from_right_to_left(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse, language="ar") as (_, page):
            await expect(part(page, "button")).to_have_text("تحدّث معنا")
            await states.open_panel(page)
            assert (
                await part(page, "panel").evaluate("it => getComputedStyle(it).direction") == "rtl"
            )
            host = page.locator("support-conversation")
            await host.evaluate("it => it.setAttribute('language', 'ja')")
            await expect(part(page, "button")).to_have_text("お問い合わせ")
            await expect(part(page, "talk")).to_contain_text("話す")
            assert (
                await part(page, "panel").evaluate("it => getComputedStyle(it).direction") == "ltr"
            )

    asyncio.run(scenario())


def test_a_turn_runs_in_the_direction_of_its_language_as_a_whole(serve: Any, browse: Any) -> None:
    """Of two sentences the second stands behind the first, and a space between them."""
    turns = {
        "rtl": ("مرحبا بكم. أين طلبي؟", "شكرا لكم. Order 1004 is here.", "שלום לך. מה שלומך?"),
        "ltr": ("Thank you. It is here.",),
    }
    texts = [text for each in turns.values() for text in each]
    place = """it => {
        const sentences = [...it.querySelectorAll("bdi")];
        const [first, second] = sentences.map((each) => each.getClientRects()[0]);
        const isRightToLeft = second.right < first.left;
        const gap = isRightToLeft ? first.left - second.right : second.left - first.right;
        return [isRightToLeft ? "rtl" : "ltr", gap > 2];
    }"""

    async def scenario() -> None:
        async with opened(serve, browse, language="ar") as (service, page):
            session = await states.typed(page, service)
            for number, text in enumerate(texts):
                say(session, ShowTranscript(str(number), Role.AGENT, text=text, is_final=True))
            words = page.locator(".agent .words")
            await expect(words).to_have_text(texts)
            seen = [await each.evaluate(place) for each in await words.all()]
            assert seen == [[way, True] for way, each in turns.items() for _ in each]

    asyncio.run(scenario())

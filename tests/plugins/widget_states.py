"""The states that a customer can see the widget in, each brought about over the real socket.

A page with the widget is open in a browser, before a service whose conversations obey the test.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

from playwright.async_api import Page
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import BaseRoute, Route

from agent_service.conversation.commands import (
    EndConversation,
    Floor,
    HandoffStatus,
    ShowConfirmation,
    ShowFloor,
    ShowHandoff,
    ShowTool,
    ShowTranscript,
    WithdrawConfirmation,
)
from agent_service.conversation.records import Caller, CallerLevel, Role
from agent_service.errors import TryLater
from agent_service.web import qr_codes, ratings, ticket_api, widget_files
from agent_service.web.origins import Origins
from agent_service.web.widget_files import WidgetFiles

MICROPHONE: Final = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "img-src blob: data:",
        "style-src 'nonce-page'",
        "base-uri 'none'",
        "form-action 'none'",
        "trusted-types 'none'",
    )
)
"""What the strictest of pages allows."""

PAGE: Final = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<title>Nordhaven</title>
<link rel="icon" href="data:," />
<style nonce="page">
body {{ margin: 0; font: 1rem/1.6 system-ui; background: #f6f3ee; color: #2b2622; }}
main {{ max-width: 40rem; margin: 0 auto; padding: 3rem 1.5rem; }}
h1 {{ font-size: 2.2rem; font-weight: 500; margin: 0; }}
@media (prefers-color-scheme: dark) {{ body {{ background: #1b1a19; color: #e8e4df; }} }}
{style}
</style>
<script type="module" src="/widget.js" data-agent="support"
  {attributes}></script>
</head>
<body><main><h1>Nordhaven</h1><p>Things for a calm home.</p></main></body>
</html>
"""
TICKET: Final = 'data-ticket="/demo/ticket"'
ATTRIBUTES: Final = f'{TICKET} data-contact="mailto:help@shop.example" data-privacy="/privacy"'

Step: TypeAlias = Callable[[Page, Any], Awaitable[None]]


def routes(
    service: Any,
    *,
    language: str = "en",
    style: str = "",
    attributes: str = ATTRIBUTES,
    policy: str = POLICY,
) -> Sequence[BaseRoute]:
    """Return the routes of a shop's page with the widget, and of what it needs."""
    page = PAGE.format(language=language, style=style, attributes=attributes)
    jane = Caller("customer-1", "Jane Doe", CallerLevel.IDENTIFIED)

    async def conversation_of(token: str) -> str | None:
        known = [each for each in service.host.sessions if each.resume_token == token]
        return known[0].conversation_id if known else None

    service.ratings, service.messages = [], []

    async def leave_message(request: Request) -> JSONResponse:
        grant = service.tickets.check(request.headers["authorization"].split()[1]).grant
        service.messages.append((grant.caller.customer_id, await request.json()))
        if service.message_refusal is not None:
            raise service.message_refusal
        return JSONResponse({"reference": "ticket-7", "due_at": "2026-01-02T09:00Z"}, 201)

    service.message_refusal = None

    async def shop(_: Any) -> HTMLResponse:
        return HTMLResponse(page, headers={"Content-Security-Policy": policy})

    return [
        Route("/", shop),
        *widget_files.routes(WidgetFiles()),
        Route("/api/messages", leave_message, methods=["POST"]),
        *qr_codes.routes(conversation_of),
        *ratings.routes(conversation_of, service.ratings.append, service.clock),
        *ticket_api.demo_routes(service.tickets, Origins(), "support", jane),
    ]


def part(page: Page, name: str) -> Any:
    """Find a part of the widget."""
    return page.locator(f'support-conversation [part~="{name}"]')


async def open_panel(page: Page) -> None:
    await part(page, "button").click()
    await part(page, "panel").wait_for()


async def session_of(service: Any) -> Any:
    await service.host.opened.wait()
    return service.host.sessions[-1]


async def typed(page: Page, service: Any) -> Any:
    """Begin a conversation by a typed message."""
    await open_panel(page)
    await part(page, "type").fill("Where is my order 1004?")
    await part(page, "send").click()
    session = await session_of(service)
    await part(page, "end").wait_for()
    await part(page, "captions").locator("[data-final=no]").wait_for(state="detached")  # it is sent
    return session


async def spoken(page: Page, service: Any) -> Any:
    """Begin a conversation by a tap on the microphone."""
    await open_panel(page)
    await part(page, "talk").click()
    session = await session_of(service)
    await part(page, "stage").wait_for()
    return session


def say(session: Any, *commands: Any) -> None:
    for command in commands:
        session.channel.send(command)


GREETING: Final = "Hello, I am the AI assistant of Nordhaven. How can I help you?"
ANSWER: Final = (
    "Order 1004, one desk lamp and two light bulbs, is on its way with Swift Parcel"
    " and should arrive on Thursday."
)
HEARD: Final = ANSWER[: ANSWER.index(" with Swift")]
TERMS: Final = "Cancel order 1007, one wireless mouse, 24 euros and 90 cents"
TALK: Final = (
    ShowTranscript("01", Role.AGENT, text=GREETING, heard_text=GREETING, is_final=True),
    ShowTranscript("02", Role.CALLER, text="Where is my order 1004?", is_final=True),
    ShowTool("t1", "get_order_status", "Looking up order 1004", "succeeded", after="02"),
    ShowTranscript(
        "03", Role.AGENT, text=ANSWER, heard_text=HEARD, is_final=True, is_interrupted=True
    ),
    ShowTranscript("04", Role.CALLER, text="Then please cancel order 1007.", is_final=True),
)


QUESTION: Final = ShowConfirmation(
    "q",
    "Cancel an order",
    TERMS,
    "{}",
    datetime(2026, 1, 1, 0, 5, tzinfo=UTC),  # in five minutes, by the scripted service's clock
    question="Shall I go ahead?",
)
AGREED: Final = WithdrawConfirmation("q", "accepted", TERMS, "04")


def _cancelling(status: str) -> ShowTool:
    return ShowTool("t2", "cancel_order", "Cancelling order 1007", status, after="04")


async def launcher(page: Page, service: Any) -> None:
    await part(page, "button").wait_for()


async def welcome(page: Page, service: Any) -> None:
    await open_panel(page)


async def connecting(page: Page, service: Any) -> None:
    service.host.gate.clear()
    await open_panel(page)
    await part(page, "type").fill("Where is my order 1004?")
    await part(page, "send").click()
    await service.host.begun.wait()


async def typed_talk(page: Page, service: Any) -> None:
    session = await typed(page, service)
    say(session, *TALK, ShowFloor(Floor.AGENT))
    await page.get_by_text("cancel order 1007").wait_for()


async def listening(page: Page, service: Any) -> None:
    session = await spoken(page, service)
    say(session, *TALK, ShowFloor(Floor.OPEN))
    await page.get_by_text("cancel order 1007").wait_for()


async def hearing(page: Page, service: Any) -> None:
    session = await spoken(page, service)
    say(session, *TALK[:4], ShowFloor(Floor.CALLER))
    say(session, ShowTranscript("04", Role.CALLER, delta="Then please cancel"))
    await page.get_by_text("Then please cancel").wait_for()


async def working(page: Page, service: Any) -> None:
    session = await spoken(page, service)
    say(session, *TALK, _cancelling("running"))
    await page.get_by_text("Cancelling order 1007").first.wait_for()


async def question(page: Page, service: Any) -> None:
    session = await spoken(page, service)
    say(session, *TALK, ShowFloor(Floor.OPEN))
    awaiting = ShowTool("t2", "cancel_order", "Cancel an order", "awaiting_confirmation")
    say(session, awaiting, QUESTION)
    await part(page, "confirm").wait_for()


async def approval(page: Page, service: Any) -> None:
    session = await typed(page, service)
    waiting = ShowTool(
        "t2", "refund_order", "Refunding order 1002", "awaiting_approval", after="04"
    )
    joined = ShowHandoff(HandoffStatus.JOINED, "Mira", "04")
    words = "Hi, Mira here. Your refund is fine; the label is at https://shop.example/returns."
    hello = ShowTranscript("05", Role.REPRESENTATIVE, text=words, is_final=True)
    say(session, *TALK, waiting, joined, hello)
    await page.get_by_text("Mira here").first.wait_for()


async def code(page: Page, service: Any) -> None:
    session = await typed(page, service)
    say(
        session, *TALK, ShowTool("t2", "send_security_code", "Send a code", "succeeded", after="04")
    )
    await part(page, "code").wait_for()


async def menu(page: Page, service: Any) -> None:
    session = await spoken(page, service)
    say(session, *TALK)
    await part(page, "more").click()
    await part(page, "menu").wait_for()


async def transfer(page: Page, service: Any) -> None:
    await typed_talk(page, service)
    await part(page, "more").click()
    await part(page, "menu").get_by_role("button").nth(1).click()
    await part(page, "transfer").wait_for()


async def held(page: Page, service: Any) -> None:
    session = await spoken(page, service)
    say(session, *TALK)
    await part(page, "hold").click()


async def lost(page: Page, service: Any) -> None:
    session = await typed(page, service)
    say(session, *TALK)
    await page.get_by_text("cancel order 1007").wait_for()
    await page.context.set_offline(True)
    await part(page, "banner").wait_for()


async def no_microphone(page: Page, service: Any) -> None:
    await page.evaluate(
        "() => { navigator.mediaDevices.getUserMedia ="
        " async () => { throw new DOMException('', 'NotAllowedError'); }; }"
    )
    await open_panel(page)
    await part(page, "talk").click()
    await part(page, "banner").wait_for()
    say(await session_of(service), TALK[0])
    await page.get_by_text(GREETING).first.wait_for()


async def full(page: Page, service: Any) -> None:
    service.host.hindrance = TryLater("All lines are busy.", code="overloaded")
    await open_panel(page)
    await part(page, "talk").click()
    await part(page, "failure").wait_for()


async def only_text(page: Page, service: Any) -> None:
    service.admission.max_sockets, service.admission.max_texts = 0, 1
    await open_panel(page)
    await part(page, "talk").click()
    await part(page, "failure").wait_for()


async def message(page: Page, service: Any) -> None:
    await full(page, service)
    await part(page, "failure").get_by_role("button").first.click()
    await part(page, "message").wait_for()


async def message_left(page: Page, service: Any) -> None:
    await message(page, service)
    about, contact, name = await part(page, "message").get_by_role("textbox").all()
    await about.fill("Where is my order 1004?")
    await contact.fill("jane@example.com")
    await name.fill("Jane")
    await name.press("Enter")
    await part(page, "message").wait_for(state="detached")


async def ended(page: Page, service: Any) -> None:
    session = await typed(page, service)
    say(session, *TALK, QUESTION, AGREED, _cancelling("succeeded"), EndConversation("caller_ended"))
    session.end("caller_ended")
    await part(page, "ended").wait_for()


STATES: Final[dict[str, Step]] = {
    "launcher": launcher,
    "welcome": welcome,
    "connecting": connecting,
    "typed": typed_talk,
    "listening": listening,
    "hearing": hearing,
    "working": working,
    "question": question,
    "approval": approval,
    "code": code,
    "menu": menu,
    "transfer": transfer,
    "held": held,
    "lost": lost,
    "no-microphone": no_microphone,
    "full": full,
    "only-text": only_text,
    "message": message,
    "message-left": message_left,
    "ended": ended,
}
"""Each state by its name."""

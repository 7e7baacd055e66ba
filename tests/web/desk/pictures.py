"""Takes pictures of the desk over a made-up week of a shop, to look at: ``pictures.py FOLDER``.

Every page wide and at the width of a telephone, light and dark; ``--docs`` takes those that
``docs/desk.md`` and ``docs/people.md`` show. Letters are those of the machine: install Inter.
"""

import asyncio
import importlib.util
import json
import random
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[3]
DOCS: Final = ROOT / "docs" / "pictures"
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "plugins")]

from desk_visitor import PASSWORD, add_people, desk_routes  # noqa: E402
from PIL import Image  # noqa: E402
from playwright.async_api import Browser, async_playwright  # noqa: E402

from agent_service.clock import SystemClock  # noqa: E402
from agent_service.conversation.records import (  # noqa: E402
    Caller,
    CallerLevel,
    ConfirmationStatus,
    DecidedBy,
    RatingRecord,
    Record,
    Role,
    ToolCallRecord,
    ToolCallStatus,
    Usage,
    placed,
)
from agent_service.demo_shop.tools import TOOLS  # noqa: E402
from agent_service.news import News, NewsDesk  # noqa: E402
from agent_service.server_socket import listen  # noqa: E402
from agent_service.store.approvals import ApprovalRequest, ask_approval  # noqa: E402
from agent_service.store.availability import set_available  # noqa: E402
from agent_service.store.database import Database  # noqa: E402
from agent_service.store.migrating import upgrade  # noqa: E402
from agent_service.store.money import Money  # noqa: E402
from agent_service.store.requests import Callback, RequestStatus  # noqa: E402
from agent_service.store.writer import write_records  # noqa: E402
from agent_service.tools.registry import Registry  # noqa: E402
from agent_service.web import live, pages, promises  # noqa: E402
from agent_service.web.admin_access import AdminAccess  # noqa: E402
from agent_service.web.application import application  # noqa: E402
from agent_service.web.handoffs import Handoffs  # noqa: E402
from agent_service.web.server import Server  # noqa: E402

CUSTOMERS: Final = (
    *(("C-2041", "Nora Lindqvist"), ("C-2077", "Tomás Ferreira"), ("C-2103", "Aylin Demir")),
    *(("C-2118", "Peter Novak"), ("C-2130", "Grace Obi"), ("C-2156", "Yusuf Haddad")),
    *(("C-2171", "Claire Dubois"), ("C-2190", "Henrik Olsen"), (None, None)),
)
Line = tuple[str, str]
"""Who: ``c`` the caller, ``a`` the agent, ``t`` a tool with how it ended."""
TALKS: Final[tuple[tuple[int, Sequence[Line]], ...]] = (
    (
        6,
        (
            ("c", "Where is order {n}?"),
            ("t", "get_order_status succeeded"),
            ("a", "Order {n} left our warehouse on Tuesday. It should be with you tomorrow."),
            ("c", "Great, thank you."),
            ("a", "You are welcome. Is there anything else I can do for you?"),
        ),
    ),
    (
        3,
        (
            ("c", "The blender arrived with a crack in the jar."),
            ("a", "I am sorry to hear that. Is it the one from order {n}?"),
            ("c", "Yes, that one. I would like my money back."),
            ("t", "refund_order succeeded"),
            ("a", "Done. 49 euros go back to your card within five days."),
        ),
    ),
    (
        1,
        (
            ("c", "I sent the headphones back last week and still have no refund."),
            ("t", "get_order_status succeeded"),
            ("a", "I see the parcel came in on Friday. Shall I pay back 129 euros?"),
            ("c", "Yes please."),
            ("t", "refund_order failed"),
            ("a", "I could not pay it back just now. A colleague will look at it today."),
        ),
    ),
    (
        2,
        (
            ("c", "Do you deliver to Norway?"),
            ("t", "search_help succeeded"),
            ("a", "We do. It takes five to seven days and costs 12 euros."),
        ),
    ),
    (
        2,
        (
            ("c", "I want to change the address of order {n}."),
            ("a", "Sure. Where should it go?"),
            ("c", "To Harbour Street 9 in Galway."),
            ("t", "change_address succeeded"),
            ("a", "Order {n} now goes to Harbour Street 9, Galway."),
        ),
    ),
)


class Week:
    """Puts a week of conversations on record, the same each time."""

    def __init__(self, database: Database, now: datetime) -> None:
        self._database = database
        self._now = now
        self._chance = random.Random(7)
        self._sample = _plugin("tests/conftest.py", "conftest").SampleConversation

    def fill(self) -> str:
        """Write them; return the one that the pictures open."""
        talks = [talk for times, talk in TALKS for _ in range(times)]
        for number in range(260):
            ago = timedelta(minutes=30 + self._chance.random() * 7 * 24 * 60)
            self._talk(self._chance.choice(talks), self._now - ago, 1000 + number)
        for minutes, number in ((2, 1301), (4, 1302), (7, 1303)):
            began = self._now - timedelta(minutes=minutes)
            self._talk(talks[0][:3], began, number, goes_on=True)
        return self._talk(TALKS[2][1], self._now - timedelta(minutes=50), 1290, is_told=True)

    def _talk(
        self,
        lines: Sequence[Line],
        began: datetime,
        number: int,
        *,
        goes_on: bool = False,
        is_told: bool = False,
    ) -> str:
        sample = self._sample(started_at=began)
        id, name = self._chance.choice(CUSTOMERS) if not is_told else CUSTOMERS[1]
        level = CallerLevel.VERIFIED if id else CallerLevel.ANONYMOUS
        channel = self._chance.choice(("widget", "widget", "realtime"))
        first = sample.conversation(caller=Caller(id, name, level), channel=channel)
        records: list[Record] = [first]
        at_ms, seq, asked = 600, 0, False
        for who, text in lines:
            text = text.format(n=number)
            if who == "t":
                tool, status = text.split()
                records += self._call(sample, tool, status, at_ms, number)
                at_ms += 450
                continue
            seq += 1
            is_agents = who == "a"
            wait = self._chance.choice((420, 510, 640, 780, 1150, 1700))
            at_ms += wait if is_agents else 900
            lasts = 62 * len(text)
            is_cut = is_agents and not asked and self._chance.random() < 0.2
            asked |= is_agents
            heard = text[: text.find(" ", len(text) // 2)] if is_cut else text
            at = began + timedelta(milliseconds=at_ms)
            records.append(
                replace(
                    sample.turn(seq),
                    role=Role.AGENT if is_agents else Role.CALLER,
                    text=text,
                    heard_text=heard,
                    heard_ms=lasts * len(heard) // len(text),
                    is_interrupted=is_cut,
                    started_at=at,
                    ended_at=at + timedelta(milliseconds=lasts),
                    started_ms=at_ms,
                    ended_ms=at_ms + lasts,
                    audio_start_ms=at_ms,
                    audio_end_ms=at_ms + lasts,
                    first_audio_ms=wait if is_agents else None,
                    usage=Usage(
                        input_audio_tokens=220, output_audio_tokens=lasts // 50, cost_usd=0.011
                    )
                    if is_agents
                    else None,
                )
            )
            at_ms += lasts
        ended = began + timedelta(milliseconds=at_ms)
        if not goes_on:
            records.append(replace(first, ended_at=ended, end_reason="caller_ended"))
        if self._chance.random() < 0.25 and not goes_on:
            score = self._chance.choice((5, 5, 4, 4, 3, 2))
            records.append(RatingRecord(sample.conversation_id, score, None, ended))
        with self._database.write() as session:
            write_records(session, records)
        return str(sample.conversation_id)

    def _call(self, sample: Any, tool: str, status: str, at_ms: int, number: int) -> list[Record]:
        at = sample.started_at + timedelta(milliseconds=at_ms)
        failed = "Something went wrong on our side. Nothing was changed."
        output = json.dumps({"say": failed if status == "failed" else "It is done."})
        is_write = not tool.startswith(("get", "search"))
        question = sample.confirmation(
            tool_call_id=f"call_{tool}",
            summary=f"Pay back 129 euros for order {number}. Shall I go ahead?",
            status=ConfirmationStatus.ACCEPTED,
            decided_by=DecidedBy.VOICE,
            answer="Yes please.",
            offered_at=at - timedelta(seconds=2),
            heard_at=at - timedelta(seconds=1),
            decided_at=at,
        )
        call: Record = sample.tool_call(
            tool_call_id=f"call_{tool}",
            name=tool,
            arguments=f'{{"order_number": {number}}}',
            status=ToolCallStatus(status),
            output=output,
            requested_at=at,
            ended_at=at + timedelta(milliseconds=400),
        )
        if not is_write:
            return [call]
        assert isinstance(call, ToolCallRecord)
        asked = getattr(question, "confirmation_id", None)
        return [
            placed(question, sample.started_at),
            replace(call, confirmation_id=asked),
        ]


def _plugin(path: str, name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, ROOT / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True)
class Look:
    name: str
    width: int
    height: int
    theme: Any = "light"


WIDE, DARK = Look("wide", 1280, 800), Look("wide-dark", 1280, 800, "dark")
PHONE, PHONE_DARK = Look("phone", 390, 780), Look("phone-dark", 390, 780, "dark")
IN_DOCS: Final = {
    "live": WIDE,
    "conversation": WIDE,
    "conversations": DARK,
    "numbers": WIDE,
    "approvals": PHONE,
    "ringing": PHONE_DARK,
}


async def main(folder: Path, wanted: Sequence[tuple[str, Look]]) -> None:
    with tempfile.TemporaryDirectory() as made:
        database, clock = Database(f"sqlite:///{made}/desk.db"), SystemClock()
        upgrade(database.url)
        add_people(database, clock)
        now = clock.utc()
        shown = Week(database, now).fill()
        _ask_for_more(database, now, shown)
        access = AdminAccess(database, clock)
        ringing = {
            "conversation_id": shown,
            "reason": "the refund did not come",
            "customer_id": "C-2077",
            "caller_name": "Tomás Ferreira",
            "caller_level": "verified",
            "said": ["I still have no refund.", "I want to speak to a person."],
            "done": ["Look up an order (order number 1290): Order 1290 came back on Monday."],
            "failed": [
                (
                    "Refund 89 euros for a kettle from order 1290: Something went wrong on our"
                    " side. Nothing was changed."
                )
            ],
            "open": [],
            "approvals": [],
            "earlier": [],
        }

        def rings() -> list[dict[str, Any]]:
            return [ringing | {"rings_until": (clock.utc() + timedelta(seconds=24)).isoformat()}]

        handoffs = Handoffs(lambda _: None, rings, database, clock)
        news: list[News] = []
        routes = [
            *live.routes(NewsDesk(), lambda: news, database, access, clock),
            *promises.routes(database, access, clock, {}, time_limit_s=5),
            *desk_routes(database, clock, Registry(TOOLS), handoffs=handoffs),
            *pages.routes(),
        ]
        server = Server(application(routes), listen("127.0.0.1", 0))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(server.run_until_stopped())
            paths = {
                "live": "/admin/live",
                "ringing": "/admin/live/ringing",
                "conversations": "/admin/conversations",
                "conversation": f"/admin/conversations/{shown}",
                "approvals": "/admin/approvals",
                "queue": "/admin/queue",
                "numbers": "/admin/numbers",
                "customer": "/admin/customers/C-2077",
                "users": "/admin/users",
                "settings": "/admin/settings",
            }
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(
                    executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
                )
                for name, look in wanted:
                    await _take(
                        browser, f"http://127.0.0.1:{server.port}", name, paths[name], look, folder
                    )
                await browser.close()
            server.stop()
        database.close()


def _ask_for_more(database: Database, now: datetime, conversation_id: str) -> None:
    """Have something wait for the team."""
    with database.write() as session:
        set_available(session, "sam", now, is_available=True, by="user:sam")
        session.add(
            Callback(
                customer_id="C-2190",
                conversation_id=conversation_id,
                phone="+47 20 12 34 56",
                topic="delivery of a standing desk to the third floor",
                due_at=now + timedelta(hours=3),
                status=RequestStatus.REQUESTED,
                created_at=now - timedelta(minutes=20),
            )
        )
        ask_approval(
            session,
            ApprovalRequest(
                conversation_id=conversation_id,
                tool_call_id="call_refund_order",
                tool="refund_order",
                arguments='{"order_number": 1290, "amount": "129.00"}',
                binding_hash="0" * 64,
                summary="Pay back 129 euros for order 1290 to the card that paid.",
                reason="more than 100 euros in one day",
                amount=Money(129_00, "EUR"),
                customer_id="C-2077",
                caller_name="Tomás Ferreira",
                caller_level=CallerLevel.VERIFIED,
                confirmation_id=None,
                needs_second=False,
            ),
            now - timedelta(minutes=49),
        )


async def _take(
    browser: Browser, site: str, name: str, path: str, look: Look, folder: Path
) -> None:
    context = await browser.new_context(
        viewport={"width": look.width, "height": look.height},
        color_scheme=look.theme,
        reduced_motion="reduce",
        locale="en-IE",
        timezone_id="Europe/Dublin",
    )
    page = await context.new_page()
    await page.goto(f"{site}/admin?next={path}")
    await page.fill("[name=username]", "sam" if name not in ("users", "settings") else "ada")
    await page.fill("[name=password]", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{site}{path}")
    await page.wait_for_timeout(300)  # times are put into the reader's zone
    file = folder / f"{name}-{look.name}.png"
    await page.screenshot(path=file)
    if folder == DOCS:
        Image.open(file).quantize(128).save(folder / f"desk-{name}.png", optimize=True)
        file.unlink()
    await context.close()


if __name__ == "__main__":
    out = DOCS if sys.argv[1] == "--docs" else Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    named = sys.argv[2:] or (*IN_DOCS, "queue", "customer", "users", "settings")
    all_of_them = [(name, look) for name in named for look in (WIDE, DARK, PHONE, PHONE_DARK)]
    asyncio.run(main(out, list(IN_DOCS.items()) if out == DOCS else all_of_them))

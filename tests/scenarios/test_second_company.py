"""The clinic of ``examples/`` as a whole service: a stranger asks, proves who they are, and books.

Between it and the offline provider is a tap, so that what a provider is told can be looked at.
"""

import importlib
import json
import re
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.sync.server import ServerConnection, serve
from websockets.typing import Subprotocol

from agent_service.store.migrating import all_tables
from agent_service.tools.team import TOOLS as TEAM_TOOLS
from examples.clinic.seed import ZONE

CLINIC = Path(__file__).parents[2] / "examples" / "clinic" / "config"
SHOP = "agent_service.demo_shop"
HAS_SHOP = importlib.util.find_spec(SHOP) is not None
ANSWER_S = 60


@dataclass
class Tap:
    """What was sent to the provider, by whoever spoke to it through here."""

    url: str
    sent: list[dict[str, Any]] = field(default_factory=list)


class Caller:
    """Somebody at the conversation socket, who types."""

    def __init__(self, socket: ClientConnection, ticket: str) -> None:
        self._socket = socket
        self._send(type="start", ticket=ticket, mode="text")
        self.until(lambda message: _is_said(message))

    def until(self, is_it: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the next message that is it."""
        while True:
            message: dict[str, Any] = json.loads(self._socket.recv(ANSWER_S))
            if is_it(message):
                return message

    def says(self, text: str) -> str:
        """Type a turn; return what the agent says to it."""
        self._send(type="text", text=text)
        return str(self.until(_is_said)["text"])

    def proves(self, proof: str, **fields: str) -> str:
        """Answer a proof; return what the agent says once that is right."""
        self._send(type="check", proof=proof, fields=fields)
        assert self.until(lambda message: message["type"] == "level")["level"] == "verified"
        return str(self.until(_is_said)["text"])

    def ends(self) -> None:
        self._send(type="end")
        self.until(lambda message: message["type"] == "ended")

    def _send(self, **message: Any) -> None:
        self._socket.send(json.dumps(message))


def _is_said(message: dict[str, Any]) -> bool:
    is_final = message["type"] == "transcript" and message["is_final"]
    return bool(is_final and message["role"] == "agent")


@contextmanager
def offline_provider() -> Iterator[str]:
    """Start the offline provider; it ends with its standard input."""
    command = [sys.executable, "-m", "agent_service", "offline", "--port", "0"]
    provider = subprocess.Popen(
        [*command, "--exit-with-parent"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with provider:
        assert provider.stdout is not None
        yield json.loads(provider.stdout.readline())["url"]
        assert provider.stdin is not None
        provider.stdin.close()
        assert provider.wait(60) == 0


@contextmanager
def tapped(provider: str) -> Iterator[Tap]:
    """Pass on what goes to the provider and comes from it."""
    tap = Tap("")

    def relay(client: ServerConnection) -> None:
        assert client.request is not None
        address = provider.replace("http", "ws", 1) + client.request.path
        with connect(address, additional_headers={"api-key": "any"}, max_size=None) as server:
            back = threading.Thread(target=pump, args=(server, client))
            back.start()
            for message in client:
                tap.sent.append(json.loads(message))
                server.send(message, text=True)
            server.close()
            back.join()

    def pump(server: ClientConnection, client: ServerConnection) -> None:
        try:
            for message in server:
                client.send(message, text=True)
        except ConnectionClosed:
            pass
        client.close()

    with serve(relay, "127.0.0.1", 0, max_size=None) as listener:
        tap.url = f"http://127.0.0.1:{listener.socket.getsockname()[1]}"
        thread = threading.Thread(target=listener.serve_forever)
        thread.start()
        yield tap
        listener.shutdown()
        thread.join()


@dataclass
class Visit:
    """What is left of a conversation with the clinic."""

    said: list[str]
    at: datetime
    """The time that was booked."""
    level_by_phone: str
    told_provider: list[dict[str, Any]]
    page: str
    up: Any

    def rows(self, question: str) -> list[Any]:
        with closing(sqlite3.connect(self.up.data_dir / "agent_service.db")) as database:
            return database.execute(question).fetchall()

    def texts(self) -> list[str]:
        """Return all that the database holds as text, with the names of tables and columns."""
        # What triggers do is written in SQL, which has words of its own: ORDER BY.
        names = self.rows("SELECT sql FROM sqlite_master WHERE sql <> '' AND type <> 'trigger'")
        found = [sql for (sql,) in names]
        for (table,) in self.rows("SELECT name FROM sqlite_master WHERE type = 'table'"):
            if table == "record_search":
                continue  # only looks things up in tables that are read here
            for row in self.rows(f'SELECT * FROM "{table}"'):
                found += [value for value in row if isinstance(value, str)]
        return found


@pytest.fixture(scope="module")
def visit(start_up: Callable[..., Any]) -> Iterator[Visit]:
    """Have a conversation with the clinic, to its end."""
    with offline_provider() as provider, tapped(provider) as tap:
        up = start_up(
            config=CLINIC,
            AGENT_SERVICE_PROVIDER__KIND="openai",
            AGENT_SERVICE_PROVIDER__ENDPOINT=tap.url,
            AGENT_SERVICE_PROVIDER__API_KEY="any",
        )
        page = "".join(
            httpx.get(up.url + path).text for path in ("/", "/admin", "/widget/element/texts/en.js")
        )
        stranger, by_phone = (ticket_for(up, known) for known in ({}, {"phone": "+15550200001"}))
        address = up.url.replace("http", "ws", 1) + "/ws/conversation"
        at = _coming_day()
        with connect(address, subprotocols=[Subprotocol("support.v1")]) as socket:
            caller = Caller(socket, stranger["ticket"])
            said = [
                caller.says("When is the next free time?"),
                caller.says("What medicines was I prescribed?"),
                caller.proves("birth_date", patient="P-1002", born="1990-11-02"),
                caller.says(f"Book an appointment on {at:%B} {at.day} at 10:30"),
                caller.says("Doctor Shaw"),
                caller.says("I have a rash"),
                caller.says("yes please"),
            ]
            caller.ends()
        up.end()
        yield Visit(said, at, by_phone["level"], list(tap.sent), page, up)


def ticket_for(up: Any, known: dict[str, str]) -> dict[str, Any]:
    """Ask for a ticket as the clinic's telephone exchange does, which knows no patients."""
    headers = {"Authorization": f"Bearer {up.token}"}
    asked = httpx.post(
        f"{up.url}/api/tickets", json={"agent": "reception"} | known, headers=headers
    )
    asked.raise_for_status()
    answer: dict[str, Any] = asked.json()
    return answer


def _coming_day() -> datetime:
    """Return half past ten on a day that the clinic is open, a week from now."""
    day = datetime.now(UTC).astimezone(ZONE) + timedelta(days=7)
    day += timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= 5 else 0)
    return day.replace(hour=10, minute=30, second=0, microsecond=0)


def test_a_stranger_becomes_known_by_the_clinics_proof_and_books(visit: Visit) -> None:
    free, refused, medicines, _, _, read_back, booked = visit.said
    when = f"{visit.at:%A, %B} {visit.at.day} at 10:30 with Doctor Shaw"
    assert free.startswith("The next free time is ")
    assert "sign in" in refused
    assert medicines == "You have no prescription with us."  # asked before they were known
    assert read_back == f"Book an appointment on {when}. Shall I go ahead?"
    assert booked == f"Your appointment on {when} is booked. Its number is 3."
    rows = visit.rows(
        "SELECT patient_number, doctors.name, starts_at, reason, status, is_free"
        " FROM appointments JOIN slots ON slots.id = slot_id"
        " JOIN doctors ON doctors.id = doctor_id WHERE appointments.id = 3"
    )
    starts_at = visit.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    assert rows == [("P-1002", "Shaw", starts_at, "I have a rash", "booked", 0)]
    assert visit.rows("SELECT kind, customer_id FROM outbox") == [("reminder", "P-1002")]
    assert visit.rows("SELECT customer_id, caller_level FROM conversations") == [
        ("P-1002", "verified")
    ]


def test_a_patient_is_identified_by_the_number_that_calls(visit: Visit) -> None:
    assert visit.level_by_phone == "identified"


def test_neither_provider_nor_record_learns_the_birth_date(visit: Visit) -> None:
    born = re.compile(r"1990-11-02")
    assert not born.search(json.dumps(visit.told_provider))
    assert not born.search("".join(visit.up.log_lines))
    holders = [text for text in visit.texts() if born.search(text)]
    assert holders == ["1990-11-02"]  # the patient's own row


@pytest.mark.skipif(not HAS_SHOP, reason="needs the demo shop, for its words")
def test_no_word_of_the_shop_is_anywhere(visit: Visit) -> None:
    words = shop_words()
    assert {"order", "refund", "return", "product", "shipment", "demo shop"} <= words
    places = {
        "provider": json.dumps(visit.told_provider),
        "page": visit.page,
        "database": "\n".join(visit.texts()),
        "log": "".join(visit.up.log_lines),
        "said": "".join(visit.up.said),
        "team's tools": json.dumps([[t.title, t.description, t.examples] for t in TEAM_TOOLS]),
    }
    anywhere = re.compile(
        "|".join(rf"(?<![a-z]){re.escape(word)}(?:s|es|ed)?(?![a-z])" for word in sorted(words)),
        re.IGNORECASE,
    )
    found = {
        place: {text[max(0, m.start() - 40) : m.end() + 40] for m in anywhere.finditer(text)}
        for place, text in places.items()
    }
    assert not any(found.values()), found


def shop_words() -> set[str]:
    """Return what only the shop says, from its own declarations."""
    shop = importlib.import_module(SHOP).company()
    articles = importlib.import_module(f"{SHOP}.catalogue").ARTICLES
    own = [tool for tool in shop.tools if tool.name not in {one.name for one in TEAM_TOOLS}]
    names = {tool.name for tool in own} | {field.name for p in shop.proofs for field in p.fields}
    titles = {tool.title for tool in own} | {article.title for article in articles}
    columns = {column.name for t in all_tables().tables.values() for column in t.columns}
    everybodys = {part for name in columns for part in name.split("_")}  # a customer_id, an item_id
    nouns = {part.removesuffix("s") for name in shop.tables.tables for part in name.split("_")}
    called = {shop.title.removeprefix("the "), shop.demo.caller.customer_id}
    return names | titles | called | nouns - everybodys | {"shop", "parcel", "delivery"}

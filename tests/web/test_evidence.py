"""The evidence of a conversation: one page that people read and print, and programs check."""

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from proof_desk import NOW, records_of
from sqlalchemy import select, text
from starlette.testclient import TestClient

from agent_service.clock import SystemClock
from agent_service.conversation.records import ConfirmationStatus, DecidedBy, Role
from agent_service.store.admin_tokens import create_token
from agent_service.store.database import Database
from agent_service.store.proof.anchors import Signer, anchor_heads
from agent_service.store.proof.tables import ProofHead
from agent_service.store.writer import write_records
from agent_service.web import evidence
from agent_service.web.admin_access import AdminAccess
from agent_service.web.application import application

HOSTILE = "</pre><script>alert(1)</script> \u202ekcab & \"quoted\" 'too'\x1b[2J"


@pytest.fixture
def client(database: Database, sample: Any) -> Iterator[TestClient]:
    at = sample.started_at
    agreed = sample.confirmation(
        status=ConfirmationStatus.ACCEPTED,
        heard_at=at + timedelta(seconds=9.25),
        decided_at=at + timedelta(seconds=11),
        decided_by=DecidedBy.VOICE,
        answer="Yes, please.",
    )
    cut = sample.turn(
        20,
        role=Role.AGENT,
        text="It was shipped on Monday, by air.",
        heard_text="It was shipped",
        is_interrupted=True,
        heard_ms=1200,
    )
    with database.write() as session:
        write_records(session, [*records_of(sample), cut, agreed, sample.turn(21, text=HOSTILE)])
    with database.write() as session:
        token = create_token(session, "ann", at)
        anchor_heads(session, NOW, Signer("ab" * 32, lambda text: "cd" * 64))
    clock = SystemClock()
    routes = evidence.routes(database, AdminAccess(database, clock), clock)
    with TestClient(application(routes)) as opened:
        opened.headers["Authorization"] = f"Bearer {token}"
        yield opened


def page(client: TestClient, sample: Any) -> str:
    answer = client.get(f"/api/conversations/{sample.conversation_id}/evidence")
    assert answer.status_code == 200
    return answer.text


def seen(html: str) -> str:
    """Return the words that a reader sees, but for the data."""
    body = html.partition("<body>")[2].partition('<pre id="data">')[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


def checked(html: str, folder: Path, name: str = "page.html") -> "subprocess.CompletedProcess[str]":
    """Run the listing of the page on the page, as its reader would."""
    listing = re.search(r'<pre id="listing">(.*?)</pre>', html, re.DOTALL)
    assert listing is not None
    (folder / "check.py").write_text(unescape(listing[1]))
    (folder / name).write_text(html, encoding="utf-8")
    command = [sys.executable, "-I", "-X", "utf8", str(folder / "check.py"), str(folder / name)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


def test_the_page_tells_what_happened(client: TestClient, sample: Any) -> None:
    words = seen(page(client, sample))
    assert "Jane Doe, customer C-1 (identified)" in words
    assert "for admin token ann" in words
    assert "Cancel order 1007? the caller had heard it at 0:09.250" in words
    assert "accepted by voice at 0:11.000: “Yes, please.”" in words
    assert "cancel_order : succeeded" in words
    assert "provider_failed : The provider went away." in words
    assert "interrupted after 1.2 s" in words
    assert "Rating 4: Fine" in words


def test_what_was_not_heard_is_marked(client: TestClient, sample: Any) -> None:
    assert 'It was shipped<span class="unheard"> on Monday, by air.</span>' in page(client, sample)


def test_nothing_that_was_said_reaches_the_page_as_markup(client: TestClient, sample: Any) -> None:
    html = page(client, sample)
    assert "<script" not in html
    assert "\x1b" not in html.partition('<pre id="data">')[0]
    assert "\u202e" not in html.partition('<pre id="data">')[0]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert not re.search(r"(src|href|@import|url\()", html)


def test_the_page_fetches_and_runs_nothing(client: TestClient, sample: Any) -> None:
    answer = client.get(f"/api/conversations/{sample.conversation_id}/evidence")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_its_listing_computes_the_head_that_the_service_has(
    client: TestClient, database: Database, sample: Any, tmp_path: Path
) -> None:
    html = page(client, sample)
    with database.read() as session:
        head = session.scalars(select(ProofHead.head)).one()
    assert f"<code>{head}</code>" in html
    run = checked(html, tmp_path)
    assert run.stderr == ""
    assert run.stdout.splitlines()[-1] == f"head {head}"
    assert "cd" * 64 in html


def test_its_listing_stops_at_words_that_were_changed(
    client: TestClient, sample: Any, tmp_path: Path
) -> None:
    html = page(client, sample)
    before, mark, data = html.partition('<pre id="data">')
    run = checked(before + mark + data.replace("by air", "by sea"), tmp_path)
    assert run.returncode == 1
    assert run.stderr.startswith("WRONG: the row of link ")
    run = checked(before + mark + data.replace('"written"', '"erased"', 1), tmp_path)
    assert run.stdout.splitlines()[-1] != f"head {re.findall(r'<code>([0-9a-f]{64})', before)[0]}"


def test_the_listing_is_short(client: TestClient, sample: Any) -> None:
    listing = re.search(r'<pre id="listing">(.*?)</pre>', page(client, sample), re.DOTALL)
    assert listing is not None
    assert len(listing[1].splitlines()) <= 20


def test_a_record_that_was_changed_is_said_so(
    client: TestClient, database: Database, sample: Any
) -> None:
    with database.write() as session:
        session.execute(text("UPDATE turns SET text = 'never said' WHERE seq = 2"))
    words = seen(page(client, sample))
    assert "The record is not as it was written." in words
    assert re.search(r"turn [\w-]{36} is not as it was written", words)


def test_a_conversation_without_a_chain_is_said_so(
    client: TestClient, database: Database, sample: Any
) -> None:
    with database.write() as session:
        for table in ("proof_links", "proof_anchored", "proof_anchors"):
            session.execute(text(f"DELETE FROM {table}"))
        session.execute(text("UPDATE proof_heads SET position = 0, anchored = 0"))
    words = seen(page(client, sample))
    assert "it has no chain yet" in words
    assert "No anchor of the whole log holds it yet" in words


@pytest.mark.parametrize(
    ("path", "token", "status", "code"),
    [
        ("none/evidence", True, 404, "unknown_conversation"),
        ("none/evidence", False, 401, "not_authorised"),
        ("none/evidence?format=pdf", True, 400, "bad_query"),
    ],
)
def test_what_cannot_be_shown_is_said(
    client: TestClient, path: str, token: bool, status: int, code: str
) -> None:
    if not token:
        del client.headers["Authorization"]
    answer = client.get(f"/api/conversations/{path}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)

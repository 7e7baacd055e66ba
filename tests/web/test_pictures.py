"""Pictures over HTTP: sent with the conversation's token, looked at by the team."""

import asyncio
import hashlib
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import pytest
from PIL import Image
from sqlalchemy import delete

from agent_service.clock import SystemClock
from agent_service.store.admin_tokens import create_token
from agent_service.store.database import Database
from agent_service.store.interrupted import token_hash
from agent_service.store.pictures import conversation_of, pictures_of
from agent_service.store.ratings import rateable_conversation
from agent_service.store.tables import Conversation, Resumption
from agent_service.store.writer import write_records
from agent_service.web import pictures
from agent_service.web.admin_access import AdminAccess
from agent_service.web.application import application
from agent_service.web.pictures import MAX_PICTURE_BYTES, Album

TOKEN = "resume token"


@dataclass
class Desk:
    """A conversation that goes on, and who may look at it."""

    http: httpx.AsyncClient
    database: Database
    id: str
    admin: str

    async def send(self, content: bytes, token: str = TOKEN, id: str = "") -> httpx.Response:
        return await self.http.post(
            f"/api/conversations/{id or self.id}/pictures",
            content=content,
            headers={"Authorization": f"Bearer {token}", "Content-Type": "image/png"},
        )

    async def look(self, path: str, token: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return await self.http.get(f"/api/conversations/{self.id}/pictures{path}", headers=headers)


def png(color: str = "red") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (30, 20), color).save(file, "PNG")
    return file.getvalue()


@asynccontextmanager
async def opened(database: Database, sample: Any, most: int = 3) -> AsyncIterator[Desk]:
    clock = SystemClock()
    with database.write() as session:
        write_records(session, [sample.conversation()])
        session.add(
            Resumption(
                conversation_id=sample.conversation_id,
                token_hash=token_hash(TOKEN),
                issued_at=clock.utc(),
            )
        )
        admin = create_token(session, "ann", clock.utc())

    async def find(token: str) -> str | None:
        return await database.run(partial(conversation_of, token=token))

    async def see(token: str) -> str | None:
        work = partial(rateable_conversation, token=token, now=clock.utc())
        return await database.run(work)

    album = Album(database, AdminAccess(database, clock), find, see, clock, most)
    transport = httpx.ASGITransport(application(pictures.routes(album)))
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
        yield Desk(http, database, sample.conversation_id, admin)


def test_picture_is_kept_and_shown_to_the_team_and_to_its_caller(
    database: Database, sample: Any
) -> None:
    async def scenario() -> None:
        async with opened(database, sample) as desk:
            sent = await desk.send(png())
            assert sent.status_code == 201
            told = sent.json()["picture"]
            assert (told["number"], told["width"], told["height"]) == (1, 30, 20)
            assert (await desk.send(png("blue"))).json()["picture"]["number"] == 2
            for token in (desk.admin, TOKEN):
                shown = await desk.look("/1", token)
                assert shown.headers["content-type"] == "image/jpeg"
                assert shown.headers["x-content-type-options"] == "nosniff"
                assert hashlib.sha256(shown.content).hexdigest() == told["sha256"]
                assert len(shown.content) == told["size_bytes"]
                listed = (await desk.look("", token)).json()["pictures"]
                assert [each["number"] for each in listed] == [1, 2]
                assert listed[0] == told

    asyncio.run(scenario())


def test_pictures_go_with_their_conversation(database: Database, sample: Any) -> None:
    async def scenario() -> None:
        async with opened(database, sample) as desk:
            await desk.send(png())
            with database.write() as session:
                session.execute(delete(Conversation).where(Conversation.id == desk.id))
            with database.read() as session:
                assert pictures_of(session, desk.id) == []

    asyncio.run(scenario())


def test_strangers_neither_send_nor_look(sqlite_database: Database, sample: Any) -> None:
    async def scenario() -> None:
        async with opened(sqlite_database, sample) as desk:
            await desk.send(png())
            for answer in (
                await desk.send(png(), "another token"),
                await desk.send(png(), desk.admin),
                await desk.send(png(), TOKEN, id="another-conversation"),
                await desk.look("/1", "another token"),
                await desk.look("", ""),
            ):
                assert answer.status_code == 401, answer.text
                assert answer.json()["code"] == "not_authorised"
            with sqlite_database.write() as session:
                row = session.get_one(Conversation, desk.id)
                row.ended_at = SystemClock().utc()
            assert (await desk.send(png())).status_code == 401
            assert (await desk.look("/1", TOKEN)).status_code == 200
            with sqlite_database.write() as session:
                row = session.get_one(Conversation, desk.id)
                row.ended_at = SystemClock().utc() - timedelta(hours=25)
            assert (await desk.look("/1", TOKEN)).status_code == 401
            assert (await desk.look("/1", desk.admin)).status_code == 200

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"no picture", 415, "bad_picture"),
        (bytes(MAX_PICTURE_BYTES + 1), 413, "body_too_large"),
    ],
)
def test_what_is_no_picture_is_refused(
    sqlite_database: Database, sample: Any, content: bytes, status: int, code: str
) -> None:
    async def scenario() -> None:
        async with opened(sqlite_database, sample) as desk:
            answer = await desk.send(content)
            assert answer.status_code == status
            assert answer.json()["code"] == code
            assert (await desk.look("", desk.admin)).json() == {"pictures": []}

    asyncio.run(scenario())


def test_a_conversation_takes_so_many_and_no_more(database: Database, sample: Any) -> None:
    async def scenario() -> None:
        async with opened(database, sample, most=2) as desk:
            answers = await asyncio.gather(*(desk.send(png()) for _ in range(4)))
            assert sorted(answer.status_code for answer in answers) == [201, 201, 429, 429]
            numbers = {a.json()["picture"]["number"] for a in answers if a.status_code == 201}
            assert numbers == {1, 2}
            assert (await desk.send(b"not even looked at")).status_code == 429
            assert (await desk.look("/3", desk.admin)).json()["code"] == "unknown_picture"

    asyncio.run(scenario())


def test_pages_of_any_site_may_send_with_the_token(sqlite_database: Database, sample: Any) -> None:
    async def scenario() -> None:
        async with opened(sqlite_database, sample) as desk:
            asked = await desk.http.options(
                f"/api/conversations/{desk.id}/pictures",
                headers={
                    "Origin": "https://shop.example",
                    "Access-Control-Request-Method": "POST",
                    "Access-Control-Request-Headers": "authorization,content-type",
                },
            )
            assert asked.headers["access-control-allow-origin"] == "*"
            assert "authorization" in asked.headers["access-control-allow-headers"].lower()
            assert "access-control-allow-credentials" not in asked.headers
            plain = await desk.http.options(f"/api/conversations/{desk.id}/pictures/1")
            assert (plain.status_code, plain.headers["allow"]) == (204, "GET, HEAD, OPTIONS")
            desk.http.headers["Origin"] = "https://shop.example"
            for answer in (
                await desk.send(png()),
                await desk.send(b"none"),
                await desk.send(b"", ""),
            ):
                assert answer.headers["access-control-allow-origin"] == "*"

    asyncio.run(scenario())

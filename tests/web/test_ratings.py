"""A conversation is rated with its own token, also for a day after its end."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import httpx
import pytest

from agent_service.conversation.records import RatingRecord, ResumptionRecord
from agent_service.store.database import Database
from agent_service.store.interrupted import token_hash
from agent_service.store.ratings import rateable_conversation
from agent_service.store.writer import write_records
from agent_service.web import ratings
from agent_service.web.application import application

TOKEN = "resume token"


class Clock:
    def __init__(self, utc: datetime) -> None:
        self._utc = utc

    def now(self) -> float:
        return 0.0

    def utc(self) -> datetime:
        return self._utc


Rate = Callable[..., httpx.Response]


@pytest.fixture
def kept() -> list[RatingRecord]:
    return []


@pytest.fixture
def rate(database: Database, sample: Any, kept: list[RatingRecord]) -> Rate:
    """Rate the sample conversation, so long after its end; without one it goes on."""

    def rate(
        body: Any, token: str = TOKEN, *, after: timedelta | None = None, **headers: str
    ) -> httpx.Response:
        now = sample.started_at + timedelta(hours=1)
        ended_at = None if after is None else now - after
        begun = sample.conversation(ended_at=ended_at, end_reason=ended_at and "caller_ended")
        resumption = ResumptionRecord(sample.conversation_id, token_hash(TOKEN), now, False)

        async def conversation_of(token: str) -> str | None:
            return await database.run(partial(rateable_conversation, token=token, now=now))

        async def scenario() -> httpx.Response:
            write = partial(write_records, records=[begun, resumption])
            await database.run(write, is_write=True)
            app = application(ratings.routes(conversation_of, kept.append, Clock(now)))
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
                return await http.post(
                    f"/api/conversations/{sample.conversation_id}/rating",
                    json=body,
                    headers={"Authorization": f"Bearer {token}", **headers},
                )

        return asyncio.run(scenario())

    return rate


@pytest.mark.parametrize("after", [None, timedelta(minutes=1), timedelta(hours=23)])
def test_rating_is_kept(
    rate: Rate, kept: list[RatingRecord], sample: Any, after: timedelta | None
) -> None:
    answer = rate({"score": 4, "comment": "Quick."}, after=after, Origin="https://shop.example")
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (202, "*")
    assert kept == [
        RatingRecord(sample.conversation_id, 4, "Quick.", sample.started_at + timedelta(hours=1))
    ]


@pytest.mark.parametrize(
    ("token", "after"), [("another", None), ("", None), (TOKEN, timedelta(hours=25))]
)
def test_strangers_and_who_comes_late_rate_nothing(
    rate: Rate, kept: list[RatingRecord], token: str, after: timedelta | None
) -> None:
    answer = rate({"score": 1}, token, after=after)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authorised")
    assert kept == []


@pytest.mark.parametrize(
    "body", [{}, {"score": 0}, {"score": 6}, {"score": 1, "comment": "x" * 2001}, {"scores": 1}]
)
def test_what_is_no_rating_is_refused(rate: Rate, kept: list[RatingRecord], body: Any) -> None:
    answer = rate(body)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    assert kept == []

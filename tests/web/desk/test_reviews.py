"""Reviews at the desk, by forms alone: drawn, given beside the conversation, and added up."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest

from agent_service.store.database import Database
from agent_service.store.writer import write_records

PATH = "/admin/reviews"
SCORES = {
    "score-understood": "3",
    "score-solved": "0",
    "score-right": "2",
    "score-manner": "none",
    "score-rules": "1",
}


@pytest.fixture
def record(people: Database, new_sample: Any) -> list[str]:
    """Three conversations that have ended."""
    samples = [new_sample() for _ in range(3)]
    with people.write() as session:
        for sample in samples:
            ended = sample.started_at + timedelta(minutes=1)
            records = [sample.conversation(ended_at=ended, end_reason="idle"), sample.turn(1)]
            write_records(session, records)
    return [sample.conversation_id for sample in samples]


def links(page: Any) -> list[str]:
    return [html.unescape(each) for each in re.findall(r'href="([^"]*)"', page.text)]


def test_two_people_review_and_see_each_other_only_then(visit: Any, record: list[str]) -> None:
    at = f"/admin/conversations/{record[0]}/review"

    async def scenario(sam: Any, sue: Any, ada: Any) -> None:
        for visitor, name in ((sam, "sam"), (sue, "sue"), (ada, "ada")):
            await visitor.sign_in(name)
        assert (await sam.get(at)).status_code == 404
        drawn = await sam.act(PATH, percent="100", reviewers="2", seed="march")
        assert drawn.headers["location"] == PATH
        page = await sue.get(PATH)
        assert at in links(page)
        assert at in links(await sue.get(at.removesuffix("/review")))
        assert "100.0 % of each agent" in page.text
        given = {"version": "0", "comment": "<b>fine</b>", **SCORES}
        assert (await sam.act(at, **given)).headers["location"] == PATH
        assert at not in links(await sam.get(PATH))
        hidden = await sue.get(at)
        assert "fine" not in hidden.text
        assert "1 of 2 given" in hidden.text
        left_out = await sue.act(at, **given | {"score-rules": ""})
        assert left_out.status_code == 409
        assert "rules: is missing" in left_out.text
        assert "&lt;b&gt;fine&lt;/b&gt;</textarea>" in left_out.text
        assert re.search(r'name="score-right" value="2" required checked', left_out.text)
        await sue.act(at, **given | {"score-rules": "0"})
        shown = await sam.get(at)
        assert "sue</strong>: 0%" in shown.text
        assert "<textarea" not in shown.text
        late = await ada.act(at, **given)
        assert (late.status_code, "has been reviewed by" in late.text) == (409, True)

    visit(scenario)


def test_each_number_leads_to_what_it_counts(visit: Any, record: list[str]) -> None:
    async def scenario(sam: Any, vera: Any) -> None:
        await sam.sign_in("sam")
        await vera.sign_in("vera")
        assert "No review is shown yet" in (await vera.get(f"{PATH}/numbers")).text
        await sam.act(PATH, count="2", seed="x", question="agent=support")
        waiting = [one for one in links(await sam.get(PATH)) if one.endswith("/review")]
        assert len(waiting) == 2
        for number, at in enumerate(waiting):
            await sam.act(at, version="0", **SCORES | {"score-rules": str(number)})
        page = await vera.get(f"{PATH}/numbers?agent=support&since=2026-01-01")
        found = re.findall(r'<a href="(/admin/conversations\?[^"]*)">(\d+)</a>', page.text)
        counts = [(html.unescape(to), int(number)) for to, number in found]
        assert len(counts) == 14
        assert {number for _, number in counts} == {0, 1, 2}
        for to, number in counts:
            rows = re.findall(r'<td><a href="/admin/conversations/', (await vera.get(to)).text)
            assert len(rows) == number, to
        assert (await vera.get(f"{PATH}/numbers?gone=1")).status_code == 400
        assert (await vera.get(waiting[0])).status_code == 403

    visit(scenario)


def test_a_sample_that_cannot_be_drawn_says_why_and_keeps_the_form(
    visit: Any, record: list[str]
) -> None:
    async def scenario(sam: Any, vera: Any) -> None:
        await sam.sign_in("sam")
        await vera.sign_in("vera")
        wrong = await sam.act(PATH, percent="", count="", seed="", question="gone=1")
        assert wrong.status_code == 400
        for words in ("give a share or a count", "seed: should be", "gone: is not known"):
            assert words in wrong.text
        assert 'value="gone=1"' in wrong.text
        assert (await sam.act(PATH, percent="x", seed="x")).status_code == 400
        assert (await vera.act(PATH, percent="5", seed="x")).status_code == 403
        assert "Your role does not review" in (await vera.get(PATH)).text

    visit(scenario)

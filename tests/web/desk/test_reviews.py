"""Reviews at the desk, by forms alone: drawn, given beside the conversation, and added up."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest

from agent_service.store.auditing import TAKEN_OVER, WHISPERED, audit
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
        drawn = await sam.act(PATH, amount="100", of="share", reviewers="2", seed="march")
        assert drawn.headers["location"] == f"{PATH}#samples"
        page = await sue.get(PATH)
        assert at in links(page)
        assert at in links(await sue.get(at.removesuffix("/review")))
        assert "100% of each agent" in page.text
        given = {"version": "0", "comment": "<b>fine</b>", **SCORES}
        assert (await sam.act(at, **given)).headers["location"] == PATH
        assert at not in links(await sam.get(PATH))
        await ada.get(at)
        hidden = await sue.get(at)
        assert "ada looked at it in the last half hour: the first to give" in hidden.text
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
        assert late.status_code == 409
        assert "has been reviewed by sam, sue: none is wanted any more." in late.text
        # What was filled in stands there, to be written as a note.
        kept = late.text.partition("What you filled in")[2].partition("</article>")[0]
        assert "3 of " in kept
        assert "&lt;b&gt;fine&lt;/b&gt;" in kept
        assert "What you filled in" not in (await ada.get(at)).text

    visit(scenario)


def test_each_number_leads_to_what_it_counts(visit: Any, record: list[str]) -> None:
    async def scenario(sam: Any, vera: Any) -> None:
        await sam.sign_in("sam")
        await vera.sign_in("vera")
        assert "No review is shown yet" in (await vera.get(f"{PATH}/numbers")).text
        await sam.act(PATH, amount="2", of="count", seed="x", question="agent=support")
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
        asked = {"amount": "200", "of": "share", "seed": "", "question": "gone=1"}
        wrong = await sam.act(PATH, **asked)
        assert wrong.status_code == 400
        for words in (
            "How many: should be above 0 and at most 100 per cent.",
            "The word that decides: should be",
            "There is no filter named “gone”",
        ):
            assert words in wrong.text
        assert 'name="question" value="gone=1"' in wrong.text
        assert 'name="amount" inputmode="decimal" size="5" required value="200"' in wrong.text
        for amount, reviewers in (("x", "2"), ("", "2"), ("5", "x")):
            fields = {"amount": amount, "reviewers": reviewers, "seed": "x"}
            no = await sam.act(PATH, **fields)
            assert (no.status_code, "should be a number" in no.text) == (400, True)
        assert (await vera.act(PATH, amount="5", seed="x")).status_code == 403
        assert "Your role does not review" in (await vera.get(PATH)).text

    visit(scenario)


def test_a_sample_is_drawn_from_the_list_that_one_looks_at(
    visit: Any, record: list[str], clock: Any
) -> None:
    async def scenario(sam: Any, vera: Any) -> None:
        await sam.sign_in("sam")
        await vera.sign_in("vera")
        seen = await sam.get("/admin/conversations?agent=support&turn_count__gte=1&column=agent")
        to = next(one for one in links(seen) if one.startswith(PATH + "?"))
        page = await sam.get(to)
        assert "Agent: support; Turns at least 1" in page.text
        assert "/admin/conversations?agent=support&turn_count__gte=1" in links(page)
        today = clock.utc().date().isoformat()
        assert f'name="seed" maxlength="60" size="12" required value="{today}"' in page.text
        assert f"{PATH}?" not in (await vera.get("/admin/conversations")).text

    visit(scenario)


def test_a_sample_says_for_whom_it_waits(
    visit: Any, people: Database, record: list[str], clock: Any
) -> None:
    def waits(page: Any) -> str:
        return re.sub(r"<[^>]*>", "", page.text.partition('aria-label="Samples"')[2])

    with people.write() as session:
        audit(session, "user:sam", TAKEN_OVER, clock.utc(), conversation_id=record[0])
        audit(session, "user:sue", WHISPERED, clock.utc(), conversation_id=record[0])
        audit(session, "user:ada", WHISPERED, clock.utc(), conversation_id=record[0])
        audit(session, "user:sam", TAKEN_OVER, clock.utc(), conversation_id=record[1])

    async def scenario(sam: Any, sue: Any, vera: Any) -> None:
        for visitor, name in ((sam, "sam"), (sue, "sue"), (vera, "vera")):
            await visitor.sign_in(name)
        await sam.act(PATH, amount="100", of="share", reviewers="2", seed="march")
        others = "1 for others, 1 for more reviewers than there are"
        assert "1 for you, 1 for others" in waits(await sam.get(PATH))
        assert "2 for you" in waits(await sue.get(PATH))
        assert "2 for others" in waits(await vera.get(PATH))
        assert "for more reviewers than there are" in waits(await sam.get(PATH))
        given = {"version": "0", "comment": "", **SCORES}
        await sue.act(f"/admin/conversations/{record[1]}/review", **given)
        assert f"1 for you, {others}" in waits(await sue.get(PATH))

    visit(scenario)


def test_agreement_is_shown_where_it_means_something(visit: Any, record: list[str]) -> None:
    async def scenario(sam: Any) -> None:
        await sam.sign_in("sam")
        await sam.act(PATH, amount="1", of="count", reviewers="1", seed="x")
        (at,) = [one for one in links(await sam.get(PATH)) if one.endswith("/review")]
        await sam.act(at, version="0", **SCORES)
        page = await sam.get(f"{PATH}/numbers")
        assert "0 with two reviews or more: from 10 on it is shown" in page.text
        assert "He relies" not in page.text

    visit(scenario)

"""Numbers: the address is the question, and what a number counts is behind its link."""

import csv
import html
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from agent_service.conversation.records import ToolCallStatus
from agent_service.store.database import Database
from agent_service.store.queries import CONVERSATIONS
from agent_service.store.stats import find_groups
from agent_service.store.writer import write_records
from agent_service.web.desk.charts import Bar, chart
from agent_service.web.desk.numbers import find_period

PATH = "/admin/numbers"
DAY = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def record(people: Database, new_sample: Any) -> Database:
    """Three conversations of one day and one of the day before, which alone has a failed tool."""
    for number in range(4):
        sample = new_sample()
        began = DAY - timedelta(days=number == 3)
        sample.started_at = began
        ended = {"ended_at": began + timedelta(minutes=1), "end_reason": "caller_ended"}
        agent = "=HYPERLINK(1)" if number == 2 else "support"
        status = ToolCallStatus.FAILED if number == 3 else ToolCallStatus.SUCCEEDED
        with people.write() as session:
            records = [
                sample.conversation(agent=agent, channel="phone" if number == 0 else "widget"),
                sample.turn(1, text="Hello"),
                sample.turn(2, text="Good day", first_audio_ms=500 + number),
                sample.tool_call(status=status),
                sample.conversation(agent=agent, **ended),
            ]
            write_records(session, records)
    return people


def links(page: Any) -> dict[str, str]:
    """Return where each figure leads, by its title."""
    pairs = re.findall(r'<dt>([^<]*)</dt>\s*<dd>\s*<a href="([^"]*)">', page.text)
    return {title: html.unescape(to) for title, to in pairs}


def counted(database: Database, to: str) -> int:
    parameters = [one for one in parse_qsl(urlsplit(to).query) if one[0] != "sort"]
    with database.read() as session:
        return CONVERSATIONS.count(session, CONVERSATIONS.parse(parameters)).value


ASKED = f"{PATH}?since=2026-03-10&until=2026-03-10"


def test_each_number_leads_to_what_it_counts(visit: Any, record: Database) -> None:
    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        page = await vera.get(ASKED)
        to = links(page)
        assert page.text.count(">3</a>") >= 1
        assert counted(record, to["Conversations"]) == 3
        assert counted(record, to["Ended without a person"]) == 3
        assert counted(record, to["Tool calls that failed"]) == 0
        both = links(await vera.get(f"{PATH}?since=2026-03-09&until=2026-03-10"))
        assert counted(record, both["Tool calls that failed"]) == 1
        bars = re.findall(r'<a href="([^"]*)" tabindex="-1"><title>([^<]*)</title>', page.text)
        hourly = [(html.unescape(to), words) for to, words in bars if words == "12:00: 3"]
        assert [counted(record, to) for to, _ in hourly] == [3]

    visit(scenario)


def test_filters_narrow_and_stay_in_the_address(visit: Any, record: Database) -> None:
    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        added = await vera.get(f"{ASKED}&by=agent&add=channel&how=is&value=phone")
        assert added.headers["location"].endswith("&by=agent&channel=phone")
        second = await vera.get(f"{ASKED}&by=agent&add=channel")
        assert '<option value="phone" >phone</option>' in second.text
        assert 'name="by" value="agent"' in second.text
        page = await vera.get(added.headers["location"])
        assert counted(record, links(page)["Conversations"]) == 1
        assert "Channel is phone" in page.text or "Channel: phone" in page.text
        assert re.search(
            r'href="/admin/conversations\?channel=phone&amp;since=[^"]*agent=', page.text
        )

    visit(scenario)


def test_the_period_before_stands_beside(visit: Any, record: Database) -> None:
    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        page = await vera.get(f"{ASKED}&compare=1")
        told = re.sub(r"\s+|<[^>]*>", " ", page.text)
        assert re.search(r"Conversations\s+3\s+before: 1,\s+\+200%", told)

    visit(scenario)


def test_days_are_those_of_the_zone(visit: Any, record: Database) -> None:
    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        for zone, number in (("UTC", 3), ("Pacific/Kiritimati", 1)):
            to = links(await vera.get(f"{ASKED}&tz={zone}"))
            assert counted(record, to["Conversations"]) == number, zone

    visit(scenario)


def test_what_is_wrong_is_said_and_the_rest_stays(visit: Any, record: Database) -> None:
    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        page = await vera.get(f"{PATH}?turn_count=many&tz=Mars&by=weather&agent=support")
        assert page.status_code == 400
        for words in (
            "“Turns: many”: should be",
            "“Zone: Mars”: should be",
            "“Put together by: weather”: ",
        ):
            assert words in page.text
        assert "Agent: support" in page.text

    visit(scenario)


def test_the_groups_are_a_file_that_is_safe_in_spreadsheets(visit: Any, record: Database) -> None:
    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        file = await vera.get(ASKED.replace("?", ".csv?") + "&by=agent")
        assert file.status_code == 200, file.text
        rows = list(csv.DictReader(io.StringIO(file.text.removeprefix("\ufeff"))))
        found = {row["key"]: row["conversations"] for row in rows}
        assert found == {"support": "2", "'=HYPERLINK(1)": "1"}
        assert rows[0]["first_audio_p50_ms"] != ""

    visit(scenario)


@pytest.mark.parametrize("value", [0, 0.004, 1, 7, 99, 100, 12_345_678])
def test_a_bar_stays_within_its_chart(value: float) -> None:
    drawn = chart("<Title>", [Bar("<b>", value, "it", "/x?a=1&b=2")], str)
    assert "&lt;Title&gt;" in drawn
    assert "<b>" not in drawn
    assert 'href="/x?a=1&amp;b=2"' in drawn
    place = re.search(
        r'class="bar" x="[\d.]+" y="([\d.]+)" width="[\d.]+" height="([\d.]+)"', drawn
    )
    assert place is not None
    top, height = map(float, place.groups())
    assert 8 <= top <= top + height <= 130
    assert (height > 10) == (value > 0)


@pytest.mark.parametrize(
    ("most", "scale"), [(0, "0 1 2"), (1, "0 1 2"), (3, "0 2 4"), (5, "0 3 6"), (41, "0 30 60")]
)
def test_a_count_is_read_off_a_scale_of_whole_numbers(most: int, scale: str) -> None:
    drawn = chart("Calls", [Bar("Monday", most, "", "/")], lambda value: f"{value:.3g}")
    assert re.findall(r'class="scale"[^>]*>([^<]*)<', drawn) == scale.split()


def test_what_takes_too_long_is_said_and_the_rest_stays(hurried: Any, record: Database) -> None:
    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        page = await vera.get(f"{ASKED}&agent=support")
        assert (page.status_code, "To put them together by tool takes too long" in page.text) == (
            200,
            True,
        )
        assert "<dt>Conversations</dt>" in page.text

    hurried([find_groups], scenario)


def test_a_period_that_takes_too_long_leaves_the_question(hurried: Any, record: Database) -> None:
    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        page = await vera.get(f"{ASKED}&agent=support")
        assert (page.status_code, "takes too long" in page.text) == (422, True)
        assert "Agent: support" in page.text

    hurried([find_period], scenario)

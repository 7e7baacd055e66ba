"""The list of conversations: the address is the question, and every answer is text."""

import html
import re
from typing import Any

import pytest

from agent_service.conversation.records import Modality, Role, ToolCallStatus
from agent_service.store.audit_list import AUDIT
from agent_service.store.database import Database
from agent_service.store.queries import CONVERSATIONS
from agent_service.store.reviews.numbers import review_numbers
from agent_service.store.tables import AuditEntry
from agent_service.store.views import SavedView
from agent_service.store.work.labels import remove_label
from agent_service.store.writer import write_records
from agent_service.web.desk.filter_words import GROUPS

LIST = "/admin/conversations"


@pytest.fixture
def record(people: Database, new_sample: Any) -> list[str]:
    """Three conversations, one of which has a name that is markup."""
    ids = []
    for number in range(3):
        sample = new_sample()
        ids.append(sample.conversation_id)
        with people.write() as session:
            records = [
                sample.conversation(channel="phone" if number == 2 else "widget"),
                sample.turn(1, text=f"Where is <b>order</b> {number}?"),
                sample.turn(2, text="It was shipped today.", heard_text="It was shipped"),
                sample.tool_call(),
                sample.confirmation(),
                sample.incident(),
            ]
            write_records(session, records)
    return ids


def links(page: Any) -> list[str]:
    return [html.unescape(each) for each in re.findall(r'href="([^"]*)"', page.text)]


def rows(page: Any) -> list[str]:
    return re.findall(r'<td><a href="/admin/conversations/([^"?]*)[^"]*"', page.text)


def test_the_time_line_names_which_representative_spoke(
    visit: Any, people: Database, new_sample: Any
) -> None:
    sample = new_sample()
    said = {"role": Role.REPRESENTATIVE, "modality": Modality.TEXT}
    came = {"role": Role.SYSTEM, "flags": ("joined",)}
    with people.write() as session:
        records = [
            sample.conversation(),
            sample.turn(1, text="Ana has joined the conversation.", **came),
            sample.turn(2, text="This is me.", **said),
            sample.turn(3, text="Ben has joined the conversation.", **came),
            sample.turn(4, text="And now it is me.", **said),
        ]
        write_records(session, records)

    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        page = await vera.get(f"{LIST}/{sample.conversation_id}")
        named = r'representative</strong>\s*<span class="said">(\w+)</span>'
        assert re.findall(named, page.text) == ["Ana", "Ben"]
        assert '<span class="tag">text</span>' not in page.text  # where all is

    visit(scenario)


def test_every_order_has_its_words_once(visit: Any, people: Database) -> None:
    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        page = await vera.get(LIST)
        _, _, orders = page.text.partition('<select id="sort"')
        named = re.findall(
            r'<option value="([^"]*)"[^>]*>([^<]+)', orders.partition("</select>")[0]
        )
        every = {f"{sign}{name}" for name in CONVERSATIONS.sorts(False) for sign in ("-", "")}
        assert {value for value, _ in named} == every - {"-started_at"} | {""}
        assert len({words for _, words in named}) == len(named) == len(every)

    visit(scenario)


def test_a_row_says_what_its_caller_wanted(visit: Any, people: Database, record: list[str]) -> None:
    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        page = await vera.get(LIST)
        assert "Where is &lt;b&gt;order&lt;/b&gt; 2?" in page.text

    visit(scenario)


def test_filters_are_the_address_and_chips(visit: Any, people: Database, record: list[str]) -> None:
    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        asked = await vera.get(f"{LIST}?channel=widget&add=turn_count&how=gte&value=2&cursor=")
        assert asked.headers["location"] == f"{LIST}?channel=widget&turn_count__gte=2"
        page = await vera.get(asked.headers["location"])
        assert sorted(rows(page)) == sorted(record[:2])
        assert "Turns at least 2" in page.text
        assert f"{LIST}?channel=widget" in links(page)
        assert f"{LIST}?turn_count__gte=2" in links(page)
        files = "/api/export/conversations?channel=widget&turn_count__gte=2&format=csv"
        assert files in links(page)

    visit(scenario)


def test_found_words_are_marked_and_lead_to_their_turn(
    visit: Any, people: Database, record: list[str]
) -> None:
    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        page = await vera.get(f"{LIST}?q=order")
        assert page.text.count("&lt;b&gt;<mark>order</mark>&lt;/b&gt;") == 3
        assert any(re.search(r"#turn-[0-9a-f-]{36}$", each) for each in links(page))

    visit(scenario)


def test_pages_go_both_ways(visit: Any, people: Database, record: list[str]) -> None:
    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        seen, to = [], f"{LIST}?limit=1&column=agent"
        for direction in ("next", "next", "prev", "prev"):
            page = await vera.get(to)
            assert '<th scope="col">Agent</th>' in page.text
            assert '<th scope="col">Channel</th>' not in page.text
            seen += rows(page)
            found = re.search(rf'rel="{direction}" href="([^"]*)"', page.text)
            assert found is not None
            to = html.unescape(found[1])
        seen += rows(await vera.get(to))
        assert seen[:3] == seen[2:][::-1]
        assert len(set(seen)) == 3

    visit(scenario)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("gone=1", "There is no filter named “gone”: take it away."),
        ("columns=x", "There is no filter named “columns”: take it away."),
        ("cost_usd=much", "“Cost: much”: should be a number."),
        ("q=%00", "“\x00”: has no word to look for."),
        ("rating__in=1", "Rating cannot be asked for by “in”: take it away."),
        (
            "since=2026-03-02&until=2026-03-01",
            "“Since 2026-03-02” and “Until 2026-03-01” exclude each other: take one away.",
        ),
        (
            "is_open=true&end_reason=caller_ended",
            "“Going on: yes” and “End: caller ended” exclude each other: take one away.",
        ),
        ("gone=1&cost_usd=much", "“Cost: much”: should be a number."),
    ],
)
def test_what_cannot_be_asked_is_said_and_can_be_taken_away(
    visit: Any, people: Database, query: str, words: str
) -> None:
    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        page = await vera.get(f"{LIST}?{query}")
        assert page.status_code == 400
        assert words in html.unescape(page.text)
        assert LIST in [link.partition("?")[0] for link in links(page)]

    visit(scenario)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("sort=name", "There is no such order"),
        ("cursor=x", "That part of the list cannot be found again"),
        ("sort=name&cursor=x&limit=0&count=maybe", "A page has 1 to 200 rows"),
    ],
)
def test_what_only_the_page_is_asked_does_not_keep_the_list_away(
    visit: Any, people: Database, record: list[str], query: str, words: str
) -> None:
    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        page = await vera.get(f"{LIST}?{query}")
        assert (page.status_code, words in page.text) == (200, True)
        assert len(rows(page)) == 3

    visit(scenario)


def control(page: Any) -> str:
    """Return the second step of adding a filter."""
    found = re.search(r'<form class="card" method="get".*?</form>', page.text, re.DOTALL)
    assert found is not None
    return found[0]


def test_a_filter_is_added_by_its_field_then_a_value_that_is_known(
    visit: Any, people: Database, record: list[str]
) -> None:
    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        first = await vera.get(f"{LIST}?column=agent")
        assert f"{LIST}?column=agent&add=channel#value" in links(first)
        second = control(await vera.get(f"{LIST}?column=agent&add=channel"))
        assert re.findall(r'<option value="(\w+)"', second) == ["is", "not", "phone", "widget"]
        asked = await vera.get(f"{LIST}?channel=phone&add=channel&how=is&value=widget")
        assert asked.headers["location"] == f"{LIST}?channel__in=phone%2Cwidget"
        both = await vera.get(asked.headers["location"])
        assert "Channel: phone or widget" in both.text
        assert len(rows(both)) == 3
        same = await vera.get(f"{LIST}?channel=phone&add=channel&how=is&value=phone")
        assert same.headers["location"] == f"{LIST}?channel=phone"
        away = await vera.get(f"{LIST}?add=gone&value=1&agent=support")
        assert away.headers["location"] == f"{LIST}?agent=support"

    visit(scenario)


@pytest.mark.parametrize(
    ("said", "leads_to", "chip"),
    [
        ("add=duration_ms&how=gte&value=90", "duration_ms__gte=90000", "Duration at least 90 s"),
        ("add=heard_share&how=lt&value=80", "heard_share__lt=0.8", "Heard under 80%"),
        ("add=since&how=until&value=2026-03-01", "until=2026-03-01", "Until <time"),
        ("add=is_open&value=true", "is_open=true", "Going on: yes"),
        ("add=rating&how=lte&value=2", "rating__lte=2", "Rating at most 2"),
        ("add=rating&how=is&value=1", "rating=1", "Rating: 1"),
        ("add=agent&how=not&value=sales", "agent__not=sales", "Agent is not sales"),
        ("add=level&how=is&value=stepped_up", "level=stepped_up", "Level: stepped up"),
        ("add=reviewer&how=is&value=user:sam", "reviewer=user%3Asam", "Reviewed by: sam"),
    ],
)
def test_values_are_typed_and_shown_as_people_read_them(
    visit: Any, people: Database, said: str, leads_to: str, chip: str
) -> None:
    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        to = (await vera.get(f"{LIST}?{said}")).headers["location"]
        assert to == f"{LIST}?{leads_to}"
        assert chip in (await vera.get(to)).text

    visit(scenario)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("add=duration_ms&how=gte&value=long", "That is no number."),
        ("add=heard_share&how=gte&value=101", "That should be between 0 and 100."),
        ("add=turn_count&how=gte&value=1.5", "That should be a whole number."),
        ("add=customer&how=is&value=", "Say what is asked for."),
    ],
)
def test_a_value_that_cannot_be_is_said_at_its_field(
    visit: Any, people: Database, record: list[str], said: str, words: str
) -> None:
    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        page = await vera.get(f"{LIST}?channel=phone&{said}")
        assert words in control(page)
        assert 'aria-invalid="true"' in control(page)
        assert len(rows(page)) == 1

    visit(scenario)


def test_every_filter_can_be_added_and_has_words_of_its_own(visit: Any, people: Database) -> None:
    named = [(name, words.title) for group in GROUPS.values() for name, words in group.items()]
    assert {name for name, _ in named} == CONVERSATIONS.fields.keys() - {"until", "caller"}
    assert len({words for _, words in named}) == len(named)

    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        for name, words in named:
            assert f">{words}</label>" in control(await vera.get(f"{LIST}?add={name}"))

    visit(scenario)


def test_a_filter_for_what_there_is_not_says_so(
    visit: Any, people: Database, record: list[str], clock: Any
) -> None:
    async def scenario(sam: Any) -> None:
        await sam.sign_in("sam")
        await sam.act("/admin/labels", name="temp", colour="red")
        await sam.act(f"{LIST}/{record[0]}/labels", name="temp", act="put")
        await sam.act(f"{LIST}/views", name="Temp", question="label=temp")
        assert "there is no" not in (await sam.get(f"{LIST}?label=temp")).text
        assert "none on record" not in (await sam.get(f"{LIST}?label=temp&channel=phone")).text
        with people.write() as session:
            remove_label(session, "temp", clock.utc(), by="user:ada")
        for question, chip in (
            ("label=temp", "Label: temp (there is no label temp)"),
            ("label__not=temp", "Label is not temp (there is no label temp)"),
            ("assignee=zoe", "Assigned to: zoe (there is no user zoe)"),
            ("agent=nobody&channel=phone", "Agent: nobody (none on record)"),
        ):
            page = await sam.get(f"{LIST}?{question}")
            assert (page.status_code, chip in page.text) == (200, True), question
        assert "Channel: phone (" not in page.text
        for path in ("/admin/numbers?days=365", "/admin/reviews/numbers?q=x"):
            page = await sam.get(f"{path}&label=temp")
            assert "Label: temp (there is no label temp)" in page.text, path

    visit(scenario)


def test_an_empty_list_says_what_to_do(visit: Any, people: Database) -> None:
    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        assert "No conversation is on record yet." in (await vera.get(LIST)).text
        assert "take one away" in (await vera.get(f"{LIST}?agent=x")).text

    visit(scenario)


def test_views_are_saved_shown_and_forgotten(visit: Any, people: Database) -> None:
    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        await vera.act(f"{LIST}/views", name="On the <phone>", question="channel=phone")
        with people.read() as session:
            view = session.get(SavedView, "On the <phone>")
        assert view is not None
        assert view.saved_by == "user:vera"
        page = await vera.get(f"{LIST}?channel=phone")
        assert "On the &lt;phone&gt;" in page.text
        refused = await vera.act(f"{LIST}/views", name="Bad", question="gone=1")
        assert refused.status_code == 400
        assert "gone: is not known" in refused.text
        await vera.act(f"{LIST}/views/forget", name="On the <phone>")
        assert "&lt;phone&gt;" not in (await vera.get(LIST)).text

    visit(scenario)


def question_of(people: Database, name: str) -> str:
    with people.read() as session:
        return session.get_one(SavedView, name).question


def test_a_view_is_replaced_only_by_who_may_and_says_so(visit: Any, people: Database) -> None:
    at = f"{LIST}/views"

    async def scenario(vera: Any, sam: Any, ada: Any) -> None:
        for visitor, name in ((vera, "vera"), (sam, "sam"), (ada, "ada")):
            await visitor.sign_in(name)
        await sam.act(at, name="Phone", question="channel=phone")
        assert (await sam.act(at, name="Phone", question="channel=phone")).status_code == 303
        left = await vera.act(at, name="Phone", question="channel=widget")
        assert (left.status_code, "by sam: only they or an admin may" in left.text) == (409, True)
        assert 'name="replaces"' not in left.text
        asked = await ada.act(at, name=" Phone ", question="channel=widget")
        assert asked.status_code == 409
        assert "There is a view of that name, by sam: replace it?" in asked.text
        assert "Channel: widget" in asked.text
        seen = re.search(r'name="replaces" value="([^"]*)"', asked.text)
        assert seen is not None
        assert question_of(people, "Phone") == "channel=phone"
        other = await ada.act(at, name="Phone", question="channel=widget", replaces="another")
        assert other.status_code == 409
        yes = {"name": "Phone", "question": "channel=widget", "replaces": seen[1]}
        assert (await vera.act(at, **yes)).status_code == 409
        assert (await ada.act(at, **yes)).headers["location"] == f"{LIST}?channel=widget"
        assert question_of(people, "Phone") == "channel=widget"
        assert (await sam.act(f"{at}/forget", name="Phone")).status_code == 403
        assert "Forget the view" not in (await sam.get(f"{LIST}?channel=widget")).text
        assert "Forget the view" in (await ada.get(f"{LIST}?channel=widget")).text

    visit(scenario)
    with people.read() as session:
        saved = session.query(AuditEntry).filter_by(action="view.saved").all()
        assert [one.actor for one in saved] == ["user:sam", "user:ada"]


def test_what_is_wrong_with_a_view_s_name_is_said_at_its_field(
    visit: Any, people: Database, record: list[str]
) -> None:
    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        asked = {"question": "channel=phone"}
        refused = await vera.act(f"{LIST}/views", name="a//b", **asked)
        assert refused.status_code == 400
        assert 'value="a//b" aria-invalid="true"' in refused.text
        assert "A name should have something before and after each slash." in refused.text
        assert rows(refused) == [record[2]]
        saved = await vera.act(f"{LIST}/views", name="Refunds / returns", **asked)
        assert saved.headers["location"] == f"{LIST}?channel=phone"

    visit(scenario)


def test_one_conversation_shows_what_was_not_heard(
    visit: Any, people: Database, record: list[str]
) -> None:
    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        page = await vera.get(f"{LIST}/{record[0]}")
        assert 'It was shipped<del title="not heard"> today.</del>' in page.text
        assert "&lt;b&gt;order&lt;/b&gt;" in page.text
        for words in ("find_order", "Cancel order 1007?", "provider failed"):
            assert words in page.text
        assert (await vera.get(f"{LIST}/nothing")).status_code == 404

    visit(scenario)


def test_reading_is_audited(visit: Any, people: Database, record: list[str]) -> None:
    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        await vera.get(LIST)
        await vera.get(f"{LIST}?q=order")
        await vera.get(f"{LIST}/{record[0]}")

    visit(scenario)
    with people.read() as session:
        noted = [
            (row.actor, row.action, row.conversation_id)
            for row in session.query(AuditEntry).order_by(AuditEntry.number)
            if row.action.split(".")[0] in ("record", "conversation")
        ]
    assert noted == [
        ("user:vera", "record.searched", None),
        ("user:vera", "conversation.read", record[0]),
    ]


def test_how_the_list_parts_narrows_it(
    visit: Any, people: Database, record: list[str], new_sample: Any
) -> None:
    sample = new_sample()
    with people.write() as session:
        failed = sample.tool_call(status=ToolCallStatus.FAILED)
        write_records(session, [sample.conversation(channel="phone"), failed])

    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        page = await vera.get(LIST)
        parts = facets(page)
        assert {name: count for name, (_, count) in parts.items()} == {
            ("Failed tool", "find order"): 1,
            ("Channel", "phone"): 2,
            ("Channel", "widget"): 2,
        }
        narrowed = await vera.get(parts["Channel", "phone"][0])
        assert set(rows(narrowed)) == {record[2], sample.conversation_id}
        assert [title for title, _ in facets(narrowed)] == ["Failed tool"]
        found = await vera.get(facets(narrowed)["Failed tool", "find order"][0])
        assert rows(found) == [sample.conversation_id]
        assert "Outcome of the tool: failed" in found.text
        day = re.search(r'href="([^"]*)" data-days="1 1"', found.text)
        assert day is not None
        yesterday = await vera.get(html.unescape(day[1]))
        assert (rows(yesterday), "Nothing fits all" in yesterday.text) == ([], True)

    visit(scenario)


def facets(page: Any) -> dict[tuple[str, str], tuple[str, int]]:
    """Return where each facet leads and its count, by its title and value."""
    nav = page.text.partition('aria-label="Narrow down"')[2].partition("</nav>")[0]
    found = {}
    for part in nav.split("<h2>")[1:]:
        title = part.partition("<")[0]
        for to, value, count in re.findall(r'href="([^"]*)">(.*?) <span class="soft">(\d+)', part):
            found[title, value] = (html.unescape(to), int(count))
    return found


def test_a_question_that_takes_too_long_says_so_and_stays(
    hurried: Any, people: Database, record: list[str]
) -> None:
    async def scenario(ada: Any) -> None:
        await ada.sign_in("ada")
        for path in ("/admin/conversations?agent=support", "/admin/reviews/numbers?agent=support"):
            page = await ada.get(path)
            assert (page.status_code, "takes too long" in page.text) == (422, True)
            assert "Agent: support" in page.text
        page = await ada.get("/admin/audit?actor=user:ada")
        assert (page.status_code, "takes too long" in page.text) == (422, True)
        assert 'value="user:ada"' in page.text

    hurried([CONVERSATIONS.page, AUDIT.page, review_numbers], scenario)

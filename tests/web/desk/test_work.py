"""Work on conversations at the desk, by forms alone: what was seen counts, nothing is lost."""

import html
import re
from typing import Any

import pytest
from desk_visitor import add_people, desk_routes, field_of, visits
from sqlalchemy import select
from tool_desk import ToolDesk
from workshop import Job

from agent_service.store.approvals import Approval
from agent_service.store.database import Database
from agent_service.store.directory import Customers
from agent_service.store.work.standing import standing_of
from agent_service.store.work.tables import ConversationLabel, Note
from agent_service.store.writer import write_records

LIST = "/admin/conversations"


@pytest.fixture
def record(people: Database, new_sample: Any) -> list[str]:
    """Three conversations of one customer."""
    samples = [new_sample() for _ in range(3)]
    with people.write() as session:
        write_records(session, [sample.conversation() for sample in samples])
    return [sample.conversation_id for sample in samples]


def standing(people: Database, id: str) -> tuple[Any, ...]:
    with people.read() as session:
        found = standing_of(session, id)
        return found.state, found.assignee, found.version


def views(page: Any) -> dict[str, str]:
    """Return the views with a count."""
    found = re.findall(r'<li><a href="[^"]*"[^>]*>([\w ]+) <span class="soft">(\d+)', page.text)
    return dict(found)


def test_who_saw_an_older_state_is_told_who_was_faster(
    visit: Any, people: Database, record: list[str]
) -> None:
    at = f"{LIST}/{record[0]}/work"

    async def scenario(sam: Any, sue: Any, vera: Any) -> None:
        for visitor, name in ((sam, "sam"), (sue, "sue"), (vera, "vera")):
            await visitor.sign_in(name)
        done = await sam.act(at, act="mine", version="0")
        assert done.headers["location"] == f"{LIST}/{record[0]}#work"
        late = await sue.act(at, act="solved", version="0")
        assert late.status_code == 409
        assert "sam was faster" in late.text
        assert 'name="version" value="1"' in late.text
        assert (await sue.act(at, act="solved", version="1")).status_code == 303
        assert (await vera.act(at, act="open", version="2")).status_code == 403
        assert "Assign to me" not in (await vera.get(f"{LIST}/{record[0]}")).text
        for wrong in ({"act": "x"}, {"act": "open", "version": "x"}, {"act": "open"}):
            assert (await sam.act(at, **wrong)).status_code == 400
        waits = {"act": "waiting", "version": "2"}
        assert (await sam.act(at, **waits, hours="5")).status_code == 400
        assert (await sam.act(at, **waits, day="soon")).status_code == 400
        assert (await sam.act(at, **waits, day="2020-01-01")).status_code == 409
        assert (await sam.act(at, **waits, hours="24")).status_code == 303
        nothing = await sam.act(f"{LIST}/nothing/work", act="open", version="0")
        assert nothing.status_code == 404

    visit(scenario)
    assert standing(people, record[0]) == ("waiting", "sam", 3)


def test_a_note_that_came_too_late_is_still_in_its_field(
    visit: Any, people: Database, record: list[str]
) -> None:
    at = f"{LIST}/{record[0]}/notes"

    async def scenario(sam: Any, sue: Any, ada: Any) -> None:
        for visitor, name in ((sam, "sam"), (sue, "sue"), (ada, "ada")):
            await visitor.sign_in(name)
        assert (await sam.act(at, act="write", text="<b>call</b>")).status_code == 303
        page = await sue.get(f"{LIST}/{record[0]}")
        assert "&lt;b&gt;call&lt;/b&gt;" in page.text
        assert 'value="edit"' not in page.text
        with people.read() as session:
            id = session.scalars(select(Note.id)).one()
        edit = {"act": "edit", "id": id, "version": "1"}
        assert (await sam.act(at, **edit, text="called")).status_code == 303
        late = await sam.act(at, **edit, text="my long words")
        assert late.status_code == 409
        assert "It reads now: called" in late.text
        assert ">my long words</textarea>" in late.text
        others = await sue.act(at, **edit, text="x")
        assert others.status_code == 403
        long = await sue.act(at, act="write", text="y" * 4_001)
        assert (long.status_code, "y" * 4_001 in long.text) == (409, True)
        assert (await sue.act(at, act="remove", id=id)).status_code == 403
        assert (await ada.act(at, act="remove", id=id)).status_code == 303
        assert (await sam.act(at, act="remove", id=id)).status_code == 404
        assert (await sam.act(at, act="x")).status_code == 400

    visit(scenario)


def test_what_a_role_does_not_let_one_send_is_shown_to_be_copied(
    visit: Any, people: Database, record: list[str]
) -> None:
    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        at = f"{LIST}/{record[0]}"
        refused = await vera.act(f"{at}/notes", act="write", text="my <b>long</b> words")
        assert refused.status_code == 403
        assert "Your role does not let you work on conversations" in refused.text
        assert "my &lt;b&gt;long&lt;/b&gt; words" in refused.text
        assert f'<a href="{at}">Back to where you were</a>' in refused.text
        assert "Act" not in refused.text.partition("<main")[2]
        shut = await vera.act("/admin/users", name="mallory", password="secret words")
        assert 'dd class="said" dir="auto">mallory' in shut.text
        assert "secret words" not in shut.text

    visit(scenario)


def test_the_views_count_what_they_lead_to(visit: Any, people: Database, record: list[str]) -> None:
    async def scenario(sam: Any, vera: Any) -> None:
        await sam.sign_in("sam")
        await vera.sign_in("vera")
        await sam.act(f"{LIST}/{record[0]}/work", act="mine", version="0")
        await sam.act(f"{LIST}/{record[1]}/work", act="waiting", version="0", hours="")
        page = await sam.get(f"{LIST}?agent=support")
        assert views(page) == {"Mine": "1", "Unassigned": "1", "Waiting": "1"}
        for number, words in enumerate(("Mine", "Unassigned", "Waiting")):
            to = re.findall(rf'<a href="([^"]*)"[^>]*>{words} <span', page.text)
            shown = await sam.get(html.unescape(to[0]))
            rows = re.findall(rf'<td><a href="{LIST}/([^"?]*)', shown.text)
            assert rows == [record[0 if number == 0 else 1]]
        assert views(await vera.get(LIST)) == {"Unassigned": "1", "Waiting": "1"}
        shown = await vera.get(f"{LIST}/{record[2]}")
        assert "Also of this customer" in shown.text
        assert f"{LIST}/{record[0]}" in shown.text

    visit(scenario)


def test_several_are_changed_at_once_but_for_what_somebody_else_has(
    visit: Any, people: Database, record: list[str]
) -> None:
    async def scenario(sam: Any, sue: Any) -> None:
        await sam.sign_in("sam")
        await sue.sign_in("sue")
        await sue.act("/admin/labels", name="refund", colour="red")
        page = await sam.get(LIST)
        chosen = re.findall(r'name="chosen" form="chosen" value="([^"]*)"', page.text)
        assert sorted(chosen) == sorted(f"{id}.0" for id in record)
        form: dict[str, Any] = {"chosen": chosen, "question": "agent=support"}
        await sue.act(f"{LIST}/{record[1]}/work", act="mine", version="0")
        refused = await sam.act(f"{LIST}/work", act="mine", **form)
        assert refused.status_code == 409
        assert "1 of 3 stay as they are" in refused.text
        assert "sue was faster" in refused.text
        put = await sam.act(f"{LIST}/work", act="put", name="refund", **form)
        assert put.headers["location"] == f"{LIST}?agent=support"
        for wrong in (
            {"act": "mine"},
            {"act": "mine", "chosen": "x"},
            {"chosen": f"{record[0]}.1"},
        ):
            assert (await sam.act(f"{LIST}/work", **wrong)).status_code == 400
        too_many: Any = [f"{number}.0" for number in range(201)]
        assert (await sam.act(f"{LIST}/work", act="open", chosen=too_many)).status_code == 400

    visit(scenario)
    assert [standing(people, id)[1] for id in record] == ["sam", "sue", "sam"]
    with people.read() as session:
        assert len(session.scalars(select(ConversationLabel.conversation_id)).all()) == 3


def test_labels_have_a_page_where_admins_rename_merge_and_remove(
    visit: Any, people: Database, record: list[str]
) -> None:
    async def scenario(sam: Any, ada: Any) -> None:
        await sam.sign_in("sam")
        await ada.sign_in("ada")
        assert "no labels yet" in (await sam.get("/admin/labels")).text
        for name in ("Refund", "late"):
            await sam.act("/admin/labels", name=name, colour="blue")
        twice = await sam.act("/admin/labels", name="refund", colour="red")
        assert (twice.status_code, 'value="refund"' in twice.text) == (409, True)
        wrong = await sam.act("/admin/labels", name="a/b", colour="red")
        assert 'aria-invalid="true"' in wrong.text
        assert "A label has 1 to 40 characters, without comma or slash." in wrong.text
        assert (await sam.act("/admin/labels", name="x", colour="x")).status_code == 400
        change = "/admin/labels/change"
        assert (await sam.act(change, act="remove", name="late")).status_code == 403
        new = {"act": "change", "name": "late", "new_name": "too late", "colour": "red"}
        assert (await ada.act(change, **new)).status_code == 303
        at = f"{LIST}/{record[0]}/labels"
        assert (await sam.act(at, act="put", name="too late")).status_code == 303
        assert (await sam.act(at, act="x", name="too late")).status_code == 400
        assert "label-red" in (await sam.get(f"{LIST}/{record[0]}")).text
        asked = (await ada.get("/admin/labels")).text
        assert "It is taken off 1 conversation, and cannot be put back on them at once." in asked
        assert "1 conversation gets another label in its place" in asked
        assert "Remove" not in (await sam.get("/admin/labels")).text
        assert (
            await ada.act(change, act="merge", name="too late", into="refund")
        ).status_code == 303
        assert f"{LIST}?label=refund" in (await sam.get("/admin/labels")).text
        assert (await sam.act(at, act="take", name="refund")).status_code == 303
        assert (await ada.act(change, act="remove", name="refund")).status_code == 303
        assert (await ada.act(change, act="remove", name="refund")).status_code == 404
        assert (await ada.act(change, act="x", name="refund")).status_code == 400

    visit(scenario)


def test_what_went_wrong_is_decided_and_told_on_the_conversations_own_page(
    sqlite_desk: ToolDesk,
) -> None:
    add_people(sqlite_desk.database, sqlite_desk.clock)
    with sqlite_desk.database.write() as session:
        session.get_one(Job, 1002).paid_minor = 150_00
    sqlite_desk.call("pay_back", {"job": 1002, "reason": "<b>broken</b>"})
    with sqlite_desk.database.write() as session:
        waiting = session.scalars(select(Approval)).one()
        id, at = waiting.id, f"/admin/conversations/{waiting.conversation_id}"

    def routes(customers: Customers | None = sqlite_desk.customers) -> Any:
        desk = sqlite_desk
        return desk_routes(desk.database, desk.clock, desk.registry, customers)

    async def scenario(sam: Any, vera: Any) -> None:
        await sam.sign_in("sam")
        await vera.sign_in("vera")
        page = await sam.get(at)
        assert field_of(page, "next") == at
        looked = await vera.get(at)
        assert ("approval-" in looked.text, "Approve" in looked.text) == (True, False)
        decided = await sam.act("/admin/approvals", id=id, decision="approve", next=at)
        assert decided.headers["location"] == at
        elsewhere = await sam.act("/admin/approvals", id=id, decision="x", next="//evil.example")
        assert elsewhere.status_code == 400
        told = await sam.get(at)
        assert "Approve</button>" not in told.text
        assert 'to <span class="said">jane' in told.text  # the decision is told by itself
        key = field_of(told, "key")
        letter = {"key": key, "text": " It is on its way. <i>Sam</i> "}
        for _ in range(2):  # pressed twice
            sent = await sam.act(f"{at}/letters", **letter)
            assert sent.headers["location"] == f"{at}#letters"
        shown = (await sam.get(at)).text
        assert shown.count("It is on its way. &lt;i&gt;Sam&lt;/i&gt;</p>") == 1
        assert (await vera.act(f"{at}/letters", **letter)).status_code == 403
        empty = await sam.act(f"{at}/letters", key=key, text=" ")
        assert (empty.status_code, "A letter has 1 to" in empty.text) == (409, True)
        lost = await sam.act("/admin/conversations/gone/letters", key=key, text="Hello")
        assert lost.status_code == 404

    async def without_contact(sam: Any) -> None:
        await sam.sign_in("sam")
        kept = await sam.act(f"{at}/letters", key="2", text="Not lost <b>")
        assert (kept.status_code, "no contact of this customer" in kept.text) == (409, True)
        assert "Not lost &lt;b&gt;</textarea>" in kept.text

    visits(routes, scenario)
    visits(lambda: routes(None), without_contact)

"""The pages of what the team decides and administers: approvals, queue, tools, users, and so on."""

import html
import re
from pathlib import Path
from typing import Any

import pytest
from desk_visitor import Scenario, add_people, desk_routes, visits
from sqlalchemy import select
from structlog.testing import capture_logs
from tool_desk import ToolDesk
from workshop import SETTLEMENTS, Job, Payback

import agent_service
from agent_service.conversation.records import Caller, CallerLevel
from agent_service.store.admin_tokens import Scope, create_token
from agent_service.store.approvals import TOOL_ASKED, Approval
from agent_service.store.auditing import audit
from agent_service.store.database import Database
from agent_service.store.promises import list_promises
from agent_service.store.switches import is_switched_off
from agent_service.store.tables import AuditEntry, Conversation
from agent_service.store.users import known
from agent_service.web.admin_access import AdminAccess
from agent_service.web.desk.audit_words import ACTIONS, action_words, actor_words, detail_words
from agent_service.web.desk.page import Desk

HOSTILE = "<img src=x onerror=alert(1)>"
SHOWN = "&lt;img src=x onerror=alert(1)&gt;"


@pytest.fixture
def team(sqlite_desk: ToolDesk) -> ToolDesk:
    """The workshop, with people who sign in."""
    add_people(sqlite_desk.database, sqlite_desk.clock)
    return sqlite_desk


def at_the_desk(team: ToolDesk, scenario: Scenario) -> None:
    def routes() -> Any:
        return desk_routes(
            team.database, team.clock, team.registry, team.customers, dict(SETTLEMENTS)
        )

    visits(routes, scenario)


def payback(team: ToolDesk, minor: int = 150_00) -> str:
    """Have a payback wait for the team; return the approval's id."""
    with team.database.write() as session:
        session.get_one(Job, 1002).paid_minor = minor
    team.call("pay_back", {"job": 1002, "reason": HOSTILE})
    with team.database.read() as session:
        return session.scalars(select(Approval.id)).one()


def acts(team: ToolDesk) -> list[tuple[str, str]]:
    with team.database.read() as session:
        rows = session.scalars(select(AuditEntry).order_by(AuditEntry.number))
        return [(row.actor, row.action) for row in rows if row.actor.startswith("user:")]


def test_a_supervisor_approves_what_waits(team: ToolDesk) -> None:
    id = payback(team)

    async def scenario(sam: Any, vera: Any) -> None:
        await vera.sign_in("vera")
        page = await vera.get("/admin/approvals")
        assert "Pay back $150.00 for the gearbox" in page.text
        assert SHOWN in page.text
        assert "Approve" not in page.text.partition("<main")[2].replace("Approvals", "")
        await sam.sign_in("sam")
        assert 'value="approve"' in (await sam.get("/admin/approvals")).text
        done = await sam.act("/admin/approvals", id=id, decision="approve", note="saw the photo")
        assert done.status_code == 303
        page = await sam.get(done.headers["location"])
        assert "Approved: Pay back $150.00 for the gearbox. I have requested" in page.text
        assert "Approved: Pay back" not in (await vera.get(done.headers["location"])).text
        page = await sam.get("/admin/approvals")
        assert "Approved: Pay back" not in page.text
        assert "Nothing waits." in page.text
        assert "saw the photo" in page.text

    at_the_desk(team, scenario)
    with team.database.read() as session:
        assert session.scalars(select(Payback.amount_minor)).all() == [150_00]
    assert ("user:sam", "approval.approved") in acts(team)


def test_of_two_supervisors_who_decide_at_once_one_is_told_who_was_faster(team: ToolDesk) -> None:
    id = payback(team)

    async def scenario(sam: Any, sue: Any) -> None:
        await sam.sign_in("sam")
        await sue.sign_in("sue")
        await sam.act("/admin/approvals", id=id, decision="decline", note="too late for that")
        late = await sue.act("/admin/approvals", id=id, decision="approve", note="my own words")
        assert late.status_code == 409
        faster = "sam was faster: Pay back $150.00 for the gearbox is declined already."
        assert f"{faster} “too late for that”" in late.text
        assert "my own words" in late.text
        assert "Nothing waits." in late.text

    at_the_desk(team, scenario)
    with team.database.read() as session:
        assert session.scalars(select(Payback.amount_minor)).all() == []


def test_who_decides_on_what_went_with_its_customer_is_told_so(team: ToolDesk) -> None:
    id = payback(team)
    with team.database.write() as session:
        for row in session.scalars(select(Conversation)):
            row.ended_at = team.clock.utc()
        customer = session.scalars(select(Approval.customer_id)).one()
    place = f"/admin/customers/{customer}"

    async def scenario(sam: Any, ada: Any) -> None:
        await sam.sign_in("sam")
        await ada.sign_in("ada")
        asked = (await ada.get(place)).text.partition("<h2>Erase")[2]
        assert "waits for approval" in asked
        assert "Pay back $150.00" in asked
        await ada.act(f"{place}/erasure", again=customer)
        late = await sam.act("/admin/approvals", id=id, decision="approve", note="my own words")
        assert late.status_code == 404
        assert "Its customer was erased by ada" in late.text
        assert "my own words" in late.text

    at_the_desk(team, scenario)


def test_a_large_amount_waits_for_a_second_person(team: ToolDesk) -> None:
    id = payback(team, 5_000_00)

    async def scenario(sam: Any, sue: Any) -> None:
        await sam.sign_in("sam")
        await sue.sign_in("sue")
        first = await sam.act("/admin/approvals", id=id, decision="approve")
        assert "A second person has to" in (await sam.get(first.headers["location"])).text
        again = await sam.act("/admin/approvals", id=id, decision="approve", note="kept")
        assert "A second person has to decide." in again.text
        assert 'value="kept"' in again.text
        assert "Agreed already" in (await sue.get("/admin/approvals")).text
        await sue.act("/admin/approvals", id=id, decision="approve")
        assert "sam, sue" in (await sue.get("/admin/approvals")).text

    at_the_desk(team, scenario)


def test_what_is_no_decision_is_refused(team: ToolDesk) -> None:
    async def scenario(sam: Any) -> None:
        await sam.sign_in("sam")
        for fields, status, words in (
            ({"id": "x", "decision": "approve"}, 404, "There is no such approval."),
            ({"id": "x", "decision": "maybe"}, 400, "decision: is approve or decline."),
            ({"id": "x" * 50, "decision": "approve"}, 400, "id: has more than 36"),
            ({"id": "x", "decision": "approve", "note": "x" * 501}, 400, "note: has more than 500"),
        ):
            refused = await sam.act("/admin/approvals", **fields)
            assert refused.status_code == status
            assert words in refused.text

    at_the_desk(team, scenario)


def test_a_promise_is_marked_as_kept_once(team: ToolDesk) -> None:
    caller = Caller("ACME-77", HOSTILE, CallerLevel.VERIFIED)
    team.call("hand_over_to_human", {"reason": HOSTILE}, caller=caller)
    with team.database.read() as session:
        (promise,) = list_promises(session, team.clock.utc())

    async def scenario(sam: Any, vera: Any) -> None:
        await vera.sign_in("vera")
        page = await vera.get("/admin/queue?kind=handoff")
        assert f"A colleague takes over: {SHOWN}" in page.text
        assert "<button" not in page.text.partition("<main")[2]
        assert "Nothing is open." in (await vera.get("/admin/queue?kind=ticket")).text
        assert (await vera.get("/admin/queue?kind=other")).status_code == 400
        await sam.sign_in("sam")
        await sam.act("/admin/queue", id=promise.id, note="called them")
        again = await sam.act("/admin/queue", id=promise.id, note="me too")
        assert again.status_code == 409
        assert "me too" in again.text
        assert (await sam.act("/admin/queue", id="ticket-99")).status_code == 404

    at_the_desk(team, scenario)
    with team.database.read() as session:
        (kept,) = list_promises(session, team.clock.utc(), is_all=True)
    assert (kept.done_by, kept.note) == ("user:sam", "called them")
    assert ("user:sam", "promise.done") in acts(team)


def test_a_tool_is_switched_by_an_admin_with_a_reason(team: ToolDesk) -> None:
    async def scenario(ada: Any, sam: Any) -> None:
        await sam.sign_in("sam")
        assert "Switch off" not in (await sam.get("/admin/tools")).text
        refused = await sam.act("/admin/tools", tool="cancel_job", switch="off", reason="x")
        assert refused.status_code == 403
        await ada.sign_in("ada")
        for fields, status in (
            ({"tool": "cancel_job", "switch": "off", "reason": " "}, 400),
            ({"tool": "cancel_job", "switch": "half", "reason": "x"}, 400),
            ({"tool": "nothing", "switch": "off", "reason": "x"}, 404),
        ):
            assert (await ada.act("/admin/tools", **fields)).status_code == status
        await ada.act("/admin/tools", tool="cancel_job", switch="off", reason=HOSTILE)
        page = await ada.get("/admin/tools")
        assert SHOWN in page.text
        assert page.text.count("Switch on") == 1

    at_the_desk(team, scenario)
    with team.database.read() as session:
        assert is_switched_off(session, "cancel_job")
    assert ("user:ada", "tool.switched_off") in acts(team)


def test_tools_say_how_they_were_used(team: ToolDesk) -> None:
    team.call("hand_over_to_human", {"reason": "x"})

    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        page = (await vera.get("/admin/tools")).text
        found = re.search(r"\?tool=hand_over_to_human&amp;since=[^\"]*\">(\d+)", page)
        assert found is not None
        assert found[1] == "1"

    at_the_desk(team, scenario)


def test_who_of_the_team_wanted_what_waits_stands_beside_it(team: ToolDesk) -> None:
    id = payback(team)
    with team.database.write() as session:
        row = session.get_one(Approval, id)
        asked = {"tool": row.tool, "tool_call_id": row.tool_call_id}
        for actor, detail in (("user:sue", asked), ("user:eve", asked | {"tool_call_id": "x"})):
            audit(
                session,
                actor,
                TOOL_ASKED,
                team.clock.utc(),
                conversation_id=row.conversation_id,
                detail=detail,
            )

    async def scenario(sam: Any) -> None:
        await sam.sign_in("sam")
        page = (await sam.get("/admin/approvals")).text
        assert '<dt>Wanted by</dt><dd class="said">sue</dd>' in page
        await sam.act("/admin/approvals", id=id, decision="decline")
        page = (await sam.get("/admin/approvals")).text
        assert '<td class="said">sue</td>' in page
        assert "user:eve" not in page

    at_the_desk(team, scenario)


def test_an_admin_revokes_a_token(team: ToolDesk) -> None:
    with team.database.write() as session:
        create_token(session, "till", team.clock.utc(), scopes=[Scope.READ])

    async def scenario(ada: Any, sam: Any) -> None:
        await ada.sign_in("ada")
        await sam.sign_in("sam")
        assert (await sam.act("/admin/users/revoke", name="till")).status_code == 403
        assert 'aria-label="Revoke till"' in (await ada.get("/admin/users")).text
        assert (await ada.act("/admin/users/revoke", name="till")).status_code == 303
        assert 'aria-label="Revoke till"' not in (await ada.get("/admin/users")).text
        late = await ada.act("/admin/users/revoke", name="till")
        assert (late.status_code, "There is no token" in late.text) == (409, True)

    at_the_desk(team, scenario)
    assert acts(team).count(("user:ada", "admin_token.revoked")) == 1


def test_an_admin_adds_changes_and_shuts_out_users(team: ToolDesk) -> None:
    async def scenario(ada: Any, ben: Any) -> None:
        await ada.sign_in("ada")
        made = await ada.act("/admin/users", name="Ben", role="viewer")
        found = re.search(r'<code class="said">([^<]+)</code>', made.text)
        assert found is not None
        assert (await ben.sign_in("ben", found[1])).status_code == 303
        assert found[1] not in (await ada.get("/admin/users")).text
        assert (await ada.act("/admin/users", name="ben", role="viewer")).status_code == 409
        assert (
            'value="two words"'
            in (await ada.act("/admin/users", name="two words", role="viewer")).text
        )
        assert (await ada.act("/admin/users", name="x", role="king")).status_code == 400
        change = "/admin/users/change"
        await ada.act(change, name="ben", act="role", role="supervisor")
        reset = await ada.act(change, name="ben", act="reset")
        assert "shown this once" in reset.text
        assert (await ben.get("/admin/account")).status_code == 303
        await ada.act(change, name="ben", act="disable")
        assert "shut out" in (await ada.get("/admin/users")).text
        await ada.act(change, name="ben", act="enable")
        out = await ada.act(change, name="ben", act="sign_out")
        assert "ben is signed out everywhere." in out.text
        last = await ada.act(change, name="ada", act="role", role="viewer")
        assert last.status_code == 409
        assert "is the only admin" in last.text
        assert (await ada.act(change, name="nobody", act="reset")).status_code == 404
        assert (await ada.act(change, name="ben", act="promote")).status_code == 400

    at_the_desk(team, scenario)
    done = [action for actor, action in acts(team) if actor == "user:ada"]
    assert done == [
        "sign_in.opened",
        "user.added",
        "user.role_changed",
        "user.password_reset",
        "user.disabled",
        "user.enabled",
        "sign_in.all_closed",
    ]


def test_who_signs_in_elsewhere_gets_no_password_here(team: ToolDesk) -> None:
    async def scenario(ada: Any) -> None:
        await ada.sign_in("ada")
        fields = {"name": "eve@example.com", "role": "viewer", "way": "single-sign-on"}
        assert (await ada.act("/admin/users", **fields)).status_code == 303
        assert "<td>single sign-on</td>" in (await ada.get("/admin/users")).text
        made = await ada.act("/admin/users", name="bea", role="viewer", way="password")
        assert "shown this once" in made.text

    visits(lambda: desk_routes(team.database, team.clock, has_single_sign_on=True), scenario)
    with team.database.read() as session:
        assert known(session, "eve@example.com").password_hash is None


def test_the_audit_log_is_asked_by_who_what_and_when(team: ToolDesk) -> None:
    async def scenario(ada: Any) -> None:
        await ada.sign_in("ada", "wrong")
        await ada.sign_in("ada")
        page = await ada.get("/admin/audit?actor=user:ada&action=&since=2020-01-01")
        assert page.text.count("<td>signed in</td>") == 1
        assert page.text.count("<td>gave a wrong password</td>") == 1
        assert '<option value="user:ada" selected>ada</option>' in page.text
        assert "Who: ada" in page.text
        assert "Nothing fits." in (await ada.get("/admin/audit?actor=nobody")).text
        wrong = await ada.get("/admin/audit?since=soon&gone=1")
        assert wrong.status_code == 400
        assert "“Since soon”: should be a time" in wrong.text
        first = await ada.get("/admin/audit?limit=1")
        assert 'rel="next"' in first.text

    at_the_desk(team, scenario)


def test_settings_are_shown_without_secrets(team: ToolDesk) -> None:
    async def scenario(ada: Any) -> None:
        await ada.sign_in("ada")
        page = await ada.get("/admin/settings")
        assert "server.port" in page.text
        assert "Agent support" in page.text
        assert "instructions" in page.text

    at_the_desk(team, scenario)


def test_a_customer_is_found_read_and_erased_with_a_receipt(team: ToolDesk) -> None:
    caller = Caller("ACME/77", HOSTILE, CallerLevel.VERIFIED)
    team.call("hand_over_to_human", {"reason": HOSTILE}, caller=caller)
    with team.database.write() as session:
        for row in session.scalars(select(Conversation)):
            row.ended_at = team.clock.utc()

    async def scenario(ada: Any, sam: Any) -> None:
        await sam.sign_in("sam")
        found = await sam.get("/admin/customers?by=customer_id&value=ACME/77")
        assert found.headers["location"] == "/admin/customers/ACME/77"
        page = await sam.get(found.headers["location"])
        assert SHOWN in page.text
        assert "handoff" in page.text
        assert "Erase" not in page.text
        place = "/admin/customers/ACME/77/erasure"
        assert (await sam.act(place, again="ACME/77")).status_code == 403
        await ada.sign_in("ada")
        await ada.get(found.headers["location"])
        asked = (await ada.get(found.headers["location"])).text.partition("<h2>Erase")[2]
        assert "This is open with them" in asked
        assert "wants a person" in asked
        assert SHOWN in asked
        unsure = await ada.act(place, again="ACME")
        assert unsure.status_code == 400
        assert "not what was typed" in unsure.text
        done = await ada.act(place, again="ACME/77")
        receipt = await ada.get(done.headers["location"])
        assert "<dd>ada</dd>" in receipt.text
        assert "Requests for a person" in receipt.text
        assert "no conversation of this customer" in (await ada.get(page.url.path)).text
        assert (await ada.get("/admin/erasures/x")).status_code == 404

    at_the_desk(team, scenario)
    with team.database.read() as session:
        assert session.scalars(select(Conversation)).all() == []


def test_customers_are_asked_for_in_ways_that_there_are(team: ToolDesk) -> None:
    async def scenario(sam: Any) -> None:
        await sam.sign_in("sam")
        assert 'type="search"' in (await sam.get("/admin/customers")).text
        assert (await sam.get("/admin/customers?by=name&value=x")).status_code == 400
        assert (await sam.get("/admin/customers?by=email&value=" + "x" * 501)).status_code == 400
        unknown = await sam.get("/admin/customers?by=email&value=nobody@example.com")
        assert "no such customer" in unknown.text
        assert (await sam.get("/admin/customers/" + "x" * 129)).status_code == 400

    at_the_desk(team, scenario)


def test_storage_that_is_away_is_said_without_its_words(
    team: ToolDesk, sqlite_database: Database
) -> None:
    async def scenario(sam: Any) -> None:
        await sam.sign_in("sam")
        with sqlite_database.write() as session:
            session.connection().exec_driver_sql("ALTER TABLE approvals RENAME TO gone")
        page = await sam.get("/admin/approvals")
        assert page.status_code == 503
        assert "The database cannot be used at the moment." in page.text
        assert "Sign out" in page.text

    at_the_desk(team, scenario)


def test_a_mistake_of_ours_is_a_page_with_a_reference_that_the_log_has(team: ToolDesk) -> None:
    async def break_it(*_: Any) -> Any:
        raise ZeroDivisionError(HOSTILE)

    def routes() -> Any:
        desk = Desk(AdminAccess(team.database, team.clock))
        broken = [desk.page("/admin/x", None, break_it), desk.form("/admin/x", None, break_it)]
        return [*broken, *desk_routes(team.database, team.clock)]

    async def scenario(sam: Any) -> None:
        await sam.sign_in("sam")
        with capture_logs() as lines:
            shown = [await sam.get("/admin/x"), await sam.act("/admin/x")]
        told = [line["reference"] for line in lines if line["event"] == "desk_page_broke"]
        for page, reference in zip(shown, told, strict=True):
            assert page.status_code == 500
            assert f"the reference {reference}." in page.text
            assert 'href="/admin/live"' in page.text
            assert "img src" not in page.text

    visits(routes, scenario)


def test_every_act_has_words_of_its_own() -> None:
    words = [one for group in ACTIONS.values() for one in group.values()]
    assert len({*words}) == len(words)
    names = {name for group in ACTIONS.values() for name in group}
    kinds = "|".join({name.partition(".")[0] for name in names})
    parts = Path(agent_service.__file__).parent
    sources = [*parts.glob("store/**/*.py"), *parts.glob("web/**/*.py"), *parts.glob("cli/*.py")]
    written = re.compile(rf'"((?:{kinds})\.(?!html|id\b)[a-z_]+)"')
    found = {name for one in sources for name in written.findall(one.read_text())}
    assert found - names <= {"conversation.ended"}  # a letter's kind, not an act


def test_the_audit_log_says_what_was_decided_and_of_whom(team: ToolDesk) -> None:
    id = payback(team)

    async def scenario(sam: Any, ada: Any) -> None:
        await sam.sign_in("sam")
        await ada.sign_in("ada")
        await sam.act("/admin/approvals", id=id, decision="decline", note="too much")
        await ada.act("/admin/tools", tool="cancel_job", switch="off", reason="moved")
        page = await ada.get("/admin/audit?action=approval.declined")
        with team.database.read() as session:
            summary = session.get_one(Approval, id).summary
        assert f"{html.escape(summary)}</div>" in page.text
        assert f"tool {team.registry.title_of('pay_back')}, note too much</div>" in page.text
        assert re.search(r'<a href="/admin/conversations/[^"]*">declined</a>', page.text)
        assert "What: declined" in page.text
        switched = await ada.get("/admin/audit?action=tool.switched_off")
        assert f"{team.registry.title_of('cancel_job')}</div>" in switched.text

    at_the_desk(team, scenario)


def test_acts_are_told_in_words_whatever_stands_in_them() -> None:
    assert actor_words("admin:till") == "till (a program)"
    assert actor_words("operator:root") == "root (command line)"
    assert actor_words("stranger") == "somebody unknown"
    assert actor_words("user:") == "user:"
    assert action_words("new.kind_of") == "new: kind of"
    assert detail_words(None, str) == detail_words('{"version": 1}', str) == ""
    assert detail_words("no json", str) == "no json"
    assert detail_words("[1]", str) == "[1]"

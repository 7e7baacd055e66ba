"""Who gets in at the desk, how long they stay, and what a stranger learns: nothing."""

import re
from typing import Any

import pytest
from desk_visitor import field_of
from sqlalchemy import select

from agent_service.store.admin_tokens import Scope, create_token
from agent_service.store.database import Database
from agent_service.store.members import UserRole
from agent_service.store.sign_ins import IDLE, LONGEST
from agent_service.store.tables import AuditEntry
from agent_service.store.team_tables import DeskUser, SignIn
from agent_service.store.users import set_disabled, set_password, set_role
from agent_service.web.desk.navigation import HOME
from agent_service.web.desk.tries import PER_NAME_AND_SOURCE, WINDOW_S

PASSWORD = "correct horse battery"
LIST = "/admin/conversations"


def test_who_signs_in_gets_where_they_wanted(visit: Any, people: Database) -> None:
    async def scenario(vera: Any) -> None:
        asked = await vera.get(f"{LIST}?agent=support")
        assert asked.status_code == 303
        door = await vera.get(asked.headers["location"])
        assert 'name="username"' in door.text
        came = await vera.sign_in("Vera ", next=f"{LIST}?agent=support")
        assert (came.status_code, came.headers["location"]) == (303, f"{LIST}?agent=support")
        assert (await vera.get(LIST)).status_code == 200
        assert (await vera.get("/admin")).headers["location"] == HOME

    visit(scenario)


def test_the_cookie_is_out_of_reach(visit: Any, people: Database) -> None:
    async def scenario(plain: Any, secure: Any) -> None:
        cookie = (await plain.sign_in("vera")).headers["set-cookie"]
        assert cookie.startswith("desk=")
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        sent = {"x_forwarded_proto": "https", "origin": "https://desk.example"}
        fields = {"username": "vera", "password": PASSWORD}
        cookie = (await secure.post("/admin", fields, **sent)).headers["set-cookie"]
        assert cookie.startswith("__Host-desk=")
        assert "Secure" in cookie
        assert "Path=/" in cookie
        # Over TLS a cookie that any neighbour may have set is not looked at.
        key = cookie.partition("=")[2].partition(";")[0]
        headers = {"x-forwarded-proto": "https", "cookie": f"desk={key}"}
        assert (await plain.get(LIST, headers=headers)).status_code == 303

    visit(scenario)


def test_only_hashes_are_kept(visit: Any, people: Database) -> None:
    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        key = vera.http.cookies["desk"]
        with people.read() as session:
            kept = str(session.execute(select(SignIn.__table__)).all())
            users = str(session.execute(select(DeskUser.__table__)).all())
        assert key not in kept
        assert PASSWORD not in users
        assert "$argon2id$" in users

    visit(scenario)


@pytest.mark.parametrize("name", ["vera", "nobody", "shut", "", "x" * 150, "\x00", "ved\ud800"])
def test_a_refusal_says_the_same_of_everybody(
    visit: Any, people: Database, clock: Any, name: str
) -> None:
    with people.write() as session:
        set_disabled(session, "sam", clock.utc(), is_disabled=True, by="operator")
    known = "sam" if name == "shut" else name

    async def scenario(stranger: Any) -> None:
        password = PASSWORD if name == "shut" else "wrong"
        fields = {"username": known.encode("utf-8", "replace").decode(), "password": password}
        refused = await stranger.post("/admin", fields)
        assert refused.status_code == 401
        assert "The name or the password is wrong." in refused.text
        assert "set-cookie" not in refused.headers
        with people.read() as session:
            assert session.scalars(select(SignIn)).all() == []

    visit(scenario)


def test_too_many_tries_are_refused_whether_the_name_exists_or_not(
    visit: Any, people: Database, clock: Any
) -> None:
    async def scenario(stranger: Any, other: Any) -> None:
        answers = {}
        for name in ("vera", "nobody"):
            for _ in range(PER_NAME_AND_SOURCE):
                assert (await stranger.sign_in(name, "wrong")).status_code == 401
            refused = await stranger.sign_in(name, PASSWORD)
            assert refused.status_code == 429
            answers[name] = refused.text.replace(name, "NAME")
        assert answers["vera"] == answers["nobody"]
        assert (await other.sign_in("sam")).status_code == 303  # others are not held up
        clock.seconds += WINDOW_S
        assert (await stranger.sign_in("vera")).status_code == 303

    visit(scenario)


def test_a_one_time_password_opens_nothing_but_the_choice_of_another(
    visit: Any, people: Database
) -> None:
    async def scenario(olga: Any) -> None:
        await olga.sign_in("olga")
        for path in (LIST, "/admin/account"):
            assert (await olga.get(path)).headers["location"] == "/admin/password"
        page = await olga.get("/admin/password")
        assert 'name="current"' not in page.text
        token = page.text.partition('name="form_token" value="')[2].partition('"')[0]
        for password, words in (
            ("short", "12 characters"),
            ("olga-olga", "12 characters"),
            ("aaaaaaaaaaaaaaa", "repeats"),
            ("olga12345678", "This cannot be your password: it is little more than the name."),
        ):
            fields = {"form_token": token, "password": password, "again": password}
            refused = await olga.post("/admin/password", fields)
            assert refused.status_code == 400
            assert words in refused.text
            assert re.search(r'id="password"[^>]*aria-describedby="wrong"', refused.text)
        new = "a password of my own"
        differing = {"form_token": token, "password": new, "again": new + "!"}
        assert "differ" in (await olga.post("/admin/password", differing)).text
        fields = {"form_token": token, "password": new, "again": new}
        assert (await olga.post("/admin/password", fields)).headers["location"] == HOME
        assert (await olga.get(LIST)).status_code == 200
        assert (await olga.sign_in("olga")).status_code == 401
        assert (await olga.sign_in("olga", new)).status_code == 303

    visit(scenario)


def test_a_changed_password_ends_the_other_sign_ins(visit: Any, people: Database) -> None:
    async def scenario(here: Any, there: Any) -> None:
        await here.sign_in("vera")
        await there.sign_in("vera")
        new = "a password of my own"
        wrong = await here.act("/admin/password", current="wrong", password=new, again=new)
        assert wrong.status_code == 401
        assert re.search(r'id="current"[^>]*aria-describedby="wrong"', wrong.text)
        done = await here.act("/admin/password", current=PASSWORD, password=new, again=new)
        assert done.status_code == 303
        assert (await here.get(LIST)).status_code == 200
        assert (await there.get(LIST)).status_code == 303

    visit(scenario)


def test_signing_out_here_and_everywhere(visit: Any, people: Database) -> None:
    async def scenario(first: Any, second: Any, third: Any) -> None:
        for one in (first, second, third):
            await one.sign_in("vera")
        assert (await first.act("/admin/sign-out")).headers["location"] == "/admin"
        assert (await first.get(LIST)).status_code == 303
        assert (await second.get(LIST)).status_code == 200
        await second.act("/admin/sign-out-everywhere")
        assert (await third.get(LIST)).status_code == 303

    visit(scenario)


def test_one_of_several_sign_ins_is_ended_but_nobody_elses(visit: Any, people: Database) -> None:
    async def scenario(here: Any, there: Any, sam: Any) -> None:
        await there.sign_in("vera")
        with people.read() as session:
            id = session.scalar(select(SignIn.id))
        await here.sign_in("vera")
        await sam.sign_in("sam")
        await sam.act("/admin/account/sign-ins", id=str(id))
        assert (await there.get(LIST)).status_code == 200
        await here.act("/admin/account/sign-ins", id=str(id))
        assert (await there.get(LIST)).status_code == 303

    visit(scenario)


def test_a_sign_in_ends_when_it_is_idle_and_after_a_day(
    visit: Any, people: Database, clock: Any
) -> None:
    async def scenario(vera: Any, sam: Any) -> None:
        await vera.sign_in("vera")
        await sam.sign_in("sam")
        for _ in range(2):
            clock.seconds += IDLE.total_seconds() - 1
            assert (await vera.get(LIST)).status_code == 200
        assert (await sam.get(LIST)).status_code == 303
        clock.seconds += LONGEST.total_seconds() - 2 * (IDLE.total_seconds() - 1) - 1
        assert (await vera.get(LIST)).status_code == 303

    visit(scenario)


def test_a_role_and_a_ban_hold_from_the_next_request(
    visit: Any, people: Database, clock: Any
) -> None:
    async def scenario(sam: Any) -> None:
        await sam.sign_in("sam")
        with people.write() as session:
            set_role(session, "sam", UserRole.VIEWER, clock.utc(), by="operator")
        assert "decide" not in (await sam.get("/admin/account")).text
        with people.write() as session:
            set_disabled(session, "sam", clock.utc(), is_disabled=True, by="operator")
        assert (await sam.get(LIST)).status_code == 303

    visit(scenario)


def test_a_reset_ends_what_was_open(visit: Any, people: Database, clock: Any) -> None:
    async def scenario(sam: Any) -> None:
        await sam.sign_in("sam")
        with people.write() as session:
            set_password(session, "sam", "none", clock.utc(), by="operator", must_change=True)
        assert (await sam.get(LIST)).status_code == 303

    visit(scenario)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example", "sec_fetch_site": "cross-site"},
        {"origin": "https://evil.example", "sec_fetch_site": ""},
        {"origin": "null", "sec_fetch_site": ""},
        {"origin": "http://desk.example", "sec_fetch_site": "cross-site"},
        {"origin": "http://other.desk.example", "sec_fetch_site": "same-site"},
        {"origin": "http://[", "sec_fetch_site": ""},
    ],
)
def test_no_other_site_acts_for_who_is_signed_in(
    visit: Any, people: Database, headers: dict[str, str]
) -> None:
    async def scenario(vera: Any, stranger: Any) -> None:
        await vera.sign_in("vera")
        fields = {"form_token": field_of(await vera.get("/admin/account"), "form_token")}
        refused = await vera.post("/admin/sign-out", fields, **headers)
        assert refused.status_code == 403
        assert (await vera.get(LIST)).status_code == 200
        fields = {"username": "sam", "password": PASSWORD}
        assert (await stranger.post("/admin", fields, **headers)).status_code == 403

    visit(scenario)


def test_a_form_without_its_token_is_shown_again_and_does_nothing(
    visit: Any, people: Database
) -> None:
    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        fields = {"question": "agent=support", "name": "Mine <b>"}
        asked = await vera.post("/admin/conversations/views", fields)
        assert asked.status_code == 403
        assert "Mine &lt;b&gt;" in asked.text
        assert "Mine" not in (await vera.get(LIST)).text
        token = asked.text.partition('name="form_token" value="')[2].partition('"')[0]
        sent = await vera.post("/admin/conversations/views", {**fields, "form_token": token})
        assert sent.status_code == 303

    visit(scenario)


def test_a_form_outlives_the_sign_in_under_which_it_was_filled_in(
    visit: Any, people: Database, clock: Any
) -> None:
    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        old = field_of(await vera.get("/admin/account"), "form_token")
        clock.seconds += IDLE.total_seconds()
        fields = {"form_token": old, "question": "agent=support", "name": "Mine & yours"}
        late = await vera.post("/admin/conversations/views", fields)
        assert late.status_code == 401
        kept = {name: field_of(late, name) for name in ("kept", "kept_path", "next")}
        wrong = await vera.sign_in("vera", "wrong", **kept)
        kept = {name: field_of(wrong, name) for name in ("kept", "kept_path", "next")}
        again = await vera.sign_in("vera", **kept)
        assert 'action="/admin/conversations/views"' in again.text
        # Who comes back to it sees the page that the form stood on, and sends nothing again.
        assert '<html lang="en" data-instead="/admin/conversations">' in again.text
        sent = {name: field_of(again, name) for name in ("form_token", "question", "name")}
        assert sent["name"] == "Mine & yours"
        done = await vera.post("/admin/conversations/views", sent)
        assert done.headers["location"] == "/admin/conversations?agent=support"

    visit(scenario)


@pytest.mark.parametrize(
    "next_path",
    [
        "https://evil.example/",
        "//evil.example",
        "/admin\\evil",
        "/other",
        "/adminx",
        "/admin/\r\nx",
    ],
)
def test_signing_in_leads_to_pages_of_the_desk_alone(
    visit: Any, people: Database, next_path: str
) -> None:
    async def scenario(vera: Any) -> None:
        assert (await vera.sign_in("vera", next=next_path)).headers["location"] == HOME

    visit(scenario)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{}", "application/json", 415),
        (b"a=" + b"x" * 300_000, "application/x-www-form-urlencoded", 413),
        (b"&".join(b"a=1" for _ in range(400)), "application/x-www-form-urlencoded", 400),
        (b"username=\xff", "application/x-www-form-urlencoded", 400),
    ],
)
def test_what_is_no_form_is_refused(
    visit: Any, people: Database, body: bytes, kind: str, status: int
) -> None:
    async def scenario(stranger: Any) -> None:
        sent = await stranger.http.post("/admin", content=body, headers={"content-type": kind})
        assert sent.status_code == status

    visit(scenario)


def test_a_token_opens_pages_as_far_as_its_scopes_go(
    visit: Any, people: Database, clock: Any
) -> None:
    with people.write() as session:
        reading = create_token(session, "reading", clock.utc(), scopes=(Scope.READ,))
        minting = create_token(session, "minting", clock.utc(), scopes=(Scope.TICKETS,))

    async def scenario(program: Any) -> None:
        for token, status in ((reading, 200), (minting, 403), ("wrong", 303)):
            headers = {"authorization": f"Bearer {token}"}
            assert (await program.get(LIST, headers=headers)).status_code == status
        headers = {"authorization": f"Bearer {reading}"}
        refused = await program.post("/admin/sign-out-everywhere", {"a": "b"}, **headers)
        assert refused.status_code == 403

    visit(scenario)


def test_all_of_it_is_audited(visit: Any, people: Database) -> None:
    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera", "wrong")
        await vera.sign_in("nobody", "wrong")
        await vera.sign_in("vera")
        await vera.act("/admin/sign-out")

    visit(scenario)
    with people.read() as session:
        rows = session.scalars(select(AuditEntry).order_by(AuditEntry.number)).all()
    assert [(row.actor, row.action) for row in rows if row.action.startswith("sign_in")] == [
        ("user:vera", "sign_in.refused"),
        ("stranger", "sign_in.refused"),
        ("user:vera", "sign_in.opened"),
        ("user:vera", "sign_in.closed"),
    ]


def test_the_oldest_of_too_many_sign_ins_ends(
    visit: Any, people: Database, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent_service.store.sign_ins.MOST_PER_USER", 1)

    async def scenario(first: Any, second: Any) -> None:
        await first.sign_in("vera")
        clock.seconds += 1
        await second.sign_in("vera")
        assert (await first.get(LIST)).status_code == 303
        assert (await second.get(LIST)).status_code == 200

    visit(scenario)

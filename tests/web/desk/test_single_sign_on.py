"""Single sign-on with a provider on a real socket: who comes in, and every lie that is refused."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from desk_visitor import HOST, LIGHT, PASSWORD, Visitor, add_people
from hand_clock import HandClock
from openid_server import CLIENT, OTHER_KEY, SECRET, OpenIdServer, serving
from sqlalchemy import select

from agent_service.settings import Settings
from agent_service.store.database import Database
from agent_service.store.members import UserRole
from agent_service.store.tables import AuditEntry
from agent_service.store.users import add_user, known, set_disabled
from agent_service.web.admin_access import AdminAccess
from agent_service.web.application import application
from agent_service.web.desk import conversations, signing_in, single_sign_on
from agent_service.web.desk.doorkeeper import Doorkeeper
from agent_service.web.desk.openid import SEEN_FOR_S, OpenIdProvider, ProviderAway
from agent_service.web.desk.page import Desk
from agent_service.web.desk.single_sign_on import Naming

LIST = "/admin/conversations"
BY_EMAIL = Naming("email", None, {})
BY_GROUPS = Naming("email", "groups", {"leads": UserRole.SUPERVISOR, "all": UserRole.VIEWER})

Scenario = Callable[[Visitor, OpenIdServer], Coroutine[Any, Any, None]]


@pytest.fixture
def team(sqlite_database: Database, clock: Any) -> Database:
    """Users with passwords, and ann, who was made for single sign-on."""
    add_people(sqlite_database, clock)
    with sqlite_database.write() as session:
        add_user(session, "ann@example.com", UserRole.SUPERVISOR, None, clock.utc(), by="operator")
    return sqlite_database


def at_the_door(
    database: Database,
    clock: Any,
    scenario: Scenario,
    naming: Naming = BY_EMAIL,
    **options: Any,
) -> None:
    async def main() -> None:
        server = OpenIdServer(clock)
        async with serving(server):
            provider = OpenIdProvider(
                server.issuer, CLIENT, SECRET, HOST + single_sign_on.BACK, clock
            )
            desk = Desk(AdminAccess(database, clock), has_single_sign_on=True, **options)
            keeper = Doorkeeper(database, clock, LIGHT)
            app = application(
                [
                    *signing_in.routes(desk, keeper, database, clock),
                    *single_sign_on.routes(desk, provider, naming, database, clock),
                    *conversations.routes(desk, database, clock, time_limit_s=5),
                ]
            )
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url=HOST) as http:
                await scenario(Visitor(http), server)

    asyncio.run(main())


async def go(visitor: Visitor, next_path: str = "") -> httpx.Response:
    """Go to the provider and come back."""
    left = await visitor.get(f"/admin/single-sign-on?next={next_path}")
    assert left.status_code == 303, left.text
    async with httpx.AsyncClient() as outside:
        agreed = await outside.get(left.headers["location"])
    parts = urlsplit(agreed.headers["location"])
    return await visitor.get(f"{parts.path}?{parts.query}")


def test_who_was_made_for_it_comes_in_and_is_known_again(team: Database, clock: Any) -> None:
    async def scenario(ann: Visitor, server: OpenIdServer) -> None:
        assert "Single sign-on" in (await ann.get("/admin")).text
        came = await go(ann, f"{LIST}?agent=support")
        assert (came.status_code, came.headers["location"]) == (303, f"{LIST}?agent=support")
        assert (await ann.get(LIST)).status_code == 200
        (asked,) = server.asked
        assert asked["code_challenge_method"] == "S256"
        assert asked["scope"] == "openid profile email"
        # The name has changed there: issuer and subject have not.
        server.claims = {"email": "ann.new@example.com"}
        await ann.act("/admin/sign-out")
        assert (await go(ann)).status_code == 303
        # Somebody else who has the old name there is not her.
        server.subject, server.claims = "subject-2", {"email": "ann@example.com"}
        refused = await go(ann)
        assert refused.status_code == 404
        assert "has no single sign-on here" in refused.text

    at_the_door(team, clock, scenario)
    with team.read() as session:
        acts = [
            (row.actor, row.action)
            for row in session.scalars(select(AuditEntry).order_by(AuditEntry.number))
            if row.action.startswith(("sign_in.", "user.linked"))
        ]
    assert acts == [
        ("single-sign-on", "user.linked"),
        ("user:ann@example.com", "sign_in.opened"),
        ("user:ann@example.com", "sign_in.closed"),
        ("user:ann@example.com", "sign_in.opened"),
        ("stranger", "sign_in.refused"),
    ]


@pytest.mark.parametrize(
    ("lies", "words"),
    [
        ({"nonce": "another"}, "not valid"),
        ({"nonce": None}, "not valid"),
        ({"iss": "https://evil.example"}, "not valid"),
        ({"aud": "another"}, "not valid"),
        ({"aud": [CLIENT, "another"]}, "not valid"),
        ({"azp": "another"}, "not valid"),
        ({"exp": 1}, "not valid"),
        ({"exp": None}, "not valid"),
        ({"sub": None}, "not valid"),
        ({"sub": "x" * 300}, "did not say who"),
        ({"email_verified": False}, "gives no email that is proven"),
        ({"email": None}, "gives no email that is proven"),
        ({"email": ["ann@example.com"]}, "gives no email that is proven"),
        ({"email": "nobody@example.com"}, "has no single sign-on here"),
        ({"email": "ada"}, "has no single sign-on here"),
        ({"email": "<b>"}, "A name has 1 to 64"),
    ],
)
def test_what_is_not_right_is_refused(
    team: Database, clock: Any, lies: dict[str, Any], words: str
) -> None:
    async def scenario(ann: Visitor, server: OpenIdServer) -> None:
        server.lies = lies
        refused = await go(ann)
        assert refused.status_code in (403, 404, 409)
        assert words in refused.text
        assert (await ann.get(LIST)).status_code == 303

    at_the_door(team, clock, scenario)


@pytest.mark.parametrize("how", ["another key", "the client's secret"])
def test_what_others_signed_is_refused(team: Database, clock: Any, how: str) -> None:
    async def scenario(ann: Visitor, server: OpenIdServer) -> None:
        if how == "another key":
            server.signing_key = OTHER_KEY
        else:
            server.algorithm = "HS256"
        assert "not valid" in (await go(ann)).text
        assert (await ann.get(LIST)).status_code == 303

    at_the_door(team, clock, scenario)


def test_a_new_key_of_the_provider_is_asked_for(team: Database, clock: Any) -> None:
    async def scenario(ann: Visitor, server: OpenIdServer) -> None:
        assert (await go(ann)).status_code == 303
        server.signing_key, server.published, server.kid = OTHER_KEY, [OTHER_KEY], "second"
        await ann.act("/admin/sign-out")
        assert (await go(ann)).status_code == 303

    at_the_door(team, clock, scenario)


def test_coming_back_needs_the_browser_that_left(team: Database, clock: Any) -> None:
    async def scenario(ann: Visitor, server: OpenIdServer) -> None:
        left = await ann.get("/admin/single-sign-on")
        cookie = left.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        async with httpx.AsyncClient() as outside:
            back = (await outside.get(left.headers["location"])).headers["location"]
        parts = urlsplit(back)
        kept = "desk-sso=" + ann.http.cookies["desk-sso"]

        async def back_with(cookie: str, query: str = parts.query) -> httpx.Response:
            ann.http.cookies.clear()
            return await ann.get(f"{parts.path}?{query}", headers={"cookie": cookie})

        for cookie in ("other=x", "desk-sso=x", "desk-sso=e30="):
            refused = await back_with(cookie)
            assert refused.status_code == 403
            assert "not begun in this browser" in refused.text
        for query in ("code=x&state=x", "code=x", "", parts.query.partition("&")[0]):
            assert (await back_with(kept, query)).status_code == 403
        assert (await back_with(kept)).status_code == 303
        assert "did not take its own code" in (await back_with(kept)).text

    at_the_door(team, clock, scenario)


def test_a_refusal_of_the_provider_is_said(team: Database, clock: Any) -> None:
    async def scenario(ann: Visitor, server: OpenIdServer) -> None:
        server.refusal = "access_denied"
        assert "The single sign-on refused it." in (await go(ann)).text

    at_the_door(team, clock, scenario)


def test_without_the_provider_a_password_still_opens(team: Database, clock: Any) -> None:
    async def main() -> None:
        provider = OpenIdProvider("http://127.0.0.1:9", CLIENT, None, HOST, clock)
        desk = Desk(AdminAccess(team, clock), has_single_sign_on=True)
        keeper = Doorkeeper(team, clock, LIGHT)
        app = application(
            [
                *signing_in.routes(desk, keeper, team, clock),
                *single_sign_on.routes(desk, provider, BY_EMAIL, team, clock),
            ]
        )
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=HOST) as http:
            visitor = Visitor(http)
            away = await visitor.get("/admin/single-sign-on")
            assert away.status_code == 503
            assert "does not answer" in away.text
            assert 'name="password"' in away.text
            assert (await visitor.sign_in("ada")).status_code == 303

    asyncio.run(main())


def test_nobody_is_led_to_a_provider_that_went_away(team: Database) -> None:
    async def main() -> None:
        clock = HandClock()
        server = OpenIdServer(clock)
        async with serving(server):
            provider = OpenIdProvider(server.issuer, CLIENT, SECRET, HOST, clock)
            await provider.begin()
        await provider.begin()  # it answered a moment ago
        clock.advance(SEEN_FOR_S)
        with pytest.raises(ProviderAway):
            await provider.begin()

    asyncio.run(main())


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({"issuer": "https://evil.example"}, "another name"),
        ({"token_endpoint": "javascript:alert(1)"}, "has no token_endpoint"),
        ({"jwks_uri": None}, "has no jwks_uri"),
    ],
)
def test_a_provider_that_is_another_is_refused(
    team: Database, clock: Any, metadata: dict[str, Any], words: str
) -> None:
    async def scenario(ann: Visitor, server: OpenIdServer) -> None:
        server.metadata = metadata
        assert words in (await ann.get("/admin/single-sign-on")).text

    at_the_door(team, clock, scenario)


def test_roles_come_from_the_provider_where_it_has_them(team: Database, clock: Any) -> None:
    async def scenario(ben: Visitor, server: OpenIdServer) -> None:
        server.subject, server.claims = "ben", {"email": "ben@example.com", "groups": ["all", 7]}
        assert (await go(ben)).status_code == 303
        with team.read() as session:
            assert known(session, "ben@example.com").role is UserRole.VIEWER
        server.claims["groups"] = ["all", "leads"]
        await go(ben)
        with team.read() as session:
            assert known(session, "ben@example.com").role is UserRole.SUPERVISOR
        server.claims["groups"] = "others"
        assert "gives you no role here" in (await go(ben)).text
        server.claims["groups"] = "leads"
        with team.write() as session:
            set_disabled(session, "ben@example.com", clock.utc(), is_disabled=True, by="operator")
        assert "shut out" in (await go(ben)).text

    at_the_door(team, clock, scenario, BY_GROUPS)


def test_passwords_can_be_off(team: Database, clock: Any) -> None:
    async def scenario(ann: Visitor, server: OpenIdServer) -> None:
        assert 'name="password"' not in (await ann.get("/admin")).text
        refused = await ann.sign_in("ada", PASSWORD)
        assert refused.status_code == 403
        assert "set-cookie" not in refused.headers

    at_the_door(team, clock, scenario, has_passwords=False)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"oidc_issuer": "https://login.example"}, "needs oidc_client_id and public_url"),
        ({"passwords": False}, "without passwords nobody gets in"),
        ({"oidc_role_claim": "groups"}, "needs oidc_roles"),
        ({"oidc_roles": {"x": "king"}}, "viewer"),
    ],
)
def test_settings_that_let_nobody_in_are_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Settings.model_validate({"desk": given})

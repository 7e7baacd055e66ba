"""Tickets: what a good one grants, and that nothing else passes."""

import asyncio
import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from sqlalchemy import func, select

from agent_service.conversation.records import Caller, CallerLevel
from agent_service.errors import CallerError, SettingsError
from agent_service.store.database import Database
from agent_service.store.used_tickets import UsedTicket
from agent_service.web.tickets import MAX_VALID_S, Grant, Tickets
from agent_service.web.used_tickets import KEPT, UsedTickets

SECRET = "a secret that is long enough for a signature"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
JANE = Caller("customer-1", "Jane Doe", CallerLevel.IDENTIFIED)
GRANT = Grant("support", JANE, "https://shop.example", detail=True)


class FixedClock:
    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> float:
        return self.time.timestamp()

    def utc(self) -> datetime:
        return self.time


def part(value: object) -> str:
    raw = value.encode() if isinstance(value, str) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


HEAD = {"alg": "HS256", "typ": "support-ticket+jwt"}
CLAIMS = {
    "aud": "agent-service",
    "iat": int(NOW.timestamp()),
    "exp": int(NOW.timestamp()) + 300,
    "jti": "ticket-1",
    "agent": "support",
    "sub": "customer-1",
    "level": "identified",
}


def signed(head: object = HEAD, claims: object = CLAIMS, key: str = SECRET) -> str:
    """Sign anything whatever, correctly."""
    body = f"{part(head)}.{part(claims)}"
    mac = hmac.new(key.encode(), body.encode(), hashlib.sha256).digest()
    return f"{body}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in CLAIMS.items() if name not in names}


def at(seconds: int) -> int:
    return int(NOW.timestamp()) + seconds


def test_a_minted_ticket_grants_what_was_asked() -> None:
    tickets = Tickets(SECRET, FixedClock())
    assert tickets.check(tickets.mint(GRANT)).grant == GRANT


@pytest.mark.parametrize(("name", "granted"), [("W" * 10_000, "W" * 255), ("", None)])
def test_a_customer_of_whatever_name_gets_a_ticket_that_is_valid(
    name: str, granted: str | None
) -> None:
    tickets = Tickets(SECRET, FixedClock())
    ticket = tickets.mint(replace(GRANT, caller=replace(JANE, name=name)))
    assert tickets.check(ticket).grant.caller.name == granted


def test_an_anonymous_ticket_names_no_customer() -> None:
    tickets = Tickets(SECRET, FixedClock())
    assert tickets.check(tickets.mint(Grant("support", Caller()))).grant.caller == Caller()


def test_whom_a_caller_claims_to_be_is_no_customer_of_theirs() -> None:
    tickets = Tickets(SECRET, FixedClock())
    claimed = Caller(level=CallerLevel.CLAIMED, claimed_id="customer-1")
    assert tickets.check(tickets.mint(Grant("support", claimed))).grant.caller == claimed


def test_a_ticket_made_by_another_library_is_accepted() -> None:
    head = {"typ": "support-ticket+jwt"}
    ticket = jwt.encode(CLAIMS, SECRET, algorithm="HS256", headers=head)
    assert Tickets(SECRET, FixedClock()).check(ticket).grant.caller.customer_id == "customer-1"


def test_the_corpus_itself_is_refused_for_its_faults_only() -> None:
    assert Tickets(SECRET, FixedClock()).check(signed()).grant.agent == "support"


FORGED = {
    "empty": "",
    "no dots": "ticket",
    "two parts": signed().rsplit(".", 1)[0],
    "four parts": signed() + ".x",
    "five parts (JWE)": "a.b.c.d.e",
    "unsigned": f"{part(HEAD)}.{part(CLAIMS)}.",
    "alg none": f"{part(HEAD | {'alg': 'none'})}.{part(CLAIMS)}.",
    "alg None": f"{part(HEAD | {'alg': 'None'})}.{part(CLAIMS)}.",
    "alg nOnE, signed": signed(HEAD | {"alg": "nOnE"}),
    "alg missing": signed({"typ": "support-ticket+jwt"}),
    "alg null": signed(HEAD | {"alg": None}),
    "alg a list": signed(HEAD | {"alg": ["HS256"]}),
    "alg HS512": signed(HEAD | {"alg": "HS512"}),
    "alg HS384": signed(HEAD | {"alg": "HS384"}),
    "alg RS256, signed as HS256": signed(HEAD | {"alg": "RS256"}),
    "alg ES256": signed(HEAD | {"alg": "ES256"}),
    "alg PS256": signed(HEAD | {"alg": "PS256"}),
    "alg EdDSA": signed(HEAD | {"alg": "EdDSA"}),
    "alg hs256": signed(HEAD | {"alg": "hs256"}),
    "typ missing": signed({"alg": "HS256"}),
    "typ JWT": signed(HEAD | {"typ": "JWT"}),
    "typ at+jwt": signed(HEAD | {"typ": "at+jwt"}),
    "kid a path": signed(HEAD | {"kid": "../../dev/null"}),
    "kid of SQL": signed(HEAD | {"kid": "' UNION SELECT 'key' --"}),
    "kid harmless": signed(HEAD | {"kid": "1"}),
    "jku": signed(HEAD | {"jku": "https://evil.example/keys"}),
    "x5u": signed(HEAD | {"x5u": "https://evil.example/cert"}),
    "jwk": signed(HEAD | {"jwk": {"kty": "oct", "k": "AAAA"}}),
    "x5c": signed(HEAD | {"x5c": ["MII"]}),
    "crit": signed(HEAD | {"crit": ["exp"]}),
    "b64 false": signed(HEAD | {"b64": False, "crit": ["b64"]}),
    "cty JWT (nested)": signed(HEAD | {"cty": "JWT"}),
    "header not an object": signed(["HS256"]),
    "header not JSON": signed("alg=HS256"),
    "header twice": signed('{"alg":"none","alg":"HS256","typ":"support-ticket+jwt"}'),
    "wrong key": signed(key="another secret that is long enough, too"),
    "empty key": signed(key=""),
    "signature cut": signed()[:-4],
    "signature of other claims": signed(claims=CLAIMS | {"sub": "x"}).rsplit(".", 1)[0]
    + "."
    + signed().rsplit(".", 1)[1],
    "not base64": signed().replace(".", ".!", 1),
    "standard base64 signature": signed() + "==",
    "claims not JSON": signed(claims="sub=customer-1"),
    "claims a list": signed(claims=[CLAIMS]),
    "claims a string": signed(claims='"x"'),
    "claims nested deep": signed(claims="[" * 500 + "]" * 500),
    "claims twice": signed(claims=json.dumps(CLAIMS)[:-1] + ',"sub":"customer-2"}'),
    "claims with NaN": signed(claims=json.dumps(CLAIMS | {"exp": float("nan")})),
    "aud missing": signed(claims=without("aud")),
    "aud wrong": signed(claims=CLAIMS | {"aud": "another-service"}),
    "aud a list": signed(claims=CLAIMS | {"aud": ["agent-service", "x"]}),
    "exp missing": signed(claims=without("exp")),
    "exp a string": signed(claims=CLAIMS | {"exp": str(at(300))}),
    "exp a fraction": signed(claims=CLAIMS | {"exp": at(300) + 0.5}),
    "exp true": signed(claims=CLAIMS | {"exp": True}),
    "exp null": signed(claims=CLAIMS | {"exp": None}),
    "exp far in the future": signed(claims=CLAIMS | {"exp": at(86_400)}),
    "exp huge": signed(claims=json.dumps(CLAIMS | {"exp": 10**30})),
    "exp before iat": signed(claims=CLAIMS | {"iat": at(20), "exp": at(10)}),
    "expired": signed(claims=CLAIMS | {"iat": at(-400), "exp": at(-100)}),
    "expired just beyond the leeway": signed(claims=CLAIMS | {"iat": at(-400), "exp": at(-30)}),
    "iat missing": signed(claims=without("iat")),
    "iat in the future": signed(claims=CLAIMS | {"iat": at(60), "exp": at(120)}),
    "iat a string": signed(claims=CLAIMS | {"iat": str(at(0))}),
    "jti missing": signed(claims=without("jti")),
    "jti empty": signed(claims=CLAIMS | {"jti": ""}),
    "jti a number": signed(claims=CLAIMS | {"jti": 1}),
    "agent missing": signed(claims=without("agent")),
    "agent an object": signed(claims=CLAIMS | {"agent": {"$ne": ""}}),
    "sub a number": signed(claims=CLAIMS | {"sub": 1}),
    "sub missing though identified": signed(claims=without("sub")),
    "sub though anonymous": signed(claims=CLAIMS | {"level": "anonymous"}),
    "claimed with a sub": signed(claims=CLAIMS | {"level": "claimed", "claimed": "customer-1"}),
    "claimed by nobody": signed(claims=without("sub") | {"level": "claimed"}),
    "identified and claimed": signed(claims=CLAIMS | {"claimed": "customer-2"}),
    "level unknown": signed(claims=CLAIMS | {"level": "admin"}),
    "level a number": signed(claims=CLAIMS | {"level": 2}),
    "detail a string": signed(claims=CLAIMS | {"detail": "true"}),
    "unknown claim": signed(claims=CLAIMS | {"verified": True}),
    "too long": signed(claims=CLAIMS | {"name": "a" * 5000}),
    "a megabyte": "a" * 1_000_000,
    "not ASCII": signed() + "é",
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_ticket_is_refused(name: str) -> None:
    with pytest.raises(CallerError) as refused:
        Tickets(SECRET, FixedClock()).check(FORGED[name])
    assert refused.value.code == ("ticket_expired" if name.startswith("expired") else "bad_ticket")
    assert SECRET not in refused.value.message


def test_clocks_may_differ_by_half_a_minute() -> None:
    clock = FixedClock()
    late = Tickets(SECRET, clock)
    clock.time = NOW + timedelta(seconds=329)
    assert late.check(signed()).grant.agent == "support"


def test_a_ticket_is_used_once_in_all_processes(database: Database) -> None:
    clock = FixedClock()
    uses = [UsedTickets(database, clock) for _ in range(2)]

    async def scenario() -> list[bool]:
        return await asyncio.gather(*(uses[n % 2].use("ticket-1") for n in range(20)))

    assert sorted(asyncio.run(scenario())) == [False] * 19 + [True]


def test_a_ticket_stays_used_for_as_long_as_any_clock_takes_it_and_is_then_forgotten(
    database: Database,
) -> None:
    clock = FixedClock()
    uses = UsedTickets(database, clock)

    async def scenario() -> None:
        assert await uses.use("ticket-1")
        clock.time = NOW + timedelta(hours=1)  # put forward by mistake, and back
        assert await uses.use("ticket-4")
        clock.time = NOW + timedelta(seconds=MAX_VALID_S)
        assert not await uses.use("ticket-1")
        clock.time = NOW + KEPT
        assert not await uses.use("ticket-1")
        assert await uses.use("ticket-2")
        clock.time += timedelta(seconds=1)
        assert await uses.use("ticket-3")

    asyncio.run(scenario())
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(UsedTicket)) == 3


@pytest.mark.parametrize("id", ["", "x" * 255, "\ud800", "a\x00", "a\ufffd"])
def test_whatever_a_signer_calls_a_ticket_it_is_used_once(
    sqlite_database: Database, id: str
) -> None:
    uses = UsedTickets(sqlite_database, FixedClock())

    async def scenario() -> None:
        assert await uses.use("a")
        assert await uses.use(id)
        assert not await uses.use(id)

    asyncio.run(scenario())


@pytest.mark.parametrize("lifetime_s", [0, -1, 901])
def test_a_ticket_cannot_be_minted_for_longer_than_fifteen_minutes(lifetime_s: int) -> None:
    with pytest.raises(CallerError):
        Tickets(SECRET, FixedClock()).mint(GRANT, lifetime_s=lifetime_s)


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(SettingsError):
        Tickets("short", FixedClock())

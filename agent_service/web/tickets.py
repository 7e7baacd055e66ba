"""Tickets: the short-lived, single-use signed tokens (JWT) with which a conversation is opened.

The company's own backend mints them; this service only ever trusts what is inside a valid one.
That one was used is kept in the database (``used_tickets.py``).
"""

import base64
import binascii
from dataclasses import dataclass
from typing import Annotated, Final, Literal

import jwt
import msgspec
from msgspec import Meta, Struct

from agent_service.clock import Clock, uuid7
from agent_service.conversation.records import Caller, CallerLevel
from agent_service.errors import CallerError, SettingsError
from agent_service.strict_json import BadJson, loads

TICKET_TYPE: Final = "support-ticket+jwt"
AUDIENCE: Final = "agent-service"
MAX_TICKET_CHARS: Final = 4096
MAX_LIFETIME_S: Final = 15 * 60
DEFAULT_LIFETIME_S: Final = 5 * 60
LEEWAY_S: Final = 30
"""How far two machines' clocks may differ."""
MIN_SECRET_BYTES: Final = 32
MAX_VALID_S: Final = MAX_LIFETIME_S + 2 * LEEWAY_S
"""No clock of the service takes a ticket for valid for longer than this after its use."""

_ALGORITHM: Final = "HS256"
_HEADER: Final = {"alg": _ALGORITHM, "typ": TICKET_TYPE}

_LONGEST: Final = 255
ShortText = Annotated[str, Meta(min_length=1, max_length=_LONGEST)]


@dataclass(frozen=True, slots=True)
class Grant:
    """What a ticket allows its bearer."""

    agent: str
    caller: Caller
    origin: str | None = None
    """The only web origin whose pages may use the ticket; None where no browser is involved."""
    detail: bool = False
    """The client is shown tools' arguments and outputs."""
    call: str | None = None
    """The only telephone call that the ticket opens; None where it is for no telephone."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A valid ticket; whether it was used before is another question."""

    id: str
    grant: Grant


class _Claims(Struct, frozen=True, forbid_unknown_fields=True):
    aud: Literal["agent-service"]
    iat: int
    exp: int
    jti: ShortText
    agent: ShortText
    sub: ShortText | None = None
    name: ShortText | None = None
    level: Literal["anonymous", "claimed", "identified", "verified"] = "anonymous"
    claimed: ShortText | None = None
    origin: ShortText | None = None
    detail: bool = False
    call: ShortText | None = None


class Tickets:
    """Mints and checks tickets under one shared secret."""

    def __init__(self, secret: str, clock: Clock) -> None:
        if len(secret.encode()) < MIN_SECRET_BYTES:
            raise SettingsError(
                [f"The ticket secret needs {MIN_SECRET_BYTES} bytes or more; use a random one."]
            )
        self._secret = secret
        self._clock = clock
        self._jws = jwt.PyJWS(algorithms=[_ALGORITHM])

    def mint(self, grant: Grant, *, lifetime_s: int = DEFAULT_LIFETIME_S) -> str:
        """Return a signed ticket; ``lifetime_s`` is at most fifteen minutes."""
        if not 1 <= lifetime_s <= MAX_LIFETIME_S:
            raise CallerError(f"A ticket lives for 1 to {MAX_LIFETIME_S} seconds.")
        now = self._now()
        claims = {
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + lifetime_s,
            "jti": uuid7(),
            "agent": grant.agent,
            "sub": grant.caller.customer_id,
            # Of a company's customer it may have any length; it is there to be read.
            "name": (grant.caller.name or "")[:_LONGEST] or None,
            "level": grant.caller.level.value,
            "claimed": grant.caller.claimed_id,
            "origin": grant.origin,
            "detail": grant.detail,
            "call": grant.call,
        }
        payload = msgspec.json.encode({k: v for k, v in claims.items() if v is not None})
        return self._jws.encode(payload, self._secret, _ALGORITHM, headers=dict(_HEADER))

    def check(self, ticket: str) -> Ticket:
        """Return what the ticket grants; raise CallerError if it is not valid."""
        claims = self._claims(ticket)
        self._check_times(claims)
        grant = Grant(claims.agent, _caller(claims), claims.origin, claims.detail, claims.call)
        return Ticket(claims.jti, grant)

    def _now(self) -> int:
        return int(self._clock.utc().timestamp())

    def _claims(self, ticket: str) -> _Claims:
        if len(ticket) > MAX_TICKET_CHARS:
            raise _bad(f"it is longer than {MAX_TICKET_CHARS} characters")
        head, payload = _parts(ticket)
        # The header is compared whole, so that no key, algorithm or critical extension of the
        # sender's choosing is even looked at.
        if head != _HEADER:
            raise _bad(f"its header must be alg {_ALGORITHM} and typ {TICKET_TYPE}, nothing else")
        try:
            self._jws.decode(ticket, self._secret, algorithms=[_ALGORITHM])
        except jwt.InvalidTokenError as error:
            raise _bad("its signature does not fit") from error
        try:
            return msgspec.convert(payload, _Claims)
        except msgspec.ValidationError as error:
            raise _bad(f"its claims are wrong: {str(error)[:200]}") from error

    def _check_times(self, claims: _Claims) -> None:
        now = self._now()
        if claims.exp + LEEWAY_S <= now:
            raise CallerError("The ticket has expired: get a new one.", code="ticket_expired")
        if claims.iat > now + LEEWAY_S:
            raise _bad("it was made in the future; check the clocks")
        if not 0 < claims.exp - claims.iat <= MAX_LIFETIME_S:
            raise _bad(f"it must live for 1 to {MAX_LIFETIME_S} seconds")


def _bad(problem: str) -> CallerError:
    return CallerError(f"The ticket is not valid: {problem}.", code="bad_ticket")


def _parts(ticket: str) -> tuple[object, object]:
    """Return header and payload, read by the strict parser: doubled names are refused."""
    pieces = ticket.split(".")
    if len(pieces) != 3:
        raise _bad("it is not a signed JWT")
    try:
        head, payload = (
            base64.b64decode(
                piece + "=" * (-len(piece) % 4), altchars=b"-_", validate=True
            ).decode()
            for piece in pieces[:2]
        )
        return (
            loads(head, max_bytes=MAX_TICKET_CHARS, max_depth=1),
            loads(payload, max_bytes=MAX_TICKET_CHARS, max_depth=1),
        )
    except (BadJson, binascii.Error, ValueError) as error:
        raise _bad("it cannot be read") from error


def _caller(claims: _Claims) -> Caller:
    level = CallerLevel(claims.level)
    if (claims.sub is None) != (level.rank < CallerLevel.IDENTIFIED.rank):
        raise _bad("a caller has a sub exactly when the level is identified or verified")
    if (claims.claimed is None) != (level is not CallerLevel.CLAIMED):
        raise _bad("a caller is claimed to be somebody exactly when the level is claimed")
    return Caller(claims.sub, claims.name, level, claims.claimed)

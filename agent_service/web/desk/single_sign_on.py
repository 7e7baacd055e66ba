"""Signing in where the company's people sign in anyway, and coming back from there."""

import base64
import binascii
import hmac
from collections.abc import Mapping
from functools import partial
from typing import Any, Final, Protocol

import msgspec
import structlog
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent_service.clock import Clock
from agent_service.errors import AgentServiceError, CallerError
from agent_service.store.auditing import audit
from agent_service.store.database import Database
from agent_service.store.members import UserRole
from agent_service.store.sign_ins import open_sign_in
from agent_service.store.users import user_of_identity
from agent_service.web.application import message_of, status_of
from agent_service.web.desk.forms import own_path
from agent_service.web.desk.navigation import HOME
from agent_service.web.desk.page import SINGLE_SIGN_ON, Desk, redirect
from agent_service.web.desk.signing_in import keep_key
from agent_service.web.own_pages import is_secure

BACK: Final = f"{SINGLE_SIGN_ON}/back"
LASTS_S: Final = 600
_COOKIE: Final = "desk-sso"
_LONGEST: Final = 4_000
_NOT_BEGUN: Final = "This sign-in was not begun in this browser, or too long ago: begin again."

_log = structlog.get_logger()


class _Kept(msgspec.Struct, forbid_unknown_fields=True):
    state: str
    nonce: str
    verifier: str
    next: str


class Provider(Protocol):
    """Says who somebody is: ``openid.py``, which needs a package that may be missing."""

    async def begin(self) -> tuple[str, Any]:
        """Return the address to lead a browser to, and what it keeps meanwhile."""
        ...

    async def finish(self, code: str, begun: Any) -> Any:
        """Return who came back with that code."""
        ...


class Naming:
    """What of a provider's claims makes somebody's name and role here."""

    def __init__(
        self, name_claim: str, role_claim: str | None, roles: Mapping[str, UserRole]
    ) -> None:
        self._name_claim = name_claim
        self._role_claim = role_claim
        self._roles = roles

    def name(self, claims: Mapping[str, Any]) -> str:
        """Return the name; raise CallerError when there is none that can be relied on."""
        name = claims.get(self._name_claim)
        is_unproven = self._name_claim == "email" and claims.get("email_verified") is False
        if not isinstance(name, str) or not name or is_unproven:
            words = f"The single sign-on gives no {self._name_claim} that is proven."
            raise CallerError(words, code="not_permitted")
        return name

    def role(self, claims: Mapping[str, Any]) -> UserRole | None:
        """Return the highest role that the claims give; None where roles are given here."""
        if self._role_claim is None:
            return None
        said = claims.get(self._role_claim)
        given = said if isinstance(said, list) else [said]
        found = {self._roles[one] for one in given if isinstance(one, str) and one in self._roles}
        role = next((role for role in reversed(UserRole) if role in found), None)
        if role is None:
            raise CallerError("The single sign-on gives you no role here.", code="not_permitted")
        return role


def routes(
    desk: Desk, provider: Provider, naming: Naming, database: Database, clock: Clock
) -> list[Route]:
    """Return the way there and the way back."""

    async def leave(request: Request) -> Response:
        next_path = own_path(request.query_params.get("next", ""), "")
        try:
            address, begun = await provider.begin()
        except AgentServiceError as error:
            return _failed(request, error, next_path)
        kept = _Kept(begun.state, begun.nonce, begun.verifier, next_path)
        response = redirect(address)
        response.set_cookie(
            _name(request),
            base64.urlsafe_b64encode(msgspec.json.encode(kept)).decode(),
            max_age=LASTS_S,
            path="/",
            secure=is_secure(request),
            httponly=True,
            samesite="lax",
        )
        return response

    async def come_back(request: Request) -> Response:
        next_path = ""
        try:
            kept = _kept(request)
            next_path = kept.next
            if "error" in request.query_params:
                raise CallerError("The single sign-on refused it.", code="not_permitted")
            code = request.query_params.get("code", "")
            if not 0 < len(code) <= _LONGEST:
                raise CallerError(_NOT_BEGUN, code="not_permitted")
            identity = await provider.finish(code, kept)
            key = await database.run(
                partial(
                    _open,
                    identity=identity.key,
                    name=naming.name(identity.claims),
                    role=naming.role(identity.claims),
                    browser=request.headers.get("user-agent", ""),
                    clock=clock,
                ),
                is_write=True,
            )
        except AgentServiceError as error:
            response = _failed(request, error, next_path)
            note = partial(audit, actor="stranger", action="sign_in.refused", now=clock.utc())
            await database.try_write(note)
        else:
            response = redirect(own_path(next_path, HOME))
            keep_key(request, response, key)
        response.delete_cookie(
            _name(request), secure=is_secure(request), httponly=True, samesite="lax"
        )
        return response

    def _failed(request: Request, error: AgentServiceError, next_path: str) -> Response:
        status = status_of(error)
        _log.warning("single_sign_on_failed", code=error.code, reason=str(error.__cause__ or ""))
        problem = message_of(error, status)
        return desk.sign_in_page(request, next_path=next_path, problem=problem, status=status)

    return [
        Route(SINGLE_SIGN_ON, leave, methods=["GET"]),
        Route(BACK, come_back, methods=["GET"]),
    ]


def _kept(request: Request) -> _Kept:
    """Return what this browser kept; raise CallerError unless it is of this very sign-in."""
    try:
        raw = base64.urlsafe_b64decode(request.cookies.get(_name(request), ""))
        kept = msgspec.json.decode(raw, type=_Kept)
    except (binascii.Error, ValueError, msgspec.DecodeError):
        raise CallerError(_NOT_BEGUN, code="not_permitted") from None
    state = request.query_params.get("state", "")
    if not hmac.compare_digest(state.encode(), kept.state.encode()):
        raise CallerError(_NOT_BEGUN, code="not_permitted")
    return kept


def _open(
    session: Session, identity: str, name: str, role: UserRole | None, browser: str, clock: Clock
) -> str:
    now = clock.utc()
    user = user_of_identity(session, identity, name, role, now)
    user.last_sign_in_at = now
    return open_sign_in(session, user.id, f"user:{user.name}", browser, now)


def _name(request: Request) -> str:
    return f"__Host-{_COOKIE}" if is_secure(request) else _COOKIE

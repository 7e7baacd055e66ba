"""Ephemeral secrets for Realtime clients: tickets in the shape that SDKs ask for."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response

from agent_service.agent import AgentSettings
from agent_service.channels.realtime_dialects import BETA, GA, Dialect
from agent_service.channels.realtime_session import Session, shown, updated
from agent_service.clock import Clock, uuid7
from agent_service.errors import CallerError
from agent_service.store.admin_tokens import Scope
from agent_service.store.members import Member
from agent_service.web.admin_access import Authorise
from agent_service.web.json_body import json_answer, read_json
from agent_service.web.operations import ApiRoute, Operation
from agent_service.web.origins import Origins
from agent_service.web.sockets.realtime import SECRET_PREFIX
from agent_service.web.ticket_api import AskedFor, log_minted
from agent_service.web.tickets import MAX_LIFETIME_S, Grant, Tickets

PATHS: Final = ("/v1/realtime/client_secrets", "/openai/v1/realtime/client_secrets")
BETA_PATHS: Final = ("/v1/realtime/sessions", "/openai/realtimeapi/sessions")
DEFAULT_LIFETIME_S: Final = 10 * 60
BETA_LIFETIME_S: Final = 60


class SecretLifetime(Struct, frozen=True, forbid_unknown_fields=True):
    """How long a secret may be used."""

    anchor: Literal["created_at"] = "created_at"
    seconds: Annotated[int, Meta(ge=10, le=MAX_LIFETIME_S)] = DEFAULT_LIFETIME_S


class SecretRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of ``POST /v1/realtime/client_secrets``."""

    session: Mapping[str, Any]
    """``type`` and ``model``, which names the agent."""
    expires_after: SecretLifetime = SecretLifetime()
    agent_service: AskedFor = AskedFor()


class Secret(Struct, frozen=True):
    """What is answered."""

    value: str
    expires_at: int
    session: Mapping[str, Any]


class Secrets:
    """Makes secrets, each of which opens one conversation."""

    def __init__(
        self,
        tickets: Tickets,
        origins: Origins,
        agents: Mapping[str, AgentSettings],
        clock: Clock,
    ) -> None:
        self._tickets = tickets
        self._origins = origins
        self._agents = agents
        self._clock = clock

    def make(
        self,
        member: Member,
        session: Mapping[str, Any],
        asked_for: AskedFor,
        lifetime_s: int,
        dialect: Dialect,
    ) -> Secret:
        """Return a secret; raise CallerError where the session asks for what an agent decides."""
        name = session.get("model")
        agent = self._agents.get(name) if isinstance(name, str) else None
        if agent is None:
            message = f"There is no agent {str(name)[:64]!r}: model names one."
            raise CallerError(message, code="unknown_agent")
        self._origins.check_grant(asked_for.origin)
        caller = asked_for.caller()
        expires_at = round((self._clock.utc() + timedelta(seconds=lifetime_s)).timestamp())
        whole = Session(
            id=f"sess_{uuid7()}",
            agent=agent.name,
            voice=agent.voice,
            language=agent.language,
            detection=agent.turn_detection,
            expires_at=expires_at,
        )
        updated(whole, session, dialect)  # it may ask for nothing that is not a client's
        grant = Grant(agent.name, caller, asked_for.origin, asked_for.detail)
        log_minted(member, grant)
        value = SECRET_PREFIX + self._tickets.mint(grant, lifetime_s=lifetime_s)
        return Secret(value, expires_at, shown(whole, dialect))


def routes(secrets: Secrets, authorise: Authorise) -> list[ApiRoute]:
    """Return the endpoints that give a company's back end secrets for its callers' clients."""

    async def make(request: Request) -> Response:
        member = await authorise(request, Scope.TICKETS)
        asked = await read_json(request, SecretRequest)
        lifetime_s = asked.expires_after.seconds
        secret = secrets.make(member, asked.session, asked.agent_service, lifetime_s, GA)
        return json_answer(secret)

    async def make_for_beta(request: Request) -> Response:
        member = await authorise(request, Scope.TICKETS)
        session = await read_json(request, dict[str, Any])
        secret = secrets.make(member, session, AskedFor(), BETA_LIFETIME_S, BETA)
        shown_once = {"value": secret.value, "expires_at": secret.expires_at}
        return json_answer({**secret.session, "client_secret": shown_once})

    operation = Operation(
        summary="Make an ephemeral secret with which a Realtime client opens one conversation",
        scope=Scope.TICKETS,
        answer=Secret,
        body=SecretRequest,
    )
    for_beta = Operation(
        summary="Make an ephemeral secret, in the shape of the protocol's beta",
        scope=Scope.TICKETS,
        body=dict[str, Any],
    )
    return [
        *(ApiRoute(path, make, {"POST": operation}) for path in PATHS),
        *(ApiRoute(path, make_for_beta, {"POST": for_beta}) for path in BETA_PATHS),
    ]

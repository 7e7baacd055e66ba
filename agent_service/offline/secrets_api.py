"""The REST requests for ephemeral keys, in the shapes of all dialects."""

from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agent_service import strict_json
from agent_service.offline.access import Access
from agent_service.offline.protocol.dialects import BETA, GA, Dialect
from agent_service.offline.protocol.errors import ProtocolError, invalid_type, missing_parameter
from agent_service.offline.protocol.ids import new_id
from agent_service.offline.protocol.members import Members, integer, one_of, string
from agent_service.offline.protocol.session import SessionConfig
from agent_service.offline.protocol.session_fields import (
    SessionRules,
    read_session,
    read_transcription_session,
)
from agent_service.offline.protocol.session_render import render_session
from agent_service.offline.refusals import refusal, wrong_key

_GA_SECONDS = 600
_BETA_SECONDS = 60
_LONGEST_BODY = 1024 * 1024


def secret_routes(access: Access) -> list[Route]:
    """Return the routes that issue ephemeral keys."""

    async def ga(request: Request) -> Response:
        return await _answer(request, access, _issue_ga)

    async def beta(request: Request) -> Response:
        return await _answer(request, access, _issue_beta)

    async def beta_transcription(request: Request) -> Response:
        return await _answer(request, access, _issue_beta_transcription)

    endpoints = {
        "/v1/realtime/client_secrets": ga,
        "/openai/v1/realtime/client_secrets": ga,
        "/v1/realtime/sessions": beta,
        "/v1/realtime/transcription_sessions": beta_transcription,
        "/openai/realtimeapi/sessions": beta,
        "/openai/realtimeapi/transcription_sessions": beta_transcription,
    }
    return [Route(path, endpoint, methods=["POST"]) for path, endpoint in endpoints.items()]


async def _answer(request: Request, access: Access, issue: Any) -> Response:
    if not access.is_allowed(request, secrets_too=False):
        return wrong_key()
    raw = await request.body()
    try:
        body = strict_json.loads(raw, max_bytes=_LONGEST_BODY) if raw.strip() else {}
        if not isinstance(body, dict):
            raise invalid_type("body", "an object", body)
        return JSONResponse(issue(access, body))
    except strict_json.BadJson as error:
        return refusal(400, ProtocolError("invalid_json", error.message))
    except ProtocolError as error:
        return refusal(400, error)


def _issue_ga(access: Access, body: dict[str, Any]) -> dict[str, Any]:
    members = Members(body, "")
    seconds = members.optional("expires_after", _lifetime, _GA_SECONDS)
    config = members.optional("session", _ga_session, SessionConfig("gpt-realtime"))
    members.finish()
    secret = access.issue(config, seconds)
    shown = _shown(config, GA, secret.expires_at)
    return {"value": secret.value, "expires_at": secret.expires_at, "session": shown}


def _ga_session(value: Any, path: str) -> SessionConfig:
    given = Members(value, path)
    model = given.optional("model", string, "gpt-realtime")
    return read_session(SessionConfig(model), value, GA, SessionRules())


def _lifetime(value: Any, path: str) -> int:
    members = Members(value, path)
    members.optional("anchor", one_of("created_at"), "created_at")
    seconds = members.optional("seconds", integer(10, 7_200), _GA_SECONDS)
    members.finish()
    return seconds


def _issue_beta(access: Access, body: dict[str, Any]) -> dict[str, Any]:
    if "model" not in body:
        raise missing_parameter("model")
    model = string(body["model"], "model")
    config = read_session(SessionConfig(model), body, BETA, SessionRules())
    return _with_secret(access, config)


def _issue_beta_transcription(access: Access, body: dict[str, Any]) -> dict[str, Any]:
    config = read_transcription_session(SessionConfig(""), body, BETA)
    return _with_secret(access, replace(config, kind="transcription"))


def _with_secret(access: Access, config: SessionConfig) -> dict[str, Any]:
    secret = access.issue(config, _BETA_SECONDS)
    shown = _shown(config, BETA, secret.expires_at)
    return shown | {"client_secret": {"value": secret.value, "expires_at": secret.expires_at}}


def _shown(config: SessionConfig, dialect: Dialect, expires_at: int) -> dict[str, Any]:
    return render_session(config, dialect, session_id=new_id("sess_"), expires_at=expires_at)

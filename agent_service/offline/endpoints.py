"""The endpoints of the offline provider: the WebSocket, the page, and its health."""

import asyncio
from dataclasses import replace

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.websockets import WebSocket

from agent_service.offline.access import Access, echoed_headers, offered_subprotocols
from agent_service.offline.connection import run_connection
from agent_service.offline.faults.control import FaultControl
from agent_service.offline.faults.plan import FaultError, FaultPlan
from agent_service.offline.idling import Wait
from agent_service.offline.options import Limits
from agent_service.offline.outbox import Outbox
from agent_service.offline.ports import Responder, Speech
from agent_service.offline.protocol.dialects import Dialect, choose_dialect
from agent_service.offline.protocol.errors import ProtocolError, missing_parameter
from agent_service.offline.protocol.ids import new_id
from agent_service.offline.protocol.session import SessionConfig
from agent_service.offline.refusals import overloaded, refusal, refused_upgrade, wrong_key
from agent_service.offline.scripts.control import ScriptControl
from agent_service.offline.scripts.run import ScriptRun
from agent_service.offline.scripts.script import ScriptError
from agent_service.offline.session import RealtimeSession

_log = structlog.get_logger()

_PAGE = """\
An offline Realtime provider: it hears, calls tools and speaks with no key and no network.
OpenAI clients: base URL {http}/v1 (WebSocket {ws}/v1/realtime?model=any), any key.
Azure clients: endpoint {http}, any deployment, api-version 2024-10-01-preview or later, any key.
Azure GA: {ws}/openai/v1/realtime?model=any. Ephemeral keys: POST {http}/v1/realtime/client_secrets.
Faults on demand: add ?fault=NAME to the WebSocket URL; GET {http}/faults lists the names.
"""


class Endpoints:
    """The endpoints; one instance per application."""

    def __init__(
        self,
        speech: Speech,
        responder: Responder,
        access: Access,
        limits: Limits,
        control: FaultControl,
        scripts: ScriptControl,
        wait: Wait,
    ) -> None:
        self._speech = speech
        self._responder = responder
        self._access = access
        self._limits = limits
        self._control = control
        self._scripts = scripts
        self._wait = wait
        self._connections = 0

    async def realtime(self, websocket: WebSocket) -> None:
        """Serve one WebSocket."""
        path = websocket.scope["path"]
        query = websocket.query_params
        offered = offered_subprotocols(websocket)
        dialect = choose_dialect(
            path,
            api_version=query.get("api-version"),
            beta_header=websocket.headers.get("openai-beta", ""),
            subprotocols=offered,
        )
        if not self._access.is_allowed(websocket):
            await websocket.send_denial_response(wrong_key())
            return
        session_id = new_id("sess_")
        try:
            faults = self._control.plan_for(websocket)
            script = self._scripts.run_for(websocket, session_id, faults)
            config = self._opening(websocket, dialect)
        except ProtocolError as error:
            await websocket.send_denial_response(refusal(_status(error), error))
            return
        except (FaultError, ScriptError) as error:
            unknown = ProtocolError(error.code, error.message)
            await websocket.send_denial_response(refusal(400, unknown))
            return
        if fault := faults.fires("refuse"):
            status, retry_after_s = int(fault.number("status")), fault.number("retry_after_s")
            await websocket.send_denial_response(refused_upgrade(status, retry_after_s))
            return
        if self._connections >= self._limits.connections:
            await websocket.send_denial_response(overloaded(self._limits.connections))
            return
        await websocket.accept(
            "realtime" if "realtime" in offered else None, headers=echoed_headers(websocket)
        )
        if not dialect.is_nested and faults.fires("beta_disabled"):
            await websocket.close(4000, "invalid_request_error.beta_api_shape_disabled")
            return
        self._connections += 1
        try:
            await self._serve(websocket, session_id, dialect, config, faults, script)
        finally:
            self._connections -= 1

    async def _serve(
        self,
        websocket: WebSocket,
        session_id: str,
        dialect: Dialect,
        config: SessionConfig,
        faults: FaultPlan,
        script: ScriptRun | None,
    ) -> None:
        life_s = self._limits.session_s or dialect.life_s
        if fault := faults.fires("session_limit"):
            life_s = fault.number("seconds")

        def make_session(outbox: Outbox, tasks: asyncio.TaskGroup) -> RealtimeSession:
            return RealtimeSession(
                session_id=session_id,
                dialect=dialect,
                config=config,
                speech=self._speech,
                responder=self._responder,
                outbox=outbox,
                tasks=tasks,
                faults=faults,
                life_s=life_s,
                wait=self._wait,
                script=script,
            )

        log = _log.bind(session_id=session_id)
        log.info("realtime_session_opened", dialect=dialect.name, model=config.model)
        with self._control.following(session_id, faults):
            await run_connection(websocket, make_session, life_s=life_s)
        log.info("realtime_session_closed")
        if script is not None:
            script.ended()

    def _opening(self, websocket: WebSocket, dialect: Dialect) -> SessionConfig:
        """Return the session that a connection starts with."""
        query = websocket.query_params
        if dialect.is_nested and "api-version" in query and "/openai/" in websocket.scope["path"]:
            raise ProtocolError(
                "invalid_api_version",
                "The path /openai/v1/realtime takes no 'api-version': leave it out.",
                param="api-version",
            )
        if "call_id" in query:
            raise ProtocolError("call_not_found", "There is no such call here.", param="call_id")
        secret = self._access.secret_of(websocket)
        config = secret.config if secret else SessionConfig("")
        model = query.get("deployment") or query.get("model") or config.model
        if query.get("intent") == "transcription":
            config = replace(config, kind="transcription")
        if not model and config.kind == "realtime":
            is_azure_preview = "/openai/realtime" in websocket.scope["path"]
            raise missing_parameter("deployment" if is_azure_preview else "model")
        return replace(config, model=model)

    async def unknown(self, websocket: WebSocket) -> None:
        """Refuse a WebSocket on any other path."""
        error = ProtocolError("not_found", f"There is nothing at {websocket.scope['path']}.")
        await websocket.send_denial_response(refusal(404, error))

    async def page(self, request: Request) -> PlainTextResponse:
        """Say in five lines how to point a client here."""
        http = str(request.base_url).rstrip("/")
        return PlainTextResponse(_PAGE.format(http=http, ws=http.replace("http", "ws", 1)))

    async def healthz(self, request: Request) -> JSONResponse:
        """Say that the server runs, and how busy it is."""
        return JSONResponse({"status": "ok", "connections": self._connections})


def _status(error: ProtocolError) -> int:
    return {"invalid_api_version": 401, "call_not_found": 404}.get(error.code, 400)

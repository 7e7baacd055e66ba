"""Which scripts there are, which connections follow one, and how that went."""

from collections import deque
from collections.abc import Iterable

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agent_service import strict_json
from agent_service.offline.access import Access
from agent_service.offline.faults.plan import FaultError, FaultPlan
from agent_service.offline.protocol.errors import ProtocolError
from agent_service.offline.refusals import refusal, wrong_key
from agent_service.offline.scripts.run import ScriptRun
from agent_service.offline.scripts.script import Script, ScriptError, parse_script

_LONGEST_BODY = 1024 * 1024
_RUNS_KEPT = 1_000


class ScriptControl:
    """Scripts by name, and the latest runs."""

    def __init__(self, access: Access, scripts: Iterable[Script] = ()) -> None:
        self._access = access
        self._scripts = {script.name: script for script in scripts}
        self._runs: deque[ScriptRun] = deque(maxlen=_RUNS_KEPT)

    def run_for(
        self, connection: HTTPConnection, session_id: str, faults: FaultPlan
    ) -> ScriptRun | None:
        """Return the run of a connection that asks for a script."""
        name = connection.query_params.get("script") or connection.headers.get("x-offline-script")
        if not name:
            return None
        if name not in self._scripts:
            known = ", ".join(sorted(self._scripts)) or "none"
            raise ScriptError(f"There is no script named '{name}'. There are: {known}.")
        run = ScriptRun(self._scripts[name], session_id, faults)
        self._runs.append(run)
        return run

    def routes(self) -> list[Route]:
        """Return the routes that add scripts and tell how they went."""
        return [
            Route("/scripts", self._list, methods=["GET"]),
            Route("/scripts", self._add, methods=["POST"]),
        ]

    async def _list(self, request: Request) -> Response:
        runs = [run.described() for run in self._runs]
        return JSONResponse({"scripts": sorted(self._scripts), "runs": runs})

    async def _add(self, request: Request) -> Response:
        if not self._access.is_allowed(request, secrets_too=False):
            return wrong_key()
        try:
            script = parse_script(strict_json.loads(await request.body(), max_bytes=_LONGEST_BODY))
        except (strict_json.BadJson, ScriptError, FaultError) as error:
            return refusal(400, ProtocolError(error.code, error.message))
        self._scripts[script.name] = script
        return await self._list(request)

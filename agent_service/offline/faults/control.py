"""The control API: lists the faults and arms them at run time, for new and running sessions."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agent_service import strict_json
from agent_service.offline.access import Access
from agent_service.offline.faults.catalogue import CATALOGUE, COMMON
from agent_service.offline.faults.plan import FaultError, FaultPlan
from agent_service.offline.protocol.errors import ProtocolError, invalid_value
from agent_service.offline.protocol.members import Members, integer, nullable, string
from agent_service.offline.refusals import refusal, wrong_key

_LONGEST_BODY = 64 * 1024
_SEED = integer(0, 2**53)


class FaultControl:
    """Knows the faults that new sessions start with, and the plans of running ones."""

    def __init__(self, access: Access, wanted: str = "", seed: int = 0) -> None:
        FaultPlan(wanted)
        self._access = access
        self._wanted = wanted
        self._seed = seed
        self._plans: dict[str, FaultPlan] = {}
        self._overheard: dict[str, None] = {}

    def plan_for(self, connection: HTTPConnection) -> FaultPlan:
        """Return the plan of a new connection: what is armed here, and what it asks for."""
        query, headers = connection.query_params, connection.headers
        wanted = [self._wanted, *query.getlist("fault"), headers.get("x-offline-faults", "")]
        seed = query.get("fault_seed") or headers.get("x-offline-fault-seed") or str(self._seed)
        if not seed.isdecimal():
            raise FaultError("The fault seed is a whole number.")
        return FaultPlan(";".join(filter(None, wanted)), seed=int(seed), overheard=self._overheard)

    @contextmanager
    def following(self, session_id: str, plan: FaultPlan) -> Iterator[None]:
        """Let the plan of a running session be changed from outside."""
        self._plans[session_id] = plan
        try:
            yield
        finally:
            del self._plans[session_id]

    def routes(self) -> list[Route]:
        """Return the routes of the control API."""
        return [
            Route("/faults", self._list, methods=["GET"]),
            Route("/faults", self._arm, methods=["POST"]),
            Route("/faults", self._disarm, methods=["DELETE"]),
        ]

    async def _list(self, request: Request) -> Response:
        return JSONResponse(self._state())

    async def _arm(self, request: Request) -> Response:
        if not self._access.is_allowed(request, secrets_too=False):
            return wrong_key()
        try:
            body = strict_json.loads(await request.body(), max_bytes=_LONGEST_BODY)
            self._change(body)
        except strict_json.BadJson as error:
            return refusal(400, ProtocolError("invalid_json", error.message))
        except FaultError as error:
            return refusal(400, invalid_value("faults", error.message))
        except ProtocolError as error:
            return refusal(404 if error.code == "session_not_found" else 400, error)
        return JSONResponse(self._state())

    async def _disarm(self, request: Request) -> Response:
        if not self._access.is_allowed(request, secrets_too=False):
            return wrong_key()
        self._change({"faults": ""})
        return JSONResponse(self._state())

    def _change(self, body: Any) -> None:
        members = Members(body, "")
        wanted = members.required("faults", string)
        seed = members.optional("seed", _SEED, self._seed)
        session_id = members.optional("session", nullable(string), None)
        members.finish()
        FaultPlan(wanted)
        if session_id is None:
            self._wanted, self._seed = wanted, seed
            for plan in self._plans.values():
                plan.arm(wanted, seed=seed)
        elif session_id in self._plans:
            self._plans[session_id].arm(wanted, seed=seed)
        else:
            raise ProtocolError(
                "session_not_found",
                f"No session '{session_id}' is running. GET /faults lists the running ones.",
                param="session",
            )

    def _state(self) -> dict[str, Any]:
        return {
            "catalogue": [
                {
                    "name": kind.name,
                    "about": kind.about,
                    "parameters": {**COMMON, "times": kind.times, **kind.defaults},
                }
                for kind in CATALOGUE
            ],
            "armed": self._wanted,
            "seed": self._seed,
            "sessions": {key: plan.described() for key, plan in self._plans.items()},
        }

"""Callers who ask for a person, and who of the team can come to them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final, Protocol

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from agent_service.clock import Clock
from agent_service.errors import CallerError
from agent_service.redaction import redact_for_record, redact_value
from agent_service.runtime.representatives import Representatives
from agent_service.store.admin_tokens import Scope
from agent_service.store.auditing import audit
from agent_service.store.availability import Teammate, set_available, team
from agent_service.store.database import Database
from agent_service.store.members import Member, Right
from agent_service.web.admin_access import AdminAccess
from agent_service.web.json_body import json_answer, read_json
from agent_service.web.operations import ApiRoute, Operation

DECLINED: Final = "conversation.declined"


class Availability(msgspec.Struct, forbid_unknown_fields=True):
    is_available: bool


class Joinable(Protocol):
    """A running conversation."""

    representatives: Representatives


class Handoffs:
    """Who rings in this process, and what the team answers.

    ``find`` looks for a conversation that goes on here, ``ringing`` lists those whose callers wait.
    """

    def __init__(
        self,
        find: Callable[[str], Joinable | None],
        ringing: Callable[[], list[dict[str, Any]]],
        database: Database,
        clock: Clock,
    ) -> None:
        self._find = find
        self._ringing = ringing
        self._database = database
        self._clock = clock

    def ringing(self) -> list[Mapping[str, Any]]:
        """Return what the team was told of each caller who waits, and how long it still rings."""
        # As in live news, the last door before somebody reads it.
        return [
            redact_value(one, redact_for_record) | {"rings_for_s": self._left_s(one)}
            for one in self._ringing()
        ]

    def _left_s(self, ringing: Mapping[str, Any]) -> int:
        left = datetime.fromisoformat(ringing["rings_until"]) - self._clock.utc()
        return max(round(left.total_seconds()), 0)

    async def decline(self, conversation_id: str, member: Member) -> None:
        """Somebody does not come; raise CallerError where nobody waits any more."""
        session = self._find(conversation_id)
        if session is None:
            words = "No such conversation goes on in this process."
            raise CallerError(words, code="unknown_conversation")
        session.representatives.decline(member.name)
        work = partial(
            audit,
            actor=member.actor,
            action=DECLINED,
            now=self._clock.utc(),
            conversation_id=conversation_id,
        )
        await self._database.run(work, is_write=True)

    async def set_available(self, name: str, member: Member, *, is_available: bool) -> None:
        """Note whether somebody can come: of themselves, but for admins and programs."""
        is_own = member.sign_in_id is None or name == member.name
        if not (is_own or member.may(Right.ADMINISTER)):
            raise CallerError("Say so of yourself alone.", code="not_permitted")
        work = partial(
            set_available,
            name=name,
            now=self._clock.utc(),
            is_available=is_available,
            by=member.actor,
        )
        await self._database.run(work, is_write=True)


def routes(
    handoffs: Handoffs, database: Database, access: AdminAccess, clock: Clock
) -> list[ApiRoute]:
    """Return the endpoints."""

    async def list_ringing(request: Request, member: Member) -> Response:
        return json_answer({"items": handoffs.ringing()})

    async def decline(request: Request, member: Member) -> Response:
        await handoffs.decline(request.path_params["conversation_id"], member)
        return json_answer({"conversation_id": request.path_params["conversation_id"]})

    async def list_team(request: Request, member: Member) -> Response:
        found = await database.run(partial(team, now=clock.utc()))
        return json_answer(
            {"is_open": found.is_open, "items": [_shown(one) for one in found.people]}
        )

    async def set_one(request: Request, member: Member) -> Response:
        wanted = await read_json(request, Availability)
        name = request.path_params["name"]
        await handoffs.set_available(name, member, is_available=wanted.is_available)
        return json_answer({"name": name, "is_available": wanted.is_available})

    return [
        access.route(
            "/api/handoffs",
            list_ringing,
            Operation(summary="Callers who wait for a person in this process", scope=Scope.READ),
        ),
        access.route(
            "/api/handoffs/{conversation_id}/decline",
            decline,
            Operation(summary="Say that one does not come", scope=Scope.SPEAK),
            method="POST",
        ),
        access.route(
            "/api/team",
            list_team,
            Operation(summary="Who can come to callers, and whether it is time", scope=Scope.READ),
        ),
        access.route(
            "/api/team/{name}/availability",
            set_one,
            Operation(
                summary="Say whether somebody can come to callers",
                scope=Scope.SPEAK,
                body=Availability,
            ),
            method="POST",
        ),
    ]


def _shown(one: Teammate) -> dict[str, Any]:
    return {
        "name": one.name,
        "role": one.role.value,
        "is_available": one.is_available,
        "available_until": one.available_until and one.available_until.isoformat(),
    }

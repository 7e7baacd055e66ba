"""The team's side of tools over HTTP: decide what waits for approval, switch tools off and on."""

from functools import partial
from typing import Annotated, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from agent_service.clock import Clock
from agent_service.errors import CallerError, QueryError, QueryProblem
from agent_service.runtime.approval_desk import ApprovalDesk
from agent_service.store.admin_tokens import Scope
from agent_service.store.approvals import Approval, ApprovalStatus
from agent_service.store.database import Database
from agent_service.store.members import Member
from agent_service.store.money import Money
from agent_service.store.switches import switch_tool, switches
from agent_service.tools.catalogue import declarations
from agent_service.tools.registry import Registry
from agent_service.web.admin_access import AdminAccess
from agent_service.web.json_body import json_answer, read_json
from agent_service.web.operations import ApiRoute, Operation, text_of
from agent_service.web.query_string import others

Note = Annotated[str, msgspec.Meta(max_length=500)]


class Decision(msgspec.Struct, forbid_unknown_fields=True):
    is_approved: bool
    note: Note = ""


class Switching(msgspec.Struct, forbid_unknown_fields=True):
    is_off: bool
    reason: Note


def routes(
    desk: ApprovalDesk, registry: Registry, database: Database, access: AdminAccess, clock: Clock
) -> list[ApiRoute]:
    """Return the endpoints of approvals and of tools."""

    async def list_waiting(request: Request, member: Member) -> Response:
        problems = others(request, ("status",))
        asked = request.query_params.get("status", "")
        if asked and asked not in set(ApprovalStatus):
            problems.append(QueryProblem("status", f"should be one of {', '.join(ApprovalStatus)}"))
        if problems:
            raise QueryError(problems)
        rows = await desk.list(ApprovalStatus(asked) if asked else None)
        return json_answer({"items": [_shown(row) for row in rows]})

    async def decide(request: Request, member: Member) -> Response:
        decision = await read_json(request, Decision)
        decided = await desk.decide(
            request.path_params["id"],
            is_approved=decision.is_approved,
            decided_by=member.actor,
            note=decision.note,
        )
        outcome = decided.outcome.output if decided.outcome else None
        return json_answer({"status": decided.status.value, "outcome": outcome})

    async def list_tools(request: Request, member: Member) -> Response:
        rows = {row.tool: row for row in await database.run(switches)}
        return json_answer(
            {
                "items": [
                    declared
                    | {"is_off": declared["name"] in rows and rows[declared["name"]].is_off}
                    for declared in declarations(registry)
                ]
            }
        )

    async def switch(request: Request, member: Member) -> Response:
        name = request.path_params["name"]
        if registry.get(name) is None:
            raise CallerError("There is no such tool.", code="unknown_tool")
        wanted = await read_json(request, Switching)
        work = partial(
            switch_tool,
            tool=name,
            is_off=wanted.is_off,
            reason=wanted.reason,
            changed_by=member.actor,
            now=clock.utc(),
        )
        await database.run(work, is_write=True)
        return json_answer({"name": name, "is_off": wanted.is_off})

    return [
        access.route(
            "/api/approvals",
            list_waiting,
            Operation(
                summary="What waits, or waited, for a decision of the team",
                scope=Scope.READ,
                query={"status": text_of(*ApprovalStatus)},
            ),
        ),
        access.route(
            "/api/approvals/{id}/decision",
            decide,
            Operation(summary="Approve or refuse what waits", scope=Scope.APPROVE, body=Decision),
            method="POST",
        ),
        access.route(
            "/api/tools",
            list_tools,
            Operation(summary="The tools, and which are switched off", scope=Scope.READ),
        ),
        access.route(
            "/api/tools/{name}/switch",
            switch,
            Operation(summary="Switch a tool off or on", scope=Scope.ADMIN, body=Switching),
            method="POST",
        ),
    ]


def _shown(row: Approval) -> dict[str, Any]:
    """Return who asks for what, why, and on which grounds."""
    return {
        "id": row.id,
        "status": row.status.value,
        "tool": row.tool,
        "summary": row.summary,
        "reason": row.reason,
        "arguments": row.arguments,
        "amount": _amount(row),
        "customer_id": row.customer_id,
        "caller_name": row.caller_name,
        "caller_level": row.caller_level.value,
        "conversation_id": row.conversation_id,
        "tool_call_id": row.tool_call_id,
        "confirmation_id": row.confirmation_id,
        "needs_second": row.needs_second,
        "first_by": row.first_by,
        "decided_by": row.decided_by,
        "decided_at": row.decided_at and row.decided_at.isoformat(),
        "note": row.note,
        "requested_at": row.requested_at.isoformat(),
        "expires_at": row.expires_at.isoformat(),
        "outcome": row.outcome,
    }


def _amount(row: Approval) -> dict[str, Any] | None:
    if row.amount_minor is None or row.currency is None:
        return None
    written = Money(row.amount_minor, row.currency).written()
    return {"minor": row.amount_minor, "currency": row.currency, "written": written}

"""Erasing a customer over HTTP, and the receipts of it."""

import asyncio
from functools import partial
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from agent_service.errors import CallerError
from agent_service.store.admin_tokens import Scope
from agent_service.store.database import Database
from agent_service.store.erasure import Erasing, find_receipt, receipt_facts
from agent_service.store.members import Member
from agent_service.web.admin_access import AdminAccess
from agent_service.web.json_body import HEADERS
from agent_service.web.operations import ApiRoute, Operation

LONGEST_ID = 128


def routes(database: Database, access: AdminAccess, erasing: Erasing) -> list[ApiRoute]:
    """Return the endpoints of erasures."""

    async def erase(request: Request, member: Member) -> Response:
        customer_id = request.path_params["id"]
        if len(customer_id) > LONGEST_ID:
            raise CallerError(f"id: has more than {LONGEST_ID} characters.", code="bad_query")
        # Should whoever asks go away, it is done all the same.
        doing = asyncio.to_thread(erasing.erase, customer_id, requested_by=member.actor)
        receipt = await asyncio.shield(doing)
        where = f"/api/erasures/{quote(receipt.id)}"
        return JSONResponse(
            receipt_facts(receipt), status_code=201, headers={**HEADERS, "Location": where}
        )

    async def receipt(request: Request, member: Member) -> Response:
        work = partial(find_receipt, erasure_id=request.path_params["id"])
        found = await database.run(work)
        if found is None:
            raise CallerError("There is no such erasure.", code="unknown_erasure")
        return JSONResponse(receipt_facts(found), headers=HEADERS)

    return [
        access.route(
            "/api/customers/{id}/erasure",
            erase,
            Operation(
                summary="Erase all that is kept of a customer", scope=Scope.ADMIN, statuses=(201,)
            ),
            method="POST",
        ),
        access.route(
            "/api/erasures/{id}",
            receipt,
            Operation(summary="The receipt of an erasure", scope=Scope.ADMIN),
        ),
    ]

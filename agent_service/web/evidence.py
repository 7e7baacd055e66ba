"""The evidence of a conversation over HTTP: a page to be kept, printed and checked by hand."""

from functools import partial
from typing import Final

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from agent_service.clock import Clock
from agent_service.errors import CallerError
from agent_service.store.admin_tokens import Scope
from agent_service.store.database import Database
from agent_service.store.members import Member
from agent_service.store.proof.evidence import Evidence, evidence_of
from agent_service.store.proof.reading import hold_still
from agent_service.web.admin_access import AdminAccess
from agent_service.web.evidence_page import evidence_page
from agent_service.web.operations import ApiRoute, Operation

_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def routes(database: Database, access: AdminAccess, clock: Clock) -> list[ApiRoute]:
    """Return the endpoint of the evidence."""

    async def evidence(request: Request, member: Member) -> Response:
        found = await database.run(partial(_read, conversation_id=request.path_params["id"]))
        if found is None:
            raise CallerError("There is no such conversation.", code="unknown_conversation")
        page = evidence_page(found, clock.utc(), member.title)
        name = f'inline; filename="evidence-{found.whole.conversation.id}.html"'
        headers = {**_HEADERS, "Content-Disposition": name}
        return Response(page, media_type="text/html", headers=headers)

    asked = Operation(
        summary="The evidence of a conversation, as a page to be kept and printed",
        scope=Scope.READ,
        media_types=("text/html",),
    )
    return [access.route("/api/conversations/{id}/evidence", evidence, asked)]


def _read(session: Session, conversation_id: str) -> Evidence | None:
    hold_still(session)
    return evidence_of(session, conversation_id)

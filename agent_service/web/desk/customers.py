"""One customer: their conversations and what waits for them; and erasing all of it."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Final
from urllib.parse import quote

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent_service.errors import CallerError
from agent_service.store.customer_line import (
    Happening,
    customer_line,
    messages_on_their_way,
    still_open,
)
from agent_service.store.database import Database
from agent_service.store.directory import Customers, DirectoryAway, KnownCustomer, LookUpBy
from agent_service.store.erasure import Erasing, ErasureError, find_receipt
from agent_service.store.members import Member, Right
from agent_service.store.queries import CONVERSATIONS
from agent_service.web.application import status_of
from agent_service.web.desk.asking import address, around, read_question
from agent_service.web.desk.forms import Form
from agent_service.web.desk.page import Desk, redirect
from agent_service.web.desk.writing import code

PATH: Final = "/admin/customers"
_ERASURES: Final = "/admin/erasures"
_LONGEST_ID: Final = 128
_WAYS: Final[tuple[LookUpBy, ...]] = ("customer_id", "email", "phone")

_WORDS: Final[Mapping[str, str]] = {
    "confirmations": "questions to the caller",
    "handoffs": "requests for a person",
    "callbacks": "requests to be called back",
    "resumptions": "ways back into a conversation",
    "conversation_claims": "notes on which process served a conversation",
    "identity_tries": "tries to prove who they are",
    "one_time_codes": "one-time codes",
    "outbox": "messages",
}
"""What people call what a receipt counts; of the rest its name says it."""


def routes(
    desk: Desk, database: Database, customers: Customers, erasing: Erasing, *, time_limit_s: float
) -> list[Route]:
    """Return the pages."""

    async def find(request: Request, member: Member) -> Response:
        value = request.query_params.get("value", "").strip()
        asked = request.query_params.get("by", "customer_id")
        by = next((way for way in _WAYS if way == asked), None)
        if by is None:
            raise CallerError(f"by: is not one of {', '.join(_WAYS)}.", code="bad_request")
        if len(value) > 500:
            raise CallerError("value: has more than 500 characters.", code="bad_request")
        problem = ""
        if value:
            known, problem = await _known(by, value)
            if known is not None:
                return redirect(_address(known.customer_id))
            if by == "customer_id" and len(value) <= _LONGEST_ID:
                return redirect(_address(value))
        return desk.show(
            request, member, "customers.html", problem=problem, value=value, by=by, ways=_WAYS
        )

    async def _known(by: LookUpBy, value: str) -> tuple[KnownCustomer | None, str]:
        try:
            found = await asyncio.to_thread(customers.find, by, value)
        except DirectoryAway:
            return None, "The directory of customers does not answer: try the customer's number."
        return found, "" if found else "There is no such customer in the directory."

    async def show(request: Request, member: Member) -> Response:
        return await _shown(request, member, _id(request))

    async def _shown(
        request: Request, member: Member, id: str, *, problem: str = "", status: int = 200
    ) -> Response:
        parameters = (("customer", id), *request.query_params.multi_items())
        asked = read_question(CONVERSATIONS, [one for one in parameters if one[0] != "value"])
        if asked.question is None:
            raise CallerError("There is no such page of this customer.", code="bad_request")
        question = asked.question

        def work(session: Session) -> tuple[list[Happening], int]:
            return customer_line(session, id), messages_on_their_way(session, id)

        page = await database.run(
            partial(CONVERSATIONS.page, question=question), time_limit_s=time_limit_s
        )
        line, letters = await database.run(work, time_limit_s=time_limit_s)
        known, _ = await _known("customer_id", id)
        place = _address(id)
        return desk.show(
            request,
            member,
            "customer.html",
            status=status,
            problem=problem,
            id=id,
            known=known,
            page=page,
            around=around(place, request.query_params.multi_items(), page),
            all=address("/admin/conversations", (("customer", id),)),
            line=line,
            open_with_them=still_open(line),
            letters=letters,
            place=place,
            may_erase=member.may(Right.ADMINISTER),
        )

    async def erase(request: Request, member: Member, form: Form) -> Response:
        id = _id(request)
        if form.text("again", most=_LONGEST_ID) != id:
            words = "Type the customer's number to erase them: it is not what was typed."
            return await _shown(request, member, id, problem=words, status=400)
        try:
            # Should whoever asks go away, it is done all the same.
            doing = asyncio.to_thread(erasing.erase, id, requested_by=member.actor)
            receipt = await asyncio.shield(doing)
        except ErasureError as error:
            status = status_of(error)
            return await _shown(request, member, id, problem=error.message, status=status)
        return redirect(f"{_ERASURES}/{quote(receipt.id)}")

    async def receipt(request: Request, member: Member) -> Response:
        work = partial(find_receipt, erasure_id=request.path_params["id"])
        found = await database.run(work)
        if found is None:
            raise CallerError("There is no such erasure.", code="unknown_erasure")
        removed = [(_WORDS.get(name, code(name)), n) for name, n in found.removed.items()]
        return desk.show(request, member, "receipt.html", receipt=found, removed=sorted(removed))

    return [
        desk.page(PATH, Right.SEE, find),
        desk.page(f"{PATH}/{{id:path}}", Right.SEE, show),
        desk.form(f"{PATH}/{{id:path}}/erasure", Right.ADMINISTER, erase),
        desk.page(f"{_ERASURES}/{{id}}", Right.ADMINISTER, receipt),
    ]


def _id(request: Request) -> str:
    id: str = request.path_params["id"]
    if len(id) > _LONGEST_ID:
        raise CallerError(f"id: has more than {_LONGEST_ID} characters.", code="bad_query")
    return id


def _address(id: str) -> str:
    return f"{PATH}/{quote(id)}"

"""JSON in and out of HTTP endpoints: bounded, strictly parsed, and typed errors."""

from http import HTTPStatus
from typing import Any, Final, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from agent_service.errors import CallerError
from agent_service.strict_json import BadJson, loads
from agent_service.web.body import read_body

MAX_BODY_BYTES: Final = 16 * 1024
HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
"""Of every answer in JSON."""

Model = TypeVar("Model")


async def read_json(request: Request, model: type[Model]) -> Model:
    """Return the request's body as a ``model``; raise CallerError naming what does not fit."""
    # A page of another origin cannot send this content type without asking first (CSRF).
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise CallerError("Send the body as content-type application/json.", code="not_json")
    body = await read_body(request, MAX_BODY_BYTES, "body")
    try:
        value = loads(body, max_bytes=MAX_BODY_BYTES, max_depth=8)
        return msgspec.convert(value, model)
    except BadJson as error:
        raise CallerError(error.message, code="bad_json") from error
    except msgspec.ValidationError as error:
        raise CallerError(f"{str(error)[:300]}.", code="bad_request") from error


def json_answer(answer: object, status: int = 200) -> Response:
    """Return what msgspec can write, as the API answers."""
    return Response(msgspec.json.encode(answer), status, HEADERS, "application/json")


def error_response(status: int, code: str, message: str, **more: Any) -> JSONResponse:
    """Return an error as the API shows it: a problem of RFC 9457, with its code as a member."""
    problem = {
        "type": f"urn:agent-service:error:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": message,
        "code": code,
    }
    return JSONResponse(problem | more, status, HEADERS, "application/problem+json")

"""The web application around all routes: what goes wrong for programs has one shape, in JSON.

Endpoints raise; here, and nowhere else, an error becomes a status and a body.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Match, Route

from agent_service.errors import (
    AgentServiceError,
    CallerError,
    QueryError,
    StoreError,
    TryLater,
)
from agent_service.store.approvals import ApprovalError
from agent_service.store.erasure import ErasureError
from agent_service.store.promise_keeping import PromiseError
from agent_service.store.users import UserError
from agent_service.store.work.errors import WorkError
from agent_service.web.json_body import error_response
from agent_service.web.slashes import WithoutTrailingSlash

RETRY_AFTER_S: Final = 5

_FOR_PROGRAMS: Final = ("/api", "/demo", "/v1", "/openai")
_STATUSES: Final[Mapping[str, int]] = {
    "not_authorised": 401,
    "not_permitted": 403,
    "origin_not_allowed": 403,
    "not_found": 404,
    "unknown_conversation": 404,
    "unknown_tool": 404,
    "unknown_view": 404,
    "unknown_work": 404,
    "unknown_picture": 404,
    "unknown_erasure": 404,
    "too_many_pictures": 429,
    "too_many_messages": 429,
    "bad_ticket": 401,
    "ticket_expired": 401,
    "ticket_used": 401,
    "bad_signature": 403,
    "call_answered": 409,
    "bad_picture": 415,
    "unknown_turn": 404,
    "no_recording": 404,
    "turn_without_sound": 404,
    "recording_lost": 404,
    "approval_unknown": 404,
    "promise_unknown": 404,
    "body_too_large": 413,
    "not_json": 415,
    "not_sdp": 415,
    "unknown_call": 404,
    "resume_failed": 410,
    "not_a_form": 415,
    "wrong_password": 401,
    "too_many_sign_ins": 429,
    "unknown_user": 404,
    "not_ringing": 409,
    "single_sign_on_failed": 403,
    "single_sign_on_away": 503,
    "query_too_slow": 422,
    "export_unavailable": 501,
}
"""By code, where it is not the status of the error's kind."""
_STATUSES_OF_KINDS: Final[Mapping[type[AgentServiceError], int]] = {
    TryLater: 503,
    CallerError: 400,
    QueryError: 400,
    ApprovalError: 409,
    PromiseError: 409,
    ErasureError: 409,
    UserError: 409,
    WorkError: 409,
    StoreError: 503,
}


def application(routes: Sequence[BaseRoute]) -> Starlette:
    """Return the application that serves the routes."""
    app = Starlette(
        routes=routes,
        middleware=[Middleware(WithoutTrailingSlash)],
        exception_handlers={
            AgentServiceError: _refuse,
            HTTPException: _answer_without_route,
            Exception: _own_up,
        },
    )
    app.router.redirect_slashes = False  # the middleware took them off: it would turn in a circle
    return app


def status_of(error: AgentServiceError) -> int:
    """Return the status of an answer that says what an endpoint raised."""
    status = _STATUSES.get(error.code)
    if status is not None:
        return status
    kinds = (_STATUSES_OF_KINDS.get(kind) for kind in type(error).__mro__)
    return next((found for found in kinds if found), 500)


def message_of(error: AgentServiceError, status: int) -> str:
    """Return what is said of it: a database's own words may name hosts."""
    if status != 503 or not isinstance(error, StoreError):
        return error.message
    what = "storage of recordings" if error.code == "recordings_away" else "database"
    return f"The {what} cannot be used at the moment."


def _refuse(request: Request, error: Exception) -> Response:
    """Answer what an endpoint raised on purpose."""
    assert isinstance(error, AgentServiceError)
    status, more = status_of(error), {}
    if isinstance(error, QueryError):
        problems = [{"field": one.field, "message": one.message} for one in error.problems]
        more = {"field": problems[0]["field"], "problems": problems}
    response = error_response(status, error.code, message_of(error, status), **more)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def _answer_without_route(request: Request, error: Exception) -> Response:
    """Answer where no route takes the address, or not the method."""
    assert isinstance(error, HTTPException)
    status, headers = error.status_code, dict(error.headers or {})
    if status == 405:
        headers["Allow"] = ", ".join(sorted({*_methods_here(request, headers), "OPTIONS"} - {""}))
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=headers)
    response = _failure(request, status, *_words(request, status))
    response.headers.update(headers)
    return response


def _methods_here(request: Request, headers: Mapping[str, str]) -> set[str]:
    """Return what all routes of the address take together: each has methods of its own."""
    here = (route for route in request.app.routes if isinstance(route, Route))
    found = {
        method
        for route in here
        if route.matches(request.scope)[0] is not Match.NONE
        for method in route.methods or ()
    }
    return found | set(headers.get("Allow", "").split(", "))


def _own_up(request: Request, error: Exception) -> Response:
    """Answer for a mistake of the service; the server logs it."""
    return _failure(request, 500, "internal_error", "Something went wrong on our side.")


def _words(request: Request, status: int) -> tuple[str, str]:
    match status:
        case 404:
            return "not_found", "There is nothing at this address."
        case 405:
            return "method_not_allowed", f"{request.method} cannot be used at this address."
        case _:
            return "bad_request", f"{HTTPStatus(status).phrase}."


def _failure(request: Request, status: int, code: str, message: str) -> Response:
    """Return the error as programs read it, or elsewhere, where people look, as text."""
    path = request.url.path
    if any(path == base or path.startswith(f"{base}/") for base in _FOR_PROGRAMS):
        return error_response(status, code, message)
    return PlainTextResponse(f"{message}\n", status, {"Cache-Control": "no-store"})

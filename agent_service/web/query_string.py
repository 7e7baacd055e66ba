"""What the address of a request asks for, beyond the endpoint."""

from collections.abc import Collection

from starlette.requests import Request

from agent_service.errors import CallerError


def refuse_others(request: Request, known: Collection[str]) -> None:
    """Raise CallerError when the address asks for something that the endpoint does not know."""
    unknown = sorted(request.query_params.keys() - set(known))
    if unknown:
        taken = f"is not one of {', '.join(known)}" if known else "is not known here"
        raise CallerError(f"{unknown[0][:50]!r} {taken}.", code="bad_request")
    names = [name for name, _ in request.query_params.multi_items()]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise CallerError(f"{twice[0]!r} is given twice.", code="bad_request")

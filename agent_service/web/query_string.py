"""What the address of a request asks for, beyond the endpoint."""

from collections.abc import Collection

from starlette.requests import HTTPConnection

from agent_service.errors import QueryError, QueryProblem


def refuse_others(request: HTTPConnection, known: Collection[str]) -> None:
    """Raise QueryError when the address asks for what is not known, or for one thing twice."""
    if problems := others(request, known):
        raise QueryError(problems)


def others(request: HTTPConnection, known: Collection[str]) -> list[QueryProblem]:
    """Return what is wrong with the names that the address asks for."""
    given = [name for name, _ in request.query_params.multi_items()]
    taken = f"is not known: there is {', '.join(known)}" if known else "is not known here"
    return [
        QueryProblem(name, "is given twice" if name in known else taken)
        for name in dict.fromkeys(given)
        if name not in known or given.count(name) > 1
    ]

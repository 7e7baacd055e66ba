"""What an endpoint of the API takes and answers, said beside its route for the description."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent_service.store.admin_tokens import Scope
from agent_service.store.filters import DEFAULT_LIMIT, FLAG, MAX_LIMIT, MAX_QUERY_CHARACTERS
from agent_service.store.pages import List
from agent_service.web.query_string import refuse_others

Schema: TypeAlias = Mapping[str, Any]
"""A JSON Schema."""

JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of an address."""

    summary: str
    scope: Scope | None = None
    """Which a token of the team needs; None where the credential is another one."""
    answer: Any = Mapping[str, Any]
    """The type of what is answered as JSON."""
    media_types: tuple[str, ...] = (JSON,)
    query: Mapping[str, Schema] = field(default_factory=dict)
    headers: Mapping[str, Schema] = field(default_factory=dict)
    body: Any = None
    """The type of what is sent as JSON, if anything is."""
    body_media_type: str = JSON
    statuses: tuple[int, ...] = (200,)


class ApiRoute(Route):
    """A route that says what it takes and answers, by method.

    What asks for nothing beyond its path refuses what is asked for; others read it themselves.
    """

    def __init__(
        self,
        path: str,
        endpoint: Callable[[Request], Awaitable[Response]],
        operations: Mapping[str, Operation],
        **more: Any,
    ) -> None:
        async def handle(request: Request) -> Response:
            operation = operations.get("GET" if request.method == "HEAD" else request.method)
            if operation is not None and not operation.query:
                refuse_others(request, ())
            return await endpoint(request)

        super().__init__(path, handle, methods=[*operations, *more.pop("methods", ())], **more)
        self.operations = operations


def text_of(*choices: str) -> Schema:
    """Return the schema of a text, or of one of the choices."""
    return {"type": "string", "enum": list(choices)} if choices else {"type": "string"}


def number_to(most: int) -> Schema:
    """Return the schema of a number from one."""
    return {"type": "integer", "minimum": 1, "maximum": most}


def filters_of(rows: List[Any], *, of_pages: bool = True) -> dict[str, Schema]:
    """Return all that a list can be asked for."""
    found: dict[str, Schema] = {}
    for name, asked in rows.fields.items():
        schema = asked.kind.schema
        found[name] = schema
        for operator in asked.kind.operators:
            if operator == "in":
                found[f"{name}__in"] = {"type": "array", "items": schema, "minItems": 1}
            elif operator != "is" or asked.kind is not FLAG:
                found[f"{name}__{operator}"] = schema
    if rows.has_text:
        found["q"] = {"type": "string", "maxLength": MAX_QUERY_CHARACTERS}
    sorts = rows.sorts(False)
    found["sort"] = text_of(*sorts, *(f"-{name}" for name in sorts))
    if of_pages:
        found["limit"] = {**number_to(MAX_LIMIT), "default": DEFAULT_LIMIT}
        found["cursor"] = text_of()
        found["count"] = FLAG.schema
    return found

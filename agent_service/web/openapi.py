"""The API's description (OpenAPI 3.1), made of what its routes say of themselves."""

import re
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any, Final

import msgspec
from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from agent_service.store.admin_tokens import Scope
from agent_service.web.operations import JSON, ApiRoute, Operation, Schema
from agent_service.web.tags import entity_tag, is_known

PATH: Final = "/api/openapi.json"

_PLACE: Final = re.compile(r"\{(\w+)(?::(\w+))?\}")
_BEARER: Final = "token"
_PROBLEM: Final[Schema] = {
    "type": "object",
    "description": "A problem as in RFC 9457.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "field": {"type": "string"},
        "problems": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
_ASKED: Final = Operation(summary="This description", answer=Mapping[str, Any])
_FOR_NOW: Final = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}


def described(routes: Iterable[BaseRoute]) -> list[BaseRoute]:
    """Return the routes, and one more that describes them."""
    known = [*routes]

    async def answer(request: Request) -> Response:
        if is_known(request.headers.get("if-none-match"), tag):
            return Response(status_code=304, headers={**_FOR_NOW, "ETag": tag})
        return Response(written, media_type=JSON, headers={**_FOR_NOW, "ETag": tag})

    known.append(ApiRoute(PATH, answer, {"GET": _ASKED}))
    written = msgspec.json.encode(description(known))
    tag = entity_tag(written)
    return known


def description(routes: Iterable[BaseRoute]) -> dict[str, Any]:
    """Return the description of those routes that say what they take and answer."""
    told = [route for route in routes if isinstance(route, ApiRoute)]
    schemas = _Schemas()
    paths: dict[str, dict[str, Any]] = {}
    for route in told:
        path = _PLACE.sub(r"{\1}", route.path)
        for method, operation in route.operations.items():
            paths.setdefault(path, {})[method.lower()] = _told(route, operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "agent_service",
            "version": version("agent-service"),
            "description": "The record of conversations, and what the team does with it.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas.parts | {"Problem": _PROBLEM},
            "securitySchemes": {
                _BEARER: {
                    "type": "http",
                    "scheme": "bearer",
                    "description": f"A token of the team, with scopes: {', '.join(Scope)}.",
                }
            },
        },
    }


class _Schemas:
    """Describes types, with those that they are made of."""

    def __init__(self) -> None:
        self.parts: dict[str, Any] = {}

    def of(self, kind: Any) -> Schema:
        """Return the schema of a type: a msgspec structure's, or any other's."""
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            (schema,), parts = msgspec.json.schema_components(
                [kind], ref_template="#/components/schemas/{name}"
            )
            self.parts |= parts
            return schema
        described = TypeAdapter(kind).json_schema(
            mode="serialization", ref_template="#/components/schemas/{model}"
        )
        self.parts |= described.pop("$defs", {})
        return described


def _told(route: ApiRoute, operation: Operation, schemas: _Schemas) -> dict[str, Any]:
    found: dict[str, Any] = {
        "summary": operation.summary,
        "parameters": [*_in_path(route.path), *_in_query(operation), *_in_headers(operation)],
        "responses": {
            **{str(status): _answer(operation, status, schemas) for status in operation.statuses},
            "4XX": _problem("The request is refused."),
            "503": _problem("Try again later."),
        },
    }
    if operation.scope is not None:
        found["security"] = [{_BEARER: []}]
        found["description"] = f"Needs a token with the scope `{operation.scope}`."
    if operation.body is not None:
        sent = {} if operation.body is bytes else {"schema": schemas.of(operation.body)}
        found["requestBody"] = {"required": True, "content": {operation.body_media_type: sent}}
    return found


def _answer(operation: Operation, status: int, schemas: _Schemas) -> dict[str, Any]:
    if status in (204, 304):
        return {"description": "Nothing new." if status == 304 else "There is nothing."}
    return {
        "description": operation.summary,
        "content": {
            kind: {"schema": schemas.of(operation.answer)} if kind == JSON else {}
            for kind in operation.media_types
        },
    }


def _problem(words: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": words, "content": {"application/problem+json": {"schema": schema}}}


def _in_path(path: str) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "integer", "minimum": 0} if kind == "int" else {"type": "string"},
        }
        for name, kind in _PLACE.findall(path)
    ]


def _in_query(operation: Operation) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "query", "schema": schema}
        | ({"style": "form", "explode": False} if schema.get("type") == "array" else {})
        for name, schema in operation.query.items()
    ]


def _in_headers(operation: Operation) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "header", "schema": schema}
        for name, schema in operation.headers.items()
    ]

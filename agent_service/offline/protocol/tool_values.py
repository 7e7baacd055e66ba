"""Reading tools and the choice among them."""

from typing import Any

from agent_service.offline.protocol.errors import (
    invalid_type,
    invalid_value,
    missing_parameter,
)
from agent_service.offline.protocol.members import (
    Members,
    Reader,
    boolean,
    json_object,
    list_of,
    listed,
    nullable,
    one_of,
    string,
)


def _names_or_filter(value: Any, path: str) -> Any:
    return (list_of(string) if isinstance(value, list) else json_object)(value, path)


def _when_or_filter(value: Any, path: str) -> Any:
    return (one_of("always", "never") if isinstance(value, str) else json_object)(value, path)


_MCP_PLACES = ("server_url", "connector_id", "tunnel_id")
"""A server is reached by one of them."""
_MCP_MEMBERS: dict[str, Reader[Any]] = {
    **dict.fromkeys(_MCP_PLACES, string),
    "server_description": string,
    "authorization": string,
    "headers": json_object,
    "allowed_tools": _names_or_filter,
    "require_approval": _when_or_filter,
    "allowed_callers": list_of(string),
    "defer_loading": boolean,
}


def any_tool(value: Any, path: str) -> dict[str, Any]:
    """Read a function or MCP tool."""
    if isinstance(value, dict) and value.get("type") == "mcp":
        return _mcp_tool(value, path)
    return function_tool(value, path)


def _mcp_tool(value: dict[str, Any], path: str) -> dict[str, Any]:
    members = Members(value, path)
    members.ignore("type")
    members.required("server_label", string)
    if not any(value.get(name) for name in _MCP_PLACES):
        raise missing_parameter(f"{path}.server_url")
    for name, reader in _MCP_MEMBERS.items():
        members.optional(name, nullable(reader), None)
    members.finish()
    return dict(value)


def function_tool(value: Any, path: str) -> dict[str, Any]:
    """Read a function tool."""
    members = Members(value, path)
    members.optional("type", one_of("function"), "function")
    members.required("name", string)
    members.optional("description", nullable(string), None)
    members.optional("parameters", nullable(json_object), None)
    members.optional("strict", nullable(boolean), None)
    members.finish()
    return {"type": "function", **value}


def tool_choice(value: Any, path: str) -> str | dict[str, Any]:
    """Read a tool choice in any of its spellings."""
    if isinstance(value, str):
        if value in ("auto", "none", "required"):
            return value
        known = listed(("none", "auto", "required"))
        raise invalid_value(path, f"Invalid value: '{value}'. Supported values are: {known}.")
    if not isinstance(value, dict):
        raise invalid_type(path, "a string or an object", value)
    match value:
        case {"type": "function", "name": str()} | {"type": "function", "function": str()}:
            return value
        case {"type": "function", "function": {"name": str()}}:
            return value
        case {"type": "mcp", "server_label": str()}:
            return value
        case {"type": "function"}:
            raise missing_parameter(f"{path}.name")
        case _:
            raise invalid_value(f"{path}.type", "A tool choice names a function or an MCP server.")

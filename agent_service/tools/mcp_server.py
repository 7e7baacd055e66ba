"""Tools of an MCP server, used under our own declarations.

The server does the work; who may use a tool, what it may be given and whether the caller is asked
first is declared here, like for any other tool. What a server answers is text of others.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pydantic_core import to_jsonable_python

from agent_service.errors import SettingsError, ToolError
from agent_service.tools.tool import Answer, Tool, ToolContext

_MAX_TEXT = 8_000


class McpServer:
    """A server, by the URL of its Streamable HTTP endpoint."""

    def __init__(self, url: str) -> None:
        _client()
        self._url = url

    def tool(self, declared: Tool, *, name: str | None = None) -> Tool:
        """Return the declared tool with the server's tool of that name doing its work.

        The declared function is a stub: only its signature and its docstring count.
        """
        theirs = name or declared.name

        async def forward(context: ToolContext, **values: Any) -> Answer:
            return await self._call(theirs, values, context.idempotency_key)

        return replace(declared, function=forward, context_parameter="context")

    async def _call(self, name: str, values: dict[str, Any], idempotency_key: str) -> Answer:
        client = _client()
        given = {
            key: to_jsonable_python(value) for key, value in values.items() if value is not None
        }
        async with client(self._url) as server:
            result = await server.call_tool(name, given, meta={"idempotency_key": idempotency_key})
        text = "\n".join(part.text for part in result.content if part.type == "text")[:_MAX_TEXT]
        if result.is_error:
            raise ToolError("failed", "The other system could not do that.")
        return Answer("Here is what the other system says.", {}, {"text": text})


def _client() -> Callable[[str], Any]:
    # An extra: only services that use an MCP server install the package.
    try:
        from mcp import Client  # noqa: PLC0415
    except ImportError as error:
        raise SettingsError(
            ["tool_modules: tools of an MCP server need: pip install 'agent-service[mcp]'"]
        ) from error
    return Client

"""A chat model in the responder's place: any endpoint that speaks chat completions."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx

from agent_service.errors import OfflineError
from agent_service.offline.chat_request import chat_request
from agent_service.offline.chat_stream import ChatStream, error_message
from agent_service.offline.ports import CutShort, ResponseContext, ResponsePart, Say
from agent_service.offline.protocol.errors import ProtocolError

_CONNECT_S = 10.0
_SILENCE_S = 60.0
"""The longest that the model may take between two pieces of its answer."""
_SHOWN_CHARACTERS = 300
"""Of an error that is not ours."""
_DROPPED = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError)


class ChatResponder:
    """Streams a chat model's answer; hearing and speaking stay here."""

    def __init__(self, url: str, model: str, key: str | None = None) -> None:
        self._url = _endpoint(url)
        self._shown_url = str(self._url.copy_with(username=None, password=None, query=None))
        self._model = model
        self._key = key
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = httpx.AsyncClient(
            headers=headers, timeout=httpx.Timeout(_SILENCE_S, connect=_CONNECT_S)
        )

    async def respond(self, context: ResponseContext) -> AsyncIterator[ResponsePart | CutShort]:
        """Yield the words as they come, then the tool calls."""
        stream = ChatStream()
        request = chat_request(context, self._model)
        try:
            async with self._asked(request) as response:
                await self._check(response)
                async for line in response.aiter_lines():
                    if words := stream.feed(line):
                        yield Say(words)
        except httpx.ConnectError as error:
            raise OfflineError(
                f"The chat model at {self._shown_url} cannot be reached. Is its server running?"
            ) from error
        except httpx.TimeoutException as error:
            raise OfflineError(f"The chat model at {self._shown_url} does not answer.") from error
        except httpx.HTTPError as error:
            raise OfflineError(
                f"The chat model at {self._shown_url} broke off its answer."
            ) from error
        for part in stream.close():
            yield part

    def expected_words(self, context: ResponseContext) -> str | None:
        """Expect nothing particular."""
        return None

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    @asynccontextmanager
    async def _asked(self, body: Mapping[str, Any]) -> AsyncIterator[httpx.Response]:
        request = self._client.build_request("POST", self._url, json=body)
        try:
            response = await self._client.send(request, stream=True)
        except _DROPPED:
            # The server closed a kept connection just then: nothing was answered yet.
            response = await self._client.send(request, stream=True)
        try:
            yield response
        finally:
            await response.aclose()

    async def _check(self, response: httpx.Response) -> None:
        if response.is_success:
            return
        if response.status_code == 429:
            retry = response.headers.get("retry-after", "a few")
            message = f"Rate limit reached for the chat model. Please try again in {retry} seconds."
            raise ProtocolError("rate_limit_exceeded", message, kind="tokens")
        said = error_message((await response.aread()).decode(errors="replace"))
        if self._key:
            said = said.replace(self._key, "***")
        raise OfflineError(
            f"The chat model at {self._shown_url} answered HTTP {response.status_code}: "
            f"{said[:_SHOWN_CHARACTERS]}"
        )


def _endpoint(url: str) -> httpx.URL:
    try:
        endpoint = httpx.URL(url.rstrip("/") + "/chat/completions")
    except httpx.InvalidURL:
        endpoint = httpx.URL()
    if endpoint.scheme not in ("http", "https") or not endpoint.host:
        raise OfflineError(
            f"The chat model's URL '{url}' is none. Give one such as http://127.0.0.1:8080/v1."
        )
    return endpoint

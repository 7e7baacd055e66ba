"""Who may connect and how: keys, subprotocols, dialects by address, ephemeral keys."""

import asyncio
import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

DATA = Path(__file__).parent.parent / "data" / "realtime"

Provide = Callable[..., AbstractAsyncContextManager[Any]]

GA = "/v1/realtime?model=gpt-realtime"
AZURE = "/openai/realtime?api-version=2025-04-01-preview&deployment=rt"


async def greeted(
    provider: Any,
    path: str,
    *,
    headers: dict[str, str] | None = None,
    subprotocols: tuple[str, ...] = (),
) -> tuple[str | None, dict[str, Any]]:
    """Connect and return the chosen subprotocol and the first session."""
    async with connect(
        provider.url.replace("http", "ws", 1) + path,
        additional_headers=headers,
        subprotocols=[Subprotocol(name) for name in subprotocols] or None,
    ) as socket:
        session: dict[str, Any] = json.loads(await socket.recv())["session"]
        return socket.subprotocol, session


@pytest.mark.parametrize(
    ("path", "headers", "subprotocols"),
    [
        (AZURE, {"api-key": "k1"}, ()),
        (AZURE + "&api-key=k1", {}, ()),
        (GA, {"Authorization": "Bearer k1"}, ()),
        (AZURE + "&Authorization=Bearer%20k1", {}, ()),
        (GA, {}, ("realtime", "openai-insecure-api-key.k1")),
        (GA, {"api-key": "wrong", "Authorization": "Bearer k1"}, ()),
    ],
)
def test_keys_are_found_wherever_clients_put_them(
    provide: Provide, path: str, headers: dict[str, str], subprotocols: tuple[str, ...]
) -> None:
    async def scenario() -> None:
        async with provide(api_keys=["k1", "k2"]) as provider:
            chosen, session = await greeted(
                provider, path, headers=headers, subprotocols=subprotocols
            )
            assert session["id"].startswith("sess_")
            assert chosen == ("realtime" if subprotocols else None)

    asyncio.run(scenario())


@pytest.mark.parametrize("headers", [{}, {"api-key": "wrong"}, {"Authorization": "Basic k1"}])
def test_wrong_and_missing_keys_are_refused_at_the_upgrade(
    provide: Provide, headers: dict[str, str]
) -> None:
    async def scenario() -> None:
        async with provide(api_keys=["k1"]) as provider:
            for path in (GA, AZURE):
                with pytest.raises(InvalidStatus) as refused:
                    await greeted(provider, path, headers=headers)
                assert refused.value.response.status_code == 401
                body = json.loads(refused.value.response.body)
                assert body["error"]["code"] == "invalid_api_key"
                assert "k1" not in refused.value.response.body.decode()

    asyncio.run(scenario())


def test_without_keys_of_its_own_any_key_is_good_but_there_must_be_one(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider:
            await greeted(provider, GA, headers={"api-key": "whatever"})
            with pytest.raises(InvalidStatus) as refused:
                await greeted(provider, GA)
            assert refused.value.response.status_code == 401

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("path", "headers", "subprotocols", "dialect"),
    [
        ("/openai/realtime?api-version=2024-10-01-preview&deployment=x", {}, (), "a1"),
        ("/openai/realtime?api-version=2024-12-17&deployment=x", {}, (), "beta"),
        ("/openai/v1/realtime?model=x", {}, (), "ga"),
        ("/v1/realtime?model=x", {}, (), "ga"),
        ("/v1/realtime?model=x", {"OpenAI-Beta": "realtime=v1"}, (), "beta"),
        ("/v1/realtime?model=x", {}, ("realtime", "openai-beta.realtime-v1"), "beta"),
    ],
)
def test_dialect_follows_from_the_address(
    provide: Provide,
    path: str,
    headers: dict[str, str],
    subprotocols: tuple[str, ...],
    dialect: str,
) -> None:
    async def scenario() -> None:
        async with provide() as provider:
            _, session = await greeted(
                provider, path, headers={"api-key": "k", **headers}, subprotocols=subprotocols
            )
            shape = {"a1": "modalities", "beta": "speed", "ga": "audio"}[dialect]
            assert shape in session
            assert ("speed" in session) == (dialect == "beta")

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/realtime", 400, "missing_required_parameter"),
        ("/openai/realtime?api-version=2024-10-01-preview", 400, "missing_required_parameter"),
        ("/openai/v1/realtime?model=x&api-version=2024-10-21", 401, "invalid_api_version"),
        ("/v1/realtime?call_id=rtc_1", 404, "call_not_found"),
        ("/v1/live/sessions", 404, "not_found"),
    ],
)
def test_addresses_that_lead_nowhere(provide: Provide, path: str, status: int, code: str) -> None:
    async def scenario() -> None:
        async with provide() as provider:
            with pytest.raises(InvalidStatus) as refused:
                await greeted(provider, path, headers={"api-key": "k"})
            assert refused.value.response.status_code == status
            assert json.loads(refused.value.response.body)["error"]["code"] == code

    asyncio.run(scenario())


def rest(name: str) -> dict[str, Any]:
    sample: dict[str, Any] = json.loads((DATA / "rest-bodies.json").read_text())[name]
    return sample


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("ga_client_secret", "/v1/realtime/client_secrets"),
        ("ga_client_secret_azure", "/openai/v1/realtime/client_secrets"),
        ("beta_session", "/v1/realtime/sessions"),
        ("beta_session_azure", "/openai/realtimeapi/sessions?api-version=2025-04-01-preview"),
    ],
)
def test_ephemeral_keys_are_issued_as_documented(provide: Provide, name: str, path: str) -> None:
    sample = rest(name)

    async def scenario() -> None:
        async with provide(api_keys=["k1"]) as provider:
            async with httpx.AsyncClient(base_url=provider.url) as http:
                body = sample["request"]["body"]
                assert (await http.post(path, json=body)).status_code == 401
                answer = await http.post(path, json=body, headers={"api-key": "k1"})
            assert answer.status_code == 200
            issued = answer.json()
            wanted = sample["response"]["body"]
            assert issued.keys() >= wanted.keys()
            assert issued.get("session", {}).keys() >= wanted.get("session", {}).keys()
            secret = issued.get("value") or issued["client_secret"]["value"]
            assert secret.startswith("ek_")
            headers = {"Authorization": f"Bearer {secret}"}
            for _ in range(2):
                _, session = await greeted(provider, GA, headers=headers)
                assert session["model"] == "gpt-realtime"

    asyncio.run(scenario())


def test_session_given_with_the_secret_is_the_start(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider:
            async with httpx.AsyncClient(base_url=provider.url) as http:
                session = {
                    "type": "realtime",
                    "model": "my-model",
                    "instructions": "Be quick.",
                    "audio": {"output": {"voice": "cedar"}},
                }
                answer = await http.post(
                    "/v1/realtime/client_secrets",
                    json={"session": session, "expires_after": {"seconds": 30}},
                    headers={"Authorization": "Bearer any"},
                )
            secret = answer.json()["value"]
            subprotocols = ("realtime", f"openai-insecure-api-key.{secret}")
            _, shown = await greeted(provider, "/v1/realtime", subprotocols=subprotocols)
            assert shown["instructions"] == "Be quick."
            assert shown["model"] == "my-model"
            assert shown["audio"]["output"]["voice"] == "cedar"

    asyncio.run(scenario())


def test_tool_servers_given_with_the_secret_are_asked_at_the_start(provide: Provide) -> None:
    async def scenario() -> None:
        async with provide() as provider:
            docs = {"type": "mcp", "server_label": "docs", "server_url": "https://docs.test/sse"}
            async with httpx.AsyncClient(base_url=provider.url) as http:
                answer = await http.post(
                    "/v1/realtime/client_secrets",
                    json={"session": {"type": "realtime", "tools": [docs]}},
                    headers={"Authorization": "Bearer any"},
                )
            secret = answer.json()["value"]
            async with provider.client(key=secret) as client:
                await client.until("mcp_list_tools.failed")
                assert client.types()[0] == "session.created"

    asyncio.run(scenario())


@pytest.mark.parametrize("where", ["header", "query"])
def test_azure_clients_get_their_request_id_back(provide: Provide, where: str) -> None:
    async def scenario() -> None:
        async with provide() as provider:
            headers, query = {"x-ms-client-request-id": "1f-2e"}, "&x-ms-client-request-id=1f-2e"
            async with provider.client(
                "a1",
                headers=headers if where == "header" else {},
                query=query if where == "query" else "",
            ) as client:
                assert client.socket.response.headers["x-ms-client-request-id"] == "1f-2e"
            # What might be taken for further headers is not given back.
            async with provider.client("a1", query="&x-ms-client-request-id=a%0D%0Ab:c") as client:
                assert "x-ms-client-request-id" not in client.socket.response.headers

    asyncio.run(scenario())


def test_secrets_expire_and_cannot_make_others(provide: Provide) -> None:
    async def scenario() -> None:
        clock = [1000.0]
        async with provide(now=lambda: clock[0]) as provider:
            async with httpx.AsyncClient(base_url=provider.url) as http:
                path, key = "/v1/realtime/client_secrets", {"api-key": "any"}
                secret = (await http.post(path, json={}, headers=key)).json()["value"]
                again = await http.post(path, json={}, headers={"api-key": secret})
                assert again.status_code == 401
            await greeted(provider, GA, headers={"api-key": secret})
            clock[0] += 601
            for value in (secret, "ek_made_up"):
                with pytest.raises(InvalidStatus) as refused:
                    await greeted(provider, GA, headers={"api-key": value})
                assert refused.value.response.status_code == 401

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("path", "body", "code", "param"),
    [
        ("/v1/realtime/client_secrets", b"{", "invalid_json", None),
        ("/v1/realtime/client_secrets", b"[]", "invalid_type", "body"),
        (
            "/v1/realtime/client_secrets",
            b'{"expires_after": {"seconds": 5}}',
            "invalid_value",
            "expires_after.seconds",
        ),
        (
            "/v1/realtime/client_secrets",
            b'{"session": {"model": "x"}}',
            "missing_required_parameter",
            "session.type",
        ),
        ("/v1/realtime/sessions", b"{}", "missing_required_parameter", "model"),
        (
            "/v1/realtime/sessions",
            b'{"model": "x", "voice": "loud"}',
            "invalid_value",
            "session.voice",
        ),
    ],
)
def test_bad_requests_for_secrets(
    provide: Provide, path: str, body: bytes, code: str, param: str | None
) -> None:
    async def scenario() -> None:
        async with provide() as provider, httpx.AsyncClient(base_url=provider.url) as http:
            answer = await http.post(path, content=body, headers={"api-key": "any"})
            assert answer.status_code == 400
            error = answer.json()["error"]
            assert (error["code"], error["param"]) == (code, param)

    asyncio.run(scenario())

"""Where a provider is reached, and what proves who we are."""

from typing import Any

import pytest

from agent_service.engines.address import handshake_headers, realtime_url
from agent_service.engines.dialects import DIALECTS
from agent_service.engines.provider import ProviderChoice
from agent_service.errors import SettingsError


def choice(endpoint: str, dialect: str, **more: Any) -> ProviderChoice:
    kind: Any = "azure" if dialect.startswith("azure") else "openai"
    return ProviderChoice(kind, endpoint, "rt-demo", dialect, **{"api_key": "sesame"} | more)


def url(endpoint: str, dialect: str = "openai-ga", **more: Any) -> str:
    return realtime_url(choice(endpoint, dialect, **more), DIALECTS[dialect])


AZURE = "https://contoso-eus2.openai.azure.com"
PREVIEW = "wss://contoso-eus2.openai.azure.com/openai/realtime"


@pytest.mark.parametrize(
    ("dialect", "endpoint", "expected"),
    [
        (
            "azure-2024-10-01-preview",
            AZURE,
            f"{PREVIEW}?api-version=2024-10-01-preview&deployment=rt-demo",
        ),
        (
            "azure-2025-04-01-preview",
            f"{AZURE}/",
            f"{PREVIEW}?api-version=2025-04-01-preview&deployment=rt-demo",
        ),
        (
            "azure-ga",
            AZURE,
            "wss://contoso-eus2.openai.azure.com/openai/v1/realtime?model=rt-demo",
        ),
        (
            "openai-beta",
            "https://api.openai.com",
            "wss://api.openai.com/v1/realtime?model=rt-demo",
        ),
        ("openai-ga", "https://api.openai.com", "wss://api.openai.com/v1/realtime?model=rt-demo"),
    ],
)
def test_the_url_is_the_dialects(dialect: str, endpoint: str, expected: str) -> None:
    assert url(endpoint, dialect) == expected


@pytest.mark.parametrize(
    ("dialect", "endpoint", "path"),
    [
        ("openai-ga", "https://h/v1", "/v1/realtime"),
        ("openai-ga", "https://h/v1/realtime/", "/v1/realtime"),
        ("openai-ga", "https://h/team-a/openai", "/team-a/openai/v1/realtime"),
        ("azure-ga", "https://h/openai/v1/", "/openai/v1/realtime"),
        ("azure-ga", "https://h/openai", "/openai/v1/realtime"),
        ("azure-2024-12-17", "https://h/gateway/openai", "/gateway/openai/realtime"),
    ],
)
def test_a_customary_base_path_is_not_doubled(dialect: str, endpoint: str, path: str) -> None:
    assert url(endpoint, dialect).partition("?")[0] == f"wss://h{path}"


def test_names_are_escaped() -> None:
    odd = ProviderChoice("openai", "https://h", "my model&x=1", "openai-ga")
    assert realtime_url(odd, DIALECTS["openai-ga"]).endswith("?model=my+model%26x%3D1")


@pytest.mark.parametrize(
    ("endpoint", "remedy"),
    [
        ("contoso.openai.azure.com", "must look like https://"),
        ("ftp://contoso", "must look like https://"),
        ("https://", "must look like https://"),
        ("", "must look like https://"),
        (f"{AZURE}/openai/realtime?api-version=2024-10-01-preview", "before the question mark"),
        ("https://user:password@host", "hold no user name"),
        ("http://contoso.openai.azure.com", "must begin with https"),
        ("ws://203.0.113.7:80", "must begin with https"),
    ],
)
def test_an_endpoint_that_cannot_work_is_named_with_the_remedy(endpoint: str, remedy: str) -> None:
    with pytest.raises(SettingsError, match=remedy) as raised:
        url(endpoint)
    assert "sesame" not in str(raised.value)


def test_plain_http_is_fine_on_this_machine_and_without_a_key() -> None:
    for host in ("127.0.0.1:8", "[::1]:8", "localhost:8"):
        assert url(f"http://{host}").startswith(f"ws://{host}/")
    assert url("http://offline.internal", api_key=None).startswith("ws://offline.internal/")


def test_a_model_is_needed() -> None:
    with pytest.raises(SettingsError, match="model is needed"):
        realtime_url(ProviderChoice("azure", AZURE, "", "azure-ga"), DIALECTS["azure-ga"])


@pytest.mark.parametrize(
    ("dialect", "headers"),
    [
        ("azure-2024-10-01-preview", [("api-key", "sesame")]),
        ("azure-ga", [("api-key", "sesame")]),
        ("openai-beta", [("OpenAI-Beta", "realtime=v1"), ("Authorization", "Bearer sesame")]),
        ("openai-ga", [("Authorization", "Bearer sesame")]),
    ],
)
def test_the_key_goes_where_the_dialect_has_it(
    dialect: str, headers: list[tuple[str, str]]
) -> None:
    assert handshake_headers(choice(AZURE, dialect), DIALECTS[dialect], None) == headers


def test_a_token_takes_the_place_of_the_key() -> None:
    headers = handshake_headers(choice(AZURE, "azure-ga"), DIALECTS["azure-ga"], "t0ken")
    assert headers == [("Authorization", "Bearer t0ken")]


def test_no_key_means_no_header() -> None:
    keyless = choice("http://127.0.0.1:8", "openai-ga", api_key=None)
    assert handshake_headers(keyless, DIALECTS["openai-ga"], None) == []


def test_a_choice_does_not_show_its_key() -> None:
    assert "sesame" not in repr(choice(AZURE, "azure-ga"))

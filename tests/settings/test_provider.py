from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest

from agent_service.engines.dialects import DIALECTS
from agent_service.errors import SettingsError
from agent_service.settings import ProviderSettings, load

Config = Callable[..., Path]
AZURE = {"AZURE_OPENAI_ENDPOINT": "https://shop.openai.azure.com/"}


def provider(config: Config, service: str = "", **environment: str) -> ProviderSettings:
    return load(config(service), environment=environment).provider


def test_nothing_configured_means_offline(config: Config) -> None:
    assert provider(config).chosen_kind == "offline"


def test_azure_endpoint_without_a_key_is_keyless_and_current(config: Config) -> None:
    found = provider(config, **AZURE)
    assert found.chosen_kind == "azure"
    assert found.endpoint == "https://shop.openai.azure.com"
    assert found.uses_entra
    assert found.api_version is None
    assert found.chosen_model == "gpt-realtime-2.1"


def test_azure_variables_fill_key_deployment_and_version(config: Config) -> None:
    found = provider(
        config,
        **AZURE,
        AZURE_OPENAI_API_KEY="key",
        AZURE_OPENAI_DEPLOYMENT="voice",
        OPENAI_API_VERSION="2024-10-01-preview",
    )
    assert not found.uses_entra
    assert found.api_key is not None
    assert found.api_key.get_secret_value() == "key"
    assert (found.chosen_model, found.api_version) == ("voice", "2024-10-01-preview")


def test_azure_wins_over_an_openai_key(config: Config) -> None:
    found = provider(config, **AZURE, OPENAI_API_KEY="sk-1")
    assert found.chosen_kind == "azure"
    assert found.api_key is None


def test_openai_key_alone_means_openai(config: Config) -> None:
    found = provider(config, OPENAI_API_KEY="sk-1")
    assert found.chosen_kind == "openai"
    assert not found.uses_entra


def test_chosen_kind_ignores_the_other_providers_variables(config: Config) -> None:
    variables = {**AZURE, "OPENAI_API_KEY": "sk-1"}
    openai = provider(config, "[provider]\nkind = 'openai'", **variables)
    assert openai.endpoint is None
    assert openai.chosen_kind == "openai"


def test_offline_can_be_chosen_although_a_provider_is_configured(config: Config) -> None:
    assert provider(config, "[provider]\nkind = 'offline'", **AZURE).chosen_kind == "offline"


def test_own_settings_win_over_customary_variables(config: Config) -> None:
    found = provider(
        config, "[provider]\nmodel = 'mine'", **AZURE, AZURE_OPENAI_DEPLOYMENT="theirs"
    )
    assert found.model == "mine"


def test_keyless_wins_over_a_key(config: Config) -> None:
    found = provider(config, "[provider]\nkeyless = true", **AZURE, AZURE_OPENAI_API_KEY="key")
    assert found.uses_entra


@pytest.mark.parametrize(
    ("values", "model"),
    [
        ({"api_version": "v1"}, "gpt-realtime-2.1"),
        ({"api_version": "2025-04-01-preview"}, "gpt-4o-realtime-preview"),
        ({"dialect": "openai-beta"}, "gpt-4o-realtime-preview"),
        ({"dialect": "azure-ga", "api_version": "2024-10-01-preview"}, "gpt-realtime-2.1"),
    ],
)
def test_model_defaults_to_the_generation_of_the_protocol(
    values: dict[str, Any], model: str
) -> None:
    assert ProviderSettings(**values).chosen_model == model


@pytest.mark.parametrize(
    ("service", "remedy"),
    [
        ("[provider]\nkind = 'azure'", "set AZURE_OPENAI_ENDPOINT"),
        ("[provider]\nkind = 'openai'", "set OPENAI_API_KEY"),
        ("[provider]\napi_version = 'new'", "should be v1 or a date such as 2024-10-01-preview"),
        ("[provider]\nendpoint = 'shop'", "should be a URL such as https://example.com"),
        ("provider = 3", "provider is a section"),
    ],
)
def test_provider_that_cannot_work_says_what_to_set(
    config: Config, service: str, remedy: str
) -> None:
    with pytest.raises(SettingsError, match=remedy):
        provider(config, service)


def test_wrong_customary_variable_is_named(config: Config) -> None:
    with pytest.raises(SettingsError) as caught:
        provider(config, AZURE_OPENAI_ENDPOINT="shop")
    assert caught.value.problems[0].startswith("AZURE_OPENAI_ENDPOINT: provider.endpoint = 'shop'")


def test_every_dialect_can_be_chosen() -> None:
    names = get_args(ProviderSettings.model_fields["dialect"].annotation)
    assert set(names) == {"auto", *DIALECTS}


def test_secrets_stay_out_of_the_representation() -> None:
    assert "sk-1" not in repr(ProviderSettings.model_validate({"api_key": "sk-1"}))

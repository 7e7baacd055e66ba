from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest

from agent_service.clock import SystemClock
from agent_service.engines.dialects import DIALECTS
from agent_service.engines.prices import LIST_PRICES, MODEL_PRICES, ModelPrice, Prices
from agent_service.errors import SettingsError
from agent_service.from_settings import provider_choice, provider_line
from agent_service.settings import ProviderSettings, load, load_explained

Config = Callable[..., Path]
AZURE = {"AZURE_OPENAI_ENDPOINT": "https://shop.openai.azure.com/"}


def provider(config: Config, service: str = "", **environment: str) -> ProviderSettings:
    return load(config(service), environment=environment).provider


def prices(config: Config, service: str = "", **environment: str) -> Prices:
    settings = load(config(service), environment=environment)
    choice = provider_choice(settings, "http://127.0.0.1:1")
    return provider_line(settings, choice, SystemClock()).prices


def test_the_list_has_what_a_model_and_its_transcripts_cost(config: Config) -> None:
    assert prices(config, OPENAI_API_KEY="key") == LIST_PRICES


def test_nobody_pays_for_the_offline_provider(config: Config) -> None:
    assert prices(config) == MODEL_PRICES  # none of which it names


OWN_PRICES = """
[provider.prices]
text_in = 1
text_cached = 2
text_out = 3
audio_in = 4
audio_cached = 5
audio_out = 6
[provider.transcription_prices]
text_in = 7
text_out = 8
audio_in = 9
"""


@pytest.mark.parametrize(
    ("provided", "model", "transcriber"),
    [
        ('transcription_model = "ours"', "gpt-realtime-2.1", "ours"),
        ('dialect = "openai-beta"', "gpt-4o-realtime-preview", "whisper-1"),
    ],
)
def test_own_prices_replace_those_of_the_list(
    config: Config, provided: str, model: str, transcriber: str
) -> None:
    found = prices(config, f"[provider]\n{provided}\n{OWN_PRICES}", OPENAI_API_KEY="key")
    assert found == {
        model: ModelPrice(1, 2, 3, 4, 5, 6),
        transcriber: ModelPrice(7, 7, 8, 9, 9, 0),
    }


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


GATEWAY = "https://gateway.example"
KEYS = {"azure": "AZURE_OPENAI_API_KEY", "openai": "OPENAI_API_KEY"}


@pytest.mark.parametrize("model", [True, False])
@pytest.mark.parametrize("dialect", ["auto", "openai-ga", "azure-ga"])
@pytest.mark.parametrize("keys", [(), ("azure",), ("openai",), ("azure", "openai")])
@pytest.mark.parametrize("azure", [True, False])
@pytest.mark.parametrize("endpoint", [None, GATEWAY, "https://api.openai.com/v1"])
@pytest.mark.parametrize("kind", ["auto", "azure", "openai", "offline"])
def test_whatever_variables_are_set_each_has_an_effect_or_a_reason_why_not(
    config: Config,
    kind: str,
    endpoint: str | None,
    azure: bool,
    keys: tuple[str, ...],
    dialect: str,
    model: bool,
) -> None:
    own = {"kind": kind, "dialect": dialect} | ({"endpoint": endpoint} if endpoint else {})
    lines = [f"{name} = '{value}'" for name, value in own.items()]
    environment = {KEYS[each]: f"key of {each}" for each in keys}
    environment |= AZURE if azure else {}
    environment |= {"AZURE_OPENAI_DEPLOYMENT": "voice"} if model else {}
    folder = config("\n".join(["[provider]", *lines]))
    try:
        explained = load_explained(folder, environment=environment)
    except SettingsError as error:
        [problem] = error.problems
        assert "set AZURE_OPENAI_ENDPOINT" in problem or "set OPENAI_API_KEY" in problem
        return
    found = explained.settings.provider
    used = {
        variable
        for setting in ("endpoint", "api_key", "model")
        if getattr(found, setting) is not None
        for variable in environment
        if explained.origin(("provider", setting)) == variable
    }
    unused = {reason.partition(" ")[0] for reason in explained.unused}
    assert used | unused == environment.keys()
    assert used & unused == set()
    assert found.chosen_kind == kind or kind == "auto"
    if found.api_key is not None:  # nobody is shown the key of another
        assert found.api_key.get_secret_value() == f"key of {found.chosen_kind}"


@pytest.mark.parametrize(
    ("settings", "environment", "kind"),
    [
        ("", {"OPENAI_API_KEY": "k"}, "openai"),
        ("", {}, "azure"),
        ("", {"AZURE_OPENAI_API_KEY": "k"}, "azure"),
        ("", {"AZURE_OPENAI_API_KEY": "k", "OPENAI_API_KEY": "k"}, "azure"),
        ("keyless = true", {"OPENAI_API_KEY": "k"}, "azure"),
        ("api_version = '2024-10-01-preview'", {"OPENAI_API_KEY": "k"}, "azure"),
        ("dialect = 'openai-ga'", {}, "openai"),
        ("dialect = 'azure-ga'", {"OPENAI_API_KEY": "k"}, "azure"),
    ],
)
def test_endpoint_of_ones_own_is_what_its_key_says(
    config: Config, settings: str, environment: dict[str, str], kind: str
) -> None:
    own = f"[provider]\nendpoint = '{GATEWAY}'\n{settings}"
    assert provider(config, own, **environment).chosen_kind == kind


NOT_AZURE = "AZURE_OPENAI_ENDPOINT is missing, without which the provider is not Azure"
NOT_OPENAI = "the provider is Azure, whose key is AZURE_OPENAI_API_KEY"
NEITHER = "the provider is offline; provider.kind can say otherwise"


@pytest.mark.parametrize(
    ("service", "environment", "name", "why"),
    [
        ("", {"AZURE_OPENAI_API_KEY": "k"}, "AZURE_OPENAI_API_KEY", NOT_AZURE),
        ("", {**AZURE, "OPENAI_API_KEY": "k"}, "OPENAI_API_KEY", NOT_OPENAI),
        ("[provider]\nkind = 'offline'", {"OPENAI_API_KEY": "k"}, "OPENAI_API_KEY", NEITHER),
        (
            "[provider]\nmodel = 'mine'",
            {**AZURE, "AZURE_OPENAI_DEPLOYMENT": "theirs"},
            "AZURE_OPENAI_DEPLOYMENT",
            "provider.model is set by service.toml",
        ),
    ],
)
def test_variable_without_effect_is_named_with_the_reason(
    config: Config, service: str, environment: dict[str, str], name: str, why: str
) -> None:
    unused = load_explained(config(service), environment=environment).unused
    assert unused == (f"{name} is set and not used: {why}",)


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

"""The table of dialects and how one is chosen."""

import pytest

from agent_service.engines.dialects import DIALECTS, dialect_name, dialect_of
from agent_service.errors import SettingsError


@pytest.mark.parametrize(
    ("api_version", "name"),
    [
        ("2024-10-01-preview", "azure-2024-10-01-preview"),
        ("2024-12-17", "azure-2024-12-17"),
        ("2025-04-01-preview", "azure-2025-04-01-preview"),
        (None, "azure-ga"),
        ("", "azure-ga"),
    ],
)
def test_azure_goes_by_its_api_version(api_version: str | None, name: str) -> None:
    assert dialect_name("azure", api_version) == name
    assert dialect_of(name).name == name


def test_all_else_speaks_the_current_protocol() -> None:
    assert dialect_name("openai") == "openai-ga"
    assert dialect_name("offline", "2024-10-01-preview") == "openai-ga"


def test_an_unknown_api_version_is_told_the_known_ones() -> None:
    with pytest.raises(SettingsError, match="2024-10-01-preview, 2024-12-17, 2025-04-01-preview"):
        dialect_name("azure", "2023-01-01")


def test_an_unknown_dialect_is_told_the_known_ones() -> None:
    with pytest.raises(SettingsError, match=", ".join(DIALECTS)):
        dialect_of("esperanto")

"""What ends of what is in use: by the table, by the provider's own list, ninety days ahead."""

import ast
from datetime import date
from pathlib import Path

import openai.types.realtime
import pytest

from agent_service.engines.dialects import DIALECTS
from agent_service.engines.endings import ListedModel, Use, endings, uses
from agent_service.engines.provider import ProviderChoice
from agent_service.engines.retirements import RETIREMENTS
from agent_service.settings import ProviderSettings

TODAY = date(2026, 11, 29)
SDK = Path(openai.types.realtime.__file__).parent


def choice(kind: str = "openai", dialect: str = "openai-ga", endpoint: str = "") -> ProviderChoice:
    own = {"openai": "https://api.openai.com", "azure": "https://shop.openai.azure.com"}[kind]
    return ProviderChoice(kind, endpoint or own, "m", dialect)  # type: ignore[arg-type]


def found(
    use: Use,
    where: ProviderChoice | None = None,
    listed: dict[str, ListedModel] | None = None,
    today: date = TODAY,
) -> list[tuple[str, str | None, str | None]]:
    return [
        (ending.code, ending.ends.isoformat() if ending.ends else None, ending.successor)
        for ending in endings(where or choice(), [use], listed, today)
    ]


@pytest.mark.parametrize(
    ("today", "code"),
    [
        ("2026-10-21", None),
        ("2026-10-22", "provider_ending"),
        ("2027-01-19", "provider_ending"),
        ("2027-01-20", "provider_ended"),
        ("2031-01-01", "provider_ended"),
    ],
)
def test_an_end_is_told_ninety_days_ahead(today: str, code: str | None) -> None:
    expected = [(code, "2027-01-20", "gpt-realtime-2.1")] if code else []
    assert found(Use("model", "gpt-realtime"), today=date.fromisoformat(today)) == expected


def test_the_transcription_model_ends_too() -> None:
    assert found(Use("transcription model", "whisper-1")) == [
        ("provider_ending", "2027-02-26", "gpt-transcribe")
    ]


def test_what_takes_their_place_is_the_default_and_does_not_end() -> None:
    provider = ProviderSettings()
    used = uses(choice(), provider.chosen_model, provider.transcription_model)
    assert used[-1] == Use("transcription model", "gpt-transcribe")
    assert endings(choice(), used, None, TODAY) == []
    azure = choice("azure", "azure-ga")
    used = uses(azure, provider.chosen_model, provider.transcription_model)
    assert endings(azure, used, None, TODAY) == []


def test_previews_of_azure_and_the_beta_are_past() -> None:
    for dialect in DIALECTS.values():
        where = choice("azure" if dialect.name.startswith("azure") else "openai", dialect.name)
        codes = [ending.code for ending in endings(where, uses(where, "m", "ears"), None, TODAY)]
        is_current = dialect.name.endswith("ga")
        assert codes == ([] if is_current else ["provider_ended"]), dialect.name


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "https://gateway.example/openai"])
def test_models_end_by_name_whatever_the_address(url: str) -> None:
    gateway = choice(endpoint=url)
    assert found(Use("model", "gpt-realtime"), gateway) == [
        ("provider_ending", "2027-01-20", "gpt-realtime-2.1")
    ]
    assert found(Use("model", "mine"), gateway) == []
    listed = {"gpt-realtime": ListedModel(date(2026, 12, 1))}
    assert found(Use("model", "gpt-realtime"), gateway, listed) == [
        ("provider_ending", "2026-12-01", "gpt-realtime-2.1")
    ]


def test_the_providers_list_knows_better_than_the_table() -> None:
    use = Use("model", "gpt-realtime")
    sooner = {"gpt-realtime": ListedModel(date(2026, 12, 1))}
    assert found(use, listed=sooner) == [("provider_ending", "2026-12-01", "gpt-realtime-2.1")]
    later = {"gpt-realtime": ListedModel(date(2028, 1, 1))}
    assert found(use, listed=later) == []
    silent = {"gpt-realtime": ListedModel()}
    assert found(use, listed=silent) == [("provider_ending", "2027-01-20", "gpt-realtime-2.1")]


def test_a_model_that_is_deprecated_or_not_listed_is_told() -> None:
    use = Use("model", "gpt-realtime-9")
    assert found(use, listed={"gpt-realtime-9": ListedModel(is_deprecated=True)}) == [
        ("provider_deprecated", None, None)
    ]
    assert found(use, listed={"gpt-realtime-9": ListedModel()}) == []
    assert found(use, listed={"other": ListedModel()}) == [("provider_unlisted", None, None)]
    assert found(use, listed=None) == []
    # A deployment on Azure has a name of its own, and a dialect is in no list.
    assert found(use, choice("azure", "azure-ga"), {"other": ListedModel()}) == []
    assert found(Use("dialect", "openai-ga"), listed={"other": ListedModel()}) == []


@pytest.mark.parametrize(
    ("today", "listed", "words", "remedy"),
    [
        (TODAY, None, "model gpt-realtime is switched off on 2027-01-20", "use gpt-realtime-2.1"),
        (date(2028, 1, 1), None, "model gpt-realtime was switched off on 2027-01-20", "use "),
        (TODAY, {"gpt-realtime": ListedModel(TODAY)}, "model gpt-realtime was", "use "),
    ],
)
def test_an_end_is_told_in_words(
    today: date, listed: dict[str, ListedModel] | None, words: str, remedy: str
) -> None:
    (ending,) = endings(choice(), [Use("model", "gpt-realtime")], listed, today)
    assert ending.message.startswith(words)
    assert ending.remedy.startswith(remedy)


def test_an_end_without_a_date_is_told_in_words() -> None:
    use = Use("model", "x")
    (unlisted,) = endings(choice(), [use], {"y": ListedModel()}, TODAY)
    assert unlisted.message == "model x is not in the provider's list of models"
    assert unlisted.remedy == "use another one of the provider's"
    (old,) = endings(choice(), [use], {"x": ListedModel(is_deprecated=True)}, TODAY)
    assert old.message == "model x is deprecated, without a date so far"


def test_every_row_is_once_and_its_successor_is_no_row() -> None:
    keys = [(row.provider, row.kind, row.name) for row in RETIREMENTS]
    assert len(keys) == len(set(keys))
    for row in RETIREMENTS:
        if row.provider == "openai":
            assert ("openai", row.kind, row.successor) not in keys


@pytest.mark.parametrize(
    ("module", "kind"),
    [
        ("realtime_session_create_request", "model"),
        ("audio_transcription", "transcription model"),
    ],
)
def test_the_table_has_what_the_official_client_says(module: str, kind: str) -> None:
    """The names and the date stand in the description of the field."""
    tree = ast.parse((SDK / f"{module}.py").read_text())
    text = " ".join(
        str(node.value.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and "Announced shutdown" in str(node.value.value)
    )
    words = " ".join(text.partition("Deprecated values:")[2].split())
    for row in RETIREMENTS:
        if (row.provider, row.kind) == ("openai", kind):
            assert f'"{row.name}"' in words
            assert row.ends.isoformat() in words

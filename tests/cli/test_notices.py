"""``agent-service notices``: shows what callers hear without the provider, and records it."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from agent_service.__main__ import main
from agent_service.conversation.spec import Notice
from agent_service.notices.texts import LANGUAGES, texts_in

CONFIG = Path(__file__).parents[2] / "config"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped settings, with the offline provider, and one more agent that speaks German."""
    folder = tmp_path / "config"
    shutil.copytree(CONFIG, folder)
    german = 'title = "Hilfe"\ninstructions = "Hilf."\nlanguage = "de"\n'
    (folder / "agents" / "hilfe.toml").write_text(german)
    monkeypatch.setenv("AGENT_SERVICE_PROVIDER__KIND", "offline")
    monkeypatch.setenv("AGENT_SERVICE_DATA_DIR", str(tmp_path / "data"))
    return folder


def listed(config: Path, capsys: pytest.CaptureFixture[str], *options: str) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert main(["notices", "list", "--config", str(config), "--json", *options]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_list_shows_every_agents_notices(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notices = listed(config, capsys)
    every = len(Notice)
    assert [each["agent"] for each in notices] == ["hilfe"] * every + ["support"] * every
    assert {each["source"] for each in notices} == {"shipped"}
    wait = next(each for each in notices if each["notice"] == "wait")
    assert wait["text"] == texts_in("de")[Notice.WAIT]
    assert 1_500 < wait["ms"] < 3_000
    assert wait["problems"] == []


def test_list_is_a_table_for_people(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["notices", "list", "--config", str(config), "--agent", "hilfe"]) == 0
    output = capsys.readouterr().out
    assert "still_there" in output
    assert "Sind Sie noch da?" in output
    assert "support" not in output


def test_an_agent_that_is_not_there_is_named(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for action in ("list", "record"):
        assert main(["notices", action, "--config", str(config), "--agent", "nobody"]) == 1
        error = capsys.readouterr().err
        assert "--agent: there is no agent nobody; there are hilfe, support" in error


def test_the_offline_provider_records_in_its_language_and_only_that(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["notices", "record", "--config", str(config)]) == 1
    output = capsys.readouterr().out
    assert "hilfe: not recorded: the offline provider only speaks English" in output
    assert all(f"support: {notice}: recorded, " in output for notice in Notice)

    by_agent = {(each["agent"], each["source"]) for each in listed(config, capsys)}
    assert by_agent == {("hilfe", "shipped"), ("support", "recorded")}

    sound = tmp_path / "data" / "notices" / "support" / "wait.ogg"
    sound.write_bytes(sound.read_bytes()[:1_000])
    shown = {each["notice"]: each for each in listed(config, capsys, "--agent", "support")}
    assert shown["wait"]["source"] == "shipped"
    assert shown["wait"]["problems"] == [f"{sound} is not the file that was recorded."]
    assert main(["notices", "list", "--config", str(config)]) == 0
    assert f"{sound} is not the file" in capsys.readouterr().out.replace("\n", " ")


def test_a_provider_that_cannot_be_reached_is_told(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AGENT_SERVICE_PROVIDER__KIND", "azure")
    monkeypatch.setenv("AGENT_SERVICE_PROVIDER__ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("AGENT_SERVICE_PROVIDER__API_KEY", "a-key-that-stays-secret")
    assert main(["notices", "record", "--config", str(config), "--agent", "hilfe"]) == 1
    captured = capsys.readouterr()
    assert "No connection to 127.0.0.1:9" in captured.err
    assert "a-key-that-stays-secret" not in captured.out + captured.err


def test_every_language_can_be_listed(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    agent = config / "agents" / "hilfe.toml"
    text = agent.read_text()
    for language in (*LANGUAGES, "nl"):
        agent.write_text(text.replace('"de"', f'"{language}"'))
        found = listed(config, capsys, "--agent", "hilfe")
        assert {each["source"] for each in found} == {"shipped"}

import importlib
import json
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection
from websockets.sync.server import serve as serve_websocket

from agent_service.__main__ import main
from agent_service.cli.checks import Finding, Verdict, check_data_dir, check_database
from agent_service.cli.provider_checks import check_network, check_provider
from agent_service.cli.tool_checks import check_tools
from agent_service.settings import ProviderSettings, Settings, load
from agent_service.store import migrating


@pytest.fixture
def provider_url() -> Iterator[str]:
    """A provider that sets a session up, unless the key is wrong."""

    def refuse_wrong_keys(connection: ServerConnection, request: Request) -> Response | None:
        if request.headers.get("api-key") == "right":
            return None
        return connection.respond(HTTPStatus.UNAUTHORIZED, '{"error": {"message": "wrong key"}}')

    def set_up(connection: ServerConnection) -> None:
        connection.send(json.dumps({"type": "session.created", "session": {"model": "voice"}}))
        for message in connection:
            asked = json.loads(message)
            if asked["type"] == "session.update":
                connection.send(
                    json.dumps({"type": "session.updated", "session": asked["session"]})
                )

    with serve_websocket(
        set_up, "127.0.0.1", 0, process_request=refuse_wrong_keys, compression=None
    ) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.socket.getsockname()[1]}"
        server.shutdown()
        thread.join()


def azure(url: str, key: str) -> Settings:
    provider = ProviderSettings.model_validate({"endpoint": url, "api_key": key, "model": "voice"})
    return Settings(provider=provider)


def test_working_provider_is_found_good(provider_url: str) -> None:
    network, provider = check_provider(azure(provider_url, "right"))
    assert (network.verdict, provider.verdict) == (Verdict.GOOD, Verdict.GOOD)
    assert provider.text.startswith("azure-ga, model voice, with an API key: session set up in ")


def test_refusal_of_the_provider_is_told_in_words(provider_url: str) -> None:
    *_, provider = check_provider(azure(provider_url, "wrong-key"))
    assert provider.verdict is Verdict.BAD
    assert "refused the key" in provider.text
    assert "wrong-key" not in provider.text


def test_endpoint_that_would_leak_the_key_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        host = f"http://localhost.localdomain:{server.getsockname()[1]}"
        findings = list(check_provider(azure(host, "key")))
    assert findings[-1].verdict is Verdict.BAD


@pytest.mark.parametrize("host", ["nowhere.invalid", f"{'long' * 16}.invalid"])
def test_host_without_an_address_is_told(host: str) -> None:
    finding = check_network(f"https://{host}", 5)
    assert finding.verdict is Verdict.BAD
    assert f"{host} has no address" in finding.text


def test_port_that_nobody_listens_on_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    finding = check_network(f"http://127.0.0.1:{port}", 5)
    assert finding.verdict is Verdict.BAD
    assert f"127.0.0.1:{port} takes no connection (Connection refused)" in finding.text


def test_provider_without_a_way_there_is_not_asked() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    [finding] = check_provider(azure(f"http://127.0.0.1:{port}", "right"))
    assert finding.subject == "network"


def test_migrated_database_is_good(database_url: str) -> None:
    migrating.upgrade(database_url)
    finding = check_database(database_url)
    assert finding.verdict is Verdict.GOOD, finding.text


def test_database_that_was_not_migrated_says_what_to_do(database_url: str) -> None:
    if database_url.startswith("sqlite"):
        Path(database_url.removeprefix("sqlite:///")).touch()
    finding = check_database(database_url)
    assert finding.verdict is Verdict.BAD
    assert "agent-service migrate" in finding.text


def test_database_of_a_newer_release_is_bad(database_url: str) -> None:
    migrating.upgrade(database_url)
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    finding = check_database(database_url)
    assert finding.verdict is Verdict.BAD
    assert "newer release" in finding.text


def test_database_that_does_not_exist_yet_is_no_mistake_and_is_not_made(tmp_path: Path) -> None:
    finding = check_database(f"sqlite:///{tmp_path}/service.db")
    assert finding.verdict is Verdict.NOTE
    assert list(tmp_path.iterdir()) == []


def test_unreachable_database_is_bad_and_its_password_hidden() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    finding = check_database(f"postgresql+psycopg://root:hunter2@127.0.0.1:{port}/x")
    assert finding.verdict is Verdict.BAD
    assert "hunter2" not in finding.text


def test_data_folder_is_good_or_will_be_made(tmp_path: Path) -> None:
    assert check_data_dir(tmp_path).verdict is Verdict.GOOD
    assert check_data_dir(tmp_path / "a" / "b").verdict is Verdict.NOTE


def test_data_folder_under_a_file_is_bad(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    finding = check_data_dir(tmp_path / "file" / "data")
    assert finding == Finding(
        Verdict.BAD, "data", f"{tmp_path}/file cannot be written to: set data_dir, or its owner"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_data_folder_of_somebody_else_is_bad(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert check_data_dir(tmp_path / "data").verdict is Verdict.BAD


def test_doctor_prints_a_line_for_each_finding(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    provider_url: str,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", provider_url)
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "right")
    assert main(["doctor", "--data-dir", str(tmp_path)]) == 0
    subjects = [line.split()[1] for line in capsys.readouterr().out.splitlines()]
    assert subjects == ["settings:", "data:", "database:", "tools:", "network:", "provider:"]


def test_doctor_prints_every_mistake_of_the_settings(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "service.toml").write_text("[server]\nprt = 1\nport = -1\n")
    assert main(["doctor", "--config", str(tmp_path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(": ")[0] for line in lines] == ["BAD   settings"] * 3


def test_doctor_checks_the_models_of_the_offline_provider() -> None:
    [finding] = check_provider(Settings())
    assert finding.verdict is Verdict.GOOD, finding.text
    assert finding.text.startswith("offline, models checked and loaded")


def test_chat_model_in_place_of_the_responder_is_looked_at() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/v1"
        settings = Settings.model_validate({"offline": {"chat_url": url, "chat_model": "m"}})
        findings = list(check_provider(settings))
    assert (findings[-1].subject, findings[-1].verdict) == ("network", Verdict.GOOD)


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], list[Finding]]:
    """Look at a company with these lines for its agent and this text for its module."""
    monkeypatch.syspath_prepend(tmp_path)

    def look(agent: str, source: str) -> list[Finding]:
        monkeypatch.delitem(sys.modules, "company_tools", raising=False)
        importlib.invalidate_caches()
        (tmp_path / "company_tools.py").write_text(source)
        (tmp_path / "agents").mkdir(exist_ok=True)
        lines = f'title = "A"\nvoice = "alloy"\ninstructions = "Help."\n{agent}\n'
        (tmp_path / "agents" / "support.toml").write_text(lines)
        (tmp_path / "service.toml").write_text("")
        settings = load(tmp_path, overrides={"data_dir": tmp_path})
        return list(check_tools(settings, has_database=False))

    return look


OWN = 'tool_modules = ["company_tools"]'
CLASH = """
from agent_service.tools.help_pages import search_help
TOOLS = (search_help,)
"""


@pytest.mark.parametrize(
    ("agent", "source", "problem"),
    [
        ('tool_modules = ["no_such_module"]', "", "no_such_module cannot be used: No module named"),
        (OWN, "TOOLS = (print,)", "which is no tool"),
        (OWN, "1 / 0", "ZeroDivisionError: division by zero"),
        (OWN, CLASH, "tool search_help: declared twice, in agent_service.tools.help_pages and"),
        ('tools = ["find_ordres"]', "", "agents/support.toml: tools: unknown tool 'find_ordres'"),
    ],
)
def test_tools_that_would_keep_the_service_from_starting_are_found(
    company: Callable[[str, str], list[Finding]], agent: str, source: str, problem: str
) -> None:
    (finding,) = company(agent, source)
    assert (finding.verdict, finding.subject) == (Verdict.BAD, "tools")
    assert problem in finding.text


def test_tools_that_work_are_counted(company: Callable[[str, str], list[Finding]]) -> None:
    (finding,) = company('tools = ["find_orders"]', "")
    assert (finding.verdict, finding.text) == (Verdict.GOOD, "14 declared")

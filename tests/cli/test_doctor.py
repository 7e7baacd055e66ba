import importlib
import json
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import date, datetime
from http import HTTPStatus
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from tool_desk import ToolDesk
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection
from websockets.sync.server import serve as serve_websocket

from agent_service.__main__ import main
from agent_service.agent import AgentSettings
from agent_service.cli.checks import Finding, Verdict, check_data_dir, check_database
from agent_service.cli.outbox_checks import check_outbox
from agent_service.cli.provider_checks import (
    check_choice,
    check_detection,
    check_network,
    check_provider,
)
from agent_service.cli.tool_checks import check_tools
from agent_service.engines.dialects import DIALECTS
from agent_service.settings import ProviderSettings, Settings, load, load_explained
from agent_service.settings.service import DatabaseSettings, OutboxSettings
from agent_service.store import migrating
from agent_service.store.outbox import queue_message


@pytest.fixture
def provider_url() -> Iterator[str]:
    """A provider that sets a session up, unless the key is wrong."""

    def refuse_wrong_keys(connection: ServerConnection, request: Request) -> Response | None:
        if request.headers.get("api-key") == "right":
            if request.path == "/openai/v1/models":
                models = [{"id": "ending", "deprecation": {"inference": 1_800_000_000}}]
                return connection.respond(HTTPStatus.OK, json.dumps({"data": models}))
            return None
        return connection.respond(HTTPStatus.UNAUTHORIZED, '{"error": {"message": "wrong key"}}')

    def set_up(connection: ServerConnection) -> None:
        connection.send(json.dumps({"type": "session.created", "session": {}}))
        for message in connection:
            asked = json.loads(message)
            if asked["type"] != "session.update":
                continue
            if '"gone"' in str(message):
                error = {"code": "model_not_found", "message": "The model `gone` does not exist."}
                connection.send(json.dumps({"type": "error", "error": error}))
            else:
                answer = {"type": "session.updated", "session": asked["session"]}
                connection.send(json.dumps(answer))

    with serve_websocket(
        set_up, "127.0.0.1", 0, process_request=refuse_wrong_keys, compression=None
    ) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.socket.getsockname()[1]}"
        server.shutdown()
        thread.join()


def azure(url: str, key: str, **more: str) -> Settings:
    provider = ProviderSettings.model_validate(
        {"endpoint": url, "api_key": key, "model": "voice", **more}
    )
    return Settings(provider=provider)


class Calendar:
    """A clock that stands still."""

    def __init__(self, today: str) -> None:
        self._today = today

    def now(self) -> float:
        return 0.0

    def utc(self) -> datetime:
        return datetime.fromisoformat(f"{self._today}T12:00:00Z")


SPRING = Calendar("2026-03-01")
"""Long before anything ends."""


def test_working_provider_is_found_good(provider_url: str) -> None:
    network, provider = check_provider(azure(provider_url, "right"), SPRING)
    assert (network.verdict, provider.verdict) == (Verdict.GOOD, Verdict.GOOD)
    assert provider.text.startswith("azure-ga, model voice, with an API key: session set up in ")


def test_refusal_of_the_provider_is_told_in_words(provider_url: str) -> None:
    *_, provider = check_provider(azure(provider_url, "wrong-key"), SPRING)
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
    assert (finding.verdict, finding.code) == (Verdict.BAD, "no_address")
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
    [finding] = check_provider(azure(f"http://127.0.0.1:{port}", "right"), SPRING)
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
        connection.execute(text("UPDATE agent_service_version SET version_num = '9999'"))
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


def test_data_folder_that_others_may_read_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    finding = check_data_dir(tmp_path)
    assert finding.verdict is Verdict.NOTE
    assert finding.remedy == f"chmod 700 {tmp_path}"


def test_data_folder_under_a_file_is_bad(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    finding = check_data_dir(tmp_path / "file" / "data")
    assert finding.verdict is Verdict.BAD
    assert finding.line == (
        f"data: {tmp_path}/file cannot be written to: set data_dir, or its owner"
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
    expected = [
        "settings",
        "settings",
        "data",
        "database",
        "recordings",
        "outbox",
        "tools",
        "network",
        "provider",
    ]
    assert subjects == [f"{subject}:" for subject in expected]


OFFLINE = "offline, which needs no key: no endpoint and no key is set"
KEYLESS = (
    "azure; endpoint: AZURE_OPENAI_ENDPOINT; model gpt-realtime-2.1: AZURE_OPENAI_DEPLOYMENT is not"
    " set; key: Microsoft Entra ID (AZURE_OPENAI_API_KEY is not set)"
)
UNUSED = (
    "OPENAI_API_KEY is set and not used: the provider is Azure, whose key is AZURE_OPENAI_API_KEY"
)
GATEWAY = "openai; endpoint: {}:2; model gpt-realtime-2.1: the default; key: "


@pytest.mark.parametrize(
    ("service", "environment", "lines"),
    [
        ("", {}, [OFFLINE]),
        (
            "",
            {"AZURE_OPENAI_ENDPOINT": "https://a.example", "OPENAI_API_KEY": "k"},
            [KEYLESS, UNUSED],
        ),
        ("endpoint = 'https://b.example'", {"OPENAI_API_KEY": "k"}, [f"{GATEWAY}OPENAI_API_KEY"]),
        (
            "endpoint = 'https://b.example'\ndialect = 'openai-ga'",
            {},
            [f"{GATEWAY}none, OPENAI_API_KEY is not set"],
        ),
    ],
)
def test_what_chose_the_provider_is_named(
    tmp_path: Path, service: str, environment: dict[str, str], lines: list[str]
) -> None:
    file = tmp_path / "service.toml"
    file.write_text(f"[provider]\n{service}")
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "support.toml").write_text(
        'title = "Support"\nvoice = "alloy"\ninstructions = "Help."\n'
    )
    explained = load_explained(tmp_path, environment=environment)
    found = [finding.text for finding in check_choice(explained)]
    assert found == [line.format(file) for line in lines]


def test_what_ends_is_told_by_the_table_and_by_the_providers_list(provider_url: str) -> None:
    settings = azure(provider_url, "right", model="ending", transcription_model="whisper-1")
    *_, model, transcriber = check_provider(settings, Calendar("2026-11-29"))
    assert (model.verdict, model.code) == (Verdict.NOTE, "provider_ending")
    assert model.text == (
        "model ending is switched off on 2027-01-15 (the provider's list of models)"
    )
    assert transcriber.ends == date(2026, 12, 15)
    assert transcriber.remedy == "use gpt-transcribe"


def test_dates_are_told_although_the_provider_cannot_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    settings = azure(f"http://127.0.0.1:{port}", "right", api_version="2025-04-01-preview")
    network, version, transcriber = check_provider(settings, Calendar("2026-11-29"))
    assert network.verdict is Verdict.BAD
    assert (version.code, version.remedy) == ("provider_ended", "use v1")
    assert transcriber.code == "provider_ending"


def test_transcription_model_that_is_gone_is_no_reason_not_to_serve(provider_url: str) -> None:
    settings = azure(provider_url, "right", transcription_model="gone")
    _, provider, hint = check_provider(settings, SPRING)
    assert provider.verdict is Verdict.GOOD
    assert (hint.verdict, hint.code) == (Verdict.NOTE, "transcription_unavailable")
    assert "a spoken yes cannot be read" in hint.text
    assert hint.remedy == "set provider.transcription_model"


@pytest.mark.parametrize(
    ("dialect", "count"),
    [("azure-ga", 1), ("azure-2025-04-01-preview", 1), ("openai-ga", 0), ("openai-beta", 0)],
)
def test_semantic_vad_on_azure_is_told(dialect: str, count: int) -> None:
    agents = {
        name: AgentSettings.model_validate(
            {"name": name, "title": "T", "instructions": "I", "turn_detection": {"kind": kind}}
        )
        for name, kind in (("deaf", "semantic_vad"), ("fine", "server_vad"))
    }
    findings = list(check_detection(agents, DIALECTS[dialect]))
    assert [finding.code for finding in findings] == ["semantic_vad_deaf"] * count
    assert all("agent deaf" in finding.text for finding in findings)


def test_doctor_tells_programs_everything_at_once(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    provider_url: str,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", provider_url)
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "right")
    monkeypatch.setenv("OPENAI_API_VERSION", "2024-10-01-preview")
    assert main(["doctor", "--json", "--data-dir", str(tmp_path)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is True
    checks = {check["check"]: check for check in told["checks"]}
    assert checks.keys() == {
        *("settings", "data", "database", "recordings", "outbox", "tools", "network"),
        *("provider", "dates"),
    }
    assert checks["settings"]["status"] == "ok"
    assert checks["settings"]["code"] == "fine"
    assert checks["database"]["status"] == "note"
    version, transcriber = told["dates"]
    assert transcriber["message"].startswith("transcription model whisper-1 ")
    assert version["code"] == "provider_ended"
    assert (version["date"], version["remedy"]) == ("2026-04-30", "use v1")


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


def test_messages_without_a_receiver_are_a_note(sqlite_desk: ToolDesk) -> None:
    with sqlite_desk.database.write() as session:
        now = sqlite_desk.clock.utc()
        queue_message(session, kind="refund", payload={}, idempotency_key="r", now=now)
    database = DatabaseSettings.model_validate({"url": sqlite_desk.database.url})
    waiting, receivers = check_outbox(Settings(database=database))
    assert waiting.verdict is Verdict.NOTE
    assert waiting.text.startswith("1 message waits for a receiver of refund: set outbox.receivers")
    assert receivers.verdict is Verdict.NOTE


def test_receiver_that_cannot_be_used_is_bad(tmp_path: Path) -> None:
    outbox = OutboxSettings(receivers={"refund": "no_such_module:bank"})
    (finding,) = check_outbox(Settings(data_dir=tmp_path, outbox=outbox))
    assert finding.verdict is Verdict.BAD
    assert "No module named 'no_such_module'" in finding.text


def test_receivers_that_can_be_used_are_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "doctor_bank.py").write_text("class Bank:\n    def deliver(self, message): ...\n")
    outbox = OutboxSettings(receivers={"refund": "doctor_bank:Bank"})
    (finding,) = check_outbox(Settings(data_dir=tmp_path, outbox=outbox))
    assert (finding.verdict, finding.text) == (Verdict.GOOD, "receivers for refund")


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
from agent_service.company import CallerLevel, tool
from agent_service.tools.team import TOOLS as TEAM

@tool(title="Search", effect="read", audience=CallerLevel.ANONYMOUS)
def search_help() -> str:
    \"\"\"Search.\"\"\"

TOOLS = (*TEAM, search_help)
"""


@pytest.mark.parametrize(
    ("agent", "source", "problem"),
    [
        (
            'tool_modules = ["no_such_module"]',
            "",
            "agents/support.toml: tool_modules: no_such_module cannot be used: No module named",
        ),
        (OWN, "TOOLS = (print,)", "which is no tool"),
        (OWN, "1 / 0", "ZeroDivisionError: division by zero"),
        (
            OWN,
            CLASH,
            "tool search_help: declared twice, in agent_service.tools.team.help_pages and company_",
        ),
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
    team = 'tools = ["open_ticket"]\ntool_modules = ["agent_service.tools.team"]'
    (finding,) = company(team, "")
    assert (finding.verdict, finding.text) == (Verdict.GOOD, "6 declared")

"""``tools`` shows declarations, rehearses and runs a tool, and switches one off."""

import argparse
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from workshop import TOOLS, Job, JobStatus
from workshop_desk import filled

from agent_service.cli import tools
from agent_service.errors import SettingsError
from agent_service.settings import Settings
from agent_service.store.database import Database
from agent_service.store.migrating import upgrade

CANCEL = '{"job": 1007}'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the workshop's settings and its database."""
    (tmp_path / "config" / "agents").mkdir(parents=True)
    (tmp_path / "config" / "service.toml").write_text('company = "workshop"')
    (tmp_path / "config" / "agents" / "support.toml").write_text(AGENT)
    url = Settings(data_dir=tmp_path).database_url
    upgrade(url)
    database = filled(Database(url))
    database.close()
    return tmp_path


def run(folder: Path, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    tools.register(parser.add_subparsers())
    places = ("--config", str(folder / "config"), "--data-dir", str(folder))
    return tools.run(parser.parse_args(["tools", *arguments, *places]))


def shown(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    text = capsys.readouterr().out
    found: dict[str, Any] = json.loads(text[text.index("{") :])
    return found


def status_of(folder: Path, number: int) -> JobStatus:
    database = Database(Settings(data_dir=folder).database_url)
    with database.read() as session:
        status = session.get_one(Job, number).status
    database.close()
    return status


def test_list_names_every_tool(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [tool.name for tool in TOOLS]


def test_describe_shows_the_declaration(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "describe", "pay_back") == 0
    assert shown(capsys)["approval"] == "above 100.00 USD, two people above 500.00 USD"


def test_rehearsal_keeps_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "run", "cancel_job", CANCEL, "--dry-run") == 0
    told = shown(capsys)
    assert (told["job"], told["is_rehearsal"]) == (1007, True)
    assert status_of(folder, 1007) == JobStatus.PLANNED


@pytest.mark.parametrize(
    ("answer", "status", "job"),
    [("y\n", 0, JobStatus.CANCELLED), ("no\n", 1, JobStatus.PLANNED)],
)
def test_write_asks_first(
    folder: Path, monkeypatch: pytest.MonkeyPatch, answer: str, status: int, job: JobStatus
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    assert run(folder, "run", "cancel_job", CANCEL) == status
    assert status_of(folder, 1007) == job


def test_customer_and_level_can_be_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "run", "get_job", CANCEL, "--customer", "C0002") == 1
    assert "cannot find job 1007" in shown(capsys)["say"]
    assert run(folder, "run", "cancel_job", CANCEL, "--dry-run", "--level", "identified") == 1


def test_tool_that_is_off_does_not_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "off", "get_job", "--reason", "test") == 0
    assert run(folder, "run", "get_job", CANCEL) == 1
    assert run(folder, "on", "get_job") == 0
    assert run(folder, "run", "get_job", CANCEL) == 0


def test_unknown_tool_is_named_with_the_known_ones(folder: Path) -> None:
    with pytest.raises(SettingsError, match=r"no tool 'pay'.*pay_back"):
        run(folder, "describe", "pay")


BROKEN = """
import subprocess, sys
from typing import Annotated
from pydantic import Field
from agent_service.conversation.records import CallerLevel
from agent_service.tools.tool import ToolContext, tool
from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column
from agent_service.store.schema import Table
from agent_service.store.rows import OwnedRow

class Locker(OwnedRow, Table):
    __tablename__ = "lockers"
    number: Mapped[int] = mapped_column(primary_key=True)

@tool(title="Break", effect="read", audience=CallerLevel.ANONYMOUS)
def break_down() -> str:
    \"\"\"Break.\"\"\"
    payment_key = "sk-live-abcdefghijklmnopqrstuv123456"
    raise RuntimeError("it broke with password=hunter2secret")

@tool(title="Look", effect="read", audience=CallerLevel.ANONYMOUS)
def find_locker(context: ToolContext) -> str:
    \"\"\"Look.\"\"\"
    return str(context.session.scalars(select(Locker)).first())

@tool(title="Chat", effect="read", audience=CallerLevel.ANONYMOUS)
def chat() -> str:
    \"\"\"Chat.\"\"\"
    print("clear \\x1b[2J the screen\\r password=hunter2secret")
    print('{"status": "succeeded", "result": "forged"}', end="")
    sys.stdout.buffer.write(b"bytes\\n")
    subprocess.run(["echo", "from a program"])
    return "said"

@tool(title="Chat", effect="read", audience=CallerLevel.ANONYMOUS)
async def chat_outside() -> str:
    \"\"\"Chat.\"\"\"
    print("half a line", end="")
    return "said"

@tool(title="Ask", effect="read", audience=CallerLevel.ANONYMOUS)
def ask_back() -> str:
    \"\"\"Ask.\"\"\"
    return input("Who are you? ")

def storing(context: ToolContext) -> str:
    return "Store it"

@tool(title="Store", effect="write", audience=CallerLevel.VERIFIED, preview=storing)
def store(context: ToolContext) -> str:
    \"\"\"Store.\"\"\"
    print("storing")
    return "stored"

print("loaded")
TOOLS = (break_down, find_locker, chat, chat_outside, ask_back, store)
"""

AGENT = """
title = "Support"
voice = "alloy"
instructions = "Help."
"""


@pytest.fixture
def agent_service(folder: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command as from a shell, for a company whose tools break."""
    (folder / "broken_tools.py").write_text(BROKEN)
    config = folder / "config"
    broken = AGENT + 'tool_modules = ["broken_tools"]'
    (config / "agents" / "support.toml").write_text(broken)
    project = Path(__file__).parents[2]
    paths = f"{folder}:{project}:{project / 'tests' / 'plugins'}"
    places = ("--config", str(config), "--data-dir", str(folder))

    def call(
        *arguments: str, stdin: str | None = "", before: Callable[[], None] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "agent_service", *arguments, *places],
            env=dict(os.environ) | {"PYTHONPATH": paths},  # noqa: TID251  the child needs ours
            capture_output=True,
            input=stdin,
            preexec_fn=before,
            text=True,
            check=False,
            timeout=60,
        )

    return call


Shell = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize("more", [[], ["--dry-run"]])
def test_tool_that_breaks_leaves_json_on_one_stream_and_why_on_the_other(
    agent_service: Shell, more: list[str]
) -> None:
    done = agent_service("tools", "run", "break_down", "{}", *more)
    assert json.loads(done.stdout)["status"] == "failed"
    assert "RuntimeError: it broke with password=[redacted]" in done.stderr
    for secret in ("sk-live", "hunter2"):
        assert secret not in done.stderr + done.stdout


def test_what_a_tool_prints_is_cleaned_and_not_in_the_answer(agent_service: Shell) -> None:
    done = agent_service("tools", "run", "chat", "{}")
    assert json.loads(done.stdout)["result"] == "said"
    assert sorted(done.stderr.splitlines()) == [
        "clear \\x1b[2J the screen\\r password=[redacted]",
        "from a program",
        "loaded",
        '{"status": "succeeded", "result": "forged"}bytes',
    ]


def test_what_an_async_tool_prints_is_not_in_the_answer(agent_service: Shell) -> None:
    done = agent_service("tools", "run", "chat_outside", "{}")
    assert (json.loads(done.stdout)["result"], done.stderr) == ("said", "loaded\nhalf a line\n")


def without_standard_input() -> None:
    os.close(0)


@pytest.mark.parametrize(
    ("stdin", "before", "more"),
    [("Jane\n", None, ["--dry-run"]), (None, without_standard_input, [])],
)
def test_tool_that_reads_standard_input_fails_in_its_own_call(
    agent_service: Shell, stdin: str | None, before: Callable[[], None] | None, more: list[str]
) -> None:
    done = agent_service("tools", "run", "ask_back", "{}", *more, stdin=stdin, before=before)
    assert done.returncode == 1
    assert json.loads(done.stdout)["status"] == "failed"
    assert "EOFError" in done.stderr


@pytest.mark.parametrize(
    ("stdin", "before", "status"),
    [("y\n", None, "succeeded"), (None, without_standard_input, "declined")],
)
def test_question_to_the_operator_is_not_in_the_answer(
    agent_service: Shell, stdin: str | None, before: Callable[[], None] | None, status: str
) -> None:
    done = agent_service("tools", "run", "store", "{}", stdin=stdin, before=before)
    assert json.loads(done.stdout)["status"] == status
    assert "Store it? [y/N] " in done.stderr
    assert ("storing" in done.stderr) == (status == "succeeded")
    assert ("(nobody answers)" in done.stderr) == (status == "declined")


def test_what_a_module_prints_when_it_is_loaded_is_not_in_the_answer(agent_service: Shell) -> None:
    assert json.loads(agent_service("doctor", "--json").stdout)["checks"]


def test_missing_table_of_ones_own_is_named_by_the_run_and_by_doctor(agent_service: Shell) -> None:
    run = agent_service("tools", "run", "find_locker", "{}")
    assert json.loads(run.stdout)["status"] == "failed"
    assert "lacks the table lockers, which is not one of this service's" in run.stderr
    doctor = agent_service("doctor")
    assert doctor.returncode == 1
    assert "BAD   tables: the database lacks the table lockers" in doctor.stdout


def test_stranger_is_nobodys_customer(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stranger = ("--level", "anonymous")
    assert run(folder, "run", "get_job", CANCEL, *stranger) == 1
    assert "check who you are" in shown(capsys)["say"]
    assert run(folder, "run", "book_callback", '{"topic": "a bill"}', "--dry-run", *stranger) == 1
    assert "Which phone number" in shown(capsys)["say"]


@pytest.mark.parametrize(
    "options", [("--customer", ""), ("--customer", " "), ("--level", "claimed", "--customer", "C1")]
)
def test_customer_that_cannot_be_is_refused(folder: Path, options: tuple[str, ...]) -> None:
    with pytest.raises(SettingsError, match="--customer"):
        run(folder, "run", "get_job", CANCEL, *options)

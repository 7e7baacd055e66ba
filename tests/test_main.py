import signal
import socket
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
import structlog

from agent_service.__main__ import COMMANDS, build_parser, main
from agent_service.cli import migrate

CLI = Path(__file__).parents[1] / "agent_service" / "cli"
PROGRAM = [sys.executable, "-m", "agent_service"]
HEAVY = ("sqlalchemy", "starlette", "pydantic", "numpy", "structlog")
OF_CALLS = ("starlette", "agent_service.app", "agent_service.conversation.dialogue")
TAKE_CALLS = {"up", "serve", "doctor", "offline"}


def test_help_lists_every_command_that_exists(capsys: pytest.CaptureFixture[str]) -> None:
    modules = {path.stem: path.read_text() for path in CLI.glob("*.py")}
    commands = {name for name, text in modules.items() if "def register(" in text}
    # `offline faults` belongs to `offline`, which registers it.
    commands -= {name for name in commands if f"{name}.register(" in "".join(modules.values())}
    assert {command.name for command in COMMANDS} == commands
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    text = " ".join(capsys.readouterr().out.split())
    assert all(f"{command.name} {command.summary}" in text for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_summary_of_a_command_is_its_own_help(command: tuple[str, str]) -> None:
    name, summary = command
    assert f"{name} {summary}" in " ".join(build_parser(name).format_help().split())


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"agent-service {version('agent-service')}\n"


@pytest.mark.parametrize(
    "arguments", [[], ["nonsense"], ["doctor", "--nonsense"], ["--nonsense", "doctor"]]
)
def test_what_is_not_understood_ends_with_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: agent-service" in capsys.readouterr().err


def test_nothing_heavy_is_loaded_before_a_command_is_chosen() -> None:
    script = (
        "import sys; from agent_service.__main__ import build_parser; build_parser();"
        f"sys.exit(' '.join(name for name in {HEAVY} if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert done.stderr == b"\n"


def test_what_takes_calls_is_loaded_by_commands_that_take_them() -> None:
    modules = [f"agent_service.cli.{each.name}" for each in COMMANDS if each.name not in TAKE_CALLS]
    script = (
        f"import sys, importlib; [importlib.import_module(name) for name in {modules}];"
        f"sys.exit(' '.join(name for name in {OF_CALLS} if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert done.stderr == b"\n"


def test_reader_that_goes_away_is_no_error() -> None:
    with subprocess.Popen(
        [*PROGRAM, "doctor"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.close()
        assert program.wait(timeout=60) == 1
        assert program.stderr.read() == b""


def test_command_that_fails_says_why_and_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["call"]) == 1
    assert capsys.readouterr().err.startswith("agent-service: There is nothing to say")


def test_mistake_of_ours_shows_its_traceback_without_secrets(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(arguments: object) -> int:
        structlog.get_logger().warning("before", password="hunter2")
        raise ZeroDivisionError("postgresql://u:hunter2@h/db")

    monkeypatch.setattr(migrate, "run", fail)
    assert main(["migrate"]) == 1
    out, said = capsys.readouterr()
    assert out == ""  # the log of a command is on standard error: its output can be piped
    assert said.index("before") < said.index("Traceback (most recent call last)")
    assert said.endswith("ZeroDivisionError: postgresql://u:[redacted]@h/db\n")
    assert "hunter2" not in said


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_command_without_standard_streams_works(closed: str, tmp_path: Path) -> None:
    arguments = [*PROGRAM, "migrate", "--data-dir", str(tmp_path)]
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "$@" {closed}', "sh", *arguments], check=False, timeout=60
    )
    assert done.returncode == 0


def test_error_that_nobody_can_be_told_is_a_status_all_the_same() -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run([*PROGRAM, "call"], stderr=full, check=False, timeout=60)
    assert done.returncode == 1


def test_mistakes_of_the_settings_are_listed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "service.toml").write_text("[server]\nprt = 1\n")
    assert main(["serve", "--config", str(tmp_path)]) == 1
    first, *others = capsys.readouterr().err.splitlines()
    assert first == "agent-service: 2 to correct:"
    assert others[1] == (
        f"  {tmp_path}/service.toml:2: unknown setting server.prt: did you mean server.port?"
    )


def test_ctrl_c_ends_a_command_quietly_with_130() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with subprocess.Popen(
            [*PROGRAM, "call", "--text", "Hello", "--url", url],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # A shell that runs the tests in the background has them ignore Ctrl-C.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        ) as program:
            silent.settimeout(60)
            connection, _ = silent.accept()  # the call is under way
            with connection:
                program.send_signal(signal.SIGINT)
                assert program.communicate(timeout=60) == (b"", b"")
    assert program.returncode == 130

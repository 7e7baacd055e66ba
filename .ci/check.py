"""Runs every check of the project: the same ones for people and for CI.

    .venv/bin/python .ci/check.py

The tests include the import contracts and compare tables with migrations, and docs with code. They
come last, so that the output ends with their result, and with what is not covered and should be.
"""

import subprocess
import sys
import time
from pathlib import Path

PROGRAMS = Path(sys.executable).parent
PROJECT = Path(__file__).parents[1]

STATIC = {
    "lint": ["ruff", "check", "--quiet"],
    "format": ["ruff", "format", "--check", "--quiet"],
    "types": ["mypy"],
}
COVERAGE = ["--cov", "--cov-report=term", "--no-cov-on-fail"]
# One for each of two processors: more make tests late that go by what is heard and when.
TESTS = ["pytest", "--numprocesses=2", "--dist=worksteal", *COVERAGE, "--durations=40"]


def main() -> int:
    """Run all checks, also after one has failed, and return the exit status."""
    failed = [name for name, command in STATIC.items() if not passes(name, command)]
    if run(TESTS).returncode != 0:
        failed.append("tests")
    if failed:
        sys.stderr.write(f"failed: {', '.join(failed)}\n")
    return 1 if failed else 0


def passes(name: str, command: list[str]) -> bool:
    """Run a check; show its output only when it fails."""
    started = time.monotonic()
    done = run(command, is_quiet=True)
    verdict = "ok" if done.returncode == 0 else "FAILED"
    sys.stdout.write(f"{name}: {verdict} ({time.monotonic() - started:.0f} s)\n")
    if done.returncode != 0:
        sys.stdout.write(done.stdout)
    sys.stdout.flush()
    return done.returncode == 0


def run(command: list[str], *, is_quiet: bool = False) -> subprocess.CompletedProcess[str]:
    """Run a program of this virtual environment in the project's folder."""
    return subprocess.run(
        [str(PROGRAMS / command[0]), *command[1:]],
        cwd=PROJECT,
        check=False,
        text=True,
        stdout=subprocess.PIPE if is_quiet else None,
        stderr=subprocess.STDOUT if is_quiet else None,
    )


if __name__ == "__main__":
    sys.exit(main())

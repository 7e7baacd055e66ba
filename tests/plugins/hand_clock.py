"""Time by hand, and how large and how loud tests are."""

from collections.abc import Callable

import pytest

from agent_service.testing import HandClock

__all__ = ["FIGURES", "HandClock"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--full-faults", action="store_true", help="run tests/faults at full size, for minutes"
    )


FIGURES: list[str] = []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in FIGURES:
        terminalreporter.write_line(line)


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Note a measured figure, to be shown when all tests are done."""
    return lambda line: FIGURES.append(f"{request.node.name}: {line}")


@pytest.fixture
def sized(request: pytest.FixtureRequest) -> Callable[[int, int], int]:
    """Choose between the number for every change and the one of ``--full-faults``."""
    is_full = request.config.getoption("--full-faults")
    return lambda usual, full: full if is_full else usual


@pytest.fixture
def hand_clock() -> HandClock:
    """A clock that stands at 15:00 UTC on 4 March 2026, a Wednesday."""
    return HandClock()

"""Where coverage is measured: it doubles the time of a test, and not all of them can add to it."""

from collections.abc import Generator
from pathlib import Path
from typing import Final

import pytest
from coverage import Coverage

TESTS: Final = Path(__file__).parents[1]
UNMEASURED: Final = tuple(TESTS / each for each in ("offline", "redaction", "settings", "store"))
"""What comes nowhere near the modules that pyproject.toml names as a source of coverage ..."""
QUERYING: Final = tuple(
    TESTS / "store" / f"test_{each}.py"
    for each in ("against_brute_force", "conversation_questions", "filters", "queries")
)
"""... but these do."""


def is_measured(test: Path) -> bool:
    return test in QUERYING or not any(test.is_relative_to(each) for each in UNMEASURED)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Measure nothing meanwhile where nothing has to be measured."""
    measuring = Coverage.current()
    if measuring is None or is_measured(item.path):
        return (yield)
    measuring.stop()
    try:
        return (yield)
    finally:
        measuring.start()

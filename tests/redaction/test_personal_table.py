"""The measured tables of docs/privacy.md are what is measured."""

from pathlib import Path

from personal_table import table

PAGE = Path(__file__).parents[2] / "docs" / "privacy.md"


def test_the_published_table_is_what_is_measured() -> None:
    assert table() in PAGE.read_text(), "run: tests/plugins/personal_table.py"

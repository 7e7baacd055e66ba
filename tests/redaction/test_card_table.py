"""The measured tables of docs/record.md are what is measured."""

from pathlib import Path

from card_table import table

PAGE = Path(__file__).parents[2] / "docs" / "record.md"


def test_the_published_table_is_what_is_measured() -> None:
    assert table() in PAGE.read_text(), "run: tests/plugins/card_table.py"

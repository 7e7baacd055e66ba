"""The next revision of a company's tables is written from what they are declared to be."""

from pathlib import Path

import pytest
from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table, create_engine, inspect

from agent_service.company import new_metadata
from agent_service.errors import StoreError
from agent_service.store.branches import Branch
from agent_service.store.migrating import upgrade
from agent_service.store.revising import write_revision
from agent_service.store.schema import UtcDateTime


def branch(folder: Path, *columns: str) -> Branch:
    """Return a company's tables: wards, and beds with these columns."""
    metadata = new_metadata()
    Table("wards", metadata, Column("id", Integer, primary_key=True))
    Table(
        "beds",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("ward_id", ForeignKey("wards.id")),
        *(Column(name, UtcDateTime) for name in columns),
    )
    return Branch(metadata, folder / "migrations", "clinic_version")


def columns_of(url: str, table: str) -> list[str]:
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    try:
        return [str(column["name"]) for column in inspect(engine).get_columns(table)]
    finally:
        engine.dispose()


def test_what_it_writes_makes_the_tables(tmp_path: Path, database_url: str) -> None:
    first = write_revision(branch(tmp_path), "Wards and beds")
    assert first == tmp_path / "migrations" / "versions" / "0001_wards_and_beds.py"
    upgrade(database_url, branch=branch(tmp_path))
    second = write_revision(branch(tmp_path, "made_at"), "When a bed was made")
    assert second is not None
    assert second.name == "0002_when_a_bed_was_made.py"
    said = second.read_text()
    assert "down_revision = '0001'" in said
    assert "sa.DateTime(timezone=True)" in said
    assert "agent_service" not in said
    upgrade(database_url, branch=branch(tmp_path, "made_at"))
    assert columns_of(database_url, "beds") == ["id", "ward_id", "made_at"]


def test_where_nothing_is_missing_it_writes_nothing(tmp_path: Path) -> None:
    write_revision(branch(tmp_path), "Wards and beds")
    assert write_revision(branch(tmp_path), "More") is None
    assert len(list((tmp_path / "migrations" / "versions").glob("*.py"))) == 1


def test_a_table_that_is_gone_is_dropped_and_none_of_the_services(tmp_path: Path) -> None:
    write_revision(branch(tmp_path), "Wards and beds")
    none = Branch(MetaData(), tmp_path / "migrations", "clinic_version")
    gone = write_revision(none, "No more beds")
    assert gone is not None
    upgrading = gone.read_text().partition("def downgrade")[0]
    assert upgrading.count("op.drop_table") == 2


def test_revisions_that_do_not_run_are_named(tmp_path: Path) -> None:
    write_revision(branch(tmp_path), "Wards and beds")
    (tmp_path / "migrations" / "versions" / "0002_broken.py").write_text("1 / 0")
    said = r"migrations: ZeroDivisionError: division by zero \(.*0002_broken.py, line 1\)"
    with pytest.raises(StoreError, match=said):
        write_revision(branch(tmp_path), "More")

"""Revisions of a company's tables that make no line are named, and change no database."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, inspect

from agent_service.company import new_metadata
from agent_service.errors import StoreError
from agent_service.store import migrating
from agent_service.store.branches import Branch
from agent_service.store.database import Database

REVISION = """
revision = {revision!r}
down_revision = {below!r}

def upgrade():
    {does}
"""
MAKES_WARDS = """from alembic import op
    import sqlalchemy as sa
    op.create_table("{table}", sa.Column("id", sa.Integer, primary_key=True))"""


def wards(*columns: str) -> MetaData:
    metadata = new_metadata()
    more = (Column(name, Integer) for name in columns)
    Table("wards", metadata, Column("id", Integer, primary_key=True), *more)
    return metadata


def branch_that(folder: Path, does: str, metadata: MetaData | None = None) -> Branch:
    """Return a branch with one revision."""
    (folder / "versions").mkdir(parents=True, exist_ok=True)
    written = REVISION.format(revision="0001", below=None, does=does)
    (folder / "versions" / "0001.py").write_text(written)
    return Branch(metadata or wards(), folder, "clinic_version")


@pytest.mark.parametrize(
    ("revisions", "said"),
    [
        ({}, "holds no revision in its folder versions. Run: agent-service migrate --new"),
        ({"a": None, "b": None}, "a and b each want to be the last revision. Let one of them name"),
        ({"b": "a"}, "Revision a referenced from a -> b .* is not present. Mend it there"),
    ],
)
def test_revisions_that_make_no_line_are_named(
    sqlite_database: Database, tmp_path: Path, revisions: dict[str, str | None], said: str
) -> None:
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    for revision, below in revisions.items():
        written = REVISION.format(revision=revision, below=below, does="pass")
        (folder / "versions" / f"{revision}.py").write_text(written)
    branch = Branch(wards(), folder, "clinic_version")
    with pytest.raises(StoreError, match=f"{folder}: .*{said}"):
        migrating.upgrade(sqlite_database.url, branch=branch)
    with sqlite_database.read() as session:
        assert "clinic_version" not in inspect(session.connection()).get_table_names()


def test_no_folder_of_migrations_is_named(sqlite_database: Database, tmp_path: Path) -> None:
    branch = Branch(wards(), tmp_path / "nowhere", "clinic_version")
    with pytest.raises(StoreError, match="nowhere: holds no revision"):
        migrating.ensure_current(sqlite_database, branch)


@pytest.mark.parametrize(
    ("does", "said"),
    [
        ("raise ValueError('no ward')", r"ValueError: no ward \(.*0001.py, line 6\)"),
        ("import sys; sys.exit(0)", r"SystemExit: 0 \(.*0001.py, line 6\)"),
        (MAKES_WARDS.format(table="turns"), r".*turns\S* already exists \(.*0001.py, line 8\)"),
        ("from alembic import op; op.drop_table('nothing')", r".*nothing.* \(.*0001.py, line 6\)"),
    ],
)
def test_a_revision_that_fails_is_named_and_keeps_nothing(
    database: Database, tmp_path: Path, does: str, said: str
) -> None:
    branch = branch_that(tmp_path, does)
    with pytest.raises(StoreError, match=f"{tmp_path}: a revision failed: {said}") as caught:
        migrating.upgrade(database.url, branch=branch)
    assert "Nothing was migrated. Mend the revision." in caught.value.message
    assert "SQL" not in caught.value.message
    with database.read() as session:
        assert "clinic_version" not in inspect(session.connection()).get_table_names()


def test_a_revision_that_ends_the_program_when_it_is_read_is_named(
    sqlite_database: Database, tmp_path: Path
) -> None:
    branch = branch_that(tmp_path, "pass\nraise SystemExit(0)")
    with pytest.raises(StoreError, match=rf"{tmp_path}: SystemExit: 0 \(.*0001.py, line 7\)"):
        migrating.upgrade(sqlite_database.url, branch=branch)


def test_what_no_revision_makes_is_named_with_the_remedy(
    database: Database, tmp_path: Path
) -> None:
    makes = MAKES_WARDS.format(table="wards")
    branch = branch_that(tmp_path, makes, wards("floor", "beds"))
    migrating.upgrade(database.url, branch=branch)
    said = r"lacks the column wards.floor, the column wards.beds, although .* migrate --new"
    with pytest.raises(StoreError, match=said) as caught:
        migrating.ensure_current(database, branch)
    assert caught.value.code == "database_not_migrated"
    migrating.ensure_current(database, branch_that(tmp_path, makes))


def test_two_companies_in_one_database_are_told_apart(database: Database, tmp_path: Path) -> None:
    makes = MAKES_WARDS.format(table="wards")
    migrating.upgrade(database.url, branch=branch_that(tmp_path / "one", makes))
    beds = new_metadata()
    Table("beds", beds, Column("id", Integer, primary_key=True))
    same_note = branch_that(tmp_path / "two", MAKES_WARDS.format(table="beds"), beds)
    with pytest.raises(StoreError, match=r"clinic_version, .* is somebody else's. Name another"):
        migrating.ensure_current(database, same_note)
    same_table = replace(branch_that(tmp_path / "two", makes), version_table="other_version")
    with pytest.raises(StoreError, match="has wards already: if that is somebody else's"):
        migrating.ensure_current(database, same_table)
    with pytest.raises(StoreError, match=r"already exists .* A table that is there already may be"):
        migrating.upgrade(database.url, branch=same_table)

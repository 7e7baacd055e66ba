"""Revisions of a company's tables that make no line are named, and change no database."""

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
    pass
"""


def wards() -> MetaData:
    metadata = new_metadata()
    Table("wards", metadata, Column("id", Integer, primary_key=True))
    return metadata


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
        written = REVISION.format(revision=revision, below=below)
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

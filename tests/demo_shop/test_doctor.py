"""``doctor`` says what a company's tables lack."""

import shutil
from pathlib import Path

from sqlalchemy import text

from agent_service import demo_shop
from agent_service.cli.checks import Finding, Verdict
from agent_service.cli.tool_checks import check_tools
from agent_service.settings import Settings
from agent_service.store import migrating
from agent_service.store.database import Database


def look(folder: Path) -> list[Finding]:
    settings = Settings(data_dir=folder, company="agent_service.demo_shop")
    return [
        finding
        for finding in check_tools(settings, has_database=True)
        if finding.subject == "tables"
    ]


def test_tables_that_were_not_made_yet_are_found(migrated_sqlite: Path, tmp_path: Path) -> None:
    shutil.copy(migrated_sqlite, tmp_path / "agent_service.db")
    (finding,) = look(tmp_path)
    assert finding.verdict is Verdict.BAD
    assert "lacks the company's tables" in finding.line
    assert "agent-service migrate" in finding.line


def test_a_table_that_has_gone_is_named(migrated_sqlite: Path, tmp_path: Path) -> None:
    shutil.copy(migrated_sqlite, tmp_path / "agent_service.db")
    url = f"sqlite:///{tmp_path / 'agent_service.db'}"
    migrating.upgrade(url, branch=demo_shop.TABLES)
    (finding,) = look(tmp_path)
    assert finding.verdict is Verdict.GOOD
    database = Database(url)
    with database.write() as session:
        session.execute(text("DROP TABLE shipments"))
    database.close()
    (finding,) = look(tmp_path)
    assert finding.verdict is Verdict.BAD
    assert "lacks the table shipments, although all revisions" in finding.line

"""Where a database notes its version: not in Alembic's own table, for a company's tables may have
migrations too, in the same database. Earlier releases did, and their note is carried over."""

from typing import Final

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, MetaData, String, Table, delete, func, inspect, select

VERSION_TABLE: Final = "agent_service_version"
_EARLIER: Final = Table("alembic_version", MetaData(), Column("version_num", String(32)))
_EARLIER_REVISIONS: Final = ("0001", "0002", "0003", "0004")
_OUR_TABLES: Final = {"conversations", "turns", "tool_calls"}
"""Without them, what stands in Alembic's table is somebody else's, whatever its number."""


def current_revision(connection: Connection, version_table: str = VERSION_TABLE) -> str | None:
    """Return the version of the database's tables; None before the first migration."""
    return _context(connection, version_table).get_current_revision()


def earlier_revision(connection: Connection) -> str | None:
    """Return what an earlier release noted in Alembic's table, beside what others noted there."""
    if not set(inspect(connection).get_table_names()).issuperset({_EARLIER.name, *_OUR_TABLES}):
        return None
    noted = connection.scalars(select(_EARLIER.c.version_num))
    return max((revision for revision in noted if revision in _EARLIER_REVISIONS), default=None)


def carry_over(connection: Connection, scripts: ScriptDirectory) -> None:
    """Move the note of an earlier release to where this one looks for it."""
    if current_revision(connection) is not None:
        return
    earlier = earlier_revision(connection)
    if earlier is None:
        return
    _context(connection, VERSION_TABLE).stamp(scripts, earlier)
    connection.execute(delete(_EARLIER).where(_EARLIER.c.version_num == earlier))
    if connection.scalar(select(func.count()).select_from(_EARLIER)) == 0:
        _EARLIER.drop(connection)


def _context(connection: Connection, version_table: str) -> MigrationContext:
    return MigrationContext.configure(connection, opts={"version_table": version_table})

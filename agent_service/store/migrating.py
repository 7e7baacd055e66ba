"""Bringing a database to this version's tables, and telling whether it is there.

An upgrade is one transaction: interrupted, it leaves the database as it was.
"""

import importlib
import os
import pkgutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, MetaData, text

from agent_service import store
from agent_service.errors import StoreError
from agent_service.private_files import make_file
from agent_service.store.branches import Branch
from agent_service.store.connecting import WRITING, connect, read_url, sqlite_file
from agent_service.store.database import Database
from agent_service.store.failures import as_store_error
from agent_service.store.schema import Table
from agent_service.store.search import is_search_object
from agent_service.store.version import carry_over, current_revision, earlier_revision

_PACKAGE = Path(__file__).parents[1]
_ADVICE = "Mend the rights, or name another file (data_dir, database.url)."
_ADVISORY_LOCK = 7_203_685_214
"""Any number, as long as every version of the service uses the same one."""


def all_tables() -> MetaData:
    """Return every table of the service, having imported the modules that declare them."""
    for module in pkgutil.walk_packages(store.__path__, f"{store.__name__}."):
        importlib.import_module(module.name)
    return Table.metadata


def is_compared(name: str | None, kind: str, _parents: object) -> bool:
    """Tell Alembic whether something found in the database must have its like among the tables."""
    return not is_search_object(kind, name)


def configuration(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration, from the source tree or from the installed package."""
    places = (_PACKAGE / "_bundled" / "migrations", _PACKAGE.parent / "migrations")
    config = Config(attributes={"connection": connection})
    for place in places:
        if (place / "env.py").is_file():
            config.set_main_option("script_location", str(place).replace("%", "%%"))
            return config
    raise StoreError(
        f"The migrations are missing from this installation (looked in {places[0]}"
        f" and {places[1]}). Reinstall agent-service."
    )


@contextmanager
def migrating(url: str) -> Iterator[Connection]:
    """Hold the database for one migration at a time, in one transaction."""
    # SQLite changes a table by building it anew and dropping the old one, which must not cascade;
    # a check at the end makes up for it.
    engine = connect(url, pool_size=1, enforces_foreign_keys=False).execution_options(**WRITING)
    file = sqlite_file(engine.url)
    if file is not None:
        _make_sqlite_file(file)
        _refuse_unusable(file)
    try:
        with as_store_error(), engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _ADVISORY_LOCK})
            yield connection
            if connection.dialect.name == "sqlite":
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchone()
                if broken is not None:
                    raise StoreError(f"A migration would leave rows of {broken[0]} without parent.")
    finally:
        engine.dispose()


def _make_sqlite_file(file: Path) -> None:
    try:
        make_file(file)
    except OSError as error:
        raise StoreError(
            f"The database {file} cannot be made: {error.strerror}. {_ADVICE}"
        ) from error


def _refuse_unusable(file: Path) -> None:
    """Say in words what SQLite has no more than "unable to open database file" for."""
    if not os.path.isfile(file) or not os.access(file, os.R_OK | os.W_OK):
        raise StoreError(f"The database {file} is no file that we may read and write. {_ADVICE}")


def upgrade(
    url: str, progress: Callable[[str], None] | None = None, branch: Branch | None = None
) -> None:
    """Bring the database to this version, and a company's tables to theirs.

    ``progress`` hears of each step before the commit.
    """
    with migrating(url) as connection:
        config = configuration(connection)
        scripts = ScriptDirectory.from_config(config)
        carry_over(connection, scripts)
        _refuse_newer(current_revision(connection), scripts)
        config.attributes["progress"] = progress
        command.upgrade(config, "head")
        if branch is not None:
            branch.upgrade(connection, report(progress))


def ensure_current(database: Database, branch: Branch | None = None) -> None:
    """Raise StoreError, naming the remedy, unless the database has this version's tables."""
    file = sqlite_file(read_url(database.url))
    if file is not None and not os.path.exists(file):  # also where we may not look
        # Connecting would make an empty one.
        raise StoreError(
            f"There is no database at {file}. Run: agent-service migrate",
            code="database_not_migrated",
        )
    if file is not None:
        _refuse_unusable(file)
    with database.read() as session:
        connection = session.connection()
        found = current_revision(connection) or earlier_revision(connection)
    scripts = ScriptDirectory.from_config(configuration())
    if found is None:
        raise StoreError(
            "The database is empty. Run: agent-service migrate", code="database_not_migrated"
        )
    _refuse_newer(found, scripts)
    if found != scripts.get_current_head():
        raise StoreError(
            f"The database is at version {found}, this release needs {scripts.get_current_head()}."
            " Run: agent-service migrate",
            code="database_not_migrated",
        )
    if branch is not None:
        with database.read() as session:
            branch.ensure_current(session.connection())


def _refuse_newer(found: str | None, scripts: ScriptDirectory) -> None:
    if found is None:
        return
    try:
        scripts.get_revision(found)
    except CommandError:
        raise StoreError(
            f"The database is at version {found}, which this release does not know: a newer release"
            " has migrated it. Install that release, or restore the backup made before it.",
            code="database_newer",
        ) from None


def report(progress: Callable[[str], None] | None) -> Callable[..., None]:
    """Return Alembic's per-step callback for a plain progress function."""

    def on_version_apply(*, step: Any, **_: Any) -> None:
        if progress is not None:
            progress(f"{step.up_revision.revision} {step.up_revision.doc or ''}".rstrip())

    return on_version_apply

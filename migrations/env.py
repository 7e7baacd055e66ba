"""Alembic's entry: runs the migrations on the connection it is given, or on ``-x url=...``."""

from alembic import context
from alembic.util import CommandError
from sqlalchemy import Connection

from agent_service.store.migrating import all_tables, is_compared, migrating, report
from agent_service.store.version import VERSION_TABLE

config = context.config

connection = config.attributes.get("connection")


def run(on: Connection) -> None:
    context.configure(
        connection=on,
        target_metadata=all_tables(),
        version_table=VERSION_TABLE,
        include_name=is_compared,
        # SQLite changes a table by building it anew.
        render_as_batch=True,
        on_version_apply=report(config.attributes.get("progress")),
    )
    with context.begin_transaction():
        context.run_migrations()


if connection is not None:
    run(connection)
else:
    url = context.get_x_argument(as_dictionary=True).get("url")
    if url is None:
        raise CommandError("say which database: alembic -x url=sqlite:///service.db ...")
    with migrating(url) as opened:
        run(opened)

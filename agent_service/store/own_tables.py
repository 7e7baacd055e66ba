"""Tables that a company's modules declare beside the service's: the service makes none of them."""

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, inspect
from sqlalchemy import Table as Declared

from agent_service.store.schema import Table


def own_tables() -> dict[str, Declared]:
    """Return the tables that modules outside of this package have declared so far, by name."""
    ours = __name__.partition(".")[0]
    return {
        table.name: table
        for mapper in Table.registry.mappers
        if mapper.class_.__module__.partition(".")[0] != ours
        for table in mapper.tables
        if isinstance(table, Declared)
    }


def lacking(connection: Connection, tables: Iterable[Declared]) -> Iterator[str]:
    """Yield what the database lacks of the tables: whole ones, and columns."""
    inspector = inspect(connection)
    for table in sorted(tables, key=lambda table: table.fullname):
        if not inspector.has_table(table.name, table.schema):
            yield f"table {table.fullname}"
            continue
        there = {column["name"] for column in inspector.get_columns(table.name, table.schema)}
        missing = (one.name for one in table.columns if one.name not in there)
        yield from (f"column {table.fullname}.{name}" for name in missing)

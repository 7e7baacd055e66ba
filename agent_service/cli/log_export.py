"""``agent-service logs export``: all rows that a question is about, as a file."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

from agent_service.cli.opening import current_database
from agent_service.cli.options import add_config, add_data_dir
from agent_service.cli.output_files import written_file
from agent_service.cli.progress import bar
from agent_service.cli.reading_note import note_operator_reads
from agent_service.errors import FileError, QueryError, QueryProblem
from agent_service.settings import load
from agent_service.store.exporting import LISTS, Format, new_export
from agent_service.store.pages import CHUNK

_OF_PAGES: Final = ("limit", "cursor", "count")


def register(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the action."""
    parser = actions.add_parser(
        "export",
        help="write all rows that a question is about to a file",
        description="Write all rows that a question is about to a file, or to standard output.",
    )
    parser.add_argument("list", choices=list(LISTS), help="what to export")
    parser.add_argument(
        "--format",
        choices=[one.value for one in Format],
        help="default: as the name of the file ends, else jsonl",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help="there once it is whole (default: standard output)",
    )
    parser.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="only those with this value; may be repeated; q=WORDS looks for words, sort=NAME "
        "orders. The names are those of logs list and of the API",
    )
    add_config(parser)
    add_data_dir(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Export from the database that the settings name."""
    chosen, rows = _format(arguments), LISTS[arguments.list]
    question = rows.parse(_filters(arguments.where))
    settings = load(arguments.config, overrides={"data_dir": arguments.data_dir})
    export = new_export(chosen, rows.row)
    with current_database(settings) as database:
        note_operator_reads(database, "record.exported", what=arguments.list, where=arguments.where)
        with database.read() as session:
            count = rows.count(session, question)
        total = None if count.is_capped else count.value
        found = rows.every_row(database, question)
        with _opened(arguments.output) as file, bar("rows", total) as shown:
            file.write(export.begin())
            while chunk := list(islice(found, CHUNK)):
                file.write(export.add(chunk))
                shown.advance(len(chunk))
            file.write(export.end())
            file.flush()
    return 0


def _format(arguments: argparse.Namespace) -> Format:
    if arguments.format is None:
        ending = arguments.output.suffix[1:] if arguments.output else ""
        return Format(ending) if ending in set(Format) else Format.JSONL
    chosen = Format(arguments.format)
    if chosen is Format.PARQUET and arguments.output is None and sys.stdout.isatty():
        raise FileError("A terminal cannot show Parquet: name a file with -o FILE.")
    return chosen


def _filters(conditions: list[str]) -> list[tuple[str, str]]:
    problems, filters = [], []
    for condition in conditions:
        name, is_pair, value = condition.partition("=")
        if not is_pair:
            problems.append(QueryProblem("--where", f"{condition!r} is not NAME=VALUE"))
        elif name in _OF_PAGES:
            problems.append(QueryProblem(name, "is of pages: an export has all rows"))
        filters.append((name, value))
    if problems:
        raise QueryError(problems)
    return filters


@contextmanager
def _opened(path: Path | None) -> Iterator[BinaryIO]:
    """Open what is written to: a file, or standard output."""
    if path is None:
        yield sys.stdout.buffer
        return
    with written_file(path) as file:
        yield file

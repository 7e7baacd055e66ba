"""``agent-service logs``: reads the record straight from the database."""

import argparse
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import TypeAlias

from sqlalchemy.orm import Session

from agent_service.cli import log_export, log_live, log_stats, log_verify, log_views
from agent_service.cli.log_output import JsonOutput, Output, TextOutput
from agent_service.cli.opening import current_database
from agent_service.cli.options import add_action
from agent_service.cli.reading_note import note_operator_reads
from agent_service.errors import QueryError, QueryProblem, StoreError
from agent_service.settings import load
from agent_service.store.answers import ConversationRow, Page, Row, TurnRow
from agent_service.store.auditing import CONVERSATION_READ
from agent_service.store.database import Database
from agent_service.store.filters import DEFAULT_LIMIT, MAX_LIMIT
from agent_service.store.queries import (
    CONVERSATIONS,
    TURNS,
    turns_after,
    whole_conversation,
)
from agent_service.store.views import of_conversations

Parameters: TypeAlias = list[tuple[str, str]]

POLL_S = 0.5
OVERLAP = 200
"""Several processes may commit to one PostgreSQL in another order than they took their numbers:
``tail`` looks so many numbers back for latecomers."""


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "logs",
        help="list, show, search and follow recorded conversations",
        description="List, show, search and follow recorded conversations.",
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    listing = _add(actions, "list", _list, "list conversations, newest first")
    _add_filters(listing, ", ".join(("q", *CONVERSATIONS.fields, "sort")))
    listing.add_argument(
        "--view", metavar="NAME", help="begin with a saved view: logs views shows which there are"
    )
    listing.add_argument(
        "--count", action="store_true", help="say on standard error how many there are in all"
    )
    showing = _add(actions, "show", _show, "show everything of one conversation")
    showing.add_argument("conversation", metavar="CONVERSATION", help="its identifier")
    searching = _add(actions, "search", _search, "find turns by words, newest first")
    searching.add_argument(
        "words",
        nargs="+",
        metavar="WORD",
        help="all must occur; 'two words' in quotes follow each other, begin* finds beginnings",
    )
    _add_filters(searching, ", ".join(TURNS.fields))
    log_views.register(actions)
    log_verify.register(actions)
    log_export.register(actions)
    log_stats.register(actions)
    tailing = _add(actions, "tail", _tail, "show the last turns and go on as they are recorded")
    tailing.add_argument(
        "-n",
        type=int,
        default=10,
        metavar="TURNS",
        help="turns to begin with, 200 at most (default: 10)",
    )
    log_live.add_options(tailing)
    tailing.set_defaults(run=_run_tail)


def _add(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    action: Callable[[Database, argparse.Namespace, Output], None],
    summary: str,
) -> argparse.ArgumentParser:
    parser = add_action(actions, name, summary)
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.set_defaults(run=run, action=action)
    return parser


def _add_filters(parser: argparse.ArgumentParser, known: str) -> None:
    parser.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help=f"only those with this value; may be repeated. NAME is one of {known}; also "
        "with __not or __in for texts, with __not, __gt, __gte, __lt or __lte for numbers",
    )
    parser.add_argument(
        "--limit",
        type=int,
        default=DEFAULT_LIMIT,
        metavar="ROWS",
        help=f"at most, however many (default: {DEFAULT_LIMIT})",
    )
    parser.add_argument(
        "--cursor",
        metavar="CURSOR",
        help="go on where an earlier answer stopped, which says how on standard error",
    )


def run(arguments: argparse.Namespace) -> int:
    """Answer from the database that the settings name."""
    settings = load(arguments.config, overrides={"data_dir": arguments.data_dir})
    with current_database(settings) as database:
        arguments.action(database, arguments, JsonOutput() if arguments.json else TextOutput())
    return 0


def _run_tail(arguments: argparse.Namespace) -> int:
    return log_live.run(arguments) if arguments.live else run(arguments)


def _list(database: Database, arguments: argparse.Namespace, output: Output) -> None:
    def ask(session: Session, parameters: Parameters) -> Page[ConversationRow]:
        return CONVERSATIONS.page(session, CONVERSATIONS.parse(parameters))

    if arguments.view is not None:
        with database.read() as session:
            view = of_conversations(session, arguments.view)
        given = {condition.partition("=")[0] for condition in arguments.where}
        saved = [f"{name}={value}" for name, value in view if name not in given]
        arguments.where = [*saved, *arguments.where]
    pages = _pages(database, arguments, ask)
    output.conversations([row for page in pages for row in page])
    if arguments.count:
        _say_count(database, arguments)


def _say_count(database: Database, arguments: argparse.Namespace) -> None:
    question = CONVERSATIONS.parse(_filters(arguments))
    with database.read() as session:
        count = CONVERSATIONS.count(session, question)
    more = "+" if count.is_capped else ""
    noun = "conversation" if count.value == 1 else "conversations"
    sys.stderr.write(f"{count.value:,}{more} {noun}\n")


def _show(database: Database, arguments: argparse.Namespace, output: Output) -> None:
    with database.read() as session:
        whole = whole_conversation(session, arguments.conversation)
    if whole is None:
        raise StoreError(
            f"There is no conversation {arguments.conversation}. agent-service logs list shows"
            " which there are."
        )
    note_operator_reads(database, CONVERSATION_READ, whole.conversation.id)
    output.whole(whole)


def _search(database: Database, arguments: argparse.Namespace, output: Output) -> None:
    # What the shell was given in quotes is a phrase.
    words = [f'"{word}"' if " " in word and '"' not in word else word for word in arguments.words]

    def ask(session: Session, parameters: Parameters) -> Page[TurnRow]:
        return TURNS.page(session, TURNS.parse([("q", " ".join(words)), *parameters]))

    note_operator_reads(database, "record.searched", what="turns", q=" ".join(words))
    for page in _pages(database, arguments, ask):
        output.turns(page)


def _tail(database: Database, arguments: argparse.Namespace, output: Output) -> None:
    note_operator_reads(database, "record.searched", what="tail")
    for turn in follow(database, arguments.n, lambda: time.sleep(POLL_S)):
        output.turns([turn])


def _pages(
    database: Database,
    arguments: argparse.Namespace,
    ask: Callable[[Session, Parameters], Page[Row]],
) -> Iterator[list[Row]]:
    """Yield the rows that were asked for, page by page, and say where they go on."""
    filters, wanted, cursor = _filters(arguments), arguments.limit, arguments.cursor
    while True:
        place = [("cursor", cursor)] if cursor is not None else []
        with database.read() as session:
            page = ask(session, [("limit", str(min(wanted, MAX_LIMIT))), *place, *filters])
        yield page.items
        wanted -= len(page.items)
        cursor = page.next_cursor
        if cursor is None:
            return
        if wanted <= 0:
            sys.stderr.write(f"There is more: add --cursor {cursor}\n")
            return


def _filters(arguments: argparse.Namespace) -> Parameters:
    for condition in arguments.where:
        if "=" not in condition:
            raise QueryError([QueryProblem("--where", f"{condition!r} is not NAME=VALUE")])
    pairs = [condition.partition("=") for condition in arguments.where]
    return [(name, value) for name, _, value in pairs]


def follow(database: Database, count: int, pause: Callable[[], None]) -> Iterator[TurnRow]:
    """Yield the last ``count`` turns and then, for ever, those that are recorded."""
    with database.read() as session:
        last = TURNS.page(session, TURNS.parse([("limit", str(MAX_LIMIT))])).items[::-1]
    yield from last[-count:] if count > 0 else ()
    seen = deque((turn.number for turn in last), maxlen=2 * OVERLAP)
    newest = max(seen, default=0)
    while True:
        pause()
        with database.read() as session:
            turns = turns_after(session, newest - OVERLAP, 2 * OVERLAP)
        for turn in turns:
            if turn.number not in seen:
                seen.append(turn.number)
                newest = max(newest, turn.number)
                yield turn

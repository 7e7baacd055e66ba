"""``agent-service reviews``: draws conversations to review, and says what reviews add up to."""

import argparse
from urllib.parse import urlencode

import msgspec
from rich.console import Console
from rich.table import Table

from agent_service.cli.log_output import plain
from agent_service.cli.opening import add_settings_action
from agent_service.clock import SystemClock
from agent_service.errors import QueryError, QueryProblem
from agent_service.settings import Settings
from agent_service.store.admin_tokens import OPERATOR
from agent_service.store.database import Database
from agent_service.store.queries import CONVERSATIONS
from agent_service.store.reviews.numbers import ReviewNumbers, review_numbers
from agent_service.store.reviews.sampling import Rule, draw, enqueue


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "reviews",
        help="draw conversations to review, and say what reviews add up to",
        description="Draw conversations to review, and say what reviews add up to. They are given "
        "at the desk.",
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    sampling = add_settings_action(
        actions, "sample", _sample, "draw a sample of conversations that have ended"
    )
    much = sampling.add_mutually_exclusive_group(required=True)
    much.add_argument(
        "--share", type=float, metavar="SHARE", help="of each agent's day, above 0 to 1"
    )
    much.add_argument("--count", type=int, metavar="NUMBER", help="so many of all")
    sampling.add_argument(
        "--seed", required=True, help="decides which: the same seed draws the same again"
    )
    sampling.add_argument(
        "--reviewers", type=int, metavar="NUMBER", help="how many people review each"
    )
    adding = add_settings_action(actions, "numbers", _numbers, "add up reviews that are shown")
    adding.add_argument("--json", action="store_true", help="print one JSON object")
    for one in (sampling, adding):
        one.add_argument(
            "--where",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="only of conversations with this value, as for logs list; may be repeated",
        )


def _sample(settings: Settings, database: Database, arguments: argparse.Namespace) -> None:
    rule = Rule(
        question=urlencode(_asked(arguments)),
        share=arguments.share,
        count=arguments.count,
        seed=arguments.seed,
        reviewers=arguments.reviewers or settings.reviews.reviewers,
    )
    with database.read() as session:
        drawn = draw(session, rule)
    with database.write() as session:
        made = enqueue(session, rule, drawn, SystemClock().utc(), by=OPERATOR)
        print(f"{made.chosen} of {made.found} conversations are new in the queue.")


def _numbers(settings: Settings, database: Database, arguments: argparse.Namespace) -> None:
    question = CONVERSATIONS.parse(_asked(arguments))
    with database.read() as session:
        found = review_numbers(session, question)
    if arguments.json:
        print(msgspec.json.encode(found).decode())
    else:
        _show(found)


def _show(found: ReviewNumbers) -> None:
    console = Console(highlight=False)
    if not found.reviews:
        console.print("No review is shown yet.")
        return
    table = Table("", "reviews", "mean", "failed or zero", "agreement", box=None)
    table.add_row(
        "all", str(found.reviews), f"{found.mean:.0%}", str(found.failed), _alpha(found.agreement)
    )
    for each in (*found.agents, *found.reviewers):
        row = (str(each.reviews), f"{each.mean:.0%}", str(each.failed), "")
        table.add_row(plain(each.name), *row)
    for one in found.criteria:
        row = (str(one.scores), f"{one.mean:.0%}", str(one.zeros), _alpha(one.agreement))
        table.add_row(plain(one.name), *row)
    console.print(table)


def _alpha(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _asked(arguments: argparse.Namespace) -> list[tuple[str, str]]:
    pairs = [condition.partition("=") for condition in arguments.where]
    wrong = [f"{name!r} is not NAME=VALUE" for name, equals, _ in pairs if not equals]
    if wrong:
        raise QueryError([QueryProblem("--where", problem) for problem in wrong])
    return [(name, value) for name, _, value in pairs]

"""``agent-service ticket``: mints a ticket by hand, as the company's backend would for its page."""

import argparse

from agent_service.cli.opening import current_database
from agent_service.cli.options import add_config, add_data_dir
from agent_service.clock import SystemClock
from agent_service.conversation.records import Caller, CallerLevel
from agent_service.errors import CallerError
from agent_service.from_settings import ticket_secret
from agent_service.settings import Settings, load
from agent_service.store.contacts import Address, keep_address
from agent_service.web.origins import Origins
from agent_service.web.tickets import DEFAULT_LIFETIME_S, Grant, Tickets


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "ticket",
        help="mint a ticket, for tests",
        description="Print a ticket that opens one conversation, signed with the service's secret.",
    )
    add_config(parser)
    add_data_dir(parser)
    parser.add_argument("--agent", help="who answers (default: the settings' default agent)")
    parser.add_argument("--customer", metavar="ID", help="who calls; without it, nobody known")
    parser.add_argument("--name", help="the caller's name")
    parser.add_argument(
        "--level",
        choices=[CallerLevel.IDENTIFIED.value, CallerLevel.VERIFIED.value],
        default=CallerLevel.IDENTIFIED.value,
        help="how sure that is (default %(default)s)",
    )
    parser.add_argument("--email", help="where letters to the customer go; kept")
    parser.add_argument("--phone", help="where codes to the customer go; kept")
    parser.add_argument("--origin", help="the web origin whose page may use it")
    parser.add_argument("--detail", action="store_true", help="show tools' arguments and outputs")
    parser.add_argument(
        "--lifetime",
        type=int,
        default=DEFAULT_LIFETIME_S,
        metavar="S",
        help="seconds until it expires (default %(default)s)",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the ticket."""
    settings = load(arguments.config, overrides={"data_dir": arguments.data_dir})
    agent = arguments.agent or settings.default_agent
    if agent not in settings.agents:
        known = ", ".join(settings.agents)
        raise CallerError(f"There is no agent {agent!r}: name one of {known}.")
    level = CallerLevel(arguments.level) if arguments.customer else CallerLevel.ANONYMOUS
    if arguments.email or arguments.phone:
        _keep_contact(settings, arguments)
    caller = Caller(arguments.customer, arguments.name, level)
    Origins(settings.server.origins).check_grant(arguments.origin)
    tickets = Tickets(ticket_secret(settings), SystemClock())
    grant = Grant(agent, caller, arguments.origin, arguments.detail)
    print(tickets.mint(grant, lifetime_s=arguments.lifetime))
    return 0


def _keep_contact(settings: Settings, arguments: argparse.Namespace) -> None:
    if not arguments.customer:
        raise CallerError("--email and --phone are a customer's: give --customer.")
    with current_database(settings) as database, database.write() as session:
        address = Address(arguments.email, arguments.phone)
        keep_address(session, arguments.customer, address, SystemClock().utc())

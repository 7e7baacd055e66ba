"""``agent-service serve``: the configured service, for production. Migrates and seeds nothing."""

import argparse

import structlog

from agent_service import logs
from agent_service.cli.options import add_listening, service_settings
from agent_service.cli.serving import serve
from agent_service.web import server


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "serve",
        help="run the configured service",
        description="Run the configured service until SIGTERM, which lets conversations end first "
        "(Ctrl-C does not). "
        "The database must have been migrated: agent-service migrate.",
    )
    add_listening(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to end."""
    settings = service_settings(arguments)
    log = structlog.get_logger()
    with logs.prints_as_lines():
        return server.run(
            serve(
                settings,
                progress=lambda text: log.info("offline_provider", progress=text),
                on_ready=lambda url: log.info("service_ready", url=url),
            )
        )

"""``agent-service serve``: the configured service, for production. Migrates and seeds nothing."""

import argparse

import structlog

from agent_service import logs
from agent_service.cli.options import add_config, add_data_dir
from agent_service.cli.serving import serve
from agent_service.settings import load
from agent_service.web import server


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "serve",
        help="run the configured service",
        description="Run the configured service until SIGTERM, which lets conversations end first. "
        "The database must have been migrated: agent-service migrate.",
    )
    add_config(parser)
    add_data_dir(parser)
    parser.add_argument("--host", help="address to listen on (default: server.host)")
    parser.add_argument("--port", type=int, help="port to listen on (default: server.port)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to end."""
    settings = load(
        arguments.config,
        overrides={
            "data_dir": arguments.data_dir,
            "server.host": arguments.host,
            "server.port": arguments.port,
        },
    )
    logs.configure(level=settings.logs.level, output_format=settings.logs.format)
    log = structlog.get_logger()
    server.run(
        serve(
            settings,
            progress=lambda text: log.info("offline_provider", progress=text),
            on_ready=lambda url: log.info("service_ready", url=url),
        )
    )
    return 0

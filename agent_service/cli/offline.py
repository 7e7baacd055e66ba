"""``agent-service offline``: the offline Realtime provider alone, for any Realtime client."""

import argparse
import json
import signal
import sys
import threading
from pathlib import Path
from typing import Protocol

from agent_service.cli import offline_faults
from agent_service.cli.output_files import written_file
from agent_service.errors import OfflineError
from agent_service.offline.options import Certificate, ChatModel, Limits, OfflineOptions
from agent_service.offline.speech.threads import keep_native_threads_single
from agent_service.strict_json import BadJson, loads

_DEFAULT_PORT = 9000
_DEFAULT_CONNECTIONS = 25
"""What two cores were measured to hold."""


class _Server(Protocol):
    should_exit: bool


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "offline",
        help="run the offline Realtime provider alone",
        description="Run a Realtime provider that needs no key and no network. "
        "One JSON line on standard output says when it is ready and where.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument(
        "--port",
        type=int,
        default=_DEFAULT_PORT,
        help="port to listen on; 0 takes a free one (%(default)s)",
    )
    parser.add_argument(
        "--key",
        action="append",
        default=[],
        metavar="KEY",
        help="API key that clients must show; may be given several times (default: any key)",
    )
    parser.add_argument(
        "--connections",
        type=int,
        default=_DEFAULT_CONNECTIONS,
        help="calls at a time; more are refused (%(default)s)",
    )
    parser.add_argument(
        "--session-seconds",
        type=float,
        metavar="SECONDS",
        help="end sessions after this time (default: as the service does, 15 to 60 minutes)",
    )
    parser.add_argument("--tls-certificate", type=Path, metavar="FILE", help="serve https and wss")
    parser.add_argument("--tls-key", type=Path, metavar="FILE", help="private key for it")
    parser.add_argument(
        "--ready-file", type=Path, metavar="FILE", help="write the ready line into this file too"
    )
    parser.add_argument(
        "--exit-with-parent",
        action="store_true",
        help="end when standard input is closed, as it is when the parent process ends, and not "
        "with SIGTERM",
    )
    parser.add_argument(
        "--keys-from-stdin",
        action="store_true",
        help='first read one line from standard input: {"key": ..., "chat_key": ...}',
    )
    parser.add_argument(
        "--faults", default="", metavar="TEXT", help="arm faults from the start (see the docs)"
    )
    parser.add_argument(
        "--fault-seed", type=int, default=0, metavar="N", help="what chance follows (%(default)s)"
    )
    parser.add_argument(
        "--script",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a scenario that connections may ask for; may be given several times",
    )
    parser.add_argument("--chat-url", metavar="URL", help="a chat completions endpoint to answer")
    parser.add_argument("--chat-model", metavar="NAME", help="its model")
    parser.add_argument("--chat-key", metavar="KEY", help="its key, if it wants one")
    parser.set_defaults(run=run)
    offline_faults.register(parser.add_subparsers(title="commands", metavar="COMMAND"))


def run(arguments: argparse.Namespace) -> int:
    """Load the models and serve until told to end."""
    keep_native_threads_single()
    # Only now, because it imports numpy, which reads the number of threads once.
    from agent_service.cli.offline_serving import run_offline_server  # noqa: PLC0415

    if arguments.keys_from_stdin:
        _take_keys(arguments, sys.stdin.buffer.readline())
    options = _options(arguments)

    def ready(url: str, server: _Server) -> None:
        line = json.dumps({"event": "ready", "url": url})
        if arguments.ready_file is not None:
            _write_whole(arguments.ready_file, line)
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
        _progress(f"ready: {url} (Ctrl-C ends it)")
        if arguments.exit_with_parent:
            _end_with_standard_input(server)

    run_offline_server(options, on_ready=ready, progress=_progress)
    return 0


def _take_keys(arguments: argparse.Namespace, line: bytes) -> None:
    """Take keys from where, unlike on the command line, no other user of the machine sees them."""
    try:
        keys = loads(line, max_bytes=16_384, max_depth=1)
        key, chat_key = keys.get("key"), keys.get("chat_key")
    except (BadJson, AttributeError) as error:
        raise OfflineError('--keys-from-stdin needs one line: {"key": ..., "chat_key": ...}') from (
            error
        )
    arguments.key = [key] if key else []
    arguments.chat_key = chat_key


def _options(arguments: argparse.Namespace) -> OfflineOptions:
    if (arguments.tls_certificate is None) != (arguments.tls_key is None):
        raise OfflineError("TLS needs both: give --tls-certificate and --tls-key.")
    if (arguments.chat_url is None) != (arguments.chat_model is None):
        raise OfflineError("A chat model needs both: give --chat-url and --chat-model.")
    chat = None
    if arguments.chat_url is not None:
        chat = ChatModel(arguments.chat_url, arguments.chat_model, arguments.chat_key)
    certificate = None
    if arguments.tls_certificate is not None:
        certificate = Certificate(arguments.tls_certificate, arguments.tls_key)
    return OfflineOptions(
        host=arguments.host,
        port=arguments.port,
        api_keys=tuple(arguments.key),
        limits=Limits(connections=arguments.connections, session_s=arguments.session_seconds),
        certificate=certificate,
        faults=arguments.faults,
        fault_seed=arguments.fault_seed,
        scripts=tuple(arguments.script),
        chat=chat,
    )


def _progress(step: str) -> None:
    sys.stderr.write(f"offline provider: {step}\n")
    sys.stderr.flush()


def _write_whole(path: Path, line: str) -> None:
    """Write a file that a waiting reader finds either absent or complete."""
    with written_file(path) as file:
        file.write(f"{line}\n".encode())


def _end_with_standard_input(server: _Server) -> None:
    # The parent decides: what stops a group of processes (systemd does) must not take the provider
    # from conversations that the parent still lets end.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)

    def watch() -> None:
        while sys.stdin.buffer.read(4096):
            pass
        server.should_exit = True

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()

"""``agent-service call``: places a call to a running service from the terminal."""

import argparse
import asyncio
import contextlib
import math
import signal
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidHandshake
from websockets.typing import Subprotocol

from agent_service.audio import read_wav, write_wav
from agent_service.channels.widget_messages import SUBPROTOCOL
from agent_service.cli import SIGTERM_STATUS
from agent_service.cli.call_line import CallFailed, CallPlan, Line, Pressed, Spoken, Typed
from agent_service.cli.call_player import Player
from agent_service.cli.call_report import JsonReport, Report, TextReport

DEFAULT_URL: Final = "http://127.0.0.1:8080"
_CONNECT_TIMEOUT_S: Final = 10
_MAX_MESSAGE_BYTES: Final = 4 * 1024 * 1024


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "call",
        help="place a call from the terminal, spoken from WAV files or typed",
        description="Place a call to a running service: each WAV file, then each --text, is one "
        "turn of the caller. Prints captions, tool calls and timings.",
    )
    parser.add_argument("audio", nargs="*", type=Path, metavar="AUDIO.wav", help="what to say")
    parser.add_argument("--text", action="append", default=[], help="what to type; repeatable")
    parser.add_argument("--url", default=DEFAULT_URL, help="the service (default %(default)s)")
    parser.add_argument(
        "--sip",
        metavar="sip:AGENT@HOST:PORT",
        help="call by telephone, over SIP, instead of --url; needs the extra sip",
    )
    parser.add_argument(
        "--press",
        action="append",
        default=[],
        metavar="KEYS",
        help="keys of the telephone, after the files; repeatable",
    )
    parser.add_argument(
        "--number", default="", metavar="+4930123456", help="the number that the telephone shows"
    )
    parser.add_argument("--ticket", help="a ticket; without it the demo's is used")
    parser.add_argument(
        "--pause",
        type=_seconds,
        default=1.0,
        metavar="S",
        help="silence after the agent has finished, before the next turn (default %(default)s)",
    )
    parser.add_argument(
        "--barge-in-after",
        type=_seconds,
        metavar="S",
        help="begin the next turn when S seconds of an answer were heard",
    )
    parser.add_argument("--yes", action="store_true", help="tap yes on every confirmation")
    parser.add_argument(
        "--answer-limit",
        type=_seconds,
        default=30.0,
        metavar="S",
        help="fail when the agent keeps the caller waiting longer (default %(default)s)",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("reply.wav"),
        metavar="REPLY.wav",
        help="where the agent's audio goes, as it was heard, also of a call that ends early "
        "(default %(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Place the call; raise CallFailed or AudioError when it does not go through."""
    plan = plan_from(arguments)
    if arguments.out.is_dir() or not arguments.out.parent.is_dir():
        raise CallFailed(f"{arguments.out} cannot be written: name a file in a folder that exists.")
    report = JsonReport() if arguments.json else TextReport()
    player = Player()
    try:
        with _sigterm_ends_it():
            if arguments.sip is None:
                asyncio.run(place(arguments.url, arguments.ticket, plan, report, player))
            else:
                asyncio.run(
                    place_by_telephone(arguments.sip, arguments.number, plan, report, player)
                )
    except BaseException:
        with contextlib.suppress(CallFailed):  # why the call ended early matters more
            _save(arguments.out, player, report)
        raise
    _save(arguments.out, player, report)
    return 0


def plan_from(arguments: argparse.Namespace) -> CallPlan:
    """Read the files that are to be said; raise AudioError for one that is no WAV."""
    turns: list[Spoken | Typed | Pressed] = []
    turns += [Spoken(path, read_wav(path)) for path in arguments.audio]
    turns += [Typed(text) for text in arguments.text]
    turns += [Pressed(keys) for keys in arguments.press]
    if not turns:
        raise CallFailed("There is nothing to say: give a WAV file or --text.")
    if arguments.sip is None and arguments.press:
        raise CallFailed("Only a telephone has keys: give --sip as well, or --yes instead.")
    if arguments.sip is not None and (arguments.text or arguments.yes):
        raise CallFailed("A telephone shows and takes no text: give WAV files and --press.")
    return CallPlan(
        turns,
        pause_s=arguments.pause,
        barge_in_after_s=arguments.barge_in_after,
        accepts=arguments.yes,
        answer_limit_s=arguments.answer_limit,
    )


async def place(
    url: str, ticket: str | None, plan: CallPlan, report: Report, player: Player
) -> None:
    """Call the service at ``url``; the agent's audio goes to ``player``."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise CallFailed(f"{url} is not an address such as {DEFAULT_URL}.")
    base = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
    if ticket is None:
        ticket = await demo_ticket(base)
    try:
        async with connect(
            base.replace("http", "ws", 1) + "/ws/conversation",
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            compression=None,
            max_size=_MAX_MESSAGE_BYTES,
            open_timeout=_CONNECT_TIMEOUT_S,
        ) as socket:
            await Line(socket, plan, report, player).run(ticket)
    except (OSError, TimeoutError) as error:
        stop_if_interrupted()
        raise nothing_there(base) from error
    except InvalidHandshake as error:
        raise CallFailed(f"The service at {base} refused the call: {error}.") from error


async def place_by_telephone(
    uri: str, number: str, plan: CallPlan, report: Report, player: Player
) -> None:
    """Call the service at a SIP address; the agent's audio goes to ``player``."""
    try:
        telephone = import_module("agent_service.cli.call_sip")
    except ModuleNotFoundError as error:
        remedy = "--sip needs the extra sip: pip install 'agent-service[sip]'"
        raise CallFailed(f"{remedy} ({error.name} is missing).") from error
    await telephone.place_by_sip(uri, number, plan, report, player)


async def demo_ticket(base: str) -> str:
    """Return a ticket to speak as the demo's customer."""
    try:
        async with httpx.AsyncClient(timeout=_CONNECT_TIMEOUT_S) as http:
            response = await http.post(f"{base}/demo/ticket")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        stop_if_interrupted()
        raise nothing_there(base) from error
    if response.status_code != 200:
        raise CallFailed(
            f"{base} gives no demo tickets (HTTP {response.status_code}): pass one with --ticket."
        )
    try:
        return str(response.json()["ticket"])
    except (ValueError, KeyError, TypeError) as error:
        raise CallFailed(f"What answers at {base} is not this service.") from error


def stop_if_interrupted() -> None:
    """Go on ending: a connection that Ctrl-C cut short can look as if nobody had answered."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def nothing_there(base: str) -> CallFailed:
    """Return the error for a service that does not answer."""
    return CallFailed(f"Nothing answers at {base}. Start the service: agent-service up")


def _save(path: Path, player: Player, report: Report) -> None:
    """Write what was heard, if anything was."""
    if not player.heard:
        return
    try:
        write_wav(path, bytes(player.heard))
    except OSError as error:
        raise CallFailed(f"{path} cannot be written: {error.strerror}.") from error
    report.note("saved", f"{path}", 0, file=str(path))


@contextlib.contextmanager
def _sigterm_ends_it() -> Iterator[None]:
    """Have SIGTERM, which ``timeout`` sends, end the call as Ctrl-C does: in order."""

    def end(number: int, frame: object) -> None:
        raise SystemExit(SIGTERM_STATUS)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 <= value < math.inf:
        raise ValueError
    return value

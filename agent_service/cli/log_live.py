"""``agent-service logs tail --live``: follows a running service's news as they happen."""

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import msgspec
from rich.console import Console
from rich.text import Text

from agent_service.cli.call import DEFAULT_URL
from agent_service.cli.log_output import plain
from agent_service.cli.options import ADMIN_TOKEN_FILE
from agent_service.errors import CallerError, FileError
from agent_service.settings import load

RETRY_S: Final = 2.0
SILENCE_S: Final = 60.0
"""The service says every 15 s that it is there."""

_COLOURS: Final = {"caller": "cyan", "agent": "green", "representative": "magenta"}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what following a running service takes."""
    parser.add_argument(
        "--live", action="store_true", help="follow a running service over HTTP, captions as well"
    )
    parser.add_argument(
        "--conversation", metavar="ID", help="with --live, all that happens in this one"
    )
    parser.add_argument("--url", default=DEFAULT_URL, help="the service (default %(default)s)")
    parser.add_argument(
        "--token-file",
        type=Path,
        metavar="FILE",
        help=f"holds an admin token (default: {ADMIN_TOKEN_FILE} in the data folder)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print news until the conversation is over or Ctrl-C; raise CallerError where refused."""
    token = _token(arguments)
    show = _print_json if arguments.json else _printer()
    for name, facts in follow(arguments.url, token, arguments.conversation):
        show(name, facts)
    return 0


def _token(arguments: argparse.Namespace) -> str:
    file = arguments.token_file
    if file is None:
        settings = load(arguments.config, overrides={"data_dir": arguments.data_dir})
        file = settings.data_dir / ADMIN_TOKEN_FILE
    try:
        return str(file.read_text()).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"{file} cannot be read: name a file with --token-file.") from error


def follow(
    url: str,
    token: str,
    conversation_id: str | None,
    pause: Callable[[], None] = lambda: time.sleep(RETRY_S),
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each event's name and facts; come back where the line breaks, behind the last one."""
    after = ""
    parameters = {} if conversation_id is None else {"conversation": conversation_id}
    with httpx.Client(timeout=httpx.Timeout(10, read=SILENCE_S)) as http:
        while True:
            headers = {"Authorization": f"Bearer {token}"}
            if after:
                headers["Last-Event-ID"] = after
            try:
                with http.stream(
                    "GET", f"{url}/api/live", params=parameters, headers=headers
                ) as response:
                    if response.status_code == 204:
                        return
                    if response.status_code != 503:
                        _check(response)
                        for id, name, facts in _events(response.iter_lines()):
                            after = id or after
                            if name:
                                yield name, facts
            except httpx.TransportError as error:
                if not after:
                    raise CallerError(
                        f"The service at {url} cannot be reached: {error}", code="call_failed"
                    ) from error
            pause()


def _check(response: httpx.Response) -> None:
    if response.status_code == 200:
        return
    response.read()
    try:
        problem = response.json()
        raise CallerError(str(problem["detail"]), code=str(problem["code"]))
    except (ValueError, KeyError, TypeError):
        raise CallerError(
            f"The service answers with status {response.status_code}.", code="call_failed"
        ) from None


def _events(lines: Iterator[str]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield each event's identifier, name and facts; what has no name only moves the place."""
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            facts = msgspec.json.decode(fields.get("data", "{}"))
            yield fields.get("id", ""), fields.get("event", ""), facts
            fields = {}


def _print_json(name: str, facts: dict[str, Any]) -> None:
    print(msgspec.json.encode({"event": name, **facts}).decode(), flush=True)


def _printer() -> Callable[[str, dict[str, Any]], None]:
    console = Console(highlight=False)

    def show(name: str, facts: dict[str, Any]) -> None:
        seconds = facts.get("at_ms", 0) / 1000
        line = Text(f"{int(seconds // 60)}:{seconds % 60:04.1f} ", "dim")
        line.append_text(_described(name, facts))
        console.print(line, soft_wrap=True)

    return show


def _described(name: str, facts: dict[str, Any]) -> Text:
    match name:
        case "turn" | "caption":
            line = Text(f"{facts['role']:<8}", _COLOURS.get(facts["role"], "yellow"))
            words = plain(facts["text"] or "(no words)")
            if name == "caption":
                words.stylize("dim")
            line.append_text(words)
            if facts.get("is_interrupted"):
                line.append_text(plain(f"  [heard: {facts['heard_text']!r}]"))
            return line
        case "tool" | "confirmation":
            said = facts.get("summary") or f"{facts['name']} {facts.get('arguments', '')}"
            return plain(f"{name:<8}{said} {facts['status']}")
        case "incident":
            return plain(f"{name:<8}{facts['code']}: {facts['message']}")
        case "floor":
            return plain(f"{name:<8}{facts['holder']}")
        case "lost":
            return plain(f"{name:<8}{facts['count'] or 'some'} news")
        case "rating":
            return plain(f"{name:<8}{facts['score']}")
        case _:
            who = facts.get("caller_name") or facts.get("customer_id") or facts.get("caller_level")
            text = f"{name:<8} {facts['conversation_id']} {facts['agent']} {who}"
            return plain(f"{text} {facts['turn_count']} turns {facts.get('end_reason', '')}")

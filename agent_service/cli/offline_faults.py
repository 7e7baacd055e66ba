"""``agent-service offline faults``: lists and arms the faults of a running provider."""

import argparse
import sys
from typing import Any

import httpx

from agent_service.errors import OfflineError

_TIMEOUT_S = 10.0


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command below ``offline``."""
    parser = commands.add_parser(
        "faults", help="list, arm or clear the faults of a running offline provider"
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="show all faults, and what is armed")
    arming = actions.add_parser("arm", help="arm faults for all sessions, or for one")
    arming.add_argument("faults", help="for example 'transcript_late:ms=800;close:after=2'")
    arming.add_argument("--seed", type=int, default=0, help="what chance follows (%(default)s)")
    arming.add_argument("--session", help="only this running session")
    clearing = actions.add_parser("clear", help="disarm all faults")
    for action in (listing, arming, clearing):
        action.add_argument(
            "--url", default="http://127.0.0.1:9000", help="the provider (%(default)s)"
        )
        action.add_argument("--key", default="any", help="an API key of it (default: any)")
        action.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Ask the provider and print what is armed then."""
    headers = {"api-key": arguments.key}
    try:
        with httpx.Client(base_url=arguments.url, headers=headers, timeout=_TIMEOUT_S) as client:
            state = _ask(client, arguments)
    except httpx.HTTPError as error:
        raise OfflineError(
            f"No offline provider answers at {arguments.url}: start it with 'agent-service "
            "offline' or give its address with --url."
        ) from error
    if arguments.action == "list":
        for fault in state["catalogue"]:
            parameters = ", ".join(f"{key}={value}" for key, value in fault["parameters"].items())
            sys.stdout.write(f"{fault['name']}\n    {fault['about']}\n    {parameters}\n")
    sys.stdout.write(f"armed: {state['armed'] or 'nothing'} (seed {state['seed']})\n")
    for session, armed in state["sessions"].items():
        names = ", ".join(fault["name"] for fault in armed) or "nothing"
        sys.stdout.write(f"session {session}: {names}\n")
    return 0


def _ask(client: httpx.Client, arguments: argparse.Namespace) -> dict[str, Any]:
    match arguments.action:
        case "arm":
            body = {"faults": arguments.faults, "seed": arguments.seed}
            if arguments.session:
                body["session"] = arguments.session
            answer = client.post("/faults", json=body)
        case "clear":
            answer = client.delete("/faults")
        case _:
            answer = client.get("/faults")
    content: dict[str, Any] = answer.json()
    if answer.is_error:
        raise OfflineError(content["error"]["message"])
    return content

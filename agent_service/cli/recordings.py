"""``agent-service recordings``: takes the sound of conversations out of the record."""

import argparse
import sys
import time
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Final, get_args

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from agent_service.cli.opening import current_database
from agent_service.cli.options import add_action
from agent_service.cli.output_files import written_path
from agent_service.cli.reading_note import note_operator_reads
from agent_service.errors import TryLater
from agent_service.from_settings import recording_storage
from agent_service.recording.encoding import Stretch
from agent_service.recording.reading import Form, Found, export, find_recording, stretch_of
from agent_service.recording.storage import Storage
from agent_service.settings import Settings, load
from agent_service.store.database import Database

FINISH_S: Final = 20.0
"""How long a recording is waited for that is not finished yet."""
POLL_S: Final = 0.5
SMALL_BYTES: Final = 4 * 1024 * 1024
"""What takes no two seconds to fetch needs no bar."""


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "recordings",
        help="export the sound of a conversation",
        description="Export the sound of conversations.",
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    exporting = add_action(actions, "export", "write a conversation's sound to a file")
    exporting.add_argument("conversation", metavar="CONVERSATION", help="its identifier")
    exporting.add_argument(
        "-o",
        "--output",
        type=Path,
        required=True,
        metavar="FILE",
        help="where to; left is the caller, right the agent",
    )
    exporting.add_argument(
        "--format",
        choices=get_args(Form),
        help="ogg (Opus) or wav (default: by the file's name, else ogg)",
    )
    exporting.add_argument("--turn", metavar="TURN", help="only where this turn was heard")
    exporting.set_defaults(run=_export)


def _export(arguments: argparse.Namespace) -> int:
    settings = load(arguments.config, overrides={"data_dir": arguments.data_dir})
    with current_database(settings) as database:
        storage = recording_storage(settings)
        found, stretch = _found(database, settings, arguments.conversation, arguments.turn)
        note_operator_reads(database, "recording.read", arguments.conversation)
        form: Form = arguments.format or ("wav" if arguments.output.suffix == ".wav" else "ogg")
        _write(storage, found, arguments.output, form, stretch)
    return 0


def _found(
    database: Database, settings: Settings, conversation_id: str, turn_id: str | None
) -> tuple[Found, Stretch | None]:
    """Look the recording up; one that is being finished is waited for."""
    give_up_at = time.monotonic() + FINISH_S
    while True:
        try:
            with database.read() as session:
                found = find_recording(session, conversation_id, settings.recordings_folder)
                if turn_id is None:
                    return found, None
                return found, stretch_of(session, found, turn_id)
        except TryLater:
            if time.monotonic() >= give_up_at:
                raise
            time.sleep(POLL_S)


def _write(
    storage: Storage, found: Found, output: Path, form: Form, stretch: Stretch | None
) -> None:
    bar = Progress(
        TextColumn("fetching"), BarColumn(), DownloadColumn(), console=Console(file=sys.stderr)
    )
    is_shown = found.size_bytes > SMALL_BYTES and sys.stderr.isatty()
    with written_path(output) as whole, bar if is_shown else nullcontext():
        task = bar.add_task("fetching", total=found.size_bytes)
        advance = partial(bar.advance, task)
        export(storage, found, whole, form=form, stretch=stretch, progress=advance)

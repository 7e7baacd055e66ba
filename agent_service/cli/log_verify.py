"""``agent-service logs verify``: is the record what was written, and if not, where not."""

import argparse
import re
from collections.abc import Callable
from typing import Final, TypeAlias

import msgspec

from agent_service.cli.log_output import plain
from agent_service.cli.options import add_config, add_data_dir
from agent_service.cli.progress import bar
from agent_service.clock import SystemClock
from agent_service.errors import QueryError, QueryProblem, StoreError
from agent_service.from_settings import recording_storage
from agent_service.recording.checking import check_files
from agent_service.settings import Settings, load
from agent_service.store.database import Database
from agent_service.store.migrating import ensure_current
from agent_service.store.proof.anchors import Place
from agent_service.store.proof.checking import (
    check_conversation,
    check_conversations,
    count_conversations,
)
from agent_service.store.proof.findings import Finding, Tally
from agent_service.store.proof.keeping import kept_anchor
from agent_service.store.proof.log_checking import (
    check_anchors,
    check_coverage,
    check_head,
    check_kept,
)
from agent_service.store.proof.pictures import check_pictures
from agent_service.store.proof.reading import hold_still
from agent_service.store.proof.signing import is_signed, read_signer

Tell: TypeAlias = Callable[[list[Finding]], None]

_HASH: Final = re.compile(r"[0-9a-f]{64}")


def register(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the action."""
    parser = actions.add_parser(
        "verify",
        help="check that nothing on record was changed behind the service's back",
        description="Check that nothing on record was edited, removed, put in, swapped or cut off "
        "behind the service's back. The exit status is 0 if so, and 1 with each place if not.",
    )
    parser.add_argument(
        "conversation", nargs="?", metavar="CONVERSATION", help="only this one (default: the log)"
    )
    parser.add_argument(
        "--head",
        metavar="HASH",
        help="a head that was kept elsewhere: the chain of the log, or of the conversation, must "
        "have had it",
    )
    parser.add_argument(
        "--without-files",
        action="store_true",
        help="read neither the files of recordings nor pictures, of which there may be many",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    add_config(parser)
    add_data_dir(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check, print what was found, and return the exit status."""
    head = arguments.head and _head(arguments.head)
    settings = load(arguments.config, overrides={"data_dir": arguments.data_dir})
    key = _key(settings)
    database = Database(settings.database_url)
    tell = _tell_program if arguments.json else _tell_person
    tally = Tally()
    try:
        ensure_current(database)
        if arguments.conversation is not None:
            _check_one(database, arguments.conversation, tally, head, tell)
        else:
            kept = kept_anchor(settings.last_anchor_file)
            _check_log(database, tally, head, key, kept, tell)
            with database.read() as session:
                tell(check_coverage(session, tally, key, SystemClock().utc()))
        if not arguments.without_files:
            with bar("recordings") as shown:
                storage = recording_storage(settings)
                for findings in check_files(database, storage, tally, arguments.conversation):
                    tell(findings)
                    shown.advance(1)
            for findings in check_pictures(database, tally, arguments.conversation):
                tell(findings)
    finally:
        database.close()
    if arguments.json:
        print(msgspec.json.encode(tally).decode())
    else:
        print(_summary(tally, is_log=arguments.conversation is None))
    return 1 if tally.findings else 0


def _check_one(
    database: Database, conversation_id: str, tally: Tally, head: str | None, tell: Tell
) -> None:
    with database.read() as session:
        hold_still(session)
        findings = check_conversation(session, conversation_id, tally, head)
    if findings is None:
        raise StoreError(
            f"There is no conversation {conversation_id}. agent-service logs list shows which"
            " there are."
        )
    tell(findings)


def _check_log(
    database: Database,
    tally: Tally,
    head: str | None,
    key: str | None,
    kept: Place | None,
    tell: Tell,
) -> None:
    with database.read() as session:
        total = count_conversations(session)
        tell(check_head(session, head, tally) if head else [])
        tell(check_kept(session, kept, tally) if kept else [])
    after = ""
    with bar("conversations", total) as shown:
        while True:
            before = tally.conversations
            with database.read() as session:
                hold_still(session)
                findings, after = check_conversations(session, after, tally)
            tell(findings)
            shown.advance(tally.conversations - before)
            if not after:
                break
    place: Place | None = Place()
    with bar("anchors") as shown:
        while place is not None:
            before = tally.anchors
            with database.read() as session:
                hold_still(session)
                findings, place = check_anchors(session, place, tally, is_signed, key)
            tell(findings)
            shown.advance(tally.anchors - before)


def _tell_person(findings: list[Finding]) -> None:
    for finding in findings:
        place = f"conversation {finding.conversation_id}: " if finding.conversation_id else ""
        print(plain(f"WRONG  {place}{finding.message}").plain, flush=True)


def _tell_program(findings: list[Finding]) -> None:
    for finding in findings:
        print(msgspec.json.encode(finding).decode(), flush=True)


def _summary(tally: Tally, *, is_log: bool) -> str:
    lines = [
        f"{tally.conversations:,} conversations, {tally.rows:,} rows, {tally.links:,} links"
        + (f", {tally.anchors:,} anchors ({tally.signed:,} signed)" if is_log else "")
    ]
    if tally.recordings:
        lines.append(f"{tally.recordings:,} recordings were read.")
    if tally.pictures:
        lines.append(f"{tally.pictures:,} pictures were read.")
    if tally.unreached:
        lines.append(f"{tally.unreached:,} recordings could not be read: their storage is away.")
    if tally.erased:
        lines.append(f"{tally.erased:,} rows were erased by right, and left a tombstone.")
    if tally.uncovered:
        lines.append(
            f"{tally.uncovered:,} conversations are older than the proof, and not covered until"
            " the running service has adopted them."
        )
    if tally.head is not None:
        lines.append(f"Head: {tally.head}")
    wrong = f"{tally.findings:,} places are not as they were written."
    return "\n".join([*lines, wrong if tally.findings else "All is as it was written."])


def _head(text: str) -> str:
    if not _HASH.fullmatch(text.lower()):
        problem = QueryProblem("--head", "should be a hash of 64 letters a to f and digits")
        raise QueryError([problem])
    return text.lower()


def _key(settings: Settings) -> str | None:
    """Return the public key that anchors are signed with here."""
    path = settings.proof.key_file
    return read_signer(path).key if path else None

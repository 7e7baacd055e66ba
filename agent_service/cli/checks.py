"""What ``doctor`` looks at. Each check returns findings and changes nothing."""

import os
import stat
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from sqlalchemy import text

from agent_service.errors import AgentServiceError
from agent_service.redaction import redact
from agent_service.store import migrating
from agent_service.store.connecting import read_url, sqlite_file
from agent_service.store.database import Database


class Verdict(Enum):
    """How bad a finding is."""

    GOOD = "good"
    NOTE = "note"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found, and what to do about it."""

    verdict: Verdict
    subject: str
    text: str


def check_data_dir(folder: Path) -> Finding:
    """Look whether the service can write where it must."""
    # Not Path.exists, which raises for a folder that may not be looked into.
    nearest = next(path for path in (folder, *folder.absolute().parents) if os.path.exists(path))
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        return Finding(
            Verdict.BAD, "data", f"{nearest} cannot be written to: set data_dir, or its owner"
        )
    if nearest != folder:
        return Finding(Verdict.NOTE, "data", f"{folder} does not exist yet and will be made")
    if nearest.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        advice = f"{folder} is open to other users of this machine: chmod 700 {folder}"
        return Finding(Verdict.NOTE, "data", advice)
    return Finding(Verdict.GOOD, "data", str(folder.absolute()))


def check_database(url: str) -> Finding:
    """Look whether the database answers, keeps what it is given and has this version's tables."""
    target = read_url(url)
    file = sqlite_file(target)
    shown = redact(target.render_as_string(hide_password=True))
    is_file = target.get_backend_name() == "sqlite"
    if file is not None and not os.path.exists(file):
        return Finding(
            Verdict.NOTE, "database", f"{shown} does not exist yet; agent-service migrate makes it"
        )
    database = Database(url)
    try:
        migrating.ensure_current(database)
        with database.read() as session:
            version = session.scalar(
                text("SELECT sqlite_version()" if is_file else "SHOW server_version")
            )
    except AgentServiceError as error:
        return Finding(Verdict.BAD, "database", f"{shown}: {error.message}")
    finally:
        database.close()
    kind = f"SQLite {version}, write-ahead log, full durability" if is_file else version
    return Finding(Verdict.GOOD, "database", f"{shown} ({kind})")

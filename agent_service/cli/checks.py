"""What ``doctor`` looks at. Each check returns findings and changes nothing."""

import os
import stat
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path

from sqlalchemy import text

from agent_service.errors import AgentServiceError
from agent_service.redaction import redact
from agent_service.store import migrating
from agent_service.store.connecting import read_url, sqlite_file
from agent_service.store.database import Database

FINE = "fine"


class Verdict(Enum):
    """How bad a finding is."""

    GOOD = "ok"
    NOTE = "note"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found, and what to do about it."""

    verdict: Verdict
    subject: str
    text: str
    remedy: str | None = None
    code: str = FINE
    """For programs; the words may change."""
    ends: date | None = None
    """When what was looked at is switched off."""

    @property
    def line(self) -> str:
        """Return all of it for people."""
        return f"{self.subject}: {self.text}" + (f": {self.remedy}" if self.remedy else "")


def check_data_dir(folder: Path) -> Finding:
    """Look whether the service can write where it must."""
    # Not Path.exists, which raises for a folder that may not be looked into.
    nearest = next(path for path in (folder, *folder.absolute().parents) if os.path.exists(path))
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        words = f"{nearest} cannot be written to"
        remedy = "set data_dir, or its owner"
        return Finding(Verdict.BAD, "data", words, remedy, "not_writable")
    if nearest != folder:
        words = f"{folder} does not exist yet and will be made"
        return Finding(Verdict.NOTE, "data", words, code="not_made_yet")
    if nearest.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        words = f"{folder} is open to other users of this machine"
        return Finding(Verdict.NOTE, "data", words, f"chmod 700 {folder}", "open_to_others")
    return Finding(Verdict.GOOD, "data", str(folder.absolute()))


def check_database(url: str) -> Finding:
    """Look whether the database answers, keeps what it is given and has this version's tables."""
    target = read_url(url)
    file = sqlite_file(target)
    shown = redact(target.render_as_string(hide_password=True))
    is_file = target.get_backend_name() == "sqlite"
    if file is not None and not os.path.exists(file):
        words = f"{shown} does not exist yet; agent-service migrate makes it"
        return Finding(Verdict.NOTE, "database", words, code="not_made_yet")
    database = Database(url)
    try:
        migrating.ensure_current(database)
        with database.read() as session:
            version = session.scalar(
                text("SELECT sqlite_version()" if is_file else "SHOW server_version")
            )
    except AgentServiceError as error:
        return Finding(Verdict.BAD, "database", f"{shown}: {error.message}", code=error.code)
    finally:
        database.close()
    kind = f"SQLite {version}, write-ahead log, full durability" if is_file else version
    return Finding(Verdict.GOOD, "database", f"{shown} ({kind})")

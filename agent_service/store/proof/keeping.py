"""The note of the last anchor, in a file beside the database.

Who can write to the database alone can remove all anchors, but not this.
"""

import re
from pathlib import Path
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from agent_service.private_files import read_file, write_file
from agent_service.store.proof.anchors import Place, last_anchor
from agent_service.store.proof.tables import ProofAnchor

_NOTE: Final = re.compile(r"([1-9][0-9]{0,17}) ([0-9a-f]{64})\n?")


def keep_last_anchor(session: Session, file: Path) -> bool:
    """Note the last anchor in place of the one before, unless that is gone: then return False.

    Raises SettingsError if the file cannot be read or written.
    """
    noted, last = kept_anchor(file), last_anchor(session)
    if noted is not None and not is_there(session, noted):
        return False
    if last is not None:
        write_file(file, f"{last.number} {last.head}\n")
    return True


def kept_anchor(file: Path) -> Place | None:
    """Return the anchor that was noted, if any was; raise SettingsError if it cannot be read."""
    if not file.exists():
        return None
    noted = _NOTE.fullmatch(read_file(file))
    # A note that is none was changed by somebody: no anchor is that.
    return Place(int(noted[1]), noted[2]) if noted else Place()


def is_there(session: Session, anchor: Place) -> bool:
    """Tell whether the log's chain has this anchor."""
    found = select(func.count()).where(
        ProofAnchor.number == anchor.number, ProofAnchor.head == anchor.head
    )
    return bool(session.scalar(found))

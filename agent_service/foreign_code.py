"""What went wrong in code of the company's: in words, with its place, without secrets."""

import os
import re
import sysconfig
import traceback
from pathlib import Path
from typing import Final

from agent_service.errors import SettingsError
from agent_service.redaction import redact

_OURS: Final = f"{Path(__file__).parent}{os.sep}"
_INSTALLED: Final = (sysconfig.get_path("purelib"), sysconfig.get_path("stdlib"), "<")
"""Where files of others begin; "<" is code without a file."""
_DOUBLED: Final = re.compile(r"Table '(\S+)' is already defined for this MetaData instance")
"""SQLAlchemy's words, whose advice would have two classes share a table."""
_STATEMENT: Final = "\n[SQL: "
"""What follows in SQLAlchemy's words may quote values."""


def reason_of(error: BaseException) -> str:
    """Say what failed, and where in the module: the innermost line that is somebody's own."""
    lines = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith(_OURS) and "importlib" not in frame.filename
    ]
    own = [frame for frame in lines if not frame.filename.startswith(_INSTALLED)] or lines
    where = f" ({own[-1].filename}, line {own[-1].lineno})" if own else ""
    words = " ".join(redact(str(error).partition(_STATEMENT)[0]).split())
    if doubled := _DOUBLED.match(words):
        return f"the table {doubled[1]} is declared twice: give one another name{where}"
    if isinstance(error, ImportError | AttributeError | SettingsError):
        return f"{words}{where}"
    return f"{type(error).__name__}: {words}{where}"

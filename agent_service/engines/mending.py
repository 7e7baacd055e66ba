"""Text that can be stored, sent and read everywhere: what strangers write is mended on its way.

A lone half of a surrogate pair, NUL and bytes that are no UTF-8 become U+FFFD; text of megabytes is
cut. JSON may hold the first two escaped, where no decoder of bytes sees them.
"""

import re
from typing import Any

LONGEST_TEXT = 100_000
"""In characters; an hour of speech is shorter."""
_CUT = " […]"

_UNSOUND = re.compile("[\0\ud800-\udfff]")
# Valid pairs and other escapes are matched too, so that what follows "\\" is not taken for one.
_ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|(?P<unsound>\\u(?:[dD][89a-fA-F][0-9a-fA-F]{2}|0000))"
    r"|\\.",
    re.DOTALL,
)
_REPLACEMENT = "\ufffd"


def mended_json(raw: bytes) -> bytes:
    """Return JSON with everything replaced that is no character, escaped or not."""
    text = raw.decode(errors="replace").replace("\0", _REPLACEMENT)
    return _ESCAPE.sub(_mended_escape, text).encode()


def mended_text(text: str) -> str:
    """Return text that every encoder and every database takes."""
    return _UNSOUND.sub(_REPLACEMENT, text)


def mended(value: Any) -> Any:
    """Return a JSON value with its texts mended and cut, keys included."""
    match value:
        case str():
            return cut(mended_text(value))
        case dict():
            return {mended_text(str(name)): mended(member) for name, member in value.items()}
        case list() | tuple():
            return [mended(member) for member in value]
        case _:
            return value


def cut(text: str, longest: int = LONGEST_TEXT) -> str:
    """Return the text, or its beginning with a mark where it is too long for anybody."""
    if len(text) <= longest:
        return text
    return text[: max(longest - len(_CUT), 0)] + _CUT


def _mended_escape(escape: re.Match[str]) -> str:
    return _REPLACEMENT if escape["unsound"] else escape[0]

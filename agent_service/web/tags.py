"""Entity tags: a name for each content, by which a client that has it is told that it does."""

import hashlib


def entity_tag(content: bytes, form: str = "") -> str:
    """Return the content's tag; ``form`` tells its encodings apart."""
    return f'"{hashlib.sha256(content).hexdigest()[:16]}{form and "-" + form}"'


def is_known(known: str | None, tag: str) -> bool:
    """Tell whether an ``If-None-Match`` has the tag."""
    tags = {each.strip().removeprefix("W/") for each in (known or "").split(",")}
    return tag in tags or "*" in tags

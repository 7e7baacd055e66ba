"""The phrase lists that come with the package as text: how common things are asked for."""

from importlib.resources import files


def paragraphs(name: str) -> dict[str, tuple[str, ...]]:
    """Read "heading: phrase; phrase", a heading a paragraph."""
    text = files("agent_service.offline.responder").joinpath("data", name).read_text("utf-8")
    found: dict[str, tuple[str, ...]] = {}
    for paragraph in text.strip().split("\n\n"):
        heading, _, phrases = " ".join(paragraph.split()).partition(": ")
        found[heading] = tuple(phrases.split("; "))
    return found

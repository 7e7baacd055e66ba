"""Words as pieces: which utterances look finished, and how an answer is cut for streaming."""

import re

_OPEN_ENDED = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "because",
        "but",
        "by",
        "can",
        "could",
        "for",
        "from",
        "have",
        "i",
        "if",
        "in",
        "is",
        "it's",
        "its",
        "like",
        "my",
        "number",
        "of",
        "on",
        "or",
        "our",
        "than",
        "the",
        "their",
        "then",
        "to",
        "uh",
        "um",
        "er",
        "hmm",
        "was",
        "were",
        "which",
        "who",
        "will",
        "with",
        "would",
        "your",
    ]
)
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*(?=\s)|(?<=\S)(?=\n)")


def looks_finished(text: str) -> bool:
    """Say whether a caller who falls silent after these words has probably said it all."""
    trimmed = text.strip()
    if trimmed.endswith((",", "...", "\N{HORIZONTAL ELLIPSIS}", "-", ":")):
        return False
    words = re.findall(r"[\w']+", trimmed.lower())
    return bool(words) and words[-1] not in _OPEN_ENDED


def word_pieces(text: str) -> list[str]:
    """Cut a text into words, each with the space before it; joined they give the text."""
    return re.findall(r"\s*\S+\s*$|\s*\S+|\s+$", text)


class SentenceCutter:
    """Collects a streamed text and gives it back by whole sentences, spaces before them."""

    def __init__(self) -> None:
        self._rest = ""

    def feed(self, text: str) -> list[str]:
        """Add text and return the sentences that it completed."""
        self._rest += text
        sentences = []
        while found := _SENTENCE_END.search(self._rest):
            sentences.append(self._rest[: found.end()])
            self._rest = self._rest[found.end() :]
        return sentences

    def flush(self) -> list[str]:
        """Return what is left."""
        rest, self._rest = self._rest, ""
        return [rest] if rest.strip() else []

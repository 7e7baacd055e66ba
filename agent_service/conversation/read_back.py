"""Whether what was spoken says the same as the read-back that was to be spoken."""


def says_the_same(read_back: str, spoken: str, *, language: str | None) -> bool:
    """Return whether the spoken words tell the caller just what the read-back does."""
    return read_back.casefold() == spoken.casefold()

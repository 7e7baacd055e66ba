"""Whether what was said is what was to be read back."""


def says_the_same(read_back: str, spoken: str, *, language: str | None) -> bool:
    """Tell whether what was spoken says all of the read-back, and nothing else."""
    return read_back.casefold().split() == spoken.casefold().split()

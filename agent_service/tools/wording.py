"""How tools say things that are not words: days."""

from datetime import date, datetime


def day(moment: date | datetime) -> str:
    """Say a day: ``Tuesday, November 24``."""
    return f"{moment:%A, %B} {moment.day}"

"""The pages that the desk's navigation leads to, in its order."""

from dataclasses import dataclass
from typing import Final

from agent_service.store.members import Right


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of the navigation."""

    title: str
    path: str
    right: Right
    """Who has not that right is not shown it."""
    key: str
    """Pressed after ``g`` it leads there."""


NAVIGATION: Final = (Entry("Conversations", "/admin/conversations", Right.SEE, "c"),)
HOME: Final = NAVIGATION[0].path
"""Where one is led who signs in."""

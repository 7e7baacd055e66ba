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


NAVIGATION: Final = (
    Entry("Live", "/admin/live", Right.SEE, "l"),
    Entry("Conversations", "/admin/conversations", Right.SEE, "c"),
    Entry("Approvals", "/admin/approvals", Right.SEE, "a"),
    Entry("Queue", "/admin/queue", Right.SEE, "q"),
    Entry("Reviews", "/admin/reviews", Right.SEE, "r"),
    Entry("Numbers", "/admin/numbers", Right.SEE, "n"),
    Entry("Customers", "/admin/customers", Right.SEE, "u"),
    Entry("Tools", "/admin/tools", Right.SEE, "t"),
    Entry("Audit", "/admin/audit", Right.ADMINISTER, "i"),
    Entry("Users", "/admin/users", Right.ADMINISTER, "m"),
    Entry("Settings", "/admin/settings", Right.ADMINISTER, "s"),
)
HOME: Final = NAVIGATION[0].path
"""Where one is led who signs in."""

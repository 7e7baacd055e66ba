"""Who of the team asks and what they may: the same whether they signed in or bear a token."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from agent_service.store.admin_tokens import Scope


class Right(StrEnum):
    """What somebody of the team may do; each is a right of its own."""

    SEE = "see"
    """Conversations with all that is on record of them, numbers, exports."""
    LISTEN = "listen"
    """Hear recordings, and follow what is said at this moment."""
    SPEAK = "speak"
    """Whisper to the agent, take a conversation over, hand it back."""
    DECIDE = "decide"
    """Approve or refuse what waits for the team, and mark promises as kept."""
    WORK = "work"
    """Notes, labels, who sees to a conversation and how far that is, reviews."""
    MINT = "mint"
    """Make tickets for callers."""
    ADMINISTER = "administer"
    """Users, tokens, tools' switches, erasure."""


class UserRole(StrEnum):
    """What a user of the desk is."""

    VIEWER = "viewer"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


RIGHTS_OF_ROLES: Final[Mapping[UserRole, frozenset[Right]]] = {
    UserRole.VIEWER: frozenset((Right.SEE,)),
    UserRole.SUPERVISOR: frozenset(
        (Right.SEE, Right.LISTEN, Right.SPEAK, Right.DECIDE, Right.WORK)
    ),
    UserRole.ADMIN: frozenset(Right),
}


def roles_with(right: Right) -> frozenset[UserRole]:
    """Return the roles that have a right."""
    return frozenset(role for role, rights in RIGHTS_OF_ROLES.items() if right in rights)


RIGHT_OF_SCOPES: Final[Mapping[Scope, Right]] = {
    Scope.READ: Right.SEE,
    Scope.LISTEN: Right.LISTEN,
    Scope.SPEAK: Right.SPEAK,
    Scope.APPROVE: Right.DECIDE,
    Scope.WORK: Right.WORK,
    Scope.TICKETS: Right.MINT,
    Scope.ADMIN: Right.ADMINISTER,
}
"""What a scope opens. A token with the scope ``admin`` has every right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody of the team, or a program of theirs, who asks."""

    name: str
    actor: str
    """As the audit log has it: ``user:<name>`` or ``admin:<token name>``."""
    rights: frozenset[Right]
    sign_in_id: str | None = None
    """Of the browser that asks; a program that bears a token has none."""
    form_token: str = ""
    """What a form of this sign-in sends back, and no other page can know."""
    is_available: bool = False
    """They can come to callers who ask for a person, and have said so."""
    must_change: bool = False
    """The password was made for them: they choose their own before they do anything."""

    @property
    def title(self) -> str:
        """Who it is, in words."""
        return f"user {self.name}" if self.sign_in_id else f"admin token {self.name}"

    def may(self, right: Right) -> bool:
        """Tell whether they have that right."""
        return right in self.rights


def rights_of(scopes: frozenset[Scope]) -> frozenset[Right]:
    """Return what a token with these scopes may do."""
    if Scope.ADMIN in scopes:
        return frozenset(Right)
    return frozenset(RIGHT_OF_SCOPES[scope] for scope in scopes)

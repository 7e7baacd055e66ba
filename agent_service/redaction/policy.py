"""What of a person's data the record keeps, as an agent's settings have it.

Cards, their codes and secrets are no matter of policy: nothing keeps them.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Identifier(StrEnum):
    """What tells who somebody is, or opens what is theirs."""

    SECURITY_CODE = "security_code"
    """What proves who calls: one-time codes, PINs, TANs."""
    IBAN = "iban"
    EMAIL = "email"
    PHONE = "phone"
    NATIONAL_ID = "national_id"
    """Numbers that states give to people: for taxes, insurance, as identity card or passport."""


class Action(StrEnum):
    """What the record does with one."""

    KEEP = "keep"
    MASK = "mask"
    """A mark with the kind's name takes its place; the words around it stay."""
    DROP = "drop"
    """Nothing is kept of the whole text that it stands in, but a mark with the kind's name."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Something of a company's own that the record does not keep."""

    name: str
    expression: re.Pattern[str]
    action: Action = Action.MASK


_MASKED: Final[Mapping[Identifier, Action]] = MappingProxyType(
    dict.fromkeys(Identifier, Action.MASK)
)


@dataclass(frozen=True, slots=True)
class Policy:
    """What is done with each kind."""

    actions: Mapping[Identifier, Action] = field(default_factory=lambda: _MASKED)
    patterns: tuple[Pattern, ...] = ()
    kept: frozenset[Identifier] = field(init=False)
    """The kinds that stay as they are."""

    def __post_init__(self) -> None:
        kept = (kind for kind, action in self.actions.items() if action is Action.KEEP)
        object.__setattr__(self, "kept", frozenset(kept))

    @property
    def keeps_all(self) -> bool:
        """Tell whether it removes nothing."""
        return not self.patterns and len(self.kept) == len(Identifier)

    def __deepcopy__(self, _: object) -> "Policy":
        """Nothing of it changes, so a copy of what has it shares it."""
        return self

    def action(self, kind: str) -> Action:
        """Return what is done with a kind, or with a pattern of that name."""
        for pattern in self.patterns:
            if pattern.name == kind:
                return pattern.action
        return self.actions[Identifier(kind)]

    def for_team(self) -> "Policy":
        """Return what holds for texts that the team works with: how to reach somebody stays."""
        reaching = dict.fromkeys((Identifier.EMAIL, Identifier.PHONE), Action.KEEP)
        return Policy({**self.actions, **reaching}, self.patterns)


STRICT: Final = Policy()
"""All is masked: where nobody says otherwise."""

AS_GIVEN: Final = Policy(dict.fromkeys(Identifier, Action.KEEP))
"""What is written has been seen to."""

_STRICT_FOR_TEAM: Final = STRICT.for_team()
_policies: ContextVar[tuple[Policy, Policy]] = ContextVar(
    "policies", default=(STRICT, _STRICT_FOR_TEAM)
)


def record_policy() -> Policy:
    """Return what holds for what this thread or task writes, once nobody works with it."""
    return _policies.get()[0]


def team_policy() -> Policy:
    """Return what holds for the team's texts that this thread or task writes."""
    return _policies.get()[1]


@contextmanager
def written_under(policy: Policy) -> Iterator[None]:
    """Have the team's texts that are written within the block written under the policy."""
    token = _policies.set((policy, policy.for_team()))
    try:
        yield
    finally:
        _policies.reset(token)

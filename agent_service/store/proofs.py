"""What callers can be asked in order to prove who they are, as a company declares it.

The company says what it knows; the comparing, the counting of tries and the waiting are the
service's. The model never sees what was asked or entered.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from sqlalchemy.orm import Session

from agent_service.conversation.records import CallerLevel
from agent_service.store.directory import KnownCustomer

CODE: Final = "code"
"""The proof that is the service's own: a one-time code, sent to the contact on file."""
LONGEST_ANSWER: Final = 200
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,23}")


@dataclass(frozen=True, slots=True)
class ProofField:
    """One thing that the caller enters."""

    name: str
    title: str
    """How it is asked for: ``Postcode``."""
    pattern: str
    """What all of it must look like, as a regular expression."""


@dataclass(frozen=True, slots=True)
class Expected:
    """Whom the first field names, and what they must enter in the others."""

    customer: KnownCustomer
    answers: Mapping[str, str]


LookUp: TypeAlias = Callable[[Session, str], Expected | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A way to prove who one is. The first field says who one claims to be."""

    name: str
    title: str
    fields: tuple[ProofField, ...]
    look_up: LookUp
    """Return what belongs to the first field's value, or None. It may take two seconds."""
    level: CallerLevel = CallerLevel.IDENTIFIED
    """What a right answer makes of a caller."""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or self.name == CODE:
            raise ValueError(f"proof {self.name!r}: its name must be a to z, 0 to 9, _, not code")
        names = [field.name for field in self.fields]
        if len(names) < 2 or len(names) != len(set(names)):
            raise ValueError(f"proof {self.name}: needs two fields or more, of different names")
        for field in self.fields:
            try:
                re.compile(field.pattern)
            except re.error as error:
                why = f"the pattern of {field.name} is no regular expression: {error}"
                raise ValueError(f"proof {self.name}: {why}") from error

    def is_well_formed(self, answers: Mapping[str, str]) -> bool:
        """Tell whether the answers are to what is asked."""
        return answers.keys() == {field.name for field in self.fields} and all(
            len(answers[field.name]) <= LONGEST_ANSWER
            and re.fullmatch(field.pattern, answers[field.name]) is not None
            for field in self.fields
        )

    @property
    def claimed(self) -> str:
        """Return the name of the field that says who one claims to be."""
        return self.fields[0].name

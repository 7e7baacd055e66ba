"""Which faults are armed for one connection, and when they happen.

Written as ``name;name:parameter=value,parameter=value``, for example
``transcript_late:ms=800;close:code=1006,after=2``.
"""

import difflib
import random
from collections.abc import Mapping
from dataclasses import dataclass

from agent_service.errors import OfflineError
from agent_service.offline.faults.catalogue import COMMON, KINDS, FaultKind, Value

METADATA_KEY = "offline_faults"
"""In the metadata of a response, or of a session's tracing."""


class FaultError(OfflineError):
    """The wanted faults cannot be understood."""

    code = "invalid_fault"


@dataclass(frozen=True, slots=True)
class Fired:
    """A fault that happens now, with its parameters."""

    values: Mapping[str, Value]

    def number(self, name: str) -> float:
        """Return a numeric parameter."""
        value = self.values[name]
        assert not isinstance(value, str)
        return value

    def text(self, name: str) -> str:
        """Return a parameter as text."""
        return str(self.values[name])


class _Armed:
    def __init__(self, kind: FaultKind, values: Mapping[str, Value]) -> None:
        self.kind = kind
        self.fired = Fired(values)
        self._spared = self.fired.number("after")
        self._left = self.fired.number("times") or float("inf")

    def happens(self, chance: random.Random) -> bool:
        """Count an occasion and say whether the fault happens on it."""
        if self._left <= 0 or chance.random() >= self.fired.number("chance"):
            return False
        if self._spared > 0:
            self._spared -= 1
            return False
        self._left -= 1
        return True


class FaultPlan:
    """Armed faults; with the same seed and the same occasions the same happens."""

    def __init__(
        self, wanted: str = "", *, seed: int = 0, overheard: dict[str, None] | None = None
    ) -> None:
        self.overheard: dict[str, None] = {} if overheard is None else overheard
        """Identifiers of all conversations, for the hostile model."""
        self.random = random.Random(seed)  # noqa: S311  repeatable on purpose
        self._armed = _read(wanted)

    def arm(self, wanted: str, *, seed: int | None = None) -> None:
        """Put other faults in the place of the armed ones."""
        self._armed = _read(wanted)
        if seed is not None:
            self.random.seed(seed)

    def and_also(self, wanted: str) -> "FaultPlan":
        """Return a plan that has these faults too; both share what has happened so far."""
        plan = FaultPlan(overheard=self.overheard)
        plan.random = self.random
        plan._armed = [*self._armed, *_read(wanted)]
        return plan

    def fires(self, name: str, *, at: str | None = None) -> Fired | None:
        """Count an occasion for a fault; return its parameters if it happens now.

        ``at`` is the server event of the occasion, for faults that wait for one.
        """
        for armed in self._armed:
            if armed.kind.name != name:
                continue
            if at is not None and armed.fired.values["at"] not in (at, "*"):
                continue
            if armed.happens(self.random):
                return armed.fired
        return None

    def described(self) -> list[dict[str, Value]]:
        """Return the armed faults with all their parameters."""
        return [{"name": armed.kind.name, **armed.fired.values} for armed in self._armed]


def _read(wanted: str) -> list[_Armed]:
    return [_armed(part.strip()) for part in wanted.split(";") if part.strip()]


def _armed(text: str) -> _Armed:
    name, _, parameters = text.partition(":")
    name = name.strip()
    if name not in KINDS:
        near = difflib.get_close_matches(name, KINDS, n=1)
        hint = f" Did you mean '{near[0]}'?" if near else " GET /faults lists them."
        raise FaultError(f"There is no fault named '{name}'.{hint}")
    kind = KINDS[name]
    values: dict[str, Value] = {**COMMON, "times": kind.times, **kind.defaults}
    for pair in parameters.split(","):
        if pair.strip():
            key, value = _parameter(kind, pair, values)
            values[key] = value
    return _Armed(kind, values)


def _parameter(kind: FaultKind, pair: str, values: Mapping[str, Value]) -> tuple[str, Value]:
    key, equals, text = (piece.strip() for piece in pair.partition("="))
    if not equals or key not in values:
        known = ", ".join(values)
        raise FaultError(f"Fault '{kind.name}' has no parameter '{key}'. It has: {known}.")
    if isinstance(values[key], str):
        return key, text
    try:
        return key, float(text)
    except ValueError:
        raise FaultError(
            f"Parameter '{key}' of fault '{kind.name}' is a number, not '{text}'."
        ) from None

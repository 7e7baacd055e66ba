"""Reading the members of a client's JSON objects, with the protocol's own complaints."""

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias, TypeVar

from agent_service.offline.protocol.errors import (
    invalid_type,
    invalid_value,
    missing_parameter,
    unknown_parameter,
)

T = TypeVar("T")

Reader: TypeAlias = Callable[[Any, str], T]
"""Takes a JSON value and its dotted path; returns the value read or raises a ProtocolError."""


class Members:
    """One JSON object: members are taken one by one, what is left over is unknown."""

    def __init__(self, value: object, path: str) -> None:
        if not isinstance(value, dict):
            raise invalid_type(path, "an object", value)
        self.path = path
        self._left: dict[str, Any] = dict(value)

    def has(self, name: str) -> bool:
        """Say whether the member is present and was not taken yet."""
        return name in self._left

    def where(self, name: str) -> str:
        """Return the dotted path of a member."""
        return f"{self.path}.{name}" if self.path else name

    def required(self, name: str, reader: Reader[T]) -> T:
        """Take a member that must be there."""
        if name not in self._left:
            raise missing_parameter(self.where(name))
        return reader(self._left.pop(name), self.where(name))

    def optional(self, name: str, reader: Reader[T], default: T) -> T:
        """Take a member, or return the default when it is absent."""
        if name not in self._left:
            return default
        return reader(self._left.pop(name), self.where(name))

    def ignore(self, *names: str) -> None:
        """Accept members that have no effect."""
        for name in names:
            self._left.pop(name, None)

    def finish(self) -> None:
        """Refuse whatever was not taken."""
        for name in self._left:
            raise unknown_parameter(self.where(name))


def string(value: Any, path: str) -> str:
    """Return a string."""
    if not isinstance(value, str):
        raise invalid_type(path, "a string", value)
    return value


def boolean(value: Any, path: str) -> bool:
    """Return a boolean."""
    if not isinstance(value, bool):
        raise invalid_type(path, "a boolean", value)
    return value


def json_object(value: Any, path: str) -> dict[str, Any]:
    """Return an object as it is."""
    if not isinstance(value, dict):
        raise invalid_type(path, "an object", value)
    return value


def integer(low: int, high: int) -> Reader[int]:
    """Read an integer within bounds."""

    def read(value: Any, path: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise invalid_type(path, "an integer", value)
        if not low <= value <= high:
            raise invalid_value(
                path, f"Invalid value: {value}. Expected an integer from {low} to {high}."
            )
        return value

    return read


def number(low: float, high: float) -> Reader[float]:
    """Read a number within bounds."""

    def read(value: Any, path: str) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise invalid_type(path, "a decimal", value)
        if not low <= value <= high:
            raise invalid_value(
                path, f"Invalid value: {value}. Expected a number from {low} to {high}."
            )
        return float(value)

    return read


def one_of(*allowed: str) -> Reader[str]:
    """Read one of a set of names."""

    def read(value: Any, path: str) -> str:
        if string(value, path) not in allowed:
            raise invalid_value(
                path, f"Invalid value: '{value}'. Supported values are: {listed(allowed)}."
            )
        return str(value)

    return read


def nullable(reader: Reader[T]) -> Reader[T | None]:
    """Read null or what the reader reads."""

    def read(value: Any, path: str) -> T | None:
        return None if value is None else reader(value, path)

    return read


def list_of(reader: Reader[T]) -> Reader[tuple[T, ...]]:
    """Read an array, element by element."""

    def read(value: Any, path: str) -> tuple[T, ...]:
        if not isinstance(value, list):
            raise invalid_type(path, "an array", value)
        return tuple(reader(element, f"{path}[{i}]") for i, element in enumerate(value))

    return read


def listed(names: Iterable[str]) -> str:
    """Return names as the service lists them: 'a', 'b', and 'c'."""
    quoted = [f"'{name}'" for name in names]
    if len(quoted) < 3:
        return " and ".join(quoted)
    return ", ".join(quoted[:-1]) + f", and {quoted[-1]}"

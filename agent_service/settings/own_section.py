"""The section of ``service.toml`` that belongs to the company: kept as it was read until the
company's module, which says what may stand in it, is loaded."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from agent_service.settings.toml_file import KeyPath


@dataclass(frozen=True, slots=True)
class OwnSection:
    """What a company's section says, and where each key was set."""

    name: str
    values: Mapping[str, Any]
    place: Callable[[KeyPath], str]


def name_of_section(module: str) -> str:
    """Return how the section of a company's module is named: by the module's own name."""
    return module.rpartition(".")[2]

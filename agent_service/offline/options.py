"""How the provider is set up."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Limits:
    """What the server puts up with."""

    connections: int = 100
    """Calls at a time; more are refused."""
    session_s: float | None = None
    """Length of a connection; None leaves it to the dialect."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """TLS files; some official clients insist on ``wss``."""

    chain: Path
    key: Path


@dataclass(frozen=True, slots=True)
class ChatModel:
    """An endpoint that speaks chat completions."""

    url: str
    model: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class OfflineOptions:
    """How the provider is to run as a process of its own."""

    host: str
    port: int
    """0 takes a free one."""
    api_keys: tuple[str, ...] = ()
    """None: any key is good."""
    limits: Limits = Limits()
    certificate: Certificate | None = None
    faults: str = ""
    """Armed from the start."""
    fault_seed: int = 0
    scripts: tuple[Path, ...] = ()
    chat: ChatModel | None = None
    """In the place of the responder that ships with the provider."""

"""What a company brings to the service: one object, made by the company's own module."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy.orm import Session

from agent_service.conversation.records import Caller
from agent_service.runtime.deliveries import Receiver
from agent_service.store.branches import Branch
from agent_service.store.directory import Directory
from agent_service.store.erasure import EraseOwn
from agent_service.store.outbox import Settle
from agent_service.store.proofs import Proof
from agent_service.tools.tool import Tool

Seed: TypeAlias = Callable[[Session, datetime], bool]
"""Fill the company's tables once; tell whether there was something to fill."""


Facts: TypeAlias = Callable[[Session, Caller, datetime], Mapping[str, Any]]
"""What a page shows to that caller at that moment, as JSON has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPage:
    """A web page of the company's own with the widget on it, for whoever looks at the service."""

    folder: Path
    """``index.html``, shown at ``/``, and what it loads, from ``/demo/page/``."""
    facts: Facts
    """Read anew for each ``GET /demo/facts``, in a transaction that only reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """What ``agent-service up`` needs in order to show the company to somebody."""

    caller: Caller
    """Whom the demo page and calls from the terminal speak as."""
    question: str
    """Something to ask: ``Where is order 1004?``."""
    kinds: tuple[str, ...] = ()
    """Kinds of messages, beside ``message``, that are written to files where nobody takes them."""
    page: DemoPage | None = None
    """What is shown at ``/``; a plain page without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Everything of a company's that the service uses; all of it may be left out."""

    title: str = ""
    """For people: ``the demo shop``."""
    tools: tuple[Tool, ...] = ()
    tables: Branch | None = None
    directory: Directory | None = None
    """Who the customers are and how they are reached."""
    proofs: tuple[Proof, ...] = ()
    """What callers can be asked in order to prove who they are."""
    receivers: Mapping[str, Receiver] = field(default_factory=dict)
    """Who carries out messages, by kind; the settings may name others."""
    settlements: Mapping[str, Settle] = field(default_factory=dict)
    """What an answer from outside changes in the company's tables, by kind of message."""
    erase: EraseOwn | None = None
    """Takes a customer out of the company's own tables, and says what has to stay, and why."""
    seed: Seed | None = None
    demo: Demo | None = None

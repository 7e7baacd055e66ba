"""What tests of several packages need: programs, sample records, logging that is cheap."""

import importlib.util
import logging
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import structlog

from agent_service.clock import uuid7
from agent_service.conversation.records import (
    Caller,
    CallerLevel,
    ConfirmationRecord,
    ConfirmationStatus,
    ConversationRecord,
    IncidentRecord,
    Modality,
    Record,
    Role,
    ToolCallRecord,
    ToolCallStatus,
    TurnRecord,
    placed,
)

hypothesis.settings.register_profile("shared machines", deadline=None)
hypothesis.settings.load_profile("shared machines")

USES_SHOP = re.compile(r"import .*demo_shop|\b(shop_desk|demo_shop)[.\w]* import")
HAS_SHOP = importlib.util.find_spec("agent_service.demo_shop") is not None
PLAIN = Path(__file__).parent / "data" / "plain_service"
pytest_plugins = (
    "browsing",
    "databases",
    "firefox",
    "webkit",
    "hand_clock",
    "measuring",
    "tool_desk",
    "workshop_desk",
    "random_conversations",
    "s3_server",
)


def pytest_configure() -> None:
    """Log exceptions plainly; serve an agent without the shop's tools where that was taken out."""
    if not HAS_SHOP:
        os.environ["AGENT_SERVICE_CONFIG"] = str(PLAIN)  # noqa: TID251  the commands' own door
    # structlog's own choice draws a box around each frame's variables: seconds for one exception.
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], plain])


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out what works with the demo shop where that was taken out."""
    if HAS_SHOP:
        return None
    file = collection_path / "conftest.py" if collection_path.is_dir() else collection_path
    if file.suffix != ".py" or file == Path(__file__) or not file.is_file():
        return None
    return True if USES_SHOP.search(file.read_text()) else None


@pytest.fixture(autouse=True)
def _log_restored() -> Iterator[None]:
    """Take back what a command set up: it writes to a stream that ends with the test."""
    before, handlers, level = structlog.get_config(), logging.root.handlers, logging.root.level
    yield
    if structlog.get_config() != before:
        structlog.configure(**before)
        logging.captureWarnings(False)
        logging.root.handlers, logging.root.level = handlers, level


@pytest.fixture(scope="session")
def program() -> Callable[[str], str]:
    """Find a program that apt installs; without it the test is skipped, but in CI it fails."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None and os.environ.get("CI") == "true":  # noqa: TID251  tests have no settings
            pytest.fail(f"{name} is missing: .ci/run installs it")
        if path is None:
            pytest.skip(f"needs {name} (apt-get install {name})")
        return path

    return find


@dataclass
class SampleConversation:
    """Records of one conversation; every keyword replaces a field."""

    conversation_id: str = field(default_factory=uuid7)
    started_at: datetime = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    def conversation(self, **changes: Any) -> ConversationRecord:
        record = ConversationRecord(
            conversation_id=self.conversation_id,
            agent="support",
            channel="widget",
            modality=Modality.AUDIO,
            caller=Caller("C-1", "Jane Doe", CallerLevel.IDENTIFIED),
            provider="offline",
            model="offline",
            started_at=self.started_at,
        )
        return replace(record, **changes)

    def turn(self, seq: int, **changes: Any) -> TurnRecord:
        at = self.started_at + timedelta(seconds=2 * seq)
        record = TurnRecord(
            turn_id=uuid7(),
            conversation_id=self.conversation_id,
            seq=seq,
            role=Role.CALLER if seq % 2 else Role.AGENT,
            modality=Modality.AUDIO,
            text=f"This is turn {seq}.",
            heard_text=f"This is turn {seq}.",
            heard_ms=1500,
            is_interrupted=False,
            started_at=at,
            ended_at=at + timedelta(seconds=1.5),
            started_ms=2000 * seq,
            ended_ms=2000 * seq + 1500,
        )
        return replace(record, **changes)

    def tool_call(self, **changes: Any) -> Record:
        record = ToolCallRecord(
            id=uuid7(),
            conversation_id=self.conversation_id,
            tool_call_id="call_1",
            name="find_order",
            arguments='{"order_number": 1004}',
            status=ToolCallStatus.SUCCEEDED,
            output='{"state": "shipped"}',
            requested_at=self.started_at + timedelta(seconds=3),
            ended_at=self.started_at + timedelta(seconds=3.2),
        )
        return placed(replace(record, **changes), self.started_at)

    def confirmation(self, **changes: Any) -> Record:
        record = ConfirmationRecord(
            confirmation_id=uuid7(),
            conversation_id=self.conversation_id,
            tool_call_id="call_1",
            summary="Cancel order 1007?",
            arguments_hash="0" * 64,
            status=ConfirmationStatus.OFFERED,
            offered_at=self.started_at + timedelta(seconds=4),
            expires_at=self.started_at + timedelta(seconds=64),
        )
        return placed(replace(record, **changes), self.started_at)

    def incident(self, **changes: Any) -> Record:
        record = IncidentRecord(
            incident_id=uuid7(),
            conversation_id=self.conversation_id,
            code="provider_failed",
            message="The provider went away.",
            occurred_at=self.started_at + timedelta(seconds=5),
        )
        return placed(replace(record, **changes), self.started_at)


@pytest.fixture
def sample() -> SampleConversation:
    """Records of one conversation that began at 12:00 UTC on 1 March 2026."""
    return SampleConversation()


@pytest.fixture
def new_sample() -> Callable[[], SampleConversation]:
    """Make further ones."""
    return SampleConversation

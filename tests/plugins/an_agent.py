"""Agents for tests: one with as little set as can be, its conversations' limits, and others."""

from dataclasses import replace
from typing import Any

from agent_service.agent import AgentSettings
from agent_service.conversation.spec import Limits, SessionSpec

AGENT = AgentSettings(
    name="support", title="Support", instructions="Be kind.", voice="alloy", language="en"
)
LIMITS = Limits(
    grace_s=30,
    ring_s=30,
    confirmation_s=60,
    yes_grace_s=0.0,
    yes_confidence=0.5,
    transcript_s=5,
)
"""Of conversations whose yes counts at once."""


def agent(**settings: Any) -> AgentSettings:
    """Return the agent with some settings of its own, checked as those of a file are."""
    return AgentSettings.model_validate(AGENT.model_dump() | settings)


def with_agent(spec: SessionSpec, **settings: Any) -> SessionSpec:
    """Return the spec with an agent that is set up in another way."""
    changed = AgentSettings.model_validate(spec.agent.model_dump() | settings)
    return replace(spec, agent=changed)

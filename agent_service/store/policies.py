"""Under which policy a conversation is kept: its agent's."""

import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_service.agent import AgentSettings
from agent_service.redaction import STRICT, Action, Identifier, Pattern, Policy
from agent_service.store.tables import Conversation

MOST_CONVERSATIONS: Final = 20_000
"""Whose agent is remembered; of others the database is asked."""


def policies_of(agents: Iterable[AgentSettings]) -> dict[str, Policy]:
    """Return the agents' policies, by their names."""
    return {agent.name: policy_of(agent) for agent in agents}


def policy_of(agent: AgentSettings) -> Policy:
    """Return what the agent's settings say."""
    own = agent.redaction
    actions = {
        Identifier.SECURITY_CODE: Action(own.security_code),
        Identifier.IBAN: Action(own.iban),
        Identifier.EMAIL: Action(own.email),
        Identifier.PHONE: Action(own.phone),
        Identifier.NATIONAL_ID: Action(own.national_id),
    }
    patterns = tuple(
        Pattern(name, re.compile(one.match), Action(one.action))
        for name, one in own.patterns.items()
    )
    return Policy(actions, patterns)


class Policies:
    """Finds the policy of each conversation, from any thread."""

    def __init__(self, by_agent: Mapping[str, Policy]) -> None:
        self._by_agent = by_agent
        self._agents: OrderedDict[str, str] = OrderedDict()
        self._guard = Lock()

    def note(self, conversation_id: str, agent: str) -> None:
        """Remember with which agent a conversation is."""
        with self._guard:
            self._agents[conversation_id] = agent
            self._agents.move_to_end(conversation_id)
            if len(self._agents) > MOST_CONVERSATIONS:
                self._agents.popitem(last=False)

    def known(self, conversation_id: str) -> Policy:
        """Return the policy of a conversation of this process; of another, the strict one."""
        with self._guard:
            agent = self._agents.get(conversation_id)
        return STRICT if agent is None else self._by_agent.get(agent, STRICT)

    def is_known(self, conversation_id: str) -> bool:
        """Tell whether the conversation's agent is remembered."""
        with self._guard:
            return conversation_id in self._agents

    def of(self, session: Session, conversation_id: str) -> Policy:
        """Return the policy of any conversation that is on record."""
        if not self.is_known(conversation_id):
            wanted = select(Conversation.agent).where(Conversation.id == conversation_id)
            if (agent := session.scalar(wanted)) is not None:
                self.note(conversation_id, agent)
        return self.known(conversation_id)

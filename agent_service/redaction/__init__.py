"""Removes secrets from text: keys, tokens, passwords, card numbers and their security codes; and
what tells who somebody is, as a policy has it.

Used by the log and by everything that is written to the database.
"""

from agent_service.redaction.conversation_memory import ConversationMemory
from agent_service.redaction.memory import CardMemory, without_digits_of
from agent_service.redaction.networks import SHORTEST_CARD
from agent_service.redaction.personal import kept_under
from agent_service.redaction.personal_memory import Removal, without_removed
from agent_service.redaction.policy import (
    AS_GIVEN,
    STRICT,
    Action,
    Identifier,
    Pattern,
    Policy,
    record_policy,
    team_policy,
    written_under,
)
from agent_service.redaction.redacting import (
    Clean,
    redact,
    redact_for_record,
    redact_json,
    redact_value,
)
from agent_service.redaction.secrets import REDACTED, REDACTED_CARD, is_secret_key

__all__ = [
    "AS_GIVEN",
    "REDACTED",
    "REDACTED_CARD",
    "SHORTEST_CARD",
    "STRICT",
    "Action",
    "CardMemory",
    "Clean",
    "ConversationMemory",
    "Identifier",
    "Pattern",
    "Policy",
    "Removal",
    "is_secret_key",
    "kept_under",
    "record_policy",
    "redact",
    "redact_for_record",
    "redact_json",
    "redact_value",
    "team_policy",
    "without_digits_of",
    "without_removed",
    "written_under",
]

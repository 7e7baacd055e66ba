"""Removes secrets from text: keys, tokens, passwords, card numbers and their security codes.

Used by the log and by everything that is written to the database.
"""

from agent_service.redaction.memory import CardMemory, without_digits_of
from agent_service.redaction.networks import SHORTEST_CARD
from agent_service.redaction.redacting import (
    Clean,
    redact,
    redact_for_record,
    redact_json,
    redact_value,
)
from agent_service.redaction.secrets import REDACTED, REDACTED_CARD, is_secret_key

__all__ = [
    "REDACTED",
    "REDACTED_CARD",
    "SHORTEST_CARD",
    "CardMemory",
    "Clean",
    "is_secret_key",
    "redact",
    "redact_for_record",
    "redact_json",
    "redact_value",
    "without_digits_of",
]

"""Removes secrets from text: keys, tokens, passwords, card numbers and their security codes.

Used by the log and by everything that is written to the database.
"""

from agent_service.redaction.networks import SHORTEST_CARD
from agent_service.redaction.redacting import (
    REDACTED,
    REDACTED_CARD,
    redact,
    redact_json,
)
from agent_service.redaction.secrets import is_secret_key

__all__ = [
    "REDACTED",
    "REDACTED_CARD",
    "SHORTEST_CARD",
    "is_secret_key",
    "redact",
    "redact_json",
]

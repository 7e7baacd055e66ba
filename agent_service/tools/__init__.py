"""Support tools: what the agent can look up and do, and how each is declared."""

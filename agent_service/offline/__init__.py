"""A Realtime provider that needs no network. Shares no protocol code with its client."""

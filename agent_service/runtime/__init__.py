"""The asyncio loop around the dialogue: sessions, tool runs, recording."""

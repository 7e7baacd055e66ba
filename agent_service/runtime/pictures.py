"""Finds the pictures that callers have sent, off the event loop."""

from functools import partial

from agent_service.store.database import Database
from agent_service.store.pictures import picture_content


class Pictures:
    """Those of the record."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, conversation_id: str, number: int) -> bytes | None:
        """Return the JPEG of one picture."""
        find = partial(picture_content, conversation_id=conversation_id, number=number)
        return await self._database.run(find)

"""How the caller of a tool is reached, by what is on file."""

from sqlalchemy import select

from agent_service.errors import ToolError
from agent_service.store.contacts import Address, Contact, ways_of
from agent_service.store.directory import DirectoryAway
from agent_service.tools.tool import ToolContext


def on_file(context: ToolContext) -> Address:
    """Return the caller's email address and phone number, as far as they are known."""
    contact = context.session.one(select(Contact))
    if contact is not None and contact.phone and contact.email:
        return ways_of(contact, None)
    try:
        return ways_of(contact, context.look_up_caller())
    except DirectoryAway as error:
        if contact is not None:
            return ways_of(contact, None)
        say = "I cannot look up how to reach you at the moment. Please try again in a minute."
        raise ToolError("retry_later", say) from error

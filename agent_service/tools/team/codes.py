"""Proof of identity by a one-time code, sent to the contact on file."""

from typing import Final

from agent_service.conversation.records import CallerLevel
from agent_service.errors import ToolError
from agent_service.store.identity import new_code
from agent_service.store.limits import Cap
from agent_service.tools.team.on_file import on_file
from agent_service.tools.tool import Answer, Limits, ToolContext, tool


@tool(
    title="Send a security code",
    activity="Sending a security code",
    effect="write",
    audience=CallerLevel.IDENTIFIED,
    confirmation="never",
    is_repeatable=True,
    is_proof=True,
    limits=Limits(conversation=Cap(3), customer_day=Cap(5), tenant_day=Cap(10_000)),
    examples=(
        "Send me the code",
        "I need a security code",
        "Text me a verification code",
        "I didn't get the code, send it again",
        "How can I prove it's me?",
        "Send the code to my phone",
        "Verify my identity",
        "The code has expired, can I have a new one?",
        "Please send a one-time password",
        "Confirm that it's really me",
    ),
)
def send_security_code(context: ToolContext) -> Answer:
    """Send a one-time code to the caller's phone on file, so that they can prove who they are. The
    caller enters the code themselves; never ask for it aloud."""
    ways, customer_id = on_file(context), context.caller.customer_id
    to = ways.phone or ways.email
    if to is None or customer_id is None:
        raise ToolError("not_allowed", "I find no contact on file to send a code to.")
    where = f"phone ending in {to[-2:]}" if ways.phone else "email address"
    row, code = new_code(context.conversation_id, customer_id, context.now)
    context.session.add(row)
    text = f"Your code is {code}. It is valid for 5 minutes. We never ask for it by phone."
    context.queue("message", {"to": to, "text": text}, is_secret=True)
    return Answer(
        f"I have sent a code to your {where}. Please enter it within five minutes.",
        {"sent_to": where},
    )


TOOLS: Final = (send_security_code,)

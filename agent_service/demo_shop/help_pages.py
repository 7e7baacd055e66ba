"""The search in the help pages, worded for what a shop's customers ask about."""

from dataclasses import replace
from typing import Final

from agent_service.company import search_help

TOOLS: Final = (
    replace(
        search_help,
        description="Search the help pages for general questions: returns, refunds, shipping,"
        " payment, warranty, invoices, account. Not for the state of a certain order.",
        examples=(
            "What is your return policy?",
            "How long do I have to send something back?",
            "How much is shipping?",
            "Do you deliver to Canada?",
            "How long does delivery take?",
            "How does the warranty work?",
            "Which payment methods do you accept?",
            "Can I pay with PayPal?",
            "When does a refund arrive?",
            "How do I get an invoice?",
            "How can I delete my account?",
            "Do you have gift cards?",
            "What happens if my parcel is lost?",
            "What do I do if something arrives broken?",
            "Do you offer express delivery?",
        ),
    ),
)

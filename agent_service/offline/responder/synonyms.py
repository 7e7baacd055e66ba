"""Colloquial English words for what service desks do, with the plain word of each: a sentence is
also compared with its plain words."""

import re

_PLAIN: dict[str, tuple[str, ...]] = {
    "cancel": (
        "scrap", "call off", "drop", "strike", "annul", "revoke", "undo", "bin", "ditch",
        "get rid of", "back out of", "withdraw from", "take me off", "cross out", "scratch",
    ),
    "look up": ("pull up", "bring up", "call up"),
    "what is the price of": ("how much is", "how much are", "how much does", "how much would"),
    "how many minutes": ("how long does", "how long is", "how long will"),
    "return": ("send back", "give back", "hand back", "bring back", "ship back"),
    "refund": ("reimburse", "pay back", "money back", "cash back", "reimbursement"),
    "exchange": ("swap", "trade", "switch for"),
    "change": ("alter", "amend", "adjust", "modify", "correct", "fix"),
    "move": ("postpone", "reschedule", "push back", "put off", "shift", "rearrange", "delay"),
    "book": ("reserve", "schedule", "arrange", "set up", "make an appointment for"),
    "extend": ("renew", "prolong", "keep longer", "hang on to"),
    "order": ("purchase", "stuff", "shopping"),
    "parcel": ("package", "box", "delivery", "shipment", "packet"),
    "bill": ("invoice", "statement"),
    "fee": ("fine", "penalty", "charge", "late fee"),
    "pay": ("settle", "clear", "square up"),
    "doctor": ("physician", "gp", "doc"),
    "medicine": ("pills", "tablets", "medication", "meds", "drugs", "capsules"),
    "prescription": ("script",),
    "test results": ("lab work", "bloodwork", "findings", "readings", "scan"),
    "appointment": ("visit", "slot", "check-up", "checkup", "consultation", "session"),
    "person": ("somebody real", "human being", "living soul", "real human", "rep", "colleague"),
    "manager": ("supervisor", "boss", "superior", "whoever is in charge"),
    "call back": ("ring back", "phone back", "give me a ring", "ring me", "phone me", "buzz me"),
    "complaint": ("grievance", "gripe"),
    "complain": ("moan", "grumble", "kick up a fuss"),
    "broken": ("busted", "faulty", "defective", "cracked", "smashed", "shattered", "kaput"),
    "address": ("flat", "apartment", "house", "home"),
    "card": ("plastic", "membership card"),
    "phone": ("mobile", "cell", "handset", "telephone"),
    "help articles": ("faq", "guide", "instructions"),
    "message": ("note", "word"),
    "lost": ("misplaced", "mislaid", "cannot find", "can't find"),
    "borrowed": ("checked out", "taken out", "lent"),
    "money": ("cash", "bucks", "dough"),
    "open": ("accessible", "manned", "staffed"),
    "available": ("in stock", "to be had"),
}  # fmt: skip
_PLAIN_OF = {phrase: plain for plain, phrases in _PLAIN.items() for phrase in phrases}
_COLLOQUIAL = re.compile(
    rf"\b(?:{'|'.join(re.escape(p) for p in sorted(_PLAIN_OF, key=len, reverse=True))})\b",
    re.IGNORECASE,
)


def in_plain_words(text: str) -> str:
    """Return the text with plain words for colloquial ones."""
    return _COLLOQUIAL.sub(lambda m: _PLAIN_OF[m.group().lower()], text)

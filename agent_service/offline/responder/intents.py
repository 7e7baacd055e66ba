"""What callers say besides asking for a tool: phrasings of yes, no, thanks, goodbye and the
like, in English.

They train the router beside the tools' own phrasings; none of them belongs to a trade.
"""

from enum import Enum

from agent_service.offline.responder.texts import paragraphs


class Intent(Enum):
    YES = "yes"
    NO = "no"
    GREETING = "greeting"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    REPEAT = "repeat"
    ABILITIES = "abilities"
    IDENTITY = "identity"
    SMALLTALK = "smalltalk"
    ANGER = "anger"
    OUT_OF_SCOPE = "out_of_scope"


PHRASINGS = {Intent(name): texts for name, texts in paragraphs("intents.txt").items()}

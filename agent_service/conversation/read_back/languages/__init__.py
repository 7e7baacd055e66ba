"""The languages whose read-backs can be compared in other words."""

from types import MappingProxyType

from agent_service.conversation.read_back.languages.de import GERMAN
from agent_service.conversation.read_back.languages.en import ENGLISH
from agent_service.conversation.read_back.languages.es import SPANISH
from agent_service.conversation.read_back.languages.fr import FRENCH
from agent_service.conversation.read_back.languages.it import ITALIAN
from agent_service.conversation.read_back.languages.pt import PORTUGUESE

LANGUAGES = MappingProxyType(
    {language.tag: language for language in (ENGLISH, GERMAN, FRENCH, SPANISH, ITALIAN, PORTUGUESE)}
)

"""Settings: the only package that reads files and the environment."""

from agent_service.settings.loading import Explained, find_config, load, load_explained
from agent_service.settings.phone import PhoneSettings
from agent_service.settings.service import (
    SHORTEST_TICKET_SECRET,
    ConversationSettings,
    DatabaseSettings,
    DeskSettings,
    LogSettings,
    OfflineSettings,
    PriceSettings,
    ProviderSettings,
    ServerSettings,
    Settings,
    TicketSettings,
    ToolSettings,
)

__all__ = [
    "SHORTEST_TICKET_SECRET",
    "ConversationSettings",
    "DatabaseSettings",
    "DeskSettings",
    "Explained",
    "LogSettings",
    "OfflineSettings",
    "PhoneSettings",
    "PriceSettings",
    "ProviderSettings",
    "ServerSettings",
    "Settings",
    "TicketSettings",
    "ToolSettings",
    "find_config",
    "load",
    "load_explained",
]

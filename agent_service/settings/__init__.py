"""Settings: the only package that reads files and the environment."""

from agent_service.settings.agent import AgentSettings, TurnDetectionSettings
from agent_service.settings.loading import find_config, load
from agent_service.settings.service import (
    ConversationSettings,
    DatabaseSettings,
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
    "AgentSettings",
    "ConversationSettings",
    "DatabaseSettings",
    "LogSettings",
    "OfflineSettings",
    "PriceSettings",
    "ProviderSettings",
    "ServerSettings",
    "Settings",
    "TicketSettings",
    "ToolSettings",
    "TurnDetectionSettings",
    "find_config",
    "load",
]

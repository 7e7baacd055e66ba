"""What the settings name, made: for the service, and for commands that need a part of it.

Light to import: no web, no dialogue.
"""

import os
import secrets
from collections.abc import Mapping
from functools import partial
from typing import Final

from agent_service.agent import AgentSettings
from agent_service.clock import Clock, SystemClock
from agent_service.company.declaration import Company
from agent_service.company.loading import company_module
from agent_service.engines.dialects import dialect_name, dialect_of
from agent_service.engines.line import EngineLimits, Line, line_to
from agent_service.engines.prices import (
    MODEL_PRICES,
    TRANSCRIBER_PRICES,
    ModelPrice,
    Prices,
    transcriber_price,
)
from agent_service.engines.provider import ProviderChoice
from agent_service.errors import SettingsError
from agent_service.notices.shelf import Speaker
from agent_service.notices.texts import language_of
from agent_service.private_files import make_folder, read_file, write_file
from agent_service.recording.deletion import delete_recordings
from agent_service.recording.storage import Shelves, storage_of
from agent_service.runtime.deliveries import Receiver
from agent_service.runtime.receivers import FileReceiver, load_receivers
from agent_service.runtime.webhook import WebhookReceiver
from agent_service.settings import SHORTEST_TICKET_SECRET, ProviderSettings, Settings
from agent_service.store.database import Database
from agent_service.store.erasure import Erasing
from agent_service.store.outbox import WEBHOOK
from agent_service.store.retention import Kept, Retention, rules_of
from agent_service.tools.loading import load_tools
from agent_service.tools.registry import Registry

TICKET_SECRET_FILE: Final = "ticket-secret"  # noqa: S105 - a file name


def ticket_secret(settings: Settings) -> str:
    """Return the secret that signs tickets; one is made and kept when none is set."""
    if settings.tickets.secret is not None:
        return settings.tickets.secret.get_secret_value()
    path = settings.data_dir / TICKET_SECRET_FILE
    if not os.path.exists(path):  # Path.exists raises where we may not look
        make_folder(settings.data_dir)
        write_file(path, secrets.token_urlsafe(48) + "\n")
    secret = read_file(path).strip()
    if len(secret) < SHORTEST_TICKET_SECRET:
        raise SettingsError([f"{path}: is too short to sign with: remove it, another is made"])
    return secret


def keeping_of(
    settings: Settings, company: Company, database: Database, clock: Clock
) -> tuple[Retention, Erasing]:
    """Return what takes out of the record what is too old, and whoever asks to be erased."""
    storage = recording_storage(settings)
    delete_sound = partial(delete_recordings, database, storage, settings.recordings_folder)
    own = settings.retention
    others = {
        Kept.MESSAGES: own.message_days,
        Kept.REQUESTS: own.request_days,
        Kept.AUDIT: own.audit_days,
    }
    rules = rules_of(settings.agents.values(), others)
    tables = tuple(company.tables.tables.values()) if company.tables else ()
    return (
        Retention(database, rules, delete_sound),
        Erasing(
            database,
            clock,
            delete_sound,
            company.erase,
            tables,
            FileReceiver(settings.outbox_folder).delete,
        ),
    )


def recording_storage(settings: Settings) -> Shelves:
    """Return where recordings are kept; raise SettingsError if that cannot be used."""
    section = settings.recording
    options = {name: value.get_secret_value() for name, value in section.storage_options.items()}
    return storage_of(settings.recordings_folder, section.storage_url, options)


def provider_choice(settings: Settings, offline_url: str | None = None) -> ProviderChoice:
    """Return which provider to talk to, from the settings."""
    provider = settings.provider
    key = provider.api_key.get_secret_value() if provider.api_key else None
    match provider.chosen_kind:
        case "offline":
            if offline_url is None:
                raise SettingsError(["provider: the offline provider is not running"])
            offline_key = settings.offline.api_key
            key = offline_key.get_secret_value() if offline_key else "offline"
            return ProviderChoice("offline", offline_url, "offline", "openai-ga", key)
        case "openai":
            endpoint = provider.endpoint or "https://api.openai.com"
        case "azure":
            endpoint = provider.endpoint or ""
    dialect: str = provider.dialect
    if dialect == "auto":
        dialect = dialect_name(provider.chosen_kind, provider.api_version)
    return ProviderChoice(
        provider.chosen_kind,
        endpoint,
        provider.chosen_model,
        dialect,
        None if provider.uses_entra else key,
        provider.uses_entra,
        provider.token_scope,
    )


def notice_speaker(settings: Settings, agent: AgentSettings) -> Speaker:
    """Return who must have recorded an agent's notices, for them to sound like the agent."""
    return Speaker(settings.provider.chosen_kind, agent.voice, language_of(agent.language))


def tool_registry(settings: Settings, company: Company) -> Registry:
    """Return the company's tools and those of the modules that agents name.

    Raises SettingsError with every mistake in them.
    """
    places: dict[str, str] = {}
    for agent in settings.agents.values():
        for name in agent.tool_modules:
            places.setdefault(name, f"agents/{agent.name}.toml")
    places.pop(company_module(settings) or "", None)
    tools = [*company.tools, *load_tools(places)]
    return Registry(tools, most_characters=settings.tools.output_characters)


def receivers_of(
    settings: Settings, company: Company, others: Mapping[str, Receiver] | None = None
) -> dict[str, Receiver]:
    """Return who takes messages, by kind: named by the settings, else the company's, else others.

    Raises SettingsError with every one that cannot be used.
    """
    named = load_receivers(settings.outbox.receivers)
    return {**(others or {}), **_webhook(settings), **company.receivers, **named}


def _webhook(settings: Settings) -> dict[str, Receiver]:
    """Return who tells another system of the company's what has happened, if there is one."""
    webhook = settings.webhook
    if webhook.url is None or webhook.secret is None:
        return {}
    return {WEBHOOK: WebhookReceiver(webhook.url, webhook.secret.get_secret_value(), SystemClock())}


def provider_line(settings: Settings, choice: ProviderChoice, clock: Clock) -> Line:
    """Return what connections to the provider have in common."""
    return line_to(
        choice,
        clock=clock,
        prices=_prices(settings.provider, choice),
        limits=EngineLimits(connect_s=settings.provider.connect_timeout_s),
    )


def _prices(settings: ProviderSettings, choice: ProviderChoice) -> Prices:
    own, written = settings.prices, settings.transcription_prices
    models = {settings.chosen_model: ModelPrice(**own.model_dump())} if own else MODEL_PRICES
    transcribers = {} if settings.chosen_kind == "offline" else TRANSCRIBER_PRICES
    if written is not None:
        names = dialect_of(choice.dialect).names
        transcriber = settings.transcription_model or names.transcription_model
        transcribers = {transcriber: transcriber_price(**written.model_dump())}
    return {**models, **transcribers}

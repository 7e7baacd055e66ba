"""What connections to one provider have in common: address, proof of identity, prices, limits."""

import ssl
from dataclasses import dataclass, field

from websockets.uri import WebSocketURI, parse_uri

from agent_service.clock import Clock
from agent_service.engines.address import realtime_url
from agent_service.engines.dialects import Dialect, dialect_of
from agent_service.engines.entra import Credential, EntraTokens, default_credential
from agent_service.engines.prices import Prices
from agent_service.engines.provider import ProviderChoice
from agent_service.engines.socket import SocketLimits
from agent_service.errors import SettingsError


@dataclass(frozen=True, slots=True)
class EngineLimits:
    connect_s: float = 5.0
    """For the connection and its handshake."""
    setup_s: float = 10.0
    """For the provider's answers to history and configuration."""
    socket: SocketLimits = field(default_factory=SocketLimits)


@dataclass(frozen=True, slots=True)
class Line:
    choice: ProviderChoice
    dialect: Dialect
    uri: WebSocketURI
    tls: ssl.SSLContext | None
    tokens: EntraTokens | None
    prices: Prices
    limits: EngineLimits
    clock: Clock


def line_to(
    choice: ProviderChoice,
    *,
    clock: Clock,
    prices: Prices,
    limits: EngineLimits,
    tls: ssl.SSLContext | None = None,
    credential: Credential | None = None,
) -> Line:
    """Prepare connections to a provider; raise SettingsError for a choice that cannot work."""
    dialect = dialect_of(choice.dialect)
    uri = parse_uri(realtime_url(choice, dialect))
    if uri.secure and tls is None:
        tls = ssl.create_default_context()
    return Line(
        choice=choice,
        dialect=dialect,
        uri=uri,
        tls=tls if uri.secure else None,
        tokens=_tokens(choice, dialect, credential, clock),
        prices=prices,
        limits=limits,
        clock=clock,
    )


def _tokens(
    choice: ProviderChoice, dialect: Dialect, credential: Credential | None, clock: Clock
) -> EntraTokens | None:
    if not choice.is_keyless:
        return None
    scope = choice.token_scope or dialect.token_scope
    if scope is None:
        problem = f"no key is set, and {dialect.name} cannot do with Microsoft Entra ID"
        remedy = "set AZURE_OPENAI_API_KEY, or leave provider.dialect and provider.keyless out"
        raise SettingsError([f"{problem}: {remedy}"])
    return EntraTokens(scope, credential or default_credential(), clock)

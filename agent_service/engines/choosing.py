"""From the choice of a provider to engines that talk to it."""

import ssl
from collections.abc import Callable

from agent_service.clock import Clock
from agent_service.engines.entra import Credential
from agent_service.engines.line import EngineLimits, Line, line_to
from agent_service.engines.prices import LIST_PRICES, Prices
from agent_service.engines.provider import ProviderChoice
from agent_service.engines.realtime import RealtimeEngine


def engine_factory(
    choice: ProviderChoice,
    *,
    clock: Clock,
    prices: Prices = LIST_PRICES,
    limits: EngineLimits | None = None,
    tls: ssl.SSLContext | None = None,
    credential: Credential | None = None,
) -> Callable[[], RealtimeEngine]:
    """Return what makes engines for a provider; raise SettingsError for a choice that cannot work.

    ``tls`` takes the place of the system's trust store, ``credential`` that of azure-identity's.
    """
    return engines_on(
        line_to(
            choice,
            clock=clock,
            prices=prices,
            limits=limits or EngineLimits(),
            tls=tls,
            credential=credential,
        )
    )


def engines_on(line: Line) -> Callable[[], RealtimeEngine]:
    """Return what makes engines on a line that is shared with others."""
    return lambda: RealtimeEngine(line)

"""The rate limits that clients are shown: buckets that fill again by the minute."""

import time
from collections.abc import Callable
from typing import Any

from agent_service.offline.protocol.dialects import Dialect

_REQUESTS_A_MINUTE = 1_000
_BETA_TOKENS_A_MINUTE = 100_000
_GA_TOKENS_A_MINUTE = 40_000


class RateLimits:
    """Counts what a connection uses. It is shown and never enforced; a fault can refuse."""

    def __init__(self, dialect: Dialect, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        tokens = _BETA_TOKENS_A_MINUTE if dialect.limits_requests else _GA_TOKENS_A_MINUTE
        self._limits = {"tokens": tokens}
        if dialect.limits_requests:
            self._limits = {"requests": _REQUESTS_A_MINUTE, "tokens": tokens}
        self._used = dict.fromkeys(self._limits, 0.0)
        self._at = now()

    def spend(self, tokens: int) -> None:
        """Count one response."""
        self._refill()
        for name in self._used:
            self._used[name] += tokens if name == "tokens" else 1

    def shown(self) -> list[dict[str, Any]]:
        """Return the member of ``rate_limits.updated``."""
        self._refill()
        return [
            {
                "name": name,
                "limit": limit,
                "remaining": max(0, limit - round(self._used[name])),
                "reset_seconds": round(self._used[name] * 60 / limit, 3),
            }
            for name, limit in self._limits.items()
        ]

    def _refill(self) -> None:
        passed = self._now() - self._at
        self._at += passed
        for name, limit in self._limits.items():
            self._used[name] = max(0.0, self._used[name] - passed * limit / 60)

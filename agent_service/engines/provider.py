"""Which provider a service talks to. Plain data: whoever reads settings fills it in."""

from dataclasses import dataclass, field
from typing import Literal

ProviderKind = Literal["azure", "openai", "offline"]


@dataclass(frozen=True, slots=True)
class ProviderChoice:
    """One provider, its dialect and how to prove who we are."""

    kind: ProviderKind
    endpoint: str
    """``https://NAME.openai.azure.com``, ``https://api.openai.com`` or the offline provider's
    ``http://127.0.0.1:PORT``; ``ws`` and ``wss`` are understood too."""
    model: str
    """On Azure the name of the deployment."""
    dialect: str
    """A name of ``dialects.DIALECTS``; see ``dialects.dialect_name``."""
    api_key: str | None = field(default=None, repr=False)
    is_keyless: bool = False
    """Azure only: an Entra ID token takes the place of the key (``azure`` extra)."""
    token_scope: str | None = None
    """Of the Entra ID token, where it is not the dialect's own."""

    @property
    def name(self) -> str:
        """What records call the provider: the dialect, or ``offline``."""
        return "offline" if self.kind == "offline" else self.dialect

"""What a service uses and is about to be switched off, or has been."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from agent_service.engines.dialects import dialect_of
from agent_service.engines.provider import ProviderChoice
from agent_service.engines.retirements import RETIREMENTS, Kind, Retirement

WARN_AHEAD = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Use:
    """Something that the settings make use of."""

    kind: Kind
    name: str


@dataclass(frozen=True, slots=True)
class Ending:
    """What is in use, and ends or has ended."""

    code: Literal["provider_ending", "provider_ended", "provider_deprecated", "provider_unlisted"]
    use: Use
    ends: date | None
    successor: str | None
    source: str

    @property
    def message(self) -> str:
        """Return what is the matter, in words."""
        what = f"{self.use.kind} {self.use.name}"
        match self.code:
            case "provider_unlisted":
                return f"{what} is not in the provider's list of models"
            case "provider_deprecated":
                return f"{what} is deprecated, without a date so far"
            case "provider_ended":
                return f"{what} was switched off on {self.ends}"
            case "provider_ending":
                return f"{what} is switched off on {self.ends}"

    @property
    def remedy(self) -> str:
        """Return what to do about it."""
        return f"use {self.successor}" if self.successor else "use another one of the provider's"


@dataclass(frozen=True, slots=True)
class ListedModel:
    """What a provider's own list says of a model."""

    ends: date | None = None
    is_deprecated: bool = False


def uses(choice: ProviderChoice, model: str, transcription_model: str | None) -> list[Use]:
    """Return what may end of what a service uses; ``model`` is what answers in fact.

    Without a transcription model it is the dialect's own.
    """
    dialect = dialect_of(choice.dialect)
    found = [Use("model", model), Use("dialect", dialect.name)]
    if dialect.api_version:
        found.append(Use("API version", dialect.api_version))
    transcriber = transcription_model or dialect.names.transcription_model
    return [*found, Use("transcription model", transcriber)]


def endings(
    choice: ProviderChoice,
    used: Iterable[Use],
    listed: Mapping[str, ListedModel] | None,
    today: date,
) -> list[Ending]:
    """Return what has ended, or ends within ``WARN_AHEAD``, by the provider's list and the table.

    ``listed`` is None where the provider shows no list.
    """
    found = [_ending(choice, use, listed) for use in used]
    return [
        replace(ending, code="provider_ended") if ending.ends and ending.ends <= today else ending
        for ending in found
        if ending and (ending.ends is None or ending.ends - today <= WARN_AHEAD)
    ]


def _ending(
    choice: ProviderChoice, use: Use, listed: Mapping[str, ListedModel] | None
) -> Ending | None:
    row = _row(choice, use)
    successor = row.successor if row else None
    is_model = use.kind in ("model", "transcription model")
    known = listed.get(use.name) if listed and is_model else None
    if known is not None and known.ends is not None:
        return Ending(
            "provider_ending", use, known.ends, successor, "the provider's list of models"
        )
    if row is not None:
        return Ending("provider_ending", use, row.ends, successor, row.source)
    if known is not None:
        code: Literal["provider_deprecated"] = "provider_deprecated"
        source = "the provider's list of models"
        return Ending(code, use, None, None, source) if known.is_deprecated else None
    # On Azure a deployment has a name of its own, which no list of models holds.
    if listed and is_model and choice.kind == "openai":
        return Ending("provider_unlisted", use, None, None, "the provider's list of models")
    return None


def _row(choice: ProviderChoice, use: Use) -> Retirement | None:
    # By name, whatever the address: a gateway's models end where they are.
    for row in RETIREMENTS:
        if (row.provider, row.kind, row.name) == (choice.kind, use.kind, use.name):
            return row
    return None

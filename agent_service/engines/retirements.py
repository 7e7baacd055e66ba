"""When models, API versions and dialects are switched off, as announced by November 2026.

A provider's own list of models, where it tells dates, knows better: see ``model_list``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from agent_service.engines.provider import ProviderKind

Kind = Literal["model", "transcription model", "API version", "dialect"]

_SDK = "openai for Python 3.54, deprecated values of RealtimeSessionCreateRequest.model"
_SDK_TRANSCRIPTION = "openai for Python 3.54, deprecated values of AudioTranscription.model"
_AZURE = "Microsoft, retirement schedule of Foundry models, July 2026: not sooner than"
_AZURE_PREVIEW = "Microsoft, migration from preview to GA version of Realtime API"
_OPENAI_BETA = "reported in May 2026: the beta shape of sessions is refused"


@dataclass(frozen=True, slots=True)
class Retirement:
    """One row: what ends when at whose service, and what takes its place."""

    provider: ProviderKind
    kind: Kind
    name: str
    ends: date
    successor: str | None
    source: str


def _rows(
    provider: ProviderKind, kind: Kind, source: str, names: Mapping[str, tuple[str, str | None]]
) -> Iterable[Retirement]:
    for name, (ends, successor) in names.items():
        yield Retirement(provider, kind, name, date.fromisoformat(ends), successor, source)


_NEXT, _NEXT_MINI = "gpt-realtime-2.1", "gpt-realtime-2.1-mini"
_NEXT_TRANSCRIPTION = "gpt-transcribe"

RETIREMENTS: tuple[Retirement, ...] = (
    *_rows(
        "openai",
        "model",
        _SDK,
        {
            "gpt-realtime": ("2027-01-20", _NEXT),
            "gpt-realtime-2025-08-28": ("2027-01-20", _NEXT),
            "gpt-realtime-mini": ("2027-01-20", _NEXT_MINI),
            "gpt-realtime-mini-2025-12-15": ("2027-01-20", _NEXT_MINI),
        },
    ),
    *_rows(
        "openai",
        "transcription model",
        _SDK_TRANSCRIPTION,
        {
            "whisper-1": ("2027-02-26", _NEXT_TRANSCRIPTION),
            "gpt-4o-transcribe": ("2027-02-26", _NEXT_TRANSCRIPTION),
            "gpt-4o-transcribe-diarize": ("2027-02-26", _NEXT_TRANSCRIPTION),
            "gpt-4o-mini-transcribe": ("2027-02-26", _NEXT_TRANSCRIPTION),
            "gpt-4o-mini-transcribe-2025-12-15": ("2027-02-26", _NEXT_TRANSCRIPTION),
        },
    ),
    *_rows("openai", "dialect", _OPENAI_BETA, {"openai-beta": ("2026-05-12", "openai-ga")}),
    *_rows(
        "azure",
        "model",
        _AZURE,
        {
            "gpt-4o-realtime-preview-2024-10-01": ("2025-03-26", _NEXT),
            "gpt-realtime": ("2027-02-28", _NEXT),
            "gpt-realtime-2025-08-28": ("2027-02-28", _NEXT),
            "gpt-realtime-mini": ("2026-12-15", _NEXT_MINI),
            "gpt-realtime-mini-2025-10-06": ("2026-07-23", _NEXT_MINI),
            "gpt-realtime-mini-2025-12-15": ("2026-12-15", _NEXT_MINI),
            "gpt-realtime-1.5": ("2027-02-23", _NEXT),
            "gpt-realtime-2": ("2027-05-06", _NEXT),
            "gpt-realtime-2.1": ("2027-06-25", None),
            "gpt-realtime-2.1-mini": ("2027-06-25", None),
        },
    ),
    *_rows(
        "azure",
        "transcription model",
        _AZURE,
        {
            "whisper-1": ("2026-12-15", _NEXT_TRANSCRIPTION),
            "gpt-4o-transcribe": ("2026-10-15", _NEXT_TRANSCRIPTION),
            "gpt-4o-transcribe-diarize": ("2026-10-15", _NEXT_TRANSCRIPTION),
            "gpt-4o-mini-transcribe": ("2026-12-15", _NEXT_TRANSCRIPTION),
        },
    ),
    *_rows(
        "azure",
        "API version",
        _AZURE_PREVIEW,
        {
            "2024-10-01-preview": ("2026-04-30", "v1"),
            "2024-12-17": ("2026-04-30", "v1"),
            "2025-04-01-preview": ("2026-04-30", "v1"),
        },
    ),
)

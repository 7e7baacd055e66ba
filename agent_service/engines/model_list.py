"""The provider's own list of models: which there are, and when they end where it says so."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import httpx

from agent_service.engines.address import handshake_headers, models_url
from agent_service.engines.endings import ListedModel
from agent_service.engines.line import Line
from agent_service.errors import EngineError

_PATIENCE_S = 10.0
_LARGEST = 4 << 20
_DATES = ("shutdown_date", "retirement_date", "expires_at", "expires", "inference")
_DEPRECATED = ("deprecated", "deprecating", "retired")


async def listed_models(line: Line) -> Mapping[str, ListedModel] | None:
    """Ask the provider for its models by name; None where it shows no list that can be read."""
    try:
        token = await line.tokens.token() if line.tokens else None
        headers = handshake_headers(line.choice, line.dialect, token)
        verify = line.tls if line.tls is not None else True
        async with httpx.AsyncClient(timeout=_PATIENCE_S, verify=verify) as client:
            answer = await client.get(models_url(line.choice), headers=headers)
    except (httpx.HTTPError, EngineError):
        return None
    if answer.status_code != 200 or len(answer.content) > _LARGEST:
        return None
    return read_models(answer.content)


def read_models(body: bytes) -> Mapping[str, ListedModel] | None:
    """Return the models of an answer; None for what is no list of models."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    models = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(models, list):
        return None
    listed = [model for model in models if isinstance(model, dict)]
    named = {model["id"]: _listed(model) for model in listed if isinstance(model.get("id"), str)}
    return named or None


def _listed(model: Mapping[str, Any]) -> ListedModel:
    # OpenAI says ``shutdown_date``, Azure ``deprecation: {inference}`` in unix seconds.
    deprecation = model.get("deprecation")
    inner = deprecation if isinstance(deprecation, dict) else {}
    dates = (_date(place.get(name)) for place in (model, inner) for name in _DATES)
    state = model.get("lifecycle_status") or model.get("status")
    is_deprecated = model.get("deprecated") is True or state in _DEPRECATED
    return ListedModel(next((day for day in dates if day is not None), None), is_deprecated)


def _date(value: Any) -> date | None:
    try:
        if isinstance(value, str):
            return datetime.fromisoformat(value).date()
        if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
            return datetime.fromtimestamp(value, UTC).date()
    except (ValueError, OverflowError, OSError):
        pass
    return None

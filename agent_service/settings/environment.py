"""What the environment and the command line say, laid over what a file says."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from agent_service.settings.problems import is_tuple
from agent_service.settings.service import Kind, Settings, kind_meant
from agent_service.settings.toml_file import KeyPath

PREFIX = "AGENT_SERVICE_"
CONFIG_VARIABLE = "AGENT_SERVICE_CONFIG"

# What Kubernetes tells each pod about a Service named agent-service or agent-service-something, and
# docker --link about a container. No setting is named so: its section ends with two underscores.
_LINK = re.compile(
    r"AGENT_SERVICE_(?:[A-Z0-9]+_)*?(?:"
    r"SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]+)?"
    r"|PORT_[0-9]+_(?:TCP|UDP|SCTP)(?:_(?:PORT|PROTO|ADDR)(?:_START|_END)?)?"
    r"|(?P<address>PORT)|(?P<container>NAME)"
    r")"
)
_LINKED_ADDRESS = re.compile(r"(?:tcp|udp|sctp)://")
_LINKED_CONTAINER = re.compile(r"/[^/]+/[^/]+")

_FOR_AZURE = {
    "AZURE_OPENAI_ENDPOINT": "endpoint",
    "AZURE_OPENAI_API_KEY": "api_key",
    "AZURE_OPENAI_DEPLOYMENT": "model",
    "AZURE_OPENAI_API_VERSION": "api_version",
    "OPENAI_API_VERSION": "api_version",
}
_FOR_OPENAI = {"OPENAI_API_KEY": "api_key"}
_NAMES = {"azure": _FOR_AZURE, "openai": _FOR_OPENAI}
_OF_AZURE_ALONE = ("api_key", "api_version", "keyless", "token_scope")
"""Settings that, beside an endpoint, say that it is Azure's and not one that takes OpenAI's key."""


class Layers:
    """Values of several sources, later ones winning, each remembered with where it came from."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values: dict[str, Any] = _copy(values)
        self._origins: dict[KeyPath, str] = {}
        self.unused: list[str] = []
        """Variables of providers that set nothing, each with the reason."""

    def origin(self, keys: KeyPath) -> str | None:
        """Return which variable or option set the key, or None if a file did."""
        for length in range(len(keys), 0, -1):
            if (found := self._origins.get(keys[:length])) is not None:
                return found
        return None

    def add_environment(self, environment: Mapping[str, str]) -> None:
        """Take over ``AGENT_SERVICE_SECTION__SETTING``; an empty variable counts as not set."""
        linked = tuple(_environments_of_containers(environment))
        for name, value in sorted(environment.items()):
            if name.startswith(linked) or _is_link(name, value):
                continue
            if name.startswith(PREFIX) and name != CONFIG_VARIABLE and value.strip():
                keys = tuple(name.removeprefix(PREFIX).lower().split("__"))
                parsed = split_list(value) if is_tuple(keys, Settings) else value
                self._put(keys, parsed, name)

    def add_overrides(self, overrides: Mapping[str, Any]) -> None:
        """Take over command line options by dotted name; None counts as not given."""
        for name, value in overrides.items():
            if value is not None:
                option = name.rpartition(".")[2].replace("_", "-")
                self._put(tuple(name.split(".")), value, f"--{option}")

    def add_customary(self, environment: Mapping[str, str]) -> None:
        """Take over the provider's own variables, for what nothing else has set."""
        provider = self.values.setdefault("provider", {})
        if not isinstance(provider, dict):
            return  # a mistake that is reported when the values are checked
        kind = provider.get("kind", "auto")
        is_without_endpoint = kind == "auto" and not provider.get("endpoint")
        if kind == "auto":
            kind = _meant(provider, environment)
            if kind != "offline":
                self._put(("provider", "kind"), kind, "provider.kind")
        for name, setting in (_FOR_AZURE | _FOR_OPENAI).items():
            value = environment.get(name)
            if not value:
                continue
            if name in _NAMES.get(kind, {}) and setting not in provider:
                self._put(("provider", setting), value, name)
            else:
                why = self._why(name, setting, kind, is_without_endpoint)
                self.unused.append(f"{name} is set and not used: {why}")

    def _why(self, name: str, setting: str, kind: str, is_without_endpoint: bool) -> str:
        """Say why a provider's own variable has no effect."""
        if name in _NAMES.get(kind, {}):
            origin = self.origin(("provider", setting)) or "service.toml"
            return f"provider.{setting} is set by {origin}"
        if kind == "azure":
            return "the provider is Azure, whose key is AZURE_OPENAI_API_KEY"
        if is_without_endpoint:
            return "AZURE_OPENAI_ENDPOINT is missing, without which the provider is not Azure"
        return f"the provider is {kind}; provider.kind can say otherwise"

    def _put(self, keys: KeyPath, value: Any, origin: str) -> None:
        section = self.values
        for key in keys[:-1]:
            inner = section.get(str(key))
            if not isinstance(inner, dict):
                inner = section[str(key)] = {}
            section = inner
        section[str(keys[-1])] = value
        self._origins[keys] = origin


def _meant(provider: Mapping[str, Any], environment: Mapping[str, str]) -> Kind:
    """Return which provider is meant by what is set and the providers' own variables."""
    endpoint, dialect = provider.get("endpoint") or None, str(provider.get("dialect", "auto"))
    has_openai_key = bool(environment.get("OPENAI_API_KEY"))
    if endpoint is None and environment.get("AZURE_OPENAI_ENDPOINT"):
        return "azure"
    if endpoint is not None and dialect == "auto" and has_openai_key:
        # An endpoint of one's own, such as a gateway: whose key is there tells what it speaks.
        is_azure_meant = any(provider.get(name) for name in _OF_AZURE_ALONE) or environment.get(
            "AZURE_OPENAI_API_KEY"
        )
        if not is_azure_meant:
            return "openai"
    has_key = has_openai_key or bool(provider.get("api_key"))
    return kind_meant(None if endpoint is None else str(endpoint), dialect, has_key=has_key)


def _is_link(name: str, value: str) -> bool:
    """Tell whether the variable was made by Kubernetes or Docker and sets nothing."""
    match = _LINK.fullmatch(name)
    if match is None:
        return False
    if match["address"]:  # AGENT_SERVICE_SERVER_PORT=80 is a setting misspelt
        return _LINKED_ADDRESS.match(value) is not None
    return not match["container"] or _LINKED_CONTAINER.fullmatch(value) is not None


def _environments_of_containers(environment: Mapping[str, str]) -> Iterator[str]:
    """Yield how the variables begin that docker --link copies from a container."""
    for name, value in environment.items():
        if name.endswith("_NAME") and _is_link(name, value):
            yield f"{name.removesuffix('NAME')}ENV_"


def split_list(value: str) -> list[str]:
    """Return the values of a list that a variable holds."""
    return [part.strip() for part in value.split(",") if part.strip()]


def _copy(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: _copy(value) if isinstance(value, dict) else value for key, value in values.items()
    }

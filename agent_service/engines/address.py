"""Where a provider is reached and what proves who we are: the URL and the handshake's headers."""

from ipaddress import ip_address
from urllib.parse import urlencode, urlsplit, urlunsplit

from agent_service.engines.dialects import Dialect, dialect_of
from agent_service.engines.provider import ProviderChoice
from agent_service.errors import SettingsError

_SCHEMES = {"https": "wss", "wss": "wss", "http": "ws", "ws": "ws"}


def realtime_url(choice: ProviderChoice, dialect: Dialect) -> str:
    """Return the WebSocket URL; raise SettingsError where the endpoint cannot be one."""
    parts = urlsplit(choice.endpoint)
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise _bad(choice, "must look like https://NAME.openai.azure.com or https://api.openai.com")
    if parts.query or parts.fragment or parts.username:
        raise _bad(choice, "must end before the question mark and hold no user name")
    has_secret = choice.api_key is not None or choice.is_keyless
    if has_secret and _SCHEMES[parts.scheme] == "ws" and not _is_this_machine(parts.hostname):
        raise _bad(choice, "must begin with https: the key would travel unencrypted")
    if not choice.model:
        raise SettingsError(
            [f"a model is needed for {choice.endpoint} (on Azure the name of the deployment)"]
        )
    query: dict[str, str] = {}
    if dialect.api_version:
        query["api-version"] = dialect.api_version
    query[dialect.model_parameter] = choice.model
    path = _without_customary_end(parts.path.rstrip("/"), dialect.path) + dialect.path
    return urlunsplit((_SCHEMES[parts.scheme], parts.netloc, path, urlencode(query), ""))


def models_url(choice: ProviderChoice) -> str:
    """Return where a provider lists its models; its realtime address must have been found good."""
    parts = urlsplit(choice.endpoint)
    scheme = {"wss": "https", "ws": "http"}.get(parts.scheme, parts.scheme)
    path = "/openai/v1/models" if choice.kind == "azure" else "/v1/models"
    base = _without_customary_end(parts.path.rstrip("/"), dialect_of(choice.dialect).path)
    base = _without_customary_end(base, path)
    return urlunsplit((scheme, parts.netloc, base + path, "", ""))


def handshake_headers(
    choice: ProviderChoice, dialect: Dialect, token: str | None
) -> list[tuple[str, str]]:
    """Return the headers that a dialect asks for; ``token`` is the Entra ID token, if keyless."""
    headers = list(dialect.headers)
    if token is not None:
        headers.append(("Authorization", f"Bearer {token}"))
    elif choice.api_key is not None:
        is_bearer = dialect.key_header == "Authorization"
        value = f"Bearer {choice.api_key}" if is_bearer else choice.api_key
        headers.append((dialect.key_header, value))
    return headers


def _bad(choice: ProviderChoice, problem: str) -> SettingsError:
    return SettingsError([f"the {choice.kind} endpoint {choice.endpoint!r} {problem}"])


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _without_customary_end(path: str, dialect_path: str) -> str:
    # People copy base URLs such as https://api.openai.com/v1 or the whole path: never double it.
    end = dialect_path
    while end and not path.endswith(end):
        end = end.rpartition("/")[0]
    return path.removesuffix(end)

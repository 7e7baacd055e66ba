"""Single sign-on by OpenID Connect: the provider says who somebody is, for this browser alone.

Code flow with PKCE and nonce; addresses and keys by discovery. Needs the extra ``oidc``.
"""

import secrets
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from agent_service.clock import Clock
from agent_service.errors import AgentServiceError

TIMEOUT_S: Final = 5.0
KNOWN_FOR_S: Final = 3_600.0
"""After which the provider's addresses and keys are asked for again."""
SEEN_FOR_S: Final = 15.0
"""After which nobody is led to it before it has answered again: an address that does not answer
would leave them with their browser's words, and without the form for a password."""
LEEWAY_S: Final = 60
LARGEST: Final = 256 * 1024
_WELL_KNOWN: Final = "/.well-known/openid-configuration"
_SIGNED_BY: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384")
"""With the provider's own key; never with a secret that others have too, and never with none."""


class SingleSignOnError(AgentServiceError):
    """The single sign-on did not say who this is."""

    code = "single_sign_on_failed"


class ProviderAway(SingleSignOnError):
    """The single sign-on does not answer: try again in a moment."""

    code = "single_sign_on_away"
    is_retryable = True


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in on its way: what the browser keeps until it comes back."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Whom the provider knows."""

    issuer: str
    subject: str
    claims: dict[str, Any]

    @property
    def key(self) -> str:
        """What never changes about them."""
        return f"{self.issuer} {self.subject}"


@dataclass(frozen=True, slots=True)
class _Known:
    metadata: dict[str, Any]
    keys: Any
    at: float


class OpenIdProvider:
    """Asks one provider; raises SingleSignOnError."""

    def __init__(
        self, issuer: str, client_id: str, client_secret: str | None, back: str, clock: Clock
    ) -> None:
        """``back`` is the address to which the provider leads browsers back."""
        self._issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._back = back
        self._clock = clock
        self._found: _Known | None = None

    async def begin(self) -> tuple[str, Begun]:
        """Return the address to lead a browser to, and what it keeps meanwhile."""
        known = await self._known(for_s=SEEN_FOR_S)
        begun = Begun(*(secrets.token_urlsafe(32) for _ in range(3)))
        async with self._client() as client:
            address, _ = client.create_authorization_url(
                known.metadata["authorization_endpoint"],
                state=begun.state,
                code_verifier=begun.verifier,
                nonce=begun.nonce,
            )
        return str(address), begun

    async def finish(self, code: str, begun: Begun) -> Identity:
        """Return who came back with that code."""
        known = await self._known()
        try:
            async with self._client() as client:
                token = await client.fetch_token(
                    known.metadata["token_endpoint"], code=code, code_verifier=begun.verifier
                )
        except httpx.HTTPError as error:
            raise ProviderAway from error
        except (OAuthError, ValueError) as error:
            raise SingleSignOnError("The single sign-on did not take its own code.") from error
        return await self._checked(token, begun)

    async def _checked(self, token: dict[str, Any], begun: Begun) -> Identity:
        known = await self._known()
        written = token.get("id_token")
        if not isinstance(written, str):
            raise SingleSignOnError("The single sign-on did not say who this is.")
        try:
            try:
                read = self._read(written, known)
            except (JoseError, ValueError):  # perhaps it has another key by now
                known = await self._known(for_s=0)
                read = self._read(written, known)
            claims = CodeIDToken(
                read.claims,
                read.header,
                {
                    "iss": {"essential": True, "value": known.metadata["issuer"]},
                    "aud": {"essential": True, "value": self._client_id},
                },
                {
                    "nonce": begun.nonce,
                    "client_id": self._client_id,
                    "access_token": token.get("access_token"),
                },
            )
            claims.validate(now=int(self._clock.utc().timestamp()), leeway=LEEWAY_S)
        except (JoseError, ValueError, KeyError) as error:
            raise SingleSignOnError("What the single sign-on says is not valid.") from error
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise SingleSignOnError("The single sign-on did not say who this is.")
        return Identity(issuer=known.metadata["issuer"], subject=subject, claims=dict(claims))

    def _read(self, written: str, known: _Known) -> Any:
        told = known.metadata.get("id_token_signing_alg_values_supported", ["RS256"])
        algorithms = [name for name in _SIGNED_BY if name in told]
        registry = JWSRegistry(algorithms=algorithms, strict_check_header=False)
        return jwt.decode(written, known.keys, registry=registry)

    async def _known(self, *, for_s: float = KNOWN_FOR_S) -> _Known:
        found, now = self._found, self._clock.now()
        if found is not None and now - found.at < for_s:
            return found
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT_S) as http:
                metadata = await _json(http, self._issuer + _WELL_KNOWN)
                if str(metadata.get("issuer", "")).rstrip("/") != self._issuer:
                    raise SingleSignOnError("The single sign-on calls itself by another name.")
                for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                    if urlsplit(str(metadata.get(name, ""))).scheme not in ("http", "https"):
                        raise SingleSignOnError(f"The single sign-on has no {name}.")
                keys = KeySet.import_key_set(await _json(http, metadata["jwks_uri"]))  # type: ignore[arg-type]  # is checked there
        except httpx.HTTPError as error:
            raise ProviderAway from error
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise SingleSignOnError(
                "The single sign-on answers in no way that is known."
            ) from error
        self._found = _Known(metadata, keys, now)
        return self._found

    def _client(self) -> Any:
        return AsyncOAuth2Client(
            self._client_id,
            self._client_secret,
            token_endpoint_auth_method="client_secret_basic" if self._client_secret else "none",
            scope="openid profile email",
            redirect_uri=self._back,
            code_challenge_method="S256",
            timeout=TIMEOUT_S,
        )


async def _json(http: httpx.AsyncClient, url: str) -> dict[str, Any]:
    answer = await http.get(url)
    answer.raise_for_status()
    if len(answer.content) > LARGEST:
        raise ValueError("too long")
    found = answer.json()
    if not isinstance(found, dict):
        raise TypeError("no object")
    return found

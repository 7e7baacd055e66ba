"""A small OpenID Connect provider on a real socket: agrees to everything, and lies on demand."""

import asyncio
import base64
import hashlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from agent_service.web.server import Server, listen

CLIENT = "support-desk"
SECRET = "a secret of the client"
KEY = RSAKey.generate_key(2048, {"kid": "first"}, auto_kid=False)
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "second"}, auto_kid=False)


@dataclass
class OpenIdServer:
    """What the provider knows, and how it lies."""

    clock: Any
    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=lambda: {"email": "ann@example.com"})
    subject: str = "subject-1"
    lies: dict[str, Any] = field(default_factory=dict)
    """Claims that replace the right ones; None leaves one out."""
    metadata: dict[str, Any] = field(default_factory=dict)
    signing_key: Any = field(default_factory=lambda: KEY)
    published: list[Any] = field(default_factory=lambda: [KEY])
    kid: str = "first"
    """Which key it says that it signs with."""
    algorithm: str = "RS256"
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    refusal: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)

    def routes(self) -> list[Route]:
        return [
            Route("/.well-known/openid-configuration", self.discover),
            Route("/authorize", self.authorise),
            Route("/token", self.give, methods=["POST"]),
            Route("/keys", self.keys),
        ]

    async def discover(self, request: Request) -> Response:
        told = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }
        return JSONResponse(told | self.metadata)

    async def keys(self, request: Request) -> Response:
        return JSONResponse({"keys": [key.as_dict(private=False) for key in self.published]})

    async def authorise(self, request: Request) -> Response:
        asked = dict(request.query_params)
        self.asked.append(asked)
        back = {"state": asked["state"]}
        if self.refusal:
            back["error"] = self.refusal
        else:
            back["code"] = secrets.token_urlsafe(16)
            self.codes[back["code"]] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(back)}", 303)

    async def give(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        scheme, _, shown = request.headers.get("authorization", "").partition(" ")
        is_client = scheme == "Basic" and base64.b64decode(shown).decode() == f"{CLIENT}:{SECRET}"
        asked = self.codes.pop(form.get("code", ""), None)
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).decode().rstrip("=")
        is_good = (
            asked is not None
            and asked["code_challenge"] == challenge
            and asked["code_challenge_method"] == "S256"
            and asked["redirect_uri"] == form["redirect_uri"]
            and is_client
        )
        if not is_good or asked is None:
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(self.clock.utc().timestamp())
        claims = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT,
            "exp": now + 300,
            "iat": now,
            "nonce": asked["nonce"],
            **self.claims,
            **self.lies,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": self.algorithm, "kid": self.kid}
        key = OctKey.import_key(SECRET) if self.algorithm == "HS256" else self.signing_key
        token = jwt.encode(header, claims, key, algorithms=[self.algorithm])
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": token})


@asynccontextmanager
async def serving(provider: OpenIdServer) -> AsyncIterator[OpenIdServer]:
    """Serve it on a free port."""
    ready = asyncio.Event()
    server = Server(
        Starlette(routes=provider.routes()),
        listen("127.0.0.1", 0),
        on_ready=lambda port: ready.set(),
    )
    provider.issuer = provider.issuer or f"http://127.0.0.1:{server.port}"
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(server.run_until_stopped())
        try:
            await ready.wait()
            yield provider
        finally:
            server.stop()
            await running

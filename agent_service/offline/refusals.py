"""What HTTP requests and upgrades get that cannot be served."""

from starlette.responses import JSONResponse

from agent_service.offline.protocol.errors import ProtocolError


def refusal(status: int, error: ProtocolError) -> JSONResponse:
    """Return an HTTP error in the service's shape."""
    body = error.body(None)
    del body["event_id"]
    return JSONResponse({"error": body}, status_code=status)


def wrong_key() -> JSONResponse:
    """Return what a request without a good key gets."""
    return refusal(
        401,
        ProtocolError(
            "invalid_api_key",
            "Incorrect or missing API key. Send a key of this server in the 'api-key' header or as "
            "'Authorization: Bearer'.",
        ),
    )


def overloaded(limit: int) -> JSONResponse:
    """Return what the caller after the last place gets."""
    response = refusal(
        503,
        ProtocolError(
            "server_overloaded",
            f"This server takes {limit} calls at a time and all are taken. Try again in a moment.",
            kind="server_error",
        ),
    )
    response.headers["retry-after"] = "1"
    return response


_REASONS = {
    401: ("invalid_api_key", "Incorrect API key provided."),
    403: ("forbidden", "This key may not use the Realtime API."),
    404: ("DeploymentNotFound", "The API deployment for this resource does not exist."),
    429: ("rate_limit_exceeded", "Too many requests. Please try again later."),
    503: ("service_unavailable", "The service is temporarily unavailable."),
}


def refused_upgrade(status: int, retry_after_s: float) -> JSONResponse:
    """Return the refusal that a fault asks for."""
    code, message = _REASONS.get(status, ("refused", "The connection was refused."))
    response = refusal(status, ProtocolError(code, message))
    if status in (429, 503):
        response.headers["retry-after"] = f"{retry_after_s:g}"
    return response

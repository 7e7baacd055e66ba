"""What a request sends, up to a limit."""

from starlette.requests import Request

from agent_service.errors import CallerError


async def read_body(request: Request, most_bytes: int, what: str, limit: str = "") -> bytes:
    """Return the body; raise CallerError once it is over ``most_bytes``, in the words of ``limit``
    where nobody counts bytes: "The picture is over 10 megabytes."
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most_bytes:
            message = f"The {what} is over {limit or f'{most_bytes} bytes'}."
            raise CallerError(message, code="body_too_large")
    return bytes(body)

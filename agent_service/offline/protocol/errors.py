"""What the protocol answers to a client that asked for something impossible."""

from typing import Any

from agent_service.errors import OfflineError


class ProtocolError(OfflineError):
    """The client sent something that the protocol does not allow."""

    code = "invalid_request_error"

    def __init__(
        self,
        code: str,
        message: str,
        *,
        param: str | None = None,
        kind: str = "invalid_request_error",
        hides_event_id: bool = False,
    ) -> None:
        super().__init__(message, code=code)
        self.param = param
        self.kind = kind
        self.hides_event_id = hides_event_id
        """The service leaves out the client's event id for a few errors."""

    def body(self, event_id: str | None) -> dict[str, Any]:
        """Return the ``error`` member of the error event, all five members present."""
        return {
            "type": self.kind,
            "code": self.code,
            "message": self.message,
            "param": self.param,
            "event_id": None if self.hides_event_id else event_id,
        }


def unknown_parameter(path: str) -> ProtocolError:
    """Return the error for a member that the protocol does not have there."""
    return ProtocolError("unknown_parameter", f"Unknown parameter: '{path}'.", param=path)


def missing_parameter(path: str) -> ProtocolError:
    """Return the error for a required member that is absent."""
    return ProtocolError(
        "missing_required_parameter", f"Missing required parameter: '{path}'.", param=path
    )


def invalid_value(path: str, message: str) -> ProtocolError:
    """Return the error for a value out of its range or set."""
    return ProtocolError("invalid_value", message, param=path)


def invalid_type(path: str, expected: str, value: object) -> ProtocolError:
    """Return the error for a value of the wrong JSON type."""
    return ProtocolError(
        "invalid_type",
        f"Invalid type for '{path}': expected {expected}, but got {_json_type(value)} instead.",
        param=path,
    )


def server_error() -> ProtocolError:
    """Return the error for a fault of ours; what went wrong stays in the log."""
    return ProtocolError(
        "server_error",
        "The server had an error while processing your request.",
        kind="server_error",
    )


def _json_type(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int():
            return "an integer"
        case float():
            return "a decimal"
        case str():
            return "a string"
        case list():
            return "an array"
        case _:
            return "an object"

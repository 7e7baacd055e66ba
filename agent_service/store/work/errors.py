"""What goes wrong with the team's work on conversations."""

from agent_service.errors import AgentServiceError


class WorkError(AgentServiceError):
    """That cannot be done with this conversation."""

    code = "work_refused"


class WorkChanged(WorkError):
    """Somebody was faster: what was to be changed is not what was seen."""

    code = "work_changed"


class UnknownWork(WorkError):
    """There is no such label or note."""

    code = "unknown_work"


def unknown_conversation() -> WorkError:
    """Return what to raise where there is no such conversation."""
    return WorkError("There is no such conversation.", code="unknown_conversation")

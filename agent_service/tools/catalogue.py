"""The declarations of all tools as plain values: for the API, the console and the docs."""

from typing import Any

from agent_service.store.limits import Cap
from agent_service.store.money import Limit, amounts_of
from agent_service.tools.registry import Registry
from agent_service.tools.tool import Tool

HEADINGS = (
    "Tool",
    "Effect",
    "Caller",
    "Names a row by",
    "Asks the caller",
    "Approval",
    "Limits: conversation, customer and day, all and day",
    "Time limit",
)


def declarations(registry: Registry) -> list[dict[str, Any]]:
    """Return every tool's declaration."""
    return [declaration(tool) for tool in registry]


def declaration(tool: Tool) -> dict[str, Any]:
    """Return one tool's declaration."""
    return {
        "name": tool.name,
        "title": tool.title,
        "activity": tool.activity,
        "description": tool.description,
        "effect": tool.effect,
        "audience": tool.audience.value,
        "owned": [_owned_path(tool, index) for index in range(len(tool.owned))],
        "confirmation": tool.confirmation,
        "approval": _approval(tool),
        "limits": _limits(tool),
        "time_limit_s": tool.time_limit_s,
        "on_barge_in": "finishes" if tool.is_write else "finishes, spoken later",
        "redacted": sorted(tool.redacted),
        "pauses_recording": tool.pauses_recording,
        "rings_team": tool.rings_team,
        "is_repeatable": tool.is_repeatable,
        "is_proof": tool.is_proof,
        "arguments": tool.schema(),
        "examples": list(tool.examples),
    }


def markdown_table(registry: Registry) -> str:
    """Return the declarations as the table of the documentation page."""
    rows = [HEADINGS, ("---",) * len(HEADINGS), *(_row(tool) for tool in registry)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def _row(tool: Tool) -> tuple[str, ...]:
    paths = [_owned_path(tool, index) for index in range(len(tool.owned))]
    limits = _limits(tool)
    return (
        f"`{tool.name}`",
        tool.effect,
        tool.audience.value,
        ", ".join(f"`{path}`" for path in paths) or "none",
        tool.confirmation,
        _approval(tool) or "none",
        "; ".join(limits.values()) if limits else "none",
        f"{tool.time_limit_s:g} s" if tool.time_limit_s else "default",
    )


def _owned_path(tool: Tool, index: int) -> str:
    owned = tool.owned[index]
    return f"{owned.argument} = {owned.entity.__name__}.{owned.key.key}"


def _approval(tool: Tool) -> str | None:
    if tool.approval is None:
        return None
    first, second = tool.approval.above, tool.approval.second_above
    return f"above {_written(first)}, two people above {_written(second)}"


def _limits(tool: Tool) -> dict[str, str]:
    if not tool.is_write:
        return {}
    return {
        "conversation": _cap(tool.limits.conversation),
        "customer_day": _cap(tool.limits.customer_day),
        "tenant_day": _cap(tool.limits.tenant_day),
    } | ({"call": _amount(tool.limits.call)} if tool.limits.call else {})


def _cap(cap: Cap) -> str:
    return f"{cap.count}x" + (f", {_amount(cap.amount)}" if cap.amount else "")


def _amount(limit: Limit) -> str:
    return f"at most {_written(limit)}"


def _written(limit: Limit) -> str:
    return " or ".join(amount.written() for amount in amounts_of(limit))

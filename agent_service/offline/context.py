"""What a responder is shown of a conversation, and how much of it fits the model."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from agent_service.offline.ports import (
    PICTURE,
    ContextItem,
    ContextMessage,
    ContextToolCall,
    ContextToolOutput,
    ResponseContext,
)
from agent_service.offline.protocol.errors import ProtocolError
from agent_service.offline.protocol.items import Item, Part, PartKind
from agent_service.offline.protocol.session import SessionConfig
from agent_service.offline.protocol.usage import CountedPiece, Tokens, count_item, count_session


@dataclass(frozen=True, slots=True)
class Prompt:
    """The context of one response and its size."""

    context: ResponseContext
    pieces: tuple[CountedPiece, ...]

    @property
    def tokens(self) -> Tokens:
        total = Tokens()
        for piece in self.pieces:
            total += piece.tokens
        return total


def build_prompt(
    config: SessionConfig,
    items: Sequence[Item],
    *,
    limit: int,
    metadata: dict[str, str] | None = None,
) -> Prompt:
    """Return what the responder sees: the session, and the newest items that fit."""
    kept, pieces = _fit(config, items, limit)
    tools = tuple(tool for tool in config.tools if tool["type"] == "function")
    context = ResponseContext(
        instructions=config.instructions,
        items=tuple(shown for item in kept for shown in _context_items(item)),
        tools=tools,
        tool_choice=config.chosen_tool(),
        temperature=config.temperature,
        max_output_tokens=None if config.max_output_tokens == "inf" else config.max_output_tokens,
        metadata=metadata or {},
    )
    return Prompt(context, pieces)


def _fit(
    config: SessionConfig, items: Sequence[Item], limit: int
) -> tuple[Sequence[Item], tuple[CountedPiece, ...]]:
    """Leave out the oldest items when the prompt is over the model's limit."""
    opening = count_session(config)
    counted = [count_item(item) for item in items]
    total = opening.tokens.total + sum(piece.tokens.total for piece in counted)
    room = limit
    match config.truncation:
        case {"token_limits": {"post_instructions": int(after)}}:
            room = min(limit, opening.tokens.total + after)
    if total <= room:
        return items, (opening, *counted)
    if config.truncation == "disabled":
        raise ProtocolError(
            "context_length_exceeded",
            f"The conversation is {total} tokens long and the model takes {room}. Delete items or "
            "allow truncation.",
        )
    match config.truncation:
        case {"retention_ratio": int() | float() as ratio}:
            room = int(room * ratio)
    first = 0
    while first < len(counted) and total > room:
        total -= counted[first].tokens.total
        first += 1
    return items[first:], (opening, *counted[first:])


def _context_items(item: Item) -> tuple[ContextItem, ...]:
    match item.type:
        case "message":
            assert item.role is not None
            text = " ".join(filter(None, map(_words, item.parts)))
            packed = _packed(text) if item.role == "user" else ()
            return packed or (ContextMessage(item.role, text),)
        case "function_call":
            return (ContextToolCall(item.call_id, item.name, item.arguments),)
        case "function_call_output":
            return (ContextToolOutput(item.call_id, item.output),)
        case _:
            return ()


def _packed(text: str) -> tuple[ContextItem, ...]:
    """Return the turns of an earlier conversation that a client packed into one message: a JSON
    array of roles and contents. What others than caller and agent said in it does not count."""
    start = text.find("[")
    try:
        turns, _ = json.JSONDecoder().raw_decode(text, start) if start >= 0 else ((), 0)
    except (ValueError, RecursionError):
        return ()
    if not all(isinstance(turn, dict) and {"role", "content"} <= turn.keys() for turn in turns):
        return ()
    return tuple(
        ContextMessage(turn["role"], said)
        for turn in turns
        if turn["role"] in ("user", "assistant") and (said := _content(turn["content"]))
    )


def _content(content: object) -> str:
    match content:
        case str():
            return content.strip()
        case list():
            texts = (part.get("text") for part in content if isinstance(part, dict))
            return " ".join(text.strip() for text in texts if isinstance(text, str))
        case _:
            return ""


def _words(part: Part) -> str:
    return PICTURE if part.kind is PartKind.INPUT_IMAGE else part.text

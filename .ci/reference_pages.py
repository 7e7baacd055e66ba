"""Writes the reference pages of docs/ that follow from the code; a test compares them.

.venv/bin/python .ci/reference_pages.py
"""

import argparse
import ast
import inspect
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import SecretStr

from agent_service.__main__ import COMMANDS, build_parser
from agent_service.agent import AgentSettings
from agent_service.section import Section
from agent_service.settings import Settings
from agent_service.settings.problems import section_at
from agent_service.store.answers import (
    ConfirmationRow,
    ConversationRow,
    IncidentRow,
    NoteRow,
    ToolCallRow,
    TurnRow,
)

DOCS = Path(__file__).parents[1] / "docs"
MARK = "<!-- Below this line the page is written by .ci/reference_pages.py. -->"


def settings_page() -> str:
    """Return the tables of all settings."""
    return "\n".join(
        [
            "## The service: `service.toml`\n",
            *_section(Settings, ()),
            "## An agent: `agents/NAME.toml`\n",
            *_section(AgentSettings, ()),
        ]
    )


def _section(model: type[Section], keys: tuple[str, ...]) -> Iterator[str]:
    inner = [name for name in model.model_fields if section_at((name,), model)]
    own = [name for name in model.model_fields if name not in inner and name != "agents"]
    if own:
        yield "| Setting | Value | Default | |\n|---|---|---|---|"
        for name in own:
            yield _row(model, name)
        yield ""
    for name in inner:
        path = (*keys, name)
        section = section_at((name,), model)
        if section:
            yield f"### `[{'.'.join(path)}]`\n"
            yield f"{model.model_fields[name].description}\n"
            yield from _section(section, path)


def _row(model: type[Section], name: str) -> str:
    field = model.model_fields[name]
    kind = _kind(field.annotation)
    limits = [
        f"{sign} {_number(getattr(limit, attribute))}"
        for limit in field.metadata
        for attribute, sign in (("ge", "≥"), ("gt", ">"), ("le", "≤"))
        if hasattr(limit, attribute)
    ]
    text = " ".join((field.description or "").split())
    value = ", ".join([kind, *limits])
    return f"| `{name}` | {value} | {_default(field)} | {text} |"


def _default(field: Any) -> str:
    match field.default:
        case _ if field.is_required():
            return "required"
        case _ if field.default_factory is dict:
            return "`{}`"
        case None:
            return "none"
        case bool():
            return f"`{str(field.default).lower()}`"
        case (Section(), *_) as several:
            return f"{len(several)} of them"
        case tuple():
            return "`[]`"
        case str() | Path():
            return f'`"{field.default}"`'
        case number:
            return f"`{_number(number)}`"


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


def _kind(annotation: Any) -> str:
    arguments = [part for part in get_args(annotation) if part is not NoneType]
    match get_origin(annotation):
        case origin if origin in (Union, UnionType):
            return _kind(arguments[0])
        case origin if origin is Literal:
            return ", ".join(f"`{value}`" for value in arguments)
        case origin if origin is tuple:
            is_tables = isinstance(arguments[0], type) and issubclass(arguments[0], Section)
            return "list of tables" if is_tables else "list of texts"
        case origin if origin is dict:
            return "table of texts"
        case _ if hasattr(annotation, "__metadata__"):
            return _kind(arguments[0])
    names = {str: "text", int: "whole number", float: "number", bool: "`true` or `false`"}
    return names.get(annotation, "secret text" if annotation is SecretStr else "path")


def command_line_page() -> str:
    """Return every command with its options."""
    parts = []
    for command in COMMANDS:
        parser = build_parser(command.name)
        chosen = _commands(parser)[command.name]
        parts += [f"## `agent-service {command.name}`\n", *_command(chosen, command.summary)]
    return "\n".join(parts)


def _command(parser: argparse.ArgumentParser, summary: str) -> Iterator[str]:
    yield f"{parser.description or f'{summary.capitalize()}.'}\n"
    rows = [
        f"| `{_written(action)}` | {_help(action)} |"
        for action in parser._actions
        if not isinstance(action, argparse._HelpAction | argparse._SubParsersAction)
    ]
    if rows:
        yield "| | |\n|---|---|"
        yield from rows
        yield ""
    summaries = _summaries(parser)
    for name, inner in _commands(parser).items():
        yield f"### `{inner.prog}`\n"
        yield from _command(inner, summaries[name])


def _written(action: argparse.Action) -> str:
    value = action.metavar or action.dest.upper()
    value = "|".join(map(str, action.choices)) if action.choices and not action.metavar else value
    if not action.option_strings:
        return str(action.metavar or action.dest)
    return ", ".join(action.option_strings) + (f" {value}" if action.nargs != 0 else "")


def _help(action: argparse.Action) -> str:
    return " ".join(
        (action.help or "").replace("%(default)s", str(action.default)).split()
    ).replace("|", "\\|")


def _commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    return {
        name: inner
        for action in parser._actions
        if isinstance(action, argparse._SubParsersAction)
        for name, inner in action.choices.items()
    }


def _summaries(parser: argparse.ArgumentParser) -> dict[str, str]:
    return {
        choice.dest: _help(choice)
        for action in parser._actions
        if isinstance(action, argparse._SubParsersAction)
        for choice in action._choices_actions
    }


def record_page() -> str:
    """Return the fields of everything that the record answers with."""
    return "\n".join(line for title, row in ROWS.items() for line in _row_fields(title, row))


def _row_fields(title: str, row: type) -> Iterator[str]:
    meanings = {
        name: text.replace("``", "`")
        for kind in row.__mro__[:-1]
        for name, text in _meanings(kind).items()
    }
    yield f"## {title}\n"
    yield " ".join((inspect.getdoc(row.__bases__[0]) or "").split()) + "\n"
    yield "| Field | Value | |\n|---|---|---|"
    hints = get_type_hints(row)
    for field in fields(row):
        yield f"| `{field.name}` | {_said(hints[field.name])} | {meanings.get(field.name, '')} |"
    yield ""


def _meanings(kind: type) -> dict[str, str]:
    """Return what stands under each field in the source."""
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(body, ast.ClassDef)
    return {
        field.target.id: " ".join(str(text).split())
        for field, said in pairwise(body.body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        for text in [_text(said)]
        if text is not None
    }


def _text(line: ast.stmt) -> str | None:
    match line:
        case ast.Expr(ast.Constant(str(text))):
            return text
        case _:
            return None


def _said(annotation: Any) -> str:
    """Return how a field is written in JSON."""
    kinds = get_args(annotation) if isinstance(annotation, UnionType) else (annotation,)
    return " or ".join(_json_kind(kind) for kind in kinds)


def _json_kind(kind: Any) -> str:
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return ", ".join(f"`{member.value}`" for member in kind)
    if get_origin(kind) is Sequence:
        return "list of texts"
    return JSON_KINDS.get(kind, "object")


JSON_KINDS: dict[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "`true`, `false`",
    datetime: "time",
    NoneType: "`null`",
}

ROWS = {
    "A conversation": ConversationRow,
    "A turn": TurnRow,
    "A tool call": ToolCallRow,
    "A confirmation": ConfirmationRow,
    "An incident": IncidentRow,
    "A note": NoteRow,
}

PAGES = {
    "settings.md": settings_page,
    "command-line.md": command_line_page,
    "record-fields.md": record_page,
}


def page(name: str) -> str:
    """Return the page: its introduction as it is written, and what follows from the code."""
    introduction = (DOCS / name).read_text().partition(MARK)[0]
    return f"{introduction}{MARK}\n\n{PAGES[name]().rstrip()}\n"


if __name__ == "__main__":
    for page_name in PAGES:
        (DOCS / page_name).write_text(page(page_name))

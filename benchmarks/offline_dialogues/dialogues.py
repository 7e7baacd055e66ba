"""The written dialogues: tool sets of other trades, what callers say, what should come of it."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent / "trades"

Call = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Line:
    """What the caller says, and when: only to an answer in which ``only_to`` is found."""

    text: str
    only_to: str | None = None


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One conversation and its yardstick."""

    name: str
    part: str
    kind: str
    instructions: str
    tools: Sequence[Mapping[str, Any]]
    gives: Mapping[str, Any]
    """What each tool returns."""
    lines: Sequence[Line]
    calls: Sequence[Call]
    told: Sequence[str]
    untold: Sequence[str]

    @property
    def writes(self) -> frozenset[str]:
        return frozenset(tool["name"] for tool in self.tools if tool.get("effect") == "write")

    def is_of(self, trades: Sequence[str] | None) -> bool:
        """Return whether it is of one of the trades; all are, where none is named."""
        return not trades or self.name.rpartition(" ")[0] in trades

    def offered(self) -> list[dict[str, Any]]:
        """Return the tools as a session takes them."""
        members = ("name", "description", "parameters")
        return [
            {"type": "function", **{m: tool[m] for m in members if m in tool}}
            for tool in self.tools
        ]


@dataclass(frozen=True, slots=True)
class Grade:
    """What one run of a dialogue was worth."""

    has_calls: bool
    is_called: bool
    """Every call that was wanted, with its arguments, and no other write."""
    has_wrong_write: bool
    is_told: bool
    broke: str = ""

    @property
    def passes(self) -> bool:
        return self.is_called and self.is_told and not self.has_wrong_write and not self.broke


def dialogues(part: str) -> list[Dialogue]:
    """Return the dialogues of a part, "all" for both."""
    trades = {path.stem: yaml.safe_load(path.read_text()) for path in sorted(HERE.glob("*.yaml"))}
    found: list[Dialogue] = []
    for trade, told in trades.items():
        if part not in {told["part"], "all"}:
            continue
        borrowed = [tool for other in told.get("borrows", ()) for tool in trades[other]["tools"]]
        tools = [*borrowed, *told.get("tools", ())]
        found += [_dialogue(trade, n, told, tools, d) for n, d in enumerate(told["dialogues"], 1)]
    return found


def _dialogue(
    trade: str, number: int, told: Mapping[str, Any], tools: list[Any], own: Mapping[str, Any]
) -> Dialogue:
    lines = [
        Line(said) if isinstance(said, str) else Line(said["say"], said["if"])
        for said in own["says"]
    ]
    gives = {tool["name"]: tool["gives"] for tool in tools} | own.get("gives", {})
    return Dialogue(
        f"{trade} {number}",
        told["part"],
        own["kind"],
        told["instructions"],
        tools,
        gives,
        lines,
        [(name, arguments) for name, arguments in own["calls"]],
        own.get("told", ()),
        own.get("untold", ()),
    )


def graded(
    dialogue: Dialogue, made: Sequence[Call], answers: Sequence[str], broke: str = ""
) -> Grade:
    """Hold what was called and said against the yardstick; the order of calls does not matter."""
    left = list(made)
    is_called = True
    for wanted in dialogue.calls:
        hit = next((call for call in left if _is_call(wanted, call)), None)
        if hit is None:
            is_called = False
        else:
            left.remove(hit)
    wrong = [name for name, _ in left if name in dialogue.writes]
    said = "\n".join(answers)
    is_told = all(re.search(wanted, said, re.IGNORECASE) for wanted in dialogue.told)
    is_told = is_told and not any(re.search(bad, said, re.I) for bad in dialogue.untold)
    return Grade(
        bool(dialogue.calls), is_called and not wrong, bool(wrong), is_told and bool(answers), broke
    )


def _is_call(wanted: Call, made: Call) -> bool:
    return wanted[0] == made[0] and _is_same(wanted[1], made[1])


def _is_same(wanted: Any, made: Any) -> bool:
    """Compare exactly; "~x" is an expression to be found, "~?x" one that may also be absent."""
    match wanted, made:
        case str(), _ if wanted.startswith("~"):
            expression = wanted[1:].removeprefix("?")
            return not isinstance(made, dict | list) and bool(
                re.search(expression, str(made), re.IGNORECASE)
            )
        case dict(), dict():
            return made.keys() <= wanted.keys() and all(
                (name in made and _is_same(value, made[name]))
                or (name not in made and isinstance(value, str) and value.startswith("~?"))
                for name, value in wanted.items()
            )
        case list(), list():
            left = list(made)
            for value in wanted:
                hit = next((one for one in left if _is_same(value, one)), None)
                if hit is None:
                    return False
                left.remove(hit)
            return not left
        case bool(), _:
            return made is wanted
        case _:
            return bool(wanted == made)


def table(results: Sequence[tuple[Dialogue, Grade]]) -> str:
    """Return the totals by part and kind as rows of a table."""
    rows = [
        "| Dialogues | Number | Right calls | Without a wrong write | Right words | All right |",
        "|---|---|---|---|---|---|",
    ]
    parts = sorted({dialogue.part for dialogue, _ in results})
    for part in parts:
        own = [(d, g) for d, g in results if d.part == part]
        for kind in sorted(Counter(d.kind for d, _ in own)):
            rows.append(_row(f"{part}: {kind}", [g for d, g in own if d.kind == kind]))
        rows.append(_row(f"**{part}**", [g for _, g in own]))
    return "\n".join(rows)


def _row(name: str, grades: Sequence[Grade]) -> str:
    called = [grade for grade in grades if grade.has_calls]
    cells = [
        _share(sum(g.is_called for g in called), len(called)),
        _share(sum(not g.has_wrong_write for g in grades), len(grades)),
        _share(sum(g.is_told for g in grades), len(grades)),
        _share(sum(g.passes for g in grades), len(grades)),
    ]
    return f"| {name} | {len(grades)} | {' | '.join(cells)} |"


def _share(count: int, of: int) -> str:
    return f"{count} of {of}, {count / of:.1%}" if of else "none"


def as_output(value: Any) -> str:
    """Return a tool's result as a client sends it."""
    return value if isinstance(value, str) else json.dumps(value)

"""Measures how often the offline responder finds what callers ask for, on unseen wordings."""

import argparse
import asyncio
import json
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agent_service.demo_shop.tools import TOOLS
from agent_service.offline.ports import CallTool, ContextMessage, ResponseContext, Say
from agent_service.offline.responder.embedding import Embedder
from agent_service.offline.responder.engine import LocalResponder
from agent_service.offline.responder.intents import Intent
from agent_service.offline.responder.router import Router
from agent_service.offline.responder.toolset import Tool, tools_of
from agent_service.offline.speech.engine import LocalSpeech
from agent_service.tools.registry import Registry
from benchmarks.offline_routing import spoken

HERE = Path(__file__).parent
_NAMED_INTENTS = {Intent.YES, Intent.NO, Intent.THANKS, Intent.GOODBYE, Intent.REPEAT}

Line = tuple[str, str, str]
"""Tool set, what is meant, what the caller says."""
ToolSets = dict[str, list[dict[str, Any]]]


def tool_sets() -> ToolSets:
    """Return the sets of the file, and the shop that the service ships with as "store"."""
    sets: ToolSets = json.loads((HERE / "tool_sets.json").read_text())
    specs = Registry(TOOLS).specs((tool.name for tool in TOOLS), has_examples=True)
    sets["store"] = [
        {"name": spec.name, "description": spec.description, "parameters": dict(spec.parameters)}
        for spec in specs
    ]
    return sets


def lines_of(name: str) -> list[Line]:
    rows = [row.split("\t") for row in (HERE / name).read_text().splitlines()]
    return [(row[0], row[1], row[2]) for row in rows if len(row) == 3]


def without_phrasings(sets: ToolSets) -> ToolSets:
    return {
        name: [
            {**tool, "description": tool["description"].split(" Callers say:")[0]} for tool in own
        ]
        for name, own in sets.items()
    }


def label(target: Tool | Intent) -> str:
    if isinstance(target, Tool):
        return target.name
    return target.value if target in _NAMED_INTENTS else "other"


def routing(lines: Sequence[Line], sets: ToolSets, embedder: Embedder) -> dict[str, Counter[str]]:
    """Count the first and the first two choices that are right, by tool set."""
    routers = {name: Router(tools_of(own), embedder) for name, own in sets.items()}
    counts: dict[str, Counter[str]] = {name: Counter() for name in sets}
    for name, meant, said in lines:
        labels = list(dict.fromkeys(label(r.target) for r in routers[name].routes(said)))
        is_tool = any(tool["name"] == meant for tool in sets[name])
        counts[name]["lines"] += 1
        counts[name]["first"] += labels[0] == meant
        counts[name]["two"] += meant in labels[:2]
        counts[name]["tool lines"] += is_tool
        counts[name]["tools"] += is_tool and labels[0] == meant
    return {name: count for name, count in counts.items() if count}


def behaviour(
    lines: Sequence[Line], sets: ToolSets, responder: LocalResponder
) -> tuple[Counter[str], float, float]:
    """Count what it does with requests for a tool; return median wall and processor ms as well."""
    counts: Counter[str] = Counter()
    times: list[float] = []
    work: list[float] = []
    for name, meant, said in lines:
        if not any(tool["name"] == meant for tool in sets[name]):
            continue
        # Prepares the tool set; the words that are timed are new to the encoder.
        asyncio.run(_respond(responder, sets[name], "hello"))
        began, worked = time.perf_counter(), time.process_time()
        parts = asyncio.run(_respond(responder, sets[name], said))
        times.append((time.perf_counter() - began) * 1000)
        work.append((time.process_time() - worked) * 1000)
        called = [part.name for part in parts if isinstance(part, CallTool)]
        words = " ".join(part.text for part in parts if isinstance(part, Say))
        counts[_kind(called, words, meant, sets[name])] += 1
    return counts, statistics.median(times), statistics.median(work)


def _kind(called: list[str], words: str, meant: str, tools: list[dict[str, Any]]) -> str:
    if called:
        if meant in called:
            return "calls the right tool"
        needs = {tool["name"]: tool["parameters"].get("required") for tool in tools}
        finds = needs[meant] and not any(needs[name] for name in called)
        return "looks something up for it first" if finds else "calls another tool"
    if words.startswith("Did you mean"):
        return "asks which of two"
    missing = {
        tool["name"]
        for tool in tools
        for name in tool["parameters"]["properties"]
        if name.replace("_", " ").replace(" id", " ID") in words
    }
    if words.endswith("?") and missing:
        return "asks for an argument of the right tool" if meant in missing else "asks for another"
    return "says it did not understand" if "understand" in words else "talks"


async def _respond(
    responder: LocalResponder, tools: list[dict[str, Any]], said: str
) -> list[CallTool | Say]:
    context = ResponseContext("", (ContextMessage("user", said),), tuple(tools))
    return [part async for part in responder.respond(context)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.offline_routing")
    parser.add_argument("--set", default="evaluation.tsv", help="evaluation.tsv or development.tsv")
    parser.add_argument(
        "--spoken", action="store_true", help="say spoken.tsv and see what is heard"
    )
    parser.add_argument("--cache", type=Path, default=Path("data/offline_routing"))
    parser.add_argument("--misses", action="store_true", help="show what went wrong when spoken")
    options = parser.parse_args()
    sets = tool_sets()
    embedder = Embedder.load()
    if options.spoken:
        measure_spoken(sets, embedder, options.cache, shown=options.misses)
    else:
        measure_typed(options.set, sets, embedder)


def measure_spoken(sets: ToolSets, embedder: Embedder, cache: Path, *, shown: bool) -> None:
    requests = spoken.requests_of(HERE / "spoken.tsv")
    (name,) = {request.tools for request in requests}
    router = Router(tools_of(sets[name]), embedder)
    desk = spoken.Desk(sets[name], router, LocalResponder.load(), LocalSpeech(workers=1))
    print(f"spoken.tsv: {len(requests)} requests\n")
    spoken.measure(desk, requests, cache, shown=shown)


def measure_typed(wanted: str, sets: ToolSets, embedder: Embedder) -> None:
    lines = lines_of(wanted)
    print(f"{wanted}: {len(lines)} lines\n")
    print("| tools | descriptions | lines | first choice | tools only | among two |")
    print("|---|---|---|---|---|---|")
    for title, own in (("with phrasings", sets), ("without", without_phrasings(sets))):
        counts = routing(lines, own, embedder)
        counts["all"] = sum(counts.values(), Counter())
        for name, count in counts.items():
            print(
                f"| {name} | {title} | {count['lines']} | {count['first'] / count['lines']:.1%} "
                f"| {count['tools'] / max(1, count['tool lines']):.1%} "
                f"| {count['two'] / count['lines']:.1%} |"
            )
    for title, own in (("with phrasings", sets), ("without", without_phrasings(sets))):
        # A new responder: what the other one embedded would cost nothing.
        responder = LocalResponder.load()
        done, wall_ms, work_ms = behaviour(lines, own, responder)
        print(f"\n{title}: median {wall_ms:.1f} ms a turn, {work_ms:.1f} ms of processor")
        for kind, number in done.most_common():
            print(f"  {kind}: {number / done.total():.1%}")
        asyncio.run(responder.aclose())


if __name__ == "__main__":
    main()

"""docs/doors.md says of each channel what the channel says of itself."""

import importlib
import pkgutil
from pathlib import Path

from agent_service import channels
from agent_service.channels.traits import ChannelTraits

PAGE = (Path(__file__).parents[2] / "docs" / "doors.md").read_text(encoding="utf-8")


def row(traits: ChannelTraits) -> str:
    cells = (
        f"`{traits.name}`",
        traits.playout,
        f"{traits.audio.coding}, {traits.audio.rate_hz} Hz",
        "yes" if traits.shows_captions else "no",
        ", ".join(sorted(traits.answers)) or "none",
        "yes" if traits.can_return else "no",
    )
    return f"| {' | '.join(cells)} |"


def test_the_table_has_a_row_for_each_channel() -> None:
    names = [found.name for found in pkgutil.iter_modules(channels.__path__)]
    modules = [importlib.import_module(f"agent_service.channels.{name}") for name in names]
    rows = [row(module.TRAITS) for module in modules if hasattr(module, "TRAITS")]
    assert rows
    table = PAGE.partition("|---")[2].partition("\n\n")[0].splitlines()[1:]
    assert table == rows

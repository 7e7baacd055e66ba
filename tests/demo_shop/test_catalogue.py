"""The documentation page says what is declared."""

from pathlib import Path

from agent_service.demo_shop.tools import TOOLS
from agent_service.tools.catalogue import declarations, markdown_table
from agent_service.tools.registry import Registry

PAGE = Path(__file__).parents[2] / "docs" / "tools.md"


def test_page_has_the_table_of_declarations() -> None:
    table = markdown_table(Registry(TOOLS))
    assert table in PAGE.read_text(), "run: agent-service tools list --markdown"


def test_every_tool_is_asked_for_in_many_ways() -> None:
    for declared in declarations(Registry(TOOLS)):
        assert len(set(declared["examples"])) >= 10, declared["name"]


def test_no_example_belongs_to_two_tools() -> None:
    examples = [example for tool in TOOLS for example in tool.examples]
    assert len(examples) == len(set(examples))

"""What docs/ says of settings, commands, dependencies and errors agrees with the code."""

import ast
import importlib.util
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from agent_service.agent import AgentSettings
from agent_service.settings import Settings
from agent_service.settings.problems import known_settings

PROJECT = Path(__file__).parents[1]
DOCS = PROJECT / "docs"


@pytest.fixture(scope="module")
def reference_pages() -> ModuleType:
    path = PROJECT / ".ci" / "reference_pages.py"
    spec = importlib.util.spec_from_file_location("reference_pages", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["settings.md", "command-line.md", "record-fields.md"])
def test_reference_page_follows_from_the_code(reference_pages: ModuleType, name: str) -> None:
    assert (DOCS / name).read_text() == reference_pages.page(name), (
        "run: .venv/bin/python .ci/reference_pages.py"
    )


def test_every_setting_is_described() -> None:
    for model in (Settings, AgentSettings):
        for name, field in model.model_fields.items():
            assert field.description, name


def test_shipped_files_show_every_setting() -> None:
    service = (PROJECT / "config" / "service.toml").read_text()
    agent = (PROJECT / "config" / "agents" / "support.toml").read_text()
    for text, model in ((service, Settings), (agent, AgentSettings)):
        shown = set(re.findall(r"^(?:# )?(\w+) = ", text, re.MULTILINE))
        named = {name.split(".")[-1] for name in known_settings(model)}
        assert named - {"agents", "name"} <= shown


def packages(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=;~! ]", requirement)[0].lower() for requirement in requirements}


def test_every_dependency_has_a_reason() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    sections = re.split(r"^## ", (DOCS / "dependencies.md").read_text(), flags=re.MULTILINE)[1:]
    documented = [set(re.findall(r"^\| ([\w.-]+) \| \S", text, re.MULTILINE)) for text in sections]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    assert [group - {"Package"} for group in documented] == [packages(group) for group in groups]


def test_every_dependency_is_locked_without_an_address() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    lock = (PROJECT / "requirements.lock").read_text()
    locked = set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    assert set().union(*(packages(group) for group in groups)) <= locked
    assert "://" not in lock


SAYS_A_CODE_FIRST = {"ShowError", "ShowIncident", "EngineDropped", "incident"}


def codes_in(path: Path) -> Iterator[str]:
    """Yield the codes of error classes, and those that errors and incidents are made with."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.ClassDef(body=body):
                for line in body:
                    match line:
                        case (
                            ast.Assign(targets=[ast.Name("code")], value=ast.Constant(str(code)))
                            | ast.AnnAssign(target=ast.Name("code"), value=ast.Constant(str(code)))
                        ):
                            yield code
            case ast.Call(func=ast.Name(name) | ast.Attribute(attr=name), args=arguments):
                yield from (
                    str(keyword.value.value)
                    for keyword in node.keywords
                    if keyword.arg == "code" and isinstance(keyword.value, ast.Constant)
                )
                match arguments:
                    case [ast.Constant(str(code)), *_] if name in SAYS_A_CODE_FIRST:
                        yield code


def modules() -> list[Path]:
    """Return where the service's own codes are; the offline provider has those it stands in for."""
    package = PROJECT / "agent_service"
    own = [path for path in package.rglob("*.py") if package / "offline" not in path.parents]
    return [*own, *(package / "offline" / "speech").rglob("*.py")]


def test_every_error_code_is_documented() -> None:
    rows = re.findall(r"^\| `(\w+)` \| \S", (DOCS / "errors.md").read_text(), re.MULTILINE)
    found = {code for path in modules() for code in codes_in(path)}
    assert found - set(rows) == set()
    assert len(rows) == len(set(rows))


def test_every_documented_error_code_exists() -> None:
    rows = re.findall(r"^\| `(\w+)` \| \S", (DOCS / "errors.md").read_text(), re.MULTILINE)
    source = "".join(path.read_text() for path in modules())
    assert [code for code in rows if f'"{code}"' not in source] == []


def test_decisions_are_short_and_complete() -> None:
    for path in (DOCS / "decisions").glob("*.md"):
        text = path.read_text()
        assert text.startswith("# "), path.name
        for part in ("**Context.**", "**Choice.**", "**Consequence.**"):
            assert part in text, path.name
        assert len([line for line in text.splitlines() if line]) <= 15, path.name


def test_links_between_pages_lead_somewhere() -> None:
    pages = [PROJECT / "README.md", PROJECT / "CHANGELOG.md", *DOCS.rglob("*.md")]
    for path in pages:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text()):
            assert (path.parent / target).exists(), f"{path}: {target}"


def test_ci_runs_the_command_that_the_readme_gives() -> None:
    command = (PROJECT / ".ci" / "run").read_text().splitlines()[-1]
    assert command in (PROJECT / "README.md").read_text()


NO_SETTINGS = {
    "AGENT_SERVICE_CONFIG",
    "AGENT_SERVICE_SECTION__SETTING",
    "AGENT_SERVICE_CLINIC__REMINDER_HOURS",  # of a company in an example
}


def test_variables_that_are_named_anywhere_exist() -> None:
    known = {
        f"AGENT_SERVICE_{name.replace('.', '__').upper()}" for name in known_settings(Settings)
    } | NO_SETTINGS
    pages = [PROJECT / "README.md", *DOCS.rglob("*.md"), *(PROJECT / "deploy").iterdir()]
    for path in [*pages, PROJECT / "config" / "service.toml"]:
        assert set(re.findall(r"AGENT_SERVICE_\w+", path.read_text())) <= known, path

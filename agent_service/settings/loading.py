"""Finds, reads and checks the settings; reports every mistake in every file at once."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from agent_service.agent import AgentSettings
from agent_service.errors import SettingsError
from agent_service.settings.environment import CONFIG_VARIABLE, Layers
from agent_service.settings.own_section import OwnSection, name_of_section
from agent_service.settings.problems import describe
from agent_service.settings.service import Places, Settings
from agent_service.settings.toml_file import KeyPath, TomlFile, read

_PACKAGE = Path(__file__).parents[1]


def find_config(path: Path | None = None, *, environment: Mapping[str, str] | None = None) -> Path:
    """Return the folder of ``service.toml``: as asked for, ``./config``, or the one shipped."""
    environment = _process_environment() if environment is None else environment
    if path is None and environment.get(CONFIG_VARIABLE):
        path = Path(environment[CONFIG_VARIABLE])
    if path is not None:
        return _holder(path)
    shipped = (_PACKAGE / "_bundled" / "config", _PACKAGE.parent / "config")
    for folder in (Path("config"), *shipped):
        if (folder / "service.toml").is_file():
            return folder
    raise SettingsError(["no settings found: name the folder that holds service.toml (--config)"])


def _holder(path: Path) -> Path:
    """Return the folder of ``service.toml`` that somebody named."""
    try:
        path = path.expanduser()
        folder = path.parent if path.name == "service.toml" else path
        if (folder / "service.toml").is_file():
            return folder
    except OSError as error:
        raise SettingsError([f"{path}: cannot be read: {error.strerror}"]) from error
    except RuntimeError:  # ~somebody who has no home
        raise SettingsError([f"{path}: is no folder: name the one with service.toml"]) from None
    raise SettingsError([f"{path}: holds no service.toml: name the folder that does"])


@dataclass(frozen=True, slots=True)
class Explained:
    """Settings, and what made them what they are."""

    settings: Settings
    origin: Callable[[KeyPath], str]
    """Where a setting was set: a variable, an option, or a line of a file."""
    unused: Sequence[str]
    """Variables of providers that set nothing, each with the reason."""


def load(
    path: Path | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> Settings:
    """Read the settings; see ``load_explained``."""
    return load_explained(path, environment=environment, overrides=overrides).settings


def load_explained(
    path: Path | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> Explained:
    """Read ``service.toml`` and the agents' files, then environment, then overrides by dotted name.

    Raises SettingsError with all problems, each with its place and remedy.
    """
    environment = _process_environment() if environment is None else environment
    folder = find_config(path, environment=environment)
    problems: list[str] = []
    agents = _load_agents(folder, problems)
    file = read(folder / "service.toml")
    if file.problem:
        problems.append(file.problem)
    layers = Layers(file.values)
    layers.add_environment(environment)
    layers.add_overrides(overrides or {})
    layers.add_customary(environment)
    settings = _check(file, layers, agents, problems)
    if settings is None or problems:
        raise SettingsError(problems)
    return Explained(settings, partial(_place, file, layers), tuple(layers.unused))


def _place(file: TomlFile, layers: Layers, keys: KeyPath) -> str:
    return layers.origin(keys) or file.place(keys)


def _check(
    file: TomlFile,
    layers: Layers,
    agents: Mapping[str, AgentSettings | None],
    problems: list[str],
) -> Settings | None:
    place = partial(_place, file, layers)
    if "agents" in layers.values:
        del layers.values["agents"]
        problems.append(f"{place(('agents',))}: agents have files of their own: agents/NAME.toml")
    default = layers.values.get("default_agent", Settings.model_fields["default_agent"].default)
    if str(default) not in agents:
        problems.append(
            f"{place(('default_agent',))}: default_agent = {default!r} has no file "
            f"agents/{default}.toml; there are {', '.join(agents) or 'none'}"
        )
    own = _take_own_section(layers, place)
    try:
        settings = Settings.model_validate(layers.values | {"agents": {}})
    except ValidationError as error:
        company = layers.values.get("company")
        named = company if isinstance(company, str) else None
        problems.extend(describe(error, Settings, place, named))
        return None
    problems.extend(
        f"{place(('phone', 'numbers', number))}: {number} = {agent!r} has no file "
        f"agents/{agent}.toml; there are {', '.join(agents) or 'none'}"
        for number, agent in settings.phone.numbers.items()
        if agent not in agents
    )
    settings._own_section, settings._places = own, Places(place)
    return settings.model_copy(
        update={"agents": {name: agent for name, agent in agents.items() if agent is not None}}
    )


def _take_own_section(layers: Layers, place: Callable[[KeyPath], str]) -> OwnSection | None:
    """Set the company's section apart: what may stand in it is for the company to say."""
    company = layers.values.get("company")
    if not isinstance(company, str):
        return None
    name = name_of_section(company)
    if name in Settings.model_fields or not isinstance(layers.values.get(name), dict):
        return None
    return OwnSection(name, layers.values.pop(name), lambda keys: place((name, *keys)))


def _load_agents(folder: Path, problems: list[str]) -> dict[str, AgentSettings | None]:
    """Read the agents' files; an agent with mistakes is None."""
    agents: dict[str, AgentSettings | None] = {}
    for path in _agent_files(folder / "agents", problems):
        file = read(path)
        agents[path.stem] = None
        if file.problem:
            problems.append(file.problem)
            continue
        try:
            agent = AgentSettings.model_validate({"name": path.stem} | dict(file.values))
        except ValidationError as error:
            problems.extend(describe(error, AgentSettings, file.place))
            continue
        if agent.name != path.stem:
            problems.append(
                f"{file.place(('name',))}: name = {agent.name!r} should be the file's: {path.stem}"
            )
        agents[path.stem] = agent
    return agents


def _agent_files(folder: Path, problems: list[str]) -> list[Path]:
    """List the agents' files; hidden ones are left by editors, or by macOS beside each file."""
    try:
        names = sorted(os.listdir(folder))
    except FileNotFoundError:
        return []
    except OSError as error:
        problems.append(f"{folder}: cannot be read: {error.strerror}")
        return []
    return [folder / name for name in names if name.endswith(".toml") and name[0] != "."]


def _process_environment() -> Mapping[str, str]:
    return os.environ  # noqa: TID251 - this package is the one that may

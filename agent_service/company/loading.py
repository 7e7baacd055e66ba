"""Finding the company that the settings name. What its module does wrong becomes a sentence."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, get_args

from pydantic import BaseModel, ValidationError

from agent_service.company.declaration import Company
from agent_service.company.shapes import wrong_parts
from agent_service.errors import SettingsError
from agent_service.foreign_code import reason_of
from agent_service.section import Section
from agent_service.settings import Settings
from agent_service.settings.environment import split_list
from agent_service.settings.problems import describe, is_tuple
from agent_service.store.migrating import all_tables
from agent_service.store.rows import wrong_owners
from agent_service.store.version import VERSION_TABLE
from agent_service.tools.loading import import_module

MAKER: Final = "company"
"""What a company's module is asked for: a function that returns the Company."""


def company_module(settings: Settings) -> str | None:
    """Return the company's module: the one of the settings, else one that an agent names.

    Raises SettingsError when they name several.
    """
    named = {name for agent in settings.agents.values() for name in agent.tool_modules}
    if settings.company is not None:
        named.add(settings.company)
    makers = {name: make for name in sorted(named) if (make := _maker(name))}
    if settings.company is not None and settings.company not in makers:
        return settings.company  # loading it says what is wrong
    if len(set(makers.values())) > 1:
        where = "tool_modules" if settings.company is None else "company, tool_modules"
        raise SettingsError(
            [f"{where}: {' and '.join(makers)} are both a company: a service has one"]
        )
    return settings.company or next(iter(makers), None)


def load_company(settings: Settings) -> Company:
    """Return the company, or one that brings nothing; raise SettingsError with what is wrong."""
    name = company_module(settings)
    if name is None:
        return Company()
    try:
        make = getattr(import_module(name), MAKER)
        if not callable(make):
            raise SettingsError([f"company: {name}.{MAKER} is {make!r:.80}, and no function"])
        company = make(*_own_settings(settings, make))
    except SettingsError:
        raise
    except (Exception, SystemExit) as error:
        # The seam to the company's module: whatever it raises is one more thing to correct.
        why = reason_of(error)
        remedy = "Mend it, or name another one (company in service.toml, tool_modules of an agent)"
        raise SettingsError([f"company: {name} cannot be used: {why}. {remedy}"]) from error
    if not isinstance(company, Company):
        raise SettingsError([f"company: {name}.{MAKER}() returned no Company, but {company!r:.80}"])
    if problems := list(_problems(name, company)):
        raise SettingsError(problems)
    return company


def _maker(name: str) -> Callable[..., Any] | None:
    """Return what makes the module's company; None where there is none, or not to be had."""
    try:
        make = getattr(import_module(name), MAKER, None)
    except (Exception, SystemExit):
        return None  # loading it says what is wrong
    return make if callable(make) else None


def _own_settings(settings: Settings, make: Callable[..., Any]) -> tuple[Section, ...]:
    """Check the company's section of the settings against what the maker takes."""
    own = settings.own_section
    model = next(iter(inspect.get_annotations(make, eval_str=True).values()), None)
    if wrong := dict.fromkeys(_open_models(model)):
        say = "lets mistyped keys pass: derive it from Section of agent_service.company"
        raise SettingsError(
            [f"company: {one.__module__}.{one.__qualname__} {say}" for one in wrong]
        )
    if not (isinstance(model, type) and issubclass(model, Section)):
        if own is not None and own.values:
            say = f"{MAKER}() of the company has no parameter annotated with a Section of yours"
            raise SettingsError([f"{own.place(())}: nobody claims the section [{own.name}]: {say}"])
        return ()
    try:
        return (model.model_validate(_lists_split(model, own.values if own else {})),)
    except ValidationError as error:
        place = own.place if own else lambda _: "service.toml"
        raise SettingsError(list(describe(error, model, place))) from None


def _open_models(model: Any) -> Iterator[type[BaseModel]]:
    """Yield what the settings are made of and takes keys that it does not know."""
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        for part in get_args(model):
            yield from _open_models(part)
        return
    if model.model_config.get("extra") != "forbid":
        yield model
    for field in model.model_fields.values():
        yield from _open_models(field.annotation)


def _lists_split(model: type[Section], values: Mapping[str, Any]) -> dict[str, Any]:
    """Take lists of the environment apart, where each is one text."""
    return {
        key: split_list(value) if isinstance(value, str) and is_tuple((key,), model) else value
        for key, value in values.items()
    }


def _problems(name: str, company: Company) -> Iterator[str]:
    wrong = [f"company: {name}: {part}" for part in wrong_parts(company)]
    if wrong:
        yield from wrong
        return
    names = [proof.name for proof in company.proofs]
    for doubled in sorted({each for each in names if names.count(each) > 1}):
        yield f"company: {name} declares the proof {doubled} twice"
    if company.tables is None:
        return
    yield from (f"company: {name}: {each}" for each in wrong_owners(company.tables.tables))
    for table in sorted(company.tables.tables.keys() & all_tables().tables.keys()):
        yield (
            f"company: {name} declares the table {table}, which is one of the service's:"
            " give it another name"
        )
    version_table = company.tables.version_table
    if version_table == VERSION_TABLE:
        yield f"company: {name} has the service's own version table: name another one"
    elif version_table in company.tables.tables.keys() | all_tables().tables.keys():
        yield (
            f"company: {name} has the version table {version_table}, which is a table with rows of"
            " its own: name another one"
        )

"""The company that the settings name is found, checked with them, and what is wrong is named."""

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from agent_service.cli.outbox_checks import check_outbox
from agent_service.cli.tool_checks import check_tools
from agent_service.company.loading import company_module, load_company
from agent_service.errors import SettingsError
from agent_service.settings import Settings, load

AGENT = 'title = "Desk"\ninstructions = "Help."\n'
PLAIN = """
from agent_service.company import Company

def company():
    return Company(title="the clinic")
"""
WITH_SETTINGS = """
from agent_service.company import Company, Section

class Own(Section):
    hours: int = 24
    wards: tuple[str, ...] = ()

def company(settings: Own) -> Company:
    return Company(title=f"{settings.hours} {','.join(settings.wards)}")
"""
TABLES = """
from pathlib import Path
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from agent_service.company import Branch, Company, new_metadata

class Base(DeclarativeBase):
    metadata = new_metadata()

class Row(Base):
    __tablename__ = {table!r}
    id: Mapped[int] = mapped_column(primary_key=True)

def company() -> Company:
    return Company(tables=Branch(Base.metadata, Path("m"), {version!r}))
"""
ONCE_MORE = """class Again(Base):
    __tablename__ = "wards"
    id: Mapped[int] = mapped_column(primary_key=True)

def company"""
OPEN = """from pydantic import BaseModel

class Open(BaseModel):
    floor: int = 0

class Own"""
PROOFS = """
from agent_service.company import Company, Proof, ProofField

PROOF = Proof(
    name={name!r},
    title="Birth date",
    fields=tuple(ProofField(name, name, ".+") for name in {fields!r}),
    look_up=lambda session, claim: None,
)

def company() -> Company:
    return Company(proofs=(PROOF, PROOF))
"""

Make = Callable[..., Settings]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Write a company's module and settings, and load the settings."""

    def written(
        module: str | None, service: str = "", agent: str = AGENT, **environment: str
    ) -> Settings:
        name = f"clinic_{tmp_path.name.replace('-', '_')}"
        monkeypatch.syspath_prepend(tmp_path)
        sys.modules.pop(name, None)
        if module is not None:
            (tmp_path / f"{name}.py").write_text(module)
        (tmp_path / "agents").mkdir()
        (tmp_path / "agents" / "support.toml").write_text(agent.replace("CLINIC", name))
        (tmp_path / "service.toml").write_text(service.replace("CLINIC", name))
        variables = {
            variable.replace("CLINIC", name.upper()): value
            for variable, value in environment.items()
        }
        return load(tmp_path, environment=variables)

    return written


NAMED = 'company = "CLINIC"\n'


def test_without_a_company_there_is_an_empty_one(make: Make) -> None:
    settings = make(None)
    assert company_module(settings) is None
    assert load_company(settings).tools == ()


def test_the_settings_name_the_company(make: Make) -> None:
    assert load_company(make(PLAIN, NAMED)).title == "the clinic"


def test_an_agent_names_the_company(make: Make) -> None:
    settings = make(PLAIN, agent=AGENT + 'tool_modules = ["CLINIC"]\n')
    assert load_company(settings).title == "the clinic"


def test_a_module_of_tools_alone_is_no_company(make: Make) -> None:
    settings = make("TOOLS = ()", agent=AGENT + 'tool_modules = ["CLINIC"]\n')
    assert company_module(settings) is None


def test_own_section_is_checked_and_handed_over(make: Make) -> None:
    settings = make(WITH_SETTINGS, NAMED + '[CLINIC]\nhours = 48\nwards = ["a"]\n')
    assert load_company(settings).title == "48 a"


def test_own_settings_have_their_defaults(make: Make) -> None:
    assert load_company(make(WITH_SETTINGS, NAMED)).title == "24 "


def test_own_settings_come_from_the_environment(make: Make) -> None:
    variables = {"AGENT_SERVICE_CLINIC__HOURS": "72", "AGENT_SERVICE_CLINIC__WARDS": "a, b"}
    assert load_company(make(WITH_SETTINGS, NAMED, **variables)).title == "72 a,b"


def problem(settings: Settings) -> str:
    with pytest.raises(SettingsError) as caught:
        load_company(settings)
    [said] = caught.value.problems
    return said


def test_own_mistakes_are_named_with_their_line(make: Make, tmp_path: Path) -> None:
    said = problem(make(WITH_SETTINGS, NAMED + "[CLINIC]\nhuors = 48\n"))
    assert said.startswith(f"{tmp_path}/service.toml:3: unknown setting huors: did you mean hours?")


def test_a_section_that_nobody_claims_is_named(make: Make, tmp_path: Path) -> None:
    said = problem(make(PLAIN, NAMED + "[CLINIC]\nhours = 48\n"))
    assert said.startswith(f"{tmp_path}/service.toml:2: nobody claims the section [clinic_")


def test_a_section_of_no_company_is_an_unknown_setting(make: Make) -> None:
    with pytest.raises(
        SettingsError,
        match=r"service.toml:1: nobody claims the section \[clinic\]: .* company = .clinic.",
    ):
        make(PLAIN, "[clinic]\nhours = 48\n")


@pytest.mark.parametrize(
    ("module", "said"),
    [
        (None, r"cannot be used: No module named 'clinic_\w+', is it installed .*\)\. Mend it"),
        ("import clinic_of_others", r"No module named 'clinic_of_others' \(.*line 1\)"),
        ("1 / 0", r"cannot be used: ZeroDivisionError: division by zero \(.*line 1\)"),
        ("import sys; sys.exit(3)", "cannot be used: SystemExit: 3"),
        ("", "has no attribute 'company'"),
        ("def company():\n    return 3", r"company\(\) returned no Company, but 3"),
        ("def company():\n    raise KeyError('x')", r"KeyError: 'x' \(.*line 2\)"),
        ("company = 3", r"clinic_\w+.company is 3, and no function"),
        (TABLES.format(table="turns", version="v"), "the table turns, which is one of the serv"),
        (
            TABLES.format(table="wards", version="agent_service_version"),
            "the service's own version table",
        ),
        (
            TABLES.format(table="wards", version="wards"),
            "the version table wards, which is a table with rows of its own",
        ),
        (
            TABLES.format(table="wards", version="v").replace("def company", ONCE_MORE),
            r"the table wards is declared twice: give one another name \(.*clinic_\S+, line \d+\)",
        ),
        (PROOFS.format(name="born", fields=("id", "born")), "declares the proof born twice"),
        (PROOFS.format(name="code", fields=("id", "born")), "ValueError: proof 'code': its name"),
        (PROOFS.format(name="born", fields=("id",)), "needs two fields or more"),
        (
            PROOFS.format(name="born", fields=("id", "born")).replace('".+"', '"[0-9"'),
            r"the pattern of id is no regular expression: .* \(.*/clinic_\w+.py, line \d+\)",
        ),
        (
            WITH_SETTINGS.replace("class Own(Section)", OPEN + "(Open)"),
            r"clinic_\w+.Own lets mistyped keys pass: derive it from Section",
        ),
        (
            WITH_SETTINGS.replace("hours: int = 24", "of: tuple[Open, ...] = ()").replace(
                "class Own", OPEN
            ),
            r"clinic_\w+.Open lets mistyped keys pass: derive it from Section",
        ),
    ],
)
def test_what_is_wrong_with_a_company_is_named(make: Make, module: str | None, said: str) -> None:
    settings = make(module, NAMED)
    with pytest.raises(SettingsError, match=said) as caught:
        load_company(settings)
    assert all(re.match("company: .*clinic_", each) for each in caught.value.problems)


CLASSES = """
from agent_service.company import Company, Proof, ProofField

class Members:
    def find(self, by, value, session): ...

class Letters:
    def deliver(self, message): ...

class Waiting(Letters):
    async def deliver(self, message): ...

def found(*given): ...

async def later(*given): ...

FIELDS = (ProofField("id", "Id", ".+"), ProofField("born", "Born", ".+"))

def company():
    from pathlib import Path
    from agent_service.company import Branch, Caller, Demo, DemoPage, new_metadata
    def shown(page):
        return Demo(caller=Caller(), question='?', page=page)
    return Company({})
"""


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ("title=3", "title is 3: give a text"),
        ("tools=print", "tools is <built-in .*: give a tuple of tools"),
        ("tools=(print,)", "tools hold <built-in .*, which is no Tool"),
        ("proofs=(3,)", "proofs hold 3, which is no Proof"),
        ("tables=new_metadata()", r"tables is MetaData\(\): give a Branch"),
        ("tables=Branch(new_metadata(), 'm', 'v')", "tables.migrations is 'm': give the Path"),
        ("directory=Members", r"the directory is the class Members: .* Members\(...\)"),
        ("directory=3", r"the directory has no find\(by, value, session\), but is 3"),
        ("receivers=(3,)", r"receivers is \(3,\): give a dict"),
        ("receivers={'letter': Letters}", r"the receiver of letter is the class Letters: give an"),
        ("receivers={'letter': print}", r"the receiver of letter has no deliver\(message\)"),
        ("receivers={'letter': Waiting()}", "the receiver of letter has an async deliver: "),
        ("receivers={3: Letters()}", "3 is no kind of message"),
        ("receivers={'team': Letters()}", "messages of the kind team take no rec"),
        ("settlements={'letter': dict.get}", r"the settlement of letter is .*session, message, is"),
        ("seed=3", r"the seed is 3: give a function of \(session, now\)"),
        ("seed=later", "the seed is async"),
        ("demo='M-1'", "demo is 'M-1': give a Demo"),
        ("demo=Demo(caller='M-1', question='?')", "demo.caller is 'M-1': give a Caller"),
        ("demo=Demo(caller=Caller(), question='?', kinds='fee')", "demo.kinds is 'fee': give a t"),
        ("demo=shown('index.html')", "demo.page is 'index.html': give a DemoPage"),
        (
            "demo=shown(DemoPage(folder='page', facts=found))",
            "demo.page.folder is 'page': give the Path",
        ),
        (
            "demo=shown(DemoPage(folder=Path('/nowhere'), facts=found))",
            "demo.page.folder is /nowhere, which has no index.html: write one",
        ),
        (
            "proofs=(Proof(name='born', title='Born', fields=FIELDS, look_up=Members.find),)",
            r"look_up of the proof born is .*: give a function of \(session, claim\)",
        ),
    ],
)
def test_a_part_of_the_wrong_kind_is_named(make: Make, parts: str, said: str) -> None:
    settings = make(CLASSES.format(parts), NAMED)
    assert re.search(rf"^company: clinic_\w+: {said}", problem(settings))


def shown(folder: Path, facts: str) -> str:
    (folder / "index.html").write_text("<p>Hello</p>")
    page = f"DemoPage(folder=Path({str(folder)!r}), facts={facts})"
    return CLASSES.format(f"demo=shown({page})")


def test_a_page_may_be_shown(make: Make, tmp_path: Path) -> None:
    assert load_company(make(shown(tmp_path, "found"), NAMED)).demo is not None


def test_what_a_page_shows_is_a_function(make: Make, tmp_path: Path) -> None:
    said = problem(make(shown(tmp_path, "len"), NAMED))
    assert "facts of demo.page is <built-in function len>: give a function of (" in said


def test_parts_may_be_whatever_can_be_called(make: Make) -> None:
    parts = (
        "directory=Members(), receivers={'letter': Letters()}, settlements={'letter': found},"
        " seed=found, tools=[], demo=Demo(caller=Caller(), question='?')"
    )
    assert load_company(make(CLASSES.format(parts), NAMED)).demo is not None


def test_a_company_beside_the_named_one_is_one_too_many(make: Make, tmp_path: Path) -> None:
    (tmp_path / "another_company.py").write_text(PLAIN)
    settings = make(PLAIN, NAMED, agent=AGENT + 'tool_modules = ["CLINIC", "another_company"]\n')
    said = r"^company, tool_modules: another_company and clinic_\w+ are both a company"
    with pytest.raises(SettingsError, match=said):
        load_company(settings)


def test_a_company_and_a_section_that_differ_are_named_together(make: Make) -> None:
    said = r'service.toml:2: nobody claims the section \[ward\]: company = "clinic_\w+" has the sec'
    with pytest.raises(SettingsError, match=said):
        make(PLAIN, NAMED + "[ward]\nhours = 48\n")


def test_a_company_that_cannot_be_used_is_not_said_to_have_no_receivers(make: Make) -> None:
    assert list(check_outbox(make("1 / 0", NAMED))) == []


def test_two_companies_are_one_too_many(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other_company.py").write_text(PLAIN)
    settings = make(PLAIN, agent=AGENT + 'tool_modules = ["CLINIC", "other_company"]\n')
    with pytest.raises(SettingsError, match="are both a company"):
        load_company(settings)


def test_doctor_names_revisions_that_are_missing_before_there_is_a_database(make: Make) -> None:
    settings = make(TABLES.format(table="wards", version="v"), NAMED)
    said = [finding.line for finding in check_tools(settings, has_database=False)]
    assert said[-1].startswith("tables: m: holds no revision in its folder versions.")

"""What ``doctor`` says of the world outside: who carries out what tools queue, and what waits."""

from collections.abc import Collection, Iterator, Mapping

from agent_service.cli.checks import Finding, Verdict
from agent_service.clock import SystemClock
from agent_service.company.declaration import Company
from agent_service.company.loading import load_company
from agent_service.errors import SettingsError, StoreError
from agent_service.from_settings import receivers_of
from agent_service.settings import Settings
from agent_service.store.database import Database
from agent_service.store.migrating import ensure_current
from agent_service.store.outbox_care import unserved


def check_outbox(settings: Settings) -> Iterator[Finding]:
    """Look whether every kind of message has a receiver that can be used."""
    company = _company(settings)
    try:
        kinds = receivers_of(settings, company or Company()).keys()
    except SettingsError as error:
        for problem in error.problems:
            yield Finding(Verdict.BAD, "outbox", problem)
        return
    if company is None:
        return
    for kind, count in _waiting(settings, kinds).items():
        messages = "1 message waits" if count == 1 else f"{count} messages wait"
        yield Finding(
            Verdict.NOTE,
            "outbox",
            f"{messages} for a receiver of {kind}: set outbox.receivers (docs/tools.md)."
            " agent-service queue list shows what they are",
        )
    served = ", ".join(kinds)
    without = "no receivers: what tools queue waits under serve; up writes files"
    verdict = Verdict.GOOD if kinds else Verdict.NOTE
    yield Finding(verdict, "outbox", f"receivers for {served}" if kinds else without)


def _company(settings: Settings) -> Company | None:
    """Return the company; that it cannot be used is another check's finding."""
    try:
        return load_company(settings)
    except SettingsError:
        return None


def _waiting(settings: Settings, kinds: Collection[str]) -> Mapping[str, int]:
    """Count what waits; a database that cannot be read is another check's finding."""
    database = Database(settings.database_url)
    try:
        ensure_current(database)
        with database.read() as session:
            return unserved(session, kinds, SystemClock().utc())
    except StoreError:
        return {}
    finally:
        database.close()

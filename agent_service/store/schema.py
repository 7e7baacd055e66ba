"""The declarative base of all tables: naming convention, UTC times, enums by value, clean text,
text without secrets, words to search for."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Final

from sqlalchemy import JSON, DateTime, Dialect, Enum, Index, MetaData, String, text, types
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeEngine

from agent_service.redaction import (
    Clean,
    kept_under,
    redact,
    redact_for_record,
    redact_json,
    team_policy,
)
from agent_service.store.words import fold

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def clean_text(text: str) -> str:
    """Replace NUL and lone surrogates, which one database takes and another refuses, by U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text)


def _said(text: str, name: str = "", /) -> str:
    # First what is found by its check digits: a card may be seen within it.
    return redact_for_record(kept_under(team_policy(), text, name), name)


class CleanText(types.TypeDecorator[str]):
    """Text that every database stores alike: cleaned on its way in."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else clean_text(value)


class Said(CleanText):
    """What people, models or tools say: no secret and no card gets in, whoever writes it.

    Nor does what the policy does not leave to the team. Pieces are taken out afterwards too.
    """

    cache_ok = True
    _clean: ClassVar[Clean] = staticmethod(_said)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else type(self)._clean(clean_text(value))


class SaidJson(Said):
    """The same as JSON."""

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else redact_json(clean_text(value), type(self)._clean)


class Told(Said):
    """What is used again, as a way to reach somebody: short digits said to be a card's stay."""

    cache_ok = True
    _clean = staticmethod(redact)


class ToldJson(SaidJson):
    """The same as JSON: what a tool is run with later."""

    cache_ok = True
    _clean = staticmethod(redact)


SaidText = Annotated[str, mapped_column(Said())]
SaidJsonText = Annotated[str, mapped_column(SaidJson())]
ToldText = Annotated[str, mapped_column(Told())]
ToldJsonText = Annotated[str, mapped_column(ToldJson())]


class SearchWords(types.TypeDecorator[str]):
    """The words of a text, for the full-text index. Give it the text itself."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        is_postgresql = dialect.name == "postgresql"
        return dialect.type_descriptor(TSVECTOR() if is_postgresql else String())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        words = fold(_said(value))
        if dialect.name == "postgresql":
            # As it writes a vector itself: its own parser would find other words.
            return " ".join(f"'{word}':{place}" for place, word in enumerate(words, 1))
        return " ".join(words)


class UtcDateTime(types.TypeDecorator[datetime]):
    """Aware UTC times in and out; refuses naive ones. SQLite stores them without the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: times in the database are UTC and aware")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


COLUMN_TYPES: Final[Mapping[Any, Any]] = {
    str: CleanText,
    datetime: UtcDateTime,
    list[str]: JSON,
    StrEnum: Enum(
        StrEnum,
        native_enum=False,
        create_constraint=True,
        length=24,
        values_callable=lambda kind: [member.value for member in kind],
    ),
}
"""How what a mapped class declares is stored: the ``type_annotation_map`` of its base."""


def new_metadata() -> MetaData:
    """Return a collection of tables whose constraints and indexes are named as everywhere here."""
    return MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Table(DeclarativeBase):
    """Every table of the service."""

    metadata = new_metadata()
    type_annotation_map: ClassVar = COLUMN_TYPES


def index_where(name: str, *columns: str, where: str, is_unique: bool = False) -> Index:
    """Return an index of the rows alone for which a condition holds, in either database."""
    return Index(
        name,
        *columns,
        unique=is_unique,
        sqlite_where=text(where),
        postgresql_where=text(where),
    )

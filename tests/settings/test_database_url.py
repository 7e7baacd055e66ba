"""A wrong database URL is told in words that show no part of it, wherever it is given."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import URL, make_url

from agent_service.errors import AgentServiceError, SettingsError
from agent_service.settings import load
from agent_service.settings.database_url import mistake_in
from agent_service.store.database import Database

PASSWORD = "s3cr3t"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (f"postgresql://u:pa@{PASSWORD}@127.0.0.1:1/db", "write @ as %40"),
        (f"postgresql://u:pa@ss:{PASSWORD}@h/db", "write @ as %40"),
        (f"postgresql://u:@{PASSWORD}@h", "write @ as %40"),
        (f"postgresql://u:p/a@{PASSWORD}@h/db?x=1", "write @ as %40"),
        (f"postgresql://u:{PASSWORD}/db", "port that is no number"),
        (f"postgresql://u@h:{PASSWORD}/db", "port that is no number"),
        (f"postgresql://u:{PASSWORD}@h:port/db", "port that is no number"),
        (f"postgresql://u:{PASSWORD}@h:5432:1/db", "port that is no number"),
        (f"postgresql://u:{PASSWORD}@h:/db", "port that is no number"),
        (f"postgresql://u:{PASSWORD}@h:0/db", "port that is no number"),
        (f"postgresql://u:{PASSWORD}@h:65536/db", "port that is no number"),
        (f"postgresql://u:{PASSWORD}@h:-1/db", "port that is no number"),
        (f"postgresql://u:{PASSWORD}@h:\uff15/db", "port that is no number"),
        (f"postgresql://u:{PASSWORD}@[h]/db", "host that is none"),
        (f"postgresql://u:{PASSWORD}@{'h' * 64}/db", "host that is none"),
        (f"postgresql://u:{PASSWORD}@h..example/db", "host that is none"),
        (f"postgresql://u:{PASSWORD}@::1/db", "port that is no number"),
        (f"postgresql://u:{PASSWORD}\n@h/db", "the end of a line"),
        (f"postgresql://u:{PASSWORD}%00@h/db", "the end of a line"),
        (f"postgres://u:{PASSWORD}@h/db", "should begin with"),
        (f"postgresql+asyncpg://u:{PASSWORD}@h/db", "should begin with"),
        (f"postgresql:/u:{PASSWORD}@h/db", "should begin with"),
        (PASSWORD, "should begin with"),
        (f"sqlite://{PASSWORD}.db", "should name a file"),
        (f"sqlite://u:{PASSWORD}@h/x.db", "should name a file"),
        ("sqlite:///", "would keep nothing"),
        ("sqlite:///:memory:", "would keep nothing"),
        (f"sqlite:///a?b/{PASSWORD}.db", "write it as %3F"),
        (f"sqlite:///a?timeout={PASSWORD}&uri=true", "the driver does not take"),
    ],
)
def test_mistake_is_told_without_any_part_of_the_url(url: str, said: str) -> None:
    def from_settings() -> Database:
        return Database(load(environment=variable(url)).database_url)

    for opened in (from_settings, lambda: Database(url)):
        with pytest.raises(SettingsError) as caught:
            opened()
        assert said in str(caught.value)
        assert PASSWORD not in str(caught.value)


def variable(url: str) -> dict[str, str]:
    return {"AGENT_SERVICE_DATABASE__URL": url}


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:p%40ss%3Aw%2Ford@h:5432/db?sslmode=require",
        "postgresql://u:p:a/s#s%?w@h/db",
        "postgresql://u@/db?host=/run/postgresql",
        "postgresql:///db",
        "postgresql://u:p@[::1]:5432/db",
        "postgresql://u:p@h?sslmode=require",
        "postgresql+psycopg://u:p@h.example/db",
        "sqlite:///relative.db",
        "sqlite:////a%3Fb/%2Fc d#e.db",
        "sqlite:///file:x.db?vfs=unix-dotfile&uri=true",
    ],
)
def test_url_that_works_is_taken(url: str) -> None:
    assert mistake_in(url) is None
    Database(load(environment=variable(url)).database_url).close()


def test_line_end_of_a_secret_is_no_part_of_the_url() -> None:
    settings = load(environment=variable("postgresql://u:p@h/db\n"))
    assert settings.database_url == "postgresql+psycopg://u:p@h/db"


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_password_written_as_a_url_wants_it_arrives(password: str) -> None:
    url = URL.create("postgresql", "u", password, "h", 5432, "db").render_as_string(False)
    assert mistake_in(url) is None
    assert make_url(url).password == password


@given(st.text("@:/?#%[]&= ab", min_size=1), st.text("@:/?#%[]&= ab"))
def test_password_as_it_is_never_shows(left: str, right: str) -> None:
    url = f"postgresql://u:{left}{PASSWORD}{right}@127.0.0.1:1/db"
    mistake = mistake_in(url)
    if mistake is not None:
        assert PASSWORD not in mistake
    else:  # it is read as it was meant: host and port are no part of the password
        Database(url).close()
        assert (make_url(url).host, make_url(url).port) == ("127.0.0.1", 1)


def test_option_that_the_driver_does_not_know_is_a_failure_in_words() -> None:
    database: Any = Database("postgresql://u:p@127.0.0.1:1/db?foo=1")
    with pytest.raises(AgentServiceError, match="invalid connection option"), database.read() as it:
        it.connection()
    database.close()

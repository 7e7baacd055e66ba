"""How many random conversations the rules of the dialogue are tried on: ``--examples 10000``."""

import pytest
from hypothesis import settings

PROFILE = "conversations"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--examples", type=int, default=100, help="random conversations that the rules are tried on"
    )


def pytest_configure(config: pytest.Config) -> None:
    settings.register_profile(PROFILE, max_examples=config.getoption("--examples"))

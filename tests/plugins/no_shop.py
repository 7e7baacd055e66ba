"""In place of ``shop_desk`` where the demo shop was taken out: what needs it is skipped."""

from typing import Any

import pytest


def _skipped() -> Any:
    pytest.skip("needs the demo shop")


desk = pytest.fixture(_skipped, name="desk")
sqlite_desk = pytest.fixture(_skipped, name="sqlite_desk")
make_desk = pytest.fixture(_skipped, name="make_desk")
shop_database = pytest.fixture(_skipped, name="shop_database")
shop_url = pytest.fixture(_skipped, name="shop_url")
sqlite_shop_url = pytest.fixture(_skipped, name="sqlite_shop_url")
postgresql_shop_url = pytest.fixture(_skipped, name="postgresql_shop_url")

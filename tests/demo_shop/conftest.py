"""The tests in this folder are about the shop: its fixtures are theirs."""

from shop_desk import (
    desk,
    make_desk,
    postgresql_shop_url,
    seeded_postgresql,
    seeded_sqlite,
    shop_database,
    shop_url,
    sqlite_desk,
    sqlite_shop_url,
)

__all__ = [
    "desk",
    "make_desk",
    "postgresql_shop_url",
    "seeded_postgresql",
    "seeded_sqlite",
    "shop_database",
    "shop_url",
    "sqlite_desk",
    "sqlite_shop_url",
]

"""The company that the service ships with: a shop, to be looked at and to be taken out."""

from pathlib import Path
from typing import Final

from agent_service.company import Branch, Company, Demo, DemoPage
from agent_service.demo_shop.customers import PROOFS, ShopDirectory
from agent_service.demo_shop.erasing import erase_customer
from agent_service.demo_shop.seed import DEMO_CALLER, seed_shop
from agent_service.demo_shop.settlements import SETTLEMENTS
from agent_service.demo_shop.shown import shown_facts
from agent_service.demo_shop.tables import ShopTable
from agent_service.demo_shop.tools import TOOLS

TABLES: Final = Branch(
    metadata=ShopTable.metadata,
    migrations=Path(__file__).parent / "migrations",
    version_table="demo_shop_version",
)


def company() -> Company:
    """Return the demo shop."""
    return Company(
        title="the demo shop",
        tools=TOOLS,
        tables=TABLES,
        directory=ShopDirectory(),
        proofs=PROOFS,
        settlements=SETTLEMENTS,
        erase=erase_customer,
        seed=seed_shop,
        demo=Demo(
            caller=DEMO_CALLER,
            question="Where is order 1004?",
            kinds=("refund",),
            page=DemoPage(folder=Path(__file__).parent / "page", facts=shown_facts),
        ),
    )

"""What people say to the shop is redacted wherever it is written."""

from agent_service.demo_shop.tables import ShopTable
from agent_service.store.schema import CleanText, Said

NOBODY_TYPES = {
    "customers.customer_id",
    "order_items.customer_id",
    "order_items.name",
    "order_items.sku",
    "orders.currency",
    "orders.customer_id",
    "orders.payment",
    "products.currency",
    "products.name",
    "products.sku",
    "refunds.conversation_id",
    "refunds.currency",
    "refunds.customer_id",
    "refunds.idempotency_key",
    "returns.conversation_id",
    "returns.customer_id",
    "returns.exchange_sku",
    "shipments.carrier",
    "shipments.customer_id",
    "shipments.tracking_number",
}
"""Numbers, names and words of the shop itself."""


def test_every_text_column_is_redacted_or_known_to_hold_no_text_of_people() -> None:
    columns = {
        f"{table.name}.{column.name}": column.type
        for table in ShopTable.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, CleanText)
    }
    redacted = {name for name, kind in columns.items() if isinstance(kind, Said)}
    assert columns.keys() - redacted == NOBODY_TYPES

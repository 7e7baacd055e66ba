"""The shop's tables.

What must never happen is refused here, whoever writes: an order that moves from a state it cannot
leave, more refunded of a line than was paid for it, more returned than was bought. Refunds and
returns count themselves on their line, so no writer can forget it.

Revision ID: shop_0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "shop_0001"
down_revision = None
branch_labels = None
depends_on = None

MOVES = {
    "orders": (
        "placed>packed",
        "placed>cancelled",
        "packed>shipped",
        "shipped>delivered",
    ),
    "returns": ("requested>received", "requested>rejected", "received>closed", "received>rejected"),
    "refunds": ("requested>confirmed", "requested>rejected"),
}
COUNTED = {
    "refunds": ("refunded_minor", "amount_minor"),
    "returns": ("returned_quantity", "quantity"),
}
"""What of a row is added up on its order line, until the row is rejected."""

SAME_CURRENCY = "(SELECT currency FROM orders WHERE number = NEW.order_number) <> NEW.currency"


def upgrade() -> None:
    if sa.inspect(op.get_bind()).has_table("order_items"):
        return  # made by an earlier release of the service, to which the shop's tables belonged
    op.create_table(
        "customers",
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("street", sa.String(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("postcode", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customers")),
        sa.UniqueConstraint("email", name=op.f("uq_customers_email")),
    )
    op.create_table(
        "products",
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("price_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("warranty_months", sa.Integer(), nullable=False),
        sa.CheckConstraint("price_minor > 0", name=op.f("ck_products_price")),
        sa.PrimaryKeyConstraint("sku", name=op.f("pk_products")),
    )
    op.create_table(
        "orders",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "placed",
                "packed",
                "shipped",
                "delivered",
                "cancelled",
                name="orderstatus",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("packed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.String(), nullable=True),
        sa.Column("payment", sa.String(), nullable=False),
        sa.Column("street", sa.String(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("postcode", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(status = 'cancelled') = (cancelled_at IS NOT NULL)", name=op.f("ck_orders_cancelled")
        ),
        sa.CheckConstraint(
            "status <> 'delivered' OR delivered_at IS NOT NULL", name=op.f("ck_orders_delivered")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.customer_id"], name=op.f("fk_orders_customer_id_customers")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_orders")),
        sa.UniqueConstraint("number", "customer_id", name=op.f("uq_orders_number_customer_id")),
    )
    op.create_index(op.f("ix_orders_customer_id"), "orders", ["customer_id"], unique=False)
    op.create_table(
        "order_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_number", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("paid_minor", sa.Integer(), nullable=False),
        sa.Column("returned_quantity", sa.Integer(), nullable=False),
        sa.Column("refunded_minor", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=True),
        sa.CheckConstraint("quantity > 0 AND paid_minor >= 0", name=op.f("ck_order_items_amounts")),
        sa.CheckConstraint(
            "refunded_minor BETWEEN 0 AND paid_minor", name=op.f("ck_order_items_refunded")
        ),
        sa.CheckConstraint(
            "returned_quantity BETWEEN 0 AND quantity", name=op.f("ck_order_items_returned")
        ),
        sa.ForeignKeyConstraint(
            ["order_number", "customer_id"],
            ["orders.number", "orders.customer_id"],
            name=op.f("fk_order_items_order_number_customer_id_orders"),
        ),
        sa.ForeignKeyConstraint(
            ["sku"], ["products.sku"], name=op.f("fk_order_items_sku_products")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_items")),
        sa.UniqueConstraint(
            "id",
            "order_number",
            "customer_id",
            name=op.f("uq_order_items_id_order_number_customer_id"),
        ),
        sa.UniqueConstraint("order_number", "line", name=op.f("uq_order_items_order_number_line")),
    )
    op.create_index(
        op.f("ix_order_items_order_number"), "order_items", ["order_number"], unique=False
    )
    op.create_table(
        "shipments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_number", sa.Integer(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("tracking_number", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "in_transit",
                "out_for_delivery",
                "delivered",
                "lost",
                name="shipmentstatus",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("customer_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_number", "customer_id"],
            ["orders.number", "orders.customer_id"],
            name=op.f("fk_shipments_order_number_customer_id_orders"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipments")),
    )
    op.create_index(op.f("ix_shipments_order_number"), "shipments", ["order_number"], unique=False)
    op.create_table(
        "refunds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_number", sa.Integer(), nullable=False),
        sa.Column("order_item_id", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "requested",
                "confirmed",
                "rejected",
                name="refundstatus",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("conversation_id", sa.String(), nullable=True),
        sa.Column("idempotency_key", sa.String(), nullable=True),
        sa.Column("customer_id", sa.String(), nullable=True),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_refunds_amount")),
        sa.ForeignKeyConstraint(
            ["order_item_id", "order_number", "customer_id"],
            ["order_items.id", "order_items.order_number", "order_items.customer_id"],
            name=op.f("fk_refunds_order_item_id_order_number_customer_id_order_items"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sa.UniqueConstraint(
            "idempotency_key",
            "order_item_id",
            name=op.f("uq_refunds_idempotency_key_order_item_id"),
        ),
    )
    op.create_index(op.f("ix_refunds_order_number"), "refunds", ["order_number"], unique=False)
    op.create_table(
        "returns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_number", sa.Integer(), nullable=False),
        sa.Column("order_item_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "return",
                "exchange",
                name="returnkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("exchange_sku", sa.String(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "requested",
                "received",
                "closed",
                "rejected",
                name="returnstatus",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=True),
        sa.Column("customer_id", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'exchange') = (exchange_sku IS NOT NULL)", name=op.f("ck_returns_exchange")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_returns_quantity")),
        sa.ForeignKeyConstraint(
            ["exchange_sku"], ["products.sku"], name=op.f("fk_returns_exchange_sku_products")
        ),
        sa.ForeignKeyConstraint(
            ["order_item_id", "order_number", "customer_id"],
            ["order_items.id", "order_items.order_number", "order_items.customer_id"],
            name=op.f("fk_returns_order_item_id_order_number_customer_id_order_items"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returns")),
    )
    op.create_index(op.f("ix_returns_order_number"), "returns", ["order_number"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgresql()


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        for function in (
            *(f"{table}_move" for table in MOVES),
            *(f"{table}_{what}" for table in COUNTED for what in ("count", "fixed")),
            "refunds_currency",
        ):
            op.execute(f"DROP FUNCTION {function}() CASCADE")
    op.drop_index(op.f("ix_returns_order_number"), table_name="returns")
    op.drop_table("returns")
    op.drop_index(op.f("ix_refunds_order_number"), table_name="refunds")
    op.drop_table("refunds")
    op.drop_index(op.f("ix_shipments_order_number"), table_name="shipments")
    op.drop_table("shipments")
    op.drop_index(op.f("ix_order_items_order_number"), table_name="order_items")
    op.drop_table("order_items")
    op.drop_index(op.f("ix_orders_customer_id"), table_name="orders")
    op.drop_table("orders")
    op.drop_table("products")
    op.drop_table("customers")


def _guard_sqlite() -> None:
    def trigger(name: str, when: str, body: str) -> None:
        op.execute(f"CREATE TRIGGER {name} {when} BEGIN {body}; END")

    for table, moves in MOVES.items():
        trigger(
            f"{table}_move",
            f"BEFORE UPDATE OF status ON {table} WHEN OLD.status <> NEW.status"
            f" AND OLD.status || '>' || NEW.status NOT IN {moves}",
            f"SELECT RAISE(ABORT, '{table} cannot move to this status now')",
        )
    for table, (total, part) in COUNTED.items():
        change = f"UPDATE order_items SET {total} = {total}"  # noqa: S608  # names from above
        trigger(
            f"{table}_count",
            f"AFTER INSERT ON {table}",
            f"{change} + NEW.{part} WHERE id = NEW.order_item_id",
        )
        trigger(
            f"{table}_uncount",
            f"AFTER UPDATE OF status ON {table}"
            " WHEN NEW.status = 'rejected' AND OLD.status <> 'rejected'",
            f"{change} - OLD.{part} WHERE id = OLD.order_item_id",
        )
        trigger(
            f"{table}_fixed",
            f"BEFORE UPDATE OF {part}, order_item_id ON {table}",
            f"SELECT RAISE(ABORT, '{table} cannot change what they are for')",
        )
    trigger(
        "refunds_currency",
        f"BEFORE INSERT ON refunds WHEN {SAME_CURRENCY}",
        "SELECT RAISE(ABORT, 'refunds are paid in the currency of their order')",
    )


def _guard_postgresql() -> None:
    def trigger(name: str, function: str, when: str, body: str) -> None:
        op.execute(
            f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {body}; RETURN NEW; END $$"
        )
        op.execute(f"CREATE TRIGGER {name} {when} FOR EACH ROW EXECUTE FUNCTION {function}()")

    def refuse(table: str, sentence: str) -> str:
        return f"RAISE EXCEPTION '{table} {sentence}' USING ERRCODE = 'check_violation'"

    for table, moves in MOVES.items():
        trigger(
            f"{table}_move",
            f"{table}_move",
            f"BEFORE UPDATE OF status ON {table}",
            f"IF OLD.status <> NEW.status AND OLD.status || '>' || NEW.status NOT IN {moves}"
            f" THEN {refuse(table, 'cannot move to this status now')}; END IF",
        )
    for table, (total, part) in COUNTED.items():
        change = f"UPDATE order_items SET {total} = {total}"  # noqa: S608  # names from above
        trigger(
            f"{table}_count",
            f"{table}_count",
            f"AFTER INSERT OR UPDATE OF status ON {table}",
            f"IF TG_OP = 'INSERT' THEN {change} + NEW.{part} WHERE id = NEW.order_item_id;"
            f" ELSIF NEW.status = 'rejected' AND OLD.status <> 'rejected'"
            f" THEN {change} - OLD.{part} WHERE id = OLD.order_item_id; END IF",
        )
        trigger(
            f"{table}_fixed",
            f"{table}_fixed",
            f"BEFORE UPDATE OF {part}, order_item_id ON {table}",
            refuse(table, "cannot change what they are for"),
        )
    trigger(
        "refunds_currency",
        "refunds_currency",
        "BEFORE INSERT ON refunds",
        f"IF {SAME_CURRENCY}"
        f" THEN {refuse('refunds', 'are paid in the currency of their order')}; END IF",
    )

"""Pieces of a card are taken out of what was said to the shop, too."""

from shop_desk import ShopDesk
from sqlalchemy import select

from agent_service.demo_shop.tables import Return, ShopTable
from agent_service.redaction import REDACTED_CARD
from agent_service.store.record_redaction import (
    CardPieces,
    remove_pieces,
    tables_of_conversations,
)


def test_pieces_are_taken_out_of_the_companys_rows(desk: ShopDesk) -> None:
    tables = tables_of_conversations(ShopTable.metadata.tables.values())
    assert {table.name for table in tables} == {"returns", "refunds"}
    with desk.database.write() as session:
        said = session.scalars(select(Return)).first()
        assert said is not None
        said.conversation_id, said.reason = "here", "4111 2222 is too loud"
    with desk.database.write() as session:
        remove_pieces(session, CardPieces("here", ("4111222233334444",)), tables)
    with desk.database.read() as session:
        said = session.scalars(select(Return)).first()
        assert said is not None
        assert said.reason == f"{REDACTED_CARD} is too loud"

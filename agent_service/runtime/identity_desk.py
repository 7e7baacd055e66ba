"""Proof of who is calling, by what the caller enters themselves and no model can emit."""

from dataclasses import replace
from functools import partial

from agent_service.clock import Clock
from agent_service.conversation.records import Caller, CallerLevel
from agent_service.errors import CallerError
from agent_service.store.database import Database
from agent_service.store.identity import check_code, check_knowledge


class IdentityDesk:
    """Raises a caller's level; raises ProofError after too many tries."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def enter_code(self, caller: Caller, conversation_id: str, code: str) -> Caller:
        """Return the caller as the entered one-time code proves them; unchanged by a wrong one.

        An identified caller is verified by it, a verified one stepped up.
        """
        if caller.customer_id is None:
            raise CallerError("There is nobody to send a code to yet.", code="not_identified")
        is_right = await self._database.run(
            partial(
                check_code,
                conversation_id=conversation_id,
                customer_id=caller.customer_id,
                code=code,
                now=self._clock.utc(),
            ),
            is_write=True,
        )
        if not is_right:
            return caller
        is_verified = caller.level.rank >= CallerLevel.VERIFIED.rank
        level = CallerLevel.STEPPED_UP if is_verified else CallerLevel.VERIFIED
        return replace(caller, level=level)

    async def answer_knowledge(
        self, caller: Caller, conversation_id: str, order_number: int, postcode: str
    ) -> Caller:
        """Return the caller as an order's number and postcode prove them; else unchanged.

        A conversation has one customer: who is known already cannot become somebody else.
        """
        customer = await self._database.run(
            partial(
                check_knowledge,
                conversation_id=conversation_id,
                order_number=order_number,
                postcode=postcode,
                now=self._clock.utc(),
            ),
            is_write=True,
        )
        if customer is None or caller.customer_id not in (None, customer.customer_id):
            return caller
        if caller.level.rank >= CallerLevel.IDENTIFIED.rank:
            return caller
        return Caller(customer.customer_id, customer.name, CallerLevel.IDENTIFIED)

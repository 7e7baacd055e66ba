"""Proof of who is calling, by what the caller enters themselves and no model can emit."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeVar

import structlog
from sqlalchemy.orm import Session

from agent_service.clock import Clock, uuid7
from agent_service.conversation.records import Caller, CallerLevel, IncidentRecord, placed
from agent_service.errors import CallerError
from agent_service.runtime.ports import Records
from agent_service.store.database import Database
from agent_service.store.directory import Customers, DirectoryAway
from agent_service.store.identity import Claimant, SourceExhausted, check_answers, check_code
from agent_service.store.proofs import Expected, Proof

ALARM_PAUSE: Final = timedelta(hours=1)
"""An alarm about one source is not repeated within this time."""

_log = structlog.get_logger()
T = TypeVar("T")


class IdentityDesk:
    """Raises a caller's level; raises ProofError after too many tries.

    ``source_limit`` is how many wrong tries an hour one source's callers have between them.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        records: Records,
        *,
        source_limit: int,
        proofs: Iterable[Proof] = (),
        customers: Customers | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._records = records
        self._source_limit = source_limit
        self._proofs = {proof.name: proof for proof in proofs}
        self._customers = customers or Customers(database)
        self._alarms: dict[str, datetime] = {}
        """Sources with their last alarm; as many as there are origins of tickets."""

    async def enter_code(self, caller: Caller, claimant: Claimant, code: str) -> Caller:
        """Return the caller as the entered one-time code proves them; unchanged by a wrong one.

        One who was only claimed, or identified, is verified by it, a verified one stepped up.
        """
        customer_id = caller.customer_id or caller.claimed_id
        if customer_id is None:
            raise CallerError("There is nobody to send a code to yet.", code="not_identified")
        is_right = await self._check(
            claimant,
            partial(
                check_code,
                claimant=claimant,
                customer_id=customer_id,
                code=code,
                source_limit=self._source_limit,
                now=self._clock.utc(),
            ),
        )
        if not is_right:
            return caller
        if caller.customer_id is None:
            return Caller(customer_id, await self._name(customer_id), CallerLevel.VERIFIED)
        is_verified = caller.level.rank >= CallerLevel.VERIFIED.rank
        level = CallerLevel.STEPPED_UP if is_verified else CallerLevel.VERIFIED
        return replace(caller, level=level)

    async def _name(self, customer_id: str) -> str | None:
        """Return what a customer is called, as far as that is told now."""
        try:
            known = await asyncio.to_thread(self._customers.find, "customer_id", customer_id)
        except DirectoryAway:
            return None
        return known.name if known else None

    async def answer_check(
        self, caller: Caller, claimant: Claimant, proof: str, answers: Mapping[str, str]
    ) -> Caller:
        """Return the caller as the answers to a company's proof prove them; else unchanged.

        A conversation has one customer: who is known already cannot become somebody else.
        """
        asked = self._proofs.get(proof)
        if asked is None or not asked.is_well_formed(answers):
            raise CallerError("That is not what is asked for here.", code="proof_unknown")
        claim = answers[asked.claimed]
        question = partial(_expected, asked, claim)
        expected = await asyncio.to_thread(self._customers.ask, question)
        is_right = await self._check(
            claimant,
            partial(
                check_answers,
                claimant=claimant,
                kind=proof,
                claim=claim,
                answers={name: said for name, said in answers.items() if name != asked.claimed},
                expected=expected.answers if expected else None,
                source_limit=self._source_limit,
                now=self._clock.utc(),
            ),
        )
        if expected is None or not is_right:
            return caller
        customer = expected.customer
        if caller.customer_id not in (None, customer.customer_id):
            return caller
        if caller.level.rank >= asked.level.rank:
            return caller
        return Caller(customer.customer_id, customer.name, asked.level)

    async def _check(self, claimant: Claimant, work: Callable[[Session], T]) -> T:
        try:
            return await self._database.run(work, is_write=True)
        except SourceExhausted:
            self._raise_alarm(claimant)
            raise

    def _raise_alarm(self, claimant: Claimant) -> None:
        """Tell the team, once in a while: somebody may be guessing their way in."""
        now = self._clock.utc()
        last = self._alarms.get(claimant.source)
        if last is not None and now - last < ALARM_PAUSE:
            return
        self._alarms[claimant.source] = now
        _log.error("identity_guessing", source=claimant.source, limit=self._source_limit)
        message = (
            f"{self._source_limit} proofs of identity from {claimant.source} were wrong within an"
            " hour. None is looked at until there are fewer."
        )
        incident = IncidentRecord(
            incident_id=uuid7(),
            conversation_id=claimant.conversation_id,
            code="identity_guessing",
            message=message,
            occurred_at=now,
        )
        self._records.record(placed(incident, claimant.began_at))


def _expected(proof: Proof, claim: str, session: Session) -> Expected | None:
    return proof.look_up(session, claim)

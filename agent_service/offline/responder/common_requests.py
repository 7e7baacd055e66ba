"""How people ask for common kinds of actions in English: a thesaurus of the words that name an
action, and of what callers say who want it. It knows no tool."""

from dataclasses import dataclass

from agent_service.offline.responder.words import stem


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of action: the words that name it, and how it is asked for; {o} is what it acts on."""

    names: frozenset[str]
    phrasings: tuple[str, ...]


def _kinds(text: str) -> tuple[Kind, ...]:
    """Read "names: phrasing; phrasing", a kind a paragraph."""
    found: list[Kind] = []
    for paragraph in text.strip().split("\n\n"):
        names, _, phrasings = " ".join(paragraph.split()).partition(": ")
        stems = frozenset(stem(name) for name in names.split())
        found.append(Kind(stems, tuple(phrasings.split("; "))))
    return tuple(found)


KINDS = _kinds("""
cancel annul revoke withdraw terminate delete: cancel the {o}; call off the {o}; I don't want the
{o} anymore; I no longer need the {o}; please stop the {o}; I changed my mind about the {o}; that
{o} was a mistake, undo it; drop the {o}

return refund reimburse reimbursement: I want to send it back; I want my money back; it arrived
damaged; it is broken; it doesn't fit me; I got the wrong thing; I am not happy with it, take it
back; can I get a refund

status state track tracking progress shipment delivery: where is my {o}; has my {o} arrived yet; is
there any news about my {o}; when will my {o} come; my {o} never came; is my {o} on its way; how far
is my {o}; I am still waiting for my {o}

list history overview mine: show me my {o}; what {o} do I have; which {o} are there; give me an
overview of my {o}; what did I get from you

help faq article information policy knowledge question rule: what is your policy on that; how does
it work; how much does it cost; how long does it take; do you offer that; which ones do you accept;
when are you open; where are you located; is it possible to do that with you

ticket complaint issue problem incident report fault case: I want to complain; something is wrong
with my account; there is an error on my bill; it doesn't work; I have been charged twice; I want to
report a problem; I can't log in

human representative operator escalate handover transfer supervisor person staff handoff: I want to
talk to a person; let me speak to somebody; connect me with a colleague; get me your manager; I
don't want to talk to a machine; is there somebody I can speak with

callback: can somebody call me back; ring me later; please phone me tomorrow; give me a call

book reserve schedule reservation booking: I would like a {o}; is there a {o} free on Monday; do you
have anything available tomorrow; put me down for a {o}; can I get a {o}; I need a {o}

reschedule move postpone shift: I can't make it, is another day possible; can we do it later; I need
a different time; postpone the {o}; that day doesn't suit me

change update edit correct modify: my {o} is wrong; I want to change the {o}; please correct the
{o}; use another {o} instead; I have a new {o}

renew extend prolong: can I keep it longer; extend the {o}; I need more time; it runs out soon, can
I have it longer

refill reorder replenish: I ran out of it; I need more of it; mine is almost empty; can I get the
same again

pay payment settle fine invoice bill: I want to pay; how much do I owe; settle my {o}; I want to pay
my {o}

message note notify inform forward: please pass on a message; tell them something for me; let them
know that; can I leave a message

replace replacement reissue: I lost my {o}; my {o} was stolen; my {o} is damaged; I need a new {o}

result finding outcome: are my {o} back; what did the {o} say; how did it turn out

register signup subscribe join enrol enroll membership: I would like to join; sign me up; how do I
become a member

availability stock catalogue catalog search lookup: do you have that; is it available; I am looking
for something; do you have anything about that

price quote cost estimate: how much is it; what does it cost; what is the price

address location move relocation: I have moved; it should go somewhere else

event course calendar agenda: what is going on; is anything happening this week

exchange swap trade: I'd like a different {o}; can I swap it for another one; I need it in another
size; it has the wrong colour, can I get the other one; replace it with a new one; I want one that
works instead of this one

hours schedule availability: when are you open; how long are you there today; are you open on
Sunday; when do you close; is anybody there right now

balance credit limit usage allowance remaining quota used left: how much is left; how much do I
have; how much have I used so far; am I over my limit; what can I still use this month

transaction movement statement spending activity: what did I spend; what came in and what went out;
has the money arrived on my account; was something taken from my account; show me the last bookings

transfer wire remit send money: send money to somebody; I want to pay somebody back; put some money
on another account; move money from one account to the other; I owe somebody something

block freeze lock suspend disable deactivate: I lost my {o}; somebody stole my {o}; nobody should be
able to use my {o}; shut the {o} off at once; I can't find my {o} anymore; lock my {o}

activate enable unlock switch turn: switch {o} on; turn the {o} on for me; I want to use {o}; why
doesn't my {o} work here; can I have {o}

pin password login credential passcode: I forgot my {o}; I can't remember it; it doesn't accept my
{o}; I typed it wrong too often; I want another {o}

verify verification authenticate security identity otp: how do I prove that it's me; text me a code;
I didn't get the code; the code doesn't work anymore; send me another code

dispute contest chargeback claim fraud unauthorised unauthorized: I never bought that; that wasn't
me; I was charged too much; somebody took money that I did not approve; I don't accept this charge

compensation damages claim: what do I get for that; who pays for my trouble; I want money for the
delay; you have to pay me something for that

standing debit subscription recurring: they should not take money from me anymore; stop paying them
every month; end the monthly payment; I don't want that subscription anymore

outage disruption incident network connection: nothing works since this morning; I have no
connection; is it down for everybody here; it keeps breaking off; when will it work again

technician engineer repair installation install mechanic service visit: send somebody to repair it;
can someone come and look at it; it has to be installed; it is broken, who can fix it; I need
somebody at my house

explain breakdown detail itemise itemize: why is it so high; what is this charge for; I don't
understand my {o}; it is more than last time; what am I paying for

plan tariff package upgrade downgrade subscription tier: I want something cheaper; I need more than
I have now; switch me to a bigger one; is there a better {o} for me; I hardly use it, give me the
smallest

contract membership account leave close terminate: I am leaving; I don't want to be a customer
anymore; close it for good; I'm going to another company

flight train trip journey connection travel route fare: I want to go there on Friday; how do I get
there; is there a flight on Sunday; what is the cheapest way to travel; find me a connection

booking reservation itinerary: when do we leave; is my {o} confirmed; what time do I arrive; which
seat do I have; I never got a confirmation

luggage baggage bag suitcase: I want to take another bag; my suitcase is missing; can I bring a big
bag; my bag is heavier than I thought

seat place table: I want to sit at the window; can we sit together; I'd like more room; somewhere in
the front please

history activity past contact log: what happened so far; did I already tell you about this; how far
are you with that; what did we agree on; has that been done already

rule regulation condition requirement allowed: am I allowed to do that; what do I have to bring; do
I need anything for that; is it included; does it cost extra

adviser advisor consultant specialist expert: I want advice from somebody; who can help me decide; I
would like to discuss it with someone; is there anybody who knows about that

hold reserve waiting: keep it for me; put my name on the list; set it aside for me; I'd like to have
it next

shipping deliver delivery ship address: send it somewhere else; bring it to my office instead; it
should go to my neighbour; I won't be at home
""")

"""How people ask for common kinds of actions in English, for tools that bring few phrasings.

A thesaurus of verbs, keyed by words of a tool's name and action; it knows no tool.
"""

from dataclasses import dataclass

from agent_service.offline.responder.words import split_name, stem

_BUILDING = frozenset(
    word
    for line in (
        "get find list start open search request look up make do my the a an by for to in of from",
        "on send set add put create show check give tell fetch query lookup retrieve new info",
    )
    for word in line.split()
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of action: the words that name it, and how it is asked for; {o} is what it acts on."""

    names: frozenset[str]
    phrasings: tuple[str, ...]


def _kind(names: str, *phrasings: str) -> Kind:
    return Kind(frozenset(stem(name) for name in names.split()), phrasings)


KINDS: tuple[Kind, ...] = (
    _kind(
        "cancel annul revoke withdraw terminate delete",
        "cancel the {o}",
        "call off the {o}",
        "I don't want the {o} anymore",
        "I no longer need the {o}",
        "please stop the {o}",
        "I changed my mind about the {o}",
        "that {o} was a mistake, undo it",
        "drop the {o}",
    ),
    _kind(
        "return refund reimburse reimbursement",
        "I want to send it back",
        "I want my money back",
        "it arrived damaged",
        "it is broken",
        "it doesn't fit me",
        "I got the wrong thing",
        "I am not happy with it, take it back",
        "can I get a refund",
    ),
    _kind(
        "status state track tracking progress shipment delivery",
        "where is my {o}",
        "has my {o} arrived yet",
        "is there any news about my {o}",
        "when will my {o} come",
        "my {o} never came",
        "is my {o} on its way",
        "how far is my {o}",
        "I am still waiting for my {o}",
    ),
    _kind(
        "list history overview mine",
        "show me my {o}",
        "what {o} do I have",
        "which {o} are there",
        "give me an overview of my {o}",
        "what did I get from you",
    ),
    _kind(
        "help faq article information policy knowledge question hours",
        "what is your policy on that",
        "how does it work",
        "how much does it cost",
        "how long does it take",
        "do you offer that",
        "which ones do you accept",
        "when are you open",
        "where are you located",
        "is it possible to do that with you",
    ),
    _kind(
        "ticket complaint issue problem incident report fault case",
        "I want to complain",
        "something is wrong with my account",
        "there is an error on my bill",
        "it doesn't work",
        "I have been charged twice",
        "I want to report a problem",
        "I can't log in",
    ),
    _kind(
        "human representative operator escalate handover transfer supervisor person staff handoff",
        "I want to talk to a person",
        "let me speak to somebody",
        "connect me with a colleague",
        "get me your manager",
        "I don't want to talk to a machine",
        "is there somebody I can speak with",
    ),
    _kind(
        "callback",
        "can somebody call me back",
        "ring me later",
        "please phone me tomorrow",
        "give me a call",
    ),
    _kind(
        "book reserve schedule reservation booking",
        "I would like a {o}",
        "is there a {o} free on Monday",
        "do you have anything available tomorrow",
        "put me down for a {o}",
        "can I get a {o}",
        "I need a {o}",
    ),
    _kind(
        "reschedule move postpone shift",
        "I can't make it, is another day possible",
        "can we do it later",
        "I need a different time",
        "postpone the {o}",
        "that day doesn't suit me",
    ),
    _kind(
        "change update edit correct modify",
        "my {o} is wrong",
        "I want to change the {o}",
        "please correct the {o}",
        "use another {o} instead",
        "I have a new {o}",
    ),
    _kind(
        "renew extend prolong",
        "can I keep it longer",
        "extend the {o}",
        "I need more time",
        "it runs out soon, can I have it longer",
    ),
    _kind(
        "refill reorder replenish",
        "I ran out of it",
        "I need more of it",
        "mine is almost empty",
        "can I get the same again",
    ),
    _kind(
        "pay payment settle fine invoice bill",
        "I want to pay",
        "how much do I owe",
        "settle my {o}",
        "I want to pay my {o}",
    ),
    _kind(
        "message note notify inform forward",
        "please pass on a message",
        "tell them something for me",
        "let them know that",
        "can I leave a message",
    ),
    _kind(
        "replace replacement reissue",
        "I lost my {o}",
        "my {o} was stolen",
        "my {o} is damaged",
        "I need a new {o}",
    ),
    _kind(
        "result finding report outcome",
        "are my {o} back",
        "what did the {o} say",
        "how did it turn out",
    ),
    _kind(
        "register signup subscribe join enrol enroll membership",
        "I would like to join",
        "sign me up",
        "how do I become a member",
    ),
    _kind(
        "availability stock catalogue catalog search lookup",
        "do you have that",
        "is it available",
        "I am looking for something",
        "do you have anything about that",
    ),
    _kind("price quote cost estimate", "how much is it", "what does it cost", "what is the price"),
    _kind("address location move relocation", "I have moved", "it should go somewhere else"),
    _kind("event course calendar agenda", "what is going on", "is anything happening this week"),
)


def ways_to_ask(name: str, action: str) -> list[str]:
    """Return phrasings for a tool of this name and action."""
    words = split_name(name)
    stems = {stem(word) for word in [*words, *action.split()]}
    found: list[str] = []
    for kind in KINDS:
        if not kind.names & stems:
            continue
        left = [w for w in words if stem(w) not in kind.names and w not in _BUILDING]
        what = " ".join(left) or "it"
        found += [phrasing.replace("{o}", what) for phrasing in kind.phrasings]
    return list(dict.fromkeys(found))

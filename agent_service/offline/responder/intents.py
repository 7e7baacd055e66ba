"""What callers say besides asking for a tool: phrasings of yes, no, thanks, goodbye and the
like, in English.

They train the router beside the tools' own phrasings; none of them belongs to a trade.
"""

from enum import Enum


class Intent(Enum):
    YES = "yes"
    NO = "no"
    GREETING = "greeting"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    REPEAT = "repeat"
    ABILITIES = "abilities"
    IDENTITY = "identity"
    SMALLTALK = "smalltalk"
    ANGER = "anger"
    OUT_OF_SCOPE = "out_of_scope"


def _phrasings(text: str) -> dict[Intent, tuple[str, ...]]:
    """Read "intent: phrasing; phrasing", an intent a paragraph."""
    found: dict[Intent, tuple[str, ...]] = {}
    for paragraph in text.strip().split("\n\n"):
        name, _, phrasings = " ".join(paragraph.split()).partition(": ")
        found[Intent(name)] = tuple(phrasings.split("; "))
    return found


PHRASINGS = _phrasings("""
yes: yes; yes please; yeah; sure, go ahead; that's right; correct; okay do it; yep that's correct;
absolutely; please do; sounds good; of course; that is fine; yes, that one; I agree; make it so;
that works for me; right; yes, I am sure

no: no; no thanks; nope; no don't; that's wrong; not now; never mind; forget it; no that's not
right; please don't do that; leave it; stop, I changed my mind; no, I do not want that; absolutely
not; not that one; I would rather not; no, wait

greeting: hello; hi there; good morning; hey; good afternoon; hello, can you hear me; hi, is anyone
there; good evening, I have a question; good day; hi, how is it going; greetings; hey, good to reach
you

thanks: thank you; thanks a lot; thanks, that helps; great, thank you very much; perfect, thanks;
you've been very helpful; awesome; that's great news; cheers; I appreciate it; many thanks for your
help; wonderful; that is kind of you; thanks, you saved my day

goodbye: goodbye; bye; that's all, bye; that will be all; see you; have a nice day; nothing else,
thank you, goodbye; I have to go now; no, that was everything; you can hang up now; talk to you
later; until next time; that was it from me; have a good evening; I am finished, bye

repeat: can you repeat that; say that again; pardon; what did you say; I didn't hear you; sorry,
what was that; come again; could you say it once more please; I did not understand you; the line was
bad, again please; what was the last thing you said; could you speak up and say it again; one more
time

abilities: what can you do; how can you help me; what are my options; what can I ask you; help; what
do you offer; what kind of things can you help with; I need some help; what are you able to do for
me; which things do you know about; what is this service for; tell me what I can do here

identity: who are you; what is your name; are you a robot; am I talking to a machine; are you a real
person; which model are you; are you an AI; do you have a name; is this a computer speaking; am I
speaking with a human being

smalltalk: how are you; how are you doing today; tell me a joke; you are funny; I am bored; do you
like your job; nice to meet you; what's up; do you like music; how old are you; I love you; are you
happy; what do you do all day; tell me something funny

anger: this is ridiculous; you are useless; I am really angry with you; your service is terrible;
nobody ever helps me here; this is unacceptable; I am fed up with this; you are wasting my time;
what a stupid machine; I got hurt because of you; this is the worst company ever

out_of_scope: what is the weather like today; who won the football match; should I buy shares; what
is the capital of France; write me a poem; what is two plus two; who is the president; play some
music; turn on the lights; what time is it; translate this into French; how do I cook rice; explain
quantum physics; which movie should I watch tonight; write a program that sorts a list; recommend a
restaurant nearby; what is the meaning of life; how tall is mount everest; set an alarm for seven;
solve this equation; what is the stock market doing; who wrote this novel; when was the war; how far
away is the moon; give me a recipe for dinner; what do you think about politics; do my homework;
write a letter for me; what are the lottery numbers; book me a flight; order me a taxi; what is the
news today; how many people live in China; who is the best singer; calculate the square root of
nine; help me learn a language; how do I lose weight; which phone should I buy; what is the time in
Tokyo
""")

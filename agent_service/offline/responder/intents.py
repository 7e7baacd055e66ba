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
    OUT_OF_SCOPE = "out_of_scope"


PHRASINGS: dict[Intent, tuple[str, ...]] = {
    Intent.YES: (
        "yes",
        "yes please",
        "yeah",
        "sure, go ahead",
        "that's right",
        "correct",
        "okay do it",
        "yep that's correct",
        "absolutely",
        "please do",
        "sounds good",
        "of course",
        "that is fine",
    ),
    Intent.NO: (
        "no",
        "no thanks",
        "nope",
        "no don't",
        "that's wrong",
        "not now",
        "never mind",
        "forget it",
        "no that's not right",
        "please don't do that",
        "leave it",
        "stop, I changed my mind",
    ),
    Intent.GREETING: (
        "hello",
        "hi there",
        "good morning",
        "hey",
        "good afternoon",
        "hello, can you hear me",
        "hi, is anyone there",
        "good evening, I have a question",
    ),
    Intent.THANKS: (
        "thank you",
        "thanks a lot",
        "thanks, that helps",
        "great, thank you very much",
        "perfect, thanks",
        "you've been very helpful",
        "awesome",
        "that's great news",
        "cheers",
    ),
    Intent.GOODBYE: (
        "goodbye",
        "bye",
        "that's all, bye",
        "that will be all",
        "see you",
        "have a nice day",
        "nothing else, thank you, goodbye",
        "I have to go now",
        "no, that was everything",
        "you can hang up now",
    ),
    Intent.REPEAT: (
        "can you repeat that",
        "say that again",
        "pardon",
        "what did you say",
        "I didn't hear you",
        "sorry, what was that",
        "come again",
        "could you say it once more please",
        "I did not understand you",
    ),
    Intent.ABILITIES: (
        "what can you do",
        "how can you help me",
        "what are my options",
        "what can I ask you",
        "help",
        "what do you offer",
        "what kind of things can you help with",
        "I need some help",
    ),
    Intent.IDENTITY: (
        "who are you",
        "what is your name",
        "are you a robot",
        "am I talking to a machine",
        "are you a real person",
        "which model are you",
        "are you an AI",
    ),
    Intent.SMALLTALK: (
        "how are you",
        "how are you doing today",
        "tell me a joke",
        "you are funny",
        "I am bored",
        "do you like your job",
        "nice to meet you",
        "what's up",
    ),
    Intent.OUT_OF_SCOPE: (
        "what is the weather like today",
        "who won the football match",
        "should I buy shares",
        "what is the capital of France",
        "write me a poem",
        "what is two plus two",
        "who is the president",
        "play some music",
        "turn on the lights",
        "what time is it",
        "translate this into French",
        "how do I cook rice",
        "explain quantum physics",
        "which movie should I watch tonight",
        "write a program that sorts a list",
        "recommend a restaurant nearby",
        "what is the meaning of life",
        "how tall is mount everest",
        "set an alarm for seven",
        "solve this equation",
    ),
}

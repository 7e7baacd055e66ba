"""Words that stand for letters: the spelling alphabet, the letters' own names, and what sounds
like them."""

from typing import Final

_SPELLING: Final = (
    "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar "
    "papa quebec romeo sierra tango uniform victor whiskey xray yankee zulu alfa juliett"
)
SPELLING: Final = {word: word[0].upper() for word in _SPELLING.split()}
LETTER_NAMES: Final = {
    "ar": "R", "bee": "B", "cee": "C", "cue": "Q", "dee": "D", "eff": "F", "ell": "L", "em": "M",
    "en": "N", "ess": "S", "ex": "X", "gee": "G", "jay": "J", "kay": "K", "pee": "P", "queue": "Q",
    "tee": "T", "vee": "V", "zed": "Z", "zee": "Z",
}  # fmt: skip
"""Words that are seldom anything else."""
SOUND_LIKE_LETTERS: Final = LETTER_NAMES | {
    "age": "H", "am": "M", "an": "N", "and": "N", "are": "R", "as": "S", "at": "A", "be": "B",
    "decay": "DK", "each": "H", "easy": "EZ", "eight": "A", "end": "N", "eye": "I", "hey": "A",
    "in": "N", "key": "Q", "my": "MI", "of": "A", "oh": "O", "okay": "OK", "our": "R", "pea": "P",
    "sea": "C", "see": "C", "tea": "T", "us": "S", "why": "Y", "you": "U",
}  # fmt: skip
"""Words that a recogniser prefers to the letters that they sound like."""

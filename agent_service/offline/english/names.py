"""People's names, for e-mail addresses: "susan dot clerk" is Susan Clark.

A recogniser prefers ordinary words to names. In front of the @ names are what one expects, so a
word there that sounds like a common name is taken for it.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

_FIRST: Final = (
    "james mary john patricia robert jennifer michael linda william elizabeth david barbara "
    "richard susan joseph jessica thomas sarah charles karen christopher nancy daniel lisa "
    "matthew betty anthony margaret mark sandra donald ashley steven kimberly paul emily andrew "
    "donna joshua michelle kenneth carol kevin amanda brian dorothy george melissa edward "
    "deborah ronald stephanie timothy rebecca jason sharon jeffrey laura ryan cynthia jacob "
    "kathleen gary amy nicholas angela eric shirley jonathan anna stephen brenda larry pamela "
    "justin emma scott nicole brandon helen benjamin samantha samuel katherine gregory "
    "christine frank debra alexander rachel raymond catherine patrick carolyn jack janet dennis "
    "ruth jerry maria tyler heather aaron diane jose virginia adam julie nathan joyce henry "
    "victoria douglas olivia zachary kelly peter christina kyle lauren walter joan ethan evelyn "
    "jeremy judith harold megan keith cheryl christian andrea roger hannah noah martha gerald "
    "jacqueline carl frances terry gloria sean ann austin teresa arthur kathryn lawrence sara "
    "jesse janice dylan jean bryan alice joe madison jordan doris billy abigail bruce julia "
    "albert judy willie grace gabriel denise logan amber alan marilyn juan beverly wayne "
    "danielle roy theresa ralph sophia randy marie eugene diana vincent brittany russell "
    "natalie elijah isabella louis charlotte bobby rose philip alexis johnny kayla jane sam "
    "lucy nina tom mike kate ben max leo oscar felix ivan luis carlos ana sofia elena oliver "
    "harry charlie lily ella mia zoe chloe victor tony monica derek greg matt dan dave steve "
    "chris rob bob jim tim ken ron don fred ted bill will nick alex josh zach andy jeff ray liz "
    "beth kathy sue jen jess katie becky vicky maggie penny molly claire erin tara gina lori "
    "tracy stacy wendy yvonne naomi miriam esther vera nora ivy ruby hazel iris april june "
    "carmen rosa lucia luca marco mario antonio miguel pedro jorge fernando omar ali ahmed "
    "hassan fatima aisha priya raj amit ravi anil ingrid astrid sven lars stella "
)
_LAST: Final = (
    "smith johnson williams brown jones garcia miller davis rodriguez martinez hernandez lopez "
    "gonzalez wilson anderson thomas taylor moore jackson martin lee perez thompson white "
    "harris sanchez clark ramirez lewis robinson walker young allen king wright scott torres "
    "nguyen hill flores green adams nelson baker hall rivera campbell mitchell carter roberts "
    "gomez phillips evans turner diaz parker cruz edwards collins reyes stewart morris morales "
    "murphy cook rogers gutierrez ortiz morgan cooper peterson bailey reed kelly howard ramos "
    "kim cox ward richardson watson brooks chavez wood james bennett gray mendoza ruiz hughes "
    "price alvarez castillo sanders patel myers long ross foster jimenez powell jenkins perry "
    "russell sullivan bell coleman butler henderson barnes gonzales fisher vasquez simmons "
    "romero jordan patterson alexander hamilton graham reynolds griffin wallace moreno west "
    "cole hayes bryant herrera gibson ellis tran medina aguilar stevens murray ford castro "
    "marshall owens harrison fernandez mcdonald woods washington kennedy wells vargas henry "
    "chen freeman webb tucker guzman burns crawford olson simpson porter hunter gordon mendez "
    "silva shaw snyder mason dixon munoz hunt hicks holmes palmer wagner black robertson boyd "
    "rose stone salazar fox warren mills meyer rice schmidt garza daniels ferguson nichols "
    "stephens soto weaver ryan gardner payne grant dunn kelley spencer hawkins doe "
)
"""Frequent names in the United States, the most frequent first."""

# The alphabet is that of the voice's own pronouncing dictionary.
_VOWELS: Final = frozenset(
    "AIOQWYaeiou\u00e6\u0251\u0252\u0254\u0259\u025a\u025b\u025c\u026a\u028a\u028c\u1d4a\u1d7b"
)
_FAINT: Final = frozenset("\u0259\u1d4a\u1d7b")
_ALIKE: Final = tuple(
    frozenset(pair)
    for pair in (
        "sz",
        "td",
        "Td",
        "Tt",
        "k\u0261",
        "pb",
        "fv",
        "mn",
        "\u03b8\u00f0",
        "\u0283\u0292",
        "\u02a7\u02a4",
    )
)
_UNHEARD: Final = str.maketrans("", "", "\u02c8\u02cc\u02d0. ")
_AT: Final = "\u00e6t"
_NEAR: Final = 0.5
_FARTHEST: Final = 0.26
"""Of the name's own sounds may differ."""


class NameBook:
    """Finds the names that words sound like."""

    def __init__(self, phonemes: Callable[[str], str]) -> None:
        self._phonemes = phonemes
        self._first = self._sounds_of(_FIRST.split())
        self._last = self._sounds_of(_LAST.split())
        self._last_and_at = {name: sounds + _AT for name, sounds in self._last.items()}

    def knows(self, word: str) -> bool:
        """Say whether the word, in small letters, is a common first or last name."""
        return word in self._first or word in self._last

    def first_name(self, heard: str) -> str | None:
        """Return the common first name that sounds like the words, or None."""
        return self._closest(heard, self._first)

    def last_name(self, heard: str) -> str | None:
        """Return the common last name that sounds like the words, or None."""
        return self._closest(heard, self._last)

    def last_name_and_at(self, heard: str) -> str | None:
        """Return the common last name that makes the words together with an "at" behind it."""
        return self._closest(heard, self._last_and_at)

    def _sounds_of(self, names: Iterable[str]) -> dict[str, str]:
        return {name: self._phonemes(name).translate(_UNHEARD) for name in names}

    def _closest(self, heard: str, names: Mapping[str, str]) -> str | None:
        if heard in names:
            return heard
        # By itself "a" would be read as the letter's name.
        sounds = " ".join(
            "\u0259" if word == "a" else self._phonemes(word) for word in heard.split()
        ).translate(_UNHEARD)
        distances = {
            name: _distance(sounds, own) / len(own)
            for name, own in names.items()
            if abs(len(own) - len(sounds)) <= 2
        }
        nearest = min(distances, key=lambda name: distances[name], default=None)
        return nearest if nearest and distances[nearest] <= _FARTHEST else None


def _distance(one: str, other: str) -> float:
    """Return how differently two words sound; sounds that are easily confused count half."""
    row = [_length(other[:at]) for at in range(len(other) + 1)]
    for sound in one:
        diagonal, row[0] = row[0], row[0] + _weight(sound)
        for at, wanted in enumerate(other, 1):
            best = min(
                diagonal + _difference(sound, wanted),
                row[at] + _weight(sound),
                row[at - 1] + _weight(wanted),
            )
            diagonal, row[at] = row[at], best
    return row[-1]


def _length(sounds: str) -> float:
    return sum(_weight(sound) for sound in sounds)


def _weight(sound: str) -> float:
    return _NEAR if sound in _FAINT else 1.0


def _difference(one: str, other: str) -> float:
    if one == other:
        return 0.0
    is_near = (one in _VOWELS and other in _VOWELS) or {one, other} in _ALIKE
    return _NEAR if is_near else 1.0

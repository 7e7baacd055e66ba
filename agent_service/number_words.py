"""The words for numbers in English, German, French, Spanish, Italian and Portuguese.

Bare: in lower case and without accents, as texts are compared. Knows neither what is counted nor
who speaks.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

LANGUAGES: Final = ("en", "de", "fr", "es", "it", "pt")

SMALL: Final = MappingProxyType(
    {
        "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen "
        "fourteen fifteen sixteen seventeen eighteen nineteen",
        "de": "null eins zwei drei vier funf sechs sieben acht neun zehn elf zwolf dreizehn "
        "vierzehn funfzehn sechzehn siebzehn achtzehn neunzehn",
        "fr": "zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze "
        "quinze seize dix-sept dix-huit dix-neuf",
        "es": "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce "
        "quince dieciseis diecisiete dieciocho diecinueve",
        "it": "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici "
        "quattordici quindici sedici diciassette diciotto diciannove",
        "pt": "zero um dois tres quatro cinco seis sete oito nove dez onze doze treze catorze "
        "quinze dezesseis dezessete dezoito dezenove",
    }
)
"""0 to 19."""
TENS: Final = MappingProxyType(
    {
        "en": "twenty thirty forty fifty sixty seventy eighty ninety",
        "de": "zwanzig dreissig vierzig funfzig sechzig siebzig achtzig neunzig",
        "fr": "vingt trente quarante cinquante soixante",
        "es": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
        "it": "venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
        "pt": "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
    }
)
"""From 20; French counts on from 60."""
HUNDREDS: Final = MappingProxyType(
    {
        "es": "ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos "
        "ochocientos novecientos",
        "pt": "cento duzentos trezentos quatrocentos quinhentos seiscentos setecentos oitocentos "
        "novecentos",
    }
)
"""From 100, where they are words of their own."""
# Other words for a number than the one that is counted with.
VARIANTS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = MappingProxyType(
    {
        "en": {"zero": ("oh", "o", "nought"), "one": ("a", "an")},
        "de": {"eins": ("ein", "eine", "einen", "einer", "einem"), "zwei": ("zwo",)},
        "fr": {"un": ("une",)},
        "es": {"uno": ("un", "una")},
        "it": {"uno": ("un", "una")},
        "pt": {"um": ("uma",), "dois": ("duas",), "seis": ("meia",)},
    }
)


def cardinal(value: int, language: str) -> str:
    """Return the number below a million as it is counted."""
    return _CARDINALS[language](value)


def _english(value: int) -> str:
    if value >= 1000:
        return _joined(f"{_english(value // 1000)} thousand", value % 1000, _english, " and ")
    if value >= 100:
        return _joined(f"{_english(value // 100)} hundred", value % 100, _english, " and ")
    return _below_hundred(value, "en", " ")


def _german(value: int) -> str:
    if value >= 1000:
        count = "ein" if value < 2000 else _german(value // 1000)
        return _joined(f"{count}tausend", value % 1000, _german, "")
    if value >= 100:
        count = "ein" if value < 200 else _german(value // 100)
        return _joined(f"{count}hundert", value % 100, _german, "")
    if value > 20 and value % 10:
        unit = "ein" if value % 10 == 1 else _german(value % 10)
        return f"{unit}und{_german(value - value % 10)}"
    return _below_hundred(value, "de", "")


def _french(value: int) -> str:
    if value >= 1000:
        count = "mille" if value < 2000 else f"{_french(value // 1000)} mille"
        return _joined(count, value % 1000, _french, " ")
    if value >= 100:
        plural = "s" if value % 100 == 0 else ""
        count = "cent" if value < 200 else f"{_french(value // 100)} cent{plural}"
        return _joined(count, value % 100, _french, " ")
    if value >= 80:
        return _joined("quatre vingt" if value > 80 else "quatre vingts", value - 80, _french, " ")
    if value >= 70:
        return _joined("soixante et" if value == 71 else "soixante", value - 60, _french, " ")
    return _below_hundred(value, "fr", " et " if value % 10 == 1 else " ")


def _spanish(value: int) -> str:
    if value >= 1000:
        count = "mil" if value < 2000 else f"{_spanish(value // 1000)} mil"
        return _joined(count, value % 1000, _spanish, " ")
    if value >= 100:
        count = "cien" if value == 100 else HUNDREDS["es"].split()[value // 100 - 1]
        return _joined(count, value % 100, _spanish, " ")
    if 20 < value < 30:
        return f"veinti{_spanish(value % 10)}"
    return _below_hundred(value, "es", " y ")


def _italian(value: int) -> str:
    if value >= 1000:
        count = "mille" if value < 2000 else f"{_italian(value // 1000)}mila"
        return _joined(count, value % 1000, _italian, "")
    if value >= 100:
        count = "cento" if value < 200 else f"{_italian(value // 100)}cento"
        return _joined(count, value % 100, _italian, "")
    if value > 20 and value % 10 in (1, 8):
        return f"{_italian(value - value % 10)[:-1]}{_italian(value % 10)}"
    return _below_hundred(value, "it", "")


def _portuguese(value: int) -> str:
    if value >= 1000:
        count = "mil" if value < 2000 else f"{_portuguese(value // 1000)} mil"
        rest = value % 1000
        return _joined(count, rest, _portuguese, " e " if rest < 100 or rest % 100 == 0 else " ")
    if value >= 100:
        count = "cem" if value == 100 else HUNDREDS["pt"].split()[value // 100 - 1]
        return _joined(count, value % 100, _portuguese, " e ")
    return _below_hundred(value, "pt", " e ")


def _below_hundred(value: int, language: str, link: str) -> str:
    small = SMALL[language].split()
    if value < len(small):
        return small[value]
    ten, unit = divmod(value, 10)
    name = TENS[language].split()[ten - 2]
    return f"{name}{link}{small[unit]}" if unit else name


def _joined(count: str, rest: int, say: Callable[[int], str], link: str) -> str:
    return f"{count}{link}{say(rest)}" if rest else count


_CARDINALS: Final[Mapping[str, Callable[[int], str]]] = MappingProxyType(
    {
        "en": _english,
        "de": _german,
        "fr": _french,
        "es": _spanish,
        "it": _italian,
        "pt": _portuguese,
    }
)

"""Words that tell what a number is: a card's, or that of an order, a telephone, an article.

In English, German, French, Spanish, Italian and Portuguese, as folded by ``number_words.folded``.
"""

import re
from collections.abc import Mapping
from enum import Enum, auto
from functools import lru_cache
from typing import Final


class Kind(Enum):
    CARD = auto()
    OTHER = auto()
    """What has numbers of its own, long ones or many: orders, parcels, articles, telephones."""
    PAPER = auto()
    """What has short numbers: tickets, invoices, customers."""
    SECURITY = auto()
    """A card's security code."""
    TAIL = auto()
    """Says that the last digits follow, which may be told."""
    LINK = auto()
    """May stand between such a word and its number: "is", "number", "meine"."""
    LOOSE_LINK = auto()
    """May stand between a card and its number only: who says "order with 4111" means the card."""
    VERB = auto()
    """A link behind the number: "4003 is my order"."""
    UNIT = auto()
    """What is counted: "5000 points"."""
    NONE = auto()


OTHERS: Final = frozenset({Kind.OTHER, Kind.PAPER})

HINTS: Final = (
    *("card", "kart", "cart", "tarjeta", "visa", "maestro", "amex", "american express", "diners"),
    *(
        "jcb",
        "unionpay",
        "cvv",
        "cvc",
        "cvn",
        "secur",
        "segur",
        "sicur",
        "sicher",
        "pruf",
        "crypto",
        "csc",
        "verif",
    ),
    "zahlkart",
)
"""One of these is in every text with a word for cards or their codes."""

_CARD: Final = re.compile(
    r"(?:credit|debit|payment|bank|master)?cards?(?:number|no|nr|num|holder)?s?"
    r"|(?:kredit|debit|giro|bank|ec|zahl|visa|master)?karten?(?:nummern?|nr)?"
    r"|cartes?|tarjetas?|carta|cartao|cartoes"
    r"|visa|maestro|amex|diners|jcb|unionpay"
)
_PHONE: Final = re.compile(
    r"(?:tele|smart)?phones?(?:number|numbers)?|telef\w*|mobiles?|mobil\w*|cell(?:phone)?|handy\w*"
    r"|movil|cellulare|celular|telemovel|tel|rufnummern?|call|ring|reach|whatsapp|sms|fax|anrufen"
    r"|ruckruf\w*|rappel\w*|appel\w*|llam\w*|ligar|ligue|chiam\w*|callbacks?|erreich\w*"
)
_OTHER: Final = re.compile(
    # orders
    r"order(?:s|id|ids|no|nr|number|numbers|ed)?|bestell\w*|auftr\w*|commandes?|pedidos?|ordin[ei]"
    r"|encomendas?|purchases?"
    # parcels
    r"|track\w*|parcels?|packages?|shipments?|consignments?|sendung\w*|paket\w*|colis|suivi|envios?"
    r"|seguimiento|rastre\w*|spedizion\w*|pacc(?:o|hi)|waybill"
    # articles
    r"|skus?|eans?(?:code|codes)?|gtins?|upc|isbn|barcodes?|articles?(?:number|no)?|artikel\w*"
    r"|artigos?|articol[oi]|articulos?|items?(?:number|no)?|products?(?:code|id)?|produkt\w*"
    r"|produits?|productos?|prodott[oi]|produtos?|models?"
    # things with long numbers
    r"|imeis?|serials?(?:number|no)?|seriennummern?|numserie|referenc\w*|referenz\w*|riferimento"
    r"|ref|iban"
)
_PAPER: Final = re.compile(
    r"tickets?(?:number|id)?|invoices?(?:number|no)?|rechnung\w*|factur\w*|rg|fattur\w*|faturas?"
    r"|customers?(?:number|no|id)?|kunden\w*|clients?|clientes?|vorgang\w*|booking|buchung\w*"
    r"|(?:post|zip)codes?|zip|plz|postleitzahl|postale?"
)
_SECURITY: Final = re.compile(
    r"cv[vcnx]2?|csc|(?:karten)?pruf(?:ziffer|nummer|code|zahl|wert)(?:e?n)?"
    r"|(?:karten)?sicherheits(?:code|nummer)|kartencode|cryptogramme|security|securite|seguridad"
    r"|sicurezza|seguranca"
)
# What a code is called that is a card's only beside one.
_CODE: Final = re.compile(
    r"codes?|codigos?|codic[ei]|cid|pin|verif\w*|kontroll\w+|back|rear|reverse|hinten|ruckseite"
    r"|dos|verso|arriere|dorso|reverso|atras|tras|retro"
)
# Of a card only beside one, too: orders have digits, and vouchers expire.
_DETAIL: Final = re.compile(
    r"digits?|ziffern?|stellen|chiffres?|cifr[ae]s?|digitos?|exp|expir\w*|valid\w*|until|thru"
    r"|through|gultig\w*|ablauf\w*|verfall\w*|bis|jusqu|venc\w*|caduc\w*|scad\w*|valable|hasta"
    r"|ate|fino"
)
_TAIL: Final = re.compile(
    r"last|ending|ends?|final|letzte[nrs]?|ende[tn]?|endend|derni\w+|finit|finissant|finisc\w+"
    r"|termin\w+|acab\w+|ultim\w+"
)
_PAUSES: Final = (
    "and then um uh er hmm und dann ah ahm eh euh et puis y luego despues e poi depois next again"
    " nochmal comma komma virgule coma virgola virgula"
)
_MARKS: Final = (
    "dash hyphen minus space slash dot point strich bindestrich leerzeichen punkt tiret espace"
    " guion espacio trattino spazio traco hifen espaco"
)
_LINKS: Final = (
    "number numbers num no nr nos nummer nummern n numero numeros numeri id ids code codes digit"
    " digits is are was were s my the our your its it a an of for be reads so yes ok okay please ja"
    " bitte oui si sim long full new other old payment saved ist sind lautet lauten meine"
    " mein meiner die der das den dem des von vom fur est sont la le les l du de d ma mon mes ce"
    " c es son el mi mis los las del para sono il i lo gli di della mio mia miei sao o os as do da"
    " meu minha meus minhas hier here voici aqui ecco that this also auch details credit debit bank"
    " kredit bancaire credito debito bancaria express one which me mich back hinten"
    " stehen rear reverse ruckseite hinterseite dos verso arriere dorso reverso atras tras retro"
    " three drei trois tres tre cid pin ziffer ziffern stellen chiffres cifras cifre digitos codigo"
    " codigos codice verification verificacion verifica verificacao"
    " value wert valor valore valeur exp"
)
_LOOSE_LINKS: Final = (
    "with from to by in mit par avec con com begins starts beginning starting beginnt at under"
    " unter au sur al commence empieza comincia comeca inizia on"
)
_UNITS: Final = (
    "eur euro euros usd gbp dollar dollars pound pounds dolares dollari points point punkte puntos"
    " punti pontos percent prozent times gb mb days tage jours dias giorni years jahre cents miles"
    " km kg"
)
_PRICES: Final = re.compile(
    r"prices?|costs?|amounts?|(?:sub)?totals?|paid|charged|minor|usd|eur|euros?|gbp|dollars?|pounds?"
    r"|preise?|kosten|kostete?n?|betrag|summe|bezahlt|prix|coutent?|coute|montant|somme|payee?|paye"
    r"|precios?|cuestan?|costaba|importes?|pagado|pague|prezz[oi]|costan?o?|import[oi]|pagat[oi]"
    r"|precos?|custos?|custam?|custou|montantes?|paguei|totale?"
)
_VERBS: Final = frozenset(
    {"is", "are", "was", "were", "ist", "sind", "est", "sont", "es", "son", "e", "sono"}
)
_PAUSE_WORDS: Final = frozenset(_PAUSES.split())
_MARK_WORDS: Final = frozenset(_MARKS.split())
_BY_WORD: Final[Mapping[str, Kind]] = {
    **dict.fromkeys(_UNITS.split(), Kind.UNIT),
    **dict.fromkeys(_LOOSE_LINKS.split(), Kind.LOOSE_LINK),
    **dict.fromkeys(f"{_PAUSES} {_LINKS}".split(), Kind.LINK),
}
_ASKING: Final = re.compile(
    r"tell|give|say|read|need|nenn\w*|geb\w*|gib|sag\w*|donne\w*|dites|indiqu\w*|deme|digame|dime"
    r"|decir\w*|dammi|dirmi|dica|dia|diga\w*|dizer|informe|necesito|brauch\w*|besoin"
)
_WHICH: Final = re.compile(r"which|whose|welche\w*|quel\w*|cual\w*|qual\w*")
_WHAT: Final = re.compile(r"what|was|wie|como|come|que|cosa|comment")
_DIGITS: Final = re.compile(
    r"\w*numbers?|digits?|details?|\w*nummern?|ziffern?|daten|num|numeros?|chiffres?|coordonnees"
    r"|cifras?|datos|numer[oi]|cifr[ae]|dati|digitos?|dados|codes?|codigos?|codic[ei]"
)
_PLURAL: Final = re.compile(
    r"(?:order|bestellnummer|number|id|sku|ean|gtin|item|article|parcel|package|shipment|ticket"
    r"|invoice|product|customer|code|phone|commande|numero|facture|produit|pedido|articulo|factura"
    r"|producto|encomenda|artigo|fatura|produto|mobile|imei|serial|reference)s"
    r"|bestellungen|\w*nummern|auftrage|pakete|sendungen|rechnungen|ordini|numeri|articoli|pacchi"
    r"|fatture|prodotti|artikel|colis"
)


@lru_cache(maxsize=8192)
def kind_of(word: str) -> Kind:
    """Return what the folded word says of a number beside it."""
    if _SECURITY.fullmatch(word):
        return Kind.SECURITY
    if _CARD.fullmatch(word):
        return Kind.CARD
    if _OTHER.fullmatch(word) or is_phone(word):
        return Kind.OTHER
    if _PAPER.fullmatch(word):
        return Kind.PAPER
    if _TAIL.fullmatch(word):
        return Kind.TAIL
    return _BY_WORD.get(word, Kind.NONE)


def names_code(word: str) -> bool:
    """Tell whether a card's code may be called so: "code", "cid", "the digits on the back"."""
    return _CODE.fullmatch(word) is not None


def names_detail(word: str) -> bool:
    """Tell whether a card's code or date may be called so: "digits", "expires", "gültig"."""
    return _DETAIL.fullmatch(word) is not None or names_code(word)


def is_pause(word: str) -> bool:
    """Tell whether the word is said between the groups of a number: "and then", "äh"."""
    return word in _PAUSE_WORDS


def is_mark(word: str) -> bool:
    """Tell whether the word is the name of a separator: "dash"."""
    return word in _MARK_WORDS


def is_verb(word: str) -> bool:
    """Tell whether the word can join a number to what stands behind it."""
    return word in _VERBS


def names_price(word: str) -> bool:
    """Tell whether an amount of money is called so, or counted in it: "total", "usd"."""
    return _PRICES.fullmatch(word) is not None


def is_plural(word: str) -> bool:
    """Tell whether a list of numbers can follow the word."""
    return _PLURAL.fullmatch(word) is not None


def is_phone(word: str) -> bool:
    """Tell whether the word announces a telephone number, also with "on" or "under" between."""
    return _PHONE.fullmatch(word) is not None


def names_digits(word: str) -> bool:
    """Tell whether the word asks for a number to be read out: "number", "Ziffern", "détails"."""
    return _DIGITS.fullmatch(word) is not None


def is_asking(word: str) -> bool:
    """Tell whether a sentence with the word asks for what it names: "tell", "nennen", "brauche"."""
    return _ASKING.fullmatch(word) is not None


def is_which(word: str) -> bool:
    """Tell whether a sentence with the word asks for one of several: "which", "welche"."""
    return _WHICH.fullmatch(word) is not None


def is_what(word: str) -> bool:
    """Tell whether the word, before "is", asks for a number or a name: "what", "wie"."""
    return _WHAT.fullmatch(word) is not None

"""What people call their telephone numbers, IBANs, identity numbers and codes.

In English, German, French, Spanish, Italian and Portuguese, as folded by ``number_words.folded``.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, Literal

from agent_service.redaction.context_words import OTHERS, Kind, is_phone, is_verb
from agent_service.redaction.policy import Identifier
from agent_service.redaction.reading import MARK, Token

OTHER: Final[Literal["other"]] = "other"
"""Named as something else: an order, a parcel, an article, a card."""

_REACH: Final = 12
"""Tokens between a number and its name."""
_BEHIND: Final = 6
_UNKNOWN: Final = 3
"""Words of no meaning to us between them."""
_ABBREVIATION: Final = 4
"""Letters: "Tel.", "Nr." end no sentence."""

# One word, or two with a space.
_NAMES: Final = {
    Identifier.SECURITY_CODE: re.compile(
        r"(?:security|secret|verification|authentication|authorization|access|login|sms|pass"
        r"|unlock|one time|time|texted|telephone banking) (?:code|pin|password)s?"
        r"|passcodes?|otp|tan|sms tan|pin|puk|pins|pincode|geheimzahl|kennwort"
        r"|(?:sicherheits|bestatigungs|verifizierungs|zugangs|einmal|sms)(?: ?code|kennwort|pin)"
        r"|code (?:secret|pin|sms|confidentiel|unique|verification|securite|acces)|mot passe"
        r"|codigo (?:seguridad|seguranca|verificacion|verificacao|acceso|acesso|sms|pin|secreto)"
        r"|codice (?:sicurezza|verifica|accesso|sms|pin|segreto|otp)|clave|senha"
    ),
    Identifier.IBAN: re.compile(
        r"ibans?|ibannummer|iban nummer|bankverbindung|kontonummer|konto nummer|bank account"
        r"|account iban|compte bancaire|cuenta bancaria|conto corrente|coordinate bancarie"
        r"|conta bancaria|rib"
    ),
    Identifier.EMAIL: re.compile(
        r"e?mails?|e?mailadress\w*|courriels?|mel|correos?|posta|adresse mail|e mail(?:adress\w*)?"
        r"|correio|webmail"
    ),
    Identifier.NATIONAL_ID: re.compile(
        r"ssn|social security|social insurance|national insurance|nino|ni number|nhs|nhs number"
        r"|tax (?:id|identification|number|file)|taxpayer|itin|sin number|national id"
        r"|id card|identity (?:card|number|document)|identity|passports?(?:number)?"
        r"|driver(?:s|) license|driving licen[cs]e|licen[cs]e number|pps|ppsn"
        r"|steuer(?:id|ident\w*|nummer|identifikationsnummer)|steuer (?:id|nummer)|idnr"
        r"|(?:sozial|renten|kranken)versicherungs\w*|sozialversicherung|svnr|ahv(?:nummer)?"
        r"|(?:personal)?ausweis(?:e|es|nummer|nr)?|personalausweis\w*|reisepass\w*|pass(?:nummer)"
        r"|fuhrerschein\w*|versichertennummer"
        r"|securite sociale|secu|insee|nir|numero fiscal|carte identite|passeports?|spi"
        r"|permis conduire"
        r"|dni|nie|nif|cif|seguridad social|seguro social|documento identidad|pasaportes?|curp|rfc"
        r"|cedula"
        r"|codice fiscale|carta identita|passaport[oi]|tessera sanitaria|patente"
        r"|cpf|rg|contribuinte|cartao cidadao|seguranca social|passaportes?|niss|utente"
        r"|bilhete identidade"
    ),
    Identifier.PHONE: re.compile(
        r"(?:phone|telephone|mobile|cell|callback|contact|whatsapp|home|work|office|fax) ?numbers?"
        r"|(?:telefon|handy|mobil|ruckruf|festnetz|fax)(?: ?nummer|nr)?|rufnummer|festnetz"
        r"|richiam\w*|landline|bell|texto|portable|fixe|fijo|fisso|fixo|movil|cellulare|celular|telemovel|telefonino|handynummer"
    ),
}
_VERBS: Final = frozenset({"call", "ring", "reach", "calls"})
_IDS: Final = frozenset({"id", "ids"})
"""Who calls it the id of a call means no telephone number."""
_CODES: Final = frozenset({"code", "codes", "codigo", "codice", "kode"})
_SENT: Final = re.compile(
    r"sent|send|texted|text|sms|geschickt|gesendet|geschickte|gesendete|zugeschickt|envoyee?|recue?"
    r"|enviaron|enviado|enviaste|enviou|mandado|mandato|inviato|ricevuto|received|got|erhalten"
    r"|bekommen|recibi|recibido|recebi"
)
# What comes between the parts of a name: "código de seguridad", "numéro de la sécurité sociale".
_WORDS_SMALL: Final = (
    "de del della di d la le les l da do des du el of the for a an s e n no nr number numero"
    " my meine mon"
)
_SMALL: Final = frozenset(_WORDS_SMALL.split())


@lru_cache(maxsize=8192)
def _named(name: str) -> Identifier | None:
    """Return what the name, of one word or two, is the name of."""
    return next((kind for kind, names in _NAMES.items() if names.fullmatch(name)), None)


def named_at(tokens: Sequence[Token], at: int) -> Identifier | None:
    """Return what a word names, alone or with the one before it, small words left out."""
    word = tokens[at].word
    if not word.isalpha():
        return None
    before = next(
        (
            token.word
            for token in reversed(tokens[max(0, at - 3) : at])
            if token.word.isalpha() and token.word not in _SMALL
        ),
        "",
    )
    named = _named(f"{before} {word}") or _named(word)
    return named or (Identifier.PHONE if is_phone(word) else None)


class Names:
    """What the numbers of one text are said to be; each is looked up once."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self._known: dict[tuple[int, int], Identifier | Literal["other"] | None] = {}

    def before(self, first: int) -> Identifier | Literal["other"] | None:
        """Return what is said just before; ``OTHER`` for another thing."""
        return self.around(first, len(self.tokens))

    def around(self, first: int, after: int) -> Identifier | Literal["other"] | None:
        """Return what is said just before, or else right behind."""
        place = first, after
        if place not in self._known:
            named = name_before(self.tokens, first)
            self._known[place] = named or name_behind(self.tokens, after)
        return self._known[place]


def name_before(
    tokens: Sequence[Token], at: int, *, most_unknown: int = _UNKNOWN
) -> Identifier | Literal["other"] | None:
    """Return what is said just before to be what stands there; ``OTHER`` for another thing."""
    unknown, is_id = 0, False
    for index in range(at - 1, max(-1, at - 1 - _REACH), -1):
        token = tokens[index]
        if token.word == MARK:
            return None
        if token.digits:
            if token.is_spoken and len(token.digits) == 1:  # "one", "eine": hardly a number
                continue
            return None
        if token.word in {".", "!", "?", ";"} and not _is_abbreviated(tokens, index):
            return None
        if (named := named_at(tokens, index)) is not None:
            return OTHER if is_id and token.word in _VERBS else named
        if token.word in _CODES and any(_SENT.fullmatch(one.word) for one in tokens[index:at]):
            return Identifier.SECURITY_CODE
        is_id |= token.word in _IDS
        if token.kind in {*OTHERS, Kind.CARD, Kind.SECURITY}:
            return OTHER
        if token.kind is Kind.NONE and token.word.isalpha() and not _SENT.fullmatch(token.word):
            unknown += 1
            if unknown > most_unknown:
                return None
    return None


def name_behind(tokens: Sequence[Token], at: int) -> Identifier | None:
    """Return what is said right behind to be what stood there: "..., my tax ID"."""
    if at >= len(tokens) or not (tokens[at].word == "," or is_verb(tokens[at].word)):
        return None
    for index in range(at + 1, min(at + 1 + _BEHIND, len(tokens))):
        if (named := named_at(tokens, index)) is not None:
            return named
        if tokens[index].kind not in {Kind.LINK, Kind.VERB} and not _begins_name(tokens, index):
            return None
    return None


def _begins_name(tokens: Sequence[Token], at: int) -> bool:
    return at + 1 < len(tokens) and named_at(tokens, at + 1) is not None


def _is_abbreviated(tokens: Sequence[Token], at: int) -> bool:
    before = tokens[at - 1] if at else None
    return (
        tokens[at].word == "."
        and before is not None
        and 0 < len(before.word) <= _ABBREVIATION
        and before.word.isalpha()
    )

"""The measured tables of docs/privacy.md; a test compares them.

PYTHONPATH=. .venv/bin/python tests/plugins/personal_table.py
"""

import random
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

from agent_service.redaction import (
    REDACTED,
    STRICT,
    ConversationMemory,
    Identifier,
    kept_under,
    redact_for_record,
    without_digits_of,
    without_removed,
)

_DATA: Final = Path(__file__).parents[1] / "data" / "personal"
CORPUS: Final = _DATA / "corpus.tsv"
PASSWORDS: Final = _DATA / "passwords.tsv"
EMPTY: Final = _DATA / "empty_answers.tsv"
HALVES: Final = ("made with", "held apart")
LANGUAGES: Final = ("en", "de", "fr", "es", "it", "pt")
_ASKED: Final = {
    Identifier.PHONE: {
        "en": "What is your phone number?",
        "de": "Wie lautet Ihre Telefonnummer?",
        "fr": "Quel est votre numéro de téléphone ?",
        "es": "¿Cuál es su número de teléfono?",
        "it": "Qual è il Suo numero di telefono?",
        "pt": "Qual é o seu número de telefone?",
    },
    Identifier.IBAN: {
        "en": "Please tell me your IBAN.",
        "de": "Bitte nennen Sie mir Ihre IBAN.",
        "fr": "Quel est votre IBAN ?",
        "es": "¿Cuál es su IBAN?",
        "it": "Qual è il Suo IBAN?",
        "pt": "Qual é o seu IBAN?",
    },
    Identifier.NATIONAL_ID: {
        "en": "What is your social security number?",
        "de": "Wie lautet Ihre Steuer-ID?",
        "fr": "Quel est votre numéro de sécurité sociale ?",
        "es": "¿Cuál es su DNI?",
        "it": "Qual è il Suo codice fiscale?",
        "pt": "Qual é o seu NIF?",
    },
    Identifier.SECURITY_CODE: {
        "en": "What is the security code?",
        "de": "Wie lautet die Prüfziffer?",
        "fr": "Quel est le code de sécurité ?",
        "es": "¿Cuál es el código de seguridad?",
        "it": "Qual è il codice di sicurezza?",
        "pt": "Qual é o código de segurança?",
    },
    Identifier.EMAIL: {
        "en": "What is your email address?",
        "de": "Wie lautet Ihre E-Mail-Adresse?",
        "fr": "Quelle est votre adresse e-mail ?",
        "es": "¿Cuál es su correo electrónico?",
        "it": "Qual è la Sua email?",
        "pt": "Qual é o seu email?",
    },
}
_ALSO_ASKED: Final = {
    "password": {
        "en": "What is your password?",
        "de": "Wie lautet Ihr Passwort?",
        "fr": "Quel est votre mot de passe ?",
        "es": "¿Cuál es su contraseña?",
        "it": "Qual è la Sua password?",
        "pt": "Qual é a sua senha?",
    },
    "card": {
        "en": "What is your card number?",
        "de": "Wie lautet Ihre Kartennummer?",
        "fr": "Quel est le numéro de votre carte ?",
        "es": "¿Cuál es su número de tarjeta?",
        "it": "Qual è il numero della carta?",
        "pt": "Qual é o número do cartão?",
    },
}


Said: TypeAlias = tuple[bool, str]
"""Whether the caller says it, and what."""


@dataclass(frozen=True)
class Line:
    """One line of the corpus."""

    half: str
    language: str
    kind: str
    before: str
    value: str
    after: str

    @property
    def text(self) -> str:
        return self.before + self.value + self.after


@cache
def corpus() -> tuple[Line, ...]:
    lines = []
    for row in CORPUS.read_text().splitlines():
        if not row.startswith("#"):
            half, language, kind, text = row.split("\t")
            before, _, rest = text.partition("«")
            value, _, after = rest.partition("»")
            lines.append(Line(half, language, kind, before, value, after))
    return tuple(lines)


def is_removed(line: Line) -> bool:
    """Tell whether the value is gone, and nothing else is."""
    kept = redact_for_record(kept_under(STRICT, line.text))
    # A plus sign, or its name, tells nothing.
    expected = rf"{re.escape(line.before)}(?:\+|plus |più |más |mais )?\[redacted[^]]*\]"
    return re.fullmatch(expected + re.escape(line.after), kept) is not None


def is_kept(line: Line) -> bool:
    """Tell whether a line without anything personal is as it was."""
    return redact_for_record(kept_under(STRICT, line.text)) == line.text


def table() -> str:
    """Return what share goes, and what stays, as Markdown."""
    rows = ["| Removed, and nothing else | lines | made with | held apart |", "|---|---|---|---|"]
    for kind in Identifier:
        count = sum(line.kind == kind for line in corpus())
        shares = (_share(is_removed, _lines(half, kind)) for half in HALVES)
        rows.append(f"| {kind.replace('_', ' ')} | {count} | {' | '.join(shares)} |")
    rows += [
        "",
        "| Language | removed (held apart) | kept as it was (held apart) |",
        "|---|---|---|",
    ]
    for language in LANGUAGES:
        of_it = [line for line in corpus() if line.language == language and line.half == HALVES[1]]
        removed = _share(is_removed, [line for line in of_it if line.kind != "none"])
        kept = _share(is_kept, [line for line in of_it if line.kind == "none"])
        rows.append(f"| {language} | {removed} | {kept} |")
    rows += ["", "| Nothing personal in it | lines | made with | held apart |", "|---|---|---|---|"]
    count = sum(line.kind == "none" for line in corpus())
    shares = (_share(is_kept, _lines(half, "none")) for half in HALVES)
    rows.append(f"| kept as it was | {count} | {' | '.join(shares)} |")
    rows += [
        "",
        "| In two or three turns | rows without | log without |",
        "|---|---|---|",
        *_over_turns(),
        "",
        *_passwords(),
        "",
        *_empty_answers(),
    ]
    return "\n".join(rows) + "\n"


# --- passwords that are plain words ---

_SECRET: Final = re.compile("«(.*?)»")
_TURN: Final = re.compile(r"(?:(A|C): )?(.*)")


@dataclass(frozen=True)
class Passwords:
    """One line of the corpus of passwords."""

    half: str
    language: str
    kind: str
    turns: tuple[Said, ...]
    """With what is to go in « »."""


@cache
def password_corpus() -> tuple[Passwords, ...]:
    lines = []
    for row in PASSWORDS.read_text().splitlines():
        if not row.startswith("#"):
            half, language, kind, text = row.split("\t")
            parts = [_TURN.fullmatch(part) for part in text.split(" | ")]
            turns = tuple((part[1] != "A", part[2]) for part in parts if part is not None)
            lines.append(Passwords(half, language, kind, turns))
    return tuple(lines)


def is_rid_of_passwords(line: Passwords) -> bool:
    """Tell whether all that is to go is gone, from what the agent says as well."""
    rows, log = keep((who, re.sub("[«»]", "", text)) for who, text in line.turns)
    secrets = [secret for _, text in line.turns for secret in _SECRET.findall(text)]
    return not any(secret in row for secret in secrets for row in (*rows, *log))


def is_else_as_it_was(line: Passwords) -> bool:
    """Tell whether nothing else of what the caller says is gone."""
    rows, _ = keep((who, re.sub("[«»]", "", text)) for who, text in line.turns)
    said = zip(line.turns, rows, strict=True)
    return all(row == _SECRET.sub(REDACTED, text) for (is_caller, text), row in said if is_caller)


def _passwords() -> Iterator[str]:
    yield "| Passwords that are plain words | lines | made with | held apart |"
    yield "|---|---|---|---|"
    kinds = {"told": "told in a sentence", "turns": "over turns", "none": "only spoken of"}
    for kind, name in kinds.items():
        of_it = [line for line in password_corpus() if line.kind == kind]
        halves = [[line for line in of_it if line.half == half] for half in HALVES]
        if kind != "none":
            shares = (_percent(map(is_rid_of_passwords, lines)) for lines in halves)
            yield f"| {name}: removed | {len(of_it)} | {' | '.join(shares)} |"
        shares = (_percent(map(is_else_as_it_was, lines)) for lines in halves)
        what = "kept as it was" if kind == "none" else "nothing else is"
        yield f"| {name}: {what} | {len(of_it)} | {' | '.join(shares)} |"


def _empty_answers() -> Iterator[str]:
    answers = [row.split("\t") for row in EMPTY.read_text().splitlines() if not row.startswith("#")]
    yield "| Answers that tell nothing, kept as they were | lines | made with | held apart |"
    yield "|---|---|---|---|"
    for kind, questions in (_ASKED | _ALSO_ASKED).items():
        shares = [
            _percent(
                keep([(False, questions[language]), (True, text)])[0][1] == text
                for of_half, language, text in answers
                if of_half == half
            )
            for half in HALVES
        ]
        asked = kind.replace("_", " ")
        yield f"| to a question for {asked} | {len(answers)} | {' | '.join(shares)} |"


def _lines(half: str, kind: str) -> list[Line]:
    return [line for line in corpus() if line.half == half and line.kind == kind]


def _share(is_good: Callable[[Line], bool], lines: Sequence[Line]) -> str:
    return _percent([is_good(line) for line in lines])


def _percent(good: Iterable[bool]) -> str:
    all_of_them = list(good)
    return f"{100 * sum(all_of_them) / len(all_of_them):.4g} %"


# --- over turns ---


def pieces_of(value: str, chance: random.Random) -> list[str]:
    """Cut what is said between its words or groups into two or three pieces."""
    parts = value.split()
    count = min(len(parts), chance.choice((2, 3)))
    cuts = sorted(chance.sample(range(1, len(parts)), count - 1))
    return [" ".join(parts[a:b]) for a, b in zip([0, *cuts], [*cuts, len(parts)], strict=True)]


def keep(turns: Iterable[Said]) -> tuple[list[str], list[str]]:
    """Record a conversation as the service does; return its rows and its lines."""
    memory = ConversationMemory(STRICT)
    rows: list[str] = []
    lines: list[str] = []
    for is_caller, text in turns:
        row = memory.caller_turn(text) if is_caller else memory.agent_turn(text)
        rows.append(row)
        lines.append(memory.for_log(row))
        digits = memory.take_digits()
        for removal in memory.take_removals():
            rows = [without_removed(one, removal) for one in rows]
        for card in digits:
            rows = [without_digits_of(one, card, memory.others) for one in rows]
    return rows, lines


def told(
    line: Line, chance: random.Random, *, is_asked: bool
) -> tuple[list[tuple[bool, str]], list[str]]:
    """Return the conversation in which it comes in pieces, and the pieces."""
    pieces = pieces_of(line.value, chance)
    turns: list[Said] = []
    if is_asked:
        turns.append((False, _ASKED[Identifier(line.kind)][line.language]))
    for piece in pieces:
        turns += [(True, piece), (False, "Go on.")]
    turns[-1] = (False, f"{line.value}, is that right?")
    return turns, pieces


def is_left(pieces: Sequence[str], texts: Sequence[str]) -> bool:
    """Tell whether a piece of more than one sign still stands anywhere."""
    whole = "\n".join(texts)
    return any(len(piece) > 2 and piece in whole for piece in pieces)


def _over_turns() -> Iterator[str]:
    for kind, questions in _ASKED.items():
        if kind is Identifier.SECURITY_CODE:
            continue  # it is said in one piece
        for is_asked in (True, False):
            chance = random.Random(f"{kind}{is_asked}")
            rows, lines = [], []
            for line in corpus():
                if line.kind == kind and len(line.value.split()) > 2 and line.language in questions:
                    turns, pieces = told(line, chance, is_asked=is_asked)
                    kept, logged = keep(turns)
                    rows.append(not is_left(pieces, kept))
                    lines.append(not is_left(pieces, logged))
            how = "asked for" if is_asked else "not announced"
            yield f"| {kind.replace('_', ' ')}, {how} | {_percent(rows)} | {_percent(lines)} |"


if __name__ == "__main__":
    sys.stdout.write(table())

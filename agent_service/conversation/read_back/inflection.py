"""The forms of verbs: which say what will be done, and which that it is done.

A form that can be both, such as the Spanish "cancelamos", is in none of the tables; nor is one by
which it would be the caller who does it: "annulez", "cancela".
"""

from collections.abc import Callable, Iterable, Sequence

from agent_service.conversation.read_back.language import Form, Forms, row

VOWELS = "aeiou"
PARTICLES = row(
    "ab an auf aus ein um zu zurück frei weiter vor hinzu dazu gut herauf hoch herab "
    "zusammen rück nach fest los bei mit durch vorbei heraus hinaus herunter hinunter her hin weg"
)
"""Parts of German verbs that may stand apart at the end."""
_SHORTEST = 3
Inflect = Callable[[str], Forms]


_IRREGULAR = dict(
    pair.split(":")
    for pair in row(
        "give:given take:taken leave:left send:sent put:put set:set make:made do:done get:got "
        "keep:kept hold:held bring:brought buy:bought sell:sold pay:paid lend:lent spend:spent "
        "write:written drive:driven choose:chosen freeze:frozen begin:begun run:run read:read "
        "cut:cut let:let lay:laid lead:led lose:lost meet:met find:found build:built bind:bound "
        "withdraw:withdrawn undo:undone redo:redone rebuild:rebuilt reset:reset bid:bid "
        "shut:shut split:split teach:taught feed:fed fly:flown hang:hung show:shown ring:rung"
    )
)


def in_phrases(inflect: Inflect) -> Inflect:
    """Let the first word of a phrase take the forms of a verb: ``dar de baja``."""

    def phrase(verb: str) -> Forms:
        head, _, tail = verb.partition(" ")
        ending = f" {tail}" if tail else ""
        return {f"{form}{ending}": says for form, says in inflect(head).items()}

    return phrase


def groups(table: str, inflect: Inflect) -> tuple[Forms, ...]:
    """Read a table of verbs that say the same: a line of verbs, then of nouns behind a slash."""
    return tuple(_group(line.casefold(), inflect) for line in table.strip().splitlines())


def _group(line: str, inflect: Inflect) -> Forms:
    verbs, _, nouns = line.partition("/")
    forms: dict[str, Form] = {}
    for verb in filter(None, map(str.strip, verbs.split(";"))):
        known, *more = verb.split("+")
        forms |= dict.fromkeys(more, Form.OPEN)
        forms |= inflect(known)
    forms |= {noun: Form.NOUN for noun in map(str.strip, nouns.split(",")) if noun}
    return forms


def _both(open_forms: Iterable[str], done: Iterable[str], others: Iterable[str] = ()) -> Forms:
    """Return the forms with what each says; ``others`` may be what somebody else does."""
    forms = dict.fromkeys(others, Form.OTHERS)
    return forms | dict.fromkeys(done, Form.DONE) | dict.fromkeys(open_forms, Form.OPEN)


def english(verb: str) -> Forms:
    """``send back:sent`` gives what was done in an irregular way."""
    phrase, _, irregular = verb.partition(":")
    base, _, rest = phrase.partition(" ")
    tail = f" {rest}" if rest else ""
    stem = base[:-1] if base.endswith("e") else base
    stems = {stem}
    if (
        len(base) > 2
        and base[-1] not in "aeiouwxy"
        and base[-2] in VOWELS
        and base[-3] not in VOWELS
    ):
        stems.add(base + base[-1])
    third = f"{base[:-1]}ies" if _ends_in_y(base) else base + ("es" if base[-1] in "shx" else "s")
    past = {f"{base[:-1]}ied"} if _ends_in_y(base) else {f"{each}ed" for each in stems}
    irregular = irregular.partition(" ")[0] or _IRREGULAR.get(base, "")
    done = {irregular} if irregular else past
    open_forms = {base, third} | {f"{each}ing" for each in stems}
    tails = [tail, f" …{tail}"] if tail else [""]
    return _both(
        (f"{form}{each}" for form in open_forms for each in tails),
        (f"{form}{each}" for form in done for each in tails),
    )


def _ends_in_y(base: str) -> bool:
    return base.endswith("y") and base[-2:-1] not in VOWELS


def german(verb: str) -> Forms:
    """``ver|schieben``: a part that stays; ``um.tauschen``: one that parts; ``:`` what was done."""
    whole, _, irregular = verb.partition(":")
    particle, _, base = whole.rpartition(".")
    base, is_fixed = base.replace("|", ""), "|" in base
    if not base.endswith("n"):
        return {}
    stem = base[:-2] if base.endswith("en") else base[:-1]
    link = "e" if stem.endswith(("d", "t", "fn", "chn")) else ""
    done = irregular or f"{'' if is_fixed or stem.endswith('ier') else 'ge'}{stem}{link}t"
    first = f"{stem[:-2]}le" if stem.endswith("el") and len(stem) > 2 else f"{stem}e"
    if not particle:
        return _both({base, first, f"{stem}{link}t"} - {done}, {done})
    apart = {f"{form} … {particle}" for form in (base, first, f"{stem}{link}t")}
    together = {f"{particle}{base}", f"{particle}zu{base}"}
    return _both(apart | together, {f"{particle}{done}"})


def unknown_german(verb: str) -> Forms:
    """Return the forms of a verb that is in no table, also if its first part may part from it."""
    forms = dict(german(verb))
    for particle in PARTICLES:
        if verb.startswith(particle) and len(verb) > len(particle) + _SHORTEST:
            forms |= german(f"{particle}.{verb.removeprefix(particle)}")
    return forms


def french(verb: str) -> Forms:
    """``envoyer:envoi`` gives the stem before an e; ``ouvrir::ouvert`` what was done."""
    base, other, done = _parts(verb)
    if not other and not done:
        other, done = _strong(base, _FRENCH), _strong(base, _FRENCH_DONE)
    match base[-2:]:
        case "er":
            stem = base[:-2]
            soft = f"{stem}e" if stem.endswith("g") else stem
            forms = {base, f"{soft}ons", f"{soft}ant"}
            forms |= {f"{other or stem}{end}" for end in ("e", "ent")}
            future, done = f"{other}er" if other else base, done or f"{stem}é"
        case "ir" if done:
            stem, future = base[:-2], base
            forms = {base} | {f"{stem}{end}" for end in ("e", "ent", "ons", "ant")}
        case "ir":
            stem, future, done = base[:-1], base, base[:-1]
            forms = {base} | {f"{stem}{end}" for end in ("s", "t", "sse", "ssons", "ssent")}
        case "re":
            stem, future, done = base[:-2], base[:-1], done or f"{base[:-2]}u"
            forms = {base, f"{other or stem}s", other or stem} | {
                f"{stem}{end}" for end in ("ons", "e", "ent", "ant")
            }
        case _:
            return {}
    forms |= {f"{future}{end}" for end in _FRENCH_FUTURE}
    others = {f"{future}a", f"{future}ont"}
    return _both(forms - {done}, {f"{done}{end}" for end in ("", "e", "s", "es")}, others)


_FRENCH = row(
    "mettre:met prendre:prend crire:cri duire:dui joindre:join lever:lèv mener:mèn geler:gèl "
    "peser:pès acheter:achèt"
)
_FRENCH_DONE = row("mettre:mis prendre:pris crire:crit duire:duit joindre:joint")
_FRENCH_FUTURE = ("ai", "ons", "ais", "ait", "ions", "aient")


def spanish(verb: str) -> Forms:
    """``renovar:renuev`` gives the stem that is stressed; ``abrir::abiert`` what was done."""
    base, other, done = _parts(verb)
    stem, group, strong = base[:-2], base[-2:], other or _strong(base, _SPANISH) or base[:-2]
    if group not in ("ar", "er", "ir"):
        return {}
    wished = ("e", "en") if group == "ar" else ("a", "an")
    past = f"{stem}{'ara' if group == 'ar' else 'iera'}"
    others = {f"{_soft(strong, group)}{end}" for end in wished} | {f"{base}á", f"{base}án", past}
    forms = {f"{strong}o", base, f"{stem}{'ando' if group == 'ar' else 'iendo'}"}
    presents = (f"{strong}{end}" for end in (("a", "an") if group == "ar" else ("e", "en")))
    forms |= {f"se {clitic}{form}" for form in presents for clitic in ("", "le ", "les ", "lo ")}
    forms |= {f"{base}{clitic}" for clitic in _SPANISH_CLITICS}
    forms |= {f"{base}{end}" for end in ("é", "emos", "ía", "íamos", "ían")}
    done = done or f"{stem}{'ad' if group == 'ar' else 'id'}"
    return _both(forms, {f"{done}{end}" for end in ("o", "a", "os", "as")}, others)


_SPANISH_CLITICS = ("lo", "la", "los", "las", "le", "les")


def _soft(stem: str, group: str) -> str:
    """Keep the sound of a stem before an ending with the other kind of vowel."""
    if group != "ar":
        return f"{stem[:-1]}j" if stem.endswith("g") else stem
    for end, written in (("c", "qu"), ("g", "gu"), ("z", "c")):
        if stem.endswith(end):
            return stem[: -len(end)] + written
    return stem


def italian(verb: str) -> Forms:
    """``restituire:isc``: the stem is lengthened; ``aprire::apert`` what was done."""
    base, other, done = _parts(verb)
    stem, group = base[:-3], base[-3:]
    if group not in ("are", "ere", "ire"):
        return {}
    hard = f"{stem}h" if group == "are" and stem[-1:] in ("c", "g") else stem
    short = hard[:-1] if hard.endswith("i") else hard
    strong = f"{stem}isc" if other == "isc" else _strong(base, _ITALIAN) or stem
    forms = {f"{strong}o", base, f"{short}iamo", f"{stem}{'ando' if group == 'are' else 'endo'}"}
    wished = {f"{hard}i", f"{short}i", f"{short}ino"}
    others = wished if group == "are" else {f"{strong}{end}" for end in ("i", "a", "ano")}
    forms |= {f"{base[:-1]}{clitic}" for clitic in _ITALIAN_CLITICS}
    link = "i" if group == "ire" else "e"
    future = (short if stem.endswith(("ci", "gi")) else hard) if group == "are" else stem
    forms |= {f"{future}{link}{end}" for end in _ITALIAN_FUTURE}
    others |= {f"{stem}{ {'are': 'ass', 'ere': 'ess', 'ire': 'iss'}[group] }{end}" for end in "ie"}
    others |= {f"{future}{link}{end}" for end in ("rà", "ranno", "rebbe", "rebbero")}
    done = done or f"{stem}{ {'are': 'at', 'ere': 'ut', 'ire': 'it'}[group] }"
    return _both(forms, {f"{done}{end}" for end in "oaie"}, others)


_ITALIAN_CLITICS = ("lo", "la", "li", "le", "gli", "vi", "ne")
_ITALIAN_FUTURE = ("rò", "remo", "rei", "remmo")


def portuguese(verb: str) -> Forms:
    """``enviar:envi`` gives the stem that is stressed; ``abrir::abert`` what was done."""
    base, other, done = _parts(verb)
    stem, group, strong = base[:-2], base[-2:], other or _strong(base, _PORTUGUESE) or base[:-2]
    if group not in ("ar", "er", "ir"):
        return {}
    forms = {f"{strong}o"}
    ends = ("e", "em", "emos") if group == "ar" else ("a", "am", "amos")
    others = {f"{_soft_portuguese(strong, group)}{end}" for end in ends}
    others |= {f"{base}á", f"{base}ão"}
    others |= {f"{stem}{ {'ar': 'asse', 'er': 'esse', 'ir': 'isse'}[group] }"}
    forms |= {base, f"{stem}{ {'ar': 'ando', 'er': 'endo', 'ir': 'indo'}[group] }"}
    forms |= {f"{stem}{'á' if group == 'ar' else 'ê'}"}  # cancelá-lo
    forms |= {f"{base}{end}" for end in ("ei", "emos", "ia", "íamos", "iam")}
    done = done or f"{stem}{'ad' if group == 'ar' else 'id'}"
    return _both(forms, {f"{done}{end}" for end in ("o", "a", "os", "as")}, others)


def _soft_portuguese(stem: str, group: str) -> str:
    if group == "ar" and stem.endswith("ç"):
        return f"{stem[:-1]}c"
    return stem if stem.endswith("z") else _soft(stem, group)


_SPANISH = row(
    "tener:teng poner:pong venir:veng salir:salg decir:dig hacer:hag traer:traig ducir:duzc "
    "ecer:ezc ocer:ozc pedir:pid servir:sirv seguir:sig mover:muev volver:vuelv contar:cuent "
    "probar:prueb mostrar:muestr recordar:recuerd acordar:acuerd costar:cuest colgar:cuelg "
    "compensar:compens cerrar:cierr empezar:empiez comenzar:comienz pensar:piens sentir:sient "
    "ferir:fier vertir:viert querir:quier vestir:vist medir:mid elegir:elij regir:rij "
    "sembrar:siembr tuir:tuy cluir:cluy renovar:renuev"
)
"""Endings of verbs, with the stem of the first person."""
_ITALIAN = row(
    "tenere:teng venire:veng porre:pong togliere:tolg scegliere:scelg cogliere:colg "
    "rimanere:rimang salire:salg uscire:esc piacere:piacci trarre:tragg durre:duc "
    "spedire:spedisc pulire:pulisc fornire:fornisc unire:unisc gestire:gestisc finire:finisc "
    "istruire:istruisc sostituire:sostituisc restituire:restituisc inserire:inserisc "
    "trasferire:trasferisc riferire:riferisc preferire:preferisc chiarire:chiarisc "
    "garantire:garantisc stabilire:stabilisc costruire:costruisc attribuire:attribuisc"
)
_PORTUGUESE = row(
    "ter:tenh por:ponh vir:venh fazer:faç dizer:dig trazer:trag pedir:peç medir:meç ouvir:ouç "
    "servir:sirv seguir:sig ferir:fir vestir:vist mentir:mint sentir:sint cobrir:cubr "
    "dormir:durm gerir:gir vertir:virt perder:perc ecer:eç ger:j gir:j"
)


def _strong(base: str, endings: Sequence[str]) -> str:
    """Return the stem of the first person of a verb that ends like one that is irregular."""
    for pair in endings:
        ending, stem = pair.split(":")
        if base.endswith(ending):
            return base.removesuffix(ending) + stem
    return ""


def _parts(verb: str) -> tuple[str, str, str]:
    base, _, rest = verb.partition(":")
    other, _, done = rest.partition(":")
    return base, other, done

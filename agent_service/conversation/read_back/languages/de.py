"""German."""

import re

from agent_service.conversation.read_back.inflection import (
    PARTICLES,
    german,
    groups,
    unknown_german,
)
from agent_service.conversation.read_back.language import (
    Clock,
    Form,
    Forms,
    Language,
    Part,
    Role,
    each,
    phrases,
    ranks,
    rates,
    row,
    spelling,
    words,
)
from agent_service.conversation.read_back.numerals import Numerals
from agent_service.conversation.read_back.small_talk.de import GERMAN_TALK
from agent_service.number_words import cardinal

_SMALL = {"ein" if value == 1 else cardinal(value, "de"): value for value in range(100)}
_HUNDREDS = {
    f"{many}hundert{link}{rest}": hundreds * 100 + value
    for hundreds, many in [
        (1, ""),
        *((value, word) for word, value in _SMALL.items() if 0 < value < 20 and value != 10),
    ]
    for rest, value in [
        ("", 0),
        ("eins", 1),
        *((word, value) for word, value in _SMALL.items() if value),
    ]
    for link in ("", "und")
    if rest or not link
}
_ONES = dict.fromkeys(words("eins eine einen einem einer eines"), 1)
_IRREGULAR = {1: "erst", 3: "dritt", 7: "siebt", 8: "acht"}
_RANKS = {
    f"{stem}e{end}": value
    for word, value in _SMALL.items()
    if 0 < value <= 31
    for stem in [_IRREGULAR.get(value, f"{word}{'t' if value < 20 else 'st'}")]
    for end in ("", "n", "r", "m")
}
_MONTHS = row("januar februar marz april mai juni juli august september oktober november dezember")

_VERBS = """
stornieren; annullieren; canceln:gecancelt; ab|bestellen:bestellt / stornierung, storno, \
annullierung
ab.sagen; ab.bestellen:bestellt; stornieren / absage, stornierung
erstatten:erstattet; zurück.erstatten:erstattet; rück.erstatten:erstattet; zurück.zahlen; \
zurück.überweisen:überwiesen; rück.vergüten:vergütet / erstattung, rückerstattung, rückzahlung, \
rücküberweisung, rückvergütung
um.tauschen; aus.tauschen; tauschen; wechseln / umtausch, austausch, tausch
ersetzen:ersetzt / ersatz
zurück.senden:gesandt; zurück.schicken; retournieren / rücksendung, retoure
zurück.geben:gegeben; / rückgabe
senden:gesendet; senden:gesandt; schicken; zu.senden:gesendet; zu.senden:gesandt; zu.schicken; \
ver|schicken; ver|senden:versendet; ver|senden:versandt; übermitteln:übermittelt / versand, \
zusendung, versendung
liefern; aus.liefern; zu.stellen / lieferung, auslieferung, zustellung
öffnen; eröffnen:eröffnet; an.legen; erstellen:erstellt; auf.machen / eröffnung, erstellung
auf.nehmen:genommen / aufnahme
auf.geben:gegeben; in auftrag geben; aus.lösen / aufgabe
buchen; reservieren / buchung, reservierung
mieten; an.mieten / anmietung
kaufen; ein.kaufen; erwerben:erworben / kauf
leihen:geliehen; aus.leihen:geliehen / ausleihe
vereinbaren:vereinbart; aus.machen; ab.machen; fest.legen; fest.machen; fest.setzen; an.setzen; \
buchen; reservieren / vereinbarung, terminvereinbarung, buchung, terminbuchung
verlegen:verlegt; ver|schieben:verschoben; um.buchen; um.legen; verlagern:verlagert; \
um.planen; um.terminieren; legen / verlegung, verschiebung, umbuchung, terminverschiebung, \
terminverlegung
ändern; ab.ändern; um.ändern; um.stellen; an.passen; aktualisieren / änderung, umstellung, \
anpassung, aktualisierung, abänderung
wechseln; um.stellen / wechsel, umstellung
aktualisieren / aktualisierung
sperren; blockieren; ein.frieren:gefroren / sperrung, sperre, kartensperrung
entsperren:entsperrt; frei.schalten; frei.geben:gegeben / entsperrung, freischaltung
ver|längern / verlängerung
erneuern:erneuert / erneuerung
aktivieren; frei.schalten; ein.schalten; an.schalten; an.stellen; zu.schalten / aktivierung, \
freischaltung
deaktivieren; ab.schalten; aus.schalten; ab.stellen / deaktivierung, abschaltung
schließen:geschlossen; auf.lösen / schließung, auflösung
kündigen; beenden:beendet / kündigung, beendigung
starten; beginnen:begonnen / start
stoppen; an.halten:gehalten
pausieren; aus.setzen; unter|brechen:unterbrochen; ruhen lassen / pause, unterbrechung, pausierung
hinzu.fügen; hinzu.buchen; dazu.buchen; zu.buchen; ergänzen:ergänzt; dazu.nehmen:genommen; \
hinzu.nehmen:genommen / hinzufügung, ergänzung, zubuchung
entfernen:entfernt; löschen; heraus.nehmen:genommen / entfernung, löschung
bestellen:bestellt; ordern; in auftrag geben / bestellung
bezahlen:bezahlt; zahlen / zahlung, bezahlung
überweisen:überwiesen; transferieren; um.buchen; an.weisen:gewiesen / überweisung, umbuchung, \
transfer
gut.schreiben:geschrieben / gutschrift
ab.buchen / abbuchung
erhöhen:erhöht; herauf.setzen; hoch.setzen; an.heben:gehoben; \
auf.stocken; hoch.stufen / erhöhung, anhebung
senken; reduzieren; herab.setzen; herunter.setzen; verringern:verringert / senkung, reduzierung, \
herabsetzung, verringerung
an.melden; registrieren; ein.schreiben:geschrieben / anmeldung, registrierung, einschreibung
ab.melden / abmeldung
krank.melden / krankmeldung
ein.richten:gerichtet; an.legen / einrichtung
um.leiten:geleitet; weiter.leiten:geleitet; um.lenken; um.adressieren / umleitung, weiterleitung
auf.laden:geladen / aufladung
bestätigen:bestätigt / bestätigung
melden; durch.geben:gegeben / meldung
reparieren / reparatur
zurück.setzen / zurücksetzung
zurück.rufen:gerufen / rückruf
an.rufen:gerufen / anruf
ab.holen / abholung
beantragen:beantragt / beantragung
hinterlegen:hinterlegt
vor.merken / vormerkung
installieren / installation
ein.bauen; montieren; an.bringen:gebracht / einbau, montage
reinigen; säubern; putzen / reinigung
ein.lagern; auf.bewahren:bewahrt / einlagerung, aufbewahrung
ein.packen; verpacken:verpackt / verpackung
drucken; aus.drucken / ausdruck
auf.bauen / aufbau
ab.bauen; demontieren / abbau, demontage
entsorgen:entsorgt / entsorgung
verkaufen:verkauft / verkauf
vermieten:vermietet / vermietung
belasten:belastet / belastung
verrechnen:verrechnet; an.rechnen:gerechnet / verrechnung, anrechnung
an.fordern:gefordert / anforderung
fort.setzen; weiter.führen / fortsetzung, weiterführung
auf.heben:gehoben / aufhebung
ab.geben:gegeben / abgabe
vorbei.bringen:gebracht; bringen:gebracht
ein.ziehen:gezogen / einzug
frei.halten:gehalten
koppeln; verknüpfen:verknüpft / kopplung, verknüpfung
reklamieren; beanstanden:beanstandet / reklamation, beanstandung
vor.bestellen:bestellt / vorbestellung
nach.bestellen:bestellt / nachbestellung
nach.senden:gesendet; nach.schicken / nachsendung
aus.richten:gerichtet
frei.geben:gegeben / freigabe
ab.schließen:geschlossen / abschluss
benachrichtigen:benachrichtigt; informieren / benachrichtigung
kontaktieren
um.melden / ummeldung
zu.ordnen / zuordnung
aus.zahlen / auszahlung
ein.zahlen / einzahlung
ein.tragen:getragen; erfassen:erfasst; vermerken:vermerkt; notieren; hinterlegen:hinterlegt; \
fest.halten:gehalten; speichern; ab.speichern; auf.nehmen:genommen; ein.geben:gegeben; \
ein.pflegen; auf.schreiben:geschrieben; dokumentieren; protokollieren; hinzu.fügen / eintragung, \
eintrag, erfassung, aufnahme
zu.teilen / zuteilung
verbinden:verbunden
um.ziehen:gezogen / umzug
zusammen.legen
aus.stellen / ausstellung
ein.reichen / einreichung
ein.lösen
über|tragen:übertragen / übertragung
teilen
geben:gegeben
machen
"""

_FINE = (
    r"(?:in ordnung|recht|richtig|korrekt|okay|ok|gut|einverstanden|genehm|passend|gewünscht|"
    r"gewollt|zutreffend|fein|prima|ihr wunsch|in ihrem sinne|das was sie (?:möchten|wollen|"
    r"wünschen))"
)
_REQUEST = (
    r"(?:(?:dann|also|und|nun|jetzt|so|nur|noch|kurz|bitte|einfach) )*"
    r"(?:(?:geben sie mir|gib mir|ich bitte um|ich bitte sie um|ich brauche|ich bräuchte|"
    r"ich benötige|ich hätte|ich warte auf|mir fehlt|fehlt mir)(?: (?:bitte|kurz|dafür|"
    r"dazu|hierfür|"
    r"hierzu|dann|jetzt|nur|noch|nun|einfach|doch|gerne?|also))* (?:ihr|ihre|ihren|dein|"
    r"deine|ein|"
    r"eine|ein kurzes|eine kurze|ihr kurzes) (?:okay|ok|zustimmung|freigabe|einverständnis|"
    r"bestätigung|ja|go)|(?:bestätigen sie|bestätige|geben sie mir bescheid|sagen sie|sag|"
    r"lassen sie mich wissen|lass mich wissen|teilen sie mir mit|geben sie mir bitte bescheid|"
    r"geben sie mir kurz bescheid))"
    r"(?: (?:mir|uns|das|es|dies|die|angaben|bitte|kurz|so|doch|noch|nur|einfach|nochmal|gerne?|"
    r"dann|jetzt|dafür|dazu|hierfür|hierzu|damit|bescheid|ob|dass|wenn|sie|ich|"
    r"einverstanden|sind|"
    r"stimmt|passt|richtig|korrekt|in|ordnung|ist|recht|darf|soll|fortfahren|fortfahre|machen|"
    r"mache|tun|tue|und|ja|für|loslegen|loslege|alles|gut|okay|ok|geht|möchten|wollen|wünschen|"
    r"durchführen|durchführe|ausführen|ausführe|veranlassen|veranlasse|erledigen|erledige|zu|"
    r"kann|um|dem))*"
)


def _clauses(forms: Forms) -> Forms:
    """Add what verbs look like at the end of a clause: ``eintrage``, ``eingetragen wird``."""
    more: dict[str, Form] = {}
    for form, says in forms.items():
        first, _, particle = form.partition(" … ")
        if particle:
            more[f"{particle}{first}"] = Form.OPEN
        elif says is Form.DONE:
            more |= {f"{form} {each}": Form.OPEN for each in _PASSIVE}
        elif says is Form.OPEN and form.endswith("n"):
            more |= {f"zu {form}": Form.OPEN, f"{form} sie": Form.DONE}
    return more | dict(forms)


def _unknown(verb: str) -> Forms:
    return _clauses(unknown_german(verb))


_PASSIVE = row("wird werden würde würden")

GERMAN = Language(
    tag="de",
    has_one_form=True,
    until=words("bis"),
    small_talk=GERMAN_TALK,
    numerals=Numerals(
        values=_SMALL | _HUNDREDS | _ONES | {"zwo": 2},
        fused=re.compile(r"(.*?)tausend(?:und)?(.*)"),
    ),
    ordinals=_RANKS,
    months={month: value for value, month in enumerate(_MONTHS, start=1)} | {"janner": 1},
    weekdays={
        day: value
        for value, day in enumerate(
            row("montag dienstag mittwoch donnerstag freitag samstag sonntag"), start=1
        )
    }
    | {"sonnabend": 6},
    currencies={
        "euro": "euro",
        "euros": "euro",
        "eur": "euro",
        "dollar": "dollar",
        "us dollar": "dollar",
        "usd": "dollar",
        "pfund": "pound",
        "britische pfund": "pound",
        "gbp": "pound",
        "franken": "franc",
        "schweizer franken": "franc",
        "chf": "franc",
        "yen": "yen",
    },
    cents=words("cent cents rappen pence"),
    points=words("komma"),
    clock=Clock(
        halves=frozenset(),
        cues=words("um gegen"),
        hours=phrases("uhr"),
        plus=words("und"),
        quarter=phrases("viertel"),
        past=phrases("minuten nach", "nach"),
        before=phrases("minuten vor", "vor"),
        half_before="halb",
        noon=phrases("zwölf uhr mittags", "12 uhr mittags"),
        midnight=phrases("mitternacht"),
        parts=(
            Part(
                phrases("vormittags", "am vormittag", "morgens", "am morgen", "früh morgens"), 0, 12
            ),
            Part(phrases("nachmittags", "am nachmittag"), 12, 19),
            Part(phrases("mittags", "am mittag"), 11, 15),
            Part(phrases("abends", "am abend"), 16, 24),
            Part(phrases("nachts", "in der nacht"), 19, 30),
        ),
    ),
    roles={
        "auf": Role.TO,
        "zu": Role.TO,
        "zum": Role.TO,
        "zur": Role.TO,
        "nach": Role.TO,
        "an": Role.TO,
        "in": Role.AT,
        "von": Role.FROM,
        "vom": Role.FROM,
        "aus": Role.FROM,
        "für": Role.FOR,
        "gegen": Role.FOR,
        "mit": Role.WITH,
        "bei": Role.AT,
        "beim": Role.AT,
        "am": Role.AT,
        "im": Role.AT,
        "um": Role.AT,
        "ins": Role.TO,
        "ans": Role.TO,
        "aufs": Role.TO,
        "fürs": Role.FOR,
    },
    idle=words(
        "der die das den dem des ihr ihre ihren ihrem ihrer ihres dein deine deinen deinem deiner",
        "sie ihnen du dir dich ich wir es und sich denn hier",
        "folgende folgenden folgender folgendes diese diesen dieser dieses diesem",
    ),
    silent=phrases(
        "auf (?:den|ihren) namen|unter dem namen",
        r"(?<=bis )(?:zum|zur|am|einschliesslich|einschließlich)(?= )",
        r"unter(?= (?:der|ihrer|deiner|dieser) (?:[a-z]+)?nummer(?: |$))",
        r"(?<!sind )(?<!macht )(?<!kostet )(?<!kosten )(?<!beträgt )(?<!für )(?<!von )"
        r"(?<!insgesamt )(?<!zusammen )über(?= (?!den |die |das )\S)",
    ),
    rates=rates(
        month="(?:pro|je|jeden|im) monat|monatlich(?:e[rsnm]?)?|mtl",
        year="(?:pro|je|jedes|im) jahr|jährlich(?:e[rsnm]?)?",
        week="(?:pro|je|jede|in der) woche|wöchentlich(?:e[rsnm]?)?",
        day="(?:pro|je|jeden|am) tag|täglich(?:e[rsnm]?)?",
        night="(?:pro|je) nacht",
        hour="(?:pro|je) stunde",
        person="(?:pro|je) person|pro kopf",
    )
    | each(
        "pro|je|der|die|das|jede[rsnm]?",
        "liter meter kilo(?:gramm)? kilowattstunde quadratmeter minute quartal saison",
        "kilometer tonne raummeter kubikmeter besuch stunde fahrt seite stück einheit",
        "zimmer flasche kiste sack termin einsatz lieferung behandlung anruf exemplar",
    ),
    joints=words("und sowie"),
    callers=words("sie du"),
    addressed=words("sie ihnen dich dir"),
    articles=words("ein eine einen einem einer eines"),
    determiners=words(
        "der die das den dem des ihr ihre ihren ihrem ihrer ihres dein deine deinen "
        "deinem deiner zum zur vom am im beim ins ans aufs fürs "
        "folgende folgenden folgender folgendes diese diesen dieser dieses diesem"
    ),
    labels=phrases(
        "(?:mit )?(?:der )?nummer", "nr", "num", "postleitzahl", "plz", "mit der bestellnummer"
    ),
    ending=phrases(
        "mit (?:der |den )?(?:endung|endnummer|endziffern|endziffer|letzten ziffern)",
        "(?:die|der|das) (?:auf|mit) endet",
        "(?:die |der |das )?endet (?:auf|mit)",
        "endend auf",
        "mit endung",
        "(?:mit den )?endziffern",
        "die auf",
        "der auf",
    ),
    openings=words(
        "bis ab seit vor nach ohne statt wegen zwischen unter uber innerhalb hinter neben gegenuber"
    ),
    letters=spelling("zett:z ypsilon:y vau:v jott:j eszett:ß"),
    dashes=words("bindestrich strich"),
    synonyms=ranks(
        "erster,erste,ersten,erstes,erstem zweiter,zweite,zweiten,zweites,zweitem",
        "dritter,dritte,dritten,drittes,drittem vierter,vierte,vierten,viertes,viertem",
        "funfter,funfte,funften,funftes,funftem",
        "sechster,sechste,sechsten,sechstes,sechstem",
        "siebter,siebte,siebten,siebtes,siebtem achter,achte,achten,achtes,achtem",
        "neunter,neunte,neunten,neuntes,neuntem zehnter,zehnte,zehnten,zehntes,zehntem",
    )
    | {
        "dr": "doktor",
        "str": "strasse",
        "gb": "gigabyte",
        "gigabytes": "gigabyte",
        "giga": "gigabyte",
        "mb": "megabyte",
        "kg": "kilo",
        "kilogramm": "kilo",
        "%": "prozent",
        "monatlich": "monat",
        "monatliche": "monat",
        "tel": "telefon",
        "telefonnummer": "nummer",
        "rufnummer": "nummer",
        "bestellnummer": "bestellung",
        "rechnungsnummer": "rechnung",
        "vertragsnummer": "vertrag",
        "kartennummer": "karte",
        "ticketnummer": "ticket",
        "paketnummer": "paket",
        "buchungsnummer": "buchung",
        "reservierungsnummer": "reservierung",
        "zahlerstand": "stand",
        "abholen": "abholung",
        "abgeholt": "abholung",
        "abholbereit": "abholung",
        "geliefert": "lieferung",
        "zugestellt": "lieferung",
        "zustellung": "lieferung",
        "zustelltag": "lieferung",
        "liefertag": "lieferung",
        "liefertermin": "lieferung",
        "auslieferung": "lieferung",
        "ausgeliefert": "lieferung",
        "erstattet": "erstattung",
        "ruckerstattung": "erstattung",
        "ruckzahlung": "erstattung",
    },
    short=words("dr nr str tel hr fr bzw ca st prof"),
    titles=words("dr doktor prof professor frau herr herrn familie"),
    endings=frozenset(
        {("", end) for end in ("n", "en", "e", "s", "es", "em")}
        | {
            (one, other)
            for one in ("e", "en", "er", "es", "em")
            for other in ("e", "en", "er", "es", "em")
        }
        | {("um", "en")}
    ),
    verbs=tuple(_clauses(forms) for forms in groups(_VERBS, german)),
    trades=words("umtauschen austauschen tauschen ersetzen wechseln"),
    inflect=_unknown,
    is_verb_last=True,
    passive=phrases(
        r"(?<!ich )(?<!wir )(?<!sie )(?:wird|werden|würde|würden)(?! (?:ich|wir|sie)(?: |$))",
        r"(?:(?<=sie )(?:bekommen|erhalten|bekämen)|(?:bekommen|erhalten|bekämen) sie)"
        r"(?= (?:\S+ ){0,14}?(?:\S*erstatt\S+|\S*vergüt\S+|rückzahlung|auszahlung|gutschrift|"
        r"gutgeschrieben|überwiesen|\S*geschickt|\S*gesandt|\S*gesendet|\S*geliefert|zugestellt|"
        r"ersetzt|\S*gezahlt|\S*getauscht|\S+iert)(?: |$))",
        r"(?<=sie )werden(?= .*(?:zurückgerufen|angerufen|kontaktiert|benachrichtigt|umgestellt|"
        r"umgebucht|angemeldet|abgemeldet|verbunden|informiert)(?: |$))",
    ),
    light=words(
        "mache machen veranlasse veranlassen nehme führe leite starte beauftrage erledige buche",
        "vereinbare erteile tätige löse",
    ),
    plain=words(
        "ich wir uns mir mich sie ihnen ihr ihre ihren ihrem ihrer ihres du dir dich ihn ihm",
        "es das dies diese dieser diesen dieses diesem dessen deren denen was welche welcher",
        "welches worin darin drin davon dabei damit darum daran darauf darüber hierbei hiermit",
        "hierzu hierin hier somit demnach folglich daher deshalb deswegen woraufhin worauf",
        "werde werd würd wär hätte hätten mach würde wäre wären möchte möchten möchtest will "
        "wollen soll",
        "sollte wünsche wünschen wünscht",
        "geht gehen ginge handelt betrifft betreffend lautet lauten lautend heisst heissen",
        "bedeutet",
        "beläuft belaufen beträgt betragen kostet kosten macht ergibt ergeben umfasst umfassen",
        "enthält beinhaltet beinhalten besteht bestehen bestehend kommt kommen käme steht stehen",
        "fällt fallen anfällt anfallen anfallende dafür gilt gelten gültig geltend",
        "fasse fassen zusammenfassen zusammenfasse zusammengefasst zusammenfassend",
        "zusammenzufassen wiederhole wiederholen wiederholend zusammen wiederholt resümiere",
        "bestätige bestätigen bestätigung prüfe prüfen überprüfe überprüfen überprüfung",
        "kontrolliere kontrollieren kontrolle vergewissere vergewissern sichergehen sicherstellen",
        "sicherzugehen sicherzustellen sichergehe sicherstelle klarstellen klarzustellen kläre",
        "klären abgleichen abgleiche lese lesen vorlesen vorlese sage sagen sagt gesagt nenne",
        "nennen spreche sprechen verstehe verstehen verstanden höre hören gehört sehe sehen",
        "erkläre erklären halte halten fest festhalten rekapituliere rekapitulieren",
        "zusammenfassung wiederholung überblick klarheit sicherheit verständnis verständigung",
        "missverständnis rückversicherung rekapitulation übersicht kurzfassung",
        "veranlasse veranlassen vornehmen vornehme durchführen durchführe ausführen ausführe",
        "erledigen erledige einleiten einleite umsetzen umsetze tätigen tätige vorgehen vorgehe",
        "mache machen tue tun kümmere kümmern vorzunehmen durchzuführen auszuführen zu veranlassen",
        "ausführung durchführung umsetzung ausführungsdatum vorgang massnahme schritt",
        "anliegen wunsch wunschgemäss angaben angabe details detail einzelnen einzelheiten punkte",
        "punkt inhalt inhalts text wortlaut worten wörtern wort worte wörtlich wortwörtlich",
        "betreff",
        "titel überschrift stichwort stichworten bezeichnung formulierung sinngemäss zitat",
        "insgesamt gesamt gesamte gesamten gesamter gesamtes gesamtpreis gesamtbetrag gesamtsumme",
        "gesamtwert gesamtkosten betrag betrags preis preise preises wert werte summe höhe",
        "kostenpunkt endpreis endbetrag gesamthöhe komplett komplette kompletten vollständig",
        "vollständige vollständigen datum datums uhrzeit personen person stück artikel artikeln",
        "positionen posten",
        "also dann nun jetzt so genau exakt einfach eben kurz mal gerne gern",
        "natürlich selbstverständlich klar klaro okay ok okey gut sehr schön schönen prima super",
        "perfekt wunderbar klasse toll ausgezeichnet hervorragend bestens freut freue ja jawohl",
        "jap richtig korrekt einverstanden danke dankeschön dank vielen herzlichen besten hallo",
        "grüss gott moment augenblick sekunde sekündchen momentchen geduld warten ach ah oh äh ähm",
        "hm mhm na tja zunächst zuerst schliesslich abschliessend erstens zweitens drittens",
        "letztlich wirklich tatsächlich entsprechend entsprechende entsprechenden dementsprechend",
        "nämlich konkret konkreter präzise ausdrücklich sicherheitshalber vorsichtshalber",
        "kurzgefasst zwar sozusagen quasi soweit demzufolge folgendes folgende folgenden folgendem",
        "folgender folgt wie ebendiese genannte genannten oben demgemäss",
        " sprich",
        " wunschgemäss erfolgen hinweis begründung anmerkung bemerkung kommentar wirksam "
        "dorthin enthalten enthaltenen dazugehörigen zugehörigen "
        "dazugehörige",
    ),
    asides=phrases(
        r"(?:also |so |dann )?noch ?mals? zur (?:bestätigung|sicherheit|kontrolle)"
        r"|zur (?:bestätigung|sicherheit|kontrolle)(?: noch ?(?:ein)?mal)?",
        r"(?:dann )?hab(?:e)? ich (?:jetzt )?(?:alles|das alles|es)(?: beisammen"
        r"| notiert)?|ich hab(?:e)?(?: jetzt)? (?:alles|es|s)(?: beisammen| notiert)?(?= "
        r"|$)",
        r"(?:dann |ich |jetzt )*geh(?:e)?(?: ich)? (?:das|es|alles)(?: noch ?mal"
        r"| noch einmal| kurz)* durch|das ganze noch ?(?:ein)?mal(?= (?:zur|kurz)|$)",
        r"(?:das|dies|es|der preis|die kosten|die summe|der betrag) (?:kostet|kosten|macht|ergibt|"
        r"beträgt|betragen|wäre|wären|liegt|läge|kommt|käme)(?: (?:sie|ihnen|dann|also|insgesamt|"
        r"zusammen|dabei|alles))*(?: (?:bei|auf)(?= (?:[0-9]|\S+zig|\S+zehn|\S*hundert)))?",
        r"(?:(?:ich|wir) (?:lasse|lassen)|(?:lasse|lassen) (?:ich|wir))"
        r"(?= (?:(?!soll|darf|kann|möchte|wollen|sollen|dürfen|ist |passt |einverstanden)\S+ )*"
        r"(?:stornieren|liefern|schicken|senden|zusenden|zuschicken|sperren|umleiten|reparieren|"
        r"kündigen|ändern|buchen|reservieren|verlegen|erstatten|überweisen|verlängern|abholen|"
        r"austauschen|umtauschen|ersetzen|eintragen|zustellen|bestellen|aktivieren|freischalten|"
        r"zurücksetzen|umbuchen|umstellen|montieren|einbauen|reinigen|entsorgen)(?: |$))|"
        r"erfolgt(?= (?:dann |also )?(?:am|zum|ab|auf|über|an|durch|in|per|mit)(?: |$))",
        r"(?:dazu|hinzu|zuzüglich|plus)(?: (?:kommt|kommen|noch))*"
        r"(?= (?:\S+ ){0,4}(?:kaution|pfand|sicherheit)(?: |$))|(?:kommt|kommen) (?:noch "
        r")?(?:dazu|hinzu)",
        r"(?<=tage )lang|(?<=tag )lang|(?<=wochen )lang|(?<=woche )lang|(?<=monate )lang|"
        r"(?<=monat )lang|(?<=jahre )lang|(?<=jahr )lang|(?<=stunden )lang|(?<=minuten )lang",
        r"(?:sind|wären|bist) (?:sie|du)(?: (?:damit|so|hiermit|da))*(?= einverstanden$)|"
        r"(?:ist|wäre|geht) (?:das|es)(?: (?:für sie|so|ihnen))*(?= (?:okay|ok|in ordnung|recht)$)",
        r"mit wirkung|gute besserung|(?:wie folgt|wie gehabt)|in (?:meinem|unserem|das|dem) system|"
        r"namens|(?:der )?name (?:lautet|ist|wäre)|lautend(?= auf )",
        r"(?:ich )?(?:habe|hätte) (?:das|es) (?:so )?(?:verstanden|notiert)|bei uns(?= im )",
        r"(?:ich kann|kann ich|ich könnte|könnte ich|ich darf|darf ich|wir (?:können|könnten|"
        r"dürfen|sollen|werden|würden|wollen)|(?:können|könnten|dürfen|sollen|werden|"
        r"würden) wir)",
        r"(?:sie|du) (?:hätten|hättest) (?:also |dann |das )?gerne?|(?:hätten|"
        r"hättest) (?:sie|du) "
        r"(?:also |dann |das )?gerne?",
        r"bevor (?:ich|wir)(?: (?:das|es|dies|etwas|damit|nun|jetzt|hier|mit|der|die|den|"
        r"ihnen|für|"
        r"sie|irgendetwas|so|alles|ihr|ihre|eine|änderung|anfrage|auftrag|vorgang|abschicke|"
        r"bearbeitung|weiter|hin|los|ich|wir))* (?:tue|tun|mache|machen|ausführe|ausführen|"
        r"fortfahre|fortfahren|beginne|beginnen|anfange|anfangen|weitermache|weitermachen|"
        r"loslege|"
        r"loslegen|starte|starten|durchführe|durchführen|veranlasse|veranlassen|vornehme|"
        r"vornehmen|"
        r"eingebe|erledige|bestätige|ändere|unternehme|abschliesse|umsetze|eintrage)|vorab",
        r"(?:wenn|falls|ob|dass) (?:ich|wir) (?:(?:sie|das|es|alles|dies|ihr|ihre|anliegen|"
        r"ihren|wunsch|jetzt|hier|so|auch) )*(?:(?:richtig|korrekt|"
        r"recht) )?(?:verstanden(?: habe| haben)?|"
        r"verstehe|verstehen|notiert habe|gehört habe|erfasst habe|aufgenommen habe)",
        r"(?:wenn|sofern|falls) (?:das|es|dies|alles|ihnen|sie|sie das|sie keine einwände|"
        r"sie nichts dagegen|nichts dagegen)(?: (?:das|es|so|alles|für|sie|ihnen|damit|in|"
        r"ordnung|okay|ok|recht|richtig|"
        r"korrekt|gut|genehm|einverstanden|passt|ist|sind|wäre|stimmt|möchten|wünschen|wollen|"
        r"haben|zusagt|erlauben|gestatten|mögen|bestätigen|zustimmen))+",
        r"(?:also |nur |einfach )*damit (?:(?:auch|es|das|alles|wir|ich|uns|hier|ihnen|dabei|da|"
        r"sich|beide|noch|kurz|ganz|wirklich|so|sie|später|hinterher) )*(?:richtig (?:verstehen|"
        r"verstehe|verstanden habe|verstanden haben|ist|läuft|mache|machen|notiert habe|habe)|"
        r"einig sind|vom (?:gleichen|selben) (?:sprechen|reden)|"
        r"von derselben sache sprechen|sicher "
        r"(?:ist|sind|bin|gehen|gehe)|klar ist|stimmt|passt|seine richtigkeit hat|(?:keine|kein) "
        r"(?:missverständnisse|missverständnis|fehler|irrtümer|irrtum|unklarheiten|verwechslung|"
        r"verwechslungen) (?:gibt|entstehen|entsteht|passieren|passiert|aufkommen|auftreten|"
        r"auftritt|haben|mache|machen)|nichts (?:schiefgeht|schief geht|schiefläuft|schief läuft|"
        r"durcheinander gerät|durcheinander geht|durcheinander kommt|falsch läuft|falsch mache|"
        r"falsch machen|falsches mache|vergesse|vergessen|verwechsle|übersehe|verloren geht))",
        r"um (?:missverständnisse|missverständnissen|fehler|fehlern|irrtümer|irrtümern|"
        r"unklarheiten|verwechslungen) (?:zu vermeiden|auszuschliessen|vorzubeugen)|um (?:ganz |"
        r"wirklich |absolut )?(?:sicher zu gehen|sicher zu sein)",
        r"um (?:(?:es|das|alles|sie|ihr|ihre|ihren|dies|nochmal|nochmals|noch einmal|kurz|"
        r"noch|mal|"
        r"einmal|anliegen|wunsch|anfrage|auftrag|ganz|sicher|so) )*(?:zusammenzufassen|"
        r"zu wiederholen|"
        r"zu bestätigen|sicherzugehen|sicherzustellen|zu gehen|klarzustellen|zu prüfen|"
        r"abzugleichen|zu vermeiden|zu klären|zu rekapitulieren|zu machen|zu sein|festzuhalten)",
        r"(?:nur |also |noch |kurz )*(?:zur|der|als|zu ihrer|zu unserer|"
        r"zu meiner) (?:kurze[nr]? |"
        r"nochmaligen? |kleinen? )?(?:sicherheit|bestätigung|kontrolle|zusammenfassung|"
        r"wiederholung|klarheit|erinnerung|information|überprüfung|verständigung|"
        r"rückversicherung|vergewisserung|vollständigkeit|ordnung)(?: halber)?|"
        r"nur(?= (?:kurz|nochmal|nochmals|noch einmal|noch mal|damit|um sicher|"
        r"um sicherzugehen|um sicherzustellen|um es|um das|um missverständnisse|ganz kurz|"
        r"eben|zur|"
        r"eine kurze|eine frage|ein moment|einen moment|schnell)(?: |$))",
        r"noch (?:kurz|schnell|eben)|(?:kurz|das|es|alles|"
        r"eben|hier|"
        r"ihnen|ganz|sie) ein ?mal|ein ?mal (?:kurz|eben|zusammen|alles zusammen)|"
        r"(?:ganz|mal|ihnen|nochmal) (?:kurz|schnell)|in (?:aller )?kürze|"
        r"lassen sie (?:mich|uns)|lass mich|lassen wir",
        r"alles (?:klar|richtig|korrekt|in ordnung|zusammen|gut|zusammengefasst|nochmal|"
        r"noch ?mal|"
        r"noch einmal|kurz|das)|(?:prüfe|prüfen|wiederhole|wiederholen|fasse|"
        r"zusammenfassen|fassen|"
        r"bestätige|bestätigen|lese|gehe|gehen)(?: (?:ich|wir|ihnen|kurz|nochmal|noch einmal|"
        r"noch mal|gerne?))* alles(?: (?:kurz|nochmal|noch ?mal|noch einmal|zusammen|"
        r"durch|vor))*|"
        r"das alles|dies alles",
        r"(?:lese|lesen)(?: (?:ich|wir|ihnen|es|das|alles|kurz|nochmal|noch einmal|"
        r"noch mal|einmal|"
        r"gerne?|also|dann))* vor|(?:gehe|gehen)(?: (?:ich|wir|das|es|kurz|nochmal|noch einmal|"
        r"gemeinsam|mit ihnen|alles))* durch|(?:gleiche|gleichen)(?: (?:ich|wir|das|es|"
        r"kurz|nochmal|"
        r"noch einmal|mit ihnen|alles))* ab",
        r"(?:in ordnung|geht in ordnung|kein problem|gar kein problem|keine sorge|keine ursache|"
        r"einen (?:kleinen |kurzen )?(?:moment|augenblick)|eine (?:sekunde|kleine sekunde)|"
        r"ein moment|mit vergnügen|(?:das|es) (?:tut|täte) mir leid(?: zu hören)?|tut mir leid|"
        r"freut mich|guten (?:tag|morgen|abend)|auf jeden fall|aber (?:gerne?|natürlich|sicher|"
        r"klar|selbstverständlich)|na klar|sehr wohl|gut so|ist gut|schon (?:gut|klar)|"
        r"ganz (?:genau|klar|sicher|einfach)|im moment|bis hierhin|so weit|ihrerseits)",
        r"(?:vielen |herzlichen |besten )?(?:dank|danke)(?: (?:schön|sehr|ihnen|für|dass|die|den|"
        r"das|ihre|ihren|ihr|geduld|warten|anruf|angaben|angabe|information|informationen|sie|"
        r"gewartet|haben|infos|info|auskunft|daten|nachricht|rückmeldung|bestätigung|anfrage|"
        r"vertrauen|fürs))*|fürs warten",
        r"(?:das |dies |es )?(?:kann|mache|erledige|übernehme|veranlasse|tue|kümmere) "
        r"(?:ich|das ich)(?: (?:mich|das|es|darum|gerne?|sehr|natürlich|so|für|sie|ihnen|"
        r"machen|tun|"
        r"erledigen|übernehmen|veranlassen|einrichten|dann))*|ich (?:übernehme|erledige) das"
        r"(?: gerne?)?(?: für sie)?",
        r"(?:ich habe|habe ich|wir haben|haben wir)(?: (?:mir|das|es|sie|alles|hier|so|"
        r"also|folgendes|"
        r"jetzt|nun|richtig|korrekt|ihr|ihre|ihren|anliegen|wunsch))* (?:verstanden|"
        r"notiert|gehört|"
        r"mitgeschrieben|aufgeschrieben|aufgenommen|vorliegen|vor mir|stehen|herausgehört|"
        r"zusammengefasst)|(?:ich habe|habe ich) hier|sehe ich hier|"
        r"(?:so |wie )+(?:ich )?(?:habe ich )?(?:sie |es |das )*(?:verstanden(?: habe)?|"
        r"verstehe)",
        r"(?:was ich|folgendes würde ich|folgendes werde ich)(?: (?:jetzt|nun|dann|also|"
        r"für|sie))* ?"
        r"(?:tun|machen|vorhabe|vornehmen|ausführen|veranlassen)?(?: (?:werde|würde|möchte|soll|"
        r"kann))?|(?:das|so) (?:habe|hatte) ich (?:jedenfalls )?(?:so )?(?:verstanden|notiert)",
        r"wie (?:sie )?(?:(?:es |das |mir |eben |gerade |vorhin |bereits |sich |"
        r"am telefon )*)(?:gewünscht|"
        r"besprochen|vereinbart|gesagt|beschrieben|erwähnt|gebeten|angefragt|angegeben|"
        r"genannt|gewollt|abgesprochen|verlangt|beauftragt|wünschen|möchten|sagten|wollten)"
        r"(?: haben| hatten)?|(?:auf|nach) ihren? wunsch(?: hin)?|"
        r"(?:in|nach|gemäss|laut|entsprechend) ihre[mnr] (?:auftrag|namen|sinne|wunsch|anfrage|"
        r"angaben|anliegen|anweisung)|ihre anfrage|ihr auftrag(?= )|in sachen|was (?:den|"
        r"die|das|ihren|ihre|ihr) (?:\S+ ){1,3}(?:angeht|betrifft)",
        r"sie (?:haben|hatten)(?: (?:mich|uns|also|ja|gerade|eben|"
        r"mir))*(?: (?:darum )?gebeten| gesagt|"
        r" gewünscht)(?: dass)?|sie (?:bitten|baten) (?:mich|uns|darum|also| )+",
        r"(?:das|dies|es) (?:ist|sind|wäre|wären)(?= (?:(?:also|dann|nun|jetzt|insgesamt|"
        r"zusammen|"
        r"hier|demnach|somit|konkret|genau) )*(?:der|die|das|den|dem|ein|eine|einen|einem|"
        r"einer|ihr|"
        r"ihre|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|für|mit|zusammen|"
        r"insgesamt|"
        r"am|um|[0-9]\S*|\S+hundert\S*|\S+zig|\S+zehn|\S+tausend\S*)(?: |$))",
        r"(?:ist|sind)(?!.* (?:erstattet|geliefert|zugestellt|ausgeliefert|abgeholt)(?: |$))"
        r"(?= (?:(?:also|dann|nun|jetzt|insgesamt|zusammen|hier|demnach|somit|"
        r"konkret|"
        r"genau) )*(?:der|die|das|den|ein|eine|einen|zwei|drei|vier|fünf|sechs|sieben|acht|neun|"
        r"zehn|elf|zwölf|[0-9]\S*|\S+hundert\S*|\S+zig|\S+zehn|\S+tausend\S*) )",
        r"(?:im (?:gesamt)?wert|in (?:der )?höhe|zum (?:vollen |genannten )?(?:gesamt)?preis|"
        r"zu einem "
        r"(?:gesamt)?preis|in einem (?:gesamt)?wert|(?:mit|zu|bei|über|für) (?:einem|"
        r"einen|einer|eine|dem) "
        r"(?:gesamt)?(?:betrag|preis|wert|summe|kosten)|(?:der|die|den|dem|ein|einen|einem)? ?"
        r"(?:gesamt)?(?:betrag|wert|preis|summe|höhe)) (?:von|in höhe von)|in summe|im gesamten|"
        r"(?:alles|das) in allem|unterm strich|über(?= insgesamt )",
        r"(?:es |dabei |hier |hierbei |das |sich |also |dann )*(?:geht|ginge|handelt|dreht)"
        r"(?: (?:es|sich|hier|hierbei|dabei|also|dann|nun|mir|ihnen|nochmal|konkret))* um"
        r"(?: (?:eine|die|ihre|den)(?= \S+(?:ung|sage|tausch|storno|abruf|anruf|"
        r"rückruf)(?: |$)))?|"
        r"(?:wie )?im folgenden|und zwar|das (?:heisst|bedeutet|hiesse)|"
        r"mit anderen worten|anders gesagt|"
        r"kurz (?:gesagt|zusammengefasst|gefasst)|zum (?:mitschreiben|verständnis|schluss|"
        r"abgleich)|im einzelnen|"
        r"für sie|in die wege(?: leiten| leite)?|in auftrag(?= (?:geben|gebe))|"
        r"(?:geben|gebe)(?= (?:die|eine) \S+ung (?:\S+ )*in auftrag(?: |$))",
        r"(?:ein|zwei|drei|2|3) (?:dinge|sachen|punkte|schritte|aufgaben)(?= )|"
        r"als (?:erstes|zweites|"
        r"nächstes|letztes)|es (?:folgt|folgen)|um (?:folgendes|das folgende)|der reihe nach|"
        r"schritt für schritt|punkt für punkt",
        r"(?:bisher|derzeit|aktuell|momentan|bislang|ursprünglich)(?: (?:noch|geplant|"
        r"vorgesehen))*"
        r"(?= (?!.* (?:bisher|statt)).* auf (?:den|die|das|montag|dienstag|mittwoch|donnerstag|"
        r"freitag|samstag|sonntag|[0-9]|tarif) )",
        r"hat(?= (?:\S+ ){0,4}(?:bisher|aktuell|derzeit|momentan|bislang) (?:noch )?(?:einen|den|"
        r"ihren) termin .* auf (?:den|die|das) )",
        r"(?:bisherige[nrms]?|aktuelle[nrms]?|derzeitige[nrms]?|"
        r"jetzige[nrms]?)(?= (?:tarif|termin|"
        r"vertrag|termins|tarifs) .* auf )",
        r"neue(?= (?:adresse|anschrift|nummer|telefonnummer) (?:lautet|wäre|wird|soll) )|"
        r"(?:(?<=[0-9] )|(?<=null )|(?<=eins )|(?<=zwei )|(?<=drei )|(?<=vier )|(?<=fünf )|"
        r"(?<=sechs )|(?<=sieben )|(?<=acht )|(?<=neun )|(?<=zig ))endet|(?:sie|du) wolltest?n?|"
        r"(?<!sie )sollen",
        r"vor(?= (?:eine|ein|einen|zwei|drei|vier|also|insgesamt|und|mit|für|das|ist|soll|"
        r"passt|darf|einverstanden|okay|ok|sind|stimmt|in|und|wäre|geht) |$)|"
        r"durch(?= (?:das|ist|soll|passt|darf|einverstanden|okay|sind|stimmt|in|wäre|geht) |$)",
        r"in (?:einem|einer) (?:\S+ )?(?:schritt|vorgang|zug|rutsch)|"
        r"(?:würde|möchte|werde|will) ich (?:gerne|gern)",
        r"(?<!ich )(?<!wir )bitte(?! sie )|dass(?! (?:sie|du) )|dass (?:sie|"
        r"du)(?= (?:\S+ ){1,25}?"
        r"(?:möchten|wollen|wünschen|möchtest|willst)(?! (?:sie|du))(?: |$))",
        _REQUEST,
    ),
    classes=words(
        "konto tarif bestellung buchung reservierung termin karte vertrag nummer abo abonnement",
        "adresse anschrift strasse paket police kredit produkt modell grösse zimmer "
        "rechnung ticket",
        "anschluss zähler ware kunde kundin kunden strecke zug flug hotel filiale",
    ),
    doubles={"doppel": 2},
    also=words(
        "auch ausserdem zudem zusätzlich ebenfalls danach anschliessend gleichzeitig daraufhin",
    ),
    past=words(
        "habe hab haben hat hatte hatten hätte hätten hätt ist sind war waren wurde wurden worden "
        "bin",
    ),
    has_dots=True,
    is_first_role=True,
    quoting=words(
        "dass sagt sagen steht lautet lauten heisst besagt text wortlaut inhalt betreff titel",
        "nachricht notiz stichwort vermerk thema weil grund wegen und zitat lautend wörtlich",
        "wortwörtlich überschrift bezeichnung folgt drinsteht worten ausrichte ausrichten mit aus",
    ),
    own_words=phrases(r"mit dem (?:betreff|text|titel|wortlaut)", "weil"),
    asks=words(
        "ich wir sie ihnen ihr ihre ihren ihrem du dir dich mir das es dies diese dieser diesen",
        "die der den dem so dann also nun jetzt bitte für mit damit dabei hiermit dafür dazu",
        "hierfür in ordnung soll sollte darf dürfte ist wäre sind wären sei bist würde "
        "passt passen",
        "stimmt stimmen klingt geht recht richtig korrekt okay ok gut einverstanden genehm",
        "passend zutreffend sicher zufrieden gewünscht gewollt gern gerne ja genau und dass wenn",
        "möchten möchtest wollen willst wünschen wünschst tun machen tue mache macht erledigen",
        "erledige ausführen ausführe durchführen durchführe veranlassen veranlasse fortfahren",
        "fortfahre fahre fort weitermachen weitermache vornehmen vornehme umsetzen umsetze",
        "einleiten einleite leiten leite wege loslegen loslege starten starte beginnen beginne",
        "vorgehen vorgehe verfahren verfahre eintragen eintrage übernehmen übernehme weiter",
        "zustimmung einverständnis bestätigung freigabe wunsch sinne auftrag geben gebe",
        "bestätigen genehmigen akzeptieren zustimmen zu absegnen wie beschrieben besprochen",
        "gesagt genannt zusammengefasst wirklich tatsächlich soweit kurz um bitten vorgang",
        "angaben details natürlich fein prima frau herr dir euch mach uns da hätten",
    ),
    agrees=phrases(
        r"(?:habe|hab) ich(?: (?:das|sie|es|alles|dies|ihr|ihre|ihren|anliegen|wunsch|so|"
        r"da|damit|"
        r"jetzt))* (?:(?:richtig|korrekt) )?(?:verstanden|notiert|aufgenommen|erfasst|"
        r"wiedergegeben|zusammengefasst|gehört)",
        r"(?:nehmen|nimmst) (?:sie|du) (?:das|es|dies)(?: so)? an|sind wir uns(?: da| hier| "
        r"so)*(?: darin)?"
        r" einig|mach ich(?: das| es)? so|"
        r"wollen wir(?: das| es)? so|hätten (?:sie|du) das gerne? so|haben wir (?:das|es) so",
        r"(?:soll|sollte|darf|dürfte|kann) ich (?:den|ihren|einen|diesen|dir den|ihnen den) termin"
        r"(?: (?:so|dann|also|jetzt|nun|bitte|für sie|ihnen))*"
        r"(?= (?:vereinbaren|buchen|reservieren|ausmachen|festmachen|verlegen|verschieben|"
        r"umbuchen)$)",
        r"(?:soll|sollte|darf|dürfte|kann|könnte) ich|(?:sollen|sollten|dürfen|können|"
        r"könnten) wir|"
        r"ich soll|soll (?:das|es|dies) so",
        r"(?:möchten|wollen|wünschen|möchtest|willst|wünschst)(?: (?:sie|du))?(?= (?:das|es|dies|"
        r"dass|so|wirklich das|also|die|den))",
        r"(?:sie|du) (?:möchten|wollen|wünschen)(?= (?:das|es|dies|dass|also))",
        r"(?:ist|wäre|sei|geht|klingt|passt|stimmt|sind|wären)(?: (?:das|es|dies|alles|so|damit|"
        r"dabei|für|sie|ihnen|dich|dir|mit|jetzt|nun|dann|also|wirklich|soweit|diese|die|angaben|"
        rf"details|genau|bei|euch|der|vorgang|von|ihrer|seite))* {_FINE}",
        r"(?:passt|passen|stimmt|stimmen|klingt)(?: (?:das|es|dies|alles|so|s|ihnen|dir|für|sie|"
        r"dich|soweit|die|diese|angaben|details))*|geht (?:das|dies|es so|"
        r"s so)(?: so)?(?: klar)?|"
        r"würde (?:das|es|ihnen das) (?:so )?(?:für sie |ihnen )?(?:passen|gehen)",
        r"(?:alles|das|so|ja|soweit) (?:richtig|korrekt|in ordnung|klar|okay|ok|gut|recht|"
        r"einverstanden)|(?:gut|recht|richtig|korrekt|okay|ok|in ordnung) so",
        r"(?:einverstanden|okay|ok|in ordnung|richtig|korrekt|genehm|abgemacht|nicht wahr)",
        r"(?:sind sie|sind sie sich|bist du|bist du dir)(?: (?:damit|dabei|hiermit|so|da|sich|"
        r"wirklich))* (?:einverstanden|sicher|damit zufrieden|so zufrieden)",
        r"(?:bestätigen|genehmigen|akzeptieren|bestätigst) (?:sie|du)|(?:können|könnten|"
        r"würden|wollen|"
        r"möchten|kannst|könntest) (?:sie|du)(?: (?:mir|uns|das|es|dies|bitte|so|kurz|dem|diese|"
        r"angaben|die|nochmal|noch einmal|für|mich))* (?:bestätigen|zustimmen|genehmigen|"
        r"absegnen|"
        r"damit leben)",
        r"stimmen sie|stimmst du|sagt ihnen das(?: so)? zu",
        r"(?:(?:habe|hätte|bekomme|erhalte|bekäme|geben|darf) (?:ich|sie) (?:(?:mir|um|"
        r"dafür|dazu|"
        r"hierfür|damit|bitte|also|dann|nun|so|kurz) )*)?ihre?n? (?:zustimmung|"
        r"einverständnis|okay|"
        r"ok|bestätigung|freigabe|go|segen|ja)",
        r"(?:was|wie|so wie) (?:sie|du) (?:(?:es|das|sich|sich das|wirklich|gerne?|so|"
        r"von mir|von uns|"
        r"es sich) )*(?:möchten|möchtest|wollen|willst|wünschen|wollten|vorstellen|"
        r"vorgestellt haben|gesagt haben|meinten|gemeint haben|gewünscht haben|brauchen|"
        r"erwarten|wünschten|vorhaben)",
        r"(?:ja )?genau so$|machen wir (?:das|es)(?: so)?|verbleiben wir so|ja$|stimmt s|passt s",
    ),
    requests=phrases(_REQUEST),
    openers=phrases(
        r"(?:soll|darf|kann|sollte|dürfte|könnte) ich(?: (?:nun|jetzt|dann|also|für sie|bitte|"
        r"wirklich|ihnen))*",
        r"(?:sollen|dürfen|können|sollten) wir(?: (?:nun|jetzt|dann|also|für sie))*",
        r"(?:möchten|wollen|wünschen|möchtest|willst) (?:sie|du)(?: (?:also|dann|nun|jetzt|"
        r"wirklich|bitte|gerne?))*(?: dass (?:ich|wir)(?: (?:nun|jetzt|dann))*)?",
        r"(?:hätten|hättest) (?:sie|du) gerne? dass (?:ich|wir)",
        r"(?:sie|du) (?:möchten|wollen|wünschen|möchtest|willst)(?: (?:also|dann|nun|"
        r"jetzt|demnach))*"
        r"(?: dass (?:ich|wir))?|(?:also )?(?:ich|wir) (?:soll|sollen)(?: also| dann)*",
        r"(?:ist|wäre|geht|passt)(?: (?:es|das))(?: (?:für sie|ihnen|so|damit))*"
        rf"(?: {_FINE})?(?: für sie)? (?:wenn|dass) (?:ich|wir)",
        r"(?:sind sie|bist du|wären sie|wärst du)(?: (?:damit|so))* (?:einverstanden|sicher|"
        r"zufrieden) (?:dass|wenn) "
        r"(?:ich|wir)",
        r"(?:können|könnten|würden) sie(?: (?:mir|bitte|kurz|"
        r"uns))* bestätigen dass (?:ich|wir|sie(?=.*(?:möchten|wollen|wünschen)))|"
        r"(?:bestätigen|erlauben|gestatten) sie(?: (?:mir|bitte|uns))*(?: dass (?:ich|wir|"
        r"sie(?=.*(?:möchten|wollen|wünschen))))?",
        r"(?:stimmt es|ist es richtig|ist es korrekt|richtig|verstehe ich (?:sie )?richtig|"
        r"habe ich (?:sie |das )?richtig verstanden|stimmen sie zu|"
        r"heisst das) dass (?:ich|wir|sie(?=.*(?:möchten|wollen|wünschen)))"
        r"(?= )|(?:soll|sollen)(?= (?:also |dann |nun |jetzt )?(?:der|die|das|den|ihr|"
        r"ihre|ein|eine|"
        r"[0-9]))",
    ),
    particles=(*PARTICLES, "herunter", "heraus", "krank", "fort", "vorbei"),
)

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
    Language,
    Part,
    Role,
    closing,
    phrases,
    row,
    words,
)
from agent_service.conversation.read_back.numerals import Numerals, spelled

_UNITS = row(
    "null ein zwei drei vier funf sechs sieben acht neun zehn elf zwolf dreizehn vierzehn "
    "funfzehn sechzehn siebzehn achtzehn neunzehn"
)
_TENS = row("zwanzig dreissig vierzig funfzig sechzig siebzig achtzig neunzig")
_SMALL = spelled(_UNITS, _TENS, "{one}und{ten}")
_HUNDREDS = {
    f"{many}hundert{link}{rest}": hundreds * 100 + value
    for hundreds, many in [
        (1, ""),
        *((value, word) for word, value in _SMALL.items() if 0 < value < 10),
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
    for end in ("", "n", "r")
}
_MONTHS = row("januar februar marz april mai juni juli august september oktober november dezember")

_VERBS = """
stornieren; ab|bestellen:bestellt / stornierung
ab.sagen; ab.bestellen:bestellt / absage
erstatten; zurück.erstatten:erstattet; rück.erstatten:erstattet / erstattung, rückerstattung
zurück.zahlen; / rückzahlung
um.tauschen; aus.tauschen; tauschen; wechseln / umtausch, austausch, tausch
ersetzen:ersetzt / ersatz
zurück.senden:gesandt; zurück.schicken; retournieren / rücksendung, retoure
zurück.geben:gegeben; / rückgabe
senden:gesendet; schicken; zu.senden:gesendet; zu.schicken; ver|schicken / versand, zusendung
liefern; aus.liefern / lieferung
öffnen; eröffnen:eröffnet; an.legen; erstellen:erstellt; auf.machen / eröffnung, erstellung
auf.nehmen:genommen / aufnahme
buchen / buchung
reservieren / reservierung
vereinbaren:vereinbart; aus.machen / vereinbarung
verlegen:verlegt; ver|schieben:verschoben; um.buchen / verlegung, verschiebung, umbuchung
ändern; ab.ändern / änderung
wechseln; um.stellen / wechsel, umstellung
aktualisieren / aktualisierung
sperren / sperrung, sperre
entsperren:entsperrt / entsperrung
ver|längern / verlängerung
erneuern:erneuert / erneuerung
aktivieren; frei.schalten; ein.schalten; an.schalten / aktivierung, freischaltung
deaktivieren; ab.schalten; aus.schalten / deaktivierung, abschaltung
schließen:geschlossen / schließung
kündigen / kündigung
beenden:beendet / beendigung
starten; beginnen:begonnen / start
stoppen; an.halten:gehalten
pausieren; aus.setzen / pause
hinzu.fügen; hinzu.buchen; dazu.buchen / hinzufügung
entfernen:entfernt; löschen / entfernung, löschung
bestellen:bestellt / bestellung
bezahlen:bezahlt; zahlen / zahlung, bezahlung
überweisen:überwiesen / überweisung
gut.schreiben:geschrieben / gutschrift
ab.buchen / abbuchung
erhöhen:erhöht; herauf.setzen; hoch.setzen / erhöhung
senken; reduzieren; herab.setzen / senkung
an.melden / anmeldung
ab.melden / abmeldung
registrieren / registrierung
ein.richten:gerichtet / einrichtung
um.leiten:geleitet; weiter.leiten:geleitet / umleitung, weiterleitung
auf.laden:geladen / aufladung
bestätigen:bestätigt / bestätigung
melden / meldung
reparieren / reparatur
zurück.setzen / zurücksetzung
zurück.rufen:gerufen / rückruf
an.rufen:gerufen / anruf
ab.holen / abholung
beantragen:beantragt / beantragung
hinterlegen:hinterlegt
vor.merken / vormerkung
ein.tragen:getragen / eintragung
zu.teilen / zuteilung
verbinden:verbunden
um.ziehen:gezogen / umzug
zusammen.legen
aus.stellen / ausstellung
ein.reichen
ein.lösen
über|tragen:übertragen / übertragung
teilen
geben:gegeben
machen
"""

_SO = r"(?: so| das| es| dies| damit| alles| ihnen| dir| für sie| für dich)+"
_DO = (
    r"(?:das |es |dies |so |damit |die[s]? )*(?:jetzt |nun |dann |für sie )*"
    r"(?:tun|machen|tue|mache|erledigen|erledige|ausführen|ausführe|durchführen|durchführe"
    r"|veranlassen|veranlasse|fortfahren|fortfahre|weitermachen|weitermache|vornehmen|vornehme"
    r"|umsetzen|umsetze|so eintragen|in die wege leiten)"
)
_FINE = (
    r"(?:in ordnung|recht|richtig|korrekt|okay|ok|gut|einverstanden|genehm|passend|so gewünscht"
    r"|gewünscht|ihr wunsch|in ihrem sinne|so gewollt|fein|zutreffend|so weit richtig)"
)

GERMAN = Language(
    tag="de",
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
    },
    idle=words(
        "der die das den dem des ihr ihre ihren ihrem ihrer ihres dein deine deinen deinem deiner",
        "sie ihnen du dir dich ich wir es und werde werden würde würden kann könnte können",
        "bitte sich dass denn hier möchte möchten",
    ),
    rates=phrases("(?:pro|je|jeden|jedes)(?= (?:monat|jahr|woche|tag|nacht|stunde))"),
    joints=words("und sowie"),
    callers=words("sie du"),
    addressed=words("sie ihnen dich dir"),
    pointers=words("diese dieser diesen dieses diesem"),
    articles=words("ein eine einen einem einer eines"),
    determiners=words(
        "der die das den dem des ihr ihre ihren ihrem ihrer ihres dein deine deinen "
        "deinem deiner zum zur vom am im beim"
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
    openings=words("bis ab seit vor nach ohne statt wegen zwischen unter uber innerhalb"),
    synonyms={
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
    },
    short=words("dr nr str tel hr fr bzw ca st prof"),
    titles=words("dr doktor prof professor frau herr herrn familie"),
    endings=frozenset(
        {("", end) for end in ("n", "en", "e", "s", "es")}
        | {
            (one, other)
            for one in ("e", "en", "er", "es", "em")
            for other in ("e", "en", "er", "es", "em")
        }
        | {("um", "en")}
    ),
    verbs=groups(_VERBS, german),
    trades=words("umtauschen austauschen tauschen ersetzen wechseln"),
    inflect=unknown_german,
    is_verb_last=True,
    passive=phrases("wird", "werden", "würde", "würden", "soll", "sollen", "möchten", "wollen"),
    light=phrases(
        r"(?:mache|machen|veranlasse|veranlassen|nehme|vornehmen|führe|durchführen|leite|einleiten"
        r"|beauftrage|erledige|buche|vereinbare)(?: ihnen| ihre| ihren| die| den| das|"
        r" eine| einen)*",
    ),
    leads=phrases(
        r"(?:nur |noch ?mal |noch einmal |also |kurz |gut |okay )*(?:zur|als) "
        r"(?:sicherheit|bestätigung|kontrolle|zusammenfassung|wiederholung|klarheit|"
        r"erinnerung)(?: noch ?mal| noch einmal| nochmals)?",
        r"(?:nur )?(?:um|damit) (?:(?:es|das|alles|noch ?mal|noch einmal|kurz|sicher|ganz|"
        r"ihre anfrage|ihr anliegen|dies|ich|wir|nur|keine missverständnisse) )*"
        r"(?:zusammenzufassen|sicherzugehen|zu bestätigen|zu wiederholen|zu gehen|zu sein|"
        r"klarzustellen|zu prüfen|entstehen|haben|nichts falsch mache)",
        r"(?:also |gut |okay )*(?:ich|lassen sie mich|lass mich|darf ich|ich möchte|"
        r"ich will|wir)(?: (?:das|es|alles|kurz|noch ?mal|noch einmal|nochmals|nur|also|"
        r"ihnen|dann|ihre anfrage|ihr anliegen|einmal|eben|bitte|für sie))* "
        r"(?:zusammenfassen|wiederholen|bestätigen|vorlesen|prüfen|sichergehen|"
        r"sicherstellen|fasse|wiederhole|bestätige|lese|fassen|prüfe)(?: (?:das|es|alles|"
        r"kurz|noch ?mal|noch einmal|nochmals|nur|also|ihnen|dann|ihre anfrage|"
        r"ihr anliegen|einmal|eben|für sie|zusammen|vor))*(?: dass ich (?:das|es|sie|"
        r"alles) richtig (?:verstanden habe|verstehe))?",
        r"(?:also|gut|okay|ok|alles klar|in ordnung|sehr gut|gerne|gern|natürlich|"
        r"selbstverständlich|verstanden|einverstanden|perfekt|prima|super|nun|so|dann|ja|"
        r"klar|schön|sehr gerne|ich verstehe|noch einmal|noch ?mal|nochmals|kurz gesagt|"
        r"zusammengefasst|zusammenfassend|richtig|wie gewünscht|nur noch einmal|das heisst|"
        r"das bedeutet|gut dann|kein problem|aber gerne|kurz noch einmal|"
        r"kurz zusammengefasst|mit vergnügen|wunderbar|moment|freut mich|okay dann|"
        r"bestätigung|zusammenfassung|kurz|mit anderen worten|ihre anfrage|ihr anliegen)"
        r"(?: dann)?",
        r"(?:vielen |herzlichen )?(?:dank|danke)(?: schön| sehr)?(?: für (?:ihre geduld|"
        r"das warten|ihren anruf|die angaben|die information|die informationen|"
        r"ihr warten)| fürs warten| dass sie gewartet haben)?",
        r"(?:das )?(?:kann|mache|erledige|übernehme) (?:ich|das ich) (?:gerne |gern )?"
        r"(?:für sie )?(?:machen|tun|erledigen|übernehmen)?",
        r"(?:ich habe|habe ich|wenn ich|falls ich|ob ich) (?:sie |das |es |alles )?"
        r"(?:richtig |korrekt )?(?:verstanden(?: habe)?|verstehe)|mal sehen ob ich (?:das|"
        r"es|sie) richtig verstanden habe|wie ich (?:sie |es )?verstanden habe|so wie ich "
        r"(?:sie |es )?verstehe",
        r"(?:hier|das) (?:noch ?mal|noch einmal)|was ich (?:jetzt |nun |dann )?(?:tun|"
        r"machen) (?:werde|würde)|folgendes (?:werde|würde) ich (?:tun|machen)|ich "
        r"(?:werde|würde|mache) (?:jetzt |nun |dann )?folgendes(?: tun| machen)?|bevor ich "
        r"(?:das|es|dies|etwas|damit) ?(?:tue|mache|ausführe|fortfahre|beginne|anfange)?|"
        r"bevor (?:wir|ich) (?:fortfahren|weitermachen|weitermache|fortfahre)",
    ),
    frames=phrases(
        r"(?:ich|wir) (?:werde|werden|würde|würden|möchte|möchten|kann|könnte|soll|sollen|"
        r"will|wollen)(?: nun| jetzt| dann| also| gerne| gern| für sie)*",
        r"(?:ich|wir) (?:nun|jetzt|dann|also|gerne|gern|ihnen|für sie|hiermit)(?: nun|"
        r" jetzt| dann| also| gerne| für sie)*",
        r"(?:werde|würde|möchte|kann|könnte|soll) ich(?: nun| jetzt| dann| also| gerne| für sie)*",
        r"sie (?:möchten|wollen|wünschen|hätten gerne|hätten gern)(?: also| gerne| gern)?"
        r"(?: dass (?:ich|wir))?",
        r"(?:das|dies|es) (?:ist|sind|wäre|wären|macht|betrifft|umfasst|enthält)(?: also|"
        r" dann)?|(?:es )?handelt (?:es )?sich (?:dabei )?um|und zwar|nämlich",
        r"(?:insgesamt|zusammen|im wert von|in höhe von|zum preis von|zu einem preis von|"
        r"zum gesamtpreis von|(?:mit einem|über einen|zu einem|für einen)? ?"
        r"(?:gesamtbetrag|betrag|gesamtpreis|gesamtwert|preis|wert)(?: von)?|in summe|"
        r"im gesamtwert von|in einem gesamtwert von|über insgesamt)",
        r"für sie|in ihrem (?:auftrag|namen)|wie (?:gewünscht|besprochen)|also|dann|"
        r"mit folgendem inhalt|bestehend aus|mit den artikeln|mit folgenden artikeln|darin|"
        r"davon",
        r"(?:vorzunehmen|vornehmen|vor|durch|ein|durchführen)$",
    ),
    whole=None,
    quoting=phrases(
        r"(?:mit|unter) (?:dem |den |folgendem |der )?(?:text|wortlaut|inhalt|betreff|"
        r"titel|worten|wörtern|nachricht|notiz|stichwort|vermerk|thema)(?: von| lautet)?",
        r"(?:in dem|wo|worin|darin|das|der|die) (?:steht|lautet|heisst|besagt|drinsteht|sagt)",
        r"und (?:der|als) (?:text|betreff|inhalt) (?:lautet|ist)?|mit|wegen|dazu|zum thema|"
        r"lautend|das lautet|text|betreff|wortwörtlich|weil|grund",
    ),
    own_words=phrases(r"mit dem (?:betreff|text|titel|wortlaut)", "weil"),
    questions=closing(
        rf"(?:soll|darf|kann|sollte|werde) ich(?: {_DO})",
        r"(?:soll|darf) ich",
        rf"(?:sollen|dürfen|können) wir(?: {_DO})",
        rf"(?:möchten|wollen|wünschen) sie (?:das|es|dies|das so|es so)(?: {_DO})?",
        rf"(?:möchten|wollen|wünschen) sie dass (?:ich|wir)(?: {_DO})",
        rf"(?:möchtest|willst) du (?:das|es|das so|dass ich(?: {_DO}))",
        rf"(?:ist|wäre){_SO} {_FINE}(?: so)?(?: für sie| für dich| mit ihnen)?(?: wenn ich {_DO})?",
        r"(?:geht|passt|klingt|stimmt|wäre|ist)(?: das| es| dies| alles)(?: für sie|"
        rf" ihnen| dir)?(?: so| gut)?(?: für sie| für dich)?(?: {_FINE})?",
        r"sind sie (?:damit |dabei |hiermit )?(?:einverstanden|sicher|zufrieden|"
        rf"damit einverstanden)(?: damit| dass ich(?: {_DO})| wenn ich(?: {_DO}))?",
        r"bist du (?:damit )?(?:einverstanden|sicher)",
        r"(?:bestätigen|genehmigen|akzeptieren) sie(?: mir)?(?: das| es| dies| das so)?",
        r"(?:können|könnten|würden|wollen|möchten) sie(?: mir)?(?: das| es| dies)?"
        r"(?: bitte| so)? bestätigen",
        r"stimmen sie (?:dem |dem so |dieser )?zu",
        r"(?:geben sie mir|habe ich|hätte ich|bekomme ich) (?:dafür |hierfür |dazu )?"
        r"(?:ihre|ihr) (?:zustimmung|einverständnis|okay|ok|bestätigung|freigabe)"
        r"(?: dafür| dazu)?",
        r"habe ich (?:das|sie|es) (?:so )?(?:richtig|korrekt) (?:verstanden|notiert|aufgenommen)",
        r"(?:passt|geht|wäre|ist) (?:ihnen|dir|es ihnen) (?:das|es|dies)?(?: so| recht)*",
        r"(?:stimmt|passt) (?:das|es|alles)(?: so)?(?: für sie| ihnen)?",
        rf"(?:ist|wäre) es (?:für sie )?{_FINE} wenn ich(?: {_DO})",
        r"ist das (?:so )?(?:was sie möchten|was sie wollen|was sie wünschen|ihr wunsch|"
        r"ihre absicht|gewollt|gewünscht)",
    ),
    tags=closing(
        r"(?:einverstanden|okay|ok|in ordnung|richtig|korrekt|recht so|stimmt s|stimmt|ja|"
        r"passt|gut so|alles klar|ist das so|so richtig|alles richtig|"
        r"sind sie einverstanden|so in ordnung|sicher)",
    ),
    openers=phrases(
        r"(?:soll|darf|kann|sollte) ich(?: nun| jetzt| dann| also| für sie| bitte| wirklich)*",
        r"(?:sollen|dürfen|können) wir(?: nun| jetzt| dann| also| für sie)*",
        r"(?:möchten|wollen|wünschen) sie dass (?:ich|wir)(?: nun| jetzt| dann)*",
        r"(?:möchten|wollen) sie(?: wirklich)?",
        r"(?:sie (?:möchten|wollen)(?: also)?(?: dass (?:ich|wir))?|ich soll)(?: also| dann)*",
        rf"(?:ist|wäre) es (?:für sie )?{_FINE} wenn (?:ich|wir)",
        r"sind sie (?:damit )?einverstanden (?:dass|wenn) (?:ich|wir)",
        r"(?:können|könnten) sie (?:mir )?bestätigen dass (?:ich|wir|sie)|bestätigen sie"
        r"(?: mir)? dass (?:ich|wir|sie)",
    ),
    particles=PARTICLES,
)

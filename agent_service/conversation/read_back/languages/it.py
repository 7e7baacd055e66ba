"""Italian."""

import re

from agent_service.conversation.read_back.inflection import groups, in_phrases, italian
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
from agent_service.conversation.read_back.numerals import Numerals

_UNITS = row(
    "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici "
    "quattordici quindici sedici diciassette diciotto diciannove"
)
_TENS = row("venti trenta quaranta cinquanta sessanta settanta ottanta novanta")
_SMALL = {word: value for value, word in enumerate(_UNITS)} | {
    f"{ten[:-1] if one in (1, 8) else ten}{_UNITS[one] if one else ''}": tens * 10 + one
    for tens, ten in enumerate(_TENS, start=2)
    for one in range(10)
}
_HUNDREDS = {
    f"{many}{cento}{rest}": hundreds * 100 + value
    for hundreds, many in enumerate(["", *_UNITS[2:10]], start=1)
    for rest, value in [("", 0), *((word, value) for word, value in _SMALL.items() if value)]
    for cento in (("cento", "cent") if rest[:1] == "o" else ("cento",))
}
_MONTHS = row(
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"
)

_VERBS = """
annullare; cancellare; disdire::disdett+disdico+disdica / annullamento, cancellazione, disdetta
rimborsare / rimborso
cambiare; scambiare / cambio, scambio
sostituire:isc; rimpiazzare / sostituzione
restituire:isc; rendere::res / restituzione, reso
rispedire:isc
inviare; spedire:isc; mandare / invio, spedizione
consegnare / consegna
aprire::apert; creare / apertura, creazione
prenotare; riservare / prenotazione
fissare; programmare / programmazione
spostare; cambiare / spostamento
rimandare; rinviare; posticipare / rinvio
modificare; cambiare / modifica, cambio
passare / passaggio
aggiornare / aggiornamento
bloccare / blocco
sbloccare / sblocco
rinnovare / rinnovo
prolungare; prorogare; estendere::estes / prolungamento, proroga, estensione
attivare; abilitare / attivazione
disattivare; disabilitare / disattivazione
chiudere::chius / chiusura
terminare
sospendere::sospes / sospensione
aggiungere::aggiunt / aggiunta
rimuovere::rimoss; eliminare; togliere / rimozione, eliminazione
ordinare / ordine
pagare / pagamento
trasferire:isc / trasferimento
bonificare / bonifico
addebitare / addebito
accreditare / accredito
aumentare; alzare / aumento
ridurre::ridott; abbassare; diminuire:isc / riduzione
iscrivere::iscritt; registrare / iscrizione, registrazione
inoltrare; deviare / inoltro, deviazione
ricaricare / ricarica
confermare / conferma
segnalare / segnalazione
riparare / riparazione
reimpostare; ripristinare / reimpostazione, ripristino
richiamare
chiamare; telefonare / chiamata
ricontattare
richiedere::richiest / richiesta
mettere::mess
dare+do+dà+darò+darei+dia
annotare
comprare; acquistare / acquisto
noleggiare / noleggio
"""

_DO = (
    r"(?:(?:lo |la |li |le |così |a |di |che |con )*(?:faccia|faccio|fare|farlo|farla|"
    r"procedo|proceda|procedere|procediamo|continui|continuo|continuare|vada avanti|"
    r"vado avanti|andare avanti|proseguo|prosegua|proseguire|esegua|eseguo|eseguire|"
    r"programmo|programmare|fisso|fissare|effettui|effettuo|provveda|provvedo|provvedere|"
    r"me ne occupi|occuparmene)(?: così| con questo| con l operazione| con la richiesta|"
    r" in questo modo| ora| subito| avanti| pure)*)"
)
_FINE = (
    r"(?:tutto )?(?:bene|corretto|giusto|esatto|d accordo|ok|okay|a posto|così|questo|"
    r"tutto|in ordine|perfetto|quello che (?:vuole|desidera|voleva|vuoi|ha chiesto|chiede)|"
    r"ciò che (?:vuole|desidera))"
)

ITALIAN = Language(
    tag="it",
    numerals=Numerals(
        values=_SMALL | _HUNDREDS | {"un": 1, "una": 1, "mille": 1000},
        fused=re.compile(r"(.*?)(?:mille|mila)(.*)"),
    ),
    ordinals={"primo": 1},
    months={month: value for value, month in enumerate(_MONTHS, start=1)},
    weekdays={
        day: value
        for value, day in enumerate(
            row("lunedi martedi mercoledi giovedi venerdi sabato domenica"), start=1
        )
    },
    currencies={
        "euro": "euro",
        "eur": "euro",
        "dollaro": "dollar",
        "dollari": "dollar",
        "usd": "dollar",
        "sterline": "pound",
        "sterlina": "pound",
        "gbp": "pound",
        "franchi": "franc",
        "franchi svizzeri": "franc",
        "chf": "franc",
    },
    cents=words("centesimo centesimi cent"),
    points=words("virgola"),
    clock=Clock(
        cues=words("alle all dalle"),
        hours=phrases("in punto", "ore"),
        plus=words("e"),
        minus=phrases("meno"),
        quarter=phrases("(?:un )?quarto"),
        half=phrases("mezz[ao]"),
        noon=phrases("mezzogiorno"),
        midnight=phrases("mezzanotte"),
        parts=(
            Part(phrases("di mattina", "del mattino", "della mattina", "di mattino"), 0, 12),
            Part(phrases("del pomeriggio", "di pomeriggio", "pomeridiane"), 12, 20),
            Part(phrases("di sera", "della sera"), 16, 24),
            Part(phrases("di notte", "della notte"), 19, 30),
        ),
    ),
    roles={
        "a": Role.TO,
        "ad": Role.TO,
        "al": Role.TO,
        "alla": Role.TO,
        "allo": Role.TO,
        "ai": Role.TO,
        "agli": Role.TO,
        "alle": Role.TO,
        "all": Role.TO,
        "da": Role.FROM,
        "dal": Role.FROM,
        "dalla": Role.FROM,
        "dall": Role.FROM,
        "dalle": Role.FROM,
        "per": Role.FOR,
        "con": Role.WITH,
        "di": Role.AT,
        "del": Role.AT,
        "della": Role.AT,
        "dello": Role.AT,
        "dell": Role.AT,
        "dei": Role.AT,
        "degli": Role.AT,
        "delle": Role.AT,
        "in": Role.AT,
        "nel": Role.AT,
        "nella": Role.AT,
        "su": Role.AT,
        "sul": Role.AT,
        "sulla": Role.AT,
        "sull": Role.AT,
        "d": Role.AT,
        "presso": Role.AT,
        "col": Role.WITH,
    },
    idle=words(
        "il lo la i gli le l suo sua suoi sue tuo tua tuoi tue lei vi ti io e ed che si ne",
        "posso potrei vado glielo gliela al",
    ),
    rates=phrases("ogni(?= (?:mese|anno|settimana|giorno|notte|ora))"),
    joints=words("e ed"),
    callers=words("lei tu"),
    addressed=words(""),
    pointers=words("quell quello quella quel quei quelle questo questa quest questi queste"),
    articles=words("un uno una"),
    determiners=words(
        "il lo la l suo sua tuo tua del dello della dell al allo alla all dal dalla "
        "dall nel nella sul sulla"
    ),
    labels=phrases("(?:con )?(?:il )?numero", "num", "nr", "codice postale", "cap", "giorno"),
    ending=phrases(
        "(?:che )?(?:finisce|termina|finiscono|terminano) (?:con|in|per)",
        "terminante (?:con|in|per)",
        "le cui ultime cifre sono",
        "con finale",
    ),
    openings=words("fino prima dopo entro tra fra senza salvo sotto sopra"),
    synonyms={
        "dr": "dottor",
        "dott": "dottor",
        "dottore": "dottor",
        "ssa": "dottoressa",
        "sig": "signor",
        "signore": "signor",
        "gb": "giga",
        "gigabyte": "giga",
        "gigas": "giga",
        "kg": "chilo",
        "%": "percento",
        "mensile": "mese",
        "mensili": "mese",
    },
    short=words("dr dott sig ssa prof tel n"),
    titles=words("dr dott dottor dottore dottoressa sig signor signore signora prof professor ssa"),
    endings=frozenset(
        {
            ("o", "i"),
            ("a", "e"),
            ("e", "i"),
            ("io", "i"),
            ("ca", "che"),
            ("ga", "ghe"),
            ("co", "chi"),
            ("go", "ghi"),
        }
    ),
    verbs=groups(_VERBS, in_phrases(italian)),
    trades=words("cambiare scambiare sostituire"),
    inflect=italian,
    is_verb_last=False,
    passive=phrases(
        r"(?:verrà|verranno|verrebbe|verrebbero|sarà|saranno|sarebbe|sarebbero|viene|vengono)",
        r"(?:va|vanno|deve|devono|dovrà|può|potrà|per) essere",
    ),
    light=phrases(
        r"(?:faccio|fare|farò|farei|effettuo|effettuare|effettuerò|effettuerei|procedo con|"
        r"procederò con|procedere con|eseguo|eseguire|programmo|programmare|fisso|fissare|"
        r"richiedo|provvedo)(?: il| lo| la| l| un| una| al| alla| all| suo| sua)*",
    ),
    leads=phrases(
        r"(?:solo |allora |quindi |e |dunque |bene )*(?:(?:per|a|come|le|mi lasci|"
        r"mi permetta di|vorrei|voglio|mi faccia|fammi|devo)(?: solo| un attimo| le)* )?"
        r"(?:conferma|confermare|confermarle|confermo|confermando|riepilogare|riepilogo|"
        r"riepilogando|ricapitolare|ricapitolando|ricapitolo|riassumere|riassumo|"
        r"riassumendo|ripetere|ripeto|verificare|verifico|controllare|sicurezza|essere "
        r"(?:sicur[oai]|chiari|chiar[oa]|cert[oaie])|rileggo|rileggere|rileggerle|"
        r"ripetendo|esserne sicur[oa]|vedere se ho capito bene|assicurarmi|chiarezza)"
        r"(?: (?:che (?:sia tutto (?:chiaro|corretto|giusto)|tutto sia (?:chiaro|corretto|"
        r"giusto)|abbia capito bene|ho capito bene)|di aver capito (?:bene|correttamente)|"
        r"con lei|la sua richiesta|ancora|una volta|ancora una volta|tutto|quanto|"
        r"quello che farò|i dati|i dettagli|insieme|di nuovo|la richiesta|velocemente|"
        r"brevemente))*",
        r"(?:allora|va bene|d accordo|certo|certamente|perfetto|benissimo|molto bene|bene|"
        r"ok|okay|ottimo|quindi|dunque|ho capito|capisco|capito|sì|volentieri|con piacere|"
        r"in sintesi|in breve|ancora una volta|di nuovo|ecco|cioè|allora bene|senz altro|"
        r"(?:vediamo )?se ho capito bene|mi faccia vedere se ho capito bene|prima di "
        r"(?:procedere|farlo|continuare|iniziare)|esatto|inteso|come richiesto|vediamo|"
        r"naturalmente|chiaro|nessun problema|non c è problema|riepilogo|conferma|"
        r"in altre parole|ricevuto|eccellente|se capisco bene|da quanto ho capito|"
        r"come ha chiesto|la sua richiesta)(?: allora| quindi)?",
        r"(?:molte |mille )?grazie(?: mille)?(?: (?:per|di|dell) (?:l attesa|aver atteso|"
        r"aver aspettato|la pazienza|la sua pazienza|aver chiamato|attesa|le informazioni))?",
        r"(?:questo è|ecco) (?:quello che|ciò che|cosa) (?:farò|sto per fare|farei|"
        r"ho capito)|quello che (?:farò|farei) è|posso (?:farlo|occuparmene)(?: per lei)?",
    ),
    frames=phrases(
        r"(?:io )?(?:sto per|posso|potrei|possiamo|intendo|procedo a|procedo ad|"
        r"procederò a|procederò ad|procederei a|procederei ad|provvedo a|provvedo ad|"
        r"provvederò a|provvederò ad|mi accingo a|mi accingo ad|vorrei|voglio|andrò a|"
        r"andrò ad|vado a|vado ad|devo|dovrei)(?: quindi| allora| ora)*",
        r"(?:lei )?(?:vuole|desidera|vorrebbe|mi chiede|mi ha chiesto|ha chiesto|chiede|"
        r"le piacerebbe)(?: quindi)?(?: che| di)?(?: io| le)?",
        r"(?:si tratta|parliamo|stiamo parlando) (?:quindi )?(?:di|del|della|dell|dello|"
        r"dei|delle)|cioè|ossia|ovvero|vale a dire|questo è|questi sono|sono|sarebbe|"
        r"sarebbero|è|sta per|stiamo per",
        r"(?:in totale|(?:per|con|di) un (?:totale|importo|prezzo|valore|costo) "
        r"(?:complessivo |totale )?(?:di|pari a)|del valore (?:totale )?di|per (?:la somma|"
        r"il totale|l importo) di|pari a|un totale di|il (?:totale|costo) è(?: di)?|"
        r"per complessivi|complessivamente|al prezzo di|al costo di)",
        r"per lei|per conto suo|come (?:richiesto|da lei richiesto|mi ha chiesto)|quindi|"
        r"allora|contenente|che contiene|che comprende|composto da|con gli articoli|"
        r"per favore|per cortesia",
    ),
    whole=phrases("(?:per intero|interamente|completamente|tutto|intero|intera|tutto l ordine)"),
    quoting=phrases(
        r"(?:con|avente|usando|sotto) (?:il |la |le |questo |questa |queste |i |l )?"
        r"(?:testo|messaggio|parole|oggetto|titolo|nota|descrizione|seguente testo|"
        r"dicitura|frase|scritta|scritto|seguente dicitura|seguenti parole)(?: seguente|"
        r" che dice)?",
        r"(?:che|dove|in cui|nella quale|la quale) (?:dice|c è scritto|si legge|è scritto|"
        r"reciti|recita|dica|riporta|indica)|dicendo|intitolat[oa]|indicando|riguardo a|"
        r"oggetto|testo|perché|e il testo (?:è|sarà|sarebbe)|testualmente|con scritto|per|"
        r"cito|parola per parola|così",
    ),
    own_words=phrases(r"con (?:il testo|l oggetto|il messaggio|la nota)", "perché"),
    questions=closing(
        rf"(?:devo|posso|potrei|dovrei|possiamo)(?: {_DO})",
        r"(?:vuole|desidera|vorrebbe|gradisce|vuoi|preferisce|le va bene|va bene|"
        rf"è d accordo|conferma|le piacerebbe|mi conferma) (?:che|se|di)(?: io)?(?: {_DO})",
        r"(?:vuole|desidera) (?:procedere|continuare|proseguire|andare avanti|farlo)(?: così)?",
        r"(?:(?:per lei |tutto |così |questo |ciò |le )*va(?: tutto| così)* bene|le "
        r"(?:sembra|pare|suona|torna|andrebbe) (?:tutto )?(?:bene|giusto|corretto|a posto))"
        r"(?: così| per lei| se procedo| se lo faccio| tutto| questo)*",
        rf"(?:è|sarebbe|è tutto|tutto è|questo è|sono)(?: questo| tutto| così)* {_FINE}"
        r"(?: così| per lei| se lo faccio| se procedo| con questo)*",
        r"(?:mi |lo |me lo )*(?:conferma|approva|autorizza|accetta|confermi)(?: lei|"
        r" questo| tutto| che va bene| di voler procedere)*",
        r"(?:mi |me lo |lo )*(?:può|potrebbe|puoi|vuole|potresti) (?:confermare|"
        r"confermarmelo|confermarlo|confermarmi|approvare)(?: questo| per favore|"
        r" per cortesia| che va bene)*",
        r"(?:ho|posso avere|mi dà|ho quindi) (?:la sua|il suo) (?:conferma|consenso|"
        r"approvazione|autorizzazione|ok|benestare)(?: per (?:procedere|farlo|continuare))?",
        r"(?:è|sei|sarebbe) (?:d accordo|sicur[oa]|cert[oa])(?: con questo| se procedo|"
        r" che io proceda| se lo faccio| su questo| di voler procedere| di questo)?",
        r"(?:mi |ci )?(?:dà|può dare|può darmi|darebbe|dai) (?:la sua |una |il suo |la |"
        r"il )?(?:conferma|consenso|ok|benestare|autorizzazione|approvazione)",
        r"(?:ho) (?:capito|inteso|annotato) (?:bene|correttamente)|è (?:questo|ciò|quello) "
        r"(?:che|quello che) (?:vuole|desidera|voleva)",
    ),
    tags=closing(
        r"(?:(?:lo |la |li |le |allora )*(?:procedo|faccio|vado avanti|confermo|continuo|"
        r"eseguo|proseguo|provvedo|procediamo)(?: così| pure| allora| ora| con questo)*|"
        r"d accordo|va bene(?: così)?|ok|okay|giusto|corretto|esatto|bene|conferma|"
        r"mi conferma|sì|tutto bene|tutto corretto|tutto giusto|intesi|posso|è giusto|"
        r"le va|vero|tutto a posto|siamo d accordo|confermato|così va bene)",
    ),
    openers=phrases(
        r"(?:devo|posso|potrei|dovrei|possiamo)(?: quindi| allora| procedere a| procedere ad)*",
        r"(?:vuole|desidera|vorrebbe|gradisce|le va bene|va bene|è d accordo|vuoi|conferma|"
        r"mi conferma|può confermare|può confermarmi)(?: quindi)? ?(?:che|se|di)?(?: io)?"
        r"(?: vuole| desidera| devo| posso)?",
    ),
    first_person="o",
)

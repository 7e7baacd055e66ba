"""Italian."""

import re

from agent_service.conversation.read_back.inflection import groups, in_phrases, italian
from agent_service.conversation.read_back.language import (
    Clock,
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
from agent_service.conversation.read_back.small_talk.it import ITALIAN_TALK
from agent_service.number_words import cardinal

_SMALL = {cardinal(value, "it"): value for value in range(100)}
_HUNDREDS = {
    f"{many}{cento}{rest}": hundreds * 100 + value
    for hundreds, many in [(1, ""), *((value, cardinal(value, "it")) for value in range(2, 10))]
    for rest, value in [("", 0), *((word, value) for word, value in _SMALL.items() if value)]
    for cento in (("cento", "cent") if rest[:1] == "o" else ("cento",))
}
_MONTHS = row(
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"
)

_VERBS = """
annullare; cancellare; disdire::disdett; disdicere::disdett; revocare / annullamento, \
cancellazione, disdetta, revoca
disdire::disdett; disdicere::disdett; chiudere::chius; terminare; cessare; rescindere::resciss \
/ disdetta, chiusura, cessazione, rescissione
rimborsare; riaccreditare; stornare / rimborso, riaccredito, storno
cambiare; scambiare / cambio, scambio
sostituire:isc; rimpiazzare; cambiare; scambiare / sostituzione, cambio, scambio
restituire:isc; rendere::res / restituzione, reso
rispedire:isc; rimandare indietro; restituire:isc
inviare; spedire:isc; mandare; trasmettere::trasmess / invio, spedizione, trasmissione
consegnare; recapitare / consegna, recapito
aprire::apert; creare; presentare; registrare; inoltrare / apertura, creazione, presentazione
prenotare; riservare / prenotazione
fissare; programmare; prenotare; organizzare; pianificare / programmazione, prenotazione
spostare; cambiare; riprogrammare; rimandare; rinviare; \
posticipare+passa+passano+passerà+passeranno+passerebbe+slitta+slittano+slitterà+slitterebbe / \
spostamento, riprogrammazione, rinvio, cambio
modificare; cambiare; correggere::corrett+correggo; variare / modifica, cambio, correzione, \
variazione
passare; cambiare; migrare+passa+passano+passerà+passeranno+passerebbe+passerebbero / \
passaggio, cambio, migrazione
aggiornare; modificare / aggiornamento, modifica
bloccare; congelare / blocco
sbloccare; riattivare / sblocco
riattivare; ripristinare / riattivazione
rinnovare / rinnovo
prolungare; prorogare; estendere::estes; allungare; rinnovare / prolungamento, proroga, \
estensione, rinnovo
attivare; abilitare / attivazione
disattivare; disabilitare / disattivazione
chiudere::chius / chiusura
terminare
sospendere::sospes; mettere::mess in pausa; congelare / sospensione
aggiungere::aggiunt; inserire:isc / aggiunta, inserimento
rimuovere::rimoss; eliminare; togliere::tolt; tolgere::tolt; cancellare / rimozione, eliminazione
ordinare / ordine
comprare; acquistare; ordinare / acquisto, ordine
pagare; saldare / pagamento
trasferire:isc; spostare; girare / trasferimento, giroconto
bonificare; trasferire:isc; inviare; mandare / bonifico, trasferimento
versare; depositare / versamento
addebitare / addebito
accreditare / accredito
aumentare; alzare; innalzare / aumento
ridurre::ridott; abbassare; diminuire:isc / riduzione
iscrivere::iscritt; registrare / iscrizione, registrazione
inoltrare; deviare; reindirizzare; dirottare / inoltro, deviazione, reindirizzamento
ricaricare / ricarica
confermare / conferma
segnalare; denunciare / segnalazione, denuncia
riparare; aggiustare / riparazione
reimpostare; ripristinare; resettare / reimpostazione, ripristino
richiamare; ritelefonare; telefonare; chiamare
chiamare; telefonare / chiamata, telefonata
ricontattare; richiamare
richiedere::richiest / richiesta
mettere::mess
dare+do+dà+darò+darei
annotare; appuntare; segnare; registrare; inserire:isc / annotazione, registrazione, inserimento
noleggiare; affittare; prendere::pres in affitto; prendere::pres a noleggio / noleggio, affitto
ritirare / ritiro
emettere::emess; rilasciare / emissione, rilascio
assegnare / assegnazione
collegare; associare / collegamento
installare / installazione
stampare / stampa
"""

ITALIAN = Language(
    tag="it",
    repaying=words("restituire rimborsare"),
    until=words("fino"),
    small_talk=ITALIAN_TALK,
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
        cues=words("alle all dalle delle le ore"),
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
        "come": Role.AT,
        "durante": Role.FOR,
        "verso": Role.TO,
        "col": Role.WITH,
    },
    idle=words(
        "questo questa questi queste quest seguente seguenti",
        "il lo la i gli le l suo sua suoi sue tuo tua tuoi tue lei vi ti io e ed che si ne",
        "posso potrei vado glielo gliela gliele glieli al",
    ),
    silent=phrases(
        r"(?:a|al|con il|sotto il|col) nome(?: (?:di|del|della|dei))?|"
        r"intestat[oaie] (?:a|ad|al|alla)|per conto (?:di|del|della)",
        r"(?<![0-9] )ore(?= (?:[0-9:.]+|una|due|tre|quattro|cinque|sei|sette|otto|nove|"
        r"dieci|undici|"
        r"dodici|tredici|quattordici|quindici|sedici|diciassette|diciotto|diciannove|venti|ventuno|"
        r"ventidue|ventitré)(?: |$))",
    ),
    rates=rates(
        month="(?:al|per|ogni) mese|mensil[ei]|mensilmente",
        year="(?:all|per|ogni) anno|annu[aio]|annuali?",
        week="(?:alla|per|ogni|a) settimana|settimanal[ei]",
        day="(?:al|per|ogni) giorno",
        night="(?:a|per) notte",
        hour="(?:all|per) ora",
        person="a persona|per persona",
    )
    | each(
        "al|a|per|il|la|ogni|all",
        "litro metro chilo(?:grammo)? kilowattora metro_quadr(?:o|ato) minuto trimestre",
        "stagione chilometro tonnellata quintale visita seduta sessione lezione viaggio",
        "pagina pezzo unità camera bottiglia scatola sacco consegna chiamata copia",
    ),
    joints=words("e ed"),
    callers=words("lei tu"),
    addressed=words(""),
    articles=words("un uno una"),
    determiners=words(
        "questo questa questi queste quest seguente seguenti "
        "il lo la l suo sua tuo tua del dello della dell al allo alla all dal dalla "
        "dall nel nella sul sulla"
    ),
    labels=phrases("(?:con )?(?:il )?numero", "num", "nr", "codice postale", "cap", "giorno"),
    ending=phrases(
        "(?:che )?(?:finisce|termina|finiscono|terminano) (?:con|in|per)",
        "(?:che )?(?:ha |hanno )?(?:come |per )?(?:ultime|finali) "
        "(?:due |tre |quattro |sei )?cifre",
        "terminante (?:con|in|per)",
        "con (?:le )?ultime (?:due |tre |quattro |sei )?cifre",
        "le cui ultime cifre sono",
        "con finale",
    ),
    openings=words(
        "fino prima dopo entro tra fra senza salvo sotto sopra davanti dietro accanto vicino",
        "fuori dentro",
    ),
    letters=spelling(
        "bi:b ci:c di:d effe:f gi:g acca:h kappa:k cappa:k elle:l emme:m enne:n pi:p "
        "cu:q qu:q erre:r esse:s ti:t vu:v vi:v ics:x ipsilon:y zeta:z"
    ),
    dashes=words("trattino"),
    synonyms=ranks(
        "primo secondo,seconda terzo,terza quarto,quarta quinto,quinta sesto,sesta",
        "settimo,settima ottavo,ottava nono,nona decimo,decima",
    )
    | {
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
        "tramite": "via",
        "mediante": "via",
        "mail": "email",
        "cell": "cellulare",
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
        r"(?:verrà|verranno|verrebbe|verrebbero|sarà|saranno|sarebbe|sarebbero|viene|vengono|venga|"
        r"vengano|sia|siano|andrebbe|andrebbero)(?: (?:quindi|allora|dunque|poi|ora|adesso|così|"
        r"effettuat[oaie]|eseguit[oaie]|fatt[oaie]|dispost[oaie]|emess[oaie]|richiest[oaie]))*",
        r"(?:va|vanno|deve|devono|dovrà|dovranno|può|potrà|potrebbe|potranno|per|"
        r"dovrebbe) (?:essere|venire)"
        r"(?: (?:quindi|effettuat[oaie]|eseguit[oaie]|fatt[oaie]))*",
    ),
    light=words(
        "faccio fare farò farei facciamo faremo effettuo effettuare effettuerò effettuerei",
        "effettuiamo eseguo eseguire eseguirò eseguirei eseguiamo avvio avviare avvierò",
        "avvierei avviamo dispongo disporre disporrò disporrei richiedo richiedere richiederò",
        "richiederei inserisco inserire inserirò inserirei registro registrare emetto emettere",
        "emetterò emetterei predispongo predisporre programmo programmare programmerò",
        "programmerei fisso fissare fisserò fisserei organizzo organizzare realizzo realizzare",
    ),
    ways={
        "a partire da": Role.FROM,
        "a partire dal": Role.FROM,
        "a partire dall": Role.FROM,
        "a partire dalla": Role.FROM,
        "con destinazione": Role.TO,
    },
    plain=words(
        "io noi me mi te ti ci vi loro egli ella esso essa essi esse nostro nostra nostri",
        "nostre questo questa questi queste quest quello quella quelli quelle quell quel quei",
        "ciò cui è sono siamo sarebbe sarebbero sarà saranno sia siano era erano essere essendo",
        "sto sta stiamo stanno stia starei possiamo possa potremmo potrò devo dobbiamo dovrei",
        "dovremmo debba voglio vuole vuoi vogliamo vorrei vorrebbe vorremmo voleva volevo",
        "volete desidero desidera desideri desiderava desidererebbe gradisce gradirebbe intendo",
        "intende intenderei intendiamo chiede chiedo chiedere chiedeva preferisce richiede",
        "serve servirebbe occorre vado vai andiamo andrò andremo andrei andrebbe andrebbero",
        "andando andare andranno vediamo vedo vedere viene vengono faccio fare farò farei",
        "facciamo faremo faremmo fa fammi farlo farla procedo procedere procederò procederei",
        "procederemo procediamo procede procedendo proseguo proseguire proseguiamo continuo",
        "continuare continuiamo provvedo provvedere provvederò provvederei provvederemo",
        "provvediamo eseguo eseguire eseguirò eseguirei effettuo effettuare effettuerò",
        "effettuerei occupo occupare occuperò occuperei occuparmi occuparmene accingo appresto",
        "appresterei inizio iniziamo cominciamo comincio partiamo partire partenza decorrenza",
        "decorrere gestire gestisco confermo conferma confermi confermiamo confermare",
        "confermarle confermarglielo confermando confermarmi riepilogo riepilogare riepilogarle",
        "riepilogando riepiloghiamo riepilogherei ricapitolo ricapitolare ricapitolarle",
        "ricapitolando ricapitoliamo riassumo riassumere riassumerle riassumendo riassumiamo",
        "riassunto riassuntino sintesi sintetizzo sintetizzare sintetizzando ripeto ripetere",
        "ripeterle ripetendo ripetiamo ripeterei rileggo rileggere rileggerle rileggendo",
        "rileggiamo leggo leggere leggerle verifico verificare verificando verifichiamo",
        "verifica controllo controllare controllando controlliamo ricontrollo ricontrollare",
        "ricontrolliamo assicuro assicurarmi assicurarci accertarmi accerto sicurezza chiarezza",
        "chiarire chiarisco preciso precisare scrupolo precisione dico dice dire dirle dica",
        "dicendo dicevo diciamo parlo parliamo parlando parlare spiego sento sente senta",
        "ascolti guardi guarda capisco capire capiamo comprendo intesi inteso capito compreso",
        "ricevuto annoto lasci permetta permette scusi scusa spero credo penso risulta",
        "risultano risulterebbe sembra pare significa significherebbe corrisponde corrispondono",
        "tratta tratterebbe trattandosi riguarda riguardano riguardante riguardanti riguardo",
        "relativo relativa relativi relative inerente comprende comprendono comprendente",
        "comprensivo compresa compresi comprese include includono incluso inclusa inclusi",
        "incluse contiene contengono contenente contenenti composto composta consiste",
        "consistente prevede prevedono prevederebbe diventa diventano diventerà diventeranno",
        "diventerebbe diventerebbero diventando costa costano costerà costeranno costerebbe",
        "costerebbero costo costi totale totali complessivo complessiva complessivi",
        "complessivamente totalmente importo importi prezzo prezzi valore somma ammonta",
        "ammontano ammonterebbe ammontare spende verrebbero richiesta richieste operazione",
        "procedura idea dettaglio dettagli dati informazione informazioni data orario numero",
        "numeri momento attimo istante attesa pazienza cortesia favore piacere testo messaggio",
        "parole parola oggetto titolo nota descrizione dicitura frase scritta scritto scritti",
        "scrivo scrivere scriverò scriverei scrivendo scriviamo seguente seguenti segue",
        "indicando indica indico intitolato intitolata intestato intestata intestati intestate",
        "recita legge cito testualmente letteralmente punto qui qua lì là ecco ecconi eccoci",
        "dunque quindi allora perciò pertanto così adesso poi infine innanzitutto anzitutto",
        "insomma cioè ossia ovvero vale praticamente sostanza pratica semplicemente proprio",
        "esattamente precisamente correttamente bene benissimo benone ottimo ottima perfetto",
        "perfetta perfettamente eccellente fantastico splendido meraviglioso bravo bello giusto",
        "giusta giusti esatto esatta corretto corretta corretti certo certa certi certamente",
        "sicuro sicura sicuri sicuramente chiaro chiara chiari chiaramente naturalmente",
        "ovviamente assolutamente volentieri accordo ok okay okey sì pronto pronta pronti lieto",
        "lieta felice contento contenta grazie ringrazio ringraziandola prego buongiorno",
        "buonasera buon salve ciao signore signora signor signorina gentile gentilmente",
        "cortesemente attualmente attuale attuali brevemente velocemente rapidamente breve",
        "veloce rapido rapida velocissimo insieme intero intera interi interamente interezza",
        "completo completa completamente rispettivamente specificamente ah eh ehm mah beh be",
        "persone persona periodo destinazione durata spesa chiarissimo prontissimo magnifico",
        "bellissimo prontamente tranquillo tranquilla ricevuta esatti giorno",
        "partendo iniziando cominciando uscendo previsto prevista previsti previste ",
        "dando riportando sottolineo anticipo richiamo puntualizzo stupendo",
        "uhm mm oh aspetti attendo aspetto resto attendere aspettare merito base modo maniera",
    ),
    asides=phrases(
        r"ho (?:tutto(?: chiaro| quello che serve)?|preso nota|segnato tutto"
        r"|annotato tutto)|ci siamo(?: quasi)?|molto bene(?= |$)|me ne occupo(?: io"
        r"| subito)?",
        r"(?:un attimo |un momento )?prima di (?:procedere|farlo|farla|fare (?:tutto|"
        r"qualsiasi "
        r"cosa|"
        r"qualunque cosa|qualcosa)|continuare|iniziare|cominciare|proseguire|confermare|"
        r"eseguire|"
        r"andare avanti|toccare (?:qualcosa|qualsiasi cosa)|completare|finalizzare|andare "
        r"oltre)"
        r"(?: (?:con|la|l|questa|questo|operazione|richiesta|tutto|il))*",
        r"se (?:ho|abbiamo|non ho) (?:capito|inteso|compreso|sentito|interpretato|afferrato)"
        r"(?: (?:bene|correttamente|male|tutto|giusto|la|sua|richiesta|quello|che|vuole|"
        r"desidera))*",
        r"se (?:capisco|comprendo|intendo)(?: bene| correttamente)?|se non (?:sbaglio|erro|le "
        r"dispiace)",
        r"(?:sempre )?se (?:per lei|a lei|lei|le|è|va|sta|tutto|questo|ciò|d accordo|tutto ciò)"
        r"(?: (?:per|lei|va|vanno|sta|bene|è|d|accordo|ok|okay|tutto|così|le|sembra|pare|"
        r"conferma|giusto|corretto|questo|torna|fosse|andasse|quadra))*|se (?:mi|lo) "
        r"(?:permette|consente)",
        r"non (?:si preoccupi|ti preoccupare|c è (?:alcun |nessun )?problema|c è problema)|"
        r"nessun problema"
        r"(?: al mondo)?|nessunissimo problema|senza (?:problemi|problema)|senz altro|non c è "
        r"di che",
        r"(?:così|in modo|affinché|perché) (?:che |da )?(?:non (?:ci siano|ci sia|nascano|"
        r"sbagliare|"
        r"sbagliamo|facciamo|fare|avere|sorgano)|evitare|evitiamo)(?: (?:errori|equivoci|"
        r"malintesi|"
        r"dubbi|fraintendimenti|confusione|sbagli|problemi|alcun|errore|malinteso))*",
        r"(?:per|a scanso di|onde) (?:evitare|non sbagliare|non fare|non avere|ogni|eventuali)"
        r"(?: (?:errori|equivoci|malintesi|dubbi|fraintendimenti|confusione|sbagli|ogni|"
        r"qualsiasi|"
        r"errore|equivoco|malinteso|dubbio))*|a scanso di (?:equivoci|errori)|per non "
        r"sbagliare",
        r"(?:solo|giusto|soltanto)(?= (?:per|a) (?:conferm|essere|esser|sicurezza|verific|"
        r"controll|riepilog|"
        r"ricapitol|scrupolo|chiarezza|rilegger|ripeter|riassumer|capire|capirci|assicura|"
        r"titolo di))",
        r"(?:solo |giusto |soltanto )?(?:un|qualche) (?:attimo|momento|momentino|istante|"
        r"secondo|"
        r"minuto|attimino|secondino)(?: solo| soltanto)?(?: di pazienza)?",
        r"(?:grazie )?(?:mille|molte|tante|infinite) grazie|grazie (?:mille|tante|infinite|"
        r"ancora)"
        r"|grazie (?:per|di|dell|della) (?:l attesa|aver atteso|aver aspettato|la pazienza|la "
        r"sua pazienza|"
        r"aver chiamato|averci chiamato|avermi aspettato|attesa|pazienza|le informazioni|la "
        r"chiamata)",
        r"(?:ho|abbiamo|avevo) (?:capito|inteso|compreso|sentito|qui|davanti|sotto mano)"
        r"(?: (?:bene|tutto|correttamente|perfettamente|benissimo|la sua richiesta|che|"
        r"qui|davanti|a me))*|(?:che )?(?:io )?abbia (?:capito|inteso|compreso)(?: "
        r"(?:bene|tutto|"
        r"correttamente))*|(?:di )?aver (?:capito|inteso|compreso)(?: (?:bene|tutto|"
        r"correttamente))*",
        r"(?:a |da |per |in base a |secondo )?(?:quanto|quello che|ciò che|cosa|come|che "
        r"cosa) "
        r"(?:lei |le |io |ora |adesso )?"
        r"(?:farò|farei|faccio|sto per fare|stiamo per fare|faremo|faremmo|andrò a fare|"
        r"andrei "
        r"a fare|"
        r"ho capito|ho inteso|vuole|desidera|voleva|chiede|richiesto|concordato|detto|d "
        r"accordo|"
        r"(?:da lei |mi )?(?:richiesto|indicato|chiesto|detto)|(?:mi )?(?:ha|aveva) "
        r"(?:chiesto|"
        r"richiesto|detto|"
        r"indicato|spiegato)|mi chiede|eseguirei|intendo fare|vorrei fare|propongo|segue|"
        r"posso "
        r"fare)"
        r"(?: (?:è|sarebbe|sarà))?(?: di)?",
        r"(?:lei )?(?:mi |ci )?(?:ha|aveva) (?:chiesto|richiesto|detto)(?: (?:che|di))?",
        r"(?:(?:per|con) )?(?<!di )(?:un|il)(?= (?:totale|importo|prezzo|costo|valore|complessivo)"
        r"(?: (?:complessivo|totale))? (?:(?:è|sarebbe|sarà) )?di )|in (?:totale|complesso)",
        r"(?:al|a un|ad un)(?= (?:costo|prezzo|canone)(?: (?:complessivo|totale))? di )|"
        r"(?:(?<=al costo )|(?<=al prezzo )|(?<=al canone )|(?<=un costo )|(?<=un prezzo ))di",
        r"più(?= (?:un|una|uno|due|tre|quattro|cinque|sei|sette|otto|nove|dieci|[1-9]) "
        r"(?!euro|dollari|franchi|sterline|per |o |a ))|più(?= (?:la |una |le |il |un |"
        r"i )?(?:cauzione|"
        r"supplemento|spese|spedizione|commissione|tassa|deposito|caparra|acconto|iva|consegna|"
        r"trasporto) )|(?:passo|passiamo|passerò|passerei|passeremo|passare) a(?= [a-zà]+(?:are|"
        r"ere|ire) )|(?:il|questo) dato|"
        r"(?<!dollari )(?<!sterline )(?<!franchi )in euro|da parte sua|per suo conto|"
        r"alla (?:data|ora)(?= )|in (?:data|programma)(?= )|con effetto|a far data|"
        r"per (?:la|una) durata|della durata|nel giorno|nella giornata",
        r"ancora una volta|un ultima (?:verifica|conferma|cosa)|una (?:verifica|conferma)(?: "
        r"veloce)?|"
        r"un (?:riepilogo|riassunto)(?: (?:veloce|rapido|breve))?|(?:ripeto|rileggo|riepilogo|"
        r"ricapitolo|"
        r"ripetere|ripeterle|rileggere|rileggerle|riassumo) (?:di nuovo|nuovamente|ancora)(?: "
        r"tutto)?",
        r"in tutto|(?<=rei )tutto(?! (?:il|lo|la|l|i|le|gli) )|(?<=rò )tutto(?! (?:il|lo|"
        r"la|l|i|"
        r"le|gli) )|(?<=ndo )tutto(?! (?:il|lo|la|l|i|le|gli) )|prima di tutto|per prima cosa|"
        r"come prima cosa|(?:rileggo|ripeto|riepilogo|ricapitolo|riassumo|"
        r"verifico|controllo|ricontrollo|confermo|capito|chiaro|rileggere|rileggerle|ripetere|"
        r"ripeterle|"
        r"riepilogare|riepilogarle|ricapitolare|riassumere|verificare|controllare|confermare|"
        r"confermarle|ricapitoliamo|riepiloghiamo|verifichiamo|controlliamo|riassumiamo) "
        r"tutto(?: (?:quanto|insieme|bene|per))*",
        r"(?:che )?(?:sia |è )?tutto (?:sia |è )?(?:bene|chiaro|corretto|giusto|a posto|"
        r"ok|okay|"
        r"in ordine|"
        r"d accordo|perfetto|esatto)",
        r"(?:(?:ci |le )?(?:sono|sarebbero|abbiamo|faccio|farei|farò|facciamo) )?(?:due|tre|"
        r"quattro|2|3|4) (?:cose|operazioni|passaggi|richieste|"
        r"modifiche|punti|parti|azioni)(?: (?:da fare|insieme))?",
        r"(?:la|una) (?:sola |unica )?(?:cosa|operazione)(?= (?:è|sarebbe))",
        r"(?<!ll )(?<!un )(?<!ogni )(?<!per )(?<!l )ora(?! (?:prima|dopo|e mezz))|(?<!lei "
        r")(?:va|vanno)|buon (?:giorno|pomeriggio)|"
        r"(?<=che )(?:(?:io |noi )?(?:faccia|proceda|effettui|esegua|avvii|provveda|vada|"
        r"facciamo)(?: (?:a|ad|con))?)|"
        r"(?<=che io )(?:faccia|proceda|effettui|esegua|avvii|provveda|vada)(?: (?:a|ad|"
        r"con))?|"
        r"che (?:ne|me ne) (?:dice|pensa|dici|pensi)|parola per parola|in altre parole|in "
        r"altri "
        r"termini|"
        r"con (?:piacere|tutto il piacere|molto piacere)|di (?:nuovo )?seguito|per (?:conto|"
        r"parte) suo|"
        r"(?:da|per) parte (?:mia|nostra)|per intero|mi (?:dia|conceda|dica)(?: solo)? (?:un "
        r"attimo|un momento|un secondo)|"
        r"può (?:attendere|aspettare)|a (?:disposizione|posto)|più precisamente|dall "
        r"altra parte",
        r"(?<= )perché(?= (?:procedo|confermo|conferma|mi conferma|va bene|le va|d "
        r"accordo|è d "
        r"accordo|"
        r"posso (?:procedere|confermare|farlo|andare)|posso$|vuole che (?:proceda|lo "
        r"faccia)|lo "
        r"faccio|"
        r"devo procedere|vado avanti|giusto|è (?:corretto|giusto))|$)",
    ),
    classes=words(
        "conto conti carta contratto abbonamento prenotazione ordine appuntamento biglietto pacco",
        "polizza prestito prodotto articolo modello taglia misura linea piano offerta tariffa",
        "pratica via città indirizzo numero servizio codice pacchetto camera",
    ),
    also=words("anche inoltre pure altresì successivamente dopodiché contestualmente"),
    participle="ndo",
    doubles={"doppio": 2, "triplo": 3},
    wishing=words("che se"),
    is_to_an_hour=True,
    quoting=words(
        "che dice testo messaggio dicendo scrivo scrivendo scritto parole oggetto titolo nota",
        "perché così seguente dicitura frase recita indicando cito testualmente legge",
        "descrizione letteralmente",
    ),
    own_words=phrases(r"con (?:il testo|l oggetto|il messaggio|la nota)", "perché"),
    asks=words(
        "devo posso potrei dovrei possiamo potremmo dobbiamo vuole vuoi desidera desideri",
        "vorrebbe gradisce gradirebbe preferisce può puoi potrebbe potresti conferma confermi",
        "confermo confermiamo confermare confermarmi confermarmelo confermarlo confermarla",
        "confermato confermata confermarle mi lo la li le ne ci io lei tu me te l glielo gliela",
        "che se di a ad per con in su sul sulla e ed il i gli un una al alla del della dell",
        "faccia faccio facciamo fare farlo farla farli farle faremo farei procedo proceda",
        "procediamo procedere procederei continuo continui continuiamo continuare proseguo",
        "prosegua proseguiamo proseguire eseguo esegua eseguire eseguirlo eseguiamo provvedo",
        "provveda provvedere provvediamo vado vada andiamo andare avanti oltre effettuo",
        "effettui effettuare occupi occupo occuparmene va vanno andar stare andrebbe andrebbero",
        "bene sta stanno starebbe è sono sarebbe siamo sia d accordo ok okay giusto giusta",
        "corretto corretta corretti esatto esatta perfetto tutto così questo questa questi",
        "queste ciò quello quella quanto posto ordine suo sua tuo tua consenso approvazione",
        "autorizzazione permesso benestare via libera assenso dà dai dare darmi darebbe dia",
        "pure allora quindi dunque ora adesso ho capito inteso compreso correttamente sembra",
        "pare torna suona quadra risulta intesi vero sicuro sicura certo certa autorizza",
        "autorizzi approva accetta acconsente avere favore cortesia cortesemente gentilmente",
        "operazione richiesta modo ha chiesto voleva detto richiesto sì noi proprio esattamente",
        "trova fosse andasse benissimo ti confermiamo ",
        "convince soddisfa favorevole concorda concordi soddisfatto soddisfatta",
        "proceda semaforo verde sì corrisponde corrispondono dica dice idea soluzione proposta",
    ),
    agrees=phrases(
        r"(?:devo|posso|potrei|dovrei|possiamo|potremmo|dobbiamo)",
        r"(?:procedo|procediamo|proceda|procedere|confermo|confermiamo|conferma|confermi|"
        r"confermato|confermata|proseguo|"
        r"proseguiamo|prosegua|continuo|continuiamo|continui|provvedo|provvediamo|provveda|"
        r"eseguo|eseguiamo|esegua|"
        r"(?:vado|andiamo|vada) avanti|vado(?= pure|$)|(?:lo|la|li|le|così) (?:faccio|"
        r"facciamo|"
        r"faccia)|faccio(?: pure)?|"
        r"facciamo(?: così)?|faccia|confermare|confermarmi|confermarmelo|confermarlo|effettuo|"
        r"me ne occupo)",
        r"(?:vuole|vuoi|desidera|desideri|vorrebbe|gradisce|preferisce) (?:procedere|"
        r"continuare|"
        r"proseguire|"
        r"andare avanti|farlo|confermare)",
        r"(?:può|potrebbe|possa) (?:andare|andar|stare) bene|(?:va|vada|sta|andrebbe|starebbe|"
        r"vanno|andasse) (?:tutto |così )?(?:bene|benissimo)|(?:le|ti) (?:va|andrebbe|sta|"
        r"torna|"
        r"quadra|suona|sembra|pare)(?: (?:tutto|bene|giusto|corretto|a posto|così|ok))*",
        r"d accordo|ok|okay|giusto|giusta|corretto|corretta|corretti|esatto|esatta|perfetto|"
        r"intesi|a posto|in ordine|"
        r"(?:è|così) (?:bene|questo|così)|va così|tutto (?:bene|ok|okay|a posto|in ordine|"
        r"giusto|corretto)",
        r"(?:quello|ciò|questo|così) che (?:vuole|desidera|voleva|vuoi|ha chiesto|mi ha "
        r"chiesto|"
        r"chiede)|"
        r"(?:è|sarebbe) (?:quanto|come) (?:vuole|desidera|voleva|richiesto|ha chiesto)",
        r"concorda|concordi|(?:la |ti )?convince|favorevole|semaforo verde|(?:le|ti) "
        r"(?:sta|può stare) bene|"
        r"corrisponde|corrispondono|sicuro|sicura|certo|certa|autorizza|autorizzi|"
        r"approva|accetta|acconsente|consenso|"
        r"approvazione|autorizzazione|permesso|benestare|via libera|assenso",
        r"ho (?:capito|inteso|compreso)(?: (?:bene|correttamente|tutto|giusto))*",
    ),
    requests=phrases(
        r"(?:se (?:va|per lei va|è) (?:tutto )?(?:bene|ok|corretto|giusto|d accordo|a posto) "
        r")?(?:allora |quindi |e )?(?:per favore |per cortesia |"
        r"cortesemente )?(?:(?:mi |me lo )?(?:confermi(?: pure)?$|(?:confermi|dica|faccia "
        r"sapere|dia)(?: (?:se|che|va|bene|è|"
        r"tutto|corretto|giusto|d|accordo|per|lei|favore|cortesia|così|posso|procedere|"
        r"pure|ok|l|"
        r"la|sua|conferma|il|suo|consenso|un|una|gentilmente|cortesemente|farlo|sono|sì|okay|"
        r"vuole|"
        r"desidera|che|io|proceda|vada|avanti|lo|faccia))+))",
        r"(?:attendo|aspetto|resto in attesa di|sono in attesa di) (?:la |una |un |il "
        r")?(?:sua|"
        r"suo) (?:conferma|ok|consenso|benestare)"
        r"(?: per procedere)?|mi (?:basta|serve|manca) (?:la sua|una sua|il suo) "
        r"(?:conferma|ok|"
        r"consenso|sì)"
        r"(?: per procedere)?|dica (?:pure |di )?sì e (?:procedo|lo faccio)",
    ),
    openers=phrases(
        r"(?:(?:e )?(?:devo|posso|potrei|dovrei|possiamo|potremmo|dobbiamo)(?: (?:quindi|"
        r"allora|"
        r"dunque|ora|"
        r"adesso|procedere a|procedere ad|procedere con|andare avanti e|io))*|"
        r"(?:lei )?(?<!perché )(?:vuole|desidera|vorrebbe|gradisce|gradirebbe|vuoi|desideri|"
        r"preferisce|le piacerebbe)"
        r"(?: (?:quindi|allora|dunque|davvero))?(?: (?:che|di))?(?: (?:io|noi))?|"
        r"(?:(?:per lei |le |ti )?(?:va|sta|andrebbe|starebbe) bene|(?:lei )?(?:è|sei|"
        r"sarebbe) "
        r"d accordo|d accordo|le va|è (?:corretto|giusto|ok))"
        r"(?: (?:quindi|allora|così))?(?: (?:se|che|di|a|ad|con))(?: (?:io|noi))?|"
        r"(?:lei )?(?:mi )?(?:conferma|confermi|autorizza|può confermare|può confermarmi|"
        r"potrebbe confermare|"
        r"potrebbe confermarmi|dà l ok|dà il via libera|dà il permesso|dà il consenso)"
        r"(?: (?:quindi|allora))?(?: (?:che|di|se|a|ad|per|vuole|desidera|devo|posso))*(?: "
        r"(?:io|noi))?)"
        r"(?!.* (?:è|sono|risulta|risultano|era|erano) (?:[^ ]+ ){0,2}[^ ]+(?:at|ut|it|ss|"
        r"us|es|"
        r"ert|ost|ett|ott|iest|olt|unt)[oaie](?: |$))",
    ),
    first_person="o",
)

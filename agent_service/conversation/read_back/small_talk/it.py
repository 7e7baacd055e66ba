"""What is said around a read-back in Italian."""

from agent_service.conversation.read_back.inflection import italian
from agent_service.conversation.read_back.language import Form, Role, SmallTalk, alike, talk, words

ITALIAN_TALK = SmallTalk(
    doing=talk(
        italian,
        "effettuare eseguire realizzare avviare procedere proseguire continuare provvedere",
        "preparare predisporre organizzare gestire completare finalizzare iniziare cominciare",
        "passare occupare registrare disporre inoltrare",
    )
    | dict.fromkeys(
        words(
            "faccio fare farò farei facciamo faremo farà faranno faccia farlo farla vado va",
            "vanno andrò andiamo andrà passa passano passerà passerebbe metto mettere metterò",
            "metterei mettiamo procedo esegua proceda prosegua provveda resta restano rimane",
        ),
        Form.OPEN,
    )
    | dict.fromkeys(
        words("fatto fatta fatti fatte messo messa messi messe disposto disposta"), Form.DONE
    ),
    saying=talk(
        italian,
        "confermare ripetere riepilogare ricapitolare riassumere sintetizzare rileggere leggere",
        "verificare controllare ricontrollare assicurare accertare chiarire:isc precisare dire",
        "parlare spiegare elencare ricordare significare pensare credere sperare desiderare",
        "richiedere chiedere indicare menzionare proporre annotare scrivere sentire capire:isc",
        "comprendere ascoltare guardare",
    )
    | dict.fromkeys(
        words(
            "dico dice diciamo dica dirò vedo vede vediamo vedere so sa sapere voglio vuole vuoi",
            "vogliamo vorrei vorrebbe voleva chiesto richiesto indicato accennato menzionato",
            "capito compreso inteso sentito annotato segnato concordato parlato propongo",
            "permetta lasci",
        ),
        Form.OPEN,
    ),
    words=words(
        "io me mi noi nostro nostra lei suo sua suoi sue le la lo li gli il i l un uno una",
        "questo questa questi queste quest quello quella quelli quelle quel",
        "ciò che cui chi di a da in con su per del dello della dell dei degli delle al allo alla",
        "all ai agli alle dal dallo dalla dall dai nel nello nella nell sul sullo sulla sull e",
        "ed come quindi allora dunque pertanto perciò così poi ora adesso infine innanzitutto",
        "ovvero cioè ossia presso verso sono è siamo era erano essere sarò sarà saranno sarebbe",
        "sarebbero sia siano essendo ho abbiamo posso può possiamo potrei potrebbe potremmo",
        "devo deve dobbiamo dovrei dovrebbe c ci sto stiamo viene verrà verrebbe vengono",
        "verranno verrebbero costa costano costerà costerebbe ammonta ammontano comprende",
        "include contiene riguarda dura durerà tratta prevede corrisponde riceve riceverà",
        "risulta totale importo prezzo costo somma valore dettaglio dettagli dato dati",
        "informazione informazioni richiesta operazione procedura passaggio passaggi caso parte",
        "nome data giorno orario ore sistema punto punti riepilogo riassunto seguente seguenti",
        "cosa numero esattamente precisamente semplicemente rapidamente brevemente chiaramente",
        "correttamente praticamente concretamente effettivamente naturalmente certamente",
        "ovviamente davvero bene buono buona corretto corretta esatto esatta perfetto perfetta",
        "chiaro sicuro sicura accordo d ok okay certo volentieri grazie favore prego ah eh beh",
        "oh qui lì ecco attualmente relativo relativa riguardo intestato intestata",
    ),
    courtesy=words(
        "aiutare aiutarla aiuto lieto lieta felice piacere benvenuto benvenuta pazienza",
        "attendere attesa aspettare aspetti chiamata chiamato chiamare momento momentino attimo",
        "istante secondo minuto problema problemi preoccupi dispiace scusi scusa perdoni grazie",
        "salve buongiorno buonasera ciao signore signora ottimo splendido fantastico eccellente",
        "magnifico perfetto volentieri riattacchi chiaro",
    ),
    around=words("con un una molto tutto ben molte tante mille è non"),
    negations=words("non nessun nessuno nessuna senza niente nulla mai evitare"),
    troubles=words(
        "problema problemi preoccupi preoccuparsi errore errori malinteso malintesi equivoco",
        "equivoci confusione dubbio dubbi sbaglio sbagli sbagliare sbagliato storto fretta",
        "disturbo dispiace obiezioni riattacchi fraintendimenti",
    ),
    conditions=words("se qualora purché"),
    consents=words(
        "bene corretto corretta accordo ok okay va andasse andrebbe permette capito inteso",
        "compreso vuole desidera giusto giusta esatto esatta perfetto sicuro sicura crede",
        "dispiace obiezioni",
    ),
    limits=words("solo soltanto solamente semplicemente nuovo nuovamente ancora una ultima volta"),
    earlier=words("prima"),
    turns={
        "invece di": Role.INSTEAD,
        "invece del": Role.INSTEAD,
        "invece della": Role.INSTEAD,
        "invece dell": Role.INSTEAD,
        "invece che": Role.INSTEAD,
        "anziché": Role.INSTEAD,
        "al posto di": Role.INSTEAD,
        "al posto del": Role.INSTEAD,
        "al posto della": Role.INSTEAD,
        "al posto dell": Role.INSTEAD,
        "in luogo di": Role.INSTEAD,
        "e non più": Role.INSTEAD,
        "nuovo": Role.TO,
        "nuova": Role.TO,
        "nuovi": Role.TO,
        "attualmente": Role.FROM,
        "precedentemente": Role.FROM,
        "originariamente": Role.FROM,
        "finora": Role.FROM,
        "attuale": Role.FROM,
        "precedente": Role.FROM,
        "vecchio": Role.FROM,
        "vecchia": Role.FROM,
        "originario": Role.FROM,
    },
    adds=words("più"),
    means=words("tramite mediante con per via come"),
    kinds=words(
        "conto ordine prenotazione appuntamento biglietto contratto carta numero abbonamento",
        "indirizzo via pacco polizza prestito prodotto articolo modello pratica riferimento",
        "codice fattura cliente ospite ospiti passeggero conducente autista visita sessione",
        "giorno data ora telefono nome treno volo camera posto consegna tavolo corso linea",
        "tariffa piano titolare destinatario beneficiario tecnico dottore hotel stazione",
        "segnalazione ticket interno colore taglia durata bancario corrente",
    ),
    prices=words("prezzo totale importo costo somma valore"),
    alike=alike(
        "persona persone ospite ospiti coperti",
        "supplementare aggiuntivo aggiuntiva aggiuntivi extra supplemento ulteriore",
        "messaggio nota",
        "cellulare mobile",
        "cauzione deposito",
        "spese costi",
    ),
)

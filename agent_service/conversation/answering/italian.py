"""What Italian-speaking callers say."""

from agent_service.conversation.answering.phrases import Phrases
from agent_service.conversation.answering.sequence import Kind
from agent_service.conversation.answering.wording import Wording

WORDING = Wording(
    language="it",
    determiners=frozenset(
        "il lo la i gli le l un uno una mio mia miei mie suo sua suoi sue tuo tua questo questa "
        "questi queste quel quella nostro nostra tutto tutta tutti tutte".split()
    ),
    prepositions=frozenset(
        "di del della dei delle a al alla con per da dal in nel fino su sul che numero entro".split()
    ),
    conjunctions=frozenset(("e", "ed", "poi")),
    before_number=frozenset(("numero", "nr")),
    pronouns="lo | la | li | le | questo | quello | questa | quella | i miei soldi | i soldi",
    everything="""
        tutto [(quanto | quello)] | tutti | tutte
    """,
    whole=frozenset("intero intera completo tutto tutta".split()),
    before_verb=frozenset("vi ti le la lo li gli mi si".split()),
    enclitics=("la", "lo", "li", "le", "gli", "vi", "ti", "mi", "ci"),
)

GRAMMAR = {
    Kind.YES: Phrases("""
        sì | sisì | sissignore | sissignora | yes | yep | sìsì | sese | see
        (ma | eh | beh | be | ah | oh | certo che | direi [di] | dico [di] | e) sì [certo] | (ma | eh | beh | ah | oh) certo [che sì] | (ma | eh) (certamente | naturalmente | sicuro | come no)
        certo [(che sì | certo | sì | certamente)] | certamente [sì] | certissimo | certissimamente | sicuro [che sì] | sicuramente [sì] | sicurissimo | (di | per) (sicuro | certo) | ovviamente [sì] | ovvio [che sì] | naturalmente [sì] | chiaro [che sì] | chiaramente | assolutamente [sì] | senz'altro | senza dubbio | senza (alcun | nessun) dubbio | indubbiamente | decisamente [sì] | evidentemente | effettivamente [sì] | in effetti sì | logico | definitivamente [sì] | assolutamente d'accordo
        esattamente | esattissimo | precisamente | preciso | per l'appunto | appunto | infatti | proprio (così | sì) | correttissimo | giustissimo | verissimo | perfettamente | perfetto [(così | sì)] | ottimo | ottimamente | benissimo [così] | molto bene | eccellente | fantastico | meraviglioso | splendido | magnifico | stupendo | alla grande | grande | super | top | ideale | bello | bravissimo | bravissima | egregio
        va (benissimo | benone | alla grande | perfettamente | più che bene) [(così | per me | grazie)] | mi (va | sta) (benissimo | bene | benone | perfettamente) [così] | sta (bene | benissimo) | (per me | a me | per noi) (va (bene | benissimo | benone) | sì | ok | okay | è ok | è perfetto | è a posto | sta bene | perfetto | tutto ok | non ci sono problemi | nessun problema)
        d'accordo | daccordo | d'accordissimo | [(sono | siamo | mi trovo | ci troviamo)] [(pienamente | completamente | totalmente | perfettamente | assolutamente)] d'accordo [(con (lei | questo | tutto) | su tutto)] | concordo [(pienamente | in pieno | su tutto)] | concordato | affare fatto | intesi | (siamo | restiamo) intesi | ci sto | convengo
        [(le | io | lo | la | sì)] (confermo | approvo | accetto | acconsento | autorizzo | convalido | sottoscrivo) [(tutto | pure | volentieri | questo | che va bene | che sì | di sì)] | (lo | la | glielo | ve lo) (confermo | autorizzo | approvo | accetto | voglio | desidero) [(io | pure)] | confermato | approvato | accettato | autorizzato | affermativo | positivo | (do | le do) (il mio | il) (consenso | ok | benestare) | ha il mio (consenso | permesso | ok) | dico di sì | la risposta è sì | è un sì | le do l'ok
        [(molto | ben | assai)] volentieri | con (piacere | molto piacere | gioia | tutto il cuore | grande piacere) | come no | eccome | altroché | altro che | e come no | ben felice | di buon grado
        mi (pare | sembra) (giusto | perfetto | ottimo | corretto | tutto giusto | tutto corretto | ok | va bene | una buona idea | un'ottima idea) | mi piacerebbe | sarebbe (perfetto | ottimo | fantastico | bello | ideale | l'ideale | gentilissimo | gentilissima) | voglio (questo | farlo | proprio questo | che lo faccia | procedere | confermare) | vorrei (questo | farlo | procedere | che lo facesse | confermare) | (è | era) (quello | ciò) che (voglio | volevo | vorrei | desidero) | desidero (farlo | procedere)
        sono ((sicuro | sicura | certo | certa | convinto | convinta | favorevole | contento | contenta) [(di sì | al cento per cento)]) | ne sono (sicuro | sicura | certo | certa) | al cento per cento | cento per cento | 100 percent | al 100 percent | (sono | siamo) a posto così va bene | non ho (obiezioni | nulla in contrario | niente in contrario | problemi) | nulla in contrario | nessuna obiezione | tutto (ok | okay | a posto | bene | in ordine) | è ok | è okay | è tutto ok
        mhm | mm-hm | uhm sì | aha sì | aah sì | eh già | già | ovvia sì
    """),
    Kind.RISING_YES: Phrases(""),
    Kind.FIRST_YES: Phrases("bene [così] | vabbene così"),
    Kind.TAG: Phrases("""
        va bene [(così | per me | dai | grazie)] | vabene | va be | vabbene | ok [dai] | dai (va bene | ok) | okay | okey | okei | oki | occhei | o k | k | giusto | corretto | esatto | vero sì | bene dai
    """),
    Kind.STATEMENT: Phrases("""
        [(tutto | questo | ciò | così)] é [(proprio | tutto | assolutamente | perfettamente | molto)] (giusto | corretto | esatto | perfetto | così | vero | ok | a posto | in ordine | questo | quello | confermato | ottimo) [(così)] | tutto (giusto | corretto | esatto | perfetto | confermato) | così (è perfetto | va bene | è giusto | va benissimo) | ha ragione | ha (capito | detto) bene
    """),
    Kind.ORDER: Phrases("""
        (proceda | procedi | procedete | procediamo | prosegua | prosegui | continui | continua | avanzi) [(pure | così | con (questo | l'ordine | l'operazione) | allora | tranquillamente)] | [(vada | vai | andate | andiamo | si vada)] (pure | avanti) [pure] | (vada | vai | andate | andiamo) [(pure | avanti | pure avanti | avanti pure)]
        (faccia | fai | fate | facciano | facciamo | fa) [(pure | così | questo | come ha detto | il necessario)] | (lo | la) (faccia | fai | fate) [pure] | fallo [(pure | allora)] | fatelo [pure] | facciamolo | facciamo così | fa pure | si faccia [pure] | me lo faccia
        può (procedere | farlo | andare avanti | andare | continuare | proseguire | fare) [(pure | così | tranquillamente)] | puoi (farlo | procedere | fare | andare avanti) [pure] | (lo | la) può fare | (lo | la) (confermi | esegua) [pure] | confermi [pure] | conferma pure | esegua [pure] | ha il via libera | via libera | si può (fare | procedere) | si proceda | dia (il via | l'ok)
    """),
    Kind.AFTER_YES: Phrases("""
        ALL | lo voglio | voglio | lo vorrei | vorrei | lo desidero | lo so è giusto | può | può (farlo) | puoi | così | dai | questo | prego | lo sono | lo è | bravo | brava | quando vuole | bello | quello | si può
    """),
    Kind.REQUEST: Phrases("""
        può INFINITIVE [OBJECT] | (lo | la | li | le) può INFINITIVE | puoi INFINITIVE [OBJECT] | (voglio | vorrei | desidero | mi piacerebbe | preferisco) INFINITIVE [OBJECT] | (lo | la | li | le) (voglio | vorrei) INFINITIVE
        (voglio | vorrei | desidero) che [(lo | la | li | le | mi)] COMMAND [OBJECT] | (proceda | procedi | vada avanti) (ad | a | con (l' | la | il)) INFINITIVE [OBJECT] | per favore [(lo | la | li | le)] COMMAND [OBJECT] | per favore COMMAND REST | prego COMMAND [OBJECT]
    """),
    Kind.REPEAT: Phrases("""
        COMMAND [(pure | per favore | allora)] [OBJECT] | (lo | la | li | le | l' | mi) COMMAND [pure] [OBJECT] | COMMAND REST | me (lo | la) COMMAND [pure] | WHOLE
    """),
    Kind.COURTESY: Phrases("""
        per (favore | piacere | cortesia | gentilezza) | cortesemente | gentilmente | se (non le dispiace | è così gentile) | please | mi faccia (il | la) (piacere | favore | cortesia) | la prego | prego
        [e] grazie [(mille | tante | infinite | a lei | a te | davvero | ancora | molte | di cuore | di tutto | per (l'aiuto | tutto | la disponibilità) | gentilissimo | gentilissima | anticipatamente | in anticipo)] | [e] (tante | mille | molte) grazie | (la | ti | vi) ringrazio [(molto | tanto | davvero | infinitamente | moltissimo)] | [(è | è stato | è stata)] [(molto | davvero | così)] gentile [da parte sua] | gentilissimo | gentilissima | cortesissimo | thanks | thank you
        signore | signora | signorina | signor | capo | amico | amico mio | amica | tesoro | ragazzi | egregio | mio caro | mia cara | buon uomo
        nessun problema | non (c'è | ci sono) (problema | problemi | alcun problema | nessun problema) | senza problemi | non (si preoccupi | ti preoccupare | preoccuparti) | nessun disturbo | non si preoccupi di nulla | figurati | si figuri
    """),
    Kind.HESITATION: Phrases("""
        ehm | eh | uhm | mh | hm | hmm | mmm | mm | beh | be | allora | dunque | ecco | bè | um | uh | em | ohi | bene allora | bene dunque | guardi | senta
    """),
    Kind.SURPRISE: Phrases("ah | oh | ah ecco | aah"),
    Kind.NO: Phrases("""
        [(ma | ah | oh | eh | beh | assolutamente | certo che | ovviamente | decisamente | naturalmente | proprio | mi sa [di] | direi [(di | proprio di)] | dico [di] | meglio [di] | preferisco [di] | preferirei [di] | credo [(di | proprio di)] | penso [(di | proprio di)] | sicuramente | certamente | ora | adesso | oggi | per ora | per adesso | per il momento | al momento | questo | quello | così | ancora | magari | forse meglio [di] | forse è meglio di | ho detto [di] | la risposta è | è un | spero di | stavolta | piuttosto | in realtà | alla fine | grazie | mai)] (no | nope | nah | noo | nein | niente) [(no | grazie | mai | assolutamente | davvero | signore | signora | di certo | per carità | lasci (stare | perdere) | meglio di no | per favore | di sicuro | ora | oggi)]
        non (ora | adesso | oggi | ancora | per ora | più | così | questo | quello) [grazie] | mah no | n | mai [(e poi mai | più | al mondo)] | (nemmeno | neanche | neppure | manco) per (sogno | idea | scherzo | niente | tutto l'oro del mondo) | per (nulla | niente | carità) [(al mondo)] | macché | ma che | ma quando mai | non se ne parla [(nemmeno | neanche | proprio | affatto)] | non esiste [proprio] | giammai | nient'affatto | niente affatto | affatto | in nessun (caso | modo) | per nessun motivo | per nessuna ragione | di no | negativo | nossignore | col cavolo | scherziamo | non ci penso (nemmeno | neanche | proprio)
        non [(lo | la | li | le | ne | mi | ci | l' | si)] [(più | ancora | affatto)] (voglio | vorrei | desidero | faccia | fare | fai | fate | farlo | confermo | accetto | acconsento | autorizzo | approvo | sono d'accordo | sono interessato | sono interessata | serve | interessa | va | va bene | sta bene | conviene | piace | proceda | procedere | procedete | procedi | continui | prosegua | tocchi | tocchi niente | tocchi nulla | è (giusto | corretto | esatto | così | quello | necessario | vero | il caso | quello che (voglio | volevo)) | penso | credo | mi pare | importa | occorre | c'è bisogno | procediamo | facciamolo | facciamo | fa per me | mi va | me la sento) [(più | ora | adesso | oggi | bene | farlo | che lo faccia | niente | nulla | affatto | per ora | così | questo | ancora | proprio | procedere | INFINITIVE | INFINITIVE OBJECT | che COMMAND OBJECT | che lo COMMAND | di farlo | grazie | per favore | fare (niente | nulla))]
        non ORDER | [é] meglio (non farlo | non fare (niente | nulla) | non INFINITIVE [OBJECT])
        non [(lo | la | li | le | l' | mi | me lo | me la)] (COMMAND | INFINITIVE) [(ancora | niente | più | per favore | pure)] [OBJECT] | non COMMAND REST
        (preferisco | preferirei) (non farlo | non procedere | di no | che non lo faccia | lasciare (stare | perdere | così | tutto com'è) | lasciar (stare | perdere) | non INFINITIVE [OBJECT] | evitare | tenerlo | tenerla | tenere OBJECT | aspettare) | meglio (non farlo | evitare | lasciar (stare | perdere) | lasciare (stare | perdere | così) | aspettare) | [(mi | ho)] (rifiuto | rifiutato) | mi oppongo | rinuncio
        (lasci | lascia | lasciamo | lasciate | lascialo | lasciala | lasciatelo) [(lo | la)] (stare | perdere | così | tutto (così | com'è | come sta) | com'è | correre | andare) [(tutto | pure | grazie | per favore | OBJECT | così)] | la lasci (stare | com'è | così | perdere) | lo lasci (stare | com'è | così | perdere) | lasci OBJECT (così | com'è | stare)
        (se lo scordi | se lo scordi pure | scordatelo | scordatevelo | dimentichi [(tutto | la richiesta)] | dimentica | lo dimentichi | come non detto | fa niente | non fa niente | non importa | niente | niente da fare | niente (grazie | più) | nulla | nulla da fare | niente di tutto questo | non fare niente)
        (ho cambiato idea | ho cambiato parere | cambio idea | ci ho ripensato | ho ripensato | mi sono ripensato | ripensandoci no | ripensandoci meglio di no | a pensarci bene no | tutto sommato no | ho deciso di no)
        (si fermi | fermi | ferma | fermo | fermati | fermatevi | fermate [tutto] | alt | stop | basta | blocchi tutto | aspetti | aspetta | attenda | attendi | annulli tutto | interrompa) [(tutto | subito | lì | così | qui | un po')] | alto là | sbagliato | è sbagliato | errato | è errato | falso | è falso | non è quello | scorretto | tengo tutto | lo tengo | la tengo | tengo OBJECT | passo | rifiuto | rifiutato
    """),
    Kind.REGRET: Phrases("""
        mi (dispiace | spiace) [(molto | tanto)] [ma] | purtroppo | (scusi | scusa | scusate) [(ma | tanto)] | ma | in realtà | veramente | sono spiacente | spiacente | mi perdoni
    """),
}

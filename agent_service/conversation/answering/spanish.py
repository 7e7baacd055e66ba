"""What Spanish-speaking callers say."""

from agent_service.conversation.answering.phrases import Phrases
from agent_service.conversation.answering.sequence import Kind
from agent_service.conversation.answering.wording import Wording

WORDING = Wording(
    language="es",
    determiners=frozenset(
        "el la los las mi mis su sus tu tus este esta estos estas ese esa esos esas un una nuestro nuestra todo todos todas".split()
    ),
    prepositions=frozenset(
        "de del a al con para por en hasta desde que sobre numero bajo".split()
    ),
    conjunctions=frozenset(("y", "e", "luego")),
    before_number=frozenset(("numero", "no", "nro")),
    pronouns="lo | la | los | las | eso | esto | ese | esa | este | esta | el dinero | mi dinero",
    everything="""
        [(lo | la | los | las)] todo [eso] | todos | todas
    """,
    whole=frozenset("entero entera completo completa todo toda".split()),
    before_verb=frozenset("le lo la los las les se te me nos".split()),
    enclitics=("le", "les", "lo", "la", "los", "las", "se", "te", "me", "nos"),
)

GRAMMAR = {
    Kind.YES: Phrases("""
        sí | sip | sep | yes | yep | sipi | see | sipo | sí po | ya sí | sisí | sí sí | ya po | yap | y sí
        (que | pues | ay | ah | oh | uy | uf | hombre | claro | ay que) (sí | claro) [(que sí | claro)] | que sí que sí | eso sí que sí | sí (que sí | pues | claro | hombre | mujer | quiero | señor | po)
        claro [(que sí | que si | pues | está | hombre | mujer | por supuesto | cómo no | claro | po)] | clarísimo | claro claro
        por supuesto [que sí] | desde luego [que sí] | faltaría más | faltaba más | no faltaba más | cómo no | naturalmente | obvio [(que sí | po)] | obviamente | evidentemente | lógico | lógicamente | ciertamente | efectivamente | en efecto | definitivamente | totalmente | absolutamente | plenamente | completamente | indudablemente | sin duda [(alguna | ninguna)] | sin dudarlo | con toda seguridad | seguro [que sí] | segurísimo | segurísima | a ciencia cierta | afirmativo | positivo | por descontado | cien por cien | cien por ciento | 100 por 100 | 100 percent | al cien
        perfecto | perfectamente | perfectísimo | excelente | estupendo | genial | fenomenal | maravilloso | buenísimo | fantástico | magnífico | ideal | súper | bárbaro | joya | chévere | bacano | bacán | chido | padrísimo | padre | guay | espectacular | fabuloso | divino | impecable
        listo | de una | sale [(y vale | pues)] | órale [(pues | va)] | ándale [pues] | ándele [pues] | simón | va | va que va | va pues | arre | dale [(pues | nomás | nomas | no más | sí | que sí | po)] | vale (pues | va) | venga [(va | vale | sí | pues | dale | adelante)] | hala | hecho | trato hecho | hecho está | vamos allá | vamos adelante
        con (gusto | mucho gusto | placer | todo gusto) | encantado | encantada | de mil amores | a favor | cuente con ello | cuenta con ello | tal cual | así mismo | asimismo | exactamente así | eso mero
        conforme [con (todo | eso)] | (estoy | estamos | yo estoy | quedo) [(totalmente | completamente | muy | plenamente)] (conforme | de acuerdo | seguro | segura | decidido | decidida) [(con (eso | ello | todo | usted | esto) | en (eso | todo | ello | hacerlo))]
        [(yo | sí)] [(lo | la | se lo | le)] (confirmo | acepto | autorizo | apruebo | ratifico | consiento | valido) [(que sí | todo | eso | lo anterior | el pedido | la operación | que lo haga)] | confirmado | aceptado | aprobado | autorizado | queda confirmado | doy (mi | el) (consentimiento | visto bueno | permiso | autorización | ok) | tiene (mi | el) (autorización | permiso | consentimiento | visto bueno | ok) | le doy (permiso | mi autorización | mi permiso) | digo que sí | mi respuesta es sí | es un sí
        (me parece | me va | me suena | me queda | me viene | suena | se oye) [(muy | todo)] (bien | perfecto | estupendo | genial | correcto | fenomenal | excelente | perfectamente | fantástico | adecuado | buena idea) | me (sirve | conviene | vale | gusta | convence | interesa) [así] | me gustaría [(eso | que lo haga | mucho | hacerlo | que lo hiciera)]
        (por mí | para mí | por mi parte | de mi parte) (bien | vale | perfecto | adelante | está bien | sí | está perfecto | encantado | encantada | ningún problema | ok | de acuerdo | no hay problema | estupendo | muy bien)
        (sería | estaría) (perfecto | estupendo | genial | ideal | fenomenal | bien | muy amable | fantástico) | (eso | lo) quiero | (eso | lo) es lo que quiero | es lo que quiero | quiero (eso | hacerlo | que lo haga | que sí | proceder | continuar | seguir adelante | que lo hagan | que lo hagas) | deseo (eso | hacerlo | que lo haga | proceder | continuar) | sí quiero
        ajá | ujum | mjm | uhum | mhm | mm-hm | hum-hum | uju
        (no veo | no hay | no tengo) inconveniente | sin inconveniente | sin objeción | no tengo (inconveniente | objeción | ninguna objeción | problema) | muy bien | requetebién | bien dicho | todo (bien | perfecto | en orden | correcto | ok | conforme)
        eso (es | mismo) | así es | eso eso | así mismo es | ya lo creo [que sí] | y tanto | pues (claro | sí | vale | muy bien | perfecto | adelante | hágalo | hazlo) [que sí] | bueno (pues | sí | vale | está bien | dale | ya) | a por ello
    """),
    Kind.RISING_YES: Phrases(""),
    Kind.FIRST_YES: Phrases("bien"),
    Kind.TAG: Phrases("""
        vale [vale] | ok | okay | okey | oki | oká | o k | k | bueno | correcto | exacto | cierto | de acuerdo | dacuerdo | está bien [(así | pues | para mí | por mí)] | ta bien | ta bueno | tá bien | está (bueno | ok | okay | genial) | exactamente
    """),
    Kind.STATEMENT: Phrases("""
        [(todo | eso | así)] (es | está) [(todo | muy | totalmente | perfectamente | completamente)] (correcto | exacto | cierto | así | perfecto | verdad | conforme | confirmado | en orden | justo | lo correcto | estupendo | claro) [así] | todo está (bien | perfecto | correcto | en orden | ok) | eso está (bien | perfecto) | (tiene | tienes) razón | lo ha (entendido | dicho) bien | está muy bien [así] | eso es lo que (quiero | quería | pedí) | es lo que (quería | pedí) | así está (bien | perfecto) | así lo quiero | así (quiero | lo deseo)
    """),
    Kind.ORDER: Phrases("""
        adelante [(pues | con ello | con eso | entonces | nomás | por favor | hágalo | sin problema | siga)] | pa'lante | para adelante | [pues] (hágalo | hazlo | háganlo | hacelo | mándele | hagalo | hágale | hacedlo | házmelo | hágamelo | háganmelo) [(usted | nomás | no más | así | ya | pues | sin problema | entonces | cuando quiera | tranquilo | tranquila | por favor | tal cual)]
        (haga | haz | hagan) (eso | esto | lo que (dice | dijo | ha dicho) | el favor) | (proceda | procede | procedan | procedamos | prosiga | prosigue | continúe | continúa | continúen | siga | sigue | sigan) [(usted | adelante | nomás | así | con (eso | ello | el trámite | la operación) | pues | por favor)] | hagámoslo | vamos a hacerlo | que lo haga | que lo hagan | que se haga | métale | métele | tramítelo | tramítalo | realícelo | ejecútelo | gestiónelo | confírmelo | confírmalo | cúrsalo | cúrselo
        (puede | puedes | pueden | podéis | podemos) (hacerlo | proceder | continuar | seguir | hacer eso | seguir adelante | ir adelante | tramitarlo | realizarlo | ejecutarlo) [(sin problema | por favor | ya | tranquilamente)] | lo puede hacer | lo puedes hacer | tiene luz verde | luz verde | tire (adelante | pa'lante) | tira (adelante | pa'lante) | échele | échale | vaya (adelante | nomás) | dele [(nomás | no más | pues | usted)] | déle | démosle | denle
    """),
    Kind.AFTER_YES: Phrases("""
        ALL | puede | puedes | quiero | lo quiero | sí quiero | deseo | lo deseo | (estoy | ya) seguro | estoy segura | me gustaría | eso | así | bien | lo sé seguro | muy bien | cuando quiera | cuando guste | por qué no | lo hace | quisiera | lo es | lo soy | soy yo | está | por supuesto
    """),
    Kind.REQUEST: Phrases("""
        (puede | puedes | pueden) [(lo | la)] INFINITIVE [OBJECT] | (lo | la | los | las) (puede | puedes) INFINITIVE | (quiero | quisiera | deseo | me gustaría | necesito | prefiero) INFINITIVE [OBJECT] | (lo | la | los | las) quiero INFINITIVE
        (quiero | quisiera | deseo | necesito | me gustaría) que [(me | lo | la | los | las | me lo | me la)] COMMAND [OBJECT] | que [(me | se)] (lo | la | los | las) COMMAND | (proceda | adelante | siga) (a | con | y) (INFINITIVE | COMMAND) [OBJECT] | haga el favor de INFINITIVE [OBJECT] | por favor COMMAND [OBJECT] | por favor COMMAND REST
    """),
    Kind.REPEAT: Phrases("""
        COMMAND [(usted | nomás | por favor | tranquilo | ya)] [OBJECT] | COMMAND REST | me (lo | la) COMMAND | WHOLE
    """),
    Kind.COURTESY: Phrases("""
        por favor [se lo pido] | porfavor | porfa | porfis | porfaplis | por favorcito | (si | if) es (tan | usted tan) amable | (si | if) me hace (el | ese) favor | hágame (el | ese) favor | hazme el favor | me hace (el | un) favor | se lo ruego | se lo pido | tenga la bondad | con permiso | please
        [y] gracias [(a usted | a ti | de antemano | por todo | por su ayuda | por la ayuda | por tu ayuda | muy amable | señor | señorita | por preguntar | por avisar | de verdad | mil | totales | de nuevo)] | [y] (muchas | muchísimas | mil | un millón de | infinitas) gracias [(a usted | de antemano | por todo | por su ayuda | muy amable | por la ayuda)] | (se | te | os) lo agradezco [(mucho | muchísimo | de antemano)] | (le | te) agradezco [(mucho | muchísimo | la ayuda | su ayuda)] | agradecido | agradecida | muy (amable | agradecido | agradecida | gentil) | [(es | ha sido)] [usted] muy (amable | gentil) | qué amable | thank you | thanks
        señor | señora | señorita | caballero | don | doña | jefe | jefa | amigo | amiga | hombre | mujer | tío | tía | compañero | compañera | joven | mi (amor | vida | rey | reina | cielo | amigo | amiga | hijo | hija | estimado | estimada) | guapo | guapa | cariño | corazón | majo | maja | güey | wey | mano | manito | che | parce | pana | maestro | cielo | tronco | macho | chico | chica | estimado | estimada | usted
        no hay (problema | ningún problema | inconveniente | cuidado) | ningún problema | sin (problema | problemas) [ninguno] | no pasa nada | no se preocupe | no te preocupes | no es (problema | ningún problema | molestia) | ninguna molestia
    """),
    Kind.HESITATION: Phrases("""
        eh | em | este | ehm | mmm | mm | hm | hmm | ay | pues | entonces | hum | uh | um | emm | eeh | eee | bueno pues | pues nada | pues bueno | bueno entonces | y bueno | este pues
    """),
    Kind.SURPRISE: Phrases("ah | oh | uy | anda"),
    Kind.NO: Phrases("""
        [(ah | ay | oh | uy | eh | pues | bueno | hombre | uf | que | claro que | por supuesto que | desde luego que | obvio que | evidentemente | definitivamente | absolutamente | ciertamente | seguro que | naturalmente que | rotundamente | decididamente | mejor | digo que | he dicho que | dije que | le digo que | creo que | yo creo que | pienso que | prefiero que | preferiría que | va a ser que | me parece que | casi que | por ahora | de momento | por el momento | ahora | ahora mismo | hoy | todavía | aún | ya | eso | así | ese | esa | este | esta | más bien | quizás mejor | casi mejor | igual mejor | mejor que | es que | al final | finalmente | pensándolo bien | la verdad es que | la verdad que | tampoco | ni hablar)] (no | nop | nope | nones | nel | ño | nah | noo | nou | nein | non) [(no | señor | señora | nunca | jamás | para nada | de ninguna manera | ni hablar | todavía | por ahora | de momento | ahora | gracias | aún | nada | mejor no | hoy)]
        n | nunca [(jamás | más)] | jamás [de los jamases] | en (absoluto | la vida | mi vida) | ni (hablar | loco | loca | de broma | en broma | en sueños | soñando | pensarlo | lo sueñe | lo sueñes | de coña | por asomo | se le ocurra | de chiste | mucho menos | modo | a palos | borracho | muerto) | qué va | nada [(de eso | de nada | nada)] | para nada | de (ninguna | ningún) (manera | forma | modo) | por nada del mundo | bajo ningún concepto | bajo ninguna circunstancia | de eso nada | nanay | negativo | tampoco | nel pastel | ninguno | ninguna | ni uno
        no [(lo | la | me | se | los | las)] (haga | hagas | hagan | haga nada | haga eso | hagas eso | toque | toque nada | proceda | procedan | continúe | siga | cambie nada | confirmo | acepto | autorizo | apruebo | quiero | deseo | quisiera | necesito | procede | interesa | gusta | conviene | parece | parece bien | hace falta | es necesario | es correcto | es así | es eso | está bien | estoy de acuerdo | estoy conforme | está correcto | vale la pena | va | puede | puedes | debe | gustaría | convence | sirve) [(nada | todavía | eso | así | más | ya | por favor | bien | aún | hacerlo | que lo haga | que lo hagan | hacer nada | hacer eso | seguir | continuar | INFINITIVE | INFINITIVE OBJECT | que COMMAND | que COMMAND OBJECT | que lo COMMAND)]
        no ORDER | [es] mejor (no hacerlo | que no [lo haga] | no hacer nada | no INFINITIVE [OBJECT])
        no [(me | se)] [(lo | la | los | las | le)] COMMAND [(nada | todavía | ya | por favor)] [OBJECT] | no COMMAND REST | (eso | lo) no [(lo)] (quiero | haga | hagas | deseo)
        (ya no | tampoco) [(lo | la)] (quiero | deseo | necesito | hace falta | quiero INFINITIVE | quiero hacerlo) [(OBJECT | eso | nada)] | prefiero (no | que no | dejarlo [(así | como está)] | no hacerlo | que no lo haga | no INFINITIVE [OBJECT] | esperar | quedármelo | quedármela | quedarme con OBJECT) | preferiría (no | que no | no hacerlo) | mejor (déjelo [así] | déjalo [así] | no lo haga | nada | otro día)
        (déjelo | déjalo | dejelo | dejalo | déjela | déjala | dejémoslo | déjenlo | deje | deja | dejá | déjame | déjeme) [(así | estar | como está | ahí | por favor | tal cual | correr | ya | todo | todo como está | todo así | en paz | tranquilo | OBJECT | OBJECT como está | OBJECT así | mejor | pasar | eso)] | que se quede (así | como está) | quede así
        (olvídelo | olvídalo | olvidelo | olvídese | olvídate | olvidate | olvide | olvida) [(de eso | eso | ya | por favor | todo | de todo | de ello | lo dicho)] | (he cambiado | cambié | ya cambié | acabo de cambiar) de (opinión | idea | parecer) | (me arrepentí | me arrepiento | me he arrepentido | me lo he pensado mejor | lo he pensado mejor | lo pensé mejor | me eché para atrás)
        (pare | para | paren | párelo | alto | espere | espera | espérese | espérate | esperen | deténgase | detente | detenga | deténgalo | cancele todo | suspenda | aguarde | aguanta) [(ahí | ya | todo | eso | por favor | usted)] | alto ahí | stop | basta | quieto | quieta | ya basta | no creo | me niego | rechazo | rechazado | lo rechazo | incorrecto | está (mal | equivocado | incorrecto) | eso es (incorrecto | falso | mentira) | falso | mal | es (falso | incorrecto | mentira) | equivocado | error | se equivoca | me quedo con OBJECT | me lo quedo | me la quedo | mi respuesta es no | es un no | no gracias | gracias pero no [gracias] | paso | yo paso | quite quite | ni se le ocurra
    """),
    Kind.REGRET: Phrases("""
        lo siento [mucho] | lo lamento | perdón | perdone | perdona | disculpe | disculpa | lamentablemente | desgraciadamente | pero | en realidad | la verdad | mire | mira
    """),
}

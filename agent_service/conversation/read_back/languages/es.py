"""Spanish."""

from agent_service.conversation.read_back.inflection import groups, in_phrases, spanish
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
from agent_service.conversation.read_back.small_talk.es import SPANISH_TALK
from agent_service.number_words import cardinal

_VALUES = {
    cardinal(value, "es"): value for value in (*range(30), *range(30, 100, 10), 100, 1000)
} | {"un": 1, "una": 1, "veintiun": 21, "veintiuna": 21, "ciento": 100}
_HUNDREDS = row("doscient trescient cuatrocient quinient seiscient setecient ochocient novecient")
_MONTHS = row(
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
)

_VERBS = """
cancelar+dar de baja+doy de baja+daré de baja+daría de baja+demos de baja+darle de baja+darlo \
de baja+darla de baja+darles de baja+dándole de baja; anular; rescindir / cancelación, \
anulación, rescisión
reembolsar; reintegrar+devuelvo+devolveré+devolvería+devolveremos+devolverle+devolverlo+\
devolverlos+devolviendo+se devuelve+se devuelven+se le devuelve+se le devuelven+se devolverá+se \
devolverán / reembolso, reintegro, devolución
cambiar; canjear; sustituir:sustituy; reemplazar / cambio, canje, sustitución, reemplazo
sustituir:sustituy; reemplazar; cambiar / sustitución, reemplazo, cambio
devolver:devuelv:devuelt / devolución
enviar:enví; mandar; remitir; despachar; expedir:expid+hacer llegar+hago llegar+haré llegar+\
haría llegar+hacerle llegar / envío, expedición
entregar; llevar; repartir / entrega, reparto
abrir::abiert; crear; generar; registrar; presentar; interponer::interpuest+dar de alta+doy de \
alta+daré de alta+daría de alta+demos de alta+darle de alta / apertura, creación, alta
reservar; apartar / reserva
concertar:conciert; agendar; programar; fijar; reservar; coger:coj / programación, reserva
reservar; concertar:conciert; agendar; programar; fijar / reserva
cambiar; mover:muev; trasladar; pasar; mudar; reprogramar; desplazar; aplazar; posponer / \
cambio, traslado, aplazamiento
cambiar; pasar; migrar / cambio, paso, migración
modificar; cambiar; actualizar; corregir:corrij; rectificar / modificación, cambio, \
actualización, rectificación
aplazar; posponer; retrasar; cambiar; mover:muev; trasladar; pasar / aplazamiento, cambio
adelantar; cambiar; mover:muev; pasar / adelanto, cambio
actualizar; modificar; cambiar; poner al día / actualización, modificación, cambio
bloquear; congelar; inmovilizar; suspender / bloqueo, congelación, suspensión
desbloquear / desbloqueo
renovar:renuev; prorrogar; prolongar / renovación, prórroga
prorrogar; ampliar:amplí; prolongar; extender:extiend; alargar; renovar:renuev / prórroga, \
ampliación, extensión, renovación, prolongación
activar; habilitar+dar de alta+doy de alta+daré de alta+daría de alta+darle de alta / \
activación, habilitación, alta
desactivar; deshabilitar; inhabilitar+dar de baja+doy de baja+daré de baja+daría de baja+darle \
de baja / desactivación, baja
cerrar:cierr / cierre
terminar; finalizar / finalización
suspender; pausar; congelar; interrumpir; poner::puest en pausa+pongo en pausa+pondré en pausa+\
pondría en pausa / suspensión, pausa, interrupción
mantener::mantenid+mantengo+mantendré+mantendría+mantendremos+se mantiene+se mantienen+se \
mantendrá+se mantendría; conservar / mantenimiento, conservación
añadir; agregar; incorporar; sumar; meter / incorporación
quitar; eliminar; retirar; borrar; suprimir / eliminación, supresión
pedir:pid; encargar / pedido, encargo
pagar; abonar / pago, abono
transferir:transfier; traspasar; pasar; mover:muev; enviar:enví; mandar; girar / transferencia, \
envío, traspaso
cargar; cobrar; debitar; adeudar / cargo, cobro, débito
abonar; ingresar; acreditar / abono, ingreso
aumentar; subir; incrementar; elevar; ampliar:amplí / aumento, incremento, subida, ampliación
reducir:reduzc; bajar; disminuir:disminuy; rebajar / reducción, disminución, bajada
registrar; inscribir::inscrit; anotar; apuntar / registro, inscripción, anotación
inscribir::inscrit; matricular; apuntar; registrar / inscripción, matrícula, registro
desviar:desví; redirigir:redirij; reenviar:reenví; reexpedir:reexpid / desvío, reenvío, redirección
recargar / recarga
confirmar:confirm / confirmación
reportar; notificar; comunicar; dar parte+doy parte+daré parte / reporte, notificación
reparar; arreglar / reparación, arreglo
restablecer; reiniciar; resetear / restablecimiento, reinicio
llamar; telefonear / llamada
devolver la llamada
dar+doy+dé
poner::puest+pongo+ponga+pondré+pondría
contratar+dar de alta+doy de alta+daré de alta+daría de alta+darle de alta / contratación, alta
dar:d:dad de baja+doy de baja+dé de baja+demos de baja+darse de baja+se da de baja+se dan de \
baja+se le da de baja+daría de baja; cancelar; anular / baja, cancelación, anulación
dar:d:dad de alta+doy de alta+dé de alta+darse de alta+se da de alta+daría de alta; activar; \
contratar / alta, activación, contratación
solicitar; pedir:pid / solicitud, petición
anotar; apuntar; registrar; consignar+dejar constancia+dejo constancia+dejaré constancia / \
anotación
comprar; adquirir:adquier; sacar; pedir:pid; encargar / compra, pedido, encargo, adquisición
alquilar; arrendar:arriend; rentar / alquiler, arrendamiento, renta
recoger:recoj; retirar / recogida, retirada
instalar; montar / instalación
conectar / conexión
asignar; adjudicar / asignación
imprimir / impresión
conceder / concesión
"""

_ACTS = (
    r"(?:cancelación|anulación|reembolso|reintegro|cambio|canje|sustitución|"
    r"reemplazo|devolución|envío|entrega|apertura|creación|reserva|programación|"
    r"modificación|aplazamiento|actualización|bloqueo|desbloqueo|renovación|"
    r"prórroga|ampliación|extensión|activación|desactivación|cierre|suspensión|"
    r"pausa|eliminación|transferencia|cargo|cobro|abono|ingreso|aumento|reducción|"
    r"registro|inscripción|desvío|recarga|reparación|restablecimiento|llamada|"
    r"contratación|baja|alta|compra|alquiler|pago)"
)

SPANISH = Language(
    tag="es",
    repaying=words("devolver reembolsar reintegrar"),
    until=words("hasta"),
    small_talk=SPANISH_TALK,
    numerals=Numerals(
        values=_VALUES
        | {
            f"{stem}{end}": value * 100
            for value, stem in enumerate(_HUNDREDS, start=2)
            for end in ("os", "as")
        },
        links={"y": "tens"},
        thousand=words("mil"),
    ),
    ordinals={"primero": 1, "primer": 1},
    months={month: value for value, month in enumerate(_MONTHS, start=1)} | {"setiembre": 9},
    weekdays={
        day: value
        for value, day in enumerate(
            row("lunes martes miercoles jueves viernes sabado domingo"), start=1
        )
    },
    currencies={
        "euro": "euro",
        "euros": "euro",
        "eur": "euro",
        "dolar": "dollar",
        "dolares": "dollar",
        "usd": "dollar",
        "libras": "pound",
        "libra": "pound",
        "libras esterlinas": "pound",
        "gbp": "pound",
        "pesos": "peso",
        "peso": "peso",
        "francos": "franc",
        "francos suizos": "franc",
        "chf": "franc",
        "reales": "real",
        "soles": "sol",
    },
    cents=words("centimo centimos centavo centavos cent cents"),
    points=words("con coma"),
    clock=Clock(
        cues=frozenset({"a las", "a la", "para las", "las", "la"}),
        hours=phrases("horas?", "h", "en punto"),
        plus=words("y con"),
        minus=phrases("menos"),
        quarter=phrases("(?:un )?cuarto"),
        half=phrases("media"),
        before=phrases("para las", "para la"),
        noon=phrases("mediodía", "medio día"),
        midnight=phrases("medianoche", "media noche"),
        parts=(
            Part(phrases("de la mañana", "por la mañana"), 0, 12),
            Part(phrases("del mediodía", "de mediodía"), 12, 16),
            Part(phrases("de la tarde", "por la tarde"), 12, 21),
            Part(phrases("de la noche", "por la noche"), 19, 25),
            Part(phrases("de la madrugada"), 0, 7),
            Part(phrases("(?:hacia|sobre|a eso de)(?= las? )"), 0, 0),  # no time, but one near it
        ),
    ),
    roles={
        "a": Role.TO,
        "al": Role.TO,
        "hacia": Role.TO,
        "para": Role.TOWARDS,
        "de": Role.FROM,
        "del": Role.FROM,
        "desde": Role.FROM,
        "por": Role.FOR,
        "durante": Role.FOR,
        "con": Role.WITH,
        "en": Role.AT,
    },
    idle=words(
        "este esta estos estas ese esa esos esas siguiente siguientes",
        "el la los las lo su sus tu tus usted ustedes le les te os se yo y e que voy vamos",
        "puedo podría podríamos ello entonces es son será sería serán serían queda quedará "
        "quedaría",
        "personas partir",
    ),
    silent=phrases(
        "a(?:l)? nombre de|en nombre de|bajo el nombre de",
    ),
    rates=rates(
        month="(?:al|por|cada|el|todos los) mes(?:es)?|mensual(?:es)?|mensualmente",
        year="(?:al|por|cada|todos los) años?|anual(?:es)?|anualmente",
        week="(?:a la|por|cada|todas las) semanas?|semanal(?:es)?",
        day="(?:al|por|cada) día|diari[oa]s?",
        night="(?:por|la|cada) noche",
        hour="(?:por|la|cada|a la) hora",
        person="(?:por|cada) (?:persona|cabeza|comensal)",
    )
    | each(
        "por|el|la|al|a la|cada",
        "litro metro kilo(?:gramo)? kilovatio_hora metro_cuadrado minuto trimestre",
        "temporada kilómetro tonelada visita sesión clase viaje página pieza unidad",
        "habitación botella caja saco bolsa entrega llamada ejemplar",
    ),
    doubles={"doble": 2, "triple": 3},
    also=words("también además asimismo igualmente"),
    classes=words("bancaria bancarias calle ciudad"),
    joints=words("y e"),
    callers=words("usted ustedes tú"),
    addressed=words(""),
    articles=words("un una"),
    determiners=words(
        "este esta estos estas ese esa esos esas siguiente siguientes el la su tu del al"
    ),
    labels=phrases(
        "(?:con )?(?:el )?(?:número|numero)", "num", "nr", "nro", "código postal", "día"
    ),
    ending=phrases(
        r"(?:(?:que|y|la que|cuyo número) )?(?:se )?(?:termina|acaba|terminan|acaban|finaliza|"
        r"finalizan|terminando|acabando) "
        r"(?:en|con|por)(?: (?:los|las|el|número|números|dígitos|cifras))*",
        "(?:terminad|acabad|finalizad)[oa]s? (?:en|con|por)",
        "(?:con|de|y) (?:terminación|final)(?: (?:en|número))?",
        r"(?:cuyos |cuyas |con los |con las |y sus |sus )?(?:cuatro |dos |tres |seis |[2346] )?"
        r"(?:últimos|últimas)(?: (?:dos|tres|cuatro|seis|[2346]))? (?:dígitos|números|"
        r"cifras)(?: (?:son|los|el|las))*",
    ),
    openings=words("hasta antes despues entre sin salvo bajo delante detras frente cerca junto"),
    letters=spelling(
        "be:b ce:c de:d efe:f ge:g hache:h jota:j ka:k ele:l eme:m ene:n pe:p cu:q "
        "erre:r ere:r ese:s te:t uve:v ve:v equis:x ye:y zeta:z ceta:z"
    ),
    dashes=words("guion"),
    synonyms=ranks(
        "primero,primera,primer segundo,segunda tercero,tercera,tercer cuarto,cuarta",
        "quinto,quinta sexto,sexta septimo,septima octavo,octava noveno,novena",
        "decimo,decima",
    )
    | {
        "dr": "doctor",
        "d": "don",
        "dna": "dona",
        "sr": "senor",
        "sra": "senora",
        "dra": "doctora",
        "srta": "senorita",
        "gb": "giga",
        "gigas": "giga",
        "gigabytes": "giga",
        "gigabyte": "giga",
        "kg": "kilo",
        "avda": "avenida",
        "av": "avenida",
        "c": "calle",
        "%": "porciento",
        "mensual": "mes",
        "mensuales": "mes",
        "tfno": "telefono",
    },
    short=words("d dña dr dra sr sra srta av avda c no tel prof"),
    titles=words("dr dra doctor doctora sr sra senor senora srta señor señora don dona"),
    endings=frozenset({("", "s"), ("", "es"), ("z", "ces")}),
    verbs=groups(_VERBS, in_phrases(spanish)),
    trades=words("cambiar canjear sustituir reemplazar"),
    inflect=spanish,
    is_verb_last=False,
    passive=phrases(
        r"(?:será|sería|serán|serían|quedará|quedaría|quedarán|quedarían|sea|sean|quede|queden)"
        r"(?: (?:entonces|así|ya))*(?: (?:hech|realizad|efectuad|tramitad|gestionad)[oa]s?)?",
        r"(?:va|van|pasa|pasaría|pasará|pasan|pasarían) a (?:ser|quedar)|(?:debe|deben|"
        r"debería) (?:ser|quedar)",
    ),
    light=words(
        "hago hacer haré haría haremos haríamos realizo realizar realizaré realizaría efectúo",
        "efectuar efectuaré efectuaría tramito tramitar tramitaré gestiono gestionar gestionaré",
        "solicito solicitar pongo preparo preparar realizaremos realice efectúe haga ejecuto",
        "ejecutar lanzo hacerle realizarle hará harán hagamos realizará efectuará",
    ),
    ways={
        "a partir de": Role.FROM,
        "a partir del": Role.FROM,
        "con fecha del": Role.AT,
        "con fecha de": Role.AT,
        "a fecha de": Role.AT,
        "en la fecha del": Role.AT,
        "con destino a": Role.TO,
    },
    plain=words(
        "yo me nos nosotros nuestro nuestra usted ustedes te os le les lo la los las el se su sus",
        "ella ellos ese esa esos esas este esta estos estas eso esto ello dicho dicha dichos "
        "dichas",
        "que cuyo cuya de del al a para por con en hacia y e cual",
        "es son sería serían será serán ser siendo está están estaría estarían queda quedan",
        "quedaría quedarían quedará quedarán quedar quede",
        "voy vamos iría iríamos puedo podría podríamos podemos debo deberíamos debería quiero",
        "quisiera quisiéramos queremos quiere quieres desea deseas querría desearía deseo necesita",
        "necesito gustaría pide pidió solicitó solicita indicó mencionó comentó dispongo "
        "disponemos",
        "propongo proponemos procedo proceder procederé procedería procederíamos procederemos",
        "procedemos procederá procede procedamos programo programar programaré programaría agendo",
        "agendar tramito tramitar tramitaría gestiono gestionar gestionaría encargarme",
        "confirmar confirmarle confirmarlo confirmo confirme confirmamos confirmemos confirmando",
        "confirmación confírmeme resumir resumirlo resumirle resumo resumimos resumiendo resumen",
        "recapitular recapitulo recapitulando recapitulemos recapitulamos repetir repetirle",
        "repetirlo repito repetimos repitiendo repaso repasar repasamos repasemos repasando",
        "revisamos revisemos revisando verificar verifico verificamos verificando comprobar",
        "compruebo comprobamos comprobando asegurarme asegurarnos asegurar aclarar aclaro "
        "aclarando",
        "leer leo leérselo leerle releer decir decirle digo dice dicen diciendo dirá escuche "
        "lea leamos",
        "entender entiendo entendemos entendido comprendo comprendemos comprendido anotado anoto",
        "apuntado ver veo vemos veamos saber hablamos hablando trata trataría tratar significa",
        "concierne corresponde correspondiente correspondientes refiere contiene contienen",
        "contendría incluye incluyen incluyendo incluiría incluido incluidos lleva llevan llevaría",
        "consiste consta compuesto compuesta formado suma suman sumaría sumarían cuesta costaría",
        "costará asciende ascendería representa supone supondría",
        "fecha fenomenal maravilla estupendamente",
        "total totales importe valor precio coste costo monto número números texto mensaje",
        "asunto título titulada titulado frase leyenda descripción palabras detalles detalle",
        "información datos petición solicitud operación gestión trámite permítame permita "
        "permítanos",
        "déjeme deje siguiente siguientes así como según entonces finalmente ahora",
        "bien bueno claramente okay ok perfecto perfectamente correcto",
        "correcta correctamente exacto exactamente acuerdo conforme supuesto genial estupendo",
        "excelente fantástico maravilloso encantado encantada gusto gracias muchas mucho "
        "muchísimas muy",
        "listo efectivamente efecto naturalmente simplemente básicamente",
        "precisamente concretamente concreto respectivamente exacta",
        "pues eh ah oh ay hola buenas señor señora señorita caballero favor paciencia espera",
        "entero entera enteros íntegro íntegramente completo completa completamente",
        "aquí ahí tal juntos súper estimado estimada afirmativo magnífico indicando ponga pone",
    ),
    asides=phrases(
        r"(?:ya )?(?:lo )?tengo(?: ya)? todo(?: lo que necesito| anotado| claro)?"
        r"|ya lo tengo(?: todo| anotado| claro)?|(?:yo )?me encargo(?: de ello| yo)?",
        r"(?<!azul )(?<!verde )(?<!gris )(?<!rosa )(?<!marrón )(?<!rojo )(?<!amarillo "
        r")(?<!lila )(?<!beige )"
        r"(?<!color )(?<!tono )claro|estar (?:bien |del todo |completamente )?segur[oa]s?(?: "
        r"de (?:que|haber|todo))?|"
        r"(?<!un )(?<!con )(?<!en )(?<!por )(?<!el )vale(?! (?:de|por|regalo|descuento)(?: |"
        r"$))|y luego|"
        r"(?:le |lo )?(?:confirmo|resumo|repito|repaso|recapitulo|verifico|reviso|leo|"
        r"confirmar|resumir|repasar|"
        r"verificar) (?:muy )?(?:rápidamente|rápido|brevemente)|sobre(?= (?:el|la|su|este|esta) )",
        r"(?:justo )?antes de(?: (?:que|hacer|hacerlo|nada|proceder|continuar|seguir|empezar|"
        r"tramitar|tramitarlo|"
        r"confirmar|ejecutar|ejecutarlo|avanzar|adelante|tocar|cualquier|cosa|cambio|ningún|"
        r"con|ello|eso|la|"
        r"operación|gestión|realizar|realizarlo))+",
        r"(?:a ver )?si (?:lo |le |la |se lo |te )*(?:he|hemos|tengo|entendí|entiendo|"
        r"comprendo|comprendí)"
        r"(?: (?:todo|bien|claro|correctamente|entendido|comprendido|anotado|captado|apuntado))*",
        r"si (?:le|te|lo|usted|todo|está|es|así|me|no)(?: (?:parece|va|viene|bien|está|usted|"
        r"de|acuerdo|conforme|"
        r"quiere|desea|lo|prefiere|correcto|es|así|todo|ok|permite|confirma|autoriza|conviene|"
        r"molesta|importa|"
        r"queda|me|da|su|conformidad|permiso|hay))+(?<! hay)(?: inconveniente)?|si me "
        r"equivoco me corrige",
        r"(?:sin|no hay|ningún|no es) (?:ningún )?(?:problema|inconveniente)|no se preocupe|"
        r"no cuelgue|"
        r"(?:para|por) (?:que no haya|evitar|no) (?:ningún |ninguna |cualquier |cometer |"
        r"tener )?(?:errores|"
        r"error|confusión|confusiones|malentendidos?|dudas?|equivocarme|equivocarnos|errar)|"
        r"salvo error|"
        r"para que (?:quede|todo quede|esté|no quede)(?: (?:todo|bien|claro|más|ninguna duda))+",
        r"(?:que )?(?:todo (?:esté|está|queda|quede|es) (?:bien|claro|correcto|en orden|"
        r"conforme|perfecto)|"
        r"está todo (?:bien|claro|correcto))|(?:en|con) total|todo (?:eso|esto|ello|junto|"
        r"suma|sería|serían)|"
        r"(?:repaso|repasar|repasamos|confirmar|confirmo|resumir|resumo|repetir|repito|"
        r"verificar|verifico|"
        r"comprobar|compruebo|revisamos|anoté|anotado|entendido|recapitular|recapitulo) todo",
        r"(?:lo |le |la |se lo |ya )?(?:he|hemos) (?:bien )?(?:entendido|anotado|comprendido|"
        r"apuntado|captado|"
        r"escuchado|tomado nota)(?: (?:bien|correctamente|todo))*|(?:haber|haberlo|haberle) "
        r"(?:entendido|"
        r"comprendido|anotado)(?: (?:bien|correctamente|todo))*|(?:lo |le )?entendí(?: bien)?|"
        r"(?:lo )?tengo"
        r"(?: (?:bien|claro|todo|correctamente|anotado|apuntado|aquí|entendido|lo|siguiente|"
        r"correcto))+|"
        r"tomo nota|tengo aquí|tengo(?= (?:en pantalla|delante))|tengo que",
        r"(?:(?:tal|así|eso|lo|como|y|según) )*(?:como|que|lo que|según)(?: usted)?(?: (?:me|"
        r"nos|ha|había|lo|acaba de))* "
        r"(?:pidió|pedido|pedir|solicitó|solicitado|solicitar|indicó|indicado|indicar|comentó|"
        r"comentado|comentar|"
        r"dijo|dicho|decir|quería|deseaba|acordamos|acordado|hablamos|hablado|explicó|"
        r"explicado|explica|comenta)",
        r"(?:me|nos) (?:ha |había )?(?:pidió|pedido|solicitado|dicho|comentado|indicado)(?: "
        r"que)?|usted (?:me )?ha "
        r"(?:pedido|solicitado)|(?:ha|había) (?:pedido|solicitado)",
        r"(?:de|una|otra) (?:nuevo|última vez|vez más|vez)(?= (?:confirm|los|antes|para|que|"
        r"le|$))|"
        r"(?:solo|sólo|únicamente|tan solo|nada más) (?:para|por|"
        r"quiero|quería|quisiera|"
        r"necesito|me gustaría|le|una)(?= (?:confirm|asegur|verif|compr|repas|estar|que quede|"
        r"segur|acla|si|rápida|"
        r"cerc|resum|recap|repet|no|evitar|leer|ver))|(?:un|deme un|déme un|espere un) "
        r"(?:momento|momentito|"
        r"segundo|instante|minuto|segundito)|a modo de|por si acaso",
        r"(?:son |sería |serían |hay |así que )?(?:dos|tres|2|3) (?:cosas|pasos|gestiones|"
        r"operaciones|puntos|"
        r"acciones|trámites)|en primer lugar|en segundo lugar|por un lado|por otro lado|por "
        r"una parte|por otra "
        r"parte|por mi parte|por nuestra parte|por otra(?= por)|al mismo tiempo",
        r"(?:lo |esto |esto es lo |eso es lo )?(?:que )?(?:voy a|vamos a|iba a|puedo|podría|"
        r"podemos) hacer(?: (?:es|lo|"
        r"siguiente|esto|eso|ahora|sería|por usted))*|(?:lo que )?(?:haré|haría|haremos|"
        r"hago)(?: (?:es|lo|siguiente|"
        r"sería|será|esto|así))+|(?:puedo|podemos|voy a) (?:hacerlo|hacer eso|ocuparme|"
        r"encargarme|ayudarle)"
        r"(?: (?:de|con|eso|ello|por|usted))*|me (?:encargo|ocupo)(?: de)?|(?:con (?:eso|esto|"
        r"ello) )?lo que "
        r"(?:pongo|pondré|pondría|anoto|anotaré|escribo|escribiré|dirá|diría|voy a (?:poner|"
        r"anotar|escribir))",
        r"por (?:un|el) (?:total|importe|valor|precio|coste|monto)(?: total)?(?= de )|(?:con|"
        r"de) un (?:total|importe|"
        r"valor|precio|coste|costo|monto)(?: total)?(?= de )|(?:por|de) (?:la|una) (?:suma|"
        r"cantidad)(?= de )|"
        r"un (?:total|importe|valor|precio|coste)(?: total)?(?= de )|(?:en|a) un precio(?= de "
        r")|con cargo al?|"
        r"a favor(?= de)|en (?:un|el) plazo(?= (?:de|máximo))|"
        r"a (?:su )?nombre suyo|en su nombre|en (?:lo que respecta|cuanto)(?= a)|respecto a|a "
        r"cambio(?= de)",
        r"(?:es decir|o sea|a saber|en otras palabras|dicho de otro modo|dicho de otra manera|"
        r"en resumen|en "
        r"resumidas cuentas|en pocas palabras|en definitiva|en ese caso|por lo tanto|por "
        r"tanto|por ende|"
        r"así que|de modo que|de manera que|de forma que|por cierto|desde luego|con mucho "
        r"gusto|con gusto|"
        r"cómo no|qué bien|sí|claro que sí|por supuesto que sí|muy bien|a ver|al pie de la "
        r"letra|palabra por "
        r"palabra|textualmente|literalmente|en total|en su totalidad|por completo|al completo|"
        r"gracias por(?: (?:su|la|llamar|llamada|llamarnos|esperar|espera|paciencia|aguardar|"
        r"contactarnos|tiempo|"
        r"información|los|datos|confirmar|avisar|mantenerse|en|línea))+)",
        r"(?:el|con el|con la) (?:texto|asunto|mensaje|descripción) (?:que dice|siguiente)",
        r"(?:y|con|una|la) (?:cuota|mensualidad)(?: mensual)?(?= de [^ ]+ (?:€|euros))|qué "
        r"(?:rico|rica|bonito|bonita|ilusión|detalle|buena idea|buena elección)|"
        r"(?:a continuación|acto seguido)(?= (?:le|se|la|el|los|voy|una?)(?: |$))|"
        r"(?:luego|primero)(?= (?!(?:enero|febrero|marzo|mayo|junio|julio|agosto) )(?:le|se|les|"
        r"voy|[^ ]{3,}(?:o|ré|ría)) )|como sigue|con inicio(?= (?:el|en))|"
        r"(?:a|por) (?:un|el) precio(?: total)?(?= de)|(?:y )?el (?:precio|importe|total|"
        r"coste) (?:es|sería|será|asciende|queda)(?= (?:de|a|en))|"
        r"(?:con|con una?) (?:entrada|llegada|salida)(?= (?:el|en|a))|que (?:es|son|era|"
        r"eran)(?= (?:una?|de|dos|tres|el|la|los|las|[0-9])(?: |$))",
        r"(?:reservad|concertad|contratad|programad|agendad)[oa]s?(?= (?:en|a nombre|con) )",
        rf"una?(?= {_ACTS}(?: |$))",
        r"(?:hago|hacer|haré|haría|haremos|hacemos|haríamos|haga|realizo|realizar|realizaré|"
        r"realizaría|efectúo|"
        r"efectuar|efectuaré|efectuaría|ejecuto|preparo|hacerle|realizarle|se hará|se hace|se "
        r"haría)"
        rf"(?= (?:(?:la|el|una|un|su|entonces) ){{1,2}}{_ACTS}(?: |$))",
        r"(?:en la que |donde |y )(?:le )?(?:pongo|pondré|pondría|anoto|anotaré|anotaría|"
        r"escribo|escribiré)"
        r"(?: (?:esto|lo siguiente|el texto|este texto|que))?|se (?:le |les |lo |la )?(?:va|van) a",
    ),
    wishing=words("que se"),
    is_to_an_hour=True,
    quoting=words(
        "que dice diga dirá diría ponga pone diciendo indicando indique indica texto asunto título",
        "mensaje nota porque es será sería rece leyenda siguiente siguientes palabras titulada",
        "titulado descripción contenga textualmente literalmente frase así",
    ),
    own_words=phrases(r"con (?:el|la) (?:texto|asunto|mensaje|nota)", "porque"),
    asks=words(
        "hiciera hiciese gustaría",
        "yo me nos le les te os lo la los las el se su sus eso esto ello ese esa todo",
        "todos debo puedo podría podríamos debería podemos deberíamos puede podrá podrías puedes",
        "quiere desea quisiera querría quieres deseas gustaría parece parecería viene",
        "vendría va iría queda quedaría suena sirve conviene está estás estaría estarías "
        "están estamos",
        "es son sería sea esté haga hago hacer hacerlo hacemos hagamos haríamos realizo realizar",
        "procedo proceda proceder procedemos procedamos continúe continúo continuar "
        "continuamos siga",
        "sigo seguir seguimos sigamos adelante tramite tramito tramitar tramitarlo tramitamos",
        "gestione gestiono gestionar gestionamos efectúe efectúo ejecute ejecuto confirme confirmo",
        "confirma confirmas confirmar confirmarlo confirmármelo confirmarme confirmamos aprueba",
        "autoriza autorizas acepta aprobar aprobarlo autorizar autorizarme da dar darme doy "
        "dé tengo cuento",
        "contar confirmación aprobación permiso autorización visto bueno consentimiento "
        "conformidad",
        "bien correcto correctos correcta correctas acuerdo conforme ok okay vale exacto perfecto",
        "adecuado conveniente cierto verdad sí seguro segura listo orden claro entendido entendí",
        "anotado comprendido correctamente he así que de en con para a por como si y ya ahora",
        "entonces llevar cabo lleve llevo encargue encargo ocupe ocupo cuadra encaja",
        "operación gestión datos lo mismo quería necesita pedía pidió ha pedido solicitado deseaba",
        "avanzo avanzar avance avanzamos paso pase pongo marcha dejo deje dejamos hecho trámite",
        "favor señor señora cerramos completo complete finalizo muy dígame indíqueme avíseme "
        "necesito quedo espera confírmeme",
    ),
    agrees=phrases(
        r"(?:debo|puedo|podría|debería|podemos|podríamos)(?= |$)",
        r"(?:lo |la |los |las |se lo |se la |se los |se las |le |me )*(?:hago|hacemos|hagamos|"
        r"procedo|procedemos|"
        r"procedamos|sigo|seguimos|continúo|continuamos|tramito|tramitamos|gestiono|"
        r"gestionamos|realizo|ejecuto|"
        r"efectúo|confirmo|confirmamos|avanzo|avanzamos|encargo|ocupo|llevo)(?= |$)|adelante",
        r"(?:quiere|desea|quisiera|querría|quieres|deseas|le gustaría|te gustaría)(?: "
        r"usted)?(?= |$)",
        r"(?:le|te|les|os) (?:parece|parecería|viene|vendría|va|iría|queda|quedaría|suena|"
        r"sirve|conviene|cuadra|"
        r"encaja)",
        r"(?:confirma|confirmas|aprueba|autoriza|autorizas|acepta)(?: usted)?(?= |$)|(?:puede|"
        r"podría|puedes|podrías|quiere) (?:usted )?"
        r"(?:me )?(?:lo )?(?:confirmar|confirmarlo|confirmármelo|confirmarme|aprobar|"
        r"aprobarlo|autorizarme)",
        r"(?:es|está|estaría|sería|son|queda|están|todo|así|esté) (?:(?:todo|esto|eso|así|"
        r"usted|muy|lo|todos|los|datos) )*"
        r"(?:bien|correcto|correctos|correcta|correctas|acuerdo|de acuerdo|conforme|ok|okay|"
        r"exacto|perfecto|"
        r"cierto|verdad|segur[oa]|listo|en orden|así|eso|claro)|de acuerdo|está bien",
        r"(?:es|sería) (?:(?:eso|esto|así) )?lo que (?:usted )?(?:me )?(?:quiere|desea|"
        r"necesita|quería|deseaba|"
        r"pedía|pidió|ha pedido|solicitaba|ha solicitado|quieres)",
        r"(?:lo )?dejamos así|(?:bien|correcto|conforme|vale|ok|okay|exacto|perfecto|sí|"
        r"verdad|cierto|acuerdo)$|(?:cierto|correcto|"
        r"conforme|vale|verdad|bien)(?= así$)",
        r"(?:tengo|cuento con|me da|da|dar|darme|contar con) su (?:confirmación|aprobación|"
        r"permiso|autorización|visto bueno|"
        r"consentimiento|conformidad|ok|okay)|(?:su )?(?:visto bueno|confirmación|conformidad)$",
        r"(?:lo he|le he|he) (?:entendido|anotado|comprendido)|(?:lo |le )?entendí",
    ),
    requests=phrases(
        r"(?:(?:entonces|así que|y|por favor|solo|sólo|necesito|necesitaría|me falta|falta|"
        r"espero|quedo a la espera "
        r"de|quedo pendiente de|dígame|dime|indíqueme|avíseme|hágame saber|con) )*(?:(?:por "
        r"favor|me|lo|que|su|solo|"
        r"si|me lo|de|la) )*(?:confirme|confírmeme|confírmemelo|confírmelo|confirmarme|"
        r"confirmármelo|confirmación|"
        r"visto bueno|conformidad|autorización|confirma|autorice|dígame|indíqueme)(?: (?:por|"
        r"favor|si|que|está|"
        r"todo|es|bien|correcto|de|acuerdo|le|parece|va|lo|hago|así|eso|esto|conforme|puedo|"
        r"proceder|hacerlo|"
        r"para|continuar|ello|seguir|adelante|y|procedo|usted|desea|quiere|haga|proceda|sí|"
        r"queda|viene))*",
        r"(?:por favor )?dígame (?:que )?sí y (?:lo hago|procedo|lo tramito|me pongo con "
        r"ello)(?: por usted)?",
        r"(?:por favor )?(?:dígame|dime|indíqueme|avíseme|hágame saber|hágamelo saber|me dice|"
        r"me avisa) si(?: (?:le|"
        r"parece|bien|está|de|acuerdo|conforme|es|correcto|todo|lo|hago|puedo|proceder|"
        r"procedo|hacerlo|va|así|"
        r"quiere|desea|que|haga|proceda|continuar|continúo|seguir|adelante|sigo|usted|y|ello|"
        r"con|por|favor|ok))+",
    ),
    openers=phrases(
        r"(?:debo|puedo|podría|debería|podemos|podríamos)(?: (?:entonces|ya|proceder a|yo))*",
        r"(?:me |le |te |lo |usted )*(?:quiere|desea|quisiera|querría|quieres|deseas|gustaría|"
        r"parece bien|parece|parecería bien|va bien|viene bien|"
        r"está de acuerdo|está conforme|estaría de acuerdo|confirma|confirmas|autoriza|"
        r"autorizas|acepta|aprueba|"
        r"puede confirmar|puede confirmarme|podría confirmar|podría confirmarme|permite)(?: "
        r"(?:usted|entonces|en|con|"
        r"a))*(?: (?:que (?:yo|nosotros)|que|si))?(?: (?:quiere que|desea que|desea|quiere|"
        r"debo|puedo))*",
        r"(?:tengo|cuento con|me da) su (?:permiso|autorización|visto bueno|conformidad|"
        r"consentimiento|confirmación|ok) "
        r"para",
        r"(?:es|sería) correcto que|es lo correcto|entonces (?:quiere|desea)(?: que)?",
    ),
    first_person="o",
)

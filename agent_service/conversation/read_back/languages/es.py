"""Spanish."""

from agent_service.conversation.read_back.inflection import groups, in_phrases, spanish
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

_VALUES = {
    word: value
    for value, word in enumerate(row(
        "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece "
        "catorce quince dieciseis diecisiete dieciocho diecinueve veinte veintiuno "
        "veintidos veintitres veinticuatro veinticinco veintiseis veintisiete veintiocho "
        "veintinueve"))
} | {
    "un": 1, "una": 1, "veintiun": 21, "veintiuna": 21, "treinta": 30, "cuarenta": 40,
    "cincuenta": 50, "sesenta": 60, "setenta": 70, "ochenta": 80, "noventa": 90, "cien": 100,
    "ciento": 100, "mil": 1000,
}  # fmt: skip
_HUNDREDS = row("doscient trescient cuatrocient quinient seiscient setecient ochocient novecient")
_MONTHS = row(
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
)

_VERBS = """
cancelar; anular / cancelación, anulación
reembolsar / reembolso
cambiar; canjear / cambio, canje
sustituir:sustituy; reemplazar / sustitución, reemplazo
devolver:devuelv:devuelt / devolución
enviar:enví; mandar; remitir / envío
entregar / entrega
abrir::abiert; crear / apertura, creación
reservar / reserva
concertar:conciert; agendar; programar / programación
cambiar; mover:muev; trasladar; pasar; mudar / cambio, traslado
modificar; cambiar / modificación, cambio
aplazar; posponer / aplazamiento
actualizar / actualización
bloquear / bloqueo
desbloquear / desbloqueo
renovar:renuev / renovación
prorrogar; ampliar:amplí; prolongar; extender:extiend / prórroga, ampliación, extensión
activar / activación
desactivar / desactivación
cerrar:cierr / cierre
terminar; finalizar / finalización
suspender; pausar / suspensión, pausa
añadir; agregar
quitar; eliminar; retirar; borrar / eliminación
pedir:pid; encargar / pedido, encargo
pagar / pago
transferir:transfier / transferencia
cargar; cobrar / cargo, cobro
abonar; ingresar / abono, ingreso
aumentar; subir / aumento
reducir; bajar; disminuir / reducción
registrar; inscribir::inscrit / registro, inscripción
desviar:desví; redirigir:redirij / desvío
recargar / recarga
confirmar:confirm / confirmación
reportar; notificar / reporte
reparar; arreglar / reparación
restablecer; reiniciar / restablecimiento
llamar / llamada
devolver la llamada
dar+doy+dé
poner::puest+pongo+ponga+pondré+pondría
contratar / contratación
dar:d:dad de baja+doy de baja+dé de baja+demos de baja / baja
dar:d:dad de alta+doy de alta+dé de alta / alta
solicitar / solicitud
anotar; apuntar
comprar / compra
alquilar / alquiler
"""

_DO = (
    r"(?:(?:lo |la |los |las |se lo |así |eso |esto )*(?:haga|hago|hacer|hacerlo|procedo|"
    r"proceda|proceder|continúe|continúo|continuar|siga|sigo|seguir|realice|realizarlo|"
    r"tramite|tramito|tramitarlo|gestione|gestiono|lo haga|efectúe|confirme|ejecute|"
    r"llevarlo a cabo|lleve a cabo|lo lleve a cabo)(?: adelante| con ello| con eso|"
    r" con esto| así| eso| esto| la operación| con la operación| con la gestión)*(?: ya|"
    r" ahora)?)"
)
_FINE = (
    r"(?:todo )?(?:bien|correcto|de acuerdo|conforme|así|eso|ok|okay|exacto|perfecto|"
    r"en orden|cierto|lo que (?:quiere|desea|quería|necesita|quieres|ha pedido|solicita|"
    r"pide))"
)

SPANISH = Language(
    tag="es",
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
        cues=frozenset({"a las", "a la", "para las", "hacia las", "las", "la"}),
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
        "con": Role.WITH,
        "en": Role.AT,
        "sobre": Role.AT,
    },
    idle=words(
        "el la los las lo su sus tu tus usted ustedes le les te os se yo y e que voy vamos va",
        "puedo podría podríamos ello entonces",
    ),
    rates=phrases("cada(?= (?:mes|año|semana|día|noche|hora))"),
    joints=words("y e"),
    callers=words("usted ustedes tú"),
    addressed=words(""),
    pointers=words("ese esa esos esas este esta estos estas dicho dicha dichos dichas"),
    articles=words("un una"),
    determiners=words("el la su tu del al"),
    labels=phrases(
        "(?:con )?(?:el )?(?:número|numero)", "num", "nr", "nro", "código postal", "día"
    ),
    ending=phrases(
        "(?:que )?(?:termina|acaba|terminan|acaban|finaliza) (?:en|con|por)",
        "(?:terminad|acabad|finalizad)[oa]s? (?:en|con|por)",
        "con terminación(?: en)?",
        "cuyos últimos dígitos son",
        "con final(?: en)?",
    ),
    openings=words("hasta antes despues entre sin salvo bajo"),
    synonyms={
        "dr": "doctor",
        "dra": "doctora",
        "sr": "señor",
        "sra": "señora",
        "srta": "señorita",
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
        "sr ": "señor",
        "tfno": "telefono",
    },
    short=words("dr dra sr sra srta av avda c no tel prof"),
    titles=words("dr dra doctor doctora sr sra senor senora srta señor señora don dona"),
    endings=frozenset({("", "s"), ("", "es"), ("z", "ces")}),
    verbs=groups(_VERBS, in_phrases(spanish)),
    trades=words("cambiar canjear sustituir reemplazar"),
    inflect=spanish,
    is_verb_last=False,
    passive=phrases(
        r"(?:será|sería|serán|serían|quedará|quedaría|quedarán|quedarían)",
        r"(?:va|van|debe|deben|debería|puede|podría) a? ?(?:ser|quedar)",
    ),
    light=phrases(
        r"(?:hago|hacer|haré|haría|realizo|realizar|realizaré|realizaría|efectúo|efectuar|"
        r"tramito|tramitar|gestiono|gestionar|programo|programar|agendo|agendar|procedo a|"
        r"procederé a|proceder a|procedo con|procederé con|proceder con|solicito|solicitar)"
        r"(?: la| el| una| un| su| a la| al)*",
    ),
    leads=phrases(
        r"(?:solo |sólo |entonces |y |bueno |bien |vale )*(?:(?:para|por|a modo de|como|le|"
        r"se lo|déjeme|permítame|voy a|vamos a|quiero|quisiera|me gustaría|deje que|"
        r"déjeme que|permita que|necesito)(?: le| lo| se| me)* )?"
        r"(?:confirmar|confirmarlo|confirmarle|confirmo|confirme|confirmación|resumir|"
        r"resumirlo|resumo|resumen|resuma|recapitular|recapitulo|repetir|repito|repetirlo|"
        r"repetírselo|repita|verificar|verifico|comprobar|asegurarme|asegurarnos|"
        r"estar segur[oa]s?|que quede claro|repaso|repasar|repasemos|recapitulemos|"
        r"resumiendo|recapitulando|confirmando|aclarar|releer|leérselo)"
        r"(?: (?:de que|que|si|lo que) (?:todo está (?:correcto|bien|claro)|lo tengo "
        r"(?:bien|claro|correcto)|(?:lo|le) he (?:entendido|anotado) (?:bien|"
        r"correctamente)|he entendido bien|he entendido|haré|voy a hacer|entendí bien|"
        r"me ha pedido))?(?: (?:una vez más|otra vez|con usted|su solicitud|su petición|"
        r"de nuevo|la operación|todo|los datos|los detalles|rápidamente|brevemente|"
        r"un momento))*",
        r"(?:a ver )?(?:si )?(?:lo|le|la|se lo)? ?(?:he entendido|entendí|he comprendido|"
        r"entiendo|comprendí) (?:bien|correctamente)|a ver si (?:lo|le) (?:he )?"
        r"(?:entendido|tengo|entiendo) (?:bien|claro)|por lo que (?:entiendo|he entendido)|"
        r"según (?:entiendo|he entendido|lo que me ha pedido)",
        r"(?:muy bien|de acuerdo|vale|bien|perfecto|claro|claro que sí|por supuesto|"
        r"entonces|así que|bueno|pues|pues bien|ok|okay|entendido|en resumen|con gusto|"
        r"con mucho gusto|sí|comprendo|entiendo|correcto|a ver|en ese caso|una vez más|"
        r"de nuevo|listo|cómo no|estupendo|genial|es decir|o sea|exacto|anotado|tomo nota|"
        r"en efecto|sin problema|ningún problema|no hay problema|veamos|en otras palabras|"
        r"muy bien entonces|excelente|encantad[oa]|confirmación|resumen|su solicitud|"
        r"como ha pedido)(?: entonces| pues)?",
        r"(?:muchas )?gracias(?: por (?:esperar|su espera|la espera|su paciencia|llamar|"
        r"su llamada|la información|los datos))?",
        r"(?:justo )?antes de (?:hacerlo|continuar|nada|proceder|seguir|empezar|"
        r"hacer nada)|puedo (?:hacerlo|hacer eso|ocuparme de eso)(?: por usted)?",
        r"(?:esto|esto es lo|eso es lo|lo) que (?:voy a hacer|haré|haría|he entendido|"
        r"tengo)(?: es)?(?: lo siguiente)?|(?:haré|haría|voy a hacer) lo siguiente",
    ),
    frames=phrases(
        r"(?:yo )?(?:voy a|vamos a|iría a|puedo|podría|podemos|procedo a|procederé a|"
        r"procedería a|procederemos a|estoy por|quiero|quisiera|me dispongo a|"
        r"estoy a punto de|pasaré a|debo|tengo que)(?: entonces| proceder a)*",
        r"(?:usted )?(?:quiere|desea|quisiera|querría|me pide|me ha pedido|ha pedido|"
        r"solicita|le gustaría)(?: entonces)?(?: que)?(?: le| yo| se)?",
        r"se (?:va|van|procederá|procede|procedería) a|se le va a|le voy a|se lo voy a|lo voy a",
        r"(?:se trata de|es decir|o sea|esto es|eso es|eso sería|serían|sería|son|eso son|"
        r"hablamos de|es|a saber|consiste en)(?: pues)?",
        r"(?:en total|(?:por|con|de) un (?:total|importe|valor|precio|coste)(?: total)? de|"
        r"por (?:valor|importe|el importe|un total|el valor|la cantidad) de|por la suma de|"
        r"un total de|el (?:total|importe) (?:es|sería|será) (?:de)?|con un coste de|"
        r"por un precio de|a un precio de)",
        r"para usted|como (?:me pidió|pidió|solicitó|ha pedido)|en su nombre|entonces|que "
        r"(?:contiene|incluye|lleva)|con los artículos|compuesto (?:de|por)|pues|por favor",
    ),
    whole=phrases(
        "(?:enter[oa]|complet[oa]|por completo|todo|íntegramente|en su totalidad|todo el pedido)"
    ),
    quoting=phrases(
        r"(?:con|bajo|usando) (?:el |la |las |este |esta |estas )?(?:texto|mensaje|"
        r"palabras|asunto|título|nota|descripción|siguiente texto|leyenda|frase)"
        r"(?: siguientes?| de| que dice)?",
        r"(?:que|donde|en el que|en la que) (?:diga|dice|dirá|ponga|pone|se lee|indique|"
        r"indica|rece)|diciendo|titulad[oa]|indicando|sobre|asunto|texto|porque|y el "
        r"(?:texto|asunto) (?:es|será|sería)|textualmente|literalmente|cuyo (?:texto|"
        r"asunto) es|con esto|así",
    ),
    own_words=phrases(r"con (?:el|la) (?:texto|asunto|mensaje|nota)", "porque"),
    questions=closing(
        rf"(?:debo|puedo|podría|debería|podemos)(?: {_DO})",
        r"(?:quiere|desea|quisiera|querría|le gustaría|prefiere|quieres|te gustaría|"
        rf"le parece bien|le parece|está de acuerdo en) que(?: yo)?(?: {_DO})",
        r"(?:quiere|desea) (?:usted )?(?:continuar|seguir adelante|proceder|hacerlo|que sea así)",
        r"(?:le|te|os) (?:parece|viene|va|queda|suena|parecería|vendría)(?: todo| esto|"
        r" eso| así| a usted)* (?:bien|correcto|adecuado|ok|conveniente)(?: así| eso| esto|"
        r" a usted| si lo hago)*",
        r"(?:es|está|estaría|sería|esto es|eso es|todo está|está todo|es todo|es esto|"
        rf"es eso|son correctos)(?: todo| así| esto| eso| usted| los datos)* {_FINE}"
        r"(?: así| para usted| con esto| con ello| con eso| esto| eso| que lo haga|"
        r" que proceda| que continúe| todo| si lo hago| si procedo)*",
        r"(?:me )?(?:lo )?(?:confirma|aprueba|autoriza|acepta|confirmas)(?: usted| eso|"
        r" esto| que es correcto| que lo haga| así)*",
        r"(?:me )?(?:lo )?(?:puede|podría|puedes|podrías|quiere) (?:usted )?(?:confirmar|"
        r"confirmarlo|confirmármelo|confirmarme|aprobarlo)(?: eso| esto| por favor|"
        r" que es correcto)*",
        r"(?:tengo|cuento con|me da|puedo contar con) su (?:confirmación|aprobación|"
        r"permiso|autorización|visto bueno|consentimiento|conformidad|ok)(?: para "
        r"(?:hacerlo|proceder|continuar|ello))?",
        r"(?:lo he|le he|he|lo) (?:entendido|anotado|entendí|comprendido) (?:bien|"
        r"correctamente)|está (?:usted )?segur[oa](?: de (?:ello|eso|esto|que lo haga))?",
        r"(?:estaría|está|estás|estarías) (?:usted )?de acuerdo(?: con (?:esto|eso|ello)|"
        r" en que (?:lo haga|proceda|continúe))?",
        r"(?:es|sería) (?:eso|esto|así) (?:lo que (?:quiere|desea|necesita|quería)|correcto)",
    ),
    tags=closing(
        r"(?:(?:y )?(?:lo |la |los |las |se lo )?(?:hago|procedo|sigo adelante|sigo|"
        r"confirmo|continúo|tramito|gestiono|realizo|ejecuto)(?: así| adelante| con ello|"
        r" con esto| entonces| ya)*|de acuerdo|está bien(?: así)?|le parece(?: bien)?|"
        r"vale|correcto|es correcto|bien|conforme|sí|ok|okay|confirma(?: usted)?|"
        r"me confirma|todo bien|todo correcto|está conforme|exacto|así está bien|adelante|"
        r"verdad|cierto|es así|de acuerdo con eso|puedo|le va bien|lo confirmo|"
        r"le viene bien|así)",
    ),
    openers=phrases(
        r"(?:debo|puedo|podría|debería|podemos)(?: entonces| ya| proceder a)*",
        r"(?:quiere|desea|quisiera|querría|le gustaría|le parece bien|está de acuerdo en|"
        r"quieres|confirma|me confirma|puede confirmar|puede confirmarme)(?: usted)?"
        r"(?: que)?(?: yo)?(?: quiere que| desea| quiere| debo| puedo)?",
    ),
    first_person="o",
)

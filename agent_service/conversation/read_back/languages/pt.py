"""Portuguese, of Brazil and of Portugal."""

from agent_service.conversation.read_back.inflection import groups, in_phrases, portuguese
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
        "zero um dois tres quatro cinco seis sete oito nove dez onze doze treze catorze "
        "quinze dezesseis dezessete dezoito dezenove"))
} | {
    "uma": 1, "duas": 2, "quatorze": 14, "dezasseis": 16, "dezassete": 17, "dezanove": 19,
    "vinte": 20, "trinta": 30, "quarenta": 40, "cinquenta": 50, "sessenta": 60, "setenta": 70,
    "oitenta": 80, "noventa": 90, "cem": 100, "cento": 100, "mil": 1000,
}  # fmt: skip
_HUNDREDS = row("duzent trezent quatrocent quinhent seiscent setecent oitocent novecent")
_MONTHS = row(
    "janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro"
)

_VERBS = """
cancelar; anular; desmarcar / cancelamento, anulação
reembolsar; ressarcir / reembolso
trocar; substituir:substitu / troca, substituição
devolver / devolução
enviar; mandar; remeter / envio
entregar::entregu / entrega
abrir::abert; criar / abertura, criação
reservar / reserva
marcar; agendar / marcação, agendamento
mudar; alterar; passar; transferir:transfir; mover; reagendar; remarcar / mudança, alteração
modificar; alterar; mudar / modificação, alteração
adiar / adiamento
atualizar; actualizar / atualização
bloquear:bloquei / bloqueio
desbloquear:desbloquei / desbloqueio
renovar / renovação
prolongar; prorrogar; estender / prolongamento, prorrogação, extensão
ativar; activar / ativação, activação
desativar; desactivar / desativação
fechar; encerrar / fechamento, fecho, encerramento
terminar; finalizar / finalização
suspender; pausar / suspensão, pausa
adicionar; acrescentar; incluir:inclu / adição, inclusão
remover; retirar; eliminar; excluir:exclu; apagar / remoção, eliminação, exclusão
pedir:peç; encomendar / pedido, encomenda
pagar / pagamento
transferir:transfir / transferência
debitar; cobrar / débito, cobrança
creditar / crédito
aumentar; subir / aumento
reduzir; baixar; diminuir:diminu / redução
registrar; registar; inscrever::inscrit / registro, registo, inscrição
desviar; encaminhar; redirecionar / desvio, encaminhamento
recarregar; carregar / recarga, carregamento
confirmar / confirmação
reportar; comunicar / reporte
reparar; consertar; arranjar / reparação, conserto, reparo
redefinir; repor / redefinição
ligar de volta; retornar a ligação
ligar; telefonar; chamar / ligação, chamada
solicitar; requisitar / solicitação
pôr+ponho+põe+ponha+porei+poria
dar+dou+dá+dê
anotar
comprar / compra
alugar / aluguel, aluguer
contratar / contratação
"""

_DO = (
    r"(?:(?:o |a |os |as |isso |isto |assim |em |com |que )*(?:faça|faço|fazer|fazê lo|"
    r"proceda|procedo|proceder|continue|continuo|continuar|avance|avanço|avançar|prossiga|"
    r"prossigo|prosseguir|siga|sigo|seguir|realize|realizo|realizar|efetue|efetuar|execute|"
    r"executar|trate|tratar|siga em frente|seguir em frente)(?: em frente| isso| isto|"
    r" assim| com isso| com isto| adiante| com o pedido| com a operação| disso| disto|"
    r" adiante com isso| mesmo)*(?: agora| já)?(?: por si| para você| para o senhor|"
    r" para a senhora)?)"
)
_FINE = (
    r"(?:tudo )?(?:bem|certo|correto|correcto|de acordo|ok|okay|bom|exato|exacto|assim|"
    r"isso|isto|isso mesmo|isto mesmo|certinho|em ordem|o que (?:quer|deseja|pretende|"
    r"queria|o senhor quer|a senhora quer|você quer|o senhor deseja|a senhora deseja|"
    r"você deseja|pediu))"
)
_YOU = r"(?:o senhor |a senhora |você |tu )?"

PORTUGUESE = Language(
    tag="pt",
    numerals=Numerals(
        values=_VALUES
        | {
            f"{stem}{end}": value * 100
            for value, stem in enumerate(_HUNDREDS, start=2)
            for end in ("os", "as")
        },
        links={"e": "tens"},
        thousand=words("mil"),
    ),
    ordinals={"primeiro": 1},
    months={month: value for value, month in enumerate(_MONTHS, start=1)},
    weekdays={
        f"{day}{more}": value
        for value, day in enumerate(row("segunda terca quarta quinta sexta"), start=1)
        for more in ("", " feira")
    }
    | {"sabado": 6, "domingo": 7},
    currencies={
        "real": "real",
        "reais": "real",
        "brl": "real",
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
        "francos": "franc",
        "chf": "franc",
    },
    cents=words("centavo centavos centimo centimos cent cents"),
    points=words("com virgula"),
    clock=Clock(
        cues=words("as"),
        hours=phrases("horas?", "h", "em ponto"),
        plus=words("e"),
        minus=phrases("menos"),
        quarter=phrases("(?:um )?quarto"),
        half=phrases("meia"),
        before=phrases("para as", "para a", "para o", "para"),
        noon=phrases("meio dia"),
        midnight=phrases("meia noite"),
        parts=(
            Part(phrases("da manhã", "de manhã", "pela manhã"), 0, 12),
            Part(phrases("da tarde", "de tarde", "à tarde", "pela tarde"), 12, 20),
            Part(phrases("da noite", "de noite", "à noite"), 18, 25),
            Part(phrases("da madrugada"), 0, 7),
        ),
    ),
    roles={
        "a": Role.TO,
        "à": Role.TO,
        "ao": Role.TO,
        "aos": Role.TO,
        "às": Role.TO,
        "para": Role.TOWARDS,
        "pra": Role.TOWARDS,
        "de": Role.FROM,
        "do": Role.FROM,
        "da": Role.FROM,
        "dos": Role.FROM,
        "das": Role.FROM,
        "por": Role.FOR,
        "pelo": Role.FOR,
        "pela": Role.FOR,
        "com": Role.WITH,
        "em": Role.AT,
        "no": Role.AT,
        "na": Role.AT,
        "nos": Role.AT,
        "nas": Role.AT,
        "num": Role.AT,
        "numa": Role.AT,
    },
    idle=words(
        "o os a as seu sua seus suas teu tua teus tuas você lhe eu e que vou vamos vai irei",
        "posso poderia podemos lo nós",
    ),
    rates=phrases("cada(?= (?:mês|ano|semana|dia|noite|hora))"),
    joints=words("e"),
    callers=words("você senhor senhora"),
    addressed=words(""),
    pointers=words("esse essa esses essas este esta estes estas aquele aquela desse dessa nesse"),
    articles=words("um uma"),
    determiners=words("o a seu sua teu tua do da ao à no na pelo pela"),
    labels=phrases("(?:com )?(?:o )?(?:de )?número", "nr", "cep", "código postal", "dia"),
    ending=phrases(
        "(?:que )?(?:termina|acaba|terminam|acabam) (?:em|com|por)",
        "(?:com )?final(?: em)?",
        "(?:terminad|acabad|finalizad)[oa]s? (?:em|com|por)",
        "com terminação(?: em)?",
        "cujos últimos dígitos são",
        "com o final(?: em)?",
    ),
    openings=words("ate antes depois entre sem exceto salvo sob desde"),
    synonyms={
        "dr": "doutor",
        "dra": "doutora",
        "sr": "senhor",
        "sra": "senhora",
        "gb": "giga",
        "gigas": "giga",
        "gigabytes": "giga",
        "gigabyte": "giga",
        "kg": "quilo",
        "av": "avenida",
        "r": "rua",
        "%": "porcento",
        "mensal": "mes",
        "mensais": "mes",
        "factura": "fatura",
    },
    short=words("dr dra sr sra av r prof tel n"),
    titles=words("dr dra doutor doutora sr sra senhor senhora prof professor dona"),
    endings=frozenset({("", "s"), ("", "es"), ("m", "ns"), ("l", "is"), ("ao", "oes")}),
    verbs=groups(_VERBS, in_phrases(portuguese)),
    trades=words("trocar substituir"),
    inflect=portuguese,
    is_verb_last=False,
    passive=phrases(
        r"(?:será|seria|serão|seriam|ficará|ficaria|ficarão|ficariam)",
        r"(?:vai|vão|deve|devem|deverá|pode|poderá) (?:ser|ficar)",
    ),
    light=phrases(
        r"(?:faço|fazer|farei|faria|realizo|realizar|realizarei|efetuo|efetuar|agendo|"
        r"agendar|marco|marcar|efetuarei|procedo|proceder|procederei|solicito|solicitar|"
        r"executo)(?: com| o| a| ao| à| um| uma| seu| sua)*",
    ),
    leads=phrases(
        r"(?:só |apenas |então |e |bom |bem |certo )*(?:(?:para|por|como|em|lhe|deixe me|"
        r"deixa eu|deixe eu|permita me|quero|gostaria de|vou|a|preciso de|preciso|queria)"
        r"(?: só| lhe| apenas| de)* )?"
        r"(?:confirmar|confirmo|confirmação|confirmando|resumir|resumindo|resumo|"
        r"recapitular|recapitulando|recapitulo|repetir|repetindo|repito|verificar|verifico|"
        r"conferir|garantir|ter a certeza|ter certeza|certificar me|me certificar|reler|"
        r"reconfirmar|(?:deixar|ficar) claro|que fique claro|esclarecer|ver se (?:entendi|"
        r"percebi) bem)"
        r"(?: (?:de que|que|se|o que) (?:está tudo (?:certo|bem|correto)|tudo está "
        r"(?:certo|correto)|(?:o |a )?(?:entendi|percebi|compreendi)(?: tudo)? (?:bem|"
        r"direito|corretamente)|vou fazer|farei|entendi|percebi))?(?: (?:mais uma vez|"
        r"de novo|com você|com o senhor|com a senhora|o seu pedido|seu pedido|os dados|"
        r"os detalhes|tudo|outra vez|consigo|novamente|rapidamente|brevemente))*",
        r"(?:certo|muito bem|tudo bem|está bem|está bom|tá bom|tá|bom|bem|ok|okay|então|"
        r"perfeito|claro|claro que sim|com certeza|entendi|entendido|percebi|compreendo|"
        r"ótimo|beleza|pois bem|de acordo|sim|em resumo|com todo o gosto|com prazer|pronto|"
        r"ora bem|pois|combinado|(?:vamos ver )?se (?:entendi|percebi|compreendi|"
        r"o entendi) bem|mais uma vez|novamente|ou seja|quer dizer|isto é|antes de "
        r"(?:avançar|continuar|fazer isso|prosseguir|começar)|antes disso|certamente|"
        r"anotado|está certo|sendo assim|nesse caso|vamos lá|é isso|sem problema|"
        r"sem problemas|não há problema|vejamos|por outras palavras|em outras palavras|"
        r"excelente|pelo que (?:entendi|percebi)|resumo|confirmação|o seu pedido|"
        r"como pediu|deixe ver se percebi bem)(?: então)?",
        r"(?:muito )?obrigad[oa](?: (?:por|pela|pelo) (?:aguardar|esperar|espera|"
        r"sua espera|sua paciência|paciência|ligar|ter aguardado|ter esperado|contacto|"
        r"contato|sua ligação))?",
        r"(?:isto é |isso é |eis |aqui está )?o que (?:vou fazer|farei|faria|entendi|"
        r"percebi)(?: é)?(?: o seguinte)?|(?:vou fazer|farei|faria) o seguinte|posso "
        r"(?:fazer isso|tratar disso)(?: por si| para você)?",
    ),
    frames=phrases(
        r"(?:eu )?(?:vou|vamos|irei|iria|posso|poderia|podemos|pretendo|quero|gostaria de|"
        r"procedo a|procederei a|passo a|estou prestes a|devo|preciso)(?: então| agora|"
        r" proceder a| proceder à)*",
        rf"{_YOU}(?:quer|deseja|gostaria|pretende|pediu|pede|solicitou|me pediu|pediu me|"
        r"quer então)(?: então)?(?: que| para| de que)?(?: eu)?",
        r"(?:trata se|tratando se) (?:de|do|da)|ou seja|isto é|quer dizer|são|seria|seriam|"
        r"é|isso é|a saber|está se falando de|consiste em",
        r"(?:no total|(?:por|num|no|em um|com um|com o|de um) (?:total|valor|montante|"
        r"preço|custo)(?: total)? de|no valor(?: total)? de|pelo (?:valor|preço|"
        r"montante) de|um total de|o (?:total|valor) (?:é|seria|será|fica)(?: de| em)?|"
        r"na quantia de|ao todo|ao preço de|totalizando)",
        r"para (?:você|si|o senhor|a senhora)|o senhor|a senhora|como (?:pediu|solicitou|"
        r"solicitado|pedido)|em seu nome|então|que (?:contém|inclui)|contendo|"
        r"com os artigos|composto por|com os itens|por favor",
    ),
    whole=phrases(
        "(?:tudo|inteiro|inteira|por completo|por inteiro|completamente|na totalidade|"
        "na íntegra|o pedido todo|todo)"
    ),
    quoting=phrases(
        r"(?:com|sob|usando) (?:o |a |as |este |esta |estas |esse |os )?(?:texto|mensagem|"
        r"palavras|assunto|título|nota|descrição|seguinte texto|frase|dizeres|"
        r"seguinte mensagem|seguintes palavras)(?: seguintes?| de| que diz)?",
        r"(?:que|onde|em que|no qual|na qual) (?:diz|diga|dirá|está escrito|se lê|se leia|"
        r"indica|conste)|dizendo|a dizer|intitulad[oa]|indicando|sobre|assunto|texto|"
        r"porque|e o texto (?:é|será|seria)|textualmente|literalmente|assim",
    ),
    own_words=phrases(r"com (?:o|a) (?:texto|assunto|mensagem|nota)", "porque"),
    questions=closing(
        rf"(?:posso|devo|poderia|podemos|deveria)(?: eu)?(?: então)?(?: {_DO})",
        rf"{_YOU}(?:quer|deseja|gostaria|pretende|queres|prefere|concorda em|concorda|"
        r"autoriza|confirma|está de acordo)(?: o senhor| a senhora| você)? (?:que|de que|"
        rf"para que|em que)(?: eu)?(?: {_DO})",
        rf"{_YOU}(?:quer|deseja|gostaria de|pretende) (?:continuar|avançar|prosseguir|"
        r"seguir em frente|proceder)(?: assim)?",
        r"(?:(?:está|fica|estaria|parece lhe|parece|soa|ficaria|tá)(?: tudo| isso| isto|"
        r" lhe| assim| para você| para si)* (?:bem|certo|correto|correcto|bom|ok|de acordo|"
        r"em ordem|certinho|ok)(?: assim| para você| para si| para o senhor|"
        r" para a senhora| tudo| isso| isto| por si| se eu fizer isso| se avançar)*)",
        r"(?:é|está|seria|isso é|isto é|tudo está|está tudo)(?: tudo| isso| isto|"
        rf" assim)* {_FINE}(?: assim| que (?:quer|deseja|pretende|você quer|o senhor quer|"
        r"a senhora quer|o senhor deseja|a senhora deseja|você deseja)| para si|"
        r" para você| mesmo| se eu fizer isso)*",
        rf"{_YOU}(?:me |o )?(?:confirma|aprova|autoriza|aceita|concorda|confirmas)(?: isso|"
        r" isto| com isso| com isto| tudo| me| que eu faça isso| para mim| o pedido)*",
        rf"{_YOU}(?:me )?(?:pode|poderia|podes|podia|consegue) (?:me )?(?:confirmar|"
        r"confirmar me|confirmá lo|aprovar)(?: isso| isto| por favor| para mim| me| tudo)*",
        r"(?:tenho|posso ter|me dá|dá me|tenho então) (?:a sua|o seu|sua|seu) "
        r"(?:confirmação|autorização|aprovação|permissão|consentimento|ok|acordo|aval)"
        r"(?: para (?:avançar|continuar|prosseguir|fazer isso|isso))?",
        rf"{_YOU}(?:está|estaria|concorda|tem a|tem) (?:de acordo|certeza|segur[oa]|"
        r"com isso|com isto)(?: com isso| com isto| disso| que eu faça isso|"
        r" de que quer isso)?",
        r"(?:entendi|percebi|compreendi|anotei) (?:bem|corretamente|direito|certo)|pode ser"
        r"(?: assim| isso)?|é isso mesmo(?: que (?:quer|deseja))?|é (?:isso|isto|assim) "
        r"(?:que|mesmo que) (?:quer|deseja|pretende|o senhor quer|a senhora quer|você quer|"
        r"o senhor deseja|a senhora deseja)",
    ),
    tags=closing(
        r"(?:(?:eu )?(?:faço|avanço|procedo|confirmo|prossigo|continuo|sigo|executo|trato|"
        r"vou em frente|sigo em frente)(?: isso| isto| assim| com isso| em frente| então|"
        r" já| disso)*|de acordo|certo|está bem|está certo|tudo bem|tudo certo|tá bom|tá|"
        r"ok|okay|correto|correcto|pode ser|sim|bem|combinado|confirma|confirmado|"
        r"está bom|beleza|posso|podemos|é isso|é isso mesmo|isso mesmo|concorda|fechado|"
        r"tudo ok|tudo correto|certo assim|é assim)",
    ),
    openers=phrases(
        r"(?:posso|devo|poderia|podemos|deveria)(?: eu)?(?: então| já| mesmo| proceder a|"
        r" avançar e)*",
        rf"{_YOU}(?:quer|deseja|gostaria|pretende|concorda|está de acordo|autoriza|queres|"
        r"confirma|pode confirmar)(?: então)?(?: em)?(?: que| de que| para)?(?: eu)?"
        r"(?: quer| deseja| devo| posso)?",
    ),
    first_person="o",
)

"""Portuguese, of Brazil and of Portugal."""

from agent_service.conversation.read_back.inflection import groups, in_phrases, portuguese
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
from agent_service.conversation.read_back.small_talk.pt import PORTUGUESE_TALK
from agent_service.number_words import cardinal

_VALUES = {
    cardinal(value, "pt"): value for value in (*range(20), *range(20, 100, 10), 100, 1000)
} | {
    "uma": 1, "duas": 2, "quatorze": 14, "dezasseis": 16, "dezassete": 17, "dezanove": 19,
    "cento": 100,
}  # fmt: skip
_HUNDREDS = row("duzent trezent quatrocent quinhent seiscent setecent oitocent novecent")
_MONTHS = row(
    "janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro"
)

_VERBS = """
cancelar; anular; desmarcar; rescindir / cancelamento, anulação, rescisão, desmarcação
cancelar; encerrar; rescindir; terminar / encerramento, rescisão, término
reembolsar; ressarcir; estornar / reembolso, estorno, ressarcimento
trocar; substituir:substitu / troca, substituição
trocar; mudar; alterar / troca, mudança, alteração
devolver / devolução
enviar; mandar; remeter; despachar / envio, despacho
entregar::entregu / entrega
abrir::abert; criar; registrar; registar; apresentar; submeter / abertura, criação, registro, \
registo, apresentação
reservar; marcar; agendar / reserva
marcar; agendar; reservar; programar / marcação, agendamento
mudar; passar; alterar+muda+mudam+mudará+mudarão+passa+passam+passará+passarão; \
transferir:transfir; mover; reagendar; remarcar; reprogramar; adiar; postergar / mudança, \
alteração, transferência, remarcação, reagendamento, reprogramação
remarcar; reagendar; adiar; postergar / remarcação, reagendamento, adiamento
modificar; alterar; mudar; corrigir / modificação, alteração, correção
adiar; postergar / adiamento
atualizar; actualizar; alterar / atualização, actualização, alteração
bloquear:bloquei; congelar / bloqueio
desbloquear:desbloquei / desbloqueio
renovar / renovação
prolongar; prorrogar; estender; renovar; alargar / prolongamento, prorrogação, extensão, renovação
ativar; activar; habilitar / ativação, activação, habilitação
reativar; reactivar / reativação, reactivação
desativar; desactivar; desabilitar; desligar / desativação, desactivação, desabilitação
fechar; encerrar / fechamento, fecho, encerramento
terminar; finalizar / finalização
suspender::suspens; pausar; trancar; congelar / suspensão, pausa, trancamento, congelamento
adicionar; acrescentar; incluir:inclu; inserir:insir / adição, inclusão, inserção
remover; retirar; eliminar; excluir:exclu; apagar / remoção, eliminação, exclusão
pedir:peç; encomendar / pedido, encomenda
comprar; adquirir; encomendar; pedir:peç / compra, aquisição, encomenda
pagar; liquidar / pagamento, liquidação
transferir:transfir; passar; mover / transferência
transferir:transfir; enviar; mandar / transferência
depositar / depósito
debitar; cobrar / débito, cobrança
creditar / crédito
aumentar; subir+sobe+sobem; elevar / aumento, elevação
reduzir; baixar; diminuir:diminu / redução
registrar; registar; inscrever::inscrit; matricular / registro, registo, inscrição
desviar; encaminhar; redirecionar; redireccionar; reencaminhar / desvio, encaminhamento, \
redirecionamento, reencaminhamento
recarregar; carregar / recarga, carregamento
confirmar / confirmação
reportar; comunicar; participar / reporte, comunicação, participação
reparar; consertar; arranjar / reparação, conserto, reparo
redefinir; repor; reiniciar / redefinição, reposição
ligar de volta; telefonar de volta; chamar de volta; retornar a ligação; ligar; telefonar
ligar; telefonar; chamar / ligação, chamada, telefonema
solicitar; requisitar / solicitação, requisição
pôr+ponho+põe+porei+poria
dar+dou+dá
anotar; registrar; registar; lançar; apontar; inserir:insir; introduzir / anotação, registro, \
registo, lançamento
alugar; arrendar / aluguel, aluguer, arrendamento
contratar; subscrever / contratação, subscrição
levantar; buscar; retirar; recolher / levantamento, retirada, recolha
emitir / emissão
instalar / instalação
associar; vincular / associação, vinculação
"""

PORTUGUESE = Language(
    tag="pt",
    repaying=words("devolver reembolsar"),
    until=words("até"),
    small_talk=PORTUGUESE_TALK,
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
        cues=words("as das"),
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
        "pro": Role.TOWARDS,
        "pras": Role.TOWARDS,
        "pros": Role.TOWARDS,
        "de": Role.FROM,
        "do": Role.FROM,
        "da": Role.FROM,
        "dos": Role.FROM,
        "das": Role.FROM,
        "por": Role.FOR,
        "pelo": Role.FOR,
        "pela": Role.FOR,
        "pelos": Role.FOR,
        "pelas": Role.FOR,
        "com": Role.WITH,
        "como": Role.AT,
        "durante": Role.FOR,
        "em": Role.AT,
        "no": Role.AT,
        "na": Role.AT,
        "nos": Role.AT,
        "nas": Role.AT,
        "num": Role.AT,
        "numa": Role.AT,
    },
    idle=words(
        "este esta estes estas esse essa seguinte seguintes",
        "o os a as seu sua seus suas teu tua teus tuas você lhe eu e que vou vamos irei",
        "posso podemos lo nós",
    ),
    silent=phrases(
        "(?:em|no|sob o|com o|a|ao) nome (?:de|da|do)|em nome|por conta (?:de|da|do)|a(?= partir )"
    ),
    rates=rates(
        month="(?:ao|por|cada) mês|mensa(?:l|is)|mensalmente",
        year="(?:ao|por|cada) ano|anua(?:l|is)",
        week="(?:à|por|cada) semana|semana(?:l|is)",
        day="(?:ao|por|cada) dia|diári[oa]s?",
        night="(?:por|cada) noite",
        hour="(?:por|à) hora",
        person="por pessoa",
    )
    | each(
        "por|o|a|ao|à|cada",
        "litro metro quilo(?:grama)? quilowatt_hora metro_quadrado minuto trimestre",
        "temporada quilómetro quilômetro tonelada visita sessão aula viagem página peça",
        "unidade quarto garrafa caixa saco entrega chamada exemplar",
    ),
    joints=words("e"),
    callers=words("você senhor senhora"),
    addressed=words(""),
    articles=words("um uma"),
    determiners=words(
        "este esta estes estas esse essa seguinte seguintes "
        "o a seu sua teu tua do da ao à no na pelo pela pelos pelas pro pra"
    ),
    labels=phrases("(?:com )?(?:o )?(?:de )?número", "nr", "cep", "código postal", "dia"),
    ending=phrases(
        "(?:que )?(?:termina|acaba|terminam|acabam) (?:em|com|por)",
        "(?:com )?final(?: em)?",
        "(?:terminad|acabad|finalizad)[oa]s? (?:em|com|por)",
        "com terminação(?: em)?",
        "cujos últimos dígitos são",
        "com o final(?: em)?",
    ),
    openings=words(
        "ate antes depois entre sem exceto salvo sob desde frente diante atras perto junto"
    ),
    letters=spelling(
        "be:b ce:c de:d efe:f ge:g gue:g aga:h jota:j ca:k ka:k ele:l eme:m ene:n pe:p "
        "que:q erre:r esse:s te:t ve:v xis:x ipsilon:y ze:z"
    ),
    dashes=words("traco hifen"),
    digits={"meia": 6},
    synonyms=ranks(
        "primeiro,primeira segundo,segunda terceiro,terceira quarto,quarta quinto,quinta",
        "sexto,sexta setimo,setima oitavo,oitava nono,nona decimo,decima",
    )
    | {
        "dr": "doutor",
        "d": "dona",
        "sr": "senhor",
        "sra": "senhora",
        "dra": "doutora",
        "gb": "giga",
        "gigas": "giga",
        "gigabytes": "giga",
        "gigabyte": "giga",
        "kg": "quilo",
        "av": "avenida",
        "r": "rua",
        "%": "porcento",
        "apto": "apartamento",
        "ap": "apartamento",
        "mail": "email",
        "celular": "telemovel",
        "desde": "partir",
        "inicio": "partir",
        "comecando": "partir",
        "comecar": "partir",
        "comeca": "partir",
        "vigencia": "partir",
        "vigor": "partir",
        "contar": "partir",
        "efeito": "partir",
        "mensal": "mes",
        "mensais": "mes",
        "factura": "fatura",
    },
    short=words("d dr dra sr sra av r prof tel n"),
    titles=words("dr dra doutor doutora sr sra senhor senhora prof professor dona"),
    endings=frozenset({("", "s"), ("", "es"), ("m", "ns"), ("l", "is"), ("ao", "oes")}),
    verbs=groups(_VERBS, in_phrases(portuguese)),
    trades=words("trocar substituir"),
    inflect=portuguese,
    is_verb_last=False,
    passive=phrases(
        r"(?:será|seria|serão|seriam|ficará|ficaria|ficarão|ficariam|fica|ficam|fique|fiquem|seja|"
        r"sejam)(?: (?:então|assim|agora|feit[oa]s?|realizad[oa]s?|efetuad[oa]s?|executad[oa]s?|"
        r"processad[oa]s?|solicitad[oa]s?|emitid[oa]s?))*",
        r"(?:vai|vão|ia|iria|irá|irão|deve|devem|deverá|pode|poderá|poderia|possa|para) "
        r"(?:ser|ficar)"
        r"(?: (?:então|feit[oa]s?|realizad[oa]s?|efetuad[oa]s?|executad[oa]s?|processad[oa]s?))*",
    ),
    light=words(
        "faço fazer farei faria fazemos faremos realizo realizar realizarei realizaria efetuo",
        "efetuar efetuarei efetuaria efectuo efectuar executo executar executarei agendo",
        "agendar agendarei agendaria marco marcar marcarei marcaria processo processar",
        "processarei processaria solicito solicitar solicitarei solicitaria registro registrar",
        "registo registar providencio providenciar providenciarei emito emitir emitirei inicio",
        "iniciar iniciarei dou dar darei daria entrada",
    ),
    ways={
        "na data de": Role.AT,
        "com data de": Role.AT,
        "com destino a": Role.TO,
    },
    plain=words(
        "eu nós me mim nos você vocês te ti consigo comigo contigo si ele ela eles elas nosso",
        "nossa nossos nossas isso isto aquilo esse essa esses essas este esta estes estas",
        "aquele aquela desse dessa desses dessas deste desta destes destas disso disto nesse",
        "nessa neste nesta nisso nisto dele dela deles delas cujo cuja é são seria seriam será",
        "serão seja sejam ser sendo era eram está estão estou estamos estaria estar esteja",
        "estava fica ficam ficaria ficariam ficará ficarão ficar fique ficando ia iria iríamos",
        "vamos ir indo vem vêm virá posso podemos possa possamos devo devemos deva quero quer",
        "queremos queria quiser querendo desejo deseja desejamos desejar gostaria gostaríamos",
        "gostava pretendo pretende pretendemos pretendia preciso precisamos precisar peço pede",
        "pedimos pediu solicitou solicitado solicitada faço faz fazer farei faria fazemos",
        "faremos faríamos fazendo fazê procedo procede proceder procederei procederia",
        "procederemos prossigo prosseguir prosseguimos avanço avançar avançamos avançarei",
        "avançaria sigo seguir seguimos continuo continuar continuamos trato tratar tratarei",
        "trata cuido cuidar passo passamos passar passaria passa passam passará passarão começo",
        "começar comecemos efetuo efetuar executar realizar realizo providencio confirmo",
        "confirma confirmar confirme confirmamos confirmando confirmação reconfirmar reconfirmo",
        "resumo resumir resumindo resume resumidamente recapitulo recapitular recapitulando",
        "recapitulamos repito repetir repetindo repetimos repasso repassar repassando verifico",
        "verificar verificando verificamos checar checando checo confiro conferir conferindo",
        "confere conferimos revejo rever revendo reviso revisar revisando releio reler relendo",
        "leio ler lendo garantir garantindo garanto assegurar certificar certifico esclarecer",
        "esclarecendo esclareço digo diz dizer dizendo diga dizemos falo falar falando fala",
        "falamos explico ouvi ouço ouça escute oiça veja ver vejo vejamos vendo deixa deixe",
        "entendi entendo entender entendido olhe olha escuta entendida percebi percebo perceber",
        "percebido compreendo compreendi compreendido compreender penso acredito acho parece",
        "significa significaria corresponde correspondem correspondente correspondentes refere",
        "referente referentes relativo relativa relativos relativas respeito inclui incluem",
        "incluindo incluído incluída incluídos incluídas contém contêm contendo composto",
        "composta consiste consistem consistiria constam consta envolve compreende abrange",
        "torna tornam custa custam custará custaria custariam custando custo custos sai saem",
        "sairia sairá total totais totaliza totalizam totalizando valor valores preço preços",
        "montante quantia soma somam somando importância equivale equivalente dá dão daria",
        "detalhe detalhes dados",
        "informação informações data horário número números momento instante minutinho",
        "momentinho instantinho paciência espera favor gentileza texto mensagem palavras",
        "palavra assunto título descrição frase dizeres escrito escrita escrevo escrever",
        "escreverei escrevendo escreveria colocaria coloco colocando colocar colocarei ponho",
        "seguinte seguintes indicando indica intitulado intitulada constando conste lê leia",
        "cito textualmente literalmente solicitação procedimento operação ideia aqui aí ali cá",
        "lá eis então portanto assim agora enfim finalmente primeiramente seguida basicamente",
        "simplesmente exatamente exactamente precisamente propriamente corretamente",
        "correctamente direitinho direito certinho certinha bem bom boa ótimo ótima perfeito",
        "perfeita perfeitamente excelente maravilha beleza legal joia fixe certo certa certos",
        "certas certeza correto correcto correta correcta corretos exato exata exacto claro",
        "clara claros claramente certamente seguramente absolutamente pronto pronta prontinho",
        "feliz prazer gosto obrigado obrigada agradeço olá oi alô sim tá né ah ahn eh hum ora",
        "pois ok okay okey acordo combinado senhor senhora senhores dona moço moça aguarde",
        "aguardar aguardando aguardo espere esperar rapidamente brevemente rapidinho breve",
        "rápido rápida atualmente actualmente atual actual atuais juntos junto mesmo mesma",
        "inteiro inteira inteiros inteiras completo completa completamente totalidade integral",
        "integralmente totalmente respectivamente respetivamente especificamente concretamente",
        "pra pro pras pros dum duma conforme concordo concorda realmente efetivamente tranquilo",
        "dia pessoas pessoa período duração destino saindo dando show bacana massa "
        "ótimas entendida",
        "anotado anotada registado previsto prevista previstos previstas deverá deveria vale valem",
        "chega chegam totalizaria resultando perfazendo perfaz esperando refiro confirmando",
        "combinados forma maneira modo sentido suma",
    ),
    asides=phrases(
        r"(?:já )?tenho tudo(?: o que preciso| anotado| aqui)?|já (?:anotei|está|apontei"
        r"|tomei nota)(?: tudo)?|(?:então )?(?:fica|ficou|ficaria)(?: então)? assim",
        r"para ter a certeza(?: de que está tudo certo)?|tomei nota(?: do seguinte"
        r"| de tudo)?|trato já disso|eu trato disso",
        r"antes de (?:avançar|avançarmos|continuar|continuarmos|fazer (?:isso|isto|qualquer "
        r"coisa)|"
        r"prosseguir|prosseguirmos|começar|confirmar|concluir|finalizar|seguir|seguir em "
        r"frente|"
        r"proceder|"
        r"mexer em qualquer coisa|mais nada|tudo)|antes disso",
        r"(?:deixe ver |deixa ver |vamos ver |vejamos |ver |para ver )?se (?:eu )?(?:bem "
        r")?(?:o "
        r"|a |lhe )?(?:entendi|percebi|compreendi|entendo|percebo|"
        r"ouvi|anotei|peguei)(?: (?:bem|direito|corretamente|tudo|certo|direitinho|o|que|quer|"
        r"deseja|seu|pedido))*|"
        r"se não me engano|se não estou (?:enganado|enganada|em erro)",
        r"se (?:estiver|for|concordar|estiver tudo|tudo|isso|isto|não se importar|"
        r"não se importa|me permite|lhe parecer|assim)(?: (?:estiver|for|bem|bom|certo|tudo|de|"
        r"acordo|para|si|você|o|a|senhor|senhora|por|ok|concordar|concorda|correto|assim|"
        r"isso))*|se você (?:concordar|concorda|estiver de acordo)",
        r"não (?:se preocupe|há problema|tem problema|faz mal|há qualquer problema)|sem "
        r"(?:problemas?|dúvida|"
        r"qualquer problema|nenhum problema|stress)|nenhum problema|não tem de quê|de nada",
        r"(?:para|pra|de modo a|de forma a) (?:que )?(?:não (?:haja|haver|ter|termos|errar|"
        r"errarmos|ficar|restem|"
        r"ficarem|existam)|evitar|evitarmos|não restar)(?: (?:erros?|enganos?|mal|entendidos?|"
        r"dúvidas?|confusões|"
        r"confusão|equívocos?|problemas?|nenhum|nenhuma|qualquer|nada))*",
        r"(?:só|apenas|somente)(?= (?:para|pra|por|a|vou|deixa|deixe|queria|gostaria de|"
        r"preciso|"
        r"quero|uma) (?:lhe |eu |me |"
        r"de |rapida |rápida )?(?:confirm|reconfirm|recapitul|resum|repet|verific|confer|"
        r"garant|"
        r"ter|ficar|"
        r"deixar|me certif|certific|esclarec|rever|ver|checar|segurança|revis|repass|"
        r"assegurar|"
        r"ler|reler|"
        r"precauç|via das))",
        r"(?:só |apenas )?(?:um|um só|uns|1) (?:momento|instante|segundo|minuto|minutinho|"
        r"momentinho|instantinho|"
        r"segundinho|bocadinho|pouquinho)(?: só)?(?: por favor)?",
        r"(?:muito |muitíssimo )?obrigad[oa](?: (?:por|pela|pelo|de) (?:aguardar|ter "
        r"aguardado|"
        r"esperar|ter "
        r"esperado|espera|sua espera|sua paciência|paciência|ligar|ter ligado|contacto|"
        r"contato|"
        r"sua ligação|"
        r"contactar|entrar em contato|seu contato|informação|informações))?|muito (?:bem|bom|"
        r"obrigad[oa]|certo)",
        r"(?:para |de |que |do que |a |pelo que |pelo |conforme |segundo |de acordo com o que "
        r")?(?:eis |aqui está |isto é |isso é |é isso )?(?:o que|como|tudo o que|conforme) "
        r"(?:eu )?(?:você |o senhor |a senhora )?"
        r"(?:vou fazer|vamos fazer|farei|faria|faço|estou prestes a fazer|entendi|percebi|"
        r"compreendi|quer|deseja|"
        r"pretende|queria|(?:me )?pediu|pediu me|solicitou|solicitado|pedido|combinado|"
        r"combinamos|falamos|disse|"
        r"me disse|me pede|tenho aqui|eu vou fazer|iremos fazer|me foi pedido)(?: (?:é|seria|"
        r"será))?(?: (?:o "
        r"seguinte|isto|isso))?",
        r"(?:tenho|temos) (?:aqui|então|anotado|registado)(?: (?:que|o seguinte))?|(?:você |o "
        r"senhor |a senhora )?me pediu(?: (?:para|que))?|"
        r"(?:você |o senhor |a senhora )?(?:pediu|solicitou)(?: me| nos)?(?: (?:para|que))?",
        r"(?<!euros )(?<!dólares )em (?:reais|euros)|(?:por|com) (?:uma |a )?duração|"
        r"(?:(?<=pelo valor )|(?<=pelo preço )|(?<=ao preço )|(?<=ao custo )|(?<=ao valor )|"
        r"(?<= um custo )|(?<= um preço ))de|com destino|no período|para o período|na data",
        r"valendo|(?:com |em )?(?:vigência|vigor|efeito|efeitos|início)(?= (?:a partir|desde) )|"
        r"a partir(?= d[aeo] (?:sua |seu |minha )?cont)|"
        r"mais(?= (?:a |uma |os |as |o )?(?:caução|portes|taxa|frete|comissão|depósito|"
        r"sinal|entrega|"
        r"envio|iva|transporte|adicional) )|"
        r"(?:repito|repetir|repetindo|confirmar|confirmo|reler|resumir|"
        r"ler|recapitular) (?:de "
        r"novo|novamente)|uma (?:última|rápida) (?:verificação|confirmação)|um (?:breve "
        r")?resumo",
        r"(?:repetir|confirmar|confirmo|resumir|resumindo|conferir|verificar|rever|"
        r"recapitular|"
        r"revisar|checar|repassar|"
        r"reler|entendi|percebi|compreendi|anotei|ler|ficar|esclarecer|deixar) tudo(?: "
        r"(?:certo|"
        r"certinho|direitinho|"
        r"bem|claro))?|(?:que )?(?:está |esteja |fique |ficou )?tudo (?:está |esteja |fique "
        r")?(?:certo|bem|bom|claro|correto|correcto|ok|okay|em "
        r"ordem|certinho|direitinho|combinado|perfeito|entendido|anotado)|ao todo|no todo|"
        r"tudo "
        r"(?:isso|isto)|(?<=ria )tudo(?! (?:o|a|os|as) )|(?<=rei )tudo(?! (?:o|a|os|as) )|"
        r"(?<=ndo )tudo(?! (?:o|a|os|as) )|"
        r"tudo junto|por tudo|antes de tudo|antes de mais(?: nada)?|primeiro que tudo|em "
        r"primeiro lugar",
        r"(?:são |seriam |temos |há |vou fazer |faço |farei )?(?:duas|três|quatro|2|3|4) "
        r"(?:coisas|operações|ações|acções|alterações|"
        r"etapas|partes|passos|solicitações|mudanças)(?: (?:aqui|então))?",
        r"(?:(?:por|com|num|a|em|no|pelo|ao)(?: um| o)?|um|o)(?= (?:valor|total|preço|montante|"
        r"custo)(?: total)? (?:(?:é|seria|será|fica|dá) )?(?:de|em) )|(?:na|pela) (?:quantia|"
        r"importância) de|"
        r"no total|em total",
        r"primeiro(?= (?:eu|vou|"
        r"irei) )|"
        r"já(?= a partir )|"
        r"ou seja|isto é|quer dizer|a saber|por outras palavras|em outras palavras|noutras "
        r"palavras|palavra por palavra|"
        r"por extenso|sendo assim|dito isto|trata se|tratando se|tratar se ia|tratar se á|"
        r"(?:me|"
        r"eu me) certific[oa]r?|certificar me|certifico me|"
        r"claro que sim|com (?:certeza|todo (?:o )?(?:gosto|prazer)|prazer|muito gosto)|está "
        r"(?:bem|bom|certo|combinado)|"
        r"vamos lá|pois (?:bem|é|claro|não)|ora bem|por si|em seu nome(?! )|por (?:inteiro|"
        r"completo)|na (?:íntegra|totalidade)|"
        r"da minha parte|da nossa parte|em frente|(?:ir|vou|vamos|seguir|sigo|ande|levar) "
        r"(?:em "
        r"frente|adiante|avante)|por via das "
        r"dúvidas|via das dúvidas|é só (?:confirmar|isso)|o (?:que|seguinte) é(?: o "
        r"seguinte)?|"
        r"se (?:lê|leia)|"
        r"eu (?:poderia|podia|deveria)|(?<!você )(?<!senhor )(?<!senhora )(?:vai|irá|irão|"
        r"vão)|"
        r"bo[am] (?:tarde|noite|dia)|n(?:est|ess)e caso|"
        r"(?<=que )(?:(?:eu |nós )?(?:faça|proceda|siga|prossiga|continue|avance|execute|"
        r"efetue|"
        r"realize|dê)(?: (?:com|à|ao|a))?)|"
        r"(?<=que eu )(?:faça|proceda|siga|prossiga|continue|avance|execute|efetue|"
        r"realize)(?: "
        r"(?:com|à|ao))?|"
        r"na mesma página|no mesmo entendimento|é (?:assim|isso|isto)|que fique claro|"
        r"para que "
        r"fique claro",
        r"(?<= )porque(?= (?:posso (?:fazer|avançar|continuar|prosseguir|confirmar|seguir|"
        r"proceder|ir)|posso$|confirma|"
        r"tudo (?:bem|certo)|está (?:bem|certo|correto|de acordo|bom|tudo)|pode ser|quer "
        r"que eu "
        r"(?:faça|avance|prossiga)|de acordo|"
        r"certo|você confirma|o senhor confirma|a senhora confirma|concorda)|$)",
    ),
    classes=words(
        "conta contas cartão plano pedido reserva encomenda consulta bilhete contrato assinatura",
        "morada endereço pacote apólice empréstimo produto artigo modelo tamanho linha cidade rua",
        "matrícula processo serviço código número referência quarto tarifa oferta",
    ),
    also=words("também ainda além posteriormente igualmente"),
    participle="ndo",
    doubles={"duplo": 2, "triplo": 3},
    wishing=words("que se"),
    is_to_an_hour=True,
    doubtful=words("a as"),
    quoting=words(
        "que diz dizendo texto mensagem palavras assunto título descrição porque assim seguinte",
        "frase dizer lê leia indica indicando conste escrito escrevo escrevendo cito",
        "textualmente literalmente dizeres seguintes intitulado intitulada",
    ),
    own_words=phrases(r"com (?:o|a) (?:texto|assunto|mensagem|nota)", "porque"),
    asks=words(
        "fizesse gostaria",
        "posso devo poderia podemos deveria poderíamos devemos quer deseja gostaria pretende",
        "queres desejas prefere concorda concordas autoriza autorizas confirma confirmas aprova",
        "aceita confirmo confirmamos confirmar confirmado confirmada confirme eu nós me mim nos",
        "lhe o a os as lo la los las isso isto assim ele ela que de do da disso disto em com",
        "por para pra e se um uma ao no na faça faço fazer fazê fazemos façamos farei proceda",
        "procedo proceder procedemos continue continuo continuar continuamos avance avanço",
        "avançar avançamos avancemos prossiga prossigo prosseguir prosseguimos siga sigo seguir",
        "seguimos realize realizo realizar efetue efetuo efetuar execute executo executar trate",
        "trato tratar vá vou vamos ir indo frente adiante mesmo agora então si você senhor",
        "senhora tu está esta tá fica ficou estaria estamos ficaria estou é são seria será soa",
        "parece pareceria tudo bem certo certa correto correcto correta exato exacto bom ok",
        "okay acordo ordem certinho direitinho perfeito combinado combinados fechado beleza sim",
        "seja ser pode podes poderá podia consegue favor gentileza minha meu sua seu",
        "confirmação autorização aprovação permissão consentimento aval dá tenho ter certeza",
        "seguro segura entendi percebi compreendi anotei corretamente direito pediu queria",
        "pretendia operação solicitação vocês nisso legal serve serviria pronto exatamente",
        "realmente concordar confirmarmos autorizar estar dar luz verde joia né pois neste",
        "esse essa esses essas este estes estas nesta nessa andamento topa topas "
        "fechamos fecha avisa avise acordo convém cabe aceitaria lho lha",
        "proposta seguimento sequência luz agrada concordaria certíssimo façamos positivo",
        "nesse sentido forma maneira modo gosto cá ah fazendo concordância",
    ),
    agrees=phrases(
        r"(?:posso|devo|poderia|podemos|deveria|poderíamos|devemos)(?: eu)?",
        r"(?:quer|deseja|gostaria|queres|pretende|prefere|desejas)(?: (?:mesmo|então|"
        r"realmente))?(?: (?:de|que|assim))?(?: eu)?(?: (?:o|a|os|as|lho|lha|isso|isto|lhe))? "
        r"(?:faça|avance|prossiga|proceda|continue|siga|continuar|avançar|prosseguir|seguir|"
        r"proceder|realize|efetue|execute|"
        r"confirmar|confirme|trate|vá|fazer)",
        r"(?:confirma|confirmas|confirmo|confirmamos|confirmado|confirmada|confirmar|aprova|"
        r"autoriza|autorizas|aceita|concorda|"
        r"concordas|concordar|confirme|autorizar)",
        r"(?:está|fica|estaria|ficaria|tá|é|parece|soa|será|seria|ficou)(?: (?:lhe|tudo|isso|"
        r"isto|assim|mesmo))* (?:bem|certo|"
        r"correto|correcto|bom|ok|okay|de acordo|em ordem|certinho|perfeito|exato|exacto|"
        r"combinado|isso|isto|assim|feito)",
        r"tudo (?:bem|certo|bom|ok|okay|correto|correcto|em ordem|certinho|direitinho|"
        r"combinado)|(?:bem|certo|correto|"
        r"correcto|bom|ok|okay|exato|exacto|combinado|combinados|fechado|beleza|perfeito|"
        r"certinho|legal|joia)(?= |$)",
        r"topa|topas|fechamos|fechou|dar (?:andamento|seguimento|sequência)|(?:meu|seu|"
        r"teu) acordo|"
        r"dá me o (?:seu |teu )?(?:acordo|ok|aval)|convém|agrada|concordaria|aceitaria|"
        r"de acordo|pode ser|pode (?:seguir|avançar|fazer|confirmar|ir)|podes confirmar|serve|"
        r"(?:é|são) (?:isso|isto|assim)(?: mesmo)?|isso mesmo|isto mesmo|"
        r"o que (?:você |o senhor |a senhora )?(?:quer|deseja|pretende|queria|pediu)",
        r"(?:faço|avanço|procedo|prossigo|continuo|sigo|executo|trato|avançamos|seguimos|"
        r"prosseguimos|continuamos|efetuo|"
        r"realizo|procedemos|fazemos|avancemos)|(?:vou|vamos) (?:em frente|adiante)",
        r"confirmação|autorização|aprovação|permissão|consentimento|aval|luz verde|certeza|"
        r"seguro|segura|concordância",
        r"(?:entendi|percebi|compreendi|anotei) (?:bem|corretamente|direito|certo|tudo|"
        r"direitinho)|sim(?=$)",
    ),
    requests=phrases(
        r"(?:se (?:estiver|for|está) (?:tudo )?(?:bem|certo|ok|correto|de acordo)(?: (?:para|"
        r"por) (?:si|você))? )?(?:então |e |só |apenas )*(?:por favor |por gentileza )?"
        r"(?:(?:me )?(?:confirme(?: me)?(?: por favor)?$|(?:confirme|diga|avise|avisa|"
        r"fala|fale|confirma|"
        r"diz)(?: (?:me|por|favor|gentileza|se|que|está|tudo|"
        r"bem|certo|correto|ok|posso|avançar|prosseguir|seguir|em|frente|continuar|fazer|isso|"
        r"isto|de|"
        r"acordo|concorda|sim|para|eu|pode|ser|é|só|o|a|assim|você|senhor|senhora|quer|"
        r"que|faça|"
        r"então))+))",
        r"(?:aguardo|espero|fico à espera da|fico no aguardo da|preciso da|preciso só da|só "
        r"preciso da|fico aguardando) (?:a )?(?:sua )?(?:confirmação|"
        r"autorização|aprovação)(?: para (?:avançar|continuar|prosseguir|seguir|fazer isso))?",
        r"diga sim e (?:eu )?(?:avanço|faço|prossigo|sigo|trato disso)",
    ),
    openers=phrases(
        r"(?:(?:e )?(?:posso|devo|(?<!você )(?<!senhor )(?<!senhora )poderia|podemos|(?<!você "
        r")(?<!senhor )(?<!senhora )deveria|poderíamos|devemos)(?: eu)?(?: (?:então|"
        r"proceder a|"
        r"proceder à|proceder ao|"
        r"proceder com|avançar e|avançar com|prosseguir com|seguir com|agora))*|"
        r"(?:o senhor |a senhora |você |tu )?(?<!porque )(?:quer|deseja|gostaria|pretende|"
        r"queres|desejas|prefere)"
        r"(?: (?:então|mesmo|realmente|o senhor|a senhora|você))*(?: (?:que|de que|para|"
        r"de))?(?: eu| nós)?|"
        r"(?:o senhor |a senhora |você |tu )?(?:concorda|concordas|está de acordo|autoriza|"
        r"autorizas|aprova|aceita|confirma|confirmas|pode "
        r"confirmar|poderia confirmar|me confirma|pode me confirmar|me autoriza|fica bem|está "
        r"bem|tudo bem|está bom|está certo|"
        r"tem certeza de|tem certeza)(?: (?:então|para você|para si))?(?: (?:em que|com "
        r"que|que|"
        r"de que|se|em|com|a|para))?(?: eu)?"
        r"(?: (?:quer|deseja|devo|posso))?)"
        r"(?!.* (?:é|está|estão|são|foi|foram|já|ficou|estava|estavam) (?:[^ ]+ ){0,2}[^ "
        r"]+(?:ad|id|it|st|rt|ert|egu|ss|ens|crit|ost)[oa]s?(?: |$))",
    ),
    first_person="o",
)

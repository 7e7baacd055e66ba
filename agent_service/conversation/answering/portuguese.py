"""What Portuguese-speaking callers say, in Brazil and in Portugal."""

from agent_service.conversation.answering.phrases import Phrases
from agent_service.conversation.answering.sequence import Kind
from agent_service.conversation.answering.wording import Wording

WORDING = Wording(
    language="pt",
    determiners=frozenset(
        "o a os as meu minha meus minhas seu sua seus suas teu tua este esta estes estas esse essa "
        "esses essas um uma nosso nossa todo toda todos todas".split()
    ),
    prepositions=frozenset(
        "de do da dos das a ao aos com para por pelo pela em no na nos nas ate que sobre numero".split()
    ),
    conjunctions=frozenset(("e", "depois")),
    before_number=frozenset(("numero", "n", "nr")),
    pronouns="o | a | os | as | isso | isto | ele | ela | eles | elas | lo | la | los | las | (para | pra) mim | me | lhe | o dinheiro | o meu dinheiro | meu dinheiro",
    everything="""
        [(o | a)] tudo [isso] | todos [eles] | todas [elas]
    """,
    whole=frozenset("todo toda inteiro inteira completo completa".split()),
    before_verb=frozenset("lhe o a os as se te me nos".split()),
    enclitics=("lhe", "lo", "la"),
)

GRAMMAR = {
    Kind.YES: Phrases("""
        sim | simm | yes | yep | ya | iá | sim sim | simsim | é sim | ora sim
        (ah | oh | ai | isso | claro que | mas | opa | digo que | eu disse que | eh | ora | tá) sim | sim (claro | pois | quero | isso | é isso | certo | confirmo)
        claro [(que sim | sim | pois | claro | com certeza | né que sim | evidente)] | pois claro [que sim] | claríssimo | mas é claro [que sim] | é claro [que sim] | lógico [que sim] | é lógico | óbvio [que sim] | obviamente | evidente | evidentemente | naturalmente | certamente [que sim] | seguramente | efetivamente | efectivamente | realmente sim | definitivamente | totalmente | plenamente | completamente | absolutamente [sim] | sem dúvida [(nenhuma | alguma)] | sem sombra de dúvida | com (certeza | toda (certeza | a certeza) | todo (prazer | o prazer | gosto) | prazer | gosto | muito gosto | muito prazer) [sim] | certeza [absoluta] | de certeza [que sim]
        correto | correcto | corretíssimo | exato | exacto | exatamente [isso] | exactamente [isso] | precisamente | perfeito | perfeitamente | perfeitíssimo | ótimo | óptimo | excelente | maravilha | maravilhoso | maravilhosa | ideal | fantástico | impecável | espetacular | espetáculo | sensacional | bacana | legal | joia | jóia | massa | top | show [de bola] | super | porreiro | fixe | bestial | brilhante | beleza [pura] | blz | belezinha | tranquilo | suave | de boa | certinho | certíssimo | tudo (bem | certo | ok | bom | em ordem | correto | perfeito | joia | tranquilo | certinho) [(por mim | para mim)]
        isso [(mesmo | aí | isso | sim | é | exatamente | aí mesmo | exato)] | isso isso mesmo | é (isso aí | assim mesmo) | assim mesmo | tal e qual | é pra já
        de acordo | estou [(totalmente | plenamente | completamente | inteiramente)] de acordo [com (isso | tudo)] | [eu] (concordo | confirmo | aceito | aprovo | autorizo | consinto | quero sim | topo | ratifico) [(sim | com (isso | tudo | certeza) | tudo | isso | plenamente | totalmente | o pedido)] | confirmado | aceito | aprovado | autorizado | combinado | combinadíssimo | fechado | feito | negócio fechado | afirmativo | positivo | está (confirmado | autorizado | combinado | feito | aprovado) | tá (confirmado | autorizado | combinado | aprovado | feito) | tem (a minha | minha | o meu) (autorização | permissão | consentimento | aval | ok) | dou (autorização | a minha autorização | o meu consentimento) | digo que sim | minha resposta é sim | é um sim | a resposta é sim
        (por mim | para mim | pra mim | da minha parte | por minha parte) (tudo bem | pode ser | está (bem | bom | ótimo | perfeito | certo | ok) | tá (bom | bem | ótimo | perfeito | certo | ok | tudo certo) | sim | ok | perfeito | tudo certo | tranquilo | sem problema | beleza | é (perfeito | ótimo | sim) | serve | pode)
        (parece me | me parece | acho | soa) (bem | ótimo | perfeito | bom | ótima ideia | muito bem) | (seria | era | vai ser) (ótimo | perfeito | bom | excelente | ideal | maravilhoso | uma maravilha | fantástico) | (quero | queria | gostaria) (isso | que faça | fazer isso | que fizesse | sim | disso | de fazer isso | que faça isso)
        é (o que | isso que) [eu] (quero | pretendo | desejo) | eu quero [(sim | isso)] | convém-me | serve | dá-me jeito | agrada-me | combina
        uhum | aham | uhun | hum-hum | hum hum | mhm | mm-hm | uhu | ahan | an han | hã hã
        tenho [(a | toda)] certeza [(absoluta | sim)] | estou (certo | certa | seguro | segura) [disso] | cem por cento | 100 por cento | 100 percent | nada contra | não tenho (objeções | objeção | nada contra) | sem objeções | demorou | partiu | fechou | já é | muito bem | bora [lá] | bora nessa | bora fazer | vamos (lá | nessa | em frente | fazer isso | a isso | embora) | sem problema nenhum pode | ora essa claro | faz sentido sim
    """),
    Kind.RISING_YES: Phrases(""),
    Kind.FIRST_YES: Phrases(""),
    Kind.TAG: Phrases("""
        ok | okay | okey | oquei | ôkei | okei | o k | k | certo | tá | tá (bom | bem | certo | ok | ótimo | tudo certo | tudo bem | joia | beleza | perfeito | legal) [(assim | por mim | para mim | então)] | está (bem | bom | certo | ok | ótimo | tudo bem | tudo certo) [(assim | por mim | para mim | então)] | tá | está
    """),
    Kind.STATEMENT: Phrases("""
        [(tudo | isso | assim)] (é | está | tá | estão) [(tudo | muito | totalmente | perfeitamente | exatamente)] (correto | correcto | certíssimo | exato | exacto | perfeito | verdade | isso | isso mesmo | isso aí | assim | conforme | em ordem | certinho | ótimo | excelente | confirmado) [mesmo] | e isso (mesmo | aí) | assim está (bem | bom | ótimo) | (tem | tens) razão | você tem razão | entendeu (bem | certo) | tudo está (certo | correto | bem)
        está tudo (certo | bem | correto | ok | perfeito | em ordem) | tá tudo (certo | bem | correto | ok | perfeito | em ordem)
    """),
    Kind.ORDER: Phrases("""
        [(então | sim | claro | é)] (pode | podes | podem | podemos) (ser [sim] | fazer [(isso | sim | assim | favor | tudo)] | sim | ir | seguir [em frente] | prosseguir | continuar | proceder | avançar | confirmar | mandar [ver | bala] | executar | efetuar | tratar disso | realizar | fazê-lo | crer) [(sim | então | por favor | à vontade | tranquilo)] | pode [pode] | podes | pode à vontade | pode e deve
        (faça | faz | façam | façamos) [(isso | assim | favor | o favor | por favor | sim | então | tudo | lá | como disse | o que for preciso | isso mesmo)] | faça-o | fá-lo | faça sim | (avance | avança | avancem | avancemos | prossiga | prossegue | siga | segue | sigam | continue | continua | proceda | procede | confirme | confirma | execute | toque | vá | vai) [(com (isso | o pedido | o processo) | em frente | lá | sim | então | adiante | por favor | pra frente | nessa | fundo)] | (vá | vai) (em frente | lá | nessa | fundo | adiante) | manda (ver | bala | brasa | vir) | mande (ver | bala) | força [nisso] | adiante | em frente | toca (a andar | para a frente | pra frente) | mete bronca | mãos à obra | dê (seguimento | andamento | prosseguimento) | trate disso | à vontade | fique à vontade | esteja à vontade
    """),
    Kind.AFTER_YES: Phrases("""
        ALL | quero | eu quero | gostaria | eu gostaria | queria | desejo | é | pode | assim | bem | bom | isso tudo | vamos | sou eu | é claro | foi isso | está | gostava | gosto | quando quiser
    """),
    Kind.REQUEST: Phrases("""
        (pode | podes | podem) INFINITIVE [OBJECT] | (quero | queria | gostaria de | desejo | pretendo | prefiro | preciso | gostava de) INFINITIVE [OBJECT] | (quero | queria | gostaria | desejo) que [(me | você)] COMMAND [OBJECT]
        por favor COMMAND [OBJECT] | por favor COMMAND REST | (avance | prossiga | vá em frente | siga) (com o | com a | e) (INFINITIVE | COMMAND) [OBJECT] | (vamos | bora) INFINITIVE [OBJECT] | faça (o | a) favor de INFINITIVE [OBJECT]
    """),
    Kind.REPEAT: Phrases("""
        COMMAND [(sim | então | por favor | lá)] [OBJECT] | COMMAND REST | me COMMAND [OBJECT] | WHOLE
    """),
    Kind.COURTESY: Phrases("""
        (por | pôr) (favor | gentileza | obséquio) | porfavor | pfv | pf | se faz favor | faz favor | se fizer favor | se não se importar | se não for incómodo | façam favor | faxavor | fazendo favor | fazfavor | sff | por bondade | please | por favorzinho
        [e] (obrigado | obrigada | obrigadão | obrigadinho | obrigadinha | brigado | brigada | valeu | vlw | grato | grata | agradecido | agradecida) [(pela (ajuda | atenção) | por (tudo | isso) | a (você | si | vocês) | desde já | viu | mesmo | mais uma vez | eu)] | [e] (muito | muitíssimo | mui) (obrigado | obrigada | grato | grata | agradecido) [(pela (ajuda | atenção) | por (tudo | isso) | mesmo | desde já)] | [eu] (agradeço | lhe agradeço | agradeço-lhe) [(muito | imenso | desde já | a ajuda | pela ajuda)] | agradecia [muito] | thanks | thank you | gracias
        senhor | senhora | senhorita | moço | moça | dona | dom | chefe | meu (amigo | bem | querido | caro | senhor | anjo | amor | filho | rei) | minha (amiga | querida | senhora | cara | filha | linda | flor) | querido | querida | amigo | amiga | menina | menino | mano | pá | rapaz | jovem | linda | lindo | flor | gente boa | irmão | parceiro | seu moço | o senhor | a senhora | você é (muito gentil | um anjo)
        sem (problema | problemas) [(nenhum | algum)] | não (tem | há | tem nenhum | há nenhum) (problema | problemas) [(nenhum | algum)] | nenhum problema | sem (crise | stress | estresse) | não se preocupe | não te preocupes | imagina | que é isso | muito (gentil | amável) | é muito (gentil | amável) | [(foi | é)] muita gentileza [sua] | que gentileza
    """),
    Kind.HESITATION: Phrases("""
        hum | hm | hmm | mm | mmm | eh | ahn | uhm | bom | bem | então | olha | olhe | ãh | hã | uh | um | em | ó | ora | pronto | pois bem | ora bem | bom então | bem então | opa | eita
    """),
    Kind.SURPRISE: Phrases("ah | oh | ai | ih | eita | ah bom"),
    Kind.NO: Phrases("""
        [(ah | oh | ai | hum | é | pois | claro que | lógico que | óbvio que | evidente que | com certeza que | com certeza | certamente | certamente que | definitivamente | absolutamente | melhor | é melhor | acho melhor | acho que | acho que é melhor | prefiro que | preferia que | preferiria que | digo que | eu disse | eu disse que | agora | agora já | hoje | ainda | por enquanto | por agora | por ora | para já | de momento | neste momento | no momento | isso | assim | esse | essa | este | esta | creio que | penso que | parece-me que | de certeza que | eu | se calhar | talvez seja melhor | pensando bem | na verdade | afinal | sinceramente | desta vez | dessa vez | obrigado mas | obrigada mas | de todo)] (não | nao | naum | num | nã | não não | nope | no | nein | nem) [(não | obrigado | obrigada | mesmo | nunca | senhor | senhora | agora | ainda | por favor | de jeito nenhum | de todo | é | mas obrigado | hoje | isso não)]
        n | nunca [(mais | na vida)] | jamais | nem (pensar | pense [nisso] | pensa [nisso] | morto | morta | sonhando | em sonho | em sonhos | de brincadeira | a pau | por sonhos | que a vaca tussa | me fale nisso | a brincar | a sonhar | por nada | um pouco | fale nisso | é bom pensar | vem | vou | quero [saber] | por isso | ferrando | a rir | lascando)
        [(não | nao)] de (jeito | maneira | modo | forma | todo) [(nenhum | nenhuma | algum | alguma)] | em (hipótese | circunstância) (alguma | nenhuma) | sob (hipótese | nenhuma hipótese) [alguma] | por nada (deste mundo | no mundo | desse mundo) | nada disso | nada feito | nadinha | nada [não] | negativo | fora de questão | está fora de questão | era só o que faltava | nananinanão | neca | nada de nada | de nenhuma (maneira | forma)
        não [(o | a | os | as | me | se | lhe)] (quero | queria | desejo | gostaria | faça | faz | fazer | façam | preciso | precisa | precisas | prossiga | prossegue | avance | avança | continue | continua | proceda | siga | confirmo | confirme | concordo | aceito | autorizo | aprovo | pode | podes | mexa | mexe | toque | altere nada | vale a pena | é preciso | é necessário | é isso | é para fazer | é pra fazer | está certo | está bem | está correto | tá certo | é correto | estou de acordo | estou interessado | estou interessada | vou querer | será necessário | tenho interesse | me interessa | interessa | serve | convém | pretendo | gosto | gostava | dá | faço questão | acho | acho que não | desejo mais | mude nada) [(não | isso | nada | mais | ainda | agora | por favor | obrigado | obrigada | em nada | isso não | fazer isso | que faça | que faça isso | fazer | fazer nada | prosseguir | continuar | avançar | INFINITIVE | INFINITIVE OBJECT | que COMMAND | que COMMAND OBJECT | com isso | de nada | disso)]
        não ORDER | [é] melhor não (fazer [(isso | nada)] | INFINITIVE [OBJECT])
        não [(o | a | os | as | me)] COMMAND [(nada | ainda | por favor | não | mais)] [OBJECT] | não COMMAND REST | não é (para | pra) INFINITIVE [OBJECT] | não INFINITIVE [OBJECT] | (já não | não mais) (quero | desejo | preciso) [(isso | nada | INFINITIVE | INFINITIVE OBJECT)]
        (prefiro | preferia | preferiria) (não | que não | não fazer [isso] | que não faça [isso] | deixar [(assim | como está | estar | pra lá)] | não INFINITIVE [OBJECT] | ficar com OBJECT | esperar | manter OBJECT) | desisto | desisti | eu desisti | melhor (deixar | esquecer) [(assim | isso | pra lá | como está | estar)] | é melhor (deixar | esquecer) [(assim | isso | pra lá | como está | estar)]
        (deixa | deixe | deixem | deixemos | vamos deixar) [(isso | tudo | OBJECT)] [(pra lá | para lá | estar | quieto | assim | como está | ficar | ir | passar | isso pra lá | de lado | por isso mesmo | lá | em paz | sossegado | assim mesmo | do jeito que está | tudo como está | isso)] [por favor] | que fique (assim | como está) | fica (assim | como está) | fique (assim | como está) | deixa isso
        (esquece | esqueça | esquecer | esqueçam | vamos esquecer) [(isso | tudo | essa história | o assunto | o que [eu] disse | lá isso)] | (mudei | troquei) de (ideia | ideias | opinião) | mudei a minha ideia | (arrependi-me | me arrependi | pensei melhor | repensei) | já não
        (pare | para | pára | parem | alto | espere | espera | pera | peraí | espere aí | aguarde | aguarda | calma | suspenda | interrompa | cancele tudo) [(aí | tudo | já | por favor | lá | com isso | agora)] | alto lá | para tudo | stop | chega | basta | errado | está errado | tá errado | incorreto | está incorreto | isso está errado | é mentira | falso | recuso | eu recuso | recuso-me | me recuso | rejeito | dispenso | passo | fico com OBJECT | eu fico com OBJECT | vou ficar com OBJECT | a resposta é não | é um não | minha resposta é não | discordo | nego | negado | recusado | sem interesse
    """),
    Kind.REGRET: Phrases("""
        desculpe [(mas | lá)] | desculpa [mas] | (sinto | lamento) [muito] | infelizmente | perdão | mas | na verdade | lamento | me desculpe | peço desculpa | olhe
    """),
}

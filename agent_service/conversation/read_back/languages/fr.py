"""French."""

from agent_service.conversation.read_back.inflection import french, groups, in_phrases
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
from agent_service.conversation.read_back.small_talk.fr import FRENCH_TALK
from agent_service.number_words import cardinal

_VALUES = {
    cardinal(value, "fr"): value for value in (*range(17), *range(20, 70, 10), 100, 1000)
} | {"une": 1, "septante": 70, "huitante": 80, "octante": 80, "nonante": 90}
_MONTHS = row(
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre"
)

_VERBS = """
annuler; résilier; décommander+mettre fin+mets fin+mettons fin+mettrai fin+mettrais fin+mettant \
fin+mettre un terme+mets un terme+mettrai un terme+mettrais un terme / annulation, résiliation
rembourser; recréditer; reverser; restituer / remboursement, restitution
échanger; troquer; remplacer; substituer / échange, remplacement
retourner; renvoyer:renvoi / retour, renvoi
rendre
envoyer:envoi; expédier; adresser; transmettre:transmet:transmis; acheminer; faire parvenir+\
fais parvenir / envoi, expédition, acheminement
transmettre:transmet:transmis; communiquer; envoyer:envoi; adresser; faire passer+fais passer+\
faire suivre+fais suivre / transmission, envoi
livrer; faire livrer+fais livrer / livraison
ouvrir::ouvert; créer; déposer; enregistrer; initier / ouverture, création, dépôt
réserver / réservation
prendre:prend:pris+prenne+prennent+prenez+prenons; réserver; fixer; programmer; planifier; \
caler; poser / réservation, prise de rendez vous
fixer; programmer; planifier; organiser; caler; prévoir+prévois+prévoirai+prévoirais / \
programmation, planification
déplacer; décaler; reporter; repousser; passer; reprogrammer; replanifier; changer / \
déplacement, report, décalage, changement
avancer+avançons; déplacer; changer / déplacement, changement
changer; modifier; passer; mettre:met:mis à jour; actualiser; rectifier / changement, \
modification, mise à jour
passer; basculer; migrer; monter; changer / passage, bascule, migration, changement
mettre:met:mis à jour+mette à jour; actualiser / mise à jour, actualisation
bloquer; geler:gèl; verrouiller; suspendre::suspendu; mettre:met:mis en opposition; faire \
opposition+fais opposition+ferai opposition+ferais opposition / blocage, gel, opposition, mise \
en opposition, verrouillage
débloquer; déverrouiller; dégeler:dégèl / déblocage, déverrouillage
prolonger; étendre; renouveler:renouvell; proroger; reconduire+reconduis+reconduirai+\
reconduirais / prolongation, renouvellement, prorogation, reconduction, extension
activer; mettre:met:mis en service / activation, mise en service
désactiver; couper / désactivation, coupure
fermer; clôturer; clore+clos / fermeture, clôture
terminer
arrêter; stopper / arrêt
suspendre::suspendu; geler:gèl; interrompre::interrompu; mettre:met:mis en pause; \
mettre:met:mis en attente / suspension, gel, interruption, pause, mise en pause
ajouter; rajouter; intégrer; adjoindre / ajout
supprimer; effacer; retirer; enlever:enlèv; ôter / suppression, retrait, effacement
commander; passer commande / commande
payer:pai; régler:règl+réglerai+réglerais+réglerons; acquitter / paiement, règlement
virer; verser; transférer:transfèr+transférerai+transférerais+transférera+transférerait+\
transférerons+transféreront; envoyer:envoi; faire passer+fais passer / virement, transfert, \
versement
débiter; prélever:prélèv / débit, prélèvement
créditer / crédit
augmenter; rehausser; monter; porter; relever / augmentation, \
relèvement, hausse
baisser; abaisser; réduire::réduit; diminuer; ramener:ramèn / baisse, réduction, diminution
inscrire::inscrit; enregistrer / inscription, enregistrement
enregistrer; saisir; consigner; noter / enregistrement, saisie
rediriger; réexpédier; réacheminer; dévier; détourner; faire suivre+fais suivre; \
transférer:transfèr+transférerai+transférerais+transférera+transférerait+transférerons+\
transféreront / redirection, réexpédition, réacheminement, transfert, déviation
recharger / rechargement, recharge
confirmer / confirmation
signaler; déclarer; enregistrer / signalement, déclaration
réparer; dépanner / réparation, dépannage
réinitialiser / réinitialisation
rappeler:rappell; recontacter / rappel
appeler:appell; téléphoner; contacter / appel
donner
noter; consigner; enregistrer+ajoute+ajouterai+ajouterais+inscris+inscrirai+inscrirais+\
inscrivons+écrire+écris+écrirai+écrirais / note, mention, inscription
louer / location
acheter:achèt; commander; prendre:prend:pris / achat, commande
souscrire::souscrit / souscription
raccorder; brancher / raccordement, branchement
installer; poser / installation, pose
commencer; débuter; démarrer
demander; solliciter / demande
imprimer / impression
attribuer; affecter; assigner / attribution, affectation
récupérer:récupèr; retirer; enlever:enlèv; collecter / retrait, enlèvement, collecte
garder; conserver; maintenir+maintiens+maintiendrai+maintiendrais / maintien, conservation
"""

_ACTS = (
    r"(?:annulation|résiliation|remboursement|échange|remplacement|retour|renvoi|"
    r"envoi|expédition|livraison|ouverture|création|réservation|programmation|"
    r"déplacement|report|changement|modification|passage|mise à jour|blocage|"
    r"déblocage|prolongation|renouvellement|activation|désactivation|fermeture|"
    r"clôture|suspension|ajout|suppression|retrait|virement|transfert|débit|"
    r"prélèvement|crédit|augmentation|baisse|réduction|inscription|enregistrement|"
    r"redirection|recharge|rechargement|signalement|déclaration|réparation|"
    r"réinitialisation|rappel|location|achat|paiement|règlement)"
)

FRENCH = Language(
    tag="fr",
    repaying=words("rendre rembourser"),
    until=words("jusqu jusque"),
    small_talk=FRENCH_TALK,
    numerals=Numerals(
        values=_VALUES,
        links={"et": "tens"},
        hundred=words("cent cents"),
        thousand=words("mille"),
        scores=frozenset((60, 80)),
    ),
    ordinals={"premier": 1, "1er": 1},
    months={month: value for value, month in enumerate(_MONTHS, start=1)},
    weekdays={
        day: value
        for value, day in enumerate(
            row("lundi mardi mercredi jeudi vendredi samedi dimanche"), start=1
        )
    },
    currencies={
        "euro": "euro",
        "euros": "euro",
        "eur": "euro",
        "dollar": "dollar",
        "dollars": "dollar",
        "usd": "dollar",
        "livres sterling": "pound",
        "livre sterling": "pound",
        "gbp": "pound",
        "franc": "franc",
        "francs": "franc",
        "francs suisses": "franc",
        "chf": "franc",
    },
    cents=words("centime centimes cent cents"),
    points=words("virgule"),
    clock=Clock(
        cues=words(""),
        hours=phrases("heures?", "h"),
        plus=words("et"),
        minus=phrases("moins le", "moins"),
        quarter=phrases("quart"),
        half=phrases("demie?"),
        noon=phrases("midi"),
        midnight=phrases("minuit"),
        parts=(
            Part(phrases("du matin", "le matin", "dans la matinée"), 0, 12),
            Part(phrases("de l après midi", "l après midi", "dans l après midi"), 12, 19),
            Part(phrases("du soir", "le soir", "en soirée"), 16, 24),
            Part(phrases("de la nuit"), 19, 30),
            Part(
                phrases(
                    "(?:vers|environ|aux environs de|aux alentours de)"
                    "(?= (?:midi|minuit|[0-9]{1,2}:[0-9]{2}|(?:[^ ]+ ){1,3}(?:h|heures?)))"
                ),
                0,
                0,
            ),  # no time, but one near it
        ),
    ),
    roles={
        "à": Role.TO,
        "au": Role.TO,
        "aux": Role.TO,
        "vers": Role.TO,
        "de": Role.FROM,
        "du": Role.FROM,
        "d": Role.FROM,
        "pour": Role.FOR,
        "pendant": Role.FOR,
        "durant": Role.FOR,
        "contre": Role.FOR,
        "moyennant": Role.FOR,
        "dès": Role.FROM,
        "depuis": Role.FROM,
        "avec": Role.WITH,
        "chez": Role.AT,
        "dans": Role.AT,
        "en": Role.AT,
        "sur": Role.AT,
        "sous": Role.AT,
    },
    idle=words(
        "ce cet cette ces suivant suivante suivants",
        "le la les l des votre vos ta ton tes je j vous te on nous et il elle ils elles",
        "que qu qui vais va allons peux pourrais y personnes est sont sera serait seront",
        "seraient donc alors dont ensuite",
    ),
    silent=phrases(
        "(?:au|sous le) nom d(?:e|u)?|(?:sous|à) (?:le|votre) nom(?: de)?",
        "à (?:partir|compter)(?= d)",
    ),
    rates=rates(
        month="(?:par|chaque|le|tous les) mois|mensuel(?:le)?s?",
        year="(?:par|chaque|l) an(?:née)?|tous les ans|annuel(?:le)?s?",
        week="(?:par|chaque|la|toutes les) semaines?|hebdomadaires?",
        day="(?:par|chaque|tous les) jours?|journali(?:er|ers|ère|ères)",
        night="(?:par|la|chaque) nuit|la nuitée",
        hour="(?:par|de l|chaque) heure",
        person="(?:par|chaque) (?:personne|tête|convive)",
    )
    | each(
        "par|le|la|l|du|au|chaque",
        "litre mètre kilo(?:gramme)? kilowattheure mètre_carré minute trimestre saison",
        "kilomètre tonne stère visite séance leçon trajet page pièce unité chambre",
        "cours bouteille boîte sac passage livraison appel exemplaire",
    ),
    doubles={"double": 2, "triple": 3},
    also=words("aussi également puis"),
    classes=words("bancaire bancaires rue ville"),
    joints=words("et ainsi"),
    callers=words("tu"),
    addressed=words("vous te"),
    articles=words("un une"),
    determiners=words("ce cet cette ces suivant suivante suivants le la l votre ton ta du au"),
    labels=phrases(
        "(?:le |avec le |au |du )?numéro",
        "num",
        "nr",
        "code postal",
        "portant le numéro",
        "(?:la |sous la |avec la )?référence(?: numéro)?",
    ),
    ending=phrases(
        r"(?:(?:qui|et|elle|il|dont le numéro) )?(?:se )?(?:termine|terminant|finit|finissant|"
        r"finissent|terminent) (?:bien )?(?:par|en|avec|sur)(?: (?:les|le|chiffres|numéros?))*",
        "(?:se )?(?:terminé|terminée|terminés|terminées|finie?) (?:par|en)",
        r"(?:dont |avec |ayant pour )?(?:les |ses )?(?:deux |trois |quatre |six |[2346] )?"
        r"derniers (?:chiffres|numéros)(?: (?:sont|étant|le|les))*",
    ),
    openings=words("jusqu jusque avant apres entre sans sauf par devant derriere"),
    letters=spelling(
        "be:b ce:c de:d effe:f ge:g ache:h ji:j ka:k elle:l emme:m enne:n pe:p ku:q "
        "erre:r esse:s te:t ve:v ixe:x zede:z zed:z"
    ),
    dashes=words("tiret"),
    synonyms=ranks(
        "premier,premiere deuxieme,second,seconde troisieme quatrieme cinquieme sixieme",
        "septieme huitieme neuvieme dixieme onzieme douzieme",
    )
    | {
        "dr": "docteur",
        "mme": "madame",
        "m": "monsieur",
        "mlle": "mademoiselle",
        "dre": "docteure",
        "av": "avenue",
        "bd": "boulevard",
        "go": "gigaoctet",
        "giga": "gigaoctet",
        "gigas": "gigaoctet",
        "gigaoctets": "gigaoctet",
        "kg": "kilo",
        "%": "pourcent",
        "mensuel": "mois",
        "jusque": "jusqu",
        "texto": "sms",
        "textos": "sms",
        "courriel": "mail",
        "email": "mail",
        "mel": "mail",
        "tel": "telephone",
        "durant": "pendant",
        "portable": "mobile",
        "mensuels": "mois",
        "mensuelle": "mois",
        "no": "numero",
    },
    short=words("dr dre mme m mlle av bd no pr tel st ste"),
    titles=words("dr docteur docteure mme madame monsieur m professeur pr mademoiselle"),
    endings=frozenset({("", "s"), ("", "x"), ("al", "aux")}),
    verbs=groups(_VERBS, in_phrases(french)),
    trades=words("échanger troquer remplacer"),
    inflect=french,
    is_verb_last=False,
    passive=phrases(
        r"(?:sera|serait|seront|seraient|serez|seriez)(?: (?:alors|donc|ensuite|bien|ainsi))*"
        r"(?: (?:faite?s?|effectuée?s?|réalisée?s?))?",
        r"(?:va|vont|allez|devrait|devraient|doit|doivent) (?:donc |alors )?être",
        r"(?:à|pour) être",
    ),
    light=words(
        "fais faire ferai ferais ferons ferions effectue effectuer effectuerai effectuerais",
        "effectuons réalise réaliser réaliserai réaliserais lance lancer lancerai lancerais",
        "programme programmer programmerai programmerais planifie planifier organise organiser",
        "mets passe passer passerai passerais traite traiter prépare préparer",
    ),
    ways={
        "à partir de": Role.FROM,
        "à partir du": Role.FROM,
        "à partir des": Role.FROM,
        "à destination de": Role.TO,
        "à destination du": Role.TO,
        "à la date du": Role.AT,
        "en date du": Role.AT,
    },
    plain=words(
        "je j me m moi nous on nos notre vous votre vos il ils elle elles le la les l",
        "ce c cet cette ces celui celle ceux celles ceci cela ça ci y en se s qui que qu dont",
        "lequel laquelle lesquels lesquelles de du des d à au aux pour sur avec et",
        "est sont serait seraient sera seront étant",
        "vais va allons peux puis pourrais pourrait peut pouvons pourrions dois devrais devons",
        "veux voudrais voudrions souhaite souhaitons souhaiterais aimerais aimerions désire",
        "veuillez voulez souhaitez désirez voudriez souhaiteriez désireriez aimeriez demandez",
        "propose proposons proposerais apprête apprêtons prête prêt prêts permets permettez "
        "laissez",
        "procède procéder procéderai procéderais procédons procéderons procéderait procèderai",
        "occupe occuper occuperai occuperais",
        "récapitule récapituler récapitulons récapitulatif récapitulant récapitulation résume",
        "résumer résumons résumé résumant vérifie vérifier vérifions vérification répète répéter",
        "répétons redis redire relis relire relisons reprends reprendre reprenons reformule",
        "reformuler reformulons confirme confirmer confirmons confirmation confirmez valide "
        "valider",
        "validation précise préciser clarifier éclaircir assure assurer assurons",
        "dis dire disons dit lis lire entends entendre comprends comprendre comprenons compris",
        "note noter noté notons retiens entendu vois voir voyons savoir parle parlons",
        "concerne concernent concernant concernerait correspond correspondent agit agirait agira",
        "comprend comprenant contient contenant contiennent comporte comportant comportent",
        "inclut incluant composé composée constitué constituée représente représentent coûte",
        "coûtera coûterait revient reviendrait devient deviendra deviendrait",
        "date",
        "total totale montant somme prix coût valeur tarif numéro numéros départ trajet",
        "demande détail détails information informations texte mots mot intitulé intitulée libellé",
        "libellée libellés sujet titre mention phrase contenu récap",
        "suivant suivante suivants suivantes ainsi comme voici voilà",
        "donc alors ensuite enfin finalement maintenant abord premièrement deuxièmement",
        "bien ok okay oui ouais accord parfait parfaitement certainement",
        "volontiers absolument exact exactement correct correcte corrects correctement conforme",
        "précisément clairement sûr sûre évidemment naturellement effectivement",
        "simplement bref concrètement personnellement globalement",
        "super excellent formidable génial impeccable nickel merci beaucoup plaisir",
        "bonjour allô eh ah oh euh hein ben bah hop monsieur madame mademoiselle patience",
        "patienté précisions ensemble soit heureux heureuse ravi ravie",
        "prie plaît plait quant entier entière entièrement intégralement respectivement",
        "tenez écoutez regardez voyez disant indiquant programme programmer programmons",
        "planifie planifier programmerais programmerai",
    ),
    asides=phrases(
        r"j ai (?:bien )?tout(?: ce qu il (?:me|nous) faut| noté| compris"
        r"| ce dont j ai besoin)?|je m en (?:occupe|charge)(?: tout de suite)?",
        r"merci(?: (?:beaucoup|bien|de|d|pour|votre|avoir|patience|attente|appel|patienter|"
        r"patienté|attendu|ces|cette|"
        r"précisions|précision|informations|confirmation|appelé|confiance|la|vos|infos))*|"
        r"avec (?:grand )?plaisir|"
        r"bon(?= (?:alors|donc|ben|très|je|on|nous|d|parfait|ok|eh|et|vous|voilà|pour|si|j|"
        r"voyons|récap)(?: |$))|"
        r"(?:je vous |nous vous )?(?:confirme|récapitule|résume|relis|répète|vérifie|reprends|"
        r"récapitulons|résumons|"
        r"récapituler|résumer|vérifier) (?:très )?(?:rapidement|brièvement|vite)|"
        r"(?:soit|être|c est|très|bien) (?:bien )?clair(?= (?:pour|entre|je|j|on|nous|avant|vous))",
        r"(?:juste )?avant (?:de|d|que je ne?|que j)(?: (?:le|la|l|les|y|quoi|que|ce|soit|"
        r"faire|fasse|"
        r"procéder|procède|continuer|continue|poursuivre|commencer|valider|lancer|aller|plus|loin|"
        r"toucher|à|effectuer|toute|modification|opération|changement))+|avant (?:cela|ça|tout)",
        r"(?:voyons |voir )?si (?:j|je|nous)(?: (?:ai|avons|vous|bien|tout|correctement|vous ai))* "
        r"(?:compris|comprends|comprenons|suivi|suis|noté|entendu|saisi)(?: (?:bien|"
        r"correctement|tout|"
        r"votre demande|vous|ce que vous (?:voulez|souhaitez)))*",
        r"si (?:ça|cela|tout|c|vous|ce|tout cela|tout ça)(?: (?:est|bon|vous|va|convient|le|voulez|"
        r"souhaitez|désirez|bien|êtes|d|accord|ok|toujours|correct|permettez|confirmez|validez|"
        r"conviennent|pour|comme|arrange))+",
        r"si possible(?! de)|sauf erreur(?: de ma part)?|s il (?:vous|te) pla[iî]t|si je "
        r"(?:résume|récapitule|reprends|comprends|vous suis|relis)(?: bien)?|si je ne (?:me trompe|"
        r"m abuse)(?: pas)?",
        r"(?:il n y a )?(?:pas|aucun|sans) (?:de )?(?:problèmes?|soucis?)|n hésitez pas|ne "
        r"quittez pas|"
        r"(?:pour|afin) (?:de |d |que )?(?:ne pas |qu il n y ait |n y ait )(?:me tromper|"
        r"faire d erreur|"
        r"pas d erreur|aucune? (?:erreur|malentendu|confusion)|pas de (?:malentendu|confusion|"
        r"doute))|"
        r"(?:pour|afin d) éviter (?:toute|les|une) (?:erreurs?|malentendus?|confusions?)|"
        r"pour que tout soit (?:bien )?clair|qu on soit (?:bien )?d accord|qu il n y ait pas "
        r"d erreur|"
        r"pour (?:en )?être (?:bien |tout à fait |absolument )?(?:sûre?|certaine?|clair|d accord)"
        r"(?: de (?:tout |bien )*(?:comprendre|avoir (?:bien |tout )*(?:compris|noté)))?",
        r"(?:que )?(?:tout|le tout|tout cela|tout ça) (?:est|soit)(?: bien)? (?:clair|correct|"
        r"bon|exact|"
        r"en ordre|d accord)|tout à fait|tout d abord|tout bien|en tout|au total|le tout(?= "
        r"(?:pour|à|au|soit) )|"
        r"pour le tout|tout cela|tout ça|tout simplement|tout ce que|"
        r"(?:récapitul|résum|vérifi|répèt|confirm|repren|reli|note)(?:e|er|ons|ds|dre|s|re|"
        r"é)? tout",
        r"(?:que )?(?:j|nous)(?: en)? (?:ai|avons)(?: (?:bien|tout|correctement|là|ici|"
        r"donc))* (?:compris|"
        r"noté|entendu|saisi|enregistré votre demande|retenu|pris note)(?: (?:bien|tout))*|"
        r"(?:ce que )?(?:j|nous) (?:ai|avons) (?:ici|là|sous les yeux|devant moi)|"
        r"(?:d )?avoir (?:bien |tout )*(?:compris|noté|entendu|patienté|attendu|appelé)|j ai donc",
        r"(?:ce )?(?:que|comme) (?:vous|tu) (?:me |m |l )*(?:avez|as|aviez) (?:bien "
        r")?(?:demandé|dit|"
        r"souhaité|voulu|indiqué|précisé|expliqué|donné)|"
        r"(?:comme|ainsi que) (?:demandé|convenu|souhaité|indiqué|prévu|discuté|vu ensemble)|"
        r"vous (?:me |m )"
        r"(?:avez|aviez) (?:bien )?(?:demandé|dit)(?: (?:de|d|que))?|à votre demande|"
        r"conformément à votre demande",
        r"juste (?:pour|avant|"
        r"un|une)(?= "
        r"(?:confirm|récap|vérif|être|que|résum|instant|seconde|petit|petite|moment|de|clarif|"
        r"m|éviter|précis))|"
        r"un (?:petit )?(?:instant|moment)|une (?:petite )?(?:seconde|minute)|une petite "
        r"vérification|"
        r"petit (?:récapitulatif|récap|résumé)|un (?:petit |rapide )?(?:récapitulatif|résumé|"
        r"point)(?: rapide)?",
        r"(?:il y a |ça fait |ce sont |donc )?(?:deux|trois|2|3) (?:choses|points|étapes|"
        r"opérations|actions|"
        r"demandes)(?: à (?:faire|confirmer|valider))?",
        r"(?:je|on|nous)(?: (?:vais|allons|peux|pourrais|pouvons|va))* (?:y aller|m en "
        r"(?:occuper|charger)|"
        r"m en (?:occupe|charge|occuperai|chargerai)|nous en (?:occupons|chargeons)|vous "
        r"(?:aider|faire)|"
        r"(?:vous )?(?:le|la|les|faire)? ?(?:fais|faire) (?:cela|ça|ceci))(?: (?:tout de "
        r"suite|pour vous|"
        r"avec plaisir))*",
        r"(?:je|j|nous) (?:vais|allons|peux|pourrais|ferai|ferais|propose de) (?:donc )?(?:faire )?"
        r"(?:(?:ceci|cela|ça|la chose suivante|ce qui suit)|le nécessaire)",
        r"(?:voici |voilà |c est )?(?:donc |bien )?ce que (?:je|j|nous|on)(?: (?:vais|allons|"
        r"va|vous|propose|"
        r"proposons|ferai|ferais|ferons|compte|m|apprête|à|de|faire|fais|mets|mettrai|"
        r"mettrais|mettre|note|"
        r"noterai|noterais|noter|écris|écrire|écrirai|écrirais|inscris|indique|indiquer|indiquerai|"
        r"indiquerais|marque|marquer))+",
        r"ce (?:que je vais faire c est|qui (?:nous )?(?:fait|donne|donnerait|représente|ferait))|"
        r"(?:ça|cela|ce qui|le tout|tout ça) (?:nous |vous )?(?:fait|ferait|fera|donne|"
        r"donnerait)(?: donc)?"
        r"(?= (?:un|une|[0-9]|pour|en|au|du|donc|de|[a-z]+ ))|ce qu il (?:y a|faut)",
        r"(?:fera|ferait|feront|feraient|fait|faisant) l objet|se (?:fera|ferait|feront|"
        r"feraient|fait|font)|"
        r"(?:avec )?(?:pour |comme |l |un )objet|qui porte sur|portant (?:sur|le)|"
        r"(?:il|elle) y a|y compris(?= (?:le|la|les|un|une|deux) )|c est à dire|à savoir|"
        r"autrement dit|"
        r"en d autres termes|en résumé|en clair|en bref|en fait|en effet|par conséquent|en "
        r"conséquence",
        r"(?:d un|pour un|un) (?:montant|prix|total|coût)(?: (?:total|global))?(?= (?:de|d) )|"
        r"(?:d une|pour une|une) (?:valeur|somme)(?: totale)?(?= (?:de|d) )|une fois(?= "
        r"(?:que|votre) )|"
        r"en (?:votre|son) nom|à l attention(?= d)|au niveau(?= (?:de|du|des|d) )|"
        r"à propos(?= d)|au sujet(?= d)|en ce qui concerne|pour ce qui (?:est|concerne)|"
        r"de mon côté|de notre côté|pour ma part|versée?s?(?= sur (?:la|votre|le) (?:carte|"
        r"compte))",
        r"cette (?:opération|démarche|action)|l opération(?! [0-9])|e(?= mail )|mot pour mot|"
        r"en ces termes|"
        r"en toutes lettres|c est (?:bien )?(?:noté|entendu|compris|clair|parfait|très bien)|"
        r"très (?:bien|"
        r"volontiers)|à (?:tout de suite|vous)|bien (?:sûr|entendu)|eh bien|d ordre général",
        r"(?:prévue?s?|fixée?s?|programmée?s?|initialement|actuellement)(?: (?:prévue?s?|"
        r"fixée?s?))?(?: au| pour| à)?"
        r"(?= (?:le )?(?:[^ ]+ ){1,3}(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|"
        r"octobre|novembre|décembre) .*(?:au|vers le|pour le) (?:[^ ]+ ){1,3}(?:janvier|"
        r"février|mars|"
        r"avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre))",
        r"(?:mets|mettre|mettrai|mettrais|mettons|mettrons)(?= (?:[^ ]+ ){1,6}en (?:pause|"
        r"attente|opposition|service)(?: |$))|"
        r"(?:par ailleurs|et puis)(?= (?:je|j|nous|une?|on|de|d|les?|la)(?: |$))|ensuite|"
        r"voici ce que|(?:de|en|à) (?:la )?part(?= de)|comme (?:suit|ceci|cela|ça)|ainsi "
        r"que(?= (?:le|la|les|l|une?|deux|trois|quatre|[0-9]+|votre|vos|mme|m|monsieur|madame) ?)|"
        r"au prix(?= d)|au tarif(?= d)|pour (?:un )?(?:montant|tarif|prix)(?: total)?(?= d)|"
        r"facturée?s?(?= [0-9])|de sorte que|le prix (?:est|sera|serait)(?= (?:de|d))",
        r"réservée?s?(?= (?:au nom|sous le nom|chez|dans) )|trajet(?= [^ ]+ (?:vers|à|pour) )",
        rf"une?(?= {_ACTS}(?: |$))",
        r"(?:fais|faire|ferai|ferais|ferons|effectue|effectuer|effectuerai|effectuerais|"
        r"effectuons|réalise|"
        r"réaliser|réaliserai|lance|lancer|enregistre|enregistrer|prépare|préparer|traite|"
        r"traiter|mets en place)"
        rf"(?= (?:(?:à|au|l|la|le|un|une|votre|d|de|donc|alors) ){{1,3}}{_ACTS}(?: |$))",
    ),
    wishing=words("que qu se"),
    is_to_an_hour=True,
    quoting=words(
        "disant dit dirait indiquant contenant intitulé intitulée libellé libellée que qu ainsi",
        "objet texte suivant suivants suivante suivantes sujet titre mention mots message car",
        "contient ceci est sera serait note contenu termes indique intitulés porte lit cite",
    ),
    own_words=phrases(r"avec (?:le texte|l objet|le message|ces mots)", "parce que", "car"),
    asks=words(
        "je j me m moi nous on vous te tu le la les l y en ce c cet cette ceci cela ça ci tout",
        "dois puis devrais pourrais peux pouvons pourrions devons vais va allons veux voudrais",
        "voulez souhaitez désirez voudriez souhaiteriez désireriez aimeriez veux souhaites vouliez",
        "pouvez pourriez pouvons permettez autorisez confirmez confirmer confirme confirmation",
        "validez valider valide validons validation acceptez accepter approuvez approuver",
        "fasse faire fais ferais ferai fait font faisons procède procéder procédons procèderai",
        "continue continuer continuons poursuive poursuis poursuivre poursuivons lance "
        "lancer lançons",
        "effectue effectuer effectuons exécute traite occupe occuper charge réalise réaliser",
        "enregistre enregistrer mette mets avance avancer aller aille avant vas y",
        "que qu est sont serait sera êtes seriez soit irait iraient vont convient conviennent",
        "conviendrait arrange arrangerait paraît semble semblent parait plaît plait marche "
        "marcherait",
        "fonctionne bien bon bonne bons correct correcte corrects exact exacts juste ok okay ordre",
        "parfait conforme entendu accord sûr sûre certain certaine clair",
        "suite sa ses votre faisons d de du des à au aux pour avec par sur ainsi comme si "
        "dans la sorte il t s elle et donc",
        "alors maintenant toujours vraiment tout oui ai votre vos mon notre feu vert",
        "autorisation consentement permission aval go cette opération demande ces informations",
        "compris noté entendu comprends correctement voulu souhaité demandé disiez attendiez",
        "donnez donner voir partant prêt prête informations détails infos récapitulatif",
        "merci monsieur madame point part là dessus dites faites savoir veuillez attends besoin",
    ),
    agrees=phrases(
        r"(?:dois|puis|devrais|pourrais|peux) je|(?:est ce que )?(?:je|j|on|nous)(?: (?:vous|"
        r"le|la|les|l|"
        r"y|m|en))*(?= |$)|(?:pouvons|pourrions|devons) nous",
        r"(?:voulez|souhaitez|désirez|voudriez|aimeriez|souhaiteriez|désireriez|permettez|"
        r"autorisez|"
        r"acceptez|confirmez|validez|approuvez)(?: vous)?(?! (?:(?:le|la|les|l|y|ça|cela) "
        r")?faire(?: |$))|(?:veux|souhaites) tu",
        r"(?:êtes|seriez)(?: vous)? (?:bien |toujours |tous )?(?:d accord|ok|okay|sûre?|certaine?|"
        r"partante?|prête?)|vous (?:êtes|seriez) (?:bien |toujours )?(?:d accord|ok|okay|"
        r"sûre?|certaine?|partante?)",
        r"(?:pouvez|pourriez|voulez|voudriez) vous (?:bien )?(?:me )?(?:le |l )?(?:confirmer|"
        r"valider|"
        r"approuver|dire si)(?= |$)|vous (?:pouvez|pourriez) (?:me )?(?:le |l )?(?:confirmer|"
        r"valider)",
        r"(?:ça|cela|ceci|tout|c|ce|tout cela|tout ça|vous|il|elle)(?: (?:vous|bien|est|"
        r"serait|te|t|il))* "
        r"(?:va|vont|irait|convient|conviendrait|conviennent|marche|marcherait|arrange|semble|"
        r"paraît|"
        r"parait|plaît|fonctionne)",
        r"(?:c|ce|est|serait|tout|sont|soit)(?: (?:est|ce|il|bien|que|c|toujours|tout|à|fait|"
        r"elles|ils))* "
        r"(?:bon|bien|correcte?s?|exacts?|juste|ok|okay|parfait|ça|cela|conforme|d accord|entendu|"
        r"clair|en ordre|noté)|(?:bon|correct|exact|ok|okay|parfait|entendu|d accord|bien)(?: "
        r"(?:pour|avec) (?:vous|toi|cela|ça))?$|d accord|tout bon",
        r"(?:ai|avez|puis|peux|donnez|donner|avoir|j ai)(?: (?:je|vous|moi|me|bien|avoir))* "
        r"votre (?:accord|"
        r"confirmation|feu vert|autorisation|consentement|permission|aval|go|ok|validation)",
        r"ai je (?:bien |tout |correctement )*(?:compris|noté|entendu)|j ai (?:bien |tout "
        r")*(?:compris|noté)",
        r"ce que vous (?:voulez|souhaitez|désirez|vouliez|souhaitiez|avez demandé|aviez "
        r"demandé|attendiez|"
        r"voudriez)|votre (?:accord|confirmation|feu vert)|oui$|(?:allons|vas) y$|feu vert|"
        r"(?:confirmation|confirmez|validez)$",
    ),
    requests=phrases(
        r"(?:(?:donc|alors|et|merci|veuillez|pouvez vous|pourriez vous|j attends|il me faut|"
        r"il me faudrait|"
        r"il me faut juste|j ai besoin|je n attends plus que|dites|faites|donnez) )*(?:me |"
        r"moi |le |la |l )*"
        r"(?:(?:de|d|simplement|juste|votre|bien|vouloir|me|moi|le|la|l|confirmer|confirmez|"
        r"confirmation|"
        r"valider|validez|dire|dites|savoir|approuver|accord|feu|vert|donner) )*(?:confirmer|"
        r"confirmez|confirmation|valider|validez|accord|feu vert|approuver|approuvez|(?:si|"
        r"que) (?:c est|"
        r"ça|cela|vous|tout|je|cela vous|ça vous)(?: (?:est|bon|bien|va|convient|vous|êtes|d|"
        r"accord|"
        r"correct|exact|ok|peux|puis|y|aller|le|faire|procéder|continuer|dois|pour|confirmez|"
        r"bien ça))+)"
        r"(?: (?:s il vous pla[iî]t|svp|pour que je (?:le fasse|procède|continue|lance|poursuive)|"
        r"pour (?:continuer|procéder)|et je (?:le fais|procède|m en occupe|lance|continue)|que|"
        r"c est|bien|bon|correct|cela|ça|exact|vous|convient|va|tout|est|si|et|d|accord|oui|"
        r"à|procéder|je|peux|y|aller))*",
        r"dites (?:moi )?(?:simplement |juste )?oui et je (?:le fais|procède|m en occupe|"
        r"lance)(?: pour vous)?",
    ),
    openers=phrases(
        r"(?:dois|puis|devrais|pourrais|peux|pouvons|pourrions|devons) (?:je|nous)(?: (?:donc|"
        r"alors|bien|"
        r"vraiment|maintenant|procéder à|vous))*",
        r"est ce que (?:je|j|nous|l on|on)(?: (?:dois|peux|devrais|pourrais|vais|pouvons|"
        r"devons|peut|donc|bien))*",
        r"(?:(?:est ce que )?vous (?:voulez|souhaitez|désirez|voudriez|aimeriez|souhaiteriez)|"
        r"(?:voulez|souhaitez|désirez|voudriez|aimeriez|souhaiteriez|désireriez) vous)(?: "
        r"(?:donc|bien|vraiment|"
        r"toujours|alors))*(?: (?:que (?:je|j|nous|l on|on)|qu on|me voir))?",
        r"(?:veux|souhaites) tu que (?:je|j)",
        r"(?:êtes vous|est ce que vous êtes|vous êtes|seriez vous)(?: (?:bien|toujours))? "
        r"(?:d accord|ok|"
        r"partante?|sûre?)(?: (?:pour|que|de|à ce))*(?: (?:vouloir|que (?:je|j|nous|l on)|qu on))?",
        r"(?:me |le )?(?:confirmez|validez|acceptez|autorisez|permettez)(?: vous)?(?: (?:donc|"
        r"bien|vouloir|"
        r"que (?:je|j) (?:dois|peux)|que (?:je|j)|que vous (?:voulez|souhaitez)|moi à|à))*",
        r"vous (?:me )?(?:confirmez|validez|acceptez|autorisez|permettez)(?: (?:donc|bien|"
        r"vouloir|que (?:je|j)|"
        r"que vous (?:voulez|souhaitez)|à))*",
        r"(?:pouvez|pourriez) vous (?:me )?(?:confirmer|valider)(?: (?:bien|vouloir|que (?:je|"
        r"j) (?:dois|peux)|"
        r"que (?:je|j)|que vous (?:voulez|souhaitez)))*",
        r"(?:ça|cela) (?:vous )?(?:va|irait|convient|conviendrait|dérange)(?: il| t il)? "
        r"(?:si|que) (?:je|j|on)",
        r"ai je votre (?:accord|feu vert|autorisation) pour|on(?= (?:va|peut) )|on y va pour",
        r"(?:je|j|on)(?: (?:vous|le|la|l|les|vais|peux|peut|va))*(?!.* (?:est|sont|ai|a|as|"
        r"avons|ont|été|êtes|suis)(?: |$))(?= )",
    ),
)

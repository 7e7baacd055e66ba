"""French."""

from agent_service.conversation.read_back.inflection import french, groups, in_phrases
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
        "zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze "
        "quinze seize"))
} | {
    "une": 1, "vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50,
    "soixante": 60, "septante": 70, "huitante": 80, "octante": 80, "nonante": 90, "cent": 100,
    "mille": 1000,
}  # fmt: skip
_MONTHS = row(
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre"
)

_VERBS = """
annuler; résilier / annulation, résiliation
rembourser / remboursement
échanger; troquer / échange
remplacer / remplacement
retourner; renvoyer:renvoi / retour, renvoi
rendre
envoyer:envoi; expédier; adresser; faire parvenir / envoi, expédition
livrer / livraison
ouvrir::ouvert; créer / ouverture, création
réserver / réservation
prendre:prend:pris+prenne+prennent+prenez+prenons
fixer; programmer; planifier / programmation
déplacer; décaler; reporter / déplacement, report
changer; modifier / changement, modification
passer / passage
mettre:met:mis à jour+mette à jour / mise à jour
bloquer / blocage
débloquer / déblocage
prolonger; renouveler:renouvell / prolongation, renouvellement
activer / activation
désactiver / désactivation
fermer; clôturer / fermeture, clôture
terminer
arrêter / arrêt
suspendre / suspension
ajouter / ajout
supprimer; retirer; enlever:enlèv / suppression, retrait
commander / commande
payer:pai; régler:règl / paiement, règlement
virer; transférer:transfèr / virement, transfert
débiter; prélever:prélèv / débit, prélèvement
créditer / crédit
augmenter / augmentation
baisser; réduire::réduit; diminuer / baisse, réduction
inscrire::inscrit / inscription
enregistrer / enregistrement
rediriger; transférer:transfèr / redirection, transfert
recharger / rechargement, recharge
confirmer / confirmation
signaler; déclarer / signalement, déclaration
réparer / réparation
réinitialiser / réinitialisation
rappeler:rappell / rappel
appeler:appell / appel
donner
noter
louer / location
acheter:achèt / achat
commencer
demander / demande
"""

_DO = (
    r"(?:(?:le |la |les |l |y |cela |ça |tout )?(?:fasse|faire|fais|ferais|proc[eé]der?|"
    r"proc[eè]de|continue[r]?|poursuive|poursuivre"
    r"|lance[r]?|effectue[r]?|valide[r]?|m en occupe|m occupe|m en occuper|"
    r"aille de l avant|aller de l avant)(?: cela| ça| ainsi| de l avant| à cela|"
    r" de la sorte| comme ça| cette opération| cette demande)*(?: pour vous)?"
    r"(?: maintenant)?)"
)
_FINE = (
    r"(?:bien |tout à fait |toujours )?(?:bien|correct|exact|bon|ok|okay|juste|en ordre|"
    r"bien ça|bien cela|ça|cela|d accord|conforme|parfait|exactement ça|ce que vous "
    r"(?:voulez|souhaitez|désirez|vouliez|souhaitiez|avez demandé))"
)

FRENCH = Language(
    tag="fr",
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
        "contre": Role.FOR,
        "avec": Role.WITH,
        "par": Role.WITH,
        "chez": Role.AT,
        "en": Role.AT,
        "dans": Role.AT,
        "sur": Role.AT,
        "sous": Role.AT,
    },
    idle=words(
        "le la les l des votre vos ta ton tes je j vous te on nous et il elle ils elles",
        "que qu qui vais va allons peux pourrais y",
    ),
    rates=phrases("chaque(?= (?:mois|an|année|semaine|jour|nuit|heure))"),
    joints=words("et ainsi"),
    callers=words("tu"),
    addressed=words("vous te"),
    pointers=words("cette cet ces ce"),
    articles=words("un une"),
    determiners=words("le la l votre ton ta du au"),
    labels=phrases(
        "(?:le |avec le |au |du )?numéro", "num", "nr", "code postal", "portant le numéro"
    ),
    ending=phrases(
        "(?:qui |et )?(?:se )?(?:termine|terminant|finit|finissant|finissent|"
        "terminent) (?:par|en|avec|sur)",
        "terminée? (?:par|en)",
        "dont les derniers chiffres sont",
        "finissant par",
    ),
    openings=words("jusqu jusque avant apres depuis entre sans concernant sauf"),
    synonyms={
        "dr": "docteur",
        "dre": "docteure",
        "mme": "madame",
        "m": "monsieur",
        "mlle": "mademoiselle",
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
    },
    short=words("dr dre mme m mlle av bd no pr tel st ste"),
    titles=words("dr docteur docteure mme madame monsieur m professeur pr mademoiselle"),
    endings=frozenset({("", "s"), ("", "x"), ("al", "aux")}),
    verbs=groups(_VERBS, in_phrases(french)),
    trades=words("échanger troquer remplacer"),
    inflect=french,
    is_verb_last=False,
    passive=phrases(
        r"(?:sera|serait|seront|seraient)(?: alors| donc| ensuite)?",
        r"(?:va|vont|devrait|devraient|doit|doivent|pourrait|pourra) être",
        r"(?:à|pour) être",
    ),
    light=phrases(
        r"(?:fais|faire|effectue|effectuer|procède|procéder|lance|lancer|réalise|réaliser|"
        r"programme|planifie|ferai|ferais|vais procéder|effectuerai|procéderai)"
        r"(?: à l| à la| à un| à une| au| le| la| l| un| une| votre)*",
    ),
    leads=phrases(
        r"(?:juste |donc |et |alors |bon |bien )*(?:pour|afin de|je vais|je souhaite|"
        r"permettez moi de|laissez moi|je veux|je voudrais|je tiens à|j aimerais|je)(?: "
        r"(?:bien|juste|vous|être|tout|nous|le|la|me|m|d abord|simplement|rapidement|en|"
        r"les))* (?:confirmer|confirme|récapituler|récapitule|résumer|résume|vérifier|"
        r"vérifie|répéter|répète|relire|relis|sûre?s?|certaine?s?|clair|assurer|assure|"
        r"reprendre|reprends|reformuler|reformule)"
        r"(?: (?:que (?:tout est (?:clair|correct|bon)|(?:j ai|nous avons) (?:bien |tout )?"
        r"(?:compris|noté)(?: bien)?|c est (?:bien )?(?:correct|bon|clair))|avec vous|"
        r"votre demande|encore|une fois|une dernière fois|la demande|ensemble|tout cela|"
        r"tout|cela|ça|les détails|rapidement|brièvement))*",
        r"(?:très bien|d accord|bien sûr|bien entendu|parfait|entendu|alors|donc|bon|bien|"
        r"ok|okay|oui|voilà|en résumé|récapitulons|résumons|certainement|volontiers|"
        r"avec plaisir|encore une fois|une dernière fois|c est noté|c est entendu|compris|"
        r"c est compris|je comprends|si je (?:vous )?comprends bien|si j ai bien compris|"
        r"j ai bien compris|je confirme|eh bien|absolument|en bref|ensuite|noté|"
        r"pas de problème|aucun problème|sans problème|pas de souci|voyons|"
        r"voyons si j ai bien compris|autrement dit|récapitulatif|confirmation|résumé|"
        r"en d autres termes|bien noté|super|excellent|formidable|comme demandé)(?: alors|"
        r" donc)?",
        r"merci(?: beaucoup| bien)?(?: (?:de votre|pour votre|d avoir|de|pour) (?:patience|"
        r"attente|appel|patienté|attendu|avoir patienté|ces informations|"
        r"ces précisions))?",
        r"(?:juste )?avant (?:de|d) (?:continuer|le faire|commencer|procéder|poursuivre|"
        r"aller plus loin|faire quoi que ce soit)|avant cela",
        r"(?:voici|voilà) (?:donc |bien )?(?:ce que (?:je|nous) (?:vais|allons|"
        r"vous propose|propose|ferai|ferais|ferons|compte)(?: de)?(?: faire)?|ce que j ai "
        r"(?:compris|noté)|le récapitulatif|le résumé|votre demande)|"
        r"ce que je vais faire c est|je peux (?:faire cela|m en occuper|le faire)"
        r"(?: pour vous)?|sauf erreur",
    ),
    frames=phrases(
        r"(?:je|j|on|nous)(?: vous| le| la| les)? (?:vais|va|allons|peux|pourrais|peut|"
        r"voudrais|propose de|m apprête à|suis prête? à|compte|dois|souhaite)(?: donc|"
        r" alors| maintenant| procéder à| bien)*",
        r"vous (?:souhaitez|voulez|désirez|souhaiteriez|voudriez|aimeriez|m avez demandé d|"
        r"m avez demandé de|me demandez de|me demandez d)(?: donc| bien| alors)*(?: que "
        r"(?:je|j|nous|l on))?",
        r"il s agit(?: bien| donc)?(?: de la| du| de l| des| de| d)?|c est(?: bien| donc|"
        r" à dire| pour| sur)?|ce sera(?:it)?|ce sont|ça fait|cela fait|il y a|à savoir|"
        r"soit|c est à dire",
        r"(?:au total|en tout|(?:pour )?un (?:total|montant|prix) (?:total )?(?:de|d)|d un "
        r"(?:montant|total|prix) (?:total )?(?:de|d)|d une valeur (?:totale )?(?:de|d)|pour"
        r" (?:une valeur|la somme|un montant total|un total) (?:de|d)|pour un montant"
        r"(?: total)? de|le montant (?:total )?(?:est|serait|sera) de|la somme de|le total "
        r"(?:est|serait|sera) de)",
        r"pour vous|comme (?:demandé|convenu)|à votre (?:demande|nom)|donc|alors|ensuite|"
        r"dont|contenant|qui (?:contient|comprend)|comprenant|composée? (?:de|d)|numéro de",
    ),
    whole=phrases("(?:en entier|entièrement|intégralement|en totalité|tout|toute la commande)"),
    quoting=phrases(
        r"(?:avec|sous|comportant|portant|contenant) (?:ces mots|ce texte|le texte|"
        r"le message|les mots|le libellé|la mention|l objet|le sujet|pour objet|pour texte|"
        r"pour sujet|ce message|le titre|pour titre|l intitulé|ceci|comme texte|"
        r"comme objet|comme sujet|la note|ce contenu|le contenu)(?: suivante?s?)?",
        r"(?:qui|où|disant|lequel) (?:dit|dirait|est écrit|il est écrit|indique|contient)|"
        r"disant|intitulée?|libellée?(?: ainsi)?|indiquant|pour|au sujet de|à propos de|"
        r"ainsi|objet|texte|dont le texte est|dont l objet est|et le texte (?:est|sera|"
        r"serait)|parce que|car|en ces termes|mot pour mot|je cite",
    ),
    own_words=phrases(r"avec (?:le texte|l objet|le message|ces mots)", "parce que", "car"),
    questions=closing(
        rf"(?:dois|puis|devrais|pourrais|peux) je(?: {_DO})",
        r"(?:dois|puis) je",
        rf"est ce que je(?: dois| peux| devrais| pourrais)?(?: {_DO})",
        r"(?:voulez|souhaitez|désirez|voudriez|aimeriez|souhaiteriez) vous (?:bien )?que "
        rf"(?:je|j|nous|l on)(?: {_DO})",
        rf"(?:veux|souhaites) tu que (?:je|j)(?: {_DO})",
        rf"est ce que vous (?:voulez|souhaitez|désirez|voudriez) que (?:je|j)(?: {_DO})",
        r"(?:est ce que )?(?:ça|cela|c|ce|tout|tout cela|tout ça) (?:est |vous )?(?:bien |"
        r"vous )?(?:convient|va|conviendrait|irait|vous va|vous convient|vous irait|"
        r"est bon pour vous|va pour vous|vous semble (?:bon|bien|correct|juste))(?: bien|"
        r" il| t il| ainsi| comme ça)*",
        r"(?:est ce que )?(?:c est|est ce|est ce que c est|tout est il|tout est|"
        rf"est ce bien|serait ce) {_FINE}(?: pour vous)?",
        rf"(?:cela|ça|ceci|tout cela) (?:est|serait) (?:il |bien )*{_FINE}(?: pour vous)?",
        r"(?:cela|ça) vous (?:convient|va|conviendrait) (?:il|t il)(?: bien)?",
        r"êtes vous (?:bien |toujours )?(?:d accord|sûre?|certaine?|ok)(?: avec (?:cela|ça|"
        r"ceci)| pour que je (?:le )?(?:fasse|procède))?",
        r"est ce que vous (?:êtes (?:bien )?(?:d accord|sûre?)|confirmez|validez|acceptez|"
        r"approuvez)(?: (?:cela|ça|ceci))?",
        r"(?:confirmez|validez|acceptez|approuvez) vous(?: (?:bien|cela|ça|ceci|"
        r"cette demande|cette opération|le tout))*",
        r"(?:me |le |l )?(?:confirmez|validez) vous(?: cela| ça)?",
        r"(?:pouvez|pourriez|voulez|voudriez) vous (?:bien )?(?:me )?(?:le |l )?"
        r"(?:confirmer|valider|approuver)(?: cela| ça| ceci)?",
        r"(?:ai|puis|peux) je (?:avoir )?votre (?:accord|confirmation|feu vert|"
        r"autorisation|consentement)(?: pour (?:cela|procéder|le faire|continuer))?",
        r"ai je (?:bien|correctement) (?:compris|noté)|j ai bien (?:compris|noté)|"
        r"est ce bien ce que vous (?:voulez|souhaitez|désirez)",
        rf"(?:me )?(?:permettez|autorisez) vous (?:à |de )?{_DO}",
    ),
    tags=closing(
        r"(?:vous (?:me |le |êtes )?(?:confirmez|validez|d accord|approuvez|acceptez|êtes "
        r"(?:bien )?(?:d accord|sûre?|certaine?)|le confirmez)(?: cela| ça| bien)?|"
        rf"(?:c est|est ce) {_FINE}(?: pour vous)?|d accord|ok|okay|ça (?:vous )?(?:va|"
        r"convient)(?: comme ça| ainsi)?|cela vous (?:va|convient)|correct|exact|oui|je "
        r"(?:le |la |les )?(?:fais|lance|procède|valide|continue|peux y aller|"
        r"m en occupe)|on (?:y va|le fait|fait comme ça|part là dessus)|entendu|ça marche"
        r"(?: pour vous)?|je peux (?:le faire|procéder|continuer|y aller)|je (?:le fais|"
        r"vais y|procède|continue)|c est ok|tout est bon|c est bien ça|"
        r"vous voulez que je le fasse|vous souhaitez que je le fasse|vous voulez que je "
        r"(?:procède|continue)|je dois le faire)",
    ),
    openers=phrases(
        r"(?:dois|puis|devrais|pourrais|peux) je(?: donc| alors| bien| vraiment| maintenant)*",
        r"est ce que je (?:dois|peux|devrais|pourrais)(?: donc| bien)?",
        r"(?:voulez|souhaitez|désirez|voudriez|aimeriez) vous(?: bien| vraiment)? (?:que "
        r"(?:je|j|nous|l on))?",
        r"est ce que vous (?:voulez|souhaitez|désirez) que (?:je|j)",
        r"(?:êtes vous|est ce que vous êtes) d accord pour que (?:je|j)",
        r"(?:confirmez vous|pouvez vous (?:me )?confirmer|me confirmez vous) (?:que (?:je|"
        r"j) (?:dois|peux)|vouloir|que vous (?:voulez|souhaitez)(?: que (?:je|j))?)",
        r"(?:voulez|souhaitez|désirez) vous",
        r"(?:donc |alors )?(?:vous (?:voulez|souhaitez|désirez)(?: donc| bien)? (?:que "
        r"(?:je|j))?|je vais|je|j|on)",
    ),
)

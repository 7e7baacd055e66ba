"""What French-speaking callers say."""

from agent_service.conversation.answering.phrases import Phrases
from agent_service.conversation.answering.sequence import Kind
from agent_service.conversation.answering.wording import Wording

WORDING = Wording(
    language="fr",
    determiners=frozenset(
        "le la les l un une ma mon mes votre vos ta ton tes ce cette ces cet notre nos tous toutes".split()
    ),
    prepositions=frozenset(
        "de du des d a au aux avec pour par sur sous en dans jusqu chez qui se numero".split()
    ),
    conjunctions=frozenset(("et", "puis", "ainsi")),
    before_number=frozenset(("numero", "no", "n")),
    pronouns="le | la | les | l' | ça | cela | celle-ci | celui-ci | en | y | moi | moi (ça | cela | la | le) | le moi | la moi | mon argent | l'argent",
    everything="""
        [(le | la | les | ça | cela)] (tout | tous | toutes) [(ça | cela)] | le tout
    """,
    whole=frozenset("entiere entier complete complet tout toute".split()),
    before_verb=frozenset("vous te le la les lui leur me nous l".split()),
)

GRAMMAR = {
    Kind.YES: Phrases("""
        oui | ouais | ouaip | ouè | oué | ui | yep | yes | ouep | ouioui | voui | wé | ouaih
        (ah | oh | eh | ben | bah | mais | ma foi | oh que | ah que | ça | et bien | eh bien) oui | que oui | mille fois oui | oui da | oui oui
        (mais | ah | ben | bah | et) bien sûr [que oui] | bien sûr [(que oui | oui)] | bien entendu | bien évidemment | évidemment | naturellement | certainement | assurément | absolument | exactement | parfaitement | effectivement | en effet | sûrement | clairement | carrément | complètement | totalement | forcément | pleinement | définitivement | indéniablement | tout à fait | précisément | justement oui
        d'accord | daccord | d'acc | dac | d'ac | tout à fait d'accord | (ok | okay | d'accord) pour moi | (ben | bon | ah | oh | alors | bah) d'accord | c'est d'accord | (je suis | on est | nous sommes | suis) [(tout à fait | entièrement | totalement | bien | parfaitement | complètement)] d'accord [(avec (ça | cela | tout) | pour (ça | cela))] | d'accord pour (moi | ça | cela | tout)
        ça (marche | roule | va | joue | me va | me convient | m'arrange | me plaît | me semble (bien | bon | parfait | correct) | m'a l'air (bien | bon | parfait)) [(très bien | bien | parfaitement | comme ça | pour moi | tout à fait | impeccable | aussi)] | cela me (convient | va) [(très bien | parfaitement | tout à fait)] | tout me va
        c'est parti | ça peut le faire | ça sera (parfait | bien | très bien) | ce (sera | serait) (parfait | bien | très bien | super | gentil | idéal | génial | formidable) | ça serait (bien | super | parfait | gentil | génial | top)
        entendu | bien entendu | très bien [(comme ça | ainsi)] | fort bien | super | génial | nickel | impeccable | impec | parfait [pour moi] | top | excellent | formidable | merveilleux | merveille | à merveille | idéal | validé | confirmé | affirmatif | accordé | accepté | approuvé | c'est validé | adjugé | marché conclu | vendu | banco | deal
        volontiers | bien volontiers | très volontiers | avec (plaisir | grand plaisir | joie) | sans (problème | souci | aucun problème | aucun souci | hésiter | hésitation | aucune hésitation | réserve | aucun doute) | sans le moindre (doute | problème) | aucune objection | aucun doute | pas d'objection | c'est (sûr | certain) | pour sûr | sûr et certain | et comment | bien d'accord
        [(oui | moi)] je [(vous)] (confirme | valide | l'approuve | l'accepte | veux bien | consens | accepte | approuve | autorise | y consens | donne mon accord) [(ça | cela | tout | tout ça | bien | pour moi)] | je (vous le | le | te le) (confirme | valide | veux [bien] | souhaite | désire | demande) | je vous (y autorise | autorise [à le faire] | donne mon accord | fais confiance | en prie | laisse faire) | vous avez mon (accord | autorisation | feu vert | aval) | j'(accepte | autorise | approuve | acquiesce | agrée) [(ça | cela | bien)] | j'en suis (sûr | sûre | certain | certaine)
        je suis (sûr | sûre | certain | certaine | partant | partante | pour | ok | okay | preneur | preneuse | favorable) [(de moi | et certain | et certaine | avec ça | pour ça)] | je suis (sûr | sûre) et (certain | certaine)
        (j'aimerais | je souhaiterais | j'apprécierais) [(bien | beaucoup | ça | cela)] | je (voudrais | souhaite | désire) (bien | ça | cela | le faire | que vous le fassiez | procéder) | je veux (ça | cela | que vous le fassiez | le faire | procéder) | je dis oui | c'est (un oui | oui) [(pour moi | franc | de ma part)] | ma réponse est oui | un grand oui
        mhm | mm-hm | hm-hm | uh-huh | ok d'acc | grave | sûr | exactement ça | (bon | ben | bah | allez) (ok | oui | d'accord | va pour ça) | va pour (ça | cela) | banco | à cent pour cent | cent pour cent | 100 percent | 100 pour cent | (rien | pas) à redire
    """),
    Kind.RISING_YES: Phrases(""),
    Kind.FIRST_YES: Phrases("bien"),
    Kind.TAG: Phrases("""
        ok | okay | okey | oki | oké | o k | k | correct | exact | certain
    """),
    Kind.STATEMENT: Phrases("""
        (c'est | cela est | tout est | tout ça est | voilà c'est | tout cela est) [(bien | tout à fait | parfaitement | absolument | exactement | tout | très | totalement)] (ça | cela | exact | correct | parfait | juste | bon | bien | ok | okay | nickel | vrai | noté | confirmé | comme ça | conforme | en ordre | impeccable | super | entendu) [(pour moi | comme ça | merci | même | ainsi)]
        c'est (tout à fait | bien | parfaitement | exactement | absolument) (ça | cela) | c'est ce que je (veux | souhaite | voulais | désire) | c'est bien ce que je (veux | souhaite | voulais) | tout est (bon | correct | ok | exact) | vous avez (raison | bien compris | tout compris) | (ça | cela) me (paraît | semble) (bien | bon | correct | parfait | juste) | c'est en ordre | c'est bien
    """),
    Kind.ORDER: Phrases("""
        [(alors | bon | eh bien | bien | ben)] (allez-y | vas-y | allons-y | on y va | go | let's go) [(alors | donc | faites | fais | faites-le | s'il vous plaît | pour moi | comme ça)] | allez-y
        faites [(le | ça | cela | donc | ainsi | comme ça | comme cela | le donc | s'il vous plaît | pour le mieux | le nécessaire)] | [bon] fais [(le | ça | cela | donc | comme ça)] | faites comme (vous avez dit | vous dites | ça) | faisons [(le | ça | comme ça | ainsi)] | on fait (ça | comme ça) | fonce | foncez | lancez [(le | ça)] | lance [(le | ça)]
        procédez [(ainsi | comme ça | donc)] | procède | procédons | continuez | continue | poursuivez | validez [(le | ça | tout)] | valide | confirmez [(le | ça)] | exécutez | effectuez-le | veuillez (procéder | le faire | continuer | poursuivre)
        vous pouvez [(y aller | le faire | procéder | faire | continuer | confirmer | valider | poursuivre | y procéder | faire ça | faire cela | faire comme ça)] | tu peux (y aller | le faire | procéder | faire) | pouvez y aller | il faut (le faire | y aller) | je vous (prie | demande) de (le faire | procéder) | je (veux | voudrais | souhaite) que vous (le fassiez | procédiez) | c'est bon (allez-y | vous pouvez y aller | faites)
    """),
    Kind.AFTER_YES: Phrases("""
        ALL | je (veux | voudrais | souhaite) | vous (pouvez | devez) | tu peux | c'est (bien | ça) | pourquoi pas | allez | je le veux | il le faut | comme ça | bien | bon | voilà | c'est mon souhait | c'est bon
    """),
    Kind.REQUEST: Phrases("""
        veuillez [bien] [(l' | le | la | les | me | tout)] INFINITIVE [OBJECT] | merci (de | d') [(l' | le | la | les | bien vouloir | tout)] INFINITIVE [OBJECT] | s'il vous plaît COMMAND [OBJECT]
        vous pouvez [(l' | le | la | les | me | tout | bien)] INFINITIVE [OBJECT] | tu peux [(l' | le | la | les | me | tout)] INFINITIVE [OBJECT]
        je (veux | voudrais | souhaite | souhaiterais | désire) [bien] [(l' | le | la | les | tout)] INFINITIVE [OBJECT] | j'aimerais [bien] [(l' | le | la | les | tout)] INFINITIVE [OBJECT] | je (veux | voudrais | souhaite) que vous [(l' | le | la | les | me)] COMMAND [OBJECT]
        (allez-y | vas-y) COMMAND [OBJECT] | il faut [(l' | le | la | les)] INFINITIVE [OBJECT]
    """),
    Kind.REPEAT: Phrases("""
        COMMAND [(bien | donc | s'il vous plaît)] [OBJECT] | COMMAND REST | WHOLE
    """),
    Kind.COURTESY: Phrases("""
        s'il vous plaît [(bien | monsieur | madame)] | s'il te plaît | svp | stp | siouplaît | s'il vous plait bien | je vous prie | (si | if) vous voulez bien | (si | if) ça ne vous dérange pas | please
        [et] merci [(bien | beaucoup | à vous | d'avance | infiniment | mille fois | bien à vous | à toi | vraiment | encore | tout plein | de votre aide | pour votre aide | pour tout | pour ça | vous êtes gentil | vous êtes gentille)] | (mille | grand | un grand) (mercis | merci) | (je | on) (vous | te) (remercie | en remercie) [(beaucoup | bien | infiniment | d'avance | par avance)] | thanks
        c'est [(très | bien | vraiment | trop)] (gentil | aimable | sympa) [(à vous | de votre part | merci)] | vous êtes [(très | bien)] (gentil | gentille | aimable) | très aimable
        monsieur | madame | mademoiselle | messieurs | mesdames | m'sieur | mon (cher | ami | vieux | brave | bon monsieur) | ma (chère | belle | petite dame) | (cher | chère | bon | bonne) (monsieur | madame) | chef | jeune homme | mon gars | mec
        pas de (problème | souci | soucis) | [il] (n'y a | y a) (pas de | aucun) (problème | souci | soucis) | aucun (problème | souci) | ne vous (inquiétez | en faites) pas | vous inquiétez pas | t'inquiète [pas] | il n'y a pas de mal | pas de quoi s'inquiéter
    """),
    Kind.HESITATION: Phrases("""
        euh | heu | euuh | hum | hmm | hm | mm | mmm | ben | bah | eh bien | et bien | bon | alors | eh | voyons | allez | bon ben | bon bah | ben alors | donc | bon alors | uh | um
    """),
    Kind.SURPRISE: Phrases("ah | oh | oh là là | tiens"),
    Kind.NO: Phrases("""
        [(ah | oh | euh | ben | bah | mais | oh que | ah mais | oh mais | eh bien | ah ben | bon ben | que)] (non | nan | nannan | naan | nope | nenni | no | nein) [(non | pas du tout | jamais)] | n | que nenni | niet
        (plutôt | pour l'instant | pour le moment | finalement | en fait | maintenant) non
        [(non | ah | oh | surtout | ben)] (certainement | surtout | absolument | sûrement | vraiment | plutôt | bien sûr que | sans doute | pas | toujours | évidemment | définitivement | surtout surtout | pour le moment | pour l'instant | finalement | en fait | alors | mieux vaut | justement | du tout) pas
        pas (du tout | question | maintenant | aujourd'hui | encore | pour l'instant | pour le moment | tout de suite | la peine | besoin | nécessaire | vraiment | envie | d'accord | intéressé | intéressée | ça | comme ça | possible | celui-là | celle-là | pour moi | moi | forcément | merci | cette fois | ce soir | de ça | de cette façon | exactement | correct | bon | exact | question de (ça | faire ça))
        bien sûr que non | certes non | évidemment non | non certainement pas | absolument non | ça non | hors de question | (c'est | il est) (hors de question | non | exclu) | (il n'en est | il en est | pas) pas question | il n'en est pas question | jamais [(de la vie | de jamais | plus)] | en aucun cas | en aucune (façon | manière) | sous aucun prétexte | à aucun prix | aucunement | nullement | même pas en rêve | dans tes rêves | que dalle | rien [(du tout | à faire)]
        je (ne | n') [(le | la | les | l' | en | vous le)] (veux | souhaite | désire | voulais | confirme | valide | valide | accepte | autorise | préfère | pense | crois | suis) pas [(ça | cela | le faire | d'accord | que vous le fassiez | du tout | intéressé | intéressée | de ça | continuer | donner suite | poursuivre | INFINITIVE | INFINITIVE OBJECT | l' INFINITIVE | partant | pour | vraiment)] | je (ne | n') (veux | souhaite | désire) (plus | rien) [(du tout | faire | ça | le faire | INFINITIVE OBJECT)]
        (je | j' | moi je) (veux | en veux | souhaite | suis | confirme | accepte | préfère | crois | pense) pas [(ça | cela | le faire | d'accord | que vous le fassiez | du tout | intéressé | intéressée | INFINITIVE | INFINITIVE OBJECT)] | je veux plus | j'en veux (pas | plus) | je n'en veux (pas | plus) | veux pas
        je préfère (pas | que non | ne pas [(le faire | INFINITIVE | INFINITIVE OBJECT | l' INFINITIVE)] | ne rien (faire | changer) | éviter | m'abstenir | rester comme ça | laisser comme ça | laisser tomber | la garder | le garder | garder OBJECT) | je préférerais (pas | que non | ne pas [(le faire | INFINITIVE)])
        (j'aime | j'aimerais) (mieux | autant) (pas | que non | ne pas) | je (refuse | m'y oppose | décline | passe | renonce | m'abstiens) | c'est refusé | refusé
        [(non | bon | ben | bah | oh | alors | finalement | allez)] (laisse | laissez | laissons | on laisse) [(tomber | ça | cela | comme ça | comme c'est | tel quel | tout comme ça | faire comme ça | béton | donc tomber | les choses comme elles sont | tranquille | OBJECT comme (ça | elle est | il est | c'est) | tout)] [(tomber | s'il vous plaît)]
        [(non | bon | ben)] (oublie | oubliez | oublions) [(ça | cela | tout | tout ça | l'affaire | ma demande)] | [surtout] [(ne | n')] (fais | faites | faîtes) [(surtout | donc | le)] (pas | rien) [(ça | cela | du tout | pour l'instant | pour le moment | comme ça)] | ne (le | la | les) (faites | fais) [surtout] pas | n'en faites rien | ne (touchez | changez | touche | change) (pas | (à rien | rien)) | ne procédez pas | n'y allez pas | ne continuez pas | ne (validez | confirmez) pas
        (ne | n') ORDER pas | (il vaut | mieux | il vaudrait | vaut) mieux (pas | que non | ne pas [(le faire | INFINITIVE | INFINITIVE OBJECT)]) | mieux vaut (pas | ne pas le faire | s'abstenir)
        [(ne | n')] [(l' | le | la | les)] COMMAND [surtout] (pas | rien | plus) [OBJECT] | COMMAND [surtout] pas OBJECT | ne pas [(l' | le | la | les)] INFINITIVE [OBJECT] | ne me COMMAND pas
        [(ce | c')] (n'est | est) pas (la peine | nécessaire | utile | ça | cela | correct | exact | bon | ce que je (veux | voulais | souhaite | voulais dire | demande) | possible | d'accord | juste | vrai | bien | la bonne | le bon | le moment) | ce n'est plus (la peine | nécessaire | utile) | inutile | c'est inutile | pas la peine
        [(non | j'ai)] (changé | change) d'avis | (j'ai | j'ai finalement | finalement j'ai) changé d'avis | je change d'avis | je (me suis | m'étais) ravisé | finalement (non | pas) | tout compte fait non | tout bien réfléchi non | réflexion faite non
        (arrête | arrêtez | stoppez | stoppe | attendez | attends | abandonnez | abandonne | cessez | suspendez) [(tout | ça | cela | là | tout de suite)] | stop [stop] | halte | on arrête [(tout | là)] | négatif | faux | c'est (faux | pas ça | pas bon | pas la peine | mort | non) | erreur | sans façon | tant pis | merci mais non [merci] | ma réponse est non | je dis non | j'ai dit non | non pas (celui-là | celle-là)
        (ça | cela) [ne] (me convient | va | marche | me va) pas [du tout] | on oublie | on ne fait rien | on ne touche à rien | je (la | le | les) garde | je garde (tout | OBJECT) | je (veux | préfère | souhaite | voudrais) (garder | conserver) OBJECT | je n'ai rien demandé | je ne l'ai pas demandé | gardez OBJECT
    """),
    Kind.REGRET: Phrases("""
        [je suis] [(vraiment | bien)] (désolé | désolée) [mais] | malheureusement | pardon | excusez-moi | excuse-moi | navré | navrée | mais | en fait | finalement | sorry | je regrette
    """),
}

"""What German-speaking callers say."""

from agent_service.conversation.answering.phrases import Phrases
from agent_service.conversation.answering.sequence import Kind
from agent_service.conversation.answering.wording import Wording

WORDING = Wording(
    language="de",
    determiners=frozenset(
        "der die das den dem des mein meine meinen meiner ihr ihre ihren ihrer dein deine deinen "
        "diese dieser diesen dieses alle beide unsere unseren".split()
    ),
    prepositions=frozenset(
        "mit bei auf an am zu zum zur fur von vom bis in im aus um uber gegen wegen nach unter "
        "nummer".split()
    ),
    conjunctions=frozenset(("und", "sowie", "plus", "dann")),
    before_number=frozenset(("nummer", "nr")),
    pronouns="das | es | sie | ihn | den | die | diese | diesen | mich [(zurück | an)] | mir (das | es) | mein geld | das geld",
    everything="""
        (das | es | sie | ihn | den | die) (alles | alle | komplett | ganz) | alles [zusammen] | alle | (das | die) ganze
    """,
    whole=frozenset("ganze ganzen ganzes gesamte gesamten komplette kompletten".split()),
    has_noun_last=True,
    has_verb_last=True,
)

GRAMMAR = {
    Kind.YES: Phrases("""
        jawohl | jawoll | jap | jup | jep | jepp | jau | jop | yo | yep | yes | ja ja | jaja | jou | ha jo | hajo | jawohlja | ei ja | o ja | oh ja | oja
        mhm | hmhm | m-hm | mm-hm | aha ja | uh-huh
        ja (gern | gerne | doch | eh | klar | sicher | gut | natürlich | genau | bitte | freilich | ja | wohl) | jo eh | eh klar | na (klar | sicher | logo | gut | schön | dann ja | dann gerne | natürlich | gern | gerne | logisch | freilich | aber sicher) [doch]
        klar | klaro | alles klar | klar doch | logo | logisch | logischerweise | sicher | sicherlich | sicher doch | ganz sicher | hundertprozentig | hundert prozent | 100 percent | 100 prozent
        aber (ja | sicher | klar | gern | gerne | natürlich | selbstverständlich | freilich | hallo) [doch] | aber (ja | sicher) doch
        natürlich [ja | gern | gerne] | selbstverständlich [ja | gern | gerne] | selbstredend | freilich | gewiss | gewiss doch | sehr wohl | allerdings
        (gern | gerne) [doch] | sehr (gern | gerne) | (liebend | herzlich | furchtbar) (gern | gerne) | mit vergnügen | mit freuden
        unbedingt | auf jeden fall | auf alle fälle | auf jeden | absolut | definitiv | bestimmt | ganz bestimmt | durchaus | zweifellos | ohne zweifel | jederzeit | sowieso | jedenfalls ja
        einverstanden | abgemacht | ausgemacht | bestätigt | genehmigt | akzeptiert | zugestimmt | gebongt | geritzt | gekauft | ist (geritzt | gebongt)
        prima | super | perfekt | wunderbar | toll | bestens | hervorragend | ausgezeichnet | spitze | klasse | ideal | optimal | fein | sehr (gut | schön | wohl) | gut so | top | cool | genial | großartig | fantastisch | tipptopp | wunderbar
        genau [so | das | richtig] | exakt [so] | ganz genau | haargenau | jawohl genau | so ist es | ganz (richtig | recht)
        ich (bestätige | bestätig | akzeptiere | genehmige | befürworte) [(es | das)] [(hiermit | gerne | so)] | hiermit bestätige ich [(das | es)] | (das | es) bestätige ich [(hiermit | so)] | bestätige [ich] | ich kann (das | es) bestätigen | ich kann bestätigen
        (ich | da) stimme [ich] [(dem | da)] zu | stimme zu | ich sage ja | ich sag ja | ein klares ja | ganz klar ja
        ich bin (einverstanden | dafür | sicher | mir sicher | ganz sicher | mir ganz sicher | dabei | damit einverstanden | absolut sicher | absolut dafür) [damit] | bin (einverstanden | dabei | dafür | mir sicher) | damit bin ich einverstanden | da bin ich (sicher | mir sicher | dabei | dafür) | wir sind (einverstanden | dafür)
        von mir aus [(gern | gerne)] | meinetwegen | meinerseits ja | für mich (passt das | passt es | ok | okay | in ordnung | ist das (ok | okay | in ordnung | gut))
        ich bitte darum | ich bitte sie darum | bitte (ja | gern | gerne) | ich bestehe darauf
        (das | so) (möchte | will | wünsche | mag | hätte) ich [(das | es | gern | gerne | so | haben | auch so)] | ich (möchte | will | wünsche) (das | es) [(so | gern | gerne | haben | tun)] | ich (hätte | möchte | würde) das (gern | gerne) | ich will | ich möchte
        das (wäre | ist) (gut | toll | super | nett | prima | schön | lieb | perfekt | klasse | großartig | wunderbar | fein | sehr (gut | nett | schön | lieb) | mir recht | ideal | hervorragend | spitze | genial) | das wäre (mir recht | sehr freundlich)
        ich habe (nichts dagegen | keine einwände) | keine einwände | nichts dagegen | spricht nichts dagegen
        basst [(scho | so)] | passt [(mir | für mich | perfekt | gut | super | so | wunderbar)] | passt (mir | so | alles) (gut | perfekt) | passt alles | geht klar | geht in ordnung | geht okay | in ordnung [so] | ist (in ordnung | okay | ok | recht | gut | mir recht | gut so) [(so | für mich)] | das geht (klar | in ordnung | so | so in ordnung)
        deal | dafür | roger | verstanden ja | isch (guet | gut | ok | okay) | sell (ja | gern) | joh | ja (basst | passt) | wie (besprochen | gesagt) ja | doch ja | ja unbedingt
        (ja | okay | ok | gut | na) dann (ja | gern | gerne | machen wir das | machen wir es | machen sie das) | ja dann | gut dann | okay dann
    """),
    Kind.RISING_YES: Phrases("ja | jo | gell ja"),
    Kind.FIRST_YES: Phrases("recht so"),
    Kind.TAG: Phrases("""
        ok | okay | okey | okee | oke | o k | richtig | korrekt | gut | stimmt
    """),
    Kind.STATEMENT: Phrases("""
        (das | es | alles | so | dat | des) [(ist | is | wär | wäre)] [(alles | so | ganz | genau | völlig | vollkommen | absolut)] (richtig | korrekt | in ordnung | okay | ok | recht | einverstanden | genau richtig | so richtig | so korrekt | so in ordnung | so gut | so okay) [(so | für mich)]
        (das | es | alles | so) (stimmt | passt | klappt | gefällt mir | basst) [(so | genau | mir | alles | gut | für mich | perfekt | super | mir gut | mir so | alles so | schon so | ganz genau | wunderbar | prima)]
        stimmt (so | genau | alles | auffallend | das so) | so (ist es | ist das | ist alles) (richtig | korrekt | gut | recht | in ordnung) | ist (richtig | korrekt) [so] | alles (richtig | korrekt | gut | bestens | in ordnung | paletti | gut so | okay) | sie haben recht | da haben sie recht
        (das | so) (ist | wäre) (es | das) | genau so (ist es | machen wir das | möchte ich das | will ich das) | hört sich (gut | super | prima) an | (das | es) (hört sich | klingt) (gut | super | prima | perfekt) [an] | klingt (gut | super | prima | perfekt)
    """),
    Kind.ORDER: Phrases("""
        [(ja | bitte | dann | also)] (mach | mache) (das | es | mal | ruhig | nur | so | bitte | hin | schon | weiter) [(bitte | so | mal | ruhig | doch | gerne)] | mach's [(bitte | so)] | machs | mach
        [(bitte | dann | also)] machen sie [(das | es | mal | nur | ruhig | so | weiter | bitte | doch | gerne | dies | sie)] [(bitte | so | mal | ruhig | doch | gerne | genau so | nur | einfach)]
        bitte (das | es | so) (machen | tun | ausführen | durchführen) | (das | es | so) bitte (machen | tun | ausführen | durchführen) | bitte (machen | ausführen | durchführen | weitermachen | weiter | fortfahren | umsetzen | erledigen | veranlassen)
        so (machen wir | machen wirs | machen wir's | machen) [(das | es)] | [dann] machen wir [(das | es)] [so] | machen's [(das | mal | nur | so)] | das machen wir [so] | wird gemacht
        [bitte] (tun | tuen) sie (das | es | dies) [(bitte | ruhig | gerne | so)] | [bitte] tu (das | es) [bitte] | tun sie's | tu's
        (los | also los | dann los | auf geht's | los geht's | nur zu | immer zu | nur los | leg los | legen sie los | ran | immer her damit | her damit | hau rein | schieß los)
        [bitte] (fahren sie fort | führen sie (es | das) (aus | durch) | erledigen sie (das | es) | veranlassen sie (das | es) | leiten sie (das | es) ein | setzen sie (das | es) um | gehen sie vor)
        (das | so) (können | dürfen | sollen) sie [(gern | gerne | ruhig | bitte | jetzt | so)] [(tun | machen | veranlassen | so machen)] | das (kannst | darfst | sollst) du [(gern | gerne | ruhig)] [(tun | machen)]
        sie (können | dürfen | sollen) (das | es) [(gern | gerne | ruhig)] [(tun | machen | so machen)] | du (kannst | darfst) (das | es) [(gern | gerne | ruhig)] [(tun | machen)]
        (können | dürfen) sie (gern | gerne | ruhig) [(tun | machen)] | (kannst | darfst) du (gern | gerne | ruhig) [(tun | machen)] | kannst du machen | können sie machen
        ich möchte dass sie (das | es) (tun | machen) | ich bitte sie (das | es) zu (tun | machen) | mach hin | mach zu | ab dafür
    """),
    Kind.AFTER_YES: Phrases("""
        ALL | ist (es | das | so | richtig) | bin ich [(mir | sicher | mir sicher)] | das bin ich | möchte ich [(gern | gerne)] | will ich | würde ich (gern | gerne) | hätte ich gern | hätte ich gerne
        sollen sie [(tun | machen)] | dürfen sie [(tun | machen)] | können sie [(tun | machen)] | sie dürfen | sie können | so soll es sein | das ist mein wunsch | freili | mach du | weiter | tut es | das tut es | das soll (sein | es sein) | das soll so sein | soll (es | so | sein) | das ist es | jederzeit | geht | passt scho
        das ist so | ich weiß das ist richtig | eben 
    """),
    Kind.REQUEST: Phrases("""
        bitte COMMAND sie [bitte] [OBJECT] | bitte COMMAND sie BEFORE | bitte SPLIT sie [OBJECT] PARTICLE | bitte (COMMAND | SPLIT) OBJECT [PARTICLE] | bitte OBJECT INFINITIVE | bitte INFINITIVE
        (COMMAND | SPLIT) (sie | wir) bitte [OBJECT] [PARTICLE]
    """),
    Kind.REPEAT: Phrases("""
        COMMAND sie [(ruhig | gerne | doch | mal)] [OBJECT] | SPLIT sie [OBJECT] PARTICLE | SPLIT OBJECT PARTICLE | COMMAND OBJECT | COMMAND sie BEFORE [REST] | SPLIT sie BEFORE PARTICLE [REST] | COMMAND BEFORE
        OBJECT [(bitte | gerne | ruhig)] INFINITIVE | OBJECT bitte
        sie (können | dürfen | sollen) OBJECT [(gern | gerne | ruhig | bitte)] INFINITIVE | (das | die | den | es) (können | dürfen | sollen) sie [(gern | gerne | ruhig)] INFINITIVE | (können | dürfen) sie (gern | gerne | ruhig) INFINITIVE
        ich (möchte | will | würde gern | würde gerne | möchte gern | möchte gerne) OBJECT INFINITIVE | ich (möchte | will) dass sie OBJECT INFINITIVE
        WHOLE
    """),
    Kind.COURTESY: Phrases("""
        bitte [(schön | sehr | bitte | recht herzlich)] | bitteschön | bittesehr | danke [(schön | sehr | vielmals | ihnen | dir | recht herzlich | bestens | im voraus | danke | für die hilfe | für ihre hilfe | auch)] | dankeschön | und danke | merci [vielmals] | thanks | thank you
        (vielen | herzlichen | besten | schönen | tausend | lieben) [herzlichen | lieben] dank [(im voraus | dafür | auch | ihnen | für (die | ihre) hilfe)] | ich (danke | bedanke mich [bei]) [(ihnen | dir)] [(sehr | herzlich | vielmals)] | dank dir | danke ihnen | haben sie vielen dank | sehr (freundlich | nett | lieb) [von (ihnen | dir)] | das ist [(sehr | total)] (nett | lieb | freundlich) [von (ihnen | dir)] | wenn sie so (freundlich | nett | lieb) (sind | wären) | seien sie so (gut | nett | lieb)
        (gar | überhaupt) kein problem | kein (problem | thema | ding | stress) | keine (sorge | ursache | frage) | machen sie sich keine (sorgen | gedanken) | das ist kein problem
        mein herr | der herr | meine dame | gnädige frau | gnä frau | chef | junger mann | junge frau | mein lieber | meine liebe | meine gute | mein guter | schatz | kollege | meister | mein freund
    """),
    Kind.HESITATION: Phrases("""
        äh | ähm | öh | öhm | eh | ehm | hm | hmm | mh | mhh | mm | also | nun | so | tja | um | uh | em
    """),
    Kind.SURPRISE: Phrases("oh | ah | ach"),
    Kind.NO: Phrases("""
        [(ach | oh | na)] (nein | nee | ne | nö | nä | naa | nope | nö nö | neee | nein nein | nei | noi | net | nicht | no | non) | n | nada
        nie | niemals | nimmer | nie im leben | nie und nimmer | im leben nicht | keinesfalls | keineswegs | mitnichten | nix | nichts [da | bitte] | nix da | nichts dergleichen
        auf [gar] (keinen | kein) fall | unter [gar] keinen umständen | um (himmels | gottes) willen [nicht | nein] | um keinen preis | in keinem fall | auf keine weise
        [(ach | bitte | nein | oh)] (bloß | bitte | lieber | besser | jetzt | heute | doch | lieber doch | sicher | bestimmt | ganz sicher | ganz bestimmt | natürlich | absolut | überhaupt | ganz und gar | gar | noch | eher | eigentlich | auch | so | das | es | dann | dann lieber | dann doch lieber | momentan | im moment | vorerst | erstmal | erst mal | zurzeit | selbstverständlich | definitiv | garantiert | vielleicht lieber | vielleicht besser | ja | nur | diesmal | diese | mir | wirklich) nicht [(bitte | mehr | danke | so)]
        nicht (jetzt | heute | nötig | notwendig | mehr | so | das | doch | machen | tun | wirklich | unbedingt | einverstanden | richtig | korrekt | in ordnung | okay | gut | dass ich wüsste | mit mir | bitte | danke | ausführen | durchführen | fortfahren | weitermachen)
        das (kommt | kommt mir) nicht in frage | kommt nicht (in frage | infrage | in die tüte) | das kommt nicht (in frage | infrage | in die tüte) | von wegen | denkste | pustekuchen | fehlanzeige | ausgeschlossen | das ist ausgeschlossen
        [(ach | nein)] (vergiss | vergessen sie | vergesst) (es | das | die sache) [(bitte | einfach | wieder | mal | lieber)] | vergiss's | vergessen sie's | ist nicht (nötig | notwendig) | bin dagegen | alles (so | beim alten) lassen | [bitte] alles so lassen | auf keinsten | ich (möchte | will) OBJECT behalten | ich behalte OBJECT
        [(ach | bitte | dann | nein)] (lass | lasst | lassen sie | lassen wir | lasse) (es | das | sie | mal | alles | die sache | OBJECT) [(bitte | lieber | doch | mal | einfach | besser)] [(sein | gut sein | bleiben | so | wie es ist | so wie es ist | stecken | wie gehabt | stehen | beim alten | offen | liegen | sein bitte | doch lieber | in ruhe)] [bitte] | lass stecken | lass gut sein | lassen sie's | lass's | lieber (lassen | bleiben lassen | so lassen) | bleiben lassen | so lassen | es so lassen
        (es | das | alles) (soll | kann) (so bleiben | bleiben) [wie es ist] | es bleibt (so | dabei | wie es ist)
        ich (will | möchte | mag | wünsche | wollte | brauche | benötige) (das | es | dies | OBJECT | sie | ihn) [(jetzt | lieber | doch | wirklich | eigentlich | gar | überhaupt)] (nicht | nicht mehr | lieber nicht | doch nicht) [(mehr | tun | machen | INFINITIVE | haben | so)] | ich (will | möchte | mag) [(lieber | doch | jetzt | wirklich)] nicht [(mehr | INFINITIVE)]
        (das | so | es) (will | möchte | mag | wünsche | wollte | brauche) ich [(jetzt | lieber | doch | wirklich | so | auf keinen fall | gar | eigentlich)] (nicht | nicht mehr | lieber nicht | keinesfalls | auf keinen fall) [(mehr | tun | haben | so)] | will ich nicht | möchte ich nicht | mag ich nicht | brauche ich nicht [mehr] | das brauche ich nicht [mehr] | brauch ich nicht
        [(ich | nein ich)] (habe | hab) (es mir | mir es | mir's | mir das | das mir | meine meinung | es) [(jetzt | doch | gerade)] (anders überlegt | geändert) | ich hab's mir anders überlegt | hab's mir anders überlegt | [es] mir anders überlegt | [ich] habe meine meinung geändert | doch lieber nicht | ich überlege es mir anders
        halt | stop | stopp | stop stop | halt stop | halt stopp | abbrechen | abbruch | brechen sie (das | es) ab | brich ab | warten sie | warte | aufhören | hören sie auf | hör auf | finger weg | rückgängig | hände weg
        [bitte] (machen | tun) sie (das | es | so etwas | sowas | nichts | das bitte | es bitte) [(bitte | lieber | ja | auf keinen fall | doch | besser)] (nicht | nicht mehr) | [bitte] machen sie (nichts | gar nichts) | [bitte] (mach | tu) (das | es) [(bitte | lieber | ja | doch)] nicht | mach nichts | machen wir nicht | das machen wir nicht | (das | es) (machen | tun) sie (bitte | mal | lieber) nicht | (das | es) [bitte] nicht (machen | tun)
        ORDER [(bitte | lieber | doch)] nicht | (lieber | besser | bitte) nicht (tun | machen) | es ist besser es nicht zu tun
        [bitte] (COMMAND | SPLIT) sie [(OBJECT | BEFORE)] [(bitte | lieber | auf keinen fall | ja | doch | besser)] (nicht | nichts) [PARTICLE] | [bitte] (COMMAND | SPLIT) OBJECT [(bitte | lieber)] nicht [PARTICLE] | [bitte] [OBJECT] [(bitte | lieber | doch)] nicht INFINITIVE [bitte] | (nicht | nichts) INFINITIVE
        (das | es) (muss | braucht | soll | sollen sie) [(jetzt | doch)] nicht [(sein | machen | tun)] | muss nicht sein | braucht's nicht | braucht es nicht | das brauchen sie nicht [(zu tun | machen | zu machen)] | kein (bedarf | interesse | wunsch | ja) | keine (lust | zustimmung) | danke nein | danke nicht | nein danke
        ich (bin (dagegen | nicht einverstanden | nicht dafür | damit nicht einverstanden | nicht sicher) | lehne (ab | das ab | es ab) | stimme nicht zu | stimme dem nicht zu | verzichte | verzichte darauf | widerspreche | verneine) | abgelehnt | dagegen | da bin ich dagegen | damit bin ich nicht einverstanden
        falsch | (das | es) ist (falsch | nicht (richtig | korrekt | in ordnung | okay | nötig | notwendig | erwünscht | mein wunsch) | verkehrt | unnötig)
        (das | es | so) (stimmt | passt | geht) [(so | mir)] nicht | stimmt nicht | passt nicht | passt mir nicht | unnötig | nicht nötig | das wird nicht nötig sein | ich sage nein | ich (sagte | habe) nein [gesagt] | negativ | lieber keine | das will ich (auf keinen fall | keinesfalls)
    """),
    Kind.REGRET: Phrases("""
        [(das | es)] tut mir [(sehr | echt)] leid [aber] | leider | entschuldigung | entschuldigen sie [bitte] | verzeihung | sorry | du | aber | eigentlich | ehrlich gesagt | pardon
    """),
}

"""Words that stand around a password and are none, in six languages, folded as
``number_words.folded`` does.

They are the languages' function words, what people call things, and nouns beside "password".
"""

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


IS: Final = _words("is was ist war lautet lautete heisst hiess est etait es era è é era foi s")
IS_ALWAYS: Final = _words("lautet lautete heisst hiess")
"""What stands behind them is the password itself."""
OF: Final = _words(
    "for to of on at from that which i we he she used fur furs zu zum zur von vom beim bei das"
    " die ich wir pour de du des a au que qui j c ce para del per do da della di no na che"
)
JOINS: Final = _words(
    "and or but und oder aber et ou mais y o u pero e ma mas because weil denn so dann then"
)
AS: Final = _words("as als comme como come")
WITH: Final = _words("with using mit avec con com")
TO: Final = _words("to into auf in en a per para por su as")
PAUSES: Final = _words(
    "um uh er eh ah hm hmm em ahm ehm euh well so also alors bueno pues allora entao entonces"
    " now still just simply currently einfach noch jetzt aktuell toujours encore siempre todavia"
    " ahora sempre ancora ora ainda agora always immer okay ok sure the word wort mot palabra"
    " palavra yes yeah ja oui si sim natürlich naturlich bien claro certo"
)
FUNCTION: Final = _words(
    # English
    "a an the this that these those my your his her its our their i you he she it we they me"
    " him us them who what which where when why how not no nor never dont don doesn isn wasn won"
    " cant can cannot could should would will shall may might must do does did have has had been"
    " being be am are is was were s t re ll ve d in on at of for from to with by about into than"
    " as like if while please thanks thank there here very too quite really maybe perhaps only"
    " even again already yet because since until same one ones something anything nothing"
    " someone everyone rather know think guess moment minute second sec sorry hello hi today"
    " yesterday tomorrow ago last night morning week month year time times all any some every"
    " each both more most less whose whom whether nope nah wait pardon excuse"
    # German
    " der die das den dem des ein eine einen einem einer eines mein meine meinen meinem meiner"
    " dein deine ihr ihre ihrem ihren sein seine unser unsere ich du er sie es wir mich mir dich"
    " dir ihn ihm uns euch ihnen wer was wie wo wann warum nicht kein keine keinen nie niemals"
    " nein kann konnen konnte soll sollte muss mussen wird werden wurde wurden worden habe hat"
    " haben hatte bin bist ist sind war waren gewesen im am an auf aus bei mit nach von vor zu"
    " zum zur fur durch uber unter gegen ohne um bis seit dass ob wenn als bitte danke hier da"
    " dort sehr schon wieder mehr weniger dasselbe derselbe dieselbe gleiche gleich anders etwas"
    " alles nichts vielleicht glaube denke weiss mochte will wollen lieber einmal mal gestern"
    " heute morgen abend woche monat jahr uhr gerade eben leider doch nur auch dieses diese"
    " dieser ja sekunde augenblick moment welche welcher welches welchen welchem wieso weshalb wozu"
    " wofur woher wohin kein keins warte warten entschuldigung"
    # French
    " le la les l un une du de des d ce cet cette ces c ca mon ma mes ton ta tes son sa ses"
    " notre votre vos leur je j tu il elle on nous vous ils elles me m te se s lui qui que qu"
    " quoi quel quelle ou quand comment pourquoi ne n pas plus jamais rien non peux peut pouvez"
    " dois doit faut ai as a avez ont ete etre suis es est sont etait sera dans en sur sous avec"
    " sans par pour vers chez depuis apres avant si comme s'il plait merci ici tres trop assez"
    " aussi deja encore meme memes crois pense sais veux voudrais hier soir matin aujourd hui"
    " demain semaine mois an annee instant lequel laquelle lesquels lesquelles aucun aucune nul"
    " nulle attends attendez"
    # Spanish, Italian, Portuguese
    " el los las lo unos unas al del mis su sus nuestra nuestro yo ella nosotros ellos se nos"
    " les quien cual cuando donde por no ni nunca nada puedo puede debe hay he ha han hemos"
    " haber sido ser soy son estoy esta estan estaba fue con sin para desde hasta entre sobre"
    " gracias favor aqui alli muy demasiado tan tambien ya otra otro vez misma mismo creo pienso"
    " se quiero quisiera ayer anoche hoy manana semana mes ano momento segundo il lo gli i uno"
    " una mio mia miei mie tuo tua suo sua suoi nostra io lui lei noi voi loro mi ti ci vi chi"
    " che cosa quale quando dove perche non mai niente posso puo deve ho hai ha abbiamo hanno"
    " stata stato stati essere sono sei era sara nel nella sul sulla con senza tra fra da dal"
    " dalla grazie prego qui li molto troppo tanto anche gia ancora stessa stesso credo penso so"
    " voglio vorrei gliela ieri oggi domani sera mattina settimana mese anno attimo o os as um"
    " uma uns umas dos das ao no na nos nas meu minha meus minhas seu sua seus suas eu ele ela"
    " eles elas lhe quem qual onde porque nao nem nunca posso pode deve tenho tem foi ser sou"
    " sao estou esta estava com sem pelo pela ate obrigado obrigada aqui muito demais tambem ja"
    " mesma mesmo acho penso sei quero queria ontem hoje amanha noite manha semana mes ano"
    " instante cuales cuanto ningun ninguno ninguna espera espere perdon quali nessun nessuno"
    " nessuna aspetta aspetti scusa scusi boh mah quais nenhum nenhuma aguarde desculpa desculpe"
)
STATE: Final = _words(
    # What is said of passwords and other things.
    "wrong right correct incorrect invalid valid unknown known new old different short long"
    " weak strong safe unsafe secure insecure gone missing empty active inactive ready fine good"
    " bad okay available unavailable case sensitive secret public private temporary permanent"
    " impossible possible broken necessary important obsolete identical complete incomplete lost"
    " stolen set written sent hidden forgotten shown kept made done given found easy hard"
    " difficult simple complex true false out up over down off late early ready falsch richtig"
    " korrekt inkorrekt ungultig gultig neu alt kurz lang schwach stark sicher unsicher weg"
    " fehlt leer aktiv inaktiv bereit gut schlecht geheim kaputt notig wichtig veraltet"
    " identisch unbekannt bekannt fehlerhaft defekt ok fertig leicht schwer einfach kompliziert"
    " wahr zuruck faux fausse correcte incorrecte invalide valide inconnu inconnue connu connue"
    " nouveau nouvelle ancien ancienne court courte long longue faible fort forte sur sure perdu"
    " perdue vide actif active pret prete bon bonne mauvais mauvaise secrete necessaire"
    " important importante obsolete identique different differente provisoire facile difficile"
    " incorrecta incorrecto correcta correcto invalida invalido valida valido desconocida nueva"
    " nuevo vieja viejo antigua corta corto larga largo debil fuerte segura seguro insegura"
    " perdida vacia activa inactiva lista buena mala secreta necesaria importante obsoleta"
    " identica distinta diferente temporal provisional facil dificil falsa sbagliata sbagliato"
    " corretta corretto errata errato scorretta sconosciuta nuova nuovo vecchia breve corta"
    " lunga debole forte sicura insicura persa vuota attiva inattiva pronta buona cattiva"
    " segreta necessaria identica diversa differente temporanea provvisoria facile difficile"
    " errada errado correta correto invalida desconhecida nova novo velha velho antiga curta"
    " longa fraca forte segura insegura perdida vazia ativa inativa pronta boa ma secreta"
    " necessaria identica diferente temporaria provisoria facil dificil"
)
BESIDE: Final = _words(
    # Nouns that a password stands before in English, and what is asked about one.
    "reset link links field fields manager box page form hint change changes option options"
    " problem problems issue issues question questions policy rule rules prompt screen recovery"
    " protection protected generator file list entry holder thing app expiry help forgotten"
    " vergessen zurucksetzen andern anderung frage oublie oublier olvidada olvide dimenticata"
    " esquecida esqueci cambiar cambiare mudar changer perdu trick key point reason pregunta"
    " preguntas domanda domande pergunta perguntas"
)
CASE: Final = _words(
    "capital upper uppercase lower lowercase small big case letter double grossbuchstabe"
    " kleinbuchstabe gross grosses klein kleines majuscule minuscule mayuscula minuscula"
    " maiuscola minuscola maiuscula dot dash hyphen underscore punkt strich tiret point guion"
    " punto ponto"
)
DETERMINERS: Final = _words(
    "the my our a mein das unser mon le notre mi la mia il a minha o nuestra nostra meu"
)
POLITE: Final = PAUSES | _words("please bitte s il vous plait por per favor favore")
"""What may stand behind an answer."""
APOSTROPHES: Final = frozenset({"'", "\u2019"})
QUOTES: Final = frozenset('"\u201c\u201d\u201e\u00ab\u00bb\u00a1\u00bf')

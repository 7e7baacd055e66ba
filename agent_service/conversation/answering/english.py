"""What English-speaking callers say."""

from agent_service.conversation.answering.phrases import Phrases
from agent_service.conversation.answering.sequence import Kind
from agent_service.conversation.answering.wording import Wording

WORDING = Wording(
    language="en",
    determiners=frozenset("the my your this that these those our all both".split()),
    prepositions=frozenset(
        "to for from of on in at with until till by about because under as into ending ends "
        "starting number no between before after back and or".split()
    ),
    conjunctions=frozenset(("and", "plus", "then", "also")),
    before_number=frozenset(("number", "no", "nr")),
    pronouns="it | that | this | them | me [back] | me (it | that) [back] | (it | that | them) back | my money back",
    everything="""
        (it | that | this | them) all | all [of] (it | them | that | this) | everything | the (whole | entire | full) (thing | lot)
    """,
    has_noun_last=True,
    whole=frozenset("whole entire full complete".split()),
)

GRAMMAR = {
    Kind.YES: Phrases("""
        yes | yess | yep | yup | yip | aye | y | yessir | yay | yass
        yes (indeed | siree)
        uh-huh | mm-hm | mm-hmm | mhm | mm hm | m-hm | mmhmm
        sure | sure thing | surely | for sure | (sure | yeah | yes | ok | okay) why not
        absolutely | definitely | deffo | def | certainly | totally | indeed | most (certainly | definitely)
        of course | naturally | obviously | clearly | by all means | with pleasure | gladly | happily
        affirmative | confirmed | confirm | agreed | accepted | approved | granted | affirm
        i (agree | accept | consent | approve | confirm | concur) [to (that | it | this | everything)]
        i (confirm | approve | accept | authorize | authorise) (that | it | this | everything)
        i (can | hereby | do | will | fully | totally | completely) (confirm | agree | accept | approve | consent) [(to | with)] [(that | it | this)]
        i agree (with | to) (that | it | this | everything)
        exactly [(right | so | that)] | precisely | perfect | perfectly | excellent | brilliant | wonderful
        fantastic | awesome | marvellous | marvelous | lovely | great [stuff] | super | superb | splendid | amazing | cool
        terrific | grand | sweet | smashing | ideal | very (good | well) | good
        spot on | bang on | dead on | too right | righto | right-oh | right you are | right on
        (you may | you can | i am | i do | it is | that is) yes | you bet | you betcha | you got it | you've got it | you know it | roger [that] | copy that
        okey-dokey | okie-dokie | okie-doke | okey-doke | oki-doki | oki | okeydokey
        (hell | heck) (yes | yeah | yep) | (damn | darn) (right | straight) | (oh | och) (yes | yeah | aye) | ooh yes
        (one | a) hundred percent | 100 percent
        it's a yes [from me] | that's a yes [from me] | a yes from me | my answer is yes | the answer is yes | (i say | i said | i'd say) yes
        very much so | without (a doubt | doubt | question) | no doubt | no objection | [i have] no objections [(here | from me | to that)] | permission granted | (why | well) (yes | certainly | sure | of course) | rightio | happy with that | happy to | i'm happy | hundred percent
        i'm (sure | certain | positive) [about (it | that | this)] | i'm (absolutely | quite | very | pretty | completely | totally | really) (sure | certain | positive)
        i am (sure | certain | positive) [about (it | that | this)] | i am (absolutely | quite | very | completely | totally) (sure | certain | positive)
        i'm (happy | fine | good | ok | okay | cool | down) with (that | it | this | everything)
        i am (happy | fine | good | ok | okay) with (that | it | this | everything)
        i'm (happy | ready) (to (go ahead | proceed | do (that | it | so)) | for you to (do (that | it | so) | go ahead | proceed))
        i'm in | i'm in agreement | i'm all for it | i'm game | count me in | i'm (happy | ready | good) to go [ahead] | let's roll
        (fine | okay | ok | good | great | perfect | cool | alright) (by | with | for) me
        (works | good) for me | (all | everything) (works | good | fine) (for | by) me
        ((that | it) (works | suits me | would work | will work | will do | does it) | that'll (work | do) | that'd (work | be fine) | it'll (work | do) | (that'll | that will) be (fine | great | good | lovely | perfect | all right | alright | wonderful | excellent | all | okay)) [for me] [(fine | well | perfectly | great | just fine)]
        that (suits | works for) me [(fine | well | perfectly)] | that'll do [(nicely | fine | perfectly)]
        (sounds | looks | seems) (good | great | fine | perfect | right | lovely | okay | ok | correct | excellent | alright | all right | wonderful | good enough) [(to | for) me]
        (that | it | this | everything) [all] (sounds | looks | seems) (good | great | fine | perfect | right | lovely | okay | ok | correct | excellent | alright | all right | wonderful) [(to | for) me]
        i'd (love | like | appreciate) (that | it | this) | i'd love (you to | to) | i'd be (happy | glad | grateful | pleased) [(to | if you (did | would | could))]
        i (would | should) (like | love | appreciate) (that | it | this)
        i'd like (you to | to | you to do (that | it | so)) | i would like you to [do (that | it | so)]
        i'd like to (do that | go ahead [with (it | that | this)] | proceed | do it)
        i (would | do) want (that | to | it | this) | i want (that | it | this | you to | to do (that | it) | to go ahead [with (it | that)] | you to (do (it | that | so) | go ahead))
        (that would | that'd | it would | it'd | this would) be (great | lovely | fine | perfect | good | wonderful | nice | ideal | brilliant | excellent | super | fantastic | awesome | helpful | very (helpful | kind | good | nice) | much appreciated | appreciated | correct)
        (that would | that'd) be (all right | alright | okay | ok)
        you have my (ok | okay | permission | approval | go-ahead | consent | blessing | word | agreement)
        you (may | can) [certainly] (go ahead | proceed | do (that | it | so | this)) [please]
        (yes | yeah | yep | sure) (that's | it's) (ok | okay | alright | all right | good | cool | all good | all fine) [(with | by | for) me]
        (yes | yeah | yep | sure) (that | it) is [(ok | okay | alright | all right | good)]
        (yes | yeah | yep) (all | it's all) (good | fine | right | ok | okay)
        (yes | yeah | ok | okay | alright | all right | sure | fine | right | go on | go ahead | do it | do that | good | great) then
        as (you say | you said | discussed | agreed | read | stated)
        yes (as (you said | read | stated)) | yes to (that | all [of] (it | that) | everything | all)
    """),
    Kind.RISING_YES: Phrases("yeah | yea | yeh | yah | ya"),
    Kind.FIRST_YES: Phrases("right"),
    Kind.TAG: Phrases("""
        ok | okay | okey | okeh | o k | k | kk | oke | alright | all right | alrighty | correct | fine | quite (right | so) | true
    """),
    Kind.STATEMENT: Phrases("""
        (that's | that is | it's | it is | this is | everything's | everything is | all is | all of (that | it) is) [(all | quite | absolutely | perfectly | exactly | just | totally | completely | entirely | 100 percent)] (right | correct | fine | perfect | great | excellent | lovely | wonderful | accurate | true | brilliant | ideal | fantastic | awesome | good [(with | for) me] | okay with me | ok with me | okay by me | ok by me | fine (by | with | for) me | alright with me | all right with me | agreed | spot on)
        all [is] (correct | right) | it's all (correct | right | fine | good | perfect)
        that's (it exactly | exactly it | what i (want | wanted | need | would like | asked for | meant | said) | exactly what i (want | wanted | need | asked for) | just what i (want | wanted | need) | the one | the plan | the idea | how i want it)
        (you're | you are) [(absolutely | quite | exactly)] (right | correct) | you (got | have) it right | you've got (it | that) right | you (got | have) that right
    """),
    Kind.ORDER: Phrases("""
        [just] go [right] ahead [with (it | that | this)] | go (for it | on | on then | on ahead) | go do (it | that)
        [just] (do | just do) (it | that | so | this) | please do [so] | do [please] | do please | do go ahead | do so
        proceed [with (it | that | this)] | carry on [with (it | that)] | continue | carry through | go through with it
        let's (do (it | that | this) | go [ahead] [with (it | that | this)] | proceed | go for it | get it done | get (it | that) (done | sorted) | have it | crack on)
        make it (so | happen) | get (it | that) (done | sorted) | get on with it | crack on | have at it | fire away | knock yourself out | be my guest | feel free
        (you | we) (may | can) (go ahead | proceed | continue | carry on) | you're (good | clear | free) to (go | proceed) [ahead]
        please go ahead and do (it | that | so) | go ahead and do (it | that | so) | (i want | i'd like | i would like) you to (go ahead | proceed | do (it | that | so))
        off you go | away you go | fill your boots | work away | do your thing | do (as | what) you (said | say)
    """),
    Kind.AFTER_YES: Phrases("""
        i (am | do | would | will | did) | it is | that is | that it is | they are | it does | that's it | that is it | that's the one | that's all correct | that's (good | cool)
        you (can | may | should | could) [(certainly | do (that | it | so))] | i'd like to | i would like to | i want to | i want it | i do want (it | that) | why not
        ALL | fine | nice | magic | beautiful | that is what i said | that's what i said | i (said | mean) yes | definitely yes
    """),
    Kind.REQUEST: Phrases("""
        please [(go ahead and | do | just)] COMMAND OBJECT | [please] go ahead and COMMAND [OBJECT] | do COMMAND OBJECT
        [yes] you (can | may | should) [(please | now | go ahead and)] COMMAND OBJECT
        [yes] (i want | i'd like | i would like | i'd love | i need | i wish) [you] to [(please | go ahead and)] COMMAND [OBJECT]
        let's COMMAND OBJECT | (feel free | you're free | happy for you) to COMMAND OBJECT | i want OBJECT (cancelled | canceled | refunded | returned | moved | changed | renewed | blocked | sent | opened)
    """),
    Kind.REPEAT: Phrases("""
        COMMAND OBJECT [for me] | WHOLE
        (make | do | process | start | issue) (the | my | that | this) COMMAND
    """),
    Kind.COURTESY: Phrases("""
        please | pls | plz | please and thank you | if you (please | would | could | can | don't mind | wouldn't mind | would be so kind)
        [and] thanks | [and] thank you | thankyou | thx | ty | ta | cheers | thanks (a lot | so much | very much | a million | a bunch | again | ever so much | for (that | your help | asking | checking | the help | everything))
        (thank | thanking) you [(very much | so much | very much indeed | ever so much | kindly | again | for (that | your help | asking | checking | the help | everything))]
        many thanks | much (appreciated | obliged) | thanks awfully | big thanks
        i [(really | do | would)] appreciate (it | that | this | your help) | appreciate it | appreciated
        that's [(very | so | really | most)] (kind | helpful | nice | good) of you | [(very | so)] kind of you | you're [(very | so | too)] (kind | helpful) | bless you
        sir | ma'am | mam | madam | miss | mister | dear | love | luv | mate | dude | man | my friend | buddy | darling | hon | honey | sweetheart | bud | pal | boss | bro | girl | my dear | my love | guv | squire | duck | pet | hen | young man
        (that's | it's | that is | it is) [all] (ok | okay | alright | all right | good) | all good | for me | just for me | sorry to bother you
        (no | not a | no problem | no worries) (problem | worries | issue | issues | trouble | bother) [(at all | for me | there | here)] | that's no problem | don't worry [about (it | that)] | no need to worry | no worries mate
    """),
    Kind.HESITATION: Phrases("""
        uh | um | er | erm | uhm | umm | hm | hmm | mm | mmm | m | eh | well | so | uhh | ehm | em | yknow | you know | now then | well then | right then
    """),
    Kind.SURPRISE: Phrases("ah | oh | ooh | oh well"),
    Kind.NO: Phrases("""
        no | nope | nah | nay | naw | noo | na | nae | n | non non | uh-uh | nuh-uh | nu-uh | mm-mm | nah-ah | no no no | negative | nein nein
        never [ever] | not (now | today | yet | really | at all | necessary | this time | for me | happening | a chance | interested | right now | anymore | any more | at the moment | just yet | on your life | like that | this one | that | this | it | please | thanks | ok | okay | good | correct | right | ready)
        [(absolutely | certainly | definitely | of course | probably | preferably | most certainly | rather | better | best | maybe | surely | please | hopefully | ideally | i'd say | i say)] not
        absolutely no [way] | by no means | under no circumstances | on no account | in no (way | case) | not (in a million years | on any account | under any circumstances) | no way [jose] | no chance | no (thanks | thank you | thankyou | ta | sir | ma'am) | no deal | no (need | use | good | point | interest) | no can do | no never | (hell | heck | god | oh | lord) no | no siree
        (i would | i'd) (rather | prefer | sooner) (not | you didn't | you did not | you don't | that you didn't) [(do (it | that | so) | go ahead)] | (i'd | i would) (prefer | like) (not to | you not to) [do (it | that | so)]
        [please] (don't | do not | never) [(you dare | bother)] | [please] (don't | do not) do (it | that | this | so | anything | any of (it | that)) [(please | yet | now)]
        [please] (don't | do not) (go ahead | proceed | continue | carry on | go on | go through | touch (it | anything) | change anything | process (it | that)) [with (it | that | this)]
        [please] (don't | do not) ORDER | [please] (don't | do not) COMMAND [OBJECT] | not to COMMAND [OBJECT] | (don't | do not) COMMAND WHOLE
        i (don't | do not | didn't | did not | no longer | won't | will not | wouldn't | would not | never) [(really | actually | think i)] (want | wish | need | agree | accept | approve | consent | confirm | like | ask for | authorize | authorise | care for | think so) [(it | that | this | any of (it | that) | you to | to | to (do (it | that) | go ahead | proceed) | you to (do (it | that) | go ahead | proceed) | to COMMAND [OBJECT] | you to COMMAND [OBJECT] | anything | with (that | it | this) | to (that | it | this))] [(anymore | any more | now)]
        i (don't | do not) think so | i think not | i (refuse | decline | object | disagree | reject (it | that)) | declined | denied | rejected | refused
        [(i | i've | i have | i just)] (changed | change) my mind | i'm changing my mind | (i've | i have) (decided against (it | that) | thought (better of it | again)) | on second thought no | on second thoughts no
        leave (it | that | this | them | everything | things | me) [(as (it is | is | they are) | be | alone | there | at that | out | for now | the way it is | how it is | please | like that)] | [(just | let's | please)] leave (it | that) | leave well alone
        [(just | let's | oh | please)] (forget | forget about) (it | that | this | the whole thing | everything | all about it | i (asked | said anything)) | never mind [(that | it | then | about (it | that) | me)] | nevermind | nvm | no mind
        (scrap | drop | skip | scratch | stop | abort | ignore | keep | call off | disregard | kill | undo) (it | that | this | everything | the whole thing | the request | my request) [(please | right there | as it is | then)] | stop [(right there | there | please | now | stop)] | halt | abort | wait | stop everything | call it off
        let it (be | go) | let's not [(do (it | that) | go ahead | bother)] | (i'll | i will) (pass | leave it | skip | keep it | keep (them | my OBJECT) | not) | pass | hard pass | i'd rather keep it | i want to keep (it | them) | (i'm | i am) (not interested | against it | out | not going to | not doing that | not happy with (that | it) | not (okay | ok | fine | comfortable) with (that | it))
        (that's | that is | it's | it is | this is | is) (wrong | incorrect | not (right | correct | ok | okay | fine | good | what i (want | wanted | asked for | said | meant | need) | it | the one | true | necessary | on | happening | acceptable)) | wrong | incorrect | that (isn't | is not | ain't) (right | correct | ok | okay | fine | it | what i (want | wanted | asked for | said | meant)) | that (won't | doesn't | wouldn't) (work | do | suit me) [for me]
        that (won't | will not) be necessary | that's not necessary | it's not (necessary | needed) | there's no need | it isn't necessary | not needed | no longer (needed | necessary) | not any longer
        (thanks | thank you) but no [(thanks | thank you)] | no but thanks | no but thank you | i said no | my answer is no | the answer is no | that's a no [from me] | it's a no [from me] | it's no | i say no | [so] sorry [but] no |  no i (don't | do not | wouldn't | would not | am not | didn't | won't)
        no (that's | it's) (ok | okay | alright | all right) | no i'm (good | fine | ok | okay | all right | alright) | not on your nelly | get lost | nothing doing | out of the question | (that's | it's) out of the question | you (must | should | may | can) not [do (that | it)] | you mustn't | you can't [do that] | don't even think about it | nothing [please] | none of (it | that) | (i'm | no i'm) (good | fine) no thanks | no thanks (i'm (good | fine | ok | okay) | that's fine) | do nothing | do not do anything | (keep | leave) OBJECT [as (it is | is)] | (don't | do not) COMMAND (anything | any of (it | them)) | i (don't | do not) want (it | that | OBJECT) (cancelled | canceled | changed | done | moved | refunded | blocked) | you shall not | (sadly | unfortunately | regrettably) (no | not) | nah i'm (good | fine)
    """),
    Kind.REGRET: Phrases("""
        [(i'm | so | i am | very)] sorry [(about that | but | for (that | the trouble | the inconvenience))] | unfortunately | apologies | my apologies | i'm afraid | excuse me | actually | but | on second thought | on second thoughts | honestly
    """),
}

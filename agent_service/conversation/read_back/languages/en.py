"""English."""

from agent_service.conversation.read_back.inflection import english, groups
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
from agent_service.conversation.read_back.small_talk.en import ENGLISH_TALK
from agent_service.number_words import cardinal

_SMALL = {cardinal(value, "en").replace(" ", ""): value for value in range(100)}
_RANKS = row(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
_MONTHS = row(
    "january february march april may june july august september october november december"
)

_VERBS = """
cancel; call off / cancellation
refund; reimburse; give back:given back; pay back:paid back / refund, reimbursement
return; send back:sent back / return
exchange; swap / exchange, swap
replace / replacement
send:sent; mail / sending
ship; dispatch / shipment
open; create; file; raise; submit; lodge; log / opening
book; reserve; schedule; arrange; set up:set up / booking, reservation, scheduling
move; reschedule; shift; change; rebook; postpone; push back / rescheduling
change; switch / change, switch
update / update
block; freeze:frozen; lock; suspend / block
freeze:frozen; pause; put on hold:put on hold / freeze, pause, on hold
buy:bought; purchase; order / purchase, order
rent; hire / rental, hire
unblock; unfreeze:unfrozen; unlock
renew / renewal
extend; prolong; renew / extension
activate; enable; turn on; switch on / activation
deactivate; disable; turn off; switch off / deactivation
close; shut / closure
end; terminate; cancel / termination, cancellation
start; begin:begun / start
stop
pause; suspend; put on hold:put on hold / pause, suspension, on hold
resume; restart
add / addition
remove; delete; take off:taken off / removal
order; place an order for:placed an order for / order
pay:paid / payment
transfer; move; wire / transfer
charge / charge
credit / credit
upgrade / upgrade
downgrade / downgrade
increase; raise / increase
lower; reduce; decrease / reduction
register; sign up / registration, signup
unsubscribe
subscribe / subscription
forward; redirect; divert; reroute / redirection, rerouting
top up; recharge / top up, topup
confirm / confirmation
deliver; arrive / delivery, arrival
report / report
repair; fix / repair
reset:reset / reset
call back; phone back; ring back:rung / callback
call; phone; ring:rung / call
set up:set up; arrange / setup
give:given
enroll; enrol; register; sign up / enrolment, enrollment, registration
put aside; set aside; reserve; keep:kept
put:put
make:made
pick up; collect / pickup, collection
hold:held
issue
request / request
note; note down; record; enter; log; register / recording, registration
assign; allocate / assignment
connect; hook up / connection
disconnect / disconnection
port
withdraw:withdrawn; take out:taken out / withdrawal
apply
grant
waive
link
merge
print
email
text
"""

ENGLISH = Language(
    tag="en",
    has_one_form=True,
    small_talk=ENGLISH_TALK,
    numerals=Numerals(
        values=_SMALL | {"hundred": 100, "oh": 0},
        links={"and": "hundreds"},
        has_teens=True,
        hundred=words("hundred"),
        thousand=words("thousand"),
    ),
    ordinals={rank: value for value, rank in enumerate(_RANKS, start=1)}
    | {f"twenty {rank}": 20 + value for value, rank in enumerate(_RANKS[:9], start=1)}
    | {"thirtieth": 30, "thirty first": 31},
    months={month: value for value, month in enumerate(_MONTHS, start=1)}
    | {month[:3]: value for value, month in enumerate(_MONTHS, start=1)}
    | {"sept": 9},
    weekdays={
        day: value
        for value, day in enumerate(
            row("monday tuesday wednesday thursday friday saturday sunday"), start=1
        )
    },
    currencies={
        "dollar": "dollar",
        "dollars": "dollar",
        "usd": "dollar",
        "us dollars": "dollar",
        "euro": "euro",
        "euros": "euro",
        "eur": "euro",
        "pound": "pound",
        "pounds": "pound",
        "pounds sterling": "pound",
        "gbp": "pound",
        "francs": "franc",
        "franc": "franc",
        "swiss francs": "franc",
        "chf": "franc",
        "reais": "real",
        "real": "real",
        "brl": "real",
        "yen": "yen",
        "pesos": "peso",
        "rupees": "rupee",
        "kronor": "krona",
    },
    cents=words("cent cents penny pence p centimes"),
    points=words("point"),
    clock=Clock(
        cues=words("at"),
        hours=phrases("o clock"),
        quarter=phrases("(?:a )?quarter"),
        half=phrases("half"),
        past=phrases("minutes past", "minutes after", "past", "after"),
        before=phrases("minutes to", "minutes before", "to", "before", "till"),
        noon=phrases("noon", "midday", "twelve noon", "12 noon"),
        midnight=phrases("midnight", "twelve midnight"),
        parts=(
            Part(phrases("in the morning", "morning"), 0, 12),
            Part(phrases("in the afternoon", "afternoon"), 12, 19),
            Part(phrases("in the evening", "evening"), 16, 24),
            Part(phrases("at night"), 19, 30),
        ),
        has_halves=True,
    ),
    roles={
        "to": Role.TO,
        "into": Role.TO,
        "through": Role.TO,
        "onto": Role.TO,
        "from": Role.FROM,
        "for": Role.FOR,
        "with": Role.WITH,
        "at": Role.AT,
        "on": Role.AT,
        "in": Role.AT,
        "of": Role.AT,
        "starting": Role.FROM,
        "beginning": Role.FROM,
        "effective": Role.FROM,
    },
    idle=words(
        "this these that those following",
        "the a an s your you and i we will would ll d m am re be going it them please",
        "can could",
    ),
    silent=phrases(
        "as of|under the name(?: of)?|in the name of|(?:the )?name of|"
        r"under(?= (?:policy|contract|number|booking|reference|order|membership|account) )"
    ),
    rates=rates(
        month="(?:a|per|each|every) month|monthly",
        year="(?:a|per|each|every) year|yearly|annually|per annum",
        week="(?:a|per|each|every) week|weekly",
        day="(?:a|per|each|every) day|daily",
        night="(?:a|per|each|every) night|nightly",
        hour="(?:an|per|each|every) hour|hourly",
        person="(?:a|per|each) (?:person|head|guest)",
    )
    | each(
        "a|an|per|each|every|the",
        "lit(?:er|re) met(?:er|re) kilo(?:gram)? kilowatt_hour square_met(?:er|re)",
        "minute quarter term season mile kilomet(?:er|re) gallon ton visit lesson",
        "session trip copy page piece item unit room class bottle box bag ride stay",
        "call delivery treatment",
    ),
    joints=words("and plus"),
    callers=words("you they them he she someone somebody"),
    addressed=words("you"),
    articles=words(""),
    determiners=words("this these that those following the a an your"),
    labels=phrases("(?:with )?(?:the )?number", "nr", "num", "postcode", "postal code", "zip code"),
    ending=phrases(
        "(?:that |which )?(?:is |are )?(?:ending|ends|finishing|finishes)(?: in| with| on)?",
        "end in",
        "(?:with )?(?:the |its )?(?:last|final) (?:two |three |four |six )?digits",
        "with the ending",
    ),
    openings=words(
        "until till before after since between about regarding by under over within outside",
        "inside behind opposite beside near",
    ),
    letters=spelling("zed:z zee:z"),
    dashes=words("dash hyphen"),
    synonyms=ranks(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh",
        "twelfth",
    )
    | {
        "dr": "doctor",
        "mr": "mister",
        "rd": "road",
        "ave": "avenue",
        "blvd": "boulevard",
        "gb": "gigabyte",
        "gigs": "gigabyte",
        "gig": "gigabyte",
        "gigabytes": "gigabyte",
        "mb": "megabyte",
        "megabytes": "megabyte",
        "kg": "kilo",
        "kilos": "kilo",
        "%": "percent",
        "apt": "apartment",
        "till": "until",
        "each": "every",
        "telephone": "phone",
        "mobile": "mobile",
    },
    short=words(
        "dr mr mrs ms st rd ave blvd apt no nr prof jan feb mar apr jun jul aug sep sept",
        "oct nov dec mon tue wed thu fri sat sun",
    ),
    titles=words("dr doctor mr mrs ms miss mister prof professor"),
    endings=frozenset({("", "s"), ("", "es"), ("y", "ies"), ("f", "ves"), ("fe", "ves")}),
    verbs=groups(_VERBS, english),
    trades=words("exchange swap replace switch"),
    inflect=english,
    is_verb_last=False,
    passive=phrases(
        r"(?:will|would|shall|ll|d|going to|to|should) (?:then |now )?(?:be(?! the one)|"
        r"get(?! (?:them|you|him|her|someone|somebody|the|your|it|an?) ))|gets|get(?= \w+ed )",
        r"(?:want|like|wish)(?: me| us)? to have|(?:would|do) you (?:like|want)(?= "
        r"(?!me |us |to ))",
        r"(?:alright|all right|okay|ok|fine|good) if (?:i|we)(?= )",
        r"(?:will|would|ll|d) have(?= (?:the|your|an?|order|one|[0-9]+) )",
    ),
    light=words(
        "make making process processing do doing issue issuing arrange arranging book booking",
        "schedule scheduling carry put set get getting receive perform performing complete place",
    ),
    ways={
        "out of": Role.FROM,
        "away from": Role.FROM,
    },
    plain=words(
        "i me we us our ours you your yours it its this that these those them m am is are s re",
        "be being ll will would d shall should can could must let lets want wants wanted like",
        "get gets getting got go goes going come comes coming make makes making take takes",
        "taking put puts putting see sees say says saying hear heard understand understood know",
        "known read reads reading repeat repeating recap recapping summarise summarising",
        "summarize summarizing sum review reviewing verify verifying check checking confirm",
        "ensure ensuring clarify run running through start starts starting proceed proceeding",
        "continue continuing carry carrying process processing arrange arranging handle",
        "handling sort sorting look looks looking sound sounds seem seems mean means meaning",
        "become becomes becoming land lands include includes included including contain",
        "contains containing consist consisting concern concerns concerning cover covers",
        "covering involve involves cost costs costing total totals totalling totaling worth",
        "amount amounts price priced idea detail details information info summary confirmation",
        "word words wording message subject title description heading line quote understanding",
        "behalf date day time number numbers currently present here there where what which",
        "whose as so of to for with on onto in into at from out down then now finally lastly",
        "straight together overall altogether exactly precisely correctly properly right",
        "correct sure certain clear clearly quick quickly briefly brief real really very much",
        "ready happy glad gladly pleased please thanks thank okay ok alright fine good great",
        "perfect awesome okey dokey doke hurray cool nice brilliant lovely wonderful excellent",
        "certainly absolutely course yes yeah yep well oh um uh hm ah hi hello sir madam",
        "patience effective effect respectively namely specifically basically simply using",
        "dated due valid lasting lasts scheduled planned amounting located runs throughout",
        "people person persons guests pieces reason because follows same whole entire simple",
        "one",
    ),
    asides=phrases(
        r"(?:(?:i|we)(?: ve)? )?(?:got|have) (?:all (?:of )?(?:that|this|it)|it all"
        r"|everything(?: i need| we need| down)?)(?= |$)",
        r"(?:we re|we are) (?:all )?(?:aligned|on the same page)"
        r"|so (?:that )?we re (?:all )?aligned|here s the plan|here s where we are"
        r"|here s how it looks",
        r"(?:just )?(?:one|a) (?:last|final|quick|little) (?:check|confirmation|thing"
        r"|question)|(?:just|only) (?:confirming|checking|verifying)",
        r"(?:happy|glad|pleased) to (?:do|arrange|sort|handle) (?:that|this"
        r"|it)(?: out)?(?: for you)?|(?:almost|nearly) (?:done|there|finished)",
        r"(?:just )?before (?:i|we) (?:do|go|proceed|continue|carry|make|start|touch|change)"
        r"(?: (?:ahead|on|with|and|it|that|this|so|anything|any changes))*",
        r"if (?:i|we)(?: ve| have)? (?:understand|understood|heard|got|get|followed)(?: you| that|"
        r" this| it)?(?: (?:right|correctly|properly))?",
        r"if (?:that|this|it|everything|you|all)(?: (?:all|s|is|are|looks|sounds|works|"
        r"agree|re|okay|"
        r"ok|fine|good|right|alright|happy|with|by|for|to|you|that|me|suits|d|would|like|want))+",
        r"(?:so |and |now )?(?:(?:just )?once )?again(?= (?:i|we|that) )|(?:to |let me |"
        r"i ll |i |i d like to )?(?:just )?double check"
        r"(?:ing)?(?: (?:that|this|everything|with you))*|first(?= (?:i|we) )|first "
        r"(?:of all|off|up|thing)|next(?: up)?(?= (?:i|we) )",
        r"(?:the |these )?following(?= (?:details|changes|steps|request|things|two|way|"
        r"is|are) )|the following|grand total",
        r"thank(?:s| you) for (?:calling|waiting|holding|your (?:patience|call))(?: "
        r"(?:in|today|us))?|for (?:waiting|holding)",
        r"you(?: re| are) (?:asking|requesting)(?: (?:me|us|for))*|your request(?= "
        r"(?:is|was|to|for|then) )|the request(?= is )"
        r"|what(?: s| is| was)? (?:you )?(?:asked|requested)(?: for)?",
        r"(?:let me|i can|we can|happy to|glad to|i ll) (?:certainly |gladly )?help(?: "
        r"you)?(?: out)? with (?:that|this|it)",
        r"(?:the|with|this|your) (?:text|note)(?= (?:reading|reads|saying|says|is|that|"
        r"will|would|stating) )|(?:a )?party of|with (?:the|this|your) (?:text|note)",
        r"(?:make )?a (?:quick )?note(?= of (?:that|this|it) )|quick note|away(?= from "
        r")|to be safe|to be on the safe side|safe side",
        r"if you don t mind|(?:happy|glad|here) to help(?: you)?(?: with that)?|let me read "
        r"(?:that|it|this)(?: back)?(?: to you)?|if i (?:have|ve got|got) (?:this|that|it|"
        r"everything) right|"
        r"no (?:problem|worries|trouble)(?: at all)?|not a problem|don t worry",
        r"so (?:that )?(?:nothing|there s no|there are no|we don t|i don t)(?: (?:gets?|goes|is|"
        r"lost|wrong|mixed|up|missed|mistakes?|misunderstandings?|confusion|make|any|get|anything"
        r"|miss))+",
        r"(?:all right|all good|all set|all clear|all done|not to worry)",
        r"just(?! (?:the|a|an|one|two|your|those|these|this|that|for|[0-9]))|just (?:a|"
        r"one) (?:moment|second|minute)",
        r"(?:there are |there s |so |that s |it s )?(?:just )?(?:one|two|three|2|3) "
        r"(?:thing|things|"
        r"steps?|changes|parts|items)(?: (?:i|we) (?:d|ll|will|would) do)?",
        r"(?:one|a) (?:moment|sec|minute)(?: please)?|(?:one|a) second(?= (?:please|so|"
        r"i|let|while|now) )(?: please)?",
        r"(?:i|we)(?: d| ll)? (?:just )?need to(?= (?:double|check|confirm|verify|make|"
        r"do|read|repeat|go|run) )|they(?= (?:cost|costs|come to|total|(?:d |ll |will |"
        r"would )(?:be|cost|come)) )",
        r"(?:let me |to |i can )tell you|who(?= (?:is|s) )|(?:that s |is )?what (?:you "
        r")?needed|all i need(?: is)?|needs to be(?= [a-z]+ed )",
        r"go(?:ing)? ahead(?: and| with)?|in your (?:own )?words|sorry to hear (?:that|"
        r"it|this)|great choice|just the one|on the (?:[a-z]+ )?basis of|about to|sure "
        r"thing|over(?= (?:to|from|onto) )|the ones?(?! to )|back(?= (?:to|onto|on|into) )|"
        r"(?:have|got|ve) (?:this|that|it|everything|all of that) (?:right|straight|down|correct)|"
        r"(?:i|we) (?:have|ve)(?: (?:here|got|understood|heard|it|down|noted))+|"
        r"(?:what|here s what|this is what|that s what)(?: (?:i|we))(?: (?:d|ll|m|am|would|will|"
        r"going to|re|are|have|ve|got))* ?(?:do|doing|understood|heard|here|is|planning|have|got)?|"
        r"you(?: ve| have)?(?: asked| wanted| requested)|i can do that|sums? (?:it |"
        r"that |this )?up",
        r"(?:let me|to|ll|i d) (?:just )?(?:be|make) (?:absolutely |completely |very )?"
        r"(?:sure|certain|clear)|(?:on the )?same page|word for word|in other words|"
        r"read (?:it|this|that|everything) back|as (?:requested|discussed|agreed|you asked)",
        r"(?:everything|anything) (?:back|right|straight|down|correct|correctly)|"
        r"(?:check|confirm|repeat|review|recap|verify|read|summari[sz]e|got|have|get) everything",
    ),
    classes=words(
        "account accounts plan order booking reservation appointment ticket contract card number",
        "subscription address street parcel package policy loan product article model size line",
    ),
    doubles={"double": 2, "triple": 3},
    also=words("also too as well"),
    participle="ing",
    until=words("until till through"),
    past=words("have has ve had was were been did"),
    quoting=words(
        "reason that says say saying reading reads because quote stating subject with text"
    ),
    own_words=phrases(r"with the subject", r"because", r"with the (?:text|note|message)", "saying"),
    asks=words(
        "shall should may might can could would will do does did is am s re m be have has i we",
        "me us you it them this that these everything everything's proceed continue carry on",
        "doing done get got started start make happen so sound sounds look looks seem seems",
        "work works suit suits feel right correct ok okay alright fine good great accurate",
        "acceptable perfect happy comfortable sure certain confirm confirmed confirming agree",
        "agreed agreement approve accept authorise authorize consent give your my permission",
        "approval confirmation blessing green light yes yeah set lock want wanted like wish to",
        "how for with by about if the a an of and then now please way put through take care",
        "complete finalise finalize submit process book in up d ll ve really still exactly here",
        "as said described stated just understand understood hear heard correctly properly",
        "there from let both ready",
    ),
    agrees=phrases(
        r"(?:shall|should|may|might|can|could) (?:i|we)(?= |$)",
        r"(?:would|do|did|will) you (?:really |still |now )?(?:like|want|wish)(?= (?:me|"
        r"us|it|that|this|to)(?: |$)|$)",
        r"want (?:me|us|it|that|this)|like me to|(?:d|would) like (?:me|us|that)",
        r"(?:that|this|it|everything)(?: all)? (?:right|correct|ok|okay|alright|fine|good|accurate|"
        r"acceptable)|(?<!you )(?:all |quite |sound |sounds |looks |is |that s |it s "
        r")?(?:right|correct|"
        r"ok|okay|alright|fine|good|great|accurate|acceptable|perfect|agreed|confirmed)(?= |$)",
        r"all (?:right|good|okay|ok|correct|set|clear|fine)",
        r"(?:what|how) you(?: d| would| had| were)? (?:want|like|wanted|asked for|meant|need|wish|"
        r"had in mind|have in mind|in mind|after|looking for)(?: me to do| it| done)?",
        r"(?:you|i|we|to|please|can|could|would|will) (?:happy|confirm|agree|approve|accept|"
        r"authori[sz]e|consent)(?= |$)",
        r"are you(?: all| quite| really)? (?:ok|okay|right|fine|good|alright|happy|comfortable)"
        r"(?= (?:with|if|for|about|to|that|by) )|are you(?: quite| really)? (?:sure|certain|"
        r"in agreement|agreed|happy)",
        r"(?:and )?(?:go|going|gone) (?:ahead|on|through)(?: and)?",
        r"(?:happy|comfortable|agree|sure|certain|content|at ease)(?= |$)|(?:is|are) "
        r"(?:that|we|you) (?:all )?"
        r"(?:a )?(?:yes|go|deal|set|agreed|good)|green light|a yes|a go",
        r"(?:work|works|suit|suits|do)(?: for)? you|(?:does|would|will) (?:that|this|it) "
        r"(?:work|suit|do|sound|look)(?: for)?(?: you)?(?= |$)",
        r"(?:your )?(?:okay|ok|go ahead|permission|approval|consent|blessing|confirmation)",
        r"ready for me to|good to go|am i|did i|have i|do i|yes$|yeah$|go ahead$",
    ),
    requests=phrases(
        r"(?:just |please |so )*(?:tell me|say|answer|give me a) (?:yes|the go ahead|"
        r"your okay|a yes) if (?:(?:that|this|it|everything|s|is|"
        r"sounds|looks|works|all|right|correct|okay|ok|fine|good|for|you|with|by|you re|"
        r"happy|agree)(?: |$))+",
        r"(?:just |so |and |then )*(?:please )?(?:(?:let me know|confirm)(?: (?:just|"
        r"if|whether|that|this|it|s|is|are|all|right|correct|okay|ok|fine|good|by|with|"
        r"for|me|you|i|"
        r"we|can|may|should|shall|go|ahead|proceed|do|so|to|and|ll|agree|want|would|like|please|"
        r"happy|works|the))*)|(?:just |please )?say (?:yes|the word) and i ll (?:do "
        r"(?:it|that)|go ahead|"
        r"get (?:it|that) done|proceed|get started)(?: for you)?",
    ),
    openers=phrases(
        r"(?:shall|should|may|might|can|could) (?:i|we)",
        r"(?:would|do|did) you (?:really |still )?(?:want|like|wish)",
        r"you(?: d| would)?(?: really)? (?:want|like|wish)(?: me| us)? to",
        r"(?:is|would|will) (?:it|that|this) (?:be )?(?:all )?(?:ok|okay|right|correct|"
        r"alright|fine|"
        r"good|acceptable)",
        r"are you (?:ok|okay|happy|fine|sure|comfortable|all right|alright|good)",
        r"(?:do|can|could|would|will) you (?:please )?(?:agree|confirm|approve)",
        r"do i have your|am i (?:right )?to|want me to|(?:is|would) (?:it|that) (?:be "
        r")?(?:all )?(?:ok|okay|"
        r"right|alright|fine|good|all right)(?: (?:with|by|for) you)?(?: if (?:i|we)(?: d)?)?",
    ),
    particles=row("back off up out on down"),
)

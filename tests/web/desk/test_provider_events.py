"""The page of what a conversation and its provider told each other."""

from typing import Any

from agent_service.store.database import Database
from agent_service.store.provider_events import PAGE, ProviderEvent, write_events
from agent_service.store.writer import write_records

HOSTILE = "<img src=x onerror=alert(1)>"


def event(id: str, kind: str, payload: str = "", count: int = 1) -> ProviderEvent:
    return ProviderEvent(
        conversation_id=id,
        at_ms=1_500,
        is_ours=not payload,
        kind=kind,
        count=count,
        size_bytes=10,
        payload=payload,
    )


def test_it_is_read_by_kind_and_page_without_script(
    visit: Any, people: Database, new_sample: Any
) -> None:
    sample, bare = new_sample(), new_sample()
    id = sample.conversation_id
    with people.write() as session:
        write_records(session, [sample.conversation(), bare.conversation()])
        write_events(
            session,
            [
                *(event(id, "response.done", f'{{"text": "{HOSTILE}"}}') for _ in range(PAGE + 1)),
                event(id, "input_audio_buffer.append", count=250),
            ],
        )

    async def scenario(vera: Any) -> None:
        await vera.sign_in("vera")
        path = f"/admin/conversations/{id}"
        shown = (await vera.get(path)).text
        assert f'{path}/events?kind=response.done">response.done {PAGE + 1}<' in shown
        assert (
            "Provider events"
            not in (await vera.get(f"/admin/conversations/{bare.conversation_id}")).text
        )
        page = (await vera.get(f"{path}/events")).text
        assert page.count('<li class="theirs">') == PAGE
        assert "&lt;img src=x onerror=alert(1)&gt;" in page
        assert HOSTILE not in page
        rest = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
        last = (await vera.get(rest)).text
        assert (last.count('<li class="theirs">'), "250 of them, 10 bytes" in last) == (1, True)
        only = (await vera.get(f"{path}/events?kind=input_audio_buffer.append")).text
        assert (only.count('<li class="ours">'), only.count('<li class="theirs">')) == (1, 0)
        assert (await vera.get("/admin/conversations/nowhere/events")).status_code == 404

    visit(scenario)

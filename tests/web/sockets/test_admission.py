"""Places for voice, and further ones for text."""

from contextlib import ExitStack

from agent_service.web.sockets.admission import Admission


def test_who_writes_finds_room_where_all_lines_for_voice_are_taken() -> None:
    admission = Admission(1, 1)
    with ExitStack() as open_now:
        voice = open_now.enter_context(admission.admit())
        assert voice is not None
        assert voice.may_speak()
        assert open_now.enter_context(admission.admit()) is None
        text = open_now.enter_context(admission.admit(for_text=True))
        assert text is not None
        assert text.is_for_text
        assert not text.may_speak()
        assert open_now.enter_context(admission.admit(for_text=True)) is None
        assert (admission.open_sockets, admission.open_texts, admission.refused) == (1, 1, 2)
    assert (admission.open_sockets, admission.open_texts) == (0, 0)


def test_who_writes_may_speak_and_is_counted_so_once_a_line_is_free() -> None:
    admission = Admission(1, 1)
    with ExitStack() as open_now:
        with admission.admit():
            text = open_now.enter_context(admission.admit(for_text=True))
            assert text is not None
        assert text.may_speak()
        assert text.may_speak()
        assert (admission.open_sockets, admission.open_texts) == (1, 0)
        assert not admission.has_room(for_text=False)
        assert admission.has_room(for_text=True)
    assert (admission.open_sockets, admission.open_texts) == (0, 0)


def test_who_writes_takes_a_line_for_voice_while_there_is_one() -> None:
    admission = Admission(1, 1)
    with admission.admit(for_text=True) as place:
        assert place is not None
        assert not place.is_for_text
        assert admission.open_sockets == 1

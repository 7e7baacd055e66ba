"""The simulated loudspeaker plays at the speed of time and knows how far it came."""

from agent_service.cli.call_player import Played, Player


def ms(count: int) -> bytes:
    return bytes(count * 48)


def test_audio_is_played_as_time_passes() -> None:
    player = Player()
    player.add("a", 0, ms(50))
    assert player.advance(20) == [Played("a", 20)]
    assert player.advance(20) == [Played("a", 40)]
    assert player.advance(20) == [Played("a", 50)]
    assert player.is_idle
    assert len(player.heard) == len(ms(50))


def test_nothing_is_played_from_an_empty_queue() -> None:
    player = Player()
    assert player.advance(20) == []


def test_each_item_that_sounded_is_reported() -> None:
    player = Player()
    player.add("a", 0, ms(10))
    player.add("b", 0, ms(30))
    assert player.advance(20) == [Played("a", 10), Played("b", 10)]


def test_the_offset_of_a_piece_counts() -> None:
    player = Player()
    player.add("a", 400, ms(40))
    assert player.advance(20) == [Played("a", 420)]


def test_clearing_drops_the_rest_and_says_how_far_it_came() -> None:
    player = Player()
    player.add("a", 0, ms(100))
    player.add("a", 100, ms(100))
    player.add("b", 0, ms(10))
    player.advance(120)
    assert player.clear("a") == Played("a", 120)
    assert player.advance(20) == [Played("b", 10)]
    assert len(player.heard) == len(ms(130))


def test_clearing_an_item_that_was_played_out_says_where_it_ended() -> None:
    player = Player()
    player.add("a", 0, ms(20))
    player.advance(20)
    assert player.clear("a") == Played("a", 20)


def test_clearing_what_never_arrived_says_nothing() -> None:
    assert Player().clear("a") is None

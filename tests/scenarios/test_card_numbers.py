"""A card that a caller reads out over turns is nowhere: not in rows, the index or the log."""

from typing import Any

PIECES = ("5500 0055", "5555", "5559")
TEXTS = ("text", "heard_text", "arguments", "output", "summary", "answer")


def test_a_card_over_three_turns_is_nowhere_and_the_order_is_found(up: Any) -> None:
    said = (f"My card number is {PIECES[0]}", *PIECES[1:], "Where is order 1004?")
    call = up.call(*(part for words in said for part in ("--text", words)))
    assert call.status == 0
    record = up.ask(f"/api/conversations/{call.conversation_id}")
    rows = [*record["turns"], *record["tool_calls"], *record["confirmations"]]
    texts = [str(row[name]) for row in rows for name in TEXTS if row.get(name)]
    logged = [line for line in list(up.log_lines) if call.conversation_id in line]
    assert logged
    for digits in ("5500", "0055", "5555", "5559"):
        assert not [text for text in texts if digits in text]
        assert not [line for line in logged if f'"{digits}' in line or f" {digits}" in line]
        assert up.ask("/api/turns", q=digits, conversation=call.conversation_id)["items"] == []
    assert any("1004" in text for text in texts)


def test_a_ticket_about_a_card_holds_none_of_it(up: Any) -> None:
    words = "please open a ticket: my card 4111 1111 1111 1111 was charged twice"
    call = up.call("--text", words, "--text", "yes")
    assert call.status == 0
    record = up.ask(f"/api/conversations/{call.conversation_id}")
    assert "4111" not in str(record)
    assert "[redacted card]" in record["confirmations"][0]["summary"]

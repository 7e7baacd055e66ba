"""What an agent is where callers come one way or another."""

import pytest
from an_agent import agent
from pydantic import ValidationError

AGENT = agent(
    greeting="Hello.",
    limits={"max_duration_s": 600, "idle_timeout_s": 90},
    channels={
        "telephone": {
            "instructions": "Say less.",
            "greeting": "Good day.",
            "limits": {"idle_timeout_s": 30},
        },
        "widget": {"limits": {"max_duration_s": 1_800}},
    },
)


def test_what_is_said_of_a_channel_comes_behind_what_is_said_of_all() -> None:
    there = AGENT.on("telephone", "\nThey see nothing.\n")
    assert there.instructions == "Be kind.\n\nThey see nothing.\n\nSay less."
    assert there.greeting == "Good day."


def test_only_the_limits_that_are_named_are_others() -> None:
    assert AGENT.on("telephone").limits.idle_timeout_s == 30
    assert AGENT.on("telephone").limits.max_duration_s == 600
    # Also where that is what it would be without a word.
    assert AGENT.on("widget").limits.max_duration_s == 1_800
    assert AGENT.on("widget").limits.idle_timeout_s == 90


def test_nothing_is_different_where_nothing_is_said() -> None:
    assert AGENT.on("realtime") == AGENT
    assert AGENT.on("widget").greeting == "Hello."


def test_a_channel_that_there_is_not_is_a_mistake() -> None:
    with pytest.raises(ValidationError, match="'widget', 'webrtc', 'realtime' or 'telephone'"):
        agent(channels={"telefone": {"greeting": "Hello."}})

"""Every notice is shipped in every language, in words and in a sound that says them."""

import asyncio
import re
from pathlib import Path

import numpy as np
import pytest
from hatchling.builders.wheel import WheelBuilder

from agent_service.audio import BYTES_PER_SAMPLE, SAMPLE_RATE_HZ, samples
from agent_service.conversation.phrases import disclosure
from agent_service.conversation.spec import Notice
from agent_service.notices.finding import Source, find_notices
from agent_service.notices.shelf import Speaker
from agent_service.notices.texts import LANGUAGES, SHIPPED, language_of, texts_in
from agent_service.offline.speech.engine import LocalSpeech

PROJECT = Path(__file__).parents[2]
NOWHERE = Path("/nowhere")
EVERY = [(language, notice) for language in LANGUAGES for notice in Notice]


def shipped(language: str) -> dict[Notice, bytes]:
    found = find_notices(NOWHERE, Speaker("offline", "alloy", language))
    assert all(each.source is Source.SHIPPED for each in found)
    return {each.notice: each.audio for each in found}


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def test_every_notice_has_words_in_six_languages() -> None:
    assert set(LANGUAGES) == {"en", "de", "fr", "es", "it", "pt"}
    for language in LANGUAGES:
        assert set(texts_in(language)) == set(Notice)
        assert len(set(texts_in(language).values())) == len(Notice)


@pytest.mark.parametrize("language", [None, "nl", "xx"])
def test_without_a_language_of_theirs_notices_are_english(language: str | None) -> None:
    assert language_of(language) == "en"
    assert language_of("pt") == language_of("pt-BR") == "pt"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_disclosure_is_what_the_agent_would_have_said(language: str) -> None:
    said = set(words(texts_in(language)[Notice.DISCLOSURE]))
    assert said <= set(words(disclosure(language, None)))


@pytest.mark.parametrize(("language", "notice"), EVERY)
def test_every_sound_is_as_long_and_as_loud_as_it_should_be(language: str, notice: Notice) -> None:
    sound = shipped(language)[notice]
    values = samples(sound) / 32_768
    assert 0.8 <= len(sound) / BYTES_PER_SAMPLE / SAMPLE_RATE_HZ <= 6.0
    loudness = 20 * np.log10(np.sqrt((values**2).mean()))
    assert -24 < loudness < -19
    assert np.abs(values).max() < 1.0, "clipped"
    assert np.abs(np.concatenate((values[:48], values[-48:]))).max() < 0.01, "a click"


def test_all_sounds_together_are_small() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.rglob("*.ogg")) < 2_000_000


def test_the_english_sounds_say_their_words() -> None:
    async def heard() -> dict[Notice, str]:
        speech = LocalSpeech()
        try:
            return {
                notice: (await speech.recognise(sound)).text
                for notice, sound in shipped("en").items()
            }
        finally:
            await speech.aclose()

    for notice, text in asyncio.run(heard()).items():
        said = words(texts_in("en")[notice])
        assert len(set(said) & set(words(text))) >= 0.8 * len(set(said)), text


def test_the_package_holds_all_of_them() -> None:
    files = WheelBuilder(str(PROJECT)).recurse_included_files()
    packed = {Path(file.distribution_path) for file in files}
    folder = Path("agent_service/notices/data")
    assert {folder / language / f"{notice}.ogg" for language, notice in EVERY} <= packed
    assert {folder / language / "index.json" for language in LANGUAGES} <= packed
    assert {folder / "texts.toml", folder / "LICENSE-voices.txt"} <= packed

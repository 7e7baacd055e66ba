"""Makes the sounds of the shipped notices, and hears them back.

python -m benchmarks.notice_sounds make KOKORO
python -m benchmarks.notice_sounds hear WHISPER
"""

import argparse
from pathlib import Path

from agent_service.audio import bytes_to_ms
from agent_service.conversation.spec import Notice
from agent_service.notices.levelling import levelled
from agent_service.notices.shelf import Shelf, Speaker
from agent_service.notices.texts import LANGUAGES, SHIPPED, texts_in
from benchmarks.notice_sounds.hearing import Whisper, word_errors, words


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.notice_sounds")
    parser.add_argument("task", choices=["make", "hear"])
    parser.add_argument("folder", type=Path, help="of Kokoro-82M, or of Whisper")
    arguments = parser.parse_args()
    if arguments.task == "make":
        make(arguments.folder)
    else:
        hear(arguments.folder)


def make(kokoro: Path) -> None:
    """Say all notices, and keep them where the package has them."""
    # Who only hears needs no voices.
    from benchmarks.notice_sounds.voices import Kokoro, Pico  # noqa: PLC0415

    for language in LANGUAGES:
        say = Pico() if language == "de" else Kokoro(kokoro, language)
        shelf, speaker = Shelf(SHIPPED / language), Speaker("none", say.name, language)
        for notice, text in texts_in(language).items():
            sound = levelled(say(text), text)
            shelf.put(speaker, notice, text, sound)
            print(f"{language} {notice.value}: {bytes_to_ms(len(sound))} ms")


def hear(whisper: Path) -> None:
    """Print what of the shipped notices is not heard as it was said."""
    recogniser = Whisper(whisper)
    for language in LANGUAGES:
        shelf, errors, count = Shelf(SHIPPED / language), 0, 0
        for notice, text in texts_in(language).items():
            heard = recogniser(sound_of(shelf, notice, text), language)
            wrong = word_errors(text, heard)
            errors, count = errors + wrong, count + len(words(text))
            if wrong:
                print(f"  {language} {notice.value}: {text}\n    heard: {heard}")
        print(f"{language}: {errors} of {count} words")


def sound_of(shelf: Shelf, notice: Notice, text: str) -> bytes:
    sound = shelf.sound(notice, text)
    assert sound is not None, f"{shelf.file(notice)} is not there: make it"
    return sound


if __name__ == "__main__":
    main()

"""E-mail addresses, telephone numbers and people's names in speech."""

import re

from agent_service.offline.english.wording import as_written
from agent_service.offline.responder.identifiers import heard_identifiers
from agent_service.offline.responder.spoken_numbers import number_runs
from agent_service.offline.responder.words import words_of

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_NAME = re.compile(
    r"(?:\bmy (?:full |first |last )?name(?:'s| is)|\bname is|\bI am called|\bcall me|\bunder "
    r"the name(?: of)?|\bin the name of|\bthis is|\bI'm|\bI am|"
    r"\bname's)\s+(?P<name>(?:[A-Za-z][\w'\u2019-]*\s*){1,4})",
    re.IGNORECASE,
)
_NAME_ENDS_WORDS = (
    "and from speaking here calling i my with but the a an not looking trying to for about on in "
    "at so because please still very really just is it having wondering sorry afraid sure"
)
_NAME_ENDS = frozenset(_NAME_ENDS_WORDS.split())


def heard_emails(text: str) -> list[str]:
    """Return the e-mail addresses in the text, written or spoken, in lower case."""
    found = _EMAIL.findall(text) or _EMAIL.findall(as_written(text))
    return [address.lower() for address in found]


def heard_phones(text: str) -> list[str]:
    """Return the telephone numbers in the text: digits, with a leading plus where one was said."""
    found: list[str] = []
    for m in re.finditer(r"(?:\+|\(|\b)\d[\d\s().\-/]{5,}\d", text):
        digits = re.sub(r"\D", "", m.group())
        if 7 <= len(digits) <= 15:
            found.append(("+" if m.group().startswith("+") else "") + digits)
    if found:
        return found
    runs = [run for run in number_runs(text) if "." not in run.digits]
    for at, run in enumerate(runs):
        joined, last = run.digits, run
        for following in runs[at + 1 :]:
            if text[last.end : following.start].strip(" ,-"):
                break
            joined, last = joined + following.digits, following
        if 7 <= len(joined) <= 15:
            has_plus = re.search(r"(?:\+|\bplus)\s*$", text[: run.start], re.IGNORECASE)
            return [("+" if has_plus else "") + joined]
    return found


def heard_name(text: str, *, was_asked: bool) -> str | None:
    """Return the name that the caller gives; when asked for it, the whole short answer may be
    one."""
    m = _NAME.search(text)
    if m:
        name = _name_words(
            m["name"],
            needs_capital=not re.search(
                "name|call", m.group()[: m.start("name") - m.start()], re.I
            ),
        )
        if name:
            return name
    if not was_asked:
        return None
    spelled = [i.text for i in heard_identifiers(text) if i.text.isalpha() and len(i.text) > 1]
    if spelled:
        return spelled[0].capitalize()
    answer = re.sub(
        r"^(?:(?:it's|it is|that's|that is|yes|sure|well|um|uh|okay|the name is|so|to|for|with|by)"
        r"[,\s]+)+",
        "",
        text.strip(),
        flags=re.I,
    )
    words = [w for w in words_of(answer) if w.text[0].isalpha()]
    return _name_words(answer, needs_capital=False) if 1 <= len(words) <= 5 else None


def _name_words(text: str, *, needs_capital: bool) -> str | None:
    name: list[str] = []
    for word in words_of(text):
        if word.text in _NAME_ENDS or not word.raw[0].isalpha():
            if word.raw == "-":
                continue
            break
        if needs_capital and not word.raw[0].isupper():
            break
        name.append(word.raw if word.raw[0].isupper() else word.raw.capitalize())
    return " ".join(name[:4]) or None

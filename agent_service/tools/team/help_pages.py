"""Answers from the company's help pages."""

import math
import re
from collections import Counter
from typing import Annotated, Final

from pydantic import Field
from sqlalchemy import select

from agent_service.conversation.records import CallerLevel
from agent_service.store.requests import HelpArticle
from agent_service.tools.tool import Answer, ToolContext, tool

_MOST: Final = 3
_WORD: Final = re.compile(r"[a-z0-9]+")
_WEAK: Final = frozenset(
    _WORD.findall(
        "a about an and any are at be can could did do does for from get have how i if in is it me"
        " my of on or our please tell that the there this to us was we what when where which who"
        " why will with would you your want need know long much take"
    )
)


@tool(
    title="Search the help pages",
    activity="Searching the help pages",
    effect="read",
    audience=CallerLevel.ANONYMOUS,
    examples=(
        "What are your terms?",
        "How does it work?",
        "What does it cost?",
        "Which payment methods do you accept?",
        "Can I pay by card?",
        "How do I get an invoice?",
        "How can I delete my account?",
        "What is your cancellation policy?",
        "Where can I read about your rules?",
        "What do you do with my data?",
    ),
)
def search_help(
    context: ToolContext,
    question: Annotated[
        str,
        Field(min_length=2, max_length=300, description="What the caller wants to know."),
    ],
) -> Answer:
    """Search the help pages for general questions: how things work, prices, payment, terms,
    account. Not for what concerns this caller alone."""
    articles = list(context.session.scalars(select(HelpArticle).order_by(HelpArticle.slug)))
    ranked = sorted(_scored(question, articles), key=lambda pair: -pair[0])
    found = [article for score, article in ranked[:_MOST] if score > 0]
    if not found:
        return Answer("I find nothing about that in our help pages.", {"sources": []})
    best = found[0]
    return Answer(
        best.body,
        {"sources": [_source(article) for article in found]},
        {"articles": [{"title": article.title, "text": article.body} for article in found]},
    )


def _source(article: HelpArticle) -> dict[str, str]:
    source = {"page": article.slug, "title": article.title}
    return source | ({} if article.url is None else {"url": article.url})


def _scored(question: str, articles: list[HelpArticle]) -> list[tuple[float, HelpArticle]]:
    """Weigh the words that both share: rare ones, and those of the heading, count more."""
    headings = [_stems(f"{article.title} {article.keywords}") for article in articles]
    bodies = [_stems(article.body) for article in articles]
    scores = [0.0] * len(articles)
    for stem in _stems(question):
        holders = sum(
            stem in heading or stem in body for heading, body in zip(headings, bodies, strict=True)
        )
        if not holders:
            continue
        weight = math.log((len(articles) + 1) / holders)
        for place, (heading, body) in enumerate(zip(headings, bodies, strict=True)):
            scores[place] += weight * (3 * heading[stem] + min(body[stem], 1))
    return list(zip(scores, articles, strict=True))


def _stems(text: str) -> Counter[str]:
    """Count the words that carry meaning, without the commonest endings."""
    stems: Counter[str] = Counter()
    for word in _WORD.findall(text.casefold()):
        if word in _WEAK:
            continue
        for ending in ("ing", "ies", "es", "ed", "s", "y"):
            if word.endswith(ending) and len(word) - len(ending) >= 3:
                word = word[: -len(ending)]
                break
        stems[word.removesuffix("e")] += 1
    return stems


TOOLS: Final = (search_help,)

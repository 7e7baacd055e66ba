"""How conversations are reviewed: the form that reviewers fill in."""

from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from agent_service.section import Section

CriterionName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class CriterionSettings(Section):
    """One thing that a reviewer looks at."""

    name: CriterionName
    """What it is counted by."""
    title: str = Field(min_length=1, max_length=100)
    """What the reviewer reads."""
    help: str = Field("", max_length=500)
    """When it has which score."""
    weight: float = Field(1.0, gt=0, le=100)
    """How much it counts beside the others."""
    highest: int = Field(3, ge=1, le=10)
    """The best score; the worst is 0. With 1 it is yes or no."""
    critical: bool = False
    """With a 0 here the whole review has none but 0."""


_USUAL: Final = (
    CriterionSettings(
        name="understood",
        title="Understood what the caller wanted",
        help="3 at once, 2 after asking back, 1 late or in part, 0 not.",
        weight=2,
    ),
    CriterionSettings(
        name="solved",
        title="Solved it, or brought it to who can",
        help="3 wholly, 2 with a detour, 1 in part, 0 not.",
        weight=3,
    ),
    CriterionSettings(
        name="right",
        title="What was said is right",
        help="3 all of it, 2 but for a trifle, 1 misleading, 0 wrong.",
        weight=3,
    ),
    CriterionSettings(
        name="manner",
        title="Polite, brief, easy to follow",
        help="3 gladly listened to, 0 a reason to hang up.",
    ),
    CriterionSettings(
        name="rules",
        title="Kept to the rules",
        help="Identity, consent, read-back, no promise that nobody keeps.",
        highest=1,
        critical=True,
    ),
)


class ReviewSettings(Section):
    """How conversations are reviewed."""

    reviewers: int = Field(1, ge=1, le=5)
    """How many people review each conversation, unless a sample says otherwise."""
    criteria: tuple[CriterionSettings, ...] = Field(_USUAL, min_length=1, max_length=20)
    """What a reviewer looks at: a `[[reviews.criteria]]` for each, with `name`, `title`, `help`,
    `weight`, `highest` and `critical`; without any, five that fit most services."""

    @model_validator(mode="after")
    def check_names(self) -> Self:
        """Two of one name would be counted as one."""
        names = [one.name for one in self.criteria]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"there are two criteria {twice[0]!r}: give one another name")
        return self

"""A tool that is not declared completely cannot be registered; every mistake is named."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import AnyUrl, BaseModel, Field, HttpUrl
from workshop import TOOLS, Job, Part

from agent_service.conversation.records import CallerLevel
from agent_service.errors import SettingsError
from agent_service.store.limits import Cap
from agent_service.store.money import Money
from agent_service.tools import team
from agent_service.tools.registry import Registry
from agent_service.tools.tool import Approval, Limits, OwnedArgument, Tool, ToolContext, tool

Number = Annotated[int, Field(ge=1, le=9, description="A number.")]


def read(**changes: Any) -> Callable[[Callable[..., Any]], Tool]:
    return tool(title="Look", effect="read", audience=CallerLevel.ANONYMOUS, **changes)


def write(**changes: Any) -> Callable[[Callable[..., Any]], Tool]:
    return tool(title="Do", effect="write", audience=CallerLevel.ANONYMOUS, **changes)


def problems(*tools: Tool) -> str:
    with pytest.raises(SettingsError) as caught:
        Registry(tools)
    return "\n".join(caught.value.problems)


def test_docstring_is_required() -> None:
    @read()
    def look() -> str:
        return ""

    assert "tool look: needs a docstring" in problems(look)


def test_activity_speaks_of_arguments_that_a_caller_may_read() -> None:
    @read(activity="Doing {kind} for {secret} by {nobody}", redacted=("secret",))
    def look(
        kind: Annotated[str, Field(max_length=9, description="Which.")],
        secret: Annotated[str, Field(max_length=9, description="A secret.")],
    ) -> str:
        """Look."""
        return kind + secret

    found = problems(look)
    assert "activity: 'secret' is redacted, so nobody reads it" in found
    assert "activity: it has no argument 'nobody'" in found
    assert "'kind'" not in found


def test_title_is_required() -> None:
    @tool(title=" ", effect="read", audience=CallerLevel.ANONYMOUS)
    def look() -> str:
        """Look."""
        return ""

    assert "tool look: needs a title" in problems(look)


def test_argument_needs_description_and_bounds() -> None:
    @read()
    def look(number: int) -> str:
        """Look."""
        return str(number)

    found = problems(look)
    assert "argument 'number' needs a description" in found
    assert "argument 'number' needs a lower and an upper bound" in found


def test_bounds_inside_lists_are_required_too() -> None:
    @read()
    def look(numbers: Annotated[list[int], Field(description="Numbers.", max_length=3)]) -> str:
        """Look."""
        return str(numbers)

    assert "needs a lower and an upper bound" in problems(look)


def test_write_needs_a_read_back() -> None:
    @write()
    def change() -> str:
        """Change."""
        return ""

    assert "needs a preview" in problems(change)


def test_preview_takes_the_tools_parameters() -> None:
    def preview(context: ToolContext) -> str:
        return ""

    @write(preview=preview)
    def change(context: ToolContext, number: Number) -> str:
        """Change."""
        return str(number)

    assert "its preview must take the same parameters" in problems(change)


def test_read_takes_no_confirmation() -> None:
    @read(confirmation="always")
    def look() -> str:
        """Look."""
        return ""

    assert "a read changes nothing" in problems(look)


def test_owned_arguments_exist_and_name_owned_rows() -> None:
    @read(
        owned=(
            OwnedArgument("job", Job.number, "job"),
            OwnedArgument("sku", Part.name, "product"),
        )
    )
    def look(sku: Annotated[str, Field(description="A product.")]) -> str:
        """Look."""
        return sku

    found = problems(look)
    assert "it has no argument 'job'" in found
    assert "Part is neither an OwnedRow nor a PartRow" in found


def test_second_approval_starts_above_the_first() -> None:
    @write(confirmation="never", approval=Approval(Money(200), Money(100)))
    def change() -> str:
        """Change."""
        return ""

    assert "a second approval starts above the first" in problems(change)


def test_second_approval_is_compared_in_each_currency() -> None:
    first = Money(100), Money(300, "JPY")

    @write(confirmation="never", approval=Approval(first, (Money(200, "JPY"), Money(200))))
    def change() -> str:
        """Change."""
        return ""

    assert "a second approval starts above the first" in problems(change)


def test_limit_names_a_currency_once() -> None:
    twice = Money(1), Money(2)

    @write(
        confirmation="never",
        limits=Limits(tenant_day=Cap(1, twice)),
        approval=Approval(twice, Money(9)),
    )
    def change() -> str:
        """Change."""
        return ""

    found = problems(change)
    assert "tool change: a limit names a currency twice" in found
    assert "tool change: approval names a currency twice" in found


def test_two_tools_of_one_name_are_refused() -> None:
    found = problems(TOOLS[0], replace(TOOLS[0]))
    assert "taken twice, as workshop" in found
    assert "with other words (dataclasses.replace): leave one of them out" in found


def test_unknown_tool_of_an_agent_is_named_with_the_known_ones() -> None:
    with pytest.raises(SettingsError, match=r"unknown tool 'find_job' .*find_jobs"):
        Registry(TOOLS).specs(["find_job"])


def test_model_sees_a_flat_strict_schema_without_the_context() -> None:
    spec = Registry(TOOLS).specs(["find_jobs"])[0]
    assert spec.parameters["additionalProperties"] is False
    assert set(spec.parameters["properties"]) == {"part", "status"}
    assert spec.parameters["properties"]["status"]["enum"][0] == "planned"
    assert "$defs" not in spec.parameters


def test_model_reads_how_callers_ask_where_it_finds_tools_by_that() -> None:
    plain = Registry(TOOLS).specs(["cancel_job"])[0]
    spec = Registry(TOOLS).specs(["cancel_job"], has_examples=True)[0]
    assert "Callers say" not in plain.description
    assert spec.description.startswith("Cancel a job of the caller")
    assert 'Callers say: "Cancel job 1007", ' in spec.description
    assert spec.description.endswith('"')


def test_text_needs_a_length() -> None:
    @read()
    def look(words: Annotated[str, Field(description="Words.")]) -> str:
        """Look."""
        return words

    assert "argument 'words' needs a max_length" in problems(look)


class Place(BaseModel):
    street: str


class Branch(BaseModel):
    name: Annotated[str, Field(max_length=9)]
    below: "Branch | None" = None


Short = Annotated[str, Field(max_length=9)]
Small = Annotated[int, Field(ge=0, le=9)]


def declared(kind: Any) -> Tool:
    def look(given: Any) -> str:
        """Look."""
        return str(given)

    look.__annotations__["given"] = Annotated[kind, Field(description="What to look at.")]
    return read()(look)


@pytest.mark.parametrize(
    ("kind", "problem"),
    [
        (Place, "argument 'given.street' needs a max_length"),
        (list[Place], "argument 'given[].street' needs a max_length"),
        (int | str, "argument 'given' needs a max_length"),
        (int | str, "argument 'given' needs a lower and an upper bound"),
        (Small | str, "argument 'given' needs a max_length"),
        (dict[str, int], "argument 'given' needs keys with a max_length"),
        (dict[str, int], "argument 'given[]' needs a lower and an upper bound"),
        (dict[str, int], "argument 'given' needs a max_length"),
        (dict, "argument 'given[]' needs a type"),
        (list, "argument 'given[]' needs a type"),
        (Any, "argument 'given' needs a type"),
        (Decimal, "argument 'given' needs a lower and an upper bound"),
        (tuple[int, int], "argument 'given[]' needs a lower and an upper bound"),
        (tuple[Small, ...], "argument 'given' needs a max_length"),
        (AnyUrl, "argument 'given' needs a max_length"),
        (bytes, "argument 'given' needs a max_length"),
        (Branch, "its arguments hold Branch, which holds itself"),
        (Callable[[], int], "its arguments cannot be told to a model"),
    ],
)
def test_bounds_are_needed_at_every_depth(kind: Any, problem: str) -> None:
    assert problem in problems(declared(kind))


class Stop(BaseModel):
    street: Short
    floors: Annotated[list[Small], Field(max_length=3)] = []


@pytest.mark.parametrize(
    "kind",
    [
        Stop,
        Stop | None,
        Small | Short,
        Small | Short | None,
        tuple[Small, Small],
        Annotated[dict[Short, Stop], Field(max_length=3)],
        Annotated[Decimal, Field(ge=0, le=9)],
        date,
        UUID,
        bool,
        Literal["a", 1],
        HttpUrl,
    ],
)
def test_bounded_arguments_of_any_shape_are_taken(kind: Any) -> None:
    assert Registry([declared(kind)]).get("look") is not None


def test_model_is_told_that_nothing_else_may_stand_inside() -> None:
    schema = declared(Stop).schema()
    assert schema["properties"]["given"]["additionalProperties"] is False


@pytest.mark.parametrize("kind", [Stop, bool, Annotated[dict[Short, Short], Field(max_length=3)]])
def test_owned_argument_names_rows(kind: Any) -> None:
    owned = replace(declared(kind), owned=(OwnedArgument("given", Job.number, "job"),))
    assert "owned: 'given' must be a text, a number, or a list of them" in problems(owned)


def test_owned_argument_may_be_a_list() -> None:
    kind = Annotated[list[Small], Field(max_length=3)]
    Registry([replace(declared(kind), owned=(OwnedArgument("given", Job.number, "job"),))])


@pytest.mark.parametrize(
    ("kind", "path", "problem"),
    [
        (Stop, "given.street", None),
        (Stop | None, "given.street", None),
        (Annotated[list[Stop], Field(max_length=3)], "given.street", None),
        (Annotated[list[Stop], Field(max_length=3)], "given.floors", None),
        (Stop, "given.city", "owned: it has no argument 'given.city'"),
        (Stop | Small, "given.street", "owned: it has no argument 'given.street'"),
        (Annotated[list[Stop], Field(max_length=3)], "given", "owned: 'given' must be a text"),
    ],
)
def test_owned_argument_may_lie_deeper(kind: Any, path: str, problem: str | None) -> None:
    owned = replace(declared(kind), owned=(OwnedArgument(path, Job.number, "job"),))
    if problem is None:
        Registry([owned])
    else:
        assert problem in problems(owned)


def test_tools_of_the_team_are_worded_for_any_company() -> None:
    told = " ".join(each.told_description(has_examples=True) for each in team.TOOLS).casefold()
    of_shops = ("order", "parcel", "ship", "deliver", "refund", "return", "warranty", "arrive")
    assert [word for word in of_shops if word in told] == []
    assert all(len(each.examples) >= 10 for each in team.TOOLS)

"""What a tool may ask of the database: a SELECT of mapped rows, made of what is listed here.

Everything else is refused, known to be harmful or not: SQL given as text in any place, bare tables,
statements that write, functions and operators of the tool's own.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import sql, types
from sqlalchemy.orm import Mapper
from sqlalchemy.orm.strategy_options import Load
from sqlalchemy.orm.util import _ORMJoin
from sqlalchemy.sql import elements, functions, operators, selectable
from sqlalchemy.sql.annotation import Annotated
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.sql.util import surface_expressions
from sqlalchemy.sql.visitors import InternalTraversal

from agent_service.errors import AgentServiceError
from agent_service.store.rows import may_be_read


class OwnershipError(AgentServiceError):
    """A tool reached beyond its caller's rows."""

    code = "ownership_refused"


_FUNCTIONS: Final = {"count", "sum", "min", "max", "coalesce", "lower", "upper", "length", "abs"}
"""What a tool may call in SQL: some databases have functions that run a query given as text."""

_PARTS: Final = {
    selectable.Select,
    selectable.CompoundSelect,
    selectable.SelectStatementGrouping,
    selectable.ScalarSelect,
    selectable.Exists,
    selectable.Subquery,
    selectable.CTE,
    selectable.Lateral,
    selectable.Alias,
    selectable.Join,
    selectable.FromGrouping,
    selectable.ForUpdateArg,
    _ORMJoin,
    sql.schema.Column,
    sql.schema.Table,
    elements.ColumnClause,
    elements.BindParameter,
    selectable._OffsetLimitParam,
    elements.TypeClause,
    elements.Null,
    elements.True_,
    elements.False_,
    elements.AsBoolean,
    elements.BinaryExpression,
    elements.UnaryExpression,
    elements.BooleanClauseList,
    elements.ExpressionClauseList,
    elements.ClauseList,
    elements.CollectionAggregate,
    elements.Grouping,
    elements.Tuple,
    elements.Case,
    elements.Cast,
    elements.TypeCoerce,
    elements.Label,
    elements.Over,
    elements.FunctionFilter,
    elements._label_reference,
    elements._textual_label_reference,  # the name of a column that is selected, or an error
    functions.Function,
    functions.count,
    functions.sum,
    functions.min,
    functions.max,
    functions.coalesce,
}

_TEXT: Final = {
    "_prefixes",
    "_suffixes",
    "_hints",
    "_statement_hints",
    "dialect_options",
    "packagenames",
}
"""Where a part of a statement would hold SQL as text."""

_ENTITY: Final = "parententity"
"""Under which name a part says what mapped class it is of."""

_MAPPING: Final = {"_annotations", "_propagate_attrs"}

_OPTIONS: Final = {"populate_existing", "autoflush", "yield_per"}

_MAPPED_COLUMNS: Final = (
    "A tool names rows by mapped columns alone, never by columns given as text or by a"
    " relationship's any(), has() or join: write exists().where(Finding.visit_id == Visit.id)."
)


def refuse_other_than_select(statement: object) -> None:
    """Refuse a statement that is not a SELECT of mapped rows, made of allowed parts."""
    if not isinstance(statement, selectable.Select | selectable.CompoundSelect):
        raise OwnershipError("A tool runs SELECT statements: it changes rows by their attributes.")
    _check(statement, frozenset())


def refuse_unreadable(mapper: Mapper[Any]) -> None:
    """Refuse rows that no tool may read, and columns computed from such rows."""
    if not may_be_read(mapper.class_):
        raise OwnershipError(f"A tool may not read {mapper.class_.__name__}.")
    tables = frozenset(mapper.tables)
    for attribute in mapper.column_attrs:
        for column in attribute.columns:
            if not isinstance(column, sql.schema.Column):
                _check(column, tables)


def _check(element: ClauseElement, known: frozenset[Any]) -> None:
    """Refuse the part, or one in it; ``known`` are the tables of the mapped class it is of."""
    kind = _kind(element)
    if kind not in _PARTS:
        if isinstance(element, elements.TextClause | selectable.TextualSelect):
            raise OwnershipError("A tool never runs SQL given as text.")
        raise OwnershipError(f"A tool's statement has no {kind.__name__}: it is not allowed there.")
    entity = element._annotations.get(_ENTITY)
    if entity is None and isinstance(element, selectable.Join):
        raise OwnershipError("A tool joins by select(...).join(Visit, ...).")
    if entity is not None:
        if entity.mapper.tables[0] not in known:
            refuse_unreadable(entity.mapper)
        known = known.union(entity.mapper.tables)
    match element:
        case sql.schema.Table():
            if not any(_is_same(element, table) for table in known):
                raise OwnershipError("A tool reads mapped classes, never bare tables.")
        case elements.ColumnClause(table=None):
            if element.name != "*":  # of count(*)
                raise OwnershipError(_MAPPED_COLUMNS)
        case elements.ColumnClause(table=sql.schema.Table()) if not known:
            raise OwnershipError(_MAPPED_COLUMNS)
        case elements.ColumnClause(table=selectable.FromClause() as table):
            _check(table, known)
        case _:
            _check_parts(element, known)


def _check_parts(element: ClauseElement, known: frozenset[Any]) -> None:
    if isinstance(element, selectable.Select):
        known = frozenset()
        _check_select(element)
    if isinstance(element, functions.FunctionElement) and element.name not in _FUNCTIONS:
        raise OwnershipError(f"A tool may call only {', '.join(sorted(_FUNCTIONS))} in SQL.")
    for name, kind in element._traverse_internals:
        if name in _MAPPING:
            continue
        value = getattr(element, name, None)
        if name in _TEXT and value:
            raise OwnershipError("A tool never runs SQL given as text.")
        if kind is InternalTraversal.dp_operator:
            _check_operator(value)
        if kind is InternalTraversal.dp_type:
            _check_type(value)
        for part in _parts(value):
            _check(part, known)
    if not _OPTIONS.issuperset(getattr(element, "_execution_options", ())):
        raise OwnershipError(f"A tool sets no options but {', '.join(sorted(_OPTIONS))}.")


def _check_select(statement: selectable.Select[Any]) -> None:
    """Refuse options and joins that bring SQL of their own, and what the criteria would miss."""
    for option in statement._with_options:
        if not isinstance(option, Load) or any(map(_brings_sql, option.context)):
            raise OwnershipError("A tool's statement has loader options without criteria alone.")
        for loaded in option.context:
            for step in loaded.path.path:
                if isinstance(step, Mapper):
                    refuse_unreadable(step)
    used = [_entities(each) for each in (*statement._raw_columns, *statement._where_criteria)]
    scoped = set().union(
        *(entities for entities in used[: len(statement._raw_columns)] if len(entities) == 1)
    )
    scoped.update(
        *map(_entities, (*statement._from_obj, *(to for to, *_ in statement._setup_joins)))
    )
    # As SQLAlchemy looks for classes in a condition: not in what a function is given.
    for condition in statement._where_criteria:
        scoped.update(*map(_entity, surface_expressions(condition)))  # type: ignore[no-untyped-call]
    found = scoped.union(*used)
    if found and (found != scoped or not statement._propagate_attrs):
        # SQLAlchemy would not see that it is of a mapped class, and add no criteria.
        raise OwnershipError("A tool names the class of what it computes: .select_from(Visit).")


def _entities(value: object) -> set[Any]:
    """Return the mapped classes and aliases that an expression is of, without its subqueries."""
    found: set[Any] = set()
    for element in _parts(value):
        found |= _entity(element)
        is_function = isinstance(element, functions.FunctionElement)
        if is_function or not isinstance(element, selectable.ReturnsRows | elements.ColumnClause):
            found.update(*map(_entities, element.get_children()))
    return found


def _entity(element: Any) -> set[Any]:
    return {element._annotations[_ENTITY]} if _ENTITY in element._annotations else set()


def _brings_sql(loaded: Any) -> bool:
    return bool(loaded._extra_criteria) or any(_parts(loaded.local_opts))


def _check_operator(operator: Any) -> None:
    if operator is None:
        return
    if isinstance(operator, operators.custom_op) or operator.__module__ not in {
        "_operator",
        operators.__name__,
    }:
        raise OwnershipError("A tool uses SQLAlchemy's operators, never one given as text.")


def _check_type(type_: Any) -> None:
    """Refuse a type whose name in SQL would be text of the tool's."""
    impl = type_.impl_instance if isinstance(type_, types.TypeDecorator) else type_
    numbers = [getattr(impl, name, None) for name in ("length", "precision", "scale")]
    collation = getattr(impl, "collation", None)
    if (
        impl._has_bind_expression
        or isinstance(impl, types.UserDefinedType)
        or not all(number is None or isinstance(number, int) for number in numbers)
        or not (collation is None or collation.replace("_", "").isalnum())
    ):
        raise OwnershipError("A tool uses SQLAlchemy's types, never one given as text.")


def _parts(value: object) -> Iterator[ClauseElement]:
    """Yield the parts of a statement that a part holds, in whatever it keeps them."""
    if hasattr(value, "__clause_element__"):
        value = value.__clause_element__()
    if isinstance(value, ClauseElement):
        yield value
    elif isinstance(value, Mapping):
        yield from _parts(tuple(value.values()))
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from _parts(each)


def _kind(element: ClauseElement) -> type:
    kind = type(element)
    return kind.__bases__[-1] if issubclass(kind, Annotated) else kind


def _is_same(one: Any, other: Any) -> bool:
    return one is other or getattr(one, "_Annotated__element", None) is other

"""SCIM's filters as conditions of the database."""
from collections.abc import Callable
from uuid import UUID

from scim2_models import InvalidFilterException
from scim2_models.path import (
    AttrPath,
    Comparison,
    FilterNode,
    FilterVisitor,
    LogicalExpr,
    LogicalOperator,
    Not,
    Present,
    ValuePath,
)
from sqlalchemy import ColumnElement, and_, false, not_, or_, true

PRESENT = "pr"
CORE = "urn:ietf:params:scim:schemas:core:2.0:"

Attribute = Callable[[str, object], ColumnElement[bool]]
"""What an operator and a value ask of an attribute."""


def condition(node: FilterNode | None,
              attributes: dict[str, Attribute]) -> ColumnElement[bool]:
    """Raises InvalidFilterException when the filter asks for anything but the attributes."""
    if node is None:
        return true()
    try:
        return _Conditions(attributes).visit(node)
    except RecursionError as deep:
        raise InvalidFilterException(detail="The filter is too deep.") from deep


def text(column: ColumnElement, fold: Callable[[str], str] = str) -> Attribute:
    """`fold` makes of a value what the column has."""
    def ask(operator: str, value: object) -> ColumnElement[bool]:
        if operator == PRESENT:
            return column.is_not(None)
        if value is None and operator in ("eq", "ne"):
            return column.is_(None) if operator == "eq" else column.is_not(None)
        if not isinstance(value, str):
            raise InvalidFilterException(detail="The filter compares with what is no text.")
        asked = fold(value.replace("\0", ""))
        asks = {"eq": column == asked, "ne": or_(column != asked, column.is_(None)),
                "co": column.contains(asked, autoescape=True),
                "sw": column.startswith(asked, autoescape=True),
                "ew": column.endswith(asked, autoescape=True)}
        return _known(asks, operator)
    return ask


def uuid(column: ColumnElement) -> Attribute:
    def ask(operator: str, value: object) -> ColumnElement[bool]:
        found = None if operator == PRESENT else _uuid(value)
        equal = column == found if found else false()
        return _known({PRESENT: true(), "eq": equal, "ne": not_(equal)}, operator)
    return ask


def flag(holds: ColumnElement[bool]) -> Attribute:
    def ask(operator: str, value: object) -> ColumnElement[bool]:
        if operator != PRESENT and not isinstance(value, bool):
            raise InvalidFilterException(detail="The filter compares with what is no boolean.")
        same = holds if value else not_(holds)
        return _known({PRESENT: true(), "eq": same, "ne": not_(same)}, operator)
    return ask


def marker(word: str) -> Attribute:
    """What is the same for all that have it."""
    def ask(operator: str, value: object) -> ColumnElement[bool]:
        equal = true() if str(value).lower() == word else false()
        return _known({PRESENT: true(), "eq": equal, "ne": not_(equal)}, operator)
    return ask


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(value)
    except (ValueError, TypeError, AttributeError):
        return None


def _known(asks: dict[str, ColumnElement[bool]], operator: str) -> ColumnElement[bool]:
    if operator not in asks:
        raise InvalidFilterException(
            detail=f"The filter asks {operator} of an attribute that does not support it.")
    return asks[operator]


class _Conditions(FilterVisitor[ColumnElement[bool]]):
    """Inside brackets the names are those of the attribute before them."""

    def __init__(self, attributes: dict[str, Attribute], before: str = ""):
        self.attributes, self.before = attributes, before

    def visit_comparison(self, node: Comparison) -> ColumnElement[bool]:
        return self._attribute(node.attr_path)(node.op.value, node.value)

    def visit_present(self, node: Present) -> ColumnElement[bool]:
        return self._attribute(node.attr_path)(PRESENT, None)

    def visit_not(self, node: Not) -> ColumnElement[bool]:
        return not_(self.visit(node.expr))

    def visit_logical_expr(self, node: LogicalExpr) -> ColumnElement[bool]:
        terms = [self.visit(term) for term in node.terms]
        return and_(*terms) if node.op == LogicalOperator.and_ else or_(*terms)

    def visit_value_path(self, node: ValuePath) -> ColumnElement[bool]:
        return _Conditions(self.attributes, f"{_name(node.attr_path)}.").visit(node.val_filter)

    def _attribute(self, path: AttrPath) -> Attribute:
        name = self.before + _name(path)
        found = self.attributes.get(name) or self.attributes.get(f"{name}.value")
        if found is None:
            raise InvalidFilterException(detail=f"{path} cannot be asked for in a filter.")
        return found


def _name(path: AttrPath) -> str:
    uri = f"{path.uri}:" if path.uri and not path.uri.lower().startswith(CORE.lower()) else ""
    return f"{uri}{path.attr}{f'.{path.sub_attr}' if path.sub_attr else ''}".lower()

"""Dataclasses, TypedDicts and NamedTuples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Optional

from motorpool.functions.annotations import hints_of
from motorpool.functions.shapes import Convert, Misfit, Shape, describe

if TYPE_CHECKING:
    from motorpool.functions.types import ShapeBuilder


class _Member(NamedTuple):
    name: str
    convert: Optional[Convert]
    required: bool


def is_record(kind: type) -> bool:
    return hasattr(kind, "__dataclass_fields__") or _is_typed_dict(kind) or _is_named_tuple(kind)


def shape_of(kind: type, builder: ShapeBuilder) -> Shape:
    """Members that the type does not have do not fit it."""
    hints = hints_of(kind)
    members: list[_Member] = []
    properties: dict[str, Any] = {}
    exact = False
    for name, required in _members(kind):
        shape = builder.shape(hints[name]) if name in hints else builder.anything
        members.append(_Member(name, shape.convert, required))
        properties[name] = shape.schema
        exact = exact or shape.exact
    schema: dict[str, Any] = {
        "type": "object",
        "title": kind.__name__,
        "properties": properties,
        "required": [member.name for member in members if member.required],
        "additionalProperties": False,
    }
    if _is_typed_dict(kind):
        return Shape(schema, _object_converter(members, None), exact)
    if not _is_named_tuple(kind):
        return Shape(schema, _object_converter(members, kind), exact)
    array = {
        "type": "array",
        "title": kind.__name__,
        "prefixItems": [properties[member.name] for member in members],
        "minItems": len(schema["required"]),
        "maxItems": len(members),
    }
    return Shape({"anyOf": [array, schema]}, _named_tuple_converter(members, kind), exact)


def _members(kind: Any) -> list[tuple[str, bool]]:
    """Names, and whether they are required."""
    if _is_typed_dict(kind):
        return [(name, name in kind.__required_keys__) for name in kind.__annotations__]
    if _is_named_tuple(kind):
        return [(name, name not in kind._field_defaults) for name in kind._fields]
    import dataclasses

    none = dataclasses.MISSING
    return [
        (field.name, field.default is none and field.default_factory is none)
        for field in dataclasses.fields(kind)
        if field.init
    ]


def _is_typed_dict(kind: Any) -> bool:
    return hasattr(kind, "__required_keys__") and hasattr(kind, "__total__")


def _is_named_tuple(kind: Any) -> bool:
    return issubclass(kind, tuple) and hasattr(kind, "_fields") and hasattr(kind, "_field_defaults")


def _object_converter(members: list[_Member], make: Any) -> Convert:
    """`make` builds the object from named arguments; `None` leaves the dict."""
    known = {member.name: member.convert for member in members}
    required = [member.name for member in members if member.required]

    def convert(value: Any) -> Any:
        if type(value) is not dict:
            raise Misfit(f"must be an object, not {describe(value)}")
        for name in required:
            if name not in value:
                raise Misfit(f"lacks the member {name!r}")
        converted = {}
        for name, each in value.items():
            try:
                inner = known[name]
            except KeyError:
                raise Misfit("is not a member that is allowed here", (name,)) from None
            try:
                converted[name] = each if inner is None else inner(each)
            except Misfit as misfit:
                raise misfit.below(name) from None
        if make is None:
            return converted
        try:
            return make(**converted)
        except (ValueError, TypeError) as refused:
            raise Misfit(f"is refused by {make.__name__}: {refused}") from refused

    return convert


def _named_tuple_converter(members: list[_Member], kind: Any) -> Convert:
    by_name = _object_converter(members, kind)
    least = sum(member.required for member in members)

    def convert(value: Any) -> Any:
        if type(value) is not list:
            return by_name(value)
        if not least <= len(value) <= len(members):
            raise Misfit(f"must have {least} to {len(members)} elements, not {len(value)}")
        converted = []
        for index, (member, each) in enumerate(zip(members, value)):
            try:
                converted.append(each if member.convert is None else member.convert(each))
            except Misfit as misfit:
                raise misfit.below(index) from None
        return kind(*converted)

    return convert

"""Shapes of types: their JSON Schema, and what reads them."""

from __future__ import annotations

import collections
import collections.abc
import sys
import types
import typing
from decimal import Decimal
from enum import Enum
from typing import Any, Callable, Optional, Union

from motorpool.declaring import Field
from motorpool.functions import records, shapes
from motorpool.functions.annotations import Unresolved
from motorpool.functions.shapes import ANYTHING, Convert, Shape
from motorpool.functions.texts import DECIMAL_PATTERN, TEXT_TYPES

_UNIONS = (Union, getattr(types, "UnionType", Union))

_ARRAYS: dict[Any, Optional[Callable[[list[Any]], Any]]] = {
    list: None,
    collections.abc.Sequence: None,
    collections.abc.MutableSequence: None,
    collections.abc.Iterable: None,
    collections.abc.Collection: None,
    tuple: tuple,
    set: set,
    collections.abc.Set: set,
    collections.abc.MutableSet: set,
    frozenset: frozenset,
    collections.deque: collections.deque,
}

_OBJECTS = (
    dict,
    collections.OrderedDict,
    collections.defaultdict,
    collections.abc.Mapping,
    collections.abc.MutableMapping,
)

_SIMPLE: dict[Any, Shape] = {
    bool: Shape({"type": "boolean"}, shapes.to_bool, plain=bool),
    int: Shape({"type": "integer"}, shapes.to_int, plain=int),
    float: Shape({"type": "number"}, shapes.to_float, plain=float),
    str: Shape({"type": "string"}, shapes.to_str, plain=str),
    None: Shape({"type": "null"}, shapes.to_none),
    type(None): Shape({"type": "null"}, shapes.to_none),
    Decimal: Shape({"type": ["number", "string"], "pattern": DECIMAL_PATTERN}, shapes.exact_decimal, exact=True),
    **{
        plain: Shape(dict(text_type.schema), shapes.text_converter(text_type))
        for plain, text_type in TEXT_TYPES.items()
    },
}

_ANYTHING: tuple[Any, ...] = (Any, object)
_ANY_TUPLE: Any = typing.Tuple
_INTEGER_KEY = "^-?(0|[1-9][0-9]*)$"


class ShapeBuilder:
    """Builds the shapes of one document, so that recursive types can refer to a definition in it.

    `missing` collects what was annotated and has no schema. Where `decimals`, numbers with a
    fraction arrive as `Decimal`, and what has no schema gets floats again.
    """

    def __init__(self, decimals: bool = False) -> None:
        self.definitions: dict[str, Any] = {}
        self.missing: list[str] = []
        self.anything = Shape({}, shapes.plain_number) if decimals else ANYTHING
        self._open: dict[Any, list[Convert]] = {}
        self._names: dict[Any, str] = {}

    def shape(self, hint: Any) -> Shape:
        try:
            if hint in _ANYTHING:
                return self.anything
            simple = _SIMPLE.get(hint)
        except TypeError:  # it has no hash, as a Literal of a list
            simple = None
        if simple is not None:
            return simple._replace(schema=dict(simple.schema))
        origin = typing.get_origin(hint)
        if origin is not None:
            return self._generic(hint, origin, typing.get_args(hint))
        if hint in _ARRAYS:
            return self._array(hint, Any)
        if hint in _OBJECTS:
            return self._object((str, Any))
        if isinstance(hint, type):
            return self._class(hint)
        return self._other(hint)

    def _generic(self, hint: Any, origin: Any, arguments: tuple[Any, ...]) -> Shape:
        if origin is typing.Annotated:
            shape = self.shape(arguments[0])
            for field in arguments[1:]:
                if isinstance(field, Field):
                    shape = shape._replace(schema=field.apply(shape.schema))
            return shape
        if origin in _UNIONS:
            return self._union(arguments)
        if origin is typing.Literal:
            return self._choice([(_literal(value), value) for value in arguments], hint)
        if hint is _ANY_TUPLE:
            return self._array(tuple, Any)
        if origin is tuple and not (len(arguments) == 2 and arguments[1] is Ellipsis):
            return self._tuple(() if arguments == ((),) else arguments)
        if origin in _ARRAYS:
            return self._array(origin, arguments[0] if arguments else Any)
        if origin in _OBJECTS:
            return self._object(arguments if len(arguments) == 2 else (str, Any))
        if str(origin).rpartition(".")[2] in ("Final", "ClassVar", "Required", "NotRequired", "ReadOnly"):
            return self.shape(arguments[0])
        return self.unknown(hint)

    def _class(self, hint: type) -> Shape:
        if issubclass(hint, Enum):
            return self._choice([(_literal(member), member) for member in hint], hint)
        if records.is_record(hint):
            return self._record(hint)
        return self.unknown(hint)

    def _other(self, hint: Any) -> Shape:
        if isinstance(hint, Unresolved):
            self.missing.append(hint.reason)
            return self.anything
        if isinstance(hint, typing.TypeVar):
            return self.shape(hint.__bound__) if hint.__bound__ is not None else self.anything
        for target in ("__supertype__", "__value__"):  # NewType, and `type` statements
            if hasattr(hint, target):
                return self.shape(getattr(hint, target))
        return self.unknown(hint)

    def unknown(self, hint: Any) -> Shape:
        self.missing.append(f"{hint!r} has no JSON Schema")
        return self.anything

    def _array(self, kind: Any, element: Any) -> Shape:
        shape = self.shape(element)
        schema: dict[str, Any] = {"type": "array"}
        if shape.schema:
            schema["items"] = shape.schema
        make = _ARRAYS[kind]
        if make is set or make is frozenset:
            schema["uniqueItems"] = True
        return Shape(schema, shapes.array_converter(shape.convert, make), shape.exact)

    def _tuple(self, elements: tuple[Any, ...]) -> Shape:
        parts = [self.shape(element) for element in elements]
        schema: dict[str, Any] = {"type": "array", "minItems": len(parts), "maxItems": len(parts)}
        if parts:
            schema["prefixItems"] = [part.schema for part in parts]
        convert = shapes.tuple_converter([part.convert for part in parts])
        return Shape(schema, convert, any(part.exact for part in parts))

    def _object(self, arguments: tuple[Any, ...]) -> Shape:
        key, element = arguments
        value = self.shape(element)
        schema: dict[str, Any] = {"type": "object"}
        convert_key: Optional[Convert] = None
        if key is int:
            schema["propertyNames"] = {"pattern": _INTEGER_KEY}
            convert_key = _integer_key
        elif key is not str and key is not Any:
            named = self.shape(key)
            schema["propertyNames"], convert_key = named.schema, named.convert
        if value.schema:
            schema["additionalProperties"] = value.schema
        return Shape(schema, shapes.dict_converter(convert_key, value.convert), value.exact)

    def _union(self, options: tuple[Any, ...]) -> Shape:
        number = None
        if int in options and float in options:
            options = tuple(option for option in options if option is not int)
            number = Shape({"type": "number"}, shapes.to_number)
        parts = [number if number is not None and option is float else self.shape(option) for option in options]
        if not all(part.schema for part in parts):
            return self.anything._replace(exact=any(part.exact for part in parts))
        kinds = [part.schema.get("type") for part in parts]
        if len(parts) == 2 and "null" in kinds and kinds != ["null", "null"]:
            return self._optional(parts[1] if kinds[0] == "null" else parts[0])
        convert = shapes.union_converter([part.convert for part in parts])
        return Shape({"anyOf": [part.schema for part in parts]}, convert, any(part.exact for part in parts))

    def _optional(self, shape: Shape) -> Shape:
        kind = shape.schema.get("type")
        schema: dict[str, Any]
        if isinstance(kind, str) and "enum" not in shape.schema:
            schema = {**shape.schema, "type": [kind, "null"]}
        else:
            schema = {"anyOf": [shape.schema, {"type": "null"}]}
        inner = shape.convert
        if inner is None:
            return Shape(schema, None, shape.exact)

        def convert(value: Any) -> Any:
            return None if value is None else inner(value)

        return Shape(schema, convert, shape.exact)

    def _choice(self, values: list[tuple[Any, Any]], hint: Any) -> Shape:
        if not all(value is None or isinstance(value, (bool, int, float, str)) for value, _ in values):
            return self.unknown(hint)
        return Shape({"enum": [value for value, _ in values]}, shapes.choice_converter(values))

    def _record(self, kind: type) -> Shape:
        """A record that contains itself is a definition, to which its inner occurrences refer."""
        waiting = self._open.get(kind)
        if waiting is not None:
            name = self._names.setdefault(kind, self._free_name(kind.__name__))
            return Shape({"$ref": "#/$defs/" + name}, lambda value: waiting[0](value))
        holder: list[Convert] = []
        self._open[kind] = holder
        try:
            shape = records.shape_of(kind, self)
        finally:
            del self._open[kind]
        if shape.convert is not None:
            holder.append(shape.convert)
        defined = self._names.get(kind)
        if defined is not None:
            self.definitions[defined] = shape.schema
            return shape._replace(schema={"$ref": "#/$defs/" + defined})
        return shape

    def _free_name(self, name: str) -> str:
        taken = set(self._names.values())
        number, free = 1, name
        while free in taken:
            number, free = number + 1, f"{name}{number + 1}"
        return free


def _literal(value: Any) -> Any:
    return _literal(value.value) if isinstance(value, Enum) else value


def _integer_key(value: Any) -> Any:
    try:
        return int(value)
    except ValueError:
        raise shapes.Misfit("must be an integer as a name") from None


if sys.version_info >= (3, 11):
    _SIMPLE[typing.Never] = Shape({"not": {}})

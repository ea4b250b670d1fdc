"""Checks JSON values against the schemas that this package generates, for runs without a service."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Callable, Optional

from motorpool.errors import InvalidArguments
from motorpool.functions.shapes import describe

_KINDS: dict[str, Callable[[Any], bool]] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: _is_integer(value),
    "number": lambda value: _is_number(value),
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}

_WORDS = {
    "null": "null",
    "boolean": "true or false",
    "integer": "an integer",
    "number": "a number",
    "string": "a text",
    "array": "an array",
    "object": "an object",
}


def check_arguments(description: dict[str, Any], args: list[Any], kwargs: dict[str, Any]) -> None:
    """Raises `InvalidArguments` with the place if the arguments do not fit the function's schemas."""
    parameters = description["parameters"]
    checker = Checker(parameters.get("$defs", {}))
    properties: dict[str, Any] = parameters["properties"]
    names = list(properties)
    most = description.get("positional", len(names))
    rest = description.get("rest")
    for index, value in enumerate(args):
        pointer = f"/args/{index}"
        if index < most:
            checker.check(properties[names[index]], value, pointer)
        elif rest is None:
            raise InvalidArguments(f"is one argument too many: {most} may be given by position", pointer)
        elif rest is not True:
            Checker(rest.get("$defs", {})).check(rest, value, pointer)
    by_position = names[: min(len(args), most)]
    only = names[: description.get("positional_only", 0)]
    others = parameters["additionalProperties"]
    for name, value in kwargs.items():
        pointer = "/kwargs/" + _escaped(name)
        if name in by_position and name not in only:
            raise InvalidArguments("is given by position, too", pointer)
        if name in properties and name not in only:
            checker.check(properties[name], value, pointer)
        elif others is False:
            raise InvalidArguments("is not a parameter" if name not in only else "must be given by position", pointer)
        elif others is not True:
            checker.check(others, value, pointer)
    for name in parameters["required"]:
        if name not in by_position and (name not in kwargs or name in only):
            raise InvalidArguments(f"the argument {name} is missing")


class Checker:
    """Checks values against schemas that share definitions."""

    def __init__(self, definitions: dict[str, Any]) -> None:
        self._definitions = definitions

    def check(self, schema: dict[str, Any], value: Any, pointer: str) -> None:
        fault = self._fault(schema, value, pointer)
        if fault is not None:
            raise fault

    def _fault(self, schema: dict[str, Any], value: Any, pointer: str) -> Optional[InvalidArguments]:
        """The first fault in the order of the value, or `None`."""
        if "$ref" in schema:
            schema = self._definitions[schema["$ref"].rpartition("/")[2]]
        kinds = schema.get("type")
        if kinds is not None:
            wanted = [kinds] if isinstance(kinds, str) else kinds
            if not any(_KINDS[kind](value) for kind in wanted):
                return _refused(" or ".join(_WORDS[kind] for kind in wanted), value, pointer)
        if "enum" in schema and not any(_equal(choice, value) for choice in schema["enum"]):
            return _refused("one of " + ", ".join(describe(choice) for choice in schema["enum"]), value, pointer)
        if "not" in schema:
            return InvalidArguments("is not allowed here", pointer)
        if "anyOf" in schema:
            fault = self._any_of(schema["anyOf"], value, pointer)
            if fault is not None:
                return fault
        if isinstance(value, str):
            return _text_fault(schema, value, pointer)
        if _is_number(value):
            return _number_fault(schema, value, pointer)
        if isinstance(value, list):
            return self._array_fault(schema, value, pointer)
        if isinstance(value, dict):
            return self._object_fault(schema, value, pointer)
        return None

    def _any_of(self, options: list[dict[str, Any]], value: Any, pointer: str) -> Optional[InvalidArguments]:
        faults = []
        for option in options:
            fault = self._fault(option, value, pointer)
            if fault is None:
                return None
            faults.append(fault)
        deepest = max(faults, key=lambda fault: len(fault.pointer))
        if deepest.pointer != pointer:
            return deepest
        reasons = [str(fault).partition(": ")[2] for fault in faults]
        return InvalidArguments("fits none of what is allowed: " + "; ".join(dict.fromkeys(reasons)), pointer)

    def _array_fault(self, schema: dict[str, Any], value: list[Any], pointer: str) -> Optional[InvalidArguments]:
        fault = _size_fault(schema, "Items", len(value), "elements", pointer)
        if fault is not None:
            return fault
        prefix = schema.get("prefixItems", [])
        for index, element in enumerate(value):
            inner = prefix[index] if index < len(prefix) else schema.get("items", {})
            fault = self._fault(inner, element, f"{pointer}/{index}")
            if fault is not None:
                return fault
        if schema.get("uniqueItems") and any(
            _equal(element, other) for index, element in enumerate(value) for other in value[:index]
        ):
            return InvalidArguments("has an element twice", pointer)
        return None

    def _object_fault(self, schema: dict[str, Any], value: dict[str, Any], pointer: str) -> Optional[InvalidArguments]:
        for name in schema.get("required", ()):
            if name not in value:
                return InvalidArguments(f"lacks the member {name!r}", pointer)
        fault = _size_fault(schema, "Properties", len(value), "members", pointer)
        if fault is not None:
            return fault
        properties, others = schema.get("properties", {}), schema.get("additionalProperties", True)
        for name, member in value.items():
            place = pointer + "/" + _escaped(name)
            if "propertyNames" in schema:
                fault = self._fault(schema["propertyNames"], name, place)
                if fault is not None:
                    return fault
            if name in properties:
                fault = self._fault(properties[name], member, place)
            elif others is False:
                fault = InvalidArguments("is not a member that is allowed here", place)
            elif others is not True:
                fault = self._fault(others, member, place)
            if fault is not None:
                return fault
        return None


def _text_fault(schema: dict[str, Any], value: str, pointer: str) -> Optional[InvalidArguments]:
    fault = _size_fault(schema, "Length", len(value), "characters", pointer)
    if fault is not None:
        return fault
    if "pattern" in schema and re.search(schema["pattern"], value) is None:
        known = {"date-time": "a date and time", "date": "a date", "time": "a time", "uuid": "a UUID"}
        what = known.get(schema.get("format", ""))
        if schema.get("contentEncoding") == "base64":
            what = "bytes in base64"
        return _refused(what or f"a text that matches {schema['pattern']}", value, pointer)
    return None


def _number_fault(schema: dict[str, Any], value: Any, pointer: str) -> Optional[InvalidArguments]:
    if "minimum" in schema and value < schema["minimum"]:
        return _refused(f"at least {schema['minimum']}", value, pointer)
    if "maximum" in schema and value > schema["maximum"]:
        return _refused(f"at most {schema['maximum']}", value, pointer)
    if "exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"]:
        return _refused(f"greater than {schema['exclusiveMinimum']}", value, pointer)
    if "exclusiveMaximum" in schema and value >= schema["exclusiveMaximum"]:
        return _refused(f"less than {schema['exclusiveMaximum']}", value, pointer)
    if "multipleOf" in schema and _exact(value) % _exact(schema["multipleOf"]) != 0:
        return _refused(f"a multiple of {schema['multipleOf']}", value, pointer)
    return None


def _size_fault(schema: dict[str, Any], keyword: str, size: int, what: str, pointer: str) -> Optional[InvalidArguments]:
    least, most = schema.get("min" + keyword), schema.get("max" + keyword)
    if least is not None and size < least:
        return InvalidArguments(f"must have at least {least} {what}, not {size}", pointer)
    if most is not None and size > most:
        return InvalidArguments(f"must have at most {most} {what}, not {size}", pointer)
    return None


def _refused(wanted: str, value: Any, pointer: str) -> InvalidArguments:
    return InvalidArguments(f"must be {wanted}, not {describe(value)}", pointer)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def _is_integer(value: Any) -> bool:
    """35.0 is one."""
    if isinstance(value, Decimal):
        return value == value.to_integral_value()
    return _is_number(value) and (isinstance(value, int) or value.is_integer())


def _exact(value: Any) -> Any:
    return Decimal(str(value))


def _equal(one: Any, other: Any) -> bool:
    """Equality of JSON: 1 is 1.0, and not true."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_equal(one[name], other[name]) for name in one)
    return bool(one == other)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")

"""A type as what JSON may stand for it, and the closures that read it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Callable, NamedTuple, Optional

from motorpool.functions.texts import LARGEST_EXPONENT, TextType, to_decimal

Convert = Callable[[Any], Any]


class Misfit(Exception):
    """A value is not of the type that is wanted; `path` leads to it from the outside."""

    def __init__(self, message: str, path: tuple[Any, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.path = path

    def below(self, place: Any) -> Misfit:
        return Misfit(self.message, (place,) + self.path)

    def pointer(self) -> str:
        return "".join("/" + str(place).replace("~", "~0").replace("/", "~1") for place in self.path)


class InexactNumber(Exception):
    """A number has to be read again as a decimal, since its digits count."""


class Shape(NamedTuple):
    """`convert` is `None` where values stay as they are; `exact` where numbers must be read as decimals.

    Values whose type is `plain` stay as they are, too.
    """

    schema: dict[str, Any]
    convert: Optional[Convert] = None
    exact: bool = False
    plain: Optional[type] = None


ANYTHING = Shape({})


def describe(value: Any) -> str:
    """A JSON value in the words of a message."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float, Decimal)):
        text = str(value)
        return text if len(text) < 40 else "a number of many digits"
    if isinstance(value, str):
        return repr(value) if len(value) < 40 else "a text of %d characters" % len(value)
    return "an array" if isinstance(value, list) else "an object"


def _wanted(what: str, value: Any) -> Misfit:
    return Misfit(f"must be {what}, not {describe(value)}")


def plain_number(value: Any) -> Any:
    """A value of any type, with decimals of the parser as floats."""
    kind = type(value)
    if kind is Decimal:
        return float(value)
    if kind is list:
        return [plain_number(element) for element in value]
    if kind is dict:
        return {key: plain_number(element) for key, element in value.items()}
    return value


def to_int(value: Any) -> Any:
    if type(value) is int:
        return value
    if type(value) is float:
        raise InexactNumber
    if type(value) is Decimal and value.is_finite():
        if value.adjusted() > LARGEST_EXPONENT:
            raise Misfit("has too many digits")
        if value == value.to_integral_value():
            return int(value)
    raise _wanted("an integer", value)


def to_float(value: Any) -> Any:
    kind = type(value)
    if kind is float:
        return value
    if kind is int or kind is Decimal:
        try:
            return float(value)
        except OverflowError:
            raise Misfit("is too large a number") from None
    raise _wanted("a number", value)


def to_number(value: Any) -> Any:
    """An integer or a float, whichever it is."""
    kind = type(value)
    if kind is int or kind is float:
        return value
    if kind is Decimal:
        return float(value)
    raise _wanted("a number", value)


def to_str(value: Any) -> Any:
    if type(value) is str:
        return value
    raise _wanted("a text", value)


def to_bool(value: Any) -> Any:
    if value is True or value is False:
        return value
    raise _wanted("true or false", value)


def to_none(value: Any) -> Any:
    if value is None:
        return None
    raise _wanted("null", value)


def exact_decimal(value: Any) -> Any:
    if type(value) is float:
        raise InexactNumber
    if type(value) in (int, str, Decimal):
        try:
            return to_decimal(value)
        except ArithmeticError:
            pass
        except ValueError:
            pass
    raise _wanted("a decimal number", value)


def text_converter(text_type: TextType) -> Convert:
    parse, what = text_type.parse, text_type.what

    def convert(value: Any) -> Any:
        if type(value) is str:
            try:
                return parse(value)
            except (ValueError, OverflowError):
                pass
        raise _wanted(what, value)

    return convert


def array_converter(element: Optional[Convert], make: Optional[Callable[[list[Any]], Any]]) -> Convert:
    """`make` builds the collection from a list; `None` for a list."""

    def convert(value: Any) -> Any:
        if type(value) is not list:
            raise _wanted("an array", value)
        if element is not None:
            converted: list[Any] = []
            add = converted.append
            try:
                for each in value:
                    add(element(each))
            except Misfit as misfit:
                raise misfit.below(len(converted)) from None
            value = converted
        if make is None:
            return value
        try:
            return make(value)
        except TypeError as unhashable:
            raise Misfit(f"has elements that no set can have: {unhashable}") from None

    return convert


def tuple_converter(elements: list[Optional[Convert]]) -> Convert:
    count = len(elements)

    def convert(value: Any) -> Any:
        if type(value) is not list or len(value) != count:
            raise _wanted(f"an array of {count} elements", value)
        return tuple(
            each if element is None else _below(index, element, each)
            for index, (element, each) in enumerate(zip(elements, value))
        )

    return convert


def dict_converter(key: Optional[Convert], element: Optional[Convert]) -> Convert:
    def convert(value: Any) -> Any:
        if type(value) is not dict:
            raise _wanted("an object", value)
        if key is None and element is None:
            return value
        converted = {}
        name: Any = None
        try:
            for name, each in value.items():
                converted[name if key is None else key(name)] = each if element is None else element(each)
        except Misfit as misfit:
            raise misfit.below(name) from None
        return converted

    return convert


def union_converter(options: list[Optional[Convert]]) -> Convert:
    def convert(value: Any) -> Any:
        deepest: Optional[Misfit] = None
        for option in options:
            if option is None:
                return value
            try:
                return option(value)
            except Misfit as misfit:
                if deepest is None or len(misfit.path) > len(deepest.path):
                    deepest = misfit
        if deepest is not None and deepest.path:
            raise deepest
        raise Misfit(f"is of none of the types that are allowed here: {describe(value)}")

    return convert


def choice_converter(values: list[tuple[Any, Any]]) -> Convert:
    """`values` are pairs of a JSON value and what it stands for."""
    # 1, 1.0 and true are equal to Python, and only the first two to JSON.
    known = {(type(value) is bool, value): meaning for value, meaning in values}

    def convert(value: Any) -> Any:
        try:
            return known[(type(value) is bool, value)]
        except (KeyError, TypeError):
            choices = ", ".join(describe(choice) for choice, _ in values)
            raise Misfit(f"must be one of {choices}, not {describe(value)}") from None

    return convert


def _below(place: Any, convert: Convert, value: Any) -> Any:
    try:
        return convert(value)
    except Misfit as misfit:
        raise misfit.below(place) from None

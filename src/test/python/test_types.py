"""Schemas of annotations, and what arguments become."""

from __future__ import annotations

import random
import sys
import unittest
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum
from typing import (
    Annotated,
    Any,
    Dict,
    List,
    Literal,
    NamedTuple,
    NewType,
    Optional,
    Sequence,
    Set,
    Tuple,
    TypedDict,
    Union,
)
from uuid import UUID

import support  # noqa: F401
from motorpool import Field, InvalidArguments
from motorpool.functions.shapes import InexactNumber, Misfit
from motorpool.functions.signatures import Function
from motorpool.functions.types import ShapeBuilder
from motorpool.functions.validation import Checker


class Color(Enum):
    RED = "red"
    BLUE = "blue"


class Size(IntEnum):
    SMALL = 1


@dataclass
class Item:
    name: str
    count: int = 1
    tags: List[str] = field(default_factory=list)


@dataclass
class Tree:
    value: int
    children: List[Tree]


class Options(TypedDict, total=False):
    verbose: bool


class Point(NamedTuple):
    x: float
    y: float = 0.0


Id = NewType("Id", int)

ZONE = timezone(timedelta(hours=2))


def read(hint: Any, value: Any, decimals: bool = False) -> Any:
    convert = ShapeBuilder(decimals).shape(hint).convert
    return value if convert is None else convert(value)


class ConversionTest(unittest.TestCase):
    def test_what_arguments_become(self) -> None:
        for hint, value, expected in (
            (int, 5, 5),
            (float, 5, 5.0),
            (Optional[int], None, None),
            (List[float], [1, 2.5], [1.0, 2.5]),
            (Sequence[int], [1], [1]),
            (Tuple[int, str], [1, "a"], (1, "a")),
            (Tuple[int, ...], [1, 2], (1, 2)),
            (Tuple[()], [], ()),
            (Tuple, [1, "a"], (1, "a")),
            (tuple, [1], (1,)),
            (List, [1, "a"], [1, "a"]),
            (Dict, {"a": 1}, {"a": 1}),
            (Set[int], [1, 2], {1, 2}),
            (Dict[str, float], {"a": 1}, {"a": 1.0}),
            (Dict[int, str], {"-5": "a"}, {-5: "a"}),
            (Dict[Color, int], {"red": 1}, {Color.RED: 1}),
            (Union[int, str], "5", "5"),
            (Union[int, float], 5, 5),
            (Union[int, float], 5.5, 5.5),
            (Union[date, str], "2024-02-29", date(2024, 2, 29)),
            (Union[date, str], "2023-02-29", "2023-02-29"),
            (Literal["a", 1], 1, 1),
            (Color, "red", Color.RED),
            (Size, 1, Size.SMALL),
            (Id, 7, 7),
            (Item, {"name": "x"}, Item("x")),
            (List[Item], [{"name": "x", "count": 2, "tags": ["t"]}], [Item("x", 2, ["t"])]),
            (Tree, {"value": 1, "children": [{"value": 2, "children": []}]}, Tree(1, [Tree(2, [])])),
            (Options, {"verbose": True}, {"verbose": True}),
            (Point, [1], Point(1.0)),
            (Point, {"x": 1, "y": 2}, Point(1.0, 2.0)),
            (bytes, "YWJj", b"abc"),
            (UUID, "00000000-0000-0000-0000-000000000005", UUID(int=5)),
            (date, "2024-02-29", date(2024, 2, 29)),
            (time, "12:30", time(12, 30)),
            (datetime, "2024-01-01T12:00:00", datetime(2024, 1, 1, 12, tzinfo=timezone.utc)),
            (datetime, "2024-01-01T12:00:00.25Z", datetime(2024, 1, 1, 12, 0, 0, 250_000, timezone.utc)),
            (datetime, "2024-01-01 12:00:00+02:00", datetime(2024, 1, 1, 12, tzinfo=ZONE)),
            (Decimal, "0.10", Decimal("0.10")),
            (Decimal, 5, Decimal(5)),
            (Any, {"a": 1}, {"a": 1}),
            (OrderedDict, {"a": 1}, {"a": 1}),
            (Annotated[int, Field(minimum=1)], 5, 5),
        ):
            with self.subTest(hint=hint, value=value):
                converted = read(hint, value)
                self.assertEqual(converted, expected)
                self.assertIs(type(converted), type(expected))
                builder = ShapeBuilder()
                schema = builder.shape(hint).schema
                Checker(builder.definitions).check(schema, value, "")

    def test_what_does_not_fit(self) -> None:
        for hint, value, pointer in (
            (int, True, ""),
            (int, "5", ""),
            (float, "x", ""),
            (bool, 1, ""),
            (List[int], [1, "x"], "/1"),
            (Tuple[int, str], [1], ""),
            (Dict[str, List[int]], {"a/b": [1, None]}, "/a~1b/1"),
            (Color, "green", ""),
            (Literal[1], True, ""),
            (Item, {}, ""),
            (Item, {"name": "x", "other": 1}, "/other"),
            (Tree, {"value": 1, "children": [{"value": "x", "children": []}]}, "/children/0/value"),
            (date, "2024-13-01", ""),
            (datetime, "yesterday", ""),
            (bytes, "a", ""),
            (UUID, "5", ""),
            (Optional[int], "x", ""),
            (Union[int, List[int]], [None], "/0"),
            (Point, [1, 2, 3], ""),
        ):
            with self.subTest(hint=hint, value=value):
                with self.assertRaises(Misfit) as caught:
                    read(hint, value)
                self.assertEqual(caught.exception.pointer(), pointer)
                if (hint, value) not in ((date, "2024-13-01"), (bytes, "a")):  # patterns know no calendar
                    builder = ShapeBuilder()
                    schema = builder.shape(hint).schema
                    with self.assertRaises(InvalidArguments) as refused:
                        Checker(builder.definitions).check(schema, value, "")
                    self.assertEqual(refused.exception.pointer, pointer)

    def test_numbers_whose_digits_count_are_read_again(self) -> None:
        for hint in (Decimal, int, List[Decimal], Dict[str, Optional[int]]):
            value: Any = 2.5 if hint in (Decimal, int) else [2.5] if hint is List[Decimal] else {"a": 2.0}
            with self.assertRaises(InexactNumber):
                read(hint, value)
        self.assertEqual(read(int, Decimal("1E+3"), True), 1000)
        self.assertEqual(read(float, Decimal("2.5"), True), 2.5)
        self.assertEqual(read(Any, {"a": [Decimal("2.5")]}, True), {"a": [2.5]})
        self.assertIs(type(read(Any, Decimal("2.5"), True)), float)
        for huge in (Decimal("1E+999999999"), Decimal("2.5")):
            with self.assertRaises(Misfit):
                read(int, huge, True)

    def test_random_values_are_converted_exactly_if_their_schema_allows_them(self) -> None:
        random_source = random.Random(5)
        hints: list[Any] = [int, float, str, bool, None, Color, Item, Point, Options, Tree]
        values: list[Any] = [None, True, 0, 5, 2.5, "red", "x", [], {}, [1], {"name": "n"}, {"verbose": True}, {"x": 1}]
        for _ in range(1000):
            hint, value = random_source.choice(hints), random_source.choice(values)
            for _ in range(random_source.randrange(3)):
                wrap = random_source.randrange(5)
                other = random_source.choice(hints)
                if wrap == 0:
                    hint, value = List[hint], [value] * random_source.randrange(3)  # type: ignore[valid-type]
                elif wrap == 1:
                    hint, value = Dict[str, hint], {"k": value}  # type: ignore[valid-type]
                elif wrap == 2:
                    hint = Optional[hint]
                elif wrap == 3:
                    hint = Union[hint, other]
                else:
                    hint, value = Tuple[hint, other], [value, random_source.choice(values)]
            builder = ShapeBuilder()
            schema = builder.shape(hint).schema
            fits = converts = True
            try:
                Checker(builder.definitions).check(schema, value, "")
            except InvalidArguments:
                fits = False
            try:
                read(hint, value)
            except InexactNumber:
                continue
            except Misfit:
                converts = False
            self.assertEqual(fits, converts, (hint, value, schema))


class SchemaTest(unittest.TestCase):
    def test_schemas(self) -> None:
        for hint, expected in (
            (List[int], {"type": "array", "items": {"type": "integer"}}),
            (Optional[str], {"type": ["string", "null"]}),
            (Set[str], {"type": "array", "items": {"type": "string"}, "uniqueItems": True}),
            (Literal["a", 1, None], {"enum": ["a", 1, None]}),
            (Dict[str, Any], {"type": "object"}),
            (
                Annotated[str, Field(min_length=2, pattern="a", description="d")],
                {"type": "string", "minLength": 2, "pattern": "a", "description": "d"},
            ),
            (Annotated[List[int], Field(max_length=2)], {"type": "array", "items": {"type": "integer"}, "maxItems": 2}),
            (
                Tuple[int, str],
                {
                    "type": "array",
                    "minItems": 2,
                    "maxItems": 2,
                    "prefixItems": [{"type": "integer"}, {"type": "string"}],
                },
            ),
        ):
            with self.subTest(hint=hint):
                self.assertEqual(ShapeBuilder().shape(hint).schema, expected)

    def test_recursive_types_are_definitions(self) -> None:
        builder = ShapeBuilder()
        self.assertEqual(builder.shape(Tree).schema, {"$ref": "#/$defs/Tree"})
        children = builder.definitions["Tree"]["properties"]["children"]
        self.assertEqual(children, {"type": "array", "items": {"$ref": "#/$defs/Tree"}})

    def test_what_has_no_schema_takes_anything(self) -> None:
        class Strange:
            pass

        builder = ShapeBuilder()
        self.assertEqual(builder.shape(Strange).schema, {})
        self.assertEqual(len(builder.missing), 1)


def everything(a: int, /, b: float, c: str = "c", *rest: int, k: bool, o: Optional[int] = None, **more: str) -> Any:
    """First
    paragraph.

    Second.
    """
    return [a, b, c, rest, k, o, more]


def lost(x: Nothing, y: int) -> Nowhere:  # type: ignore[name-defined]  # noqa: F821
    return [x, y]


def sometimes(x: int = None) -> Any:  # type: ignore[assignment]
    return x


class SignatureTest(unittest.TestCase):
    def test_what_is_none_by_default_may_be_null(self) -> None:
        function = Function("m.sometimes", "m", sometimes)
        self.assertEqual(
            function.description["parameters"]["properties"]["x"], {"type": ["integer", "null"], "default": None}
        )
        self.assertEqual([function.invoke(args, {}) for args in ([], [None], [5])], [None, None, 5])

    @unittest.skipIf(sys.version_info < (3, 10), "there is no such type")
    def test_unions_by_operator(self) -> None:
        hint = eval("int | None | str")
        self.assertEqual(read(hint, "x"), "x")
        self.assertEqual(len(ShapeBuilder().shape(hint).schema["anyOf"]), 3)

    def test_description(self) -> None:
        function = Function("m.everything", "m", everything)
        description = function.description
        self.assertEqual(description["description"], "First paragraph.")
        parameters = description["parameters"]
        self.assertEqual(list(parameters["properties"]), ["a", "b", "c", "k", "o"])
        self.assertEqual(parameters["required"], ["a", "b", "k"])
        self.assertEqual(parameters["additionalProperties"], {"type": "string"})
        self.assertEqual((description["positional"], description["positional_only"]), (3, 1))
        self.assertEqual(description["rest"], {"type": "integer"})
        self.assertEqual(parameters["properties"]["c"], {"type": "string", "default": "c"})

    def test_calls(self) -> None:
        function = Function("m.everything", "m", everything)
        self.assertEqual(
            function.invoke([1, 2, "x", 4, 5], {"k": True, "z": "z"}), [1, 2.0, "x", (4, 5), True, None, {"z": "z"}]
        )
        for args, kwargs, pointer in (
            (["x", 2], {"k": True}, "/args/0"),
            ([1, 2, "x", "y"], {"k": True}, "/args/3"),
            ([1, 2], {"k": 1}, "/kwargs/k"),
            ([1, 2], {"k": True, "z/": 1}, "/kwargs/z~1"),
        ):
            with self.assertRaises(InvalidArguments) as caught:
                function.invoke(args, kwargs)
            self.assertEqual(caught.exception.pointer, pointer)

    def test_an_annotation_that_names_nothing_does_not_spoil_the_others(self) -> None:
        function = Function("m.lost", "m", lost)
        self.assertEqual(function.description["parameters"]["properties"], {"x": {}, "y": {"type": "integer"}})
        self.assertEqual(len(function.missing), 1)
        self.assertEqual(function.invoke([{}, 1], {}), [{}, 1])


if __name__ == "__main__":
    unittest.main()

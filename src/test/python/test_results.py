"""Results as JSON."""

from __future__ import annotations

import json
import random
import unittest
from collections import Counter, OrderedDict, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Any, NamedTuple
from uuid import UUID

import support  # noqa: F401
from motorpool.functions.results import ResultEncoder, ValueNotJson, ValueTooLarge

LIMIT = 100_000


class Color(Enum):
    RED = "red"


class Size(IntEnum):
    SMALL = 1


class Point(NamedTuple):
    x: int
    y: int


@dataclass
class Item:
    name: str
    price: Decimal


class Liar(list):  # type: ignore[type-arg]
    def __len__(self) -> int:
        return 10**12


def encode(value: Any) -> str:
    return ResultEncoder(LIMIT).encode(value).decode()


class ResultsTest(unittest.TestCase):
    def test_values(self) -> None:
        for value, expected in (
            (None, "null"),
            (True, "true"),
            (-5, "-5"),
            (10**100, "1" + "0" * 100),
            (1.5, "1.5"),
            ('ä\n"', '"ä\\n\\""'),
            ([1, (2, [])], "[1,[2,[]]]"),
            ({"a": {"b": None}}, '{"a":{"b":null}}'),
            (Decimal("0.10"), "0.10"),
            ([Decimal("1E+3"), "x", Decimal("-0.00")], '[1E+3,"x",-0.00]'),
            (Item("a", Decimal("1.50")), '{"name":"a","price":1.50}'),
            (Color.RED, '"red"'),
            ([Size.SMALL], "[1]"),
            (Point(1, 2), "[1,2]"),
            ({3, 1, 2}, "[1,2,3]"),
            (frozenset("ba"), '["a","b"]'),
            (b"abc", '"YWJj"'),
            (bytearray(b"abc"), '"YWJj"'),
            (UUID(int=5), '"00000000-0000-0000-0000-000000000005"'),
            (date(2024, 2, 29), '"2024-02-29"'),
            (time(12, 30), '"12:30:00"'),
            (datetime(2024, 1, 1), '"2024-01-01T00:00:00Z"'),
            (datetime(2024, 1, 1, tzinfo=timezone(timedelta(hours=2))), '"2024-01-01T00:00:00+02:00"'),
            (OrderedDict(b=1, a=2), '{"b":1,"a":2}'),
            (defaultdict(int, a=1), '{"a":1}'),
            (Counter("a"), '{"a":1}'),
            (Liar([1, 2]), "[1,2]"),
        ):
            with self.subTest(value=value):
                self.assertEqual(encode(value), expected)

    def test_what_has_no_json_form(self) -> None:
        cycle: list[Any] = []
        cycle.append({"a": cycle})
        deep: Any = 1
        for _ in range(201):
            deep = [deep]
        for value, message in (
            (object(), "builtins.object has no JSON form"),
            ({"a": [1, {2: 3}]}, r"key 2.*\(at /a/1\)"),
            (float("nan"), "nan"),
            ([1, [float("inf")]], r"inf is no number in JSON \(at /1/0\)"),
            (Decimal("NaN"), "NaN"),
            (10**4096, "4096 digits"),
            ([Decimal("1" * 4097)], "digits"),
            ("\ud800", "surrogate"),
            (cycle, "deeper than 200"),
            (deep, "deeper than 200"),
            ((i for i in "ab"), "generator"),
            (print, "builtin"),
        ):
            with self.subTest(message=message):
                with self.assertRaisesRegex(ValueNotJson, message):
                    encode(value)
        self.assertEqual(encode(10**4095), "1" + "0" * 4095)
        self.assertEqual(encode("1" * 5000), '"' + "1" * 5000 + '"')
        nested: Any = 1
        for _ in range(200):
            nested = [nested]
        self.assertEqual(encode(nested), "[" * 200 + "1" + "]" * 200)

    def test_the_limit_holds_before_memory_is_used(self) -> None:
        many: Any = "x" * 1000
        for _ in range(100):
            many = [many, many]
        for value in ("x" * LIMIT, b"x" * LIMIT, [0] * LIMIT, ["x" * 1000] * 10**6, many, {"k": many}):
            with self.assertRaises(ValueTooLarge):
                encode(value)
        self.assertEqual(len(encode("x" * (LIMIT - 2))), LIMIT)

    def test_random_values_come_back(self) -> None:
        source = random.Random(7)

        def make(depth: int) -> Any:
            kind = source.randrange(9 if depth else 6)
            if kind < 6:
                return (None, True, source.randrange(-(10**20), 10**20), source.random(), "ä€\U0001f600\\\x00/", "")[
                    kind
                ]
            if kind == 6:
                return {str(i): make(depth - 1) for i in range(source.randrange(5))}
            return [make(depth - 1) for i in range(source.randrange(5))]

        for _ in range(500):
            value = make(4)
            self.assertEqual(json.loads(encode(value)), value)


if __name__ == "__main__":
    unittest.main()
